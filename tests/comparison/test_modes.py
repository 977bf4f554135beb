"""The price of a rule."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd
import pytest
from comparison.worlds import masks, stock, value

import yjopt as yj
from yjopt.comparison import solving
from yjopt.comparison.stages import stage_lines
from yjopt.errors import ModelError


def two_stores() -> yj.Scenario:
    """The town needs 10: its county has 6 of them two hours off the road it would have to take first, the city 10."""
    return masks(
        stocks=[stock("depot-a", 6, authority="CA"), stock("depot", 10, authority="C")],
        settings={"carry": {"person": 100.0}},
    )


def test_the_modes_side_by_side() -> None:
    """The county's pool has 6 of 10 masks, the city 10 (step above-2).

    flat does not mind whom it asks; priority and strict take 6 from the pool and 4 from the city. A pack is
    100,000 parts of a million of the need, so the city's stage is 4 * 100,000.
    """
    scenario = two_stores()
    price = yj.price_of_rule(scenario, gap=0.0, time_limit=20)
    assert list(price.plans) == ["flat", "priority", "strict"]
    assert all(plan.audit().ok for plan in price.plans.values())
    assert [value(price.stages, "unmet_goods", rule) for rule in price.plans] == [0, 0, 0]
    for rule in ("priority", "strict"):
        assert value(price.stages, "support:above-2", rule) == 400_000
        assert value(price.stages, "support:above-2", rule, "bound") == 400_000
    # What flat asks of the city is counted, but it was no aim and has no bound.
    flat = value(price.stages, "support:above-2", "flat")
    asked = price.plans["flat"].shipments.query("step == 'above-2'")["quantity"].sum()
    assert flat == 100_000 * asked
    assert math.isnan(value(price.stages, "support:above-2", "flat", "bound"))
    assert value(price.stages, "support:above-2", "strict", "difference") == 400_000 - flat
    text = price.text()
    assert "priority - flat" in text
    assert "unmet goods" in text
    assert price._repr_html_().startswith("<pre>")


def test_strict_costs_what_cannot_be_asked_for() -> None:
    """A pool that keeps its masks is not exhausted while it could give.

    The county's 6 masks take a day to be released, the need is lost after its period. priority takes all 10 from the
    city at once. Under strict the pool cannot arrive in time either, so it is no reason against asking the city:
    nothing is lost. With the release gone both are equal.
    """
    scenario = masks(
        needed=10,
        periods=2,
        stocks=[stock("depot-a", 6, authority="CA", release_hours=24.0), stock("depot", 10, authority="C")],
        needs=[{"place": "a", "item": "mask", "period": 1, "quantity": 10, "deadline": 0}],
    )
    price = yj.price_of_rule(scenario, ("priority", "strict"), gap=0.0, time_limit=20)
    assert value(price.stages, "unmet_goods", "strict") == value(price.stages, "unmet_goods", "priority") == 0


def test_delays_are_compared_under_one_rule() -> None:
    """The city takes a day to decide: with ``by_rung`` the 4 masks that only it has come a day late.

    4 masks * weight 1 * late 0.01 * 1 day.
    """
    scenario = masks(
        periods=2,
        stocks=[stock("depot-a", 6, authority="CA"), stock("depot", 10, authority="C")],
        ladder=[{"area": "C", "step": "above-2", "decision_hours": 24.0}],
    )
    price = yj.price_of_rule(scenario, delays=True, gap=0.0, time_limit=20)
    assert list(price.plans) == ["direct", "by_rung"]
    assert value(price.stages, "unmet_goods", "direct") == 0
    assert value(price.stages, "unmet_goods", "by_rung") == pytest.approx(0.04)
    assert value(price.stages, "unmet_goods", "by_rung", "difference") == pytest.approx(0.04)


def test_two_runs_give_the_same_frame() -> None:
    """What ends by proof is the same again."""
    scenario = two_stores()
    first, second = (yj.price_of_rule(scenario, gap=0.0, time_limit=20).stages for _ in range(2))
    pd.testing.assert_frame_equal(first, second)


@pytest.mark.parametrize("rules", [("flat", "chaos"), ("flat", "flat"), ()])
def test_rules_that_cannot_be_compared(rules: tuple[str, ...]) -> None:
    with pytest.raises(ModelError, match="flat, priority, strict"):
        yj.price_of_rule(two_stores(), rules)


def test_a_missing_stage_is_a_dash() -> None:
    """A stage that a plan does not have is no zero."""
    frame = pd.DataFrame(
        {
            "stage": ["money", "money"], "plan": ["one", "two"], "value": [math.nan, 3.0],
            "bound": [math.nan, 3.0], "gap": [math.nan, 0.0], "difference": [math.nan, math.nan],
        }
    )  # fmt: skip
    lines = list(stage_lines(frame))
    assert lines[1].split() == ["money,", "yuan", "-", "3", "-"]


def test_an_interrupt_ends_the_comparison(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a plan is not compared."""
    half = replace(yj.solve(two_stores(), engine="manual"), status="interrupted")
    monkeypatch.setattr(solving, "solve", lambda *args, **more: half)
    with pytest.raises(KeyboardInterrupt):
        yj.price_of_rule(two_stores())
