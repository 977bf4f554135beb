"""Promise: a process that solves for ever needs no more memory than one that has solved a while."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from trust.tiny_cases import cases, drawn

import yjopt as yj
from yjopt.engines import workers

if TYPE_CHECKING:
    from collections.abc import Callable

SOLVES, WARM_UP = 1000, 300

pytestmark = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read in /proc")


def resident(pid: int) -> int:
    """Bytes of memory that a process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def growth(sizes: list[int]) -> float:
    """Share by which the straight line through the sizes rises from end to end."""
    slope, start = np.polyfit(np.arange(len(sizes)), np.array(sizes, dtype=np.float64), 1)
    return float(slope * len(sizes) / start)


@pytest.mark.long
@pytest.mark.alone
def test_a_thousand_solves_need_no_more_memory(figure: Callable[[str], None]) -> None:
    """After a warm-up of 300 solves of all families, 1,000 more grow this process and its solver by less than 1 %."""
    ours: list[int] = []
    solvers: dict[int, list[int]] = {}
    for number, (family, seed) in enumerate(cases(60_000, WARM_UP + SOLVES)):
        yj.solve(yj.Scenario.from_tables(*drawn(family, seed)), gap=0, time_limit=60)
        if number < WARM_UP:
            continue
        gc.collect()
        ours.append(resident(os.getpid()))
        for worker in workers._idle:
            solvers.setdefault(worker.pid, []).append(resident(worker.pid))
    rises = {"this process": growth(ours)} | {
        f"solver {pid}": growth(sizes) for pid, sizes in solvers.items() if len(sizes) > SOLVES // 2
    }
    told = ", ".join(f"{who} {rise:+.2%}" for who, rise in rises.items())
    figure(f"memory over {SOLVES:,} solves: {told}")
    assert len(rises) > 1
    assert all(rise < 0.01 for rise in rises.values()), rises
