"""
Tables as one JSON file::

    {"settings": {"periods": 7, "limits": {"supplies": 480}},
     "tables": {"areas": [{"area": "440100", "level": "city"}, ...], ...}}

The outer parts are walked by hand and each row is decoded at once, so that every row has its line and a fault
in one is found at its place.
"""

from __future__ import annotations

import json
import re
from json import JSONDecodeError, JSONDecoder
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from yjopt.errors import FileError
from yjopt.files.cells import texts
from yjopt.files.decoding import decode
from yjopt.files.raw import RawTables
from yjopt.files.settings import in_order, value_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from yjopt.files.collector import Collector
    from yjopt.schema import Table

_BLANK: Final = re.compile(r"[ \t\n\r]*")
_NUMBER: Final = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
#: Every JSON file written begins so.
MARK: Final = b'{"made_by": "yjopt"'
_NAMES: Final = frozenset({"made_by", "settings", "tables"})


class _Constant(str):
    """NaN or Infinity, which JSON does not have."""

    __slots__ = ()


class _Repeated(dict[str, Any]):
    """An object in which a name stands twice."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    return made if len(made) == len(pairs) else _Repeated(made)


def _integer(text: str) -> int | str:
    return int(text) if len(text) < 30 else text


# Cells keep their numbers as written; settings are numbers.
_CELLS: Final = JSONDecoder(
    object_pairs_hook=_object, parse_constant=_Constant, parse_float=str, parse_int=str
)
_VALUES: Final = JSONDecoder(object_pairs_hook=_object, parse_constant=_Constant, parse_int=_integer)


class _Walk:
    """Goes through a JSON text, one step at a time."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def next(self) -> str:
        """Return the next character that is no blank, '' at the end."""
        match = _BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.text[self.at : self.at + 1]

    def take(self, mark: str) -> bool:
        """Step over a mark if it is next."""
        is_next = self.next() == mark
        self.at += is_next
        return is_next

    def expect(self, mark: str) -> None:
        """Step over a mark that must be next."""
        if not self.take(mark):
            raise JSONDecodeError(f"Expecting '{mark}'", self.text, self.at)

    def value(self, decoder: JSONDecoder) -> Any:
        """Step over one value and return it."""
        self.next()
        found, self.at = decoder.raw_decode(self.text, self.at)
        return found

    def names(self) -> Iterator[str]:
        """Step through an object; the value of each name is for the caller to step over."""
        self.expect("{")
        if self.take("}"):
            return
        while True:
            name = self.value(_CELLS) if self.next() == '"' else None
            if not isinstance(name, str):
                raise JSONDecodeError("Expecting a name in quotes", self.text, self.at)
            self.expect(":")
            yield name
            if not self.take(","):
                self.expect("}")
                return

    def entries(self) -> Iterator[int]:
        """Step through an array; yields where each entry begins, which is for the caller to step over."""
        self.expect("[")
        if self.take("]"):
            return
        while True:
            self.next()
            yield self.at
            if not self.take(","):
                self.expect("]")
                return


def parse_json(data: bytes, file: str, collector: Collector) -> RawTables:
    """Read tables and settings; whatever is wrong becomes a finding.

    Parameters
    ----------
    data : bytes
        The file.
    file : str
        Its name for people.
    collector : Collector
        Takes findings up.

    Returns
    -------
    RawTables
        Numbers are text as written, flags ``true`` and ``false``, null is blank.
    """
    walk = _Walk(decode(data, "", file, collector))
    newlines = np.array([match.start() for match in re.finditer("\n", walk.text)], dtype=np.int64)
    raw = RawTables({}, {}, {"settings": file}, {})
    try:
        for name in _once(walk.names(), "", file, collector):
            if name == "tables":
                _tables(walk, newlines, raw, file, collector)
            elif name == "settings":
                _settings(walk.value(_VALUES), raw, file, collector)
            else:
                walk.value(_CELLS)
                if name not in _NAMES:
                    collector.add(
                        "unknown_part",
                        f"The file has a part {name[:60]!r}, which nothing reads.",
                        "Put settings under 'settings' and tables under 'tables'.",
                        file=file,
                        value=name,
                    )
        if walk.next():
            raise JSONDecodeError("Something follows the end", walk.text, walk.at)
    except JSONDecodeError as error:
        collector.add(
            "json_syntax",
            f"This is no JSON: {error.msg} at column {error.colno}; nothing after it could be read.",
            "Mend the text there.",
            file=file,
            line=error.lineno,
        )
    except RecursionError:
        collector.add(
            "json_syntax", "The file is nested too deeply.", "Write rows as plain objects.", file=file
        )
    return raw


