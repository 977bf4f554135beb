"""Rows of vehicles: whole round trips, one load shared by all items, hours of the home's fleets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.joining import EXACT_LIMIT, IntArray, ceil_div, groups, matches, product, spans, total
from yjopt.model.names import STAGE_MONEY

if TYPE_CHECKING:
    from yjopt.instance import Fleets, Instance
    from yjopt.model.builder import Builder
    from yjopt.model.durables import DurableColumns
    from yjopt.model.supplies import SupplyColumns


@dataclass(frozen=True)
class TripColumns:
    """Columns of trips.

    Parameters
    ----------
    trip : int64 array, shape (trips,)
        Round trips of a fleet on a leg.
    fleet, leg : int64 array, shape (trips,)
    leg_origin, leg_destination, leg_depart : int64 array, shape (legs,)
        Pairs of places and periods on which vehicles are needed.
    leg_of_ship, leg_of_move, leg_of_lend : int64 array
        Leg of each shipment of consumables, move, and shipment of durables; -1 where goods travel free.
    periods_held : int64 array, shape (trips,)
        Periods a trip holds its vehicle.
    seconds : int64 array, shape (trips,)
        Fleet seconds it takes in each of them.
    """

    trip: IntArray
    fleet: IntArray
    leg: IntArray
    leg_origin: IntArray
    leg_destination: IntArray
    leg_depart: IntArray
    leg_of_ship: IntArray
    leg_of_move: IntArray
    leg_of_lend: IntArray
    periods_held: IntArray
    seconds: IntArray


@dataclass(frozen=True)
class _Loads:
    """Columns that load vehicles."""

    column: IntArray
    origin: IntArray
    destination: IntArray
    depart: IntArray
    travel: IntArray
    grams: IntArray
    millilitres: IntArray
    most: IntArray


def add_trips(
    builder: Builder, instance: Instance, supply: SupplyColumns, durable: DurableColumns
) -> TripColumns:
    """Add trips for every leg out of a fleet's home, their loads, hours and costs."""
    fleets = instance.fleets
    loads = _loads(instance, supply, durable)
    needs_vehicle = (
        (loads.origin != loads.destination)
        & np.isin(loads.origin, fleets.place)
        & ((loads.grams > 0) | (loads.millilitres > 0))
    )
    heavy = np.flatnonzero(needs_vehicle)
    of_load, (origin, destination, depart) = groups(
        loads.origin[heavy], loads.destination[heavy], loads.depart[heavy]
    )
    leg_of = np.full(len(loads.column), -1, dtype=np.int64)
    leg_of[heavy] = of_load
    travel = np.zeros(len(origin), dtype=np.int64)
    travel[of_load] = loads.travel[heavy]
    weight = total(product("grams on a road", loads.grams[heavy], loads.most[heavy]), of_load, len(origin))
    volume = total(
        product("millilitres on a road", loads.millilitres[heavy], loads.most[heavy]), of_load, len(origin)
    )

    leg, fleet = matches(origin, fleets.place)
    most, periods_held, seconds = _time_of_trips(fleets, fleet, 2 * travel[leg])
    of_use = np.maximum(
        ceil_div(weight[leg], fleets.grams[fleet]), ceil_div(volume[leg], fleets.millilitres[fleet])
    )
    # Under rule strict a place without hours is out of the question, whatever used them up.
    unlimited = instance.command.is_strict("supplies") & (seconds > 0)
    most = np.where(unlimited, most, np.minimum(most, of_use))
    kept = most > 0
    leg, fleet, most, periods_held, seconds = (
        part[kept] for part in (leg, fleet, most, periods_held, seconds)
    )
    trip = builder.columns("trip", 0, most)
    _load_rows(builder, fleets, loads, heavy, of_load, trip, fleet, leg, len(origin))
    _hour_rows(builder, instance, trip, fleet, depart[leg], periods_held, seconds)
    builder.cost(STAGE_MONEY, trip, ceil_div(fleets.cost[fleet] * 2 * travel[leg], 3600))
    cut = np.cumsum([len(supply.ship), len(supply.move)])
    of_ship, of_move, of_lend = np.split(leg_of, cut)
    return TripColumns(
        trip=trip,
        fleet=fleet,
        leg=leg,
        leg_origin=origin,
        leg_destination=destination,
        leg_depart=depart,
        leg_of_ship=of_ship,
        leg_of_move=of_move,
        leg_of_lend=of_lend,
        periods_held=periods_held,
        seconds=seconds,
    )


def _loads(instance: Instance, supply: SupplyColumns, durable: DurableColumns) -> _Loads:
    supplies, durables, items = instance.supplies, instance.durables, instance.items
    arcs = (supplies.shipments, supplies.moves, durables.shipments)
    of_part = supplies.lots.item[supplies.parts.lot]
    item = np.concatenate([of_part[arcs[0].part], of_part[arcs[1].part], durables.store_item[arcs[2].part]])
    return _Loads(
        column=np.concatenate([supply.ship, supply.move, durable.ship]),
        origin=np.concatenate([part.origin for part in arcs]),
        destination=np.concatenate([part.destination for part in arcs]),
        depart=np.concatenate([part.depart for part in arcs]),
        travel=np.concatenate([part.seconds for part in arcs]),
        grams=items.grams[item],
        millilitres=items.millilitres[item],
        most=np.concatenate([part.most for part in arcs]),
    )


def _time_of_trips(fleets: Fleets, fleet: IntArray, seconds: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """(most trips in a period, periods a trip holds the vehicle, fleet seconds it takes in each of them)."""
    day = fleets.seconds[fleet]
    working = np.maximum(day, 1)
    held = np.maximum(ceil_div(seconds, working), 1)
    per_period = np.where(held == 1, seconds, day)
    # A trip that takes no time is limited by what there is to carry alone.
    most = np.where(per_period > 0, fleets.vehicles[fleet] * day // np.maximum(per_period, 1), EXACT_LIMIT)
    return np.where((day > 0) & (fleets.vehicles[fleet] > 0), most, 0), held, per_period


def _load_rows(
    builder: Builder, fleets: Fleets, loads: _Loads, heavy: IntArray, of_load: IntArray, trip: IntArray,
    fleet: IntArray, leg: IntArray, legs: int,
) -> None:  # fmt: skip
    for name, size, capacity in (
        ("load_weight", loads.grams[heavy], fleets.grams),
        ("load_volume", loads.millilitres[heavy], fleets.millilitres),
    ):
        if not size.any():
            continue
        # Exact, and closer to 1: divide by what all have in common.
        common = int(np.gcd.reduce(np.concatenate([size, capacity])))
        rows = builder.rows(name, -np.inf, 0, coupling=True, size=legs)
        builder.entries(rows[of_load], loads.column[heavy], size // common)
        builder.entries(rows[leg], trip, -(capacity[fleet] // common))


def _hour_rows(
    builder: Builder, instance: Instance, trip: IntArray, fleet: IntArray, depart: IntArray, held: IntArray,
    seconds: IntArray,
) -> None:  # fmt: skip
    fleets, horizon = instance.fleets, instance.horizon
    hours = np.repeat((fleets.vehicles * fleets.seconds)[:, None], horizon, axis=1)
    rows = builder.rows("fleet_hours", -np.inf, hours.ravel(), coupling=True).reshape(hours.shape)
    at, period = spans(depart, np.minimum(depart + held - 1, horizon - 1))
    builder.entries(rows[fleet[at], period], trip[at], seconds[at])
