"""How long a plan takes as towns grow in number: yjopt phase by phase, and peers on the very same matrix."""

from __future__ import annotations

import json
import math
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks.cases import add_case_options, case_of
from benchmarks.certified import contradictions, seconds_to_gaps, stage_seconds, verdict
from benchmarks.environment import ABSENT, ROOT
from benchmarks.peers.__main__ import PEERS
from benchmarks.peers.running import run_peer, targets_of
from benchmarks.watching import Watched, watch

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from benchmarks.cases import Case
    from benchmarks.peers.loop import Target

#: Phases of a run in order, with what each is.
PHASES: Final[dict[str, str]] = {
    "generate": "making the scenario up and writing its files",
    "read": "files to a checked scenario",
    "reach": "travel times of all pairs within their limits",
    "index": "labels to integers",
    "assemble": "one sparse matrix",
    "manual": "the plan by hand, from which every search starts",
    "solve": "the search",
    "plan": "the answer as tables",
    "audit": "checking them with independent code",
}
#: Peers that give bounds and no plans.
RELAXATIONS: Final = ("glop",)
#: Seconds after its limit at which a run of yjopt is killed: tables and audit come on top of the limit.
GRACE_SECONDS: Final = 600.0


def add_options(parser: argparse.ArgumentParser) -> None:
    """The case, seeds, limits and peers."""
    add_case_options(parser)
    parser.add_argument("--seeds", default="", help="several seeds, with commas: median and worst are told")
    parser.add_argument("--engine", default="auto", help="of yjopt.solve")
    parser.add_argument("--gap", type=float, default=0.0005, help="of people and goods, against the scale")
    parser.add_argument("--later-gap", type=float, default=0.01, help="of later stages")
    parser.add_argument("--time-limit", type=float, default=60.0, help="seconds of yjopt")
    parser.add_argument("--peers", default="", help=f"with commas: {', '.join(PEERS)}, or all")
    parser.add_argument(
        "--peer-limit", type=float, default=0.0, help="seconds of each peer; default: as yjopt"
    )
    parser.add_argument(
        "--peer-factor",
        type=float,
        default=0.0,
        help="limit of each peer in multiples of yjopt's own seconds",
    )
    parser.add_argument("--threads", type=int, default=1, help="of every solver")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Run all seeds of a case.

    Raises
    ------
    SystemExit
        If a peer is unknown, or yjopt does not come to an end.
    """
    case = case_of(options)
    seeds = [int(word) for word in options.seeds.split(",")] if options.seeds else [case.seed]
    peers = list(PEERS) if options.peers == "all" else [name for name in options.peers.split(",") if name]
    if unknown := sorted(set(peers) - set(PEERS)):
        raise SystemExit(f"There is no peer {', '.join(unknown)}; choose from {', '.join(PEERS)}.")
    runs = [_run(case.with_seed(seed), peers, options) for seed in seeds]
    name = (
        case.name if len(seeds) == 1 else f"{case.name.rpartition('-')[0]}-seeds{'-'.join(map(str, seeds))}"
    )
    return {
        "case": name,
        "facts": {
            "kind": case.kind,
            "place": case.place,
            "towns": runs[0]["generator"]["towns"],
            "periods": case.periods,
        },
        "seeds": seeds,
        "asked": {
            "engine": options.engine,
            "gap": options.gap,
            "later_gap": options.later_gap,
            "time_limit": options.time_limit,
            "threads": options.threads,
        },
        "runs": runs,
        "summary": summary(runs),
    }


def _run(case: Case, peers: Sequence[str], options: argparse.Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        began = time.perf_counter()
        achieved = case.write(folder / "scenario")
        generate_seconds = time.perf_counter() - began
        own = _own(folder, generate_seconds, options)
        result = {
            "seed": case.seed,
            "generator": achieved["generator"],
            "rows": achieved["rows"],
            "yjopt": own,
        }
        if peers:
            result["peers"] = _peers(folder, peers, own, options)
        return result


def _own(folder: Path, generate_seconds: float, options: argparse.Namespace) -> dict[str, Any]:
    """Solve in a process of its own."""
    asked = ["--engine", options.engine, "--gap", str(options.gap), "--later-gap", str(options.later_gap)]
    asked += ["--time-limit", str(options.time_limit), "--threads", str(options.threads)]
    watched, own = _call(folder, asked, options.time_limit + GRACE_SECONDS)
    own["seconds"] = {"generate": round(generate_seconds, 6), **own["seconds"]}
    own["processor_seconds"] = watched.processor_seconds
    own["peak_process_bytes"] = watched.peak_process_bytes
    own["peak_tree_bytes"] = watched.peak_tree_bytes
    own["stage_seconds"] = stage_seconds(own["events"])
    own["seconds_to_gaps"] = seconds_to_gaps(own["stages"], own["events"])
    return own


def _call(folder: Path, words: Sequence[str], limit: float) -> tuple[Watched, dict[str, Any]]:
    answer = folder / "own.json"
    answer.unlink(missing_ok=True)
    command = [sys.executable, "-m", "benchmarks.own_run", str(folder / "scenario"), str(answer), *words]
    watched = watch(command, limit, folder, at=ROOT)
    if watched.status or not answer.exists():
        raise SystemExit(f"yjopt ended with {watched.status}: {watched.complaint.strip()[-2000:]}")
    return watched, json.loads(answer.read_text(encoding="utf-8"))


def _peers(
    folder: Path, names: Sequence[str], own: dict[str, Any], options: argparse.Namespace
) -> dict[str, Any]:
    """Run the peers one after the other, then have their plans judged."""
    problem = folder / "problem.npz"
    _call(folder, ["--problem", str(problem)], GRACE_SECONDS)
    limit = options.peer_limit or options.time_limit
    if options.peer_factor:
        limit = options.peer_factor * own["seconds"]["total"]
    targets = targets_of(own["stages"], options.gap, options.later_gap)
    ran = {}
    for name in names:
        ran[name] = run_peer(name, problem, targets, folder / name, limit=limit, threads=options.threads)
    present = [name for name in names if ran[name].get("result") != ABSENT]
    if present:
        folders = [str(folder / name) for name in present]
        command = [sys.executable, "-m", "benchmarks.judging", str(problem), *folders]
        judged = watch(command, GRACE_SECONDS, folder, at=ROOT)
        if judged.status:
            raise SystemExit(f"The judge ended with {judged.status}: {judged.complaint.strip()[-2000:]}")
    for name in present:
        ran[name] = _judged(folder / name, name, ran[name], own, targets, limit)
    return {"limit": limit, **ran}


def _judged(
    folder: Path, name: str, ran: dict[str, Any], own: dict[str, Any], targets: list[Target], limit: float
) -> dict[str, Any]:
    verdicts = json.loads((folder / "verdicts.json").read_text(encoding="utf-8"))
    finds_plans = name not in RELAXATIONS
    names = [stage["name"] for stage in own["stages"]]
    found = verdict(names, targets, ran, verdicts, limit=limit, finds_plans=finds_plans)
    kept = {key: value for key, value in ran.items() if key not in ("events", "is_killed")}
    return {
        **found,
        **kept,
        "is_relaxation": not finds_plans,
        "times_slower": round(found["seconds"] / own["seconds"]["total"], 2),
        "contradictions": contradictions(own["stages"], found["stages"], finds_plans=finds_plans),
    }


def summary(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Median and worst over the seeds, of yjopt and of every peer that was there."""

    def both(values: Sequence[float], worst: Any = max) -> dict[str, float]:
        return {"median": statistics.median(values), "worst": worst(values)}

    owns = [run["yjopt"] for run in runs]
    gaps = [math.inf if own["gap"] is None else own["gap"] for own in owns]
    told: dict[str, Any] = {
        "seconds": both([own["seconds"]["total"] for own in owns]),
        "gap_scale": both(gaps),
        "avoidable": both([own["avoidable"] for own in owns], min),
    }
    peers: dict[str, Any] = {}
    for name in PEERS:
        known = [run["peers"][name] for run in runs if name in run.get("peers", {})]
        there = [peer for peer in known if peer["result"] != ABSENT]
        if there:
            peers[name] = {
                "results": [peer["result"] for peer in there],
                "seconds": both([peer["seconds"] for peer in there]),
                "times_slower": both([peer["times_slower"] for peer in there], min),
            }
        elif known:
            peers[name] = {"results": [ABSENT]}
    if peers:
        told["peers"] = peers
    return told


