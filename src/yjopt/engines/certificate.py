"""Lower bounds that anyone can check: multipliers in integers, re-evaluated in integers, no solver believed.

For any multipliers y of the rows, positive ones for lower sides and negative ones for upper sides,

    min { c x : row_lower <= A x <= row_upper, lower <= x <= upper }
        >= sum_i (y_i > 0 ? y_i row_lower_i : y_i row_upper_i) + sum_j min over the box of (c - A'y)_j x_j,

the Lagrangian bound (Geoffrion, 1974, doi:10.1007/BFb0120690). It holds whatever y is, so y may come from
a solver in floating point that has erred: a bad y makes the bound weak, never wrong. As x is whole, a row's
activity is a multiple of the common divisor of its entries, so its sides are first moved inwards to such.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from yjopt.engines.handover import row_divisors
from yjopt.errors import EngineError

if TYPE_CHECKING:
    import numpy.typing as npt

    from yjopt.engines.engine import Limit
    from yjopt.model.mip import FloatArray, IntArray, Mip

BITS = 60
"""Binary digits kept of the largest multiplier."""

FINEST = 200
"""The denominator is at most two to this power."""

ROOM = 61
"""Sums of products stay below two to this power, so that int64 holds them."""

AT_ONCE = 500_000
"""Columns evaluated together: Python's integers take ten times the room of a machine's."""


@dataclass(frozen=True, eq=False)
class Multipliers:
    """Multipliers of rows and limits, as integers over one denominator.

    Attributes
    ----------
    rows : int64[rows]
        Positive: presses on the lower side of the row; negative: on the upper side.
    limits : int64[limits]
        At most 0 where they count, as a limit has an upper side only.
    denominator : int
        The multipliers proper are these integers over it; at least 1.
    """

    rows: IntArray
    limits: IntArray
    denominator: int


def rounded(duals: FloatArray, limit_duals: FloatArray | None = None, bits: int = BITS) -> Multipliers:
    """Multipliers over a power of two that are next to the dual values of a solver.

    Parameters
    ----------
    duals : float64[rows]
        In cost per unit of the row. Values that are not finite count as 0.
    limit_duals : float64[limits], optional
        In cost per unit of the limit's own coefficients.
    bits : int
        Binary digits kept of the largest.
    """
    both = np.concatenate([duals, np.zeros(0) if limit_duals is None else limit_duals])
    both = np.where(np.isfinite(both), both, 0.0)
    _, exponent = math.frexp(np.abs(both).max(initial=0.0))
    shift = int(np.clip(bits - exponent, 0, FINEST))
    # A multiplier beyond the digits of int64 can only be nonsense: it is cut to the largest that is held.
    whole = np.rint(np.clip(np.ldexp(both, shift), -(2.0**62), 2.0**62)).astype(np.int64)
    return Multipliers(whole[: len(duals)], whole[len(duals) :], 1 << shift)


def certified_bound(
    mip: Mip, cost: IntArray, multipliers: Multipliers, limits: tuple[Limit, ...] = ()
) -> int:
    """Lower bound of ``cost @ x`` over every integer vector that keeps rows, bounds and limits.

    Parameters
    ----------
    mip : Mip
    cost : int64[columns]
        In quanta.
    multipliers : Multipliers
        Of any origin. One that presses on an infinite side counts as 0.
    limits : tuple of Limit
        Extra rows, as many as there are multipliers of limits.

    Returns
    -------
    int
        In quanta: the Lagrangian bound in exact arithmetic, rounded up to a value
        that integer vectors can have (a multiple of the common divisor of the costs).

    Raises
    ------
    EngineError
        If lengths do not fit or the denominator is not positive.
    """
    if (len(multipliers.rows), len(multipliers.limits)) != (mip.num_rows, len(limits)):
        raise EngineError(
            f"A certificate needs multipliers for {mip.num_rows} rows and {len(limits)} limits,"
            f" not for {len(multipliers.rows)} and {len(multipliers.limits)}."
        )
    if multipliers.denominator < 1 or len(cost) != mip.num_columns:
        raise EngineError(
            f"A certificate needs a cost for each of {mip.num_columns} columns and a denominator"
            f" of at least 1, not {len(cost)} costs and {multipliers.denominator}."
        )
    priced = _Priced(mip, cost, multipliers, limits)
    total = priced.constant
    for begin in range(0, mip.num_columns, AT_ONCE):
        here = slice(begin, min(begin + AT_ONCE, mip.num_columns))
        reduced = priced.reduced(here)
        total += _dot(reduced, np.where(reduced > 0, mip.lower[here], mip.upper[here]).astype(np.int64))
    quantum = _divisor(cost)
    return -(-total // (multipliers.denominator * quantum)) * quantum


def lagrangian(
    mip: Mip, cost: IntArray, multipliers: Multipliers, limits: tuple[Limit, ...] = ()
) -> tuple[int, npt.NDArray[Any]]:
    """What is left to minimise once rows are priced.

    Parameters
    ----------
    mip, cost, multipliers, limits
        As for `certified_bound`.

    Returns
    -------
    constant : int
    reduced : object[columns]
        Python integers. For every vector that keeps rows and limits ``constant + reduced @ x`` is at most
        ``denominator * cost @ x``.
    """
    priced = _Priced(mip, cost, multipliers, limits)
    return priced.constant, priced.reduced(slice(0, mip.num_columns))


class _Priced:
    """A model whose rows and limits are priced: a constant, and a cost of each column."""

    def __init__(self, mip: Mip, cost: IntArray, multipliers: Multipliers, limits: tuple[Limit, ...]) -> None:
        self._mip, self._cost, self._limits = mip, cost, limits
        self._denominator = multipliers.denominator
        # From here on numbers are Python integers in arrays: slower than int64, but nothing can overflow.
        self._rows = multipliers.rows.astype(object)
        positive = self._rows > 0
        side = np.where(positive, mip.row_lower, mip.row_upper)
        finite = np.isfinite(side)
        self._rows[~finite] = 0
        sides = _inwards(side[finite], row_divisors(mip)[finite], positive[finite])
        self._pressing: list[int] = [min(multiplier, 0) for multiplier in multipliers.limits.tolist()]
        held = zip(self._pressing, limits, strict=True)
        self.constant: int = _dot(self._rows[finite], sides)
        self.constant += sum(weight * reachable(limit) for weight, limit in held)

    def reduced(self, here: slice) -> npt.NDArray[Any]:
        """Costs of some columns less what their entries are worth."""
        own_cost = self._denominator * self._cost[here].astype(object)
        reduced: npt.NDArray[Any] = own_cost - _transposed(self._mip.matrix[:, here], self._rows)
        for weight, limit in zip(self._pressing, self._limits, strict=True):
            own = (limit.columns >= here.start) & (limit.columns < here.stop) & (weight != 0)
            np.subtract.at(
                reduced, limit.columns[own] - here.start, weight * limit.coefficients[own].astype(object)
            )
        return reduced


def reachable(limit: Limit) -> int:
    """The upper side of a limit moved down to a value that whole vectors can have."""
    divisor = _divisor(limit.coefficients)
    return limit.upper // divisor * divisor


def _divisor(coefficients: IntArray) -> int:
    return (int(np.gcd.reduce(coefficients)) if len(coefficients) else 0) or 1


def _inwards(side: FloatArray, divisor: IntArray, is_lower: npt.NDArray[Any]) -> IntArray:
    """Finite sides of rows moved inwards to multiples of the divisors: lower sides up, upper ones down."""
    sign = np.where(is_lower, -1, 1)
    return np.asarray(sign * (sign * side.astype(np.int64) // divisor * divisor))


def _dot(multipliers: npt.NDArray[Any], values: IntArray) -> int:
    return int(np.dot(multipliers, values.astype(object))) if len(values) else 0


def _transposed(matrix: Any, rows: npt.NDArray[Any], entries: IntArray | None = None) -> npt.NDArray[Any]:
    """``A' y`` exactly, for y of Python integers: sums in int64, as many binary digits of y at a time as fit."""
    from scipy import sparse

    entries = matrix.data.astype(np.int64) if entries is None else entries
    across = sparse.csr_array((entries, matrix.indices, matrix.indptr), shape=matrix.shape[::-1])
    largest = (abs(across.astype(np.float64)) @ np.ones(len(rows))).max(initial=0.0)
    room = ROOM - math.frexp(largest)[1]
    if room < 1:
        high = entries >> 31
        low = entries - (high << 31)
        return np.asarray((_transposed(matrix, rows, high) << 31) + _transposed(matrix, rows, low))
    total = np.zeros(across.shape[0], dtype=object)
    sign, left, shift = np.where(rows < 0, -1, 1), np.abs(rows), 0
    while left.any():
        digits = (left & ((1 << room) - 1)).astype(np.int64)
        total += (across @ (sign * digits)).astype(object) << shift
        left, shift = left >> room, shift + room
    return total
