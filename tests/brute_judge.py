"""The reference model judged by brute force: is its answer the best of all plans there are?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from brute import best, ranking

from benchmarks.reference_model import build, solve_stages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from brute import Problem
    from tiny_world import PlainScenario


def disagreements(
    smallest: Callable[[str, int, int], tuple[PlainScenario, Problem]],
    family: str,
    seeds: Iterable[int],
    most: int,
) -> list[str]:
    """What is different between brute force and the reference, a sentence for each seed in which something is.

    Parameters
    ----------
    smallest : callable
        Takes family, seed and the most plans to try; returns a scenario and the same as a problem of brute force.
    """
    told = []
    for seed in seeds:
        scenario, problem = smallest(family, seed, most)
        reference = solve_stages(build(scenario))
        found = best(problem)
        assert found is not None, "doing nothing is always allowed"
        if found.get("hard_rules"):
            if reference.status != "impossible":
                told.append(f"{family} {seed}: brute force finds it impossible")
        elif ranking(found) != ranking(reference.values):
            told.append(f"{family} {seed}: brute force {found}, reference {reference.values}")
    return told
