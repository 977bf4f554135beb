"""Paths and the networkx bridge: by hand, and against networkx on random road maps."""

from __future__ import annotations

from types import SimpleNamespace

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_roads import FIVE, five, graph_in, scenario_of, scenario_of_towns, towns, triples

from yjopt.errors import ScenarioError, YjoptError
from yjopt.roads import Path, path, reach, roads_from_networkx, to_networkx
from yjopt.scenario import Scenario


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
    everyone = np.arange(town.count)
    before = reach(back, town.kind, everyone, everyone)
    roads = roads_from_networkx(to_networkx(scenario))
    assert len(roads) <= len(to_networkx(scenario).edges)
    back.tables["roads"] = roads.astype({"from": object, "to": object, "minutes": "float64", "one_way": bool})
    assert triples(reach(back, town.kind, everyone, everyone).pairs[0]) == triples(before.pairs[0])


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


def test_the_checks_take_the_roads_of_a_graph() -> None:
    """A graph with one-way streets, odd seconds and parallel edges becomes a scenario without a complaint."""
    graph = nx.MultiDiGraph()
    for one, two, seconds in [
        ("a", "b", 599),
        ("b", "a", 599),
        ("b", "c", 61),
        ("c", "b", 67),
        ("b", "c", 90),
    ]:
        graph.add_edge(one, two, seconds=seconds)
    tables = {
        "areas": pd.DataFrame({"area": ["A"], "level": ["town"]}),
        "places": pd.DataFrame({"place": ["a", "b", "c"], "kind": "town", "area": "A"}),
        "roads": roads_from_networkx(graph),
    }
    found = reach(Scenario.from_tables(tables), "patients", [0, 1, 2], [0, 2]).pairs[0]
    assert triples(found) == [(0, 0, 0), (0, 2, 660), (1, 0, 599), (1, 2, 61), (2, 0, 666), (2, 2, 0)]


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
