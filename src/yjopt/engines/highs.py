"""HiGHS, in a process of its own (`highs_worker`)."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from yjopt.engines.remote import RemoteEngine, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

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


class HighsEngine(RemoteEngine):
    """Minimises with HiGHS; see `remote.RemoteEngine`."""

    module: ClassVar[str] = "yjopt.engines.highs_worker"
    verdicts: ClassVar[Mapping[str, Verdict]] = VERDICTS
