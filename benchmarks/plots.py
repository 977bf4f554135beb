"""Plots of the page of benchmarks, out of the result files and nothing else."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from benchmarks.environment import ABSENT
from benchmarks.tables import is_stopped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

Result = dict[str, Any]

#: A colour for everyone (Okabe and Ito's, which the colour-blind tell apart), the same in every plot.
COLOURS: Final = {
    "yjopt": "#000000",
    "highs": "#0072B2",
    "scip": "#D55E00",
    "cbc": "#009E73",
    "cp-sat": "#CC79A7",
    "glop": "#E69F00",
}
GREYS: Final = ("#000000", "#777777", "#aaaaaa")
DASHES: Final = ("-", "--", ":", "-.")
MARKS: Final = "osDvP*X"
#: Stages whose bounds are drawn, with the words for them.
DRAWN: Final = {"unmet_people": "people, weighted, unmet", "unmet_goods": "goods, weighted, unmet"}
#: From this ratio of largest to least on, an axis of values is logarithmic above its linear part.
LARGE_RATIO: Final = 10.0
#: Nothing is drawn before this moment: what a search starts from would take up the plot.
FIRST_SECOND: Final = 0.1


def plot_time_against_size(results: Sequence[Result], path: Path) -> bool:
    """Seconds of whole solves against towns; False when there is nothing to draw."""
    if not results:
        return False
    with _figure(path, (8.0, 5.0)) as figure:
        axes = figure.subplots()
        lines: dict[tuple[str, int, str], list[tuple[int, float]]] = {}
        for result in results:
            facts = result["facts"]
            key = facts["kind"], facts["periods"], result["series"]
            lines.setdefault(key, []).append((facts["towns"], result["summary"]["seconds"]["median"]))
        for number, ((kind, periods, series), points) in enumerate(sorted(lines.items())):
            name = f"yjopt, {kind}, {periods} period{'s' if periods > 1 else ''}{f', {series}' if series else ''}"
            axes.plot(
                *zip(*sorted(points), strict=True),
                # Colours are the peers': lines of yjopt differ in shade, dashes and marks.
                color=GREYS[number // len(DASHES) % len(GREYS)],
                linestyle=DASHES[number % len(DASHES)],
                marker=MARKS[number % len(MARKS)],
                label=name,
            )
        stopped = [result for result in results if is_stopped(result)]
        axes.plot(
            [result["facts"]["towns"] for result in stopped],
            [result["summary"]["seconds"]["median"] for result in stopped],
            linestyle="none",
            marker="o",
            markersize=3,
            color="white",
        )
        _draw_peers(axes, results)
        axes.set(xscale="log", yscale="log", xlabel="towns", ylabel="seconds of a whole solve")
        towns = sorted({result["facts"]["towns"] for result in results})
        seconds = [value for line in axes.lines for value in line.get_ydata()]
        axes.set(xlim=(min(towns) / 2, max(towns) * 2), ylim=(min(seconds) / 3, max(seconds) * 3))
        axes.set_xticks(towns, [f"{town:,}" for town in towns])
        axes.minorticks_off()
        axes.grid(which="major", alpha=0.3)
        axes.set_title(
            "Time against size: median of the seeds. Stopped by the limit: white in the middle; peers: an arrow",
            fontsize=11,
        )
        axes.legend(fontsize=8, loc="upper left", bbox_to_anchor=(1.01, 1.0), frameon=False)
    return True


def _draw_peers(axes: Any, results: Sequence[Result]) -> None:
    """Peers beside the line of yjopt: a dot where they reached its values, an arrow where they were stopped."""
    shown: set[str] = set()
    # So many at one size and one limit would hide each other.
    places = {name: 1.0 + 0.05 * number for number, name in enumerate(COLOURS)}
    for result in results:
        for name, told in result["summary"].get("peers", {}).items():
            if "seconds" not in told:
                continue
            is_reached = set(told["results"]) == {"reached"}
            axes.plot(
                [result["facts"]["towns"] * places[name]],
                [told["seconds"]["median"]],
                linestyle="none",
                marker="o" if is_reached else "^",
                markersize=8,
                markerfacecolor=COLOURS[name] if is_reached else "none",
                markeredgecolor=COLOURS[name],
                label=None if name in shown else name,
            )
            shown.add(name)


def plot_bounds_against_time(result: Result, path: Path) -> bool:
    """Values and bounds of the people and goods stages as the first run's searches went on."""
    run = result["runs"][0]
    curves = {"yjopt": run["yjopt"]["events"]}
    limit = run.get("peers", {}).get("limit", 0.0)
    for name, peer in run.get("peers", {}).items():
        if name != "limit" and peer["result"] != ABSENT:
            curves[name] = peer["curve"]
    units = {stage["name"]: stage["unit"] for stage in run["yjopt"]["stages"]}
    drawn = [name for name in DRAWN if name in units and _has_points(curves["yjopt"], name)]
    if not drawn:
        return False
    with _figure(path, (8.0, 3.4 * len(drawn) + 0.6)) as figure:
        panels = figure.subplots(len(drawn), 1, sharex=True, squeeze=False)[:, 0]
        longest = max(limit, run["yjopt"]["seconds"]["total"])
        for axes, stage in zip(panels, drawn, strict=True):
            for name, events in curves.items():
                _draw_curve(axes, events, stage, units[stage], name, longest)
            _scale(axes)
            axes.set(ylabel=DRAWN[stage], xscale="log")
            axes.grid(alpha=0.3)
        panels[-1].set_xlabel("seconds since the search began (yjopt: since solve was called)")
        panels[0].legend(fontsize=8, loc="upper left", bbox_to_anchor=(1.01, 1.0), frameon=False)
        panels[0].set_title(f"{result['case']}: plans (solid) and bounds (dashed)", fontsize=11)
    return True


def _has_points(events: Sequence[Result], stage: str) -> bool:
    return any(event["stage"] == stage and event["value"] is not None for event in events)


def _draw_curve(
    axes: Any, events: Sequence[Result], stage: str, unit: int, name: str, longest: float
) -> None:
    """The best value and the best bound so far, as steps to the end."""
    label = name
    for kind, style, choose in (("value", "-", min), ("bound", "--", max)):
        known = [
            (min(event["seconds"], longest), event[kind] / unit)
            for event in events
            if event["stage"] == stage and event[kind] is not None
        ]
        if not known or (name == "glop" and kind == "value"):
            continue
        seconds, values = [known[0][0]], [known[0][1]]
        for when, value in known[1:]:
            seconds.append(when)
            values.append(choose(values[-1], value))
        axes.step(
            [max(when, FIRST_SECOND) for when in [*seconds, longest]],
            [*values, values[-1]],
            where="post",
            linestyle=style,
            color=COLOURS[name],
            linewidth=2.2 if name == "yjopt" else 1.3,
            label=label,
        )
        label = None


def _scale(axes: Any) -> None:
    """Logarithmic where values are far apart, linear near 0 where there is no logarithm."""
    values = [float(value) for line in axes.lines for value in line.get_ydata()]
    positive = [value for value in values if value > 0]
    if positive and max(positive) > LARGE_RATIO * min(positive):
        axes.set_yscale("symlog", linthresh=min(positive))
    axes.set_ylim(bottom=min(0.0, *values))


@contextmanager
def _figure(path: Path, size: tuple[float, float]) -> Iterator[Any]:
    """A figure that is written as SVG, the same bytes for the same figures."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context({"svg.hashsalt": "yjopt", "svg.fonttype": "path", "font.size": 10}):
        figure = Figure(figsize=size)
        yield figure
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, metadata={"Date": None}, bbox_inches="tight")
