"""Reach, paths and the networkx bridge against a graph worked out by hand and against networkx itself."""

from __future__ import annotations

import tracemalloc
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import Delaunay

from yjopt.errors import ScenarioError, YjoptError
from yjopt.roads import Path, network, pairs, path, reach, roads_from_networkx, to_networkx
from yjopt.scenario import Scenario, Settings
from yjopt.schema import INPUT, SETTINGS, TRAVEL_KINDS

if TYPE_CHECKING:
    from yjopt.roads import Pairs, Reach


def scenario_of(
    count: int, settings: dict[str, object] | None = None, **tables: list[tuple[Any, ...]]
) -> Scenario:
    """Make a scenario of places p0, p1, .. and rows of roads, closures or times given by place number.

    What a row leaves out at its end takes the default. The checks are not asked: repeated and contradicting
    rows are meant.
    """
    frames = {}
    rows = {"places": [(n, "town", "A", "A") for n in range(count)], **tables}
    for name, table in INPUT.items():
        full = [
            (*row, *(column.default for column in table.columns[len(row) :])) for row in rows.get(name, [])
        ]
        frame = pd.DataFrame(full, columns=[column.name for column in table.columns], dtype=object)
        for column in table.columns:
            if "place" in (column.name, column.refers_to.partition(".")[2]):
                frame[column.name] = pd.Series([f"p{n}" for n in frame[column.name]], dtype=object)
        frames[name] = frame.astype({column.name: column.dtype for column in table.columns})
    defaults = {f"{s.section}.{s.name}".strip("."): s.default for s in SETTINGS}
    return Scenario(frames, Settings({**defaults, **(settings or {})}))


def triples(found: Pairs) -> list[tuple[int, int, int]]:
    """Return pairs as tuples of origin, destination, seconds."""
    return list(zip(found.origin.tolist(), found.destination.tolist(), found.seconds.tolist(), strict=True))


# 0 ---10--- 1 ---10--- 2      minutes; 0 -> 4 is one-way, 3 lies behind 2, and 2 - 3 has a slow second road
#  \         |          |
#   `-5-> 4 -`1         `3--- 3
FIVE = [(0, 1, 10.0), (1, 2, 10.0), (0, 4, 5.0, True), (4, 1, 1.0), (2, 3, 3.0), (3, 2, 30.0)]
EVERY = range(5)


def five(settings: dict[str, object] | None = None, **tables: list[tuple[Any, ...]]) -> Scenario:
    """Make the graph drawn above."""
    return scenario_of(5, settings, roads=FIVE, **tables)


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


# Random towns: everything at once, against networkx and plain Python.


@st.composite
def towns(draw: st.DrawFn) -> SimpleNamespace:
    """Draw roads, closures, times, limits and thinning, with repeated and contradicting rows."""
    count = draw(st.integers(1, 9))
    place = st.integers(0, count - 1)
    seconds = st.integers(3, 40)
    roads = draw(st.lists(st.tuples(place, place, seconds, st.booleans()), max_size=20))
    links = st.sampled_from(
        [(o, d) for o, d, _, _ in roads] + [(d, o) for o, d, _, _ in roads] + [(0, count - 1)]
    )
    states = st.sampled_from(["open", "slowed", "closed", "relief"])
    closures = draw(
        st.lists(
            st.tuples(links, st.integers(1, 4), states, st.integers(100, 250)),
            max_size=12,
            unique_by=lambda row: (frozenset(row[0]), row[1]),
        )
    )
    times = draw(
        st.lists(st.tuples(place, place, st.integers(0, 60)), max_size=6, unique_by=lambda row: row[:2])
    )
    return SimpleNamespace(
        count=count, roads=roads, closures=closures, times=times,
        kind=draw(st.sampled_from(TRAVEL_KINDS)),
        limit=draw(st.integers(0, 120)), nearest=draw(st.integers(0, 3)),
        origins=draw(st.lists(place, max_size=count)), destinations=draw(st.lists(place, max_size=count)),
        batch=draw(st.sampled_from([1, 2, 64])), waiting=draw(st.sampled_from([0, 3, 10**6])),
    )  # fmt: skip


def scenario_of_towns(town: SimpleNamespace) -> Scenario:
    """Make the scenario of a drawn town: three periods."""
    return scenario_of(
        town.count,
        {"periods": 3, f"limits.{town.kind}": town.limit / 60, f"nearest.{town.kind}": town.nearest},
        roads=[(o, d, s / 60, one_way) for o, d, s, one_way in town.roads],
        closures=[(*ends, *rest) for ends, *rest in town.closures],
        times=[(o, d, s / 60) for o, d, s in town.times],
    )


