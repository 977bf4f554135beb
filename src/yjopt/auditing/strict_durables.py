"""Strict order of asking for durables: nobody is asked while a store before them has idle units (section 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from yjopt.auditing.fleets import no_vehicle
from yjopt.auditing.reach import departures
from yjopt.auditing.rows import add_up, distinct, find, join
from yjopt.auditing.supplies import LOT, PHYSICAL, SUPPLY

if TYPE_CHECKING:
    from yjopt.auditing.command import Command
    from yjopt.auditing.durables import DurableStocks
    from yjopt.auditing.reach import Reach
    from yjopt.auditing.report import Fields, Report
    from yjopt.auditing.rows import Column, Ints, Rows


def check_strict_durables(
    command: Command, reach: Reach, stores: DurableStocks, spare: Ints, shipments: Rows, report: Report
) -> None:
    """Shipments that came although a store before theirs had units that could have come in time."""
    facts = command.facts
    if not facts.strict["supplies"]:
        return
    rows = shipments.keep(
        (shipments["use"] == SUPPLY) & ~shipments["default"] & facts.durable[shipments["item"]]
    )
    rows = rows.keep(rows["limit"] > 0)
    key = distinct(rows.key("to", "item", "arrive"))
    group = find(key, rows.key("to", "item", "arrive"))
    order = np.lexsort((rows["limit"], group))
    last = order[np.diff(group[order], append=-1) != 0] if len(order) else order
    limit, taker = rows["limit"][last], facts["places"]["unit"][key[0]]

    filled = np.flatnonzero(((stores.idle > 0) | (stores.on_road > 0)).any(axis=1))
    row, at = join((key[1],), (stores.key[1][filled],))
    store = filled[at]
    authority = stores.key[2][store]
    step = command.step(authority, taker[row])
    lower = command.position("supplies", step, taker[row]) < limit[row]
    row, store, step, authority = row[lower], store[lower], step[lower], authority[lower]

    here = stores.key[0][store] == key[0][row]
    idle_there = np.where(here, stores.idle[store, key[2][row]], 0)
    _report(report, rows, last[row], stores, store, key[2][row], idle_there)

    row, store, step, authority = row[~here], store[~here], step[~here], authority[~here]
    release = _release(command, stores, store)
    decision = command.seconds("supplies", step, taker[row], authority)
    origin = stores.key[0][store]
    chosen, period, seconds = departures(
        facts, reach, "durables", origin, key[0][row], release + decision, key[2][row]
    )
    row, store, step = row[chosen], store[chosen], step[chosen]
    authority, origin = authority[chosen], origin[chosen]
    may = command.passes("supplies", step, taker[row], authority, period)
    may &= command.open_kind(np.full(len(row), PHYSICAL), taker[row], period)
    may &= (step == 0) | ~command.is_blind(key[0][row], period)
    may &= ~no_vehicle(facts, spare, origin, key[0][row], period, seconds)
    may &= ~_must_stay(command, stores, store, period)
    left = np.where(may, stores.idle[store, period] + stores.on_road[store, period], 0)
    _report(report, rows, last[row], stores, store, period, left)


def _report(
    report: Report,
    rows: Rows,
    of: Column,
    stores: DurableStocks,
    store: Column,
    period: Column,
    left: Column,
) -> None:
    at: Fields = {
        "place": ("place", rows["to"][of]),
        "what": ("item", rows["item"][of]),
        "period": rows["arrive"][of],
        "giver": ("area", rows["authority"][of]),
        "origin": ("place", rows["from"][of]),
    }
    report.check(
        "strict_durables",
        "shipments",
        left <= 0,
        "{place} gets {what} of {giver} from {origin} in period {period}, but {other}, which is asked before, "
        "still has {amount:,} idle at {there} at the end of period {left_in} that could have come.",
        other=("area", stores.key[2][store]),
        there=("place", stores.key[0][store]),
        left_in=period,
        amount=left,
        **at,
    )


def _release(command: Command, stores: DurableStocks, store: Column) -> Ints:
    stocks = command.facts["stocks"]
    if not len(stocks):
        return np.zeros(len(store), dtype=np.int64)
    key = tuple(column[store] for column in stores.key)
    row = find(stocks.key(*LOT), (*key, np.full(len(store), PHYSICAL)))
    return np.where(row >= 0, stocks["release_hours"][row] * 36, 0)


def _must_stay(command: Command, stores: DurableStocks, store: Column, period: Column) -> Column:
    """Whether the floor of the place, or what must be home again, keeps the units of a store."""
    stocks = command.facts["stocks"]
    if not len(stocks):
        return np.zeros(len(store), dtype=bool)
    table = stocks.keep(command.facts.durable[stocks["item"]])
    pairs = distinct(stores.key[:2])
    floor = add_up(
        len(pairs[0]), find(pairs, table.key("place", "item")), np.minimum(table["floor"], table["quantity"])
    )
    on_hand = np.zeros((len(pairs[0]), command.facts.horizon + 1), dtype=np.int64)
    np.add.at(on_hand, find(pairs, stores.key[:2]), stores.on_hand)
    pair = find(pairs, tuple(column[store] for column in stores.key[:2]))
    at_floor = on_hand[pair, period] <= floor[pair]

    key = tuple(column[store] for column in stores.key)
    row = find(table.key("place", "item", "authority"), key)
    if not len(table):
        return np.asarray(at_floor)
    due = (row >= 0) & (table["return_by"][row] >= 0) & (period >= table["return_by"][row])
    return np.asarray(at_floor | (due & (stores.on_hand[store, period] <= table["quantity"][row])))
