"""Durables: balances of every store, floors, and return (section 5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.auditing.rows import Rows, add_up, distinct, find
from yjopt.auditing.supplies import IN_USE, PHYSICAL, RESERVE_KINDS, is_durable_store, lots

if TYPE_CHECKING:
    from yjopt.auditing.facts import Facts
    from yjopt.auditing.handover import Served
    from yjopt.auditing.report import Fields, Report
    from yjopt.auditing.rows import Ints

_STORE = ("place", "item", "authority")


@dataclass(frozen=True)
class DurableStocks:
    """Durables of every store (place, item, authority) at the end of every period 0..H.

    Attributes
    ----------
    key : tuple of int array
        The stores.
    idle : int array, shape (stores, periods + 1)
        Units free.
    on_hand : int array, shape (stores, periods + 1)
        Units free, in use or in cleaning.
    on_road : int array, shape (stores, periods + 1)
        Units that left the store and have not arrived where they go.
    """

    key: tuple[Ints, ...]
    idle: Ints
    on_hand: Ints
    on_road: Ints


def check_durables(
    facts: Facts, shipments: Rows, orders: Rows, served: Served, stocks: Rows, report: Report
) -> DurableStocks:
    """Everything about durables but their shipments, orders and needs one by one.

    How many are used under which authority follows from the rows ``in_use`` of the plan's stocks: they are
    the sum of those used in the period and in the cleaning periods before.
    """
    durable = facts.durable
    table, receipts = facts["stocks"], facts["receipts"]
    table, receipts = table.keep(durable[table["item"]]), receipts.keep(durable[receipts["item"]])
    sent, ordered = shipments.keep(durable[shipments["item"]]), orders.keep(durable[orders["item"]])
    listed = stocks.keep(
        durable[stocks["item"]] & ((stocks["kind"] < RESERVE_KINDS) | (stocks["kind"] == IN_USE))
    )
    consumable = stocks.keep(~durable[stocks["item"]] & (stocks["kind"] == IN_USE))
    report.check(
        "stock_unknown",
        "stocks",
        np.zeros(len(consumable), dtype=bool),
        "{what} is no durable.",
        place=("place", consumable["place"]),
        what=("item", consumable["item"]),
        period=consumable["period"],
    )
    kind_fits = (listed["kind"] == PHYSICAL) | (listed["kind"] == IN_USE)
    known = kind_fits & (listed["authority"] >= 0) & is_durable_store(facts, *listed.key(*_STORE))
    report.check(
        "stock_unknown",
        "stocks",
        known,
        "{place} is no store of {what} of that authority and kind.",
        place=("place", listed["place"]),
        what=("item", listed["item"]),
        period=listed["period"],
    )
    listed = listed.keep(known)

    known_lots = lots(facts)[:3]
    key = distinct(
        tuple(column[durable[known_lots[1]]] for column in known_lots),
        ordered.key(*_STORE),
        sent.key("from", "item", "authority"),
        sent.key("to", "item", "authority"),
        listed.key(*_STORE),
    )
    cells = (len(key[0]), facts.horizon + 1)

    def per_period(rows: Rows, names: tuple[str, ...], period: str, amount: str) -> Ints:
        return add_up(cells, (find(key, rows.key(*names)), rows[period]), rows[amount])

    start = add_up(cells[0], find(key, table.key(*_STORE)), table["quantity"])
    joined = per_period(receipts, _STORE, "period", "quantity") + per_period(
        ordered, _STORE, "arrive", "quantity"
    )
    arrived = per_period(sent, ("to", "item", "authority"), "arrive", "quantity")
    left = per_period(sent, ("from", "item", "authority"), "depart", "quantity")
    is_idle = listed["kind"] == PHYSICAL
    said = per_period(listed.keep(is_idle), _STORE, "period", "quantity")
    in_use = per_period(listed.keep(~is_idle), _STORE, "period", "quantity")

    turnaround = facts["items"]["turnaround"][key[1]]
    used = np.zeros(cells, dtype=np.int64)
    idle = np.zeros(cells, dtype=np.int64)
    spare = np.zeros(cells, dtype=np.int64)
    idle[:, 0] = start
    row = np.arange(cells[0])
    for period in range(1, cells[1]):
        before = period - 1 - turnaround
        back = np.where(before >= 1, used[row, np.maximum(before, 0)], 0)
        used[:, period] = in_use[:, period] - in_use[:, period - 1] + back
        free = idle[:, period - 1] + joined[:, period] + back
        spare[:, period] = free - left[:, period]
        idle[:, period] = spare[:, period] + arrived[:, period] - used[:, period]
    at: Fields = {"place": ("place", key[0]), "what": ("item", key[1]), "owner": ("area", key[2])}
    report.check(
        "in_use_table",
        "stocks",
        used >= 0,
        "{what} of {owner} at {place} in use in period {period} leaves {amount:,} of cleaning too few.",
        amount=-used,
        **at,
    )
    report.check(
        "durable_departures",
        "shipments",
        spare >= 0,
        "{amount:,} {what} of {owner} too many leave {place} in period {period}.",
        amount=-spare,
        **at,
    )
    report.check(
        "durable_balance",
        "stocks",
        idle >= 0,
        "{amount:,} {what} of {owner} too many are used or sent at {place} in period {period}.",
        amount=-idle,
        **at,
    )
    right = np.maximum(idle, 0)
    listed_right = said == right
    listed_right[:, 0] = True
    report.check(
        "stock_table",
        "stocks",
        listed_right,
        "{right:,} {what} of {owner} are idle at {place} at the end of period {period}, not {said:,}.",
        right=right,
        said=said,
        amount=np.abs(said - right),
        **at,
    )
    _check_use(facts, key, used, served, report)
    _check_on_hand(facts, key, idle + in_use, table, report)
    arriving = per_period(sent, ("from", "item", "authority"), "arrive", "quantity")
    on_road = np.cumsum(left - arriving, axis=1)
    return DurableStocks(key=key, idle=idle, on_hand=idle + in_use, on_road=on_road)


def _check_use(facts: Facts, key: tuple[Ints, ...], used: Ints, served: Served, report: Report) -> None:
    """Units used at a place, of all authorities, are units served there."""
    rows = served.rows.keep(facts.durable[served.rows["item"]])
    pairs = distinct(key[:2], rows.key("place", "item"))
    cells = (len(pairs[0]), facts.horizon + 1)
    at_work = np.zeros(cells, dtype=np.int64)
    np.add.at(at_work, find(pairs, key[:2]), used)
    serves = add_up(cells, (find(pairs, rows.key("place", "item")), rows["period"]), rows["quantity"])
    report.check(
        "use_served",
        "served",
        at_work == serves,
        "{used:,} {what} are used at {place} in period {period}, but {serves:,} serve a need.",
        place=("place", pairs[0]),
        what=("item", pairs[1]),
        used=at_work,
        serves=serves,
        amount=np.abs(at_work - serves),
    )


def _check_on_hand(facts: Facts, key: tuple[Ints, ...], on_hand: Ints, table: Rows, report: Report) -> None:
    """The floor of every place and item, and what must be home again."""
    pairs = distinct(table.key("place", "item"))
    floor = add_up(
        len(pairs[0]), find(pairs, table.key("place", "item")), np.minimum(table["floor"], table["quantity"])
    )
    there = np.zeros((len(pairs[0]), facts.horizon + 1), dtype=np.int64)
    row = find(pairs, key[:2])
    np.add.at(there, row[row >= 0], on_hand[row >= 0])
    report.check(
        "durable_floor",
        "shipments",
        there >= floor[:, None],
        "{there:,} {what} are on hand at {place} at the end of period {period}, {amount:,} below the floor.",
        place=("place", pairs[0]),
        what=("item", pairs[1]),
        there=there,
        amount=floor[:, None] - there,
    )
    home = table.keep(table["return_by"] >= 0)
    there = on_hand[find(key, home.key(*_STORE))]
    due = np.arange(facts.horizon + 1) >= home["return_by"][:, None]
    report.check(
        "return_by",
        "shipments",
        ~due | (there >= home["quantity"][:, None]),
        "{amount:,} {what} of {owner} are not home at {place} at the end of period {period}.",
        place=("place", home["place"]),
        what=("item", home["item"]),
        owner=("area", home["authority"]),
        amount=home["quantity"][:, None] - there,
    )
