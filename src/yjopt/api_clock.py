"""Seconds of each phase of a solve."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Clock:
    """Seconds per phase."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Count what is done within it."""
        start = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - start, 6)

    def take_out(self, whole: str, part: str, seconds: float) -> None:
        """Count a part of a phase as a phase of its own, before it."""
        rest = round(self.seconds.pop(whole) - seconds, 6)
        self.seconds |= {part: round(seconds, 6), whole: rest}
