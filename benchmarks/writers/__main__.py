"""The process of one package: ``python -m benchmarks.writers linopy PROBLEM.npz RESULT.json --repeats 3``."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from importlib.metadata import version
from pathlib import Path

from benchmarks.environment import NOT_INSTALLED
from benchmarks.peers.problem import load
from benchmarks.stopwatch import Stopwatch
from benchmarks.writers.packages import WRITERS
from benchmarks.writers.rows import rows_by_sense


def main() -> int:
    """Write the model several times; seconds and the number of its entries go to the result."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.writers")
    parser.add_argument("package", choices=WRITERS)
    parser.add_argument("problem", type=Path)
    parser.add_argument("result", type=Path)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    write, distribution = WRITERS[options.package]
    try:
        importlib.import_module(distribution)
    except ImportError as error:
        print(error, file=sys.stderr)
        return NOT_INSTALLED
    problem = load(options.problem)
    expected = sum(rows.matrix.nnz for rows in rows_by_sense(problem))
    watch = Stopwatch()
    held = 0
    for _ in range(options.repeats):
        with watch.phase("assemble"):
            held = write(problem)
        if held != expected:
            raise RuntimeError(f"{options.package} holds {held} entries of {expected}")
    result = {
        "version": version(distribution),
        "phases": watch.result(),
        "size": {"columns": problem.num_columns, "rows": problem.num_rows, "nonzeros": held},
    }
    options.result.write_text(json.dumps(result), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
