"""Certified bounds: exact, valid for any multipliers, tight for the right ones."""

from __future__ import annotations

import math
import time
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_mips import dense_cost, facilities, points, random_mip

from yjopt.engines import certificate
from yjopt.engines.certificate import Multipliers, certified_bound, lagrangian, rounded
from yjopt.engines.engine import Limit, trivial_bound
from yjopt.errors import EngineError
from yjopt.model.builder import Builder

if TYPE_CHECKING:
    from yjopt.model.mip import IntArray, Mip

SEEDS = st.integers(0, 2**32 - 1)


def cover(side: int = 4, entry: int = 1, most: int = 3, cost: tuple[int, int] = (3, 2)) -> Mip:
    """Least 3a + 2b with a + b >= 4, a and b up to 3, or the same with other numbers."""
    builder = Builder()
    x = builder.columns("x", 0, most, size=2)
    row = builder.rows("row", side, np.inf, size=1)
    builder.entries(row, x, entry)
    builder.cost("cost", x, np.array(cost))
    return builder.build([("cost", 1)])


def multipliers(rows: list[int], limits: list[int] | None = None, denominator: int = 1) -> Multipliers:
    return Multipliers(np.array(rows), np.array(limits or [], dtype=np.int64), denominator)


def by_fractions(mip: Mip, cost: IntArray, y: Multipliers, limits: tuple[Limit, ...] = ()) -> int:
    """The bound again, row by row and column by column, in fractions."""
    matrix = mip.matrix.toarray().astype(object)
    reduced = [Fraction(int(c)) for c in cost]
    total = Fraction(0)
    rows = [(matrix[i], mip.row_lower[i], mip.row_upper[i], int(y.rows[i])) for i in range(mip.num_rows)]
    for limit, multiplier in zip(limits, y.limits, strict=True):
        row = np.zeros(mip.num_columns, dtype=object)
        row[limit.columns] = limit.coefficients
        rows.append((row, -np.inf, limit.upper, int(multiplier)))
    for row, lower, upper, whole in rows:
        side = lower if whole > 0 else upper
        if whole and math.isfinite(side):
            multiplier = Fraction(whole, y.denominator)
            # Activities are multiples of the common divisor: the next one inside the row.
            divisor = math.gcd(*(int(entry) for entry in row)) or 1
            steps = Fraction(int(side), divisor)
            total += multiplier * divisor * (math.ceil(steps) if whole > 0 else math.floor(steps))
            reduced = [r - multiplier * int(entry) for r, entry in zip(reduced, row, strict=True)]
    for r, lower, upper in zip(reduced, mip.lower, mip.upper, strict=True):
        total += min(r * int(lower), r * int(upper))
    quantum = int(np.gcd.reduce(cost)) or 1
    return -int(-total // quantum) * quantum


def test_by_hand() -> None:
    """With multiplier 3 the row gives 12, b gives -1 a piece up to 3: 9, the optimum."""
    mip = cover()
    cost = dense_cost(mip)
    assert certified_bound(mip, cost, multipliers([3])) == 9
    # 5/2: 10 from the row, a costs 1/2, b earns 1/2 three times: 8.5, so 9 as values are whole.
    assert certified_bound(mip, cost, multipliers([5], denominator=2)) == 9
    assert certified_bound(mip, cost, multipliers([2])) == 8
    assert certified_bound(mip, cost, multipliers([0])) == 0


def test_a_multiplier_on_an_infinite_side_counts_as_nothing() -> None:
    """The row has no upper side, so a negative multiplier proves no more than the column bounds."""
    mip = cover()
    assert certified_bound(mip, dense_cost(mip), multipliers([-7])) == 0


def test_a_limit_counts_with_its_upper_side_only() -> None:
    """With a + b >= 4, and b <= 2 as a limit, 10; a positive multiplier of the limit is left out."""
    mip = cover()
    limit = Limit(np.array([1]), np.array([5]), 14)
    cost = dense_cost(mip)
    # 15/5 of the row, and 1/5 of 5 b <= 14, which means 5 b <= 10: 3 * 4 - 2 = 10.
    assert certified_bound(mip, cost, multipliers([15], [-1], denominator=5), (limit,)) == 10
    assert certified_bound(mip, cost, multipliers([15], [9], denominator=5), (limit,)) == 9


def test_sides_move_to_multiples_of_the_entries() -> None:
    """Twice a + b is at least 7, so at least 8; a limit of 4 b <= 11 is one of 8."""
    mip = cover(side=7, entry=2)
    cost = dense_cost(mip)
    assert certified_bound(mip, cost, multipliers([3], denominator=2)) == 9
    limit = Limit(np.array([1]), np.array([4]), 11)
    assert certified_bound(mip, cost, multipliers([6], [-1], denominator=4), (limit,)) == 10


def test_the_common_divisor_of_the_costs_rounds_up() -> None:
    """Costs of 300 and 200: a bound of 850 means 900."""
    mip = cover(cost=(300, 200))
    assert certified_bound(mip, dense_cost(mip), multipliers([500], denominator=2)) == 900


@settings(max_examples=200, deadline=None)
@given(SEEDS)
def test_no_vector_comes_below_the_bound(seed: int) -> None:
    """For random multipliers of any sign the bound is that of fractions, and no vector beats it."""
    random = np.random.default_rng(seed)
    mip = random_mip(seed)
    cost = random.integers(-9, 10, mip.num_columns) * random.integers(1, 4)
    limits = tuple(
        Limit(stage.columns, stage.coefficients, int(random.integers(-4, 9))) for stage in mip.stages
    )
    denominator = int(random.integers(1, 50))
    y = Multipliers(
        random.integers(-99, 100, mip.num_rows), random.integers(-99, 30, len(limits)), denominator
    )
    bound = certified_bound(mip, cost, y, limits)
    assert bound == by_fractions(mip, cost, y, limits)
    assert all(int(cost @ x) >= bound for x in points(mip, limits))
    with pytest.MonkeyPatch.context() as patch:
        # However few columns are looked at together.
        patch.setattr(certificate, "AT_ONCE", 1 + seed % 3)
        assert certified_bound(mip, cost, y, limits) == bound


@settings(max_examples=100, deadline=None)
@given(SEEDS, st.integers(0, 62), st.integers(1, 10**30))
def test_huge_numbers_are_exact(seed: int, digits: int, denominator: int) -> None:
    """Entries, sides and costs up to 2**53, multipliers up to 2**62: the same as in fractions."""
    random = np.random.default_rng(seed)
    builder = Builder()
    size, height = int(random.integers(1, 5)), int(random.integers(1, 5))
    large = 2**53
    x = builder.columns("x", random.integers(-large, 0, size), random.integers(0, large, size))
    sides = np.sort(random.integers(-large, large, (2, height)).astype(float), axis=0)
    sides[0, random.random(height) < 0.3] = -np.inf
    rows = builder.rows("row", sides[0], sides[1])
    entries = random.integers(-large, large, (height, size))
    entries[random.random((height, size)) < 0.3] = 0
    builder.entries(rows[:, None], x, entries)
    cost = random.integers(-large, large, size)
    builder.cost("cost", x, cost)
    mip = builder.build([("cost", 1)])
    y = Multipliers(
        random.integers(-(2**digits), 2**digits + 1, height),
        random.integers(-(2**digits), 2**digits + 1, 1),
        denominator,
    )
    limits = (Limit(np.arange(size), random.integers(-large, large, size), 10**25),)
    assert certified_bound(mip, cost, y, limits) == by_fractions(mip, cost, y, limits)


def test_rounding_keeps_the_optimal_duals_tight() -> None:
    """The exact dual of a third survives rounding: the side of 4 counts as 6, and a third of it is 2."""
    mip = cover(side=4, entry=3, cost=(1, 1))
    y = rounded(np.array([1 / 3]))
    assert y.denominator >= 2**59
    assert Fraction(int(y.rows[0]), y.denominator) == pytest.approx(1 / 3, abs=1e-15)
    assert certified_bound(mip, dense_cost(mip), y) == 2


@pytest.mark.parametrize("dual", [0.0, 1e-300, 5e-324, 1.0, 2.0**53, 1e300, -1e300, np.nan, np.inf, -np.inf])
def test_any_number_can_be_rounded(dual: float) -> None:
    """Whatever a solver calls a dual becomes a multiplier and a valid bound."""
    mip = cover()
    y = rounded(np.array([dual]), np.array([dual]))
    limit = Limit(np.array([0]), np.array([1]), 2)
    assert y.denominator >= 1
    assert certified_bound(mip, dense_cost(mip), y, (limit,)) <= 9


def test_nothing_at_all() -> None:
    """A model without rows: the bound of the column bounds; without columns: 0."""
    builder = Builder()
    x = builder.columns("x", -2, 3, size=2)
    builder.cost("cost", x, np.array([2, -4]))
    mip = builder.build([("cost", 1)])
    assert certified_bound(mip, dense_cost(mip), rounded(np.zeros(0))) == -16
    empty = Builder().build([("cost", 1)])
    assert certified_bound(empty, np.zeros(0, dtype=np.int64), rounded(np.zeros(0))) == 0


def test_multipliers_that_do_not_fit_are_refused() -> None:
    """Too few multipliers, a denominator of 0, too few costs: a sentence each."""
    mip = cover()
    cost = dense_cost(mip)
    with pytest.raises(EngineError, match="1 rows and 0 limits, not for 2 and 0"):
        certified_bound(mip, cost, multipliers([1, 1]))
    with pytest.raises(EngineError, match="denominator"):
        certified_bound(mip, cost, multipliers([1], denominator=0))
    with pytest.raises(EngineError, match="not 1 costs"):
        certified_bound(mip, cost[:1], multipliers([1]))


def test_a_large_model_takes_little_time() -> None:
    """90,000 columns: a tenth of a second of processor time, ten at most on any machine."""
    mip, _ = facilities(1, 300, 300)
    began = time.process_time()
    y = rounded(np.random.default_rng(1).normal(size=mip.num_rows))
    bound = certified_bound(mip, dense_cost(mip), y)
    assert time.process_time() - began < 10
    assert bound >= trivial_bound(mip, dense_cost(mip)) - 10**9


@pytest.mark.parametrize("seed", range(20))
def test_what_is_left_to_minimise_is_never_above_the_cost(seed: int) -> None:
    """For every vector that keeps rows and limits, with any multipliers; they are what the bound is made of."""
    mip, random = random_mip(seed, feasible=True), np.random.default_rng(seed)
    cost = dense_cost(mip)
    limit = Limit(np.arange(mip.num_columns), np.abs(cost), 6)
    multipliers = rounded(random.normal(0, 3, mip.num_rows), -np.abs(random.normal(0, 1, 1)), 12)
    constant, reduced = lagrangian(mip, cost, multipliers, (limit,))
    for x in points(mip, (limit,)):
        assert constant + int(reduced @ x.astype(object)) <= multipliers.denominator * int(cost @ x)
    least = constant + sum(
        min(each * int(low), each * int(high))
        for each, low, high in zip(reduced.tolist(), mip.lower, mip.upper, strict=True)
    )
    assert certified_bound(mip, cost, multipliers, (limit,)) >= -(-least // multipliers.denominator)
