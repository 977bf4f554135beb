"""A plan for people: one screen of text."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from yjopt.plan.plan import Plan, StageResult

_LABELS: Final = {
    "hard_rules": "hard rules broken",
    "rules": "rules broken",
    "unmet_people": "unmet people",
    "unmet_goods": "unmet goods",
    "time": "time, load-minutes",
    "money": "money, yuan",
    "weighted": "weighted sum",
}
#: Kinds of unmet demand in the order of the stages, with what is counted.
KINDS: Final = {
    "bed": "patients admitted",
    "isolation": "people isolated",
    "task": "team tasks (teams, work)",
    "durable": "durables in use (units, periods)",
    "supply": "supplies (base units)",
}
#: Broken rules that are named; the others are counted.
MOST_BROKEN: Final = 12

GAP_MEANS: Final = "gap: of what doing nothing would cost (from support on: of the plan by hand)"


def text(plan: Plan) -> str:
    """The summary of a plan."""
    return "\n".join(_lines(plan))


def stage_label(name: str) -> str:
    """A stage's name for people.

    >>> stage_label("unmet_people"), stage_label("support:peer-1")
    ('unmet people', 'support from peer-1')
    """
    return _LABELS.get(name, name.replace("support:", "support from "))


def head(plan: Plan) -> str:
    """One line: whose plan, how good, why the search ended."""
    name = plan.scenario.settings["name"] or "Plan"
    by = f", engine {plan.engine}" if plan.engine else ""
    return f"{name}: {plan.status.replace('_', ' ')}, stopped by {plan.stopped_by}{by}"


def results(plan: Plan) -> list[StageResult]:
    """The stages, and the weighted sum if one was minimised."""
    return [*plan.stage_results, *([plan.objective] if plan.objective else [])]


def stage_cells(stage: StageResult) -> tuple[str, str, str, str, str]:
    """What a table of stages shows of one: label, value, best possible, gap, by hand."""
    bound = "-" if stage.bound is None else number(stage.bound / stage.unit)
    return (
        stage_label(stage.name),
        number(stage.value / stage.unit),
        bound,
        share(stage.gap_scale),
        number(stage.manual / stage.unit),
    )


def number(value: float) -> str:
    """A number in as many digits as help: whole when large.

    >>> number(1442077.47), number(391.225), number(77.0)
    ('1,442,077', '391.225', '77')
    """
    return f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:,.3f}"


def share(value: float) -> str:
    """A share in percent; never shown as nothing or as all when it is not quite.

    >>> share(0.0), share(0.00002), share(0.99999), share(float("inf"))
    ('0 %', '<0.01 %', '>99.99 %', '-')
    """
    if not math.isfinite(value):
        return "-"
    if 0 < value < 1e-4:
        return "<0.01 %"
    if 1 - 1e-4 < value < 1:
        return ">99.99 %"
    return f"{value:.0%}".replace("%", " %") if value in (0, 1) else f"{value:.2%}".replace("%", " %")


def worth(plan: Plan) -> str:
    """One sentence: what the plan is worth against the plan made by hand."""
    if not any(stage.bound_proof != "none" for stage in plan.stage_results):
        return "Nothing is proven of this plan: no solver was asked."
    for stage in plan.stage_results:
        if stage.name in ("unmet_people", "unmet_goods") and stage.manual > (stage.bound or 0):
            what = stage_label(stage.name)
            by_hand, best = number(stage.manual / stage.unit), number((stage.bound or 0) / stage.unit)
            return (
                f"By hand {what} would be {by_hand}, at best {best}: "
                f"this plan saves {share(stage.avoidable)} of what can be saved."
            )
    return "Nobody and nothing is unmet that could be met; the plan by hand is as good in this."


def unmet_rows(plan: Plan) -> list[tuple[str, int, int, int, int, float]]:
    """Rows of the table of unmet demand: label, wanted, met, waiting, lost, share met."""
    found = {str(row["kind"]): row for row in plan.statistics().to_dict("records")}
    return [
        (
            label,
            *(int(found[kind][name]) for name in ("wanted", "met", "waiting", "lost")),
            found[kind]["share_met"],
        )
        for kind, label in KINDS.items()
        if kind in found
    ]


def broken(plan: Plan) -> list[str]:
    """A line for each rule that is not kept somewhere, with names and periods."""
    exceptions = plan.tables["exceptions"]
    if exceptions.empty:
        return []
    names = _names(plan.scenario.tables["areas"], "area") | _names(plan.scenario.tables["places"], "place")
    keys = ["rule", "place", "what"]
    spans = exceptions.groupby(keys).agg(
        first=("period", "min"), last=("period", "max"), most=("amount", "max")
    )
    lines = [
        f"{row['rule']}: {names.get(row['place']) or row['place']} ({row['place']}), {row['what']}, "
        f"{_span(row['first'], row['last'])}, short by {row['most']:,}"
        for row in spans.reset_index().head(MOST_BROKEN).to_dict("records")
    ]
    if len(spans) > MOST_BROKEN:
        lines.append(f"and {len(spans) - MOST_BROKEN:,} more in the table exceptions")
    return lines


def _names(frame: pd.DataFrame, key: str) -> dict[str, str]:
    return dict(zip(frame[key], frame["name"], strict=True))


def _span(first: int, last: int) -> str:
    return f"period {first}" if first == last else f"periods {first} to {last}"


def _lines(plan: Plan) -> Iterator[str]:
    yield head(plan)
    if plan.method:
        yield f"  {plan.method}"
    for note in plan.notes:
        yield f"  note: {note}"
    if not plan.tables:
        yield "  There is no plan."
        return
    yield ""
    yield from _table(
        ["stage", "value", "best possible", "gap", "by hand"], [stage_cells(s) for s in results(plan)]
    )
    yield f"  {GAP_MEANS}"
    yield ""
    yield f"  {worth(plan)}"
    rows = unmet_rows(plan)
    if rows:
        yield ""
        cells = [(label, *(f"{n:,}" for n in counts), share(met)) for label, *counts, met in rows]
        yield from _table(["", "wanted", "met", "waiting", "lost", "met"], cells)
    lines = broken(plan)
    if lines:
        yield ""
        yield "  Rules not kept:"
        yield from (f"    {line}" for line in lines)


def _table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns as wide as what stands in them: the first to the left, numbers to the right."""
    widths = [max(len(row[at]) for row in [names, *rows]) for at in range(len(names))]
    for row in [names, *rows]:
        cells = [
            row[0].ljust(widths[0]),
            *(cell.rjust(wide) for cell, wide in zip(row[1:], widths[1:], strict=True)),
        ]
        yield f"  {'  '.join(cells)}"
