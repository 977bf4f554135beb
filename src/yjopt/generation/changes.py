"""A variant of a scenario: a name, and what is different. No functions, so that any process can be told of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd

from yjopt.errors import ModelError
from yjopt.schema import INPUT

if TYPE_CHECKING:
    import numpy.typing as npt

    from yjopt.scenario import Scenario
    from yjopt.schema import Column

Action = Literal["remove", "put", "times", "plus", "add"]
ACTIONS: Final = ("remove", "put", "times", "plus", "add")
#: Words in a column, or one word alone.
Where = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Edit:
    """One change of the rows of a table; made by `remove`, `put`, `times`, `plus` and `add`.

    Parameters
    ----------
    table : str
        Name of an input table.
    action : {"remove", "put", "times", "plus", "add"}
    where : mapping of str to object
        By column the value, or the collection of values, that a row must have to be changed; empty: every row.
    values : mapping of str to object
        By column what is put there, multiplied by or added.
    rows : sequence of mapping
        Rows to add.
    """

    table: str
    action: Action
    where: Where = field(default_factory=dict)
    values: Mapping[str, object] = field(default_factory=dict)
    rows: Sequence[Mapping[str, object]] = ()

    def __post_init__(self) -> None:
        if self.table not in INPUT:
            raise ModelError(
                f"There is no table {self.table!r} to change; a scenario has {', '.join(INPUT)}."
            )
        if self.action not in ACTIONS:
            raise ModelError(f"Rows are changed by {', '.join(ACTIONS)}, not by {self.action!r}.")
        schema = INPUT[self.table]
        for column in {*self.where, *self.values, *(name for row in self.rows for name in row)}:
            if column not in schema.by_name:
                raise ModelError(
                    f"The table {self.table} has no column {column!r}; it has {', '.join(schema.by_name)}."
                )
        for column, value in self.values.items() if self.action in ("times", "plus") else ():
            if not schema[column].is_number or not isinstance(value, int | float):
                raise ModelError(
                    f"The column {column} of {self.table} cannot be changed by {value!r}: numbers can, by numbers."
                )

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The table with its rows changed.

        Raises
        ------
        ModelError
            If no row is as told: a change that changes nothing is a slip of the pen.
        """
        if self.action == "add":
            added = pd.DataFrame([dict(row) for row in self.rows])
            return pd.concat([frame, added], ignore_index=True) if len(frame) else added
        chosen = self._chosen(frame)
        if not chosen.any():
            where = " and ".join(f"{column} = {value!r}" for column, value in self.where.items()) or "at all"
            raise ModelError(
                f"The table {self.table} has no row with {where[:200]}; nothing could be changed."
            )
        if self.action == "remove":
            return frame[~chosen].reset_index(drop=True)
        changed = frame.copy()
        for column, value in self.values.items():
            if self.action == "put":
                changed[column] = changed[column].astype(object).mask(chosen, value)
            else:
                changed[column] = self._reckoned(frame[column], INPUT[self.table][column], chosen, value)
        return changed

    def _chosen(self, frame: pd.DataFrame) -> npt.NDArray[np.bool_]:
        chosen = np.ones(len(frame), dtype=np.bool_)
        for column, value in self.where.items():
            wanted = list(value) if isinstance(value, Collection) and not isinstance(value, str) else [value]
            chosen &= frame[column].isin(wanted).to_numpy(dtype=bool)
        return chosen

    def _reckoned(
        self, values: pd.Series[Any], column: Column, chosen: npt.NDArray[np.bool_], by: Any
    ) -> npt.NDArray[np.float64]:
        """Multiplied or added to, on the grid of the column; blanks stay blank."""
        old = values.to_numpy(dtype=np.float64, na_value=np.nan)
        new = old * by if self.action == "times" else old + by
        return np.where(chosen, np.rint(new * column.per_unit) / column.per_unit, old)


def remove(table: str, where: Where) -> Edit:
    """Take out the rows that are as told: ``remove("stocks", {"place": "D3"})``."""
    return Edit(table=table, action="remove", where=where)


def put(table: str, where: Where, values: Mapping[str, object]) -> Edit:
    """Write values into the rows that are as told: ``put("beds", {"place": "H1"}, {"beds": 0})``."""
    return Edit(table=table, action="put", where=where, values=values)


def times(table: str, where: Where, values: Mapping[str, object]) -> Edit:
    """Multiply figures, rounded to what the column counts in: ``times("needs", {}, {"quantity": 1.5})``."""
    return Edit(table=table, action="times", where=where, values=values)


def plus(table: str, where: Where, values: Mapping[str, object]) -> Edit:
    """Add to figures: ``plus("sources", {"kind": "import"}, {"lead_hours": 24})``."""
    return Edit(table=table, action="plus", where=where, values=values)


def add(table: str, rows: Sequence[Mapping[str, object]]) -> Edit:
    """Add rows; columns left out take their defaults."""
    return Edit(table=table, action="add", rows=tuple(rows))


@dataclass(frozen=True, eq=False)
class Variant:
    """A scenario told by what is different from another.

    Parameters
    ----------
    name : str
        Its name among the variants of a sweep.
    edits : sequence of Edit
        Changes of rows, in order.
    tables : mapping of str to DataFrame
        Whole tables to exchange, before the edits.
    settings : mapping
        Settings to change, as in `Scenario.replace`.
    kind : str
        What sort of change it is, for tables of results; blank if none was told.

    Examples
    --------
    >>> from yjopt.generation.changes import Variant, remove
    >>> without = Variant("without D3", [remove("stocks", {"place": "D3"})])
    >>> strict = Variant("strict", settings={"rule": "strict"})
    >>> as_is = Variant("as is")
    """

    name: str
    edits: Sequence[Edit] = ()
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    settings: Mapping[str, object] = field(default_factory=dict)
    kind: str = ""

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ModelError("A variant needs a name; give it one that tells what is different.")
        for table in self.tables:
            if table not in INPUT:
                raise ModelError(
                    f"There is no table {table!r} to exchange; a scenario has {', '.join(INPUT)}."
                )

    @property
    def changed(self) -> frozenset[str]:
        """Names of the tables that are different."""
        return frozenset(self.tables) | {edit.table for edit in self.edits}

    def frames(self, scenario: Scenario) -> dict[str, pd.DataFrame]:
        """The tables that are different, as they are then, not yet checked.

        Raises
        ------
        ModelError
            If a row that is to be changed is not there.
        """
        frames = dict(self.tables)
        for edit in self.edits:
            frames[edit.table] = edit.apply(frames.get(edit.table, scenario.tables[edit.table]))
        return frames

    def apply(self, scenario: Scenario) -> Scenario:
        """The scenario as the variant has it, checked.

        Raises
        ------
        ModelError
            If a row that is to be changed is not there.
        ScenarioError
            If the changed tables are no scenario.
        """
        frames = self.frames(scenario)
        return scenario.replace(self.settings or None, **frames) if frames or self.settings else scenario
