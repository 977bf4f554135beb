"""What a sweep found: one row a variant, stage by stage, and the plans that were kept."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from yjopt.comparison.stages import aligned
from yjopt.errors import PlanError
from yjopt.plan.view import number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from yjopt.generation.changes import Variant
    from yjopt.plan import Plan
    from yjopt.scenario import Scenario
    from yjopt.sweeping.tasks import Answer

#: Columns before those of the stages, and behind them.
FIRST_COLUMNS: Final = ("variant", "kind", "status", "stopped_by", "gap", "avoidable")
LAST_COLUMNS: Final = ("seconds", "error")
#: What is told of every stage: ``unmet_people.value`` and so on.
STAGE_FIGURES: Final = ("value", "bound", "gap", "manual")
#: Variants that text shows; the others are counted.
MOST_ROWS: Final = 25


@dataclass(frozen=True, kw_only=True, eq=False)
class Sweep:
    """Plans of many variants of one scenario.

    Parameters
    ----------
    scenario : Scenario
        What the variants change.
    variants : tuple of Variant
    table : DataFrame
        One row a variant, in their order: ``variant``, ``kind``, ``status`` (of the plan, or ``failed``, ``late``,
        ``not_run``), ``stopped_by``, ``gap`` (against its scale, of the worst of the people and goods stages),
        ``avoidable``, then for every stage in natural units ``<stage>.value``, ``.bound``, ``.gap`` and ``.manual``
        (of the plan by hand), ``seconds`` by the clock, ``error``. What a variant does not have is NaN.
    plans : mapping of str to Plan
        By name of the variant, audited; empty unless they were to be kept.
    phases : DataFrame
        One row a variant that was planned: ``variant`` and seconds per phase.
    seconds : float
        Of the whole sweep, by the clock.
    is_interrupted : bool
        Whether it was ended before all was done.
    """

    scenario: Scenario
    variants: tuple[Variant, ...]
    table: pd.DataFrame
    plans: Mapping[str, Plan]
    phases: pd.DataFrame
    seconds: float
    is_interrupted: bool = False

    @property
    def stages(self) -> pd.DataFrame:
        """The stages below each other: ``variant``, ``stage``, ``value``, ``bound``, ``gap``, ``manual``."""
        columns = [str(column) for column in self.table]
        names = [column.removesuffix(".value") for column in columns if column.endswith(".value")]
        parts = [
            pd.DataFrame(
                {"variant": self.table["variant"], "stage": name}
                | {figure: self.table[f"{name}.{figure}"] for figure in STAGE_FIGURES}
            )
            for name in names
        ]
        columns = ["variant", "stage", *STAGE_FIGURES]
        if not parts:
            return pd.DataFrame(columns=columns)
        # Stable, so that each variant has its stages in their order.
        below = pd.concat(parts).sort_index(kind="stable").reset_index(drop=True)
        return below[below["value"].notna()].reset_index(drop=True)

    def scenario_of(self, name: str) -> Scenario:
        """The scenario of a variant.

        Raises
        ------
        PlanError
            If there is no such variant.
        """
        for variant in self.variants:
            if variant.name == name:
                return variant.apply(self.scenario)
        raise PlanError(f"There is no variant {name!r} in this sweep; its table lists them.")

    def plan(self, name: str) -> Plan:
        """The plan of a variant.

        Raises
        ------
        PlanError
            If there is none, or plans were not kept.
        """
        if name in self.plans:
            return self.plans[name]
        self.scenario_of(name)
        if not self.plans:
            raise PlanError("The plans of this sweep were not kept; sweep with keep_plans=True.")
        raise PlanError(f"The variant {name!r} has no plan; its row in the table says why.")

    def text(self) -> str:
        """The first stages of every variant, worst last, for people."""
        return "\n".join(self._lines())

    def report(self) -> dict[str, Any]:
        """The facts as plain values."""
        rows = self.table.astype(object).where(self.table.notna(), None).to_dict("records")
        return {
            "name": self.scenario.settings["name"],
            "variants": rows,
            "seconds": self.seconds,
            "interrupted": self.is_interrupted,
        }

    def _lines(self) -> Iterator[str]:
        name, total = self.scenario.settings["name"] or "Scenario", len(self.table)
        done = int(self.table["gap"].notna().sum())
        yield f"{name}: {done:,} of {total:,} variants have a plan, {self.seconds:.1f} s"
        if self.is_interrupted:
            yield "Interrupted: what was done by then is kept."
        yield ""
        shown = [f"{stage}.value" for stage in ("unmet_people", "unmet_goods", "money")]
        shown = [column for column in shown if column in self.table]
        by = [column for column in shown if column.startswith("unmet")]
        rows = self.table.sort_values(by, ascending=False, kind="stable") if by else self.table
        head = [
            "variant",
            "status",
            *(column.rpartition(".")[0].replace("_", " ") for column in shown),
            "gap",
        ]
        yield from aligned([head, *(_cells(row, shown) for row in rows.head(MOST_ROWS).to_dict("records"))])
        if total > MOST_ROWS:
            yield f"  and {total - MOST_ROWS:,} more in the table"
        told = self.table[self.table["error"] != ""]
        if len(told):
            yield ""
            for row in told.head(MOST_ROWS).to_dict("records"):
                yield f"  {row['variant']}: {row['error']}"

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.text())}</pre>"


def table_of(variants: Sequence[Variant], answers: Sequence[Answer]) -> pd.DataFrame:
    """The rows of a sweep; the stages in the order of the plans that have them."""
    names: list[str] = []
    for answer in answers:
        at = 0
        for stage in answer.stages:
            if stage.name in names:
                at = names.index(stage.name) + 1
            else:
                names.insert(at, stage.name)
                at += 1
    figures = [f"{name}.{figure}" for name in names for figure in STAGE_FIGURES]
    rows = [
        {
            "variant": variant.name,
            "kind": variant.kind,
            "status": answer.status,
            "stopped_by": answer.stopped_by,
            "gap": answer.gap,
            "avoidable": answer.avoidable,
            **_figures(answer),
            "seconds": answer.seconds,
            "error": answer.error,
        }
        for variant, answer in zip(variants, answers, strict=True)
    ]
    frame = pd.DataFrame(rows, columns=[*FIRST_COLUMNS, *figures, *LAST_COLUMNS])
    numbers = ["gap", "avoidable", "seconds", *figures]
    return frame.astype(dict.fromkeys(numbers, "float64"))


def phases_of(variants: Sequence[Variant], answers: Sequence[Answer]) -> pd.DataFrame:
    """Seconds per phase of every variant that was planned."""
    rows = [
        {"variant": variant.name, **answer.phases}
        for variant, answer in zip(variants, answers, strict=True)
        if answer.phases is not None
    ]
    return pd.DataFrame(rows) if rows else pd.DataFrame(columns=["variant"])


def _figures(answer: Answer) -> dict[str, float]:
    found: dict[str, float] = {}
    for stage in answer.stages:
        found[f"{stage.name}.value"] = stage.value / stage.unit
        found[f"{stage.name}.bound"] = math.nan if stage.bound is None else stage.bound / stage.unit
        found[f"{stage.name}.gap"] = stage.gap
        found[f"{stage.name}.manual"] = stage.manual / stage.unit
    return found


def _cells(row: Mapping[Any, Any], shown: Sequence[str]) -> list[str]:
    figures = ["-" if math.isnan(row[column]) else number(row[column]) for column in shown]
    gap = "-" if math.isnan(row["gap"]) else f"{row['gap']:.2%}"
    return [row["variant"], str(row["status"]).replace("_", " "), *figures, gap]
