"""The part of a model that matters to hard rules: all else is fixed at doing nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.model.builder import Builder
from yjopt.model.mip import Block, Mip, RowBlock, canonical

if TYPE_CHECKING:
    from collections.abc import Iterable

    from yjopt.model.mip import BoolArray, IntArray

#: Columns that say which site holds what, and what that takes.
HOLDING: Final = ("hold", "open_site", "convert", "site_short", "team_short")
#: Columns that move or serve people.
PEOPLE: Final = (
    "admit", "serve_arrival", "lost_arrival", "transfer", "settle", "lost_contact", "deploy", "short_task",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Shrunk:
    """A model without its fixed columns.

    Parameters
    ----------
    mip : Mip
        The columns that are left, and the rows that hold any of them.
    column, row : int64 array
        Number of each column and row of the whole in `mip`; -1 where it was left out.
    """

    mip: Mip
    column: IntArray
    row: IntArray


def columns_of(mip: Mip, names: Iterable[str]) -> BoolArray:
    """Mark the columns of the named blocks."""
    wanted = set(names)
    marked = np.zeros(mip.num_columns, dtype=np.bool_)
    for block in mip.column_blocks:
        if block.name in wanted:
            marked[block.start : block.stop] = True
    return marked


def shrink(mip: Mip, free: BoolArray, x: IntArray) -> Shrunk:
    """Fix all columns but the free ones at a vector that keeps every row, and leave them out.

    Parameters
    ----------
    mip : Mip
    free : bool[columns]
    x : int64[columns]
        Where the others are fixed.
    """
    kept = np.flatnonzero(free)
    fixed = np.where(free, 0, x)
    part = mip.matrix[:, kept]
    used = np.zeros(mip.num_rows, dtype=np.bool_)
    used[part.indices] = True
    rows = np.flatnonzero(used)
    taken = np.asarray(mip.matrix @ fixed.astype(np.float64))[rows]
    matrix = canonical(part.tocsr()[rows].tocsc())

    def cut(block: Block, numbers: IntArray) -> tuple[int, int]:
        start, stop = np.searchsorted(numbers, [block.start, block.stop])
        return int(start), int(stop)

    small = Mip(
        matrix=matrix,
        row_lower=mip.row_lower[rows] - taken,
        row_upper=mip.row_upper[rows] - taken,
        lower=mip.lower[kept],
        upper=mip.upper[kept],
        integer=mip.integer[kept],
        stages=(),
        column_blocks=tuple(Block(b.name, *cut(b, kept)) for b in mip.column_blocks),
        row_blocks=tuple(RowBlock(b.name, *cut(b, rows), b.coupling, b.network) for b in mip.row_blocks),
    )
    column, row = (np.full(size, -1, dtype=np.int64) for size in (mip.num_columns, mip.num_rows))
    column[kept], row[rows] = np.arange(len(kept)), np.arange(len(rows))
    return Shrunk(small, column, row)


def reopened(mip: Mip) -> Builder:
    """A builder that holds a model already, so that columns and rows can be added to it; without its stages."""
    builder = Builder()
    for block in mip.column_blocks:
        here = slice(block.start, block.stop)
        builder.columns(block.name, mip.lower[here], mip.upper[here], mip.integer[here], size=block.size)
    for rows in mip.row_blocks:
        here = slice(rows.start, rows.stop)
        builder.rows(
            rows.name, mip.row_lower[here], mip.row_upper[here], rows.coupling, rows.network, size=rows.size
        )
    entries = mip.matrix.tocoo()
    builder.entries(entries.row.astype(np.int64), entries.col.astype(np.int64), entries.data)
    return builder
