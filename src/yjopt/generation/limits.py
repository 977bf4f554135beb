"""How far each kind of travel may go, so that a town has as many givers as the dial says."""

from __future__ import annotations

import numpy as np

from yjopt.generation.draw import Floats, Ints, stream
from yjopt.generation.world import World

#: Givers of the other kinds for each depot within reach.
SHARE = {"supplies": 1.0, "patients": 0.5, "contacts": 0.8, "teams": 0.7}
#: Towns looked at.
SAMPLE = 200


def limits(world: World) -> tuple[dict[str, float], dict[str, dict[str, float]], list[str]]:
    """Limits of travel in minutes, the givers per town they mean, and towns that no depot reaches.

    The limit is such that the median town has the givers asked for, and, up to twice that, that all but one town in
    two hundred have one; the rest are blind.

    Parameters
    ----------
    world : World

    Returns
    -------
    tuple of dict, dict, list of str
        Minutes per kind; "median" and "largest" number of givers per kind (over a sample of towns); ids of blind towns.
    """
    sample = np.sort(stream(world.seed, "limits").permutation(world.towns)[:SAMPLE])
    at = world.facilities
    givers: dict[str, Ints] = {
        "supplies": at.depots,
        "patients": at.hospitals,
        "contacts": at.sites,
        "teams": at.bases,
    }
    found, counts = {}, {}
    blind: list[str] = []
    for kind, places in givers.items():
        # Depots and bases of a city and of its county stand in one town: count places, as pairs do.
        wanted = int(np.clip(round(world.dials.reach * SHARE[kind]), 1, len(places)))
        times = world.roads.times(sample, places)
        median = float(np.median(np.partition(times, wanted - 1, axis=1)[:, wanted - 1]))
        nearest = world.roads.nearest(places)[1][: world.towns]
        limit = max(median, min(2 * median, float(np.quantile(nearest, 0.995))))
        found[kind] = float(np.ceil(limit / 5) * 5)
        within: Floats = (times <= found[kind]).sum(axis=1)
        counts[kind] = {"median": float(np.median(within)), "largest": float(within.max())}
        if kind == "supplies":
            blind = [str(place) for place in at.ids[: world.towns][nearest > found[kind]]]
    return found, counts, blind
