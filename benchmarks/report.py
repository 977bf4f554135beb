"""The page of benchmarks: words that say what is measured, and tables and plots made of the result files alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from benchmarks import tables
from benchmarks.plots import plot_bounds_against_time, plot_time_against_size
from benchmarks.registry import benchmarks
from benchmarks.result_files import read_results

HEAD: Final = """\
# Benchmarks

Made by `python -m benchmarks report` from the files in `benchmarks/results`; no figure here is typed by hand. What is
measured, and how, stands in [`benchmarks/README.md`](../benchmarks/README.md). A *series* is a folder of results of
one time; *load* is the machine's own of the minute before the run, in which another run may have ended.
"""

SOLVES: Final = """\
## Whole solves

Seconds are those of `yjopt.solve`, from indexing to the audited plan. *gap_scale* is that of the worst of the people
and goods stages, *avoidable* the share of what could be saved beyond the plan by hand that is saved (the worst of the
seeds). *GiB* is what all processes held together at most.
"""

PHASES: Final = "### Seconds phase by phase\n"

GROWTH: Final = """\
### Growth

Seconds grow like this power of the number of towns. Only runs that came to their gap count: one that its limit ended
says how long the limit is.
"""

PEERS: Final = """\
## Peers on the very same matrix

Every peer gets yjopt's own matrix, stages and start (the plan by hand), a process of its own and a hard limit, and
minimises the stages in order, each held while later ones are minimised. It has *reached* a stage when its plan is no
worse than yjopt's beyond the gap asked for, and its own bound is within that gap, or as near as yjopt's. Its seconds
count from the built model on, yjopt's from the tables. One that was stopped counts with its limit. Plans are checked
in whole numbers against every row.
"""

STAGES: Final = "## Stage by stage\n"

BUILDING: Final = """\
## From tables to a model

yjopt and the reference in PuLP start from checked tables. The packages are handed the finished matrix and have only
to hold it, which favours them: finding, joining and numbering what goes into it is not theirs to do. *linopy* sums
terms over entries grouped by row, block by block, as its users do; *linopy-arrays* is given padded arrays. *Times
yjopt's* compares seconds of the processor with yjopt's index and assemble together, *assemble alone* with that phase,
which starts from joined arrays as they do.
"""

SOURCES: Final = """\
## Where the figures come from

A number after a commit counts the files that were changed since.
"""


def write_report(results: str | Path, page: str | Path) -> Path:
    """Write the page and, in a folder beside it of the same name, its plots.

    Parameters
    ----------
    results : path
        Folder of result files.
    page : path
        The Markdown file.
    """
    path = Path(page)
    known = [result for result in read_results(results) if "benchmark" in result]
    of = {name: [r for r in known if r["benchmark"] == name] for name in {r["benchmark"] for r in known}}
    scale = sorted(of.pop("scale", []), key=_order)
    building = of.pop("build", [])
    parts = [HEAD]
    if scale:
        parts += [SOLVES, tables.whole_solves(scale), _time_plot(scale, path), PHASES, tables.phases(scale)]
        parts += [GROWTH, tables.growth(scale) or "No case came to its gap at two sizes."]
        compared = tables.peers(scale)
        parts += [PEERS, compared] if compared else []
    if building:
        parts += [BUILDING, tables.building(building)]
    for name in sorted(of):
        parts += _others(name, of[name])
    if scale:
        parts.append(STAGES)
        for result in scale:
            parts += _one(result, path)
    parts += [SOURCES, tables.sources(known)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n\n".join(part.strip() for part in parts if part) + "\n", encoding="utf-8")
    return path


def _order(result: dict[str, Any]) -> tuple[Any, ...]:
    facts = result["facts"]
    return facts["kind"], facts["periods"], facts["towns"], result["series"]


def _time_plot(scale: list[dict[str, Any]], page: Path) -> str:
    image = page.with_suffix("") / "time-against-size.svg"
    plot_time_against_size(scale, image)
    return _link("Seconds of whole solves against the number of towns", image, page)


def _one(result: dict[str, Any], page: Path) -> list[str]:
    series = f"{result['series'].replace('/', '-')}-" if result["series"] else ""
    title = f"### {result['case']}" + (f" ({result['series']})" if result["series"] else "")
    parts = [title, tables.stages(result)]
    if times := tables.seconds_to_gaps(result):
        parts += ["Seconds until a gap against the scale was reached:", times]
    image = page.with_suffix("") / f"bounds-{series}{result['case']}.svg"
    if plot_bounds_against_time(result, image):
        parts.append(_link(f"Plans and bounds against time, {result['case']}", image, page))
    return parts


def _others(name: str, results: list[dict[str, Any]]) -> list[str]:
    """What a benchmark itself has to show for its results."""
    benchmark = benchmarks().get(name)
    if benchmark is None or benchmark.show is None:
        return []
    shown = [benchmark.show(result) for result in results]
    return [f"## {name}", f"{benchmark.meaning[0].upper()}{benchmark.meaning[1:]}."] + [
        f"```text\n{text}\n```" for text in shown
    ]


def _link(words: str, image: Path, page: Path) -> str:
    return f"![{words}]({image.relative_to(page.parent).as_posix()})"
