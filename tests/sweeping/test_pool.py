"""The sweep's own processes: killed, late, interrupted; and the same answers as in one process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from sweeping.bad_variants import Greedy, Killed, Raising, Slow
from sweeping.cases import mixed, same, some_variants, two_depots

import yjopt as yj
from yjopt.engines.workers import Worker
from yjopt.errors import EngineError
from yjopt.sweeping import pool, running

#: Without a solver, where it is of no account: quicker.
BY_HAND = "manual"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Worker]:
    """Every process that the sweep starts."""
    workers: list[Worker] = []

    def start(module: str) -> Worker:
        workers.append(Worker(module))
        return workers[-1]

    monkeypatch.setattr(pool, "Worker", start)
    return workers


def test_pool_and_one_process_find_the_same(started: list[Worker]) -> None:
    """All families at once, solved to proof: rows and tables are equal to the last figure."""
    scenario, variants = mixed()
    terms: dict[str, Any] = {"gap": 0.0, "time_limit": 30.0, "keep_plans": True}
    serial = yj.sweep(scenario, variants, workers=0, **terms)
    assert set(serial.table["status"]) == {"optimal"}
    same(serial, yj.sweep(scenario, variants, workers=2, **terms))
    assert len(started) == 2
    assert not any(worker.alive for worker in started)


def test_killed_processes_lose_nothing(started: list[Worker]) -> None:
    """Whichever process is killed from outside, again and again, every row is there and right."""
    scenario = two_depots()
    variants = [
        Slow(f"{variant.name} {number}", variant.edits, wait=0.05)
        for number in range(2)
        for variant in some_variants(scenario)
    ]
    serial = yj.sweep(scenario, variants, workers=0, engine=BY_HAND)
    kills = 0

    def kill(name: str, status: str) -> None:
        nonlocal kills
        # The one killed last may not be replaced yet.
        if kills < 3 and started[-1].alive:
            kills += 1
            os.kill(started[-1].pid, signal.SIGKILL)

    same(serial, yj.sweep(scenario, variants, workers=2, engine=BY_HAND, on_done=kill))
    assert kills == 3
    assert len(started) > 2


def test_a_task_that_kills_its_process_is_tried_twice(tmp_path: Path, started: list[Worker]) -> None:
    """Once: it is done by another process. Always: its row says so; the others are untouched."""
    scenario = two_depots()
    variants = [
        yj.Variant("as is"),
        Killed("once", file=str(tmp_path / "once"), times=1),
        Killed("always", file=str(tmp_path / "always")),
        yj.Variant("again"),
    ]
    found = yj.sweep(scenario, variants, workers=1, engine=BY_HAND)
    assert list(found.table["status"]) == ["feasible", "feasible", "failed", "feasible"]
    assert "died 2 times" in found.table["error"].iloc[2]
    assert len((tmp_path / "always").read_text().splitlines()) == pool.ATTEMPTS
    assert len(started) == 4


def test_a_late_task_is_ended_and_told(started: list[Worker]) -> None:
    """The row of a variant that hangs says late after its deadline; others wait for a new process only."""
    scenario = two_depots()
    variants = [yj.Variant("as is"), Slow("hangs"), yj.Variant("again")]
    began = time.monotonic()
    found = yj.sweep(scenario, variants, workers=1, deadline=3.0, engine=BY_HAND)
    assert time.monotonic() - began < 30
    assert list(found.table["status"]) == ["feasible", "late", "feasible"]
    assert "3 s" in found.table["error"].iloc[1]
    assert 3 <= found.table["seconds"].iloc[1] < 8
    assert not any(worker.alive for worker in started)


def test_a_variant_that_trips_keeps_its_process(started: list[Worker]) -> None:
    """A mistake inside a variant is an answer like any other."""
    variants = [Raising("trips"), Greedy("greedy"), yj.Variant("as is")]
    found = yj.sweep(two_depots(), variants, workers=1, engine=BY_HAND)
    assert list(found.table["status"]) == ["failed", "failed", "feasible"]
    assert len(started) == 1


def test_ctrl_c_keeps_what_is_done_and_ends_the_processes(started: list[Worker]) -> None:
    """A real signal in the middle: rows that were done stay, the others say not run, nobody works on."""
    scenario = two_depots()
    variants = [yj.Variant("as is"), Slow("hangs"), Slow("hangs, too"), yj.Variant("waits")]

    def interrupt(name: str, status: str) -> None:
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()

    # Whoever starts the tests in the background may have them ignore Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    began = time.monotonic()
    try:
        found = yj.sweep(scenario, variants, workers=1, engine=BY_HAND, on_done=interrupt)
    finally:
        signal.signal(signal.SIGINT, before)
    assert found.is_interrupted
    assert list(found.table["status"]) == ["feasible", "not_run", "not_run", "not_run"]
    assert found.table["unmet_goods.value"].iloc[0] == 0
    assert "Interrupted" in found.text()
    assert time.monotonic() - began < 30
    assert not any(worker.alive for worker in started)


def test_ctrl_c_while_the_base_is_planned(monkeypatch: pytest.MonkeyPatch, started: list[Worker]) -> None:
    """Nothing was run yet, and the processes that were getting ready are ended."""

    def interrupt(*words: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "planned", interrupt)
    found = yj.sweep(two_depots(), [yj.Variant("one"), yj.Variant("two")], workers=2)
    assert found.is_interrupted
    assert list(found.table["status"]) == ["not_run", "not_run"]
    assert len(started) == 2
    assert not any(worker.alive for worker in started)


def test_ctrl_c_between_two_answers() -> None:
    """An interrupt while an answer is taken ends the sweep, too."""

    def interrupt(name: str, status: str) -> None:
        raise KeyboardInterrupt

    found = yj.sweep(
        two_depots(), [yj.Variant("one"), Slow("hangs")], workers=1, engine=BY_HAND, on_done=interrupt
    )
    assert found.is_interrupted
    assert list(found.table["status"]) == ["feasible", "not_run"]


def test_processes_that_do_not_start_are_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python that cannot run the module is one sentence, not a row of failures."""
    monkeypatch.setattr(pool, "MODULE", "yjopt.sweeping.nothing_there")
    monkeypatch.setattr(pool, "STARTS", 2)
    with pytest.raises(EngineError, match=r"do not start.*nothing_there"):
        yj.sweep(two_depots(), [yj.Variant("as is")], workers=1)


