"""From the last plan to a first plan for tables that have changed since."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.engines.lexicographic import solve
from yjopt.engines.params import Params
from yjopt.model.manual.refill import refill
from yjopt.model.nothing import nothing
from yjopt.plan import FIRST_STAGES
from yjopt.planner.keys import carried, worse_off
from yjopt.planner.mending import LEAST_SECONDS, broken_rows, cut_out, mended
from yjopt.planner.recalling import recalled
from yjopt.planner.states import trimmed, with_states

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yjopt.engines.knowledge import Knowledge
    from yjopt.instance import Instance
    from yjopt.model.assembly import Model
    from yjopt.model.mip import BoolArray, IntArray

#: Needs that what is freed may go to: the most urgent ones.
MOST_GAINING: Final = 40
#: Share of the time limit that mending what was carried over may take.
SHARE: Final = 0.25

#: A value that every stage is below.
ANYTHING: Final = 2**62

_log = logging.getLogger("yjopt")


@dataclass(frozen=True, eq=False)
class Vector:
    """A plan as the engines know it.

    Parameters
    ----------
    instance, model
        What it was made for.
    x : int64 array, shape (columns,)
    knowledge : Knowledge or None
        What was learned while it was made.
    """

    instance: Instance
    model: Model
    x: IntArray
    knowledge: Knowledge | None = None


@dataclass(frozen=True, eq=False)
class Start:
    """The first plan for changed tables.

    Parameters
    ----------
    carried : int64 array, shape (columns,)
        The last plan's decisions in the new matrix, and what follows from them. Rows may be broken.
    x : int64 array, shape (columns,)
        Keeps every row.
    how : {"as it was", "mended", "cut back", "by hand"}
        Whether the last plan fitted, was decided anew where it did not, had to give up orders all over, or
        was no better than the plan by hand.
    knowledge : Knowledge or None
        What was learned with the last plan, in the rows and columns of the new matrix.
    """

    carried: IntArray
    x: IntArray
    how: str
    knowledge: Knowledge | None


def start_from(
    last: Vector,
    instance: Instance,
    model: Model,
    by_hand: IntArray,
    seconds: float,
    elapsed: int = 0,
    targets: Mapping[str, int] | None = None,
) -> Start:
    """Carry a plan over to changed tables, and take the plan by hand where that is better.

    Parameters
    ----------
    last : Vector
        The last plan.
    instance, model
        The changed scenario.
    by_hand : int64 array, shape (columns,)
        Its plan by hand.
    seconds : float
        About how long it may take.
    elapsed : int
        Periods by which the changed scenario begins later.
    targets : mapping of str to int, optional
        Per stage, the value in quanta at which the last plan is good enough, whatever the plan by hand comes to.

    Returns
    -------
    Start
    """
    deadline = time.monotonic() + seconds
    mip, old = model.mip, (last.instance, last.model, last.x)
    rough = with_states(instance, model, trimmed(instance, model, carried(old, instance, model, elapsed)))
    broken = broken_rows(mip, rough)
    worse = worse_off(old, instance, model, rough, elapsed)
    worse = np.concatenate([worse, _may_gain(instance, model, rough)])
    x, how = rough, "as it was"
    if len(broken) or len(worse):
        rows = np.union1d(broken, mip.matrix[:, worse].indices)
        found = mended(mip, rough, rows, deadline)
        if found is None and len(broken):
            found = mended(mip, rough, broken, deadline)
        if found is not None:
            x, how = found, "mended"
        elif len(broken):
            x, how = _cut_back(instance, model, rough, deadline), "cut back"
    if not mip.is_feasible(x):
        _log.warning("The last plan could not be carried over; the plan by hand is begun with.")
        x = by_hand
    elif how == "cut back":
        # What was decided anew has its best use already; what was only taken back leaves goods that others want.
        x = refill(instance, model, x)
    is_enough = targets is not None and all(s.value(x) <= targets.get(s.name, s.value(x)) for s in mip.stages)
    if x is by_hand or (not is_enough and mip.stage_values(by_hand) < mip.stage_values(x)):
        x, how = by_hand, "by hand"
    known = recalled(last.knowledge, (last.instance, last.model), instance, model, elapsed)
    return Start(rough, x, how, known)


def values_as_good(last: Vector, instance: Instance, model: Model) -> dict[str, int]:
    """What each stage comes to in a plan that is as good as the last one, in quanta.

    A stage that would now cost more, or less, if nothing were done may cost more in proportion, or has to cost less.
    Of stages after goods (support, time, money) anything will do: to better them moves orders that need not be moved.

    Parameters
    ----------
    last : Vector
        The last plan.
    instance, model
        The changed scenario.
    """
    before, now = nothing(last.instance, last.model), nothing(instance, model)
    old = {stage.name: stage for stage in last.model.mip.stages}
    targets = {stage.name: ANYTHING for stage in model.mip.stages if stage.name not in FIRST_STAGES}
    for stage in model.mip.stages:
        if stage.name in old and stage.name in FIRST_STAGES:
            value, was = old[stage.name].value(last.x), old[stage.name].value(before)
            targets[stage.name] = value * stage.value(now) // was if was > 0 else value
    return targets


def _may_gain(instance: Instance, model: Model, rough: IntArray) -> IntArray:
    """The most urgent needs left that could be met from lots which send more than their takers want any longer."""
    supplies, columns = instance.supplies, model.supplies
    arcs = supplies.shipments
    beyond = rough[columns.received] > model.mip.upper[columns.received]
    surplus: BoolArray = np.asarray(beyond.any(axis=1), dtype=np.bool_)
    freed = np.zeros(len(supplies.parts.lot), dtype=np.bool_)
    freed[arcs.part[(rough[columns.ship] > 0) & surplus[arcs.to]]] = True
    reached = np.zeros(len(surplus), dtype=np.bool_)
    reached[arcs.to[freed[arcs.part]]] = True
    left = np.flatnonzero((rough[columns.lost] > 0) & reached[supplies.need_taker])
    urgent = np.argsort(-(supplies.needs.weight[left] // supplies.need_content[left]), kind="stable")
    return columns.lost[left[urgent[:MOST_GAINING]]]


def _cut_back(instance: Instance, model: Model, rough: IntArray, deadline: float) -> IntArray:
    """The best plan that orders at most what was ordered: between doing nothing and the plan carried over."""
    mip, base = model.mip, nothing(instance, model)
    free = np.flatnonzero((base != rough) | ~mip.integer)
    # What follows from decisions may lie beyond both.
    follows = ~mip.integer[free]
    lower = np.where(follows, mip.lower[free], np.minimum(base, rough)[free])
    upper = np.where(follows, mip.upper[free], np.maximum(base, rough)[free])
    lower, upper = np.maximum(lower, mip.lower[free]), np.minimum(upper, mip.upper[free])
    fixed = base.copy()
    part = cut_out(mip, fixed, free, lower.astype(np.int64), upper.astype(np.int64))
    seconds = max(deadline - time.monotonic(), LEAST_SECONDS)
    outcome = solve(part, Params(gap=1e-3, time_limit=seconds), base[free])
    result = base.copy()
    if outcome.x is not None:
        result[free] = outcome.x
    return result
