"""What a solve is asked for: gap, time, engine, threads, seed, tolerances."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from yjopt.engines.events import Event
from yjopt.errors import EngineError
from yjopt.model.mip import FloatArray, IntArray

if TYPE_CHECKING:
    from yjopt.engines.knowledge import Knowledge

Listener = Callable[[Event], None]
Polish = Callable[[IntArray], IntArray]


@dataclass(frozen=True, eq=False)
class Later:
    """What comes after the first stages, and how to make a plan of it while these stay as they are.

    Attributes
    ----------
    columns : int64 array
        What is decided anew.
    whole : int64 array
        Those of them on which most of it hangs: they are made whole in the vector before a plan is laid after it.
    needed : callable
        Given what `lay` is given, returns a vector in whole numbers with no more of them than is needed in any case.
    lay : callable
        Given a plan and a vector in quanta that differs from it in these columns alone, returns a vector in whole
        numbers; taken only if it keeps every row and is better.
    """

    columns: IntArray
    whole: IntArray
    decided: IntArray
    needed: Callable[[IntArray, FloatArray], IntArray]
    lay: Callable[[IntArray, FloatArray], IntArray]


@dataclass(frozen=True, eq=False)
class Guide:
    """How to make a plan of a vector that is not whole; only who knows what the columns mean can.

    Attributes
    ----------
    weights : mapping of str to float
        What a natural unit of each stage weighs in the relaxation that is followed; a stage not named weighs nothing.
    lay : callable
        Given a vector of the relaxation, in quanta, and a deadline by `time.monotonic`, returns a vector in whole
        numbers; taken only if it keeps every row and is better.
    whole : int64 array
        Columns on which most hangs: they are made whole in the vector before a plan is laid after it.
    later : Later, optional
        What comes after the first stages.
    signs : int64 array
        Columns that say whether others may be used: where a vector has these in parts, many a step of a plan laid
        after it turns out to be forbidden.
    """

    weights: Mapping[str, float]
    lay: Callable[[FloatArray, float], IntArray]
    whole: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    later: Later | None = None
    signs: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


_NOTHING: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Params:
    """Frozen settings of one solve, checked when made.

    Attributes
    ----------
    gap : float
        Relative gap per stage at which the search may stop, 0 for a full proof.
    enough : mapping of str to int
        Per stage, how far in quanta a value may be from its bound for the search to stop, too; a stage not named stops
        at the gap alone.
    targets : mapping of str to int
        Per stage, a value in quanta, the offset included, that need not become better.
    time_limit : float
        Seconds of wall clock for all stages together.
    engine : str
        ``auto`` (by structure and size), ``lagrange`` (relaxation and regions, for large models), ``highs`` (the
        embedded solver on the whole), or ``pulp:NAME`` with a PuLP solver's name.
    threads : int
        Threads inside one solver call.
    seed : int
        Seed of the solver's own random choices.
    tolerance : mapping of str to int
        Per stage, by how many quanta later stages may worsen it; default 0.
    weights : mapping of str to int, or None
        None solves the stages in order; whole weights solve one sum of
        ``weight x value in quanta`` instead (a stage not named weighs 0).
    polish : callable, optional
        Given a plan, returns one that may be better; asked after every stage. What it returns is checked like
        everything else, and taken only where it is better, stage by stage.
    polish_seconds : float
        About how long polishing takes, until that has been seen. It is not begun where it would end well after the
        time limit, or after Ctrl-C.
    guide : Guide, optional
        Makes plans of large models after their relaxation.
    districts : callable, optional
        Given a number of columns, says of which district each column is, districts having about so many at most. Used
        where a model is too large for one relaxation.
    knowledge : Knowledge, optional
        What was learned of a model like this one, in the rows and columns of this one. A large model begins with its
        bounds and its pattern, and solves its relaxations anew only afterwards.
    on_event : callable, optional
        Called with every `Event`; what it raises ends the solve.

    Raises
    ------
    EngineError
        If a setting is out of range.
    """

    gap: float = 1e-3
    enough: Mapping[str, int] = field(default_factory=lambda: _NOTHING)
    targets: Mapping[str, int] = field(default_factory=lambda: _NOTHING)
    time_limit: float = 60.0
    engine: str = "auto"
    threads: int = 1
    seed: int = 0
    tolerance: Mapping[str, int] = field(default_factory=lambda: _NOTHING)
    weights: Mapping[str, int] | None = None
    polish: Polish | None = None
    polish_seconds: float = 0.0
    guide: Guide | None = None
    districts: Callable[[int], IntArray] | None = None
    knowledge: Knowledge | None = None
    on_event: Listener | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.gap < 1:
            raise EngineError(f"The gap must be at least 0 and below 1, not {self.gap}.")
        if not 0 < self.time_limit < math.inf:
            raise EngineError(f"The time limit must be a positive number of seconds, not {self.time_limit}.")
        if self.threads < 1:
            raise EngineError(f"At least one thread is needed, not {self.threads}.")
        if not 0 <= self.seed < 2**31:
            raise EngineError(f"The seed must lie in 0 .. 2**31 - 1, not {self.seed}.")
        for what, table in (("tolerance", self.tolerance), ("weight", self.weights or _NOTHING)):
            for stage, number in table.items():
                if isinstance(number, bool) or not isinstance(number, int) or number < 0:
                    raise EngineError(
                        f"The {what} of stage {stage!r} must be a whole number, not {number!r}."
                    )
