"""From arrays to tables as the schema has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from yjopt.schema import INPUT, REQUIRED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yjopt.generation.draw import Ints


def long(values: Ints, keys: Mapping[str, np.ndarray], value: str) -> pd.DataFrame:
    """One row for each entry of an array that is not 0.

    Parameters
    ----------
    values : ndarray of int64, shape (n1, n2, ...)
    keys : mapping of str to ndarray
        Column name and labels of each axis, in order.
    value : str
        Name of the column of values.
    """
    where = np.nonzero(values)
    columns = {name: labels[at] for (name, labels), at in zip(keys.items(), where, strict=True)}
    return pd.DataFrame({**columns, value: values[where]})


def complete(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Give every table the columns of the schema, with defaults and types; leave out empty tables."""
    made = {}
    for name, table in INPUT.items():
        if name not in tables or tables[name].empty:
            continue
        frame = tables[name].reset_index(drop=True)
        if "source" not in frame.columns:
            frame = frame.assign(source="made")
        columns = {}
        for column in table.columns:
            if column.name in frame.columns:
                values = frame[column.name]
            elif column.default is None:
                values = pd.Series([pd.NA] * len(frame))
            elif column.default is REQUIRED:
                raise KeyError(f"{name}.{column.name}")
            else:
                values = pd.Series([column.default] * len(frame))
            columns[column.name] = values.astype(pd.api.types.pandas_dtype(column.dtype))
        made[name] = pd.DataFrame(columns)
    return made
