"""A plan laid after a vector brought nearer to it by a solver, where the two agree left as they are.

Made whole by hand, a vector of which a dive has left a few trips of thousands in parts costs more than all that the
dive has gained: where one truck is missing, all that was to go with it is. Most of the plan is as the vector wants it.
What is not is a small model that has the plan to start from, and a solver decides it outright; then what stands in one
row with what still differs, and so on (a search between two solutions: Danna, Rothberg and Le Pape, 2005,
doi:10.1007/s10107-004-0518-7).
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from yjopt.engines.fixing import Plan
from yjopt.engines.later_stages import with_closer_entries
from yjopt.engines.neighbours import Neighbours
from yjopt.engines.outcome import StoppedBy
from yjopt.engines.regions import RegionEngine

if TYPE_CHECKING:
    from yjopt.engines.engine import SingleOutcome
    from yjopt.engines.later_stages import Rest
    from yjopt.model.mip import BoolArray, FloatArray, IntArray, Mip

#: What is whole to within this is whole.
WHOLE: Final = 1e-6

#: Relative gap at which a solver may stop.
GAP: Final = 1e-4

#: What the dearest column costs in whole numbers.
DEAREST: Final = 1e9

#: How far a decision may rise above plan and vector. Without an end to it a solver finds nothing: where a hundred
#: trucks might drive, all that one is needed for is had by a hundredth of them.
ROOM: Final = 2

#: Share of the time left for each round, and seconds with less than which none is begun.
ROUND_SHARE, LEAST_SECONDS = 0.6, 0.1

#: Rounds at most.
ROUNDS: Final = 4


class Finished(NamedTuple):
    """A plan brought nearer to a vector.

    Attributes
    ----------
    x : int64[columns]
        It costs no more than the one begun with.
    interrupted : bool
        Ctrl-C came.
    """

    x: IntArray
    interrupted: bool = False


def finished(
    mip: Mip,
    x: IntArray,
    values: FloatArray,
    rest: Rest,
    cost: FloatArray,
    *,
    deadline: float,
    seed: int = 0,
) -> Finished:
    """Bring a plan nearer to a vector.

    Parameters
    ----------
    mip : Mip
    x : int64[columns]
        A plan.
    values : float64[columns]
        The vector.
    rest : Rest
        What may change.
    cost : float64[columns]
    deadline : float
        By `time.monotonic`.
    seed : int
        Of the solver.
    """
    columns = np.flatnonzero(rest.free)
    whole, decided = rest.whole[columns], rest.decided[columns]
    small = with_closer_entries(Plan(mip, x).cut(columns).mip, whole)
    search = _Nearer(small, values[columns], whole, decided, _in_whole_numbers(cost[columns]))
    own, result = x[columns], x.copy()
    for turn in range(ROUNDS):
        seconds = ROUND_SHARE * (deadline - time.monotonic())
        if seconds < LEAST_SECONDS:
            break
        answer = search.round(own, turn > 0, seconds, seed)
        is_better = answer.x is not None and search.cost @ answer.x < search.cost @ own
        if answer.x is not None and is_better:
            own = answer.x
        if answer.stopped_by is StoppedBy.INTERRUPT:
            return Finished(x, True)
        if turn and not is_better:
            break
    result[columns] = own
    return Finished(result)


class _Nearer:
    """Rounds in which what differs from a vector is decided anew."""

    def __init__(
        self, mip: Mip, values: FloatArray, whole: BoolArray, decided: BoolArray, cost: IntArray
    ) -> None:
        self.mip, self.values, self.whole, self.decided, self.cost = mip, values, whole, decided, cost
        self._broken = np.abs(values - np.rint(values)) > WHOLE
        self._near = Neighbours(mip)

    def round(self, x: IntArray, is_wider: bool, seconds: float, seed: int) -> SingleOutcome:
        """Decide anew what differs, and if it is to be wider, too, what stands in one row with that and is used."""
        mip, values, decided = self.mip, self.values, self.decided
        free = decided & (self._broken | (x != np.rint(values)))
        if is_wider:
            beside = self._near.columns_of(self._near.rows_of(np.flatnonzero(free & self.whole)))
            free[beside] |= (x[beside] > 0) | (values[beside] > WHOLE)
        most = np.minimum(mip.upper, np.maximum(x, np.ceil(values - WHOLE)) + ROOM)
        kept = decided & ~free
        lower, upper = np.where(kept, x, mip.lower), np.where(kept, x, np.where(decided, most, mip.upper))
        return RegionEngine(seed=seed).minimise(
            replace(mip, lower=lower, upper=upper),
            self.cost,
            start=x,
            gap=GAP,
            deadline=time.monotonic() + seconds,
        )


def _in_whole_numbers(cost: FloatArray) -> IntArray:
    """A cost, its dearest column `DEAREST`."""
    dearest = np.abs(cost).max(initial=0.0)
    return np.rint(cost * (DEAREST / dearest if dearest else 1.0)).astype(np.int64)
