"""Columns that hang together: grown from a seed through the rows, row by row.

The matrix is read as a graph of rows and columns. A region is what lies within
a few steps of a seed, over columns that matter (those a plan or a relaxation
uses) and not through rows that touch very much of the model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from yjopt.model.mip import BoolArray, IntArray, Mip

SHORT = 12
"""A row of up to so many columns comes into a region whole: it is one choice, its parts mean nothing alone."""

AT_A_TIME = 40
"""Columns that a longer row brings into a region at most, drawn anew each time."""

BROAD = 1000
"""A row of more columns leads nowhere: it stands for a budget of the whole, not for what lies near."""

OVERFLOW = 1.5
"""A region may outgrow its size by so much, to take in what stands in its rows only."""


class Neighbours:
    """The graph of rows and columns, made once per model.

    Parameters
    ----------
    mip : Mip
    """

    def __init__(self, mip: Mip) -> None:
        by_rows = mip.matrix.tocsr()
        self._row_starts = by_rows.indptr.astype(np.int64)
        self._of_row = by_rows.indices
        self._column_starts = mip.matrix.indptr.astype(np.int64)
        self._of_column = mip.matrix.indices
        self._row_sizes = np.diff(self._row_starts)
        self._column_sizes = np.diff(self._column_starts)
        self._implied = ~mip.integer
        self._movable = mip.lower < mip.upper
        self.num_rows, self.num_columns = mip.num_rows, mip.num_columns
        self.movable = np.flatnonzero(self._movable)

    def rows_of(self, columns: IntArray) -> IntArray:
        """The rows in which some columns stand, sorted."""
        return np.unique(self._of_column[ranges(self._column_starts, columns)]).astype(np.int64)

    def columns_of(self, rows: IntArray) -> IntArray:
        """The columns that stand in some rows, sorted."""
        return np.unique(self._of_row[ranges(self._row_starts, rows)]).astype(np.int64)

    def grow(
        self,
        seeds: IntArray,
        matters: BoolArray,
        size: int,
        random: np.random.Generator,
        shut: BoolArray | None = None,
        binding: BoolArray | None = None,
    ) -> IntArray:
        """The columns around some seeds.

        Parameters
        ----------
        seeds : int64 array
            Columns to begin from.
        matters : bool[columns]
            Columns worth following through rows that are not short.
        size : int
            About how many columns are wanted.
        random : numpy.random.Generator
            Draws which rows and columns come first.
        shut : bool[columns], optional
            Columns to keep out.
        binding : bool[rows], optional
            Rows that are in the way of their columns. Others are not followed: what stands in them may move alone.
            The seeds' own rows always are.

        Returns
        -------
        int64 array
            Sorted; columns that cannot move are left out.
        """
        may = self._movable if shut is None else self._movable & ~shut
        inside = np.zeros(self.num_columns, dtype=np.bool_)
        reached = np.zeros(self.num_rows, dtype=np.bool_)
        inside[seeds] = True
        leads = self._row_sizes <= BROAD
        if binding is not None:
            leads &= binding
            own = self.rows_of(seeds)
            leads[own] = self._row_sizes[own] <= BROAD
        count, new = len(seeds), seeds
        while len(new):
            rows = self.rows_of(new)
            rows = rows[~reached[rows]]
            reached[rows] = True
            rows = random.permutation(rows[leads[rows]])
            new = self._step(rows, may & ~inside, matters, size - count, random)
            inside[new] = True
            count += len(new)
        rows = self.rows_of(np.flatnonzero(inside))
        self._fill(rows, inside, may, int(OVERFLOW * size) - count, random)
        return np.flatnonzero(inside)

    def _step(
        self, rows: IntArray, may: BoolArray, matters: BoolArray, left: int, random: np.random.Generator
    ) -> IntArray:
        """New columns of some rows, whole rows at a time in their order, up to about the number left."""
        if left <= 0 or not len(rows):
            return np.zeros(0, dtype=np.int64)
        columns = self._of_row[ranges(self._row_starts, rows)]
        row = np.repeat(np.arange(len(rows)), self._row_sizes[rows])
        short = self._row_sizes[rows] <= SHORT
        keep = (matters[columns] | short[row]) & may[columns]
        columns, row = columns[keep], row[keep]
        order = np.lexsort((random.random(len(row)), row))
        columns, row = columns[order], row[order]
        first = np.searchsorted(row, np.arange(len(rows)))
        rank = np.arange(len(row)) - first[row]
        columns = columns[rank < AT_A_TIME]
        # The first time that each column comes up counts, so that the earlier rows stay whole.
        unique, at = np.unique(columns, return_index=True)
        return unique[np.argsort(at)][:left].astype(np.int64)

    def _fill(
        self, rows: IntArray, inside: BoolArray, may: BoolArray, left: int, random: np.random.Generator
    ) -> None:
        """Take in columns that stand in these rows only: all implied ones, of the others as many as are left."""
        touched = np.zeros(self.num_rows + 1, dtype=np.int64)
        touched[rows] = 1
        columns = self.columns_of(rows[self._row_sizes[rows] <= BROAD])
        columns = columns[may[columns] & ~inside[columns]]
        entries = touched[self._of_column[ranges(self._column_starts, columns)]]
        ends = np.cumsum(self._column_sizes[columns])
        sums = np.concatenate([[0], np.cumsum(entries)])
        within = sums[ends] - sums[ends - self._column_sizes[columns]] == self._column_sizes[columns]
        columns = columns[within]
        implied = self._implied[columns]
        inside[columns[implied]] = True
        others = columns[~implied]
        if left > 0 and len(others):
            inside[random.permutation(others)[:left]] = True


def ranges(starts: IntArray, chosen: IntArray) -> IntArray:
    """Positions of all entries of some rows (or columns) of a compressed matrix, one after the other."""
    sizes = starts[chosen + 1] - starts[chosen]
    before = np.cumsum(sizes) - sizes
    return np.repeat(starts[chosen] - before, sizes) + np.arange(int(sizes.sum()))
