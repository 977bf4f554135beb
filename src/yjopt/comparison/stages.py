"""Stage values of several plans beside each other."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from yjopt.plan.view import number, stage_label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from yjopt.plan import Plan

STAGE_COLUMNS = ("stage", "plan", "value", "bound", "gap", "difference")


def stage_frame(
    plans: Mapping[str, Plan], extra: Mapping[str, Mapping[str, float]] | None = None
) -> pd.DataFrame:
    """The stages of several plans.

    Parameters
    ----------
    plans : mapping of str to Plan
        By label; the first is what the others are compared with.
    extra : mapping of str to mapping of str to float, optional
        By label and stage, values of stages that a plan was not made for; they have no bound.

    Returns
    -------
    DataFrame
        One row a stage and plan, in the order of stages: ``stage``, ``plan`` (label), ``value`` and ``bound`` in
        natural units, ``gap`` (of the value), ``difference`` (to the first plan's value). A stage that a plan does
        not have is missing (NaN).
    """
    found = {
        label: {stage.name: stage for stage in plan.stage_results} if plan.tables else {}
        for label, plan in plans.items()
    }
    rows: list[dict[str, Any]] = []
    for name in _order([list(stages) for stages in found.values()]):
        first = math.nan
        for number_, (label, stages) in enumerate(found.items()):
            stage = stages.get(name)
            value, bound, gap = (extra or {}).get(label, {}).get(name, math.nan), math.nan, math.nan
            if stage is not None:
                value, gap = stage.value / stage.unit, stage.gap
                bound = math.nan if stage.bound is None else stage.bound / stage.unit
            first = value if number_ == 0 else first
            rows.append(
                {
                    "stage": name, "plan": label, "value": value, "bound": bound, "gap": gap,
                    "difference": value - first,
                }
            )  # fmt: skip
    return pd.DataFrame(rows, columns=list(STAGE_COLUMNS))


def stage_lines(stages: pd.DataFrame) -> Iterator[str]:
    """The frame of `stage_frame` as a table of text: a line a stage, a column a plan, differences at the end."""
    labels = list(dict.fromkeys(stages["plan"]))
    names = list(dict.fromkeys(stages["stage"]))
    cell = stages.set_index(["stage", "plan"])
    rows = [["stage", *labels, *(f"{label} - {labels[0]}" for label in labels[1:])]]
    for name in names:
        values = [_figure(cell.loc[(name, label), "value"]) for label in labels]
        differences = [_figure(cell.loc[(name, label), "difference"], signed=True) for label in labels[1:]]
        rows.append([stage_label(name), *values, *differences])
    yield from aligned(rows)


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Lines of cells: the first column to the left, the others to the right."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for row in rows:
        cells = [row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))]
        yield f"  {'  '.join(cells)}".rstrip()


def _figure(value: float, *, signed: bool = False) -> str:
    if math.isnan(value):
        return "-"
    return f"{'+' if signed and value > 0 else ''}{number(value)}"


def _order(lists: Sequence[Sequence[str]]) -> list[str]:
    """All names, those of each list in its order: a name that is new goes after what stands before it there."""
    merged: list[str] = []
    for names in lists:
        at = 0
        for name in names:
            if name in merged:
                at = merged.index(name) + 1
            else:
                merged.insert(at, name)
                at += 1
    return merged
