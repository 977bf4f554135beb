"""Travel times by networkx, for every kind of travel and every period."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import networkx as nx

from benchmarks.reference.facts import Facts, ceil_div

if TYPE_CHECKING:
    from collections.abc import Iterable

Pairs = dict[tuple[str, str], int]

#: The kind of travel, whose limit holds, of purposes that are not called after their kind.
KIND = {"lending": "supplies", "transfers": "patients"}


@dataclass
class Travel:
    """Seconds from place to place, per purpose and period; a pair that is missing does not exist."""

    pairs: dict[str, dict[int, Pairs]]

    def seconds(self, purpose: str, origin: str, destination: str, period: int) -> int | None:
        """Seconds of a pair, 0 for a place and itself, None if it does not exist."""
        if origin == destination:
            return 0
        return self.pairs[purpose][period].get((origin, destination))


def _graph(facts: Facts, kind: str, states: dict[frozenset[str], tuple[str, int]]) -> nx.DiGraph:
    graph = nx.DiGraph()
    graph.add_nodes_from(facts.area)
    for road in facts.rows["roads"]:
        state, percent = states.get(frozenset((road["from"], road["to"])), ("open", 100))
        if state == "closed" or (state == "relief" and kind == "contacts"):
            continue
        seconds = ceil_div(road["minutes"] * percent, 100) if state == "slowed" else road["minutes"]
        ends = [(road["from"], road["to"])]
        if not road["one_way"]:
            ends.append((road["to"], road["from"]))
        for a, b in ends:
            if not graph.has_edge(a, b) or graph[a][b]["seconds"] > seconds:
                graph.add_edge(a, b, seconds=seconds)
    return graph


def _thin(pairs: Pairs, facts: Facts, k: int, *, by_origin: bool) -> Pairs:
    """Keep the k nearest givers of every taker; ties go to the place that stands first in the table."""
    position = {place: n for n, place in enumerate(facts.area)}
    choices: dict[str, list[tuple[int, int, tuple[str, str]]]] = defaultdict(list)
    for (origin, destination), seconds in pairs.items():
        taker, giver = (origin, destination) if by_origin else (destination, origin)
        choices[taker].append((seconds, position[giver], (origin, destination)))
    kept = (pair for choice in choices.values() for _, _, pair in sorted(choice)[:k])
    return {pair: pairs[pair] for pair in kept}


def _ends(facts: Facts) -> dict[str, tuple[set[str], set[str]]]:
    """Origins and destinations by purpose; a thinned pair is left out of its own purpose only."""
    rows = facts.rows
    durable = {item for item, row in facts.items.items() if row["durable"]}
    lots, stores = set(), {row["place"] for row in rows["needs"] if row["item"] in durable}
    for table in ("stocks", "receipts", "sources"):
        for row in rows[table]:
            (stores if row["item"] in durable else lots).add(row["place"])
    hospitals = {row["place"] for table in ("beds", "surge") for row in rows[table]}
    moving = {place for kind, place, _ in facts.at_start if kind == "class"} | hospitals
    sites = {row["place"] for row in rows["isolation_sites"]}
    needing = {row["place"] for row in rows["needs"] if row["item"] not in durable}
    posts = {row["place"] for row in rows["tasks"]} | hospitals | sites
    return {
        "supplies": (lots, lots | needing | posts),
        "lending": (stores, stores),
        "patients": ({row["place"] for row in rows["arrivals"]}, hospitals),
        "transfers": (moving if facts.transfer_rules else set(), hospitals),
        "contacts": ({row["place"] for row in rows["contacts"]}, sites),
        "teams": ({row["place"] for row in rows["pools"]}, posts),
    }


def _shortest(facts: Facts, graph: nx.DiGraph, kind: str, ends: tuple[Iterable[str], set[str]]) -> Pairs:
    limit = facts.settings[f"limits.{kind}"]
    origins, destinations = ends
    pairs: Pairs = {}
    for origin in sorted(origins):
        reached = nx.single_source_dijkstra_path_length(graph, origin, cutoff=limit, weight="seconds")
        pairs.update(
            {
                (origin, place): reached[place]
                for place in reached
                if place in destinations and place != origin
            }
        )
    wanted = set(origins)
    for row in facts.rows["times"]:
        pair = (row["from"], row["to"])
        if pair[0] in wanted and pair[1] in destinations and pair[0] != pair[1]:
            pairs.pop(pair, None)
            if row["minutes"] <= limit:
                pairs[pair] = row["minutes"]
    return pairs


def find_travel(facts: Facts) -> Travel:
    """All pairs of all kinds within their limits."""
    closures: dict[int, dict[frozenset[str], tuple[str, int]]] = defaultdict(dict)
    for row in facts.rows["closures"]:
        closures[row["period"]][frozenset((row["from"], row["to"]))] = (row["state"], row["percent"])
    travel: dict[str, dict[int, Pairs]] = {}
    for purpose, ends in _ends(facts).items():
        kind = KIND.get(purpose, purpose)
        known: dict[frozenset[tuple[frozenset[str], tuple[str, int]]], Pairs] = {}
        travel[purpose] = {}
        for t in facts.periods:
            state = frozenset(closures[t].items())
            if state not in known:
                pairs = _shortest(facts, _graph(facts, kind, closures[t]), kind, ends)
                k = facts.settings[f"nearest.{kind}"]
                by_origin = kind in ("patients", "contacts")
                known[state] = _thin(pairs, facts, k, by_origin=by_origin) if k else pairs
            travel[purpose][t] = known[state]
    return Travel(travel)
