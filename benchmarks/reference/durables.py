"""Section 5: durables, which are used and not used up."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pulp

from benchmarks.reference.consumables import build_sources, supply_ways
from benchmarks.reference.facts import hours_to_seconds
from benchmarks.reference.house import Flow

if TYPE_CHECKING:
    from benchmarks.reference.house import Programme

Store = tuple[str, str, str]


def _stores(programme: Programme) -> tuple[dict[Store, None], dict[Store, dict[int, list[pulp.LpVariable]]]]:
    """The stores, in order, and the orders that arrive at each."""
    facts = programme.facts
    durable = {item for item, row in facts.items.items() if row["durable"]}
    stores: dict[Store, None] = {}
    ordered: dict[Store, dict[int, list[pulp.LpVariable]]] = defaultdict(lambda: defaultdict(list))
    for table in ("stocks", "receipts", "sources"):
        for row in facts.rows[table]:
            if row["item"] in durable:
                store = (row["place"], row["item"], row["authority"])
                stores[store] = None
                if table == "sources":
                    for arrival, orders in build_sources(programme, row).items():
                        ordered[store][arrival] += orders
    needing: dict[str, dict[str, None]] = defaultdict(dict)
    for need in facts.rows["needs"]:
        needing[need["item"]][need["place"]] = None
    for item, authority in {(item, authority): None for _, item, authority in stores}:
        for place in needing[item]:
            stores[place, item, authority] = None
    return stores, ordered


def build_durables(programme: Programme) -> None:
    """Write stores, moves, use and needs of durables."""
    facts = programme.facts
    stores, ordered = _stores(programme)
    stock = {
        (row["place"], row["item"], row["authority"]): row
        for row in facts.rows["stocks"]
        if facts.items[row["item"]]["durable"]
    }
    receipts: dict[tuple[Store, int], int] = defaultdict(int)
    for row in facts.rows["receipts"]:
        receipts[(row["place"], row["item"], row["authority"]), row["period"]] += row["quantity"]
    departures, arrivals = _build_moves(programme, stores, stock)

    used = programme.variables["used"]
    idle = programme.variables["idle"]
    for store in stores:
        back = 1 + facts.items[store[1]]["turnaround"]
        for t in facts.periods:
            before = (
                stock[store]["quantity"]
                if t == 1 and store in stock
                else 0
                if t == 1
                else idle[(*store, t - 1)]
            )
            returned = used[(*store, t - back)] if t - back >= 1 else 0
            free = before + receipts[store, t] + pulp.lpSum(ordered[store][t]) + returned
            leave = pulp.lpSum(departures[store, t])
            use = programme.add("used", (*store, t))
            left = programme.add("idle", (*store, t), whole=False)
            programme.row(leave <= free)
            programme.row(left == free - leave + pulp.lpSum(arrivals[store, t]) - use)
    _build_floors(programme, stores, stock)
    _build_levels(programme, stores)


def _build_moves(programme: Programme, stores: dict, stock: dict) -> tuple[dict, dict]:
    facts = programme.facts
    places = defaultdict(list)
    for place, item, authority in stores:
        places[item, authority].append(place)
    needing = {(row["place"], row["item"]) for row in facts.rows["needs"]}
    departures, arrivals = defaultdict(list), defaultdict(list)
    for origin, item, authority in stores:
        row = stock.get((origin, item, authority))
        release = hours_to_seconds(row["release_hours"]) if row else 0
        for destination in places[item, authority]:
            use = "supply" if (destination, item) in needing else "store"
            for t in facts.periods:
                seconds = programme.travel.seconds("lending", origin, destination, t)
                if destination == origin or seconds is None:
                    continue
                way = _way(programme, item, authority, destination, t) if use == "supply" else ("store", 0)
                arrival = t + facts.delay(seconds + release + way[1]) if way else facts.H + 1
                if arrival > facts.H:
                    continue
                key = (origin, destination, item, authority, "physical", "free", use, t, arrival)
                send = programme.add("ship", key)
                departures[(origin, item, authority), t].append(send)
                arrivals[(destination, item, authority), arrival].append(send)
                programme.haul(item, send, origin, destination, t, seconds)
                programme.sent[way[0]].append((send, (origin, item, authority), destination, t, arrival))
                if use == "supply":
                    _note(programme, send, (origin, item, authority), destination, t, arrival, way[0])
    return departures, arrivals


def _way(programme: Programme, item: str, authority: str, taker: str, t: int) -> tuple[str, int] | None:
    """How a unit may go to a place that needs it, and the seconds of deciding; None if it may not."""
    ways = list(supply_ways(programme, item, authority, "physical", taker, t).items())
    if not ways:
        return None
    needs = [row for row in programme.facts.rows["needs"] if (row["place"], row["item"]) == (taker, item)]
    if ways[0][0] == "asked" and programme.command.by_rung:
        return ways[0] if any(row["known_from"] <= t for row in needs) else None
    return ways[0]


def _note(
    programme: Programme,
    send: pulp.LpVariable,
    store: Store,
    destination: str,
    t: int,
    arrival: int,
    way: str,
) -> None:
    """Count a unit in the stage of its step, and remember what strict has to ask of it."""
    command, item = programme.command, store[1]
    unit = programme.facts.unit[destination]
    step = command.step(store[2], unit)
    programme.support("supplies", step, unit, send, programme.facts.share[item])
    if way in ("own", "asked"):
        position = command.position("supplies", step, unit)
        before = command.before("supplies", step, unit, t)
        most, taker = programme.packs_ever(item), (destination, item, arrival)
        programme.flows["durables"].append(Flow(send, most, store, taker, t, arrival, position, before))


def on_hand(programme: Programme, store: Store, t: int) -> list[pulp.LpVariable]:
    """What stands at a store at the end of a period: idle, at work or in cleaning."""
    turnaround = programme.facts.items[store[1]]["turnaround"]
    used = programme.variables["used"]
    at_work = [used[(*store, u)] for u in range(max(1, t - turnaround), t + 1)]
    return [programme.variables["idle"][(*store, t)], *at_work]


def _build_floors(programme: Programme, stores: dict, stock: dict) -> None:
    facts = programme.facts
    floors: dict[tuple[str, str], int] = defaultdict(int)
    for (place, item, _), row in stock.items():
        floors[place, item] += min(row["floor"], row["quantity"])
    for (place, item), floor in floors.items():
        if floor:
            here = [store for store in stores if store[:2] == (place, item)]
            for t in facts.periods:
                programme.row(pulp.lpSum(v for store in here for v in on_hand(programme, store, t)) >= floor)
    for store, row in stock.items():
        if row["return_by"] is not None:
            for t in range(row["return_by"], facts.H + 1):
                programme.row(pulp.lpSum(on_hand(programme, store, t)) >= row["quantity"])


def _build_levels(programme: Programme, stores: dict) -> None:
    facts = programme.facts
    levels = defaultdict(list)
    for row in facts.rows["needs"]:
        place, item, t = row["place"], row["item"], row["period"]
        if facts.items[item]["durable"]:
            short = programme.add("short", (place, item, t, row["weight"]), row["quantity"], whole=False)
            level = programme.add("level", (place, item, t, row["weight"]), row["quantity"])
            programme.row(level + short == row["quantity"])
            programme.unmet_cost("unmet_goods", place, short, row["weight"] * 1000)
            levels[place, item, t].append(level)
    at_place = defaultdict(list)
    for store in stores:
        at_place[store[:2]].append(store)
    used = programme.variables["used"]
    for (place, item), here in at_place.items():
        for t in facts.periods:
            working = pulp.lpSum(used[(*store, t)] for store in here)
            programme.row(working == pulp.lpSum(levels[place, item, t]))
    for place, item, t in levels:
        if (place, item) not in at_place:
            programme.row(pulp.lpSum(levels[place, item, t]) == 0)
