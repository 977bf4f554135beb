"""Solver processes seen from the parent: started, kept warm, spoken to, killed.

A solver lives in a process of its own because no native solver can be trusted
to keep its time limit or to hear Ctrl-C; a process can always be ended. Plain
`subprocess` is used, not `multiprocessing`, so that it works the same from a
script without a main guard, a notebook, and a plain interpreter.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import weakref
from typing import TYPE_CHECKING, Any

from yjopt.engines.frames import read_frame, write_frame
from yjopt.engines.handover import handed_over
from yjopt.errors import EngineError

if TYPE_CHECKING:
    from yjopt.engines.frames import Arrays, Header
    from yjopt.model.mip import Mip

    Frame = tuple[Header, dict[str, Any]]

KEPT_NONZEROS = 20_000_000
"""Matrix entries that a worker may keep for later calls."""


class WorkerDied(Exception):
    """The process ended without an answer; `killed` if a signal 9 did it (as for want of memory)."""

    def __init__(self, message: str, *, killed: bool) -> None:
        super().__init__(message)
        self.killed = killed


class Worker:
    """One solver process.

    Parameters
    ----------
    module : str
        Module run as ``python -m``; it speaks the frames of `frames`.
    """

    def __init__(self, module: str) -> None:
        if not sys.executable:
            raise EngineError("The solver needs a Python to start, and this process does not know its own.")
        self.module = module
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed by kill)
        # A session of its own keeps the terminal's Ctrl-C from the child, and lets one call end it with
        # whatever it has started. -P and the parent's own path: the child finds exactly the same modules.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            env={**os.environ, "PYTHONPATH": os.pathsep.join(entry or os.getcwd() for entry in sys.path)},
        )
        self._frames: queue.SimpleQueue[Frame | None] = queue.SimpleQueue()
        self._known: weakref.WeakKeyDictionary[Mip, int] = weakref.WeakKeyDictionary()
        self._sizes: dict[int, int] = {}
        self._next_key = 0
        threading.Thread(target=self._listen, name="yjopt solver frames", daemon=True).start()

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def send(self, header: Header, arrays: Arrays | None = None) -> None:
        """Send one frame; `WorkerDied` if nobody reads."""
        assert self._process.stdin is not None
        try:
            write_frame(self._process.stdin, header, arrays)
        except OSError:
            raise self._death() from None

    def offer(self, mip: Mip) -> int:
        """Make sure the process has the model; its key there."""
        if mip in self._known:
            return self._known[mip]
        forget: list[int] = []
        if sum(self._sizes.values()) + mip.num_nonzeros > KEPT_NONZEROS:
            forget, self._sizes = list(self._sizes), {}
            self._known.clear()
        gone = set(self._sizes) - set(self._known.values())
        for key in gone:
            del self._sizes[key]
        key = self._next_key
        self._next_key += 1
        self.send(
            {"kind": "model", "key": key, "forget": [*forget, *gone]},
            handed_over(mip),
        )
        self._known[mip] = key
        self._sizes[key] = mip.num_nonzeros
        return key

    def receive(self, seconds: float) -> Frame | None:
        """The next frame, or None when none comes in time; `WorkerDied` at the end of the stream."""
        try:
            frame = self._frames.get(timeout=seconds)
        except queue.Empty:
            return None
        if frame is None:
            raise self._death()
        return frame

    def kill(self) -> None:
        """End the process and what it has started, at once; again does nothing."""
        # Never after it was waited for: its number may be another process's by then.
        if self.alive:
            with contextlib.suppress(OSError):
                if os.name == "posix":
                    os.killpg(self._process.pid, signal.SIGKILL)
                else:
                    self._process.kill()
            self._process.wait()
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        self._errors.close()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as stream:
            try:
                while True:
                    self._frames.put(read_frame(stream))
            except (EOFError, OSError, ValueError):
                self._frames.put(None)

    def _death(self) -> WorkerDied:
        try:
            code = self._process.wait(timeout=1.0)
        except subprocess.TimeoutExpired:
            return WorkerDied("it closed its pipes", killed=False)
        self._errors.seek(0)
        said = self._errors.read().decode(errors="replace").strip().splitlines()
        last = f": {said[-1]}" if said else ""
        return WorkerDied(f"it ended with code {code}{last}", killed=code == -signal.SIGKILL)


_idle: list[Worker] = []
_idle_of = os.getpid()
_lock = threading.Lock()
_closing = False


def acquire(module: str) -> Worker:
    """An idle worker of the module, or a new one; give it back by `release` or `Worker.kill` it."""
    global _idle_of, _closing
    with _lock:
        if _idle_of != os.getpid():
            # After a fork the workers are the parent's: not ours to speak to or to end.
            _idle.clear()
            _idle_of, _closing = os.getpid(), False
        if not _closing:
            atexit.register(close_all)
            _closing = True
        for worker in reversed([w for w in _idle if w.module == module]):
            _idle.remove(worker)
            if worker.alive:
                return worker
            worker.kill()
    return Worker(module)


def release(worker: Worker) -> None:
    """Keep a worker that has answered for the next call."""
    with _lock:
        _idle.append(worker)


def warm_up(module: str = "yjopt.engines.highs_worker") -> None:
    """Start a worker in the background, so that the first solve does not wait for it."""
    release(acquire(module))


def close_all() -> None:
    """End all idle workers of this process."""
    with _lock:
        if _idle_of == os.getpid():
            for worker in _idle:
                worker.kill()
        _idle.clear()
