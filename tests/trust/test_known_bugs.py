"""Promise: programmes on which solvers are known to err come back right, or with an error in words, in time.

Each is written anew from the report that is named with it, with continuous columns on a grid that holds the optimum.
All of them once made HiGHS call a feasible model infeasible, a worse plan optimal, or an infeasible model solved.
What is right is found by going through all vectors. Hanging programmes are in `tests/engines/test_known_trouble.py`.
"""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest

from yjopt.engines.lexicographic import solve
from yjopt.engines.outcome import Outcome, Status
from yjopt.engines.params import Params
from yjopt.errors import EngineError, ModelError
from yjopt.model.builder import Builder

if TYPE_CHECKING:
    from yjopt.model.mip import IntArray, Mip

INF = np.inf
#: Far from the true bounds of columns that the reports leave free.
FAR = 1000
LIMIT = 5.0


@dataclass(frozen=True)
class Reported:
    """A programme: `low <= x <= high`, `rows` of coefficients between `sides`, the least `cost`."""

    low: tuple[int, ...]
    high: tuple[int, ...]
    rows: tuple[tuple[int, ...], ...]
    sides: tuple[tuple[float, float], ...]
    cost: tuple[int, ...]

    def mip(self) -> Mip:
        """As yjopt holds it."""
        builder = Builder()
        x = builder.columns("x", np.array(self.low), np.array(self.high))
        lower, upper = np.array(self.sides).T
        rows = builder.rows("row", lower, upper)
        builder.entries(rows[:, None], x, np.array(self.rows))
        builder.cost("value", x, np.array(self.cost))
        return builder.build([("value", 1)])

    def best(self) -> tuple[int, IntArray] | None:
        """The least cost and a vector of it: all values of all columns but the last, whose range follows exactly."""
        axes = [np.arange(a, b + 1) for a, b in zip(self.low[:-1], self.high[:-1], strict=True)]
        first = [axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")]
        low = np.full(len(first[0]), self.low[-1], dtype=np.int64)
        high = np.full(len(first[0]), self.high[-1], dtype=np.int64)
        kept = np.ones(len(first[0]), dtype=np.bool_)
        for row, (below, above) in zip(self.rows, self.sides, strict=True):
            rest = sum(int(a) * x for a, x in zip(row, first, strict=False))
            last = row[-1]
            for side, is_upper in ((below, False), (above, True)):
                if np.isinf(side):
                    continue
                left = int(side) - rest
                if last == 0:
                    kept &= (left >= 0) if is_upper else (left <= 0)
                elif is_upper == (last > 0):
                    high = np.minimum(high, left // last)
                else:
                    low = np.maximum(low, -(-left // last))
        kept &= low <= high
        if not kept.any():
            return None
        last_value = low if self.cost[-1] >= 0 else high
        value = sum(int(c) * x for c, x in zip(self.cost, [*first, last_value], strict=True))
        at = np.flatnonzero(kept)[np.argmin(np.asarray(value)[kept])]
        return int(np.asarray(value)[at]), np.array([*(x[at] for x in first), last_value[at]], dtype=np.int64)


#: By the report of the solver's or a modeller's project.
REPORTED = {
    # Feasible, called infeasible by presolve (fixed in 1.12). v1 in hundredths, last.
    "HiGHS 2432": Reported(
        (-100, -100, -10_000),
        (120, 0, 1_000),
        ((-89_000, -12_000, -407), (-100, -23_700, 772), (-8_600, 72_780, -65)),
        ((3_994_500, INF), (-4_878_300, INF), (-4_930_000, INF)),
        (-9_300, 1_700, 25),
    ),
    # Feasible, called infeasible by presolve (fixed in 1.12). c, d, a whole; b in thousandths, last.
    "HiGHS 2585": Reported(
        (-100, -100, -100, -100_000),
        (100, 100, 100, 100_000),
        (
            (-324_500, 887_800, 965_500, 0),
            (0, 0, -314_000, -7_802),
            (-2_194_000, 0, 0, 1_180),
            (915_900, -105_800, 0, 0),
            (0, -7_323_000, 7_917_000, 173),
            (0, 7_688_000, -1_061_000, -9_466),
        ),
        (
            (-INF, 12_160_600),
            (-INF, -5_054_040),
            (-INF, 342_200),
            (-INF, -352_500),
            (-INF, 41_140_300),
            (-INF, 19_569_000),
        ),
        (7_400, 9_000, -24_000, 5),
    ),
    # 15 instead of 9, "Optimal" (1.14.0). x in halves, last.
    "highs-js 53": Reported((0, 0), (10, 20), ((2, 1),), ((9, INF),), (3, 1)),
    # 29 instead of 28.2, "Optimal" (1.14.0). y in tenths, last.
    "HiGHS 2957": Reported((0, 80), (20, 200), ((10, 1),), ((201, INF),), (10, 2)),
    # 76 instead of 64, "Optimal" (1.14.0). x and y in halves.
    "HiGHS 3002": Reported(
        (-2, 0, 0),
        (2, FAR, 8),
        ((1, 0, 1), (0, 2, 1), (-1, 2, 0)),
        ((-INF, 10), (20, INF), (15, 15)),
        (4, 18, 1),
    ),
    # 200.01 instead of 0.03, "Optimal" (1.14.0). Gap and t in hundredths.
    "HiGHS 3073": Reported(
        (0, 0, -10 * FAR),
        (FAR, 3, 10 * FAR),
        ((1, 100, 0), (0, 100, -1), (0, -100, -1), (0, 100, 0)),
        ((300, 300), (-INF, 0), (-INF, 0), (45, INF)),
        (10_000, 0, 1),
    ),
    # A worse plan, "Optimal" (1.14.0); y at least 9.
    "linopy 648": Reported((0, 9), (1, FAR), ((2, 1),), ((10, INF),), (2, 1)),
    # 1 instead of 0 with presolve (1.15.1, open when that was tried). x2 in tenths.
    "HiGHS 3274": Reported(
        (0, -20, -20, 0),
        (10, 20, 20, FAR),
        ((-1, 0, 10, 0), (1, 10, 0, -10), (-68, 0, 0, -10)),
        ((0, INF), (0, 0), (-120, INF)),
        (0, 0, 1, 0),
    ),
    # Optimal although infeasible, with a wide tolerance; a - b = 193,200, and a - b + 99,807,000 c <= 1e8 at c = 1.
    "HiGHS 3034": Reported(
        (1, 0, 0),
        (1, 100, 100_000_000),
        ((0, -1, 1), (99_807_000, -1, 1)),
        ((193_200, 193_200), (-INF, 100_000_000)),
        (0, 0, 1),
    ),
    # Called infeasible (1.15.1, open when that was tried), in tenths of the report's 100.4534, and of 1e12.
    "HiGHS 1704": Reported(
        (0, 0),
        (1, 1),
        ((1_004, 10**13), (1_004, -(10**13))),
        ((-INF, 10**13), (-INF, 0)),
        (-1, -1),
    ),
}


def big_m(seed: int) -> Reported:
    """Quantities that must reach a least amount where a switch is on, as in HiGHS 3296: L + M (1 - B) >= M.

    L1 and L2 up to M, two switches, a demand for L1 + L2 and for switches that are on.
    """
    random = np.random.default_rng(seed)
    m1, m2 = (int(m) for m in random.integers(50, 300, 2))
    demand = int(random.integers(1, m1 + m2))
    on = int(random.integers(0, 3))
    price = tuple(int(p) for p in random.integers(-5, 9, 4))
    return Reported(
        (0, 0, 0, 0),
        (1, 1, m1, m2),
        ((-m1, 0, 1, 0), (0, -m2, 0, 1), (0, 0, 1, 1), (1, 1, 0, 0)),
        ((0, INF), (0, INF), (demand, INF), (on, INF)),
        price,
    )


def parity(seed: int) -> tuple[Reported, int]:
    """Sums that must be odd or even, as in HiGHS 2204: A x - 2 k = s, few ones; and the least number by enumeration."""
    random = np.random.default_rng(seed)
    height, width = int(random.integers(3, 6)), int(random.integers(5, 10))
    entries = (random.random((height, width)) < 0.4).astype(int)
    planted = random.integers(0, 2, width)
    odd = entries @ planted % 2
    points = np.array(list(itertools.product((0, 1), repeat=width)))
    right = (points @ entries.T % 2 == odd).all(axis=1)
    rows = tuple(
        (*(int(e) for e in row), *(-2 * int(i == j) for j in range(height))) for i, row in enumerate(entries)
    )
    return Reported(
        (0,) * (width + height),
        (1,) * width + (width,) * height,
        rows,
        tuple((float(s), float(s)) for s in odd),
        (1,) * width + (0,) * height,
    ), int(points[right].sum(axis=1).min())


def answer(mip: Mip, start: IntArray | None) -> Outcome:
    """Solve within the limit."""
    began = time.monotonic()
    outcome = solve(mip, Params(gap=0.0, time_limit=LIMIT), start=start)
    assert time.monotonic() - began < LIMIT + 0.5
    return outcome


@pytest.mark.parametrize("name", REPORTED)
def test_reported_programmes_come_out_right(name: str) -> None:
    """With and without a start: proven at the least cost of all vectors, or proven to have none."""
    reported = REPORTED[name]
    best = reported.best()
    mip = reported.mip()
    if best is None:
        assert answer(mip, None).status is Status.IMPOSSIBLE
        return
    value, x = best
    assert mip.is_feasible(x)
    for start in (None, x):
        outcome = answer(mip, start)
        assert outcome.status is Status.OPTIMAL, (start, outcome.detail)
        assert outcome.x is not None
        assert mip.is_feasible(outcome.x)
        assert outcome.stages[0].value == outcome.stages[0].bound == value


def test_figures_too_large_to_be_exact_are_refused_in_words() -> None:
    """The report of HiGHS 1704 to its last digit needs 1e16, more than floating point holds exactly."""
    row = (1_004_534, 10**16)
    with pytest.raises((ModelError, EngineError), match="2\\*\\*53"):
        Reported((0, 0), (1, 1), (row,), ((-INF, 10**16),), (0, 0)).mip()


@pytest.mark.parametrize("seeds", [range(5), pytest.param(range(100, 600), marks=pytest.mark.long)])
def test_amounts_behind_switches_come_out_right(seeds: range) -> None:
    """Feasible or not, with and without a start."""
    for seed in seeds:
        reported = big_m(seed)
        best = reported.best()
        outcome = answer(reported.mip(), None)
        if best is None:
            assert outcome.status is Status.IMPOSSIBLE, seed
        else:
            assert outcome.status is Status.OPTIMAL, seed
            assert outcome.stages[0].value == outcome.stages[0].bound == best[0], seed


@pytest.mark.parametrize("seeds", [range(5), pytest.param(range(100, 600), marks=pytest.mark.long)])
def test_odd_and_even_sums_come_out_right(seeds: range) -> None:
    """A plan is planted in each, so none is infeasible."""
    for seed in seeds:
        reported, least = parity(seed)
        outcome = answer(reported.mip(), None)
        assert outcome.status is Status.OPTIMAL, seed
        assert outcome.stages[0].value == outcome.stages[0].bound == least, seed
