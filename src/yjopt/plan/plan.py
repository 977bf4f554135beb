"""The plan: what a solve answers, as tables with their proof."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pandas as pd

from yjopt import __version__
from yjopt.engines.outcome import avoidable, gap, gap_scale
from yjopt.errors import PlanError
from yjopt.files import read_plan_folder, write_plan_folder
from yjopt.plan.notebook import html
from yjopt.plan.orders import OrderSheet, order_sheet
from yjopt.plan.statistics import statistics
from yjopt.plan.view import text
from yjopt.schema import OUTPUT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from yjopt.auditing import Audit
    from yjopt.engines.events import Event
    from yjopt.scenario import Scenario

#: Stages whose scale is the value of doing nothing; later stages are measured against the manual plan.
FIRST_STAGES = ("hard_rules", "rules", "unmet_people", "unmet_goods")
#: Stages that say who goes without.
UNMET_STAGES = ("unmet_people", "unmet_goods")


@dataclass(frozen=True, kw_only=True)
class StageResult:
    """One stage of a plan, in quanta.

    Parameters
    ----------
    name : str
    unit : int
        Quanta in one natural unit.
    value : int
    bound : int or None
        No plan as good in the stages before has a lower value.
    scale : int
        Value of doing nothing (first stages), or of the manual plan.
    manual : int
        Value of the manual plan.
    bound_proof : str
        Whose word the bound is: ``certificate``, ``solver``, ``trivial`` or ``none``.
    """

    name: str
    unit: int
    value: int
    bound: int | None
    scale: int
    manual: int
    bound_proof: str

    @property
    def gap(self) -> float:
        """Distance over value (definition 17)."""
        return gap(self.value, self.bound)

    @property
    def gap_scale(self) -> float:
        """Distance over scale (definition 17)."""
        return gap_scale(self.value, self.bound, self.scale)

    @property
    def avoidable(self) -> float:
        """Share of what the manual plan could be bettered by that this plan does (definition 17).

        1 where it could not be bettered; 0 without a bound, for then nothing is known of what could be.
        """
        return 0.0 if self.bound is None else avoidable(self.manual, self.value, self.bound)


@dataclass(frozen=True, kw_only=True, eq=False)
class Plan:
    """The answer: who sends what to whom, when; with status, stages and bounds.

    The tables are attributes: ``plan.shipments``, ``plan.admissions``, ``plan.isolations``, ``plan.deployments``,
    ``plan.openings``, ``plan.unmet`` and the others of the schema. A plan without tables raises `PlanError` when
    asked for one.

    Parameters
    ----------
    scenario : Scenario
        What it was made for.
    status : str
        ``optimal`` (every stage within the gap asked for), ``feasible``, ``no_plan``, ``impossible``, ``interrupted``.
    stopped_by : str
        ``proof``, ``gap``, ``time``, ``interrupt``, ``memory``, ``error``; ``done`` of the manual plan.
    stage_results : tuple of StageResult
        The stages in order.
    tables : mapping of str to DataFrame
        The plan tables; empty without a plan.
    engine : str
        Who was asked to solve it.
    method : str
        What ``auto`` has chosen, and why; blank under any other engine.
    seconds : mapping of str to float
        Time per phase: read, reach, index, assemble, manual, solve, plan, audit.
    size : mapping of str to int
        Rows, columns, integers and nonzeros of the matrix.
    notes : tuple of str
        What a reader must know: thinned pairs, delays ignored, why a plan is impossible.
    objective : StageResult or None
        The weighted sum, when one was asked for.
    trace : tuple of Event
        What happened during the solve.
    audited : Audit or None
        The audit right after the solve; None without a plan, or when it was read from files.
    """

    scenario: Scenario = field(repr=False)
    status: str
    stopped_by: str
    stage_results: tuple[StageResult, ...]
    tables: Mapping[str, pd.DataFrame] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    engine: str = ""
    method: str = ""
    seconds: Mapping[str, float] = field(default_factory=dict)
    size: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    objective: StageResult | None = None
    trace: tuple[Event, ...] = field(default=(), repr=False)
    audited: Audit | None = field(default=None, repr=False)

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name not in OUTPUT:
            raise AttributeError(f"A plan has no {name!r}; its tables are {', '.join(OUTPUT)}.")
        if name not in self.tables:
            raise PlanError(f"There is no plan to take {name!r} from: the status is {self.status!r}.")
        return self.tables[name]

    @property
    def stages(self) -> pd.DataFrame:
        """The stages in natural units: name, value, bound, gap, gap_scale, manual, bound_proof."""
        rows = [
            {
                "name": stage.name,
                "value": stage.value / stage.unit,
                "bound": math.nan if stage.bound is None else stage.bound / stage.unit,
                "gap": stage.gap,
                "gap_scale": stage.gap_scale,
                "manual": stage.manual / stage.unit,
                "bound_proof": stage.bound_proof,
            }
            for stage in self.stage_results
        ]
        columns = ["name", "value", "bound", "gap", "gap_scale", "manual", "bound_proof"]
        return pd.DataFrame(rows, columns=columns)

    @property
    def stage_values(self) -> dict[str, int]:
        """Exact value of each stage, in quanta."""
        return {stage.name: stage.value for stage in self.stage_results}

    @property
    def worst(self) -> StageResult | None:
        """The people or goods stage with the largest gap (the weighted sum, when that was minimised)."""
        unmet = [stage for stage in self.stage_results if stage.name in UNMET_STAGES] or list(
            self.stage_results
        )
        return self.objective or max(unmet, key=lambda stage: stage.gap_scale, default=None)

    @property
    def gap(self) -> float:
        """Gap, against its scale, of the worst of the people and goods stages."""
        return self.worst.gap_scale if self.worst else math.inf

    @property
    def avoidable(self) -> float:
        """Share of what the manual plan leaves unmet and could be saved that this plan saves; 1 if nothing could.

        Of the first of the people and goods stages in which the manual plan can be bettered: people and goods do
        not add up, and a bound of goods holds only for plans as good as this one for people.
        """
        for stage in self.stage_results:
            if stage.name in UNMET_STAGES and stage.manual > (stage.bound or 0):
                return stage.avoidable
        return 1.0

    def audit(self) -> Audit:
        """Check the plan again, from its tables and the scenario's, with independent code."""
        from yjopt.auditing import audit

        self._need_tables()
        return audit(self.scenario.canonical, self.tables)

    def statistics(self, by: str = "kind", level: str = "") -> pd.DataFrame:
        """What was wanted, met, waiting and lost; see `yjopt.plan.statistics.statistics`."""
        self._need_tables()
        return statistics(self.scenario, self.tables, by, level)

    def orders(self, unit: str) -> OrderSheet:
        """What one unit (an area, by id) has to send, take in, open and drive, and who asked for it.

        Raises
        ------
        PlanError
            If there is no plan, or no such area.
        """
        self._need_tables()
        return order_sheet(self.scenario, self.tables, unit)

    def summary(self) -> str:
        """What the plan is worth and what it leaves, in one screen of text."""
        return text(self)

    def write(self, path: str | Path) -> None:
        """Write the tables as CSV with ``plan.json``: whole or not at all, never over a folder that is not ours.

        Raises
        ------
        PlanError
            If there is no plan to write.
        FileError
            If the folder cannot be written.
        """
        self._need_tables()
        write_plan_folder(path, self.tables, self.header())

    @classmethod
    def read(cls, path: str | Path, scenario: Scenario) -> Plan:
        """Read a plan back.

        Raises
        ------
        FileError
            If the folder holds no plan, or a file was altered.
        PlanError
            If the plan was made for another scenario.
        """
        frames, header = read_plan_folder(path)
        if header.get("scenario") != scenario.digest:
            raise PlanError(
                f"The plan in {path} was made for another scenario, or the tables have changed since; solve again."
            )
        stages = tuple(StageResult(**stage) for stage in header["stages"])
        objective = header.get("objective")
        return cls(
            scenario=scenario,
            status=header["status"],
            stopped_by=header["stopped_by"],
            stage_results=stages,
            tables=MappingProxyType(frames),
            engine=header["engine"],
            method=header.get("method", ""),
            seconds=header["seconds"],
            size=header["size"],
            notes=tuple(header["notes"]),
            objective=StageResult(**objective) if objective else None,
        )

    def header(self) -> dict[str, Any]:
        """What ``plan.json`` says beside the hashes of the files."""
        return {
            "scenario": self.scenario.digest,
            "name": self.scenario.settings["name"],
            "yjopt": __version__,
            "status": self.status,
            "stopped_by": self.stopped_by,
            "engine": self.engine,
            "method": self.method,
            "stages": [vars(stage) for stage in self.stage_results],
            "objective": vars(self.objective) if self.objective else None,
            "seconds": dict(self.seconds),
            "size": dict(self.size),
            "notes": list(self.notes),
        }

    def _need_tables(self) -> None:
        if not self.tables:
            raise PlanError(
                f"There is no plan: the status is {self.status!r}, stopped by {self.stopped_by!r}."
            )

    def __reduce__(self) -> tuple[Any, ...]:
        # A read-only view cannot be pickled; what it shows can.
        fields = vars(self) | {"tables": dict(self.tables)}
        return partial(Plan, **fields), ()

    def __str__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        return html(self)
