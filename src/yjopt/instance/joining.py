"""Joins of integer keys on whole arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from yjopt.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterable

IntArray: TypeAlias = npt.NDArray[np.int64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]
IdArray: TypeAlias = npt.NDArray[np.object_]

#: Largest magnitude up to which every whole number is counted exactly, here and by the solvers.
EXACT_LIMIT: Final = 2**53

#: Largest combined key that still fits 64 bits with room to spare.
WIDEST: Final = 2**62

#: Keys up to this many times the number of positions are counted instead of searched.
DENSE: Final = 4


def position(values: Iterable[Any], ids: IdArray) -> IntArray:
    """Position of each value among `ids`.

    Raises
    ------
    ModelError
        If a value is not among them: the checks let no such scenario pass.
    """
    wanted = np.asarray(values, dtype=object)
    at = known_position(wanted, ids)
    if (at < 0).any():
        raise ModelError(f"{wanted[np.argmax(at < 0)]!r} is not among the known ids.")
    return at


def known_position(values: Iterable[Any], ids: IdArray) -> IntArray:
    """Position of each value among `ids`; -1 where it is not among them."""
    wanted = pd.Index(np.asarray(values, dtype=object))
    return np.asarray(pd.Index(ids).get_indexer(wanted), dtype=np.int64)


def find(wanted: IntArray, keys: IntArray) -> IntArray:
    """Position of each wanted number among `keys`, which do not repeat; -1 where it is not among them."""
    if len(keys) == 0:
        return np.full(len(wanted), -1, dtype=np.int64)
    order = np.argsort(keys, kind="stable")
    at = order[np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)]
    return np.where(keys[at] == wanted, at, -1)


def matches(left: IntArray, right: IntArray) -> tuple[IntArray, IntArray]:
    """All pairs of positions with equal keys.

    Parameters
    ----------
    left, right : int64 arrays
        Keys; either may repeat.

    Returns
    -------
    (int64 array, int64 array)
        Positions in `left` and in `right`, ordered by `left`, then by position in `right`.
    """
    order = np.argsort(right, kind="stable")
    largest = int(max(left.max(initial=0), right.max(initial=0)))
    if min(left.min(initial=0), right.min(initial=0)) >= 0 and largest <= DENSE * (len(left) + len(right)):
        # Keys are nearly as dense as positions: counting them is several times faster than searching.
        of_key = np.bincount(right, minlength=largest + 1)
        count = of_key[left]
        start = (np.cumsum(of_key) - of_key)[left]
    else:
        keys = right[order]
        start = np.searchsorted(keys, left, side="left")
        count = np.searchsorted(keys, left, side="right") - start
    first = np.repeat(np.arange(len(left), dtype=np.int64), count)
    return first, order[ranges(start, count)]


def ranges(start: IntArray, count: IntArray) -> IntArray:
    """The ranges ``start[k], start[k]+1, .., start[k]+count[k]-1`` one after the other."""
    total = int(count.sum())
    offset = np.repeat(start - np.concatenate([[0], np.cumsum(count)[:-1]]) if len(count) else start, count)
    return np.asarray(np.arange(total, dtype=np.int64) + offset, dtype=np.int64)


def spans(first: IntArray, last: IntArray) -> tuple[IntArray, IntArray]:
    """Every whole number of the closed intervals: (position of the interval, number); empty intervals give none."""
    count = np.maximum(last - first + 1, 0)
    return np.repeat(np.arange(len(first), dtype=np.int64), count), ranges(first, count)


def groups(*keys: IntArray) -> tuple[IntArray, tuple[IntArray, ...]]:
    """Number equal key tuples.

    Returns
    -------
    (int64 array, tuple of int64 arrays)
        Group number of each position (sorted by key), and the keys of each group.
    """
    if len(keys[0]) == 0:
        return np.zeros(0, dtype=np.int64), tuple(np.zeros(0, dtype=np.int64) for _ in keys)
    code = np.zeros(len(keys[0]), dtype=np.int64)
    spread = 1
    for key in keys:
        low, width = int(key.min()), int(key.max()) - int(key.min()) + 1
        if spread * width > WIDEST:
            # Number what there is so far, before the combined key outgrows 64 bits.
            code = np.unique(code, return_inverse=True)[1].astype(np.int64)
            key_values, key_code = np.unique(key, return_inverse=True)
            low, width, key = 0, len(key_values), key_code.astype(np.int64)
            spread = int(code.max()) + 1
        code = code * width + (key - low)
        spread *= width
    _, first, number = np.unique(code, return_index=True, return_inverse=True)
    return number.astype(np.int64), tuple(key[first] for key in keys)


def total(values: IntArray, group: IntArray, size: int) -> IntArray:
    """Exact sums of whole numbers by group."""
    sums = np.zeros(size, dtype=np.int64)
    np.add.at(sums, group, values)
    return sums


def product(what: str, *factors: IntArray | int) -> IntArray:
    """Exact products of whole numbers that broadcast.

    Parameters
    ----------
    what : str
        What is counted, in the plural: named when there is too much of it.
    *factors : int64 arrays or int

    Raises
    ------
    ModelError
        If a product is larger than what is counted exactly.
    """
    result: Any = 1
    size: Any = 1.0
    for factor in factors:
        size = size * np.abs(np.asarray(factor, dtype=np.float64))
        if np.max(size, initial=0.0) > EXACT_LIMIT:
            raise ModelError(
                f"The {what} come to {np.max(size):.3g}, but no more than 2**53 can be counted exactly:"
                " check the units of the figures, or give them in larger units."
            )
        result = result * np.asarray(factor, dtype=np.int64)
    return np.asarray(result, dtype=np.int64)


def shares(whole: IntArray) -> IntArray:
    """What one of a whole counts in a support stage, in millionths: rounded half up, at least 1."""
    rounded = (2_000_000 + whole) // np.maximum(2 * whole, 1)
    return np.where(whole > 0, np.maximum(rounded, 1), 1).astype(np.int64)


def ceil_div(amount: Any, by: Any) -> Any:
    """Whole-number division rounded up."""
    return -(-amount // by)
