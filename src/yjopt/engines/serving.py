"""The solver process from inside: reads models and requests, answers frames, dies with its parent."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import sys
import threading
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, TypeAlias

import numpy as np

from yjopt.engines.frames import read_frame, write_frame
from yjopt.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from yjopt.engines.frames import Header

Named: TypeAlias = "dict[str, npt.NDArray[Any]]"


@dataclass(frozen=True)
class Request:
    """One minimisation as the process sees it.

    Attributes
    ----------
    header : dict
        ``gap``, ``absolute`` (both gaps), ``seconds``, ``seed``, ``threads``, ``presolve``, ``tolerance``, ``solver``.
    model : dict of arrays
        The matrix by columns (``indptr``, ``indices``, ``data``), ``row_lower``, ``row_upper``,
        ``lower``, ``upper``, ``integer``; the request's own bounds and types already put in.
    cost : float64[columns]
    limits : dict of arrays
        Extra rows by rows: ``indptr``, ``indices``, ``data``, ``upper``.
    start : float64[columns] or None
    basis : uint8[columns + rows] or None
        Status of every column and row in the basis of `start`, where a linear solver is asked.
    """

    header: Header
    model: Named
    cost: npt.NDArray[np.float64]
    limits: Named
    start: npt.NDArray[np.float64] | None
    basis: npt.NDArray[np.uint8] | None = None


class Reply:
    """Sends what the solver finds to the parent; a lost parent ends the process."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def incumbent(self, x: npt.NDArray[np.float64]) -> None:
        """Send a better vector."""
        self.send({"kind": "incumbent"}, {"x": x})

    def bound(self, bound: float) -> None:
        """Send a bound in the units of the cost; infinite ones are not news."""
        if np.isfinite(bound):
            self.send({"kind": "bound", "bound": float(bound)})

    def alive(self) -> None:
        """Send a sign of life."""
        self.send({"kind": "alive"})

    def done(self, native: str, x: npt.NDArray[np.float64] | None = None, bound: float | None = None) -> None:
        """Send the end: the solver's own status word, its vector and its bound."""
        if bound is not None:
            self.bound(bound)
        self.send({"kind": "done", "native": native}, {} if x is None else {"x": x})

    def error(self, reason: str, message: str) -> None:
        """Send the end by an error; `reason` is ``memory``, ``unusable`` or ``failed``."""
        self.send({"kind": "error", "reason": reason, "message": message})

    def send(self, header: Header, arrays: Named | None = None) -> None:
        """Send one frame."""
        try:
            with self._lock:
                write_frame(self._stream, header, arrays)
        except OSError:
            _end_with_children()


def serve(solve: Callable[[Request, Reply], None]) -> None:
    """Answer the parent's requests until it goes away.

    Parameters
    ----------
    solve : callable
        Solves one request and calls ``reply.done``.
    """
    reply, frames = attended()
    models: dict[int, Named] = {}
    while True:
        header, arrays = frames.get()
        if header["kind"] == "model":
            for key in header["forget"]:
                models.pop(key, None)
            models[header["key"]] = arrays
            continue
        try:
            solve(_request(header, arrays, models[header["key"]]), reply)
        except MemoryError:
            reply.error("memory", "The solver ran out of memory.")
        except EngineError as error:
            reply.error("unusable", str(error))
        except Exception as error:
            reply.error("failed", f"{type(error).__name__}: {error}")


def attended() -> tuple[Reply, queue.SimpleQueue[tuple[Header, Named]]]:
    """Make this process its parent's: where answers go, and the frames that come.

    It does not hear Ctrl-C, and ends as soon as the parent goes away, whatever is being solved.
    """
    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What native code prints must not run into the frames: they get the pipe, and "stdout" becomes stderr.
    reply = Reply(os.fdopen(os.dup(1), "wb"))
    os.dup2(2, 1)
    frames: queue.SimpleQueue[tuple[Header, Named]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(frames,), daemon=True).start()
    return reply, frames


def _request(header: Header, arrays: Named, model: Named) -> Request:
    own: Named = {name: arrays[name] for name in ("lower", "upper", "integer") if name in arrays}
    limits = {name.removeprefix("limit_"): array for name, array in arrays.items() if "limit_" in name}
    numbers = [arrays["cost"], model["data"], limits["data"], limits["upper"]]
    numbers += [own.get("lower", model["lower"]), own.get("upper", model["upper"])]
    sides = [model["row_lower"], model["row_upper"]]
    # Solvers take NaN without a word and answer "optimal": nothing of the kind may reach them.
    if not all(np.isfinite(array).all() for array in numbers) or any(np.isnan(s).any() for s in sides):
        raise EngineError("A number that is not finite reached the solver; check costs, entries and bounds.")
    return Request(header, {**model, **own}, arrays["cost"], limits, arrays.get("start"), arrays.get("basis"))


def _listen(frames: queue.SimpleQueue[tuple[Header, Named]]) -> None:
    try:
        while True:
            frames.put(read_frame(sys.stdin.buffer))
    except (EOFError, OSError, ValueError):
        _end_with_children()


def _end_with_children() -> None:
    """End at once, with solvers started in turn; the parent is gone, so there is nobody to tell."""
    if os.name == "posix" and os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(0)
