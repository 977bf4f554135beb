"""How long it takes from tables to a model, yjopt against the same model written down by other means."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks.cases import add_case_options, case_of
from benchmarks.contenders import CONTENDERS
from benchmarks.stopwatch import Stopwatch
from benchmarks.writers.packages import WRITERS
from benchmarks.writers.running import run_writer

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from benchmarks.cases import Case

#: Phases in order, with what each is.
PHASES: Final[dict[str, str]] = {
    "read": "files to a checked scenario (the same for all contenders, measured once)",
    "reach": "travel times of all pairs within their limits",
    "index": "labels to integers (yjopt), tables to Python rows (PuLP)",
    "assemble": "the model itself: a sparse matrix (yjopt), variables and rows (PuLP)",
    "hand over": "the matrix to HiGHS in one call (yjopt), an MPS file (PuLP)",
    "solve": "the whole of yjopt.solve; only when asked for",
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """The case, how often, and whether to solve."""
    add_case_options(parser)
    parser.add_argument("--repeats", type=int, default=3, help="runs; the least counts")
    parser.add_argument("--packages", default="", help=f"with commas: {', '.join(WRITERS)}, or all")
    parser.add_argument("--time-limit", type=float, default=0.0, help="solve, too, for so many seconds")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Measure what the command line asks for."""
    packages = list(WRITERS) if options.packages == "all" else [p for p in options.packages.split(",") if p]
    if unknown := sorted(set(packages) - set(WRITERS)):
        raise SystemExit(f"There is no package {', '.join(unknown)}; choose from {', '.join(WRITERS)}.")
    return measure_build(
        case_of(options), repeats=options.repeats, time_limit=options.time_limit, packages=packages
    )


def measure_build(
    case: Case, *, repeats: int = 3, time_limit: float = 0.0, packages: Sequence[str] = ()
) -> dict[str, Any]:
    """Measure all phases for all contenders.

    Parameters
    ----------
    case : Case
        What scenario.
    repeats : int
        Runs of each contender; the least counts.
    time_limit : float
        Seconds for solving with yjopt; 0 leaves solving out.
    packages : sequence of str
        Modelling packages that are given the finished matrix, see `benchmarks.writers`.

    Returns
    -------
    dict
        Phases and sizes by contender, and how many times longer PuLP takes to build.
    """
    result: dict[str, Any] = {"case": case.name, "contenders": {}}
    building: dict[str, tuple[float, float]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "scenario"
        achieved = case.write(folder)
        result["rows"], result["generator"] = achieved["rows"], achieved["generator"]
        for contender in CONTENDERS:
            watch = Stopwatch()
            sizes = {}
            for number in range(repeats):
                last = number == repeats - 1
                sizes = contender(folder).run(watch, time_limit=time_limit if last else 0.0)
            building[contender.name] = watch.least(*contender.building)
            result["contenders"][contender.name] = {"phases": watch.result(), "size": sizes}
        ours, theirs = building["yjopt"], building["pulp"]
        if packages:
            result["packages"] = _packages(Path(temporary), packages, repeats, ours)
    result["building"] = {
        "meaning": "index plus assemble, without reading and reach",
        "yjopt_wall_seconds": round(ours[0], 6),
        "pulp_wall_seconds": round(theirs[0], 6),
        "times_faster_wall": round(theirs[0] / ours[0], 1),
        "times_faster_processor": round(theirs[1] / ours[1], 1),
    }
    return result


def _packages(
    folder: Path, names: Sequence[str], repeats: int, ours: tuple[float, float]
) -> dict[str, dict[str, Any]]:
    """Have every package hold the finished matrix, each in a process of its own."""
    from benchmarks.own_run import prepare

    problem = folder / "problem.npz"
    prepare(folder / "scenario", problem)
    found = {}
    for name in names:
        found[name] = run_writer(name, problem, folder / name, repeats=repeats)
        if "phases" in found[name]:
            phase = found[name]["phases"]["assemble"]
            found[name]["times_slower_wall"] = round(phase["wall_seconds"] / ours[0], 1)
            found[name]["times_slower_processor"] = round(phase["processor_seconds"] / ours[1], 1)
    return found


def show(result: dict[str, Any]) -> str:
    """Phases and sizes as a table."""
    contenders = result["contenders"]
    lines = [
        f"{result['benchmark']} {result['case']}: seconds by the clock, least of the runs",
        f"{'':12}" + "".join(f"{name:>12}" for name in contenders),
    ]
    for phase in PHASES:
        known = [contender["phases"].get(phase) for contender in contenders.values()]
        if any(known):
            cells = (f"{entry['wall_seconds']:12.3f}" if entry else f"{'':12}" for entry in known)
            lines.append(f"{phase:12}" + "".join(cells))
    for size in ("columns", "rows", "nonzeros"):
        cells = (f"{contender['size'][size]:12,}" for contender in contenders.values())
        lines.append(f"{size:12}" + "".join(cells))
    building = result["building"]
    lines.append(
        f"index and assemble: {building['times_faster_wall']} times faster by the clock, "
        f"{building['times_faster_processor']} times by the processor"
    )
    for name, package in result.get("packages", {}).items():
        if "phases" in package:
            seconds = package["phases"]["assemble"]["wall_seconds"]
            told = (
                f"{seconds:.3f} s to hold the finished matrix, {package['times_slower_wall']} times yjopt's"
            )
        else:
            told = package["result"]
        lines.append(f"{name}: {told}")
    return "\n".join(lines)
