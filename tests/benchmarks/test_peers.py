"""The matrix as a file, the loop of the peers, and the judge of their plans, on a case done by hand."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from benchmarks.environment import absent, last_line
from benchmarks.judging import judge, mip_of
from benchmarks.peers.loop import Ask, Log, Target, run
from benchmarks.peers.problem import Problem, load, save
from benchmarks.watching import held_meanwhile, watch
from benchmarks.writers.rows import rows_by_sense
from yjopt.model.mip import Block, Mip, RowBlock, Stage


@pytest.fixture
def mip() -> Mip:
    """Two columns 0..4; 3 <= x + y <= 6, x - y >= -2; first minimise 2 x + 2 y (+ 5), then -y."""
    matrix = sparse.csc_array(np.array([[1.0, 1.0], [1.0, -1.0]]))
    return Mip(
        matrix=matrix,
        row_lower=np.array([3.0, -2.0]),
        row_upper=np.array([6.0, np.inf]),
        lower=np.zeros(2),
        upper=np.full(2, 4.0),
        integer=np.ones(2, dtype=np.bool_),
        stages=(
            Stage("sum", np.array([0, 1]), np.array([2, 2]), 5, 1),
            Stage("second", np.array([1]), np.array([-1]), 0, 1),
            Stage("empty", np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), 0, 1),
        ),
        column_blocks=(Block("columns", 0, 2),),
        row_blocks=(RowBlock("rows", 0, 2),),
    )


@pytest.fixture
def problem(mip: Mip, tmp_path: Path) -> Problem:
    save(tmp_path / "problem.npz", mip, np.array([3, 3]))
    return load(tmp_path / "problem.npz")


def test_the_file_holds_the_whole_programme(mip: Mip, problem: Problem) -> None:
    """There and back: the digest of the programme is the same, but for the names of blocks."""
    assert mip_of(problem).digest() == mip.digest()
    assert problem.start.tolist() == [3, 3]
    first = problem.stages[0]
    assert (first.value(problem.start), first.scale) == (17, 2)
    assert first.least(problem.lower, problem.upper) == 5


def test_the_judge_finds_a_broken_row(mip: Mip, tmp_path: Path) -> None:
    """1 + 1 is below 3, 1 - 4 below -2, 5 above its bound; 1 + 3 is a plan, of values 13 and -3."""
    for number, x in enumerate([[1, 1], [1, 4], [5, 0], [1, 3]], start=1):
        np.save(tmp_path / f"vector-{number:06d}.npy", np.array(x))
    told = judge(mip, tmp_path)
    assert [known["is_plan"] for known in told.values()] == [False, False, False, True]
    assert told["vector-000004.npy"]["values"] == [13, -3, 0]


class _Scripted:
    """A solver that says what a test tells it to say, stage by stage."""

    finds_plans = True

    def __init__(self, *sayings: list[tuple[str, object]]) -> None:
        self.sayings = list(sayings)
        self.limits: list[list[tuple[list[int], list[float], float]]] = []

    def minimise(self, ask: Ask) -> None:
        self.limits.append([(c.tolist(), e.tolist(), u) for c, e, u in ask.rows_of_limits()])
        for kind, what in self.sayings.pop(0):
            getattr(ask, kind)(what)


def test_the_loop_holds_what_was_reached(problem: Problem, tmp_path: Path) -> None:
    """The first stage ends at x + y = 3 with yjopt's being 4: it is held at 4; the empty stage is not asked."""
    solver = _Scripted(
        [("found", [0.9999999, 2.0]), ("proved", 2.9999999)], [("found", [1.0, 3.0]), ("proved", -3.0)]
    )
    targets = [Target(13, 2, 2), Target(-3, 0, 0), Target(0, 0, 0)]
    stream = io.StringIO()
    run(solver, problem, targets, 60.0, 1, Log(tmp_path, stream))
    assert solver.limits == [[], [([0, 1], [1.0, 1.0], 4.0)]]
    events = [json.loads(line) for line in stream.getvalue().splitlines()]
    ended = [(event["value"], event["bound"]) for event in events if event["kind"] == "stage"]
    assert ended == [(11, 11), (-3, -3), (0, 0)]
    assert events[-1]["kind"] == "done"


