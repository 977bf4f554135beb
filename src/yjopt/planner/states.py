"""What follows from decisions: stocks, what is handed over and left, what is lost, short or excepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.joining import ceil_div, total
from yjopt.instance.teams import WORK_UNIT
from yjopt.model.goods_rules import with_goods_rules
from yjopt.model.manual.obeying import signs_set
from yjopt.model.nothing import short_of_minimum, with_shortfalls
from yjopt.model.teams import PER_UNIT
from yjopt.model.tightening import tighten

if TYPE_CHECKING:
    from yjopt.instance import Instance
    from yjopt.instance.joining import IntArray
    from yjopt.model.assembly import Model
    from yjopt.model.mip import Mip


def with_states(instance: Instance, model: Model, x: IntArray) -> IntArray:
    """The vector with every column that follows from the decisions set as they ask for.

    Parameters
    ----------
    instance, model
        What is planned.
    x : int64 array, shape (columns,)
        Decisions; it is not changed.

    Returns
    -------
    int64 array, shape (columns,)
        Balances hold; where decisions do not go together, bounds or other rows are broken.
    """
    result = x.copy()
    _use(instance, model, result)
    _consumables(instance, model, result)
    _durables(instance, model, result)
    _people(instance, model, result)
    result[model.rules.short] = short_of_minimum(instance, model, result)
    for exception in (model.beds.excess, model.isolation.excess, model.couplings.staff):
        result[exception] = model.mip.upper[exception].astype(np.int64)
    result = signs_set(model, with_shortfalls(model, result))
    return tighten(model, with_goods_rules(instance, model, result))


def trimmed(instance: Instance, model: Model, x: IntArray) -> IntArray:
    """The decisions without what meets more than is asked for: needs that shrank, people who are fewer."""
    result = x.copy()
    goods, durable, beds, isolation = model.supplies, model.durables, model.beds, model.isolation
    needs = instance.supplies.needs
    _cut(result, goods.serve, goods.serve_demand, -goods.serve_period, needs.amount)
    _cut(result, beds.serve, beds.serve_demand, -beds.serve_period, instance.beds.arrivals.amount)
    sites = instance.isolation
    units = sites.people // isolation.size
    _cut(result, isolation.settle, sites.choice_part, -sites.choice_period, units)
    result[durable.serve] = np.minimum(result[durable.serve], instance.durables.need_amount)
    return result


def _cut(x: IntArray, columns: IntArray, group: IntArray, order: IntArray, most: IntArray) -> None:
    """Lower columns, those first in order first, until each group's sum is at most what it may be."""
    over = total(x[columns], group, len(most)) - most
    touched = np.flatnonzero(over[group] > 0) if len(columns) else np.zeros(0, dtype=np.int64)
    if not len(touched):
        return
    at = touched[np.lexsort((order[touched], group[touched]))]
    amount = x[columns[at]]
    before = np.cumsum(amount) - amount
    first = np.concatenate([[True], group[at][1:] != group[at][:-1]])
    before -= np.maximum.accumulate(np.where(first, before, 0))
    x[columns[at]] -= np.clip(over[group[at]] - before, 0, amount)


def _rows(mip: Mip, name: str) -> IntArray:
    block = next(block for block in mip.row_blocks if block.name == name)
    return np.arange(block.start, block.stop, dtype=np.int64)


def _use(instance: Instance, model: Model, x: IntArray) -> None:
    """Base units used up: what those who are there ask for, less what was excepted for people there at the start."""
    columns, excepted = model.supplies, model.couplings
    x[columns.used] = 0
    kept, x[excepted.goods] = x[excepted.goods].copy(), 0
    rows = _rows(model.mip, "consumption")
    asked = (model.mip.matrix @ x)[rows] - model.mip.row_upper[rows]
    units = np.maximum(ceil_div(asked.astype(np.int64), PER_UNIT), 0).reshape(columns.used.shape)
    kept = np.minimum(kept, units[excepted.goods_user, excepted.goods_period])
    x[excepted.goods] = kept
    np.add.at(units, (excepted.goods_user, excepted.goods_period), -kept)
    x[columns.used] = units


