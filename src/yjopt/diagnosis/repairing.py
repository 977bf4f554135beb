"""From the vector of the elastic programme to changed cells, and to the repaired scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from yjopt.diagnosis.left_out import ROW
from yjopt.schema import INPUT

if TYPE_CHECKING:
    from yjopt.diagnosis.options import Options
    from yjopt.model.mip import IntArray
    from yjopt.scenario import Scenario

#: Columns of the table of changes after those that say which cell.
CHANGE_COLUMNS = ("column", "old", "new", "cost", "given_up")


def changes(scenario: Scenario, options: Options, x: IntArray) -> pd.DataFrame:
    """The cells that a vector changes.

    Parameters
    ----------
    scenario : Scenario
        Sorted by key.
    options : Options
    x : int64 array

    Returns
    -------
    DataFrame
        ``table``, the key columns of the tables concerned (blank where a table has no such column), ``column``,
        ``old``, ``new``, ``cost`` in yuan, ``given_up`` (weighted units, 0 for what costs money).
    """
    rows: list[dict[str, Any]] = []
    keys: dict[str, None] = {}
    for option in np.flatnonzero(x[options.column] > 0):
        name, row, column = options.table[option], int(options.row[option]), str(options.field[option])
        table, frame = INPUT[name], scenario.tables[name]
        amount = int(x[options.column[option]])
        new = options.value[option]
        if options.step[option]:
            total = int(options.base[option]) + int(options.step[option]) * amount
            per_unit = table[column].per_unit
            new = total // per_unit if total % per_unit == 0 else total / per_unit
        key = {part: str(frame[part].iloc[row]) for part in table.key}
        keys.update(dict.fromkeys(key))
        old = frame[table.key[0] if column == ROW else column].iloc[row]
        rows.append(
            {
                "table": name,
                **key,
                "column": column,
                "old": None if pd.isna(old) else old,
                "new": new,
                "cost": amount * int(options.cost[option]) / 100,
                "given_up": amount * int(options.given_up[option]) / 1000,
            }
        )
    names = ["table", *keys, *CHANGE_COLUMNS]
    frame = pd.DataFrame(rows, columns=names, dtype=object)
    texts = dict.fromkeys([*keys], "")
    return frame.fillna(texts).astype({"cost": np.float64, "given_up": np.float64})


def repaired(scenario: Scenario, repair: pd.DataFrame) -> Scenario:
    """The scenario with the changes made.

    Parameters
    ----------
    scenario : Scenario
        In any order of rows.
    repair : DataFrame
        As `changes` makes it.
    """
    tables: dict[str, pd.DataFrame] = {}
    for change in repair.to_dict("records"):
        name, column = change["table"], change["column"]
        frame = tables.setdefault(name, scenario.tables[name].copy())
        here = np.ones(len(frame), dtype=bool)
        for key in INPUT[name].key:
            here &= (frame[key].astype(str) == change[key]).to_numpy(dtype=bool)
        if column == ROW:
            tables[name] = frame[~here].reset_index(drop=True)
        else:
            frame.loc[here, column] = change["new"]
    return scenario.replace(None, **tables) if tables else scenario
