"""The driver: from what is asked to the way of solving it.

What is large is approached by its relaxation and region by region
(`lagrange`), all else by the solver as it stands (`run`).
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from yjopt.engines.choice import choose, is_large
from yjopt.engines.outcome import Outcome, Status, StoppedBy
from yjopt.engines.run import HARD_STAGE, Run, trivial_stages
from yjopt.errors import EngineError
from yjopt.model.mip import EXACT_LIMIT, Stage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yjopt.engines.engine import Engine
    from yjopt.engines.params import Params
    from yjopt.model.mip import IntArray, Mip

WEIGHTED = "weighted"
"""Name of the single stage of a weighted sum."""


def solve(mip: Mip, params: Params, start: IntArray | None = None, engine: Engine | None = None) -> Outcome:
    """Minimise the stages of a model in order, or their weighted sum.

    Parameters
    ----------
    mip : Mip
    params : Params
    start : int64[columns], optional
        A plan that keeps every row and bound; nothing worse than it, stage by
        stage, is ever returned.
    engine : Engine, optional
        Default: the one that `params` names.

    Returns
    -------
    Outcome
        On Ctrl-C and at the time limit with the best plan so far.

    Raises
    ------
    EngineError
        If the solver is missing, or the start breaks a row or bound.
    """
    if start is not None and not mip.is_feasible(start):
        broken = (mip.violations(start) + mip.bound_violations(start))[0]
        raise EngineError(
            f"The start vector is no plan: it breaks {broken.block!r} at {broken.offset} by {broken.amount}."
        )
    chosen = engine or choose(params)
    if params.weights is None:
        return _solve(mip, params, start, chosen)
    inner = _solve(_weighted(mip, params.weights), params, start, chosen)
    if inner.x is None:
        return inner
    stages = trivial_stages(mip, inner.x)
    hard = inner.stages[:-1]
    return dataclasses.replace(inner, stages=hard + stages[len(hard) :], objective=inner.stages[-1])


def _solve(mip: Mip, params: Params, start: IntArray | None, engine: Engine) -> Outcome:
    run: type[Run] = Run
    if is_large(mip, params):
        from yjopt.engines.lagrange import LargeRun as run
    try:
        return run(mip, params, start, engine).outcome()
    except KeyboardInterrupt:
        # Before the search began or while its answer was put together: the start is what there is.
        stages = () if start is None else trivial_stages(mip, start)
        return Outcome(Status.INTERRUPTED, StoppedBy.INTERRUPT, start, stages, (), 0.0)


def _weighted(mip: Mip, weights: Mapping[str, int]) -> Mip:
    """The model with one stage, the weighted sum; broken hard rules stay a stage before it."""
    unknown = sorted(set(weights) - {stage.name for stage in mip.stages})
    if unknown:
        raise EngineError(f"Weights name stages that the model does not have: {', '.join(unknown)}.")
    hard = tuple(stage for stage in mip.stages[:1] if stage.name == HARD_STAGE)
    total = np.zeros(mip.num_columns, dtype=np.int64)
    reach = np.zeros(mip.num_columns)
    offset = 0
    for stage in mip.stages[len(hard) :]:
        weight = weights.get(stage.name, 0)
        reach[stage.columns] += np.abs(stage.coefficients.astype(np.float64)) * weight
        if reach.max(initial=0.0) > EXACT_LIMIT:
            raise EngineError(
                f"The weight {weight} of stage {stage.name!r} is too large; costs exceed 2**53."
            )
        total[stage.columns] += stage.coefficients * weight
        offset += stage.offset * weight
    used = np.flatnonzero(total)
    return dataclasses.replace(mip, stages=(*hard, Stage(WEIGHTED, used, total[used], offset)))
