"""The plan of doing nothing, as a vector: the scale of gaps, and the base on which the manual plan is laid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.joining import ceil_div
from yjopt.model.goods_rules import with_goods_rules
from yjopt.model.rules import CEILING_UNIT

if TYPE_CHECKING:
    from yjopt.instance import Instance
    from yjopt.instance.joining import IntArray
    from yjopt.model.assembly import Model


def nothing(instance: Instance, model: Model) -> IntArray:
    """Ship, admit, send and open nothing; take the exceptions that people there at the start need.

    Returns
    -------
    int64 array, shape (columns,)
        A vector that keeps every row.
    """
    x = model.mip.lower.astype(np.int64)
    goods, durable = model.supplies, model.durables
    parts, wards, staffing = instance.supplies.parts, instance.wards, instance.teams.staffing
    for lost in (goods.lost, durable.lost, model.beds.lost, model.isolation.lost, model.teams.short):
        x[lost] = model.mip.upper[lost].astype(np.int64)
    x[goods.stock] = parts.initial[:, None] + parts.receipts.cumsum(axis=1)
    lots, store_of_lot = instance.durables.lots, instance.durables.store_of_lot
    units = np.zeros(durable.idle.shape, dtype=np.int64)
    np.add.at(units, store_of_lot, lots.quantity[:, None] + lots.receipts.cumsum(axis=1))
    x[durable.idle] = units
    x[durable.stay] = units

    x[model.beds.excess] = model.mip.upper[model.beds.excess].astype(np.int64)
    x[model.isolation.excess] = model.mip.upper[model.isolation.excess].astype(np.int64)
    needed = np.zeros((len(staffing.post_place), instance.horizon), dtype=np.int64)
    np.add.at(needed, staffing.post, staffing.members[:, None] * wards.inherited[staffing.ward])
    short = np.maximum(ceil_div(needed - 100 * staffing.post_residents[:, None], 100), 0)
    x[model.couplings.staff] = short[model.couplings.staff_post, model.couplings.staff_period]
    x[model.couplings.goods] = model.mip.upper[model.couplings.goods].astype(np.int64)
    x[model.rules.short] = short_of_minimum(instance, model, x)
    return with_goods_rules(instance, model, with_shortfalls(model, x))


def with_shortfalls(model: Model, x: IntArray) -> IntArray:
    """The vector with as much short of mobile quotas and beyond ceilings as the rest of it asks for."""
    mip, rules = model.mip, model.rules
    result = x.copy()
    result[rules.few] = 0
    result[rules.beyond] = 0
    activity = mip.matrix @ result
    few = mip.row_lower[rules.few_row] - activity[rules.few_row]
    beyond = activity[rules.beyond_row] - mip.row_upper[rules.beyond_row]
    result[rules.few] = np.maximum(few, 0).astype(np.int64)
    result[rules.beyond] = ceil_div(np.maximum(beyond, 0).astype(np.int64), CEILING_UNIT)
    return result


def short_of_minimum(instance: Instance, model: Model, x: IntArray) -> IntArray:
    """Sites short of each minimum in each period, given what is held."""
    minimums, rules, hold = instance.minimums, model.rules, model.isolation.hold
    held = np.zeros((len(minimums.row), instance.horizon), dtype=np.int64)
    holds = np.where(hold >= 0, np.append(x, 0)[hold], 0)
    np.add.at(held, minimums.counted_rule, holds[minimums.counted_ward])
    missing = minimums.amount[rules.short_rule] - held[rules.short_rule, rules.short_period]
    return np.asarray(np.maximum(missing, 0), dtype=np.int64)
