"""How far a sweep is: one line that is painted over and over, on a terminal only."""

from __future__ import annotations

import shutil
import threading
import time
from typing import TYPE_CHECKING, Final, Self, TextIO

if TYPE_CHECKING:
    from yjopt.sweeping.tasks import Answer

PAUSE: Final = 0.25
"""Seconds between two paintings."""


class SweepLine:
    """The line ``34 of 136 variants   2 failed   12 s, about 36 s more   close road A-B``.

    Parameters
    ----------
    stream : file or None
        A terminal; None paints nothing.
    names : list of str
        Of the variants.

    Notes
    -----
    A thread paints, so that the seconds go on between two answers. What is left of the line is wiped out at the end.
    """

    def __init__(self, stream: TextIO | None, names: list[str]) -> None:
        self._stream = stream
        self._names = names
        self._done = self._bad = 0
        self._last = ""
        self._began = time.monotonic()
        self._ended = threading.Event()
        self._painter = threading.Thread(target=self._paint, name="yjopt sweep line", daemon=True)

    def __enter__(self) -> Self:
        if self._stream is not None:
            self._painter.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        if self._stream is not None:
            self._painter.join()
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def phase(self, name: str) -> None:
        """Tell what is being done before the first answer."""
        self._last = name

    def hear(self, answer: Answer) -> None:
        """Take one answer."""
        self._done += 1
        self._bad += not answer.stages
        self._last = self._names[answer.number]

    def text(self) -> str:
        """The line as it is now."""
        seconds = time.monotonic() - self._began
        parts = [f"{self._done:,} of {len(self._names):,} variants"]
        if self._bad:
            parts.append(f"{self._bad:,} without a plan")
        more = seconds / self._done * (len(self._names) - self._done) if self._done else 0.0
        parts.append(f"{seconds:.0f} s{f', about {more:.0f} s more' if more >= 1 else ''}")
        return "   ".join([*parts, self._last]).rstrip()

    def _paint(self) -> None:
        assert self._stream is not None
        while not self._ended.wait(PAUSE):
            width = shutil.get_terminal_size().columns - 1
            line = self.text()
            self._stream.write(f"\r\x1b[K{line if len(line) <= width else line[: width - 1] + '…'}")
            self._stream.flush()
