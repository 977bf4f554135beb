"""Run a benchmark from the command line: ``python -m benchmarks scale --towns 850 --seed 11 -o results/``."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.cases import CASES, SIZES, VARIANTS
from benchmarks.machine import describe
from benchmarks.registry import benchmarks
from benchmarks.result_files import write_result
from benchmarks.watching import held_meanwhile

if TYPE_CHECKING:
    from benchmarks.registry import Benchmark

RESULTS: Final = "benchmarks/results"
PAGE: Final = "docs/benchmarks.md"


def main(words: list[str] | None = None) -> int:
    """Measure, show the result, and keep it as JSON; or make the page of all results."""
    words = sys.argv[1:] if words is None else words
    known = benchmarks()
    options = _parser(known).parse_args(words)
    if options.benchmark == "list":
        _show_list(known)
    elif options.benchmark == "report":
        from benchmarks.report import write_report

        print(f"written to {write_report(options.results, options.page)}")
    elif options.benchmark == "smoke":
        for name, benchmark in known.items():
            print(f"== {name} {shlex.join(benchmark.tiny)}", flush=True)
            main([name, *benchmark.tiny, "-o", options.output])
    else:
        _measure(known[options.benchmark], options, words)
    return 0


def _measure(chosen: Benchmark, options: argparse.Namespace, words: list[str]) -> None:
    # The machine as it was before this run loaded it.
    described = describe()
    with held_meanwhile() as held:
        measured = chosen.run(options)
    # Where files lie on this machine is nobody's business.
    told = [Path(word).name if Path(word).is_absolute() else word for word in words]
    command = shlex.join(["python", "-m", "benchmarks", *told])
    memory = {"peak_tree_bytes": held.peak_tree_bytes}
    result = {"benchmark": options.benchmark, "command": command, **described, "memory": memory, **measured}
    if chosen.show is not None:
        print(chosen.show(result))
    if options.output:
        print(f"written to {write_result(options.output, result)}")


def _parser(known: dict[str, Benchmark]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure yjopt.")
    commands = parser.add_subparsers(dest="benchmark", required=True)
    commands.add_parser("list", help="name the benchmarks and cases")
    report = commands.add_parser("report", help="make the page and its plots from the result files")
    report.add_argument("--results", default=RESULTS, help=f"folder of result files (default {RESULTS})")
    report.add_argument("--page", default=PAGE, help=f"the page to write, plots beside it (default {PAGE})")
    smoke = commands.add_parser("smoke", help="run every benchmark once, tiny")
    smoke.add_argument("-o", "--output", default="", help="folder for the result files")
    for name, benchmark in known.items():
        command = commands.add_parser(name, help=benchmark.meaning, description=benchmark.meaning)
        command.add_argument("-o", "--output", default="", help="folder for the result file")
        benchmark.add_options(command)
    return parser


def _show_list(known: dict[str, Benchmark]) -> None:
    for name, benchmark in known.items():
        print(f"{name:16} {benchmark.meaning}")
    print()
    print(f"Cases: a size ({', '.join(SIZES)}), then -week for seven periods, then one of")
    print(f"{', '.join(f'-{variant}' for variant in VARIANTS if variant)}, or none; such as:")
    for name in ("city", "prefecture-week", "city-week-strict", "prefecture-supplies"):
        print(f"{name:24} {CASES[name].name}")


if __name__ == "__main__":
    sys.exit(main())
