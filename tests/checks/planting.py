"""How to plant a fault in the good three-town scenario, and what is to be found of it."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from files.three_towns import three_towns

from yjopt.files.raw import RawTables

PARSED = three_towns()
Frames = dict[str, pd.DataFrame]
Change = Callable[[Frames, dict[str, Any]], None]
HEADER = -1  # the row of a finding about a column's header
WHOLE = -2  # the row of a finding about a whole table


@dataclass(frozen=True)
class Fault:
    """One planted fault.

    ``alone`` marks a fault so large (a table gone) that other faults in that table are gone with it.
    ``reads`` names tables (or ``settings``) from which the fault only follows as a whole: where the tree of
    areas is broken, nothing lies inside anything.
    """

    name: str
    rule: str
    table: str
    row: int
    column: str
    change: Change
    alone: bool = False
    reads: tuple[str, ...] = ()

    @property
    def line(self) -> int:
        """The line of the finding, in a file whose header is line 1."""
        return 0 if self.row == WHOLE else self.row + 2


def fresh() -> tuple[Frames, dict[str, Any]]:
    """The three towns, to be changed at will; parsed once."""
    frames, settings = PARSED
    return {name: frame.copy() for name, frame in frames.items()}, deepcopy(settings)


def touched(fault: Fault) -> set[tuple[str, object]]:
    """The rows and settings of the three towns that a fault changes; all appended rows of a table count as one."""
    before, settings_before = fresh()
    after, settings = fresh()
    fault.change(after, settings)
    rows: set[tuple[str, object]] = {(fault.table, fault.column)} if fault.row < 0 else set()
    old_entries, entries = entries_of(settings_before), entries_of(settings)
    rows |= {("settings", name) for name in entries if str(entries[name]) != str(old_entries.get(name))}
    for name, frame in after.items():
        old = before.get(name)
        if old is None or len(frame) != len(old):
            rows.add((name, 10_000))
        if old is not None and list(frame.columns) == list(old.columns):
            same = frame.iloc[: len(old)].reset_index(drop=True)
            changed = [
                str(one) != str(other)
                for one, other in zip(
                    same.values.tolist(), old.iloc[: len(same)].values.tolist(), strict=True
                )
            ]
            rows |= {(name, row) for row, differs in enumerate(changed) if differs}
    return rows


def entries_of(settings: dict[str, Any]) -> dict[str, object]:
    """Settings by full name."""
    return {
        f"{name}.{leaf}" if leaf else name: inner
        for name, value in settings.items()
        for leaf, inner in (value.items() if isinstance(value, dict) else [("", value)])
    }


def raw_tables(*changes: Change) -> RawTables:
    """The three towns with changes, as if read from CSV files."""
    frames, settings = fresh()
    for change in changes:
        change(frames, settings)
    lines = {name: np.arange(len(frame), dtype=np.int64) + 2 for name, frame in frames.items()}
    files = {name: f"{name}.csv" for name in frames} | {"settings": "scenario.toml"}
    return RawTables(frames, lines, files, settings)


def put(table: str, row: int, **cells: object) -> Change:
    """Overwrite cells of one row."""

    def change(frames: Frames, settings: dict[str, Any]) -> None:
        for column, value in cells.items():
            values = frames[table][column].astype(object).tolist()
            values[row] = value
            frames[table][column] = pd.Series(values, dtype=object)

    return change


def add(table: str, *rows: dict[str, object]) -> Change:
    """Append rows, blank where nothing is said."""

    def change(frames: Frames, settings: dict[str, Any]) -> None:
        blank = dict.fromkeys(frames[table].columns, "")
        more = pd.DataFrame([{**blank, **row} for row in rows], dtype=object)
        frames[table] = pd.concat([frames[table], more], ignore_index=True)

    return change


def both(*changes: Change) -> Change:
    """Make several changes."""

    def change(frames: Frames, settings: dict[str, Any]) -> None:
        for one in changes:
            one(frames, settings)

    return change


def setting(path: str, value: object) -> Change:
    """Overwrite one setting."""

    def change(frames: Frames, settings: dict[str, Any]) -> None:
        section, _, name = path.rpartition(".")
        (settings.setdefault(section, {}) if section else settings)[name] = value

    return change


def cell(
    name: str, rule: str, table: str, row: int, column: str, value: object, *, reads: tuple[str, ...] = ()
) -> Fault:
    """A fault in one cell that is found in this very cell."""
    return Fault(name, rule, table, row, column, put(table, row, **{column: value}), reads=reads)


def new_column(table: str, column: str) -> Change:
    def change(frames: Frames, settings: dict[str, Any]) -> None:
        frames[table][column] = "1"

    return change


def twice(table: str, column: str) -> Change:
    def change(frames: Frames, settings: dict[str, Any]) -> None:
        frames[table] = pd.concat([frames[table], frames[table][[column]]], axis=1)

    return change


def without_column(table: str, column: str) -> Change:
    def change(frames: Frames, settings: dict[str, Any]) -> None:
        frames[table] = frames[table].drop(columns=column)

    return change


def without_table(table: str) -> Change:
    def change(frames: Frames, settings: dict[str, Any]) -> None:
        del frames[table]

    return change


def without_rows(table: str) -> Change:
    def change(frames: Frames, settings: dict[str, Any]) -> None:
        frames[table] = frames[table].iloc[:0]

    return change


def new_table(table: str) -> Change:
    def change(frames: Frames, settings: dict[str, Any]) -> None:
        frames[table] = pd.DataFrame({"a": ["1"]})

    return change
