"""The rule of a command centre: always a plan, never worse than doing nothing."""

from __future__ import annotations

import logging

import pandas as pd
import pytest
from tiny import FAMILIES

from yjopt.auditing import audit
from yjopt.instance import Instance, index
from yjopt.model.assembly import Model, assemble
from yjopt.model.manual import manual
from yjopt.model.nothing import nothing
from yjopt.plan import UNMET_STAGES, decode
from yjopt.scenario import Scenario

SEEDS = [
    *(pytest.param(family, seed) for family in FAMILIES for seed in range(4)),
    *(pytest.param(family, seed, marks=pytest.mark.long) for family in FAMILIES for seed in range(4, 115)),
]


def made(family: str, seed: int) -> tuple[Scenario, Instance, Model]:
    """A tiny scenario with its model."""
    scenario = Scenario.from_tables(*FAMILIES[family](seed))
    instance = index(scenario)
    return scenario, instance, assemble(instance)


@pytest.mark.parametrize(("family", "seed"), SEEDS)
def test_it_is_a_plan_and_no_worse_than_nothing(
    family: str, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    """It keeps every row, passes the audit, and leaves no more unmet than doing nothing."""
    scenario, instance, model = made(family, seed)
    with caplog.at_level(logging.ERROR, logger="yjopt"):
        by_hand = manual(instance, model)
    assert not caplog.records
    idle = nothing(instance, model)
    assert model.mip.is_feasible(by_hand)
    assert model.mip.is_feasible(idle)
    values = {stage.name: (stage.value(by_hand), stage.value(idle)) for stage in model.mip.stages}
    assert all(values[name][0] <= values[name][1] for name in UNMET_STAGES if name in values)
    if not values.get("hard_rules", (0, 0))[0]:
        audited = audit(scenario, decode(instance, model, by_hand))
        assert audited.ok, audited.violations["message"].tolist()
        assert {name: audited.stages.get(name, 0) for name in values} == {
            n: v for n, (v, _) in values.items()
        }


def two_towns(**changes: pd.DataFrame) -> Scenario:
    """A city of two counties with a town each; a town's own stock, a county's and the city's.

    Town a needs 30 masks (packs of 10, 1 kg each): 10 lie in the town, 10 in its county's depot, 40 in the city's.
    """
    tables = {
        "areas": pd.DataFrame(
            [("C", "city", ""), ("A", "county", "C"), ("B", "county", "C"), ("TA", "town", "A")],
            columns=["area", "level", "parent"],
        ),
        "places": pd.DataFrame(
            [("a", "town", "TA"), ("depot-a", "depot", "A"), ("depot-c", "depot", "C")],
            columns=["place", "kind", "area"],
        ),
        "roads": pd.DataFrame(
            [("a", "depot-a", 30.0), ("a", "depot-c", 10.0)], columns=["from", "to", "minutes"]
        ),
        "items": pd.DataFrame([("mask", 10, 1.0)], columns=["item", "pack", "kg"]),
        "stocks": pd.DataFrame(
            [("a", "mask", 10), ("depot-a", "mask", 10), ("depot-c", "mask", 40)],
            columns=["place", "item", "quantity"],
        ),
        "needs": pd.DataFrame([("a", "mask", 1, 30)], columns=["place", "item", "period", "quantity"]),
    }
    return Scenario.from_tables(tables | changes, {"periods": 1})


def test_own_unit_first_then_the_pool_then_up() -> None:
    """Ten of its own, ten of the county though the city's depot is nearer, ten of the city.

    By hand: share of a pack is 10/30 of the need, 333,333 millionths. Pool and above-2 (A is the town's parent, C lies
    higher) count one pack each. Load-minutes: 10 kg x 30 + 10 kg x 10 = 400.
    """
    scenario = two_towns()
    instance = index(scenario)
    model = assemble(instance)
    x = manual(instance, model)
    values = {stage.name: stage.value(x) for stage in model.mip.stages}
    assert values == {"unmet_goods": 0, "support:above-2": 333_333, "support:pool": 333_333, "time": 400}


def test_whole_loads_of_the_fleet_are_the_limit() -> None:
    """The county's one lorry carries 5 kg and drives one hour: one trip of 60 minutes, no pack of 10 kg fits.

    So ten come from the town, none from the county, and twenty from the city, whose depot has no fleet and sends free.
    """
    fleets = pd.DataFrame(
        [("lorry", "depot-a", 1, 5, 1000, 1.0)],
        columns=["fleet", "place", "vehicles", "payload_kg", "volume_litres", "hours"],
    )
    scenario = two_towns(fleets=fleets)
    instance = index(scenario)
    model = assemble(instance)
    tables = decode(instance, model, manual(instance, model))
    sent = tables["shipments"].set_index("from")["quantity"]
    assert sent.to_dict() == {"a": 10, "depot-c": 20}
    assert tables["trips"].empty
