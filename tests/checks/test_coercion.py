"""Cells become typed columns: whole columns, defaults, units and authorities, and the mend for each slip."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from checks.planting import add, put, raw_tables
from files.three_towns import three_towns
from hypothesis import given
from hypothesis import strategies as st

from yjopt.checks import check, coerce, examine
from yjopt.checks.cells import as_text, clean_id
from yjopt.checks.numbers import read_floats, read_number, read_numbers
from yjopt.checks.settings import coerce_settings
from yjopt.checks.tables import MOST
from yjopt.checks.words import FEW, Guesser, shown, written
from yjopt.files.raw import RawTables, raw_from_frames
from yjopt.schema import INPUT, SETTINGS

QUANTITY, KG, MINUTES, DEADLINE = (
    INPUT["stocks"]["quantity"],
    INPUT["items"]["kg"],
    INPUT["roads"]["minutes"],
    INPUT["needs"]["deadline"],
)


def words(*cells: str) -> np.ndarray:
    return np.array(cells, dtype=object)


def test_every_table_and_column_is_there_in_its_dtype() -> None:
    """Every table of the schema, also those without a file, with every column in its dtype."""
    frames, _, findings = coerce(raw_tables(lambda frames, _: frames.pop("times")))
    assert not findings
    assert list(frames) == list(INPUT)
    for name, table in INPUT.items():
        assert list(frames[name].columns) == [column.name for column in table.columns]
        assert [str(dtype) for dtype in frames[name].dtypes] == [column.dtype for column in table.columns]
    assert not len(frames["times"])


def test_blanks_become_defaults() -> None:
    """Depot E: unit E as written, authority from the unit; the town's unit is its area; percent is 200."""
    frames, settings, _ = coerce(raw_tables())
    places, stocks = frames["places"].set_index("place"), frames["stocks"]
    assert places.loc["depot-E", "unit"] == "E" and places.loc["town-E1", "unit"] == "E1"
    assert stocks.loc[0, "authority"] == "E" and stocks.loc[2, "authority"] == "C"
    assert frames["pools"].loc[0, "authority"] == "C"
    assert frames["closures"]["percent"].tolist() == [150, 200, 200]
    assert frames["needs"].loc[0, "deadline"] is pd.NA and frames["needs"].loc[1, "deadline"] == 2
    assert bool(frames["roads"].loc[9, "one_way"]) and not frames["roads"].loc[0, "one_way"]
    assert frames["tasks"]["task"].tolist() == ["NA", "007", "home-food"]
    assert settings["limits.teams"] == 480.0 and settings["nearest.patients"] == 0
    assert set(settings) == {f"{one.section}.{one.name}".lstrip(".") for one in SETTINGS}


def test_reading_typed_tables_again_changes_nothing() -> None:
    """Typed frames go through the checks as they are: the way of Scenario.replace."""
    frames, settings, findings = examine(raw_tables())
    nested: dict[str, Any] = {}
    for name, value in settings.items():
        section, _, leaf = name.rpartition(".")
        (nested.setdefault(section, {}) if section else nested)[leaf] = value
    again, settings_again, findings_again = examine(raw_from_frames(frames, nested))
    assert not findings and not findings_again
    assert settings_again == settings
    for name in frames:
        pd.testing.assert_frame_equal(frames[name], again[name])


@pytest.mark.parametrize("dtype", ["object", "str", "category"])
def test_the_dtype_of_raw_cells_does_not_matter(dtype: str) -> None:
    """Text is text, however pandas keeps it."""
    frames, settings = three_towns()
    typed, _, findings = examine(raw_from_frames({k: v.astype(dtype) for k, v in frames.items()}, settings))
    assert not findings
    pd.testing.assert_frame_equal(typed["needs"], coerce(raw_tables())[0]["needs"])


