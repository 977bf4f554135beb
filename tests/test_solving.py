"""From tables to an audited plan: statuses, proofs, the word of the audit, and plans that do not depend on chance."""

from __future__ import annotations

import dataclasses
import math
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from tiny import FAMILIES

import yjopt as yj
from yjopt.plan import UNMET_STAGES
from yjopt.schema import INPUT, OUTPUT

if TYPE_CHECKING:
    from yjopt.engines.outcome import Outcome
    from yjopt.engines.params import Params
    from yjopt.model.mip import IntArray, Mip

QUICK = [(family, seed) for family in FAMILIES for seed in (1, 2)]


def tiny(family: str, seed: int) -> yj.Scenario:
    """A tiny scenario of a family."""
    return yj.Scenario.from_tables(*FAMILIES[family](seed))


def one_county(hard: bool, sites: int) -> yj.Scenario:
    """A county that must hold one site for contacts; `sites` of them exist."""
    tables = {
        "areas": pd.DataFrame([("A", "county", "", "甲县")], columns=["area", "level", "parent", "name"]),
        "places": pd.DataFrame(
            [("a", "town", "A"), *((f"s{n}", "isolation", "A") for n in range(sites))],
            columns=["place", "kind", "area"],
        ),
        "roads": pd.DataFrame(
            [("a", f"s{n}", 10.0) for n in range(sites)], columns=["from", "to", "minutes"]
        ),
        "categories": pd.DataFrame([("close", 7)], columns=["category", "stay"]),
        "isolation_sites": pd.DataFrame([(f"s{n}", 5) for n in range(sites)], columns=["place", "rooms"]),
        "site_category": pd.DataFrame(
            [(f"s{n}", "close") for n in range(sites)], columns=["place", "category"]
        ),
        "contacts": pd.DataFrame([("a", "close", 1, 4)], columns=["place", "category", "period", "people"]),
        "rules": pd.DataFrame(
            [("isolation_minimum", "A", "close", 1, hard)], columns=["rule", "area", "what", "amount", "hard"]
        ),
    }
    return yj.Scenario.from_tables(tables, {"periods": 2})


@pytest.mark.parametrize(("family", "seed"), QUICK)
def test_every_plan_is_proven_and_agrees_with_its_audit(family: str, seed: int) -> None:
    """At gap 0 each stage is proven; the audit finds the same values; the manual plan is never better."""
    plan = yj.solve(tiny(family, seed), gap=0, time_limit=60)
    if plan.status == "impossible":
        assert plan.stage_values["hard_rules"] > 0
        return
    assert (plan.status, plan.stopped_by) == ("optimal", "proof")
    assert (plan.stages["gap"] == 0).all()
    assert (plan.stages["bound"] <= plan.stages["value"]).all()
    audited = plan.audit()
    assert audited.ok
    assert {name: audited.stages.get(name, 0) for name in plan.stage_values} == plan.stage_values
    first = next((s for s in plan.stage_results if s.value != s.manual), None)
    assert first is None or first.value < first.manual
    assert 0 <= plan.avoidable <= 1


@pytest.mark.long
@pytest.mark.parametrize("family", FAMILIES)
def test_a_thousand_plans_pass_the_audit(family: str) -> None:
    """112 seeds of each of nine families, none of them among the quick ones: 1,008 plans, found under a short limit."""
    for seed in range(1000, 1112):
        plan = yj.solve(tiny(family, seed), gap=0.01, time_limit=20)
        assert plan.status in ("optimal", "feasible", "impossible"), (family, seed)
        assert plan.status == "impossible" or plan.audit().ok, (family, seed)


def test_a_hard_rule_that_cannot_hold_is_impossible_and_named() -> None:
    """No site at all: the rule, the county and the category stand in the notes, and there are no tables."""
    plan = yj.solve(one_county(hard=True, sites=0), time_limit=20)
    assert (plan.status, plan.stopped_by) == ("impossible", "proof")
    assert any("isolation_minimum" in note and "A 甲县" in note and "close" in note for note in plan.notes)
    with pytest.raises(yj.PlanError, match="impossible"):
        _ = plan.shipments
    with pytest.raises(yj.PlanError, match="no plan"):
        plan.audit()


