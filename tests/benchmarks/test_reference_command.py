"""The reference model of the command rules against brute force: every plan of the smallest scenarios is judged."""

from __future__ import annotations

import pytest
from brute_judge import disagreements
from tiny_smallest_command import SMALLEST, smallest


@pytest.mark.parametrize("family", SMALLEST)
def test_reference_is_the_best_of_all_lawful_plans(family: str) -> None:
    """On six scenarios of each family no lawful plan is better than the reference's, and one is as good."""
    assert not disagreements(smallest, family, range(6), 1_500)


@pytest.mark.long
@pytest.mark.parametrize("family", SMALLEST)
def test_reference_is_the_best_of_many_lawful_plans(family: str) -> None:
    """The same on three hundred scenarios of each family, with up to 20,000 plans each."""
    assert not disagreements(smallest, family, range(300), 20_000)
