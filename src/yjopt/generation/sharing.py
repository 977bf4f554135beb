"""What families share beside staff and goods: vehicles, budgets, minimum numbers of sites."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from yjopt.generation.demand import CATEGORIES, TRUCK_KG
from yjopt.generation.draw import Floats, factors, stream, sums, whole
from yjopt.generation.geography import kilometres
from yjopt.generation.network import DETOUR

if TYPE_CHECKING:
    from yjopt.generation.beds import Beds
    from yjopt.generation.isolation import Isolation
    from yjopt.generation.supplies import Supplies
    from yjopt.generation.world import World

#: Payload, volume and yuan per hour of each type of vehicle.
VEHICLES: Final = {
    "van": (1_000, 6_000, 60.0),
    "lorry": (5_000, 30_000, 110.0),
    "truck": (10_000, 55_000, 160.0),
}
#: Vehicle types of each level's depots and the share of the load each is meant for.
FLEETS: Final = {
    "county": (("van", 0.2), ("lorry", 0.8)),
    "city": (("lorry", 0.4), ("truck", 0.6)),
}
#: Hours a vehicle drives in 24 hours, and loads that are not full.
HOURS, LOST_LOAD = 10.0, 1.15
#: Share of the free beds that may change hands by transfer in a period.
TRANSFERRED = 0.05


def fleets(world: World, goods: Supplies) -> tuple[pd.DataFrame, float, float]:
    """Vehicles at the depots; the hours needed and those there are.

    Needed is what full loads of all that is wanted take from depots to the towns of their areas and back.

    Parameters
    ----------
    world : World
    goods : Supplies

    Returns
    -------
    tuple of pandas.DataFrame, float, float
    """
    rng = stream(world.seed, "fleets")
    ids, depots, level = world.facilities.ids, world.facilities.depots, world.facilities.depot_level
    hours = _round_trip(world)
    frames = []
    needed = there = 0.0
    for name, types in FLEETS.items():
        rows = np.flatnonzero((level == name) & (goods.kilograms > 0))
        for vehicle, share in types:
            payload, volume, cost = VEHICLES[vehicle]
            work = goods.kilograms[rows] * share / payload * LOST_LOAD * hours[rows]
            # Goods on hand are the need divided by scarcity, and so are the hours that carry them.
            amount = work * factors(rng, world.dials.imbalance / 2, work) * world.couplings.fleet_hours
            driving = min(HOURS * world.period_hours / 24, world.period_hours)
            count = np.maximum(1, whole(rng, amount / (driving * world.periods)))
            frames.append(
                pd.DataFrame(
                    {
                        "fleet": [f"{vehicle}-{place}" for place in ids[depots[rows]]],
                        "place": ids[depots[rows]],
                        "vehicles": count,
                        "payload_kg": payload,
                        "volume_litres": volume,
                        "hours": round(driving, 2),
                        "cost_per_hour": cost,
                    }
                )
            )
            # Read in lorry loads, so that types can be added.
            needed += world.dials.scarcity * float(
                (goods.kilograms[rows] * share / TRUCK_KG * hours[rows]).sum()
            )
            there += float((count * driving * world.periods * payload / TRUCK_KG).sum())
    return pd.concat(frames, ignore_index=True), needed, there


def _round_trip(world: World) -> Floats:
    """Mean hours from each depot to a town of its area and back, by distance."""
    longitude = world.facilities.places["longitude"].to_numpy(dtype=np.float64)
    latitude = world.facilities.places["latitude"].to_numpy(dtype=np.float64)
    geography, depots = world.geography, world.facilities.depots
    town = np.arange(world.towns)
    county, city = geography.county_of, geography.town_city
    result = np.zeros(len(depots))
    for name, part in (("county", county), ("city", city)):
        rows = np.flatnonzero(world.facilities.depot_level == name)
        away = kilometres(longitude, latitude, depots[rows][part], town)
        mean = sums(part, away, len(rows)) / np.maximum(np.bincount(part, minlength=len(rows)), 1)
        result[rows] = 2 * (mean * DETOUR / 50.0 + 0.1)
    return result


def rules(world: World, bedding: Beds | None, isolating: Isolation | None) -> pd.DataFrame:
    """Opening budgets and transfer budgets of cities; minimum numbers of isolation sites.

    A minimum is hard only where an open site that is for its category alone satisfies it; the others are soft.

    Parameters
    ----------
    world : World
    bedding : Beds or None
    isolating : Isolation or None

    Returns
    -------
    pandas.DataFrame
    """
    geography = world.geography
    cities = geography.cities
    frames = []
    cost = np.zeros(len(cities))
    if bedding is not None:
        cost += bedding.surge_cost
        free = sums(world.city(world.facilities.hospitals), bedding.free.sum(axis=1), len(cities))
        amount = np.maximum(2.0, np.round(TRANSFERRED * free))
        frames.append(
            pd.DataFrame(
                {"rule": "transfer_budget", "area": cities, "what": "", "amount": amount, "hard": True}
            )
        )
    if isolating is not None:
        cost += isolating.site_cost
        frames += _minima(world, isolating)
    if cost.any():
        amount = (cost * world.couplings.opening_budget).round(0)
        frames.append(
            pd.DataFrame(
                {"rule": "opening_budget", "area": cities, "what": "", "amount": amount, "hard": True}
            )
        )
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _minima(world: World, isolating: Isolation) -> list[pd.DataFrame]:
    geography = world.geography
    sites = world.facilities.sites
    counties = pd.DataFrame(
        {
            "rule": "isolation_minimum",
            "area": geography.counties,
            "what": "close",
            "amount": 1.0,
            "hard": False,
            "weight": 5.0,
            "count_upper_units": True,
        }
    )
    dedicated = ~isolating.both & ~isolating.candidate
    city = world.city(sites)
    hard = [
        pd.DataFrame(
            {
                "rule": "isolation_minimum",
                "area": geography.cities,
                "what": category,
                "amount": 1.0,
                "hard": sums(city, dedicated & (isolating.main == number), len(geography.cities)) > 0,
                "weight": 5.0,
                "count_upper_units": True,
            }
        )
        for number, category in enumerate(CATEGORIES["category"])
    ]
    return [counties, *hard]
