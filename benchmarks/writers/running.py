"""Start one modelling package in its own process, and gather its seconds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from benchmarks.environment import BENCH_PYTHON, NOT_INSTALLED, ROOT, absent, last_line
from benchmarks.watching import watch

if TYPE_CHECKING:
    from pathlib import Path

#: Seconds for all runs of a package.
LIMIT_SECONDS: Final = 600.0


def run_writer(name: str, problem: Path, folder: Path, *, repeats: int) -> dict[str, Any]:
    """Have a package hold the matrix of a problem file.

    Returns
    -------
    dict
        Version, phases and sizes, and its peak memory; or ``result`` and ``why`` when there are none.
    """
    if not BENCH_PYTHON.exists():
        return dict(absent("the environment of make bench-env is not there"))
    folder.mkdir()
    answer = folder / "result.json"
    words = ["-m", "benchmarks.writers", name, str(problem), str(answer), "--repeats", str(repeats)]
    watched = watch([str(BENCH_PYTHON), *words], LIMIT_SECONDS, folder, at=ROOT)
    if watched.status == NOT_INSTALLED:
        return dict(absent(watched.complaint))
    if not answer.exists():
        result = "stopped_by_limit" if watched.is_killed else "failed"
        return {"result": result, "why": last_line(watched.complaint)}
    read: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
    return read | {"peak_process_bytes": watched.peak_process_bytes}