def graph_in(town: SimpleNamespace, period: int) -> nx.MultiDiGraph:
    """Read the rule of section 3 row by row."""
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(town.count))
    states = {
        frozenset(ends): (state, percent) for ends, when, state, percent in town.closures if when == period
    }
    for origin, destination, seconds, one_way in town.roads:
        state, percent = states.get(frozenset((origin, destination)), ("open", 0))
        if state == "closed" or (state == "relief" and town.kind == "contacts"):
            continue
        if state == "slowed":
            seconds = (seconds * percent + 99) // 100
        graph.add_edge(origin, destination, seconds=seconds)
        if not one_way:
            graph.add_edge(destination, origin, seconds=seconds)
    return graph


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


def reach_of(town: SimpleNamespace, scenario: Scenario) -> Reach:
    """Search in batches as small as drawn."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairs, "BATCH", town.batch)
        patch.setattr(pairs, "WAITING", town.waiting)
        return reach(scenario, town.kind, np.array(town.origins, int), np.array(town.destinations, int))


@given(towns())
def test_reach_is_what_networkx_finds(town: SimpleNamespace) -> None:
    """Pairs, seconds, order and the count of what thinning leaves out, in every period."""
    found = reach_of(town, scenario_of_towns(town))
    for period in (1, 2, 3):
        expected, left_out = expected_in(town, period)
        assert triples(found.in_period(period)) == expected
        assert found.left_out[found.state_of_period[period - 1]] == left_out


@given(towns(), st.data())
def test_path_is_a_way_that_takes_as_long_as_reach_says(town: SimpleNamespace, data: st.DataObject) -> None:
    """Every leg is a road of that state, the legs add up, and no way is left out."""
    place = st.integers(0, town.count - 1)
    origin, destination, period = data.draw(place), data.draw(place), data.draw(st.integers(1, 3))
    way = path(scenario_of_towns(town), f"p{origin}", f"p{destination}", period, town.kind)
    direct = {(o, d): s for o, d, s in town.times if o != d}.get((origin, destination))
    if direct is not None:
        assert way == Path((f"p{origin}", f"p{destination}"), (0, direct), given=True)
        return
    graph = graph_in(town, period)
    if not nx.has_path(graph, origin, destination):
        assert way is None
        return
    assert way is not None
    numbers = [int(name[1:]) for name in way.places]
    assert (numbers[0], numbers[-1], way.seconds[0]) == (origin, destination, 0)
    assert way.seconds[-1] == nx.shortest_path_length(graph, origin, destination, weight="seconds")
    for leg, (one, two) in enumerate(nx.utils.pairwise(numbers)):
        quickest = min(edge["seconds"] for edge in graph[one][two].values())
        assert way.seconds[leg + 1] - way.seconds[leg] == quickest


@given(towns())
def test_networkx_there_and_back(town: SimpleNamespace) -> None:
    """The graph has the seconds of the rule; the roads made of it give the same reach."""
    scenario = scenario_of_towns(town)
    for period in (1, 2, 3):
        graph = to_networkx(scenario, period, town.kind)
        hand = graph_in(town, period)
        hand.remove_edges_from(list(nx.selfloop_edges(hand, keys=True)))
        assert list(graph) == [f"p{n}" for n in range(town.count)]
        assert {(f"p{o}", f"p{d}") for o, d in hand.edges()} == set(graph.edges)
        for one, two, data in graph.edges(data=True):
            options = hand[int(one[1:])][int(two[1:])].values()
            assert data["seconds"] == min(edge["seconds"] for edge in options) == round(data["minutes"] * 60)
    still = SimpleNamespace(**{**vars(town), "closures": [], "times": []})
    back = scenario_of_towns(still)
    before = reach_of(still, back)
    roads = roads_from_networkx(to_networkx(scenario))
    assert len(roads) <= len(to_networkx(scenario).edges)
    back.tables["roads"] = roads.astype({"from": object, "to": object, "minutes": "float64", "one_way": bool})
    assert triples(reach_of(still, back).pairs[0]) == triples(before.pairs[0])


def test_networkx_graphs_of_each_sort() -> None:
    """Undirected and multiple edges, minutes or seconds, loops, parts of seconds, nodes that are no text."""
    graph = nx.MultiGraph()
    graph.add_edge(1, 2, minutes=0.1 * 3)
    graph.add_edge(2, 1, minutes=0.5)
    graph.add_edge(2, 3, seconds=20.2)
    graph.add_edge(3, 3, minutes=1)
    expected = [("1", "2", 18 / 60, False), ("2", "3", 21 / 60, False)]
    assert list(roads_from_networkx(graph).itertuples(index=False, name=None)) == expected
    directed = nx.DiGraph(
        [("a", "b", {"minutes": 1}), ("b", "a", {"minutes": 2}), ("b", "c", {"seconds": 60})]
    )
    directed.add_edge("c", "b", minutes=1.0, seconds=60)
    expected = [("a", "b", 1.0, True), ("b", "a", 2.0, True), ("b", "c", 1.0, False)]
    assert list(roads_from_networkx(directed).itertuples(index=False, name=None)) == expected
    assert list(roads_from_networkx(nx.Graph()).columns) == ["from", "to", "minutes", "one_way"]


def test_bad_networkx_graphs_are_refused_edge_by_edge() -> None:
    """Every edge without a usable time is a finding, and so are nodes that read alike."""
    graph = nx.DiGraph([(1, "1", {"minutes": 1})])
    for number, data in enumerate(
        [
            {},
            {"minutes": "far"},
            {"seconds": 0},
            {"seconds": -1},
            {"minutes": float("nan")},
            {"minutes": 1, "seconds": 61},
        ]
    ):
        graph.add_edge(f"a{number}", f"b{number}", **data)
    with pytest.raises(ScenarioError) as error:
        roads_from_networkx(graph)
    assert [finding.rule for finding in error.value.findings] == ["duplicate_key"] + ["edge_time"] * 6


def test_places_keep_what_they_carry_in_networkx() -> None:
    """Columns that are filled in become attributes; blank ones are left out."""
    scenario = five()
    scenario.tables["places"].loc[2, ["name", "longitude", "population"]] = ["清新", 113.0, 7]
    graph = to_networkx(scenario)
    assert graph.nodes["p2"] == {
        "kind": "town", "area": "A", "unit": "A", "name": "清新", "longitude": 113.0, "population": 7
    }  # fmt: skip
    assert "longitude" not in graph.nodes["p1"]
    with pytest.raises(YjoptError, match="no period 2"):
        to_networkx(scenario, 2)


def test_paths_by_hand() -> None:
    """The way of each period, a place to itself, a place nobody reaches, names that do not exist."""
    scenario = scenario_of(6, {"periods": 2}, roads=FIVE, closures=[(1, 4, 2, "closed")])
    assert path(scenario, "p0", "p3") == Path(("p0", "p4", "p1", "p2", "p3"), (0, 300, 360, 960, 1140))
    assert path(scenario, "p0", "p3", 2) == Path(("p0", "p1", "p2", "p3"), (0, 600, 1200, 1380))
    assert path(scenario, "p1", "p1") == Path(("p1",), (0,))
    assert path(scenario, "p0", "p5") is None
    for origin, period, kind, words in [
        ("x", 1, "teams", "'x'"),
        ("p0", 3, "teams", "no period 3"),
        ("p0", 1, "bus", "'bus'"),
    ]:
        with pytest.raises(YjoptError, match=words):
            path(scenario, origin, "p1", period, kind)


def planar(count: int, seed: int) -> list[tuple[int, int, float]]:
    """Draw a road map: three in four of the edges of a triangulation of points some 10 km apart."""
    rng = np.random.default_rng(seed)
    points = rng.random((count, 2)) * 10 * count**0.5
    corners = Delaunay(points).simplices
    edges = np.unique(
        np.sort(np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])), axis=0
    )
    edges = edges[rng.random(len(edges)) < 0.75]
    seconds = np.ceil(np.linalg.norm(points[edges[:, 0]] - points[edges[:, 1]], axis=1) * 90) + 3
    return list(zip(edges[:, 0].tolist(), edges[:, 1].tolist(), (seconds / 60).tolist(), strict=True))


def test_five_thousand_places_stay_small() -> None:
    """500 depots of 5,000 places: batches agree with one table of all, in a fraction of its memory."""
    scenario = scenario_of(5000, {"limits.supplies": 120.0}, roads=planar(5000, 3))
    depots = np.arange(0, 5000, 10)
    tracemalloc.start()
    found = reach(scenario, "supplies", depots, np.arange(5000)).pairs[0]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    whole = network.Network.of(scenario).graph()
    from scipy.sparse.csgraph import dijkstra

    table = dijkstra(whole, indices=depots)
    row, column = np.nonzero(table <= 7200)
    assert len(found) > 10_000
    assert (found.origin == depots[row]).all()
    assert (found.destination == column).all()
    assert (found.seconds == table[row, column]).all()
    assert peak < 20_000_000 < table.nbytes * 2