def show(result: dict[str, Any]) -> str:
    """Phases, stages and peers of every run, as text."""
    lines = []
    for run in result["runs"]:
        own = run["yjopt"]
        size, peak = own["size"], (own["peak_tree_bytes"] or 0) / 2**20
        lines += [
            f"{result['case']} seed {run['seed']}: {own['status']}, stopped by {own['stopped_by']}, "
            f"{size['columns']:,} columns, {size['rows']:,} rows, {peak:,.0f} MiB",
            "  " + ", ".join(f"{phase} {own['seconds'].get(phase, 0):.2f}" for phase in PHASES),
            f"  {'stage':24}{'value':>18}{'bound':>18}{'gap_scale':>11}{'avoidable':>11}{'seconds':>9}",
        ]
        for stage in own["stages"]:
            gap = "-" if stage["gap_scale"] is None else f"{stage['gap_scale']:.4%}"
            bound = "-" if stage["bound"] is None else f"{stage['bound'] / stage['unit']:,.3f}"
            spent = own["stage_seconds"].get(stage["name"], 0.0)
            lines.append(
                f"  {stage['name']:24}{stage['value'] / stage['unit']:18,.3f}{bound:>18}{gap:>11}"
                f"{stage['avoidable']:11.3f}{spent:9.2f}"
            )
        limit = run.get("peers", {}).get("limit")
        for name, peer in run.get("peers", {}).items():
            if name != "limit":
                lines.append(_peer_line(name, peer, limit, len(own["stages"])))
    return "\n".join(lines)


def _peer_line(name: str, peer: dict[str, Any], limit: float, number: int) -> str:
    if peer["result"] == ABSENT:
        return f"  {name}: {ABSENT}"
    return (
        f"  {name}: {peer['result']}, {peer['seconds']:.2f} s of {limit:.1f} ({peer['times_slower']} times yjopt's), "
        f"{peer['stages_reached']} of {number} stages, {peer['wrong_vectors']} wrong vectors"
        + "".join(f"; {clash}" for clash in peer["contradictions"])
    )
