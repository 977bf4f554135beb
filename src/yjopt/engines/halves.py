"""A basis for the relaxation that guides, put together from those of its two halves.

What the first stages hang on and what comes after them share few rows. Each half by itself is solved in a part of the
time that the whole takes; and where the dual method begins with both bases, it has little left to do (initial bases:
Bixby, 1992, doi:10.1287/ijoc.4.3.267).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from yjopt.engines.fixing import Plan
from yjopt.engines.later_stages import with_closer_entries
from yjopt.engines.relaxation import AT_LOWER, BASIC, Relaxation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from yjopt.engines.relaxation import Statuses
    from yjopt.engines.subproblem import Subproblem
    from yjopt.model.mip import BoolArray, FloatArray, IntArray, Mip


class Half(NamedTuple):
    """A part of a model, to be relaxed by itself.

    Attributes
    ----------
    mip : Mip
    columns, rows : int64 arrays
        Of the whole.
    """

    mip: Mip
    columns: IntArray
    rows: IntArray


class SolvedHalf(NamedTuple):
    """What came of it.

    Attributes
    ----------
    columns, rows : int64 arrays
        Of the whole.
    values : float64[columns of the half] or None
        None where it was not solved in time.
    duals : float64[rows of the half] or None
        Those of the cost that prices, where one was given and there was time.
    basis : Statuses or None
        None too where it took next to nothing.
    seconds : float
        That it took.
    """

    columns: IntArray
    rows: IntArray
    values: FloatArray | None
    duals: FloatArray | None
    basis: Statuses | None
    seconds: float


def tied(mip: Mip, free: BoolArray) -> float:
    """The share of rows in which columns stand with others that are not of their kind."""
    of_entry = np.repeat(free, np.diff(mip.matrix.indptr))
    inside = np.bincount(mip.matrix.indices[of_entry], minlength=mip.num_rows)
    outside = np.bincount(mip.matrix.indices[~of_entry], minlength=mip.num_rows)
    return float(((inside > 0) & (outside > 0)).sum()) / max(mip.num_rows, 1)


def first_half(sub: Subproblem) -> Half:
    """What the first stages hang on."""
    return Half(sub.mip, sub.columns, sub.rows)


def later_half(mip: Mip, x: IntArray, free: BoolArray, whole: BoolArray) -> Half:
    """What is decided after them, with all else as in a plan.

    Where some columns are to be whole its entries are closer, as they are when it is decided anew from its basis.
    """
    cut = Plan(mip, x).cut(np.flatnonzero(free))
    return Half(with_closer_entries(cut.mip, whole[free]), cut.columns, cut.rows)


def relaxed_half(
    half: Half,
    cost: FloatArray,
    *,
    pricing: FloatArray | None = None,
    deadline: float,
    seed: int = 0,
    stop: Callable[[], bool] | None = None,
) -> SolvedHalf:
    """Solve the relaxation of a half.

    Parameters
    ----------
    half : Half
    cost : float64[columns of the whole]
    pricing : float64[columns of the half], optional
        Another cost, for the duals alone.
    deadline : float
        By `time.monotonic`.
    seed : int
        Of the solver.
    stop : callable, optional
        Asked while the solver runs; where it answers True it ends as at the deadline.
    """
    began = time.monotonic()
    with Relaxation(half.mip, seed, stop) as relaxation:
        found = relaxation.minimise(cost[half.columns], deadline=deadline)
        basis, seconds = relaxation.basis, time.monotonic() - began
        if not found.optimal:
            return SolvedHalf(half.columns, half.rows, None, None, None, seconds)
        prices = found if pricing is None else relaxation.minimise(pricing, deadline=deadline)
    duals = prices.duals if prices.optimal else None
    return SolvedHalf(half.columns, half.rows, found.values, duals, basis, seconds)


def basis_of(mip: Mip, halves: Iterable[SolvedHalf]) -> Statuses | None:
    """A basis of the whole, as near as those of its halves come to one; None where there are none.

    A row of both is tight where either says so.
    """
    columns = np.full(mip.num_columns, AT_LOWER, dtype=np.uint8)
    rows = np.full(mip.num_rows, BASIC, dtype=np.uint8)
    known = False
    for half in halves:
        if half.basis is None:
            continue
        known = True
        size = len(half.columns)
        columns[half.columns] = half.basis[:size]
        tight = half.basis[size:] != BASIC
        rows[half.rows[tight]] = half.basis[size:][tight]
    return np.concatenate([columns, rows]) if known else None
