"""The best exact vector and bound of one minimisation, and the scaling of its cost."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.engines.engine import trivial_bound
from yjopt.errors import EngineError
from yjopt.model.mip import EXACT_LIMIT, Stage

if TYPE_CHECKING:
    import numpy.typing as npt

    from yjopt.engines.engine import Limit, Progress
    from yjopt.engines.outcome import BoundProof
    from yjopt.model.mip import FloatArray, IntArray, Mip

MODERATE = 2.0**20
"""Largest coefficient handed to a solver in costs and limits."""

BOUND_TOLERANCE = 1e-6
"""Absolute error, in scaled quanta, that a solver's bound is forgiven before it is rounded up."""

BOUND_RELATIVE = 1e-10
"""Relative error that it is forgiven on top: sums of large terms in floating point."""

WIDE = 1e6
"""Column bounds beyond this make solvers err by more than rounding: with bounds of 1e9 HiGHS 1.15.1 has
called -5,265,395,385 the optimum of a programme with a plan at -5,265,395,422."""

BOUND_RELATIVE_WIDE = 1e-6
"""Relative error that a bound is forgiven in such models."""

ROW_TOLERANCE = 1e-6
"""Absolute error that solvers allow in a row."""


@dataclass(frozen=True, eq=False)
class Scaled:
    """Integer coefficients divided by their common divisor and brought to moderate size.

    ``coefficients / divisor * factor`` is what a solver sees; `factor` is a
    power of two, so nothing is lost to rounding.
    """

    values: FloatArray
    divisor: int
    factor: float

    @classmethod
    def of(cls, coefficients: IntArray) -> Scaled:
        """Scale the coefficients; all zeros stay as they are."""
        divisor = int(np.gcd.reduce(coefficients)) if len(coefficients) else 0
        divisor = divisor or 1
        reduced = coefficients // divisor
        largest = float(np.abs(reduced).max(initial=0))
        factor = 2.0 ** min(0, math.floor(math.log2(MODERATE / largest))) if largest else 1.0
        return cls(reduced.astype(np.float64) * factor, divisor, factor)

    def bound(self, bound: float, relative: float = BOUND_RELATIVE) -> int:
        """The least whole number of quanta that a solver's bound, with its relative error, allows."""
        plain = bound / self.factor
        return math.ceil(plain - BOUND_TOLERANCE - relative * abs(plain)) * self.divisor

    def upper(self, upper: int) -> float:
        """Upper side of a row of these coefficients: half a quantum of air, as values are whole."""
        return (upper // self.divisor + 0.5) * self.factor - ROW_TOLERANCE


class Search:
    """Keeps the best vector that holds exactly, and the best bound.

    Parameters
    ----------
    mip : Mip
    cost : int64[columns]
    limits : tuple of Limit
    start : int64[columns] or None
        Checked exactly.
    progress : callable or None
        Told of improvements.

    Raises
    ------
    EngineError
        If the start breaks a row, a bound or a limit, or costs are too large.
    """

    def __init__(
        self,
        mip: Mip,
        cost: IntArray,
        limits: tuple[Limit, ...],
        start: IntArray | None,
        progress: Progress | None,
    ) -> None:
        if np.abs(cost).max(initial=0) > EXACT_LIMIT:
            raise EngineError("A cost is beyond 2**53; choose larger quanta or smaller weights.")
        self.mip = mip
        self.cost = cost
        self.limits = limits
        self.scaled = Scaled.of(cost)
        self.x: IntArray | None = None
        self.value: int | None = None
        self.bound = trivial_bound(mip, cost)
        self.bound_proof: BoundProof = "trivial"
        self.rough: npt.NDArray[np.float64] | None = None
        self._used = np.flatnonzero(cost)
        self._stage = Stage("", self._used, cost[self._used])
        widest = max(np.abs(mip.lower).max(initial=0.0), np.abs(mip.upper).max(initial=0.0))
        self._error = BOUND_RELATIVE if widest <= WIDE else BOUND_RELATIVE_WIDE
        self._progress: Progress | None = None
        if start is not None and not self.consider(start.astype(np.float64)):
            raise EngineError(f"The start vector is no plan: it breaks {_broken(mip, limits, start)}.")
        self._progress = progress

    def closed(self) -> bool:
        """Whether the vector is proven best."""
        return self.value is not None and self.value - self.bound < 1

    def consider(self, x: npt.NDArray[np.float64]) -> bool:
        """Round a vector and keep it if it is better; whether the rounded one holds exactly."""
        if not np.isfinite(x).all() or np.abs(x).max(initial=0.0) > EXACT_LIMIT:
            return False
        whole = np.rint(x).astype(np.int64)
        value = self._stage.value(whole)
        if not (self.mip.is_feasible(whole) and all(limit.holds(whole) for limit in self.limits)):
            if self.value is None or value < self.value:
                self.rough = x
            return False
        if self.value is None or value < self.value:
            self.x, self.value = whole, value
            self.rough = None
            self._tell("incumbent")
        return True

    def raise_bound(self, bound: float) -> None:
        """Take a solver's bound, in the units of the scaled cost, where it beats the one known."""
        if math.isfinite(bound):
            quanta = self.scaled.bound(bound, self._error)
            if quanta > self.bound:
                self.bound, self.bound_proof = quanta, "solver"
                self._tell("bound")

    def settle_bound(self) -> None:
        """Withdraw a bound above the value: an exact vector refutes it."""
        if self.value is not None and self.bound > self.value:
            slack = 1e-6 * abs(self.value) + self.scaled.divisor
            if self.bound - self.value <= slack:
                self.bound = self.value
            else:
                self.bound, self.bound_proof = trivial_bound(self.mip, self.cost), "trivial"

    def _tell(self, what: str) -> None:
        if self._progress is not None:
            self._progress("incumbent" if what == "incumbent" else "bound", self.value, self.bound)


def _broken(mip: Mip, limits: tuple[Limit, ...], x: IntArray) -> str:
    broken = mip.violations(x) + mip.bound_violations(x)
    if broken:
        first = broken[0]
        return f"{len(broken)} rows or bounds, first {first.block!r} at {first.offset} by {first.amount}"
    return f"{sum(not limit.holds(x) for limit in limits)} of the {len(limits)} earlier stages"
