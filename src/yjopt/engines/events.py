"""Progress of a solve: the event and the trace that keeps it; how it is shown is another's affair."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

EventKind = Literal["incumbent", "bound", "stage", "done"]


@dataclass(frozen=True)
class Event:
    """One step of progress.

    Attributes
    ----------
    kind : {"incumbent", "bound", "stage", "done"}
        A better plan, a better bound, the end of a stage, the end of the solve.
    stage : str
        Stage being minimised; "" at the end of the solve.
    value : int or None
        Value in quanta of the best plan of the part being solved.
    bound : int or None
        Proven bound in quanta of that part.
    seconds : float
        Since the solve began.
    """

    kind: EventKind
    stage: str
    value: int | None
    bound: int | None
    seconds: float


class Trace:
    """Keeps the events of one solve in order and hands each on.

    Parameters
    ----------
    listener : callable, optional
        Called with every event.
    """

    def __init__(self, listener: Callable[[Event], None] | None = None) -> None:
        self._began = time.monotonic()
        self._events: list[Event] = []
        self._listener = listener

    @property
    def events(self) -> tuple[Event, ...]:
        """All events so far."""
        return tuple(self._events)

    @property
    def seconds(self) -> float:
        """Seconds since the trace began."""
        return time.monotonic() - self._began

    def add(self, kind: EventKind, stage: str, value: int | None, bound: int | None) -> None:
        """Record an event that happens now."""
        event = Event(kind, stage, value, bound, self.seconds)
        self._events.append(event)
        if self._listener is not None:
            self._listener(event)
