"""How far each kind of travel may go, so that a town has as many givers as the dial says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from yjopt.generation.draw import Floats, Ints, stream
from yjopt.generation.network import as_controlled

if TYPE_CHECKING:
    from yjopt.generation.isolation import Isolation
    from yjopt.generation.world import World

#: Givers of the other kinds for each depot within reach.
SHARE = {"supplies": 1.0, "patients": 0.5, "contacts": 0.7, "teams": 0.65}
#: Towns looked at.
SAMPLE = 200


def limits(
    world: World, isolating: Isolation | None
) -> tuple[dict[str, float], dict[str, dict[str, float]], list[str]]:
    """Limits of travel in minutes, the givers per town they mean, and towns that no depot reaches.

    The limit is such that the median town has the givers asked for and, up to half as far again, that all but
    one town in two hundred have one that can do everything; the rest are blind.

    Parameters
    ----------
    world : World
    isolating : Isolation or None

    Returns
    -------
    tuple of dict, dict, list of str
        Minutes per kind; median, mean and largest number of givers per kind, in a sample of towns; ids of
        blind towns.
    """
    sample = np.sort(stream(world.seed, "limits").permutation(world.towns)[:SAMPLE])
    roads = as_controlled(world.roads, world.outbreak.sealed, world.seed)
    found, counts = {}, {}
    blind: list[str] = []
    for kind, (places, able) in _givers(world, isolating).items():
        wanted = int(np.clip(round(world.dials.reach * SHARE[kind]), 1, len(places)))
        times = roads.times(sample, places)
        median = float(np.median(np.partition(times, wanted - 1, axis=1)[:, wanted - 1]))
        farthest = [
            float(np.quantile(roads.nearest(some)[1][: world.towns], 0.995)) for some in able if len(some)
        ]
        limit = max(median, min(1.5 * median, max(farthest)))
        found[kind] = float(np.ceil(limit / 5) * 5)
        within: Floats = (times <= found[kind]).sum(axis=1)
        middle, mean = float(np.median(within)), round(float(within.mean()), 2)
        counts[kind] = {"median": middle, "mean": mean, "largest": float(within.max())}
        if kind == "supplies":
            nearest = roads.nearest(places)[1][: world.towns]
            blind = [str(place) for place in world.facilities.ids[: world.towns][nearest > found[kind]]]
    return found, counts, blind


def _givers(world: World, isolating: Isolation | None) -> dict[str, tuple[Ints, list[Ints]]]:
    """For each kind of travel all givers, and the lists of which every town should have one within reach."""
    at = world.facilities
    designated = at.hospitals[at.hospital_kind == "designated"]
    county = at.bases[at.base_level == "county"]
    sites = [at.sites]
    if isolating is not None:
        sites = [at.sites[isolating.both | (isolating.main == category)] for category in (0, 1)]
    return {
        "supplies": (at.depots, [at.depots]),
        "patients": (at.hospitals, [designated]),
        "contacts": (at.sites, sites),
        "teams": (at.bases, [county]),
    }
