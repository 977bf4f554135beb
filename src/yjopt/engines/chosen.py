"""A plan while its choices change: what there is room for, and what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from yjopt.model.mip import EXACT_LIMIT

if TYPE_CHECKING:
    from yjopt.engines.choices import Choices
    from yjopt.model.mip import BoolArray, IntArray, Mip


class Chosen:
    """A plan while its choices change.

    Parameters
    ----------
    mip : Mip
    choices : Choices
        Its choices.
    x : int64[columns]
        A plan.
    cost : int64[columns]
        It is to cost less.
    shut : bool[columns], optional
        Columns that stay as they are.

    Attributes
    ----------
    choices : Choices
    cost : int64[options]
    now : int64[choices]
        The option that each choice has; -1 where it has none that is known.
    may : bool[options]
        Options that can be taken, as far as rows of their own go, of choices that can change.
    """

    def __init__(
        self, mip: Mip, choices: Choices, x: IntArray, cost: IntArray, shut: BoolArray | None = None
    ) -> None:
        self._mip, self.choices, self._x, self._costs = mip, choices, x, cost
        self._shut = np.zeros(len(x), dtype=np.bool_) if shut is None else shut
        self.cost = cost[choices.columns]
        activity = mip.matrix @ x
        # A row more than there is, for options that stand in fewer than others; it is never in the way.
        self._up, self._down = (
            np.append(np.clip(side, 0, EXACT_LIMIT), EXACT_LIMIT).astype(np.int64)
            for side in (mip.row_upper - activity, activity - mip.row_lower)
        )
        self._follows: tuple[IntArray, IntArray] | None = None
        used = np.flatnonzero(x[choices.columns] == 1)
        self.now = np.full(choices.number, -1, dtype=np.int64)
        self.now[choices.choice[used]] = used
        self.may = self._allowed()
        self._before = self.now.copy()

    @property
    def saved(self) -> int:
        """What has been saved so far."""
        known = self.now >= 0
        return int(self.cost[self._before[known]].sum() - self.cost[self.now[known]].sum())

    def widen(self, at: IntArray, columns: IntArray) -> None:
        """Take in columns that stand in one row only and cost nothing: they follow, as far as their bounds go.

        Parameters
        ----------
        at : int64 array
            Positions of their entries.
        columns : int64 array
        """
        mip, x = self._mip, self._x
        free = (self._costs[columns] == 0) & ~self._shut[columns]
        at, columns = at[free], columns[free]
        # One column per row is enough; only where the entry fits whatever is asked for, or it would be a knapsack.
        rows, first = np.unique(mip.matrix.indices[at], return_index=True)
        at, columns = at[first], columns[first]
        entries = mip.matrix.data[at].astype(np.int64)
        fall, rise = (
            (x[columns] - mip.lower[columns]).astype(np.int64),
            (mip.upper[columns] - x[columns]).astype(np.int64),
        )
        size = np.abs(entries)
        # A row that needs half an entry gets a whole one, which must not break its other side.
        sides = (mip.row_lower[rows], mip.row_upper[rows])
        one_sided = np.isinf(sides[0]) | np.isinf(sides[1])
        rows, columns, entries, size, fall, rise = (
            a[one_sided] for a in (rows, columns, entries, size, fall, rise)
        )
        less = np.where(entries > 0, fall, rise) * size
        more = np.where(entries > 0, rise, fall) * size
        # Lowering the activity makes room upwards.
        self._up[rows] = np.minimum(self._up[rows] + less, EXACT_LIMIT)
        self._down[rows] = np.minimum(self._down[rows] + more, EXACT_LIMIT)
        self._follows = rows, columns

    def vector(self) -> IntArray:
        """The plan as it is now."""
        x, mip, columns = self._x.copy(), self._mip, self.choices.columns
        changed = np.flatnonzero(self.now != self._before)
        x[columns[self._before[changed]]] = 0
        x[columns[self.now[changed]]] = 1
        if self._follows is None:
            return x
        rows, follow = self._follows
        activity = (mip.matrix @ x)[rows]
        over, under = activity - mip.row_upper[rows], mip.row_lower[rows] - activity
        entries = mip.matrix.data[mip.matrix.indptr[follow]]
        lower, raised = np.ceil(over.clip(0) / np.abs(entries)), np.ceil(under.clip(0) / np.abs(entries))
        x[follow] += (np.sign(entries) * (raised - lower)).astype(np.int64)
        return x

    def fits(self, option: IntArray, change: IntArray) -> BoolArray:
        """Whether the rows of options allow a change of their sums."""
        rows = self.choices.rows[option]
        return np.asarray(((change <= self._up[rows]) & (-change <= self._down[rows])).all(axis=1))

    def room(self, option: IntArray) -> IntArray:
        """By how much the sums of the rows of options may rise."""
        room: IntArray = self._up[self.choices.rows[option]]
        return room

    def carry_out(self, options: list[int], allowance: int) -> bool:
        """Take some options if that costs less, or no more by an allowance, and every row is kept; whether it is so."""
        before = self.now[self.choices.choice[options]].copy()
        if self.cost[options].sum() >= self.cost[before].sum() + allowance:
            return False
        self._take(options, before)
        touched = self.choices.rows[[*options, *before.tolist()]]
        if (self._up[touched] >= 0).all() and (self._down[touched] >= 0).all():
            return True
        self._take(before.tolist(), np.array(options))
        return False

    def _take(self, options: list[int], instead_of: IntArray) -> None:
        choices = self.choices
        for taken, sign in ((np.array(options), 1), (instead_of, -1)):
            rows, amounts = choices.rows[taken], sign * choices.amounts[taken]
            np.subtract.at(self._up, rows, amounts)
            np.add.at(self._down, rows, amounts)
        self.now[choices.choice[options]] = options

    def _allowed(self) -> BoolArray:
        """Options that rows of their own allow, of choices whose present one may go."""
        choices, matrix = self.choices, self._mip.matrix
        at, option = choices.own, choices.own_option
        entries, rows = matrix.data[at].astype(np.int64), matrix.indices[at]
        change = np.where(self._x[choices.columns[option]] == 1, -entries, entries)
        breaks = (change > self._up[rows]) | (-change > self._down[rows])
        may = ~self._shut[choices.columns]
        may[option[breaks]] = False
        stays = self.now < 0
        stays[~stays] = ~may[self.now[~stays]]
        return may & ~stays[choices.choice]
