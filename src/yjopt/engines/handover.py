"""The arrays of a model as they go to a solver: rows divided by their common divisor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from yjopt.model.mip import IntArray, Mip


def handed_over(mip: Mip) -> dict[str, npt.NDArray[Any]]:
    """Columns, rows and matrix of a model, by columns.

    A row's activity is a multiple of the common divisor of its entries, as
    every column is whole in the end. So the row is divided by it, and its sides
    are moved inwards to whole numbers: exact for integer vectors, tighter for
    the relaxation, and kinder to tolerances that are absolute.
    """
    divisor = row_divisors(mip)
    return {
        "indptr": mip.matrix.indptr.astype(np.int32),
        "indices": mip.matrix.indices.astype(np.int32),
        "data": mip.matrix.data / divisor[mip.matrix.indices],
        "row_lower": np.ceil(mip.row_lower / divisor) + 0.0,
        "row_upper": np.floor(mip.row_upper / divisor) + 0.0,
        "lower": mip.lower,
        "upper": mip.upper,
        "integer": mip.integer.astype(np.uint8),
    }


def row_divisors(mip: Mip) -> IntArray:
    """Greatest common divisor of each row's entries, int64[rows]; 1 for an empty row."""
    divisors = np.ones(mip.num_rows, dtype=np.int64)
    by_rows = mip.matrix.tocsr()
    filled = np.flatnonzero(np.diff(by_rows.indptr))
    if len(filled):
        entries = np.abs(by_rows.data).astype(np.int64)
        divisors[filled] = np.gcd.reduceat(entries, by_rows.indptr[filled])
    return divisors
