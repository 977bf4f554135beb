"""The builder: whole arrays of columns, rows, entries and costs, stacked once into a `Mip`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from yjopt.errors import ModelError
from yjopt.model.mip import (
    EXACT_LIMIT,
    Block,
    BoolArray,
    FloatArray,
    IntArray,
    Mip,
    RowBlock,
    Stage,
    block_of,
    canonical,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass
class Builder:
    """Collects whole arrays of columns, rows, entries and costs, and stacks them once.

    Examples
    --------
    >>> import numpy as np
    >>> builder = Builder()
    >>> ship = builder.columns("ship", 0, np.array([3, 5]))
    >>> need = builder.rows("need", np.array([4]), np.inf)
    >>> builder.entries(need, ship, 1)
    >>> builder.cost("money", ship, np.array([7, 2]))
    >>> builder.build([("money", 100)]).num_columns
    2
    """

    _column_blocks: list[Block] = field(default_factory=list)
    _row_blocks: list[RowBlock] = field(default_factory=list)
    _column_bounds: list[tuple[FloatArray, FloatArray, BoolArray]] = field(default_factory=list)
    _row_bounds: list[tuple[FloatArray, FloatArray]] = field(default_factory=list)
    _entries: list[tuple[IntArray, IntArray, FloatArray]] = field(default_factory=list)
    _costs: dict[str, list[tuple[IntArray, IntArray]]] = field(default_factory=dict)
    _constants: dict[str, int] = field(default_factory=dict)

    @property
    def num_columns(self) -> int:
        """Columns so far."""
        return self._column_blocks[-1].stop if self._column_blocks else 0

    @property
    def num_rows(self) -> int:
        """Rows so far."""
        return self._row_blocks[-1].stop if self._row_blocks else 0

    def columns(
        self,
        name: str,
        lower: npt.ArrayLike,
        upper: npt.ArrayLike,
        integer: npt.ArrayLike = True,
        *,
        size: int | None = None,
    ) -> IntArray:
        """Add a named block of columns.

        Parameters
        ----------
        name : str
            New name of the block.
        lower, upper : array-like
            Finite integer bounds, broadcast against each other.
        integer : bool or array-like of bool
            False for implied integers (module docstring).
        size : int, optional
            Length of the block when both bounds are scalars; 0 is allowed.

        Returns
        -------
        int64 array
            Numbers of the new columns.
        """
        low, high = _broadcast(name, lower, upper, size)
        for side in (low, high):
            _refuse(~np.isfinite(side), name, side, "is no finite bound: give every column one")
            _refuse_fractions(side, name)
        _refuse(low > high, name, low, "is a lower bound above its upper bound")
        kind = np.broadcast_to(np.asarray(integer, dtype=np.bool_), low.shape).copy()
        start = self.num_columns
        self._new_name(name, self._column_blocks, "column")
        self._column_blocks.append(Block(name, start, start + len(low)))
        self._column_bounds.append((low, high, kind))
        return np.arange(start, start + len(low), dtype=np.int64)

    def rows(
        self,
        name: str,
        lower: npt.ArrayLike,
        upper: npt.ArrayLike,
        coupling: bool = False,
        network: str = "",
        *,
        size: int | None = None,
    ) -> IntArray:
        """Add a named block of rows ``lower <= A x <= upper`` and return their numbers.

        Parameters
        ----------
        name : str
            New name of the block.
        lower, upper : array-like
            Integer or infinite sides, broadcast against each other.
        coupling, network
            See `RowBlock`.
        size : int, optional
            Length of the block when both sides are scalars; 0 is allowed.
        """
        low, high = _broadcast(name, lower, upper, size)
        _refuse(np.isnan(low) | (low == np.inf), name, low, "is no lower side of a row")
        _refuse(np.isnan(high) | (high == -np.inf), name, high, "is no upper side of a row")
        for side in (low, high):
            _refuse_fractions(side, name)
        _refuse(low > high, name, low, "is a lower side above its upper side")
        start = self.num_rows
        self._new_name(name, self._row_blocks, "row")
        self._row_blocks.append(RowBlock(name, start, start + len(low), coupling, network))
        self._row_bounds.append((low, high))
        return np.arange(start, start + len(low), dtype=np.int64)

    def entries(self, rows: npt.ArrayLike, columns: npt.ArrayLike, values: npt.ArrayLike) -> None:
        """Add matrix entries; the three broadcast, entries of one place are summed."""
        row, column, value = (
            np.array(a).ravel()
            for a in np.broadcast_arrays(_numbers(rows), _numbers(columns), np.asarray(values))
        )
        if row.size == 0:
            return
        if row.min() < 0 or row.max() >= self.num_rows:
            raise ModelError(f"An entry names row {row.max()} of {self.num_rows}; add it first.")
        if column.min() < 0 or column.max() >= self.num_columns:
            raise ModelError(
                f"An entry of rows {self._row_name(row[0])!r} names column"
                f" {column.max()} of {self.num_columns}; add it first."
            )
        value = value.astype(np.float64)
        bad = ~np.isfinite(value) | (value != np.rint(value)) | (np.abs(value) > EXACT_LIMIT)
        if bad.any():
            at = int(np.argmax(bad))
            raise ModelError(
                f"Rows {self._row_name(row[at])!r} have the entry {value[at]} at a column of"
                f" {self._column_name(column[at])!r}; entries are integers up to 2**53."
            )
        self._entries.append((row, column, value))

    def cost(self, stage_name: str, columns: npt.ArrayLike, coefficients: npt.ArrayLike) -> None:
        """Add integer costs of columns to a stage; the two broadcast, repeats are summed."""
        column, coefficient = (
            np.array(a).ravel() for a in np.broadcast_arrays(_numbers(columns), np.asarray(coefficients))
        )
        if column.size and (column.min() < 0 or column.max() >= self.num_columns):
            raise ModelError(
                f"Stage {stage_name!r} names column {column.max()} of {self.num_columns}; add it first."
            )
        size = np.abs(coefficient.astype(np.float64))
        bad = ~(size <= EXACT_LIMIT) | (coefficient != np.rint(coefficient.astype(np.float64)))
        if bad.any():
            at = int(np.argmax(bad))
            raise ModelError(
                f"Stage {stage_name!r} has the cost {coefficient[at]} at a column of"
                f" {self._column_name(column[at])!r}; costs are integers up to 2**53."
            )
        self._costs.setdefault(stage_name, []).append((column, coefficient.astype(np.int64)))

    def constant(self, stage_name: str, amount: int) -> None:
        """Add a constant, in quanta, to a stage."""
        self._constants[stage_name] = self._constants.get(stage_name, 0) + int(amount)

    def upper(self, columns: IntArray) -> IntArray:
        """Upper bounds of columns."""
        (bounds,) = _stack([(high,) for _, high, _ in self._column_bounds], (np.float64,))
        return np.asarray(bounds[columns], dtype=np.int64)

    def costs(self, stage_name: str) -> tuple[IntArray, IntArray]:
        """Columns that a stage counts so far, sorted, and their summed costs."""
        stage = self._stage(stage_name, 1)
        return stage.columns, stage.coefficients

    def build(self, stage_order: Sequence[tuple[str, int]]) -> Mip:
        """Stack everything into a `Mip`.

        Parameters
        ----------
        stage_order : sequence of (name, unit)
            The stages, most important first; a stage without cost or constant
            is dropped.

        Raises
        ------
        ModelError
            If costs were given to a stage that is not in the order, or sums
            leave the range in which float64 is exact.
        """
        # Imported where it is needed: it costs as much as the rest of the library.
        from scipy import sparse

        named = [name for name, _ in stage_order]
        unknown = sorted((self._costs.keys() | self._constants.keys()) - set(named))
        if unknown or len(set(named)) != len(named):
            raise ModelError(f"The order of stages {named} must name each stage once: {unknown}.")
        stages = [self._stage(name, unit) for name, unit in stage_order]
        row, column, value = _stack(self._entries, (np.int64, np.int64, np.float64))
        shape = (self.num_rows, self.num_columns)
        matrix = canonical(sparse.coo_array((value, (row, column)), shape=shape).tocsc())
        large = np.abs(matrix.data) > EXACT_LIMIT
        if large.any():
            at = int(matrix.indices[int(np.argmax(large))])
            raise ModelError(f"Summed entries of rows {self._row_name(at)!r} exceed 2**53.")
        row_lower, row_upper = _stack(self._row_bounds, (np.float64, np.float64))
        lower, upper, integer = _stack(self._column_bounds, (np.float64, np.float64, np.bool_))
        return Mip(
            matrix=matrix,
            row_lower=row_lower,
            row_upper=row_upper,
            lower=lower,
            upper=upper,
            integer=integer,
            stages=tuple(s for s in stages if len(s.columns) or s.offset),
            column_blocks=tuple(self._column_blocks),
            row_blocks=tuple(self._row_blocks),
        )

    def _stage(self, name: str, unit: int) -> Stage:
        if unit < 1:
            raise ModelError(f"Stage {name!r} has {unit} quanta to its unit; at least 1 is needed.")
        if name not in self._costs:
            nothing = np.zeros(0, dtype=np.int64)
            return Stage(name, nothing, nothing, self._constants.get(name, 0), int(unit))
        column, coefficient = _stack(self._costs[name], (np.int64, np.int64))
        size = np.bincount(column, np.abs(coefficient.astype(np.float64)), self.num_columns)
        if np.any(size > EXACT_LIMIT):
            at = int(np.argmax(size > EXACT_LIMIT))
            raise ModelError(
                f"Summed costs of stage {name!r} at columns {self._column_name(at)!r} exceed 2**53."
            )
        total = np.zeros(self.num_columns, dtype=np.int64)
        np.add.at(total, column, coefficient)
        columns = np.flatnonzero(total)
        constant = self._constants.get(name, 0)
        return Stage(name, columns, total[columns], constant, int(unit))

    def _column_name(self, number: int) -> str:
        return block_of(number, self._column_blocks).name

    def _row_name(self, number: int) -> str:
        return block_of(number, self._row_blocks).name

    @staticmethod
    def _new_name(name: str, blocks: Sequence[Block], what: str) -> None:
        if any(block.name == name for block in blocks):
            raise ModelError(f"The model has a {what} block {name!r} already; choose a new name.")


def _numbers(values: npt.ArrayLike) -> IntArray:
    numbers = np.asarray(values)
    if numbers.size == 0:
        return numbers.astype(np.int64)
    if numbers.dtype.kind not in "iu":
        raise ModelError(f"Row and column numbers are integers, not {numbers.dtype}.")
    return numbers.astype(np.int64)


def _broadcast(
    name: str, lower: npt.ArrayLike, upper: npt.ArrayLike, size: int | None
) -> tuple[FloatArray, FloatArray]:
    low, high = np.broadcast_arrays(np.asarray(lower, dtype=np.float64), np.asarray(upper, dtype=np.float64))
    if low.ndim == 0:
        if size is None:
            raise ModelError(f"Block {name!r} has scalar bounds only; give its size.")
        low, high = np.broadcast_to(low, (size,)), np.broadcast_to(high, (size,))
    if size is not None and low.size != size:
        raise ModelError(f"Block {name!r} has {low.size} bounds for its size {size}.")
    # Adding 0.0 copies the read-only broadcast and turns -0.0 into 0.0.
    return low.ravel() + 0.0, high.ravel() + 0.0


def _refuse(bad: BoolArray, name: str, values: FloatArray, why: str) -> None:
    if bad.any():
        at = int(np.argmax(bad))
        raise ModelError(f"Block {name!r}: {values[at]} at position {at} {why}.")


def _refuse_fractions(values: FloatArray, name: str) -> None:
    finite = np.isfinite(values)
    bad = finite & ((values != np.rint(values)) | (np.abs(values) > EXACT_LIMIT))
    _refuse(bad, name, values, "is no integer up to 2**53")


def _stack(parts: Sequence[tuple[Any, ...]], kinds: tuple[Any, ...]) -> tuple[Any, ...]:
    if not parts:
        return tuple(np.zeros(0, dtype=kind) for kind in kinds)
    return tuple(
        np.concatenate(arrays).astype(kind, copy=False)
        for arrays, kind in zip(zip(*parts, strict=True), kinds, strict=True)
    )
