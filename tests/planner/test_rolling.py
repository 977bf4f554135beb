"""Periods that go by: nothing and nobody is lost between a plan and the scenario that follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from planner.small import frames, scenario, sent
from tiny import FAMILIES
from tiny_command import command

import yjopt as yj
from yjopt.errors import PlanError, ScenarioError
from yjopt.schema import STOCK_KINDS

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS: dict[str, Callable[[int], Any]] = {**FAMILIES, "command": command}


def base(need: int = 30, **settings: Any) -> yj.Planner:
    """Three days; t1 is two days' drive from far, which has all there is; two needs, the second on the last day."""
    needs = pd.DataFrame(
        {
            "place": ["t1", "t1"],
            "item": ["mask"] * 2,
            "period": [1, 3],
            "quantity": [need, 20],
            "weight": [1.0, 1.0],
        }
    )
    stocks = pd.DataFrame({"place": ["far"], "item": ["mask"], "quantity": [80]})
    roads = pd.DataFrame({"from": ["far"], "to": ["t1"], "minutes": [60.0]})
    given = {"periods": 3, "period_hours": 1.0, "limits": {"supplies": 60}, **settings}
    return yj.Planner(scenario(given, needs=needs, stocks=stocks, roads=roads))


def test_goods_on_the_road_arrive() -> None:
    """What left on day 1 arrives on day 2, the new day 1, at a lot kept for t1; t1 still waits for it."""
    planner = base()
    planner.solve(gap=0)
    later = planner.roll()
    assert later.settings.periods == 2
    assert later.receipts[["place", "authority", "period", "quantity"]].values.tolist() == [
        ["t1", "T1", 1, 30]
    ]
    assert later.needs[["period", "quantity"]].values.tolist() == [[1, 30], [2, 20]]
    plan = planner.solve(gap=0)
    # The masks on the road are for t1, the rest must still be sent from far.
    assert plan.stage_values["unmet_goods"] == 0
    assert sent(plan) == {("t1", "t1"): 30, ("far", "t1"): 20}


def test_what_is_less_than_a_pack_stays() -> None:
    """Five masks of a lot make no pack; they are there after the roll as before."""
    stocks = pd.DataFrame({"place": ["near"], "item": ["mask"], "quantity": [55]})
    planner = yj.Planner(scenario({"periods": 2}, stocks=stocks))
    planner.solve(gap=0)
    left = planner.roll().stocks
    assert left[left["place"] == "near"]["quantity"].sum() == 5


def test_a_need_that_waits_keeps_its_last_day() -> None:
    """Due on day 1 and lost after day 2: tomorrow it has no day more to wait."""
    needs = pd.DataFrame(
        {"place": ["t1"], "item": ["mask"], "period": [1], "quantity": [90], "weight": [1.0], "deadline": [1]}
    )
    planner = yj.Planner(scenario({"periods": 3}, needs=needs))
    planner.solve(gap=0)
    later = planner.roll()
    assert later.needs[["period", "quantity", "deadline"]].values.tolist() == [[1, 10, 0]]
    planner.solve(gap=0)
    assert not len(planner.roll().needs)


def test_two_needs_of_one_key_stay_two() -> None:
    """One waits and has a last day, one is new and has none: both are due on the new day 1."""
    needs = pd.DataFrame(
        {"place": ["t1"] * 2, "item": ["mask"] * 2, "period": [1, 2], "quantity": [90, 10], "weight": [1.0] * 2,
         "deadline": pd.array([1, None], dtype="Int64")}
    )  # fmt: skip
    planner = yj.Planner(scenario({"periods": 3}, needs=needs))
    planner.solve(gap=0)
    rows = planner.roll().needs.sort_values("quantity")
    assert len(rows) == 2
    assert rows["weight"].tolist() == pytest.approx([1.0, 1.0], abs=0.0011)


def hospital(**settings: Any) -> yj.Planner:
    """Two beds, three people on day 1 who stay two days and may wait one; one more level that costs money."""
    tables = {
        "groups": pd.DataFrame({"group": ["ill"], "stay": [2], "wait": [1], "weight": [10.0], "late": [0.1]}),
        "eligibility": pd.DataFrame({"group": ["ill"], "class": ["ward"]}),
        "arrivals": pd.DataFrame({"place": ["t1"], "group": ["ill"], "period": [1], "people": [4]}),
        "beds": pd.DataFrame({"place": ["near"], "class": ["ward"], "beds": [2]}),
        "surge": pd.DataFrame(
            {"place": ["near"], "class": ["ward"], "level": [1], "beds": [1], "setup": [1]}
        ),
        "needs": frames()["needs"].iloc[:0],
    }
    return yj.Planner(scenario({"periods": 4, **settings}, **tables))


