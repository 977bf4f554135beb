"""A plan for people: one screen of text, and the same as a notebook view."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yjopt.plan.plan import Plan, StageResult

_MEANING = {
    "hard_rules": "hard rules broken",
    "rules": "rules broken",
    "unmet_people": "people without",
    "unmet_goods": "goods short",
    "time": "load-minutes",
    "money": "yuan",
}
_KINDS = {
    "supply": "supplies (base units)",
    "durable": "durables (unit-periods)",
    "bed": "patients admitted",
    "isolation": "people isolated",
    "task": "team work",
}


def text(plan: Plan) -> str:
    """The summary of a plan."""
    return "\n".join(_lines(plan))


def _lines(plan: Plan) -> Iterator[str]:
    name = plan.scenario.settings["name"] or "Plan"
    yield f"{name}: {plan.status}, stopped by {plan.stopped_by}, engine {plan.engine or '-'}"
    for note in plan.notes:
        yield f"  note: {note}"
    if not plan.tables:
        yield "  There is no plan."
        return
    yield ""
    yield f"  {'stage':<22}{'value':>18}{'best possible':>18}{'gap':>9}{'by hand':>18}"
    for stage in plan.stage_results:
        yield _stage_line(stage)
    if plan.objective:
        yield _stage_line(plan.objective)
    yield ""
    yield f"  Of what the manual plan leaves unmet and could be saved, this plan saves {plan.avoidable:.1%}."
    yield ""
    yield f"  {'':<26}{'wanted':>14}{'met':>14}{'waiting':>12}{'lost':>12}{'met':>8}"
    for row in plan.statistics().itertuples(index=False):
        yield (
            f"  {_KINDS[str(row.kind)]:<26}{row.wanted:>14,}{row.met:>14,}{row.waiting:>12,}{row.lost:>12,}"
            f"{row.share_met:>8.1%}"
        )
    yield from _broken(plan)


def _stage_line(stage: StageResult) -> str:
    bound = "-" if stage.bound is None else _number(stage.bound / stage.unit)
    gap = "-" if math.isinf(stage.gap_scale) else f"{stage.gap_scale:.2%}"
    label = _MEANING.get(stage.name, stage.name)
    value, manual = _number(stage.value / stage.unit), _number(stage.manual / stage.unit)
    return f"  {label:<22}{value:>18}{bound:>18}{gap:>9}{manual:>18}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:,.3f}"


def _broken(plan: Plan) -> Iterator[str]:
    """Rules that the plan breaks, by rule and place."""
    exceptions = plan.tables["exceptions"]
    if exceptions.empty:
        return
    names = dict(
        zip(plan.scenario.tables["areas"]["area"], plan.scenario.tables["areas"]["name"], strict=True)
    )
    names |= dict(
        zip(plan.scenario.tables["places"]["place"], plan.scenario.tables["places"]["name"], strict=True)
    )
    yield ""
    yield "  Rules not kept:"
    spans = exceptions.groupby(["rule", "place", "what"])["period"].agg(["min", "max"]).reset_index()
    for row in spans.head(12).itertuples(index=False):
        place = str(row.place)
        where = names.get(place) or place
        yield f"    {row.rule!s}: {where} ({place}), {row.what!s}, period {row.min} to {row.max}"
    if len(spans) > 12:
        yield f"    and {len(spans) - 12:,} more in the table exceptions"


def html(plan: Plan) -> str:
    """The notebook view: the summary, and how many rows each table has."""
    rows = "".join(
        f"<tr><td style='text-align:left'>plan.{escape(name)}</td><td>{len(frame):,}</td></tr>"
        for name, frame in plan.tables.items()
        if len(frame)
    )
    return (
        f"<pre style='line-height:1.3'>{escape(text(plan))}</pre>"
        f"<details><summary>Tables</summary><table><tr><th>table</th><th>rows</th></tr>{rows}</table></details>"
    )
