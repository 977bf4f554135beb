"""What a solve answers: status, vector, and per stage value, bound and gap."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from yjopt.engines.events import Event
    from yjopt.engines.knowledge import Knowledge
    from yjopt.model.mip import IntArray

BoundProof = Literal["certificate", "solver", "trivial", "none"]
"""Whose word a bound is: multipliers that anyone can check, the solver's, the column bounds' alone, or nobody's."""


class Status(StrEnum):
    """How good the answer is."""

    OPTIMAL = "optimal"
    """Every stage is within the gap asked for."""
    FEASIBLE = "feasible"
    """A plan that keeps every rule, some stage not within the gap."""
    NO_PLAN = "no_plan"
    """No plan was found, and none is proven impossible."""
    IMPOSSIBLE = "impossible"
    """Proven: no plan keeps all hard rules."""
    INTERRUPTED = "interrupted"
    """Ended by the user; the best plan so far, if there is one."""


class StoppedBy(StrEnum):
    """Why the search ended."""

    PROOF = "proof"
    GAP = "gap"
    TIME = "time"
    INTERRUPT = "interrupt"
    MEMORY = "memory"
    ERROR = "error"
    DONE = "done"
    """The rule of thumb has run its course; nothing was searched."""


def gap(value: int, bound: int | None) -> float:
    """Relative gap of a stage (definition 17).

    Parameters
    ----------
    value, bound : int
        In quanta. Without a bound nothing is proven.

    Returns
    -------
    float
        0 when value and bound differ by less than one quantum, else
        ``(value - bound) / |value|``; infinite for value 0 or without a bound.
    """
    if bound is None:
        return math.inf
    if value - bound < 1:
        return 0.0
    return (value - bound) / abs(value) if value else math.inf


def gap_scale(value: int, bound: int | None, scale: int) -> float:
    """Gap of a stage measured against its scale S (definition 17).

    S is the value of doing nothing for the people and goods stages, and of the
    manual plan for later ones, all in quanta.

    Returns
    -------
    float
        0 when value and bound differ by less than one quantum, else
        ``(value - bound) / scale``; infinite without a bound or a scale.
    """
    if bound is None:
        return math.inf
    if value - bound < 1:
        return 0.0
    return (value - bound) / scale if scale > 0 else math.inf


def avoidable(manual: int, plan: int, bound: int) -> float:
    """Share of what could be saved at all that a plan saves: ``(manual - plan) / (manual - bound)``.

    Where nothing can be saved, 1.0.
    """
    if manual - bound < 1:
        return 1.0
    return (manual - plan) / (manual - bound)


@dataclass(frozen=True)
class StageOutcome:
    """One stage of an answer.

    Attributes
    ----------
    name : str
    value : int
        Value in quanta at the returned vector.
    bound : int or None
        No plan as good in the earlier stages has a lower value (definition 16).
    bound_proof : {"certificate", "solver", "trivial", "none"}
    seconds : float
        Time spent on this stage.
    unit : int
        Quanta to one natural unit.
    """

    name: str
    value: int
    bound: int | None
    bound_proof: BoundProof
    seconds: float
    unit: int = 1

    @property
    def gap(self) -> float:
        """Relative gap, see `gap`."""
        return gap(self.value, self.bound)

    def gap_scale(self, scale: int) -> float:
        """Gap against a scale in quanta, see `gap_scale`."""
        return gap_scale(self.value, self.bound, scale)


@dataclass(frozen=True, eq=False)
class Outcome:
    """The answer of a solve.

    Attributes
    ----------
    status : Status
    stopped_by : StoppedBy
    x : int64[columns] or None
        The plan; for `impossible` the vector that breaks least, if there is one.
    stages : tuple of StageOutcome
        Empty when there is no vector.
    objective : StageOutcome or None
        The weighted sum, when one was asked for.
    trace : tuple of Event
    seconds : float
    detail : str
        One sentence on what went wrong; "" when nothing did.
    method : str
        One sentence on what ``auto`` has chosen and why; "" when it had no choice.
    knowledge : Knowledge or None
        What was learned of a large model, in its own rows and columns.
    """

    status: Status
    stopped_by: StoppedBy
    x: IntArray | None
    stages: tuple[StageOutcome, ...]
    trace: tuple[Event, ...]
    seconds: float
    objective: StageOutcome | None = None
    detail: str = ""
    method: str = ""
    knowledge: Knowledge | None = None