def test_numbers_and_blanks_of_frames() -> None:
    """NaN, None and NA are blank; whole floats are whole numbers; a float may stand a rounding error off."""
    frames, settings = three_towns()
    frames["needs"]["deadline"] = pd.Series([np.nan, 2.0, 1.0, None, 0, 1, None, 1, None, None, None, None])
    frames["needs"]["quantity"] = frames["needs"]["quantity"].astype(float)
    frames["items"]["kg"] = [0.1 + 0.2, np.float32(0.5), Decimal("0.75"), 15.5]
    frames["items"]["durable"] = [False, None, np.bool_(False), 1]
    typed, _, findings = examine(raw_from_frames(frames, settings))
    assert not findings
    assert typed["items"]["kg"].tolist() == [0.3, 0.5, 0.75, 15.5]
    assert typed["items"]["durable"].tolist() == [False, False, False, True]
    assert typed["needs"]["deadline"].isna().sum() == 7


@given(st.integers(0, 10**9), st.integers(0, 3))
def test_decimals_on_the_grid_are_exact(quanta: int, zeros: int) -> None:
    """Any text on the grid of a thousandth is the float nearest to it, with zeros behind it too."""
    text = f"{quanta // 1000}.{quanta % 1000:03d}" + "0" * zeros
    values, faults = read_numbers(words(text), KG)
    if quanta <= 100_000_000:
        assert not faults and values[0] == float(Decimal(text)) and round(values[0] * 1000) == quanta
    else:
        assert faults[text].rule == "too_large"


@given(st.integers(3, 6_000_000))
def test_seconds_survive_as_minutes(seconds: int) -> None:
    """A whole second written as minutes, in the shortest exact text, is read as this very second."""
    values, faults = read_numbers(words(repr(seconds / 60)), MINUTES)
    assert not faults and round(values[0] * 60) == seconds and values[0] == seconds / 60


@given(st.decimals(0, 10**6, places=5))
def test_a_decimal_off_the_grid_is_refused(value: Decimal) -> None:
    """Five decimals are on the grid of three only if the last two are 0."""
    values, faults = read_numbers(words(f"{value:f}"), KG)
    on_grid = value * 1000 == int(value * 1000)
    assert bool(faults) != (on_grid and value <= 100_000)
    assert bool(faults) == bool(np.isnan(values[0]))


@given(st.floats(0, 1e5, allow_nan=False))
def test_floats_of_a_frame_and_their_text_agree(value: float) -> None:
    """A float is taken if it is within 1e-9 of the grid, whether its column is of floats or of objects."""
    values, _, faults = read_floats(np.array([value]), KG)
    text = as_text(value, KG)
    assert text is not None
    again, faults_again = read_numbers(words(text), KG)
    assert bool(faults) == bool(faults_again)
    np.testing.assert_array_equal(values, again)


@pytest.mark.parametrize(
    ("cell", "mend"),
    [
        ("1,000", "Write 1000 without a separator of thousands."),
        ("12 345 678", "Write 12345678 without a separator of thousands."),
        ("1,5", "Write 1.5 with a point."),
        ("１２", "Write 12 in plain (half-width) digits and signs."),
        ("−5", "Write -5 in plain (half-width) digits and signs."),
        ("½", "Write 0 or 1; only whole numbers count here."),
        ("2½", "Write 2 or 3; only whole numbers count here."),
        ("8/2", "Write 4."),
        ("3/0", "Write a whole number from 0 to 1,000,000,000 (base units)."),
        ("2.5e3", "Write 2500 if that is what is meant."),
        ("30 pieces", "Write 30 alone; the unit of the column is base units."),
        ("约30", "Write 30 alone."),
        ("2万", "Write 20000 in digits."),
        ("1.2亿", "Write 120000000 in digits."),
        ("1O", "Is a letter meant as a digit? Write 10."),
        ("#REF!", "Write a whole number from 0 to 1,000,000,000 (base units)."),
        ("—", "Write a whole number from 0 to 1,000,000,000 (base units)."),
        ("NaN", "Write a whole number from 0 to 1,000,000,000 (base units)."),
        ("-inf", "Write a whole number from 0 to 1,000,000,000 (base units)."),
        ("十二", "Write a whole number from 0 to 1,000,000,000 (base units)."),
        ("1_000", "Write a whole number from 0 to 1,000,000,000 (base units)."),
        ("0x10", "Write a whole number from 0 to 1,000,000,000 (base units)."),
    ],
)
def test_each_slip_has_its_mend(cell: str, mend: str) -> None:
    """What is seen behind the text is what the mend says to write."""
    value, fault = read_number(cell, QUANTITY)
    assert np.isnan(value) and fault is not None
    assert fault.mend == mend


