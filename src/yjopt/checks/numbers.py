"""Number columns: a whole column at once where it is plainly written, cell by cell only where it is not."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from yjopt.checks.cells import TOLERANCE
from yjopt.checks.words import figure, shown

if TYPE_CHECKING:
    from yjopt.checks.tables import BoolArray, FloatArray, WordArray
    from yjopt.schema import Column

NOT_PLAIN = re.compile(r"[^0-9.+-]")
PLAIN = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
SCIENTIFIC = re.compile(r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))[eE][+-]?[0-9]+")
THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(?:[,' \u00a0\u2009\u202f][0-9]{3})+(?:\.[0-9]+)?")
DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
FRACTION = re.compile(r"([0-9]+)\s*[/\u2044]\s*([0-9]+)")
WITH_UNIT = re.compile(r"[^0-9A-Za-z+-]{0,3}([+-]?[0-9]+(?:\.[0-9]+)?)\s*(\D{0,20})")
CURRENCY = re.compile(r"(?:[^0-9A-Za-z+.-]|RMB|CNY){1,4}\s*([0-9]+(?:\.[0-9]+)?)")
DATE = re.compile(r"[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}.*")
# In a column that is wrong throughout, so many faults are worded one by one; more are never shown.
PATIENCE = 20_000
NOT_FINITE = frozenset({"nan", "inf", "infinity", "∞"})
NOTHING = frozenset({"na", "n/a", "#n/a", "null", "none", "nil", "-", "--", "—", "/", "?", ".", "无", "不详"})
CHINESE = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000, "千": 1_000, "百": 100}


@dataclass(frozen=True)
class Fault:
    """Why one text is no value of its column, and the mend."""

    rule: str
    message: str
    mend: str


def read_numbers(text: WordArray, column: Column) -> tuple[FloatArray, dict[str, Fault]]:
    """Read a column of texts as numbers.

    Parameters
    ----------
    text : object array of str
        Cells; '' is blank.
    column : Column
        The column of the schema.

    Returns
    -------
    values : float64 array
        Numbers on the grid of the column, NaN where blank or wrong. Exact: whole quanta are below 2**53.
    faults : dict of str to Fault
        What is wrong, by text.
    """
    values = np.full(len(text), np.nan)
    given = text != ""
    cells = text[given]
    plain = _plain(cells)
    faults: dict[str, Fault] = {}
    if plain is None:
        unworded = Fault("not_number", "This is no number.", range_of(column))
        codes, distinct = pd.factorize(cells)
        read = np.empty(len(distinct))
        for at, cell in enumerate(distinct):
            if len(faults) > PATIENCE and not PLAIN.fullmatch(cell):
                read[at], faults[cell] = np.nan, unworded
                continue
            read[at], fault = read_number(cell, column)
            if fault:
                faults[cell] = fault
        plain = read[codes]
    values[given] = plain
    return _settled(text, values, column, faults), faults


def _plain(cells: WordArray) -> FloatArray | None:
    if NOT_PLAIN.search("".join(cells)):
        return None
    try:
        return np.fromiter(map(float, cells), dtype=np.float64, count=len(cells))
    except ValueError:
        return None


def read_floats(values: FloatArray, column: Column) -> tuple[FloatArray, WordArray, dict[str, Fault]]:
    """Take over a column that holds numbers already; floats may stand a rounding error off the grid.

    Parameters
    ----------
    values : float64 array
        Cells; NaN is blank.
    column : Column
        The column of the schema.

    Returns
    -------
    values : float64 array
        Numbers on the grid of the column, NaN where blank or wrong.
    text : object array of str
        The wrong cells as text, '' everywhere else.
    faults : dict of str to Fault
        What is wrong, by text.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        quanta = values * column.per_unit
        whole = np.rint(quanta)
        near = np.abs(quanta - whole) <= TOLERANCE * np.maximum(1.0, np.abs(quanta))
    snapped = np.where(near, whole / column.per_unit, values)
    wrong = np.isinf(values) | _bad(snapped, column)[0]
    text = np.full(len(values), "", dtype=object)
    text[wrong] = [repr(value) for value in values[wrong].tolist()]
    faults = {
        repr(value): Fault("not_finite", f"'{value}' is no figure to plan with.", _blank_or(column))
        for value in set(values[np.isinf(values)].tolist())
    }
    return _settled(text, np.where(np.isinf(values), np.nan, snapped), column, faults), text, faults


