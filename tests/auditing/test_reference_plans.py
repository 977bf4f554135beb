"""The audit reads the reference model's plans: it must find nothing wrong and the same stage values."""

from __future__ import annotations

import pytest
from tiny import FAMILIES, plain
from tiny_command import plain_command

from benchmarks.reference_model import build, solve_stages
from yjopt.auditing import audit, ledger


def disagreement(family: str, seed: int) -> str:
    """What the audit finds in the reference's plan that the reference does not say; blank if nothing."""
    scenario = plain_command(seed) if family == "command" else plain(family, seed)
    reference = solve_stages(build(scenario))
    if reference.status == "impossible":
        return ""
    tables = reference.tables | ledger(scenario, reference.tables)
    found = audit(scenario, tables)
    if not found.ok:
        return f"{family} {seed}: {found.violations.message.tolist()}"
    names = {**reference.values, **found.stages}
    if any(found.stages.get(name, 0) != reference.values.get(name, 0) for name in names):
        return f"{family} {seed}: audit {dict(found.stages)}, reference {reference.values}"
    return ""


@pytest.mark.parametrize("family", [*FAMILIES, "command"])
def test_nothing_is_wrong_with_the_best_plans(family: str) -> None:
    """Six scenarios of each family."""
    assert not list(filter(None, (disagreement(family, seed) for seed in range(6))))


@pytest.mark.long
@pytest.mark.parametrize("family", [*FAMILIES, "command"])
def test_nothing_is_wrong_with_many_of_the_best_plans(family: str) -> None:
    """Three hundred scenarios of each family."""
    assert not list(filter(None, (disagreement(family, seed) for seed in range(300))))
