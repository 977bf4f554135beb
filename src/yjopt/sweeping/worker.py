"""A process of the sweep's own pool, from inside: takes the scenario, then one variant after another."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import sys
import threading
from typing import Any, cast

from yjopt.engines.frames import read_frame, write_frame
from yjopt.sweeping.base import Base
from yjopt.sweeping.packing import pack, unpack
from yjopt.sweeping.tasks import perform


def main() -> None:
    """Answer the parent until it goes away; then end at once, whatever is being solved."""
    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What libraries print must not run into the frames.
    stream = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    frames: queue.SimpleQueue[tuple[dict[str, Any], dict[str, Any]]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(frames,), daemon=True).start()
    base: Base | None = None
    while True:
        header, arrays = frames.get()
        if header["kind"] == "base":
            base = cast(Base, unpack(arrays))
            # What all tasks share is made now, so that none of them is late for it.
            _ = base.vector
            write_frame(stream, {"kind": "ready"})
        else:
            assert base is not None
            write_frame(stream, {"kind": "answer"}, pack(perform(base, unpack(arrays))))


def _listen(frames: queue.SimpleQueue[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    try:
        while True:
            frames.put(read_frame(sys.stdin.buffer))
    except (EOFError, OSError, ValueError):
        # Solvers that this process has started see their own pipe close, and end, too.
        os._exit(0)


if __name__ == "__main__":
    main()
