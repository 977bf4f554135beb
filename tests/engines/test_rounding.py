"""Rounding cuts: every plan keeps them, the vector that they were made for does not."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from yjopt.engines.rounding import RoundingCuts
from yjopt.model.mip import Block, Mip, RowBlock


def model(
    rows: list[list[int]],
    upper: list[int],
    row_upper: list[float],
    *,
    row_lower: list[float] | None = None,
    lower: list[int] | None = None,
    integer: list[bool] | None = None,
) -> Mip:
    """Some rows over some columns, without stages."""
    matrix = sparse.csc_array(np.array(rows, dtype=np.float64))
    matrix.sort_indices()
    count, number = matrix.shape
    return Mip(
        matrix,
        np.full(count, -np.inf) if row_lower is None else np.array(row_lower, dtype=np.float64),
        np.array(row_upper, dtype=np.float64),
        np.zeros(number) if lower is None else np.array(lower, dtype=np.float64),
        np.array(upper, dtype=np.float64),
        np.ones(number, dtype=np.bool_) if integer is None else np.array(integer),
        (),
        (Block("columns", 0, number),),
        (RowBlock("rows", 0, count),),
    )


def plans(mip: Mip) -> list[tuple[int, ...]]:
    """Every vector of whole numbers that keeps all rows."""
    spans = [range(int(low), int(high) + 1) for low, high in zip(mip.lower, mip.upper, strict=True)]
    return [x for x in itertools.product(*spans) if mip.is_feasible(np.array(x, dtype=np.int64))]


def of(*columns: int, among: int) -> np.ndarray:
    chosen = np.zeros(among, dtype=np.bool_)
    chosen[list(columns)] = True
    return chosen


def test_a_team_is_whole() -> None:
    """25 people need teams of 10: whoever comes needs three, or two and comes by 20/25 only."""
    mip = model([[25, -10]], [1, 5], [0.0])
    (cut,) = RoundingCuts(mip, of(1, among=2)).violated(np.array([1.0, 2.5]))
    assert cut.holds(np.array([1, 3]))
    assert cut.holds(np.array([0, 0]))
    assert not cut.holds(np.array([1, 2]))
    assert cut.coefficients @ np.array([1.0, 2.5]) > cut.upper


def test_what_is_whole_already_is_not_cut() -> None:
    mip = model([[25, -10]], [1, 5], [0.0])
    assert RoundingCuts(mip, of(1, among=2)).violated(np.array([1.0, 3.0])) == []


def test_nothing_is_cut_where_nothing_need_be_whole() -> None:
    mip = model([[25, -10]], [1, 5], [0.0])
    assert RoundingCuts(mip, of(among=2)).violated(np.array([1.0, 2.5])) == []


def test_rooms_of_an_open_site_are_put_into_what_staff_it_needs() -> None:
    """20 rooms in a site that is open by 0.9, and 1.5 teams for 12 guests each.

    Shut it has no guests, and open 12 with one team and 20 with two: 12 for the site and 8 for the second team make
    15.6 of them here, where each row by itself allows 16.
    """
    mip = model([[1, 1, -20, 0], [1, 1, 0, -12]], [10, 10, 1, 3], [0.0, 0.0])
    values = np.array([9.0, 9.0, 0.9, 1.5])
    cuts = RoundingCuts(mip, of(2, 3, among=4)).violated(values)
    (both,) = [cut for cut in cuts if set(cut.columns.tolist()) == {0, 1, 2, 3}]
    guests = -both.coefficients[2:] / both.coefficients[0]
    assert guests.tolist() == pytest.approx([4.0, 8.0])
    for x in plans(mip):
        assert all(cut.holds(np.array(x)) for cut in cuts)


def test_very_large_numbers_are_left_alone() -> None:
    """Bounds beyond exact sums of rounded coefficients make no cut, and no overflow."""
    mip = model([[2**30, -(2**31)]], [2**45, 2**45], [0.0])
    assert RoundingCuts(mip, of(1, among=2)).violated(np.array([1.0, 0.5])) == []


numbers = st.integers(-12, 12)


@st.composite
def tied(draw: st.DrawFn) -> tuple[Mip, np.ndarray, np.ndarray]:
    """A few groups in a site or two with teams, and a vector anywhere within the bounds."""
    groups, sites = draw(st.integers(1, 3)), draw(st.integers(1, 2))
    upper = [draw(st.integers(1, 2)) for _ in range(groups)] + [1] * sites + [draw(st.integers(1, 3))]
    lower = [draw(st.integers(0, 1)) * draw(st.integers(0, 1)) for _ in upper]
    upper = [max(pair) for pair in zip(lower, upper, strict=True)]
    width, rows, sides = groups + sites + 1, [], []
    sizes = [draw(st.integers(1, 9)) for _ in range(groups)]
    for group in range(groups):
        # Only where the site is open.
        rows.append([0] * width)
        rows[-1][group], rows[-1][groups + group % sites] = 1, -draw(st.integers(1, 2))
        sides.append(0.0)
    for site in range(sites):
        mine = [size if group % sites == site else 0 for group, size in enumerate(sizes)]
        rows.append([*mine, *(-draw(st.integers(1, 30)) if k == site else 0 for k in range(sites)), 0])
        sides.append(float(draw(st.integers(-3, 3))))
    factor = draw(st.integers(1, 3))
    rows.append([*(factor * size for size in sizes), *[0] * sites, -draw(st.integers(2, 25))])
    sides.append(float(draw(st.integers(-5, 20))))
    rows.append([draw(numbers) for _ in range(width)])
    sides.append(float(draw(st.integers(-10, 40))))
    low = [-np.inf] * (len(rows) - 1) + [draw(st.sampled_from([-np.inf, -20.0, sides[-1] - 4]))]
    integer = [draw(st.booleans()) for _ in range(groups)] + [True] * (sites + 1)
    mip = model(rows, upper, sides, row_lower=low, lower=lower, integer=integer)
    values = mip.lower + np.array([draw(st.floats(0, 1)) for _ in range(width)]) * (mip.upper - mip.lower)
    return mip, np.array([False] * groups + [True] * (sites + 1)), values


@given(tied())
def test_every_plan_keeps_every_cut(case: tuple[Mip, np.ndarray, np.ndarray]) -> None:
    """Plans in whole numbers are plans with parts, too, so all of them are looked at."""
    mip, whole, values = case
    cuts = RoundingCuts(mip, whole).violated(values)
    for cut in cuts:
        assert cut.coefficients @ values[cut.columns] > cut.upper
    for x in plans(mip) if cuts else ():
        for cut in cuts:
            assert cut.holds(np.array(x)), (x, cut)


@pytest.mark.parametrize("size", [1.0, 0.5])
def test_parts_of_what_may_come_in_parts_count_as_such(size: float) -> None:
    """With groups that may be broken, half of 25 people with two teams, and all with three, is no mistake."""
    mip = model([[25, -10]], [1, 5], [0.0], integer=[False, True])
    (cut,) = RoundingCuts(mip, of(1, among=2)).violated(np.array([1.0, 2.5]))
    assert cut.coefficients @ np.array([size, np.ceil(2.5 * size)]) <= cut.upper
    assert cut.coefficients @ np.array([0.8, 2.0]) <= cut.upper
    assert cut.coefficients @ np.array([0.9, 2.0]) > cut.upper
