"""Tables as an Excel workbook: one sheet a table, the settings on the sheet ``scenario``.

Needs the extra ``excel``. Ids and texts are written as text, so that no cell is ever a live formula and
leading zeros stay. A formula that someone else wrote counts with the value the spreadsheet last computed.
"""

from __future__ import annotations

import datetime
import io
import warnings
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from yjopt.errors import FileError
from yjopt.files.cells import MEANINGS, decimal_text, texts
from yjopt.files.raw import RawTables
from yjopt.files.settings import in_order
from yjopt.files.zip_file import open_archive

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from yjopt.files.collector import Collector
    from yjopt.schema import Table

#: Sheet of the settings.
SETTINGS_SHEET: Final = "scenario"
_SETTINGS_HEADER: Final = ("section", "name", "value")
_MOST_ROWS: Final = 1_048_576  # of a sheet
_MOST_COLUMNS: Final = 200
_MOST_MEMBERS: Final = 1_000  # parts of the archive that a workbook is
AUTHOR: Final = "yjopt"


def _library(name: str) -> ModuleType:
    """Return a library of the extra ``excel``."""
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError as error:
        raise FileError(
            f'Excel workbooks need {name}; pip install "yjopt[excel]", or use a folder of CSV.'
        ) from error


def parse_excel(data: bytes, schema: Mapping[str, Table], file: str, collector: Collector) -> RawTables:
    """Read a workbook; whatever is wrong becomes a finding.

    Parameters
    ----------
    data : bytes
        The file.
    schema : mapping of str to Table
        The tables that are known. Sheets whose name begins with ``#`` are notes and passed over.
    file : str
        Its name for people.
    collector : Collector
        Takes findings up.

    Returns
    -------
    RawTables
        Lines are the rows of the sheet.

    Raises
    ------
    FileError
        If the extra is not installed.
    """
    openpyxl = _library("openpyxl")
    raw = RawTables({}, {}, {"settings": f"{file}[{SETTINGS_SHEET}]"}, {})
    archive, reason = open_archive(data, _MOST_MEMBERS)
    if archive is None:
        _broken(reason, file, collector)
        return raw
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of decorations that are not read
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
            computed = None
            for sheet in book.worksheets:
                if sheet.title.startswith("#"):
                    continue
                if sheet.title != SETTINGS_SHEET and sheet.title not in schema:
                    _keep(sheet.title, [], np.zeros(0, dtype=np.int64), raw, file)
                    continue
                rows, formulas = _cells(sheet, None)
                if formulas:
                    if computed is None:
                        computed = openpyxl.load_workbook(
                            io.BytesIO(data), read_only=True, keep_links=False, data_only=True
                        )
                    rows, _ = _cells(computed[sheet.title], formulas)
                _take(sheet.title, rows, raw, schema, file, collector)
    except Exception as error:  # a damaged workbook makes openpyxl raise nearly anything
        _broken(f"is damaged ({type(error).__name__})", file, collector)
    return raw


def _broken(reason: str, file: str, collector: Collector) -> None:
    collector.add(
        "broken_workbook",
        f"The workbook {reason}.",
        "Open it in a spreadsheet and save it anew as .xlsx.",
        file=file,
    )


class _Uncomputed(str):
    """The blank cell of a formula whose value no spreadsheet has computed."""

    __slots__ = ()


#: Rows of a sheet: its number from 1, and its cells as text.
Rows = list[tuple[int, list[str]]]


def _cells(sheet: Any, formulas: set[tuple[int, int]] | None) -> tuple[Rows, set[tuple[int, int]]]:
    """Return the rows that are not blank, and where formulas stand.

    With ``formulas`` given, the sheet is one of computed values, and a formula may lack one.
    """
    sheet.reset_dimensions()  # what a file says of its size may be wrong
    rows: Rows = []
    found: set[tuple[int, int]] = set()
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if number > _MOST_ROWS:
            break
        written: list[str] = []
        for position, cell in enumerate(cells[:_MOST_COLUMNS]):
            value = cell.value
            if formulas is not None and (number, position) in formulas:
                value = _Uncomputed() if value is None else value
            elif cell.data_type == "f":
                found.add((number, position))
            written.append(_text(value))
        if any(written) or any(isinstance(cell, _Uncomputed) for cell in written):
            rows.append((number, written))
    return rows, found


def _text(value: object) -> str:
    """Return a cell as text."""
    if value is None:
        return ""
    if isinstance(value, _Uncomputed):
        return value
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and np.isfinite(value):
        return decimal_text(value)
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return str(value)


def _take(
    title: str, rows: Rows, raw: RawTables, schema: Mapping[str, Table], file: str, collector: Collector
) -> None:
    """Keep one sheet as a table or as the settings."""
    place = f"{file}[{title}]"
    if not rows:
        if title in schema:
            mend = f"Give it a first line with its columns: {','.join(schema[title].by_name)}."
            collector.add("no_header", "The sheet is empty.", mend, table=title, file=place)
            _keep(title, [], np.zeros(0, dtype=np.int64), raw, file)
        return
    first, header = rows[0]
    body = [
        (number, cells)
        for number, cells in rows[1:]
        if number != first + 1 or not cells[0].startswith(MEANINGS)
    ]
    for number, cells in body:
        for position, cell in enumerate(cells):
            if isinstance(cell, _Uncomputed):
                collector.add(
                    "formula",
                    "The cell holds a formula without a computed value.",
                    "Open and save the workbook in a spreadsheet, or paste the value.",
                    table=title,
                    file=place,
                    line=number,
                    column=header[position] if position < len(header) else "",
                )
    if title == SETTINGS_SHEET:
        _settings(header, body, raw, place, collector)
        return
    lines = np.array([number for number, _ in body], dtype=np.int64)
    _keep(title, [header, *(cells for _, cells in body)], lines, raw, file)


