"""Reach: every pair of places within the limit of a kind of travel, with its seconds, in each state of
the roads.

The search is Dijkstra's with a limit (:doi:`10.1007/BF01386390`), compiled, from batches of places that lie
close to each other. One search from a whole batch at once finds the few places that any of them reaches; only
these are then searched from each. Memory is bounded by the batch, time by what is in reach and not by the
nation.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from yjopt.errors import YjoptError
from yjopt.roads.network import BoolArray, Graph, IntArray, Network

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yjopt.scenario import Scenario

LOGGER = logging.getLogger("yjopt")

#: Kinds of travel in which the taker is where the trip ends; for the others it is where the people live.
TAKER_IS_DESTINATION: Final = ("supplies", "teams")

#: Places searched from at once, and entries of a batch's table of distances (80 MB of floats) at most.
BATCH: Final = 64
BATCH_ENTRIES: Final = 10_000_000

#: Root (the place searched from), leaf (the place found) and seconds.
Trips: TypeAlias = tuple[IntArray, IntArray, IntArray]

#: Pairs that may wait before they are thinned.
WAITING: Final = 2_000_000


@dataclass(frozen=True)
class Pairs:
    """The pairs of one state of the roads, sorted by origin, then destination.

    Attributes
    ----------
    origin, destination : int64 arrays
        Rows of the places.
    seconds : int64 array
        Travel time.
    """

    origin: IntArray
    destination: IntArray
    seconds: IntArray

    def __len__(self) -> int:
        return len(self.origin)

    def find(self, origin: npt.ArrayLike, destination: npt.ArrayLike) -> IntArray:
        """Return the position of each pair asked for, -1 where there is none; the two broadcast."""
        one, two = np.broadcast_arrays(np.asarray(origin, np.int64), np.asarray(destination, np.int64))
        if not len(self):
            return np.full(one.shape, -1, dtype=np.int64)
        width = int(max(self.destination.max(), two.max(initial=0))) + 1
        keys, key = self.origin * width + self.destination, one * width + two
        at = np.minimum(np.searchsorted(keys, key), len(self) - 1)
        return np.where(keys[at] == key, at, -1)


@dataclass(frozen=True)
class Reach:
    """Who can be reached from where by one kind of travel.

    Attributes
    ----------
    kind : str
        Kind of travel.
    state_of_period : int64 array, shape (periods,)
        State of the roads in each period (from 0): periods with the same closures share one.
    pairs : tuple of Pairs
        The pairs of each state.
    left_out : int64 array, shape (states,)
        Pairs within the limit that thinning left out in each state; all 0 without ``nearest.<kind>``.
    """

    kind: str
    state_of_period: IntArray
    pairs: tuple[Pairs, ...]
    left_out: IntArray

    def in_period(self, period: int) -> Pairs:
        """Return the pairs of a period, counted from 1."""
        return self.pairs[int(self.state_of_period[period - 1])]


def reach(scenario: Scenario, kind: str, origins: npt.ArrayLike, destinations: npt.ArrayLike) -> Reach:
    """Find every pair within ``limits.<kind>``, thinned to ``nearest.<kind>`` if that is set.

    Parameters
    ----------
    scenario : Scenario
        Its places, roads, closures, times and settings are used.
    kind : {"supplies", "patients", "contacts", "teams"}
        Kind of travel.
    origins, destinations : array-like of int
        Rows of the places where trips may start and end; repeated rows count once.

    Returns
    -------
    Reach
        A place in both lists has a pair with itself, of 0 seconds.

    Raises
    ------
    YjoptError
        If the kind is unknown or a row is none of the places'.
    """
    network = Network.of(scenario)
    starts = _rows(origins, len(network.places), "origin")
    ends = _rows(destinations, len(network.places), "destination")
    state_of_period, states = network.states(kind)
    limit, nearest = scenario.settings.limit_seconds(kind), scenario.settings.nearest(kind)
    pairs, left_out = [], []
    for closures in states:
        found, left = _pairs(network, network.graph(closures), kind, starts, ends, limit, nearest)
        pairs.append(found)
        left_out.append(left)
    if any(left_out):
        LOGGER.info("nearest.%s = %d leaves out %d pairs in %d state(s) of the roads.",
                    kind, nearest, sum(left_out), len(states))  # fmt: skip
    return Reach(kind, state_of_period, tuple(pairs), np.array(left_out, dtype=np.int64))


def nearest_of_each(taker: IntArray, giver: IntArray, seconds: IntArray, count: int) -> BoolArray:
    """Mark, for every taker, the `count` givers with the least time, the first in table order among equals.

    The pair of a place with itself is marked always and does not count.
    """
    other = taker != giver
    order = np.lexsort((giver, seconds, other, taker))
    sorted_taker, sorted_other = taker[order], other[order]
    # A place's own pair sorts first: ranks among the others start after it.
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = (sorted_taker[1:] != sorted_taker[:-1]) | (sorted_other[1:] != sorted_other[:-1])
    position = np.arange(len(order))
    rank = position - np.maximum.accumulate(np.where(first, position, 0))
    marked = np.empty(len(order), dtype=np.bool_)
    marked[order] = ~sorted_other | (rank < count)
    return marked


def _pairs(
    network: Network,
    graph: Graph,
    kind: str,
    starts: IntArray,
    ends: IntArray,
    limit: int,
    nearest: int,
) -> tuple[Pairs, int]:
    """Return the pairs of one state and how many were left out."""
    forward = len(starts) <= len(ends)
    if forward:
        given = (network.given_from, network.given_to, network.given_seconds)
        batches = _batches(graph, starts, ends, limit, given)
    else:
        given = (network.given_to, network.given_from, network.given_seconds)
        batches = _batches(graph.T.tocsr(), ends, starts, limit, given)
    root_is_taker = forward != (kind in TAKER_IS_DESTINATION)

    def thinned(parts: list[Trips]) -> Trips:
        root, leaf, seconds = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
        if not nearest:
            return root, leaf, seconds
        taker, giver = (root, leaf) if root_is_taker else (leaf, root)
        kept = nearest_of_each(taker, giver, seconds, nearest)
        return root[kept], leaf[kept], seconds[kept]

    empty = np.empty(0, dtype=np.int64)
    parts: list[Trips] = [(empty, empty, empty)]
    found = waiting = 0
    for part in batches:
        parts.append(part)
        found += len(part[0])
        waiting += len(part[0])
        # The nearest of all are the nearest of the nearest of each share, so thinning may go step by step.
        if nearest and waiting > WAITING:
            parts, waiting = [thinned(parts)], 0
    root, leaf, seconds = thinned(parts)
    origin, destination = (root, leaf) if forward else (leaf, root)
    order = np.lexsort((destination, origin))
    return Pairs(origin[order], destination[order], seconds[order]), found - len(order)


def _batches(graph: Graph, roots: IntArray, leaves: IntArray, limit: int, given: Trips) -> Iterator[Trips]:
    """Yield the trips within the limit, a batch of roots at a time; given times replace the roads'."""
    from scipy.sparse.csgraph import dijkstra, reverse_cuthill_mckee

    if not len(roots) or not len(leaves):
        return
    count = graph.shape[0]
    is_leaf = np.zeros(count, dtype=np.bool_)
    is_leaf[leaves] = True
    # Neighbours in this order are neighbours on the road, so that the places around a batch are few.
    position = np.empty(count, dtype=np.int64)
    position[reverse_cuthill_mckee(graph)] = np.arange(count)
    roots = roots[np.argsort(position[roots], kind="stable")]
    size = max(1, min(BATCH, BATCH_ENTRIES // count))
    for begin in range(0, len(roots), size):
        batch = np.sort(roots[begin : begin + size])
        around = dijkstra(graph, indices=batch, limit=limit, min_only=True) <= limit
        near = np.flatnonzero(around)
        local = graph[near][:, near]
        distance = dijkstra(local, indices=np.searchsorted(near, batch), limit=limit)
        column = np.flatnonzero(is_leaf[near])
        distance = distance[:, column]
        row, at = np.nonzero(distance <= limit)
        root, leaf = batch[row], near[column[at]]
        seconds = distance[row, at].astype(np.int64)
        here = np.isin(given[0], batch) & is_leaf[given[1]]
        if here.any():
            given_root, given_leaf, given_seconds = (array[here] for array in given)
            by_road = ~np.isin(root * count + leaf, given_root * count + given_leaf)
            within = given_seconds <= limit
            root = np.concatenate([root[by_road], given_root[within]])
            leaf = np.concatenate([leaf[by_road], given_leaf[within]])
            seconds = np.concatenate([seconds[by_road], given_seconds[within]])
        yield root, leaf, seconds


def _rows(rows: npt.ArrayLike, count: int, what: str) -> IntArray:
    """Return distinct rows ascending; a row that is none of the places' is refused."""
    given = np.asarray(rows)
    if given.size and given.dtype.kind not in "iu":
        raise YjoptError(f"Every {what} is a row of places, a whole number; these are {given.dtype}.")
    distinct = np.unique(given.astype(np.int64))
    if len(distinct) and (distinct[0] < 0 or distinct[-1] >= count):
        wrong = distinct[0] if distinct[0] < 0 else distinct[-1]
        raise YjoptError(f"Row {wrong} is no {what}: places has {count:,} rows, counted from 0.")
    return distinct
