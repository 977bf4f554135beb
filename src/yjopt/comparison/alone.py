"""Nobody worse off than alone: what each area reaches with its own means, as ceilings for the joint plan."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from yjopt.areas import Tree
from yjopt.comparison.modes import plan_report
from yjopt.comparison.solving import Search
from yjopt.comparison.stages import aligned
from yjopt.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np

    from yjopt.plan import Plan
    from yjopt.scenario import Scenario

#: Tables whose rows ask for something at a place.
_DEMANDS: Final = {"people": ("arrivals", "contacts", "tasks"), "goods": ("needs",)}
#: Tables whose rows are given by an authority.
_GIVEN_BY_AUTHORITY: Final = ("stocks", "receipts", "sources", "pools")
#: Tables whose rows are run by the unit of a place.
_RUN_BY_UNIT: Final = (
    "beds",
    "surge",
    "isolation_sites",
    "site_category",
    "occupied",
    "facilities",
    "residents",
)
#: Rules that also hold for areas inside, whoever else they hold for.
_SHARED: Final = ("opening_budget", "transfer_budget", "own_first", "backup_load")
#: Quanta of a stage in a hundredth of its unit, the grid of the figures of rules.
_HUNDREDTH: Final = 10_000


@dataclass(frozen=True, kw_only=True, eq=False)
class StandAlone:
    """What areas reach alone.

    Parameters
    ----------
    scenario : Scenario
    rows : DataFrame
        Rows of the table ``rules``: an ``unmet_ceiling`` for people and one for goods of each area that has such
        needs, the amount being what the area alone leaves unmet.
    areas : DataFrame
        ``area``, ``name``, ``what``, ``value`` (of the plan alone), ``bound``, ``status``.
    plans : mapping of str to Plan
        The plan of each area alone, audited.
    """

    scenario: Scenario
    rows: pd.DataFrame
    areas: pd.DataFrame
    plans: Mapping[str, Plan]

    def bound(self) -> Scenario:
        """The scenario with these ceilings, which replace others for the same areas."""
        rules = self.scenario.tables["rules"]
        key = ["rule", "area", "what"]
        mine = pd.MultiIndex.from_frame(self.rows[key])
        kept = rules[~pd.MultiIndex.from_frame(rules[key]).isin(mine)]
        return self.scenario.replace(rules=pd.concat([kept, self.rows], ignore_index=True))

    def text(self) -> str:
        """What each area reaches alone, for people."""
        return "\n".join(self._lines())

    def report(self) -> dict[str, Any]:
        """The facts as plain values."""
        return {
            "rows": self.rows.astype(object).where(self.rows.notna(), None).to_dict("records"),
            "areas": self.areas.to_dict("records"),
            "plans": {area: plan_report(plan) for area, plan in self.plans.items()},
        }

    def _lines(self) -> Iterator[str]:
        yield f"{self.scenario.settings['name'] or 'Scenario'}: what areas leave unmet by themselves"
        yield ""
        head = ["area", "what", "unmet alone", "best possible", "status"]
        yield from aligned([head, *(_cells(row) for row in self.areas.to_dict("records"))])

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.text())}</pre>"


def stand_alone(
    scenario: Scenario,
    areas: Sequence[str] | None = None,
    *,
    gap: float = 1e-3,
    time_limit: float = 60.0,
    engine: str = "auto",
    seed: int = 0,
) -> StandAlone:
    """Plan each area with its own means, and return the ceilings that keep it from being worse off in a joint plan.

    Alone an area has what authorities and units inside it have; opening and transfer budgets over it are all its
    own. Where a plan is not proven best, its area gets what the plan reached.

    Parameters
    ----------
    scenario : Scenario
    areas : sequence of str, optional
        Ids of areas of which none lies inside another; default: all counties.
    gap, time_limit, engine, seed
        Of each solve, see `yjopt.solve`.

    Raises
    ------
    ModelError
        If there is no such area, or one lies inside another.
    """
    search = Search(gap=gap, time_limit=time_limit, engine=engine, seed=seed)
    chosen = _areas(scenario, areas)
    plans: dict[str, Plan] = {}
    facts: list[dict[str, Any]] = []
    for area in chosen:
        alone = only_own(scenario, area)
        kinds = [what for what, tables in _DEMANDS.items() if any(len(alone.tables[name]) for name in tables)]
        if not kinds:
            continue
        plan = search.plan(alone)
        plans[area] = plan
        if not plan.tables:
            continue
        name = str(scenario.tables["areas"].set_index("area").loc[area, "name"])
        found = {stage.name: stage for stage in plan.stage_results}
        for what in kinds:
            stage = found.get(f"unmet_{what}")
            value = 0 if stage is None else stage.value
            bound = 0 if stage is None or stage.bound is None else stage.bound
            amount = -(-value // _HUNDREDTH) / 100
            facts.append(
                {
                    "area": area, "name": name, "what": what, "value": value / 1_000_000,
                    "bound": bound / 1_000_000, "status": plan.status, "amount": amount,
                }
            )  # fmt: skip
    columns = ["area", "name", "what", "value", "bound", "status", "amount"]
    frame = pd.DataFrame(facts, columns=columns)
    return StandAlone(
        scenario=scenario, rows=_ceilings(scenario, frame), areas=frame.drop(columns="amount"), plans=plans
    )


def only_own(scenario: Scenario, area: str) -> Scenario:
    """The scenario of an area alone: demands, givers and rules of others are left out; places and roads stay."""
    tables = scenario.tables
    tree = Tree(tables["areas"])
    (outer,) = tree.index([area])
    unit = tables["places"].set_index("place")["unit"]

    def within(ids: pd.Series[Any]) -> np.ndarray[Any, np.dtype[np.bool_]]:
        return tree.inside(tree.index(ids), outer)

    changed = {name: tables[name][within(tables[name]["authority"])] for name in _GIVEN_BY_AUTHORITY}
    for name in (*_RUN_BY_UNIT, *_DEMANDS["people"], *_DEMANDS["goods"], "quotas", "blind"):
        changed[name] = tables[name][within(tables[name]["place"].map(unit))]
    changed["skills"] = tables["skills"][tables["skills"]["pool"].isin(changed["pools"]["pool"])]
    skills = {*changed["skills"]["skill"], *changed["tasks"]["skill"], *tables["staffing"]["skill"]}
    use = tables["consumption"]
    changed["consumption"] = use[(use["kind"] != "skill") | use["what"].isin(skills)]
    rules = tables["rules"]
    nobody = (rules["rule"] == "mobile_quota") & ~rules["what"].isin(skills)
    above = tree.inside(outer, tree.index(rules["area"])) & rules["rule"].isin(_SHARED).to_numpy(dtype=bool)
    kept = (within(rules["area"]) | above) & (rules["rule"] != "unmet_ceiling").to_numpy(dtype=bool)
    changed["rules"] = rules[kept & ~nobody.to_numpy(dtype=bool)]
    return scenario.replace(None, **{name: frame.reset_index(drop=True) for name, frame in changed.items()})


def _areas(scenario: Scenario, areas: Sequence[str] | None) -> list[str]:
    table = scenario.tables["areas"]
    if areas is None:
        return sorted(table["area"][table["level"] == "county"])
    known = set(table["area"])
    for area in areas:
        if area not in known:
            raise ModelError(f"There is no area {area!r}; the table areas lists them.")
    tree = Tree(table)
    number = tree.index(areas)
    nested = tree.inside(number[:, None], number[None, :])
    if nested.sum() > len(number):
        raise ModelError("Areas that stand alone lie beside each other; one of these lies inside another.")
    return sorted(areas)


def _ceilings(scenario: Scenario, facts: pd.DataFrame) -> pd.DataFrame:
    """The facts as typed rows of the table ``rules``."""
    rules = scenario.tables["rules"]
    size = len(facts)
    told = {
        "rule": ["unmet_ceiling"] * size, "area": facts["area"], "what": facts["what"], "amount": facts["amount"],
        "from_period": [pd.NA] * size, "hard": [True] * size, "weight": [1.0] * size,
        "count_upper_units": [False] * size, "source": ["what the area reaches alone"] * size,
    }  # fmt: skip
    return pd.DataFrame({name: pd.Series(told[name], dtype=rules[name].dtype) for name in rules.columns})


def _cells(row: Mapping[Any, Any]) -> list[str]:
    name = f"{row['area']} {row['name']}".strip()
    return [name, row["what"], f"{row['value']:,.3f}", f"{row['bound']:,.3f}", row["status"]]
