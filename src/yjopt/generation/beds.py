"""Hospitals: beds, people in them already, surge levels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from yjopt.generation.demand import ELIGIBILITY, GROUPS, standing
from yjopt.generation.draw import Floats, Ints, factors, shares, stream, sums
from yjopt.generation.frames import long

if TYPE_CHECKING:
    from yjopt.generation.world import Tables, World

CLASSES: Final = np.array(["ward", "icu", "makeshift"], dtype=object)
#: Class in which a person of each group (rows of `GROUPS`) is expected to lie: ward, icu, makeshift.
EXPECTED: Final = np.array([[0.3, 0.0, 0.7], [1.0, 0.0, 0.0], [0.4, 0.6, 0.0], [0.0, 1.0, 0.0]])
#: Beds of a designated and of a backup hospital, and the share of them in intensive care.
SIZE: Final = {"designated": (200, 500), "backup": (80, 250), "makeshift": (0, 0)}
ICU: Final = (0.05, 0.10)
#: Share of the free capacity that has to be set up first, per class, and in how many levels.
SURGE: Final = {"ward": (0.4, 2), "icu": (0.3, 1), "makeshift": (1.0, 3)}
#: Yuan to set up a bed, and to run it for a period.
COST: Final = {"ward": (8_000, 600), "icu": (90_000, 4_000), "makeshift": (3_000, 300)}
#: Share of what can be set up that is meant to be: there is more to choose from than is wanted.
OPENED = 0.7
#: Share of the free beds that becomes free only in the course of the horizon.
FREED = 0.5


@dataclass(frozen=True, kw_only=True)
class Beds:
    """Tables of the beds, and what other families need to know.

    Parameters
    ----------
    tables : dict of str to pandas.DataFrame
    occupied : ndarray of int64, shape (hospitals, periods, classes)
    free : ndarray of int64, shape (hospitals, classes)
        Free beds in the last period, with the surge the budget is meant to pay for.
    need : float
        People who would lie there in the last period.
    surge_cost : ndarray of float, shape (cities,)
        What opening every level would cost.
    """

    tables: Tables
    occupied: Ints
    free: Ints
    need: float
    surge_cost: Floats


def beds(world: World) -> Beds:
    """Beds such that need is `scarcity` times the free ones, where they are free or can be made so.

    Parameters
    ----------
    world : World

    Returns
    -------
    Beds
    """
    rng = stream(world.seed, "beds")
    lying = standing(world.demand.arrivals, GROUPS["stay"].to_numpy())
    peak = int(lying.sum(axis=(0, 2)).argmax())
    need = lying[:, peak] @ EXPECTED
    free = _free(world, need, rng)
    share = np.array([SURGE[name][0] if world.coupled else 0.0 for name in CLASSES])
    surged = np.round(free * share).astype(np.int64)
    surged[:, 0] *= world.facilities.hospital_kind == "backup"
    base = free - surged
    total, occupied = _occupied(world, base, rng)
    levels = _levels(world, surged)
    ids = world.facilities.ids[world.facilities.hospitals]
    periods = np.arange(1, world.periods + 1)
    tables = {
        "groups": GROUPS[["group", "stay", "wait", "weight", "late"]].assign(name=GROUPS["group"]),
        "eligibility": ELIGIBILITY,
        "arrivals": long(
            world.demand.arrivals,
            {
                "place": world.facilities.ids[: world.towns],
                "period": periods,
                "group": GROUPS["group"].to_numpy(dtype=object),
            },
            "people",
        ),
        "beds": long(total, {"place": ids, "class": CLASSES}, "beds"),
        "surge": levels,
        "occupied": long(occupied, {"place": ids, "period": periods, "class": CLASSES}, "people"),
    }
    city = world.city(world.facilities.hospitals)
    cost = np.zeros(len(world.geography.cities))
    if len(levels):
        hospital = pd.Index(ids).get_indexer(levels["place"])
        cost = sums(city[hospital], levels["cost"], len(cost))
    return Beds(tables=tables, occupied=occupied, free=free, need=float(need.sum()), surge_cost=cost)


def _free(world: World, need: Floats, rng: np.random.Generator) -> Ints:
    """Free beds per hospital and class: by the need around it, out of balance as dialled."""
    kind = world.facilities.hospital_kind
    hospitals = world.facilities.hospitals
    designated = kind == "designated"
    # Every second backup hospital has intensive care.
    eligible = {
        "ward": kind != "makeshift",
        "icu": designated | ((kind == "backup") & (np.arange(len(kind)) % 2 == 0)),
        "makeshift": kind == "makeshift",
    }
    free = np.zeros((len(kind), len(CLASSES)), dtype=np.int64)
    for column, name in enumerate(CLASSES):
        able = np.flatnonzero(eligible[name])
        around = world.roads.nearest(hospitals[able])[0][: world.towns]
        local = sums(around, need[:, column], len(able))
        if name != "makeshift":
            city_need = sums(world.geography.town_city, need[:, column], len(world.geography.cities))
            local = 0.7 * local + 0.3 * city_need[world.city(hospitals[able])] * designated[able]
        # What a coupling leaves to be opened is open in full where the budget does not bind.
        target = round(float(need[:, column].sum()) / world.dials.scarcity)
        free[able, column] = shares(target, local * factors(rng, world.dials.imbalance, local))
    return free


def _occupied(world: World, base: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """All beds per hospital and class, and who lies in them in each period."""
    kind = world.facilities.hospital_kind
    low, high = (np.array([SIZE[word][end] for word in kind]) for end in (0, 1))
    size = rng.integers(low, high + 1)
    icu = np.round(size * rng.uniform(*ICU, len(size))).astype(np.int64)
    icu *= (base[:, 1] > 0) | (kind == "designated")
    gross = np.column_stack((size - icu, icu, np.zeros_like(size)))
    total = np.maximum(gross, base)
    last = total - base
    to_go = (world.periods - np.arange(1, world.periods + 1)) / max(1, world.periods - 1)
    leaving = np.floor(FREED * base[:, None, :] * to_go[None, :, None]).astype(np.int64)
    occupied = np.where(last[:, None, :] > 0, last[:, None, :] + leaving, 0)
    return total, np.minimum(occupied, total[:, None, :])


def _levels(world: World, surged: Ints) -> pd.DataFrame:
    """Surge levels; all of them together are more than the opening budget pays for."""
    ids = world.facilities.ids[world.facilities.hospitals]
    wanted = np.ceil(surged / OPENED).astype(np.int64)
    parts = []
    for column, name in enumerate(CLASSES):
        count = SURGE[name][1]
        hospital = np.flatnonzero(wanted[:, column])
        for level in range(1, count + 1):
            amount = wanted[hospital, column]
            size = amount * level // count - amount * (level - 1) // count
            opening, running = COST[name]
            parts.append(
                pd.DataFrame(
                    {
                        "place": ids[hospital],
                        "class": name,
                        "level": level,
                        "beds": size,
                        "setup": 1 if world.periods > 1 else 0,
                        "breakdown": 1 if world.periods > 1 else 0,
                        # A later level is dearer: the easy beds are set up first.
                        "cost": (size * opening * (1 + 0.2 * (level - 1))).astype(float).round(2),
                        "running_cost": (size * running).astype(float),
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)
