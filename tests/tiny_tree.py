"""
A tree of five areas with everything one place may need, for scenarios that are solved by hand.

City C; counties A and B; towns TA and TB of county A. Whoever needs something is at place ``ta`` of town TA, for whom
TA is `own`, A is `pool`, TB is `peer-1`, B is `peer-2` and C is `above-2`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

import yjopt as yj

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yjopt.plan import Plan

AREAS = pd.DataFrame(
    [("C", "city", ""), ("A", "county", "C"), ("B", "county", "C"), ("TA", "town", "A"), ("TB", "town", "A")],
    columns=["area", "level", "parent"],
)
#: Places, the areas they lie in and belong to, and minutes from ``ta``: the farther up, the nearer.
PLACES = [
    ("ta", "TA", 0),
    ("a", "A", 40),
    ("tb", "TB", 30),
    ("b", "B", 20),
    ("c", "C", 10),
    ("own", "TA", 50),
]

COLUMNS = {
    "groups": "group stay wait weight late",
    "eligibility": "group class penalty",
    "arrivals": "place group period people known_from",
    "beds": "place class beds",
    "occupied": "place class period people",
    "surge": "place class level beds cost",
    "facilities": "place role setup cost",
    "staffing": "kind what skill members",
    "residents": "place skill members",
    "categories": "category stay wait weight together",
    "contacts": "place category period people known_from",
    "isolation_sites": "place rooms state setup cost",
    "site_category": "place category cleaning conversion_cost",
    "pools": "pool place authority teams people tour",
    "skills": "pool skill",
    "tasks": "task place skill measure amount first_period last_period known_from",
    "ladder": "area resource step position decision_hours",
    "levels": "area period level",
    "gates": "gate area opens which resource level",
    "pairing": "area helper resource consent",
    "blind": "place period",
    "rules": "rule area what amount hard weight",
}
SICK = {"groups": [("g", 1, 0, 1.0, 0.1)], "eligibility": [("g", "ward", 0.0)]}
CLOSE = {"categories": [("close", 2, 0, 1.0, True)]}


def frames_of(
    tables: dict[str, Sequence[tuple[Any, ...]]], periods: int = 1, **settings: Any
) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """The common tree with further tables, cells as in `COLUMNS`, and the settings."""
    frames = {"areas": AREAS}
    frames["places"] = pd.DataFrame(
        [(place, "town", area) for place, area, _ in PLACES], columns=["place", "kind", "area"]
    )
    frames["roads"] = pd.DataFrame(
        [("ta", place, float(minutes)) for place, _, minutes in PLACES[1:]], columns=["from", "to", "minutes"]
    )
    for name, rows in tables.items():
        frames[name] = pd.DataFrame(rows, columns=COLUMNS[name].split())
    return frames, {"periods": periods} | settings


def solve(tables: dict[str, Sequence[tuple[Any, ...]]], periods: int = 1, **settings: Any) -> Plan:
    """The plan of such a scenario, proven optimal."""
    plan = yj.solve(yj.Scenario.from_tables(*frames_of(tables, periods, **settings)), gap=0)
    assert plan.status == "optimal"
    return plan


def amounts(frame: pd.DataFrame, amount: str, *keys: str) -> dict[Any, int]:
    """An amount by keys."""
    return {
        key: int(value)
        for key, value in frame.groupby(list(keys) if keys[1:] else keys[0])[amount].sum().items()
    }


def admitted(plan: Plan) -> dict[Any, int]:
    """People admitted by hospital."""
    return amounts(plan.admissions, "people", "to")


def sick(people: int, beds: dict[str, int], **more: Any) -> dict[str, Any]:
    """People at ta in period 1, and beds at places."""
    return {
        **SICK,
        "arrivals": [("ta", "g", 1, people, None)],
        "beds": [(place, "ward", count) for place, count in beds.items()],
        **more,
    }


def contacts(groups: Sequence[int], rooms: dict[str, int], **more: Any) -> dict[str, Any]:
    """Groups at ta (one at each period), kept together, and open sites."""
    return {
        **CLOSE,
        "contacts": [("ta", "close", period, people, None) for period, people in enumerate(groups, 1)],
        "isolation_sites": [(place, count, "open", 0, 0.0) for place, count in rooms.items()],
        "site_category": [(place, "close", 0, 0.0) for place in rooms],
        **more,
    }


def isolated(plan: Plan) -> dict[Any, int]:
    """People isolated by site."""
    return amounts(plan.isolations, "people", "to")


def task(
    amount: int, pools: dict[str, int], known: int | None = None, first: int = 1, last: int = 1
) -> dict[str, Any]:
    """A task in teams at ta, and pools of one-period tours."""
    area = {place: area for place, area, _ in PLACES}
    return {
        "pools": [(f"of-{place}", place, area[place], teams, 5, 1) for place, teams in pools.items()],
        "skills": [(f"of-{place}", "testing") for place in pools],
        "tasks": [("test", "ta", "testing", "teams", amount, first, last, known)],
    }


def sent(plan: Plan) -> dict[Any, int]:
    """Teams sent by pool."""
    return amounts(plan.deployments, "teams", "pool")
