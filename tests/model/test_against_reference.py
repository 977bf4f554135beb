"""The package's plans against the reference model, which is written from the contract alone, stage by stage."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
from tiny import FAMILIES
from tiny_world import PlainScenario

import yjopt as yj
from benchmarks.reference_model import build, solve_stages, solve_weighted, weight_of

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


#: Weights under which every stage has a say in tiny scenarios.
WEIGHTS = {
    "rules": 20.0,
    "unmet_people": 5.0,
    "unmet_goods": 2.0,
    "support": 0.000002,
    "time": 0.001,
    "money": 0.02,
}


def weighted_disagreement(family: str, seed: int) -> str:
    """The same for the weighted sum: plans may differ, the sum may not."""
    frames, settings = FAMILIES[family](seed)
    settings["weights"] = WEIGHTS
    programme = build(PlainScenario.of(frames, settings))
    reference = solve_weighted(programme)
    plan = yj.solve(yj.Scenario.from_tables(frames, settings), gap=0, time_limit=60, objective="weighted")
    if reference.status == "impossible":
        return "" if plan.status == "impossible" else f"{family} {seed}: {plan.status}, but it is impossible"
    stages = {name: value for name, value in plan.stage_values.items() if name in reference.values}
    found = sum(weight_of(programme, name) * value for name, value in stages.items())
    if plan.status == "optimal" and found == reference.weighted:
        return ""
    return f"{family} {seed}: {plan.status} {found}, reference {reference.weighted}"


@pytest.mark.parametrize("family", FAMILIES)
def test_every_stage_is_as_good_as_the_reference(family: str) -> None:
    """Ten scenarios of each family: to the last quantum of every stage."""
    assert not list(filter(None, (disagreement(family, seed) for seed in range(10))))


@pytest.mark.long
@pytest.mark.parametrize("family", FAMILIES)
def test_every_stage_is_as_good_as_the_reference_on_many(family: str) -> None:
    """Three hundred scenarios of each family."""
    assert not list(filter(None, (disagreement(family, seed) for seed in range(300))))


@pytest.mark.parametrize("family", ["mixed", "rules"])
def test_the_weighted_sum_is_as_good_as_the_reference(family: str) -> None:
    """Eight scenarios of all families together, and eight with hard rules."""
    assert not list(filter(None, (weighted_disagreement(family, seed) for seed in range(8))))


@pytest.mark.long
@pytest.mark.parametrize("family", FAMILIES)
def test_the_weighted_sum_is_as_good_as_the_reference_on_many(family: str) -> None:
    """Sixty scenarios of each family."""
    assert not list(filter(None, (weighted_disagreement(family, seed) for seed in range(60))))
