"""The package's plans against the reference model, which is written from the contract alone, stage by stage."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
from tiny import FAMILIES
from tiny_world import PlainScenario

import yjopt as yj
from benchmarks.reference_model import build, solve_stages

pytestmark = pytest.mark.skipif(find_spec("yjopt.api") is None, reason="yjopt.solve is not there yet.")


def disagreement(family: str, seed: int) -> str:
    """What the two say of a scenario, if they do not say the same; blank if they do."""
    frames, settings = FAMILIES[family](seed)
    reference = solve_stages(build(PlainScenario.of(frames, settings)))
    plan = yj.solve(yj.Scenario.from_tables(frames, settings), gap=0, time_limit=60)
    if reference.status == "impossible":
        return "" if plan.status == "impossible" else f"{family} {seed}: {plan.status}, but it is impossible"
    if plan.status != "optimal":
        return f"{family} {seed}: {plan.status}, stopped by {plan.stopped_by}"
    found = dict(plan.stage_values)
    different = {
        name: (found.get(name, 0), reference.values.get(name, 0))
        for name in {**reference.values, **found}
        if found.get(name, 0) != reference.values.get(name, 0)
    }
    return f"{family} {seed}: (package, reference) {different}" if different else ""


@pytest.mark.parametrize("family", FAMILIES)
def test_every_stage_is_as_good_as_the_reference(family: str) -> None:
    """Ten scenarios of each family: to the last quantum of every stage."""
    assert not list(filter(None, (disagreement(family, seed) for seed in range(10))))


@pytest.mark.long
@pytest.mark.parametrize("family", FAMILIES)
def test_every_stage_is_as_good_as_the_reference_on_many(family: str) -> None:
    """Three hundred scenarios of each family."""
    assert not list(filter(None, (disagreement(family, seed) for seed in range(300))))
