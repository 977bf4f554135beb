"""
Tables as integer arrays of equal length, joins between them, and sums that cannot overflow.

The audit's own small tools: it shares no arithmetic with the model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Ints = NDArray[np.int64]
#: A column: codes and quanta are int64 (Python integers where 64 bits might not do), flags are bool.
Column = NDArray[Any]

#: Results below this bound stay in 64-bit integers; beyond it Python integers take over.
_SAFE = float(2**62)


class Rows:
    """Rows of a table: named columns of equal length."""

    def __init__(self, columns: Mapping[str, Column], size: int) -> None:
        self._columns = dict(columns)
        self._size = size

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, name: str) -> Column:
        return self._columns[name]

    def keep(self, chosen: Column) -> Rows:
        """The rows where ``chosen`` is true (a mask of bool), in order."""
        return Rows(
            {name: column[chosen] for name, column in self._columns.items()}, int(np.count_nonzero(chosen))
        )

    def plus(self, **columns: Column) -> Rows:
        """The same rows with more columns."""
        return Rows(self._columns | columns, self._size)

    def key(self, *names: str) -> tuple[Column, ...]:
        """Several columns at once, as the functions below take them."""
        return tuple(self._columns[name] for name in names)


def codes(left: Sequence[Column], right: Sequence[Column]) -> tuple[Ints, Ints]:
    """One integer per row, the same for equal keys on both sides, and ordered as the keys are."""
    count = len(left[0])
    total = count + len(right[0])
    code = np.zeros(total, dtype=np.int64)
    if not total:
        return code, code
    size = 1
    for one, other in zip(left, right, strict=True):
        column = np.concatenate([one, other]).astype(np.int64)
        low, high = int(column.min()), int(column.max())
        span = high - low + 1
        if size * span >= 2**62:
            # Too wide: ranks of the values do as well, and there are no more of them than rows.
            code, column = (
                np.unique(wide, return_inverse=True)[1].astype(np.int64) for wide in (code, column)
            )
            low, size, span = 0, int(code.max()) + 1, int(column.max()) + 1
        code = code * span + (column - low)
        size *= span
    return code[:count], code[count:]


def find(table: Sequence[Column], keys: Sequence[Column]) -> Ints:
    """Row of ``table`` that has each key (the first of equal ones), -1 where none has."""
    ours, wanted = codes(table, keys)
    if not len(ours):
        return np.full(len(wanted), -1, dtype=np.int64)
    order = np.argsort(ours, kind="stable")
    at = np.minimum(np.searchsorted(ours[order], wanted), len(ours) - 1)
    row = order[at]
    return np.where(ours[row] == wanted, row, -1)


def isin(keys: Sequence[Column], table: Sequence[Column]) -> NDArray[np.bool_]:
    """Whether each key stands in the table."""
    return find(table, keys) >= 0


def distinct(*keys: Sequence[Column]) -> tuple[Ints, ...]:
    """The distinct rows of several lists of equal columns, in order of the key."""
    columns = [np.concatenate(parts).astype(np.int64) for parts in zip(*keys, strict=True)]
    code, _ = codes(columns, [column[:0] for column in columns])
    first = np.unique(code, return_index=True)[1]
    return tuple(column[first] for column in columns)


def join(left: Sequence[Column], right: Sequence[Column]) -> tuple[Ints, Ints]:
    """All pairs of rows with equal keys: positions on the left and on the right."""
    ours, theirs = codes(left, right)
    order = np.argsort(theirs, kind="stable")
    ordered = theirs[order]
    low = np.searchsorted(ordered, ours, side="left")
    many = np.searchsorted(ordered, ours, side="right") - low
    at = np.repeat(np.arange(len(ours)), many)
    offset = np.arange(len(at)) - np.repeat(np.cumsum(many) - many, many)
    return at.astype(np.int64), order[np.repeat(low, many) + offset].astype(np.int64)


def expand(first: Column, last: Column) -> tuple[Ints, Ints]:
    """Every period of every row from ``first`` to ``last``: the row and the period."""
    many = np.maximum(last - first + 1, 0)
    row = np.repeat(np.arange(len(many)), many)
    period = np.arange(len(row)) - np.repeat(np.cumsum(many) - many, many) + first[row]
    return row.astype(np.int64), period.astype(np.int64)


def add_up(size: int | tuple[int, int], position: Column | tuple[Column, Column], amount: Column) -> Column:
    """Sum of the amounts per position; positions below 0 (or a first index below 0) are left out."""
    lead = position[0] if isinstance(position, tuple) else position
    there = lead >= 0
    safe = amount.dtype != object and (not len(amount) or float(np.abs(amount).max()) * len(amount) < _SAFE)
    out = np.zeros(size, dtype=np.int64 if safe else object)
    index = tuple(part[there] for part in position) if isinstance(position, tuple) else position[there]
    np.add.at(out, index, amount[there])
    return out


def spread(cells: int, horizon: int, row: Column, first: Column, last: Column, amount: Column) -> Ints:
    """Amounts present per cell and period 0..horizon, each from ``first`` to ``last`` (both included)."""
    first, last = np.clip(first, 1, horizon + 1), np.clip(last, 0, horizon)
    there = (row >= 0) & (first <= last)
    change = np.zeros((cells, horizon + 2), dtype=np.int64)
    np.add.at(change, (row[there], first[there]), amount[there])
    np.add.at(change, (row[there], last[there] + 1), -amount[there])
    return np.cumsum(change, axis=1)[:, : horizon + 1]


def product(*factors: Column | int) -> Column:
    """The product of columns and numbers, exactly."""
    bound = 1.0
    for factor in factors:
        bound *= float(np.abs(factor).max()) if np.size(factor) else 0.0
    exact: Any = np.int64 if bound < _SAFE and all(np.asarray(f).dtype != object for f in factors) else object
    out: Any = np.asarray(factors[0]).astype(exact)
    for factor in factors[1:]:
        out = out * np.asarray(factor).astype(exact)
    return np.asarray(out)


def total(values: Column) -> int:
    """The sum, as a Python integer, exactly."""
    if values.dtype == object or (values.size and float(np.abs(values).max()) * values.size >= _SAFE):
        return sum(int(value) for value in values.ravel().tolist())
    return int(values.sum())


def ceil_div(number: Column, by: Column | int) -> Column:
    """Quotient rounded up."""
    return np.asarray(-(-number // by))
