"""What the first stages hang on, cut loose from the rest of a model.

Rows are marked where they tie together what is otherwise independent (`RowBlock.coupling`). Without them a model falls
into what it is made of, and the first stages cost something in some of that only. Those pieces, with the shared rows
that they reach, are a model of their own: a relaxation of the whole, because of everything else only the bounds of
columns are kept. A bound of it holds for the whole, and its rows can be priced in the rest (Geoffrion, 1974,
doi:10.1007/BFb0120690); a plan of it says what the rest has to make possible.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from yjopt.model.mip import Block, Mip, RowBlock, Stage

if TYPE_CHECKING:
    from yjopt.model.mip import BoolArray, IntArray

#: A subproblem with more than this share of the columns is none.
MOST: Final = 0.7

#: Pieces that bring nothing else with them are taken in, too, up to this share of what is there.
LITTLE: Final = 0.1


@dataclass(frozen=True, eq=False)
class Subproblem:
    """Part of a model on which its first stages hang.

    Attributes
    ----------
    columns, rows : int64 array
        Sorted, of the whole.
    mip : Mip
        With all stages of the whole, as far as they cost something here, without offsets.
    last : int
        The last stage all of whose columns are here.
    is_own : bool[columns of the subproblem]
        False for columns of the rest that stand in a row of the subproblem.
    is_slack : bool[columns of the subproblem]
        They stand in rows that are shared only, and cost something in a stage up to `last`.
    """

    columns: IntArray
    rows: IntArray
    mip: Mip
    last: int
    is_own: BoolArray
    is_slack: BoolArray

    def decided(self) -> BoolArray:
        """What a plan decides here, slacks left out: columns of its own that count as whole."""
        return np.asarray(self.is_own & ~self.is_slack & self.mip.integer)


def subproblem(mip: Mip, *, shares_rows: bool = True) -> Subproblem | None:
    """The part of a model on which its first stages hang, as many of them as leave a good part of it out.

    Parameters
    ----------
    mip : Mip
    shares_rows : bool
        Whether rows that columns of the rest stand in, too, are kept, with these columns. Otherwise they are left out
        with them: the relaxation is weaker, and falls into more independent parts.

    Returns
    -------
    Subproblem or None
        None where even the first stage that costs something hangs on nearly everything.
    """
    entries = mip.matrix.tocoo()
    piece, stands = _pieces(mip, entries)
    found, wanted = None, np.zeros(piece.max(initial=-1) + 1, dtype=np.bool_)
    for stage, own in enumerate(mip.stages):
        wanted[piece[own.columns]] = True
        core = _with_bare(entries, mip.num_rows, wanted[piece], stands)
        core = _with_closed(entries, mip.num_rows, core, piece)
        if core.sum() > MOST * mip.num_columns:
            break
        if core.any():
            found = stage, core
    if found is None:
        return None
    last, core = found
    rows, beside = _reached(entries, mip.num_rows, core)
    if not shares_rows:
        rows[entries.row[beside[entries.col] & rows[entries.row]]] = False
        beside[:] = False
    return _cut_loose(mip, last, core, beside, np.flatnonzero(rows), stands)


def _pieces(mip: Mip, entries: sparse.coo_array) -> tuple[IntArray, BoolArray]:
    """The piece of each column in the model without coupling rows, and whether it stands in any other row."""
    coupling = np.zeros(mip.num_rows, dtype=np.bool_)
    for block in mip.row_blocks:
        coupling[block.start : block.stop] = block.coupling
    inner = ~coupling[entries.row]
    nodes = mip.num_rows + mip.num_columns
    ends = (entries.row[inner].astype(np.int64), mip.num_rows + entries.col[inner].astype(np.int64))
    edges = sparse.coo_array((np.ones(int(inner.sum()), dtype=np.int8), ends), shape=(nodes, nodes)).tocsr()
    label = connected_components(edges, directed=False)[1][mip.num_rows :].astype(np.int64)
    stands = np.zeros(mip.num_columns, dtype=np.bool_)
    stands[entries.col[inner]] = True
    return label, stands


def _with_bare(entries: sparse.coo_array, num_rows: int, core: BoolArray, stands: BoolArray) -> BoolArray:
    """Columns with those that stand in coupling rows alone and can be reached from them by such columns."""
    while True:
        _, beside = _reached(entries, num_rows, core)
        more = beside & ~stands
        if not more.any():
            return core
        core = core | more


def _with_closed(entries: sparse.coo_array, num_rows: int, core: BoolArray, piece: IntArray) -> BoolArray:
    """Columns with few pieces that are reached and reach nothing more themselves: their rows cost nothing to keep."""
    _, beside = _reached(entries, num_rows, core)
    taken = np.isin(piece, piece[beside]) & ~core
    while True:
        is_out = ~(core | beside | taken)
        reaches_out = np.zeros(num_rows, dtype=np.bool_)
        reaches_out[entries.row[is_out[entries.col]]] = True
        open_ended = taken[entries.col] & reaches_out[entries.row]
        if not open_ended.any():
            return core | taken if taken.sum() <= LITTLE * core.sum() else core
        taken &= ~np.isin(piece, piece[entries.col[open_ended]])


def _reached(entries: sparse.coo_array, num_rows: int, core: BoolArray) -> tuple[BoolArray, BoolArray]:
    """Rows in which some columns stand, and the other columns in these."""
    rows = np.zeros(num_rows, dtype=np.bool_)
    rows[entries.row[core[entries.col]]] = True
    beside = np.zeros(len(core), dtype=np.bool_)
    beside[entries.col[rows[entries.row]]] = True
    return rows, beside & ~core


def _cut_loose(
    mip: Mip, last: int, core: BoolArray, beside: BoolArray, rows: IntArray, stands: BoolArray
) -> Subproblem:
    columns = np.flatnonzero(core | beside)
    number = np.full(mip.num_columns, -1, dtype=np.int64)
    number[columns] = np.arange(len(columns))
    matrix = sparse.csc_array(mip.matrix.tocsr()[rows].tocsc()[:, columns])
    matrix.sort_indices()
    stages, costs = [], np.zeros(len(columns), dtype=np.bool_)
    for stage, own in enumerate(mip.stages):
        here = number[own.columns] >= 0
        stages.append(Stage(own.name, number[own.columns[here]], own.coefficients[here], 0, own.unit))
        if stage <= last:
            costs[stages[-1].columns] = True
    small = Mip(
        matrix,
        mip.row_lower[rows],
        mip.row_upper[rows],
        mip.lower[columns],
        mip.upper[columns],
        mip.integer[columns],
        tuple(stages),
        (Block("subproblem", 0, len(columns)),),
        (RowBlock("subproblem", 0, len(rows)),),
    )
    return Subproblem(columns, rows, small, last, core[columns], costs & ~stands[columns])
