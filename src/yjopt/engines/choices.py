"""Choices of a model: rows that say that exactly one of some columns is used, and what each of these takes.

Read from the matrix alone. A group goes to one of the sites that may take it or to none, a patient to one hospital: the
columns of such a row are its options, and the other rows in which they stand are the places that they share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.engines.neighbours import ranges

if TYPE_CHECKING:
    from yjopt.model.mip import BoolArray, IntArray, Mip

#: Rows that an option shares with others, at most; one with more is none.
MOST_ROWS: Final = 12


class Choices:
    """The choices of one model, made once.

    Parameters
    ----------
    mip : Mip

    Attributes
    ----------
    number : int
        How many choices there are.
    columns : int64[options]
        The columns that are options, in the order of `choice`.
    choice : int64[options]
        Number of the choice whose option it is.
    place : int64[options]
        Options that share the very same rows with others are at one place; -1 where it shares none.
    rows : int64[options, n]
        The rows shared with other options; where there are fewer than n, a row more than the model has.
    amounts : int64[options, n]
        What the option adds to them.
    own : int64 array
        Positions of the entries of options in rows in which no other option stands: they say only whether it may
        be used.
    own_option : int64 array
        The option of each.
    """

    def __init__(self, mip: Mip) -> None:
        starts, rows = mip.matrix.indptr.astype(np.int64), mip.matrix.indices
        is_choice = _choice_rows(mip)
        column = np.repeat(np.arange(mip.num_columns), np.diff(starts))
        at = np.flatnonzero(is_choice[rows])
        in_one = np.bincount(column[at], minlength=mip.num_columns) == 1
        columns = np.flatnonzero(in_one)
        shared = self._count(mip, columns, is_choice)[rows] > 1
        here = ranges(starts, columns)
        option = np.repeat(np.arange(len(columns)), np.diff(starts)[columns])
        is_shared = shared[here] & ~is_choice[rows[here]]
        few = np.bincount(option[is_shared], minlength=len(columns)) <= MOST_ROWS
        columns = columns[few]
        at = at[np.isin(column[at], columns)]
        # Every column now has one entry in a choice's row.
        kinds, choice = np.unique(rows[at], return_inverse=True)
        order = np.lexsort((columns, choice))
        self.number = len(kinds)
        self.columns, self.choice = columns[order].astype(np.int64), choice[order].astype(np.int64)
        here = ranges(starts, self.columns)
        option = np.repeat(np.arange(len(self.columns)), np.diff(starts)[self.columns])
        others = ~is_choice[rows[here]]
        self.own, self.own_option = here[others & ~shared[here]], option[others & ~shared[here]]
        self._share(mip, here[others & shared[here]], option[others & shared[here]])

    def _count(self, mip: Mip, columns: IntArray, is_choice: BoolArray) -> IntArray:
        """In how many columns of some each row stands, 0 for rows of choices."""
        here = ranges(mip.matrix.indptr.astype(np.int64), columns)
        count: IntArray = np.bincount(mip.matrix.indices[here], minlength=mip.num_rows)
        count[is_choice] = 0
        return count

    def _share(self, mip: Mip, at: IntArray, option: IntArray) -> None:
        """What options take of shared rows, from the positions of these entries."""
        size = np.bincount(option, minlength=len(self.columns))
        number = np.arange(len(at)) - np.repeat(np.cumsum(size) - size, size)
        width = int(size.max(initial=1))
        self.rows = np.full((len(self.columns), width), mip.num_rows, dtype=np.int64)
        self.amounts = np.zeros((len(self.columns), width), dtype=np.int64)
        self.rows[option, number] = mip.matrix.indices[at]
        self.amounts[option, number] = mip.matrix.data[at]
        self.place = np.full(len(self.columns), -1, dtype=np.int64)
        some = np.flatnonzero(size)
        if len(some):
            self.place[some] = np.unique(self.rows[some], axis=0, return_inverse=True)[1].ravel()


def _choice_rows(mip: Mip) -> BoolArray:
    """Rows over columns of 0 or 1 alone, without factors, of which exactly one is 1."""
    rows = mip.matrix.indices
    column = np.repeat(np.arange(mip.num_columns), np.diff(mip.matrix.indptr))
    is_binary = (mip.lower == 0) & (mip.upper == 1)
    plain = is_binary[column] & (mip.matrix.data == 1)
    size = np.bincount(rows, minlength=mip.num_rows)
    is_plain = np.bincount(rows[plain], minlength=mip.num_rows) == size
    return np.asarray((mip.row_lower == 1) & (mip.row_upper == 1) & is_plain & (size > 0))
