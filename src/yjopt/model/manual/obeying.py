"""Which steps of a plan laid by hand the rule ``strict`` and loads of backups forbid, looking back on all of it."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.model.goods_rules import with_goods_rules
from yjopt.model.tightening import raised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from yjopt.instance import Instance
    from yjopt.instance.joining import BoolArray, IntArray
    from yjopt.model.assembly import Model
    from yjopt.model.exhaustion import Levels

#: Rows by which somebody must be exhausted before goods are asked for higher up.
_GOODS_ROWS: Final = ("exhausted", "exhausted_durable", "own_idle", "order_asks")

#: After so many attempts, if nobody says, few steps are forbidden each time, and others take their place for long.
PATIENT: Final = 3

#: Where so few are forbidden again, what stands beside them costs little, and one by one they take an attempt each.
_FEW: Final = 2


def signs_set(model: Model, x: IntArray) -> IntArray:
    """The vector with every sign that a giver is exhausted, and every opening, set where it holds."""
    result = x.copy()
    for signs in model.strict.signs:
        result[signs] = 0
    for signs in model.strict.signs:
        result = raised(model.mip, result, signs)
    return result


def forbidden(model: Model, x: IntArray) -> IntArray:
    """Columns of `x` that are not 0 though what they need does not hold; `signs_set` comes before."""
    rows, columns = model.strict.flow_row, model.strict.flow
    activity = model.mip.matrix @ x
    shut = activity[rows] > model.mip.row_upper[rows]
    return np.unique(columns[shut & (x[columns] > 0)])


def _asking(model: Model) -> Iterator[tuple[Levels, IntArray, IntArray]]:
    """Levels of consumables and of durables, their binaries, and the flows that need them."""
    goods, supplies = model.goods_rules, model.supplies
    orders = supplies.order[goods.supplies.may_order_order]
    yield goods.supplies.levels, goods.supplies.asks, np.concatenate([supplies.ship, orders])
    yield goods.durables.levels, goods.durables.asks, model.durables.ship


def goods_in_order(model: Model) -> IntArray:
    """Columns of goods for which somebody else must be exhausted first."""
    flows = [flow[levels.of_flow >= 0] for levels, _, flow in _asking(model)]
    return np.concatenate([*flows, model.supplies.order[model.goods_rules.supplies.may_order_order]])


def forbidden_goods(model: Model, x: IntArray) -> IntArray:
    """Flows of goods in `x` that come though somebody asked before them has something left.

    Parameters
    ----------
    x : int64 array, shape (columns,)
        With the columns of the command rules for goods set as the rest asks for.
    """
    mip = model.mip
    rows = [
        np.arange(block.start, block.stop, dtype=np.int64)
        for block in mip.row_blocks
        if block.name in _GOODS_ROWS and block.size
    ]
    if not rows:
        return np.zeros(0, dtype=np.int64)
    row = np.concatenate(rows)
    part = mip.matrix.tocsr()[row]
    broken = np.flatnonzero((part @ x) > mip.row_upper[row])
    named = np.unique(part[broken].indices)
    found = []
    for levels, asks, flow in _asking(model):
        # Whoever needs a level, or one above it in the same cell, came too early.
        bad = np.isin(asks, named).astype(np.int64)
        for _ in range(len(levels.chained) and int(np.bincount(levels.cell).max())):
            bad[levels.chained + 1] |= bad[levels.chained]
        needs = levels.of_flow >= 0
        found.append(flow[needs][(bad[levels.of_flow[needs]] > 0) & (x[flow[needs]] > 0)])
    return np.concatenate(found)


def lawful(
    instance: Instance,
    model: Model,
    attempts: int,
    lay: Callable[[BoolArray], IntArray],
    *,
    give_up_at: float = math.inf,
    patient: int = PATIENT,
) -> IntArray:
    """Lay a plan again and again without the steps that, looking back, were forbidden.

    Parameters
    ----------
    instance, model
        What is planned.
    attempts : int
        How often at most. After some, or where few steps are forbidden twice running, what stands beside a forbidden
        step is barred as well; the last time nobody is asked before whom another must be exhausted.
    lay : callable
        Makes a plan in which barred columns stay 0; signs and openings are set here.
    give_up_at : float
        By `time.monotonic`; from then on, and rather than ask nobody, a plan that breaks a row is returned. Left out:
        never.
    patient : int
        Attempts, at most half of all, after which what stands beside a forbidden step is barred as well.
    """
    barred = np.zeros(model.mip.num_columns, dtype=np.bool_)
    in_order = np.concatenate([model.strict.flow, goods_in_order(model)])
    before = model.mip.num_columns
    for attempt in range(attempts):
        if attempt == attempts - 1 and attempts > 1 and give_up_at == math.inf:
            barred[in_order] = True
        x = with_goods_rules(instance, model, signs_set(model, lay(barred)))
        shut = np.concatenate([forbidden(model, x), forbidden_goods(model, x)])
        if not len(shut) or time.monotonic() > give_up_at:
            break
        # Looking back, somebody was asked too early: begin again without that.
        barred[shut] = True
        if max(len(shut), before) <= _FEW or attempt >= min(patient, attempts // 2):
            barred[np.intersect1d(_beside(model, shut), in_order)] = True
        before = len(shut)
    return x


def _beside(model: Model, shut: IntArray) -> IntArray:
    """Columns that stand in a row with some: those who want the same, or the same of somebody."""
    matrix = model.mip.matrix
    rows = np.unique(matrix[:, shut].indices)
    return np.unique(matrix.tocsr()[rows].indices).astype(np.int64)
