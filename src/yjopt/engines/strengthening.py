"""Relaxations made stronger by rounding cuts, until these give little more."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from yjopt.engines.certificate import certified_bound, rounded
from yjopt.engines.engine import trivial_bound
from yjopt.engines.rounding import RoundingCuts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yjopt.engines.engine import Limit
    from yjopt.engines.relaxation import Relaxation, RelaxedOutcome
    from yjopt.model.mip import BoolArray, FloatArray, IntArray, Mip

#: Rounds of cuts at most; rounds end when one gives less than this part of what all have given.
ROUNDS, LEAST_GAIN = 12, 0.01

#: Room up to which a cut matters, as a part of its largest coefficient.
NEAR: Final = 1e-4


class Strengthened(NamedTuple):
    """A relaxation with cuts.

    Attributes
    ----------
    outcome : RelaxedOutcome
        Of the last relaxation solved to its end; of the first where that was not.
    cuts : tuple of Limit
        With which it was solved.
    """

    outcome: RelaxedOutcome
    cuts: tuple[Limit, ...]

    def bound(self, mip: Mip, cost: IntArray) -> int:
        """What its duals prove of an integer cost that was minimised, in quanta; cuts are rows like others."""
        trivial, duals = trivial_bound(mip, cost), self.outcome.duals
        if duals is None:
            return trivial
        return max(trivial, certified_bound(mip, cost, rounded(duals, self.outcome.limit_duals), self.cuts))


def strengthened(
    relaxation: Relaxation,
    cost: FloatArray | IntArray,
    whole: BoolArray,
    *,
    deadline: float,
    cuts_until: float = math.inf,
) -> Strengthened:
    """Solve a relaxation, and again with the cuts that its vector breaks.

    Parameters
    ----------
    relaxation : Relaxation
    cost : float64[columns] or int64[columns]
    whole : bool[columns]
        What most hangs on, see `RoundingCuts`.
    deadline, cuts_until : float
        By `time.monotonic`: of the whole, and of the cuts.
    """
    until = min(deadline, cuts_until)
    best = Strengthened(relaxation.minimise(cost, deadline=deadline), ())
    values = best.outcome.values
    if values is None or not best.outcome.optimal:
        return best
    rounding = RoundingCuts(relaxation.mip, whole)
    first = last = float(cost @ values)
    for _ in range(ROUNDS):
        new = rounding.violated(values)
        # What is far from the vector now will hardly matter again.
        cuts = (*_touched(best.cuts, values), *new)
        if not new or time.monotonic() > until:
            break
        found = Strengthened(relaxation.minimise(cost, limits=cuts, deadline=until), cuts)
        if not found.outcome.optimal or found.outcome.values is None:
            break
        best, values, before, last = found, found.outcome.values, last, float(cost @ found.outcome.values)
        if last - before <= LEAST_GAIN * (last - first):
            break
    return best


def _touched(cuts: Sequence[Limit], values: FloatArray) -> list[Limit]:
    """Cuts with hardly any room."""
    room = [cut.upper - cut.coefficients @ values[cut.columns] for cut in cuts]
    sizes = [np.abs(cut.coefficients).max() for cut in cuts]
    return [cut for cut, left, size in zip(cuts, room, sizes, strict=True) if left <= NEAR * size]
