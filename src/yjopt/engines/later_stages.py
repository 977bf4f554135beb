"""What comes after the first stages, decided anew while these stay as they are in a plan.

Laid together with the first stages, the rest gets what these leave, and a relaxation of the whole breaks its trips into
hundredths. Once the first stages are settled the rest alone is a smaller relaxation, in which whole trips can be had by
a dive: those nearest to being whole first.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy import sparse

from yjopt.engines.fixing import Plan
from yjopt.engines.outcome import StoppedBy
from yjopt.engines.relaxation import Relaxation
from yjopt.engines.sharing import SharingDive

if TYPE_CHECKING:
    from collections.abc import Callable

    from yjopt.engines.halves import SolvedHalf
    from yjopt.model.mip import BoolArray, FloatArray, IntArray, Mip

#: Part of the columns that are still broken which is rounded at a time.
AT_ONCE: Final = 0.7

#: Share of the time that the relaxation itself may take, and how many times as long as one from nothing the dive may:
#: its last rounds take long and give little.
RELAX_SHARE, DIVE_TIMES = 0.8, 10.0


class Rest(NamedTuple):
    """What of a model comes after the first stages.

    Attributes
    ----------
    free : bool[columns]
        What is decided anew.
    whole : bool[columns]
        Those of them on which most of it hangs: they are to be whole.
    decided : bool[columns]
        Those of them that the others follow from.
    """

    free: BoolArray
    whole: BoolArray
    decided: BoolArray


class Decided(NamedTuple):
    """A vector of the rest.

    Attributes
    ----------
    values : float64[columns] or None
        The plan with the free columns decided anew; what was to be whole is, as far as time allowed. None where
        the relaxation did not end in time.
    interrupted : bool
        Ctrl-C came.
    """

    values: FloatArray | None
    interrupted: bool = False


def decided_anew(
    mip: Mip,
    x: IntArray,
    rest: Rest,
    cost: FloatArray,
    *,
    deadline: float,
    seed: int = 0,
    begun: SolvedHalf | None = None,
    needed: Callable[[FloatArray], IntArray] | None = None,
) -> Decided:
    """Relax what comes after the first stages with all else as in a plan, and make whole what most of it hangs on.

    Parameters
    ----------
    mip : Mip
    x : int64[columns]
        The plan.
    rest : Rest
    cost : float64[columns]
    deadline : float
        By `time.monotonic`.
    seed : int
        Of the solver.
    begun : SolvedHalf, optional
        The same with another plan for the rest.
    needed : callable, optional
        Given the vector, what is needed of the whole columns in any case.
    """
    columns = np.flatnonzero(rest.free)
    whole, cost = rest.whole[columns], cost[columns]
    small, own = with_closer_entries(Plan(mip, x).cut(columns).mip, whole), np.flatnonzero(whole)
    began = time.monotonic()
    soon = began + RELAX_SHARE * (deadline - began)
    with Relaxation(small, seed) as relaxation:
        found = relaxation.minimise(cost, basis=None if begun is None else begun.basis, deadline=soon)
        if found.values is None or not found.optimal:
            return Decided(None, found.stopped_by is StoppedBy.INTERRUPT)
        now = time.monotonic()
        took = max(now - began, 0.0 if begun is None else begun.seconds)
        until = min(deadline, now + DIVE_TIMES * took)
        dive = SharingDive(relaxation, cost, found.values, own, AT_ONCE)
        if needed is None or dive.leave(needed(_put(x, columns, found.values))[columns], until):
            dive.until(until)
    return Decided(_put(x, columns, dive.values), dive.interrupted)


def _put(x: IntArray, columns: IntArray, values: FloatArray) -> FloatArray:
    """A plan with other values in some columns."""
    result = x.astype(np.float64)
    result[columns] = values
    return result


def with_closer_entries(mip: Mip, whole: BoolArray) -> Mip:
    """A model with the same whole vectors in which a whole column allows no more than there is for it to allow.

    A trip carries a truck's load, yet where all that may be sent is a tenth of that, a relaxation sends it by a tenth
    of a trip. In a row of the form ``loads - capacities of trips <= side`` no capacity matters beyond the most that the
    loads can come to (coefficient tightening: Savelsbergh, 1994, doi:10.1287/ijoc.6.4.445).

    Parameters
    ----------
    mip : Mip
    whole : bool[columns]
    """
    matrix = sparse.csr_array(mip.matrix)
    row = np.repeat(np.arange(mip.num_rows), np.diff(matrix.indptr))
    column, entries = matrix.indices, matrix.data
    allows = whole[column] & (entries < 0)
    is_load = ~whole[column] & (entries > 0)
    is_such = np.isneginf(mip.row_lower) & np.isfinite(mip.row_upper) & (mip.row_upper >= 0)
    np.logical_and.at(is_such, row, (allows | is_load) & (mip.lower[column] == 0))
    most = np.zeros(mip.num_rows)
    np.add.at(most, row[is_load], (entries * mip.upper[column])[is_load])
    beyond = np.maximum(most - mip.row_upper, 1.0)
    closer = np.where(allows & is_such[row], np.maximum(entries, -beyond[row]), entries)
    tight = sparse.csc_array(sparse.csr_array((closer, column, matrix.indptr), shape=matrix.shape))
    tight.sort_indices()
    return replace(mip, matrix=tight)