def test_a_soft_rule_is_counted_instead() -> None:
    """The same rule, soft: one site short in each of two periods."""
    plan = yj.solve(one_county(hard=False, sites=0), time_limit=20)
    assert plan.status == "optimal"
    assert plan.stage_values["rules"] == 2_000
    assert plan.exceptions["amount"].tolist() == [1, 1]


def test_a_hard_rule_that_holds_costs_nothing() -> None:
    """One site, one group of four: everybody is isolated on the first day."""
    plan = yj.solve(one_county(hard=True, sites=1), time_limit=20)
    assert plan.status == "optimal"
    assert plan.stage_values["hard_rules"] == 0
    assert plan.stage_values["unmet_people"] == 0
    assert plan.isolations["people"].tolist() == [4]
    assert plan.holdings["period"].tolist() == [1, 2]


@pytest.mark.parametrize("family", ["trips", "beds", "mixed"])
def test_the_manual_engine_proves_nothing_and_is_audited(family: str) -> None:
    """No bounds, no gap, yet a plan that passes the audit."""
    plan = yj.solve(tiny(family, 3), engine="manual")
    assert (plan.status, plan.stopped_by) == ("feasible", "done")
    assert plan.stages["bound"].isna().all()
    assert math.isinf(plan.gap)
    assert plan.avoidable == 0
    assert plan.audit().ok


@pytest.mark.parametrize("family", ["consumables", "isolation", "mixed"])
def test_the_weighted_sum_is_no_better_than_its_bound(family: str) -> None:
    """One sum of weight times value: recomputed here from the stages, proven, and no worse than the stages' plan.

    A sum over stages so far apart is proven to 1e-9: no solver's bound is exact to ten digits.
    """
    scenario = tiny(family, 4)
    plan = yj.solve(scenario, objective="weighted", gap=1e-9, time_limit=60)
    assert plan.status == "optimal"
    assert plan.objective is not None
    settings = scenario.settings

    def total(of: yj.Plan) -> float:
        weights = {name: settings[f"weights.{name.partition(':')[0]}"] for name in of.stage_values}
        return float(
            sum(
                weights[name] * value
                for name, value in zip(of.stages["name"], of.stages["value"], strict=True)
            )
        )

    assert plan.objective.value / plan.objective.unit == pytest.approx(total(plan), rel=1e-9)
    assert plan.objective.bound is not None
    assert plan.objective.value * (1 - 1e-9) <= plan.objective.bound <= plan.objective.value
    assert total(plan) <= total(yj.solve(scenario, gap=0, time_limit=60)) * (1 + 1e-9)


def test_flat_has_the_same_unmet_as_priority() -> None:
    """Without the support stages nobody is better or worse served."""
    for seed in range(4):
        scenario = tiny("consumables", seed)
        values = {
            rule: yj.solve(scenario.replace(settings={"rule": rule}), gap=0, time_limit=60).stage_values
            for rule in ("flat", "priority")
        }
        assert values["flat"].get("unmet_goods") == values["priority"].get("unmet_goods")
        assert not any(name.startswith("support") for name in values["flat"])


@pytest.mark.parametrize("family", ["consumables", "mixed"])
def test_neither_row_order_nor_repetition_changes_the_plan(family: str) -> None:
    """The same plan, to the last row, from shuffled tables."""
    scenario = tiny(family, 5)
    shuffled = {
        name: frame.sample(frac=1, random_state=np.random.RandomState(7)).reset_index(drop=True)
        for name, frame in scenario.tables.items()
    }
    again = yj.Scenario.from_tables(shuffled, scenario.settings.nested())
    assert again.digest == scenario.digest
    plans = [yj.solve(one, gap=0, time_limit=60) for one in (scenario, scenario, again)]
    for name in OUTPUT:
        for other in plans[1:]:
            pd.testing.assert_frame_equal(plans[0].tables[name], other.tables[name])


