"""The reference model of the command rules against brute force: every plan of the smallest scenarios is judged."""

from __future__ import annotations

import pytest
from brute import best, ranking
from tiny_smallest_command import SMALLEST, smallest

from benchmarks.reference_model import build, solve_stages


def disagreement(family: str, seed: int, most: int) -> str:
    """What is different between brute force and the reference; blank if nothing is."""
    scenario, problem = smallest(family, seed, most)
    reference = solve_stages(build(scenario))
    found = best(problem)
    assert found is not None, "doing nothing is always allowed"
    if found.get("hard_rules"):
        return "" if reference.status == "impossible" else f"{family} {seed}: brute force finds it impossible"
    if ranking(found) == ranking(reference.values):
        return ""
    return f"{family} {seed}: brute force {found}, reference {reference.values}"


@pytest.mark.parametrize("family", SMALLEST)
def test_reference_is_the_best_of_all_lawful_plans(family: str) -> None:
    """On six scenarios of each family no lawful plan is better than the reference's, and one is as good."""
    assert not list(filter(None, (disagreement(family, seed, 1_500) for seed in range(6))))


@pytest.mark.long
@pytest.mark.parametrize("family", SMALLEST)
def test_reference_is_the_best_of_many_lawful_plans(family: str) -> None:
    """The same on three hundred scenarios of each family, with up to 20,000 plans each."""
    assert not list(filter(None, (disagreement(family, seed, 20_000) for seed in range(300))))
