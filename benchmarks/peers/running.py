"""Start peers one after the other on one problem file, and gather what they have to show for it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks.environment import BENCH_PYTHON, NOT_INSTALLED, ROOT, absent, last_line
from benchmarks.peers.__main__ import READY
from benchmarks.peers.loop import Target
from benchmarks.watching import watch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Peers that come with yjopt's own environment; the others run in that of `make bench-env`.
AT_HOME: Final = ("highs", "cbc")
#: A solver may run so long past its limit before it is killed, and take so long to build its model.
GRACE_SECONDS: Final = 5.0
BUILD_SECONDS: Final = 300.0


def targets_of(stages: Sequence[Mapping[str, Any]], gap: float, later_gap: float) -> list[Target]:
    """What a peer must reach, stage by stage, to have done what yjopt did.

    A stage of people or goods (and a rule) is measured with `gap`, later ones with `later_gap`, each against its
    scale. Where yjopt's own bound is further away, the peer's may be as far.
    """
    targets = []
    for stage in stages:
        is_first = stage["name"] in ("hard_rules", "rules", "unmet_people", "unmet_goods")
        slack = int((gap if is_first else later_gap) * max(stage["scale"], 0))
        own = stage["value"] - stage["bound"] if stage["bound"] is not None else 2**62
        targets.append(Target(stage["value"], slack, max(slack, own)))
    return targets


def run_peer(
    name: str, problem: Path, targets: Sequence[Target], folder: Path, *, limit: float, threads: int
) -> dict[str, Any]:
    """Run one peer in a process of its own.

    Returns
    -------
    dict
        Memory, events and how it ended; its vectors are in `folder`, not judged yet. A peer that is not there has
        nothing but ``result`` and ``why``.
    """
    python = Path(sys.executable) if name in AT_HOME else BENCH_PYTHON
    if not python.exists():
        return dict(absent("the environment of make bench-env is not there"))
    folder.mkdir(parents=True)
    wanted = folder / "targets.json"
    wanted.write_text(json.dumps([vars(target) for target in targets]), encoding="utf-8")
    words = ["-m", "benchmarks.peers", name, str(problem), str(folder)]
    options = ["--limit", str(limit), "--threads", str(threads), "--targets", str(wanted)]
    watched = watch(
        [str(python), *words, *options],
        limit + GRACE_SECONDS,
        folder,
        at=ROOT,
        ready=folder / READY,
        ready_limit=BUILD_SECONDS,
    )
    if watched.status == NOT_INSTALLED:
        return dict(absent(watched.complaint))
    path = folder / "events.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    events = [json.loads(line) for line in lines if line.endswith("}")]
    built = next((event for event in events if event["kind"] == "built"), {})
    return {
        "version": built.get("version", ""),
        "build_seconds": built.get("build_seconds"),
        "is_killed": watched.is_killed,
        "status": watched.status,
        "complaint": last_line(watched.complaint),
        "processor_seconds": watched.processor_seconds,
        "peak_process_bytes": watched.peak_process_bytes,
        "peak_tree_bytes": watched.peak_tree_bytes,
        "events": events,
    }
