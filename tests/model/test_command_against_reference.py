"""All command rules at once: the package against the reference, the three modes, and pairs of rules that both bite."""

from __future__ import annotations

import itertools
import sys
from collections import Counter

import pytest
from tiny_command import OFF, command, lacks_locally, plain_command, switch_off
from tiny_world import Frames, Nested, PlainScenario

import yjopt as yj
from benchmarks.reference_model import build, first_difference, solve_stages

#: Stages that strict may worsen and that the other two modes share.
SHARED = ("hard_rules", "rules", "unmet_people", "unmet_goods")


def disagreement(seed: int) -> str:
    """What package and reference do not say alike of a scenario with all rules; blank if nothing."""
    frames, settings = command(seed)
    reference = solve_stages(build(PlainScenario.of(frames, settings)))
    plan = yj.solve(yj.Scenario.from_tables(frames, settings), gap=0, time_limit=120)
    if reference.status == "impossible":
        return "" if plan.status == "impossible" else f"{seed}: {plan.status}, but it is impossible"
    if plan.status != "optimal":
        return f"{seed}: {plan.status}, stopped by {plan.stopped_by}"
    found = dict(plan.stage_values)
    different = {
        name: (found.get(name, 0), reference.values.get(name, 0))
        for name in {**reference.values, **found}
        if found.get(name, 0) != reference.values.get(name, 0)
    }
    return f"{seed}: (package, reference) {different}" if different else ""


def test_every_stage_is_as_good_as_the_reference() -> None:
    """Five scenarios in which all rules are on: to the last quantum of every stage."""
    assert not list(filter(None, map(disagreement, range(5))))


@pytest.mark.long
def test_every_stage_is_as_good_as_the_reference_on_many() -> None:
    """Three hundred scenarios."""
    assert not list(filter(None, map(disagreement, range(300))))


def modes_of(seed: int, *, enough: bool) -> tuple[Frames, Nested]:
    """A scenario without soft rules, which would let people go short for a rule's sake."""
    frames, settings = command(seed, enough=enough, later=True)
    for rule in ("mobile_quota", "unmet_ceiling"):
        frames, settings = switch_off(frames, settings, rule)
    return frames, settings


def unmet(frames: Frames, settings: Nested, mode: str) -> tuple[int, ...]:
    """The stages up to people and goods, proven, by the package."""
    scenario = yj.Scenario.from_tables(frames, {**settings, "rule": mode})
    plan = yj.solve(scenario, gap=0, time_limit=120)
    assert plan.status == "optimal"
    return tuple(plan.stage_values.get(stage, 0) for stage in SHARED)


def compare_modes(seeds: range) -> tuple[int, int]:
    """Check the order of the three modes; how many scenarios lack locally, and in how many of them strict costs."""
    lacking = costs = 0
    for seed in seeds:
        enough = seed % 5 == 0
        frames, settings = modes_of(seed, enough=enough)
        flat, priority, strict = (unmet(frames, settings, mode) for mode in ("flat", "priority", "strict"))
        assert flat == priority, seed
        assert strict >= priority, seed
        assert lacks_locally(frames) != enough, seed
        if enough:
            assert strict == priority, seed
        else:
            lacking += 1
            costs += strict > priority
    return lacking, costs


def test_priority_is_as_good_as_flat_and_strict_never_better() -> None:
    """Three scenarios, in the first of which every authority has enough."""
    compare_modes(range(15, 18))


@pytest.mark.long
def test_strict_costs_people_and_goods_only_where_something_lacks() -> None:
    """Five hundred scenarios; strict is above priority in at least a fifth of those that lack locally."""
    lacking, costs = compare_modes(range(500))
    assert lacking == 400
    assert 5 * costs >= lacking, f"only {costs} of {lacking}"


def active(seed: int) -> list[str]:
    """The rules without which the stages of a scenario would be others."""
    base = solve_stages(build(plain_command(seed)))
    return [
        rule
        for rule in OFF
        if base.status == "optimal" and first_difference(build(plain_command(seed, rule)), base.values)
    ]


def count_pairs(seeds: range) -> Counter[tuple[str, str]]:
    """In how many scenarios both rules of a pair are active; a rule with itself counts alone."""
    pairs: Counter[tuple[str, str]] = Counter()
    for seed in seeds:
        pairs.update(itertools.combinations_with_replacement(active(seed), 2))
    return pairs


def table_of(pairs: Counter[tuple[str, str]]) -> str:
    """The counts as a triangle."""
    width = max(map(len, OFF))
    lines = [
        " ".join([f"{rule:{width}}", *(f"{pairs[other, rule]:4}" for other in itertools.takewhile(rule.__ne__, OFF)),
                  f"{pairs[rule, rule]:4}"])
        for rule in OFF
    ]  # fmt: skip
    return "\n".join(lines)


def test_most_rules_bite_in_two_scenarios_already() -> None:
    """Two scenarios are enough to find most of the rules active."""
    pairs = count_pairs(range(2))
    assert sum(pairs[rule, rule] > 0 for rule in OFF) >= 8, table_of(pairs)


@pytest.mark.long
def test_every_pair_of_rules_is_active_together(capsys: pytest.CaptureFixture[str]) -> None:
    """Three hundred scenarios: each pair of rules in at least five of them."""
    pairs = count_pairs(range(300))
    with capsys.disabled():
        sys.stdout.write(
            "\nScenarios of 300 in which both rules are active (last of a line: the rule alone)\n"
            f"{table_of(pairs)}\n"
        )
    few = {pair: pairs[pair] for pair in itertools.combinations(OFF, 2) if pairs[pair] < 5}
    assert not few, f"seldom active together: {few}"
