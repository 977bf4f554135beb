"""A lexicographic integer programme as a file of arrays, which every process of a comparison reads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, reduce
from math import gcd
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    IntArray = NDArray[np.int64]
    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ProblemStage:
    """One objective: ``offset + coefficients @ x[columns]`` in quanta, to be minimised."""

    name: str
    columns: IntArray
    coefficients: IntArray
    offset: int
    unit: int

    def value(self, x: IntArray) -> int:
        """Value in quanta, exact: a sum in Python integers where 64 bits might not hold it."""
        picked = x[self.columns]
        size = np.abs(self.coefficients.astype(np.float64)) @ np.abs(picked.astype(np.float64))
        if size < 2.0**62:
            return self.offset + int(self.coefficients @ picked)
        return self.offset + sum(
            c * v for c, v in zip(self.coefficients.tolist(), picked.tolist(), strict=True)
        )

    @cached_property
    def scale(self) -> int:
        """What all coefficients have in common: smaller numbers are kinder to a solver in floats."""
        return reduce(gcd, np.unique(np.abs(self.coefficients)).tolist(), 0) or 1

    def least(self, lower: FloatArray, upper: FloatArray) -> int:
        """The value that no plan is below, from the bounds of the columns alone."""
        at = np.where(self.coefficients > 0, lower[self.columns], upper[self.columns]).astype(np.int64)
        whole = np.zeros(len(lower), dtype=np.int64)
        whole[self.columns] = at
        return self.value(whole)


@dataclass(frozen=True, eq=False)
class Problem:
    """The matrix by columns, sides of rows, bounds, marks of integers, stages in order, and a plan to start from.

    Columns and rows come in named blocks: first, and one behind the last.
    """

    indptr: IntArray
    indices: IntArray
    data: FloatArray
    row_lower: FloatArray
    row_upper: FloatArray
    lower: FloatArray
    upper: FloatArray
    integer: NDArray[np.bool_]
    stages: tuple[ProblemStage, ...]
    start: IntArray
    column_blocks: dict[str, tuple[int, int]]
    row_blocks: dict[str, tuple[int, int]]

    @property
    def num_columns(self) -> int:
        """Number of columns."""
        return len(self.lower)

    @property
    def num_rows(self) -> int:
        """Number of rows."""
        return len(self.row_lower)

    @cached_property
    def matrix(self) -> Any:
        """The matrix as a scipy array, by columns."""
        from scipy import sparse

        return sparse.csc_array(
            (self.data, self.indices, self.indptr), shape=(self.num_rows, self.num_columns)
        )

    def is_plan(self, x: IntArray) -> bool:
        """Whether a vector keeps every row and bound, in whole numbers of 64 bits."""
        if np.any(x < self.lower) or np.any(x > self.upper):
            return False
        activity = self._whole @ x
        return not (np.any(activity < self.row_lower) or np.any(activity > self.row_upper))

    @cached_property
    def _whole(self) -> Any:
        return self.by_rows.astype(np.int64)

    @cached_property
    def by_rows(self) -> Any:
        """The matrix as a scipy array, by rows."""
        return self.matrix.tocsr()


def save(path: Path, mip: Any, start: IntArray) -> None:
    """Write a `yjopt.model.mip.Mip` and a plan of it."""
    stages = mip.stages
    np.savez(
        path,
        indptr=np.asarray(mip.matrix.indptr, dtype=np.int64),
        indices=np.asarray(mip.matrix.indices, dtype=np.int64),
        data=np.asarray(mip.matrix.data, dtype=np.float64),
        row_lower=mip.row_lower,
        row_upper=mip.row_upper,
        lower=mip.lower,
        upper=mip.upper,
        integer=mip.integer,
        start=np.asarray(start, dtype=np.int64),
        **_blocks("column", mip.column_blocks),
        **_blocks("row", mip.row_blocks),
        stage_names=np.array([stage.name for stage in stages]),
        stage_offsets=np.array([stage.offset for stage in stages], dtype=np.int64),
        stage_units=np.array([stage.unit for stage in stages], dtype=np.int64),
        stage_starts=np.cumsum([0, *(len(stage.columns) for stage in stages)]).astype(np.int64),
        stage_columns=_joined([stage.columns for stage in stages]),
        stage_coefficients=_joined([stage.coefficients for stage in stages]),
    )


def load(path: Path) -> Problem:
    """Read what `save` wrote."""
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files}
    starts = arrays["stage_starts"]
    stages = tuple(
        ProblemStage(
            str(name),
            arrays["stage_columns"][starts[k] : starts[k + 1]],
            arrays["stage_coefficients"][starts[k] : starts[k + 1]],
            int(arrays["stage_offsets"][k]),
            int(arrays["stage_units"][k]),
        )
        for k, name in enumerate(arrays["stage_names"])
    )
    plain = ("indptr", "indices", "data", "row_lower", "row_upper", "lower", "upper", "integer", "start")
    return Problem(
        **{name: arrays[name] for name in plain},
        stages=stages,
        column_blocks=_named(arrays, "column"),
        row_blocks=_named(arrays, "row"),
    )


def _blocks(kind: str, blocks: Any) -> dict[str, Any]:
    """Blocks that hold anything, as arrays."""
    held = [block for block in blocks if block.stop > block.start]
    return {
        f"{kind}_block_names": np.array([block.name for block in held]),
        f"{kind}_block_bounds": np.array([(block.start, block.stop) for block in held], dtype=np.int64),
    }


def _named(arrays: dict[str, Any], kind: str) -> dict[str, tuple[int, int]]:
    names, bounds = arrays[f"{kind}_block_names"].tolist(), arrays[f"{kind}_block_bounds"].tolist()
    return {name: (start, stop) for name, (start, stop) in zip(names, bounds, strict=True)}


def _joined(parts: list[IntArray]) -> IntArray:
    return np.concatenate([np.zeros(0, dtype=np.int64), *parts]).astype(np.int64)
