"""Whole or not at all: killed at every step and at any moment, a reader sees the old or the new folder."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
import warnings
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from yjopt.errors import FileError
from yjopt.files import read_plan_folder, read_tables, write_plan_folder, write_tables
from yjopt.files.publish import publish_file, publish_folder, read_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.skipif(
    not hasattr(os, "fork"), reason="needs processes that can be forked and killed"
)

TABLES = ("areas", "times")


def write_scenario(path: Path, version: int) -> None:
    """Write a folder in which every file tells the version."""
    frames = {
        "areas": pd.DataFrame({"area": [f"v{version}"] * (50 + version)}),
        "times": pd.DataFrame({"from": [f"v{version}"] * (50 + version)}),
    }
    write_tables(path, frames, {"name": f"v{version}"})


def scenario_version(path: Path) -> int:
    """Return the one version that all files tell."""
    raw = read_tables(path)
    assert [finding.rule for finding in raw.findings] in ([], ["recovered"])
    version = int(raw.settings["name"][1:])
    for name in TABLES:
        frame = raw.frames[name]
        assert len(frame) == 50 + version
        assert set(frame.iloc[:, 0]) == {f"v{version}"}
    return version


def write_plan(path: Path, version: int) -> None:
    trips = pd.DataFrame(
        {"fleet": [f"v{version}"] * 60, "from": "a", "to": "b", "depart": 1, "trips": version}
    )
    write_plan_folder(path, {"trips": trips}, {"version": version})


def plan_version(path: Path) -> int:
    frames, header = read_plan_folder(path)
    assert set(frames["trips"]["trips"]) == {header["version"]}
    return int(header["version"])


KINDS: dict[str, tuple[Callable[[Path, int], None], Callable[[Path], int]]] = {
    "scenario": (write_scenario, scenario_version),
    "plan": (write_plan, plan_version),
}


def child(work: Callable[[], None]) -> int:
    """Start a process that does something and ends; return its id."""
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", DeprecationWarning
        )  # of forking beside threads, which the child does not use
        process = os.fork()
    if process:
        return process
    status = 1
    try:
        work()
        status = 0
    finally:
        os._exit(status)


def die_at(step: int) -> None:
    """Let this process be killed just before its file operation of this number."""
    left = step

    def hook(event: str, _arguments: object) -> None:
        nonlocal left
        if event in (
            "open",
            "os.rename",
            "os.mkdir",
            "os.rmdir",
            "os.remove",
            "os.listdir",
            "fcntl.flock",
            "os.scandir",
        ):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def hidden(path: Path) -> list[str]:
    """Return what writers left beside a folder."""
    return [entry.name for entry in path.parent.iterdir() if entry.name.startswith(".")]


@pytest.mark.parametrize(
    ("kind", "before"),
    [
        ("scenario", ""),
        ("scenario", "old"),
        ("scenario", "killed"),
        pytest.param("plan", "", marks=pytest.mark.long),
        pytest.param("plan", "old", marks=pytest.mark.long),
        pytest.param("plan", "killed", marks=pytest.mark.long),
    ],
)
def test_killed_at_every_step(
    kind: str, before: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before each single file operation once: the reader sees old or new, whole; the next writer tidies up.

    With nothing there before, the reader sees nothing or new. `killed` writes on what a killed writer left.
    """
    monkeypatch.setattr(
        os, "fsync", lambda _handle: None
    )  # a killed process, unlike a dead machine, needs none
    write, version = KINDS[kind]
    path = tmp_path / "it"
    seen = set()
    for step in range(1, 400):
        if before:
            write(path, 1)
        if before == "killed":
            path.rename(path.with_name(".it.previous"))

        def work(step: int = step) -> None:
            die_at(step)
            write(path, 2)

        _, status = os.waitpid(child(work), 0)
        try:
            found = version(path)
        except FileError as error:
            assert not before and "does not exist" in str(error)
            found = 0
        assert found in ({1, 2} if before else {0, 2})
        seen.add(found)
        finished = not os.WIFSIGNALED(status)
        if finished:
            assert os.WEXITSTATUS(status) == 0
            assert found == 2 and not hidden(path)
            break
        write(path, 3)
        assert version(path) == 3
        assert hidden(path) == []
        for file in path.iterdir():
            file.unlink()
        path.rmdir()
    assert finished
    assert step > 15
    assert seen == ({1, 2} if before else {0, 2})


def kill_at_random(kind: str, kills: int, tmp_path: Path) -> None:
    """Let a process write one version after the other, read all the while, and kill it at any moment."""
    write, version = KINDS[kind]
    path = tmp_path / "it"
    write(path, 1)
    chance = random.Random(7)
    last = 1

    def work() -> None:
        mine = last
        while True:
            mine += 1
            write(path, mine)

    for _ in range(kills):
        before = last
        process = child(work)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            found = version(path)
            assert found >= last
            if last == before < found:  # it writes; from now on it is killed at any moment
                deadline = time.monotonic() + chance.uniform(0, 0.05)
            last = found
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        found = version(path)
        assert found >= last > before
        last = found


