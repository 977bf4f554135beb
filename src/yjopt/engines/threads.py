"""Threads that nobody waits for: whatever ends their work, what is under way is told to stop."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def threads(number: int, name: str) -> Iterator[tuple[ThreadPoolExecutor, Event]]:
    """Some threads, and an event that is set at the end, which solvers at work in them are to ask for.

    Parameters
    ----------
    number : int
    name : str
        What they do, for whoever looks at a process.
    """
    stop, pool = Event(), ThreadPoolExecutor(number, thread_name_prefix=f"yjopt {name}")
    try:
        yield pool, stop
    finally:
        stop.set()
        pool.shutdown(wait=False, cancel_futures=True)