def _keep(title: str, rows: list[list[str]], lines: Any, raw: RawTables, file: str) -> None:
    """Put a table among the raw tables; the first row is its header."""
    width = max((len(row) for row in rows), default=0)
    square = np.array([row + [""] * (width - len(row)) for row in rows], dtype=object).reshape(
        len(rows), width
    )
    used = np.flatnonzero((square != "").any(axis=0))
    square = square[:, : used[-1] + 1 if len(used) else 0]
    header = [str(name).strip() for name in square[0]] if len(rows) else []
    raw.frames[title] = pd.DataFrame(square[1:]).set_axis(header, axis=1)
    raw.lines[title] = lines
    raw.files[title] = f"{file}[{title}]"


def _settings(header: list[str], body: Rows, raw: RawTables, place: str, collector: Collector) -> None:
    """Keep the settings; they stay text, which the checks read."""
    names = [name.strip() for name in header]
    missing = [name for name in _SETTINGS_HEADER if name not in names]
    if missing:
        mend = f"Give the sheet the columns {', '.join(_SETTINGS_HEADER)}."
        collector.add(
            "no_header", f"The settings have no column {missing[0]}.", mend, table="settings", file=place
        )
        return
    at = [names.index(name) for name in _SETTINGS_HEADER]
    for number, cells in body:
        section, name, value = (cells[position].strip() if position < len(cells) else "" for position in at)
        part = raw.settings.setdefault(section, {}) if section else raw.settings
        if not isinstance(part, dict) or name in part:
            collector.add(
                "repeated_name",
                f"The setting {name[:60]!r} stands twice.",
                "Keep one of the two.",
                table="settings",
                file=place,
                line=number,
                value=name,
            )
        elif value:
            part[name] = value


def format_excel(
    frames: Mapping[str, pd.DataFrame], settings: Mapping[str, Any], schema: Mapping[str, Table]
) -> bytes:
    """Return tables and settings as a workbook in which no cell is a formula or a link.

    Raises
    ------
    FileError
        If the extra is not installed, or a table or cell is larger than a sheet takes.
    """
    xlsxwriter = _library("xlsxwriter")
    stream = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(stream, options)
    book.set_properties({"author": AUTHOR, "created": datetime.datetime(2020, 1, 1)})
    formats = {
        "text": book.add_format({"num_format": "@"}),
        "head": book.add_format({"bold": True, "num_format": "@"}),
    }
    entries = in_order(settings)
    if entries:
        sheet = book.add_worksheet(SETTINGS_SHEET)
        rows = [
            (section, name, texts(pd.Series([value], dtype=object))[0]) for section, name, value in entries
        ]
        for number, row in enumerate([_SETTINGS_HEADER, *rows]):
            for position, cell in enumerate(row):
                _write_text(sheet, number, position, cell, formats["text"], SETTINGS_SHEET)
    for name, frame in frames.items():
        _sheet(book, frame, schema[name], formats)
    book.close()
    return stream.getvalue()


def _sheet(book: Any, frame: pd.DataFrame, table: Table, formats: dict[str, Any]) -> None:
    """Write one table."""
    if len(frame) + 2 > _MOST_ROWS:
        raise FileError(
            f"The table {table.name} has {len(frame):,} rows, more than a sheet takes; write a folder."
        )
    sheet = book.add_worksheet(table.name)
    sheet.freeze_panes(1, 0)
    names = [name for name in table.by_name if name in frame.columns]
    for position, name in enumerate(names):
        sheet.write_string(0, position, name, formats["head"])
        column = table[name]
        cells = texts(frame[name])
        if position == 0:
            # A second line that begins with the mark would count as one of meanings.
            begin = 2 if cells and cells[0].startswith(MEANINGS) else 1
        for number, cell in enumerate(cells, start=begin):
            if cell == "":
                continue
            if column.type == "flag" and cell in ("true", "false"):
                sheet.write_boolean(number, position, cell == "true")
            elif column.is_number and _is_exact(cell):
                sheet.write_number(number, position, float(cell))
            else:
                _write_text(sheet, number, position, cell, formats["text"], table.name)


def _is_exact(cell: str) -> bool:
    """Whether a workbook's number, of at most 16 digits, reads back as the very text of the cell."""
    try:
        value = float(cell)
        return bool(np.isfinite(value)) and float(f"{value:.16G}") == value and decimal_text(value) == cell
    except ValueError:
        return False


def _write_text(sheet: Any, row: int, position: int, cell: str, style: Any, table: str) -> None:
    if cell and sheet.write_string(row, position, cell, style) != 0:
        raise FileError(
            f"A cell of {table} has {len(cell):,} characters, more than Excel takes; write a folder."
        )
