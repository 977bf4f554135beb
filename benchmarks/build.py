"""How long it takes from tables to a model, yjopt against the same model written down in PuLP."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.contenders import CONTENDERS
from benchmarks.stopwatch import Stopwatch

if TYPE_CHECKING:
    from benchmarks.registry import Case


def measure_build(case: Case, *, repeats: int = 3, time_limit: float = 0.0) -> dict[str, Any]:
    """Measure all phases for all contenders.

    Parameters
    ----------
    case : Case
        What scenario.
    repeats : int
        Runs of each contender; the least counts.
    time_limit : float
        Seconds for solving with yjopt; 0 leaves solving out.

    Returns
    -------
    dict
        Phases and sizes by contender, and how many times longer PuLP takes to build.
    """
    result: dict[str, Any] = {"contenders": {}}
    building: dict[str, tuple[float, float]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "scenario"
        result["rows"] = case.write(folder)["rows"]
        for contender in CONTENDERS:
            watch = Stopwatch()
            sizes = {}
            for run in range(repeats):
                last = run == repeats - 1
                sizes = contender(folder).run(watch, time_limit=time_limit if last else 0.0)
            building[contender.name] = watch.least(*contender.building)
            result["contenders"][contender.name] = {"phases": watch.result(), "size": sizes}
    ours, theirs = building["yjopt"], building["pulp"]
    result["building"] = {
        "meaning": "index plus assemble, without reading and reach",
        "yjopt_wall_seconds": round(ours[0], 6),
        "pulp_wall_seconds": round(theirs[0], 6),
        "times_faster_wall": round(theirs[0] / ours[0], 1),
        "times_faster_processor": round(theirs[1] / ours[1], 1),
    }
    return result
