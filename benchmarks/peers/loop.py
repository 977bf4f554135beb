"""The plain loop of an analyst: stage after stage, each held while later ones are minimised."""

from __future__ import annotations

import json
import math
import time
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from benchmarks.peers.problem import IntArray, Problem, ProblemStage

#: A solver's bound is believed to this share of itself.
BOUND_TOLERANCE = 1e-9
#: Stages are not begun with fewer seconds left.
LEAST_SECONDS = 0.05


@dataclass(frozen=True)
class Target:
    """What a peer has to reach in a stage, in quanta.

    Parameters
    ----------
    value : int
        Value that yjopt has reached.
    value_slack : int
        By how much the peer's value may be worse: the gap that was asked for, times the stage's scale.
    bound_slack : int
        How far the peer's bound may be from its value: that gap, or yjopt's own where yjopt did not reach it.
    """

    value: int
    value_slack: int
    bound_slack: int

    def is_reached(self, value: int | None, bound: int | None) -> bool:
        """Whether a value and a bound are as good as yjopt's."""
        return (
            value is not None
            and bound is not None
            and value <= self.value + self.value_slack
            and value - bound <= self.bound_slack
        )


class Log:
    """Events of a peer as lines of JSON, and its vectors as files beside them."""

    def __init__(self, folder: Path, stream: IO[str]) -> None:
        self._folder, self._stream = folder, stream
        self._began = time.perf_counter()
        self._vectors = 0

    @property
    def seconds(self) -> float:
        """Seconds since the search began."""
        return time.perf_counter() - self._began

    def restart_clock(self) -> None:
        """Count from now: the model is built and the search begins."""
        self._began = time.perf_counter()

    def write(self, kind: str, **facts: Any) -> None:
        """One line, at once on the disk: a process that is killed has still said it."""
        facts = {"kind": kind, "seconds": round(self.seconds, 4)} | facts
        self._stream.write(json.dumps(facts) + "\n")
        self._stream.flush()

    def keep(self, x: IntArray) -> str:
        """Write a vector; the name of its file."""
        self._vectors += 1
        name = f"vector-{self._vectors:06d}.npy"
        np.save(self._folder / name, x)
        return name


@dataclass
class Ask:
    """One minimisation, as a solver's file sees it; it reports through `found` and `proved`.

    Costs are divided by what they have in common, and the stage's offset is left out.
    """

    problem: Problem
    stage: ProblemStage
    number: int
    limits: Sequence[tuple[ProblemStage, int]]
    start: IntArray
    seconds: float
    target: Target
    threads: int
    log: Log
    value: int | None = None
    bound: int | None = None
    x: IntArray | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def gap(self) -> float:
        """Absolute gap at which a solver may stop by itself, in the solver's units."""
        return min(self.target.value_slack, self.target.bound_slack) / self.stage.scale

    def cost(self) -> NDArray[np.float64]:
        """Costs of all columns."""
        costs = np.zeros(self.problem.num_columns)
        costs[self.stage.columns] = self.stage.coefficients / self.stage.scale
        return costs

    def rows_of_limits(self) -> list[tuple[IntArray, NDArray[np.float64], float]]:
        """Columns, entries and upper side of the rows that hold the earlier stages."""
        return [
            (held.columns, held.coefficients / held.scale, float((value - held.offset) // held.scale))
            for held, value in self.limits
        ]

    def found(self, vector: Any, *, seconds: float | None = None) -> None:
        """Take a solution of the solver, rounded, if it then keeps every row; the judge looks again afterwards."""
        x = np.rint(np.asarray(vector, dtype=np.float64)).astype(np.int64)
        value = self.stage.value(x)
        if self.value is not None and value >= self.value:
            return
        if not self.problem.is_plan(x) or any(held.value(x) > most for held, most in self.limits):
            self.log.write("rejected", stage=self.number, value=value, bound=self.bound)
            return
        self.x, self.value = x, value
        facts = {} if seconds is None else {"seconds": round(seconds, 4)}
        self.log.write(
            "incumbent", stage=self.number, value=value, bound=self.bound, vector=self.log.keep(x), **facts
        )

    def proved(self, bound: float, *, seconds: float | None = None) -> None:
        """Take a lower bound of the solver, in its units."""
        if not math.isfinite(bound) or abs(bound) > 1e18:
            return
        whole = math.ceil(bound - BOUND_TOLERANCE * max(1.0, abs(bound)) - 1e-6)
        quanta = whole * self.stage.scale + self.stage.offset
        if self.bound is None or quanta > self.bound:
            self.bound = quanta
            facts = {} if seconds is None else {"seconds": round(seconds, 4)}
            self.log.write("bound", stage=self.number, value=self.value, bound=quanta, **facts)

    def is_enough(self) -> bool:
        """Whether the target is reached."""
        return self.target.is_reached(self.value, self.bound)


class Solver(Protocol):
    """A solver with the matrix in it."""

    #: Whether it finds plans, or bounds alone.
    finds_plans: bool

    def __init__(self, problem: Problem, threads: int) -> None: ...

    def minimise(self, ask: Ask) -> None:
        """Search until the target is reached, the gap closed or the time gone."""


def run(
    solver: Solver, problem: Problem, targets: Sequence[Target], limit: float, threads: int, log: Log
) -> None:
    """Minimise the stages in order.

    A stage is held at yjopt's value, or at the peer's own where that is the worse: both plans stay plans, so that
    nothing is asked of a peer that yjopt has not done.
    """
    log.restart_clock()
    x, held = problem.start, []
    for number, (stage, target) in enumerate(zip(problem.stages, targets, strict=True)):
        left = limit - log.seconds
        ask = Ask(problem, stage, number, tuple(held), x, left, target, threads, log)
        ask.value, ask.bound = stage.value(x), stage.least(problem.lower, problem.upper)
        if not solver.finds_plans:
            # The plan is yjopt's: what is asked for is the bound alone.
            ask.value = target.value
        log.write("begins", stage=number, value=ask.value, bound=ask.bound)
        if not ask.is_enough() and left > LEAST_SECONDS:
            solver.minimise(ask)
        if ask.x is not None:
            x = ask.x
        log.write("stage", stage=number, value=ask.value, bound=ask.bound, notes=ask.notes)
        if len(stage.columns):
            own = stage.value(x) if solver.finds_plans else target.value
            held.append((stage, max(own, target.value)))
    log.write("done")
