"""Relaxations of models most of whose rows are links of two columns: only those that a vector breaks are kept.

"Only where it is open", "only while it holds that": such rows join two columns each, most are never near their side,
and all of them together cost the simplex method ten times what the rest does. Left out at first, the broken ones are
put in and the rest is solved anew (Dantzig, Fulkerson and Johnson, 1954, doi:10.1287/opre.2.4.393). From nothing
rather than from where it stands: with thousands of rows broken at once the dual method takes several times as long.
What the duals prove holds with all rows.
"""

from __future__ import annotations

import dataclasses
import time
from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.engines.relaxation import Relaxation
from yjopt.model.mip import canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from yjopt.engines.relaxation import RelaxedOutcome
    from yjopt.model.mip import BoolArray, FloatArray, Mip

#: Share of all rows from which links are left out at first, and columns from which that is worth it.
MANY, LARGE = 0.5, 50_000

#: How often what is broken is put in: the first time gives most of what can be had.
ROUNDS: Final = 1

#: Part of the time left that the first solve may have taken where another is begun: with more rows it takes longer.
PACE: Final = 0.4

#: By so much of a unit a row may be broken.
TOLERANCE: Final = 1e-6


def relaxed_by_links(
    mip: Mip,
    costs: Sequence[FloatArray],
    *,
    deadline: float,
    seed: int = 0,
    stop: Callable[[], bool] | None = None,
) -> list[RelaxedOutcome]:
    """Minimise costs over the relaxation of a model, one after the other.

    Parameters
    ----------
    mip : Mip
    costs : sequence of float64[columns]
    deadline : float
        By `time.monotonic`.
    seed : int
        Of the solver.
    stop : callable, optional
        Asked while the solver runs; where it answers True it ends as at the deadline.

    Returns
    -------
    list of RelaxedOutcome
        With duals of all rows. A vector called optimal may break some links.
    """
    kept = ~_links(mip)
    found: list[RelaxedOutcome] = []
    for _ in range(ROUNDS + 1):
        began = time.monotonic()
        with Relaxation(_with(mip, kept), seed, stop) as relaxation:
            again = [relaxation.minimise(cost, deadline=deadline) for cost in costs]
        if found and not again[0].optimal:
            break
        # Where there was no time for one of them, what it came to before still holds.
        before, found = found or again, [_of_all(mip, kept, one) for one in again]
        found = [new if new.optimal else old for old, new in zip(before, found, strict=True)]
        broken = _broken(mip, found[0].values) & ~kept
        ended = time.monotonic()
        if not broken.any() or ended - began > PACE * (deadline - ended):
            break
        kept |= broken
    return found


def _links(mip: Mip) -> BoolArray:
    """Rows of two columns with one side, where most rows of a large model are such."""
    count = np.bincount(mip.matrix.indices, minlength=mip.num_rows)
    links: BoolArray = (count == 2) & (np.isfinite(mip.row_lower) != np.isfinite(mip.row_upper))
    if mip.num_columns < LARGE or links.sum() < MANY * mip.num_rows:
        links[:] = False
    return links


def _with(mip: Mip, kept: BoolArray) -> Mip:
    """The model with some of its rows only."""
    if kept.all():
        return mip
    return dataclasses.replace(
        mip,
        matrix=canonical(mip.matrix.tocsr()[kept].tocsc()),
        row_lower=mip.row_lower[kept],
        row_upper=mip.row_upper[kept],
        row_blocks=(),
    )


def _of_all(mip: Mip, kept: BoolArray, found: RelaxedOutcome) -> RelaxedOutcome:
    """An answer with duals of all rows, those left out at 0."""
    if found.duals is None:
        return found
    duals = np.zeros(mip.num_rows)
    duals[kept] = found.duals
    return dataclasses.replace(found, duals=duals)


def _broken(mip: Mip, values: FloatArray | None) -> BoolArray:
    """Rows that a vector breaks."""
    if values is None:
        return np.zeros(mip.num_rows, dtype=np.bool_)
    activity = mip.matrix @ values
    broken: BoolArray = np.maximum(activity - mip.row_upper, mip.row_lower - activity) > TOLERANCE
    return broken
