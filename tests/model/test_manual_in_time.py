"""The rule of a command centre under a deadline: what is laid by then is a plan, the rest is left undone."""

from __future__ import annotations

import itertools
import logging
from types import SimpleNamespace

import pytest
from tiny import FAMILIES
from tiny_command import command

from yjopt import Scenario, generate, solve
from yjopt.auditing import audit
from yjopt.instance import index
from yjopt.model.assembly import assemble
from yjopt.model.manual import ledger as room
from yjopt.model.manual import manual
from yjopt.plan import decode

CASES = {**FAMILIES, "command": command}


@pytest.mark.parametrize("family", CASES)
@pytest.mark.parametrize("seed", range(3))
def test_cut_short_after_any_step_it_is_a_plan(
    family: str, seed: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """However many steps were begun, every row holds and the audit finds nothing; with all, it is the whole plan."""
    scenario = Scenario.from_tables(*CASES[family](seed))
    instance = index(scenario)
    model = assemble(instance)
    ticks = itertools.count(1)
    # A clock that ticks once for each step: the deadline comes after so many of them.
    monkeypatch.setattr(room, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
    whole = manual(instance, model)
    steps = next(ticks) - 1
    for begun in range(0, steps + 1, max(steps // 12, 1)):
        ticks = itertools.count(1)
        with caplog.at_level(logging.ERROR, logger="yjopt"):
            cut = manual(instance, model, deadline=begun)
        assert not caplog.records
        assert model.mip.is_feasible(cut)
        hard = [stage for stage in model.mip.stages if stage.name == "hard_rules"]
        if not any(stage.value(cut) for stage in hard):
            assert audit(scenario, decode(instance, model, cut)).ok
    ticks = itertools.count(1)
    assert (manual(instance, model, deadline=steps) == whole).all()


def test_a_plan_whose_baseline_was_cut_short_says_so() -> None:
    """With no time at all nothing is laid by hand, there is a plan all the same, and it tells."""
    tables, settings, _ = generate(towns=12, periods=3, seed=3)
    scenario = Scenario.from_tables(tables, settings)
    plan = solve(scenario, time_limit=1e-6)
    assert any("before the plan by hand was laid" in note for note in plan.notes)
    assert plan.status == "feasible"
    assert plan.stopped_by == "time"
    assert plan.audited is not None
    assert plan.audited.ok
    whole = solve(scenario, engine="manual", time_limit=1e-6)
    assert not any("by hand" in note for note in whole.notes)
    assert whole.stage_values != plan.stage_values
