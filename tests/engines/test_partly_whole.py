"""Models with some columns whole: bounds between the relaxation and the truth, small pieces solved outright."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import sparse
from tiny_mips import dense_cost, hung_on, layers

from yjopt.engines import partly_whole as partly_whole_module
from yjopt.engines.engine import SingleOutcome
from yjopt.engines.highs import HighsEngine
from yjopt.engines.outcome import StoppedBy
from yjopt.engines.partly_whole import partly_whole, settled
from yjopt.engines.relaxation import Relaxation
from yjopt.engines.remote import RemoteEngine
from yjopt.model.builder import Builder
from yjopt.model.mip import Block, Mip, RowBlock, Stage

if TYPE_CHECKING:
    from yjopt.model.mip import BoolArray, IntArray


def soon(seconds: float = 20.0) -> float:
    return time.monotonic() + seconds


def best_of(mip: Mip) -> int:
    answer = HighsEngine().minimise(mip, dense_cost(mip), gap=0.0, deadline=soon())
    assert answer.value is not None
    assert answer.value == answer.bound
    return answer.value


def side_by_side(one: Mip, other: Mip) -> Mip:
    """Two models in one, with the first stage of both."""
    matrix = sparse.csc_array(sparse.block_diag((one.matrix, other.matrix), format="csc"))
    matrix.sort_indices()
    stages = [mip.stages[0] for mip in (one, other)]
    columns = np.concatenate([stages[0].columns, stages[1].columns + one.num_columns])
    coefficients = np.concatenate([stage.coefficients for stage in stages])
    both = {
        name: np.concatenate([getattr(one, name), getattr(other, name)])
        for name in ("row_lower", "row_upper", "lower", "upper", "integer")
    }
    return Mip(
        matrix,
        **both,
        stages=(Stage("unmet", columns, coefficients, 0, 1),),
        column_blocks=(Block("both", 0, matrix.shape[1]),),
        row_blocks=(RowBlock("both", 0, matrix.shape[0]),),
    )


@pytest.mark.parametrize("seed", range(6))
def test_a_bound_lies_between_the_relaxation_and_the_best(seed: int) -> None:
    """At least the relaxation's, never above the best with everything whole; the vector is whole where it was asked."""
    mip, nothing = layers(seed, sites=6, towns=12)
    cost, whole = dense_cost(mip), hung_on(mip)
    found = partly_whole(mip, cost, whole, nothing, deadline=soon())
    assert found.is_proven
    with Relaxation(mip) as relaxation:
        relaxed = relaxation.minimise(cost, deadline=soon())
    assert relaxed.objective is not None
    assert relaxed.objective - 1e-6 <= found.bound <= best_of(mip)
    assert np.abs(found.values[whole] - np.rint(found.values[whole])).max() < 1e-5
    assert float(cost @ found.values) < float(cost @ nothing)


def budgeted(seed: int) -> tuple[Mip, IntArray]:
    """What is opened out of a budget serves what is wanted; the plan that opens nothing."""
    random = np.random.default_rng(seed)
    capacity, price = random.integers(20, 61, 9), random.integers(20, 61, 9)
    builder = Builder()
    opened = builder.columns("open", 0, 1, size=9)
    served = builder.columns("served", 0, 60, size=9)
    unmet = builder.columns("unmet", 0, 400, size=1)
    holds = builder.rows("holds", -np.inf, 0, size=9)
    builder.entries(holds, served, 1)
    builder.entries(holds, opened, -capacity)
    budget = builder.rows("budget", -np.inf, 130, size=1, coupling=True)
    builder.entries(budget, opened, price)
    wanted = builder.rows("wanted", 400, 400, size=1)
    builder.entries(wanted, served, 1)
    builder.entries(wanted, unmet, 1)
    builder.cost("unmet", unmet, 1)
    mip = builder.build([("unmet", 1)])
    nothing = np.zeros(mip.num_columns, dtype=np.int64)
    nothing[unmet] = 400
    return mip, nothing


@pytest.mark.parametrize("seed", range(6))
def test_what_is_opened_whole_proves_more_than_the_relaxation(seed: int) -> None:
    """Where all else follows from it, everything."""
    mip, nothing = budgeted(seed)
    cost = dense_cost(mip)
    with Relaxation(mip) as relaxation:
        relaxed = relaxation.minimise(cost, deadline=soon())
    found = partly_whole(mip, cost, hung_on(mip), nothing, deadline=soon())
    assert relaxed.objective is not None
    assert relaxed.objective < found.bound - 0.5
    assert found.bound == best_of(mip)


