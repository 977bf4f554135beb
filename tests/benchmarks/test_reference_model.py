"""The reference model against brute force: every plan of the smallest scenarios is judged by itself."""

from __future__ import annotations

import pytest
from brute_judge import disagreements
from tiny_smallest import SMALLEST, smallest


@pytest.mark.parametrize("family", SMALLEST)
def test_reference_is_the_best_of_all_plans(family: str) -> None:
    """On eight scenarios of each family no plan is better than the reference's, and one is as good."""
    assert not disagreements(smallest, family, range(8), 1_500)


@pytest.mark.long
@pytest.mark.parametrize("family", SMALLEST)
def test_reference_is_the_best_of_many_plans(family: str) -> None:
    """The same on three hundred scenarios of each family, with up to 20,000 plans each."""
    assert not disagreements(smallest, family, range(300), 20_000)
