"""A plan with all but some columns fixed: a small model of its own, and its answer put back.

What is fixed moves to the sides of the rows; rows without a free column go. A
step costs what the free columns cost, not what the model does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.engines.engine import Limit
from yjopt.engines.neighbours import ranges
from yjopt.errors import EngineError
from yjopt.model.mip import EXACT_LIMIT, Block, Mip, RowBlock

if TYPE_CHECKING:
    from yjopt.model.mip import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Cut:
    """Some columns of a model freed, all else fixed at a plan.

    Attributes
    ----------
    columns : int64 array
        The free columns, sorted.
    rows : int64 array
        The rows in which they stand, sorted.
    mip : Mip
        The small model, without stages.
    start : int64[columns]
        The plan on the free columns.
    """

    columns: IntArray
    rows: IntArray
    mip: Mip
    start: IntArray


class Plan:
    """A vector with the activities of its rows and the values of its stages, kept up to date.

    Parameters
    ----------
    mip : Mip
    x : int64[columns]
        Keeps every row and bound.

    Raises
    ------
    EngineError
        If the numbers are too large for exact sums in 64 bits.
    """

    def __init__(self, mip: Mip, x: IntArray) -> None:
        from scipy import sparse

        size = abs(mip.matrix) @ np.abs(x.astype(np.float64))
        if size.max(initial=0.0) > EXACT_LIMIT:
            raise EngineError("A row's sum is beyond 2**53; choose larger quanta.")
        self.mip = mip
        self.x = x.astype(np.int64)
        self.values = list(mip.stage_values(x))
        self._starts = mip.matrix.indptr.astype(np.int64)
        self._data = mip.matrix.data.astype(np.int64)
        self._sides = (_whole(mip.row_lower), _whole(mip.row_upper))
        matrix = sparse.csc_array((self._data, mip.matrix.indices, mip.matrix.indptr), shape=mip.matrix.shape)
        self._activity: IntArray = np.asarray(matrix @ self.x)
        self._number = np.zeros(mip.num_rows, dtype=np.int64)
        self._largest = np.zeros(mip.num_rows, dtype=np.int64)
        np.maximum.at(self._largest, mip.matrix.indices, np.abs(self._data))
        self._costs = [_Cost(mip, k) for k in range(len(mip.stages))]

    def cost(self, stage: int, columns: IntArray) -> IntArray:
        """Coefficients of a stage on some columns."""
        return self._costs[stage].on(columns)

    def binding(self) -> BoolArray:
        """Rows with less room on some side than their largest entry: in the way of one of their columns, perhaps."""
        lower, upper = self._sides
        room = np.minimum(upper - self._activity, self._activity - lower)
        return np.asarray(room < self._largest)

    def cut(self, columns: IntArray) -> Cut:
        """Free some columns (sorted), fix the others at the plan."""
        from scipy import sparse

        mip, at = self.mip, ranges(self._starts, columns)
        indices, data = mip.matrix.indices[at], self._data[at]
        sizes = self._starts[columns + 1] - self._starts[columns]
        rows = np.unique(indices).astype(np.int64)
        self._number[rows] = np.arange(len(rows))
        local = self._number[indices]
        start = self.x[columns]
        own = np.zeros(len(rows), dtype=np.int64)
        np.add.at(own, local, data * np.repeat(start, sizes))
        fixed = self._activity[rows] - own
        matrix = sparse.csc_array(
            (
                data.astype(np.float64),
                local.astype(np.int32),
                np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32),
            ),
            shape=(len(rows), len(columns)),
        )
        small = Mip(
            matrix=matrix,
            row_lower=mip.row_lower[rows] - fixed,
            row_upper=mip.row_upper[rows] - fixed,
            lower=mip.lower[columns],
            upper=mip.upper[columns],
            integer=np.ones(len(columns), dtype=np.bool_),
            stages=(),
            column_blocks=(Block("free", 0, len(columns)),),
            row_blocks=(RowBlock("reached", 0, len(rows)),),
        )
        return Cut(columns, rows, small, start)

    def limits(self, cut: Cut, stages: int) -> tuple[Limit, ...]:
        """Rows that hold the first stages, as far as the free columns go, at their values now."""
        made = []
        for stage in range(stages):
            cost = self.cost(stage, cut.columns)
            used = np.flatnonzero(cost)
            if len(used):
                made.append(Limit(used, cost[used], int(cost[used] @ cut.start[used])))
        return tuple(made)

    def change(self, cut: Cut, x: IntArray) -> tuple[int, ...]:
        """By how much every stage would change with another vector on the free columns."""
        moved = x - cut.start
        return tuple(int(self.cost(k, cut.columns) @ moved) for k in range(len(self._costs)))

    def take(self, cut: Cut, x: IntArray) -> bool:
        """Put a vector in the place of the plan on the free columns; False if it breaks a row or bound."""
        mip, moved = self.mip, np.flatnonzero(x != self.x[cut.columns])
        columns = cut.columns[moved]
        new = x[moved]
        if np.any(new < mip.lower[columns]) or np.any(new > mip.upper[columns]):
            return False
        difference = new - self.x[columns]
        at = ranges(self._starts, columns)
        sizes = self._starts[columns + 1] - self._starts[columns]
        touched = mip.matrix.indices[at]
        rows = np.unique(touched)
        self._number[rows] = np.arange(len(rows))
        added = np.zeros(len(rows), dtype=np.int64)
        np.add.at(added, self._number[touched], self._data[at] * np.repeat(difference, sizes))
        activity = self._activity[rows] + added
        lower, upper = self._sides
        if np.any(activity < lower[rows]) or np.any(activity > upper[rows]):
            return False
        changes = [int(self.cost(stage, columns) @ difference) for stage in range(len(self.values))]
        self.x[columns] = new
        self._activity[rows] = activity
        self.values = [value + change for value, change in zip(self.values, changes, strict=True)]
        return True


class _Cost:
    """A stage's coefficients, looked up by column without a dense vector for each stage."""

    def __init__(self, mip: Mip, stage: int) -> None:
        own = mip.stages[stage]
        self._columns, position = np.unique(own.columns, return_inverse=True)
        self._coefficients = np.zeros(len(self._columns), dtype=np.int64)
        np.add.at(self._coefficients, position, own.coefficients)

    def on(self, columns: IntArray) -> IntArray:
        """Coefficients on some columns, 0 where the stage has none."""
        if not len(self._columns):
            return np.zeros(len(columns), dtype=np.int64)
        at = np.minimum(np.searchsorted(self._columns, columns), len(self._columns) - 1)
        return np.where(self._columns[at] == columns, self._coefficients[at], 0)


def _whole(side: FloatArray) -> IntArray:
    """Sides of rows in integers; infinite ones beyond any activity."""
    return np.clip(side, -float(2 * EXACT_LIMIT), float(2 * EXACT_LIMIT)).astype(np.int64)
