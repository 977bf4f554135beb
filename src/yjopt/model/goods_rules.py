"""The command rules for goods: what may be asked for, who must be exhausted first, who serves its own first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.joining import IntArray, total
from yjopt.model.allowances import AllowanceColumns, account, add_allowances, open_needs, open_packs
from yjopt.model.exhaustion import NEVER, HourColumns, add_hours, fleet_seconds_left
from yjopt.model.strict_durables import (
    StrictDurableColumns,
    add_strict_durables,
    dated,
    reasons_of_durables,
)
from yjopt.model.strict_supplies import (
    Reasons,
    StrictSupplyColumns,
    add_strict_supplies,
    levels_of_supplies,
)

if TYPE_CHECKING:
    from yjopt.instance import Instance
    from yjopt.model.assembly import Model
    from yjopt.model.builder import Builder
    from yjopt.model.durables import DurableColumns
    from yjopt.model.supplies import SupplyColumns
    from yjopt.model.trips import TripColumns


@dataclass(frozen=True)
class GoodsRules:
    """Columns of the command rules for goods: all of them follow from shipments, orders, trips and what is served."""

    allowances: AllowanceColumns
    hours: HourColumns
    supplies: StrictSupplyColumns
    durables: StrictDurableColumns


def add_goods_rules(
    builder: Builder, instance: Instance, supply: SupplyColumns, durable: DurableColumns, trips: TripColumns
) -> GoodsRules:
    """Add the rows and columns of the command rules for goods."""
    allowances = add_allowances(builder, instance, supply, durable)
    reasons, lent = Reasons(instance), reasons_of_durables(instance)
    levels = levels_of_supplies(instance, reasons)
    # Only who comes before somebody is asked for the hours of its fleets.
    asked = np.concatenate([levels.of_reason, lent.levels.of_reason[: len(lent.arc)]]) >= 0
    columns = {
        name: np.concatenate([reasons.of_arcs(name), getattr(instance.durables.shipments, name)[lent.arc]])
        for name in ("origin", "destination", "seconds", "depart")
    }
    hours = add_hours(builder, instance, trips, **{name: array[asked] for name, array in columns.items()})
    of_arc = np.full(len(asked), NEVER, dtype=np.int64)
    of_arc[asked] = hours.of_arc
    of_supplies, of_durables = np.split(of_arc, [len(levels.of_reason)])
    return GoodsRules(
        allowances,
        hours,
        add_strict_supplies(builder, instance, supply, reasons, levels, of_supplies),
        add_strict_durables(builder, instance, durable, lent, of_durables),
    )


def with_goods_rules(instance: Instance, model: Model, x: IntArray) -> IntArray:
    """The vector with the columns of the command rules for goods set as the rest of it asks for.

    Parameters
    ----------
    instance, model
    x : int64 array, shape (columns,)
        It is not changed.

    Returns
    -------
    int64 array, shape (columns,)
        Keeps the rows of these rules if any vector with these shipments, orders and trips does.
    """
    result = x.copy()
    rules = model.goods_rules
    _set_accounts(instance, model, result)
    hours = rules.hours
    left = fleet_seconds_left(instance.fleets, model.trips, instance.horizon, x)
    result[hours.left] = left[hours.left_fleet, hours.left_period]
    able = result[hours.left][hours.pair_left] >= hours.pair_seconds
    result[hours.out] = total(able.astype(np.int64), hours.pair_class, len(hours.out)) == 0
    _set_strict_supplies(instance, model, result)
    _set_strict_durables(instance, model, result)
    return result


def _set_accounts(instance: Instance, model: Model, x: IntArray) -> None:
    supplies, columns, rules = instance.supplies, model.supplies, model.goods_rules.allowances
    arcs, allowances, opened = supplies.shipments, supplies.allowances, x[columns.opened]
    ship = x[columns.ship]
    for taker, account_columns, granted, counts, period in (
        (rules.known_taker, rules.known, allowances.known, arcs.is_asked, arcs.depart),
        (rules.covered_taker, rules.covered, allowances.due, np.ones(len(arcs), dtype=np.bool_), arcs.arrive),
    ):
        if len(taker):
            drawn = np.zeros_like(granted)
            np.add.at(drawn, (arcs.to[counts], period[counts]), ship[counts])
            x[account_columns] = account(instance, taker, granted, opened, drawn)
    x[rules.serves] = _open(instance, model, x, rules.serves_keeper, rules.serves_period) == 0


def _open(instance: Instance, model: Model, x: IntArray, keeper: IntArray, period: IntArray) -> IntArray:
    """Packs of keepers' own needs that are open at the end of periods."""
    columns = model.supplies
    met = np.zeros((len(instance.supplies.needs), instance.horizon), dtype=np.int64)
    np.add.at(met, (columns.serve_demand, columns.serve_period), x[columns.serve])
    _, when, of_open, need = open_needs(instance, keeper, period)
    return open_packs(instance, when, of_open, need, met.cumsum(axis=1))


def _set_strict_supplies(instance: Instance, model: Model, x: IntArray) -> None:
    supplies, columns, rules = instance.supplies, model.supplies, model.goods_rules.supplies
    moves = supplies.moves
    lies = x[columns.stock].copy()
    sent = np.flatnonzero(x[columns.move])
    for move in sent.tolist():
        lies[moves.part[move], moves.depart[move] : moves.arrive[move]] += x[columns.move[move]]
    x[rules.empty] = lies[rules.empty_part, rules.empty_period] == 0
    orders = x[columns.order[rules.may_order_order]]
    x[rules.asks] = rules.levels.reached(np.concatenate([x[columns.ship], orders]))
    x[rules.may_order] = orders > 0
    x[rules.keeps] = _open(instance, model, x, rules.keeps_keeper, rules.keeps_period) > 0


def _set_strict_durables(instance: Instance, model: Model, x: IntArray) -> None:
    durables, columns, rules = instance.durables, model.durables, model.goods_rules.durables
    arcs, horizon = durables.shipments, instance.horizon
    away = x[columns.idle].copy()
    for arc in np.flatnonzero(x[columns.ship]).tolist():
        away[arcs.part[arc], arcs.depart[arc] : arcs.arrive[arc]] += x[columns.ship[arc]]
    x[rules.gone] = away[rules.gone_store, rules.gone_period] == 0
    used = x[columns.used].cumsum(axis=1)
    cleaning = instance.items.turnaround[durables.store_item][:, None]
    before = np.arange(horizon)[None, :] - cleaning - 1
    earlier = np.take_along_axis(used, np.maximum(before, 0), axis=1)
    on_hand = x[columns.idle] + used - np.where(before >= 0, earlier, 0)
    there = np.zeros((len(durables.spot_place), horizon), dtype=np.int64)
    np.add.at(there, durables.store_spot, on_hand)
    at_floor = there[rules.floor_spot, rules.floor_period] <= durables.spot_floor[rules.floor_spot]
    x[rules.at_floor] = at_floor
    _, quantity = dated(instance)
    x[rules.at_home] = on_hand[rules.home_store, rules.home_period] <= quantity[rules.home_store]
    x[rules.asks] = rules.levels.reached(x[columns.ship])
