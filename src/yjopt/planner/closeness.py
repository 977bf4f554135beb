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
from yjopt.planner.mending import cut_out

if TYPE_CHECKING:
    from yjopt.engines.outcome import Outcome, StageOutcome
    from yjopt.instance import Instance
    from yjopt.model.assembly import Model
    from yjopt.model.mip import IntArray, Stage
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
    part, cost, free = _programme(instance, model, x, last, closeness)
    if not len(free):
        return outcome
    held = [stage for stage in part.stages if stage.name in _HELD]
    extra = part.num_columns - len(free)
    start = np.concatenate([x[free], np.ones(extra, dtype=np.int64)])
    start = np.minimum(start, part.upper).astype(np.int64)
    limits = tuple(Limit(s.columns, s.coefficients, s.value(start) - s.offset) for s in held)
    engine = choose(Params(gap=_GAP, time_limit=max(seconds, 0.1), seed=seed))
    answer = engine.minimise(part, cost, limits=limits, start=start, gap=_GAP, deadline=until)
    if answer.x is None:
        return outcome
    result = x.copy()
    result[free] = answer.x[: len(free)]
    return _taken(model, outcome, result, gap) if model.mip.is_feasible(result) else outcome


def _programme(
    instance: Instance, model: Model, x: IntArray, last: IntArray, closeness: Closeness
) -> tuple[Mip, IntArray, IntArray]:
    """Columns between two plans, one more for each order that differs and for what each stage loses, and their cost."""
    from scipy import sparse

    mip = model.mip
    low, high = np.minimum(x, last), np.maximum(x, last)
    differs = x != last
    free = np.flatnonzero(differs | ~mip.integer)
    whole = mip.integer[free]
    lower = np.where(whole, np.maximum(low, mip.lower)[free], mip.lower[free])
    upper = np.where(whole, np.minimum(high, mip.upper)[free], mip.upper[free])
    part = cut_out(mip, x, free, lower.astype(np.int64), upper.astype(np.int64))

    known = decisions(instance, model)
    orders = np.concatenate([known[name].columns for name in _ORDERS])
    at = np.flatnonzero(np.isin(free, orders) & differs[free])
    count, width = len(at), (high - low)[free[at]]
    was, grows = last[free[at]], x[free[at]] > last[free[at]]
    # |value - was| <= width * changed, the sign being known.
    sign = np.where(grows, 1, -1)
    change = _rows(np.arange(count), at, sign, (count, len(free)))
    signs = _rows(np.arange(count), np.arange(count), -width, (count, count))
    # What a stage gains elsewhere pays for nothing: only what it loses counts.
    priced = [stage for stage in part.stages if _base(stage) in closeness.weights and len(stage.columns)]
    of_stage = np.repeat(np.arange(len(priced)), [len(stage.columns) for stage in priced])
    columns, coefficients = (
        np.concatenate([np.zeros(0, dtype=np.int64), *parts])
        for parts in ([s.columns for s in priced], [s.coefficients for s in priced])
    )
    losing = _rows(of_stage, columns, coefficients, (len(priced), len(free)))
    loss = _rows(np.arange(len(priced)), np.arange(len(priced)), -1, (len(priced), len(priced)))
    most = np.array([_most(part, stage) for stage in priced], dtype=np.float64)
    reached = np.array([stage.value(x[free]) - stage.offset for stage in priced], dtype=np.float64)
    matrix: Any = sparse.block_array(
        [
            [part.matrix, sparse.csc_array((part.num_rows, count)), None],
            [change, signs, None],
            [losing, None, loss],
        ],
        format="csc",
    )
    grown = Mip(
        matrix=canonical(sparse.csc_array(matrix)),
        row_lower=np.concatenate([part.row_lower, np.full(count + len(priced), -np.inf)]),
        row_upper=np.concatenate([part.row_upper, (sign * was).astype(np.float64), reached]),
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
    return grown, scaled, free if count else free[:0]


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
