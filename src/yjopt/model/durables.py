"""Rows of durables (docs/concepts/model.md, section 5), in units.

For a store s = (place, item, authority), with c periods of cleaning:

    stay[s,t] + departures = idle[s,t-1] + receipts + orders arriving + used[s,t-1-c]      (free at the start)
    idle[s,t] + used[s,t] = stay[s,t] + arrivals
    sum over stores of a place of used[s,t] = sum over its needs of serve[n]

so a unit never arrives and leaves in one period. A pure network, but for floors over several authorities.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.joining import BoolArray, IntArray, spans, total
from yjopt.model.names import NETWORK_GOODS, STAGE_GOODS
from yjopt.model.supplies import cost_moving, cost_orders, cost_shipping

if TYPE_CHECKING:
    from yjopt.instance import Instance
    from yjopt.model.builder import Builder


@dataclass(frozen=True)
class DurableColumns:
    """Columns of durables.

    Parameters
    ----------
    ship, order : int64 array
        One per arc, per order.
    idle, stay, used : int64 array, shape (stores, periods)
        Units free at the end; kept at the start; used.
    serve, lost : int64 array, shape (needs,)
        Units of a need met, and short.
    """

    ship: IntArray
    order: IntArray
    idle: IntArray
    stay: IntArray
    used: IntArray
    serve: IntArray
    lost: IntArray


def add_durables(builder: Builder, instance: Instance) -> DurableColumns:
    """Add columns, balances, floors and costs of durables."""
    durables, horizon = instance.durables, instance.horizon
    most = durables.most
    wanted = np.zeros((len(durables.spot_place), horizon), dtype=np.int64)
    np.add.at(wanted, (durables.need_spot, durables.need_period), durables.need_amount)
    most_used = np.minimum(most, wanted[durables.store_spot])
    columns = DurableColumns(
        ship=builder.columns("lend", 0, durables.shipments.most),
        order=builder.columns("order_durable", 0, durables.orders.most),
        idle=builder.columns("idle", 0, most.ravel(), False).reshape(most.shape),
        stay=builder.columns("stay", 0, most.ravel(), False).reshape(most.shape),
        used=builder.columns("in_use", 0, most_used.ravel(), False).reshape(most.shape),
        serve=builder.columns("serve_durable", 0, durables.need_amount, False),
        lost=builder.columns("short_durable", 0, durables.need_amount, False),
    )
    _balances(builder, instance, columns)
    _needs(builder, instance, columns)
    _on_hand(builder, instance, columns)
    arcs = durables.shipments
    supply = np.flatnonzero(durables.is_supply)
    cost_shipping(builder, instance, arcs.take(supply), columns.ship[supply], durables.store_item)
    back = np.flatnonzero(~durables.is_supply)
    cost_moving(builder, instance, arcs.take(back), columns.ship[back], durables.store_item)
    cost_orders(builder, instance, durables.lots, durables.orders, columns.order)
    return columns


def _balances(builder: Builder, instance: Instance, columns: DurableColumns) -> None:
    durables, horizon = instance.durables, instance.horizon
    lots, orders, arcs = durables.lots, durables.orders, durables.shipments
    inflow = np.zeros(columns.idle.shape, dtype=np.int64)
    np.add.at(inflow, durables.store_of_lot, lots.receipts)
    inflow[:, 0] += total(lots.quantity, durables.store_of_lot, len(inflow))
    start = builder.rows("free_units", inflow.ravel(), inflow.ravel(), network=NETWORK_GOODS).reshape(
        inflow.shape
    )
    builder.entries(start, columns.stay, 1)
    builder.entries(start[arcs.part, arcs.depart], columns.ship, 1)
    builder.entries(start[:, 1:], columns.idle[:, : horizon - 1], -1)
    of_order = durables.store_of_lot[lots.source_lot[orders.source]]
    builder.entries(start[of_order, orders.arrive], columns.order, -1)
    store, used_in, back_in = _returns(instance)
    builder.entries(start[store, back_in], columns.used[store, used_in], -1)

    end = builder.rows("units", 0, 0, network=NETWORK_GOODS, size=inflow.size).reshape(inflow.shape)
    builder.entries(end, columns.idle, 1)
    builder.entries(end, columns.used, 1)
    builder.entries(end, columns.stay, -1)
    builder.entries(end[arcs.to, arcs.arrive], columns.ship, -1)


def _returns(instance: Instance) -> tuple[IntArray, IntArray, IntArray]:
    """(store, period of use, period in which the unit is free again), those within the horizon."""
    durables, horizon = instance.durables, instance.horizon
    cleaning = instance.items.turnaround[durables.store_item]
    store, used_in = np.divmod(np.arange(len(cleaning) * horizon, dtype=np.int64), horizon)
    back_in = used_in + 1 + cleaning[store]
    kept = back_in < horizon
    return store[kept], used_in[kept], back_in[kept]


def _needs(builder: Builder, instance: Instance, columns: DurableColumns) -> None:
    durables, horizon = instance.durables, instance.horizon
    rows = builder.rows("level", durables.need_amount, durables.need_amount, network=NETWORK_GOODS)
    builder.entries(rows, columns.serve, 1)
    builder.entries(rows, columns.lost, 1)
    spots = len(durables.spot_place)
    meet = builder.rows("use", 0, 0, network=NETWORK_GOODS, size=spots * horizon).reshape(spots, horizon)
    builder.entries(meet[durables.store_spot], columns.used, 1)
    builder.entries(meet[durables.need_spot, durables.need_period], columns.serve, -1)
    builder.cost(STAGE_GOODS, columns.lost, 1000 * durables.need_weight)


def _on_hand(builder: Builder, instance: Instance, columns: DurableColumns) -> None:
    """Floors per place and item, and return dates per store: idle, in use and in cleaning together."""
    durables, horizon = instance.durables, instance.horizon
    # (store, t, s): what is used in s is on hand at the end of t.
    store, t = np.divmod(np.arange(len(durables.store_place) * horizon, dtype=np.int64), horizon)
    cleaning = instance.items.turnaround[durables.store_item[store]]
    at, used_in = spans(np.maximum(t - cleaning, 0), t)

    held = durables.spot_floor[durables.store_spot] > 0
    spots = np.flatnonzero(durables.spot_floor > 0)
    of_spot = np.full(len(durables.spot_floor), -1, dtype=np.int64)
    of_spot[spots] = np.arange(len(spots))
    rows = builder.rows(
        "floor", np.repeat(durables.spot_floor[spots], horizon), np.inf, coupling=True
    ).reshape(len(spots), horizon)
    _count_on_hand(builder, rows, of_spot[durables.store_spot], held, columns, store, t, at, used_in)

    dated = np.flatnonzero((durables.lots.return_by > 0) & (durables.lots.return_by <= horizon))
    lot, period = spans(durables.lots.return_by[dated] - 1, np.full(len(dated), horizon - 1, dtype=np.int64))
    due = builder.rows("return_by", durables.lots.quantity[dated[lot]], np.inf, coupling=True)
    of_store = np.full((len(durables.store_place), horizon), -1, dtype=np.int64)
    of_store[durables.store_of_lot[dated[lot]], period] = due
    kept = of_store[store, t] >= 0
    builder.entries(of_store[store[kept], t[kept]], columns.idle[store[kept], t[kept]], 1)
    also = of_store[store[at], t[at]] >= 0
    builder.entries(of_store[store[at], t[at]][also], columns.used[store[at], used_in][also], 1)


def _count_on_hand(
    builder: Builder,
    rows: IntArray,
    row_of_store: IntArray,
    held: BoolArray,
    columns: DurableColumns,
    store: IntArray,
    t: IntArray,
    at: IntArray,
    used_in: IntArray,
) -> None:
    kept = held[store]
    builder.entries(rows[row_of_store[store[kept]], t[kept]], columns.idle[store[kept], t[kept]], 1)
    also = held[store[at]]
    who = store[at][also]
    builder.entries(rows[row_of_store[who], t[at][also]], columns.used[who, used_in[also]], 1)
