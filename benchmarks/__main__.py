"""Run a benchmark from the command line: ``python -m benchmarks build --towns 850 --seed 11 -o results/``."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from pathlib import Path
from typing import Any

from benchmarks.machine import describe
from benchmarks.registry import CASES, PHASES, Case, benchmarks


def main(words: list[str] | None = None) -> int:
    """Measure, show a table, and keep the result as JSON."""
    words = sys.argv[1:] if words is None else words
    options = _parser().parse_args(words)
    if options.benchmark == "list":
        _show_list()
        return 0
    case = (
        CASES[options.case_name]
        if options.case_name
        else Case(
            towns=options.towns,
            periods=options.periods,
            seed=options.seed,
            case=options.case,
            plain=options.plain,
        )
    )
    chosen = benchmarks()[options.benchmark]
    measured = chosen.run(case, repeats=options.repeats, time_limit=options.time_limit)
    result = {
        "benchmark": options.benchmark,
        "case": case.name,
        "command": shlex.join(["python", "-m", "benchmarks", *words]),
        **describe(),
        **measured,
    }
    _show(result)
    if options.output:
        path = Path(options.output) / f"{options.benchmark}-{case.name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"written to {path}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure yjopt.")
    commands = parser.add_subparsers(dest="benchmark", required=True)
    commands.add_parser("list", help="name the benchmarks, phases and cases")
    for name, benchmark in benchmarks().items():
        command = commands.add_parser(name, help=benchmark.meaning)
        command.add_argument("--of", dest="case_name", choices=CASES, help="one of the cases with a name")
        command.add_argument("--towns", type=int, default=850)
        command.add_argument("--periods", type=int, default=1)
        command.add_argument("--seed", type=int, default=11)
        command.add_argument("--case", default="reference", help="dials: reference, scarce or loose")
        command.add_argument("--plain", action="store_true", help="without couplings")
        command.add_argument("--repeats", type=int, default=3, help="runs; the least counts")
        command.add_argument("--time-limit", type=float, default=0.0, help="solve, too, for so many seconds")
        command.add_argument("-o", "--output", default="", help="folder for the result file")
    return parser


def _show_list() -> None:
    for name, benchmark in benchmarks().items():
        print(f"{name:12} {benchmark.meaning}")
    print()
    for name, meaning in PHASES.items():
        print(f"{name:12} {meaning}")
    print()
    for name, case in CASES.items():
        print(f"{name:12} {case.name}")


def _show(result: dict[str, Any]) -> None:
    contenders = result["contenders"]
    print(f"{result['benchmark']} {result['case']}: seconds by the clock, least of the runs")
    print(f"{'':12}" + "".join(f"{name:>12}" for name in contenders))
    for phase in PHASES:
        known = [contender["phases"].get(phase) for contender in contenders.values()]
        if any(known):
            cells = (f"{entry['wall_seconds']:12.3f}" if entry else f"{'':12}" for entry in known)
            print(f"{phase:12}" + "".join(cells))
    for size in ("columns", "rows", "nonzeros"):
        print(f"{size:12}" + "".join(f"{contender['size'][size]:12,}" for contender in contenders.values()))
    building = result["building"]
    print(
        f"index and assemble: {building['times_faster_wall']} times faster by the clock, "
        f"{building['times_faster_processor']} times by the processor"
    )


if __name__ == "__main__":
    sys.exit(main())
