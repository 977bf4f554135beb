"""Search by regions: never worse, always a plan, and the optimum where a region is the whole model."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tiny_mips import brute_force, dense_cost, facilities, random_mip

from yjopt.engines.fixing import Plan
from yjopt.engines.highs import HighsEngine
from yjopt.engines.neighbours import Neighbours
from yjopt.engines.regions import Improvement
from yjopt.errors import EngineError
from yjopt.model.builder import Builder

if TYPE_CHECKING:
    from yjopt.model.mip import IntArray, Mip


def any_plan(mip: Mip) -> IntArray | None:
    """A vector that keeps everything, far from the best: HiGHS is told to make the first stage large."""
    cost = -dense_cost(mip) if mip.stages else np.zeros(mip.num_columns, dtype=np.int64)
    return HighsEngine().minimise(mip, cost, deadline=time.monotonic() + 10).x


def improve(mip: Mip, x: IntArray, deadline: float, **options: Any) -> IntArray:
    """What a search makes of a plan by a deadline."""
    run = Improvement(mip, x, **options)
    run.until(deadline)
    return run.x


def soon(seconds: float = 10.0) -> float:
    return time.monotonic() + seconds


def chain(length: int, *, over_all: bool = True) -> Mip:
    """Columns 0 .. length, row k over columns k and k + 1, and one row over all."""
    builder = Builder()
    x = builder.columns("x", 0, 5, size=length + 1)
    link = builder.rows("link", 0, 8, size=length)
    builder.entries(link, x[:-1], 1)
    builder.entries(link, x[1:], 1)
    if over_all:
        builder.entries(builder.rows("all", 0, 4 * length, size=1), x, 1)
    builder.cost("first", x, -1)
    return builder.build([("first", 1)])


@pytest.mark.parametrize("blocks", [1, 2])
def test_whole_model_against_brute_force(blocks: int) -> None:
    """Tiny models are one region: every stage comes out as enumeration says."""
    possible = 0
    for seed in range(40):
        mip = random_mip(seed, blocks=blocks)
        start, best = any_plan(mip), brute_force(mip)
        assert (start is None) == (best is None)
        if start is not None:
            possible += 1
            run = Improvement(mip, start)
            run.until(soon())
            assert run.finished
            assert mip.is_feasible(run.x)
            assert mip.stage_values(run.x) == best == run.values
    assert possible > 10


@pytest.mark.parametrize(("guided", "processes"), [(False, 1), (True, 1), (True, 2)])
def test_small_regions_only_better(guided: bool, processes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """With regions of some ten columns every plan told is a plan and better than the one before."""
    monkeypatch.setattr("yjopt.engines.regions.FIRST_SIZE", 12)
    monkeypatch.setattr("yjopt.engines.regions.LEAST_SIZE", 5)
    mip, nothing = facilities(5, 6, 15)
    told = [mip.stage_values(nothing)]

    def better(x: IntArray, values: tuple[int, ...]) -> None:
        assert mip.is_feasible(x)
        assert mip.stage_values(x) == values < told[-1]
        told.append(values)

    answer = HighsEngine().minimise(mip, dense_cost(mip), start=nothing, deadline=soon())
    guide = None if answer.x is None or not guided else answer.x.astype(np.float64)
    before = nothing.copy()
    x = improve(mip, nothing, soon(3.0), guide=guide, seed=1, processes=processes, on_better=better)
    assert mip.stage_values(x) == told[-1]
    assert len(told) > 2
    assert answer.value is not None
    assert answer.value <= told[-1][0] < told[0][0] / 2
    assert np.array_equal(nothing, before)


@pytest.mark.alone
def test_ends_in_time() -> None:
    """The deadline is kept within 0.2 s on a model that is not solved by then."""
    mip, nothing = facilities(1, 40, 400)
    began = time.monotonic()
    x = improve(mip, nothing, began + 1.5)
    assert time.monotonic() - began < 1.5 + 0.2 + 0.1
    assert mip.stage_values(x) < mip.stage_values(nothing)
    assert mip.is_feasible(x)


def test_past_deadline_and_stop() -> None:
    """Without time, or told to stop, the plan comes back as it was."""
    mip, nothing = facilities(3, 5, 12)
    assert np.array_equal(improve(mip, nothing, time.monotonic() - 1), nothing)
    assert np.array_equal(improve(mip, nothing, soon(), stop=lambda: True), nothing)


def test_restart_from_another_plan() -> None:
    """A finished search goes on from another plan, here back at the start, and finishes again as well."""
    mip, nothing = facilities(3, 3, 6)
    run = Improvement(mip, nothing)
    run.until(soon())
    assert run.finished
    best = run.values
    run.restart(nothing)
    assert run.values == mip.stage_values(nothing) > best
    assert not run.finished
    run.until(soon())
    assert run.values == best


def test_interrupt_keeps_the_best() -> None:
    """Ctrl-C while a better plan is told ends the search with that plan."""
    mip, nothing = facilities(5, 6, 15)

    def interrupt(_x: IntArray, _values: tuple[int, ...]) -> None:
        raise KeyboardInterrupt

    run = Improvement(mip, nothing, on_better=interrupt)
    run.until(soon())
    assert run.interrupted
    assert run.tally.regions == 1
    assert mip.is_feasible(run.x)
    assert run.values == mip.stage_values(run.x) < mip.stage_values(nothing)


def test_nothing_to_do() -> None:
    """No stages, or no column that can move: the same plan, at once."""
    builder = Builder()
    x = builder.columns("x", 2, 2, size=3)
    builder.cost("first", x, 1)
    fixed = builder.build([("first", 1)])
    began = time.monotonic()
    assert improve(fixed, np.full(3, 2), soon()).tolist() == [2, 2, 2]
    builder = Builder()
    builder.columns("x", 0, 2, size=3)
    assert improve(builder.build([]), np.array([0, 1, 2]), soon()).tolist() == [0, 1, 2]
    assert time.monotonic() - began < 5


def test_cut_by_hand() -> None:
    """Freeing column 1 of 2, 3, 1 in rows of sums up to 8: sides move by what is fixed, the rest goes."""
    mip = chain(4)
    plan = Plan(mip, np.array([2, 3, 1, 5, 0]))
    cut = plan.cut(np.array([1]))
    assert cut.rows.tolist() == [0, 1, 4]
    assert cut.mip.row_lower.tolist() == [-2, -1, -8]
    assert cut.mip.row_upper.tolist() == [6, 7, 8]
    assert cut.start.tolist() == [3]
    assert plan.change(cut, np.array([5])) == (-2,)
    assert plan.limits(cut, 1)[0].upper == -3
    assert plan.take(cut, np.array([5]))
    assert plan.x.tolist() == [2, 5, 1, 5, 0]
    assert plan.values == [-13]
    assert not plan.take(plan.cut(np.array([1])), np.array([6])), "beyond its bound"
    assert not plan.take(plan.cut(np.array([0, 4])), np.array([4, 4])), "beyond rows 0 and 3"
    assert plan.x.tolist() == [2, 5, 1, 5, 0]


def test_cut_is_the_model_with_the_rest_fixed() -> None:
    """On random models a vector of the free columns keeps the cut exactly when the whole vector keeps the model."""
    random = np.random.default_rng(0)
    seen = {True: 0, False: 0}
    for seed in range(60):
        mip = random_mip(seed, blocks=2, feasible=True)
        x = any_plan(mip)
        assert x is not None
        plan = Plan(mip, x)
        columns = np.flatnonzero(random.random(mip.num_columns) < 0.6)
        cut = plan.cut(columns)
        for _ in range(10):
            other = x.copy()
            other[columns] = random.integers(mip.lower[columns], mip.upper[columns] + 1)
            kept = mip.is_feasible(other)
            seen[kept] += 1
            assert cut.mip.is_feasible(other[columns]) == kept
            change = plan.change(cut, other[columns])
            assert [a + b for a, b in zip(plan.values, change, strict=True)] == list(mip.stage_values(other))
            fresh = Plan(mip, x)
            assert fresh.take(fresh.cut(columns), other[columns]) == kept
            assert fresh.values == list(mip.stage_values(other if kept else x))
    assert min(seen.values()) > 50


def test_neighbours_grow_along_the_chain() -> None:
    """A region around the middle of a chain is a stretch of it, and no larger than asked for."""
    # The row over all is broader than a region follows.
    mip = chain(1500)
    graph = Neighbours(mip)
    nothing = np.zeros(mip.num_columns, dtype=np.bool_)
    region = graph.grow(np.array([700]), nothing, 21, np.random.default_rng(0))
    assert len(region) == 21
    assert region.tolist() == list(range(region[0], region[0] + 21))
    assert 700 in region
    assert graph.rows_of(np.array([0, 5])).tolist() == [0, 4, 5, 1500]
    assert graph.columns_of(np.array([3, 4])).tolist() == [3, 4, 5]


def test_regions_pass_through_binding_rows_only() -> None:
    """Of a chain the sums of columns 2 + 3 and 3 + 4 have no room left: a region from 3 is the columns 2, 3, 4."""
    mip = chain(9, over_all=False)
    plan = Plan(mip, np.array([0, 0, 4, 4, 4, 0, 0, 0, 0, 0]))
    assert np.flatnonzero(plan.binding()).tolist() == [0, 2, 3, 5, 6, 7, 8]
    rows = np.zeros(mip.num_rows, dtype=np.bool_)
    rows[[2, 3]] = True
    matters = np.ones(mip.num_columns, dtype=np.bool_)
    region = Neighbours(mip).grow(np.array([3]), matters, 8, np.random.default_rng(0), None, rows)
    assert region.tolist() == [2, 3, 4]
    shut = np.zeros(mip.num_columns, dtype=np.bool_)
    shut[4] = True
    region = Neighbours(mip).grow(np.array([3]), matters, 8, np.random.default_rng(0), shut, rows)
    assert region.tolist() == [2, 3]


def test_neighbours_take_in_what_only_follows() -> None:
    """An implied column that stands in reached rows only is free, too, even when it is used by nobody."""
    builder = Builder()
    choice = builder.columns("choice", 0, 1, size=40)
    slack = builder.columns("slack", 0, 40, size=1, integer=False)
    far = builder.columns("far", 0, 40, size=1, integer=False)
    rows = builder.rows("row", 0, 40, size=2)
    builder.entries(rows[[0]], choice, 1)
    builder.entries(rows[[0]], slack, -1)
    builder.entries(rows[[0, 1]], far, -1)
    mip = builder.build([])
    region = Neighbours(mip).grow(choice[:1], np.zeros(42, dtype=np.bool_), 1, np.random.default_rng(0))
    assert set(region.tolist()) == {0, int(slack[0])}


def test_sums_beyond_exactness() -> None:
    """A model whose sums float64 cannot hold is refused in a sentence."""
    builder = Builder()
    x = builder.columns("x", 0, 2**40, size=2)
    builder.entries(builder.rows("row", 0, np.inf, size=1), x, 2**20)
    with pytest.raises(EngineError, match="larger quanta"):
        Plan(builder.build([]), np.full(2, 2**40))
