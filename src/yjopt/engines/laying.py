"""Plans laid after patterns, and taken where they are worth it.

The vector of a relaxation says what a good plan uses and who gets it. Whoever knows what the columns mean can make a
whole plan after that pattern (`Guide.lay`).
"""

from __future__ import annotations

import multiprocessing
import os
import time
from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.engines.pricing import PricedRun
from yjopt.engines.relaxation import near_one

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yjopt.engines.engine import Engine
    from yjopt.engines.params import Params
    from yjopt.engines.subproblem import Subproblem
    from yjopt.model.mip import FloatArray, IntArray, Mip

#: Laying a plan after a pattern takes about this share of what polishing does.
LAYING: Final = 0.75

#: By how much a stage outweighs the next in the cost of the guiding relaxation where nobody says, and the least weight.
STEP, LEAST_WEIGHT = 1e-2, 1e-9


class LayingRun(PricedRun):
    """A solve in which plans are laid after patterns.

    Attributes
    ----------
    lay_seconds : float
        About how long laying a plan takes.
    spare : int64[columns] or None
        The plan laid last, where it costs less in one sum than the one at hand, and yet is not better: it breaks one
        rule, perhaps, and reaches a third more people. A search may begin from it.
    """

    def __init__(self, mip: Mip, params: Params, start: IntArray | None, engine: Engine) -> None:
        super().__init__(mip, params, start, engine)
        self.lay_seconds = LAYING * params.polish_seconds
        self.spare: IntArray | None = None

    def _lay(self, patterns: Mapping[int, FloatArray], seconds: float) -> bool:
        """Lay a plan after patterns, if that takes no longer than some seconds; whether it is better, and taken."""
        is_late = self.lay_seconds > seconds
        if self.params.guide is None or not patterns or self._ended or is_late:
            return False
        self.spare, vector = None, self._vector()
        whole = np.asarray(self.fixed if vector is None else vector, dtype=np.float64)
        for part, values in patterns.items():
            whole[self.parts[part].columns] = values
        began = time.monotonic()
        laid = self.params.guide.lay(whole, self.deadline)
        self.lay_seconds = time.monotonic() - began
        return self._offer(laid)

    def _offer(self, laid: IntArray) -> bool:
        """Take a plan where it is better; whether it is."""
        self.spare, before = None, self._standing()
        if not (self.mip.is_feasible(laid) and self._is_worth_it(laid)):
            return False
        for part, piece in enumerate(self.parts):
            self._take_if_better(part, laid[piece.columns])
        if self._standing() == before:
            self.spare = laid
            return False
        self._tell()
        return True

    def _is_worth_it(self, laid: IntArray) -> bool:
        """Whether a plan costs less than the one at hand in one sum, too.

        Better in the first stage and much worse in all others is no start to search from.
        """
        now = self._vector()
        cost = self._guiding_cost(self.mip)
        return now is None or float(cost @ laid) <= float(cost @ now)

    def _to_be_whole(self, part: int) -> IntArray:
        """Columns of a part that are whole in the vector that a plan is laid after."""
        if self.params.guide is None:
            return np.zeros(0, dtype=np.int64)
        return np.flatnonzero(np.isin(self.parts[part].columns, self.params.guide.whole))

    def _guiding_cost(self, mip: Mip) -> FloatArray:
        """One cost for all stages, each outweighed by the one before."""
        guide = self.params.guide
        cost = np.zeros(mip.num_columns)
        weight = 1.0
        for stage in mip.stages:
            if guide is not None and stage.name in guide.weights:
                cost[stage.columns] += guide.weights[stage.name] / stage.unit * stage.coefficients
            elif len(stage.columns) and (guide is None or not guide.weights):
                cost[stage.columns] += weight * near_one(stage.coefficients) * stage.coefficients
                weight = max(weight * STEP, LEAST_WEIGHT)
        return cost


def with_part(
    values: FloatArray | IntArray, sub: Subproblem | None, own: FloatArray | IntArray | None
) -> FloatArray:
    """A copy with a subproblem's own values in its columns, where there are any."""
    result = values.astype(np.float64)
    if sub is not None and own is not None:
        result[sub.columns] = own
    return result


def processes() -> int:
    """Solvers at work at once: two, where there are cores and this is no worker among others."""
    alone = multiprocessing.parent_process() is None
    return min(2, os.cpu_count() or 1) if alone else 1
