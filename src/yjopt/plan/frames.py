"""From arrays to the frames of a plan: rows without an amount left out, equal keys added up, sorted by key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from yjopt.schema import OUTPUT

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from yjopt.instance.joining import IdArray, IntArray


def tabulate(table: str, columns: Mapping[str, npt.NDArray[Any]], amounts: tuple[str, ...]) -> pd.DataFrame:
    """A frame of an output table.

    Parameters
    ----------
    table : str
        Name of the output table.
    columns : mapping of str to array
        Every column of the table, all of one length.
    amounts : tuple of str
        Columns that are added up where keys are equal; rows in which the first is 0 are left out. Without amounts,
        rows are kept once.
    """
    spec = OUTPUT[table]
    frame = pd.DataFrame({column.name: columns[column.name] for column in spec.columns})
    if amounts:
        frame = frame[frame[amounts[0]] != 0]
    keys = list(spec.key)
    others = {
        column.name: "sum" if column.name in amounts else "first" for column in spec.columns if not column.key
    }
    if others:
        frame = frame.groupby(keys, sort=True, as_index=False, observed=True).agg(others)
    else:
        frame = frame.drop_duplicates().sort_values(keys)
    frame = frame[[column.name for column in spec.columns]]
    return frame.astype({column.name: column.dtype for column in spec.columns}).reset_index(drop=True)


def names(ids: IdArray, code: IntArray) -> IdArray:
    """Ids of the codes; blank for code -1."""
    with_blank = np.append(ids, "")
    return np.asarray(with_blank[code], dtype=object)


def constant(value: str, like: npt.NDArray[Any]) -> IdArray:
    """One word for every row."""
    return np.full(len(like), value, dtype=object)


def overlap(
    group: IntArray, amount: IntArray, other_group: IntArray, other_amount: IntArray
) -> tuple[IntArray, IntArray, IntArray]:
    """Match two lists of amounts first to first within each group.

    Both lists must be sorted by group and have the same sum in every group.

    Returns
    -------
    (int64 array, int64 array, int64 array)
        Position in the first list, in the second, and the amount the two share.
    """
    one, other = np.cumsum(amount), np.cumsum(other_amount)
    cuts = np.unique(np.concatenate([one, other]))
    cuts = cuts[cuts > 0]
    shared = np.diff(cuts, prepend=0)
    return (
        np.searchsorted(one, cuts, side="left").astype(np.int64),
        np.searchsorted(other, cuts, side="left").astype(np.int64),
        shared.astype(np.int64),
    )
