"""A mixed-integer programme in whole numbers; `builder.Builder` makes one from arrays.

The programme is

    minimise lexicographically  f_1(x), f_2(x), ...
    subject to  row_lower <= A x <= row_upper,  lower <= x <= upper,

where every number is an integer: entries, bounds and stage coefficients. Every
column has finite bounds, because loose bounds make solvers hang. Columns and
rows come in named blocks, so that a violation or a clash can be said in words.

Columns marked ``integer=False`` are *implied* integers: flows and slacks whose
value is a whole number as soon as the others are. They are spared branching,
yet every value that leaves an engine is an integer.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from yjopt.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

IntArray: TypeAlias = npt.NDArray[np.int64]
FloatArray: TypeAlias = npt.NDArray[np.float64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]

EXACT_LIMIT = 2**53
"""Largest magnitude for which float64 holds every integer."""

_INT64_SAFE = 2.0**62


class Violation(NamedTuple):
    """One row (or column bound) that a vector breaks.

    Attributes
    ----------
    block : str
        Name of the row block (column block for a bound).
    offset : int
        Position inside the block, from 0.
    amount : int
        How far outside: positive above the upper, negative below the lower side.
    """

    block: str
    offset: int
    amount: int


@dataclass(frozen=True)
class Block:
    """A named range ``start:stop`` of columns."""

    name: str
    start: int
    stop: int

    @property
    def size(self) -> int:
        """Number of columns or rows in the block."""
        return self.stop - self.start


@dataclass(frozen=True)
class RowBlock(Block):
    """A named range of rows.

    Attributes
    ----------
    coupling : bool
        The rows tie otherwise independent parts together (budgets, fleets).
    network : str
        Name of the pure network these rows are the balances of, or "".
    """

    coupling: bool = False
    network: str = ""


@dataclass(frozen=True, eq=False)
class Stage:
    """One objective of the order, to be minimised.

    The value in quanta is ``offset + sum(coefficients * x[columns])``, an
    integer; the value in natural units is that over `unit`.
    """

    name: str
    columns: IntArray
    coefficients: IntArray
    offset: int = 0
    unit: int = 1

    def value(self, x: IntArray) -> int:
        """Value in quanta of the integer vector `x`, exact."""
        return self.offset + _exact_dot(self.coefficients, x[self.columns])


@dataclass(frozen=True, eq=False)
class Mip:
    """A lexicographic mixed-integer programme; see the module's first lines.

    Attributes
    ----------
    matrix : scipy.sparse.csc_array
        Rows by columns, float64 whose entries are integers; canonical (sorted
        indices, no duplicates, no stored zeros).
    row_lower, row_upper : float64[rows]
        Sides of the rows, integers or infinite.
    lower, upper : float64[columns]
        Bounds of the columns, finite integers.
    integer : bool[columns]
        False for implied integers.
    stages : tuple of Stage
        In their order of importance.
    column_blocks : tuple of Block
    row_blocks : tuple of RowBlock
    """

    matrix: Any
    row_lower: FloatArray
    row_upper: FloatArray
    lower: FloatArray
    upper: FloatArray
    integer: BoolArray
    stages: tuple[Stage, ...]
    column_blocks: tuple[Block, ...]
    row_blocks: tuple[RowBlock, ...]

    def __post_init__(self) -> None:
        rows, columns = self.matrix.shape
        row_sizes = {len(self.row_lower), len(self.row_upper)}
        column_sizes = {len(self.lower), len(self.upper), len(self.integer)}
        if row_sizes != {rows} or column_sizes != {columns}:
            raise ModelError(
                f"A model of {rows} rows and {columns} columns needs bounds of those"
                f" lengths, not {sorted(row_sizes)} and {sorted(column_sizes)}."
            )

    @property
    def num_rows(self) -> int:
        """Number of rows."""
        return int(self.matrix.shape[0])

    @property
    def num_columns(self) -> int:
        """Number of columns."""
        return int(self.matrix.shape[1])

    @property
    def num_nonzeros(self) -> int:
        """Number of stored entries."""
        return int(self.matrix.nnz)

    def stage(self, name: str) -> Stage:
        """The stage called `name`; `ModelError` when there is none."""
        for stage in self.stages:
            if stage.name == name:
                return stage
        raise ModelError(f"The model has no stage {name!r}; it has {[s.name for s in self.stages]}.")

    def stage_value(self, stage: Stage | str, x: IntArray) -> int:
        """Exact value in quanta of one stage at the integer vector `x`."""
        chosen = self.stage(stage) if isinstance(stage, str) else stage
        return chosen.value(self._vector(x))

    def stage_values(self, x: IntArray) -> tuple[int, ...]:
        """Exact values in quanta of all stages at `x`, in their order."""
        vector = self._vector(x)
        return tuple(stage.value(vector) for stage in self.stages)

    def violations(self, x: IntArray) -> list[Violation]:
        """Rows that the integer vector `x` breaks, computed exactly.

        Parameters
        ----------
        x : int64[columns]

        Returns
        -------
        list of Violation
            In row order; empty when every row holds.
        """
        activity = self._activity(self._vector(x))
        excess = _outside(activity, self.row_lower, self.row_upper)
        return list(_named(excess, self.row_blocks))

    def bound_violations(self, x: IntArray) -> list[Violation]:
        """Columns whose bounds the integer vector `x` breaks."""
        excess = _outside(self._vector(x), self.lower, self.upper)
        return list(_named(excess, self.column_blocks))

    def is_feasible(self, x: IntArray) -> bool:
        """Whether the integer vector `x` keeps every bound and every row."""
        vector = self._vector(x)
        if np.any(_outside(vector, self.lower, self.upper)):
            return False
        return not np.any(_outside(self._activity(vector), self.row_lower, self.row_upper))

    def digest(self) -> str:
        """SHA-256 (hex) of the model: matrix, bounds, types, stages, blocks that hold anything, in order."""
        head = {
            "shape": [self.num_rows, self.num_columns],
            "stages": [[s.name, s.offset, s.unit, len(s.columns)] for s in self.stages],
            # Empty blocks belong to features nobody uses: they must change nothing.
            "columns": [[b.name, b.start, b.stop] for b in self.column_blocks if b.size],
            "rows": [[b.name, b.start, b.stop, b.coupling, b.network] for b in self.row_blocks if b.size],
        }
        total = hashlib.sha256(json.dumps(head, sort_keys=True).encode())
        whole: list[npt.ArrayLike] = [self.matrix.indptr, self.matrix.indices]
        for stage in self.stages:
            whole += [stage.columns, stage.coefficients]
        for numbers in whole:
            total.update(np.asarray(numbers).astype("<i8").tobytes())
        # Adding 0.0 turns -0.0 into 0.0, so that equal models have equal bytes.
        for reals in (self.matrix.data, self.row_lower, self.row_upper, self.lower, self.upper):
            total.update((np.asarray(reals) + 0.0).astype("<f8").tobytes())
        total.update(self.integer.astype(np.uint8).tobytes())
        return total.hexdigest()

    def restrict(self, columns: IntArray, rows: IntArray) -> Mip:
        """The part of the model made of some columns and rows.

        Parameters
        ----------
        columns, rows : int64 arrays
            Sorted numbers to keep; the rows must touch no other column.

        Returns
        -------
        Mip
            All stages are kept, with offset 0: the constants stay with the whole.

        Raises
        ------
        ModelError
            If a kept column reaches into a row that is not kept, or a kept row
            into a column that is not.
        """
        from scipy import sparse

        new_row = np.full(self.num_rows, -1, dtype=np.int64)
        new_row[rows] = np.arange(len(rows))
        part = self.matrix[:, columns]
        indices = new_row[part.indices]
        if np.any(indices < 0):
            raise ModelError("A part of a model must keep every row that its columns reach.")
        reached = int(np.diff(self._by_rows.indptr)[rows].sum())
        if reached != len(indices):
            raise ModelError("A part of a model must keep every column that its rows touch.")
        matrix = canonical(
            sparse.csc_array((part.data, indices, part.indptr), shape=(len(rows), len(columns)))
        )
        return Mip(
            matrix=matrix,
            row_lower=self.row_lower[rows],
            row_upper=self.row_upper[rows],
            lower=self.lower[columns],
            upper=self.upper[columns],
            integer=self.integer[columns],
            stages=tuple(_restrict_stage(stage, columns) for stage in self.stages),
            column_blocks=tuple(Block(b.name, *_restrict_range(b, columns)) for b in self.column_blocks),
            row_blocks=tuple(
                RowBlock(b.name, *_restrict_range(b, rows), b.coupling, b.network) for b in self.row_blocks
            ),
        )

    @cached_property
    def _by_rows(self) -> Any:
        return self.matrix.tocsr()

    @cached_property
    def _exact_matrix(self) -> Any:
        return self._by_rows.astype(np.int64)

    def _activity(self, x: IntArray) -> npt.NDArray[Any]:
        """``A x`` exactly: int64 where that is safe, Python integers where it is not."""
        size = abs(self._by_rows) @ np.abs(x.astype(np.float64))
        if size.max(initial=0.0) < _INT64_SAFE:
            return np.asarray(self._exact_matrix @ x)
        products = self._exact_matrix.data.astype(object) * x[self._exact_matrix.indices]
        total = np.zeros(self.num_rows, dtype=object)
        of_row = np.repeat(np.arange(self.num_rows), np.diff(self._exact_matrix.indptr))
        np.add.at(total, of_row, products)
        return total

    def _vector(self, x: IntArray) -> IntArray:
        vector = np.asarray(x)
        if vector.shape != (self.num_columns,) or vector.dtype.kind != "i":
            raise ModelError(
                f"A vector of {self.num_columns} integers is needed, not shape"
                f" {vector.shape} of {vector.dtype}."
            )
        return vector.astype(np.int64, copy=False)


def _exact_dot(coefficients: IntArray, values: IntArray) -> int:
    """Sum of products, exact: Python integers where int64 could overflow."""
    size = np.dot(np.abs(coefficients.astype(np.float64)), np.abs(values.astype(np.float64)))
    if size < _INT64_SAFE:
        return int(np.dot(coefficients, values))
    return int(sum(c * v for c, v in zip(coefficients.tolist(), values.tolist(), strict=True)))


def _outside(values: npt.NDArray[Any], lower: FloatArray, upper: FloatArray) -> npt.NDArray[Any]:
    """Signed integer distance of each value from its interval; 0 inside."""
    excess = np.zeros_like(values)
    for side, sign in ((upper, 1), (lower, -1)):
        finite = np.isfinite(side)
        beyond = values[finite] - side[finite].astype(np.int64)
        wrong = sign * beyond > 0
        excess[np.flatnonzero(finite)[wrong]] = beyond[wrong]
    return excess


def _named(excess: npt.NDArray[Any], blocks: Sequence[Block]) -> Iterator[Violation]:
    for number in np.flatnonzero(excess):
        block = block_of(int(number), blocks)
        yield Violation(block.name, int(number) - block.start, int(excess[number]))


def block_of(number: int, blocks: Sequence[Block]) -> Block:
    """The block that column or row `number` lies in."""
    stops = np.array([block.stop for block in blocks])
    return blocks[int(np.searchsorted(stops, number, side="right"))]


def canonical(matrix: Any) -> Any:
    """The sparse matrix with sorted indices, no duplicates and no stored zeros (in place)."""
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    matrix.sort_indices()
    return matrix


def _restrict_stage(stage: Stage, columns: IntArray) -> Stage:
    position = np.searchsorted(columns, stage.columns)
    position[position == len(columns)] = 0
    kept = (
        columns[position] == stage.columns if len(columns) else np.zeros(len(stage.columns), dtype=np.bool_)
    )
    return Stage(stage.name, position[kept], stage.coefficients[kept], 0, stage.unit)


def _restrict_range(block: Block, numbers: IntArray) -> tuple[int, int]:
    start, stop = np.searchsorted(numbers, [block.start, block.stop])
    return int(start), int(stop)
