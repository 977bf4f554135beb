"""Tables of the page of benchmarks, in Markdown, out of the result files and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.environment import ABSENT
from benchmarks.peers.__main__ import PEERS
from benchmarks.scale import PHASES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Result = dict[str, Any]


def sources(results: Sequence[Result]) -> str:
    """Which file was measured when, on what, by what command."""
    rows = [
        (
            f"`{result['file']}`",
            result["date"][:16].replace("T", " "),
            f"`{result['commit'][:7]}`"
            + ("" if not result["changed_files"] else f" + {result['changed_files']}"),
            f"{result['machine']['cores']} x {result['machine']['processor']}",
            _number((result["machine"]["load"] or [None])[0], 2),
            f"`{result['command']}`",
        )
        for result in results
    ]
    return table(("file", "date (UTC)", "commit", "machine", "load", "command"), rows)


def whole_solves(results: Sequence[Result]) -> str:
    """Seconds, gaps and memory of yjopt, one row a result."""
    rows = []
    for result in results:
        owns, told = [run["yjopt"] for run in result["runs"]], result["summary"]
        sizes = [own["size"]["columns"] for own in owns]
        peaks = [own["peak_tree_bytes"] for own in owns if own["peak_tree_bytes"]]
        rows.append(
            (
                *_case(result),
                ", ".join(map(str, result["seeds"])),
                result["asked"]["engine"],
                f"{result['asked']['time_limit']:g}",
                f"{max(sizes):,}",
                _both(told["seconds"], 1),
                _both(told["gap_scale"], 3, 100.0),
                _number(100 * told["avoidable"]["worst"], 1),
                _number(max(peaks) / 2**30, 2) if peaks else "",
            )
        )
    head = ("case", "towns", "periods", "series", "seeds", "engine", "limit s", "columns", "seconds")
    return table((*head, "gap_scale %", "avoidable %", "GiB"), rows)


def phases(results: Sequence[Result]) -> str:
    """Seconds of each phase: the median run of each result."""
    rows = []
    for result in results:
        run = _median_run(result)
        seconds = run["yjopt"]["seconds"]
        rows.append((*_case(result), *(_number(seconds.get(phase), 2) for phase in PHASES)))
    return table(("case", "towns", "periods", "series", *PHASES), rows)


def stages(result: Result) -> str:
    """Value, bound and gaps of every stage of the median run."""
    own = _median_run(result)["yjopt"]
    rows = [
        (
            stage["name"],
            _number(stage["value"] / stage["unit"], 3),
            "" if stage["bound"] is None else _number(stage["bound"] / stage["unit"], 3),
            _percent(stage["gap"]),
            _percent(stage["gap_scale"]),
            _percent(stage["avoidable"]),
            _number(stage["manual"] / stage["unit"], 3),
            stage["bound_proof"],
            _number(own["stage_seconds"].get(stage["name"]), 2),
        )
        for stage in own["stages"]
    ]
    head = ("stage", "value", "bound", "gap %", "gap_scale %", "avoidable %", "by hand", "proof", "seconds")
    return table(head, rows)


def seconds_to_gaps(result: Result) -> str:
    """When each gap was reached, stage by stage, in the median run."""
    known = _median_run(result)["yjopt"]["seconds_to_gaps"]
    gaps = sorted({gap for times in known.values() for gap in times}, key=float, reverse=True)
    rows = [
        (name, *(_number(times.get(gap), 2) for gap in gaps))
        for name, times in known.items()
        if len(set(times.values())) > 1
    ]
    return table(("stage", *(f"{float(gap):.2%}" for gap in gaps)), rows) if rows else ""


def peers(results: Sequence[Result]) -> str:
    """What each peer did on the same matrices."""
    rows = []
    for result in results:
        number = len(result["runs"][0]["yjopt"]["stages"])
        for name in PEERS:
            found = [run["peers"][name] for run in result["runs"] if name in run.get("peers", {})]
            there = [peer for peer in found if peer["result"] != ABSENT]
            if not there:
                rows += [(*_case(result), name, "", ABSENT, "", "", "", "", "")] * bool(found)
                continue
            limit = max(run["peers"]["limit"] for run in result["runs"])
            told = result["summary"]["peers"][name]
            is_stopped = any(peer["result"] != "reached" for peer in there)
            peaks = [peer["peak_tree_bytes"] for peer in there if peer["peak_tree_bytes"]]
            reached = [peer["stages_reached"] for peer in there]
            rows.append(
                (
                    *_case(result),
                    name + (" (bounds alone)" if there[0]["is_relaxation"] else ""),
                    there[0]["version"],
                    ", ".join(_counted(told["results"])),
                    f"{_number(limit, 0)}",
                    ("at least " if is_stopped else "") + _both(told["seconds"], 1),
                    ("at least " if is_stopped else "") + _number(told["times_slower"]["median"], 1),
                    f"{min(reached)} of {number}",
                    _number(max(peaks) / 2**30, 2) if peaks else "",
                )
            )
    head = ("case", "towns", "periods", "series", "peer", "version", "result", "limit s", "seconds")
    return table((*head, "times yjopt's", "stages reached", "GiB"), rows) if rows else ""


def building(results: Sequence[Result]) -> str:
    """Seconds to a model, by whom."""
    rows = []
    for result in results:
        ours = result["building"]["yjopt_wall_seconds"]
        for name, contender in result["contenders"].items():
            known = contender["phases"]
            seconds = known["index"]["wall_seconds"] + known["assemble"]["wall_seconds"]
            work = "tables to matrix" if name == "yjopt" else "tables to model"
            rows.append(_building_row(result, name, work, seconds, ours, contender["size"]))
        for name, package in result.get("packages", {}).items():
            if "phases" not in package:
                rows.append((result["case"], result["series"], name, package["result"], "", "", ""))
                continue
            seconds = package["phases"]["assemble"]["wall_seconds"]
            shown = f"{name} {package['version']}"
            rows.append(
                _building_row(result, shown, "finished matrix to model", seconds, ours, package["size"])
            )
    head = ("case", "series", "by", "work", "entries", "seconds", "times yjopt's")
    return table(head, rows) if rows else ""


def _building_row(
    result: Result, name: str, work: str, seconds: float, ours: float, size: dict[str, int]
) -> tuple[str, ...]:
    entries, times = f"{size['nonzeros']:,}", _number(seconds / ours, 1)
    return (result["case"], result["series"], name, work, entries, _number(seconds, 3), times)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; columns that are blank in every row are left out."""
    listed = [list(row) for row in rows]
    kept = [n for n in range(len(head)) if any(row[n] for row in listed)]
    lines = [[head[n] for n in kept], ["---"] * len(kept), *([row[n] for n in kept] for row in listed)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _case(result: Result) -> tuple[str, str, str, str]:
    facts = result["facts"]
    return facts["kind"], f"{facts['towns']:,}", str(facts["periods"]), result["series"]


def _median_run(result: Result) -> Result:
    runs: list[Result] = sorted(result["runs"], key=lambda run: run["yjopt"]["seconds"]["total"])
    return runs[(len(runs) - 1) // 2]


def _counted(words: Sequence[str]) -> list[str]:
    kinds = list(dict.fromkeys(words))
    return kinds if len(words) == 1 else [f"{words.count(kind)} {kind}" for kind in kinds]


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:,.{digits}f}"


def _percent(share: float | None) -> str:
    """A share in per cent; without one nothing is proven."""
    return "none" if share is None else f"{100 * share:,.3f}"


def _both(told: dict[str, float | None], digits: int, factor: float = 1.0) -> str:
    """Median and worst, or one figure where they are the same; without a figure nothing is proven."""
    known = (told[name] for name in ("median", "worst"))
    median, worst = ("none" if value is None else _number(factor * value, digits) for value in known)
    return median if median == worst else f"{median}, worst {worst}"
