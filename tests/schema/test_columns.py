"""The schema as data, and the small scenario that fills every table of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from yjopt.schema import INPUT, OUTPUT, SETTINGS

if TYPE_CHECKING:
    import pandas as pd


@pytest.mark.parametrize("table", [*INPUT.values(), *OUTPUT.values()], ids=lambda table: table.name)
def test_columns_are_told_apart_and_explained(table: Any) -> None:
    """Every column has a name of its own, a key stands, and both languages say what it means."""
    names = [column.name for column in table.columns]
    assert len(names) == len(set(names))
    assert table.key
    assert table.meaning and table.meaning_zh
    for column in table.columns:
        assert column.meaning.endswith((".", ";")) or "made" in column.meaning
        assert column.meaning_zh
        assert (column.type == "choice") == bool(column.choices)
        assert column.minimum <= column.maximum


def test_references_lead_to_columns() -> None:
    """What a column refers to exists in the input tables."""
    for table in INPUT.values():
        for column in table.columns:
            for target in column.refers_to.split("|") if column.refers_to else ():
                name, _, field = target.partition(".")
                assert INPUT[name][field].key


def test_settings_have_defaults_in_their_own_range() -> None:
    """Each setting's default could be written by a person."""
    for setting in SETTINGS:
        if setting.type in ("integer", "decimal"):
            assert isinstance(setting.default, int | float)
            assert setting.minimum <= setting.default <= setting.maximum
        if setting.type == "choice":
            assert setting.default in setting.choices


def test_three_towns_fill_every_table(three_towns: tuple[dict[str, pd.DataFrame], dict[str, Any]]) -> None:
    """The shared small scenario has rows in every table and stays inside what the schema allows."""
    frames, _ = three_towns
    assert list(frames) == list(INPUT)
    for name, table in INPUT.items():
        frame = frames[name]
        assert list(frame.columns) == [column.name for column in table.columns]
        assert len(frame) and not frame.duplicated(list(table.key)).any()
        for column in table.columns:
            for value in frame[column.name]:
                if value == "":
                    assert not column.required, (name, column.name)
                    continue
                if column.choices:
                    assert value in column.choices
                if column.is_number:
                    quanta = float(value) * column.per_unit
                    assert column.minimum <= float(value) <= column.maximum
                    assert quanta == pytest.approx(round(quanta), abs=1e-6)
                if column.refers_to:
                    targets = [target.split(".") for target in column.refers_to.split("|")]
                    assert any((frames[other][field] == value).any() for other, field in targets)
