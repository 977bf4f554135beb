"""The planner: what an update changes, what a refused one leaves, and plans that start from the last one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from planner.small import scenario, sent
from tiny import FAMILIES

import yjopt as yj
from yjopt.errors import EngineError, PlanError, ScenarioError
from yjopt.planner.orders import changed_orders

if TYPE_CHECKING:
    from yjopt.engines.events import Event


def rules(error: ScenarioError) -> set[str]:
    """Names of the rules that an exception names."""
    return {finding.rule for finding in error.findings if finding.severity == "error"}


def test_a_larger_need_is_met_from_what_is_left() -> None:
    """Two packs more at t1: near is empty, far sends them; what was ordered before stays."""
    roads = pd.DataFrame(
        {"from": ["near", "near", "far"], "to": ["t1", "t2", "t1"], "minutes": [10.0, 20.0, 60.0]}
    )
    planner = yj.Planner(scenario(roads=roads))
    assert sent(planner.solve(gap=0)) == {("near", "t1"): 30, ("near", "t2"): 20}
    planner.update(needs=[{"place": "t1", "item": "mask", "period": 1, "quantity": 50}])
    plan = planner.solve(gap=0, change_cost=1.0)
    assert sent(plan) == {("near", "t1"): 30, ("near", "t2"): 20, ("far", "t1"): 20}
    assert planner.changed_orders[["table", "before", "after"]].values.tolist() == [["shipments", 0, 20]]
    assert planner.changed_share == 0.5
    assert planner.started == "mended"


def test_without_any_time_the_last_plan_is_still_there() -> None:
    """The plan by hand is cut short at once; what was planned before is carried over, which is more."""
    planner = yj.Planner(scenario())
    planner.solve(gap=0)
    planner.update(needs=[{"place": "t1", "item": "mask", "period": 1, "quantity": 20}])
    plan = planner.solve(time_limit=1e-6)
    assert any("before the plan by hand was laid" in note for note in plan.notes)
    assert planner.started != "by hand"
    assert sum(sent(plan).values()) >= 40
    assert plan.audited is not None
    assert plan.audited.ok


def test_a_row_keeps_what_is_not_given_of_it() -> None:
    """The weight of the need is part of its key and not given; one row alone fits, and keeps it."""
    planner = yj.Planner(scenario())
    planner.update(needs=pd.DataFrame({"place": ["t2"], "item": ["mask"], "period": [1], "quantity": [40]}))
    needs = planner.scenario.needs
    assert needs[["place", "quantity", "weight"]].values.tolist() == [["t1", 30, 1.0], ["t2", 40, 2.0]]


def test_rows_are_added_and_taken_out() -> None:
    """A need of t1 is new in the table, that of t2 is gone."""
    planner = yj.Planner(scenario())
    planner.solve(gap=0)
    new = {"place": "near", "item": "mask", "period": 1, "quantity": 10, "weight": 1.0}
    planner.update(needs=[new], remove={"needs": [{"place": "t2"}]})
    assert planner.scenario.needs["place"].tolist() == ["t1", "near"]
    assert sent(planner.solve(gap=0)) == {("near", "t1"): 30, ("near", "near"): 10}


def test_a_closed_road_sends_goods_another_way() -> None:
    """Without the road from near, t2 gets its masks from far; the order for t1 stays."""
    planner = yj.Planner(scenario({"limits": {"supplies": 60}}))
    planner.solve(gap=0)
    planner.update(closures=[{"from": "t2", "to": "near", "period": 1, "state": "closed"}])
    assert sent(planner.solve(gap=0)) == {("near", "t1"): 30, ("far", "t2"): 20}


def test_stock_that_is_gone_takes_orders_back() -> None:
    """With two packs left at near, t2 (the heavier) keeps them, and t1 gets what far has."""
    planner = yj.Planner(scenario())
    planner.solve(gap=0)
    planner.update(stocks=[{"place": "near", "item": "mask", "authority": "", "quantity": 20}])
    plan = planner.solve(gap=0)
    assert plan.stage_values["unmet_goods"] == 0
    assert sum(sent(plan).values()) == 50


def test_settings_change_too() -> None:
    """Without supplies allowed to travel half an hour, nothing of far can be sent."""
    planner = yj.Planner(
        scenario(stocks=pd.DataFrame({"place": ["far"], "item": ["mask"], "quantity": [30]}))
    )
    assert sum(sent(planner.solve(gap=0)).values()) == 30
    planner.update(settings={"limits.supplies": 30})
    assert not len(planner.solve(gap=0).shipments)


def test_all_that_is_wrong_is_said_at_once_and_nothing_changes() -> None:
    """Unknown place, wrong number, unknown table, unknown column, and rows that are not there."""
    planner = yj.Planner(scenario())
    before = planner.scenario
    with pytest.raises(ScenarioError) as caught:
        planner.update(
            needs=[
                {"place": "nowhere", "item": "mask", "period": 1, "quantity": 5},
                {"place": "t1", "item": "mask", "period": 1, "quantity": "many"},
            ],
            stocks=[{"place": "near", "item": "mask", "amount": 5}],
            trucks=[{"truck": 1}],
            remove={"roads": [{"from": "t1", "to": "t2"}], "items": [{"colour": "red"}]},
        )
    found = rules(caught.value)
    assert {"unknown_reference", "not_number", "unknown_table", "unknown_column", "no_such_row"} <= found
    assert planner.scenario is before
    assert sent(planner.solve(gap=0)) == {("near", "t1"): 30, ("near", "t2"): 20}


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        ([{"place": "t1", "item": "mask", "period": 1, "quantity": 5}] * 2, "repeated_key"),
        ([{"place": "t1", "quantity": 5}], "ambiguous_row"),
        ([{"quantity": 5}], "missing_column"),
        ("t1", "not_rows"),
        ([5], "not_rows"),
    ],
)
def test_rows_that_cannot_be_told_apart_are_refused(rows: object, rule: str) -> None:
    """Two rows for one key, a key that names two rows, none at all, and what are no rows."""
    needs = pd.DataFrame({"place": ["t1", "t1"], "item": ["mask"] * 2, "period": [1, 1], "quantity": [3, 4]})
    planner = yj.Planner(scenario(needs=needs.assign(weight=[1.0, 2.0])))
    if rule == "repeated_key":
        planner = yj.Planner(scenario())
    with pytest.raises(ScenarioError) as caught:
        planner.update(needs=rows)  # type: ignore[arg-type]
    assert rule in rules(caught.value)


def test_events_begin_with_the_plan_it_starts_from() -> None:
    """The values of every stage of the carried plan come before anything is searched, the first stage last."""
    planner = yj.Planner(scenario())
    planner.solve(gap=0)
    events: list[Event] = []
    plan = planner.solve(gap=0, on_event=events.append)
    first = events[: len(plan.stage_results)]
    assert [(event.stage, event.value) for event in first] == list(plan.stage_values.items())[::-1]
    assert plan.trace[: len(first)] == tuple(first)
    assert planner.started == "as it was"
    assert planner.changed_share == 0


def test_two_plans_are_needed_to_compare() -> None:
    """Before the second solve there is nothing to compare with."""
    planner = yj.Planner(scenario())
    with pytest.raises(PlanError, match="two plans"):
        _ = planner.changed_share
    planner.solve(gap=0)
    with pytest.raises(PlanError, match="two plans"):
        _ = planner.changed_orders


def test_a_failed_solve_leaves_the_planner_as_it_was() -> None:
    """An engine that is not there changes neither the plan nor what the next solve starts from."""
    planner = yj.Planner(scenario())
    plan = planner.solve(gap=0)
    with pytest.raises(EngineError):
        planner.solve(engine="none")
    assert planner.plan is plan
    planner.solve(gap=0)
    assert planner.started == "as it was"


def test_a_change_must_be_worth_its_price() -> None:
    """
    A road to t2 that opens from far saves 10 minutes a kilogram.

    Free of charge the order moves; at a price above what the time weighs it stays.
    """
    roads = pd.DataFrame({"from": ["near", "far"], "to": ["t2", "t2"], "minutes": [20.0, 60.0]})
    needs = pd.DataFrame({"place": ["t2"], "item": ["mask"], "period": [1], "quantity": [20]})
    for price, origin in ((None, "far"), (1e-9, "far"), (1.0, "near")):
        planner = yj.Planner(scenario(roads=roads, needs=needs))
        planner.solve(gap=0)
        planner.update(roads=[{"from": "far", "to": "t2", "minutes": 10.0}])
        plan = planner.solve(gap=0, change_cost=price)
        assert sent(plan) == {(origin, "t2"): 20}
        assert plan.audited is not None
        assert plan.audited.ok


def test_people_are_never_worse_off_for_an_order_that_stays() -> None:
    """Whatever changes cost, the values of people and rules are those of a plan without a price."""
    for seed in range(3):
        frames, settings = FAMILIES["mixed"](seed)
        planners = [yj.Planner(yj.Scenario.from_tables(frames, settings)) for _ in range(2)]
        values = []
        for planner, price in zip(planners, (None, 1e6), strict=True):
            planner.solve(gap=0)
            planner.update(arrivals=changed(planner.scenario.arrivals, "people"))
            values.append(planner.solve(gap=0, change_cost=price).stage_values)
        for stage in ("hard_rules", "rules", "unmet_people"):
            assert values[1].get(stage, 0) == values[0].get(stage, 0)
        assert planners[1].changed_share <= planners[0].changed_share


@pytest.mark.parametrize("price", [0, -1.0, float("nan"), float("inf")])
def test_a_price_is_above_nothing(price: float) -> None:
    """A price of nothing, less than nothing, or none at all is refused."""
    with pytest.raises(EngineError, match="price of a changed order"):
        yj.Planner(scenario()).solve(change_cost=price)


def changed(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """Every second row with one more, the others with one less."""
    step = pd.Series([1 if row % 2 else -1 for row in range(len(table))], index=table.index)
    return table.assign(**{column: (table[column] + step).clip(lower=0)})


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_after_an_update_a_plan_is_as_good_as_a_fresh_one(family: str) -> None:
    """Solved to the end, the stages have the values of a solve that knows nothing of a plan before."""
    as_good_as_fresh(family, range(1))


@pytest.mark.long
@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_after_many_updates_a_plan_is_as_good_as_a_fresh_one(family: str) -> None:
    """The same of many more scenarios."""
    as_good_as_fresh(family, range(1, 60))


def as_good_as_fresh(family: str, seeds: range) -> None:
    """Change figures all over each scenario, plan on, and compare with a fresh plan."""
    for seed in seeds:
        frames, settings = FAMILIES[family](seed)
        planner = yj.Planner(yj.Scenario.from_tables(frames, settings))
        planner.solve(gap=0)
        tables = planner.scenario.tables
        counted = {
            "needs": "quantity",
            "arrivals": "people",
            "contacts": "people",
            "tasks": "amount",
            "stocks": "quantity",
        }
        planner.update(**{name: changed(tables[name], column) for name, column in counted.items()})
        fresh = yj.solve(planner.scenario, gap=0)
        plan = planner.solve(gap=0)
        assert plan.status == fresh.status
        assert plan.stage_values == fresh.stage_values, (family, seed)


def test_orders_that_differ_are_counted_once() -> None:
    """One amount changed, one order gone, one new: three."""
    plan = yj.solve(scenario(), gap=0)
    shipments = plan.shipments
    other = shipments.assign(quantity=[10, *shipments["quantity"][1:]])
    other = pd.concat([other.iloc[:1], other.iloc[:1].assign(**{"from": "far"})])
    found = changed_orders(plan.tables, {**plan.tables, "shipments": other})
    assert sorted(found[["before", "after"]].values.tolist()) == [[0, 10], [20, 0], [30, 10]]


def test_a_plan_as_good_as_the_last_is_left_alone() -> None:
    """The road that opens would save time: whoever asks for no more than before keeps his orders."""
    roads = pd.DataFrame({"from": ["near", "far"], "to": ["t2", "t2"], "minutes": [20.0, 60.0]})
    needs = pd.DataFrame({"place": ["t2"], "item": ["mask"], "period": [1], "quantity": [20]})
    planner = yj.Planner(scenario(roads=roads, needs=needs))
    planner.solve(gap=0)
    planner.update(roads=[{"from": "far", "to": "t2", "minutes": 10.0}])
    plan = planner.solve(gap=0, as_good=True)
    assert sent(plan) == {("near", "t2"): 20}
    assert plan.stopped_by == "gap"
    assert planner.changed_orders.empty
    assert sent(planner.solve(gap=0)) == {("far", "t2"): 20}


def test_as_good_is_in_proportion_to_what_is_wanted() -> None:
    """Half as much again is wanted: no larger part of it may be left unmet than before."""
    planner = yj.Planner(scenario())
    before = planner.solve(gap=0)
    planner.update(needs=changed(planner.scenario.needs, "quantity"))
    after = planner.solve(gap=0, as_good=True)
    for stage, was in zip(after.stage_results, before.stage_results, strict=True):
        if stage.name == "unmet_goods":
            assert stage.value * was.scale <= max(was.value, 1) * stage.scale
    assert after.audited is not None
    assert after.audited.ok
