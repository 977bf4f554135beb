"""What every engine can do: minimise one objective of a Mip from a start, before a deadline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np

from yjopt.model.mip import Stage

if TYPE_CHECKING:
    from yjopt.engines.outcome import BoundProof, StoppedBy
    from yjopt.model.mip import IntArray, Mip

Progress = Callable[[Literal["incumbent", "bound"], int | None, int | None], None]
"""Called with what improved, the best value and the best bound, in quanta."""


@dataclass(frozen=True, eq=False)
class Limit:
    """An extra row ``sum(coefficients * x[columns]) <= upper`` in integers: an earlier stage held."""

    columns: IntArray
    coefficients: IntArray
    upper: int

    def holds(self, x: IntArray) -> bool:
        """Whether the integer vector `x` keeps the limit, exactly."""
        return Stage("", self.columns, self.coefficients).value(x) <= self.upper


@dataclass(frozen=True, eq=False)
class SingleOutcome:
    """Answer to one minimisation.

    Attributes
    ----------
    x : int64[columns] or None
        Best vector that keeps every bound, row and limit exactly.
    value : int or None
        Its cost.
    bound : int or None
        Proven lower bound of the cost, in quanta.
    bound_proof : {"certificate", "solver", "trivial", "none"}
    stopped_by : StoppedBy
    infeasible : bool
        Proven, by two settings, that no vector exists.
    detail : str
        One sentence on what went wrong; "" when nothing did.
    """

    x: IntArray | None
    value: int | None
    bound: int | None
    bound_proof: BoundProof
    stopped_by: StoppedBy
    infeasible: bool = False
    detail: str = ""


class Engine(Protocol):
    """Anything that minimises one integer objective over a Mip."""

    def minimise(
        self,
        mip: Mip,
        cost: IntArray,
        *,
        limits: tuple[Limit, ...] = (),
        start: IntArray | None = None,
        gap: float = 0.0,
        deadline: float,
        on_progress: Progress | None = None,
    ) -> SingleOutcome:
        """Minimise ``cost @ x``.

        Parameters
        ----------
        mip : Mip
        cost : int64[columns]
        limits : tuple of Limit
            Extra rows, the earlier stages held.
        start : int64[columns], optional
            A vector known to keep everything; the answer is never worse.
        gap : float
            Relative gap at which to stop.
        deadline : float
            On the clock of `time.monotonic`.
        on_progress : callable, optional
            Told of better vectors and bounds.
        """
        ...


def trivial_bound(mip: Mip, cost: IntArray) -> int:
    """Bound of ``cost @ x`` from the column bounds alone: each column at its cheaper bound."""
    used = np.flatnonzero(cost)
    stage = Stage("", used, cost[used])
    return stage.value(np.where(cost > 0, mip.lower, mip.upper).astype(np.int64))
