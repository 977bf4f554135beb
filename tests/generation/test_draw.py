from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yjopt.generation.draw import factors, shares, stream, sums, whole


def test_shares_of_seven_by_hand() -> None:
    """7 shared 1 : 1 : 2 is 1.75, 1.75, 3.5: whole parts 1, 1, 3; the two left go to the first two."""
    assert shares(7, [1.0, 1.0, 2.0]).tolist() == [2, 2, 3]


@given(st.integers(0, 10_000), st.lists(st.floats(0, 1e6), min_size=1, max_size=40))
def test_shares_add_up(total: int, weights: list[float]) -> None:
    parts = shares(total, weights)
    assert parts.sum() == total
    assert (parts >= 0).all()


def test_streams_differ_by_name_and_seed_and_repeat() -> None:
    first = stream(1, "beds").random(5)
    assert np.array_equal(first, stream(1, "beds").random(5))
    assert not np.array_equal(first, stream(1, "goods").random(5))
    assert not np.array_equal(first, stream(2, "beds").random(5))


@pytest.mark.parametrize("spread", [0.2, 0.5, 1.0])
def test_factors_keep_the_sum_and_have_the_spread(spread: float) -> None:
    weights = np.full(40_000, 3.0)
    drawn = factors(stream(3, "test"), spread, weights)
    assert (drawn * weights).sum() == pytest.approx(weights.sum())
    assert drawn.std() == pytest.approx(spread, rel=0.05)


def test_whole_keeps_the_expectation() -> None:
    rounded = whole(stream(4, "test"), np.full(100_000, 2.3))
    assert set(np.unique(rounded)) == {2, 3}
    assert rounded.mean() == pytest.approx(2.3, abs=0.01)


def test_sums_by_group() -> None:
    assert sums(np.array([0, 2, 0]), [1.0, 5.0, 2.0], 4).tolist() == [3.0, 0.0, 5.0, 0.0]
