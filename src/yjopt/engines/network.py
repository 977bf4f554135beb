"""Models that are pure networks, recognised by their entries, whatever their rows are called.

Where every column has an entry of 1 or -1 in at most two rows, and rows can be multiplied by -1 so that no column has
two of the same sign, each column is an arc that takes from one row and gives to another (Ahuja, Magnanti and Orlin,
Network Flows, 1993, section 9.2). Goods without vehicles are such, over any number of periods: stocks that are kept
are arcs from one period to the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from yjopt.model.mip import IntArray, Mip


@dataclass(frozen=True, eq=False)
class Network:
    """A minimum-cost flow problem with the vectors of a model.

    Nodes are the rows, and a last one that everything comes from and goes to. Arcs are the columns, then one to the
    last node from every row whose sides differ, which takes what its activity comes to.

    Attributes
    ----------
    tails, heads : int64[arcs]
        Where an arc begins and ends.
    lower, upper : int64[arcs]
        Bounds of its flow.
    supply : int64[nodes]
        What leaves a node more than comes to it; 0 in sum.
    sign : int64[rows]
        1 or -1, by which each row is multiplied.
    slack : int64 array
        Rows that the arcs after those of the columns are of.
    """

    tails: IntArray
    heads: IntArray
    lower: IntArray
    upper: IntArray
    supply: IntArray
    sign: IntArray
    slack: IntArray


def network_of(mip: Mip) -> Network | None:
    """The network that a model is; None if it is none.

    Parameters
    ----------
    mip : Mip
        With a column in every row, and in at least one row every column.
    """
    matrix, entries = mip.matrix, np.diff(mip.matrix.indptr)
    is_simple = len(entries) > 0 and entries.min() > 0 and entries.max() <= 2
    if not is_simple or np.any(np.abs(matrix.data) != 1):
        return None
    sign = _signs(mip)
    if sign is None:
        return None
    last, row = mip.num_rows, matrix.indices.astype(np.int64)
    column = np.repeat(np.arange(mip.num_columns), entries)
    gives = matrix.data * sign[row] > 0
    tails, heads = np.full((2, mip.num_columns), last)
    heads[column[gives]], tails[column[~gives]] = row[gives], row[~gives]
    low, high = _sides(mip, sign)
    if np.any(low > high):
        return None
    slack = np.flatnonzero(low < high)
    supply = np.append(np.where(low < high, 0, -low), 0)
    supply[last] = -supply.sum()
    return Network(
        tails=np.concatenate([tails, slack]),
        heads=np.concatenate([heads, np.full(len(slack), last)]),
        lower=np.concatenate([mip.lower.astype(np.int64), low[slack]]),
        upper=np.concatenate([mip.upper.astype(np.int64), high[slack]]),
        supply=supply,
        sign=sign,
        slack=slack,
    )


def _signs(mip: Mip) -> IntArray | None:
    """By what rows are multiplied so that no column has two entries of the same sign; None if nothing does it."""
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    matrix, rows = mip.matrix, mip.num_rows
    first = matrix.indptr[:-1][np.diff(matrix.indptr) == 2]
    one, other = matrix.indices[first], matrix.indices[first + 1]
    # Every row stands twice, as it is and multiplied by -1; an edge joins what must go together.
    turned = np.where(matrix.data[first] == matrix.data[first + 1], rows, 0)
    begin = np.concatenate([one, one + rows])
    end = np.concatenate([other + turned, other + rows - turned])
    edges = sparse.coo_array((np.ones(len(begin), np.int8), (begin, end)), shape=(2 * rows, 2 * rows))
    label = connected_components(edges, directed=False)[1]
    as_it_is, opposite = label[:rows], label[rows:]
    if np.any(as_it_is == opposite):
        return None
    return np.where(as_it_is < opposite, 1, -1).astype(np.int64)


def _sides(mip: Mip, sign: IntArray) -> tuple[IntArray, IntArray]:
    """Sides of the rows once multiplied; those beyond reach are next to what can be reached."""
    matrix = mip.matrix
    column = np.repeat(np.arange(mip.num_columns), np.diff(matrix.indptr))
    signed = matrix.data * sign[matrix.indices]
    at_lower, at_upper = signed * mip.lower[column], signed * mip.upper[column]
    least = np.bincount(matrix.indices, np.minimum(at_lower, at_upper), mip.num_rows)
    most = np.bincount(matrix.indices, np.maximum(at_lower, at_upper), mip.num_rows)
    low = np.where(sign > 0, mip.row_lower, -mip.row_upper)
    high = np.where(sign > 0, mip.row_upper, -mip.row_lower)
    # One beyond: a side that cannot be reached must not be worth anything.
    low, high = np.maximum(low, least - 1), np.minimum(high, most + 1)
    return low.astype(np.int64), high.astype(np.int64)
