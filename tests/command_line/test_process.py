"""The command line as a process: exit status, pipes, signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import yjopt
from yjopt.command_line.running import main

PROGRAM = [sys.executable, "-W", "error", "-m", "yjopt"]


def run(*words: str, **keywords: Any) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [*PROGRAM, *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=environment,
        **keywords,
    )


def test_as_a_process(solved: tuple[Path, Path], tmp_path: Path) -> None:
    """Exit status of the process itself: done, failed, bad input."""
    scenario, plan = solved
    assert run("--version").stdout == f"yjopt {yjopt.__version__}\n"
    good = run("audit", str(scenario), str(plan))
    assert (good.returncode, good.stderr) == (0, "")
    bad = run("check", str(tmp_path / "none"))
    assert (bad.returncode, bad.stdout) == (2, "")
    assert bad.stderr.count("\n") == 1


def test_version_needs_no_heavy_library() -> None:
    """What only looks at words is quick."""
    code = (
        "import sys; from yjopt.__main__ import main; status = main(['--version']);"
        "print(status, [name for name in ('numpy', 'pandas', 'scipy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[1] == "0 []"


@pytest.mark.skipif(os.name != "posix", reason="pipes break the POSIX way")
def test_a_reader_that_goes_away() -> None:
    """As in ``yjopt schema | head -1``: no noise, and the status is that of the command."""
    with subprocess.Popen(
        [*PROGRAM, "schema"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full disk is played by /dev/full")
def test_a_full_disk_is_told() -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [*PROGRAM, "schema"], stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=60
        )
    assert done.returncode == 2
    assert done.stderr == "yjopt: The output cannot be written (No space left on device); check the disk.\n"


@pytest.mark.skipif(not Path("/proc").exists(), reason="the solver's process is looked up in /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_writes_the_best_plan(number: signal.Signals, twelve: Path, tmp_path: Path) -> None:
    """Interrupted while the solver works: exit status 0, and the plan on the disk passes the audit."""
    plan = tmp_path / "plan"
    words = ["solve", str(twelve), "-o", str(plan), "--time-limit", "100", "--gap", "0"]
    with subprocess.Popen(
        [*PROGRAM, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        deadline = time.monotonic() + 60
        while not children.read_text().split() and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.5)
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert not err
    assert "interrupted, stopped by interrupt" in out
    assert "The search was interrupted; this is the best plan it had." in out
    assert main(["audit", str(twelve), str(plan)]) == 0
