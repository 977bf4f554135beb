"""One table as CSV: from bytes to raw cells with their true lines, and from a frame to bytes.

A table is parsed by pandas in C. Before that, its shape (quotes, cells per row, line of each row) is found
with whole arrays over the bytes, so that a file of a million faults is answered as quickly as a good one.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from yjopt.errors import FileError
from yjopt.files.cells import MEANINGS, texts
from yjopt.files.decoding import decode

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from yjopt.files.collector import Collector
    from yjopt.schema import Table

#: No table has nearly so many columns, nor such long names; a line that does is no header.
MOST_COLUMNS: Final = 1_000
LONGEST_HEADER: Final = 100_000  # bytes
_QUOTE: Final = ord('"')
_NEWLINE: Final = ord("\n")
_DELIMITERS: Final = {";": "semicolons", "\t": "tabs", "|": "bars"}


@dataclass(frozen=True)
class Shape:
    """Where the rows of a CSV text are: byte offset, line and number of cells of each."""

    starts: NDArray[np.int64]
    lines: NDArray[np.int64]
    cells: NDArray[np.int64]
    is_blank: NDArray[np.bool_]
    #: Bytes that can be parsed: all, or those before the row with a quote that is wrong.
    end: int
    #: Offset of the quote that is wrong, -1 when all are right.
    bad_quote: int


def shape(data: bytes, delimiter: str) -> Shape:
    r"""Find the rows of a CSV text that ends with a newline and has no other line ends than ``\n``.

    A byte lies inside quotes when an odd number of quotes stands before it. That holds as long as a quote
    opens only at the start of a cell and closes only at its end (or is doubled), which is checked.
    """
    array = np.frombuffer(data, dtype=np.uint8)
    newlines = np.flatnonzero(array == _NEWLINE)
    separators = np.flatnonzero(array == ord(delimiter))
    end, bad_quote = len(data), -1
    if b'"' in data:
        quotes = np.flatnonzero(array == _QUOTE)
        bad_quote = _first_bad_quote(array, quotes, delimiter)
        all_newlines = newlines
        newlines = newlines[np.searchsorted(quotes, newlines) % 2 == 0]
        separators = separators[np.searchsorted(quotes, separators) % 2 == 0]
        if bad_quote >= 0:
            newlines = newlines[newlines < bad_quote]
            end = int(newlines[-1]) + 1 if len(newlines) else 0
            separators = separators[separators < end]
    else:
        all_newlines = newlines
    starts = np.concatenate(([0], newlines[:-1] + 1)) if len(newlines) else np.zeros(0, dtype=np.int64)
    lines = np.searchsorted(all_newlines, starts) + 1
    cells = np.diff(np.searchsorted(separators, newlines), prepend=0) + 1
    # Spreadsheets leave rows of nothing but separators.
    is_blank = newlines - starts == cells - 1
    return Shape(starts, lines, cells, is_blank, end, bad_quote)


def _first_bad_quote(array: NDArray[np.uint8], quotes: NDArray[np.int64], delimiter: str) -> int:
    """Return the offset of the first quote that neither opens nor closes a whole cell, or -1."""
    limits = np.zeros(256, dtype=bool)
    limits[[ord(delimiter), _NEWLINE, _QUOTE]] = True
    opening, closing = quotes[0::2], quotes[1::2]
    before = array[np.maximum(opening - 1, 0)]
    # A quote before an opening one belongs to it only as the closing one of a doubled pair.
    good_opening = limits[before] | (opening == 0)
    good_closing = limits[array[closing + 1]]  # a newline ends the text, so there is a next byte
    bad = [opening[: len(closing)][~good_closing][:1], opening[~good_opening][:1]]
    if len(opening) > len(closing):
        bad.append(opening[-1:])
    found = np.concatenate(bad)
    return int(found.min()) if len(found) else -1


def parse_csv(
    data: bytes, table: Table, file: str, collector: Collector
) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """Read one table.

    Parameters
    ----------
    data : bytes
        The file.
    table : Table
        What it should hold.
    file : str
        Its name for people.
    collector : Collector
        Takes findings up.

    Returns
    -------
    frame : DataFrame
        Cells as text; the columns as in the first line, with known and unknown names. Rows that are all blank
        are left out, as is a second line of meanings.
    lines : ndarray of int64, shape (rows,)
        The line of each row in the file; the header is line 1.
    """
    data = _normal_lines(decode(data, table.name, file, collector))
    delimiter = _sniff(data, table, file, collector)
    found = shape(data, delimiter)
    if found.bad_quote >= 0:
        collector.add(
            "quote",
            "A quote here neither opens nor closes a whole cell; nothing from this row on could be read.",
            'Put the whole cell in quotes and double those inside it ("5"" pipe"), or take the quote away.',
            table=table.name,
            file=file,
            line=data.count(b"\n", 0, found.bad_quote) + 1,
        )
    filled = np.flatnonzero(~found.is_blank)
    if not len(filled):
        if found.bad_quote < 0:
            _no_header("The file is empty.", 0, table, file, collector)
        return empty(table), np.zeros(0, dtype=np.int64)
    first, rows = int(filled[0]), filled[1:]
    start, width = int(found.starts[first]), int(found.cells[first])
    end = int(found.starts[first + 1]) if first + 1 < len(found.starts) else found.end
    if width > MOST_COLUMNS or end - start > LONGEST_HEADER:
        message = f"The first line has {width:,} cells and {end - start:,} bytes."
        _no_header(message, int(found.lines[first]), table, file, collector)
        return empty(table), np.zeros(0, dtype=np.int64)
    if len(rows) and data.startswith(MEANINGS.encode(), int(found.starts[rows[0]])):
        rows = rows[1:]
    line = io.StringIO(data[start:end].decode("utf-8", errors="replace"), newline="")
    header = [name.strip() for name in next(csv.reader(line, delimiter=delimiter))]
    # Spreadsheets leave columns without a name at the end.
    named = max((position + 1 for position, name in enumerate(header) if name), default=0)
    _ragged(found, rows, width, delimiter, table, file, collector)
    # The header is parsed along with the rows: it makes the parser expect the right number of cells.
    frame = _parse(data[start : found.end], delimiter, width, list(range(named)))
    keep = np.zeros(len(frame), dtype=bool)
    keep[rows - first] = True
    frame = frame[keep].reset_index(drop=True).set_axis(header[:named], axis=1)
    return frame, found.lines[rows].astype(np.int64)


def _normal_lines(text: str) -> bytes:
    r"""Return a text as bytes in which every line ends with ``\n``."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return (text if text.endswith("\n") else text + "\n").encode("utf-8", errors="replace")


