"""A three-town scenario with bytes and cells changed at random ends in findings or a good read, in nothing else."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from files.three_towns import write_by_hand

from yjopt.checks import check
from yjopt.errors import YjoptError
from yjopt.files import raw_from_frames, read_tables, write_tables
from yjopt.files.csv_text import parse_csv
from yjopt.schema import INPUT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from yjopt.errors import Finding

Towns = tuple[dict[str, pd.DataFrame], dict[str, Any]]

# Pieces that mean something to one reader or another.
PIECES = [
    b'"', b",", b"\n", b"\r", b"\r\n", b"\0", b"##", b";", b"\t", b"=", b"{", b"}", b"[", b"]", b":",
    b"\\", b"NaN", b"nan", b"-Infinity", b"1e999", b"-1", b"0.0000001", b"99999999999999999999999",
    b"1,5", b"true", b"null", b"NA", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", "é".encode(), "é".encode(),
    "\u200b".encode(), "\u202e".encode(), "清远".encode("gbk"), b"\x85", "\u2028".encode(), b"PK\x03\x04",
    b"PK\x01\x02", b"<", b"&", b"]]>", b"../", b"1_000", "１２".encode(), b" ", b"a" * 300,
]  # fmt: skip


def mutate(data: bytes, chance: random.Random) -> bytes:
    """Change a file in one to three places: bits, pieces put in, parts cut out, doubled or moved, the end cut off."""
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        at = chance.randrange(len(data) + 1)
        upto = min(len(data), at + chance.choice([1, 1, 2, 8, 60]))
        way = chance.randrange(7)
        if way == 0 and at < len(data):
            data = data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]
        elif way <= 2:
            data = data[:at] + chance.choice(PIECES) + data[at + (way == 2) :]
        elif way == 3:
            data = data[:at] + data[upto:]
        elif way == 4:
            data = data[:upto] + data[at:upto] + data[upto:]
        elif way == 5:
            to = chance.randrange(len(data) + 1)
            data = (data[:at] + data[upto:])[:to] + data[at:upto] + (data[:at] + data[upto:])[to:]
        elif chance.random() < 0.2:
            data = data[:at]
    return data


CELLS: list[Any] = [
    "", " ", "x", "-1", "0", "1", "2", "1e5", "1e-5", "0.5", "1,5", "1.234.567", "nan", "inf", "-inf",
    "NA", "true", "FALSE", "é", "e\u0301", "\u200b", "\0", "\n", "=1+1", "9" * 30, "9" * 5000, "１２",
    "½", "0x10", "1_000", "town-E1", "C", "mask", "ward", "close", "isolation_minimum", "1000000000",
    "1000000001", "366", "999999999999999999999", "\ud800", "open", "{value}", "%s", "##", None, True,
    0, -1, 2**70, 0.1, float("nan"), float("inf"), 1e308, pd.NA, pd.NaT, pd.Timestamp("2020-02-01"),
    [1], {"a": 1}, (), b"x", 1j, object(), np.int8(3), np.float32(0.1), np.array([1, 2]), frozenset(),
]  # fmt: skip


def mutate_frame(frame: pd.DataFrame, chance: random.Random) -> pd.DataFrame:
    """Change one cell, or drop, double or rename a row or column, or change what a column is made of."""
    frame = frame.astype(object)
    row, column = chance.randrange(len(frame)), chance.randrange(frame.shape[1])
    way = chance.randrange(20)
    if way == 0:
        return frame.drop(columns=frame.columns[column])
    if way == 1:
        return pd.concat([frame, frame.iloc[[row]]])
    if way == 2:
        return pd.concat([frame, frame.iloc[:, [column]]], axis=1)
    if way == 3:
        return frame.rename(
            columns={frame.columns[column]: chance.choice(["x", "", 7, None, "plce", ("a", "b")])}
        )
    if way == 4:
        return frame.iloc[0:0] if chance.random() < 0.5 else frame.drop(index=row)
    if way == 5:
        numbers = pd.to_numeric(frame.iloc[:, column], errors="coerce")
        kind = chance.choice(["float64", "Float64", "complex128", "category", "str"])
        frame[frame.columns[column]] = numbers.astype(kind)
        return frame
    cells = frame.iloc[:, column].to_numpy(copy=True)
    cells[row] = chance.choice(CELLS)
    frame[frame.columns[column]] = cells
    return frame


def judge(work: Callable[[], tuple[Finding, ...]], told: Callable[[], str]) -> bool:
    """Run a reader; return whether it found errors. Any exception but ours fails with what was read."""
    try:
        findings = work()
    except YjoptError:
        return True
    except BaseException as error:
        raise AssertionError(f"{type(error).__name__}: {error}\n{told()}") from error
    for finding in findings:
        assert finding.rule and finding.message and finding.mend
        assert finding.severity in ("error", "warning")
    return any(finding.severity == "error" for finding in findings)


def csv_mutations(count: int, seed: int, folder: Path) -> tuple[int, int]:
    """Mutate every file of the folder at once, and each once more on its own; return tries and refusals."""
    chance = random.Random(seed)
    good = write_by_hand(folder / "good")
    files = {path.name: path.read_bytes() for path in sorted(good.iterdir())}
    bad = folder / "bad"
    bad.mkdir()
    tried = refused = 0
    while tried < count:
        # Half of the rounds leave most files good, so that the checks across tables are reached, too.
        share = chance.choice([1.0, 0.1])
        mutated = {
            name: mutate(data, chance) if chance.random() < share else data for name, data in files.items()
        }
        for name, data in mutated.items():
            (bad / name).write_bytes(data)
        refused += judge(lambda: check(read_tables(bad)), lambda: repr(mutated))  # noqa: B023 - called at once
        tried += sum(mutated[name] != data for name, data in files.items())
    return tried, refused


def file_mutations(
    name: str, count: int, seed: int, folder: Path, towns: Towns, checked: int
) -> tuple[int, int]:
    """Mutate a scenario in one file; every so many reads are checked, too."""
    chance = random.Random(seed)
    path = folder / name
    write_tables(path, *towns)
    good = path.read_bytes()
    path.unlink()
    refused = 0
    for number in range(count):
        data = mutate(good, chance)
        path.write_bytes(data)

        def work(number: int = number) -> tuple[Finding, ...]:
            raw = read_tables(path)
            return check(raw) if number % checked == 0 else raw.findings

        refused += judge(work, lambda: f"{name}: seed {seed}, mutation {number}")  # noqa: B023 - called at once
    return count, refused


def cell_mutations(count: int, seed: int, towns: Towns) -> tuple[int, int]:
    """Mutate frames handed over in Python, and settings."""
    chance = random.Random(seed)
    frames, settings = towns
    tried = refused = 0
    while tried < count:
        share = chance.choice([1.0, 0.1])
        mutated = {
            name: mutate_frame(frame, chance) if chance.random() < share else frame
            for name, frame in frames.items()
        }
        changed = {**settings, "limits": dict(settings["limits"])}
        if chance.random() < 0.3:
            part = chance.choice([changed, changed["limits"]])
            part[chance.choice([*part, "x"])] = chance.choice(CELLS)
        refused += judge(lambda: check(raw_from_frames(mutated, changed)), lambda: repr(mutated))  # noqa: B023
        tried += sum(mutated[name] is not frame for name, frame in frames.items())
    return tried, refused


def test_the_unchanged_scenario_is_good(tmp_path: Path, three_towns: Towns) -> None:
    """Without a change there is no error, so that what mutations show is theirs."""
    assert not [
        one for one in check(read_tables(write_by_hand(tmp_path / "good"))) if one.severity == "error"
    ]
    assert not [one for one in check(raw_from_frames(*three_towns)) if one.severity == "error"]


def test_mutations_of_csv(tmp_path: Path) -> None:
    """Some hundreds of changed files."""
    tried, refused = csv_mutations(400, 1, tmp_path)
    assert tried >= 400 and refused > 0


@pytest.mark.parametrize(("name", "count"), [("city.json", 250), ("city.zip", 100), ("city.xlsx", 30)])
def test_mutations_of_one_file(name: str, count: int, tmp_path: Path, three_towns: Towns) -> None:
    """A few hundred changed files, some of them good all the same."""
    _, refused = file_mutations(name, count, 2, tmp_path, three_towns, checked=25)
    assert refused > count // 4


def test_mutations_of_cells(three_towns: Towns) -> None:
    """Some hundreds of changed frames with cells of every kind Python has."""
    tried, refused = cell_mutations(400, 3, three_towns)
    assert tried >= 400 and refused > 0


def test_mutations_of_one_table() -> None:
    """Bytes of one table alone, where nothing else hides what happens."""
    chance = random.Random(4)
    from yjopt.files.collector import Collector

    good = b'from,to,minutes,source\n## one,other,,\na,"b ""c""\nd",1.5,made\n,,,\nx,y,2,\n'
    for _ in range(1_500):
        data = mutate(good, chance)
        collector = Collector()
        frame, lines = parse_csv(data, INPUT["times"], "times.csv", collector)
        assert len(frame) == len(lines)
        assert (np.diff(lines) > 0).all()
        assert not len(lines) or lines[-1] <= data.count(b"\n") + data.count(b"\r") + 1


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10, 20))
def test_seven_thousand_mutations_of_csv(seed: int, tmp_path: Path) -> None:
    """The full count is 100,000 in all."""
    tried, refused = csv_mutations(7_000, seed, tmp_path)
    assert tried >= 7_000 and refused > 0


@pytest.mark.long
@pytest.mark.parametrize(("name", "count"), [("city.json", 8_000), ("city.zip", 1_500), ("city.xlsx", 500)])
def test_ten_thousand_mutations_of_one_file(
    name: str, count: int, tmp_path: Path, three_towns: Towns
) -> None:
    """The full count."""
    tried, refused = file_mutations(name, count, 20, tmp_path, three_towns, checked=25)
    assert tried >= count and refused > count // 4


@pytest.mark.long
@pytest.mark.parametrize("seed", range(30, 35))
def test_four_thousand_mutations_of_cells(seed: int, three_towns: Towns) -> None:
    """The full count."""
    tried, refused = cell_mutations(4_000, seed, three_towns)
    assert tried >= 4_000 and refused > 0