def _bad(values: FloatArray, column: Column) -> tuple[BoolArray, BoolArray, BoolArray, BoolArray]:
    """Return where numbers are bad at all, too small, too large, and off the grid."""
    low, high = values < column.minimum, values > column.maximum
    with np.errstate(invalid="ignore", over="ignore"):
        quanta = values * column.per_unit
        off = np.abs(quanta - np.rint(quanta)) > TOLERANCE * np.maximum(1.0, np.abs(quanta))
        if column.per_unit != 60:
            # A text on a decimal grid is the very float of its grid value; only a third of a minute is not.
            off |= (np.rint(quanta) / column.per_unit != values) & ~np.isnan(values)
    off &= ~low & ~high
    return low | high | off, low, high, off


def _settled(text: WordArray, values: FloatArray, column: Column, faults: dict[str, Fault]) -> FloatArray:
    """Put numbers onto the grid; those off it or out of range become NaN and a fault by their text."""
    bad, *masks = _bad(values, column)
    for rule, mask in zip(("too_small", "too_large", "off_grid"), masks, strict=True):
        for at in np.flatnonzero(mask).tolist():
            if text[at] in faults:
                continue
            if len(faults) > PATIENCE:
                faults[text[at]] = Fault(rule, "This number is out of range or too fine.", range_of(column))
            else:
                faults[text[at]] = _fault_of_value(rule, text[at], float(values[at]), column)
    with np.errstate(invalid="ignore", over="ignore"):
        settled: FloatArray = np.where(bad, np.nan, np.rint(values * column.per_unit) / column.per_unit)
    return settled


def _fault_of_value(rule: str, cell: str, value: float, column: Column) -> Fault:
    """Word the fault of a number that was read but is out of range or off the grid."""
    unit = f" {column.unit}" if column.unit else ""
    if rule == "off_grid":
        if column.per_unit == 1:
            return Fault("not_whole", f"{shown(cell)} is no whole number.", f"Write {_near(value, 1)}{unit}.")
        step = "a sixtieth" if column.per_unit == 60 else figure(1 / column.per_unit)
        message = f"{shown(cell)} is finer than the column is counted, in steps of {step}{unit}."
        return Fault(rule, message, f"Write {_near(value, column.per_unit)}{unit}.")
    span = range_of(column)
    if column.name in ("longitude", "latitude") and abs(value) <= 180:
        span = f"Are longitude and latitude swapped? {span}"
    if rule == "too_small":
        return Fault(rule, f"{shown(cell)} is below {figure(column.minimum)}{unit}, the least allowed.", span)
    return Fault(rule, f"{shown(cell)} is above {figure(column.maximum)}{unit}, the most allowed.", span)


def range_of(column: Column) -> str:
    """Return the sentence that says what numbers a column takes."""
    unit = f" ({column.unit})" if column.unit else ""
    kind = "a whole number" if column.type == "integer" else "a number"
    return f"Write {kind} from {figure(column.minimum)} to {figure(column.maximum)}{unit}."


def _near(value: float, per_unit: int) -> str:
    below, above = np.floor(value * per_unit) / per_unit, np.ceil(value * per_unit) / per_unit
    return f"{below:.12g} or {above:.12g}"