@pytest.mark.parametrize(("kind", "kills"), [("scenario", 10), ("plan", 4)])
def test_killed_at_any_moment(kind: str, kills: int, tmp_path: Path) -> None:
    """A few times here; a reader never sees a mixture, nor an older version than before."""
    kill_at_random(kind, kills, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_killed_at_any_moment_200_times(kind: str, tmp_path: Path) -> None:
    """The full count."""
    kill_at_random(kind, 200, tmp_path)


def test_writers_at_once(tmp_path: Path) -> None:
    """Each of eight writes whole folders, none takes another's for foreign or abandoned; readers see one of them."""
    writers = range(2, 10)
    path = tmp_path / "it"
    write_scenario(path, 1)

    def work(first: int) -> Callable[[], None]:
        return lambda: [write_scenario(path, version) for version in range(first, 60, len(writers))] and None

    processes = [child(work(first)) for first in writers]
    seen = {scenario_version(path) for _ in range(30)}
    for process in processes:
        _, status = os.waitpid(process, 0)
        assert status == 0
    assert scenario_version(path) in range(52, 60)
    assert seen <= set(range(1, 60))
    assert hidden(path) == []


def contents(path: Path) -> dict[str, bytes]:
    """Return all files below a path."""
    return {str(file.relative_to(path)): file.read_bytes() for file in path.rglob("*") if file.is_file()}


def foreign(path: Path, kind: str) -> None:
    """Make a folder that is not ours."""
    path.mkdir()
    if kind == "photos":
        (path / "cat.jpg").write_bytes(b"cat")
    elif kind == "a scenario of a person":
        (path / "scenario.toml").write_text("periods = 7\n")
        (path / "areas.csv").write_text("area\n")
    elif kind == "a template that is filled in":
        from yjopt.files import write_templates

        path.rmdir()
        write_templates(path)
        (path / "areas.csv").write_text("area,level\nC,city\n")
    elif kind == "ours with another file":
        path.rmdir()
        write_scenario(path, 1)
        (path / "notes.txt").write_text("mine")
    elif kind == "ours with a folder":
        path.rmdir()
        write_scenario(path, 1)
        (path / "sub").mkdir()
        (path / "sub" / "x").write_text("mine")
    elif kind == "a plan":
        path.rmdir()
        write_plan(path, 1)
    else:
        path.rmdir()
        path.write_text("a file")


FOREIGN = [
    "photos", "a scenario of a person", "a template that is filled in", "ours with another file",
    "ours with a folder", "a plan", "a file",
]  # fmt: skip


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_folder_not_ours_is_never_touched(kind: str, tmp_path: Path) -> None:
    """The answer says why, and not a byte has changed."""
    path = tmp_path / "it"
    foreign(path, kind)
    before = contents(tmp_path)
    with pytest.raises(FileError):
        write_scenario(path, 2)
    with pytest.raises(FileError):
        if kind == "a plan":
            write_scenario(path, 2)
        else:
            write_plan(path, 2)
    assert contents(tmp_path) == before


def test_an_empty_folder_and_a_link_to_one_of_ours(tmp_path: Path) -> None:
    """An empty folder may be filled; a link stays a link and leads to the new folder."""
    path = tmp_path / "it"
    path.mkdir()
    write_scenario(path, 1)
    link = tmp_path / "link"
    link.symlink_to(path)
    write_scenario(link, 2)
    assert link.is_symlink()
    assert scenario_version(path) == scenario_version(link) == 2


def test_a_disk_that_refuses(tmp_path: Path) -> None:
    """The answer is one sentence, and nothing is left."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(FileError, match="cannot be written"):
        write_scenario(tmp_path / "file" / "it", 1)
    with pytest.raises(FileError, match="plain file name"):
        publish_folder(tmp_path / "it", {"../x": b""}, "scenario.toml")
    with pytest.raises(FileError, match="is a folder"):
        publish_file(tmp_path, b"")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["file"]


def test_a_writer_that_fails_leaves_the_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk in the middle: the old folder stands, nothing lies beside it."""
    path = tmp_path / "it"
    write_scenario(path, 1)
    calls = 0
    original = os.fsync

    def full(handle: int) -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise OSError(28, "No space left on device")
        original(handle)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileError, match="No space left"):
        write_scenario(path, 2)
    assert scenario_version(path) == 1
    assert hidden(path) == []


def test_files_with_odd_names(tmp_path: Path) -> None:
    """Folders whose names mean something to patterns are tidied all the same."""
    path = tmp_path / "it[1]*?"
    write_scenario(path, 1)
    left = path.with_name(f".{path.name}.scrap-00")
    left.mkdir()
    write_scenario(path, 2)
    assert scenario_version(path) == 2
    assert hidden(path) == []


def test_a_folder_that_never_stands_still(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader gives up with a sentence."""
    path = tmp_path / "it"
    path.mkdir()
    ticks = iter(range(10**6))
    monkeypatch.setattr("yjopt.files.publish._identity", lambda _path: (0, 0, next(ticks)))
    monkeypatch.setattr("yjopt.files.publish._PAUSE", 0)
    with pytest.raises(FileError, match="keeps changing"):
        read_folder(path, lambda _name: True)
