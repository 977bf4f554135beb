"""Handing tasks to whoever does them: this process, an executor of the caller's, Dask, or the sweep's own pool."""

from __future__ import annotations

import hashlib
import logging
import os
import pickle
import time
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, wait
from typing import TYPE_CHECKING, Any, Final, cast

from yjopt.errors import EngineError
from yjopt.sweeping.tasks import FAILED, LATE, Answer, perform, perform_packed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    from yjopt.sweeping.base import Base
    from yjopt.sweeping.tasks import Task

LOOK_SECONDS: Final = 0.2
"""How often the tasks of a foreign executor are looked at, so that Ctrl-C is heard."""


def processors() -> int:
    """Number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_turn(base: Base, tasks: Sequence[Task], take: Callable[[Answer], None]) -> None:
    """Plan one after another in this process.

    Raises
    ------
    KeyboardInterrupt
        On Ctrl-C, after the answer of the variant at work.
    """
    for task in tasks:
        answer = perform(base, task)
        take(answer)
        if answer.status == "interrupted":
            raise KeyboardInterrupt


def by_executor(
    base: Base,
    tasks: Sequence[Task],
    take: Callable[[Answer], None],
    executor: object,
    deadline: float,
) -> list[Task]:
    """Plan by an executor of the caller's, or a Dask client.

    Nobody but the executor can end its tasks. When none has been done for the deadline of one, those at work are all
    late: each has begun before the last answer, or right after it.

    Returns
    -------
    list of Task
        What the executor lost, or never began: it broke, or hangs.

    Raises
    ------
    EngineError
        If it is no executor, or takes no tasks.
    KeyboardInterrupt
        On Ctrl-C; what has not begun is cancelled.
    """
    content = pickle.dumps(base, protocol=pickle.HIGHEST_PROTOCOL)
    key = hashlib.sha256(content).hexdigest()
    packed: Any = content
    if hasattr(executor, "get_executor"):
        # A Dask client: the base goes to every machine once, not along with every task.
        packed = cast(Any, executor).scatter(packed, broadcast=True)
        executor = cast(Any, executor).get_executor(pure=False)
    if not isinstance(executor, Executor):
        raise EngineError(
            f"A sweep is run by an executor of concurrent.futures or a Dask client, not by {executor!r}."
        )
    lost: list[Task] = []
    pending: dict[Future[Answer], Task] = {}
    last = time.monotonic()
    try:
        for task in tasks:
            try:
                pending[executor.submit(perform_packed, packed, key, task)] = task
            except BrokenExecutor:
                lost.append(task)
            except RuntimeError as error:
                raise EngineError(f"The executor takes no tasks ({error}); give one that is open.") from error
        while pending:
            done, _ = wait(pending, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED)
            for future in done:
                task = pending.pop(future)
                last = time.monotonic()
                answer = _answer(future, task)
                if answer is None:
                    lost.append(task)
                else:
                    take(answer)
            if pending and time.monotonic() - last > deadline:
                lost += _give_up(pending, take, deadline)
    finally:
        for future in pending:
            future.cancel()
    if lost:
        logging.getLogger("yjopt").warning(
            "The executor lost %d task(s); they are done by processes of the sweep's own", len(lost)
        )
    return lost


def _answer(future: Future[Answer], task: Task) -> Answer | None:
    """What a task came to; None if its executor lost it."""
    try:
        return future.result()
    except (BrokenExecutor, CancelledError):
        return None
    except Exception as error:
        # Such as a Dask worker that died with this task again and again.
        return Answer(number=task.number, status=FAILED, error=f"{type(error).__name__}: {error}")


def _give_up(
    pending: dict[Future[Answer], Task], take: Callable[[Answer], None], deadline: float
) -> list[Task]:
    """Leave an executor that hangs: what it is at is late, what it has not begun comes back."""
    begun = [task for future, task in pending.items() if not future.cancel()]
    lost = [task for task in pending.values() if task not in begun]
    pending.clear()
    error = f"The executor had done nothing for {deadline:g} s when it was given up."
    for task in begun:
        take(Answer(number=task.number, status=LATE, error=error, seconds=deadline))
    return lost
