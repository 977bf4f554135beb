"""Travel times, rungs and steps that the audit finds by itself, against hand and plain Python."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from auditing.cases import AREAS, frame
from hypothesis import given
from hypothesis import strategies as st

from yjopt.auditing.facts import Facts
from yjopt.auditing.ladder import STEPS, Ladder
from yjopt.auditing.parts import part_sizes
from yjopt.auditing.travel import Travel
from yjopt.scenario import Scenario
from yjopt.schema import SETTINGS

PLACES = "place,kind,area,unit\n" + "".join(f"{name},depot,E1,\n" for name in "abcd")


def facts(tables: dict[str, str], settings: dict[str, Any]) -> Facts:
    """The integers of a scenario of CSV texts."""
    texts = {"areas": AREAS, "places": PLACES, **tables}
    return Facts(Scenario.from_tables({name: frame(text) for name, text in texts.items()}, settings))


def seconds(found: Facts, kind: str, period: int, pair: str) -> int:
    """Time of one pair such as ``ab``."""
    one, other = (np.array([found.ids["place"].index(name)]) for name in pair)
    return int(Travel(found).seconds(kind, np.array([period]), one, other)[0])


ROADS = """
from,to,minutes,one_way
a,b,10,true
b,a,8,true
b,c,20,true
c,d,5.05,
"""


@pytest.mark.parametrize(
    ("kind", "period", "pair", "expected"),
    [
        ("supplies", 1, "ab", 600),
        ("supplies", 1, "ba", 480),  # its own time each way
        ("supplies", 1, "aa", 0),
        ("supplies", 1, "ac", 1800),
        ("supplies", 1, "cb", -1),  # one way
        ("supplies", 1, "ad", 2103),
        ("patients", 1, "ad", -1),  # beyond the limit
        ("supplies", 2, "ad", -1),  # closed, written the other way round
        ("supplies", 3, "ad", 600 + 1200 + 455),  # 303 s at 150 per cent, rounded up
        ("supplies", 4, "ad", 2103),  # relief lets goods pass
        ("contacts", 4, "cd", -1),  # but not contacts
        ("contacts", 1, "cd", 303),
        ("teams", 1, "dc", 60),  # a given time replaces the road
        ("supplies", 1, "dc", 60),
        ("supplies", 1, "da", -1),  # but is no part of a longer way
        ("supplies", 2, "ca", 120),
        ("patients", 2, "bd", -1),  # a given time beyond the limit
    ],
)
def test_times(kind: str, period: int, pair: str, expected: int) -> None:
    """One-way links, states by period and kind, given times, limits."""
    found = facts(
        {
            "roads": ROADS,
            "closures": "from,to,period,state,percent\nd,c,2,closed,\nc,d,3,slowed,150\nc,d,4,relief,\n",
            "times": "from,to,minutes\nd,c,1\nc,a,2\nb,d,31\n",
        },
        {"periods": 4, "limits": {"patients": 30, "contacts": 60}},
    )
    assert seconds(found, kind, period, pair) == expected


@given(st.integers(0, 2**32 - 1))
def test_times_are_shortest(seed: int) -> None:
    """Random roads against Floyd and Warshall, from few origins to many destinations and the other way."""
    rng = np.random.default_rng(seed)
    size = 7
    links = [(a, b, int(rng.integers(1, 50))) for a, b in rng.integers(0, size, (12, 2)) if a != b]
    distance = np.full((size, size), np.inf)
    np.fill_diagonal(distance, 0)
    for a, b, minutes in links:
        distance[a, b] = min(distance[a, b], minutes * 60)
    for via in range(size):
        distance = np.minimum(distance, distance[:, [via]] + distance[[via], :])
    names = [f"p{k}" for k in range(size)]
    roads = pd.DataFrame(links, columns=["from", "to", "minutes"])
    roads = roads.assign(**{end: [names[k] for k in roads[end]] for end in ("from", "to")}, one_way=True)
    tables = {
        "areas": frame(AREAS),
        "places": pd.DataFrame({"place": names, "kind": "depot", "area": "E1", "unit": "E1"}),
        "roads": roads,
    }
    settings = {f"{s.section}.{s.name}" if s.section else s.name: s.default for s in SETTINGS}
    travel = Travel(Facts(SimpleNamespace(tables=tables, settings=settings)))
    one, other = (grid.ravel() for grid in np.meshgrid(np.arange(size), np.arange(size), indexing="ij"))
    for chosen in (one <= 1, other <= 1, one >= 0):
        found = travel.seconds("supplies", np.ones(chosen.sum(), dtype=int), one[chosen], other[chosen])
        right = distance[one[chosen], other[chosen]]
        assert found.tolist() == [-1 if value > 8 * 3600 else int(value) for value in right]


@pytest.mark.parametrize(
    ("authority", "unit", "rung", "step"),
    [
        ("E1", "E1", 0, "own"),
        ("E", "E1", 1, "pool"),
        ("E2", "E1", 1, "peer-1"),
        ("E1", "E", 0, "pool"),  # what lies inside the taker's area is its pool
        ("W", "E1", 2, "peer-2"),
        ("W1", "E1", 2, "peer-2"),
        ("C", "E1", 2, "above-2"),
        ("P", "E1", 3, "above-3"),
        ("W", "E", 1, "peer-1"),
        ("C", "E", 1, "pool"),
        ("P", "E", 2, "above-2"),
        (
            "P",
            "X1",
            3,
            "pool",
        ),  # a town straight under the province: the rung goes by level, the pool by parent
        ("C", "X1", 3, "peer-3"),
        ("X1", "C", 1, "peer-1"),
    ],
)
def test_rungs_and_steps(authority: str, unit: str, rung: int, step: str) -> None:
    """Every row of the table of steps."""
    found = facts({"areas": AREAS.strip() + "\nX1,town,P\n"}, {})
    code = {name: np.array([found.ids["area"].index(name)]) for name in found.ids["area"]}
    right = Ladder(found).rung_and_step(code[authority], code[unit])
    assert (int(right[0][0]), STEPS[int(right[1][0])]) == (rung, step)
    inside = Ladder(found).inside(code[unit], code[authority])
    assert bool(inside[0]) == (authority == unit or (authority, unit) in {
        ("E", "E1"), ("C", "E1"), ("P", "E1"), ("C", "E"), ("P", "E"), ("P", "X1")})  # fmt: skip


def test_order_of_steps() -> None:
    """The order numbers of the contract."""
    assert STEPS == ["own", "pool", "peer-1", "peer-2", "above-2", "peer-3", "above-3", "peer-4", "above-4"]


@pytest.mark.parametrize(
    ("people", "parts", "sizes"), [(13, 2, [7, 6]), (12, 3, [4, 4, 4]), (7, 4, [2, 2, 2, 1]), (5, 1, [5])]
)
def test_sizes_of_parts(people: int, parts: int, sizes: list[int]) -> None:
    """As equal as possible, larger parts first."""
    part = np.arange(1, parts + 1)
    assert part_sizes(np.full(parts, people), np.full(parts, parts), part).tolist() == sizes
