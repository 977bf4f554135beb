"""Paths to tables: four formats, equal round trips, and what stands in a folder beside the tables."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from files.three_towns import TABLES, write_by_hand

from yjopt.checks import examine
from yjopt.errors import FileError
from yjopt.files import raw_from_frames, read_tables, write_tables
from yjopt.schema import INPUT, OUTPUT, Column, Table

if TYPE_CHECKING:
    from pathlib import Path

    from yjopt.files import RawTables

Towns = tuple[dict[str, pd.DataFrame], dict[str, Any]]
FORMATS = ["city", "city.json", "city.zip", "city.xlsx"]


def test_a_folder_written_by_hand(tmp_path: Path, three_towns: Towns) -> None:
    """Every cell as typed, every line as an editor counts it."""
    frames, settings = three_towns
    raw = read_tables(write_by_hand(tmp_path / "city"))
    assert not raw.findings
    assert raw.settings == settings
    assert list(raw.frames) == list(INPUT)
    for name, frame in frames.items():
        pd.testing.assert_frame_equal(raw.frames[name], frame)
        written = TABLES[name].lstrip("\n").split("\n")
        assert raw.lines[name].tolist() == list(range(2, len(frame) + 2))
        for row, line in enumerate(raw.lines[name]):
            assert written[line - 1].startswith(str(raw.frames[name].iloc[row, 0]))
        assert raw.files[name] == f"{name}.csv"
    assert raw.files["settings"] == "scenario.toml"


def same(raw: RawTables, other: RawTables) -> None:
    """Assert that two sets of raw tables are the same scenario, once typed."""
    assert not [finding for finding in raw.findings if finding.severity == "error"]
    frames, settings, findings = examine(raw)
    expected, expected_settings, expected_findings = examine(other)
    assert not [finding for finding in findings if finding.severity == "error"]
    assert [finding.rule for finding in findings] == [finding.rule for finding in expected_findings]
    assert settings == expected_settings
    for name, frame in expected.items():
        pd.testing.assert_frame_equal(frames[name], frame)


@pytest.mark.parametrize("name", FORMATS)
def test_round_trip(name: str, tmp_path: Path, three_towns: Towns) -> None:
    """Text cells and typed tables, written over an older one, read back as the same scenario."""
    raw = raw_from_frames(*three_towns)
    write_tables(tmp_path / name, *three_towns)
    same(read_tables(tmp_path / name), raw)
    frames, settings, _ = examine(raw)
    write_tables(tmp_path / name, frames, settings)
    same(read_tables(tmp_path / name), raw)
    assert [entry.name for entry in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_tables_give_the_same_bytes(name: str, tmp_path: Path, three_towns: Towns) -> None:
    """Nothing of the day or the machine gets into a file."""
    found = []
    for folder in ("a", "b"):
        path = tmp_path / folder / name
        write_tables(path, *three_towns)
        files = sorted(path.iterdir()) if path.is_dir() else [path]
        found.append([(file.name, file.read_bytes()) for file in files])
    assert found[0] == found[1]


def random_cells(column: Column, rows: int, chance: random.Random) -> Any:
    """Return values that a column takes, the unusual ones often."""
    if column.is_number:
        high = min(int(column.maximum * column.per_unit), 10**15)
        low = int(np.ceil(column.minimum * column.per_unit))
        quanta = [chance.choice([low, high, chance.randint(low, high)]) for _ in range(rows)]
        values: list[Any] = [
            quantum / column.per_unit if column.type == "decimal" else quantum for quantum in quanta
        ]
    elif column.type == "flag":
        values = [chance.random() < 0.5 for _ in range(rows)]
    elif column.choices:
        values = [chance.choice(column.choices) for _ in range(rows)]
    else:
        marks = "ab 0,;\"'=+-@#\\/<é清\U0001f600" + ("\n\t" if column.type == "text" else "")
        values = ["".join(chance.choices(marks, k=chance.randint(1, 6))).strip() or "NA" for _ in range(rows)]
    if column.default is None:
        values = [pd.NA if chance.random() < 0.3 else value for value in values]
    return (
        pd.array(values, dtype=column.dtype) if column.dtype != "object" else np.array(values, dtype=object)
    )


def random_tables(schema: dict[str, Table], seed: int) -> dict[str, pd.DataFrame]:
    """Return typed tables of any values, without regard to what they mean."""
    chance = random.Random(seed)
    frames = {}
    for name, table in schema.items():
        rows = chance.randint(1, 5)
        frames[name] = pd.DataFrame(
            {column.name: random_cells(column, rows, chance) for column in table.columns}
        )
    return frames


def round_trips(name: str, seeds: range, tmp_path: Path) -> None:
    """Write random tables and read them, comparing cell by cell."""
    for seed in seeds:
        schema = OUTPUT if seed % 5 == 4 else INPUT
        frames = random_tables(schema, seed)
        path = tmp_path / ("plans" if schema is OUTPUT else "scenarios") / name
        write_tables(path, frames, {"periods": 3}, schema)
        raw = read_tables(path, schema)
        assert not raw.findings
        assert list(raw.frames) == list(frames)
        for table, frame in frames.items():
            for column in schema[table].columns:
                # A format may leave out a column that is blank throughout.
                blank = pd.Series([""] * len(frame))
                cells = raw.frames[table].get(column.name, blank).tolist()
                for cell, value in zip(cells, frame[column.name], strict=True):
                    assert read_back(cell, column) == (None if value is pd.NA else value), (
                        table,
                        column.name,
                    )


def read_back(cell: str, column: Column) -> object:
    """Return the value of a cell by the plainest reading."""
    if cell == "":
        return None if column.default is None else ""
    if column.is_number:
        assert "e" not in cell.lower()
        return int(cell) if column.type == "integer" else float(cell)
    return cell == "true" if column.type == "flag" else cell


@pytest.mark.parametrize("name", FORMATS)
def test_round_trips_of_any_values(name: str, tmp_path: Path) -> None:
    """Quotes, commas, line breaks, formulas, numbers of 15 digits."""
    round_trips(name, range(5), tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("name", FORMATS)
def test_500_round_trips_of_any_values(name: str, tmp_path: Path) -> None:
    """The full count, over the four formats."""
    round_trips(name, range(5, 130), tmp_path)


def test_other_files_in_the_folder(tmp_path: Path) -> None:
    """A table under a wrong name is never lost in silence; pages and pictures are nobody's concern."""
    path = write_by_hand(tmp_path / "city")
    for name in ("README.md", "build.py", "map.png", ".hidden.csv", "notes.txt"):
        (path / name).write_bytes(b"x")
    (path / "pictures").mkdir()
    assert not read_tables(path).findings
    (path / "stocks.csv").rename(path / "stock.csv")
    (path / "needs.csv").rename(path / "Needs.CSV")
    (path / "beds.csv").rename(path / "beds.xlsx")
    (path / "roads.csv").unlink()
    (path / "roads.csv").mkdir()
    raw = read_tables(path)
    assert (
        "stock" in raw.frames and raw.files["stock"] == "stock.csv"
    )  # the checks ask whether stocks was meant
    assert [(finding.rule, finding.table) for finding in raw.findings] == [
        ("unread_file", "needs"), ("unread_file", "beds"), ("unread_file", "roads"),
    ]  # fmt: skip
    _, _, findings = examine(raw)
    assert [finding.rule for finding in findings if finding.table == "stock"] == ["unknown_table"]


