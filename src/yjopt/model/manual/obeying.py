"""Which steps of a plan laid by hand the rule ``strict`` and loads of backups forbid, looking back on all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from yjopt.model.tightening import raised

if TYPE_CHECKING:
    from yjopt.instance.joining import IntArray
    from yjopt.model.assembly import Model


def signs_set(model: Model, x: IntArray) -> IntArray:
    """The vector with every sign that a giver is exhausted, and every opening, set where it holds."""
    result = x.copy()
    for signs in model.strict.signs:
        result[signs] = 0
    for signs in model.strict.signs:
        result = raised(model.mip, result, signs)
    return result


def forbidden(model: Model, x: IntArray) -> IntArray:
    """Columns of `x` that are not 0 though what they need does not hold; `signs_set` comes before."""
    rows, columns = model.strict.flow_row, model.strict.flow
    activity = model.mip.matrix @ x
    shut = activity[rows] > model.mip.row_upper[rows]
    return np.unique(columns[shut & (x[columns] > 0)])