def test_decimals_know_the_comma_and_powers_of_ten() -> None:
    """In a column of decimals '1,000' may mean one, and 1e-3 is how Python writes a thousandth."""
    assert "or 1.000 if the comma marks decimals" in (read_number("1,000", KG)[1] or _none()).mend
    assert read_number("1e-3", KG) == (0.001, None)
    assert (read_number("n/a", DEADLINE)[1] or _none()).mend.startswith("Leave the cell blank")


def _none() -> Any:
    raise AssertionError("no fault")


def test_ids_are_normalised_and_kept() -> None:
    """NFD becomes NFC, zeros stay, blanks go, Chinese stays; a full-width blank inside is seen."""
    assert clean_id("Se\u0301gou") == ("S\u00e9gou", "")
    assert clean_id(" 007 ") == ("007", "")
    assert clean_id("清远市") == ("清远市", "")
    assert clean_id("清远\u3000市")[1] == "U+3000, IDEOGRAPHIC SPACE"
    assert clean_id("T\u00a01")[1] and clean_id("T\ufeff")[1] and not clean_id("\ue863龦")[1]


def test_ids_that_came_as_numbers() -> None:
    """441802 as a number is the id '441802'; one warning a column, however many rows."""
    frames, settings = three_towns()
    number = {"E1": 441802, "E2": 441803.0}
    for table, column in (("areas", "area"), ("places", "area")):
        frames[table][column] = pd.Series(
            [number.get(one, one) for one in frames[table][column]], dtype=object
        )
    typed, _, findings = examine(raw_from_frames(frames, settings))
    assert [(one.rule, one.table, one.line) for one in findings] == [
        ("number_as_id", "areas", 5),
        ("number_as_id", "places", 1),
    ]
    assert typed["areas"]["area"].tolist()[4:6] == ["441802", "441803"]


def test_a_follow_up_is_not_reported() -> None:
    """A place unknown is said once: nothing else is said about its row or of who needs it."""
    findings = check(raw_tables(put("needs", 2, place="town-X9")))
    assert [(one.rule, one.line) for one in findings] == [("unknown_reference", 4)]
    findings = check(raw_tables(put("stocks", 2, quantity="abc", floor="x")))
    assert [(one.rule, one.column) for one in findings] == [
        ("not_number", "quantity"),
        ("not_number", "floor"),
    ]


def test_findings_stand_in_the_order_of_tables_and_lines() -> None:
    """Settings first, then areas, places and so on, each from top to bottom."""

    def change(frames: dict[str, pd.DataFrame], settings: dict[str, Any]) -> None:
        settings["rule"] = "none"

    bad = [put("rules", 0, area="?"), put("needs", 7, item="?"), put("needs", 3, quantity="?"), change]
    places = [(one.table, one.line) for one in check(raw_tables(*bad, put("areas", 3, name="\x07")))]
    assert places == [("settings", 0), ("areas", 5), ("needs", 5), ("needs", 9), ("rules", 2)]