def test_what_a_callback_raises_ends_the_processes(started: list[Worker]) -> None:
    """A mistake of the caller's comes through, and nothing is left running."""

    def trip(name: str, status: str) -> None:
        raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        yj.sweep(two_depots(), [yj.Variant("one"), Slow("hangs")], workers=2, engine=BY_HAND, on_done=trip)
    assert not any(worker.alive for worker in started)


SCRIPT = """
import sys
import yjopt as yj
from sweeping.cases import two_depots
from sweeping.bad_variants import Slow
scenario = two_depots()
print(list(yj.sweep(scenario, [yj.Variant("as is"), *yj.variants.lose_depots(scenario)], workers=2).table["status"]))
sys.stdout.flush()
yj.sweep(scenario, [Slow("hangs")], workers=1, on_done=print)
"""


def test_a_script_without_a_main_guard_and_its_sudden_end(tmp_path: Path) -> None:
    """A plain script sweeps; when it is killed in the middle, its processes end by themselves."""
    script = tmp_path / "plain.py"
    script.write_text(SCRIPT)
    path = os.pathsep.join(sys.path)
    with subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "['optimal', 'optimal', 'optimal']\n"
        children = _children(process.pid)
        limit = time.monotonic() + 20
        while not any(b"yjopt.sweeping.worker" in _command(child) for child in children):
            assert time.monotonic() < limit
            children = _children(process.pid)
        process.kill()
    limit = time.monotonic() + 10
    while any(_command(child) for child in children):
        assert time.monotonic() < limit, "a process of the sweep outlived its parent"
        time.sleep(0.05)


def _children(pid: int) -> list[int]:
    if not Path("/proc/self/task").exists():
        pytest.skip("The processes of others are looked up in /proc, which this system does not have.")
    found = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for file in found for child in _told(file).split()]


def _command(pid: int) -> bytes:
    return _told(Path(f"/proc/{pid}/cmdline"))


def _told(file: Path) -> bytes:
    """What a file of a process or thread says; nothing where that has ended meanwhile."""
    try:
        return file.read_bytes()
    except OSError:
        return b""