def test_no_settings(tmp_path: Path) -> None:
    """A folder without a scenario.toml has the defaults, and a warning says so."""
    path = write_by_hand(tmp_path / "city")
    (path / "scenario.toml").unlink()
    raw = read_tables(path)
    assert [(finding.rule, finding.severity) for finding in raw.findings] == [("no_settings", "warning")]
    assert raw.settings == {}


def test_paths_as_people_type_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder one stands in, the one above, one with a slash behind."""
    path = write_by_hand(tmp_path / "city")
    (path / "sub").mkdir()
    monkeypatch.chdir(path)
    assert not read_tables(".").findings
    assert not read_tables(f"{path}/").findings
    monkeypatch.chdir(path / "sub")
    assert not read_tables("..").findings
    with pytest.raises(FileError, match="no table"):
        read_tables("/")


def test_what_is_no_scenario(tmp_path: Path) -> None:
    """A path that does not exist, a file of another kind, a folder of other things."""
    (tmp_path / "x.txt").write_text("x")
    for path, word in [
        (tmp_path / "nowhere", "does not exist"),
        (tmp_path / "nowhere.json", "does not exist"),
        (tmp_path / "x.txt", "neither"),
        (tmp_path, "no scenario.toml and no table"),
        ("a\0b", "does not exist|no path"),
        ("x" * 5000, "does not exist|no path|cannot be read"),
    ]:
        with pytest.raises(FileError, match=word):
            read_tables(path)


def test_files_that_are_not_ours_are_not_overwritten(tmp_path: Path, three_towns: Towns) -> None:
    """Only files that yjopt wrote are replaced."""
    for name in FORMATS[1:]:
        path = tmp_path / name
        path.write_bytes(b'{"my": "data"}')
        with pytest.raises(FileError, match="did not make"):
            write_tables(path, *three_towns)
        assert path.read_bytes() == b'{"my": "data"}'
    with pytest.raises(FileError, match="no table 'x'"):
        write_tables(tmp_path / "y", {"x": pd.DataFrame()}, {})
    with pytest.raises(FileError, match="further files"):
        write_tables(tmp_path / "y.json", *three_towns, extra_files={"a.txt": b""})


def test_further_files(tmp_path: Path, three_towns: Towns) -> None:
    """They stand beside the tables, in a folder or archive, and are replaced with them."""
    for _ in range(2):
        write_tables(tmp_path / "city", *three_towns, extra_files={"ABOUT.md": b"made"})
    assert (tmp_path / "city" / "ABOUT.md").read_bytes() == b"made"
    write_tables(tmp_path / "city.zip", *three_towns, extra_files={"ABOUT.md": b"made"})
    assert not read_tables(tmp_path / "city.zip").findings


def test_frames_in_python() -> None:
    """Any index, any cells; what is no frame is named."""
    frame = pd.DataFrame({"area": ["a", "b"], "x": [1, None]}, index=[7, 7])
    raw = raw_from_frames({"areas": frame, "roads": [1]}, {"periods": 1})  # type: ignore[dict-item]
    assert raw.lines["areas"].tolist() == [1, 2]
    assert raw.frames["areas"].index.tolist() == [0, 1]
    assert frame.index.tolist() == [7, 7]
    assert [(finding.rule, finding.table) for finding in raw.findings] == [("not_a_frame", "roads")]