def test_beyond_ten_thousand_findings_only_their_number_is_said() -> None:
    """12,000 wrong cells: 10,000 findings and one that says 2,000 more."""
    frames, settings = three_towns()
    more = pd.DataFrame(
        {"place": [f"x{at}" for at in range(12_000)], "kind": "twon", "area": "E1"}, dtype=object
    )
    frames["places"] = pd.concat([frames["places"], more], ignore_index=True).fillna("")
    findings = [one for one in check(raw_from_frames(frames, settings)) if one.rule == "unknown_choice"]
    assert len(findings) == MOST + 1
    assert findings[-1].message == "2,000 more rows from here on have the same fault."
    assert findings[-1].line == 15 + MOST + 1
    assert findings[0].mend.startswith("Did you mean 'town'?")


def test_headers_that_are_no_text() -> None:
    """A column named by a number or by nothing is unknown, not a crash."""
    frames, settings = three_towns()
    frames["needs"][7] = "1"
    frames["items"][pd.NA] = "1"
    rules = [(one.rule, one.table, one.column, one.line) for one in check(raw_from_frames(frames, settings))]
    assert rules == [("unknown_column", "items", "nan", 0), ("unknown_column", "needs", "7", 0)]


def test_a_hostile_cell_is_only_text() -> None:
    """Formulas, markup and braces stay what they are: names are kept, findings show them whole."""
    names = ["=cmd|' /C calc'!A0", "<script>alert(1)</script>", "{value} {0} %s", "+1+1"]
    raw = raw_tables(*(put("items", row, name=name) for row, name in enumerate(names)))
    frames, _, findings = examine(raw)
    assert not findings and frames["items"]["name"].tolist() == names
    (finding,) = check(raw_tables(put("needs", 0, item="{value}{x}")))
    assert finding.value == "{value}{x}" and "'{value}{x}'" in finding.message


def test_settings_are_complete_and_typed() -> None:
    """Text of a workbook counts like the numbers of TOML; dates come in both ways."""
    raw = RawTables({}, {}, {}, {"periods": "3", "limits": {"teams": "90.5"}, "ignore_delays": "Yes"})
    settings, findings = coerce_settings(raw)
    assert not findings
    assert (settings["periods"], settings["limits.teams"], settings["ignore_delays"]) == (3, 90.5, True)
    assert settings["limits.patients"] == 180.0
    settings, findings = coerce_settings(RawTables({}, {}, {}, {"start": pd.Timestamp("2020-02-01")}))
    assert settings["start"] == "2020-02-01" and not findings


def test_words_that_may_be_meant() -> None:
    """Case, width and leading zeros first, then letters; nothing where nothing is near; thousands stay quick."""
    guesser = Guesser(["0101", "town-E1", "清远市"])
    assert [guesser.guess(one) for one in ("101", "TOWN E1", "town-E2", "清远", "zzz", "")] == [
        "0101", "town-E1", "town-E1", "清远市", "", "",
    ]  # fmt: skip
    many = Guesser([f"place-{at}" for at in range(FEW * 3)])
    assert many.guess("plce-17") == "place-17"
    assert sum(many.guess(f"plice-{at}") != "" for at in range(100)) <= Guesser.patience


def test_values_are_shown_so_that_they_are_seen() -> None:
    """Long values are cut, control characters spelt out, objects that cannot be shown named by their kind."""

    class Broken:
        def __str__(self) -> str:
            raise RuntimeError

    assert shown("a\tb") == "'a<U+0009>b'"
    assert len(shown("x" * 1000)) < 70
    assert written(Broken()) == "<Broken>"
    assert written(10**5000) == "a number of about 5,000 digits"


def test_a_default_stands_in_the_sentence() -> None:
    """Where a blank is at fault, the finding says which default is in force."""
    found = check(
        raw_tables(add("items", {"item": "tea", "late": ""}), put("groups", 0, late="", wait="150"))
    )
    sentences = [one.message for one in found if one.rule == "waiting_costs_more"]
    assert sentences and sentences[0].startswith("0.01 (by default) per period over 150 periods")
