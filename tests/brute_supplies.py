"""Brute force for consumables (without sources and vehicles) and durables."""

from __future__ import annotations

import math
from typing import Any

from brute import Plan, Problem, Row, Tables, Values, count


def consumables(tables: Tables) -> Problem:
    """Shipments from home and free parts, moves between stores, and packs served."""
    items, stocks = tables.by("items", "item"), tables.rows("stocks")
    lots: dict[tuple[str, str, str, str], Row] = {}
    for row in stocks + tables.rows("receipts"):
        lots.setdefault(
            (row["place"], row["item"], row["authority"], row["kind"]),
            {
                "floor": 0,
                "release_hours": 0.0,
                "refill": False,
                "quantity": 0,
                **(row if row in stocks else {}),
            },
        )
    come = {lot: _come(tables, lot, row, items[lot[1]]["pack"]) for lot, row in lots.items()}
    whole = {
        lot: sum(
            sum(packs.values())
            for other, parts in come.items()
            if other[1:] == lot[1:]
            for packs in parts.values()
        )
        for lot in lots
    }
    decisions: dict[Any, int] = {}
    for lot, row in lots.items():
        place, item, authority, _ = lot
        takers = {need["place"] for need in tables.rows("needs") if need["item"] == item}
        for t in range(1, tables.last + 1):
            for taker in sorted(takers):
                arrival = tables.arrival("supplies", place, taker, t, row["release_hours"])
                if arrival is not None:
                    decisions["ship", lot, "free", taker, "supply", t, arrival] = whole[lot]
                    if tables.unit[taker] == authority and come[lot]["home"]:
                        most = sum(come[lot]["home"].values())
                        decisions["ship", lot, "home", taker, "supply", t, arrival] = most
            for other in lots:
                arrival = tables.arrival("supplies", place, other[0], t, row["release_hours"])
                if other[1:] == lot[1:] and other != lot and arrival is not None:
                    arrival = max(arrival, t + 1)
                    if arrival <= tables.last:
                        decisions["ship", lot, "free", other[0], "store", t, arrival] = whole[lot]
    for n, need in enumerate(tables.rows("needs")):
        pack = items[need["item"]]["pack"]
        end = tables.last if need["deadline"] is None else min(tables.last, need["period"] + need["deadline"])
        for t in range(need["period"], end + 1):
            if need["quantity"] >= pack:
                decisions["serve", n, pack, t] = need["quantity"] // pack
            if need["quantity"] % pack:
                decisions["serve", n, need["quantity"] % pack, t] = 1
    return Problem(decisions, lambda plan: _judge_consumables(tables, come, plan))


def _come(tables: Tables, lot: tuple[str, str, str, str], row: Row, pack: int) -> dict[str, dict[int, int]]:
    """Packs at the start (period 0) and received, by part."""
    floor, stock = math.ceil(row["floor"] / pack), row["quantity"] // pack
    home, free = {0: min(floor, stock)}, {0: stock - min(floor, stock)}
    for receipt in sorted(tables.rows("receipts"), key=lambda r: r["period"]):
        if (receipt["place"], receipt["item"], receipt["authority"], receipt["kind"]) == lot:
            packs, t = receipt["quantity"] // pack, receipt["period"]
            while packs and row["refill"] and sum(home.values()) < floor:
                home[t] = home.get(t, 0) + 1
                packs -= 1
            free[t] = free.get(t, 0) + packs
    return {"home": home if any(home.values()) else {}, "free": free}


