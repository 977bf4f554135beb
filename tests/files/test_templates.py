"""Empty templates: every column explained, read as a scenario without rows, never over anything."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from files.three_towns import TABLES

from yjopt.errors import FileError
from yjopt.files import read_tables, write_templates
from yjopt.schema import INPUT, SETTINGS

if TYPE_CHECKING:
    from pathlib import Path


def test_templates_are_scenarios_without_rows(tmp_path: Path) -> None:
    """Every table is there with its columns, and the second line is skipped."""
    write_templates(tmp_path / "new")
    raw = read_tables(tmp_path / "new")
    assert not raw.findings
    assert raw.settings == {setting.section: {} for setting in SETTINGS if setting.section}
    for name, table in INPUT.items():
        assert list(raw.frames[name].columns) == list(table.by_name)
        assert not len(raw.frames[name])


def test_meanings_stand_under_their_columns(tmp_path: Path) -> None:
    """As many cells as columns, in English and Chinese, so that a spreadsheet shows them in place."""
    write_templates(tmp_path / "new")
    for name, table in INPUT.items():
        header, meanings = (tmp_path / "new" / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        assert meanings.startswith("## ")
        cells = meanings.removeprefix("## ").split(",")
        assert len(cells) == len(header.split(",")) == len(table.columns)
        for cell, column in zip(cells, table.columns, strict=True):
            assert cell.startswith(column.meaning.rstrip(".").split(",")[0].replace('"', "'"))
            assert cell.endswith(column.meaning_zh.replace(",", ";"))


def test_filled_templates_read_as_what_was_filled_in(tmp_path: Path) -> None:
    """Rows appended below the meanings; settings with their '#' taken away are the defaults."""
    write_templates(tmp_path / "new")
    for name, text in TABLES.items():
        path = tmp_path / "new" / f"{name}.csv"
        rows = text.strip().split("\n", 1)[1]
        path.write_text(path.read_text(encoding="utf-8") + rows + "\n", encoding="utf-8")
    toml = tmp_path / "new" / "scenario.toml"
    toml.write_text(
        re.sub(r"^# ([a-z_]+ = )", r"\1", toml.read_text(encoding="utf-8"), flags=re.M), encoding="utf-8"
    )
    raw = read_tables(tmp_path / "new")
    assert not raw.findings
    assert raw.lines["areas"].tolist()[0] == 3
    for setting in SETTINGS:
        part = raw.settings[setting.section] if setting.section else raw.settings
        assert part[setting.name] == setting.default


def test_templates_never_stand_over_anything(tmp_path: Path) -> None:
    """Not even over templates."""
    write_templates(tmp_path / "new")
    with pytest.raises(FileError, match="not empty"):
        write_templates(tmp_path / "new")
    (tmp_path / "empty").mkdir()
    write_templates(tmp_path / "empty")
