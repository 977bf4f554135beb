"""Variants that misbehave where they are applied; a process of the sweep finds them under this module's name."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from yjopt import Variant

if TYPE_CHECKING:
    from yjopt import Scenario


@dataclass(frozen=True, eq=False)
class Killed(Variant):
    """Its process is killed: `times` times, counted by the lines of a file."""

    file: str = ""
    times: int = 1_000

    def apply(self, scenario: Scenario) -> Scenario:
        path = Path(self.file)
        before = len(path.read_text().splitlines()) if path.exists() else 0
        if before < self.times:
            with path.open("a") as lines:
                lines.write(f"{os.getpid()}\n")
            os.kill(os.getpid(), signal.SIGKILL)
        return super().apply(scenario)


@dataclass(frozen=True, eq=False)
class Slow(Variant):
    """It takes a while."""

    wait: float = 60.0

    def apply(self, scenario: Scenario) -> Scenario:
        time.sleep(self.wait)
        return super().apply(scenario)


@dataclass(frozen=True, eq=False)
class Raising(Variant):
    """It trips over a mistake of its own."""

    def apply(self, scenario: Scenario) -> Scenario:
        raise ZeroDivisionError("there is nothing to divide by")


@dataclass(frozen=True, eq=False)
class Greedy(Variant):
    """It finds no memory."""

    def apply(self, scenario: Scenario) -> Scenario:
        raise MemoryError
