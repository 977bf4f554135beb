"""Tables of the page of benchmarks, in Markdown, out of the result files and nothing else."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from benchmarks.environment import ABSENT
from benchmarks.peers.__main__ import PEERS
from benchmarks.scale import PHASES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Result = dict[str, Any]

#: The phases that make a model out of checked tables and travel times.
BUILDING: Final = ("index", "assemble")


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
    """Seconds to a model, by whom: by the clock and of the processor, which a busy machine disturbs less."""
    rows = []
    for result in results:
        contenders = result["contenders"]
        ours = contenders["yjopt"]["phases"]
        for name, contender in contenders.items():
            work = "tables to matrix" if name == "yjopt" else "tables to model"
            rows.append(_building_row(result, name, work, contender, ours))
        for name, package in result.get("packages", {}).items():
            if "phases" in package:
                shown = f"{name} {package['version']}"
                rows.append(_building_row(result, shown, "finished matrix to model", package, ours))
            else:
                rows.append((result["case"], result["series"], name, package["result"], "", "", "", "", ""))
    head = (
        "case",
        "series",
        "by",
        "work",
        "entries",
        "seconds",
        "processor s",
        "times yjopt's",
        "assemble alone",
    )
    return table(head, rows)


def _building_row(result: Result, name: str, work: str, of: Result, ours: Result) -> tuple[str, ...]:
    wall = sum(of["phases"][phase]["wall_seconds"] for phase in BUILDING if phase in of["phases"])
    processor = _processor(of["phases"])
    entries = f"{of['size']['nonzeros']:,}"
    times, alone = (_number(processor / _processor(ours, names), 1) for names in (BUILDING, BUILDING[1:]))
    return (
        result["case"],
        result["series"],
        name,
        work,
        entries,
        _number(wall, 3),
        _number(processor, 3),
        times,
        # yjopt's index does what those are spared that get the finished matrix.
        alone if "finished" in work else "",
    )


def _processor(phases: Result, names: Sequence[str] = BUILDING) -> float:
    return float(sum(phases[name]["processor_seconds"] for name in names if name in phases))


def growth(results: Sequence[Result]) -> str:
    """By what power of the towns the median seconds grow, from the smallest to the largest of each kind.

    A run that its limit ended says how long the limit is, not how long the work takes: it does not count.
    """
    groups: dict[tuple[str, int, str], list[Result]] = {}
    for result in results:
        if is_stopped(result):
            continue
        facts = result["facts"]
        groups.setdefault((facts["kind"], facts["periods"], result["series"]), []).append(result)
    rows = []
    for (kind, periods, series), members in sorted(groups.items()):
        small, large = (pick(members, key=lambda r: r["facts"]["towns"]) for pick in (min, max))
        if small["facts"]["towns"] < large["facts"]["towns"]:
            towns = [result["facts"]["towns"] for result in (small, large)]
            seconds = [result["summary"]["seconds"]["median"] for result in (small, large)]
            power = math.log(seconds[1] / seconds[0]) / math.log(towns[1] / towns[0])
            rows.append((kind, str(periods), series, f"{towns[0]:,}", f"{towns[1]:,}", _number(power, 2)))
    return table(("case", "periods", "series", "from towns", "to towns", "power"), rows) if rows else ""


def is_stopped(result: Result) -> bool:
    """Whether the time limit ended a run of yjopt."""
    return any(run["yjopt"].get("stopped_by") == "time" for run in result["runs"])


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
