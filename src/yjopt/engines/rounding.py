"""Rounding cuts: rows that every whole plan keeps, and the vector of a relaxation breaks.

A relaxation opens a tenth of a site and sends a third of a team. What the rows say of whole sites and teams is had by
rounding one row (mixed-integer rounding: Nemhauser and Wolsey, 1990, doi:10.1007/BF01585752), after those rows were put
into it that bound its columns by others (Marchand and Wolsey, 2001, doi:10.1287/opre.49.3.363.11211): rooms that need
staff only where the site is open, and whole teams. All in integers: a cut holds by arithmetic, not by tolerance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy import sparse

from yjopt.engines.engine import Limit
from yjopt.engines.neighbours import ranges
from yjopt.model.mip import EXACT_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yjopt.model.mip import BoolArray, FloatArray, IntArray, Mip

#: A column nearer than this to a whole number is whole.
WHOLE: Final = 1e-6

#: Room, as a part of what is in a row, up to which it is rounded; and as a part of its largest entry, up to which it
#: is put into others.
TIGHT, NEAR = 0.02, 0.3

#: How deep a vector must lie behind a cut, in the length of its coefficients.
DEEP: Final = 1e-3

#: Divisors tried for each row, parts of their bounds above which columns count down from them, and fractional parts
#: of whole columns that serve as such.
DIVISORS, PARTS, OWN_PARTS = 5, (0.5, 0.9), 3

#: Remainders nearer to 0 or to the divisor, as a part of it, make cuts that say next to nothing.
SLIGHT: Final = 0.005

#: Largest coefficient of a cut. Larger ones are divided and rounded away from what they forbid.
LARGEST: Final = 2**20


class _Sum(NamedTuple):
    """A sum that is at least `side` in every plan: over columns, and over the room that rows have left.

    Attributes
    ----------
    columns, coefficients : int64 array
        Each column once.
    side : int
    rows, factors : int64 array
        Rows with an upper side, and what their room counts.
    """

    columns: IntArray
    coefficients: IntArray
    side: int
    rows: IntArray
    factors: IntArray


class _Rounded(NamedTuple):
    """A rounded sum, of what columns are from one of their bounds on, and of room.

    Attributes
    ----------
    depth : float
        How deep a vector lies behind it.
    base : _Sum
    is_down : bool[columns]
        Columns that count down from their upper bound.
    columns, rows : int64 array
        Coefficients, at least `side` together.
    side : int
    """

    depth: float
    base: _Sum
    is_down: BoolArray
    columns: IntArray
    rows: IntArray
    side: int


class RoundingCuts:
    """Finds rounding cuts of one model.

    Parameters
    ----------
    mip : Mip
    whole : bool[columns]
        What most hangs on: rows in which such a column stands are rounded, by its coefficient.
    """

    def __init__(self, mip: Mip, whole: BoolArray) -> None:
        matrix = sparse.csr_array(mip.matrix)
        self._starts, self._of_row = matrix.indptr.astype(np.int64), matrix.indices.astype(np.int64)
        self._entries = np.rint(matrix.data).astype(np.int64)
        self._mip, self._whole = mip, whole & mip.integer
        self._lower, self._upper = mip.lower, mip.upper
        self._is_wide = np.maximum(np.abs(mip.lower), np.abs(mip.upper)) > LARGEST**2
        self._largest = np.zeros(mip.num_rows, dtype=np.int64)
        np.maximum.at(
            self._largest, np.repeat(np.arange(mip.num_rows), np.diff(self._starts)), np.abs(self._entries)
        )
        self._bounding = self._bounding_rows()
        self._candidates = self._rows_to_round()
        self._within = self._rows_within()

    def violated(self, values: FloatArray) -> list[Limit]:
        """The cut of each row behind which a vector lies deepest, where it lies behind any.

        Parameters
        ----------
        values : float64[columns]
            Of a relaxation.
        """
        room = self._mip.row_upper - self._mip.matrix @ values
        cuts = []
        for row in self._candidates.tolist():
            best: _Rounded | None = None
            for base in self._sums(row, room):
                found = self._rounded(base, values, room)
                if found is not None and (best is None or found.depth > best.depth):
                    best = found
            if best is not None and (cut := self._limit(best)) is not None:
                cuts.append(cut)
        return cuts

    def _row(self, row: int) -> tuple[IntArray, IntArray]:
        at = slice(self._starts[row], self._starts[row + 1])
        return self._of_row[at], self._entries[at]

    def _bounding_rows(self) -> IntArray:
        """For each column the row that holds it below so many times a whole one; -1 where there is none."""
        bounding = np.full(self._mip.num_columns, -1, dtype=np.int64)
        two = np.flatnonzero((np.diff(self._starts) == 2) & (self._mip.row_upper == 0))
        for first, second in ((0, 1), (1, 0)):
            column, by = (self._of_row[self._starts[two] + k] for k in (first, second))
            is_bound = (self._entries[self._starts[two] + first] == 1) & (
                self._entries[self._starts[two] + second] < 0
            )
            is_bound &= self._whole[by] & ~self._whole[column] & self._mip.integer[column]
            bounding[column[is_bound]] = two[is_bound]
        return bounding

    def _rows_to_round(self) -> IntArray:
        """Rows with a column that is to be whole and a coefficient to divide by; sums of them stay exact."""
        mip, sizes = self._mip, np.diff(self._starts)
        row = np.repeat(np.arange(mip.num_rows), sizes)
        has_whole, is_wide = np.zeros((2, mip.num_rows), dtype=np.bool_)
        has_whole[row[self._whole[self._of_row]]] = True
        is_wide[row[self._is_wide[self._of_row]]] = True
        is_bound = np.zeros(mip.num_rows, dtype=np.bool_)
        is_bound[self._bounding[self._bounding >= 0]] = True
        return np.flatnonzero(has_whole & (self._largest > 1) & ~is_bound & ~is_wide)

    def _rows_within(self) -> dict[int, list[tuple[int, int]]]:
        """For each row to round those, with their factors, in which part of it stands in the same proportion."""
        mip, candidates = self._mip, self._candidates
        loose = sparse.csr_array(
            (np.ones(len(self._of_row)), self._of_row, self._starts), shape=mip.matrix.shape
        )[candidates]
        loose.data[self._whole[loose.indices]] = 0.0
        shared = sparse.coo_array(loose @ loose.T)
        sizes = np.asarray(loose.sum(axis=1)).ravel()
        upper = mip.row_upper[candidates]
        is_part = (shared.row != shared.col) & (shared.data > 1) & (shared.data == sizes[shared.col])
        is_part &= np.isfinite(upper[shared.row]) & np.isfinite(upper[shared.col])
        within: dict[int, list[tuple[int, int]]] = {}
        pairs = zip(candidates[shared.row[is_part]], candidates[shared.col[is_part]], strict=True)
        for row, part in pairs:
            factor = self._proportion(int(row), int(part))
            if factor:
                within.setdefault(int(row), []).append((int(part), factor))
        return within

    def _proportion(self, row: int, part: int) -> int:
        """How many times as much the columns of a part that are not whole count in a row; 0 where that differs."""
        columns, entries = self._row(row)
        own, own_entries = self._row(part)
        loose = ~self._whole[own]
        here = entries[np.searchsorted(columns, own[loose])]
        there = own_entries[loose]
        factor = int(here[0]) // int(there[0])
        is_one = factor > 0 and np.array_equal(factor * there, here)
        return factor if is_one and self._mip.integer[own].all() else 0

    def _sums(self, row: int, room: FloatArray) -> Iterator[_Sum]:
        """A row on each side that it has, and its upper side with what bounds it there put in."""
        mip = self._mip
        columns, entries = self._row(row)
        none = np.zeros(0, dtype=np.int64)
        if np.isfinite(mip.row_lower[row]):
            yield _Sum(columns, entries, int(mip.row_lower[row]), none, none)
        if not np.isfinite(mip.row_upper[row]):
            return
        plain = _Sum(columns, -entries, -int(mip.row_upper[row]), none, none)
        yield plain
        bounding = [
            pair for pair in self._within.get(row, []) if room[pair[0]] < NEAR * self._largest[pair[0]]
        ]
        if bounding:
            yield self._with_rows(plain, *np.array(bounding, dtype=np.int64).T)
        if len(bounding) > 1:
            for pair in bounding:
                yield self._with_rows(plain, *np.array([pair], dtype=np.int64).T)

    def _with_rows(self, base: _Sum, rows: IntArray, factors: IntArray) -> _Sum:
        """A sum with so many times the rows and their room, which come to their upper sides, put in."""
        at, sizes = ranges(self._starts, rows), self._starts[rows + 1] - self._starts[rows]
        columns = np.concatenate([base.columns, self._of_row[at]])
        added = np.concatenate([base.coefficients, self._entries[at] * np.repeat(factors, sizes)])
        unique, number = np.unique(columns, return_inverse=True)
        coefficients = np.zeros(len(unique), dtype=np.int64)
        np.add.at(coefficients, number, added)
        kept = coefficients != 0
        side = base.side + int(factors @ self._mip.row_upper[rows].astype(np.int64))
        return _Sum(
            unique[kept],
            coefficients[kept],
            side,
            np.concatenate([base.rows, rows]),
            np.concatenate([base.factors, factors]),
        )

    def _rounded(self, base: _Sum, values: FloatArray, room: FloatArray) -> _Rounded | None:
        """The deepest cut of a sum that a vector only just reaches."""
        own = base.coefficients * values[base.columns]
        if own.sum() + base.factors @ room[base.rows] - base.side > TIGHT * np.abs(own).sum() + WHOLE:
            return None
        whole = base.columns[self._whole[base.columns]]
        broken = np.abs(values[whole] - np.rint(values[whole])) > WHOLE
        sizes = np.abs(base.coefficients[self._whole[base.columns]][broken])
        divisors = np.unique(sizes[sizes > 1])[::-1][:DIVISORS].tolist()
        if not divisors:
            return None
        fractions = np.unique(np.round(values[whole][broken] % 1.0, 6))[:OWN_PARTS]
        best: _Rounded | None = None
        for part in np.unique([*fractions, *PARTS]).tolist():
            found = self._deepest(self._bounded(base, values, part), values, room, part, divisors)
            if found is not None and (best is None or found.depth > best.depth):
                best = found
        return best

    def _bounded(self, base: _Sum, values: FloatArray, part: float) -> _Sum:
        """A sum in which columns near what whole ones allow them are counted down from that."""
        row = self._bounding[base.columns]
        has = np.flatnonzero(row >= 0)
        columns, row = base.columns[has], row[has]
        used = values[columns]
        allowed = used + self._mip.row_upper[row] - self._activity(row, values)
        near = used > part * allowed
        return self._with_rows(base, row[near], -base.coefficients[has[near]]) if near.any() else base

    def _activity(self, rows: IntArray, values: FloatArray) -> FloatArray:
        at = ranges(self._starts, rows)
        own = self._entries[at] * values[self._of_row[at]]
        return np.asarray(np.add.reduceat(own, np.arange(0, len(own), 2)) if len(own) else own)

    def _deepest(
        self, base: _Sum, values: FloatArray, room: FloatArray, part: float, divisors: list[int]
    ) -> _Rounded | None:
        """The divisor that rounds a sum to the deepest cut."""
        mip, columns = self._mip, base.columns
        lower, upper = self._lower[columns], self._upper[columns]
        is_down = values[columns] - lower > part * (upper - lower)
        ends = np.where(is_down, upper, lower)
        away = np.abs(values[columns] - ends)
        coefficients = np.where(is_down, -base.coefficients, base.coefficients)
        if float(np.abs(base.coefficients) @ np.abs(ends)) > EXACT_LIMIT:
            return None
        side = base.side - int(base.coefficients @ ends.astype(np.int64))
        left, is_integer = room[base.rows], mip.integer[columns]
        best: _Rounded | None = None
        for divisor in divisors:
            rest = side % divisor
            if min(rest, divisor - rest) <= SLIGHT * divisor:
                continue
            own = np.where(is_integer, _round(coefficients, divisor, rest), np.maximum(coefficients, 0))
            rows = _round(base.factors, divisor, rest)
            total = rest * (side // divisor + 1)
            length = float(np.sqrt(np.square(own.astype(float)).sum() + np.square(rows.astype(float)).sum()))
            depth = (total - own @ away - rows @ left) / length if length else 0.0
            if depth > DEEP and (best is None or depth > best.depth):
                best = _Rounded(float(depth), base, is_down, own, rows, total)
        return best

    def _limit(self, found: _Rounded) -> Limit | None:
        """A cut as a row over columns alone; None where its numbers are beyond exactness."""
        largest = max(np.abs(found.columns).max(initial=0), np.abs(found.rows).max(initial=0))
        divisor = -(-int(largest) // LARGEST)
        # What columns and room count is rounded up, and all of it is at least 0: this forbids less, never more.
        own, rows, side = -(-found.columns // divisor), -(-found.rows // divisor), found.side // divisor
        base, is_down = found.base, found.is_down
        ends = np.where(is_down, self._upper[base.columns], self._lower[base.columns]).astype(np.int64)
        signed = np.where(is_down, -own, own)
        plain = _Sum(
            base.columns, signed, side + int(signed @ ends), np.zeros(0, np.int64), np.zeros(0, np.int64)
        )
        total = self._with_rows(plain, base.rows, -rows)
        if np.abs(total.coefficients).max(initial=0) > EXACT_LIMIT // LARGEST or not len(total.columns):
            return None
        return Limit(total.columns, -total.coefficients, -total.side)


def _round(coefficients: IntArray, divisor: int, rest: int) -> IntArray:
    """Coefficients of whole columns in a sum rounded by a divisor that leaves a rest of its side."""
    result: IntArray = rest * (coefficients // divisor) + np.minimum(rest, coefficients % divisor)
    return result
