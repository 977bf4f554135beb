"""Bring columns that may stand higher than a plan needs down to what it needs.

A search that is stopped early leaves such columns where they cost nothing yet: work that is called short though it
is done, a conversion that is paid though nothing is held. Lowering them breaks no row and worsens no stage.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from yjopt.instance.joining import IntArray
    from yjopt.model.assembly import Model
    from yjopt.model.mip import Mip


def tighten(model: Model, x: IntArray) -> IntArray:
    """Lower what is short, excepted or paid to what the rest of the plan asks for.

    Parameters
    ----------
    model : Model
    x : int64 array, shape (columns,)
        A vector that keeps every row. It is not changed.

    Returns
    -------
    int64 array, shape (columns,)
        Keeps every row; no stage has a higher value than at `x`.
    """
    convert = model.isolation.convert
    for columns in (
        model.teams.short,
        model.rules.short,
        model.beds.excess,
        model.isolation.excess,
        model.couplings.staff,
        model.couplings.goods,
        convert[convert >= 0],
        # After what is short of tasks: a ceiling counts it.
        model.rules.few,
        model.rules.beyond,
    ):
        x = lowered(model.mip, x, columns)
    return x


def lowered(mip: Mip, x: IntArray, columns: IntArray) -> IntArray:
    """Lower columns as far as their rows and bounds allow, all others as they are.

    Parameters
    ----------
    mip : Mip
    x : int64 array, shape (columns,)
        Keeps every row.
    columns : int64 array
        Columns that cost nothing negative, no two of which hold up one row.

    Returns
    -------
    int64 array, shape (columns,)
    """
    if not len(columns):
        return x
    return _moved(mip, x, columns, -1)


def raised(mip: Mip, x: IntArray, columns: IntArray) -> IntArray:
    """Raise columns as far as their rows and bounds allow, all others as they are.

    Parameters
    ----------
    mip : Mip
    x : int64 array, shape (columns,)
    columns : int64 array
        Columns no two of which stand in one row with different signs of need: raising one may not forbid another.

    Returns
    -------
    int64 array, shape (columns,)
    """
    return _moved(mip, x, columns, 1) if len(columns) else x


def _moved(mip: Mip, x: IntArray, columns: IntArray, direction: int) -> IntArray:
    """Columns moved up (1) or down (-1) as far as each of their rows has room, one by one."""
    part = mip.matrix[:, columns].tocoo()
    activity = mip.matrix @ x
    # A row gives way on the side to which the entry moves it.
    room = np.where(
        direction * part.data > 0,
        mip.row_upper[part.row] - activity[part.row],
        activity[part.row] - mip.row_lower[part.row],
    )
    bound = mip.upper if direction > 0 else mip.lower
    most = np.abs(bound[columns] - x[columns]).astype(np.float64)
    np.minimum.at(most, part.col, np.floor(room / np.abs(part.data)))
    result = x.copy()
    result[columns] += direction * np.maximum(most, 0).astype(np.int64)
    return result
