"""A vector that breaks rows, mended where it breaks them: a small programme cut out of the matrix.

What was carried over from an earlier plan fits nearly everywhere. Only the columns around broken rows, and around
needs that something changed for, are decided anew; all others keep their values.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from yjopt.engines.lexicographic import solve
from yjopt.engines.params import Params
from yjopt.model.mip import Mip, Stage, canonical
from yjopt.model.names import STAGE_GOODS, STAGE_HARD, STAGE_PEOPLE, STAGE_RULES

if TYPE_CHECKING:
    from yjopt.model.mip import BoolArray, IntArray

#: Rows of more entries than this hand on to implied columns only: a stock that hundreds ship from is not opened whole.
WIDE: Final = 40
#: Steps from row to row around what is broken, tried one after the other.
REACHES: Final = (2, 4, 8)
#: Above this share of the columns of a matrix of any size a cut-out is no cut-out.
LARGEST_SHARE: Final = 0.5
SMALL: Final = 2_000
#: Stages that a small programme is solved for one by one, beside the later ones together.
FIRST_STAGES: Final = (STAGE_HARD, STAGE_RULES, STAGE_PEOPLE, STAGE_GOODS)
#: How much a later stage weighs against the next one, and how finely costs within one are told apart.
BETWEEN: Final = 8
FINENESS: Final = 1_000
#: Less time than this is not worth beginning with.
LEAST_SECONDS: Final = 0.05


def broken_rows(mip: Mip, x: IntArray) -> IntArray:
    """Rows that a vector breaks, or that hold a column out of bounds."""
    activity = mip.matrix @ x
    broken = (activity > mip.row_upper) | (activity < mip.row_lower)
    out = np.flatnonzero((x < mip.lower) | (x > mip.upper))
    broken[mip.matrix[:, out].indices] = True
    return np.flatnonzero(broken)


def mended(mip: Mip, x: IntArray, rows: IntArray, deadline: float) -> IntArray | None:
    """The vector with columns around some rows decided anew, stage by stage.

    Parameters
    ----------
    mip : Mip
    x : int64 array, shape (columns,)
        Decisions and what follows from them.
    rows : int64 array
        Rows to begin from: all that are broken, and those where something is to be bettered.
    deadline : float
        By `time.monotonic`.

    Returns
    -------
    int64 array or None
        A vector that keeps every row; None where none was found near `x` in time.
    """
    out = (x < mip.lower) | (x > mip.upper)
    for reach in REACHES:
        free = around(mip, rows, reach) | out
        left = deadline - time.monotonic()
        is_whole = mip.num_columns > SMALL and free.mean() > LARGEST_SHARE
        if is_whole or left < LEAST_SECONDS:
            return None
        found = decided(mip, x, np.flatnonzero(free), left)
        if found is not None:
            return found
    return None


def around(mip: Mip, rows: IntArray, reach: int) -> BoolArray:
    """Columns within some steps of rows, with all implied columns that hang together with them.

    A step leads from a row to its columns, and from a column to its rows; through wide rows only to implied columns.
    """
    by_row, by_column = mip.matrix.tocsr(), mip.matrix
    wide = np.diff(by_row.indptr) > WIDE
    free = np.zeros(mip.num_columns, dtype=np.bool_)
    seen = np.zeros(mip.num_rows, dtype=np.bool_)
    front, step = rows, 0
    while len(front):
        seen[front] = True
        narrow = front[~wide[front]]
        columns = by_row[front].indices
        columns = columns[~mip.integer[columns]]
        if step < reach:
            columns = np.concatenate([columns, by_row[narrow].indices])
        columns = np.unique(columns[~free[columns]])
        free[columns] = True
        front = np.unique(by_column[:, columns].indices)
        front = front[~seen[front]]
        step += 1
    return free


def decided(mip: Mip, x: IntArray, free: IntArray, seconds: float, gap: float = 1e-6) -> IntArray | None:
    """The best values of some columns, all others as they are; None if there are none, or none were found."""
    part = cut_out(mip, x, free)
    part = replace(part, stages=_few(part.stages))
    start = x[free]
    params = Params(gap=gap, time_limit=seconds)
    outcome = solve(part, params, start if part.is_feasible(start) else None)
    if outcome.x is None:
        return None
    result = x.copy()
    result[free] = outcome.x
    return result if mip.is_feasible(result) else None


def _few(stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
    """Stages of rules, people and goods as they are, and all after them in one, each far above the next.

    A small programme is solved in a moment; asking for it costs as much, stage by stage.
    """
    first = [stage for stage in stages if stage.name in FIRST_STAGES]
    later = [stage for stage in stages if stage.name not in FIRST_STAGES and len(stage.columns)]
    if len(later) < 2:
        return stages
    columns = np.concatenate([stage.columns for stage in later])
    rank = np.arange(len(later))[::-1]
    cost = np.concatenate(
        [
            np.rint(stage.coefficients / np.abs(stage.coefficients).max() * FINENESS * BETWEEN**above)
            for stage, above in zip(later, rank.tolist(), strict=True)
        ]
    )
    number, at = np.unique(columns, return_inverse=True)
    total = np.bincount(at, cost).astype(np.int64)
    return (*first, Stage("later", number, total))


def cut_out(
    mip: Mip, x: IntArray, free: IntArray, lower: IntArray | None = None, upper: IntArray | None = None
) -> Mip:
    """The programme of some columns with all others fixed.

    Parameters
    ----------
    mip : Mip
    x : int64 array, shape (columns,)
    free : int64 array
        Columns that stay, ascending.
    lower, upper : int64 array, shape (free columns,), optional
        Closer bounds.

    Returns
    -------
    Mip
        The rows that hold a free column; stages count the fixed columns in their offsets.
    """
    from scipy import sparse

    fixed = x.copy()
    fixed[free] = 0
    used = mip.matrix[:, free].tocsr()
    row = np.flatnonzero(np.diff(used.indptr))
    activity = (mip.matrix @ fixed)[row]
    matrix: Any = canonical(sparse.csc_array(used[row]))
    return Mip(
        matrix=matrix,
        row_lower=mip.row_lower[row] - activity,
        row_upper=mip.row_upper[row] - activity,
        lower=mip.lower[free] if lower is None else lower.astype(np.float64),
        upper=mip.upper[free] if upper is None else upper.astype(np.float64),
        integer=mip.integer[free],
        stages=tuple(_part_of(stage, fixed, free) for stage in mip.stages),
        column_blocks=(),
        row_blocks=(),
    )


def _part_of(stage: Stage, fixed: IntArray, free: IntArray) -> Stage:
    at = np.searchsorted(free, stage.columns)
    at[at == len(free)] = 0
    kept = free[at] == stage.columns if len(free) else np.zeros(len(at), dtype=np.bool_)
    return Stage(stage.name, at[kept], stage.coefficients[kept], stage.value(fixed), stage.unit)
