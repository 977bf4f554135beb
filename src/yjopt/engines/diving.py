"""A vector of the relaxation in which some columns are whole: no plan opens a site by halves or sends half a team.

A dive: the columns nearest to being used are rounded up and fixed, the relaxation is solved again from where it
stands, and so on (Achterberg, 2007, doi:10.14279/depositonce-1634, chapter 9). What a row forbids, given all that
is fixed, is seen before the relaxation is asked.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.engines.outcome import StoppedBy

if TYPE_CHECKING:
    from yjopt.engines.engine import Limit
    from yjopt.engines.relaxation import Relaxation, RelaxedOutcome
    from yjopt.model.mip import BoolArray, FloatArray, IntArray, Mip

#: Parts of the columns that are still broken which are rounded at a time, if nobody says.
AT_ONCE: Final = (0.3, 0.25, 0.2)
#: Where no column is nearer than this to its upper neighbour, all are rounded down.
CRUMB: Final = 0.1
#: What is nearer to a whole number is one.
WHOLE: Final = 1e-6
#: Less time than this, in seconds, is not worth asking the relaxation again.
LEAST_SECONDS: Final = 0.05


def dived(
    relaxation: Relaxation,
    cost: FloatArray | IntArray,
    values: FloatArray,
    columns: IntArray,
    deadline: float,
    *,
    limits: tuple[Limit, ...] = (),
    at_once: tuple[float, ...] = AT_ONCE,
) -> tuple[FloatArray, bool]:
    """Make some columns of a relaxation's optimum whole.

    Parameters
    ----------
    relaxation : Relaxation
    cost : float64[columns] or int64[columns]
    values : float64[columns]
        The optimum.
    columns : int64 array
        What is to be whole.
    deadline : float
        By `time.monotonic`; how far it has come by then is what is returned.
    limits : tuple of Limit
        Extra rows that the optimum keeps.
    at_once : tuple of float
        Parts of the columns that are still broken which are rounded at a time: a dive for each, the cheapest counts.

    Returns
    -------
    values : float64[columns]
        Of the relaxation with these columns whole, as far as rows and time allow, the others as good as that lets
        them be.
    interrupted : bool
        Ctrl-C came.
    """
    best, is_whole = values, False
    for part in at_once:
        dive = Dive(relaxation, cost, values, columns, part, limits)
        finished = dive.until(deadline)
        if finished and (not is_whole or cost @ dive.values < cost @ best):
            best, is_whole = dive.values, True
        elif not is_whole:
            best = dive.values
        if dive.interrupted or not finished:
            return best, dive.interrupted
    return best, False


class Bounds:
    """Column bounds that become closer, with the least and the most that each row can come to.

    Parameters
    ----------
    mip : Mip
    kind : bool[columns]
        Columns whose bounds follow from those of others; those of all others stay as they are unless they are fixed.

    Attributes
    ----------
    lower, upper : float64[columns]
    """

    def __init__(self, mip: Mip, kind: BoolArray) -> None:
        self._mip, self._kind, self._by_row = mip, kind, mip.matrix.tocsr()
        self.lower, self.upper = mip.lower.copy(), mip.upper.copy()
        up, down = mip.matrix.copy(), mip.matrix.copy()
        up.data, down.data = np.maximum(up.data, 0), np.minimum(down.data, 0)
        self._least: FloatArray = up @ self.lower + down @ self.upper
        self._most: FloatArray = up @ self.upper + down @ self.lower
        self._done: list[tuple[int, float, float]] = []

    def fix(self, column: int, value: float) -> bool:
        """Fix a column with all that follows, unless some row could not be kept any more; whether it is fixed."""
        mark = self.mark()
        if self._close(column, value, value):
            return True
        self.revert(mark)
        return False

    def raise_to(self, column: int, value: float) -> None:
        """Let a column be no less, unless some row could not be kept any more."""
        mark = self.mark()
        if value > self.lower[column] and not self._close(column, value, self.upper[column]):
            self.revert(mark)

    def mark(self) -> int:
        """A point to come back to."""
        return len(self._done)

    def revert(self, mark: int) -> None:
        """Take back everything since `mark`."""
        while len(self._done) > mark:
            self._set(*self._done.pop())

    def _close(self, column: int, lower: float, upper: float) -> bool:
        """Make the bounds of a column closer, and of those that it moves; False where a row breaks."""
        waiting = [(column, lower, upper)]
        while waiting:
            column, lower, upper = waiting.pop()
            lower, upper = max(lower, self.lower[column]), min(upper, self.upper[column])
            if lower > upper:
                return False
            if (lower, upper) == (self.lower[column], self.upper[column]):
                continue
            self._done.append((column, float(self.lower[column]), float(self.upper[column])))
            for row in self._set(column, lower, upper).tolist():
                if (
                    self._least[row] > self._mip.row_upper[row] + WHOLE
                    or self._most[row] < self._mip.row_lower[row] - WHOLE
                ):
                    return False
                waiting += self._follows(row)
        return True

    def _set(self, column: int, lower: float, upper: float) -> IntArray:
        """Set the bounds of a column; the rows in which it stands."""
        matrix = self._mip.matrix
        at = slice(matrix.indptr[column], matrix.indptr[column + 1])
        rows: IntArray = matrix.indices[at]
        entries = matrix.data[at]
        rise, fall = entries * (lower - self.lower[column]), entries * (upper - self.upper[column])
        self._least[rows] += np.where(entries > 0, rise, fall)
        self._most[rows] += np.where(entries > 0, fall, rise)
        self.lower[column], self.upper[column] = lower, upper
        return rows

    def _follows(self, row: int) -> list[tuple[int, float, float]]:
        """Columns of the kind whose bounds a row makes closer."""
        by_row = self._by_row
        at = slice(by_row.indptr[row], by_row.indptr[row + 1])
        columns = by_row.indices[at]
        mine = self._kind[columns] & (self.lower[columns] < self.upper[columns])
        if not mine.any():
            return []
        columns, entries = columns[mine], by_row.data[at][mine]
        size = np.abs(entries)
        below = (self._mip.row_upper[row] - self._least[row]) / size
        above = (self._most[row] - self._mip.row_lower[row]) / size
        # Up to where each may rise from its lower bound, and fall from its upper one.
        rise = np.floor(np.where(entries > 0, below, above) + WHOLE)
        fall = np.floor(np.where(entries > 0, above, below) + WHOLE)
        width = self.upper[columns] - self.lower[columns]
        closer = np.flatnonzero((rise < width) | (fall < width))
        return [
            (
                int(columns[k]),
                float(self.upper[columns[k]] - fall[k]),
                float(self.lower[columns[k]] + rise[k]),
            )
            for k in closer.tolist()
        ]


@dataclass(eq=False)
class Dive:
    """Some columns of a relaxation made whole.

    Parameters
    ----------
    relaxation : Relaxation
    cost : float64[columns] or int64[columns]
    values : float64[columns]
        Its optimum at that cost; afterwards that of the relaxation with all that is fixed.
    columns : int64 array
        What is to be whole.
    at_once : float
        Part of what is still broken that is rounded at a time.
    limits : tuple of Limit
        Extra rows.

    Attributes
    ----------
    interrupted : bool
        Ctrl-C came.
    rounds : int
        How often the relaxation was solved.
    """

    relaxation: Relaxation
    cost: FloatArray | IntArray
    values: FloatArray
    columns: IntArray
    at_once: float
    limits: tuple[Limit, ...] = ()
    interrupted: bool = field(default=False, init=False)
    rounds: int = field(default=0, init=False)
    _bounds: Bounds = field(init=False, repr=False)
    _given_up: set[int] = field(default_factory=set, init=False, repr=False)

    def __post_init__(self) -> None:
        kind = np.zeros(self.relaxation.mip.num_columns, dtype=np.bool_)
        kind[self._closes_in()] = True
        self._bounds = Bounds(self.relaxation.mip, kind)

    def until(self, deadline: float) -> bool:
        """Go on until all columns are whole that can be, or a deadline by `time.monotonic`; whether it came so far."""
        while True:
            broken = self._keep_whole()
            if self._is_enough(broken):
                return True
            if deadline - time.monotonic() < LEAST_SECONDS:
                return False
            found = self._round(broken, deadline)
            if found is None:
                return False
            self.values = found

    def _closes_in(self) -> IntArray:
        """Columns for which it is looked up what follows from one that is fixed."""
        return self.columns

    def _is_enough(self, broken: IntArray) -> bool:
        """Whether no more need be made whole."""
        return not len(broken)

    def _prepare(self, broken: IntArray) -> None:
        """Before columns are rounded."""

    def _parts(self, some: IntArray) -> list[IntArray]:
        """What is rounded up instead where some columns do not go together."""
        return [some[:1]]

    def _keep_whole(self) -> IntArray:
        """Fix what is used in whole numbers, so that it stays; the columns that are broken."""
        bounds, columns = self._bounds, self.columns
        free = columns[bounds.lower[columns] < bounds.upper[columns]]
        whole = np.rint(self.values[free])
        is_whole = np.abs(self.values[free] - whole) <= WHOLE
        used = is_whole & (whole > self.relaxation.mip.lower[free])
        for column, value in zip(free[used].tolist(), whole[used].tolist(), strict=True):
            bounds.fix(column, value)
        return free[~is_whole & ~np.isin(free, list(self._given_up))]

    def _round(self, broken: IntArray, deadline: float) -> FloatArray | None:
        """Round some columns, up where that can be; the relaxation's vector then.

        Where they do not go together, fewer, the first one last. None where time is up, or nothing helps.
        """
        part = self.values[broken] - np.floor(self.values[broken])
        nearest = broken[np.argsort(-part, kind="stable")]
        some = nearest[: int(np.ceil(self.at_once * len(nearest)))]
        # What is left over in crumbs is not opened for them, where it need not be.
        ways = [(nearest, False)] if part.max() < CRUMB else []
        ways += [(columns, True) for columns in (some, *self._parts(some))]
        for columns, upwards in (*ways, (nearest[:1], False)):
            mark, stuck = self._bounds.mark(), set[int]()
            self._prepare(broken)
            for column in columns.tolist():
                value = self.values[column]
                is_fixed = upwards and self._bounds.fix(column, np.ceil(value))
                if not (is_fixed or self._bounds.fix(column, np.floor(value))):
                    # Rows that the relaxation keeps in parts allow neither, given what is fixed.
                    stuck.add(column)
            found = self._solve(deadline)
            if not found.infeasible:
                self._given_up |= stuck
                return found.values if found.optimal else None
            self._bounds.revert(mark)
        return None

    def _solve(self, deadline: float) -> RelaxedOutcome:
        self.rounds += 1
        bounds = self._bounds
        found = self.relaxation.minimise(
            self.cost, limits=self.limits, lower=bounds.lower, upper=bounds.upper, deadline=deadline
        )
        self.interrupted |= found.stopped_by is StoppedBy.INTERRUPT
        return found
