"""Rows of a matrix as modelling packages want them: one sense and one side each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.peers.problem import FloatArray, IntArray, Problem


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of one sense: their numbers in the whole matrix, a sparse matrix by rows, and their sides."""

    sense: str
    numbers: IntArray
    matrix: Any
    sides: FloatArray

    def one_by_one(self) -> Iterator[tuple[list[int], list[float], float]]:
        """Columns, entries and side of each row, as Python's own lists."""
        starts = self.matrix.indptr.tolist()
        indices, data = self.matrix.indices.tolist(), self.matrix.data.tolist()
        for row, side in enumerate(self.sides.tolist()):
            yield indices[starts[row] : starts[row + 1]], data[starts[row] : starts[row + 1]], side


def rows_by_sense(problem: Problem) -> list[Rows]:
    """The rows ``=``, ``<=`` and ``>=``; one with two sides that differ is in two of them, one without in none.

    An empty row (one that says 0 is 0) is left out: some packages refuse it.
    """
    matrix, low, high = problem.by_rows, problem.row_lower, problem.row_upper
    filled = np.diff(matrix.indptr) > 0
    chosen = {
        "=": filled & (low == high),
        "<=": filled & (low != high) & np.isfinite(high),
        ">=": filled & (low != high) & np.isfinite(low),
    }
    return [
        Rows(sense, np.flatnonzero(which), matrix[which], (low if sense == ">=" else high)[which])
        for sense, which in chosen.items()
    ]
