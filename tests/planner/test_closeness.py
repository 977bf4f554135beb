"""Fewer changes: what is kept of the last plan costs no more than its price, and is found without time, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
from tiny import FAMILIES

import yjopt as yj
from yjopt.planner import closeness, planning
from yjopt.planner.keys import decisions
from yjopt.planner.mending import around

if TYPE_CHECKING:
    from yjopt.engines.outcome import Outcome
    from yjopt.instance import Instance
    from yjopt.model.assembly import Model
    from yjopt.model.mip import BoolArray, IntArray, Mip


class Asked(NamedTuple):
    """What a planner asks for when it has found a plan, and what it gets."""

    instance: Instance
    model: Model
    outcome: Outcome
    last: IntArray
    first: IntArray
    price: closeness.Closeness
    nearer: IntArray

    def cost(self, x: IntArray) -> float:
        """Changed orders at their price, and what stages lose against the new plan at their weights."""
        assert self.outcome.x is not None
        known = decisions(self.instance, self.model)
        orders = np.concatenate([known[name].columns for name in closeness._ORDERS])
        total = self.price.price * float((x != self.last)[orders].sum())
        for stage in self.model.mip.stages:
            weight = self.price.weights.get(stage.name.partition(":")[0], 0.0)
            total += weight * max(stage.value(x) - stage.value(self.outcome.x), 0) / stage.unit
        return total

    def people(self, x: IntArray) -> list[int]:
        return [stage.value(x) for stage in self.model.mip.stages if stage.name in closeness._HELD]


def asked(
    monkeypatch: pytest.MonkeyPatch, family: str, seed: int, price: float, seconds: float | None = None
) -> Asked:
    """Plan, change figures of needs and guests all over, and plan again at a price."""
    frames, settings = FAMILIES[family](seed)
    planner = yj.Planner(yj.Scenario.from_tables(frames, settings))
    planner.solve(gap=0)
    scenario = planner.scenario
    tables = {"needs": ("quantity", scenario.needs), "arrivals": ("people", scenario.arrivals)}
    planner.update(**{
        name: table.assign(**{column: table[column] + np.arange(len(table)) % 3})
        for name, (column, table) in tables.items()
        if len(table)
    })  # fmt: skip
    calls: list[Asked] = []
    real = closeness.closer

    def noted(
        instance: Instance, model: Model, outcome: Outcome, last: IntArray, first: IntArray,
        price: closeness.Closeness, **options: Any,
    ) -> Outcome:  # fmt: skip
        limited = options if seconds is None else {**options, "seconds": seconds}
        found = real(instance, model, outcome, last, first, price, **limited)
        assert found.x is not None
        calls.append(Asked(instance, model, outcome, last, first, price, found.x))
        return found

    monkeypatch.setattr(planning, "closer", noted)
    planner.solve(gap=0, change_cost=price)
    return calls[0]


@pytest.mark.parametrize("family", sorted(FAMILIES))
@pytest.mark.parametrize("price", [0.3, 50.0])
def test_it_costs_no_more_than_the_new_plan_nor_than_the_one_begun_with(
    monkeypatch: pytest.MonkeyPatch, family: str, price: float
) -> None:
    for seed in (1, 2):
        found = asked(monkeypatch, family, seed, price)
        assert found.outcome.x is not None
        assert found.model.mip.is_feasible(found.nearer)
        assert found.people(found.nearer) <= found.people(found.outcome.x)
        least = found.cost(found.nearer)
        assert least <= found.cost(found.outcome.x) + 1e-6
        if found.people(found.first) <= found.people(found.outcome.x):
            assert least <= found.cost(found.first) * (1 + 1e-3) + 1e-6


def test_columns_that_nothing_changed_for_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """With everything that follows from decisions free all over the model, the best costs the same."""
    for seed in range(2):
        narrow = asked(monkeypatch, "mixed", seed, 2.0)

        def everything(mip: Mip, rows: IntArray, reach: int) -> BoolArray:
            return around(mip, rows, reach) | ~mip.integer

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(closeness, "around", everything)
            wide = asked(patch, "mixed", seed, 2.0)
        assert narrow.cost(narrow.nearer) == pytest.approx(wide.cost(wide.nearer), rel=1e-3)


def test_without_time_the_plan_begun_with_is_taken_where_changes_cost_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is searched, yet of the two plans at hand the one that is worth more stays."""
    gains = 0
    for seed in range(3):
        found = asked(monkeypatch, "mixed", seed, 50.0, seconds=0.0)
        assert found.outcome.x is not None
        before, after = found.cost(found.outcome.x), found.cost(found.nearer)
        assert after <= before + 1e-6
        gains += after < before - 1e-6
    assert gains