def test_a_plan_that_fails_its_audit_is_never_handed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine whose numbers and tables disagree is found out."""
    from yjopt import api

    original = api.audit_tables

    def lying(scenario: yj.Scenario, tables: object) -> object:
        found = original(scenario, tables)  # type: ignore[arg-type]
        return dataclasses.replace(found, stages={name: value + 1 for name, value in found.stages.items()})

    monkeypatch.setattr(api, "audit_tables", lying)
    with pytest.raises(yj.EngineError, match="The audit finds"):
        yj.solve(tiny("consumables", 1), time_limit=20)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"engine": "gurobi"}, "no engine"),
        ({"objective": "best"}, "stages or weighted"),
        ({"gap": 2.0}, "gap"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(settings: dict[str, object], message: str) -> None:
    """Unknown engines, objectives and gaps."""
    with pytest.raises(yj.EngineError, match=message):
        yj.solve(tiny("consumables", 1), **settings)  # type: ignore[arg-type]


def test_thinning_is_said_and_its_plan_is_audited() -> None:
    """With one giver per taker fewer pairs are left, the plan says how many, and is no better."""
    for seed in range(12):
        scenario = tiny("consumables", seed)
        thinned = yj.solve(scenario.replace(settings={"nearest": {"supplies": 1}}), gap=0, time_limit=60)
        full = yj.solve(scenario, gap=0, time_limit=60)
        assert thinned.stage_values.get("unmet_goods", 0) >= full.stage_values.get("unmet_goods", 0)
        if any("left out" in note for note in thinned.notes):
            return
    pytest.fail("in none of the scenarios was a pair left out")


def test_the_first_periods_alone_are_a_scenario() -> None:
    """Rows of later periods go, windows are cut, and the rest still solves."""
    for family in FAMILIES:
        for seed in range(6):
            scenario = tiny(family, seed)
            if scenario.settings.periods > 1:
                shorter = scenario.until(1)
                assert shorter.settings.periods == 1
                assert all(len(shorter.tables[name]) <= len(scenario.tables[name]) for name in INPUT)
                assert yj.solve(shorter, gap=0, time_limit=60).status in ("optimal", "impossible")
                break


def test_the_stages_frame_has_what_the_documents_promise() -> None:
    """Names, natural units, both bounds, three gaps; people and goods measured against doing nothing."""
    plan = yj.solve(tiny("consumables", 2), gap=0, time_limit=60)
    columns = ["name", "value", "bound", "gap", "gap_scale", "manual", "bound_proof"]
    assert plan.stages.columns.tolist() == columns
    goods = next(stage for stage in plan.stage_results if stage.name in UNMET_STAGES)
    assert goods.scale >= goods.manual >= goods.value
    assert isinstance(plan.tables, MappingProxyType)


def test_a_gap_against_the_scale_is_enough() -> None:
    """Every stage is that near to its bound, and a search that may stop there does not go on to the end."""
    tables, settings, _ = yj.generate(towns=24, periods=1, seed=3)
    scenario = yj.Scenario.from_tables(tables, settings)
    plan = yj.solve(scenario, gap=0, gap_scale=0.2, time_limit=40)
    assert plan.stopped_by == "gap"
    assert plan.status == "feasible"
    assert (plan.stages["gap_scale"].iloc[1:4] <= 0.2).all()
    assert plan.seconds["solve"] < 35
    for words in ({"gap_scale": 1.0}, {"later_gap_scale": 1.0}):
        with pytest.raises(yj.EngineError, match="from 0 to below 1, not 1"):
            yj.solve(scenario, **words)


def test_later_stages_may_stop_at_another_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """People and goods a tenth, all else a half, each of its scale; broken hard rules are not among them."""
    asked: list[Params] = []

    def noted(mip: Mip, params: Params, start: IntArray) -> Outcome:
        asked.append(params)
        return solve_stages(mip, params, start)

    solve_stages = yj.api.solve_stages
    monkeypatch.setattr(yj.api, "solve_stages", noted)
    tables, settings, _ = yj.generate(towns=6, periods=1, seed=3)
    scenario = yj.Scenario.from_tables(tables, settings)
    for words in ({"gap_scale": 0.1, "later_gap_scale": 0.5}, {"gap_scale": 0.1}, {"later_gap_scale": 0.5}):
        plan = yj.solve(scenario, time_limit=5, **words)
        shares = dict.fromkeys(("rules", "unmet_people", "unmet_goods"), words.get("gap_scale", 0.0))
        later = words.get("later_gap_scale", words.get("gap_scale", 0.0))
        wanted = {
            stage.name: int(shares.get(stage.name, later) * abs(stage.scale))
            for stage in plan.stage_results[1:]
            if shares.get(stage.name, later)
        }
        assert dict(asked.pop().enough) == wanted
