"""Trips of vehicles: loads and hours (section 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from yjopt.auditing.rows import Rows, add_up, ceil_div, distinct, find, isin, join, product, spread

if TYPE_CHECKING:
    from yjopt.auditing.facts import Facts
    from yjopt.auditing.report import Fields, Report
    from yjopt.auditing.rows import Column, Ints
    from yjopt.auditing.stages import Tally
    from yjopt.auditing.travel import Travel


def check_trips(
    facts: Facts, travel: Travel, rows: Rows, shipments: Rows, report: Report, tally: Tally
) -> Ints:
    """Trips by themselves, the loads they must carry, and the hours of every fleet.

    Returns
    -------
    int array, shape (fleets, periods + 1)
        Seconds every fleet has left in every period.
    """
    fleets, items = facts["fleets"], facts["items"]
    fleet = rows["fleet"]
    at: Fields = {
        "place": ("place", rows["from"]),
        "what": ("fleet", fleet),
        "period": rows["depart"],
        "to": ("place", rows["to"]),
    }
    at_home = (fleets["place"][fleet] == rows["from"]) & (rows["from"] != rows["to"])
    report.check(
        "fleet_home", "trips", at_home, "The fleet {what} makes no trips from {place} to {to}.", **at
    )
    seconds = travel.seconds("supplies", rows["depart"], rows["from"], rows["to"])
    report.check(
        "pair_unreachable",
        "trips",
        seconds >= 0,
        "The fleet {what} cannot go from {place} to {to} in period {period}.",
        **at,
    )
    outward = np.maximum(seconds, 0)
    rows = rows.plus(round=2 * outward).keep(at_home)

    # Only places with a fleet are bound by vehicles.
    loads = shipments.keep(
        (shipments["from"] != shipments["to"]) & isin((shipments["from"],), (fleets["place"],))
    )
    key = distinct(loads.key("from", "to", "depart"))
    loaded, driven = find(key, loads.key("from", "to", "depart")), find(key, rows.key("from", "to", "depart"))
    where: Fields = {"place": ("place", key[0]), "what": ("place", key[1]), "period": key[2]}
    for rule, weight, room, unit in (
        ("payload", "kg", "payload_kg", "grams"),
        ("volume", "litres", "volume_litres", "millilitres"),
    ):
        load = add_up(len(key[0]), loaded, product(loads["quantity"], items[weight][loads["item"]]))
        carried = add_up(len(key[0]), driven, product(rows["trips"], fleets[room][rows["fleet"]], 1_000))
        report.check(
            rule,
            "trips",
            load <= carried,
            "{load:,} {unit} go from {place} to {what} in period {period}, {amount:,} "
            "more than the trips carry.",
            load=load,
            unit=unit,
            amount=load - carried,
            **where,
        )

    # A trip longer than a vehicle's hours takes all of them for several periods.
    hours = fleets["hours"][rows["fleet"]] * 36
    periods = np.where(hours > 0, np.maximum(ceil_div(rows["round"], np.maximum(hours, 1)), 1), 1)
    takes = np.where(rows["round"] <= hours, rows["round"], hours)
    # A vehicle without hours makes no trips: a trip takes a second it does not have.
    takes = np.where(hours == 0, 1, takes)
    busy = spread(
        len(fleets),
        facts.horizon,
        rows["fleet"],
        rows["depart"],
        rows["depart"] + periods - 1,
        takes * rows["trips"],
    )
    have = fleets["vehicles"] * fleets["hours"] * 36
    report.check(
        "vehicle_hours",
        "trips",
        busy <= have[:, None],
        "The fleet {what} drives {amount:,} seconds too long in period {period}.",
        place=("place", fleets["place"]),
        what=("fleet", np.arange(len(fleets))),
        amount=busy - have[:, None],
    )
    cost = ceil_div(product(fleets["cost_per_hour"][rows["fleet"]], rows["round"]), 3_600)
    tally.add("money", product(cost, rows["trips"]))
    return np.asarray(have[:, None] - busy)


def no_vehicle(
    facts: Facts, spare: Ints, origin: Column, destination: Column, period: Column, seconds: Column
) -> Column:
    """Whether the fleets of a place have no time left for one more trip in its first period.

    Places without a fleet send their goods otherwise, and what lies at the destination needs no vehicle.

    Parameters
    ----------
    spare : int array, shape (fleets, periods + 1)
        Seconds every fleet has left.
    origin, destination, period, seconds : int array
        The trips asked about, with the outward time.
    """
    fleets = facts["fleets"]
    trip, fleet = join((origin,), (fleets["place"],))
    hours = fleets["hours"][fleet] * 36
    able = (hours > 0) & (spare[fleet, period[trip]] >= np.minimum(2 * seconds[trip], hours))
    count = len(origin)
    ones = np.ones(len(trip), dtype=np.int64)
    has, free = add_up(count, trip, ones), add_up(count, trip[able], ones[able])
    return np.asarray((origin != destination) & (has > 0) & (free == 0))