def _once(names: Iterator[str], table: str, file: str, collector: Collector) -> Iterator[str]:
    """Pass names on and take up those that come again."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            _repeated(name, table, file, 0, collector)
        seen.add(name)
        yield name


def _repeated(name: str, table: str, file: str, line: int, collector: Collector) -> None:
    collector.add(
        "repeated_name",
        f"The name {name[:60]!r} stands twice in one object; only the last would count.",
        "Keep one of the two.",
        table=table,
        file=file,
        line=line,
        value=name,
    )


def _settings(found: object, raw: RawTables, file: str, collector: Collector) -> None:
    """Keep the settings."""
    if not isinstance(found, dict):
        collector.add(
            "wrong_shape",
            "'settings' is no object.",
            'Write it as {"periods": 7}.',
            table="settings",
            file=file,
        )
        return
    for part in (found, *found.values()):
        if isinstance(part, _Repeated):
            _repeated("settings", "settings", file, 0, collector)
    raw.settings.update(found)


def _tables(
    walk: _Walk, newlines: np.ndarray[Any, Any], raw: RawTables, file: str, collector: Collector
) -> None:
    """Read all tables; rows before a fault are kept."""
    for table in _once(walk.names(), "", file, collector):
        rows: list[dict[str, Any]] = []
        starts: list[int] = []
        try:
            for start in walk.entries():
                line = int(np.searchsorted(newlines, start)) + 1
                row = walk.value(_CELLS)
                if isinstance(row, dict):
                    if isinstance(row, _Repeated):
                        _repeated("a column", table, file, line, collector)
                    rows.append(row)
                    starts.append(start)
                else:
                    collector.add(
                        "wrong_shape",
                        "This row is no object.",
                        'Write it as {"column": value}.',
                        table=table,
                        file=file,
                        line=line,
                    )
        finally:
            raw.lines[table] = np.searchsorted(newlines, starts).astype(np.int64) + 1
            raw.frames[table] = _frame(rows, table, file, raw.lines[table], collector)
            raw.files[table] = file


def _frame(
    rows: list[dict[str, Any]], table: str, file: str, lines: np.ndarray[Any, Any], collector: Collector
) -> pd.DataFrame:
    """Make a frame of rows; a column that a row does not have is blank there."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns: dict[str, np.ndarray[Any, Any]] = {}
    for name in names:
        cells = np.empty(len(rows), dtype=object)
        cells[:] = [row.get(name) for row in rows]
        for position, cell in enumerate(cells):
            if type(cell) is str:
                continue
            if cell is None:
                cells[position] = ""
            elif isinstance(cell, bool):
                cells[position] = "true" if cell else "false"
            else:
                is_constant = isinstance(cell, _Constant)
                what = f"{cell}, which JSON does not have" if is_constant else "a list or an object"
                collector.add(
                    "wrong_cell",
                    f"The cell holds {what}.",
                    "Write one text or number, or null for a blank.",
                    table=table,
                    file=file,
                    line=int(lines[position]),
                    column=name[:80],
                )
                cells[position] = str(cell) if is_constant else ""
        columns[name] = cells
    return pd.DataFrame(columns, index=pd.RangeIndex(len(rows)))


def format_json(
    frames: Mapping[str, pd.DataFrame], settings: Mapping[str, Any], schema: Mapping[str, Table]
) -> bytes:
    """Return tables and settings as JSON, one row a line; blanks are left out.

    Raises
    ------
    FileError
        If a cell or setting cannot be written.
    """
    sections: dict[str, list[str]] = {}
    for section, name, value in in_order(settings):
        sections.setdefault(section, []).append(f"{_text(name)}: {value_text(value)}")
    parts = sections.pop("", [])
    parts += [f"{_text(section)}: {{{', '.join(entries)}}}" for section, entries in sections.items()]
    tables = []
    for name, frame in frames.items():
        rows = ",\n".join(_rows(frame, schema[name]))
        tables.append(f"{_text(name)}: [\n{rows}\n]")
    body = ",\n".join(tables)
    whole = f'{MARK.decode()},\n"settings": {{{", ".join(parts)}}},\n"tables": {{\n{body}\n}}}}\n'
    try:
        return whole.encode("utf-8")
    except UnicodeEncodeError as error:
        raise FileError("A cell holds half a character, which no file can; type that cell anew.") from error


def _rows(frame: pd.DataFrame, table: Table) -> Iterator[str]:
    """Yield each row as a JSON object."""
    columns = []
    for name in table.by_name:
        if name not in frame.columns:
            continue
        head = f"{_text(name)}: "
        is_text = table[name].type in ("id", "text", "choice")
        cells = texts(frame[name])
        written = {
            cell: head + (_text(cell) if is_text or not _is_plain(cell) else cell) for cell in set(cells)
        }
        written[""] = ""
        columns.append([written[cell] for cell in cells])
    for row in zip(*columns, strict=True):
        yield f"{{{', '.join(filter(None, row))}}}"


def _is_plain(cell: str) -> bool:
    """Whether a cell is a number or flag as JSON writes it."""
    return cell in ("true", "false") or bool(_NUMBER.fullmatch(cell))


def _text(cell: str) -> str:
    return json.dumps(cell, ensure_ascii=False)