def test_without_time_the_start_and_the_column_bounds() -> None:
    """Nothing is begun, and nothing is claimed."""
    mip, nothing = layers(0, sites=6, towns=12)
    found = partly_whole(mip, dense_cost(mip), hung_on(mip), nothing, deadline=time.monotonic())
    assert not found.is_proven
    assert found.bound == 0
    assert (found.values == nothing).all()


@pytest.mark.alone
def test_it_ends_when_it_is_told_to() -> None:
    """A stopped search says what it has proven by then."""
    mip, nothing = layers(3, sites=24, towns=120)
    began = time.monotonic()
    partly_whole(mip, dense_cost(mip), hung_on(mip), nothing, deadline=soon(), stop=lambda: True)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("seed", range(4))
def test_small_pieces_are_solved_and_the_largest_is_left(seed: int) -> None:
    """The small model is at its best, the large one as it was, and the bound is that of the small one alone."""
    (small, nothing), (large, none) = layers(seed, sites=5, towns=8), layers(seed + 9, sites=12, towns=40)
    mip, start = side_by_side(small, large), np.concatenate([nothing, none])
    whole = np.concatenate([hung_on(small), hung_on(large)])
    found = settled(mip, dense_cost(mip), whole, np.zeros_like(whole), start, deadline=soon())
    assert mip.is_feasible(found.x)
    assert (found.x[small.num_columns :] == none).all()
    best, unmet = best_of(small), small.stages[0]
    assert found.bound <= best <= unmet.value(found.x[: small.num_columns]) <= unmet.value(nothing)
    assert found.open is not None
    assert found.open.columns.min() >= small.num_columns


def test_pieces_without_time_stay_as_in_any_plan() -> None:
    """What was not solved says nothing: it is taken from the plan it is put into, not from the one it began with."""
    (small, nothing), (large, none) = layers(1, sites=5, towns=8), layers(2, sites=12, towns=40)
    mip, start = side_by_side(small, large), np.concatenate([nothing, none])
    whole = np.concatenate([hung_on(small), hung_on(large)])
    in_time = settled(mip, dense_cost(mip), whole, np.zeros_like(whole), start, deadline=soon())
    too_late = settled(mip, dense_cost(mip), whole, np.zeros_like(whole), start, deadline=time.monotonic())
    assert not too_late.solved.any()
    assert (in_time.solved == (np.arange(mip.num_columns) < small.num_columns)).all()
    assert (too_late.put_in(in_time.x) == in_time.x).all()
    assert (in_time.put_in(start) == in_time.x).all()


def test_what_does_not_go_with_all_that_is_decided_goes_with_what_is_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where the rest has no plan with everything as decided, only unused columns stay as they are."""
    (small, nothing), (large, none) = layers(1, sites=5, towns=8), layers(2, sites=12, towns=40)
    mip, start = side_by_side(small, large), np.concatenate([nothing, none])
    whole = np.concatenate([hung_on(small), hung_on(large)])
    solve, kept = partly_whole_module.made_whole, list[int]()

    def once_in_vain(mip: Mip, cost: IntArray, fixed: BoolArray, *args: Any, **options: Any) -> SingleOutcome:
        kept.append(int(fixed.sum()))
        return (
            SingleOutcome(None, None, None, "none", StoppedBy.TIME)
            if len(kept) == 1
            else solve(mip, cost, fixed, *args, **options)
        )

    monkeypatch.setattr(partly_whole_module, "made_whole", once_in_vain)
    found = settled(mip, dense_cost(mip), whole, np.zeros_like(whole), start, deadline=soon())
    assert len(kept) == 2
    assert found.solved[: small.num_columns].all()
    assert mip.is_feasible(found.x)
    unmet = small.stages[0]
    assert best_of(small) <= unmet.value(found.x[: small.num_columns]) < unmet.value(nothing)


def test_ctrl_c_ends_it_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan at hand comes back."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    (small, nothing), (large, none) = layers(1, sites=5, towns=8), layers(2, sites=12, towns=40)
    mip, start = side_by_side(small, large), np.concatenate([nothing, none])
    monkeypatch.setattr(RemoteEngine, "_ask", interrupted)
    whole: BoolArray = np.concatenate([hung_on(small), hung_on(large)])
    found = settled(mip, dense_cost(mip), whole, np.zeros_like(whole), start, deadline=soon())
    assert found.interrupted
    kept: IntArray = found.x
    assert (kept == start).all()