def _consumables(instance: Instance, model: Model, x: IntArray) -> None:
    supplies, columns = instance.supplies, model.supplies
    parts, arcs, moves, orders = supplies.parts, supplies.shipments, supplies.moves, supplies.orders
    change = parts.receipts.copy()
    change[:, 0] += parts.initial
    np.add.at(change, (arcs.part, arcs.depart), -x[columns.ship])
    np.add.at(change, (moves.part, moves.depart), -x[columns.move])
    np.add.at(change, (moves.to, moves.arrive), x[columns.move])
    np.add.at(change, (supplies.lots.source_lot[orders.source], orders.arrive), x[columns.order])
    x[columns.stock] = change.cumsum(axis=1)
    handed = np.zeros(columns.received.shape, dtype=np.int64)
    np.add.at(handed, (arcs.to, arcs.arrive), x[columns.ship])
    np.add.at(handed, (supplies.need_taker[columns.serve_demand], columns.serve_period), -x[columns.serve])
    np.add.at(handed, supplies.taker_of_user, -x[columns.opened])
    x[columns.received] = handed.cumsum(axis=1)
    met = total(x[columns.serve], columns.serve_demand, len(supplies.needs))
    x[columns.lost] = supplies.needs.amount - met
    pack = instance.items.pack[instance.consumption.user_item][:, None]
    x[columns.loose] = (x[columns.opened] * pack - x[columns.used]).cumsum(axis=1)


def _durables(instance: Instance, model: Model, x: IntArray) -> None:
    durables, columns, horizon = instance.durables, model.durables, instance.horizon
    lots, orders, arcs = durables.lots, durables.orders, durables.shipments
    x[columns.lost] = durables.need_amount - x[columns.serve]
    gained = np.zeros(columns.idle.shape, dtype=np.int64)
    np.add.at(gained, durables.store_of_lot, lots.receipts)
    np.add.at(gained[:, 0], durables.store_of_lot, lots.quantity)
    np.add.at(
        gained, (durables.store_of_lot[lots.source_lot[orders.source]], orders.arrive), x[columns.order]
    )
    left = np.zeros_like(gained)
    np.add.at(left, (arcs.part, arcs.depart), x[columns.ship])
    come = np.zeros_like(gained)
    np.add.at(come, (arcs.to, arcs.arrive), x[columns.ship])
    used = x[columns.used]
    cleaning = instance.items.turnaround[durables.store_item]
    store, used_in = np.nonzero(used)
    back = used_in + 1 + cleaning[store]
    inside = back < horizon
    np.add.at(gained, (store[inside], back[inside]), used[store[inside], used_in[inside]])
    idle = (gained - left + come - used).cumsum(axis=1)
    x[columns.idle] = idle
    x[columns.stay] = idle + used - come


def _people(instance: Instance, model: Model, x: IntArray) -> None:
    beds, isolation, teams = model.beds, model.isolation, model.teams
    arrivals = instance.beds.arrivals
    x[beds.lost] = arrivals.amount - total(x[beds.serve], beds.serve_demand, len(arrivals))
    parts = instance.isolation
    units = parts.people // isolation.size
    x[isolation.lost] = units - total(x[isolation.settle], parts.choice_part, len(units))
    paid = np.flatnonzero(isolation.convert >= 0)
    held = np.where(isolation.hold >= 0, np.append(x, 0)[isolation.hold], 0)
    x[isolation.convert[paid]] = held[paid].any(axis=1)
    tours, presence = instance.teams, teams.presence
    task = tours.tour_task[presence.tour]
    inside = task >= 0
    inside[inside] = (presence.period[inside] >= tours.task_first[task[inside]]) & (
        presence.period[inside] <= tours.task_last[task[inside]]
    )
    tour, period = presence.tour[inside], presence.period[inside]
    sent = x[teams.deploy[tour]]
    work = total(sent * tours.tour_work[tour], task[inside], len(tours.task_place))
    there = np.zeros((len(tours.task_place), instance.horizon), dtype=np.int64)
    np.add.at(there, (task[inside], period), sent)
    of, when = teams.short_task, teams.short_period
    in_work = ceil_div(WORK_UNIT * tours.task_amount[of] - work[of], WORK_UNIT)
    in_teams = tours.task_amount[of] - there[of, when]
    x[teams.short] = np.maximum(np.where(tours.task_is_work[of], in_work, in_teams), 0)
