"""The process that solves with yjopt: ``python -m benchmarks.own_run SCENARIO RESULT.json --time-limit 60``.

With ``--problem`` it solves nothing and writes the matrix and the plan by hand for the peers.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yjopt as yj
from benchmarks.result_files import plain

if TYPE_CHECKING:
    from yjopt.engines.events import Event


def main() -> int:
    """Solve or prepare, and write what is to be told."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.own_run")
    parser.add_argument("scenario", type=Path)
    parser.add_argument("result", type=Path)
    parser.add_argument("--problem", type=Path)
    parser.add_argument("--engine", default="auto")
    parser.add_argument("--gap", type=float, default=1e-3)
    parser.add_argument("--later-gap", type=float, default=1e-2)
    parser.add_argument("--time-limit", type=float, default=60.0)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    result = prepare(options.scenario, options.problem) if options.problem else solve(options)
    options.result.write_text(json.dumps(plain(result)), encoding="utf-8")
    return 0


def prepare(folder: Path, path: Path) -> dict[str, Any]:
    """Write the matrix that `solve` would make, and the plan by hand to start from."""
    from benchmarks.peers.problem import save
    from yjopt.instance import index
    from yjopt.model.assembly import assemble
    from yjopt.model.manual import manual

    instance = index(yj.Scenario.read(folder))
    model = assemble(instance)
    by_hand = manual(instance, model)
    save(path, model.mip, by_hand)
    return {"digest": model.mip.digest()}


def solve(options: argparse.Namespace) -> dict[str, Any]:
    """Read and solve; every event is noted with the seconds since `yjopt.solve` was called."""
    began = time.perf_counter()
    scenario = yj.Scenario.read(options.scenario)
    read_seconds = time.perf_counter() - began
    events: list[dict[str, Any]] = []
    called = time.perf_counter()

    def note(event: Event) -> None:
        events.append(
            {
                "kind": event.kind,
                "stage": event.stage,
                "value": event.value,
                "bound": event.bound,
                "seconds": round(time.perf_counter() - called, 4),
            }
        )

    asked = {
        "gap": 0.0,
        "gap_scale": options.gap,
        "later_gap_scale": options.later_gap,
        "time_limit": options.time_limit,
        "engine": options.engine,
        "threads": options.threads,
    }
    plan = yj.solve(scenario, on_event=note, **asked)
    total = time.perf_counter() - called
    return {
        "asked": asked,
        "status": plan.status,
        "stopped_by": plan.stopped_by,
        "engine": plan.engine,
        "seconds": {"read": round(read_seconds, 6), **plan.seconds, "total": round(total, 6)},
        "size": dict(plan.size),
        "gap": plan.gap,
        "avoidable": plan.avoidable,
        "stages": [
            {
                "name": stage.name,
                "unit": stage.unit,
                "value": stage.value,
                "bound": stage.bound,
                "bound_proof": stage.bound_proof,
                "scale": stage.scale,
                "manual": stage.manual,
                "gap": stage.gap,
                "gap_scale": stage.gap_scale,
                "avoidable": stage.avoidable,
            }
            for stage in plan.stage_results
        ],
        "audit_ok": None if plan.audited is None else bool(plan.audited.ok),
        "notes": list(plan.notes),
        "events": events,
    }


if __name__ == "__main__":
    sys.exit(main())
