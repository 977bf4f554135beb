"""Ctrl-C, scripts without a main guard, interpreters fed by pipe, and parents that die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import yjopt

TESTS = Path(__file__).parent.parent
PATHS = os.pathsep.join([str(Path(yjopt.__file__).parent.parent), str(TESTS)])
ENVIRONMENT = {**os.environ, "PYTHONPATH": PATHS}

SMALL = """
from tiny_mips import facilities
from yjopt.engines.lexicographic import solve
from yjopt.engines.params import Params
mip, nothing = facilities(3, 5, 12)
outcome = solve(mip, Params(gap=0.0, time_limit=20.0, engine={engine!r}), start=nothing)
print(outcome.status, outcome.stages[0].value == outcome.stages[0].bound)
"""

# A shell starts what runs in the background with SIGINT ignored; the tests may run there.
HARD = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)
from tiny_mips import facilities
from yjopt.engines.lexicographic import solve
from yjopt.engines.params import Params
mip, nothing = facilities(1, {sites}, {towns})
worst = mip.stage_value("cost", nothing)
for turn in range({turns}):
    print("ready", flush=True)
    outcome = solve(mip, Params(time_limit=60.0, engine={engine!r}), start=nothing)
    ended = time.monotonic()
    assert mip.is_feasible(outcome.x)
    print(ended, outcome.status, outcome.stopped_by, outcome.stages[0].value <= worst, flush=True)
"""


@pytest.mark.parametrize("engine", ["highs", "pulp:PULP_CBC_CMD"])
@pytest.mark.parametrize("way", ["-c", "stdin", "script"])
def test_every_way_to_run_python_works(way: str, engine: str, tmp_path: Path) -> None:
    """No main guard is needed: from -c, from a script, and typed into an interpreter."""
    code = SMALL.format(engine=engine)
    script = tmp_path / "plain.py"
    script.write_text(code)
    # A file of a name that the worker imports lies in the working directory: it must not be taken.
    (tmp_path / "struct.py").write_text("raise SystemExit('the wrong struct')")
    arguments = {"-c": ["-c", code], "stdin": ["-"], "script": ["-P", str(script)]}[way]
    run = subprocess.run(
        [sys.executable, *arguments],
        input=code if way == "stdin" else "",
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        cwd=TESTS if way != "script" else tmp_path,
        timeout=60,
        check=False,
    )
    assert run.stdout.split() == ["optimal", "True"], run.stderr
    assert not run.stderr


def interrupt(process: subprocess.Popen[str], delay: float) -> tuple[float, list[str]]:
    """Wait until the solve begins, send one SIGINT after a delay; seconds until the answer, and its words."""
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(delay)
    sent = time.monotonic()
    os.kill(process.pid, signal.SIGINT)
    ended, *words = process.stdout.readline().split()
    return float(ended) - sent, words


@pytest.mark.skipif(os.name != "posix", reason="signals are sent the POSIX way")
@pytest.mark.alone
@pytest.mark.parametrize(
    ("engine", "sites", "towns", "delays"),
    [
        ("highs", 60, 300, (0.3, 1.0)),
        ("highs", 150, 700, (0.5, 1.5)),
        ("lagrange", 60, 300, (0.2, 1.0, 4.0)),
        ("pulp:PULP_CBC_CMD", 40, 200, (1.0,)),
    ],
)
def test_ctrl_c_returns_the_best_plan_at_once(
    engine: str, sites: int, towns: int, delays: tuple[float, ...]
) -> None:
    """Within a second of SIGINT there is a plan no worse than the start, again and again in one process."""
    code = HARD.format(engine=engine, sites=sites, towns=towns, turns=len(delays))
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT
    ) as process:
        for delay in delays:
            seconds, words = interrupt(process, delay)
            assert seconds < 1.0
            assert words == ["interrupted", "interrupt", "True"]
    assert process.returncode == 0


@pytest.mark.skipif(not Path("/proc").exists(), reason="processes are looked up in /proc")
@pytest.mark.parametrize(("engine", "sites", "towns"), [("highs", 60, 300), ("pulp:PULP_CBC_CMD", 40, 200)])
def test_no_solver_outlives_its_parent(engine: str, sites: int, towns: int) -> None:
    """The parent is killed in the middle of a solve: its worker, and what that has started, end too."""
    code = HARD.format(engine=engine, sites=sites, towns=towns, turns=1)
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(1.5)
        family = descendants(process.pid)
        assert family
        process.kill()
        process.wait()
    deadline = time.monotonic() + 5.0
    while any(alive(pid) for pid in family) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [pid for pid in family if alive(pid)]


def descendants(pid: int) -> list[int]:
    """All children of a process, and theirs."""
    listing = Path(f"/proc/{pid}/task/{pid}/children")
    found = [int(word) for word in listing.read_text().split()]
    return found + [grandchild for child in found for grandchild in descendants(child)]


def alive(pid: int) -> bool:
    """Whether a process runs, zombies not counted."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_nothing_is_left_running_at_the_end() -> None:
    """After a solve in an interpreter that ends by itself, its idle worker is gone."""
    code = SMALL.format(engine="highs") + (
        "from yjopt.engines import workers\nprint([worker.pid for worker in workers._idle])\n"
    )
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        check=True,
    )
    pids = [int(pid) for pid in run.stdout.splitlines()[-1].strip("[]").split(",")]
    assert pids
    assert not [pid for pid in pids if Path("/proc").exists() and alive(pid)]
    assert not run.stderr
