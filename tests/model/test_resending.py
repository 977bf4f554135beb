"""Sending the goods of a plan anew: people as they are, every row kept, and as much sent as a pattern can have sent."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tiny import FAMILIES
from tiny_command import command

from yjopt import Scenario, generate
from yjopt.auditing import audit
from yjopt.engines.later_stages import Rest, decided_anew
from yjopt.instance import index
from yjopt.model.assembly import assemble
from yjopt.model.manual import manual
from yjopt.model.manual.carriers import Carriers
from yjopt.model.manual.guided import guiding_weights
from yjopt.model.manual.ledger import Ledger
from yjopt.model.manual.resending import needed, resent, to_be_resent, trips_and_orders
from yjopt.plan import decode

if TYPE_CHECKING:
    from yjopt.model.assembly import Model
    from yjopt.model.mip import FloatArray, IntArray

CASES = {**FAMILIES, "command": command}
GOODS = "unmet_goods"


def value(model: Model, name: str, x: IntArray) -> int:
    return sum(stage.value(x) for stage in model.mip.stages if stage.name == name)


def rules_but_ceilings(model: Model, x: IntArray) -> int:
    """What rules are broken at, but for ceilings: goods that go elsewhere may leave an area further beyond its own."""
    rules = next((stage for stage in model.mip.stages if stage.name == "rules"), None)
    if rules is None:
        return 0
    others = ~np.isin(rules.columns, block_columns(model, "beyond_ceiling"))
    return int(rules.coefficients[others] @ x[rules.columns[others]])


def check(family: str, seed: int) -> int:
    """Send anew after four patterns; how many are plans: all, except where rules look back on everything."""
    scenario = Scenario.from_tables(*CASES[family](seed))
    instance = index(scenario)
    model = assemble(instance)
    plan = manual(instance, model)
    draw, columns = np.random.default_rng(seed), to_be_resent(model)
    width = (model.mip.upper - model.mip.lower)[columns]
    found = 0
    for values in (
        plan[columns],
        np.zeros(len(columns)),
        width * draw.random(len(width)),
        width * draw.random(len(width)) * (draw.random(len(width)) < 0.2),
    ):
        pattern = plan.astype(np.float64)
        pattern[columns] = values
        before = plan.copy()
        x = resent(instance, model, plan, pattern)
        assert (plan == before).all()
        rest = np.ones(len(plan), dtype=np.bool_)
        rest[columns] = False
        rules = np.concatenate([block_columns(model, name) for name in RULE_BLOCKS])
        rest[rules] = False
        if not model.mip.is_feasible(x):
            assert family == "command"
            continue
        found += 1
        assert (x[rest] == plan[rest]).all()
        for name in ("hard_rules", "unmet_people"):
            assert value(model, name, x) == value(model, name, plan)
        assert rules_but_ceilings(model, x) <= rules_but_ceilings(model, plan)
        if not value(model, "hard_rules", x):
            assert audit(scenario, decode(instance, model, x)).ok
    return found


#: Columns that follow from what is sent and lent.
RULE_BLOCKS = (
    "known", "covered", "serves_own", "out_of_hours", "seconds_left", "asks", "empty", "keeps_own", "may_order",
    "asks_durable", "gone", "at_floor", "at_home", "load_reached", "beyond_ceiling",
)  # fmt: skip


def block_columns(model: Model, name: str) -> IntArray:
    blocks = [block for block in model.mip.column_blocks if block.name == name]
    return np.concatenate([np.zeros(0, dtype=np.int64), *(np.arange(b.start, b.stop) for b in blocks)])


@pytest.mark.parametrize("family", CASES)
@pytest.mark.parametrize("seed", range(4))
def test_after_any_pattern_it_is_a_plan_with_people_as_they_are(family: str, seed: int) -> None:
    plans = check(family, seed)
    assert plans >= (1 if family == "command" else 4)


@pytest.mark.long
@pytest.mark.parametrize("family", CASES)
def test_after_many_patterns_it_is_a_plan(family: str) -> None:
    plans = sum(check(family, seed) for seed in range(4, 29))
    assert plans >= (50 if family == "command" else 100)


@pytest.mark.parametrize("seed", [3, 5])
def test_after_whole_trips_nearly_all_arrives_that_the_relaxation_sends(seed: int) -> None:
    """Twenty towns: with trips made whole, the plan leaves little more unmet than the vector, far less than by hand."""
    tables, settings, _ = generate(towns=20, periods=1, seed=seed)
    instance = index(Scenario.from_tables(tables, settings))
    model = assemble(instance)
    plan, mip = manual(instance, model), model.mip
    free, whole = np.zeros((2, mip.num_columns), dtype=np.bool_)
    free[to_be_resent(model)] = True
    whole[trips_and_orders(model)] = True
    rest, soon = Rest(free, whole, free), time.monotonic() + 20
    asked: list[IntArray] = []

    def in_any_case(vector: FloatArray) -> IntArray:
        asked.append(needed(instance, model, plan, vector))
        return asked[-1]

    found = decided_anew(mip, plan, rest, cost_of(model), deadline=soon, needed=in_any_case)
    assert found.values is not None
    # What people use up takes some trips that the hours allow, and the dive leaves them these.
    trips = model.trips.trip
    assert 0 < asked[0][trips].sum() < plan[trips].sum()
    assert (found.values[trips] >= asked[0][trips] - 1e-6).all()
    driven = np.zeros(mip.num_columns)
    driven[trips] = asked[0][trips]
    hours = next(block for block in mip.row_blocks if block.name == "fleet_hours")
    rows = slice(hours.start, hours.stop)
    assert ((mip.matrix @ driven)[rows] <= mip.row_upper[rows] + 1e-9).all()
    x = resent(instance, model, plan, found.values)
    assert mip.is_feasible(x)
    goods = mip.stage(GOODS)
    least = float(goods.coefficients @ found.values[goods.columns])
    assert goods.value(x) < goods.value(plan)
    assert goods.value(x) - least <= 0.25 * (goods.value(plan) - least)


def cost_of(model: Model) -> FloatArray:
    weights, cost = guiding_weights(model.mip), np.zeros(model.mip.num_columns)
    for stage in model.mip.stages:
        cost[stage.columns] += weights.get(stage.name, 0.0) / stage.unit * stage.coefficients
    return cost


def test_trips_without_a_load_are_called_off() -> None:
    """All that hours allow is called for nothing; released, hours and trips are those of the plan or fewer."""
    called = 0
    for seed in range(12):
        instance = index(Scenario.from_tables(*FAMILIES["trips"](seed)))
        model = assemble(instance)
        plan = manual(instance, model)
        ledger = Ledger(instance, model, plan.copy())
        carriers = Carriers(ledger)
        carriers.resume()
        hours = carriers.fleet_left.copy()
        trips = model.trips.trip
        carriers.call(np.full(len(trips), 99))
        assert (carriers.fleet_left >= 0).all()
        called += int((ledger.x - plan)[trips].sum())
        carriers.release()
        assert model.mip.is_feasible(ledger.x)
        assert ledger.x[trips].sum() <= plan[trips].sum()
        assert (carriers.fleet_left >= hours).all()
    assert called
