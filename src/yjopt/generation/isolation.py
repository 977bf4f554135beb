"""Isolation: sites, what they may hold, people in them already, people to bring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from yjopt.generation.beds import OPENED
from yjopt.generation.demand import CATEGORIES, standing
from yjopt.generation.draw import Floats, Ints, factors, stream, sums
from yjopt.generation.frames import long

if TYPE_CHECKING:
    from yjopt.generation.world import Tables, World

#: Fewest and most rooms of a site.
ROOMS = (80, 300)
#: Share of the sites beside the first of each county that are only candidates.
CANDIDATES = 0.8
#: Share of the open sites with people inside at the start, and of their rooms that these take.
INHABITED, TAKEN = 0.25, 0.2
#: Yuan to open a room, and to run it for a period.
COST, RUNNING = (1_000.0, 3_000.0), 100.0


@dataclass(frozen=True, kw_only=True)
class Isolation:
    """Tables of isolation, and what other families need to know.

    Parameters
    ----------
    tables : dict of str to pandas.DataFrame
    rooms : ndarray of int64, shape (sites,)
    inside : ndarray of int64, shape (sites, categories)
        People there at the start; they stay over the horizon.
    candidate : ndarray of bool, shape (sites,)
    both : ndarray of bool, shape (sites,)
        Whether both categories are allowed.
    main : ndarray of int64, shape (sites,)
        Category each is fitted out for.
    need : float
        People who would be isolated in the fullest period.
    capacity : float
        Rooms for them, with the candidates the budget is meant to pay for.
    site_cost : ndarray of float, shape (cities,)
        What opening every candidate would cost.
    """

    tables: Tables
    rooms: Ints
    inside: Ints
    candidate: np.ndarray
    both: np.ndarray
    main: Ints
    need: float
    capacity: float
    site_cost: Floats


def isolation(world: World) -> Isolation:
    """Sites whose rooms are the need divided by `scarcity`.

    Parameters
    ----------
    world : World

    Returns
    -------
    Isolation
    """
    rng = stream(world.seed, "isolation")
    sites = world.facilities.sites
    ids = world.facilities.ids[sites]
    county = world.county(sites)
    first = np.arange(len(sites)) == np.searchsorted(county, county)
    candidate = ~first & (rng.random(len(sites)) < CANDIDATES) & world.coupled
    there = standing(world.demand.contacts, CATEGORIES["stay"].to_numpy())
    peak = int(there.sum(axis=(0, 2)).argmax())
    need = there[:, peak].sum(axis=1).astype(np.float64)

    inhabited = ~candidate & (rng.random(len(sites)) < INHABITED)
    usable = np.where(candidate, OPENED, 1.0) * np.where(inhabited, 1 - TAKEN, 1.0)
    local = sums(world.roads.nearest(sites)[0][: world.towns], need, len(sites))
    local = 0.5 * local + 0.5 * local.mean()
    wanted = local * factors(rng, world.dials.imbalance, local)
    rooms = _fit(wanted, usable, need.sum() / world.dials.scarcity)

    both, main = _allowed(world, first, rng)
    inside = np.zeros((len(sites), len(CATEGORIES)), dtype=np.int64)
    inside[np.arange(len(sites)), main] = np.round(rooms * TAKEN * inhabited).astype(np.int64)
    cost = (rooms * rng.uniform(*COST, len(sites))).round(0) * candidate
    conversion = (rooms * 500.0).round(0)
    allowed = np.flatnonzero(both)
    category = CATEGORIES["category"].to_numpy(dtype=object)
    periods = np.arange(1, world.periods + 1)
    cleaning = 1 if world.periods > 2 else 0
    tables = {
        "categories": CATEGORIES[["category", "stay", "wait", "weight"]].assign(
            name=CATEGORIES["category"], together=world.coupled, split=world.coupled
        ),
        "isolation_sites": pd.DataFrame(
            {
                "place": ids,
                "rooms": rooms,
                "state": np.where(candidate, "candidate", "open"),
                "setup": np.where(candidate & (world.periods > 1), 1, 0),
                "cost": cost,
                "running_cost": rooms * RUNNING * candidate,
            }
        ),
        "site_category": pd.concat(
            [
                pd.DataFrame(
                    {"place": ids, "category": category[main], "conversion_cost": 0.0, "cleaning": cleaning}
                ),
                pd.DataFrame(
                    {
                        "place": ids[allowed],
                        "category": category[1 - main[allowed]],
                        "conversion_cost": conversion[allowed],
                        "cleaning": cleaning,
                    }
                ),
            ],
            ignore_index=True,
        ),
        "contacts": long(
            world.demand.contacts,
            {"place": world.facilities.ids[: world.towns], "period": periods, "category": category},
            "people",
        ),
        "occupied": long(
            np.repeat(inside[:, None, :], world.periods, axis=1),
            {"place": ids, "period": periods, "class": category},
            "people",
        ),
    }
    return Isolation(
        tables=tables,
        rooms=rooms,
        inside=inside,
        candidate=candidate,
        both=both,
        main=main,
        need=float(need.sum()),
        capacity=float((rooms * usable).sum()),
        site_cost=sums(world.city(sites), cost, len(world.geography.cities)),
    )


def _fit(wanted: Floats, usable: Floats, target: float) -> Ints:
    """Rooms in proportion to `wanted`, within the limits of a site; the usable ones add up to `target`."""
    low, high = 0.0, 1e6 / max(float(wanted.max()), 1e-9)
    for _ in range(60):
        scale = (low + high) / 2
        low, high = (
            (scale, high) if (np.clip(scale * wanted, *ROOMS) * usable).sum() < target else (low, scale)
        )
    return np.round(np.clip(high * wanted, *ROOMS)).astype(np.int64)


def _allowed(world: World, first: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, Ints]:
    """Which sites may hold both categories, and the one each is fitted out for (position in `CATEGORIES`)."""
    count = len(first)
    # Without couplings a site never chooses: it holds what it is fitted out for.
    both = (rng.random(count) < 0.6) & world.coupled
    main = (rng.random(count) < CATEGORIES["share"][1]).astype(np.int64)
    # In every city one open site is for close contacts only and one, if there is a second county, for key persons
    # only: a minimum of one of each can then always be kept.
    opened = np.flatnonzero(first)
    city = world.city(world.facilities.sites)[opened]
    rank = np.arange(len(opened)) - np.searchsorted(city, city)
    main[opened] = rank == 1
    both[opened[rank <= 1]] = False
    if not (main == 1).any():
        main[np.flatnonzero(~first)[-1:]] = 1
    return both, main
