"""What was learned of one matrix, in the rows and columns of another."""

from __future__ import annotations

import numpy as np
import pytest
from tiny import FAMILIES

import yjopt as yj
from yjopt import generate
from yjopt.engines import choice
from yjopt.engines.knowledge import Knowledge, Prices
from yjopt.instance import index
from yjopt.model.assembly import assemble
from yjopt.planner.recalling import recalled


def learned(columns: int, rows: int) -> Knowledge:
    """Numbers that tell columns and rows apart."""
    prices = Prices(np.arange(rows) + 1.0, {"rules": 2.0})
    return Knowledge(np.arange(columns) + 1.0, {"unmet_people": prices})


@pytest.mark.parametrize("family", FAMILIES)
def test_the_same_tables_get_everything_back(family: str) -> None:
    """Every column and row is found where it was."""
    scenario = yj.Scenario.from_tables(*FAMILIES[family](1))
    instance = index(scenario)
    model = assemble(instance)
    known = learned(model.mip.num_columns, model.mip.num_rows)
    found = recalled(known, (instance, model), instance, model)
    assert found is not None
    assert found.pattern is not None
    assert known.pattern is not None
    # Columns that mean the same in every respect may be taken for one another.
    assert (found.pattern == known.pattern).mean() > 0.9
    assert (found.prices["unmet_people"].rows == known.prices["unmet_people"].rows).mean() > 0.9
    assert found.prices["unmet_people"].held == {"rules": 2.0}
    assert recalled(None, (instance, model), instance, model) is None


def test_what_is_left_of_the_tables_keeps_its_prices() -> None:
    """A need is gone and another is new: the rows of all others are found, the new one's price is nothing."""
    tables, settings, _ = generate(towns=20, seed=3)
    before = yj.Scenario.from_tables(tables, settings)
    planner = yj.Planner(before)
    needs = before.needs
    planner.update(
        needs=[{**needs.iloc[0].to_dict(), "weight": 7.0}], remove={"needs": [needs.iloc[5].to_dict()]}
    )
    old, new = index(before), index(planner.scenario)
    was, now = assemble(old), assemble(new)
    known = learned(was.mip.num_columns, was.mip.num_rows)
    found = recalled(known, (old, was), new, now)
    assert found is not None
    rows = found.prices["unmet_people"].rows
    assert len(rows) == now.mip.num_rows
    names = {block.name: block for block in was.mip.row_blocks}
    for block in now.mip.row_blocks:
        own, there = rows[block.start : block.stop], names[block.name]
        # Of the same kind, and with few exceptions found.
        assert ((own == 0) | ((own > there.start) & (own <= there.stop))).all()
        assert (own > 0).sum() >= min(block.size, there.size) - 6
    served = {name: found.pattern[block.start : block.stop] for name, block in
              ((block.name, block) for block in now.mip.column_blocks)}["serve"]  # fmt: skip
    assert (served > 0).mean() > 0.9


def test_bounds_of_the_last_plan_hold_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """Needs change a little: the first bounds come from memory, and none lies above what the solver proves."""
    monkeypatch.setitem(choice.LARGE, "lagrange", 1)
    tables, settings, _ = generate(towns=12, seed=5)
    planner = yj.Planner(yj.Scenario.from_tables(tables, settings))
    planner.solve(time_limit=3.0, engine="lagrange")
    rows = planner.scenario.needs.iloc[::9].copy()
    rows["quantity"] = rows["quantity"] * 2
    planner.update(needs=rows)
    events: list[yj.Event] = []
    planner.solve(time_limit=3.0, engine="lagrange", on_event=events.append)
    early = {event.stage: event.bound for event in events if event.kind == "bound"}
    assert {"unmet_people", "unmet_goods"} <= early.keys()
    proven = yj.solve(planner.scenario, gap=0.0, time_limit=6.0, engine="highs")
    rules, people = (proven.stages.set_index("name").loc[name] for name in ("rules", "unmet_people"))
    assert rules.bound == rules.value
    assert early["unmet_people"] / 1e6 <= people.value + 1e-9


def test_a_day_later_the_same_means_a_period_less() -> None:
    """After a roll the second period is the first: decisions are found there, and rows that are made of them alone."""
    tables, settings, _ = generate(towns=12, periods=3, seed=5)
    before = yj.Scenario.from_tables(tables, settings)
    planner = yj.Planner(before)
    planner.solve(engine="manual")
    planner.roll(1)
    old, new = index(before), index(planner.scenario)
    was, now = assemble(old), assemble(new)
    known = learned(was.mip.num_columns, was.mip.num_rows)
    found = recalled(known, (old, was), new, now, 1)
    assert found is not None
    assert found.pattern is not None
    there = {block.name: block for block in was.mip.column_blocks}
    for block in now.mip.column_blocks:
        own = found.pattern[block.start : block.stop]
        lower = now.mip.lower[block.start : block.stop]
        assert ((own == lower) | ((own > there[block.name].start) & (own <= there[block.name].stop))).all()
    ship = now.supplies.ship
    shipped = new.supplies.shipments.depart
    earlier = found.pattern[ship].astype(np.int64) - 1
    was_at = dict(zip(was.supplies.ship.tolist(), old.supplies.shipments.depart.tolist(), strict=True))
    pairs = [
        (was_at[at], period)
        for at, period in zip(earlier.tolist(), shipped.tolist(), strict=True)
        if at in was_at
    ]
    assert pairs
    assert all(then == period + 1 for then, period in pairs)