def read_number(cell: str, column: Column) -> tuple[float, Fault | None]:
    """Read one text that may be written in any way; NaN and the fault if it is no number of this column.

    Examples
    --------
    >>> from yjopt.schema import INPUT
    >>> read_number("1,000", INPUT["stocks"]["quantity"])[1].mend
    'Write 1000 without a separator of thousands.'
    """
    text = cell.strip()
    if PLAIN.fullmatch(text):
        return float(text), None
    if SCIENTIFIC.fullmatch(text):
        value = float(text)
        if column.type == "decimal":
            return value, None
        message = f"{shown(cell)} is written in powers of ten, which may have cost its last digits."
        plain = f"{value:.15g}" if abs(value) < 1e15 else "the whole number"
        return np.nan, Fault("not_number", message, f"Write {plain} if that is what is meant.")
    return np.nan, _fault_of_text(cell, text, column)


def _fault_of_text(cell: str, text: str, column: Column) -> Fault:
    """Find out in what way a text is no number, and what was most likely meant."""
    low = text.casefold()
    if low.lstrip("+-") in NOT_FINITE:
        return Fault("not_finite", f"{shown(cell)} is no figure to plan with.", _blank_or(column))
    if low in NOTHING or text.startswith("#"):
        return Fault("not_number", f"{shown(cell)} is no number.", _blank_or(column))
    meant = _meant(text, column)
    if meant:
        return Fault("not_number", f"{shown(cell)} is not written as a plain number.", meant)
    return Fault("not_number", f"{shown(cell)} is no number.", range_of(column))


def _blank_or(column: Column) -> str:
    return (
        range_of(column)
        if column.required
        else f"Leave the cell blank if there is none; else: {range_of(column)}"
    )


def _meant(text: str, column: Column) -> str:
    """Return the mend for a text behind which one number can be seen, or ''."""
    if THOUSANDS.fullmatch(text):
        plain = re.sub(r"[^0-9.+-]", "", text)
        doubt = column.type == "decimal" and text.count(",") == 1 and "." not in text
        decimal = f", or {text.replace(',', '.')} if the comma marks decimals" if doubt else ""
        return f"Write {plain} without a separator of thousands{decimal}."
    if DECIMAL_COMMA.fullmatch(text):
        return f"Write {text.replace(',', '.')} with a point."
    fraction = _fraction(text)
    if fraction is not None:
        whole = column.type == "integer" and fraction != int(fraction)
        return (
            f"Write {_near(fraction, 1)}; only whole numbers count here."
            if whole
            else f"Write {fraction:.12g}."
        )
    plain = unicodedata.normalize("NFKC", text).replace("\u2212", "-").strip()
    if plain != text and PLAIN.fullmatch(plain):
        return f"Write {plain} in plain (half-width) digits and signs."
    if plain.endswith("%") and PLAIN.fullmatch(plain[:-1].strip()):
        share = float(plain[:-1])
        return f"Write {share / 100:g}, or {share:g} if that is meant; the unit is {column.unit or 'a plain number'}."
    if DATE.fullmatch(plain) and column.unit == "period":
        return "Write the number of the period, 1 for the first."
    digits = plain.replace("O", "0").replace("o", "0").replace("l", "1").replace("I", "1")
    if digits != plain and any(c.isdigit() for c in plain) and PLAIN.fullmatch(digits):
        return f"Is a letter meant as a digit? Write {digits}."
    currency = CURRENCY.fullmatch(plain)
    if currency:
        return f"Write {currency[1]} alone."
    united = WITH_UNIT.fullmatch(plain)
    if united and united[2][:1] in CHINESE:
        return f"Write {figure(float(united[1]) * CHINESE[united[2][0]]).replace(',', '')} in digits."
    if united:
        return f"Write {united[1]} alone; the unit of the column is {column.unit or 'a plain number'}."
    return ""


def _fraction(text: str) -> float | None:
    """Return the value of '1/2', '½' or '2½'; None for anything else."""
    written = FRACTION.fullmatch(text)
    if written:
        return float(written[1]) / float(written[2]) if float(written[2]) else None
    last = unicodedata.numeric(text[-1:], -1.0) if text else -1.0
    ahead = text[:-1].strip()
    if unicodedata.category(text[-1:] or " ") != "No" or last < 0 or not (ahead == "" or ahead.isdecimal()):
        return None
    return float(ahead or 0) + last
