"""Seconds of phases: by the clock on the wall, and of the processor."""

from __future__ import annotations

import gc
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Stopwatch:
    """Collects every run of every phase; the least of the runs counts, for others only disturb it."""

    wall: dict[str, list[float]] = field(default_factory=dict)
    processor: dict[str, list[float]] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time a phase once."""
        gc.collect()
        wall, processor = time.perf_counter(), time.process_time()
        yield
        self.add(name, time.perf_counter() - wall, time.process_time() - processor)

    def add(self, name: str, wall: float, processor: float) -> None:
        """Add a run of a phase."""
        self.wall.setdefault(name, []).append(wall)
        self.processor.setdefault(name, []).append(processor)

    def least(self, *names: str) -> tuple[float, float]:
        """Least wall and processor seconds of some phases, each summed over the phases."""
        return sum(min(self.wall[name]) for name in names), sum(min(self.processor[name]) for name in names)

    def result(self) -> dict[str, dict[str, object]]:
        """The phases for a result file."""
        return {
            name: {
                "wall_seconds": round(min(runs), 6),
                "processor_seconds": round(min(self.processor[name]), 6),
                "runs": [round(run, 6) for run in runs],
            }
            for name, runs in self.wall.items()
        }
