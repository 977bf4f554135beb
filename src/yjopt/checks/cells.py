"""Cells as written -> one text per cell, whatever a frame, a JSON file or a workbook put there."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from yjopt.checks.words import written

if TYPE_CHECKING:
    from yjopt.checks.tables import BoolArray, WordArray
    from yjopt.schema import Column

#: How far a float may stand from the grid, relative to its size in quanta (definition 14).
TOLERANCE = 1e-9
# A whole number beyond this is far out of every range; its digits need not be written out.
MANY_BITS = 10_000


@dataclass(frozen=True)
class Texts:
    """A column as text.

    Parameters
    ----------
    text : object array of str
        Each cell as text, '' where it is blank.
    strange : bool array
        Cells that hold neither text nor number nor flag, such as a list; their text is ''.
    numeric : bool array
        Cells that hold a number, not text.
    """

    text: WordArray
    strange: BoolArray
    numeric: BoolArray


def headers(frame: pd.DataFrame) -> list[str]:
    """Return the names of a frame's columns as text, whatever they are."""
    return [name if isinstance(name, str) else written(name) for name in frame.columns]


def texts(values: pd.Series[Any], column: Column) -> Texts:
    """Return a column of cells as text; a float close to a value of the column's grid becomes that value.

    Parameters
    ----------
    values : Series
        The cells, of any dtype.
    column : Column
        The column of the schema.
    """
    if values.dtype == "str":
        cells = values.to_numpy(dtype=object, na_value="")
    else:
        plain = values if values.dtype == "object" else values.astype(object)
        cells = plain.to_numpy(dtype=object, copy=True)
    if set(map(type, cells)) == {str}:
        none = np.zeros(len(cells), dtype=bool)
        return Texts(cells, none, none)
    other = np.fromiter((type(cell) is not str for cell in cells), dtype=bool, count=len(cells))
    strange = np.zeros(len(cells), dtype=bool)
    numeric = np.zeros(len(cells), dtype=bool)
    for at in np.flatnonzero(other).tolist():
        cell = cells[at]
        numeric[at] = isinstance(cell, int | float | np.number | Decimal) and not isinstance(cell, bool)
        text = as_text(cell, column)
        strange[at] = text is None
        cells[at] = text or ""
    return Texts(cells, strange, numeric)


def as_text(cell: object, column: Column) -> str | None:
    """Return one cell as text, '' if blank, or None if it is neither text nor number nor flag.

    Examples
    --------
    >>> from yjopt.schema import INPUT
    >>> as_text(0.1 + 0.2, INPUT["items"]["kg"]), as_text(True, INPUT["items"]["durable"])
    ('0.3', 'true')
    """
    if isinstance(cell, np.generic):
        cell = cell.item()
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return ""
    if isinstance(cell, str):
        return str(cell)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int):
        return str(cell) if cell.bit_length() < MANY_BITS else f"{'-' if cell < 0 else ''}{'9' * 100}"
    if isinstance(cell, float):
        return _float_text(cell, column)
    if isinstance(cell, Decimal):
        return "" if cell.is_nan() else str(cell)
    return None


def _float_text(value: float, column: Column) -> str:
    if value != value:
        return ""
    if abs(value) > 1e18:
        return repr(value)
    if column.is_number:
        quanta = value * column.per_unit
        if abs(quanta - round(quanta)) <= TOLERANCE * max(1.0, abs(quanta)):
            value = round(quanta) / column.per_unit
    return str(int(value)) if value == int(value) else repr(value)


def clean_id(text: str) -> tuple[str, str]:
    r"""Return an id in NFC without outer blanks, and the invisible character in it or ''.

    Examples
    --------
    >>> clean_id(" T1 "), clean_id("T1\u200b")
    (('T1', ''), ('T1\u200b', 'U+200B, ZERO WIDTH SPACE'))
    """
    if text.isascii() and text.isprintable():
        return text.strip(), ""
    clean = unicodedata.normalize("NFC", text).strip()
    return clean, next((_name(c) for c in clean if c != " " and unicodedata.category(c) in UNSEEN), "")


def clean_text(text: str) -> tuple[str, str]:
    """Return free text in NFC, and the character that no file can hold or ''."""
    if text.isascii() and text.isprintable():
        return text, ""
    clean = unicodedata.normalize("NFC", text)
    return clean, next(
        (_name(c) for c in clean if c not in "\t\n\r" and unicodedata.category(c) in UNWRITTEN), ""
    )


# Unassigned and private-use characters stay allowed: rare characters of Chinese place names come late into
# the tables of Unicode, and old fonts keep them in the private area.
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"})
UNWRITTEN = frozenset({"Cc", "Cs"})


def _name(character: str) -> str:
    return f"U+{ord(character):04X}, {unicodedata.name(character, 'a control code')}"
