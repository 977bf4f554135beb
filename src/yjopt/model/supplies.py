"""Rows of consumables (docs/concepts/model.md, section 4), in packs.

For a part p of a lot, a taker k and a need n, with arcs a from p to k:

    stock[p,t] = stock[p,t-1] + receipts[p,t] + orders and moves arriving - shipments and moves departing
    received[k,t] = received[k,t-1] + shipments arriving - sum_n serve[n,t] - opened[k,t]
    sum_t serve[n,t] + lost[n] = amount[n]

These three make a pure network; vehicles and consumption couple it to the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.joining import IntArray, ceil_div, product, spans
from yjopt.model.names import NETWORK_GOODS, STAGE_GOODS, STAGE_MONEY, STAGE_TIME, position_stage

if TYPE_CHECKING:
    from yjopt.instance import Arcs, Instance, Lots, Orders
    from yjopt.model.builder import Builder


@dataclass(frozen=True)
class SupplyColumns:
    """Columns of consumables.

    Parameters
    ----------
    ship, move, order : int64 array
        One per arc of shipments, of moves, per order.
    stock : int64 array, shape (parts, periods)
    received : int64 array, shape (takers, periods)
    serve, serve_demand, serve_period : int64 array
        Packs of a need met in a period.
    lost : int64 array, shape (demands,)
        Packs of a need never met.
    opened, loose, used : int64 array, shape (users, periods)
        Packs opened for consumption; base units left over at the end; base units used.
    """

    ship: IntArray
    move: IntArray
    order: IntArray
    stock: IntArray
    received: IntArray
    serve: IntArray
    serve_demand: IntArray
    serve_period: IntArray
    lost: IntArray
    opened: IntArray
    loose: IntArray
    used: IntArray


def add_supplies(builder: Builder, instance: Instance) -> SupplyColumns:
    """Add columns, balances and costs of consumables."""
    columns = _columns(builder, instance)
    _balance_of_parts(builder, instance, columns)
    _balance_of_takers(builder, instance, columns)
    _needs(builder, instance, columns)
    supplies = instance.supplies
    cost_shipping(builder, instance, supplies.shipments, columns.ship, supplies.lots.item[supplies.parts.lot])
    cost_moving(builder, instance, supplies.moves, columns.move, supplies.lots.item[supplies.parts.lot])
    cost_orders(builder, instance, supplies.lots, supplies.orders, columns.order)
    return columns


def _columns(builder: Builder, instance: Instance) -> SupplyColumns:
    supplies, consumption, horizon = instance.supplies, instance.consumption, instance.horizon
    needs = supplies.needs
    demand, period = spans(needs.period, needs.last)
    pack = instance.items.pack[consumption.user_item]
    is_strict = instance.command.is_strict("supplies")
    kept = supplies.allowances.arriving if is_strict else supplies.wanted_later[:, 1:]
    # Rule strict opens no pack before the last one is used up.
    loose = pack - 1 if is_strict else (consumption.most + pack) * horizon
    return SupplyColumns(
        ship=builder.columns("ship", 0, supplies.shipments.most),
        move=builder.columns("move", 0, supplies.moves.most),
        order=builder.columns("order", 0, supplies.orders.most),
        stock=_grid(builder, "stock", supplies.reserve),
        received=_grid(builder, "received", kept),
        serve=builder.columns("serve", 0, needs.amount[demand], False),
        serve_demand=demand,
        serve_period=period,
        lost=builder.columns("lost_need", 0, needs.amount, False),
        opened=_grid(builder, "opened", most_opened(instance), True),
        loose=_grid(builder, "loose", np.repeat(loose[:, None], horizon, axis=1)),
        used=_grid(builder, "used", np.repeat(consumption.most[:, None], horizon, axis=1), True),
    )


def most_opened(instance: Instance) -> IntArray:
    """Most packs that users can open in each period, shape (users, periods)."""
    consumption, horizon = instance.consumption, instance.horizon
    pack = instance.items.pack[consumption.user_item]
    left = horizon - np.arange(horizon)[None, :]
    if instance.command.is_strict("supplies"):
        left = np.ones_like(left)
    return np.asarray(ceil_div(consumption.most[:, None] * left, pack[:, None]), dtype=np.int64)


def _grid(builder: Builder, name: str, most: IntArray, integer: bool = False) -> IntArray:
    return builder.columns(name, 0, most.ravel(), integer).reshape(most.shape)


def _balance_of_parts(builder: Builder, instance: Instance, columns: SupplyColumns) -> None:
    supplies, horizon = instance.supplies, instance.horizon
    parts, moves, orders = supplies.parts, supplies.moves, supplies.orders
    inflow = parts.receipts.copy()
    inflow[:, 0] += parts.initial
    rows = builder.rows("stock_balance", inflow.ravel(), inflow.ravel(), network=NETWORK_GOODS).reshape(
        inflow.shape
    )
    builder.entries(rows, columns.stock, 1)
    builder.entries(rows[:, 1:], columns.stock[:, : horizon - 1], -1)
    builder.entries(rows[supplies.shipments.part, supplies.shipments.depart], columns.ship, 1)
    builder.entries(rows[moves.part, moves.depart], columns.move, 1)
    builder.entries(rows[moves.to, moves.arrive], columns.move, -1)
    builder.entries(rows[supplies.lots.source_lot[orders.source], orders.arrive], columns.order, -1)


def _balance_of_takers(builder: Builder, instance: Instance, columns: SupplyColumns) -> None:
    supplies, horizon = instance.supplies, instance.horizon
    shape = columns.received.shape
    rows = builder.rows("hand_over", 0, 0, network=NETWORK_GOODS, size=columns.received.size).reshape(shape)
    builder.entries(rows, columns.received, 1)
    builder.entries(rows[:, 1:], columns.received[:, : horizon - 1], -1)
    builder.entries(rows[supplies.shipments.to, supplies.shipments.arrive], columns.ship, -1)
    builder.entries(rows[supplies.need_taker[columns.serve_demand], columns.serve_period], columns.serve, 1)
    builder.entries(rows[supplies.taker_of_user], columns.opened, 1)
    # Opened packs become loose base units, and those are used.
    pack = instance.items.pack[instance.consumption.user_item][:, None]
    loose = builder.rows("loose_balance", 0, 0, size=columns.loose.size).reshape(columns.loose.shape)
    builder.entries(loose, columns.loose, 1)
    builder.entries(loose[:, 1:], columns.loose[:, : horizon - 1], -1)
    builder.entries(loose, columns.opened, -pack)
    builder.entries(loose, columns.used, 1)


def _needs(builder: Builder, instance: Instance, columns: SupplyColumns) -> None:
    needs = instance.supplies.needs
    rows = builder.rows("need", needs.amount, needs.amount, network=NETWORK_GOODS)
    builder.entries(rows, columns.lost, 1)
    builder.entries(rows[columns.serve_demand], columns.serve, 1)
    builder.cost(STAGE_GOODS, columns.lost, needs.cost_lost())
    builder.cost(STAGE_GOODS, columns.serve, needs.cost_served(columns.serve_demand, columns.serve_period))


def load_minutes(grams: IntArray, seconds: IntArray) -> IntArray:
    """Load-minutes of a pack on a trip, rounded up."""
    return np.asarray(ceil_div(product("gram-seconds of a pack", grams, seconds), 60_000), dtype=np.int64)


def cost_shipping(
    builder: Builder, instance: Instance, arcs: Arcs, columns: IntArray, item_of_part: IntArray
) -> None:
    """Costs of shipments to takers: time, and support by position."""
    cost_moving(builder, instance, arcs, columns, item_of_part)
    item = item_of_part[arcs.part]
    if instance.rule == "flat":
        return
    for position in np.unique(arcs.position[arcs.position > 0]).tolist():
        here = arcs.position == position
        builder.cost(position_stage(position), columns[here], instance.items.share[item[here]])


def cost_moving(
    builder: Builder, instance: Instance, arcs: Arcs, columns: IntArray, item_of_part: IntArray
) -> None:
    """Costs of moves between stores: time only."""
    item = item_of_part[arcs.part]
    builder.cost(STAGE_TIME, columns, load_minutes(instance.items.grams[item], arcs.seconds))


def cost_orders(builder: Builder, instance: Instance, lots: Lots, orders: Orders, columns: IntArray) -> None:
    """Costs of orders: money, and support by position of the kind of source."""
    item = lots.item[lots.source_lot[orders.source]]
    builder.cost(STAGE_MONEY, columns, lots.source_cost[orders.source] * instance.items.pack[item])
    if instance.rule == "flat":
        return
    of_order = lots.source_position[orders.source]
    for position in np.unique(of_order[of_order > 0]).tolist():
        here = of_order == position
        builder.cost(position_stage(position), columns[here], instance.items.share[item[here]])
