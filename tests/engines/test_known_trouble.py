"""Programmes on which HiGHS 1.15.1 hangs, errs or claims too much: in time, exact and no worse than the start."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from yjopt.engines.lexicographic import solve
from yjopt.engines.outcome import Outcome, Status
from yjopt.engines.params import Params
from yjopt.model.builder import Builder

if TYPE_CHECKING:
    from yjopt.model.mip import IntArray, Mip


def wide(seed: int, low: float, high: float) -> tuple[Mip, IntArray]:
    """A few columns and rows, column bounds between 10**low and 10**high, and a plan planted in it."""
    random = np.random.default_rng(seed)
    columns, rows = int(random.integers(2, 9)), int(random.integers(1, 6))
    most = int(10 ** random.uniform(low, high))
    builder = Builder()
    x = builder.columns("x", 0, np.full(columns, most))
    plan = random.integers(0, most, columns)
    entries = random.integers(-9, 10, (rows, columns))
    side = entries @ plan
    lower = np.where(random.random(rows) < 0.3, side, -np.inf)
    upper = np.where(random.random(rows) < 0.7, side + random.integers(0, 3, rows), np.inf)
    row = builder.rows("row", lower, upper)
    builder.entries(row[:, None], x, entries)
    builder.cost("value", x, random.integers(-9, 10, columns))
    return builder.build([("value", 1)]), plan


def check(mip: Mip, outcome: Outcome, plan: IntArray | None, seconds: float, limit: float) -> None:
    """In time, exact, and no worse than the start, which also rules out that there is no plan."""
    assert seconds < limit + 0.5
    if outcome.x is not None:
        assert mip.is_feasible(outcome.x)
    if plan is not None:
        assert outcome.x is not None
        # Where every cost came out 0 there is no stage to compare.
        assert not mip.stages or outcome.stages[0].value <= mip.stage_value("value", plan)


def run(mip: Mip, plan: IntArray | None, limit: float, seed: int = 0) -> Outcome:
    """Solve to the end or the limit, and check."""
    began = time.monotonic()
    outcome = solve(mip, Params(gap=0.0, time_limit=limit, seed=seed), start=plan)
    check(mip, outcome, plan, time.monotonic() - began, limit)
    return outcome


#: (lower, upper, entries by column) of 31 columns that are 0 or 1; column 9 costs 1 and may be 0.
ENUMERATED = (
    (-np.inf, 0, {2: 1, 8: -1, 10: 1}),
    (0, 0, {3: 1, 9: -1, 10: -1, 11: 1}),
    (0, 0, {4: 1, 12: -1, 13: 1}),
    (0, 0, {5: 1, 13: -1}),
    (1, np.inf, {0: 1, 14: 1}),
    (0, np.inf, {14: -1, 15: 1}),
    (0, np.inf, {15: -1, 16: 1}),
    (1, 1, {6: 1, 18: 1}),
    (0, 0, {4: 1, 7: 1, 18: -1, 19: 1}),
    (-np.inf, 1, {0: 1, 6: 1, 20: 1}),
    (0, 0, {2: 1, 4: 1, 7: 1, 20: -1, 21: 1}),
    (0, 0, {1: 1, 3: 1, 5: 1, 21: -1, 22: 1}),
    (-np.inf, 0, {6: 1, 23: -1}),
    (-np.inf, 0, {4: 1, 7: 1, 24: -2}),
    (-np.inf, 0, {1: 1, 5: 1, 25: -3}),
    (-np.inf, 3, {10: 1, 26: 3}),
    (-np.inf, 5, {11: 1, 27: 5}),
    (-np.inf, 1, {14: 1, 28: 1}),
    (-np.inf, 1, {15: 1, 29: 1}),
    (-np.inf, 1, {16: 1, 30: 1}),
    (-np.inf, 0, {23: 1, 28: -1}),
    (-np.inf, 0, {24: 1, 29: -1}),
    (-np.inf, 0, {25: 1, 30: -1}),
    (-np.inf, 0, {24: 1, 26: -1}),
    (-np.inf, 0, {25: 1, 27: -1}),
)
#: A plan of it, with column 9 at 1.
ENUMERATED_START = (
    1,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    1,
    0,
    1,
    0,
    0,
    0,
    0,
    0,
    1,
    1,
    1,
    0,
    0,
    0,
    0,
    0,
    0,
    1,
    0,
    1,
    1,
    1,
)


def test_presolve_takes_no_better_plan_away() -> None:
    """The presolve of HiGHS 1.15.1 finds this infeasible by enumeration, and the start at 1 thereby the best."""
    builder = Builder()
    x = builder.columns("x", 0, 1, size=len(ENUMERATED_START))
    lower, upper, entries = zip(*ENUMERATED, strict=True)
    for row, entry in zip(builder.rows("row", lower, upper), entries, strict=True):
        builder.entries(np.full(len(entry), row), x[list(entry)], np.array(list(entry.values())))
    builder.cost("value", x[9], 1)
    outcome = run(builder.build([("value", 1)]), np.array(ENUMERATED_START), 10.0)
    assert (outcome.status, outcome.stages[0].value) == (Status.OPTIMAL, 0)


@pytest.mark.parametrize("seed", [13, 2433, 2555, 4199])
def test_hangs_and_false_claims_end_in_time(seed: int) -> None:
    """With and without a start: an exact plan in time, whatever the solver claims."""
    mip, plan = wide(seed, 6, 9)
    run(mip, plan, 3.0)
    run(mip, None, 3.0)


@pytest.mark.parametrize("seed", range(40))
def test_bounds_of_moderate_programmes_are_honest(seed: int) -> None:
    """With column bounds up to 10,000 two runs from different places agree on value and bound."""
    mip, plan = wide(seed, 1, 4)
    first, second = run(mip, None, 5.0), run(mip, plan, 5.0, seed=7)
    assert first.status is second.status is Status.OPTIMAL
    assert first.stages[0].value == first.stages[0].bound == second.stages[0].value == second.stages[0].bound


@pytest.mark.long
def test_bounds_of_moderate_programmes_are_honest_in_full() -> None:
    """Two thousand programmes."""
    for seed in range(10_000, 12_000):
        mip, plan = wide(seed, 1, 4)
        first, second = run(mip, None, 5.0), run(mip, plan, 5.0, seed=7)
        assert first.stages[0].value == second.stages[0].value, seed


@pytest.mark.long
def test_wide_programmes_end_in_time() -> None:
    """Two thousand programmes with bounds of millions and more, planted plans as starts."""
    for seed in range(20_000, 22_000):
        mip, plan = wide(seed, 6, 9)
        run(mip, plan, 2.0)
