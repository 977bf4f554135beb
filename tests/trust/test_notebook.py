"""Promise: a notebook survives Ctrl-C, again and again, and has the best plan each time."""

from __future__ import annotations

import os
import time
from pathlib import Path
from queue import Empty
from random import Random
from typing import Any

import pytest

import yjopt

SETUP = """
import yjopt as yj
from yjopt.generation import generate
frames, settings, _ = generate(towns=85, periods=1, seed=11)
scenario = yj.Scenario.from_tables(frames, settings)
"""
SOLVE = """
print("begin")
plan = yj.solve(scenario, gap=0, time_limit=60)
print(plan.status, plan.audited.ok)
"""


def told(client: Any, words: str) -> list[str]:
    """Run a cell to its end; what it printed, and the name of its error, if any."""
    client.execute(words)
    return heard(client, "")


def heard(client: Any, until: str) -> list[str]:
    """What a cell prints, up to a word or to its end."""
    said: list[str] = []
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        try:
            message = client.get_iopub_msg(timeout=1)
        except Empty:
            continue
        kind, content = message["msg_type"], message["content"]
        if kind == "stream":
            said += content["text"].split("\n")
        elif kind == "error":
            said.append(content["ename"])
        elif kind == "status" and content["execution_state"] == "idle":
            return [line for line in said if line]
        if until and until in said:
            return said
    raise AssertionError(f"the cell did not end; it said {said}")


@pytest.mark.long
@pytest.mark.alone
@pytest.mark.skipif(os.name != "posix", reason="kernels are interrupted the POSIX way")
def test_a_kernel_survives_six_interrupts() -> None:
    """At random moments of six solves: a plan that passes its audit each time, and the kernel counts on."""
    manager_module = pytest.importorskip("jupyter_client.manager", reason="kernels need the extra 'test'")
    environment = {**os.environ, "PYTHONPATH": str(Path(yjopt.__file__).parent.parent)}
    manager, client = manager_module.start_new_kernel(kernel_name="python3", env=environment)
    try:
        assert told(client, SETUP) == []
        random = Random(19)
        for _ in range(6):
            client.execute(SOLVE)
            heard(client, "begin")
            # Indexing and the rule by hand come first; without a plan yet Ctrl-C is Python's own.
            time.sleep(random.uniform(2.0, 4.0))
            manager.interrupt_kernel()
            assert heard(client, "") == ["interrupted True"]
            assert manager.is_alive()
        assert told(client, "print(len(plan.shipments) > 0)") == ["True"]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
