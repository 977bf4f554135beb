"""
Brute force under the command rules for consumables with orders, and for durables.

What may be decided is told once more with gates, pairing and decisions; the judges of the plain families stay,
and a plan must be lawful besides.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from brute import Plan, Problem, Row, Values, count
from brute_command import ORDER
from brute_supplies import _come, _judge_consumables, _judge_durables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from brute_command import CommandTables

Lot = tuple[str, str, str, str]


def consumables(tables: CommandTables) -> Problem:
    """Shipments asked for and ahead, moves, orders, and packs served."""
    items = tables.by("items", "item")
    nothing = {"floor": 0, "release_hours": 0.0, "refill": False, "quantity": 0}
    lots: dict[Lot, Row] = {}
    for table in ("stocks", "receipts", "sources"):
        for row in tables.rows(table):
            kind = "physical" if table == "sources" else row["kind"]
            lot = (row["place"], row["item"], row["authority"], kind)
            lots.setdefault(lot, row if table == "stocks" else nothing)
    come = {lot: _come(tables, lot, row, items[lot[1]]["pack"]) for lot, row in lots.items()}
    most: dict[Lot, int] = {}
    for lot in lots:
        same = [other for other in lots if other[1:] == lot[1:]]
        most[lot] = sum(n for other in same for packs in come[other].values() for n in packs.values())
        for row in tables.rows("sources"):
            if (row["item"], row["authority"], "physical") == lot[1:]:
                periods = tables.last - row["first_period"] + 1
                most[lot] += row["quantity"] // items[row["item"]]["pack"] * periods
    decisions: dict[Any, int] = {}
    for lot in lots:
        for taker in sorted({need["place"] for need in tables.rows("needs") if need["item"] == lot[1]}):
            for t in range(1, tables.last + 1):
                for use, arrival in _ways(tables, lots, lot, taker, tables.unit[taker], t).items():
                    column = "ahead" if use == "ahead" else "supply"
                    decisions["ship", lot, "free", taker, column, t, arrival] = most[lot]
                    if use == "own" and come[lot]["home"]:
                        home = sum(come[lot]["home"].values())
                        decisions["ship", lot, "home", taker, column, t, arrival] = home
        for other in lots:
            for t in range(1, tables.last):
                arrival = tables.arrival("supplies", lot[0], other[0], t, lots[lot]["release_hours"])
                if other[1:] == lot[1:] and other != lot and arrival is not None:
                    if max(arrival, t + 1) <= tables.last:
                        decisions["ship", lot, "free", other[0], "store", t, max(arrival, t + 1)] = most[lot]
    for n, row in enumerate(tables.rows("sources")):
        step = row["kind"] if row["kind"] in ORDER.values() else ""
        hours = tables.rung(step, row["authority"])[1] if step and tables.takes_time else 0.0
        for t in range(row["first_period"], tables.last + 1):
            arrival = t + tables.delay((row["lead_hours"] + hours) * 3600)
            shut = step and not tables.is_open("step", step, row["authority"], t)
            if arrival <= tables.last and not shut:
                decisions["order", n, t, arrival] = row["quantity"] // items[row["item"]]["pack"]
    for n, need in enumerate(_needs(tables)):
        pack, late = items[need["item"]]["pack"], need["deadline"]
        end = tables.last if late is None else min(tables.last, need["period"] + late)
        for t in range(need["period"], end + 1):
            if need["quantity"] >= pack:
                decisions["serve", n, pack, t] = need["quantity"] // pack
            if need["quantity"] % pack:
                decisions["serve", n, need["quantity"] % pack, t] = 1
    return Problem(decisions, lambda plan: _judge(tables, lots, come, plan))


def _needs(tables: CommandTables) -> list[Row]:
    """Needs as they count; two channels are not drawn here."""
    return tables.rows("needs")


def _ways(
    tables: CommandTables, lots: dict[Lot, Row], lot: Lot, taker: str, unit: str, t: int
) -> dict[str, int]:
    """How goods of a lot may leave for a taker in a period, and when they are there."""
    place, item, authority, kind = lot
    step = tables.plain_step(authority, unit)
    if not tables.may(authority, unit, t) or not tables.is_open("kind", kind, unit, t):
        return {}
    hours = {"own": tables.hours(authority, unit)} if step == "own" else {}
    if step != "own":
        defaults = tables.blind(taker, t)
        if defaults is None:
            hours["asked"] = tables.hours(authority, unit)
        elif defaults.get(item, 0) >= tables.by("items", "item")[item]["pack"]:
            hours["default"] = 0.0
        quota = (taker, item) in tables.by("quotas", "place", "item")
        if quota and tables.takes_time and tables.is_open("quota", item, unit, t):
            hours["ahead"] = 0.0
    ways = {
        use: tables.arrival("supplies", place, taker, t, more + lots[lot]["release_hours"])
        for use, more in hours.items()
    }
    return {use: arrival for use, arrival in ways.items() if arrival is not None}


def _judge(tables: CommandTables, lots: dict[Lot, Row], come: dict[Lot, Any], plan: Plan) -> Values | None:
    items, sources = tables.by("items", "item"), tables.rows("sources")
    more: Values = {}
    come = {lot: {part: dict(packs) for part, packs in parts.items()} for lot, parts in come.items()}
    for key, n in plan.items():
        if key[0] == "order" and n:
            row, arrival = sources[key[1]], key[3]
            free = come[row["place"], row["item"], row["authority"], "physical"]["free"]
            free[arrival] = free.get(arrival, 0) + n
            count(more, "money", n * items[row["item"]]["pack"] * 100 * row["cost"])
            if row["kind"] in ORDER.values() and not tables.flat:
                position = tables.position(row["kind"], row["authority"])
                if position:
                    count(more, f"support:{ORDER[position]}", n * tables.share(row["item"]))
    values = _judge_consumables(tables, come, plan)
    if values is None or not Supplies(tables, lots, come, plan).lawful():
        return None
    return {stage: values.get(stage, 0) + more.get(stage, 0) for stage in {**values, **more}}


class Supplies:
    """One plan of consumables under the command rules."""

    def __init__(self, tables: CommandTables, lots: dict[Lot, Row], come: dict[Lot, Any], plan: Plan) -> None:
        self.tables, self.lots, self.come, self.plan = tables, lots, come, plan
        self.sent = [(*key[1:], n) for key, n in plan.items() if key[0] == "ship" and n]
        self.pack = {name: row["pack"] for name, row in tables.by("items", "item").items()}

    def use(self, lot: Lot, taker: str, column: str, t: int) -> str:
        """What a shipment is: own, asked, default, ahead or store."""
        if column != "supply":
            return column
        if lot[2] == self.tables.unit[taker]:
            return "own"
        return "asked" if self.tables.blind(taker, t) is None else "default"

    def left(self, lot: Lot, part: str, t: int) -> int:
        """Packs of a part at the end of a period, with those on the road to other stores."""
        packs = sum(n for period, n in self.come[lot][part].items() if period <= t)
        for other, used, place, column, depart, arrive, n in self.sent:
            on_the_road = column == "store" and depart <= t < arrive
            if (other, used) == (lot, part) and depart <= t and not on_the_road:
                packs -= n
            moved_here = column == "store" and (place, *other[1:]) == lot and arrive <= t
            if part == "free" and moved_here:
                packs += n
        return packs

    def needed(self, place: str, item: str, t: int, name: str) -> int:
        """Packs of needs up to a period."""
        return sum(
            math.ceil(row["quantity"] / self.pack[item])
            for row in _needs(self.tables)
            if (row["place"], row["item"]) == (place, item)
            and (self.tables.known_from(row) if name == "known" else row["period"]) <= t
        )

    def lawful(self) -> bool:
        """Whether a plan keeps all rules on sums, and each shipment those of strict."""
        return self._sums() and self._own_first() and self._strict()

    def _sums(self) -> bool:
        tables = self.tables
        for place, item in {(row["place"], row["item"]) for row in _needs(tables)}:
            quota = tables.by("quotas", "place", "item").get((place, item))
            mine = [
                (self.use(lot, to, column, t), t, arrive, n)
                for lot, _, to, column, t, arrive, n in self.sent
                if (to, lot[1]) == (place, item) and column != "store"
            ]
            if (
                quota
                and sum(n for use, *_, n in mine if use == "ahead") > quota["quantity"] // self.pack[item]
            ):
                return False
            for t in range(1, tables.last + 1):
                asked, ahead = (
                    sum(n for use, depart, _, n in mine if use == name and depart <= t)
                    for name in ("asked", "ahead")
                )
                known = self.needed(place, item, t, "known")
                if tables.takes_time and asked > known:
                    return False
                clears = quota is not None and tables.takes_time
                if clears and (quota["clear_by"] or tables.last + 1) <= t and asked + ahead > known:
                    return False
                soon = self.needed(place, item, min(tables.last, t + tables.cover), "period")
                if tables.is_strict and sum(n for *_, arrive, n in mine if arrive <= t) > soon:
                    return False
                defaults = tables.blind(place, t)
                unasked = sum(n for use, depart, _, n in mine if use == "default" and depart == t)
                if unasked and unasked > (defaults or {}).get(item, 0) // self.pack[item]:
                    return False
        return True

    def keeps(self, authority: str, item: str, unit: str, t: int) -> bool:
        """Whether an authority may not help a unit as a peer, its own needs being open."""
        tables = self.tables
        if not tables.plain_step(authority, unit).startswith("peer"):
            return False
        rules = [row for row in tables.rows("rules") if row["rule"] == "own_first"]
        if not any(tables.within(authority, row["area"]) for row in rules):
            return False
        lots = [lot for lot in self.lots if lot[1:3] == (item, authority)]
        for n, row in enumerate(_needs(tables)):
            end = tables.last if row["deadline"] is None else row["period"] + row["deadline"]
            mine = row["item"] == item and tables.within(tables.unit[row["place"]], authority)
            if not mine or not row["period"] <= t <= min(end, tables.last):
                continue
            in_reach = any(
                set(_ways(tables, self.lots, lot, row["place"], tables.unit[row["place"]], u)) - {"ahead"}
                for lot in lots
                if any(n for packs in self.come[lot].values() for n in packs.values())
                for u in range(1, tables.last + 1)
            )
            served = sum(packs for key, packs in self.plan.items() if key[:2] == ("serve", n) and key[3] <= t)
            if in_reach and served < math.ceil(row["quantity"] / self.pack[item]):
                return True
        return False

    def _own_first(self) -> bool:
        return not any(
            column != "store" and self.keeps(lot[2], lot[1], self.tables.unit[to], t)
            for lot, _, to, column, t, _, _ in self.sent
        )

    def _idle_givers(self, taker: str, unit: str, item: str, arrive: int) -> Iterator[tuple[Lot, str]]:
        """Parts that could have sent goods to arrive then, and had some left."""
        for lot in self.lots:
            for t in range(1, self.tables.last + 1) if lot[1] == item else ():
                ways = _ways(self.tables, self.lots, lot, taker, unit, t)
                could = arrive in (ways.get("own"), ways.get("asked"))
                if could and not self.keeps(lot[2], item, unit, t):
                    for part in ("free", "home") if lot[2] == unit else ("free",):
                        if self.left(lot, part, t):
                            yield lot, part

    def _strict(self) -> bool:
        tables = self.tables
        if not tables.is_strict:
            return True
        for lot, _, to, column, t, arrive, _ in self.sent:
            if self.use(lot, to, column, t) in ("own", "asked"):
                unit = tables.unit[to]
                for other, _ in self._idle_givers(to, unit, lot[1], arrive):
                    if tables.needs_lower(lot[2], unit, t, other[2]):
                        return False
        return all(self._order_is_last(key) for key, n in self.plan.items() if key[0] == "order" and n)

    def _order_is_last(self, key: tuple[Any, ...]) -> bool:
        """Whether nothing before an order could have come instead."""
        tables, sources = self.tables, self.tables.rows("sources")
        _, n, t, arrive = key
        row = sources[n]
        if row["kind"] not in ORDER.values():
            return True
        unit, lot = row["authority"], (row["place"], row["item"], row["authority"], "physical")
        position = tables.position(row["kind"], unit)
        for other, _ in self._idle_givers(row["place"], unit, row["item"], arrive):
            if other != lot and tables.position(tables.plain_step(other[2], unit), unit) < position:
                return False
        come_now = 0
        for other_key, packs in self.plan.items():
            if other_key[0] != "order":
                continue
            source = sources[other_key[1]]
            joins = (source["place"], source["item"], source["authority"], "physical") == lot
            come_now += packs if joins and other_key[3] == t else 0
            if joins and other_key[2] == t and source["kind"] in ORDER.values():
                first = tables.position(source["kind"], unit) < position
                if first and packs < source["quantity"] // self.pack[row["item"]]:
                    return False
        at_place = self.left(lot, "free", t) - sum(
            packs
            for other, part, _, column, depart, there, packs in self.sent
            if (other, part, column) == (lot, "free", "store") and depart <= t < there
        )
        return at_place <= come_now


def durables(tables: CommandTables) -> Problem:
    """Units sent, used, and counted for a need."""
    needs, settings = tables.rows("needs"), tables.by("stocks", "place", "item", "authority")
    lots = tables.rows("stocks") + tables.rows("receipts")
    owners = {(row["item"], row["authority"]) for row in lots}
    stores = {(row["place"], row["item"], row["authority"]) for row in lots}
    stores |= {(need["place"], *owner) for owner in owners for need in needs if need["item"] == owner[0]}
    decisions: dict[Any, int] = {}
    for store in sorted(stores):
        units = sum(row["quantity"] for row in lots if (row["item"], row["authority"]) == store[1:])
        release = settings[store]["release_hours"] if store in settings else 0.0
        for t in range(1, tables.last + 1):
            here = [n["quantity"] for n in needs if (n["place"], n["item"], n["period"]) == (*store[:2], t)]
            if here:
                decisions["use", store, t] = min(sum(here), units)
            for other in sorted(stores):
                if other != store and other[1:] == store[1:]:
                    arrival = _unit_arrives(tables, store, other[0], t, release)[1]
                    if arrival is not None:
                        decisions["send", store, other, t, arrival] = units
    for n, need in enumerate(needs):
        decisions["level", n] = need["quantity"]

    def judge(plan: Plan) -> Values | None:
        values = _judge_durables(tables, stores, settings, plan)
        return values if values is not None and _units_lawful(tables, stores, plan) else None

    return Problem(decisions, judge)


def _unit_arrives(
    tables: CommandTables, store: tuple[str, str, str], to: str, t: int, release: float
) -> tuple[str, int | None]:
    """What a unit would be sent as, and when it would be there; None if it may not."""
    place, item, authority = store
    needs = [row for row in tables.rows("needs") if (row["place"], row["item"]) == (to, item)]
    if not needs:
        return "store", tables.arrival("supplies", place, to, t, release)
    unit, use, hours = tables.unit[to], "own", 0.0
    if authority != unit:
        defaults = tables.blind(to, t)
        use = "asked" if defaults is None else "default"
        if defaults is not None and item not in defaults:
            return use, None
        if use == "asked" and tables.takes_time and all(tables.known_from(row) > t for row in needs):
            return use, None
    if use != "default":
        hours = tables.hours(authority, unit)
    if not tables.may(authority, unit, t) or not tables.is_open("kind", "physical", unit, t):
        return use, None
    return use, tables.arrival("supplies", place, to, t, release + hours)


def _units_lawful(tables: CommandTables, stores: set[Any], plan: Plan) -> bool:
    settings = tables.by("stocks", "place", "item", "authority")
    turnaround = {name: row["turnaround"] for name, row in tables.by("items", "item").items()}

    def release(store: Any) -> float:
        return settings[store]["release_hours"] if store in settings else 0.0

    def use(store: Any, to: str, t: int) -> str:
        return _unit_arrives(tables, store, to, t, release(store))[0]

    def stands(store: Any, t: int, *, idle: bool = False) -> int:
        """Units at a store at the end of a period, all or those not at work."""
        units = settings[store]["quantity"] if store in settings else 0
        for row in tables.rows("receipts"):
            there = (row["place"], row["item"], row["authority"]) == store and row["period"] <= t
            units += row["quantity"] if there else 0
        for key, n in plan.items():
            if key[0] == "send":
                units -= n if key[1] == store and key[3] <= t else 0
                units += n if key[2] == store and key[4] <= t else 0
            if idle and key[:2] == ("use", store) and t - turnaround[store[1]] <= key[2] <= t:
                units -= n
        return units

    def exhausted(store: Any, t: int) -> bool:
        road = sum(
            n for key, n in plan.items() if key[0] == "send" and key[1] == store and key[3] <= t < key[4]
        )
        if stands(store, t, idle=True) + road == 0:
            return True
        here = [other for other in stores if other[:2] == store[:2]]
        rows = [settings[other] for other in here if other in settings]
        if sum(stands(other, t) for other in here) <= sum(min(r["floor"], r["quantity"]) for r in rows):
            return True
        row = settings.get(store)
        due = row is not None and row["return_by"] is not None and t >= row["return_by"]
        return due and stands(store, t) <= row["quantity"]

    sends = [(key[1], key[2][0], key[3], key[4], n) for key, n in plan.items() if key[0] == "send" and n]
    for place, t in {(row["place"], row["period"]) for row in tables.rows("blind")}:
        for item, most in (tables.blind(place, t) or {}).items():
            unasked = [
                n
                for s, to, d, _, n in sends
                if (s[1], to, d) == (item, place, t) and use(s, to, d) == "default"
            ]
            if sum(unasked) > most:
                return False
    for store, to, t, arrive, _ in sends if tables.is_strict else ():
        if use(store, to, t) not in ("own", "asked"):
            continue
        unit = tables.unit[to]
        for other in stores:
            if other[1] != store[1] or not tables.needs_lower(store[2], unit, t, other[2]):
                continue
            if other[0] == to and stands(other, arrive, idle=True):
                return False
            for u in range(1, arrive + 1) if other[0] != to else ():
                way, there = _unit_arrives(tables, other, to, u, release(other))
                if there == arrive and way in ("own", "asked") and not exhausted(other, u):
                    return False
    return True
