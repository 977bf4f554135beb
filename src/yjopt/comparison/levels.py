"""What a higher response level buys: which gates open, what stands behind them, and what it saves."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from yjopt.areas import Tree
from yjopt.comparison.gates import freed_means, opened_gates
from yjopt.comparison.modes import plan_report, told
from yjopt.comparison.solving import Search
from yjopt.comparison.stages import aligned, stage_frame, stage_lines
from yjopt.errors import ModelError
from yjopt.schema import RESPONSE_LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from yjopt.plan import Plan
    from yjopt.scenario import Scenario

AS_IS, RAISED = "as is", "raised"
#: Rows of means that text shows; the others are counted.
MOST_MEANS = 20


@dataclass(frozen=True, kw_only=True, eq=False)
class RaisedLevel:
    """Two plans: as things are, and with an area's response level raised.

    Parameters
    ----------
    scenario, raised : Scenario
    area, level : str
    from_period : int
    plans : mapping of str to Plan
        ``as is`` and ``raised``, both audited.
    gates : DataFrame
        What opens: ``gate``, ``opens``, ``which``, ``resource``, ``area`` and ``name`` of the takers, ``period`` to
        ``until``.
    means : DataFrame
        What stands behind these gates: ``gate``, ``table`` (``stocks``, ``receipts``, ``pools``, ``beds``,
        ``quotas``), ``place``, ``what`` (item, pool, class), ``authority``, ``kind``, ``quantity``.
    stages : DataFrame
        ``stage``, ``plan``, ``value``, ``bound``, ``gap``, ``difference`` (to ``as is``: negative is saved).
    """

    scenario: Scenario
    raised: Scenario
    area: str
    level: str
    from_period: int
    plans: Mapping[str, Plan]
    gates: pd.DataFrame
    means: pd.DataFrame
    stages: pd.DataFrame

    def text(self) -> str:
        """What the level frees and saves, for people."""
        return "\n".join(self._lines())

    def report(self) -> dict[str, Any]:
        """What the command line prints as JSON."""
        return {
            "area": self.area,
            "level": self.level,
            "from_period": self.from_period,
            "gates": self.gates.to_dict("records"),
            "means": self.means.to_dict("records"),
            "plans": {label: plan_report(plan) for label, plan in self.plans.items()},
            "stages": self.stages.to_dict("records"),
        }

    def _lines(self) -> Iterator[str]:
        name = self.scenario.settings["name"] or "Scenario"
        yield f"{name}: level {self.level} in {self.area} from period {self.from_period} on"
        yield ""
        if self.gates.empty:
            yield "  No gate opens by it."
        else:
            yield "  Opens:"
            head = ["gate", "opens", "for takers in", "periods"]
            yield from aligned([head, *(_gate_cells(row) for row in self.gates.to_dict("records"))])
        if len(self.means):
            yield ""
            yield "  Behind these gates:"
            head = ["what", "place", "authority", "kind", "quantity"]
            shown = self.means.head(MOST_MEANS).to_dict("records")
            yield from aligned([head, *(_means_cells(row) for row in shown)])
            if len(self.means) > MOST_MEANS:
                yield f"  and {len(self.means) - MOST_MEANS:,} more"
        yield ""
        yield from stage_lines(self.stages)
        yield ""
        yield from (f"  {label}: {told(plan)}" for label, plan in self.plans.items())

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.text())}</pre>"


def raise_level(
    scenario: Scenario,
    area: str,
    level: str,
    *,
    from_period: int = 1,
    gap: float = 1e-3,
    time_limit: float = 60.0,
    engine: str = "auto",
    seed: int = 0,
) -> RaisedLevel:
    """Tell what a response level of an area would buy, from two audited plans.

    Parameters
    ----------
    scenario : Scenario
    area : str
        Id of the area; areas inside it that have a milder level are raised, too.
    level : {"I", "II", "III", "IV"}
        I is the worst. Where an area has a worse one already, it keeps it.
    from_period : int
        The level holds from this period on.
    gap, time_limit, engine, seed
        Of each of the two solves, see `yjopt.solve`.

    Raises
    ------
    ModelError
        If there is no such area, level or period.
    """
    search = Search(gap=gap, time_limit=time_limit, engine=engine, seed=seed)
    changed = with_level(scenario, area, level, from_period)
    plans = {label: search.plan(one) for label, one in ((AS_IS, scenario), (RAISED, changed))}
    gates = opened_gates(scenario, changed)
    return RaisedLevel(
        scenario=scenario,
        raised=changed,
        area=area,
        level=level,
        from_period=from_period,
        plans=plans,
        gates=gates,
        means=freed_means(scenario, gates),
        stages=stage_frame(plans),
    )


def with_level(scenario: Scenario, area: str, level: str, from_period: int) -> Scenario:
    """The scenario with an area, and all inside it, at a level at least from a period on.

    Raises
    ------
    ModelError
        If there is no such area, level or period.
    """
    areas, levels = scenario.tables["areas"], scenario.tables["levels"]
    if area not in set(areas["area"]):
        raise ModelError(f"There is no area {area!r}; the table areas lists them.")
    if level not in RESPONSE_LEVELS:
        raise ModelError(f"There is no level {level!r}; levels are {', '.join(RESPONSE_LEVELS)}.")
    if not 1 <= from_period <= scenario.settings.periods:
        raise ModelError(f"Period {from_period} is none of 1 to {scenario.settings.periods}.")
    tree = Tree(areas)
    inside = tree.inside(tree.index(areas["area"]), tree.index([area])[0])
    ids = set(areas["area"][inside])
    mine = levels["area"].isin(ids).to_numpy(dtype=bool)
    told = (levels["level"] != "").to_numpy(dtype=bool)
    later = (levels["period"] >= from_period).to_numpy(dtype=bool)
    milder = levels["level"].map(lambda word: word != "" and _worse(level, word)).to_numpy(dtype=bool)
    frame = levels.copy()
    frame.loc[mine & told & later & milder, "level"] = level
    # Areas with words of their own do not follow the one above: each is told on the day, unless it is worse off.
    rows = []
    for one in sorted({area, *levels["area"][mine & told]}):
        own = levels[(levels["area"] == one) & told & ~later].sort_values("period")
        before = own["level"].iloc[-1] if len(own) else ""
        if before and not _worse(level, before):
            continue
        here = (frame["area"] == one) & (frame["period"] == from_period)
        if not here.any():
            rows.append({"area": one, "period": from_period, "level": level, "mode": "", "severity": ""})
        elif (frame.loc[here, "level"] == "").all():
            frame.loc[here, "level"] = level
    added = pd.DataFrame(rows, columns=["area", "period", "level", "mode", "severity"])
    return scenario.replace(levels=pd.concat([frame, added], ignore_index=True) if rows else frame)


def _worse(level: str, other: str) -> bool:
    return RESPONSE_LEVELS.index(level) < RESPONSE_LEVELS.index(other)


def _gate_cells(row: Mapping[Any, Any]) -> list[str]:
    what = " ".join(part for part in (row["opens"], row["which"]) if part)
    resource = f" ({row['resource']})" if row["resource"] else ""
    periods = f"{row['period']} to {row['until']}" if row["period"] < row["until"] else str(row["period"])
    return [row["gate"], f"{what}{resource}", f"{row['area']} {row['name']}".strip(), periods]


def _means_cells(row: Mapping[Any, Any]) -> list[str]:
    return [str(row["what"]), row["place"], row["authority"], row["kind"], f"{row['quantity']:,}"]
