"""The audit's own travel times, for the pairs a plan uses (section 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from yjopt.auditing.rows import ceil_div, codes, find
from yjopt.schema import INPUT

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from yjopt.auditing.facts import Facts
    from yjopt.auditing.rows import Column, Ints

_STATES = INPUT["closures"]["state"].choices
#: Origins whose distances are held at a time.
_BATCH = 256


class Travel:
    """Shortest times in seconds on the roads of a period."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._places = len(facts["places"])
        roads, closures = facts["roads"], facts["closures"]
        back = np.flatnonzero(~roads["one_way"])
        self._from = np.concatenate([roads["from"], roads["to"][back]])
        self._to = np.concatenate([roads["to"], roads["from"][back]])
        self._seconds = np.concatenate([roads["minutes"], roads["minutes"][back]])
        self._closures = closures
        self._graphs: dict[tuple[int, bool], csr_array] = {}
        # Periods with equal closures share a state; a state is known by its first period.
        self.state = np.zeros(facts.horizon + 1, dtype=np.int64)
        seen: dict[bytes, int] = {}
        for period in range(1, facts.horizon + 1):
            rows = closures.keep(closures["period"] == period)
            cells = np.stack(rows.key("from", "to", "state", "percent"), axis=1)
            mark = cells[np.lexsort(cells.T)].tobytes()
            self.state[period] = seen.setdefault(mark, period)

    def seconds(self, kind: str, period: Column, origin: Column, destination: Column) -> Ints:
        """Travel time of each trip in seconds, -1 where the pair does not exist.

        Parameters
        ----------
        kind : str
            ``supplies``, ``patients``, ``contacts`` or ``teams``.
        period : int array
            Period of departure, whose roads count for the whole trip.
        origin, destination : int array
            Codes of places.
        """
        limit = self._facts.limit[kind]
        out = np.full(len(origin), -1, dtype=np.int64)
        state = self.state[period]
        for mark in np.unique(state).tolist():
            here = np.flatnonzero((state == mark) & (origin != destination))
            if len(here):
                graph = self._graph(mark, kind == "contacts")
                out[here] = self._shortest(graph, origin[here], destination[here], limit)
        times = self._facts["times"]
        row = find(times.key("from", "to"), (origin, destination))
        stated = row >= 0
        out[stated] = times["minutes"][row[stated]]
        out[origin == destination] = 0
        out[out > limit] = -1
        return out

    def _graph(self, mark: int, contacts: bool) -> csr_array:
        from scipy.sparse import csr_array

        if (mark, contacts) in self._graphs:
            return self._graphs[mark, contacts]
        closures = self._closures.keep(self._closures["period"] == mark)
        low = np.minimum(closures["from"], closures["to"]), np.maximum(closures["from"], closures["to"])
        row = find(low, (np.minimum(self._from, self._to), np.maximum(self._from, self._to)))
        state = (
            np.where(row >= 0, closures["state"][row], _STATES.index("open")) if len(closures) else row * 0
        )
        percent = closures["percent"][row] if len(closures) else row * 0 + 100
        slowed = state == _STATES.index("slowed")
        seconds = np.where(slowed, ceil_div(self._seconds * percent, 100), self._seconds)
        usable = state != _STATES.index("closed")
        if contacts:
            usable &= state != _STATES.index("relief")
        origin, destination, seconds = self._from[usable], self._to[usable], seconds[usable]
        # Of parallel links the quickest: a sparse matrix would add them up.
        link, _ = codes((origin, destination), (origin[:0], destination[:0]))
        order = np.lexsort((seconds, link))
        best = order[np.diff(link[order], prepend=-1) != 0] if len(order) else order
        shape = (self._places, self._places)
        graph = csr_array((seconds[best].astype(np.float64), (origin[best], destination[best])), shape=shape)
        self._graphs[mark, contacts] = graph
        return graph

    def _shortest(self, graph: csr_array, origin: Column, destination: Column, limit: int) -> Ints:
        """Dijkstra from the side with fewer places, in batches."""
        from scipy.sparse.csgraph import dijkstra

        starts, start_of = np.unique(origin, return_inverse=True)
        ends, end_of = np.unique(destination, return_inverse=True)
        if len(ends) < len(starts):
            graph = graph.T.tocsr()
            starts, start_of, ends, end_of = ends, end_of, starts, start_of
        out = np.full(len(origin), -1, dtype=np.int64)
        order = np.argsort(start_of, kind="stable")
        edges = np.searchsorted(start_of[order], np.arange(0, len(starts) + _BATCH, _BATCH))
        for batch in range(len(edges) - 1):
            chunk = starts[batch * _BATCH : (batch + 1) * _BATCH]
            rows = order[edges[batch] : edges[batch + 1]]
            distance = dijkstra(graph, directed=True, indices=chunk, limit=float(limit))
            found = distance[start_of[rows] - batch * _BATCH, ends[end_of[rows]]]
            out[rows] = np.where(np.isfinite(found), found, -1).astype(np.int64)
        return out
