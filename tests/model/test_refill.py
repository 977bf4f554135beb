"""Sending what a plan leaves unsent: always a plan, never worse, and better where something lies about."""

from __future__ import annotations

import numpy as np
import pytest
from tiny import FAMILIES

from yjopt.instance import index
from yjopt.model.assembly import assemble
from yjopt.model.manual import manual
from yjopt.model.manual.refill import refill
from yjopt.model.nothing import nothing
from yjopt.scenario import Scenario

GOODS = ("consumables", "durables", "trips", "couplings", "mixed")


@pytest.mark.parametrize("family", GOODS)
@pytest.mark.parametrize("seed", range(12))
def test_a_refilled_plan_is_a_plan_and_no_worse(family: str, seed: int) -> None:
    """From doing nothing and from the manual plan: every row holds, people stay, goods are no worse."""
    instance = index(Scenario.from_tables(*FAMILIES[family](seed)))
    model = assemble(instance)
    for start in (nothing(instance, model), manual(instance, model)):
        before = start.copy()
        x = refill(instance, model, start)
        assert np.array_equal(start, before)
        assert model.mip.is_feasible(x)
        for stage in model.mip.stages:
            if stage.name in ("hard_rules", "rules", "unmet_people"):
                assert stage.value(x) == stage.value(start)
            if stage.name == "unmet_goods":
                assert stage.value(x) <= stage.value(start)


def test_it_sends_what_doing_nothing_leaves_lying() -> None:
    """Over the seeds, filling up from nothing meets more than half of what the rule by hand meets."""
    met = {"refill": 0, "manual": 0}
    for seed in range(12):
        instance = index(Scenario.from_tables(*FAMILIES["consumables"](seed)))
        model = assemble(instance)
        idle = nothing(instance, model)
        goods = next(stage for stage in model.mip.stages if stage.name == "unmet_goods")
        met["refill"] += goods.value(idle) - goods.value(refill(instance, model, idle))
        met["manual"] += goods.value(idle) - goods.value(manual(instance, model))
    assert met["refill"] > met["manual"] // 2
