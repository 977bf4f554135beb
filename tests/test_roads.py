"""Reach against a graph worked out by hand, against networkx pair by pair, and at the size of a nation."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from scipy.sparse.csgraph import dijkstra
from tiny_roads import EVERY, FIVE, five, graph_in, planar, scenario_of, scenario_of_towns, towns, triples

from yjopt.errors import YjoptError
from yjopt.roads import network, pairs, reach

if TYPE_CHECKING:
    from types import SimpleNamespace


def test_open_roads_by_hand() -> None:
    """0 to 1 goes by the one-way road, back it does not; of two parallel roads the quicker one counts."""
    found = reach(five(), "supplies", [0, 1, 3], EVERY)
    minutes = {(o, d): s / 60 for o, d, s in triples(found.pairs[0])}
    assert [minutes[0, d] for d in EVERY] == [0, 6, 16, 19, 5]
    assert [minutes[1, d] for d in EVERY] == [10, 0, 10, 13, 1]
    assert [minutes[3, d] for d in EVERY] == [23, 13, 3, 0, 14]
    assert found.state_of_period.tolist() == [0]
    assert found.left_out.tolist() == [0]


def test_limit_is_kept_to_the_second() -> None:
    """A trip of exactly the limit exists, one of a second more does not."""
    for minutes, expected in ((16.0, True), (15.95, False)):
        found = reach(five({"limits.supplies": minutes}), "supplies", [0], [2]).pairs[0]
        assert (len(found) == 1) == expected
    given_time = five({"limits.supplies": 2.0}, times=[(0, 3, 2.0), (0, 2, 2.05)])
    assert triples(reach(given_time, "supplies", [0], [2, 3]).pairs[0]) == [(0, 3, 120)]
    assert triples(reach(five({"limits.supplies": 0.0}), "supplies", EVERY, [1, 2]).pairs[0]) == [
        (1, 1, 0),
        (2, 2, 0),
    ]


@pytest.mark.parametrize(
    ("state", "kind", "seconds"),
    [
        ("open", "supplies", 598),
        ("slowed", "supplies", 903),
        ("closed", "supplies", None),
        ("relief", "supplies", 598),
        ("relief", "teams", 598),
        ("relief", "patients", 598),
        ("relief", "contacts", None),
        ("closed", "contacts", None),
        ("slowed", "contacts", 903),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_state_of_a_link(state: str, kind: str, seconds: int | None, *, turned: bool) -> None:
    """Each state of the link 1 - 2 for each kind, written in either orientation; slowed rounds up."""
    ends = (2, 1) if turned else (1, 2)
    scenario = scenario_of(
        3, {"periods": 3}, roads=[(1, 2, 598 / 60)], closures=[(*ends, 2, state, 151)]
    )  # 151 % of 598 s is 902.98 s
    found = reach(scenario, kind, [1], [2])
    assert triples(found.in_period(1)) == triples(found.in_period(3)) == [(1, 2, 598)]
    assert triples(found.in_period(2)) == ([] if seconds is None else [(1, 2, seconds)])
    assert found.state_of_period.tolist() == ([0, 0, 0] if seconds == 598 else [0, 1, 0])


def test_periods_with_the_same_closures_share_a_state() -> None:
    """Rows without effect, beyond the horizon or of no road do not make a state; kinds differ by relief."""
    scenario = five(
        {"periods": 5},
        closures=[
            (0, 1, 1, "closed"),
            (1, 0, 3, "closed"),
            (2, 3, 2, "relief"),
            (2, 3, 4, "open"),
            (1, 2, 5, "slowed", 100),
            (0, 3, 2, "closed"),
            (1, 2, 9, "closed"),
        ],
    )
    assert reach(scenario, "supplies", [0], EVERY).state_of_period.tolist() == [0, 1, 0, 1, 1]
    assert reach(scenario, "contacts", [0], EVERY).state_of_period.tolist() == [0, 1, 0, 2, 2]


def test_the_same_link_slowed_differently_makes_two_states() -> None:
    """Per cents tell states apart, not only which links they are on."""
    slowed = [(1, 2, 1, "slowed", 150), (1, 2, 2, "slowed", 200), (1, 2, 3, "slowed", 150)]
    found = reach(five({"periods": 3}, closures=slowed), "supplies", [1], [2])
    assert found.state_of_period.tolist() == [0, 1, 0]
    assert [int(state.seconds[0]) for state in found.pairs] == [900, 1200]


def test_two_rows_of_one_link_count_as_the_stricter() -> None:
    """Closed beats slowed when the two orientations of a link contradict each other."""
    scenario = five(closures=[(1, 2, 1, "closed"), (2, 1, 1, "slowed", 120)])
    assert triples(reach(scenario, "teams", [1], [2]).pairs[0]) == []


@pytest.mark.parametrize("destinations", [[1, 2, 3], [3]], ids=["from the origins", "from the destinations"])
def test_given_times_replace_the_roads(destinations: list[int]) -> None:
    """A given time holds in its direction only, adds and takes away pairs, and is no link of other ways."""
    scenario = scenario_of(
        6,
        {"limits.supplies": 60.0},
        roads=FIVE,
        times=[(5, 3, 1.0), (0, 3, 2.0), (1, 3, 61.0), (3, 3, 9.0), (3, 0, 5.0)],
    )
    found = triples(reach(scenario, "supplies", range(6), destinations).pairs[0])
    assert [row for row in found if row[1] == 3] == [
        (0, 3, 120),
        (2, 3, 180),
        (3, 3, 0),
        (4, 3, 840),
        (5, 3, 60),
    ]
    assert {row for row in found if row[1] == 1} <= {
        (0, 1, 360),
        (1, 1, 0),
        (2, 1, 600),
        (3, 1, 780),
        (4, 1, 60),
    }


@pytest.mark.parametrize(
    ("kind", "by_origin"), [("patients", True), ("contacts", True), ("supplies", False), ("teams", False)]
)
def test_thinning_by_hand(kind: str, *, by_origin: bool) -> None:
    """Of three equally near givers the first two in the table stay, and the place's own pair besides."""
    star = [(0, n, 10.0) for n in (4, 2, 3)] + [(0, 1, 20.0)]
    scenario = scenario_of(5, {f"nearest.{kind}": 2}, roads=star)
    ends = ([0], EVERY) if by_origin else (EVERY, [0])
    found = reach(scenario, kind, *ends)
    givers = found.pairs[0].destination if by_origin else found.pairs[0].origin
    assert givers.tolist() == [0, 2, 3]
    assert found.left_out.tolist() == [2]