def test_people_lie_and_wait_as_they_did() -> None:
    """Two lie for a day more, the third gets the bed that is set up, the fourth may wait no longer."""
    planner = hospital()
    plan = planner.solve(gap=0)
    assert plan.admissions["people"].tolist() == [2, 1]
    later = planner.roll()
    assert later.occupied[["period", "people"]].values.tolist() == [[1, 2]]
    assert later.arrivals[["group", "people"]].values.tolist() == [["ill~0", 2]]
    assert later.groups.set_index("group")["wait"].to_dict() == {"ill": 1, "ill~0": 0}
    # Set up as it was decided: it is to be had on the new day 1 for nothing.
    level = later.surge.iloc[0] if len(later.surge) else None
    beds = int(later.beds["beds"].sum())
    assert (beds, level is None) == (3, True) or (
        level is not None and level["setup"] == 0 and level["cost"] == 0
    )
    plan = planner.solve(gap=0)
    assert plan.admissions["people"].tolist() == [1]
    assert planner.roll().occupied["people"].tolist() == [1]


def test_a_longer_horizon_does_not_lose_who_stays_beyond_it() -> None:
    """Isolation of five days: after a roll with three days ahead, and another, they are still there."""
    tables = {
        "categories": pd.DataFrame({"category": ["close"], "stay": [5], "wait": [0]}),
        "isolation_sites": pd.DataFrame({"place": ["near"], "rooms": [9]}),
        "site_category": pd.DataFrame({"place": ["near"], "category": ["close"]}),
        "contacts": pd.DataFrame({"place": ["t1"], "category": ["close"], "period": [1], "people": [4]}),
        "needs": frames()["needs"].iloc[:0],
    }
    planner = yj.Planner(scenario({"periods": 2, "period_hours": 24.0}, **tables))
    planner.solve(gap=0)
    assert planner.roll(horizon=2).occupied["period"].tolist() == [1, 2]
    planner.solve(gap=0)
    assert planner.roll(horizon=4).occupied["period"].tolist() == [1, 2, 3]


def test_teams_are_away_until_they_are_back() -> None:
    """A tour of two days: tomorrow one of two teams is left, and the task is done as far as the other is there."""
    tables = {
        "pools": pd.DataFrame({"pool": ["crew"], "place": ["near"], "teams": [2], "tour": [2]}),
        "skills": pd.DataFrame({"pool": ["crew"], "skill": ["test"]}),
        "tasks": pd.DataFrame(
            {"task": ["job"], "place": ["t1"], "skill": ["test"], "measure": ["teams"], "amount": [1],
             "first_period": [1], "last_period": [4]}
        ),
        "needs": frames()["needs"].iloc[:0],
    }  # fmt: skip
    planner = yj.Planner(scenario({"periods": 4}, **tables))
    plan = planner.solve(gap=0)
    first = plan.deployments[plan.deployments["depart"] == 1]
    assert first["teams"].tolist() == [1]
    later = planner.roll()
    assert later.pools["teams"].tolist() == [1]
    wanted = later.tasks.set_index("first_period")["amount"].to_dict()
    assert wanted == {1: 0, 2: 1}
    assert planner.solve(gap=0).stage_values["unmet_people"] == 0
    planner.roll()
    away = planner.plan.deployments if planner.plan is not None else pd.DataFrame()
    assert planner.scenario.pools["teams"].tolist() == [2 - int((away["depart"] == 1).sum())]


def test_vehicles_on_a_long_way_are_not_there() -> None:
    """A trip there and back takes a vehicle two periods of an hour: in the next it is missing, then it is back."""
    fleets = pd.DataFrame(
        {
            "fleet": ["truck"],
            "place": ["far"],
            "vehicles": [1],
            "payload_kg": [100],
            "volume_litres": [1000],
            "hours": [1.0],
        }
    )
    planner = base()
    planner = yj.Planner(planner.scenario.replace(fleets=fleets))
    planner.solve(gap=0)
    assert planner.roll().fleets["vehicles"].tolist() == [0]
    planner.solve(gap=0)
    assert planner.roll().fleets["vehicles"].tolist() == [1]


def test_levels_stand_and_closures_go_by() -> None:
    """What holds on the new day 1 is said there; a road closed on day 1 only is open again."""
    levels = pd.DataFrame(
        {"area": ["C", "C"], "period": [1, 2], "level": ["II", ""], "mode": ["", "war"], "severity": ["", ""]}
    )
    closures = pd.DataFrame({"from": ["near"], "to": ["t1"], "period": [1], "state": ["closed"]})
    planner = yj.Planner(scenario({"periods": 3, "start": "2020-02-28"}, levels=levels, closures=closures))
    planner.solve(gap=0)
    later = planner.roll()
    assert later.levels[["period", "level", "mode"]].values.tolist() == [[1, "II", "war"]]
    assert not len(later.closures)
    assert later.settings["start"] == "2020-02-29"