def _no_header(message: str, line: int, table: Table, file: str, collector: Collector) -> None:
    """Take up that a file has no first line of columns."""
    mend = f"Give it a first line with its columns: {','.join(table.by_name)}."
    collector.add("no_header", message, mend, table=table.name, file=file, line=line)


def empty(table: Table) -> pd.DataFrame:
    """Return a table without rows, all its columns text."""
    return pd.DataFrame({name: pd.Series(dtype=object) for name in table.by_name})


def _parse(data: bytes, delimiter: str, width: int, positions: list[int]) -> pd.DataFrame:
    """Parse rows into text cells; rows that are too short are filled with blanks, those too long cut."""
    try:
        return pd.read_csv(
            io.BytesIO(data),
            sep=delimiter,
            header=None,
            names=range(width),
            usecols=positions,
            index_col=False,
            dtype=object,
            na_filter=False,
            skip_blank_lines=False,
            engine="c",
        )
    except pd.errors.ParserError as error:  # pragma: no cover - what shape() lets through can be parsed
        raise FileError(f"The table cannot be parsed ({error}); save it anew as CSV.") from error


def _sniff(data: bytes, table: Table, file: str, collector: Collector) -> str:
    """Return the delimiter; another one than the comma becomes a finding, and the file is read with it."""
    header = data.lstrip(b"\n").split(b"\n", 1)[0].decode("utf-8", errors="replace")
    names = {
        delimiter: {name.strip(' "') for name in header.split(delimiter)} for delimiter in (",", *_DELIMITERS)
    }
    known = {delimiter: len(found & set(table.by_name)) for delimiter, found in names.items()}
    best = max(known, key=lambda delimiter: known[delimiter])  # the comma stands first and wins ties
    if best != ",":
        collector.add(
            "delimiter",
            f"The cells are separated by {_DELIMITERS[best]}.",
            "Save the file with commas between cells and points in decimals.",
            table=table.name,
            file=file,
            line=1,
            value=header,
        )
    return best


def _ragged(
    found: Shape,
    rows: NDArray[np.int64],
    width: int,
    delimiter: str,
    table: Table,
    file: str,
    collector: Collector,
) -> None:
    """Take up rows that have more or fewer cells than the header."""
    ragged = rows[found.cells[rows] != width]
    room = collector.room("ragged_row", table.name, file)
    for row in ragged[:room].tolist():
        cells = int(found.cells[row])
        hint = (
            " A number with a decimal comma? Write 12.5, not 12,5."
            if cells > width and delimiter == ","
            else ""
        )
        collector.add(
            "ragged_row",
            f"The row has {cells:,} cells, the header {width:,}.",
            f"Give every row one cell per column; put a cell that holds a comma in quotes.{hint}",
            table=table.name,
            file=file,
            line=int(found.lines[row]),
        )
    collector.count("ragged_row", table.name, file, len(ragged[room:]))


def format_csv(frame: pd.DataFrame, table: Table) -> bytes:
    r"""Return a table as CSV: UTF-8, commas, ``\n``, columns in the order of the schema.

    Raises
    ------
    FileError
        If a column is not one of the table's or a cell cannot be written.
    """
    stray = [str(name) for name in frame.columns if name not in table.by_name]
    if stray:
        raise FileError(f"The table {table.name} has no column {stray[0]!r}; drop it before writing.")
    names = [name for name in table.by_name if name in frame.columns]
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(names)
    columns = [texts(frame[name]) for name in names]
    if columns and columns[0] and columns[0][0].startswith(MEANINGS):
        # Quoted, the line is none of meanings.
        csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_ALL).writerow(
            column.pop(0) for column in columns
        )
    writer.writerows(zip(*columns, strict=True))
    try:
        return stream.getvalue().encode("utf-8")
    except UnicodeEncodeError as error:
        raise FileError(
            f"The table {table.name} holds half a character ({error.object[error.start : error.end]!a}), "
            "which no file can; type that cell anew."
        ) from error
