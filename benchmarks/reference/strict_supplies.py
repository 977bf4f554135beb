"""Command rules, section 4, for goods: lower givers are exhausted before higher ones are asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulp

from benchmarks.reference.consumables import COUNTED_KINDS, takers_of
from benchmarks.reference.durables import on_hand
from benchmarks.reference.facts import hours_to_seconds
from benchmarks.reference.house import Programme, may_be_chosen, total
from benchmarks.reference.limits import is_peer_that_keeps, opened_by, own_open, packs_needed

if TYPE_CHECKING:
    from benchmarks.reference.house import Flow

Excuses = list[pulp.LpVariable | pulp.LpAffineExpression | int]


def build_strict_supplies(programme: Programme) -> None:
    """Write the rows of strict for consumables, orders and durables."""
    if not programme.command.strict("supplies"):
        return
    _build_cover(programme)
    may_be_chosen(programme, "consumables", lambda flow: _why_not_packs(programme, flow))
    may_be_chosen(
        programme,
        "durables",
        lambda flow: _why_not_units(programme, flow),
        also=lambda flow: _stores_here(programme, flow),
    )
    _build_orders(programme)


def _build_cover(programme: Programme) -> None:
    """Not more than covers the need, and no pack opened or unit used up for nothing."""
    facts = programme.facts
    for item, places in takers_of(programme).items():
        pack = facts.items[item]["pack"]
        for place in places:
            for t in facts.periods:
                arrived = [
                    ship
                    for use in ("own", "asked", "default", "ahead")
                    for ship, lot, taker, _, arrive in programme.sent[use]
                    if (taker, lot[1]) == (place, item) and arrive <= t
                ]
                last = min(t + programme.command.cover, facts.H)
                needed = packs_needed(programme, place, item, last, "period")
                programme.row(pulp.lpSum(arrived) <= needed + opened_by(programme, place, item, t))
                loose = programme.variables["loose"].get((place, item, t))
                if loose is not None:
                    programme.row(loose <= pack - 1)


def _empty(programme: Programme, lot: tuple[str, ...], part: str, t: int) -> pulp.LpVariable:
    """A binary that may be 1 only if nothing is left of a part, at its place or between stores."""
    known = programme.variables["part_empty"]
    if (*lot, part, t) not in known:
        empty = programme.add("part_empty", (*lot, part, t), 1)
        moving = [
            move
            for key, move in programme.variables["ship"].items()
            if key[6] == "store"
            and part == "free"
            and (key[0], *key[2:5]) == tuple(lot)
            and not programme.facts.items[key[2]]["durable"]
            and key[7] <= t < key[8]
        ]
        left = programme.variables["stock"][(*lot, part, t)] + pulp.lpSum(moving)
        programme.when(empty, left, programme.packs_ever(lot[1]))
    return known[(*lot, part, t)]


def _no_vehicle(programme: Programme, purpose: str, origin: str, destination: str, t: int) -> Excuses:
    """A binary that may be 1 only if no fleet has the time left for one more trip; none without fleets."""
    facts = programme.facts
    fleets = [row for row in facts.rows["fleets"] if row["place"] == origin]
    if origin == destination or not fleets:
        return []
    seconds = programme.travel.seconds(purpose, origin, destination, t)
    known = programme.variables["no_vehicle"]
    if (origin, destination, t, purpose) not in known:
        spent = programme.add("no_vehicle", (origin, destination, t, purpose), 1)
        for fleet in fleets:
            hours = hours_to_seconds(fleet["hours"])
            if hours:
                has = fleet["vehicles"] * hours
                left = has - total(programme.busy[fleet["fleet"], t])
                programme.when(spent, left - min(2 * seconds, hours) + 1, has + 1)
    return [known[origin, destination, t, purpose]]


def _keeps(programme: Programme, authority: str, item: str, taker: str, t: int) -> Excuses:
    """A binary that may be 1 only if a peer that serves its own first has something open."""
    if not is_peer_that_keeps(programme, authority, taker):
        return []
    waiting, most = own_open(programme, authority, item, t)
    if not most:
        return []
    known = programme.variables["something_open"]
    if (authority, item, t) not in known:
        keeps = programme.add("something_open", (authority, item, t), 1)
        programme.row(waiting >= keeps)
    return [known[authority, item, t]]


def _why_not_packs(programme: Programme, flow: Flow) -> Excuses:
    (origin, item, authority, kind), part = flow.giver
    taker, t = flow.taker[0], flow.depart
    return [
        _empty(programme, (origin, item, authority, kind), part, t),
        *_no_vehicle(programme, "supplies", origin, taker, t),
        *_keeps(programme, authority, item, taker, t),
    ]


def _why_not_units(programme: Programme, flow: Flow) -> Excuses:
    store, t = flow.giver, flow.depart
    place, item, authority = store
    facts, most = programme.facts, programme.packs_ever(item)
    known = programme.variables["units_gone"]
    if (*store, t) not in known:
        gone = programme.add("units_gone", (*store, t), 1)
        road = [
            send
            for use in ("own", "asked", "default", "store")
            for send, lot, _, depart, arrive in programme.sent[use]
            if tuple(lot) == store and depart <= t < arrive
        ]
        programme.when(gone, programme.variables["idle"][(*store, t)] + pulp.lpSum(road), most)
    excuses: Excuses = [known[(*store, t)], *_no_vehicle(programme, "lending", place, flow.taker[0], t)]
    rows = [row for row in facts.rows["stocks"] if (row["place"], row["item"]) == (place, item)]
    floor = sum(min(row["floor"], row["quantity"]) for row in rows)
    stores = [key[:3] for key in programme.variables["idle"] if (*key[:2], key[3]) == (place, item, t)]
    here = pulp.lpSum(unit for other in stores for unit in on_hand(programme, other, t))
    excuses.append(_at_most(programme, "at_floor", (place, item, t), here, floor, most))
    for row in rows:
        if row["authority"] == authority and row["return_by"] is not None and t >= row["return_by"]:
            mine = pulp.lpSum(on_hand(programme, store, t))
            excuses.append(_at_most(programme, "all_home", (*store, t), mine, row["quantity"], most))
    return excuses


def _at_most(
    programme: Programme, family: str, key: tuple, left: pulp.LpAffineExpression, high: int, most: int
) -> pulp.LpVariable:
    known = programme.variables[family]
    if key not in known:
        variable = programme.add(family, key, 1)
        programme.when(variable, left - high, most)
    return known[key]


def _stores_here(programme: Programme, flow: Flow) -> list[tuple[int, Excuses]]:
    """Positions of the stores at the taker itself, and the binary that nothing is idle there."""
    place, item, arrive = flow.taker
    unit, found = programme.facts.unit[place], []
    for key, idle in list(programme.variables["idle"].items()):
        if (key[0], key[1], key[3]) == (place, item, arrive):
            step = programme.command.step(key[2], unit)
            position = programme.command.position("supplies", step, unit)
            empty = _at_most(programme, "none_idle", key, idle + 0, 0, programme.packs_ever(item))
            found.append((position, [empty]))
    return found


def _build_orders(programme: Programme) -> None:
    """Orders of the last resorts wait for goods that could arrive instead, and for sources before them."""
    facts, command = programme.facts, programme.command
    sources = {
        tuple(row[name] for name in ("place", "item", "kind", "authority")): row
        for row in facts.rows["sources"]
        if row["kind"] in COUNTED_KINDS and not facts.items[row["item"]]["durable"]
    }
    orders = programme.variables["order"]
    for key, order in list(orders.items()):
        if key[:4] not in sources:
            continue
        place, item, kind, authority, t, _ = key
        position = command.position("supplies", kind, authority)
        most = sources[key[:4]]["quantity"] // facts.items[item]["pack"]
        may = programme.add("may_order", key, 1)
        programme.row(order <= most * may)
        for excuses in _goods_instead(programme, key, position):
            programme.row(may <= pulp.lpSum(excuses))
        ever = programme.packs_ever(item)
        bring = [
            other
            for name, other in orders.items()
            if (name[0], name[1], name[3], name[5]) == (place, item, authority, t)
        ]
        stock = programme.variables["stock"][place, item, authority, "physical", "free", t]
        programme.when(may, stock - pulp.lpSum(bring), ever)
        for name, other in orders.items():
            before = name[:2] == (place, item) and name[3:5] == (authority, t) and name[:4] in sources
            if before and command.position("supplies", name[2], authority) < position:
                programme.row(other >= sources[name[:4]]["quantity"] // facts.items[item]["pack"] * may)


def _goods_instead(programme: Programme, order: tuple, position: int) -> list[Excuses]:
    """For every part that could send goods to arrive as early as an order: why it did not."""
    facts, command = programme.facts, programme.command
    place, item, _, authority, _, arrive = order
    found = []
    for origin, lot_item, owner, kind, part, t in list(programme.variables["stock"]):
        lot = (origin, item, owner, kind)
        if lot_item != item or lot == (place, item, authority, "physical"):
            continue
        step = command.step(owner, authority)
        if command.position("supplies", step, authority) >= position or (part == "home" and step != "own"):
            continue
        seconds = programme.travel.seconds("supplies", origin, place, t)
        blind = command.defaults(place, t) is not None and step != "own"
        shut = not command.passes("supplies", owner, authority, t) or not command.gate(
            "kind", kind, "supplies", authority, t
        )
        if seconds is None or blind or shut:
            continue
        hours = seconds + _release(programme, lot) + command.decision("supplies", step, authority, owner)
        if t + facts.delay(hours) != arrive:
            continue
        excuses: Excuses = [_empty(programme, lot, part, t)]
        excuses += _no_vehicle(programme, "supplies", origin, place, t)
        if step.startswith("peer-") and command.keeps_first(owner):
            waiting, most = own_open(programme, owner, item, t)
            if most:
                keeps = programme.add("keeps_from_order", (*order, *lot, t), 1)
                programme.row(waiting >= keeps)
                excuses.append(keeps)
        found.append(excuses)
    return found


def _release(programme: Programme, lot: tuple[str, ...]) -> int:
    for row in programme.facts.rows["stocks"]:
        if (row["place"], row["item"], row["authority"], row["kind"]) == lot:
            return hours_to_seconds(row["release_hours"])
    return 0
