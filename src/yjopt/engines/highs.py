"""HiGHS, in a process of its own (`highs_worker`)."""

from __future__ import annotations

import time
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from yjopt.engines.outcome import gap as relative_gap
from yjopt.engines.remote import RemoteEngine, Reply, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yjopt.engines.search import Search
    from yjopt.model.mip import FloatArray

VERDICTS: Mapping[str, Verdict] = MappingProxyType(
    {
        "kOptimal": Verdict.OPTIMAL,
        "kModelEmpty": Verdict.OPTIMAL,
        "kInfeasible": Verdict.INFEASIBLE,
        # Every column is bounded, so nothing is unbounded.
        "kUnboundedOrInfeasible": Verdict.INFEASIBLE,
        "kUnbounded": Verdict.FAILED,
        "kTimeLimit": Verdict.TIME,
        "kMemoryLimit": Verdict.MEMORY,
        "kObjectiveBound": Verdict.STOPPED,
        "kObjectiveTarget": Verdict.STOPPED,
        "kIterationLimit": Verdict.STOPPED,
        "kSolutionLimit": Verdict.STOPPED,
        "kInterrupt": Verdict.STOPPED,
        "kHighsInterrupt": Verdict.STOPPED,
        "kNotset": Verdict.FAILED,
        "kLoadError": Verdict.FAILED,
        "kModelError": Verdict.FAILED,
        "kPresolveError": Verdict.FAILED,
        "kSolveError": Verdict.FAILED,
        "kPostsolveError": Verdict.FAILED,
        "kUnknown": Verdict.FAILED,
    }
)
"""Every member of ``highspy.HighsModelStatus`` and what it means."""


LARGE_NONZEROS = 10_000
"""From this size on a stage is relaxed and restricted before it is handed over whole."""

RELAX_SHARE, RESTRICT_SHARE = 0.3, 0.7
"""Shares of the time left for the relaxation, and then for the restricted model."""

USED = 1e-7
"""A column of the relaxation above its lower bound by more than this is in use."""


class HighsEngine(RemoteEngine):
    """Minimises with HiGHS; see `remote.RemoteEngine`.

    A large model is approached in three steps. Its linear relaxation gives a bound in the time in which the integer
    solver is still at its presolve. The integer model restricted to the columns that the relaxation or the plan at
    hand uses is small and holds good plans: the first kernel of a kernel search (Guastaroba and Speranza, 2012,
    doi:10.1007/s10732-012-9212-8). What is left of the time goes to the whole model, started from the best plan.
    """

    module: ClassVar[str] = "yjopt.engines.highs_worker"
    verdicts: ClassVar[Mapping[str, Verdict]] = VERDICTS

    def _search(self, search: Search, gap: float, deadline: float) -> Reply:
        """Relax, restrict, then solve whole; stop as soon as the gap is reached."""
        mip = search.mip
        if mip.num_nonzeros >= LARGE_NONZEROS and mip.integer.any():
            relaxed = self._relax(search, deadline)
            if relaxed is not None and not self._within(search, gap):
                self._restrict(search, relaxed, gap, deadline)
            if self._within(search, gap):
                return Reply(Verdict.OPTIMAL)
        return super()._search(search, gap, deadline)

    def _relax(self, search: Search, deadline: float) -> FloatArray | None:
        """Solve the linear relaxation for its bound; its vector, if it was solved in time."""
        rough = search.rough
        reply = self._ask(
            search, 0.0, _part_of(deadline, RELAX_SHARE), integer=np.zeros_like(search.mip.integer)
        )
        # The vector of a relaxation is no plan that only needs rounding.
        search.rough = rough
        return None if reply.verdict is not Verdict.OPTIMAL or reply.x is None else np.asarray(reply.x)

    def _restrict(self, search: Search, relaxed: FloatArray, gap: float, deadline: float) -> None:
        """Solve with all columns shut that neither the relaxation nor the plan at hand uses."""
        mip = search.mip
        used = relaxed > mip.lower + USED
        if search.x is not None:
            used |= search.x > mip.lower
        upper = np.where(used, mip.upper, mip.lower)
        self._ask(search, gap, _part_of(deadline, RESTRICT_SHARE), bounds=(mip.lower, upper))

    @staticmethod
    def _within(search: Search, gap: float) -> bool:
        return search.closed() or (
            search.value is not None and relative_gap(search.value, search.bound) <= gap
        )


def _part_of(deadline: float, share: float) -> float:
    """The moment at which a share of the time left is gone."""
    now = time.monotonic()
    return now + share * (deadline - now)
