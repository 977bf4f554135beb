"""Doing nothing, the manual plan and tightened plans under all command rules at once."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tiny_command import command
from tiny_tree import contacts, frames_of, sick, task

from yjopt import generate
from yjopt.auditing import audit
from yjopt.instance import Instance, index
from yjopt.model import manual as manual_module
from yjopt.model.assembly import Model, assemble
from yjopt.model.manual import manual, obeying
from yjopt.model.nothing import nothing
from yjopt.model.tightening import lowered, tighten
from yjopt.plan import decode
from yjopt.scenario import Scenario

if TYPE_CHECKING:
    from yjopt.instance.joining import IntArray

SEEDS = [*range(15), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(15, 400))]


def built(seed: int) -> tuple[Scenario, Instance, Model]:
    """A tiny scenario with all command rules, and its model."""
    scenario = Scenario.from_tables(*command(seed))
    instance = index(scenario)
    return scenario, instance, assemble(instance)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_manual_plan_obeys(seed: int, caplog: pytest.LogCaptureFixture) -> None:
    """It keeps every row and bound, passes the audit, and leaves no more people unmet than doing nothing."""
    scenario, instance, model = built(seed)
    idle = nothing(instance, model)
    assert not model.mip.violations(idle)
    assert not model.mip.bound_violations(idle)
    with caplog.at_level(logging.ERROR, logger="yjopt"):
        by_hand = manual(instance, model)
    assert not caplog.records
    assert not model.mip.violations(by_hand)
    assert not model.mip.bound_violations(by_hand)
    people = next(stage for stage in model.mip.stages if stage.name == "unmet_people")
    assert people.value(by_hand) <= people.value(idle)
    values = {stage.name: stage.value(by_hand) for stage in model.mip.stages}
    if not values.get("hard_rules", 0):
        audited = audit(scenario, decode(instance, model, by_hand))
        assert audited.ok, audited.violations["message"].tolist()
        assert {name: audited.stages.get(name, 0) for name in values} == values


@pytest.mark.parametrize("seed", SEEDS)
def test_tightening_breaks_no_proof_that_somebody_is_exhausted(seed: int) -> None:
    """Raise what is short and paid as far as it goes: it comes down again, and every row still holds, exactly."""
    _, instance, model = built(seed)
    by_hand = tighten(model, manual(instance, model))
    loose = by_hand.copy()
    for columns in (model.teams.short, model.rules.few, model.rules.beyond, model.rules.short):
        loose[columns] = model.mip.upper[columns].astype(np.int64)
    assert not model.mip.violations(loose)
    again = tighten(model, loose)
    assert not model.mip.violations(again)
    np.testing.assert_array_equal(again, by_hand)


def test_a_conversion_that_proves_the_budget_spent_stays_paid() -> None:
    """County site 'a' could be opened for 80 of a budget of 100; 30 go into converting 'own', so it cannot.

    Under strict the city may then be asked. No conversion is paid but for a category that is held, so lowering what is
    paid takes nothing from the proof.
    """
    tables = contacts([3, 3], {"own": 3, "c": 9}, rules=[("opening_budget", "A", "", 100.0, True, 1.0)])
    tables["isolation_sites"] = [*tables["isolation_sites"], ("a", 3, "candidate", 0, 80.0)]
    tables["site_category"] = [("own", "close", 0, 30.0), ("c", "close", 0, 0.0), ("a", "close", 0, 0.0)]
    instance = index(Scenario.from_tables(*frames_of(tables, 2, rule="strict")))
    model = assemble(instance)
    x = manual(instance, model)
    assert not model.mip.violations(x)
    paid = model.isolation.convert[model.isolation.convert >= 0]
    np.testing.assert_array_equal(lowered(model.mip, x, paid), x)
    assert int(x[paid].sum()) == 1
    at_city = instance.labels.places[instance.wards.place[instance.isolation.choice_ward]] == "c"
    assert int(x[model.isolation.settle[at_city]].sum()) == 1


def test_by_hand_the_backup_opens_only_when_the_load_is_reached() -> None:
    """Four beds at the county, five sick: the fifth finds the backup, which 80 % of four open; three do not."""
    for people, opened in ((5, 1), (3, 0)):
        tables = sick(
            people, {"a": 4, "tb": 9}, facilities=[("tb", "backup", 0, 30.0)],
            rules=[("backup_load", "A", "", 80.0, True, 1.0)],
        )  # fmt: skip
        instance = index(Scenario.from_tables(*frames_of(tables)))
        model = assemble(instance)
        x = manual(instance, model)
        assert int(x[model.facilities.decide].sum()) == opened
        assert int(x[model.beds.lost].sum()) == 0


def test_by_hand_a_hard_quota_is_kept() -> None:
    """Three teams, two to be kept back: the task gets one."""
    tables = task(3, {"c": 3}) | {"rules": [("mobile_quota", "C", "testing", 2.0, True, 1.0)]}
    instance = index(Scenario.from_tables(*frames_of(tables)))
    model = assemble(instance)
    x = manual(instance, model)
    assert int(x[model.teams.deploy].sum()) == 1
    assert int(x[model.rules.few].sum()) == 0


def test_what_stands_beside_a_forbidden_step_is_given_up_before_everything_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A city in which every mend brings up another fault: fewer plans are laid, and people are none the worse.

    Nobody is brought back here: the mends would all be done.
    """
    monkeypatch.setattr(manual_module, "people_in_turn", lambda hosts: None)
    tables, settings, _ = generate(towns=120, periods=1, seed=1, rule="strict")
    instance = index(Scenario.from_tables(tables, settings))
    model = assemble(instance)
    people = next(stage for stage in model.mip.stages if stage.name == "unmet_people")
    once = manual_module._laid_once
    laid: list[int] = []

    def counted(*args: object) -> IntArray:
        x: IntArray = once(*args)  # type: ignore[arg-type]
        laid.append(people.value(x))
        return x

    monkeypatch.setattr(manual_module, "_laid_once", counted)
    x = manual(instance, model)
    assert 3 < len(laid) <= 6
    assert model.mip.is_feasible(x)
    soon, laid[:] = len(laid), []
    monkeypatch.setattr(manual_module, "lawful", partial(obeying.lawful, patient=20))
    patient = manual(instance, model)
    assert len(laid) > soon
    assert people.value(x) <= 1.1 * people.value(patient)


def test_who_was_asked_too_early_is_brought_back_rather_than_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan by hand brings people to whoever has something left after all, and more of them are looked after."""
    tables, settings, _ = generate(towns=120, periods=1, seed=1, rule="strict")
    instance = index(Scenario.from_tables(tables, settings))
    model = assemble(instance)
    people = next(stage for stage in model.mip.stages if stage.name == "unmet_people")
    x = manual(instance, model)
    assert model.mip.is_feasible(x)
    monkeypatch.setattr(manual_module, "people_in_turn", lambda hosts: None)
    assert people.value(x) < people.value(manual(instance, model))