def test_pairs_are_found_by_their_ends() -> None:
    """The position of each pair, -1 where there is none."""
    found = reach(five({"limits.teams": 6.0}), "teams", [0, 2], EVERY).pairs[0]
    assert triples(found) == [(0, 0, 0), (0, 1, 360), (0, 4, 300), (2, 2, 0), (2, 3, 180)]
    assert found.find([0, 2, 2, 4, 0], [4, 3, 0, 4, 99]).tolist() == [2, 4, -1, -1, -1]
    assert found.find(np.array([[0], [2]]), np.array([0, 3])).tolist() == [[0, -1], [-1, 4]]
    assert reach(five(), "teams", [], EVERY).pairs[0].find([0], [0]).tolist() == [-1]


@pytest.mark.parametrize(
    ("origins", "kind", "words"),
    [
        ([-1], "supplies", "Row -1"),
        ([5], "supplies", "Row 5"),
        ([True, False], "supplies", "bool"),
        ([0.5], "supplies", "float"),
        ([0], "patient", "no kind of travel 'patient'"),
    ],
)
def test_bad_questions_are_refused(origins: list[Any], kind: str, words: str) -> None:
    """Rows that are none, masks in the place of rows, and kinds that do not exist."""
    scenario = five()
    if kind == "patient":
        scenario = five({"limits.patient": 1.0, "nearest.patient": 0})
    with pytest.raises(YjoptError, match=words):
        reach(scenario, kind, origins, EVERY)


def expected_in(town: SimpleNamespace, period: int) -> tuple[list[tuple[int, int, int]], int]:
    """Work out the pairs of a period one by one, and how many thinning leaves out."""
    within = {}
    given_times = {(o, d): s for o, d, s in town.times}
    for origin in set(town.origins):
        by_road = nx.single_source_dijkstra_path_length(graph_in(town, period), origin, weight="seconds")
        for destination in set(town.destinations):
            seconds = given_times.get((origin, destination), by_road.get(destination, 10**9))
            seconds = 0 if origin == destination else seconds
            if seconds <= town.limit:
                within[origin, destination] = seconds
    kept = dict(within)
    if town.nearest:
        by_destination = town.kind in ("supplies", "teams")
        for taker in range(town.count):
            own = [(s, o if by_destination else d, (o, d)) for (o, d), s in within.items()
                   if (d if by_destination else o) == taker and o != d]  # fmt: skip
            for _, _, pair in sorted(own)[town.nearest :]:
                del kept[pair]
    return sorted((o, d, s) for (o, d), s in kept.items()), len(within) - len(kept)


def check_against_networkx(town: SimpleNamespace) -> None:
    """Compare every period, searching in batches as small as drawn."""
    scenario = scenario_of_towns(town)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairs, "BATCH", town.batch)
        patch.setattr(pairs, "WAITING", town.waiting)
        found = reach(scenario, town.kind, np.array(town.origins, int), np.array(town.destinations, int))
    for period in (1, 2, 3):
        expected, left_out = expected_in(town, period)
        assert triples(found.in_period(period)) == expected
        assert found.left_out[found.state_of_period[period - 1]] == left_out


@given(towns())
def test_reach_is_what_networkx_finds(town: SimpleNamespace) -> None:
    """Pairs, seconds, order and the count of what thinning leaves out, in every period."""
    check_against_networkx(town)


@pytest.mark.long
@settings(max_examples=1500)
@given(towns())
def test_reach_is_what_networkx_finds_in_thousands_of_towns(town: SimpleNamespace) -> None:
    """The same on many more towns."""
    check_against_networkx(town)


@pytest.mark.parametrize("count", [5000, pytest.param(39_478, marks=pytest.mark.long)])
def test_many_places_take_little_memory(count: int) -> None:
    """Depots of one place in ten: batches agree with one table of all, in a fraction of its memory."""
    scenario = scenario_of(count, {"limits.supplies": 120.0}, roads=planar(count, 3))
    depots = np.arange(0, count, 10)
    tracemalloc.start()
    found = reach(scenario, "supplies", depots, np.arange(count)).pairs[0]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    some = depots[:500]
    table = dijkstra(network.Network.of(scenario).graph(), indices=some)
    row, column = np.nonzero(table <= 7200)
    assert len(row) > 10_000
    end = np.searchsorted(found.origin, some[-1], side="right")
    assert (found.origin[:end] == some[row]).all()
    assert (found.destination[:end] == column).all()
    assert (found.seconds[:end] == table[row, column]).all()
    assert peak < min(200_000_000, count * len(depots) * 8 / 2)
