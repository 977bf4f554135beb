"""Run a benchmark from the command line: ``python -m benchmarks build --towns 850 --seed 11 -o results/``."""

from __future__ import annotations

import argparse
import shlex
import sys

from benchmarks.cases import CASES
from benchmarks.machine import describe
from benchmarks.registry import benchmarks
from benchmarks.result_files import write_result


def main(words: list[str] | None = None) -> int:
    """Measure, show a table, and keep the result as JSON."""
    words = sys.argv[1:] if words is None else words
    known = benchmarks()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure yjopt.")
    commands = parser.add_subparsers(dest="benchmark", required=True)
    commands.add_parser("list", help="name the benchmarks and cases")
    for name, benchmark in known.items():
        command = commands.add_parser(name, help=benchmark.meaning, description=benchmark.meaning)
        command.add_argument("-o", "--output", default="", help="folder for the result file")
        benchmark.add_options(command)
    options = parser.parse_args(words)
    if options.benchmark == "list":
        for name, benchmark in known.items():
            print(f"{name:16} {benchmark.meaning}")
        print()
        for name, case in CASES.items():
            print(f"{name:16} {case.name}")
        return 0
    chosen = known[options.benchmark]
    # The machine as it was before this run loaded it.
    described = describe()
    measured = chosen.run(options)
    command_line = shlex.join(["python", "-m", "benchmarks", *words])
    result = {"benchmark": options.benchmark, "command": command_line, **described, **measured}
    if chosen.show is not None:
        print(chosen.show(result))
    if options.output:
        print(f"written to {write_result(options.output, result)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
