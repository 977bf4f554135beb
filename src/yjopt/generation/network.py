"""Roads between neighbouring towns, and travel times over them while a scenario is being made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from yjopt.generation.draw import Floats, Ints, stream
from yjopt.generation.geography import flat, kilometres

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from yjopt.generation.facilities import Facilities

#: Road kilometres per kilometre as the crow flies.
DETOUR = 1.3
#: Slowest and fastest mean speed of a link, kilometres an hour.
SPEED = (40.0, 60.0)
#: Sources whose times are worked out at once: bounds the memory (a row of doubles each).
BATCH = 128
#: Time on a slowed link, per cent; share of the links between sealed towns that only relief may use.
SLOWED, RELIEF = 150, 0.3
#: What the schema gives links that are not slowed.
UNUSED = 200


@dataclass(frozen=True, kw_only=True)
class Network:
    """Road links and their driving times.

    Parameters
    ----------
    start, end : ndarray of int64, shape (links,)
        Rows of the table `places`.
    minutes : ndarray of float, shape (links,)
        Driving time, on the grid of the schema.
    places : int
    """

    start: Ints
    end: Ints
    minutes: Floats
    places: int

    def graph(self) -> csr_array:
        """Undirected graph as a sparse matrix of minutes."""
        from scipy.sparse import csr_array

        both = (np.concatenate((self.start, self.end)), np.concatenate((self.end, self.start)))
        return csr_array(
            (np.concatenate((self.minutes, self.minutes)), both), shape=(self.places, self.places)
        )

    def times(self, origins: Ints, destinations: Ints, limit: float = np.inf) -> Floats:
        """Minutes between them, shape (origins, destinations); infinite beyond `limit`."""
        from scipy.sparse.csgraph import dijkstra

        graph = self.graph()
        parts = [
            dijkstra(graph, directed=True, indices=origins[at : at + BATCH], limit=limit)[:, destinations]
            for at in range(0, len(origins), BATCH)
        ]
        return np.concatenate(parts) if parts else np.zeros((0, len(destinations)))

    def nearest(self, givers: Ints) -> tuple[Ints, Floats]:
        """For every place the nearest giver (its position in `givers`) and the minutes to it."""
        from scipy.sparse.csgraph import dijkstra

        minutes, _, source = dijkstra(
            self.graph(), directed=True, indices=givers, return_predecessors=True, min_only=True
        )
        position = np.full(self.places, -1, dtype=np.int64)
        position[givers] = np.arange(len(givers))
        return position[source], minutes


def network(everything: Facilities, seed: int) -> Network:
    """Roads between towns with no third town in the circle between them, and from each facility to its host.

    That graph (Gabriel and Sokal 1969, doi:10.2307/2412323) is a pruned Delaunay triangulation and connected.

    Parameters
    ----------
    everything : Facilities
    seed : int

    Returns
    -------
    Network
    """
    rng = stream(seed, "roads")
    longitude = everything.places["longitude"].to_numpy(dtype=np.float64)
    latitude = everything.places["latitude"].to_numpy(dtype=np.float64)
    towns = int((everything.places["kind"] == "town").sum())
    start, end = _gabriel(flat(longitude[:towns], latitude[:towns]))
    made = np.arange(towns, len(longitude))
    start, end = np.concatenate((start, everything.host[made])), np.concatenate((end, made))
    speed = rng.uniform(*SPEED, len(start))
    minutes = 60 * DETOUR * kilometres(longitude, latitude, start, end) / speed
    return Network(start=start, end=end, minutes=np.maximum(minutes.round(1), 0.5), places=len(longitude))


def roads_frame(roads: Network, ids: np.ndarray) -> pd.DataFrame:
    """The table `roads`."""
    return pd.DataFrame(
        {
            "from": ids[roads.start],
            "to": ids[roads.end],
            "minutes": roads.minutes,
            "one_way": False,
            "source": "made",
        }
    )


def closures_frame(roads: Network, ids: np.ndarray, sealed: Ints, periods: int, seed: int) -> pd.DataFrame:
    """The table `closures`: links at sealed towns are slow; a few between them let only relief through.

    One state of the roads holds in all periods, so that a scenario over time has one set of travel times.

    Parameters
    ----------
    roads : Network
    ids : ndarray of object
        Ids of the places.
    sealed : ndarray of int64
        Towns that are sealed.
    periods : int
    seed : int
    """
    slow, relief = _controlled(roads, sealed, seed)
    link = np.concatenate((slow, relief))
    state = np.repeat(np.array(["slowed", "relief"], dtype=object), (len(slow), len(relief)))
    row = np.repeat(np.arange(len(link)), periods)
    return pd.DataFrame(
        {
            "from": ids[roads.start[link]][row],
            "to": ids[roads.end[link]][row],
            "period": np.tile(np.arange(1, periods + 1), len(link)),
            "state": state[row],
            "percent": np.where(state == "slowed", SLOWED, UNUSED)[row],
            "source": "made",
        }
    )


def as_controlled(roads: Network, sealed: Ints, seed: int) -> Network:
    """The roads with the times that hold under the closures (for those who may pass)."""
    minutes = roads.minutes.copy()
    minutes[_controlled(roads, sealed, seed)[0]] *= SLOWED / 100
    return replace(roads, minutes=minutes)


def _controlled(roads: Network, sealed: Ints, seed: int) -> tuple[Ints, Ints]:
    """Links that are slow, and links that only relief may use."""
    rng = stream(seed, "closures")
    towns = np.zeros(roads.places, dtype=bool)
    towns[sealed] = True
    slow = np.flatnonzero(towns[roads.start] != towns[roads.end])
    relief = np.flatnonzero(towns[roads.start] & towns[roads.end])
    return slow, relief[rng.random(len(relief)) < RELIEF]


def _gabriel(points: Floats) -> tuple[Ints, Ints]:
    """Edges of the Gabriel graph, start < end, sorted."""
    if len(points) == 2:
        return np.array([0]), np.array([1])
    from scipy.spatial import Delaunay

    if len(points) == 3:
        corners = np.array([[0, 1, 2]])
    else:
        corners = np.asarray(Delaunay(points).simplices, dtype=np.int64)
    first, second, opposite = (
        np.concatenate([corners[:, (turn + shift) % 3] for turn in range(3)]) for shift in range(3)
    )
    # A corner sees the opposite edge under more than a right angle when it lies inside the edge's circle.
    blunt = ((points[first] - points[opposite]) * (points[second] - points[opposite])).sum(axis=1) < 0
    low, high = np.minimum(first, second), np.maximum(first, second)
    edge = low * len(points) + high
    distinct, position = np.unique(edge, return_inverse=True)
    blocked = np.bincount(position, weights=blunt, minlength=len(distinct)) > 0
    kept = distinct[~blocked]
    return kept // len(points), kept % len(points)
