"""What the command rules cost: the same scenario under each of them."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Final

from yjopt.auditing import audit
from yjopt.comparison.solving import Search
from yjopt.comparison.stages import stage_frame, stage_lines
from yjopt.errors import ModelError
from yjopt.plan.view import share

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

    from yjopt.plan import Plan
    from yjopt.scenario import Scenario

RULES: Final = ("flat", "priority", "strict")
DELAYS: Final = ("direct", "by_rung")


@dataclass(frozen=True, kw_only=True, eq=False)
class PriceOfRule:
    """Plans of one scenario under several rules.

    Parameters
    ----------
    scenario : Scenario
    plans : mapping of str to Plan
        Audited, by rule (or by the time that decisions take); the first is compared with.
    stages : DataFrame
        ``stage``, ``plan``, ``value``, ``bound``, ``gap``, ``difference`` (to the first plan).
    """

    scenario: Scenario
    plans: Mapping[str, Plan]
    stages: pd.DataFrame

    def text(self) -> str:
        """The stages side by side, for people."""
        return "\n".join(self._lines())

    def report(self) -> dict[str, Any]:
        """What the command line prints as JSON."""
        return {
            "plans": {label: plan_report(plan) for label, plan in self.plans.items()},
            "stages": self.stages.to_dict("records"),
        }

    def _lines(self) -> Iterator[str]:
        yield f"{self.scenario.settings['name'] or 'Scenario'}: the price of the rule"
        yield ""
        yield from stage_lines(self.stages)
        yield ""
        yield from (f"  {label}: {told(plan)}" for label, plan in self.plans.items())

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.text())}</pre>"


def plan_report(plan: Plan) -> dict[str, Any]:
    """Status of a plan of a comparison, as JSON says it."""
    return {
        "status": plan.status,
        "stopped_by": plan.stopped_by,
        "audit": plan.audited.ok if plan.audited is not None else None,
        "gap": plan.gap if plan.tables else None,
    }


def told(plan: Plan) -> str:
    """Status of a plan of a comparison in words."""
    audited = f", {plan.audited}" if plan.audited is not None else ""
    gap = f", gap {share(plan.gap)}" if plan.tables else ""
    return f"{plan.status.replace('_', ' ')}, stopped by {plan.stopped_by}{gap}{audited}"


def price_of_rule(
    scenario: Scenario,
    rules: Sequence[str] = RULES,
    *,
    delays: bool = False,
    gap: float = 1e-3,
    time_limit: float = 60.0,
    engine: str = "auto",
    seed: int = 0,
) -> PriceOfRule:
    """Plan a scenario under several rules of command, and lay the stages side by side.

    Parameters
    ----------
    scenario : Scenario
        All other settings, the time that decisions take among them, are as they stand there.
    rules : sequence of {"flat", "priority", "strict"}
        The first is what the others are compared with.
    delays : bool
        Compare the times of decisions instead (``direct``, ``by_rung``), under the scenario's own rule.
    gap, time_limit, engine, seed
        Of each solve, see `yjopt.solve`.

    Raises
    ------
    ModelError
        If a name is no rule, or stands there twice.
    """
    search = Search(gap=gap, time_limit=time_limit, engine=engine, seed=seed)
    if delays:
        changed = {word: scenario.replace({"delays": word}) for word in DELAYS}
    else:
        wrong = [rule for rule in rules if rule not in RULES]
        if wrong or len(set(rules)) != len(rules) or not rules:
            raise ModelError(
                f"Rules to compare are different ones of {', '.join(RULES)}, not {', '.join(rules)!r}."
            )
        changed = {rule: scenario.replace({"rule": rule}) for rule in rules}
    plans = {label: search.plan(one) for label, one in changed.items()}
    return PriceOfRule(
        scenario=scenario, plans=plans, stages=stage_frame(plans, _support_of_flat(scenario, plans))
    )


def _support_of_flat(scenario: Scenario, plans: Mapping[str, Plan]) -> dict[str, dict[str, float]]:
    """Support is no stage under rule flat; what its plan asks for is counted by the audit, as under priority."""
    plan = plans.get("flat")
    if plan is None or not plan.tables:
        return {}
    counted = audit(scenario.replace({"rule": "priority"}).canonical, plan.tables).stages
    return {"flat": {name: float(value) for name, value in counted.items() if name.startswith("support:")}}
