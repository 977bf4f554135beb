"""How long many variants of one city take, and what a second process brings."""

from __future__ import annotations

import platform
import statistics
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks.cases import add_case_options, case_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    import pandas as pd

    from yjopt import Scenario, Variant
    from yjopt.sweeping import Sweep

#: Phases of a variant in order, with what each is.
PHASES: Final[dict[str, str]] = {
    "change": "the variant's tables, checked",
    "reach": "travel times of all pairs within their limits",
    "index": "labels to integers",
    "assemble": "one sparse matrix",
    "manual": "the plan by hand",
    "carry": "the plan of the city as it is, carried over; the search starts from the better of the two",
    "solve": "the search",
    "plan": "the answer as tables",
    "audit": "checking them with independent code",
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """The case, how many variants, by how many processes, and how each is solved."""
    add_case_options(parser)
    parser.add_argument("--variants", type=int, default=136, help="half of them change roads or depots")
    parser.add_argument(
        "--workers", default="1,2", help="numbers of processes, with commas; a sweep for each"
    )
    parser.add_argument("--engine", default="auto", help="of yjopt.solve")
    parser.add_argument("--gap", type=float, default=0.01, help="of every stage")
    parser.add_argument("--time-limit", type=float, default=10.0, help="seconds of each variant")
    parser.add_argument("--cold", action="store_true", help="start every search by hand, not from one plan")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Sweep once for each number of processes.

    Raises
    ------
    SystemExit
        If the numbers of processes are none.
    """
    from yjopt import read, sweep

    try:
        numbers = [int(word) for word in options.workers.split(",")]
    except ValueError:
        raise SystemExit(f"--workers takes whole numbers with commas, not {options.workers!r}.") from None
    case = case_of(options)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "scenario"
        case.write(folder)
        scenario = read(folder)
    variants = city_variants(scenario, options.variants, case.seed)
    sweeps: dict[str, Any] = {}
    for number in numbers:
        found = sweep(
            scenario,
            variants,
            workers=number,
            gap=options.gap,
            time_limit=options.time_limit,
            engine=options.engine,
            from_base=not options.cold,
        )
        sweeps[str(number)] = _facts(found, options.gap)
    first, *_, last = [*sweeps.values(), *sweeps.values()]
    return {
        "case": f"{case.name}-{len(variants)}variants",
        "engine": options.engine,
        "gap": options.gap,
        "time_limit": options.time_limit,
        "cold": options.cold,
        "variants": _counts([variant.kind for variant in variants]),
        "sweeps": sweeps,
        "times_faster": round(first["seconds"] / last["seconds"], 3),
        "system": platform.system(),
    }


def city_variants(scenario: Scenario, number: int, seed: int) -> list[Variant]:
    """So many variants, drawn by the seed: half of them close a road or lose a depot.

    The other half doubles towns, delays sources and cuts towns off.
    """
    from yjopt import variants as make

    places = number // 2
    depots = min(places // 2, len(make.lose_depots(scenario)))
    figures = number - places
    sources = min(figures // 4, len(make.delay_sources(scenario)))
    blind = figures // 4
    return [
        *make.lose_depots(scenario, count=depots, seed=seed),
        *make.close_roads(scenario, count=places - depots, seed=seed),
        *make.delay_sources(scenario, count=sources, seed=seed),
        *make.blind_towns(scenario, count=blind, seed=seed),
        *make.double_towns(scenario, count=figures - sources - blind, seed=seed),
    ]


def show(result: dict[str, Any]) -> str:
    """A line for each number of processes, and what a variant spent its time on."""
    kinds = ", ".join(f"{count} {kind}" for kind, count in result["variants"].items())
    lines = [f"sweep {result['case']}, gap {result['gap']:g}: {kinds}"]
    for number, facts in result["sweeps"].items():
        states = ", ".join(f"{count} {status}" for status, count in facts["statuses"].items())
        lines.append(
            f"  {number} process(es): {facts['seconds']:.1f} s; {states}; gap median {facts['gap_median']:.4f}, "
            f"worst {facts['gap_worst']:.4f}, {facts['within_gap']} within; avoidable least "
            f"{facts['avoidable_least']:.3f}; {facts['worse_than_manual']} worse than by hand"
        )
        spent = ", ".join(f"{phase} {seconds:.3f}" for phase, seconds in facts["phase_seconds"].items())
        lines.append(f"    median seconds of a variant {facts['variant_median']:.3f}: {spent}")
    if len(result["sweeps"]) > 1:
        lines.append(f"  last against first: {result['times_faster']} times faster")
    return "\n".join(lines)


def _facts(found: Sweep, gap: float) -> dict[str, Any]:
    table = found.table
    gaps = _known(table["gap"])
    phases = {name: _known(found.phases[name]) for name in PHASES if name in found.phases}
    return {
        "seconds": round(found.seconds, 3),
        "statuses": _counts(table["status"].tolist()),
        "stopped_by": _counts(table["stopped_by"].tolist()),
        "gap_median": _rounded(statistics.median, gaps),
        "gap_worst": _rounded(max, gaps),
        "within_gap": sum(value <= gap for value in gaps),
        "avoidable_least": _rounded(min, _known(table["avoidable"])),
        "worse_than_manual": worse_than_manual(found.stages),
        "variant_median": _rounded(statistics.median, table["seconds"].tolist()),
        "variant_worst": _rounded(max, table["seconds"].tolist()),
        "phase_seconds": {name: _rounded(statistics.median, seconds) for name, seconds in phases.items()},
        "errors": [error for error in table["error"] if error][:5],
        # A line each, in natural units: there are two thousand.
        "stages": found.stages.to_csv(index=False, lineterminator="\n").splitlines(),
    }


def worse_than_manual(stages: pd.DataFrame) -> int:
    """Variants whose plan is worse than the one by hand, in the first stage in which the two differ."""
    worse = 0
    for _, rows in stages.groupby("variant"):
        differing = rows[rows["value"] != rows["manual"]]
        worse += len(differing) > 0 and differing["value"].iloc[0] > differing["manual"].iloc[0]
    return int(worse)


def _known(values: pd.Series[Any]) -> list[float]:
    return [float(value) for value in values.dropna()]


def _rounded(choose: Any, values: Sequence[float]) -> float | None:
    return round(float(choose(values)), 6) if values else None


def _counts(words: Sequence[str]) -> dict[str, int]:
    return {word: words.count(word) for word in dict.fromkeys(words)}
