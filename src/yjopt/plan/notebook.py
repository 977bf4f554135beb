"""A plan as a notebook shows it: the same facts as the summary, as tables with bars."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from yjopt.plan.view import GAP_MEANS, broken, head, results, share, stage_cells, unmet_rows, worth

if TYPE_CHECKING:
    from collections.abc import Iterable

    from yjopt.plan.plan import Plan

# Colours with some transparency suit light and dark notebooks alike.
_STYLE = """<style>
.yjopt table{border-collapse:collapse;margin:.6em 0;font-variant-numeric:tabular-nums}
.yjopt th,.yjopt td{padding:.15em .8em;text-align:right;border:0}
.yjopt th{border-bottom:1px solid rgba(128,128,128,.6);font-weight:600}
.yjopt th:first-child,.yjopt td:first-child{text-align:left;padding-left:0}
.yjopt p{margin:.4em 0}.yjopt .small{opacity:.7;font-size:90%}
.yjopt .bar{display:inline-block;width:6em;height:.7em;background:rgba(128,128,128,.25);vertical-align:middle}
.yjopt .bar i{display:block;height:100%;background:rgba(31,119,180,.75)}
</style>"""


def html(plan: Plan) -> str:
    """The notebook view of a plan."""
    parts = [_STYLE, f"<p><b>{escape(head(plan))}</b></p>"]
    if plan.method:
        parts.append(f"<p class='small'>{escape(plan.method)}</p>")
    parts += [f"<p>{escape(note)}</p>" for note in plan.notes]
    if not plan.tables:
        return f"<div class='yjopt'>{''.join(parts)}<p>There is no plan.</p></div>"
    stages = [[escape(cell) for cell in stage_cells(stage)] for stage in results(plan)]
    parts += [
        _table(["stage", "value", "best possible", "gap", "by hand"], stages),
        f"<p class='small'>{escape(GAP_MEANS)}</p>",
        f"<p>{escape(worth(plan))}</p>",
    ]
    unmet = [
        [escape(label), *(f"{count:,}" for count in counts), f"{_bar(met)} {escape(share(met))}"]
        for label, *counts, met in unmet_rows(plan)
    ]
    if unmet:
        parts.append(_table(["", "wanted", "met", "waiting", "lost", "met"], unmet))
    lines = broken(plan)
    if lines:
        parts.append(
            f"<p>Rules not kept:</p><ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"
        )
    if plan.audited is not None:
        parts.append(f"<p>{escape(str(plan.audited))}</p>")
    rows = [[f"plan.{escape(name)}", f"{len(frame):,}"] for name, frame in plan.tables.items() if len(frame)]
    parts.append(f"<details><summary>Tables</summary>{_table(['table', 'rows'], rows)}</details>")
    return f"<div class='yjopt'>{''.join(parts)}</div>"


def _bar(part: float) -> str:
    return f"<span class='bar'><i style='width:{100 * min(max(part, 0.0), 1.0):.0f}%'></i></span>"


def _table(names: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    top = "".join(f"<th>{name}</th>" for name in names)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
