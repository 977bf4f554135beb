"""Clashes of many kinds, each with a planted cheapest repair."""

from __future__ import annotations

import pytest
from diagnosis.clashes import KINDS, Clash

import yjopt as yj


def examine(clash: Clash) -> None:
    """The rules clash; the diagnosis names them, finds the planted repair, and what it repairs can be solved."""
    scenario = clash.scenario()
    assert yj.solve(scenario, gap=0.0, time_limit=20).status == "impossible"
    diagnosis = yj.diagnose(scenario)
    assert not diagnosis.ok
    assert diagnosis.proven
    assert diagnosis.cost == pytest.approx(clash.cost, abs=1e-9)
    assert diagnosis.given_up == pytest.approx(clash.given_up, abs=1e-9)
    if clash.conflicts is not None:
        found = [
            {(row["rule"], row["area"], row["what"]) for row in rows.to_dict("records")}
            for _, rows in diagnosis.conflicts.groupby("conflict")
        ]
        assert sorted(map(sorted, found)) == sorted(map(sorted, clash.conflicts))
    plan = yj.solve(diagnosis.repaired, gap=0.0, time_limit=20)
    assert plan.status in ("optimal", "feasible")
    assert plan.audit().ok
    assert plan.stage_values.get("hard_rules", 0) == 0
    assert yj.diagnose(diagnosis.repaired).ok


@pytest.mark.parametrize("kind", KINDS)
def test_one_of_every_kind(kind: str) -> None:
    """One clash of every kind."""
    examine(KINDS[kind](1))


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_many_of_every_kind(kind: str) -> None:
    """Sixteen more of every kind, more than two hundred in all."""
    for seed in range(2, 18):
        examine(KINDS[kind](seed))
