"""Undoing what a new plan changes for little: orders that may as well stay as they were.

A search goes where its objective leads and shifts orders on the way that need not be shifted. Between the new plan and
the last one, column by column, this looks for the plan that loses least, when every changed order costs a stated price
and what each stage of goods, support, time and money loses against the new plan counts with the weight of that stage.
People come no worse off for it, and no rule is broken.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from yjopt.engines.choice import choose
from yjopt.engines.engine import Limit
from yjopt.engines.outcome import Status
from yjopt.engines.params import Params
from yjopt.errors import EngineError
from yjopt.model.mip import Mip, canonical
from yjopt.model.names import STAGE_GOODS, STAGE_HARD, STAGE_PEOPLE, STAGE_RULES
from yjopt.planner.keys import decisions
from yjopt.planner.mending import around, cut_out

if TYPE_CHECKING:
    from yjopt.engines.outcome import Outcome, StageOutcome
    from yjopt.instance import Instance
    from yjopt.model.assembly import Model
    from yjopt.model.mip import FloatArray, IntArray, Stage
    from yjopt.scenario import Scenario

#: Decisions that are orders; what follows from them, such as trips, does not count.
_ORDERS: Final = (
    "ship", "move", "order", "lend", "order_durable", "admit", "transfer", "settle", "deploy", "surge",
    "close_surge", "open_site", "open_facility",
)  # fmt: skip
#: Stages that nothing may worsen.
_HELD: Final = (STAGE_HARD, STAGE_RULES, STAGE_PEOPLE)
#: Largest coefficient handed to the solver: sums stay exact.
_LARGEST: Final = 2**40
#: Relative gap at which the search ends.
_GAP: Final = 1e-4


@dataclass(frozen=True, kw_only=True)
class Closeness:
    """What a changed order must be worth.

    Parameters
    ----------
    price : float
        Of a changed order, in units of the weighted objective.
    weights : dict of str to float
        By stage name before a colon, what a natural unit weighs in it.
    """

    price: float
    weights: dict[str, float]

    @classmethod
    def of(cls, scenario: Scenario, price: float | None) -> Closeness | None:
        """The price with the weights of a scenario; None for none.

        Raises
        ------
        EngineError
            If the price is not above 0.
        """
        if price is None:
            return None
        if not 0 < price < np.inf:
            raise EngineError(f"The price of a changed order must be above 0, not {price!r}.")
        names = (STAGE_GOODS, "support", "time", "money")
        return cls(price=price, weights={name: float(scenario.settings[f"weights.{name}"]) for name in names})


def closer(
    instance: Instance,
    model: Model,
    outcome: Outcome,
    last: IntArray,
    first: IntArray,
    closeness: Closeness,
    *,
    gap: float,
    seconds: float,
    seed: int = 0,
) -> Outcome:
    """The outcome with orders as in the last plan where changing them is worth less than its price.

    Parameters
    ----------
    instance, model
    outcome : Outcome
        With a plan.
    last : int64 array, shape (columns,)
        The last plan in this matrix; it may break rows.
    first : int64 array, shape (columns,)
        The plan that the search began with: the last one where that could stay, and whole. Where it is worth more than
        the new one once changes are paid for, the search for fewer begins from it.
    closeness : Closeness
    gap : float
        That the stages were solved to.
    seconds : float
        How long it may take.
    seed : int

    Returns
    -------
    Outcome
        Bounds of stages after one that came out worse are gone: they held for plans that are as good there.
    """
    x = outcome.x
    if x is None:
        return outcome
    until = time.monotonic() + seconds
    between = _programme(instance, model, x, last, first, closeness)
    if between is None:
        return outcome
    part, cost, free = between.mip, between.cost, between.free
    start = between.start(x)
    held = [stage for stage in part.stages if stage.name in _HELD]
    limits = tuple(Limit(s.columns, s.coefficients, s.value(start) - s.offset) for s in held)
    nearer = between.start(first)
    if all(limit.holds(nearer) for limit in limits) and cost @ nearer < cost @ start:
        start = nearer
    engine = choose(Params(gap=_GAP, time_limit=max(seconds, 0.1), seed=seed))
    answer = engine.minimise(part, cost, limits=limits, start=start, gap=_GAP, deadline=until)
    if answer.x is None:
        return outcome
    result = x.copy()
    result[free] = answer.x[: len(free)]
    return _taken(model, outcome, result, gap) if model.mip.is_feasible(result) else outcome


@dataclass(frozen=True, eq=False)
class _Between:
    """A programme of what differs between plans.

    Parameters
    ----------
    mip : Mip
        Of the free columns, then one for each order that may differ from the last plan, then one for what each
        priced stage loses.
    cost : int64[columns of mip]
        In the last two.
    free : int64[free columns]
        In the whole model.
    orders : int64[orders]
        Among the free columns.
    was : int64[orders]
        Their values in the last plan.
    priced : tuple of Stage
        On the free columns.
    reached : float64[stages]
        Their values in the new plan, without offsets.
    """

    mip: Mip
    cost: IntArray
    free: IntArray
    orders: IntArray
    was: IntArray
    priced: tuple[Stage, ...]
    reached: FloatArray

    def start(self, x: IntArray) -> IntArray:
        """A plan in the columns of the programme, with what it changes and loses."""
        own = x[self.free]
        values = np.array([stage.value(own) - stage.offset for stage in self.priced], dtype=np.float64)
        lost = np.maximum(values - self.reached, 0).astype(np.int64)
        return np.concatenate([own, (own[self.orders] != self.was).astype(np.int64), lost])


def _programme(
    instance: Instance, model: Model, x: IntArray, last: IntArray, first: IntArray, closeness: Closeness
) -> _Between | None:
    """What differs between plans, decided anew; None where no order does."""
    from scipy import sparse

    mip = model.mip
    low, high = np.minimum(x, first), np.maximum(x, first)
    low, high = np.minimum(low, last), np.maximum(high, last)
    differs = low < high
    # What follows from decisions follows from these alone; all the rest of it would only be more to solve.
    touched = np.unique(mip.matrix[:, np.flatnonzero(differs)].indices)
    free = np.flatnonzero(differs | around(mip, touched, 0))
    whole = mip.integer[free]
    lower = np.where(whole, np.maximum(low, mip.lower)[free], mip.lower[free])
    upper = np.where(whole, np.minimum(high, mip.upper)[free], mip.upper[free])
    part = cut_out(mip, x, free, lower.astype(np.int64), upper.astype(np.int64))

    known = decisions(instance, model)
    orders = np.concatenate([known[name].columns for name in _ORDERS])
    at = np.flatnonzero(np.isin(free, orders) & differs[free])
    if not len(at):
        return None
    count, was = len(at), last[free[at]]
    changes, change_upper = _changes(at, was, low[free[at]], high[free[at]], len(free))
    # What a stage gains elsewhere pays for nothing: only what it loses counts.
    priced = tuple(stage for stage in part.stages if _base(stage) in closeness.weights and len(stage.columns))
    of_stage = np.repeat(np.arange(len(priced)), [len(stage.columns) for stage in priced])
    columns, coefficients = (
        np.concatenate([np.zeros(0, dtype=np.int64), *parts])
        for parts in ([s.columns for s in priced], [s.coefficients for s in priced])
    )
    losing = _rows(of_stage, columns, coefficients, (len(priced), len(free)))
    loss = _rows(np.arange(len(priced)), np.arange(len(priced)), -1, (len(priced), len(priced)))
    most = np.array([_most(part, stage) for stage in priced], dtype=np.float64)
    reached = np.array([stage.value(x[free]) - stage.offset for stage in priced], dtype=np.float64)
    nothing = sparse.csc_array((part.num_rows, count + len(priced)))
    of_changes = sparse.hstack([changes, sparse.csc_array((len(change_upper), len(priced)))])
    of_losses = sparse.hstack([losing, sparse.csc_array((len(priced), count)), loss])
    matrix: Any = sparse.vstack([sparse.hstack([part.matrix, nothing]), of_changes, of_losses], format="csc")
    grown = Mip(
        matrix=canonical(sparse.csc_array(matrix)),
        row_lower=np.concatenate([part.row_lower, np.full(len(change_upper) + len(priced), -np.inf)]),
        row_upper=np.concatenate([part.row_upper, change_upper, reached]),
        lower=np.concatenate([part.lower, np.zeros(count + len(priced))]),
        upper=np.concatenate([part.upper, np.ones(count), np.maximum(most - reached, 0)]),
        integer=np.concatenate(
            [part.integer, np.ones(count, dtype=np.bool_), np.zeros(len(priced), dtype=np.bool_)]
        ),
        stages=part.stages,
        column_blocks=(),
        row_blocks=(),
    )
    weights = np.array([closeness.weights[_base(stage)] / stage.unit for stage in priced])
    cost = np.concatenate([np.zeros(len(free)), np.full(count, closeness.price), weights])
    scaled = np.rint(cost * (_LARGEST / cost.max(initial=1e-300))).astype(np.int64)
    return _Between(grown, scaled, free, at, was, priced, reached)


def _changes(
    at: IntArray, was: IntArray, low: IntArray, high: IntArray, width: int
) -> tuple[Any, FloatArray]:
    """Rows by which an order above or below what it was counts as changed, and their upper bounds."""
    from scipy import sparse

    parts, uppers = [], []
    for sign, most in ((1, high - was), (-1, was - low)):
        may = np.flatnonzero(most > 0)
        row = np.arange(len(may))
        value = _rows(row, at[may], sign, (len(may), width))
        changed = _rows(row, may, -most[may], (len(may), len(at)))
        parts.append(sparse.hstack([value, changed]))
        uppers.append((sign * was[may]).astype(np.float64))
    return sparse.vstack(parts), np.concatenate(uppers)


def _rows(row: IntArray, column: IntArray, value: IntArray | int, shape: tuple[int, int]) -> Any:
    from scipy import sparse

    values = np.broadcast_to(np.asarray(value, dtype=np.float64), row.shape)
    return sparse.csc_array((values, (row, column)), shape=shape)


def _base(stage: Stage) -> str:
    return stage.name.partition(":")[0]


def _most(mip: Mip, stage: Stage) -> int:
    """The worst that a stage can come to, without its offset."""
    worse = np.where(stage.coefficients > 0, mip.upper[stage.columns], mip.lower[stage.columns])
    return int(np.dot(stage.coefficients.astype(object), worse.astype(np.int64).astype(object)))


def _taken(model: Model, outcome: Outcome, x: IntArray, gap: float) -> Outcome:
    """The outcome with another plan; what was proven under a better value of an earlier stage is given up."""
    stages: list[StageOutcome] = []
    holds = True
    for stage in outcome.stages:
        value = model.mip.stage_value(stage.name, x)
        if not holds:
            stages.append(replace(stage, value=value, bound=None, bound_proof="none"))
        else:
            bound = None if stage.bound is None else min(stage.bound, value)
            stages.append(replace(stage, value=value, bound=bound))
        holds = holds and value <= stage.value
    status = outcome.status
    if status is Status.OPTIMAL and any(s.bound is None or s.gap > gap for s in stages):
        status = Status.FEASIBLE
    total = outcome.objective
    return replace(outcome, x=x, stages=tuple(stages), status=status, objective=total)
