"""Columns that stand for changes of table cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from yjopt.model.builder import Builder
    from yjopt.model.mip import IntArray

    ObjectArray = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Options:
    """Possible changes, one a position.

    Parameters
    ----------
    column : int64 array, shape (options,)
        The column that says how much is changed.
    switch : int64 array
        The column that says whether it is; `column` itself where that is 0 or 1.
    table, field : object array
        Table and column of the cell.
    row : int64 array
        Row of the table, sorted by key.
    step, base : int64 array
        Quanta by which the cell changes per unit of the column, and from which it is counted; a step of 0 where
        the cell becomes `value`.
    value : object array
        What the cell becomes; None where it changes by steps.
    cost, given_up : int64 array
        Fen, and thousandths of what is given up, per unit.
    most : int64 array
        Upper bound of the column.
    """

    column: IntArray
    switch: IntArray
    table: ObjectArray
    field: ObjectArray
    row: IntArray
    step: IntArray
    base: IntArray
    value: ObjectArray
    cost: IntArray
    given_up: IntArray
    most: IntArray

    def __len__(self) -> int:
        return len(self.column)


class OptionList:
    """Collects options while their columns are added to a builder."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self._parts: list[tuple[Any, ...]] = []

    def add(
        self,
        name: str,
        table: str,
        field: str,
        row: IntArray,
        most: IntArray | int,
        *,
        step: IntArray | int = 0,
        base: IntArray | int = 0,
        value: Any = None,
        cost: IntArray | int = 0,
        given_up: IntArray | int = 0,
    ) -> IntArray:
        """Add a block of options and return their columns.

        Parameters
        ----------
        name : str
            Of the block of columns.
        table, field, row, step, base, value, cost, given_up, most
            See `Options`; `value` may be an array with one value an option.
        """
        size = len(row)
        upper = np.broadcast_to(np.asarray(most, dtype=np.int64), (size,))
        column = self.builder.columns(name, 0, upper, size=size)
        switch = column.copy()
        many = np.flatnonzero(upper > 1)
        if len(many):
            switch[many] = self.builder.columns(f"{name}_changed", 0, 1, size=len(many))
            tied = self.builder.rows(f"{name}_changed", -np.inf, 0, size=len(many))
            self.builder.entries(tied, column[many], 1)
            self.builder.entries(tied, switch[many], -upper[many])
        values = np.empty(size, dtype=object)
        values[:] = value
        numbers = [
            np.broadcast_to(np.asarray(part, dtype=np.int64), (size,))
            for part in (step, base, cost, given_up)
        ]
        self._parts.append(
            (
                column, switch, np.full(size, table, dtype=object), np.full(size, field, dtype=object),
                row, *numbers[:2], values, *numbers[2:], upper,
            )
        )  # fmt: skip
        return column

    def options(self) -> Options:
        """All that were added."""
        kinds = [
            np.int64,
            np.int64,
            object,
            object,
            np.int64,
            np.int64,
            np.int64,
            object,
            np.int64,
            np.int64,
            np.int64,
        ]
        if not self._parts:
            return Options(*(np.zeros(0, dtype=kind) for kind in kinds))
        return Options(*(np.concatenate(part) for part in zip(*self._parts, strict=True)))
