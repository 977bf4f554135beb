"""Independent parts of a model: connected components of the graph of rows and columns.

Parts that share no column can be solved one after the other, stage by stage,
and their values and bounds add up (definition 20). Tiny ones are solved
together, because a call to a solver costs more than they do.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from yjopt.model.mip import BoolArray, IntArray, Mip

ALONE = 500
"""Columns from which a component is solved by itself."""

BATCH = 2000
"""Columns up to which smaller components are put together."""

NEARLY_ALL = 0.9
"""A neighbourhood with more than this share of the columns is no neighbourhood."""


@dataclass(frozen=True, eq=False)
class Part:
    """Columns and rows, sorted, that touch no others."""

    columns: IntArray
    rows: IntArray


@dataclass(frozen=True, eq=False)
class Split:
    """A model taken apart.

    Attributes
    ----------
    parts : tuple of Part
        Smallest first.
    free : int64 array
        Columns that stand in no row.
    bare : int64 array
        Rows without any column.
    components : int
        Connected components with at least one row and one column.
    """

    parts: tuple[Part, ...]
    free: IntArray
    bare: IntArray
    components: int


def split(mip: Mip, *, alone: int = ALONE, batch: int = BATCH) -> Split:
    """Take a model apart into independent parts.

    Parameters
    ----------
    mip : Mip
    alone : int
        Columns from which a component is a part by itself.
    batch : int
        Smaller components are put together up to about this many columns.
    """
    rows = mip.num_rows
    starts = np.diff(mip.matrix.indptr)
    in_row = np.zeros(rows, dtype=np.bool_)
    in_row[mip.matrix.indices] = True
    free, bare = np.flatnonzero(starts == 0), np.flatnonzero(~in_row)
    if not mip.num_nonzeros:
        return Split((), free, bare, 0)
    label = _connected(mip, np.ones(mip.num_nonzeros, dtype=np.bool_))
    used_columns = np.flatnonzero(starts > 0)
    names, of_column = np.unique(label[rows:][used_columns], return_inverse=True)
    group = _grouped(np.bincount(of_column), alone, batch)
    used_rows = np.flatnonzero(in_row)
    of_row = np.searchsorted(names, label[:rows][used_rows])
    column_parts = _gather(used_columns, group[of_column])
    row_parts = _gather(used_rows, group[of_row])
    parts = [Part(c, r) for c, r in zip(column_parts, row_parts, strict=True)]
    return Split(tuple(sorted(parts, key=lambda part: len(part.columns))), free, bare, len(names))


def between(mip: Mip, x: IntArray, y: IntArray) -> Mip:
    """The model with every column kept between its values in two vectors."""
    return dataclasses.replace(
        mip, lower=np.minimum(x, y).astype(np.float64), upper=np.maximum(x, y).astype(np.float64)
    )


def neighbourhood(mip: Mip, x: IntArray, wanted: IntArray) -> Mip | None:
    """The model with everything fixed at `x` that has nothing to do with some columns.

    Without the coupling rows a model falls apart into what it is made of. Free
    are the parts that hold a wanted column, and the columns that stand in
    coupling rows only; all else is fixed.

    Parameters
    ----------
    mip : Mip
    x : int64[columns]
        The plan at hand.
    wanted : int64 array
        Columns that are to change.

    Returns
    -------
    Mip or None
        None where that would be nearly the whole model, or nothing.
    """
    coupling = np.zeros(mip.num_rows, dtype=np.bool_)
    for block in mip.row_blocks:
        coupling[block.start : block.stop] = block.coupling
    inner = ~coupling[mip.matrix.indices]
    label = _connected(mip, inner)[mip.num_rows :]
    column = np.repeat(np.arange(mip.num_columns), np.diff(mip.matrix.indptr))
    stands = np.zeros(mip.num_columns, dtype=np.bool_)
    stands[column[inner]] = True
    free = np.isin(label, label[wanted]) | ~stands
    if not len(wanted) or free.mean() > NEARLY_ALL:
        return None
    lower, upper = np.where(free, mip.lower, x), np.where(free, mip.upper, x)
    return dataclasses.replace(mip, lower=lower, upper=upper)


def _connected(mip: Mip, used: BoolArray) -> IntArray:
    """Component of each row, then of each column, in the graph of the used entries."""
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    rows, columns = mip.matrix.shape
    # One node per row, then one per column; an edge per entry.
    column = rows + np.repeat(np.arange(columns), np.diff(mip.matrix.indptr))
    edges = (mip.matrix.indices[used].astype(np.int64), column[used])
    ones = np.ones(len(edges[0]), dtype=np.int8)
    graph = sparse.coo_array((ones, edges), shape=(rows + columns, rows + columns)).tocsr()
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def cheaper_bounds(mip: Mip, columns: IntArray) -> IntArray:
    """Lexicographically best values of columns that stand in no row.

    The first stage in which a column has a cost decides; without any, the lower bound.
    """
    direction = np.zeros(mip.num_columns, dtype=np.int64)
    for stage in reversed(mip.stages):
        direction[stage.columns] = np.sign(stage.coefficients)
    chosen = np.where(direction < 0, mip.upper, mip.lower)[columns]
    return np.asarray(chosen, dtype=np.int64)


def _grouped(sizes: IntArray, alone: int, batch: int) -> IntArray:
    """Number of the part of each component, parts from 0 without gaps."""
    small = sizes < alone
    # Running sums cut into equal lengths: in order, so that the same model is split the same way.
    running = np.cumsum(np.where(small, sizes, 0)) // batch
    key = np.where(small, running, running.max(initial=0) + 1 + np.arange(len(sizes)))
    return np.unique(key, return_inverse=True)[1]


def _gather(numbers: IntArray, part: IntArray) -> list[IntArray]:
    order = np.argsort(part, kind="stable")
    ends = np.cumsum(np.bincount(part))[:-1]
    return [np.asarray(piece) for piece in np.split(numbers[order], ends)]
