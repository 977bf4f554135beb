"""Changed rows put into the tables of a scenario, matched by key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
import pandas as pd

from yjopt.errors import Finding, ScenarioError
from yjopt.schema import INPUT

if TYPE_CHECKING:
    from yjopt.scenario import Scenario
    from yjopt.schema import Table

#: Rows as a frame, or one mapping per row.
Rows: TypeAlias = "pd.DataFrame | Iterable[Mapping[str, Any]]"

#: Columns of which a blank stands for the unit of the row's place.
_OWNERS: Final = {
    "stocks": "authority",
    "receipts": "authority",
    "sources": "authority",
    "pools": "authority",
}


def with_changes(
    scenario: Scenario,
    changed: Mapping[str, Rows],
    removed: Mapping[str, Rows],
    settings: Mapping[str, object] | None = None,
) -> Scenario:
    """A scenario with rows replaced, added and taken out; see `yjopt.Planner.update`.

    Raises
    ------
    ScenarioError
        With everything that is wrong: rows that cannot be told apart or are not there, and all that the checks find.
    """
    findings: list[Finding] = []
    tables = dict(scenario.tables)
    for name, rows in removed.items():
        frame = _frame(name, rows, findings)
        if frame is not None:
            tables[name] = _without(tables[name], INPUT[name], frame, findings)
    for name, rows in changed.items():
        frame = _frame(name, rows, findings)
        if frame is not None:
            tables[name] = _with(tables[name], INPUT[name], frame, scenario, findings)
    try:
        new = scenario.replace(
            settings, **{name: tables[name] for name in {*changed, *removed} & set(tables)}
        )
    except ScenarioError as error:
        findings += error.findings
    if any(finding.severity == "error" for finding in findings):
        raise ScenarioError(tuple(findings))
    return new


def _frame(name: str, rows: Rows, findings: list[Finding]) -> pd.DataFrame | None:
    """The given rows; None, and a finding, where they are none."""
    if name not in INPUT:
        findings.append(
            Finding(
                rule="unknown_table", severity="error", table=name, value=name,
                message=f"There is no table {name!r} in a scenario.", mend=f"Its tables are {', '.join(INPUT)}.",
            )
        )  # fmt: skip
        return None
    if isinstance(rows, pd.DataFrame):
        return rows.reset_index(drop=True)
    given = None if isinstance(rows, str | bytes | Mapping) else list(rows)
    if given is not None and all(isinstance(row, Mapping) for row in given):
        return pd.DataFrame([dict(row) for row in given]).reset_index(drop=True)
    findings.append(
        Finding(
            rule="not_rows", severity="error", table=name, value=type(rows).__name__,
            message=f"The rows of {name} are a {type(rows).__name__}.",
            mend="Hand over a pandas DataFrame, or a list with one dict for each row.",
        )
    )  # fmt: skip
    return None


def _keys(frame: pd.DataFrame, table: Table, columns: list[str]) -> pd.Series[Any]:
    """Rows by some columns as comparable text."""
    parts = []
    for name in columns:
        values = frame[name]
        if table[name].is_number:
            number = pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
            texts = np.array([f"{value:.6f}" for value in number], dtype=object)
        else:
            texts = np.array(["" if _is_blank(value) else str(value) for value in values], dtype=object)
        parts.append(pd.Series(texts, index=frame.index, dtype=object))
    whole = pd.Series([""] * len(frame), index=frame.index, dtype=object)
    for part in parts:
        whole = whole + "\x1f" + part
    return whole


def _is_blank(value: object) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and value != value)


def _finding(rule: str, table: Table, row: int, message: str, mend: str) -> Finding:
    return Finding(rule=rule, severity="error", table=table.name, line=row + 1, message=message, mend=mend)


def _said(frame: pd.DataFrame, columns: list[str], row: int) -> str:
    return ", ".join(f"{name} {frame[name].iloc[row]}" for name in columns)


def _without(old: pd.DataFrame, table: Table, wanted: pd.DataFrame, findings: list[Finding]) -> pd.DataFrame:
    """The table without the rows that agree with one of the wanted in all columns that those name."""
    columns = [name for name in wanted if name in table.by_name]
    unknown = [str(name) for name in wanted if name not in table.by_name]
    if unknown or (not columns and len(wanted)):
        findings.append(
            _finding("unknown_column", table, -1, f"The table {table.name} has no column {', '.join(unknown) or '-'}.",
                     f"Rows to take out are named by their key: {', '.join(table.key)}.")
        )  # fmt: skip
        return old
    if not len(wanted):
        return old
    have, gone = _keys(old, table, columns), _keys(wanted, table, columns)
    absent = ~gone.isin(set(have))
    findings.extend(
        _finding("no_such_row", table, row, f"There is no row with {_said(wanted, columns, row)} to take out.",
                 "Name a row that is there.")
        for row in np.flatnonzero(absent.to_numpy(dtype=bool)).tolist()
    )  # fmt: skip
    return old[~have.isin(set(gone)).to_numpy(dtype=bool)].reset_index(drop=True)


def _with(
    old: pd.DataFrame, table: Table, given: pd.DataFrame, scenario: Scenario, findings: list[Finding]
) -> pd.DataFrame:
    """The table with the given rows in the place of those with the same key, and the new ones at its end."""
    if not len(given):
        return old
    owner = _OWNERS.get(table.name)
    if owner is not None and owner in given and "place" in given:
        units = dict(zip(scenario.tables["places"]["place"], scenario.tables["places"]["unit"], strict=True))
        blank = np.array([_is_blank(value) or value == "" for value in given[owner]], dtype=bool)
        known = given["place"].map(lambda place: units.get(place, ""))
        given = given.assign(**{owner: np.where(blank, known, given[owner])})
    key = [name for name in table.key if name in given]
    if not key:
        findings.append(
            _finding("missing_column", table, 0, f"Changed rows of {table.name} name no row.",
                     f"Give the columns of the key: {', '.join(table.key)}.")
        )  # fmt: skip
        return old
    named, have = _keys(given, table, key), _keys(old, table, key)
    fits = have.groupby(have).size()
    count = named.map(fits).fillna(0).to_numpy(dtype=np.int64)
    twice = named.duplicated().to_numpy(dtype=bool)
    for row in np.flatnonzero((count > 1) | twice).tolist():
        said = _said(given, key, row)
        if twice[row]:
            message = f"The row with {said} is changed twice."
        else:
            message = f"{count[row]} rows of {table.name} have {said}: which one is changed is not said."
        mend = f"Give every column of the key, each row once: {', '.join(table.key)}."
        findings.append(
            _finding("repeated_key" if twice[row] else "ambiguous_row", table, row, message, mend)
        )
    place = pd.Series(np.arange(len(old)), index=have)
    place = place[~place.index.duplicated()]
    at = named.map(place)
    is_old = at.notna().to_numpy(dtype=bool)
    result = old.astype(object)
    rows = at[is_old].to_numpy(dtype=np.int64)
    for name in given:
        if name in result:
            column = result[name].to_numpy(dtype=object, copy=True)
            column[rows] = given[name].to_numpy(dtype=object)[is_old]
            result[name] = pd.Series(column, dtype=object)
        else:
            # The checks say that there is no such column.
            result[name] = pd.Series([None] * len(old), dtype=object)
    added = given[~is_old].astype(object)
    merged = pd.concat([result, added], ignore_index=True) if len(added) else result
    return _typed(merged, old)


def _typed(merged: pd.DataFrame, old: pd.DataFrame) -> pd.DataFrame:
    """Columns back in the types they had, where all their values fit; the checks read the others cell by cell."""
    for name in old:
        try:
            merged[name] = merged[name].astype(old[name].dtype)
        except (TypeError, ValueError, OverflowError):
            continue
    return merged
