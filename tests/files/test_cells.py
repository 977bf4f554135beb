"""Cells as exact text."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yjopt.errors import FileError
from yjopt.files.cells import cell_text, decimal_text, texts


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_decimals_read_back_and_have_no_exponent(value: float) -> None:
    """The text is exact, and no shorter one is (that of repr is the shortest)."""
    text = decimal_text(value)
    assert float(text) == value
    assert "e" not in text.lower()
    assert len(text.strip("-0.").replace(".", "")) <= 17 or abs(value) >= 1e17


@pytest.mark.parametrize(
    ("value", "text"),
    [(1e-5, "0.00001"), (0.1, "0.1"), (3.0, "3"), (-0.0, "0"), (1e16, "10000000000000000"), (12.05, "12.05")],
)
def test_some_decimals(value: float, text: str) -> None:
    """As a person would write them."""
    assert decimal_text(value) == text


def test_cells_of_every_type() -> None:
    """Flags, whole numbers, missing values, numbers of other libraries."""
    values = (True, np.bool_(False), 7, np.int64(8), 2.5, np.float64(0.5), None, "x")
    assert [cell_text(value) for value in values] == [
        "true", "false", "7", "8", "2.5", "0.5", "", "x",
    ]  # fmt: skip
    assert cell_text(Decimal("1E-7")) == "0.0000001"
    assert cell_text("a\r\nb\rc") == "a\nb\nc"


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        (pd.Series([1, 2**60]), ["1", str(2**60)]),
        (pd.Series([1, pd.NA], dtype="Int64"), ["1", ""]),
        (pd.Series([0.5, pd.NA], dtype="Float64"), ["0.5", ""]),
        (pd.Series([0.1, np.nan]), ["0.1", ""]),
        (pd.Series([True, False]), ["true", "false"]),
        (pd.Series([True, pd.NA], dtype="boolean"), ["true", ""]),
        (pd.Series(["a", None, 1, 2.0], dtype=object), ["a", "", "1", "2"]),
        (pd.Series(["a", None], dtype="str"), ["a", ""]),
        (pd.Series(["b", "a"], dtype="category"), ["b", "a"]),
        (pd.Series([], dtype="float64"), []),
    ],
)
def test_columns_of_every_type(series: pd.Series, expected: list[str]) -> None:
    """Whatever a typed column may be."""
    assert texts(series) == expected


@pytest.mark.parametrize("value", [float("inf"), float("nan"), ["a"], {"a": 1}, object()])
def test_what_no_cell_can_hold(value: object) -> None:
    """It is refused by name."""
    with pytest.raises(FileError, match="A cell holds"):
        cell_text(value)
