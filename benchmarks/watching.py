"""Run a command in processes of its own: with a hard limit, and an eye on the memory they hold."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Seconds between two looks; at the process that measures itself there are fewer, for it has other things to do.
INTERVAL: Final = 0.1
OWN_INTERVAL: Final = 0.5
_PROC: Final = Path("/proc")


@dataclass(frozen=True, kw_only=True)
class Watched:
    """How a command ended.

    Parameters
    ----------
    status : int
        Exit status; negative is a signal.
    is_killed : bool
        Whether the hard limit ended it.
    seconds : float
        From its start to its end.
    processor_seconds : float or None
        Of all its processes, as last seen; beside `seconds` it tells how busy the machine was with other things.
    peak_process_bytes : int or None
        Most resident memory of its largest process; None where the system does not tell.
    peak_tree_bytes : int or None
        Most resident memory of all its processes together, as seen every tenth of a second.
    output, complaint : str
        What it wrote to its two streams.
    """

    status: int
    is_killed: bool
    seconds: float
    processor_seconds: float | None
    peak_process_bytes: int | None
    peak_tree_bytes: int | None
    output: str
    complaint: str


def watch(
    command: Sequence[str],
    limit: float,
    folder: Path,
    *,
    at: Path | None = None,
    ready: Path | None = None,
    ready_limit: float = 0.0,
) -> Watched:
    """Run a command to its end, or to the limit, whereupon it is killed with all its processes.

    Parameters
    ----------
    command : sequence of str
    limit : float
        Seconds.
    folder : Path
        Where its output may lie.
    at : Path, optional
        Its working directory.
    ready : Path, optional
        A file that the command makes when its limit shall begin to count.
    ready_limit : float
        Seconds for getting there.
    """
    out, complaint = folder / "stdout.txt", folder / "stderr.txt"
    began = time.perf_counter()
    ends = began + (limit if ready is None else ready_limit)
    largest, together, processor = 0, 0, 0.0
    family: set[int] = set()
    is_killed = False
    with out.open("wb") as first, complaint.open("wb") as second:
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=first,
            stderr=second,
            cwd=at,
            start_new_session=True,
        )
        try:
            while True:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(INTERVAL)
                    break
                family = _descendants(process.pid)
                now, peak = _memory(family)
                processor = max(processor, _processor_seconds(family))
                largest, together = max(largest, peak), max(together, now)
                if ready is not None and ready.exists():
                    ready, ends = None, time.perf_counter() + limit
                if time.perf_counter() > ends:
                    is_killed = True
                    break
        finally:
            seconds = time.perf_counter() - began
            # Also what it started and left behind, in its own group or another.
            family = {process.pid} if process.poll() is not None else _descendants(process.pid)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            for number in family - {process.pid}:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(number, signal.SIGKILL)
            process.wait()
    return Watched(
        status=process.returncode,
        is_killed=is_killed,
        seconds=seconds,
        processor_seconds=processor or None,
        peak_process_bytes=largest or None,
        peak_tree_bytes=max(together, largest) or None,
        output=out.read_text(encoding="utf-8", errors="replace"),
        complaint=complaint.read_text(encoding="utf-8", errors="replace"),
    )


@dataclass
class Held:
    """Memory of this process and all that it has started.

    Parameters
    ----------
    peak_tree_bytes : int or None
        Most resident memory of all together, as seen every half second; None where the system does not tell.
    """

    peak_tree_bytes: int | None = None

    def look(self) -> None:
        """Note what is held now, if it is more than ever."""
        now, _ = _memory(_descendants(os.getpid()))
        self.peak_tree_bytes = max(now, self.peak_tree_bytes or 0) or None


@contextlib.contextmanager
def held_meanwhile() -> Iterator[Held]:
    """Look at the memory of this process and of all that it starts, until the block ends."""
    held, is_over = Held(), threading.Event()

    def look() -> None:
        while not is_over.wait(OWN_INTERVAL):
            held.look()

    held.look()
    looking = threading.Thread(target=look, name="memory", daemon=True)
    looking.start()
    try:
        yield held
    finally:
        is_over.set()
        looking.join()
        held.look()


def _descendants(ancestor: int) -> set[int]:
    """A process and all that descend from it."""
    parent = {}
    for path in _PROC.glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            # The fields after the name in brackets: state, parent, group, session.
            parent[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
    family, before = {ancestor}, 0
    while len(family) > before:
        before = len(family)
        family |= {child for child, of in parent.items() if of in family}
    return family


def _memory(family: set[int]) -> tuple[int, int]:
    """Resident bytes of some processes now, together, and the most that one of them has ever held."""
    together, largest = 0, 0
    for number in family:
        with contextlib.suppress(OSError, ValueError, IndexError):
            lines = (_PROC / str(number) / "status").read_text().splitlines()
            known = {line.partition(":")[0]: line.split()[1] for line in lines if line.startswith("Vm")}
            together += 1024 * int(known.get("VmRSS", 0))
            largest = max(largest, 1024 * int(known.get("VmHWM", 0)))
    return together, largest


def _processor_seconds(family: set[int]) -> float:
    """Seconds of the processor that some processes have used, with those of their children that are gone."""
    ticks = 0
    for number in family:
        with contextlib.suppress(OSError, ValueError, IndexError):
            fields = (_PROC / str(number) / "stat").read_text().rpartition(")")[2].split()
            ticks += sum(int(field) for field in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")
