"""People laid anew by hand between two stages: always a plan, never a worse one, better where they lie scattered."""

from __future__ import annotations

import numpy as np
import pytest
from tiny import FAMILIES
from tiny_command import command
from tiny_tree import contacts, frames_of

from yjopt.instance import Instance, index
from yjopt.model.assembly import Model, assemble
from yjopt.model.manual import manual
from yjopt.model.manual.relaying import Polish
from yjopt.model.nothing import nothing
from yjopt.scenario import Scenario

CASES = [
    *((family, seed) for family in ("beds", "isolation", "teams", "mixed") for seed in range(3)),
    *(("command", seed) for seed in range(6)),
]


def built(family: str, seed: int) -> tuple[Instance, Model]:
    """A tiny scenario and its model."""
    maker = command if family == "command" else FAMILIES[family]
    instance = index(Scenario.from_tables(*maker(seed)))
    return instance, assemble(instance)


@pytest.mark.parametrize(("family", "seed"), CASES)
def test_never_worse_and_always_a_plan(family: str, seed: int) -> None:
    """From doing nothing and from the manual plan: every row holds, no plan is worse than what it came from."""
    instance, model = built(family, seed)
    polish = Polish(instance, model)
    for x in (nothing(instance, model), manual(instance, model)):
        better = polish(x)
        assert model.mip.is_feasible(better)
        assert model.mip.stage_values(better) <= model.mip.stage_values(x)


def test_sites_stay_as_they_are_held() -> None:
    """Two sites of three rooms; in the plan at hand one is held, and nobody is isolated. Both groups are brought.

    Groups of 3 from ta in period 1 and 2, staying two periods; minimum one site held at the county in every period.
    """
    tables = contacts([3, 3], {"a": 3, "c": 3}, rules=[("isolation_minimum", "A", "close", 1.0, False, 1.0)])
    instance = index(Scenario.from_tables(*frames_of(tables, 2)))
    model = assemble(instance)
    idle = nothing(instance, model)
    held = idle.copy()
    ward = np.flatnonzero(instance.labels.places[instance.wards.place] == "a")
    held[model.isolation.hold[ward]] = 1
    held[model.rules.short] = 0
    assert model.mip.is_feasible(held)
    better = Polish(instance, model)(held)
    assert model.mip.is_feasible(better)
    assert better[model.isolation.hold[ward]].all()
    assert not better[model.isolation.lost].any()


def test_worth_decides() -> None:
    """With a worth of its own, here to leave as many as possible unmet, the plan at hand stays."""
    instance, model = built("mixed", 1)
    people = next(stage for stage in model.mip.stages if stage.name == "unmet_people")
    idle = nothing(instance, model)
    assert people.value(Polish(instance, model)(idle)) < people.value(idle)
    kept = Polish(instance, model, lambda x: -people.value(x))(idle)
    assert people.value(kept) == people.value(idle)
