"""Prices of what is too large for one linear programme: district by district, at the others' prices as they are.

The Lagrangian bound is concave in the prices of all rows. While those of other districts stay, the best prices of a
district's rows are the duals of the programme of these rows and all columns in them, each charged what its other rows
cost. So the bound rises with every district (coordinate ascent; Bertsekas, Nonlinear Programming, 1999, section 6.3).
As it is not smooth it may end below the optimum of the whole, but it is never worse than the prices at the beginning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from yjopt.engines.districts import Left, in_turn
from yjopt.model.mip import Block, Mip, RowBlock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yjopt.engines.relaxation import RelaxedOutcome
    from yjopt.model.mip import FloatArray, IntArray


def ascended(
    mip: Mip,
    districts: Sequence[IntArray],
    cost: FloatArray,
    *,
    deadline: float,
    seed: int = 0,
    processes: int = 1,
) -> FloatArray | None:
    """Prices of all rows, those of each district found in its turn.

    Parameters
    ----------
    mip : Mip
        With finite bounds.
    districts : sequence of int64 array
        Columns of each; a row belongs to the district that has most entries in it.
    cost : float64[columns]
    deadline, seed, processes
        As for `relaxed_apart`.

    Returns
    -------
    float64[rows] or None
        In cost per unit of each row; 0 where a district found no time. None after Ctrl-C.
    """
    ascent = _Ascent(mip, cost)
    rows = [own for own in _rows_of(mip, districts) if len(own)]
    is_done = in_turn(rows, ascent.left_to, ascent.take, deadline=deadline, seed=seed, processes=processes)
    return ascent.prices if is_done else None


class _Ascent:
    """Prices that rise district by district."""

    def __init__(self, mip: Mip, cost: FloatArray) -> None:
        self._mip, self._cost, self._by_rows = mip, cost, mip.matrix.tocsr()
        self.prices = np.zeros(mip.num_rows)
        self._bound = self._bound_of(self.prices)

    def left_to(self, rows: IntArray) -> Left:
        """The programme of some rows, with all columns in them charged what the other rows cost."""
        mip, own = self._mip, self._by_rows[rows]
        columns = np.unique(own.indices).astype(np.int64)
        others = self.prices.copy()
        others[rows] = 0
        charged = self._cost[columns] - mip.matrix[:, columns].T @ others
        small = Mip(
            matrix=own[:, columns].tocsc(),
            row_lower=mip.row_lower[rows],
            row_upper=mip.row_upper[rows],
            lower=mip.lower[columns],
            upper=mip.upper[columns],
            integer=mip.integer[columns],
            stages=(),
            column_blocks=(Block("reached", 0, len(columns)),),
            row_blocks=(RowBlock("own", 0, len(rows)),),
        )
        return Left(small, charged, rows, columns)

    def take(self, left: Left, found: RelaxedOutcome) -> None:
        """Take a district's prices, unless others have changed meanwhile and the bound would fall."""
        if found.duals is None:
            return
        prices, side = self.prices.copy(), np.where(found.duals > 0, left.mip.row_lower, left.mip.row_upper)
        # A solver may price by a hair what cannot be broken.
        prices[left.rows] = np.where(np.isfinite(side), found.duals, 0)
        bound = self._bound_of(prices)
        if bound > self._bound:
            self.prices, self._bound = prices, bound

    def _bound_of(self, prices: FloatArray) -> float:
        mip = self._mip
        reduced = self._cost - mip.matrix.T @ prices
        sides = np.where(prices > 0, mip.row_lower, mip.row_upper)
        priced = prices != 0
        return float(
            prices[priced] @ sides[priced] + np.minimum(reduced * mip.lower, reduced * mip.upper).sum()
        )


def _rows_of(mip: Mip, districts: Sequence[IntArray]) -> list[IntArray]:
    """Rows of each district, sorted."""
    number = np.zeros(mip.num_columns, dtype=np.int64)
    for at, columns in enumerate(districts):
        number[columns] = at
    count = max(len(districts), 1)
    of_entry = np.repeat(number, np.diff(mip.matrix.indptr))
    key, entries = np.unique(mip.matrix.indices.astype(np.int64) * count + of_entry, return_counts=True)
    # By row and number of entries: the last of each row has most.
    fewest_first = np.lexsort((entries, key // count))
    row, district = key[fewest_first] // count, key[fewest_first] % count
    last = np.append(row[1:] != row[:-1], [True])
    by_district = np.argsort(district[last], kind="stable")
    cuts = np.searchsorted(district[last][by_district], np.arange(1, count))
    return np.split(row[last][by_district], cuts)
