"""Nobody worse off than alone."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from comparison.worlds import masks, stock

import yjopt as yj
from yjopt.comparison.alone import only_own
from yjopt.errors import ModelError


def unequal() -> yj.Scenario:
    """County CA has 4 masks for a need of 10, county CB 10 for a need of 10 that counts a tenth."""
    return masks(
        stocks=[stock("depot-a", 4, authority="CA"), stock("depot-b", 10, authority="CB")],
        needs=[
            {"place": "a", "item": "mask", "period": 1, "quantity": 10, "weight": 1.0},
            {"place": "b", "item": "mask", "period": 1, "quantity": 10, "weight": 0.1},
        ],
    )


def test_what_each_county_reaches_alone() -> None:
    """Alone CA leaves 6 masks unmet, CB none; together CB gives 6 to CA, and with the ceilings it gives none."""
    alone = yj.stand_alone(unequal(), gap=0.0, time_limit=20)
    assert alone.rows[["rule", "area", "what", "amount", "hard"]].to_numpy().tolist() == [
        ["unmet_ceiling", "CA", "goods", 6.0, True],
        ["unmet_ceiling", "CB", "goods", 0.0, True],
    ]
    joint = yj.solve(unequal(), gap=0.0, time_limit=20)
    assert joint.stage_values["unmet_goods"] == 600_000
    kept = yj.solve(alone.bound(), gap=0.0, time_limit=20)
    assert kept.audit().ok
    assert kept.stage_values["unmet_goods"] == 6_000_000
    assert "unmet alone" in alone.text()


def test_ceilings_are_rounded_up() -> None:
    """Weight 0.015: one mask unmet is 0.015, and 0.02 on the grid of the table, so alone it still holds."""
    scenario = masks(needs=[{"place": "a", "item": "mask", "period": 1, "quantity": 1, "weight": 0.015}])
    alone = yj.stand_alone(scenario, gap=0.0, time_limit=20)
    assert alone.rows["amount"].tolist() == [0.02]
    assert yj.diagnose(alone.bound()).ok


def test_old_ceilings_are_replaced() -> None:
    """A ceiling of the same area and kind gives way; it does not bind the plan alone either."""
    rules = [{"rule": "unmet_ceiling", "area": "CA", "what": "goods", "amount": 1.0, "hard": True}]
    frame = pd.DataFrame(rules)
    alone = yj.stand_alone(unequal().replace(rules=frame), gap=0.0, time_limit=20)
    bound = alone.bound().tables["rules"].set_index("area")["amount"]
    assert bound.to_dict() == {"CA": 6.0, "CB": 0.0}


def test_alone_has_only_what_is_its_own(three_towns: tuple[dict[str, pd.DataFrame], dict[str, Any]]) -> None:
    """A scenario in which every table has rows can be cut for each of its areas."""
    frames, settings = three_towns
    scenario = yj.Scenario.from_tables(frames, settings)
    for area in scenario.tables["areas"]["area"]:
        own = only_own(scenario, area)
        assert set(own.tables["pools"]["authority"]) <= set(scenario.tables["areas"]["area"])
    root = scenario.tables["areas"].query("parent == ''")["area"].iloc[0]
    whole = only_own(scenario, root)
    for name in ("stocks", "pools", "beds", "needs", "arrivals", "contacts", "tasks"):
        assert len(whole.tables[name]) == len(scenario.tables[name])


@pytest.mark.parametrize(("areas", "said"), [(["X"], "no area 'X'"), (["C", "CA"], "lies inside another")])
def test_areas_that_cannot_stand_alone(areas: list[str], said: str) -> None:
    with pytest.raises(ModelError, match=said):
        yj.stand_alone(unequal(), areas)