def test_what_else_is_known_comes_with_it() -> None:
    """A fourth day and its needs are added while the first goes by; a mistake in them changes nothing."""
    planner = base()
    planner.solve(gap=0)
    before = planner.scenario
    new = {"place": "t2", "item": "mask", "period": 3, "quantity": 10, "weight": 1.0}
    with pytest.raises(ScenarioError):
        planner.roll(horizon=3, needs=[{**new, "place": "nowhere"}])
    assert planner.scenario is before
    later = planner.roll(horizon=3, needs=[new])
    assert sorted(later.needs["period"]) == [1, 2, 3]


def test_only_a_plan_lets_periods_go_by() -> None:
    """Not before the first plan, not after an update that no plan knows of, not beyond the last period."""
    planner = base()
    with pytest.raises(PlanError, match="solve first"):
        planner.roll()
    planner.solve(gap=0)
    for periods in (0, 3, 9):
        with pytest.raises(PlanError, match="can go by"):
            planner.roll(periods)
    planner.update(needs=[{"place": "t1", "item": "mask", "period": 3, "quantity": 10}])
    with pytest.raises(PlanError, match="solve first"):
        planner.roll()


def goods(tables: Any) -> dict[str, int]:
    """Base units by item of what lies and arrives."""
    both = pd.concat([tables.stocks[["item", "quantity"]], tables.receipts[["item", "quantity"]]])
    total: dict[str, int] = both.groupby("item")["quantity"].sum().to_dict()
    return total


def used_up(plan: yj.Plan, elapsed: int) -> pd.Series[int]:
    """Base units by item that left the world by some period: handed over for needs, whole packs, or used up."""
    table = plan.scenario.tables
    pack = table["items"].set_index("item")["pack"]
    durable = table["items"].set_index("item")["durable"]
    served = plan.served[plan.served["period"] <= elapsed]
    served = served[~durable.reindex(served["item"]).to_numpy(dtype=bool)]
    gone = served["packs"] * pack.reindex(served["item"]).to_numpy()
    by_item = gone.groupby(served["item"]).sum().reindex(pack.index).fillna(0)
    return by_item.astype(np.int64)


@pytest.mark.parametrize("family", ["consumables", "durables", "trips"])
def test_goods_are_conserved(family: str) -> None:
    """All that was there or came, less what needs were met with, is there or comes."""
    goods_are_conserved(family, range(1))


@pytest.mark.long
@pytest.mark.parametrize("family", ["consumables", "durables", "trips"])
def test_goods_of_many_scenarios_are_conserved(family: str) -> None:
    """The same of many."""
    goods_are_conserved(family, range(1, 60))


def goods_are_conserved(family: str, seeds: range) -> None:
    """Count by item before and after the first day, for each scenario."""
    for seed in seeds:
        tables, settings = FAMILIES[family](seed)
        if "late" in tables["items"]:
            # Needs may wait for longer once there are more periods; that must never cost as much as losing them.
            tables["items"] = tables["items"].assign(late=tables["items"]["late"].clip(upper=0.1))
        planner = yj.Planner(
            yj.Scenario.from_tables(tables, {**settings, "periods": max(settings["periods"], 2)})
        )
        plan = planner.solve(gap=0)
        before, bought = goods(planner.scenario), plan.procurements
        bought = bought[bought["order"] == 1].groupby("item")["quantity"].sum()
        after = goods(planner.roll(horizon=planner.scenario.settings.periods + 3))
        gone = used_up(plan, 1)
        for item, quantity in before.items():
            assert after.get(item, 0) == quantity + bought.get(item, 0) - gone.get(item, 0), (
                family,
                seed,
                item,
            )


def test_levels_of_stock_are_those_of_the_plan() -> None:
    """Every lot of the plan's table at the end of day 1 is a row of stocks, with what is less than a pack beside it."""
    for seed in range(2):
        tables, settings = FAMILIES["consumables"](seed)
        planner = yj.Planner(
            yj.Scenario.from_tables(tables, {**settings, "periods": max(settings["periods"], 2)})
        )
        plan = planner.solve(gap=0)
        lot = ["place", "item", "authority", "kind"]
        at_end = plan.stocks[(plan.stocks["period"] == 1) & plan.stocks["kind"].isin(STOCK_KINDS)]
        later = planner.roll().stocks.set_index(lot)["quantity"]
        assert (
            later.reindex(pd.MultiIndex.from_frame(at_end[lot])).to_numpy() >= at_end["quantity"].to_numpy()
        ).all()


