"""The road network as a networkx graph, and the table ``roads`` from one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from yjopt.errors import Finding, ScenarioError, YjoptError
from yjopt.roads.network import Network

if TYPE_CHECKING:
    import networkx as nx

    from yjopt.scenario import Scenario

#: How far, relatively, a float may stand off a whole second and still be meant as one.
ROUNDING = 1e-9


def to_networkx(scenario: Scenario, period: int | None = None, kind: str = "supplies") -> nx.DiGraph:
    """Return the roads as a graph.

    Parameters
    ----------
    scenario : Scenario
        Its places become nodes, in their order, its roads edges.
    period : int, optional
        Leave out what is closed in this period and slow down what is slowed; all links are open without it.
    kind : {"supplies", "patients", "contacts", "teams"}
        Kind of travel; matters for relief links of a period.

    Returns
    -------
    networkx.DiGraph
        Nodes are ids of places and carry the columns of ``places`` that are not blank; edges carry
        ``seconds`` (int) and ``minutes`` (float), of parallel roads the quickest. The table ``times`` is no
        road and is not in it.

    Raises
    ------
    YjoptError
        If the period or the kind is unknown.
    """
    import networkx as nx

    network = Network.of(scenario)
    closures = None
    if period is not None:
        if not 1 <= period <= network.periods:
            raise YjoptError(f"There is no period {period}; the scenario has periods 1 to {network.periods}.")
        closures = network.closures_by_period(kind)[period - 1]
    roads = network.graph(closures).tocoo()

    graph = nx.DiGraph()
    ids = network.places.tolist()
    for place, row in zip(
        ids, scenario.tables["places"].drop(columns="place").to_dict("records"), strict=True
    ):
        graph.add_node(place, **{str(name): value for name, value in row.items() if not _blank(value)})
    start, end = (axis.tolist() for axis in roads.coords)
    for one, two, seconds in zip(start, end, roads.data.astype(np.int64).tolist(), strict=True):
        graph.add_edge(ids[one], ids[two], seconds=seconds, minutes=seconds / 60)
    return graph


def roads_from_networkx(graph: nx.Graph) -> pd.DataFrame:
    """Return the table ``roads`` of a graph.

    Parameters
    ----------
    graph : networkx.Graph, DiGraph, MultiGraph or MultiDiGraph
        Nodes are places (ids are taken as text); every edge has ``seconds`` or ``minutes``. A part of a
        second is rounded up, for a drive is not shorter than it is. Loops are left out, of parallel edges
        the quickest is taken.

    Returns
    -------
    DataFrame
        Columns ``from``, ``to``, ``minutes``, ``one_way``: one row for both directions where they take
        equally long, in the order of the graph's edges.

    Raises
    ------
    ScenarioError
        If two nodes read alike, or an edge has no time, one that is no number or not above 0, or two that
        differ.
    """
    findings = []
    names = pd.Index([str(node) for node in graph.nodes])
    for name in names[names.duplicated()].unique():
        findings.append(_finding("duplicate_key", name, f"Two nodes read {name!r}.", "Rename one of them."))
    quickest: dict[tuple[str, str], int] = {}
    for one, two, data in graph.edges(data=True):
        start, end = str(one), str(two)
        seconds, complaint = _seconds(data)
        if complaint:
            findings.append(
                _finding("edge_time", f"{start} - {end}", f"The edge {start} - {end} {complaint}.",
                         "Give it `seconds` or `minutes` above 0.")
            )  # fmt: skip
        elif start != end:
            directions = [(start, end)] if graph.is_directed() else [(start, end), (end, start)]
            for way in directions:
                quickest[way] = min(seconds, quickest.get(way, seconds))
    if findings:
        raise ScenarioError(tuple(findings))

    rows: dict[tuple[str, str], tuple[float, bool]] = {}
    for (start, end), seconds in quickest.items():
        both = quickest.get((end, start)) == seconds
        # The row of the other direction, if it came first, says it all.
        if not (both and (end, start) in rows):
            rows[start, end] = (seconds / 60, not both)
    return pd.DataFrame(
        [(start, end, minutes, one_way) for (start, end), (minutes, one_way) in rows.items()],
        columns=["from", "to", "minutes", "one_way"],
    )


def _seconds(data: dict[str, Any]) -> tuple[int, str]:
    """Return an edge's whole seconds, and what is wrong with them."""
    times = []
    for name, factor in (("seconds", 1), ("minutes", 60)):
        value = data.get(name)
        if value is None:
            continue
        try:
            natural = float(value) * factor
        except (TypeError, ValueError):
            return 0, f"has {name} {value!r}, which is no number"
        if not (math.isfinite(natural) and natural > 0):
            return 0, f"has {name} {value!r}, which is no time above 0"
        nearest = round(natural)
        near = abs(natural - nearest) <= ROUNDING * natural
        times.append(nearest if near else math.ceil(natural))
    if not times:
        return 0, "has neither seconds nor minutes"
    if times[0] != times[-1]:
        return 0, f"has {times[0]} seconds, but its minutes say {times[-1]}"
    return times[0], ""


def _blank(value: object) -> bool:
    return value is None or value is pd.NA or value == ""


def _finding(rule: str, value: str, message: str, mend: str) -> Finding:
    return Finding(rule=rule, severity="error", table="roads", value=value, message=message, mend=mend)
