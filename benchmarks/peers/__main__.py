"""The process of one peer: ``python -m benchmarks.peers highs PROBLEM.npz FOLDER --limit 60``."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

from benchmarks.environment import NOT_INSTALLED
from benchmarks.peers.loop import Log, Target, run
from benchmarks.peers.problem import load

#: File and class of each peer, and the distribution whose version counts.
PEERS = {
    "highs": ("highs", "Highs", "highspy"),
    "cbc": ("cbc", "Cbc", "pulp"),
    "scip": ("scip", "Scip", "pyscipopt"),
    "cp-sat": ("cp_sat", "CpSat", "ortools"),
    "glop": ("glop", "Glop", "ortools"),
}

#: File that is made when the model is built and the limit begins to count.
READY = "ready"


def main() -> int:
    """Build the peer's model and minimise the stages; events go to ``FOLDER/events.jsonl``."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers")
    parser.add_argument("peer", choices=PEERS)
    parser.add_argument("problem", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit", type=float, required=True, help="seconds of search")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--targets", type=Path, required=True, help="JSON: value and slacks of every stage")
    options = parser.parse_args()
    file, name, distribution = PEERS[options.peer]
    try:
        kind = getattr(importlib.import_module(f"benchmarks.peers.{file}"), name)
    except ImportError as error:
        print(error, file=sys.stderr)
        return NOT_INSTALLED
    targets = [Target(**entry) for entry in json.loads(options.targets.read_text(encoding="utf-8"))]
    problem = load(options.problem)
    with (options.folder / "events.jsonl").open("w", encoding="utf-8") as stream:
        log = Log(options.folder, stream)
        began = time.perf_counter()
        solver = kind(problem, options.threads)
        log.write("built", build_seconds=round(time.perf_counter() - began, 4), version=version(distribution))
        (options.folder / READY).touch()
        run(solver, problem, targets, options.limit, options.threads, log)
    return 0


if __name__ == "__main__":
    sys.exit(main())
