"""Road maps that several tests share: one drawn by hand, random ones by hypothesis, large planar ones."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
import pandas as pd
from hypothesis import strategies as st
from scipy.spatial import Delaunay

from yjopt.scenario import Scenario, Settings
from yjopt.schema import INPUT, SETTINGS, TRAVEL_KINDS

if TYPE_CHECKING:
    from yjopt.roads import Pairs


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
