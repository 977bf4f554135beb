"""A solve seen from the terminal: the line that tells how far it is, and what Ctrl-C means."""

from __future__ import annotations

import math
import shutil
import signal
import threading
import time
from typing import TYPE_CHECKING, Any, Self, TextIO

from yjopt.command_line.screen import tell
from yjopt.model.names import stage_order
from yjopt.plan.view import number, stage_label

if TYPE_CHECKING:
    from types import FrameType, TracebackType

    from yjopt.engines.events import Event

PAUSE = 0.25
"""Seconds between two paintings of the line."""


class ProgressLine:
    """One line that is painted over and over: phase, stage, value, best possible, seconds.

    Parameters
    ----------
    stream : file
        A terminal.
    time_limit : float
        Seconds the search may take.

    Notes
    -----
    A thread paints, so that the seconds go on while a solver is silent. What is left of the line is wiped out
    when the block ends.
    """

    def __init__(self, stream: TextIO, time_limit: float) -> None:
        self._stream = stream
        self._limit = time_limit
        self._shown_limit = ""
        self._units = dict(stage_order())
        self._text = ""
        self._began = time.monotonic()
        self._ended = threading.Event()
        self._painter = threading.Thread(target=self._paint, name="yjopt progress", daemon=True)

    def __enter__(self) -> Self:
        self._painter.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        self._painter.join()
        self._stream.write("\r\x1b[K")
        self._stream.flush()

    def phase(self, name: str) -> None:
        """Tell what is being done now."""
        self._text = name

    def begin(self, name: str) -> None:
        """Tell that the time that is limited begins now."""
        self._began, self._shown_limit = time.monotonic(), f" of {self._limit:g} s"
        self.phase(name)

    def hear(self, event: Event) -> None:
        """Take an event of the solve."""
        if event.kind == "done":
            self.phase("auditing")
        else:
            self.phase(event_text(event, self._units.get(event.stage)))

    def _paint(self) -> None:
        while not self._ended.wait(PAUSE):
            seconds = f"{time.monotonic() - self._began:.0f} s{self._shown_limit}"
            width = shutil.get_terminal_size().columns - 1
            line = f"{self._text}   {seconds}"
            self._stream.write(f"\r\x1b[K{line if len(line) <= width else line[: width - 1] + '…'}")
            self._stream.flush()


def event_text(event: Event, unit: int | None) -> str:
    """Return an event in words.

    Parameters
    ----------
    event : Event
    unit : int or None
        Quanta in one natural unit of the stage; None leaves the figures out.

    Examples
    --------
    >>> from yjopt.engines.events import Event
    >>> event_text(Event("incumbent", "unmet_people", 391_225_000, 246_700_000, 6.1), 1_000_000)
    'unmet people   value 391.225   best possible 246.700   gap 37.0 %'
    """
    if unit is None:
        return stage_label(event.stage) or "searching"
    parts = [stage_label(event.stage)]
    if event.value is not None:
        parts.append(f"value {number(event.value / unit)}")
    if event.bound is not None:
        parts.append(f"best possible {number(event.bound / unit)}")
    if event.value and event.bound is not None:
        gap = max(event.value - event.bound, 0) / abs(event.value)
        parts.append(f"gap {math.ceil(gap * 1000) / 10:.1f} %")
    return "   ".join(parts)


class Interrupts:
    """What Ctrl-C (and the signal to terminate) means during a solve.

    The first one ends the search; the plan that was found is then still audited and written. During that, one
    more is only told of, and the next gives up.
    """

    def __init__(self) -> None:
        self._searching = True
        self._patient = True
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        # Signals belong to the main thread; elsewhere they are the caller's affair.
        if threading.current_thread() is threading.main_thread():
            for signal_number in (signal.SIGINT, signal.SIGTERM):
                self._before[signal_number] = signal.signal(signal_number, self._take)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for signal_number, before in self._before.items():
            signal.signal(signal_number, before)

    def hear(self, event: Event) -> None:
        """Take an event of the solve: after the last one there is a plan to be kept."""
        if event.kind == "done":
            self._searching = False

    def _take(self, signal_number: int, frame: FrameType | None) -> None:
        if self._searching:
            self._searching = False
            raise KeyboardInterrupt
        if self._patient:
            self._patient = False
            tell("\nThe plan is being finished; once more Ctrl-C gives it up.")
            return
        raise KeyboardInterrupt
