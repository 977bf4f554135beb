"""The sweep's own processes: one variant at a time each, ended when late, replaced when they die.

Not `concurrent.futures.ProcessPoolExecutor`: there one process that dies breaks the pool and fails every task that
waits, a task that hangs cannot be ended, and a script without a main guard cannot use it.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from yjopt.engines.workers import Worker, WorkerDied
from yjopt.errors import EngineError
from yjopt.sweeping.packing import pack, unpack
from yjopt.sweeping.tasks import FAILED, LATE, Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from yjopt.engines.frames import Arrays
    from yjopt.sweeping.base import Base
    from yjopt.sweeping.tasks import Task

MODULE: Final = "yjopt.sweeping.worker"
ATTEMPTS: Final = 2
"""Processes that a task may lose before it is given up."""
STARTS: Final = 5
"""Processes in a row that may end before they are ready: one or two are killed by somebody, five do not start."""
START_SECONDS: Final = 120.0
"""A process that is not ready by then does not start."""
LISTEN_SECONDS: Final = 0.05
"""How often a thread looks up whether the sweep was ended."""


@dataclass
class _Tried:
    """A task and the processes it has lost."""

    task: Task
    deaths: int = 0


class Pool:
    """Processes that plan variants, each watched by a thread of its own; they are started when the block begins.

    Parameters
    ----------
    workers : int
        Number of processes.
    deadline : float
        Seconds that one task may take; then its process is ended and the task is late.
    """

    def __init__(self, workers: int, deadline: float) -> None:
        self._workers = workers
        self._deadline = deadline
        self._idle: deque[Worker] = deque()
        self._packed: Arrays = {}
        self._waiting: deque[_Tried] = deque()
        self._answers: queue.SimpleQueue[Answer | BaseException] = queue.SimpleQueue()
        self._ended = threading.Event()

    def __enter__(self) -> Self:
        # They load the library while the caller still prepares what they need.
        self._idle.extend(Worker(MODULE) for _ in range(self._workers))
        return self

    def __exit__(self, *error: object) -> None:
        for worker in self._idle:
            worker.kill()
        self._idle.clear()

    def run(self, base: Base, tasks: Sequence[Task], take: Callable[[Answer], None]) -> None:
        """Plan every task; `take` gets the answers as they come, in the calling thread.

        Parameters
        ----------
        base : Base
            Sent to every process once.
        tasks : sequence of Task
        take : callable

        Raises
        ------
        EngineError
            If processes do not start at all.
        KeyboardInterrupt
            On Ctrl-C; the processes are ended first, and `take` has got all that was answered.
        """
        self._packed = pack(base)
        self._waiting.extend(_Tried(task) for task in tasks)
        self._ended.clear()
        number = min(self._workers, len(tasks))
        threads = [
            threading.Thread(target=self._serve, name=f"yjopt sweep {at}", daemon=True)
            for at in range(number)
        ]
        for thread in threads:
            thread.start()
        left = len(tasks)
        try:
            while left:
                left -= self._take_one(take, 1.0)
        finally:
            self._ended.set()
            for thread in threads:
                thread.join()
            while not self._answers.empty():
                self._take_one(take, 0.0, hide_errors=True)

    def _take_one(self, take: Callable[[Answer], None], seconds: float, *, hide_errors: bool = False) -> int:
        """Hand on the next answer; how many that were."""
        try:
            # In slices: on some systems Ctrl-C does not wake a thread that waits without end.
            answer = self._answers.get(timeout=seconds) if seconds else self._answers.get_nowait()
        except queue.Empty:
            return 0
        if isinstance(answer, BaseException):
            if hide_errors:
                return 0
            raise answer
        take(answer)
        return 1

    def _serve(self) -> None:
        """One thread: keep a process at work until nothing waits."""
        worker: Worker | None = None
        try:
            while not self._ended.is_set():
                try:
                    tried = self._waiting.popleft()
                except IndexError:
                    # A task that another thread holds may still come back; those few seconds are waited out.
                    if self._ended.wait(LISTEN_SECONDS):
                        return
                    continue
                worker = worker or self._started()
                if worker is None or not self._ask(worker, tried):
                    if worker is not None:
                        worker.kill()
                    worker = None
        except BaseException as error:
            self._answers.put(error)
        finally:
            if worker is not None:
                worker.kill()

    def _started(self) -> Worker | None:
        """A process that has the base; None if the sweep was ended meanwhile.

        Raises
        ------
        EngineError
            If several in a row do not start.
        """
        reason = ""
        for _ in range(STARTS):
            try:
                worker = self._idle.popleft()
            except IndexError:
                worker = Worker(MODULE)
            try:
                worker.send({"kind": "base"}, self._packed)
                limit = time.monotonic() + START_SECONDS
                while time.monotonic() < limit:
                    if self._ended.is_set():
                        worker.kill()
                        return None
                    if worker.receive(LISTEN_SECONDS) is not None:
                        return worker
                reason = f"not ready after {START_SECONDS:g} s"
            except WorkerDied as death:
                reason = str(death)
            worker.kill()
        raise EngineError(f"The processes of the sweep do not start: {reason}.")

    def _ask(self, worker: Worker, tried: _Tried) -> bool:
        """Have one task done; whether the process can be used again."""
        task = tried.task
        began = time.monotonic()
        try:
            worker.send({"kind": "task"}, pack(task))
            while not self._ended.is_set():
                frame = worker.receive(LISTEN_SECONDS)
                if frame is not None:
                    self._answers.put(unpack(frame[1]))
                    return True
                if time.monotonic() - began > self._deadline:
                    error = f"It was not done after {self._deadline:g} s, and its process was ended."
                    seconds = time.monotonic() - began
                    self._answers.put(Answer(number=task.number, status=LATE, error=error, seconds=seconds))
                    return False
        except WorkerDied as death:
            tried.deaths += 1
            name = task.variant.name
            if tried.deaths < ATTEMPTS:
                logging.getLogger("yjopt").warning(
                    "A process of the sweep died (%s); %s is tried again", death, name
                )
                self._waiting.appendleft(tried)
            else:
                error = f"Its process died {tried.deaths} times: {death}."
                seconds = time.monotonic() - began
                self._answers.put(Answer(number=task.number, status=FAILED, error=error, seconds=seconds))
        return False
