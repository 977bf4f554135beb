"""Section 4: consumables, their lots, sources, shipments and needs."""

from __future__ import annotations

from collections import defaultdict

import pulp

from benchmarks.reference.facts import Row, ceil_div, hours_to_seconds
from benchmarks.reference.house import Flow, Programme, total

Lot = tuple[str, str, str, str]
LOT = ("place", "item", "authority", "kind")
#: Kinds of sources that are steps of the ladder.
COUNTED_KINDS = ("import", "purchase", "requisition")


def build_sources(programme: Programme, row: Row) -> dict[int, list[pulp.LpVariable]]:
    """Orders from a source; returns them by period of arrival."""
    facts, command = programme.facts, programme.command
    pack, kind, authority = facts.items[row["item"]]["pack"], row["kind"], row["authority"]
    is_step = kind in COUNTED_KINDS
    decision = command.decision("supplies", kind, authority) if is_step else 0
    arriving = defaultdict(list)
    for t in range(row["first_period"], facts.H + 1):
        arrival = t + facts.delay(hours_to_seconds(row["lead_hours"]) + decision)
        if arrival > facts.H or (is_step and not command.gate("step", kind, "supplies", authority, t)):
            continue
        key = (row["place"], row["item"], kind, authority, t, arrival)
        order = programme.add("order", key, row["quantity"] // pack)
        programme.cost("money", order, row["cost"] * pack)
        if is_step:
            programme.support("supplies", kind, authority, order, facts.share[row["item"]])
        arriving[arrival].append(order)
    return arriving


def _lots(programme: Programme) -> tuple[dict[Lot, Row], dict[Lot, dict[int, list[pulp.LpVariable]]]]:
    """Every lot of a consumable with its stocks row (or zeros), and the orders that arrive at it."""
    facts = programme.facts
    nothing = {"quantity": 0, "floor": 0, "release_hours": 0, "refill": False}
    lots: dict[Lot, Row] = {}
    ordered: dict[Lot, dict[int, list[pulp.LpVariable]]] = defaultdict(lambda: defaultdict(list))
    for row in facts.rows["stocks"]:
        if not facts.items[row["item"]]["durable"]:
            lots[tuple(row[name] for name in LOT)] = row
    for row in facts.rows["receipts"]:
        if not facts.items[row["item"]]["durable"]:
            lots.setdefault(tuple(row[name] for name in LOT), nothing)
    for row in facts.rows["sources"]:
        if not facts.items[row["item"]]["durable"]:
            lot = (row["place"], row["item"], row["authority"], "physical")
            lots.setdefault(lot, nothing)
            for arrival, orders in build_sources(programme, row).items():
                ordered[lot][arrival] += orders
    return lots, ordered


def _given(programme: Programme, lot: Lot, row: Row, receipts: list[Row]) -> dict[str, dict[int, int]]:
    """Packs that come into each part of a lot by themselves: at the start (period 0) and by receipts."""
    facts = programme.facts
    pack = facts.items[lot[1]]["pack"]
    stock, floor = row["quantity"] // pack, ceil_div(row["floor"], pack)
    given: dict[str, dict[int, int]] = {"home": defaultdict(int), "free": defaultdict(int)}
    given["home"][0] = min(stock, floor)
    given["free"][0] = stock - given["home"][0]
    for receipt in sorted(receipts, key=lambda row: row["period"]):
        packs = receipt["quantity"] // pack
        first = min(packs, floor - sum(given["home"].values())) if row["refill"] else 0
        given["home"][receipt["period"]] += max(0, first)
        given["free"][receipt["period"]] += packs - max(0, first)
    return given


def takers_of(programme: Programme) -> dict[str, list[str]]:
    """The places that take each consumable: with a need of it, or where it may be used up."""
    facts = programme.facts
    takers: dict[str, set[str]] = defaultdict(set)
    for row in facts.rows["needs"]:
        takers[row["item"]].add(row["place"])
    for place, item in programme.may_consume:
        takers[item].add(place)
    return {item: sorted(places) for item, places in takers.items() if not facts.items[item]["durable"]}


def build_consumables(programme: Programme) -> None:
    """Write lots, shipments, takers and needs of consumables."""
    facts = programme.facts
    lots, ordered = _lots(programme)
    takers = takers_of(programme)
    receipts = defaultdict(list)
    for row in facts.rows["receipts"]:
        receipts[tuple(row[name] for name in LOT)].append(row)
    given = {lot: _given(programme, lot, row, receipts[lot]) for lot, row in lots.items()}
    leaving, moved_in = _build_moves(programme, lots)
    handed = defaultdict(list)
    for lot, row in lots.items():
        restocked = any(ordered[lot].values()) or any(moved_in[lot].values())
        for part in ("home", "free"):
            # From a part in which nothing ever lies nothing can be sent.
            if any(given[lot][part].values()) or (restocked and part == "free"):
                _build_shipments(programme, lot, part, row, takers, leaving, handed)

    for lot in lots:
        for part in ("home", "free"):
            before = given[lot][part].get(0, 0)
            for t in facts.periods:
                stock = programme.add("stock", (*lot, part, t), whole=False)
                come = pulp.lpSum(ordered[lot][t] + moved_in[lot][t]) if part == "free" else 0
                programme.row(
                    stock == before + given[lot][part].get(t, 0) + come - pulp.lpSum(leaving[lot, part, t])
                )
                before = stock
    _build_needs(programme, takers, handed)


def _build_moves(programme: Programme, lots: dict[Lot, Row]) -> tuple[dict, dict]:
    """Moves between the free parts of lots; returns what leaves each part and what comes into each lot."""
    facts, travel = programme.facts, programme.travel
    stores: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for place, item, authority, kind in lots:
        stores[item, authority, kind].append(place)
    leaving = defaultdict(list)
    moved_in: dict[Lot, dict[int, list[pulp.LpVariable]]] = defaultdict(lambda: defaultdict(list))
    for lot, row in lots.items():
        origin, *rest = lot
        release = hours_to_seconds(row["release_hours"])
        for store in stores[tuple(rest)]:
            for t in facts.periods:
                seconds = travel.seconds("supplies", origin, store, t)
                if store == origin or seconds is None:
                    continue
                # A move is no support: no gate holds it up and nobody decides on it.
                arrival = t + max(1, facts.delay(seconds + release))
                if arrival <= facts.H:
                    move = programme.add("ship", (origin, store, *rest, "free", "store", t, arrival))
                    leaving[lot, "free", t].append(move)
                    moved_in[(store, *rest)][arrival].append(move)
                    programme.haul(lot[1], move, origin, store, t, seconds)
    return leaving, moved_in


def _build_shipments(
    programme: Programme, lot: Lot, part: str, row: Row, takers: dict, leaving: dict, handed: dict
) -> None:
    """Shipments from a part of a lot to every taker it may serve, asked for, by default, or ahead."""
    origin, item, authority, kind = lot
    facts, command = programme.facts, programme.command
    release = hours_to_seconds(row["release_hours"])
    for taker in takers.get(item, ()):
        unit = facts.unit[taker]
        step = command.step(authority, unit)
        if part == "home" and unit != authority:
            continue
        for t in facts.periods:
            for use, decision in supply_ways(programme, item, authority, kind, taker, t).items():
                seconds = programme.travel.seconds("supplies", origin, taker, t)
                arrival = None if seconds is None else t + facts.delay(seconds + release + decision)
                if arrival is None or arrival > facts.H:
                    continue
                column = "ahead" if use == "ahead" else "supply"
                ship = programme.add("ship", (origin, taker, item, authority, kind, part, column, t, arrival))
                leaving[lot, part, t].append(ship)
                handed[taker, item, arrival].append(ship)
                programme.support("supplies", step, unit, ship, facts.share[item])
                programme.haul(item, ship, origin, taker, t, seconds)
                programme.sent[use].append((ship, lot, taker, t, arrival))
                if use in ("own", "asked"):
                    programme.flows["consumables"].append(
                        Flow(
                            ship,
                            programme.packs_ever(item),
                            (lot, part),
                            (taker, item, arrival),
                            t,
                            arrival,
                            command.position("supplies", step, unit),
                            command.before("supplies", step, unit, t),
                        )
                    )


def supply_ways(
    programme: Programme, item: str, authority: str, kind: str, taker: str, t: int
) -> dict[str, int]:
    """How goods of an authority may go to a taker in a period, with the seconds that it takes to decide.

    One of `own`, `asked` and `default` (of a blind place), and `ahead` beside it; none where a gate is shut.
    """
    facts, command = programme.facts, programme.command
    unit = facts.unit[taker]
    step = command.step(authority, unit)
    if not command.passes("supplies", authority, unit, t) or not command.gate(
        "kind", kind, "supplies", unit, t
    ):
        return {}
    ways = {}
    defaults = command.defaults(taker, t)
    if step == "own":
        return {"own": command.decision("supplies", step, unit, authority)}
    if defaults is None:
        ways["asked"] = command.decision("supplies", step, unit, authority)
    elif defaults.get(item, 0) >= facts.items[item]["pack"]:
        # A default of less than a pack is none.
        ways["default"] = 0
    if (
        not facts.items[item]["durable"]
        and command.quota(taker, item)
        and command.gate("quota", item, "supplies", unit, t)
    ):
        ways["ahead"] = 0
    return ways


def _build_needs(programme: Programme, takers: dict[str, list[str]], handed: dict) -> None:
    facts = programme.facts
    served = defaultdict(list)
    for row in facts.rows["needs"]:
        place, item, s = row["place"], row["item"], row["period"]
        if facts.items[item]["durable"]:
            continue
        pack, late = facts.items[item]["pack"], facts.items[item]["late"]
        end = facts.H if row["deadline"] is None else min(s + row["deadline"], facts.H)
        for form, packs, worth in (
            ("full", row["quantity"] // pack, pack),
            ("last", 1, row["quantity"] % pack),
        ):
            if not packs or not worth:
                continue
            key = (place, item, s, row["weight"], form)
            never = programme.add("unserved", key, packs, whole=False)
            programme.unmet_cost(
                "unmet_goods", place, never, worth * row["weight"] * (1000 + late * (end - s))
            )
            serve = {t: programme.add("serve", (*key, t, worth), packs) for t in range(s, end + 1)}
            for t, variable in serve.items():
                programme.unmet_cost("unmet_goods", place, variable, worth * row["weight"] * late * (t - s))
                served[place, item, t].append(variable)
            programme.row(pulp.lpSum(serve.values()) + never == packs)
    for item, places in takers.items():
        for place in places:
            before: pulp.LpVariable | int = 0
            for t in facts.periods:
                received = programme.add("received", (place, item, t), whole=False)
                out = served[place, item, t]
                if (place, item) in programme.may_consume:
                    out = [*out, programme.add("opened", (place, item, t))]
                programme.row(received == before + pulp.lpSum(handed[place, item, t]) - pulp.lpSum(out))
                before = received


def build_trips(programme: Programme) -> None:
    """Vehicles: whole round trips for what leaves a place that has a fleet."""
    facts = programme.facts
    fleets = defaultdict(list)
    for row in facts.rows["fleets"]:
        fleets[row["place"]].append(row)
    busy = programme.busy
    for (origin, destination, t, seconds), packs in programme.loads.items():
        if origin not in fleets:
            continue
        round_trip = 2 * seconds
        carried, room = [], []
        for fleet in fleets[origin]:
            hours = hours_to_seconds(fleet["hours"])
            if not hours:
                continue
            trips = programme.add("trip", (fleet["fleet"], origin, destination, t))
            carried.append((trips, fleet["payload_kg"] * 1000))
            room.append((trips, fleet["volume_litres"] * 1000))
            programme.cost("money", trips, ceil_div(fleet["cost_per_hour"] * round_trip, 3600))
            if round_trip <= hours:
                busy[fleet["fleet"], t].append((trips, round_trip))
            else:
                for held in range(t, min(t + ceil_div(round_trip, hours) - 1, facts.H) + 1):
                    busy[fleet["fleet"], held].append((trips, hours))
        for place, amounts in ((1, carried), (2, room)):
            load = [(entry[0], entry[place]) for entry in packs if entry[place]]
            if load:
                programme.row(total(load) <= total(amounts))
    for fleet in facts.rows["fleets"]:
        for t in facts.periods:
            terms = [(trips, seconds) for trips, seconds in busy[fleet["fleet"], t] if seconds]
            if terms:
                programme.row(total(terms) <= fleet["vehicles"] * hours_to_seconds(fleet["hours"]))
