"""Five types of teams on four levels, and their tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parts.facts import (
    BASE,
    CITY_DEPOT,
    DAYS,
    HONGSHAN_DEPOT,
    NINGCHENG_DEPOT,
    PLAN,
    REGION,
    REGION_DEPOT,
    SONGSHAN_DEPOT,
    TOWNS,
)
from parts.outbreak import CASES, ROUNDS, SEALED, cases, sealed

if TYPE_CHECKING:
    from parts.land import Land
    from parts.supplies import Tables

MEDICAL, TRACING, TESTING = "medical", "tracing", "testing"
PSYCHOLOGY, CONTROL = "psychology", "social_control"
#: Work of a team in an hour: people sampled, cases traced; the others are counted in teams.
_PRODUCTIVITY = {TESTING: 100.0, TRACING: 0.25}
_PEOPLE = {MEDICAL: 4, TRACING: 3, TESTING: 2, PSYCHOLOGY: 2, CONTROL: 5}
_COST = {MEDICAL: 2_000, TRACING: 1_200, TESTING: 800, PSYCHOLOGY: 900, CONTROL: 1_000}
#: Days of work of a deployment.
_TOUR = {MEDICAL: 3}
#: Home, skill, teams, kept at home, hours of call-up.
_POOLS = (
    (BASE, MEDICAL, 3, 0, 2),
    (BASE, TRACING, 4, 1, 1),
    (BASE, TESTING, 12, 2, 1),
    (BASE, PSYCHOLOGY, 2, 0, 4),
    (BASE, CONTROL, 16, 4, 1),
    (HONGSHAN_DEPOT, TESTING, 10, 4, 4),
    (HONGSHAN_DEPOT, TRACING, 3, 1, 4),
    (SONGSHAN_DEPOT, MEDICAL, 3, 1, 6),
    (SONGSHAN_DEPOT, TESTING, 8, 4, 4),
    (NINGCHENG_DEPOT, TESTING, 6, 3, 4),
    (NINGCHENG_DEPOT, CONTROL, 10, 4, 6),
    (CITY_DEPOT, MEDICAL, 4, 1, 10),
    (CITY_DEPOT, TRACING, 4, 1, 4),
    (CITY_DEPOT, TESTING, 16, 4, 6),
    (CITY_DEPOT, PSYCHOLOGY, 3, 1, 6),
    (CITY_DEPOT, CONTROL, 20, 8, 6),
    (REGION_DEPOT, MEDICAL, 6, 0, 12),
    (REGION_DEPOT, TESTING, 30, 0, 12),
    (REGION_DEPOT, PSYCHOLOGY, 4, 0, 12),
)


def add_teams(land: Land, tables: Tables) -> None:
    """Add pools, skills and tasks, and the quota of mobile testing teams."""
    for home, skill, teams, floor, hours in _POOLS:
        layer = "reserve" if home == REGION_DEPOT else "mobile" if skill == TESTING else "standing"
        _pool(tables, home, skill, teams, floor, hours, layer, f"{PLAN}: five types of teams; figures made")
    for town, people in land.population.items():
        _pool(tables, town, CONTROL, 1 + people // 8_000, 0, 0, "standing", "made: one for 8,000 residents")
    _add_tasks(land, tables)
    source = (
        f"made: 25 testing teams stay in readiness, eight more than all floors; {PLAN}: lend what is left"
    )
    row = {"rule": "mobile_quota", "area": REGION, "what": TESTING, "amount": 25, "hard": True}
    tables["rules"].append(row | {"source": source})


def _pool(
    tables: Tables, home: str, skill: str, teams: int, floor: int, hours: float, layer: str, source: str
) -> None:
    pool = f"{home.removesuffix('-depot').removesuffix('-base')}-{skill}"
    row = {"pool": pool, "place": home, "teams": teams, "people": _PEOPLE[skill], "layer": layer}
    row |= {"callup_hours": hours, "floor": floor, "tour": _TOUR.get(skill, 1), "hours": 8}
    tables["pools"].append(row | {"cost": _COST[skill], "source": source})
    productivity = _PRODUCTIVITY.get(skill, 1.0)
    row = {"pool": pool, "skill": skill, "productivity": productivity}
    tables["skills"].append(row | {"source": "made" if skill in _PRODUCTIVITY else source})


def _task(
    tables: Tables,
    task: str,
    place: str,
    skill: str,
    amount: int,
    days: tuple[int, int],
    weight: float,
    source: str,
    known: int | None = None,
) -> None:
    measure = "work" if skill in _PRODUCTIVITY else "teams"
    row = {"task": task, "place": place, "skill": skill, "measure": measure, "amount": amount}
    row |= {"first_period": days[0], "last_period": days[1], "weight": weight, "known_from": known}
    tables["tasks"].append(row | {"source": source})


def _add_tasks(land: Land, tables: Tables) -> None:
    for town, day, share, before in ROUNDS:
        people = int(share * land.population[town]) // 100 * 100
        source = "made: all who are tested are sampled on the day of the round or the next"
        days = (day, min(day + 1, DAYS))
        _task(
            tables, f"testing-{town}-{day}", town, TESTING, people, days, 0.02, source, max(1, day - before)
        )
    for town in CASES:
        for first, last in ((1, 3), (4, DAYS)):
            count = sum(1 for where, day, _ in cases() if where == town and first <= day <= last)
            if count:
                source = "made: the cases of these days"
                _task(tables, f"tracing-{town}-{first}", town, TRACING, count, (first, last), 6.0, source)
    for town in TOWNS:
        if town not in SEALED:
            continue
        for first in range(SEALED[town][0], DAYS, 2):
            days = (first, min(first + 1, DAYS))
            posts = -(-sealed(land.population[town], town, first) // 1_000)
            _task(
                tables,
                f"control-{town}-{first}",
                town,
                CONTROL,
                posts,
                days,
                2.0,
                "made: a post for 1,000 sealed people",
            )
        source = "made: a team for 10,000 sealed people from the second day on"
        teams = -(-sealed(land.population[town], town, DAYS) // 10_000)
        days = (SEALED[town][0] + 1, DAYS)
        _task(tables, f"psychology-{town}", town, PSYCHOLOGY, teams, days, 3.0, source)
        source = "made: a team at the town's fever clinic"
        _task(tables, f"clinic-{town}", town, MEDICAL, 1, (SEALED[town][0], DAYS), 5.0, source)
