"""The way between two places, found when somebody asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.errors import YjoptError
from yjopt.roads.network import Network, place_numbers

if TYPE_CHECKING:
    from yjopt.scenario import Scenario


@dataclass(frozen=True)
class Path:
    """A way through the road network.

    Attributes
    ----------
    places : tuple of str
        Ids of the places in the order in which they are passed, both ends included.
    seconds : tuple of int
        Time since departure at each of them; the last is the travel time.
    given : bool
        True if the time stands in ``times``: then only the two ends are known.
    """

    places: tuple[str, ...]
    seconds: tuple[int, ...]
    given: bool = False


def path(
    scenario: Scenario, origin: str, destination: str, period: int = 1, kind: str = "supplies"
) -> Path | None:
    """Find the quickest way between two places in a period.

    Parameters
    ----------
    scenario : Scenario
        Its places, roads, closures and times are used.
    origin, destination : str
        Ids of the places.
    period : int
        Period of departure, from 1.
    kind : {"supplies", "patients", "contacts", "teams"}
        Kind of travel: relief links are closed to contacts. The limit of the kind does not matter here.

    Returns
    -------
    Path or None
        None if the roads that are open lead nowhere near; among equally quick ways the same one every time.

    Raises
    ------
    YjoptError
        If a place, the period or the kind is unknown.
    """
    from scipy.sparse.csgraph import dijkstra

    network = Network.of(scenario)
    start, end = place_numbers(network.places, [origin, destination]).tolist()
    if not 1 <= period <= network.periods:
        raise YjoptError(f"There is no period {period}; the scenario has periods 1 to {network.periods}.")
    closures = network.closures_by_period(kind)[period - 1]
    given = (network.given_from == start) & (network.given_to == end)
    if given.any():
        return Path((origin, destination), (0, int(network.given_seconds[given][0])), given=True)

    distance, before = dijkstra(network.graph(closures), indices=start, return_predecessors=True)
    if not np.isfinite(distance[end]):
        return None
    passed = [end]
    while passed[-1] != start:
        passed.append(int(before[passed[-1]]))
    passed.reverse()
    return Path(
        places=tuple(str(place) for place in network.places[passed]),
        seconds=tuple(distance[passed].astype(np.int64).tolist()),
    )
