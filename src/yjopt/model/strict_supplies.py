"""Rule strict for consumables and orders (docs/concepts/command.md, section 4).

For a cell c = (taker, period of arrival), a threshold h, a part p and a period s of departure:

    shipments into c of thresholds h <= most * asks[c,h]
    asks[c,h] <= empty[p,s] + out_of_hours + keeps     for every reason of c below h
    stock[p,s] + moved out and on the road <= most * (1 - empty[p,s])

An order waits for the same at the place where it joins a lot, for that lot, and for the sources before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.joining import IntArray, find, groups, matches, spans, total
from yjopt.model.allowances import open_needs, served
from yjopt.model.exhaustion import ALWAYS, Levels, add_chain, find_levels

if TYPE_CHECKING:
    from yjopt.instance import Instance
    from yjopt.instance.arcs import Arcs
    from yjopt.model.builder import Builder
    from yjopt.model.supplies import SupplyColumns


@dataclass(frozen=True)
class Reasons:
    """What could have been shipped instead.

    Parameters
    ----------
    instance : Instance

    Attributes
    ----------
    part, depart, origin, destination, seconds, keeper, cell, position : int64 array, shape (reasons,)
        As in `Arcs`; the keeper by whose own needs it may be held up, or -1; its cell.
    """

    instance: Instance

    @cached_property
    def shipped(self) -> IntArray:
        """Shipments to takers that are reasons."""
        supplies = self.instance.supplies
        if not self.instance.command.is_strict("supplies"):
            return np.zeros(0, dtype=np.int64)
        return np.flatnonzero(supplies.shipments.is_reason)

    @cached_property
    def ordered(self) -> IntArray:
        """What could be shipped to those who order, from other lots than the one that goods would join."""
        supplies, arcs = self.instance.supplies, self.instance.supplies.before_orders
        joins = np.full(int(supplies.order_taker.max(initial=-1)) + 1, -1, dtype=np.int64)
        joins[supplies.order_taker] = supplies.lots.source_lot[: len(supplies.order_taker)]
        return np.flatnonzero(supplies.parts.lot[arcs.part] != joins[arcs.to]) if len(arcs) else joins[:0]

    def _both(self, shipped: IntArray, ordered: IntArray) -> IntArray:
        return np.concatenate([shipped[self.shipped], ordered[self.ordered]])

    def of_arcs(self, name: str) -> IntArray:
        """A column of the arcs behind the reasons."""
        supplies = self.instance.supplies
        return self._both(getattr(supplies.shipments, name), getattr(supplies.before_orders, name))

    @cached_property
    def keeper(self) -> IntArray:
        """Keeper of each reason, -1 without one."""
        first = self.instance.supplies.own_first
        return self._both(first.of_shipment, first.of_before_order)

    @cached_property
    def cell(self) -> IntArray:
        """Cell of each reason: of a taker, or of one who orders."""
        supplies, horizon = self.instance.supplies, self.instance.horizon
        takers = len(supplies.taker_place)
        one, other = supplies.shipments, supplies.before_orders
        return self._both(one.to * horizon + one.arrive, (takers + other.to) * horizon + other.arrive)


@dataclass(frozen=True)
class StrictSupplyColumns:
    """Columns of rule strict for consumables.

    Parameters
    ----------
    levels : Levels
        Of shipments, then orders.
    asks : int64 array, shape (levels,)
    empty, empty_part, empty_period : int64 array
        Binary: nothing of a part is left at the end of a period.
    keeps, keeps_keeper, keeps_period : int64 array
        Binary: something of a keeper's own is open.
    may_order, may_order_order : int64 array
        Binary: an order may be placed; and which.
    """

    levels: Levels
    asks: IntArray
    empty: IntArray
    empty_part: IntArray
    empty_period: IntArray
    keeps: IntArray
    keeps_keeper: IntArray
    keeps_period: IntArray
    may_order: IntArray
    may_order_order: IntArray


def levels_of_supplies(instance: Instance, reasons: Reasons) -> Levels:
    """Levels of shipments, then of orders of kinds that are steps."""
    supplies, horizon = instance.supplies, instance.horizon
    arcs, orders = supplies.shipments, supplies.orders
    source = orders.source[step_orders(instance)]
    takers = len(supplies.taker_place)
    asker = supplies.order_taker[source] if len(source) else source
    arrive = orders.arrive[step_orders(instance)]
    return find_levels(
        np.concatenate([arcs.to * horizon + arcs.arrive, (takers + asker) * horizon + arrive]),
        np.concatenate([arcs.below, supplies.lots.source_position[source]]),
        reasons.cell,
        reasons.of_arcs("position"),
        (takers + int(supplies.order_taker.max(initial=-1)) + 1) * horizon,
    )


def step_orders(instance: Instance) -> IntArray:
    """Orders that wait until others are exhausted."""
    orders, lots = instance.supplies.orders, instance.supplies.lots
    is_strict = instance.command.is_strict("supplies")
    return np.flatnonzero((lots.source_position[orders.source] >= 0) & is_strict)


def add_strict_supplies(
    builder: Builder,
    instance: Instance,
    supply: SupplyColumns,
    reasons: Reasons,
    levels: Levels,
    out_of_hours: IntArray,
) -> StrictSupplyColumns:
    """Add the rows of rule strict for consumables and orders.

    Parameters
    ----------
    levels : Levels
        As of `levels_of_supplies`.
    out_of_hours : int64 array, shape (reasons,)
        As in `HourColumns.of_arc`.
    """
    asks = add_chain(builder, "asks", levels)
    _ask_rows(builder, instance, instance.supplies.shipments, supply, levels, asks)
    kept = np.flatnonzero((levels.of_reason >= 0) & (out_of_hours != ALWAYS))
    part, depart = reasons.of_arcs("part")[kept], reasons.of_arcs("depart")[kept]
    of_empty, (empty_part, empty_period) = groups(part, depart)
    may = _may_be_empty(instance) if len(kept) else instance.supplies.reserve
    empty = builder.columns("empty", 0, may[empty_part, empty_period])
    _empty_rows(builder, instance, supply, empty, empty_part, empty_period)
    rows = builder.rows("exhausted", -np.inf, 0, size=len(kept))
    builder.entries(rows, asks[levels.of_reason[kept]], 1)
    builder.entries(rows, empty[of_empty], -1)
    by_road = out_of_hours[kept] >= 0
    builder.entries(rows[by_road], out_of_hours[kept][by_road], -1)
    keeps = _keeps(builder, instance, supply, rows, reasons.keeper[kept], depart)
    orders = step_orders(instance)
    may_order = _orders(builder, instance, supply, orders, levels, asks)
    return StrictSupplyColumns(levels, asks, empty, empty_part, empty_period, *keeps, may_order, orders)


def _may_be_empty(instance: Instance) -> IntArray:
    """Whether takers and other stores could take all that comes to a part for certain, 1 or 0 (parts, periods)."""
    supplies, horizon = instance.supplies, instance.horizon
    arcs, parts, moves = supplies.shipments, supplies.parts, supplies.moves
    of_pair, (part, _) = groups(arcs.part, arcs.to)
    most = np.zeros((len(part), horizon), dtype=np.int64)
    np.maximum.at(most, (of_pair, arcs.depart), supplies.allowances.arriving[arcs.to, arcs.arrive])
    leaves = np.zeros(supplies.reserve.shape, dtype=np.int64)
    np.add.at(leaves, part, np.maximum.accumulate(most, axis=1))
    # Goods moved on count as left until they arrive elsewhere.
    has_left = np.zeros(leaves.shape, dtype=np.bool_)
    has_left[moves.part, moves.arrive] = True
    has_left = np.logical_or.accumulate(has_left, axis=1)
    comes = parts.initial[:, None] + parts.receipts.cumsum(axis=1)
    return np.asarray((comes <= leaves) | has_left, dtype=np.int64)


def _ask_rows(
    builder: Builder, instance: Instance, arcs: Arcs, supply: SupplyColumns, levels: Levels, asks: IntArray
) -> None:
    """Nothing arrives of a threshold that is not reached."""
    horizon, arriving = instance.horizon, instance.supplies.allowances.arriving
    of_ship = levels.of_flow[: len(arcs)]
    sent = np.flatnonzero(of_ship >= 0)
    used, (level,) = groups(of_ship[sent])
    taker, period = np.divmod(levels.cell[level], horizon)
    most = np.minimum(total(arcs.most[sent], used, len(level)), arriving[taker, period])
    rows = builder.rows("asks", -np.inf, 0, size=len(level))
    builder.entries(rows[used], supply.ship[sent], 1)
    builder.entries(rows, asks[level], -most)


def _empty_rows(
    builder: Builder,
    instance: Instance,
    supply: SupplyColumns,
    empty: IntArray,
    part: IntArray,
    period: IntArray,
) -> None:
    """A part is empty only if nothing lies in it, and nothing from it is on the road between stores."""
    supplies, horizon = instance.supplies, instance.horizon
    most = supplies.reserve[part, period]
    rows = builder.rows("empty", -np.inf, most)
    builder.entries(rows, supply.stock[part, period], 1)
    builder.entries(rows, empty, most)
    move, when = spans(supplies.moves.depart, supplies.moves.arrive - 1)
    at = find(supplies.moves.part[move] * horizon + when, part * horizon + period)
    builder.entries(rows[at[at >= 0]], supply.move[move[at >= 0]], 1)


def _keeps(
    builder: Builder,
    instance: Instance,
    supply: SupplyColumns,
    rows: IntArray,
    keeper: IntArray,
    depart: IntArray,
) -> tuple[IntArray, IntArray, IntArray]:
    """A peer whose own needs are open may send nothing: it is no reason against others."""
    peers, horizon = np.flatnonzero(keeper >= 0), instance.horizon
    who, period, of_open, need = open_needs(instance, keeper[peers], depart[peers])
    keeps = builder.columns("keeps_own", 0, 1, size=len(who))
    at = find(keeper[peers] * horizon + depart[peers], who * horizon + period)
    builder.entries(rows[peers[at >= 0]], keeps[at[at >= 0]], -1)
    amount = total(instance.supplies.needs.amount[need], of_open, len(who))
    left = builder.rows("own_open", -np.inf, amount)
    builder.entries(left, keeps, 1)
    served(builder, supply, left, period, of_open, need)
    return keeps, who, period


def _orders(
    builder: Builder,
    instance: Instance,
    supply: SupplyColumns,
    which: IntArray,
    levels: Levels,
    asks: IntArray,
) -> IntArray:
    """An order needs its level reached, the lot it joins used up, and earlier sources ordered up to their ceilings."""
    supplies, lots, orders = instance.supplies, instance.supplies.lots, instance.supplies.orders
    horizon = instance.horizon
    source, period = orders.source[which], orders.period[which]
    may = builder.columns("may_order", 0, 1, size=len(which))
    rows = builder.rows("order_may", -np.inf, 0, size=len(which))
    builder.entries(rows, supply.order[which], 1)
    builder.entries(rows, may, -orders.most[which])
    level = levels.of_flow[len(supplies.shipments) :]
    limited = np.flatnonzero(level >= 0)
    rows = builder.rows("order_asks", -np.inf, 0, size=len(limited))
    builder.entries(rows, may[limited], 1)
    builder.entries(rows, asks[level[limited]], -1)
    # What lies in the lot must be no more than what orders bring there in this very period.
    lot = lots.source_lot[source]
    most = supplies.reserve[lot, period]
    rows = builder.rows("order_lot", -np.inf, most)
    builder.entries(rows, supply.stock[lot, period], 1)
    builder.entries(rows, may, most)
    at, brought = matches(lot * horizon + period, lots.source_lot[orders.source] * horizon + orders.arrive)
    builder.entries(rows[at], supply.order[brought], -1)
    at, other = matches(lot * horizon + period, lots.source_lot[orders.source] * horizon + orders.period)
    position = lots.source_position
    earlier = (position[orders.source[other]] >= 0) & (position[orders.source[other]] < position[source[at]])
    at, other = at[earlier], other[earlier]
    rows = builder.rows("order_earlier", 0, np.inf, size=len(at))
    builder.entries(rows, supply.order[other], 1)
    builder.entries(rows, may[at], -orders.most[other])
    return may
