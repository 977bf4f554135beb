"""Rows on what a taker may ask for or be sent (docs/concepts/command.md, sections 3, 4, 6 and 8), in packs.

For a taker k, with what it may have as an account that is drawn on:

    known[k,t] = known[k,t-1] + needs that become known in t + opened for consumption - asked for, departing in t
    covered[k,t] = covered[k,t-1] + needs of t + cover_periods + opened for consumption - arriving in t

Both are 0 or more; what is opened counts from `cover_periods` before on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.arcs import AHEAD, DEFAULT
from yjopt.instance.joining import IntArray, groups, matches, spans, total
from yjopt.model.supplies import most_opened

if TYPE_CHECKING:
    from yjopt.instance import Instance
    from yjopt.instance.arcs import Arcs
    from yjopt.model.builder import Builder
    from yjopt.model.durables import DurableColumns
    from yjopt.model.supplies import SupplyColumns


@dataclass(frozen=True)
class AllowanceColumns:
    """Accounts of takers, and who serves its own first.

    Parameters
    ----------
    known_taker, covered_taker : int64 array
        Takers with an account of what they may ask for, and of what covers their needs.
    known, covered : int64 array, shape (takers with an account, periods)
        Packs left in the account.
    serves, serves_keeper, serves_period : int64 array
        Binary: nothing of a keeper's own is open at the end of a period.
    """

    known_taker: IntArray
    known: IntArray
    covered_taker: IntArray
    covered: IntArray
    serves: IntArray
    serves_keeper: IntArray
    serves_period: IntArray


def add_allowances(
    builder: Builder, instance: Instance, supply: SupplyColumns, durable: DurableColumns
) -> AllowanceColumns:
    """Add accounts, quotas, defaults of blind places, and the rule ``own_first``."""
    shipments = instance.supplies.shipments
    known_taker, known = _known(builder, instance, supply)
    covered_taker, covered = _covered(builder, instance, supply)
    _quotas(builder, instance, shipments, supply.ship)
    _defaults(
        builder, "default", shipments, shipments.to, supply.ship, instance.supplies.allowances.default_most
    )
    durables = instance.durables
    lent = durables.shipments
    _defaults(
        builder, "default_durable", lent, durables.store_spot[lent.to], durable.ship, durables.default_most
    )
    serves = _own_first(builder, instance, supply)
    return AllowanceColumns(known_taker, known, covered_taker, covered, *serves)


def account(
    instance: Instance, taker: IntArray, granted: IntArray, opened: IntArray, drawn: IntArray
) -> IntArray:
    """What is left in accounts at the end of each period.

    Parameters
    ----------
    taker : int64 array, shape (accounts,)
        Whose they are.
    granted : int64 array, shape (takers, periods)
        Packs of needs that count by the end of each period.
    opened : int64 array, shape (users, periods)
        Packs opened for consumption.
    drawn : int64 array, shape (takers, periods)
        Packs drawn in each period.
    """
    left = granted - drawn.cumsum(axis=1)
    user, period = np.nonzero(opened)
    change = np.zeros_like(granted)
    counts_from = np.maximum(period - instance.command.cover, 0)
    np.add.at(change, (instance.supplies.taker_of_user[user], counts_from), opened[user, period])
    return np.asarray((left + change.cumsum(axis=1))[taker], dtype=np.int64)


def _known(builder: Builder, instance: Instance, supply: SupplyColumns) -> tuple[IntArray, IntArray]:
    supplies, horizon = instance.supplies, instance.horizon
    arcs, allowances = supplies.shipments, supplies.allowances
    asked = np.flatnonzero(arcs.is_asked & instance.command.takes_time)
    ahead = np.flatnonzero(arcs.use == AHEAD)
    cleared = ahead[allowances.quota_clear[arcs.to[ahead]] < horizon]
    taker = np.unique(np.concatenate([arcs.to[asked], arcs.to[cleared]]))
    row_of, columns = _account_rows(builder, instance, supply, "known", taker, allowances.known)
    builder.entries(row_of[arcs.to[asked], arcs.depart[asked]], supply.ship[asked], 1)
    # From the date of clearing on, what was sent ahead must be booked on what is known, too.
    who = np.unique(arcs.to[cleared])
    at, period = spans(allowances.quota_clear[who], np.full(len(who), horizon - 1, dtype=np.int64))
    rows = builder.rows("cleared", 0, np.inf, size=len(at))
    builder.entries(rows, columns[np.searchsorted(taker, who[at]), period], 1)
    row, arc = matches(who[at], arcs.to[cleared])
    sent = arcs.depart[cleared[arc]] <= period[row]
    builder.entries(rows[row[sent]], supply.ship[cleared[arc[sent]]], -1)
    return taker, columns


def _covered(builder: Builder, instance: Instance, supply: SupplyColumns) -> tuple[IntArray, IntArray]:
    arcs, allowances = instance.supplies.shipments, instance.supplies.allowances
    taker = np.unique(arcs.to) if instance.command.is_strict("supplies") else arcs.to[:0]
    row_of, columns = _account_rows(builder, instance, supply, "covered", taker, allowances.due)
    if len(taker):
        builder.entries(row_of[arcs.to, arcs.arrive], supply.ship, 1)
    return taker, columns


def _account_rows(
    builder: Builder, instance: Instance, supply: SupplyColumns, name: str, taker: IntArray, granted: IntArray
) -> tuple[IntArray, IntArray]:
    """Balances of accounts: (row of each taker and period, -1 without one; columns by account and period)."""
    supplies, horizon = instance.supplies, instance.horizon
    most = account(instance, taker, granted, most_opened(instance), np.zeros_like(granted))
    columns = builder.columns(name, 0, most.ravel(), False).reshape(most.shape)
    grown = np.diff(granted[taker], axis=1, prepend=0)
    rows = builder.rows(f"{name}_account", grown.ravel(), grown.ravel()).reshape(most.shape)
    builder.entries(rows, columns, 1)
    builder.entries(rows[:, 1:], columns[:, : horizon - 1], -1)
    row_of = np.full((len(supplies.taker_place), horizon), -1, dtype=np.int64)
    row_of[taker] = rows
    user = np.flatnonzero(row_of[supplies.taker_of_user, 0] >= 0) if horizon else taker[:0]
    counts_from = np.maximum(np.arange(horizon) - instance.command.cover, 0)
    builder.entries(row_of[supplies.taker_of_user[user]][:, counts_from], supply.opened[user], -1)
    return row_of, columns


def _quotas(builder: Builder, instance: Instance, arcs: Arcs, ship: IntArray) -> None:
    ahead = np.flatnonzero(arcs.use == AHEAD)
    who, (taker,) = groups(arcs.to[ahead])
    rows = builder.rows("quota", -np.inf, instance.supplies.allowances.quota_most[taker])
    builder.entries(rows[who], ship[ahead], 1)


def _defaults(
    builder: Builder, name: str, arcs: Arcs, spot: IntArray, ship: IntArray, most: IntArray
) -> None:
    """What a place that is cut off is sent unasked; `spot` is the row of `most` of each arc."""
    unasked = np.flatnonzero(arcs.use == DEFAULT)
    which, (at, period) = groups(spot[unasked], arcs.depart[unasked])
    rows = builder.rows(name, -np.inf, most[at, period])
    builder.entries(rows[which], ship[unasked], 1)


def _own_first(
    builder: Builder, instance: Instance, supply: SupplyColumns
) -> tuple[IntArray, IntArray, IntArray]:
    """A keeper ships to peers in a period only if nothing of its own is open at its end."""
    supplies, first = instance.supplies, instance.supplies.own_first
    arcs, needs = supplies.shipments, supplies.needs
    horizon = instance.horizon
    arc = np.flatnonzero(first.of_shipment >= 0)
    keeper, period, of_open, need = open_needs(instance, first.of_shipment[arc], arcs.depart[arc])
    at, sent = matches(keeper * horizon + period, first.of_shipment[arc] * horizon + arcs.depart[arc])
    sent = arc[sent]
    _, (of_stock, part) = groups(at, arcs.part[sent])
    stock = total(supplies.reserve[part, period[of_stock]], of_stock, len(keeper))
    most = np.minimum(total(arcs.most[sent], at, len(keeper)), stock)
    serves = builder.columns("serves_own", 0, 1, size=len(keeper))
    rows = builder.rows("own_first", -np.inf, 0, size=len(keeper))
    builder.entries(rows[at], supply.ship[sent], 1)
    builder.entries(rows, serves, -most)
    met = builder.rows("own_met", 0, np.inf, size=len(keeper))
    builder.entries(met, serves, -total(needs.amount[need], of_open, len(keeper)))
    served(builder, supply, met, period, of_open, need)
    return serves, keeper, period


def served(
    builder: Builder,
    supply: SupplyColumns,
    rows: IntArray,
    period: IntArray,
    of_row: IntArray,
    need: IntArray,
) -> None:
    """Enter into rows what was served of needs by the end of each row's period."""
    entry, serve = matches(need, supply.serve_demand)
    by_then = supply.serve_period[serve] <= period[of_row[entry]]
    builder.entries(rows[of_row[entry[by_then]]], supply.serve[serve[by_then]], 1)


def open_needs(
    instance: Instance, keeper: IntArray, period: IntArray
) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Keepers and periods, of those given, in which something of a keeper's own may be open.

    Returns
    -------
    (int64 array, int64 array, int64 array, int64 array)
        Keeper and period, each pair once; and for every need that may then be open: position among these, and the
        need.
    """
    first, needs, horizon = instance.supplies.own_first, instance.supplies.needs, instance.horizon
    asked = np.unique(keeper * horizon + period)
    entry, when = spans(needs.period[first.need], needs.last[first.need])
    key = first.need_keeper[entry] * horizon + when
    concerned = np.isin(key, asked)
    at, (pair,) = groups(key[concerned])
    return pair // horizon, pair % horizon, at, first.need[entry[concerned]]


def open_packs(
    instance: Instance, period: IntArray, of_open: IntArray, need: IntArray, served_by: IntArray
) -> IntArray:
    """Packs of needs open at the end of periods, as `open_needs` lists them.

    Parameters
    ----------
    served_by : int64 array, shape (demands, periods)
        Packs of each need served by the end of each period.
    """
    left = instance.supplies.needs.amount[need] - served_by[need, period[of_open]]
    return total(left, of_open, len(period))
