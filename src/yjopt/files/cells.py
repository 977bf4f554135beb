"""The exact text of cells when tables are written."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from yjopt.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from numpy.typing import NDArray

#: A second line of a table that begins with this explains the columns and is passed over.
MEANINGS: Final = "##"


def texts(series: pd.Series[Any]) -> list[str]:
    """Return the cells of a column as exact text.

    Decimals have the fewest digits that give the same number again, without exponent; flags are ``true`` and
    ``false``; what is missing is ''.

    Raises
    ------
    FileError
        If a number is not finite.
    """
    missing = series.isna().to_numpy()
    if series.dtype.kind == "f":
        return _once(series.fillna(0).to_numpy(dtype=np.float64), missing, decimal_text)
    if series.dtype.kind in "iu":
        return _once(series.fillna(0).to_numpy(), missing, str)
    if series.dtype.kind == "b":
        return _once(series.fillna(False).to_numpy(dtype=bool), missing, cell_text)
    cells = series.astype(object).to_numpy()
    return ["" if gone else cell_text(cell) for cell, gone in zip(cells, missing.tolist(), strict=True)]


def _once(values: NDArray[Any], missing: NDArray[np.bool_], write: Callable[[Any], str]) -> list[str]:
    """Write each different value once."""
    different, place = np.unique(values, return_inverse=True)
    written = np.array([write(value) for value in different.tolist()], dtype=object)[place]
    written[missing] = ""
    return list(written)


def cell_text(value: object) -> str:
    """Return one value as exact text; None is ''."""
    if isinstance(value, str):
        # Line ends have one form in a file, whatever the system.
        return value.replace("\r\n", "\n").replace("\r", "\n") if "\r" in value else value
    if value is None:
        return ""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, int | np.integer):
        return str(int(value))
    if isinstance(value, float | np.floating):
        return decimal_text(float(value))
    if isinstance(value, Decimal):
        return format(value, "f")
    raise FileError(f"A cell holds a {type(value).__name__}, which no table can; make it text or a number.")


def decimal_text(value: float) -> str:
    """Return the shortest text without exponent that reads back as the same number.

    >>> decimal_text(0.00001), decimal_text(0.1), decimal_text(3.0), decimal_text(1e16)
    ('0.00001', '0.1', '3', '10000000000000000')
    """
    if not np.isfinite(value):
        raise FileError(f"A cell holds {value}, which is no amount; write a number or leave it blank.")
    text = repr(value)
    if "e" in text:
        text = format(Decimal(text), "f")
    text = text.removesuffix(".0")
    return "0" if text == "-0" else text
