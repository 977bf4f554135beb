"""Small scenarios and variants for sweeps, and what must be equal however they are run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from comparison.worlds import masks, stock
from tiny import FAMILIES

import yjopt as yj

if TYPE_CHECKING:
    from yjopt.sweeping import Sweep


def two_depots() -> yj.Scenario:
    """Ten masks wanted in town a, six in each of two depots; a second town wants two."""
    needs = [
        {"place": "a", "item": "mask", "period": 1, "quantity": 10, "weight": 1.0},
        {"place": "b", "item": "mask", "period": 1, "quantity": 2, "weight": 1.0},
    ]
    return masks(stocks=[stock("depot-a", 6), stock("depot", 6)], needs=needs)


def some_variants(scenario: yj.Scenario) -> list[yj.Variant]:
    """As is, each depot lost, each town doubled, and one under rule strict."""
    return [
        yj.Variant("as is"),
        *yj.variants.lose_depots(scenario),
        *yj.variants.double_towns(scenario),
        yj.Variant("strict", settings={"rule": "strict"}),
    ]


def mixed() -> tuple[yj.Scenario, list[yj.Variant]]:
    """All families at once, with figures changed one by one."""
    scenario = yj.Scenario.from_tables(*FAMILIES["mixed"](5))
    variants = [
        yj.Variant("as is"),
        *yj.variants.double_towns(scenario),
        yj.Variant("twice the beds", [yj.variants.times("beds", {}, {"beds": 2})]),
        yj.Variant("flat", settings={"rule": "flat"}),
    ]
    return scenario, variants


def same(one: Sweep, other: Sweep) -> None:
    """Two sweeps found the same: every row but its seconds, every table of every plan."""
    columns = [column for column in one.table if column != "seconds"]
    pd.testing.assert_frame_equal(one.table[columns], other.table[columns])
    assert list(one.plans) == list(other.plans)
    for name, plan in one.plans.items():
        assert plan.stage_values == other.plans[name].stage_values
        for table, frame in plan.tables.items():
            pd.testing.assert_frame_equal(frame, other.plans[name].tables[table])