def _judge_consumables(tables: Tables, come: dict[Any, Any], plan: Plan) -> Values | None:
    items, needs = tables.by("items", "item"), tables.rows("needs")
    values: Values = {}
    for lot, parts in come.items():
        for part, packs in parts.items():
            stock = packs.get(0, 0)
            for t in range(1, tables.last + 1):
                stock += packs.get(t, 0)
                for key, n in plan.items():
                    if n and key[0] == "ship":
                        _, source, used, place, use, depart, arrive = key
                        if (source, used, depart) == (lot, part, t):
                            stock -= n
                        if use == "store" and part == "free" and (place, *source[1:]) == lot and arrive == t:
                            stock += n
                if stock < 0:
                    return None
    for place, item in {(need["place"], need["item"]) for need in needs}:
        held = 0
        for t in range(1, tables.last + 1):
            for key, n in plan.items():
                if key[0] == "ship" and key[4] != "store" and (key[3], key[1][1], key[6]) == (place, item, t):
                    held += n
                if (
                    key[0] == "serve"
                    and key[3] == t
                    and (needs[key[1]]["place"], needs[key[1]]["item"]) == (place, item)
                ):
                    held -= n
            if held < 0:
                return None
    for n, need in enumerate(needs):
        item = items[need["item"]]
        end = tables.last if need["deadline"] is None else min(tables.last, need["period"] + need["deadline"])
        left = need["quantity"]
        for worth, most in (
            (item["pack"], need["quantity"] // item["pack"]),
            (need["quantity"] % item["pack"], 1),
        ):
            served = (
                {t: plan.get(("serve", n, worth, t), 0) for t in range(1, tables.last + 1)} if worth else {}
            )
            if sum(served.values()) > most:
                return None
            for t, packs in served.items():
                left -= packs * worth
                waited = t - need["period"]
                count(values, "unmet_goods", packs * worth * 1e6 * need["weight"] * item["late"] * waited)
        count(
            values, "unmet_goods", left * 1e6 * need["weight"] * (1 + item["late"] * (end - need["period"]))
        )
    for key, n in plan.items():
        if n and key[0] == "ship":
            _, (place, name, authority, _), _, to, use, depart, _ = key
            _haul(tables, values, items[name], authority, (place, to), use, depart, n)
    return values


def _haul(
    tables: Tables,
    values: Values,
    item: Row,
    authority: str,
    ends: tuple[str, str],
    use: str,
    depart: int,
    n: int,
) -> None:
    """Support and load-minutes of packs sent."""
    step = tables.step(authority, tables.unit[ends[1]])
    if use != "store" and step != "own" and not tables.flat:
        count(values, f"support:{step}", n * tables.share(item["item"]))
    grams = round(item["kg"] * 1000) * item["pack"]
    count(values, "time", n * math.ceil(grams * (tables.travel("supplies", *ends, depart) or 0) / 60_000))


def durables(tables: Tables) -> Problem:
    """Units sent, used, and counted for a need."""
    needs = tables.rows("needs")
    lots = tables.rows("stocks") + tables.rows("receipts")
    owners = {(row["item"], row["authority"]) for row in lots}
    stores = {(row["place"], row["item"], row["authority"]) for row in lots}
    stores |= {
        (need["place"], item, authority)
        for item, authority in owners
        for need in needs
        if need["item"] == item
    }
    stock = {(row["place"], row["item"], row["authority"]): row for row in tables.rows("stocks")}
    units = {
        owner: sum(row["quantity"] for row in lots if (row["item"], row["authority"]) == owner)
        for owner in owners
    }
    decisions: dict[Any, int] = {}
    for store in sorted(stores):
        place, item, authority = store
        release = stock[store]["release_hours"] if store in stock else 0.0
        for t in range(1, tables.last + 1):
            wanted = sum(
                n["quantity"] for n in needs if (n["place"], n["item"], n["period"]) == (place, item, t)
            )
            if wanted:
                decisions["use", store, t] = min(wanted, units[item, authority])
            for other in sorted(stores):
                arrival = tables.arrival("supplies", place, other[0], t, release)
                if other != store and other[1:] == store[1:] and arrival is not None:
                    decisions["send", store, other, t, arrival] = units[item, authority]
    for n, need in enumerate(needs):
        decisions["level", n] = need["quantity"]
    return Problem(decisions, lambda plan: _judge_durables(tables, stores, stock, plan))


def _judge_durables(tables: Tables, stores: set[Any], stock: dict[Any, Row], plan: Plan) -> Values | None:
    items, needs, values = tables.by("items", "item"), tables.rows("needs"), Values()
    idle: dict[Any, int] = {}
    for store in stores:
        place, item, authority = store
        turnaround = items[item]["turnaround"]
        left = stock[store]["quantity"] if store in stock else 0
        for t in range(1, tables.last + 1):
            for row in tables.rows("receipts"):
                if (row["place"], row["item"], row["authority"], row["period"]) == (*store, t):
                    left += row["quantity"]
            left += plan.get(("use", store, t - 1 - turnaround), 0)
            left -= sum(n for key, n in plan.items() if key[0] == "send" and key[1] == store and key[3] == t)
            if left < 0:
                return None
            left += sum(n for key, n in plan.items() if key[0] == "send" and key[2] == store and key[4] == t)
            left -= plan.get(("use", store, t), 0)
            if left < 0:
                return None
            at_work = sum(plan.get(("use", store, u), 0) for u in range(t - turnaround, t + 1))
            idle[store, t] = left + at_work
            return_by = stock[store]["return_by"] if store in stock else None
            if return_by is not None and t >= return_by and idle[store, t] < stock[store]["quantity"]:
                return None
    for place, item in {store[:2] for store in stores}:
        floor = sum(
            min(row["floor"], row["quantity"]) for store, row in stock.items() if store[:2] == (place, item)
        )
        for t in range(1, tables.last + 1):
            if sum(idle[store, t] for store in stores if store[:2] == (place, item)) < floor:
                return None
    for place, item, t in {(need["place"], need["item"], need["period"]) for need in needs}:
        used = sum(plan.get(("use", store, t), 0) for store in stores if store[:2] == (place, item))
        here = [n for n, r in enumerate(needs) if (r["place"], r["item"], r["period"]) == (place, item, t)]
        if used != sum(plan["level", n] for n in here):
            return None
    for n, need in enumerate(needs):
        count(values, "unmet_goods", 1e6 * need["weight"] * (need["quantity"] - plan["level", n]))
    for key, n in plan.items():
        if n and key[0] == "send":
            _, (place, item, authority), (to, *_), t, _ = key
            use = "supply" if any((r["place"], r["item"]) == (to, item) for r in needs) else "store"
            _haul(tables, values, items[item], authority, (place, to), use, t, n)
    return values