def test_the_loop_takes_no_vector_that_breaks_a_row(problem: Problem, tmp_path: Path) -> None:
    """(1, 1) breaks the first row; (3, 3) breaks what the stage before is held at."""
    solver = _Scripted([("found", [1.0, 1.0]), ("found", [1.0, 2.0])], [("found", [3.0, 4.0])])
    stream = io.StringIO()
    run(
        solver, problem, [Target(11, 0, 0), Target(-9, 0, 0), Target(0, 0, 0)], 60.0, 1, Log(tmp_path, stream)
    )
    events = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [event["stage"] for event in events if event["kind"] == "rejected"] == [0, 1]
    assert len(list(tmp_path.glob("vector-*.npy"))) == 1


def test_bounds_are_rounded_the_safe_way(problem: Problem, tmp_path: Path) -> None:
    """2.4 of x + y is 3 in whole numbers, so 11; 3 and a hair is 3 still; what is no number is nothing."""
    ask = Ask(
        problem,
        problem.stages[0],
        0,
        (),
        problem.start,
        1.0,
        Target(11, 0, 0),
        1,
        Log(tmp_path, io.StringIO()),
    )
    ask.proved(float("-inf"))
    assert ask.bound is None
    ask.proved(2.4)
    assert ask.bound == 11
    ask.proved(3.0 + 1e-8)
    assert ask.bound == 11


def test_a_complaint_is_told_without_folders() -> None:
    """The last line is the exception; where files lie is nobody's business."""
    complaint = 'Traceback\n  File "/a/b/c.py"\nImportError: no symbol (/some/where/core.so) in 3/4\n'
    assert last_line(complaint) == "ImportError: no symbol (core.so) in 3/4"
    assert absent("") == {"result": "not installed", "why": ""}


def test_rows_by_sense(problem: Problem) -> None:
    """A row with two sides is in two of them; what is without a side is in none."""
    told = {rows.sense: [list(row) for row in rows.one_by_one()] for rows in rows_by_sense(problem)}
    assert told == {
        "=": [],
        "<=": [[[0, 1], [1.0, 1.0], 6.0]],
        ">=": [[[0, 1], [1.0, 1.0], 3.0], [[0, 1], [1.0, -1.0], -2.0]],
    }


def test_a_hard_limit_ends_all_that_was_started(tmp_path: Path) -> None:
    """A process and its child, in a session of its own, that would sleep for ever: both are gone."""
    ready = tmp_path / "ready"
    code = (
        "import pathlib, subprocess, sys, time;"
        " child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True);"
        f" print(child.pid, flush=True); pathlib.Path({str(ready)!r}).touch(); time.sleep(600)"
    )
    watched = watch([sys.executable, "-c", code], 0.3, tmp_path, ready=ready, ready_limit=30.0)
    assert watched.is_killed and watched.status < 0
    if sys.platform == "linux":
        child, until = Path("/proc") / watched.output.strip() / "stat", time.monotonic() + 10.0
        while child.exists() and child.read_text().rpartition(")")[2].split()[0] != "Z":
            assert time.monotonic() < until, "the child goes on"
            time.sleep(0.05)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process holds")
def test_memory_is_that_of_the_whole_family(tmp_path: Path) -> None:
    """A child holds 100 MiB; its parent next to nothing."""
    child = "held = bytearray(100 << 20); import time; time.sleep(0.6)"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    watched = watch([sys.executable, "-c", code], 60.0, tmp_path)
    assert watched.status == 0 and not watched.is_killed
    assert watched.peak_process_bytes is not None and watched.peak_process_bytes > 100 << 20
    assert watched.peak_tree_bytes is not None and watched.peak_tree_bytes >= watched.peak_process_bytes


def test_the_limit_counts_from_when_it_is_ready(tmp_path: Path) -> None:
    """Building takes 3 s and does not count; what is then done at once keeps within 2 s."""
    ready = tmp_path / "ready"
    code = f"import pathlib, time; time.sleep(3); pathlib.Path({str(ready)!r}).touch()"
    watched = watch([sys.executable, "-c", code], 2.0, tmp_path, ready=ready, ready_limit=30.0)
    assert watched.status == 0 and not watched.is_killed


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process holds")
def test_what_a_benchmark_starts_is_held_too() -> None:
    """Two hundred megabytes in a process that this one starts count with its own, and once it is gone, still."""
    code = (
        "import time; held = bytearray(200_000_000); held[::4096] = b'x' * len(held[::4096]); time.sleep(1.5)"
    )
    with held_meanwhile() as held:
        before = held.peak_tree_bytes
        subprocess.run([sys.executable, "-c", code], check=True)
    assert before is not None
    assert held.peak_tree_bytes is not None
    assert before + 150_000_000 < held.peak_tree_bytes < before + 400_000_000
