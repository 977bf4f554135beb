"""What is still free while a manual plan is laid, with undo: a step that turns out not to work is taken back whole."""

from __future__ import annotations

import math
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy.typing as npt

    from yjopt.instance import Instance
    from yjopt.instance.joining import BoolArray, IntArray
    from yjopt.model.assembly import Model


class Ledger:
    """The vector being built, and how to take steps back.

    Parameters
    ----------
    instance, model
        What is planned.
    x : int64 array, shape (columns,)
        The vector, from doing nothing on.
    barred : bool array, shape (columns,), optional
        Columns that may not grow.
    deadline : float
        By `time.monotonic`; steps that are not begun by then are left undone.

    Attributes
    ----------
    most : int64 array, shape (columns,)
        Up to where each column may grow: its bound, or less while a plan is laid after a pattern.
    is_patterned : bool
        Whether some columns may grow less than their bounds allow.
    trusts : bool
        Whether a pattern may ask for what, as the plan stands, is not allowed yet.
    borrows : bool
        Whether a post that a pattern gives too few teams may call others, and whoever lacks packs may be sent some on
        other ways, as a pattern has parts of both.
    foresees : bool
        Whether goods and teams may leave before the period in which they are found wanting.
    taken_back : int
        How often something was taken back: what has run out since may be there again.
    """

    def __init__(
        self,
        instance: Instance,
        model: Model,
        x: IntArray,
        barred: BoolArray | None = None,
        deadline: float = math.inf,
    ) -> None:
        self.instance = instance
        self.model = model
        self.x = x
        self.barred = np.zeros(len(x), dtype=np.bool_) if barred is None else barred
        self._upper = model.mip.upper.astype(np.int64)
        self._upper.setflags(write=False)
        self.most = self._upper.copy()
        self.is_patterned = False
        self.trusts = False
        self.borrows = True
        self.foresees = False
        self.taken_back = 0
        self._deadline = deadline
        self._undo: list[tuple[npt.NDArray[Any], Any, Any]] = []

    @property
    def is_trusted(self) -> bool:
        """Whether what is asked for comes of a pattern that is trusted: looking back it is allowed, or not."""
        return self.is_patterned and self.trusts

    def add(self, array: npt.NDArray[Any], key: Any, amount: Any) -> None:
        """Add to an entry or a slice of one of the arrays, remembering what was there."""
        before = array[key]
        self._undo.append((array, key, before.copy() if isinstance(before, np.ndarray) else before))
        array[key] = before + amount

    def in_time(self, steps: Iterable[int]) -> Iterator[int]:
        """The steps one by one, until the deadline."""
        for step in steps:
            if time.monotonic() > self._deadline:
                return
            yield step

    def mark(self) -> int:
        """A point to come back to."""
        return len(self._undo)

    def revert(self, mark: int) -> None:
        """Take back everything since `mark`."""
        self.taken_back += len(self._undo) > mark
        while len(self._undo) > mark:
            array, key, before = self._undo.pop()
            array[key] = before

    def lift(self) -> None:
        """Let every column grow to its bound again."""
        self.most = self._upper
        self.is_patterned = False
        self.taken_back += 1

    @contextmanager
    def lifted(self) -> Iterator[None]:
        """For a moment let every column grow to its bound."""
        before = self.most, self.is_patterned
        self.lift()
        yield
        self.most, self.is_patterned = before

    def room(self, column: int) -> int:
        """How much the column may still grow."""
        if self.barred.item(column):
            return 0
        return self.most.item(column) - self.x.item(column)


class Ways:
    """Positions of each key, in the order in which they are tried; under a pattern only those that it uses.

    Parameters
    ----------
    ledger : Ledger
    every : list of list of int
        See `by_key`.
    columns : int64 array
        The column that grows where a position is taken.
    """

    def __init__(self, ledger: Ledger, every: list[list[int]], columns: IntArray) -> None:
        self._ledger, self._every, self._columns = ledger, every, columns
        self._used: list[list[int]] | None = None

    def __getitem__(self, key: int) -> list[int]:
        if not self._ledger.is_patterned:
            return self._every[key]
        if self._used is None:
            # A pattern uses one way in a hundred, and looking at the others takes most of the time.
            may_grow = (self._ledger.most[self._columns] > 0).tolist()
            self._used = [[at for at in positions if may_grow[at]] for positions in self._every]
        return self._used[key]


def by_key(key: IntArray, size: int, *order: IntArray) -> list[list[int]]:
    """Positions of each key, sorted by the arrays in `order` (first one counts most)."""
    ranked = np.lexsort((*reversed(order), key)) if order else np.argsort(key, kind="stable")
    cuts = np.searchsorted(key[ranked], np.arange(size + 1))
    positions = ranked.tolist()
    return [positions[cuts[k] : cuts[k + 1]] for k in range(size)]