@pytest.mark.parametrize("family", ["beds", "isolation"])
def test_people_are_conserved(family: str) -> None:
    """Who was there or was taken in, and has not left by then, is there."""
    for seed in range(2):
        tables, settings = FAMILIES[family](seed)
        planner = yj.Planner(
            yj.Scenario.from_tables(tables, {**settings, "periods": max(settings["periods"], 2)})
        )
        plan = planner.solve(gap=0)
        old = planner.scenario.occupied
        there = int(old.loc[old["period"] == 2, "people"].sum())
        stay = planner.scenario.groups.set_index("group")["stay"]
        taken = plan.admissions[plan.admissions["period"] == 1]
        there += int(taken.loc[stay.reindex(taken["group"]).to_numpy() >= 2, "people"].sum())
        length = planner.scenario.categories.set_index("category")["stay"]
        taken = plan.isolations[plan.isolations["period"] == 1]
        there += int(taken.loc[length.reindex(taken["category"]).to_numpy() >= 2, "people"].sum())
        after = planner.roll().occupied
        assert int(after.loc[after["period"] == 1, "people"].sum()) == there


def rolled_to_the_end(family: str, seeds: range) -> int:
    """Solve and roll until one period is left: every scenario passes its checks, every plan its audit; days rolled."""
    days = 0
    for seed in seeds:
        tables, settings = KINDS[family](seed)
        planner = yj.Planner(yj.Scenario.from_tables(tables, settings))
        plan = planner.solve(gap=0)
        while plan.tables and planner.scenario.settings.periods > 1:
            planner.roll()
            plan = planner.solve(gap=0)
            assert plan.audited is not None, (family, seed, plan.status)
            assert plan.audited.ok
            days += 1
    return days


@pytest.mark.parametrize("family", sorted(KINDS))
def test_a_rolled_week_is_audited_day_by_day(family: str) -> None:
    """Two scenarios of each family, to their last day."""
    assert rolled_to_the_end(family, range(4, 8, 2))


@pytest.mark.long
@pytest.mark.parametrize("family", sorted(KINDS))
def test_many_rolled_weeks_are_audited_day_by_day(family: str) -> None:
    """Many scenarios of each family."""
    assert rolled_to_the_end(family, range(5, 60)) > 30


def due_by(planner: yj.Planner, plan: yj.Plan) -> int:
    """What day 1 adds to the stage of goods for good, in its quanta, what waiting has cost by tomorrow included."""
    table = planner.scenario
    late = table.items.set_index("item")["late"]
    met = plan.served.groupby(["place", "item", "needed", "weight", "period"])["quantity"].sum()
    cost = 0.0
    for need in table.needs[table.needs["period"] == 1].itertuples():
        served = met.get((need.place, need.item, 1, need.weight, 1), 0)
        left = need.quantity - served
        is_lost = not pd.isna(need.deadline) and need.deadline == 0
        cost += need.weight * left * (1.0 if is_lost else late[need.item])
    return round(cost * 1_000_000)


def test_with_perfect_foresight_rolling_costs_nothing() -> None:
    """What day 1 costs and what the rest costs, planned anew on day 2, is what the plan of the whole week costs."""
    rolling_costs_nothing(2)


@pytest.mark.long
def test_with_perfect_foresight_rolling_many_weeks_costs_nothing() -> None:
    """The same of many scenarios."""
    rolling_costs_nothing(60)


def rolling_costs_nothing(wanted: int) -> None:
    """Try so many scenarios of more than one day."""
    tried = 0
    for seed in range(10 * wanted):
        tables, settings = FAMILIES["consumables"](seed)
        # What is less than a pack adds up over the days, and what is kept at home has rules of its own.
        tables["stocks"] = tables["stocks"].assign(floor=0, refill=False)
        tables["items"] = tables["items"].assign(pack=1)
        if settings["periods"] < 2:
            continue
        planner = yj.Planner(yj.Scenario.from_tables(tables, settings))
        plan = planner.solve(gap=0)
        whole, first = plan.stage_values.get("unmet_goods", 0), due_by(planner, plan)
        planner.roll()
        if not set(planner.scenario.needs["weight"]) <= set(tables["needs"]["weight"]):
            # What waits beside a new need of the same key is told from it by its weight, and costs a little less.
            continue
        assert first + planner.solve(gap=0).stage_values.get("unmet_goods", 0) == whole, seed
        tried += 1
        if tried == wanted:
            break
    assert tried == wanted
