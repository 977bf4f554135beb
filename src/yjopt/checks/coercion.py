"""Raw cells -> typed tables: whole columns at once, and a finding for every cell that is no value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from yjopt.checks.cells import Texts, clean_id, clean_text, headers, texts
from yjopt.checks.numbers import Fault, range_of, read_floats, read_numbers
from yjopt.checks.tables import MOST, Batch, Tables, where
from yjopt.checks.words import Guesser, shown
from yjopt.errors import Finding, Severity
from yjopt.schema import INPUT, Column, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from yjopt.checks.tables import BoolArray, FloatArray, WordArray
    from yjopt.files.raw import RawTables

#: What can be wrong with tables, columns and single cells.
CELL_RULES: Final[dict[str, tuple[Severity, str]]] = {
    "unknown_table": ("error", "A table that the schema does not have."),
    "missing_table": ("error", "A table without which there is no scenario."),
    "no_rows": ("error", "A table without rows that must have some."),
    "unknown_column": ("error", "A column that no rule reads."),
    "repeated_column": ("error", "A column that stands twice."),
    "missing_column": ("error", "A column that must be there."),
    "blank": ("error", "A blank cell where a value is needed."),
    "strange_cell": ("error", "A cell that holds neither text nor a number."),
    "unseen_character": ("error", "An invisible character, which makes ids differ that look the same."),
    "outer_blanks": ("warning", "Blanks before or after an id; they are dropped."),
    "number_as_id": ("warning", "An id that came as a number and may have lost leading zeros."),
    "unknown_choice": ("error", "A word that is none of the choices."),
    "not_a_flag": ("error", "A flag that is neither true nor false."),
    "not_number": ("error", "Text where a number is needed."),
    "not_finite": ("error", "Infinity or 'nan' where a number is needed."),
    "not_whole": ("error", "A fraction of something that is counted in whole units."),
    "decimal_point": ("warning", "A whole number written with a decimal point."),
    "off_grid": ("error", "A number finer than its column is counted."),
    "too_small": ("error", "A number below the least that its column takes."),
    "too_large": ("error", "A number above the most that its column takes."),
}

TRUE: Final = frozenset({"true", "yes", "1"})
FALSE: Final = frozenset({"false", "no", "0"})


@dataclass
class Typed:
    """One column once read: its values with stand-ins, which cells are wrong, and in what way."""

    values: Any
    wrong: BoolArray
    batches: list[tuple[str, Batch]]


def coerce_tables(raw: RawTables, settings: dict[str, Any]) -> tuple[Tables, list[Finding]]:
    """Read every table of the schema.

    Parameters
    ----------
    raw : RawTables
        Cells as written.
    settings : dict
        Complete settings.

    Returns
    -------
    tables : Tables
        Every table of the schema, typed, blanks replaced by defaults.
    findings : list of Finding
        What is wrong with tables, columns and cells.
    """
    findings = list(_unknown_tables(raw))
    tables = Tables(raw, {}, {}, settings)
    for name, table in INPUT.items():
        frame = raw.frames.get(name)
        if frame is None:
            frame = pd.DataFrame()
            if table.required:
                findings.append(_missing_table(table))
        else:
            findings += _headers(raw, table, frame)
            if table.required and not len(frame):
                findings.append(_empty_table(table, raw.files.get(name, "")))
        columns: dict[str, Any] = {}
        index = pd.RangeIndex(len(frame))
        for column in table.columns:
            typed = _column(frame, table, column)
            # Left to itself, pandas would turn words into its own text type.
            words = column.dtype == "object"
            columns[column.name] = (
                pd.Series(typed.values, dtype=object, index=index) if words else typed.values
            )
            if typed.wrong.any():
                tables.wrong[name, column.name] = typed.wrong
            for rule, batch in typed.batches:
                findings += batch.findings(rule, CELL_RULES[rule][0], tables)
        tables.frames[name] = pd.DataFrame(columns, index=index)
    _fill_units(tables)
    return tables, findings


def _unknown_tables(raw: RawTables) -> Iterator[Finding]:
    guesser = Guesser(list(INPUT))
    for name in raw.frames:
        if name not in INPUT:
            yield Finding(
                rule="unknown_table",
                severity="error",
                table=str(name),
                file=raw.files.get(name, ""),
                value=str(name),
                message=f"There is no table {shown(name)} in a scenario.",
                mend=guesser.mend(str(name), "Take it out."),
            )


def _missing_table(table: Table) -> Finding:
    return Finding(
        rule="missing_table",
        severity="error",
        table=table.name,
        message=f"The table {shown(table.name)} is missing.",
        mend=f"Add it ({table.meaning[0].lower()}{table.meaning[1:].rstrip('.')}); its columns are"
        f" {', '.join(column.name for column in table.columns)}.",
    )


def _empty_table(table: Table, file: str) -> Finding:
    return Finding(
        rule="no_rows",
        severity="error",
        table=table.name,
        file=file,
        message=f"The table {shown(table.name)} has no rows.",
        mend=f"Fill it in: {table.meaning[0].lower()}{table.meaning[1:]}",
    )


def _headers(raw: RawTables, table: Table, frame: pd.DataFrame) -> Iterator[Finding]:
    """Yield what is wrong with the header of one table."""
    names = headers(frame)
    file = raw.files.get(table.name, "")
    guesser = Guesser([column.name for column in table.columns if column.name not in names])
    seen: set[str] = set()
    # Frames and JSON count rows from 1: only where the rows begin lower down does the header have a line.
    line = int(bool(file) and (not len(frame) or raw.lines[table.name][0] > 1))

    def finding(rule: str, name: str, message: str, mend: str) -> Finding:
        return Finding(
            rule=rule,
            severity=CELL_RULES[rule][0],
            table=table.name,
            file=file,
            line=line,
            column=name,
            value=name,
            message=message,
            mend=mend,
        )

    for name in names:
        if name in seen:
            yield finding(
                "repeated_column", name, f"The column {shown(name)} stands twice.", "Keep one of the two."
            )
        elif name not in table.by_name:
            others = f"Take it out; the columns of {table.name} are {', '.join(table.by_name)}."
            yield finding(
                "unknown_column",
                name,
                f"The table {table.name} has no column {shown(name)}; nothing would read it.",
                guesser.mend(name, others),
            )
        seen.add(name)
    for column in table.columns:
        if column.required and column.name not in seen:
            mend = f"Add it: {column.meaning[0].lower()}{column.meaning[1:]}"
            yield finding("missing_column", column.name, f"The column {shown(column.name)} is missing.", mend)


def _column(frame: pd.DataFrame, table: Table, column: Column) -> Typed:
    """Read one column; a column that is not there is blank throughout."""
    names = headers(frame)
    if column.name not in names:
        missing = np.full(len(frame), column.required, dtype=bool)
        return Typed(_stand_in(column, len(frame)), missing, [])
    written = frame.iloc[:, names.index(column.name)]
    if column.type == "flag" and written.dtype == "bool":
        return Typed(written.to_numpy(copy=True), np.zeros(len(written), dtype=bool), [])
    if (
        column.is_number
        and pd.api.types.is_numeric_dtype(written.dtype)
        and written.dtype not in ("bool", "boolean")
    ):
        if not pd.api.types.is_complex_dtype(written.dtype):
            given = written.to_numpy(dtype=np.float64, na_value=np.nan)
            values, text, faults = read_floats(given, column)
            return _number_column(values, text, np.isnan(given), faults, column, table)
    cells = texts(written, column)
    reader = {"id": _ids, "text": _texts, "choice": _choices, "flag": _flags}.get(column.type, _numbers)
    typed = reader(cells, column, table)
    if cells.strange.any():
        typed.wrong = typed.wrong | cells.strange
        rows, mend = where(cells.strange), "Write one text or number."
        batch = Batch(table.name, rows, column.name, "{value} is no single value.", mend)
        typed.batches = [("strange_cell", batch), *typed.batches]
    return typed


def _stand_in(column: Column, size: int) -> Any:
    """Return a column of defaults, or where there is none of the plainest value of the type."""
    if column.default is None:
        return _typed_numbers(np.full(size, np.nan), np.ones(size, dtype=bool), column)
    plain: dict[str, object] = {"flag": False, "integer": 0, "decimal": 0.0}
    value = plain.get(column.type, "") if column.required else column.default
    return np.full(size, value, dtype=column.dtype)


def _blanks(blank: BoolArray, column: Column, table: Table) -> list[tuple[str, Batch]]:
    """Return the batch of blank cells where the column needs a value."""
    if not column.required or not blank.any():
        return []
    if column.is_number:
        mend = range_of(column)
    elif column.choices:
        mend = f"Write {_or(column.choices)}."
    else:
        mend = f"Fill it in: {column.meaning[0].lower()}{column.meaning[1:]}"
    message = f"The {column.name} of this row is blank."
    return [
        (
            "blank",
            Batch(table.name, where(blank), column.name, message, mend.replace("{", "{{").replace("}", "}}")),
        )
    ]


def _or(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}"


def _ids(cells: Texts, column: Column, table: Table) -> Typed:
    codes, distinct = pd.factorize(cells.text)
    clean = np.empty(len(distinct), dtype=object)
    unseen = np.empty(len(distinct), dtype=object)
    for at, text in enumerate(distinct):
        clean[at], unseen[at] = clean_id(text)
    ids = clean[codes]
    bad = np.asarray(unseen != "", dtype=bool)[codes]
    batches: list[tuple[str, Batch]] = []
    if bad.any():
        rows = where(bad)
        batches.append(
            (
                "unseen_character",
                Batch(
                    table.name,
                    rows,
                    column.name,
                    "{value} holds an invisible character ({name}).",
                    "Type the id anew; ids that look the same must be the same.",
                    {"name": unseen[codes][rows]},
                ),
            )
        )
    outer = np.array([text != text.strip() for text in distinct], dtype=bool)
    blank = ids == ""
    if outer.any():
        rows = where(outer[codes] & ~bad & ~blank)
        message, mend = "{value} has blanks before or after it; they are dropped.", "Delete the blanks."
        batches.append(("outer_blanks", Batch(table.name, rows, column.name, message, mend)))
    if cells.numeric.any():
        rows = where(cells.numeric)[:1]
        message = f"{int(cells.numeric.sum()):,} id(s) of this column came as numbers, {{value}} first."
        mend = "Check that no leading zeros are lost; in a spreadsheet format the column as text."
        batches.append(("number_as_id", Batch(table.name, rows, column.name, message, mend)))
    batches += _blanks(blank & ~cells.strange, column, table)
    ids = np.where(bad, "", ids)
    return Typed(ids, bad | (blank & column.required), batches)


def _texts(cells: Texts, column: Column, table: Table) -> Typed:
    if cells.text.size and "".join(cells.text).isascii() and "".join(cells.text).isprintable():
        return Typed(cells.text, np.zeros(len(cells.text), dtype=bool), [])
    codes, distinct = pd.factorize(cells.text)
    cleaned = [clean_text(text) for text in distinct]
    bad = np.array([character != "" for _, character in cleaned], dtype=bool)[codes]
    values = np.array([text for text, _ in cleaned], dtype=object)[codes]
    batches = []
    if bad.any():
        rows = where(bad)
        names = np.array([character for _, character in cleaned], dtype=object)[codes]
        message, mend = "{value} holds a character that no file can keep ({name}).", "Type the text anew."
        batches.append(
            ("unseen_character", Batch(table.name, rows, column.name, message, mend, {"name": names[rows]}))
        )
    return Typed(np.where(bad, "", values), bad, batches)


def _choices(cells: Texts, column: Column, table: Table) -> Typed:
    codes, distinct = pd.factorize(cells.text)
    default: Any = "" if column.required else column.default
    stripped = [text.strip() for text in distinct]
    known = np.array([text in column.choices for text in stripped], dtype=bool)[codes]
    blank = np.array([text == "" for text in stripped], dtype=bool)[codes]
    values = np.where(known, np.array(stripped, dtype=object)[codes], default)
    batches = _blanks(blank & ~cells.strange, column, table)
    bad = ~known & ~blank
    if bad.any():
        guesser = Guesser(column.choices)
        mends = [guesser.mend(text, f"Write {_or(column.choices)}.") for text in cells.text[bad]]
        message = "{value} is no " + f"{column.name} of {table.name}."
        batches.append(
            ("unknown_choice", Batch(table.name, where(bad), column.name, message, "{mend}", {"mend": mends}))
        )
    return Typed(values, bad | (blank & column.required), batches)


def _flags(cells: Texts, column: Column, table: Table) -> Typed:
    codes, distinct = pd.factorize(cells.text)
    low = [text.strip().casefold() for text in distinct]
    true = np.array([text in TRUE for text in low], dtype=bool)[codes]
    false = np.array([text in FALSE for text in low], dtype=bool)[codes]
    blank = np.array([text == "" for text in low], dtype=bool)[codes]
    bad = ~(true | false | blank)
    batches = []
    if bad.any():
        message, mend = "{value} is neither true nor false.", "Write true or false."
        batches.append(("not_a_flag", Batch(table.name, where(bad), column.name, message, mend)))
    return Typed(np.where(true | false, true, bool(column.default)), bad, batches)


def _numbers(cells: Texts, column: Column, table: Table) -> Typed:
    values, faults = read_numbers(cells.text, column)
    blank = cells.text == ""
    if faults:
        blank = np.fromiter((not text.strip() for text in cells.text), dtype=bool, count=len(values))
    typed = _number_column(values, cells.text, blank & ~cells.strange, faults, column, table)
    if column.type == "integer":
        typed.batches += _decimal_points(cells, np.isnan(values), column, table)
    return typed


def _number_column(
    values: FloatArray,
    text: WordArray,
    blank: BoolArray,
    faults: dict[str, Fault],
    column: Column,
    table: Table,
) -> Typed:
    missing = np.isnan(values)
    wrong = missing & ~blank & (text != "")
    batches = [*_faults(where(wrong), text, faults, column, table), *_blanks(blank, column, table)]
    return Typed(_typed_numbers(values, missing, column), wrong | (blank & column.required), batches)


def _faults(
    rows: Any, text: WordArray, faults: dict[str, Fault], column: Column, table: Table
) -> Iterator[tuple[str, Batch]]:
    """Yield one batch for each rule that cells of a number column break."""
    found = np.array([faults[cell] for cell in text[rows]], dtype=object)
    rules = np.array([fault.rule for fault in found], dtype=object)
    for rule in dict.fromkeys(rules):
        chosen = np.flatnonzero(rules == rule)
        listed = found[chosen[:MOST]]
        facts = {"message": [one.message for one in listed], "mend": [one.mend for one in listed]}
        yield rule, Batch(table.name, rows[chosen], column.name, "{message}", "{mend}", facts)


def _decimal_points(
    cells: Texts, missing: BoolArray, column: Column, table: Table
) -> Iterator[tuple[str, Batch]]:
    """Yield the cells of a whole-number column such as '12.0'."""
    if "." not in "".join(cells.text):
        return
    pointed = np.fromiter(("." in text for text in cells.text), dtype=bool, count=len(missing))
    rows = where(pointed & ~missing)
    if len(rows):
        message, mend = "{value} is read as a whole number.", "Write it without a decimal point."
        yield "decimal_point", Batch(table.name, rows, column.name, message, mend)


def _typed_numbers(values: Any, missing: BoolArray, column: Column) -> Any:
    """Return numbers in the column's dtype, with the default, or else a stand-in, where one is missing."""
    whole = column.type == "integer"
    default: Any = column.default if not column.required and column.default is not None else 0
    filled = np.where(missing, default, values).astype(np.int64 if whole else np.float64)
    if column.default is not None:
        return filled
    return pd.arrays.IntegerArray(filled, missing) if whole else pd.arrays.FloatingArray(filled, missing)


def _fill_units(tables: Tables) -> None:
    """Replace a blank unit by the area of the place, and a blank authority by the unit of the place."""
    places = tables.frames["places"]
    # Columns change here and nowhere else; no array of unit or authority has been handed out before.
    blank = (places["unit"] == "").to_numpy(dtype=bool) & tables.good("places", "unit")
    tables.wrong["places", "unit"] = ~tables.good("places", "unit") | (blank & ~tables.good("places", "area"))
    places["unit"] = places["unit"].where(places["unit"] != "", places["area"])
    units = np.append(places["unit"].to_numpy(dtype=object), "")
    doubtful = np.append(~tables.good("places", "unit"), False)
    for name in ("stocks", "receipts", "sources", "pools"):
        frame = tables.frames[name]
        blank = (frame["authority"] == "").to_numpy(dtype=bool) & tables.good(name, "authority")
        if blank.any():
            place = tables.rows(name, "place")
            filled = np.where(blank, units[place], frame["authority"].to_numpy(dtype=object))
            frame["authority"] = pd.Series(filled, dtype=object)
            unknown = blank & ((place < 0) | doubtful[place])
            tables.wrong[name, "authority"] = ~tables.good(name, "authority") | unknown
