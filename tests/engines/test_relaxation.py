"""The linear relaxation: right values and duals, warm from cost to cost, certified bounds, deadlines kept."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from tiny_mips import brute_force, dense_cost, facilities, random_mip

from yjopt.engines import relaxation, workers
from yjopt.engines.certificate import certified_bound
from yjopt.engines.engine import Limit, trivial_bound
from yjopt.engines.lp_worker import FAR
from yjopt.engines.outcome import StoppedBy
from yjopt.engines.relaxation import Relaxation, near_one
from yjopt.errors import EngineError
from yjopt.model.builder import Builder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from yjopt.engines.relaxation import RelaxedBound
    from yjopt.model.mip import FloatArray, Mip


@pytest.fixture
def no_process_left() -> Iterator[None]:
    """End what a test leaves idle, so that the next one starts with a new process."""
    yield
    workers.close_all()


def soon(seconds: float = 20.0) -> float:
    return time.monotonic() + seconds


def stage_bounds(relaxed: Relaxation, held: Sequence[int], deadline: float) -> list[RelaxedBound]:
    """A bound of every stage, those before it held at values without their offsets; none is begun after Ctrl-C."""
    limits: list[Limit] = []
    bounds: list[RelaxedBound] = []
    for number, (stage, value) in enumerate(zip(relaxed.mip.stages, held, strict=True)):
        bounds.append(relaxed.bound(dense_cost(relaxed.mip, number), limits=limits, deadline=deadline))
        if bounds[-1].outcome.stopped_by is StoppedBy.INTERRUPT:
            deadline = time.monotonic()
        if len(stage.columns):
            limits.append(Limit(stage.columns, stage.coefficients, value))
    return bounds


def cover() -> Mip:
    """Least 3a + 2b with 2a + 2b >= 7, a and b up to 3; then least b."""
    builder = Builder()
    x = builder.columns("x", 0, 3, size=2)
    row = builder.rows("row", 7, np.inf, size=1)
    builder.entries(row, x, 2)
    builder.cost("cost", x, np.array([3, 2]))
    builder.cost("few", x[1:], 1)
    return builder.build([("cost", 1), ("few", 1)])


def by_linprog(
    mip: Mip, cost: FloatArray, limits: tuple[Limit, ...], lower: FloatArray, upper: FloatArray
) -> float | None:
    """The optimum of the relaxation by another code, rows halved to whole numbers as the handover does."""
    matrix = mip.matrix.toarray()
    divisor = np.array([np.gcd.reduce(row[row != 0].astype(int)) or 1 for row in matrix])
    matrix, high = matrix / divisor[:, None], np.floor(mip.row_upper / divisor)
    low = np.ceil(mip.row_lower / divisor)
    rows = [matrix[np.isfinite(high)], -matrix[np.isfinite(low)]]
    sides = [high[np.isfinite(high)], -low[np.isfinite(low)]]
    for limit in limits:
        row = np.zeros((1, mip.num_columns))
        row[0, limit.columns] = limit.coefficients
        rows.append(row)
        divisor = int(np.gcd.reduce(limit.coefficients))
        sides.append(np.array([limit.upper // divisor * divisor]))
    answer = linprog(
        cost,
        np.vstack(rows),
        np.concatenate(sides),
        bounds=np.column_stack([lower, upper]),
        method="highs-ds",
    )
    return float(answer.fun) if answer.status == 0 else None


def test_by_hand() -> None:
    """The row is halved and rounded up, a + b >= 4: a = 1, b = 3, and a multiplier of 3 per unit of it."""
    mip = cover()
    with Relaxation(mip) as relaxed:
        answer = relaxed.minimise(dense_cost(mip), deadline=soon())
        assert answer.optimal
        assert answer.values is not None and answer.reduced is not None and answer.duals is not None
        assert answer.values.tolist() == [1, 3]
        assert answer.objective == 9
        assert answer.duals.tolist() == [1.5]
        assert answer.reduced.tolist() == [0, -1]
        assert answer.detail == ""


def test_a_certified_bound() -> None:
    """The multiplier proves the optimum, and anyone can make the bound of it again."""
    mip = cover()
    with Relaxation(mip) as relaxed:
        found = relaxed.bound(dense_cost(mip), deadline=soon())
        assert (found.bound, found.bound_proof) == (9, "certificate")
        assert found.multipliers is not None
        assert certified_bound(mip, dense_cost(mip), found.multipliers) == 9


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_costs_limits_and_bounds_in_any_order(seed: int) -> None:
    """One warm object answers a run of changed costs, limits and bounds as another code does afresh."""
    random = np.random.default_rng(seed)
    mip = random_mip(seed)
    pool = [Limit(s.columns, s.coefficients, 0) for s in mip.stages if len(s.columns)]
    with Relaxation(mip) as relaxed:
        costs = [random.integers(-4, 5, mip.num_columns) for _ in range(2)]
        for _ in range(6):
            cost = costs[random.integers(2)]
            chosen = [limit for limit in pool if random.random() < 0.5]
            limits = tuple(
                Limit(limit.columns, limit.coefficients, int(random.integers(-3, 9))) for limit in chosen
            )
            shut = random.random(mip.num_columns) < random.choice([0, 0.3])
            upper = np.where(shut, mip.lower, mip.upper)
            answer = relaxed.minimise(
                cost if random.random() < 0.5 else cost * 0.5,
                limits=limits,
                upper=upper if shut.any() else None,
                deadline=soon(),
            )
            expected = by_linprog(mip, cost.astype(float), limits, mip.lower, upper)
            assert answer.stopped_by is StoppedBy.PROOF
            assert answer.infeasible == (expected is None)
            if expected is not None:
                assert answer.values is not None
                assert float(cost @ answer.values) == pytest.approx(expected, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_stage_bounds_are_below_the_optimum(seed: int) -> None:
    """With the lexicographic optimum held no bound is above its own stage."""
    mip = random_mip(seed, feasible=True)
    best = brute_force(mip)
    assert best is not None
    held = [value - stage.offset for value, stage in zip(best, mip.stages, strict=True)]
    with Relaxation(mip) as relaxed:
        bounds = stage_bounds(relaxed, held, soon())
    for found, value, stage in zip(bounds, held, mip.stages, strict=True):
        cost = np.zeros(mip.num_columns, dtype=np.int64)
        cost[stage.columns] = stage.coefficients
        assert trivial_bound(mip, cost) <= found.bound <= value
        assert found.bound_proof in ("certificate", "trivial")


def test_duals_prove_the_objective() -> None:
    """At an optimum the certificate reaches the relaxation's value, rounded up to whole quanta."""
    mip, _ = facilities(3, 12, 40)
    with Relaxation(mip) as relaxed:
        found = relaxed.bound(dense_cost(mip), deadline=soon())
        assert found.outcome.objective is not None
        assert found.bound == int(np.ceil(found.outcome.objective - 1e-6))
        # Costs as reals and as integers are two ways to say the same.
        reals = relaxed.minimise(dense_cost(mip) / 1000, deadline=soon())
        assert reals.objective == pytest.approx(found.outcome.objective / 1000)


def test_duals_are_those_of_the_units_given() -> None:
    """Costs a million times as large, a limit in small quanta: reduced costs are cost less priced rows."""
    builder = Builder()
    x = builder.columns("x", 0, 1000, size=3)
    row = builder.rows("row", 6000, np.inf, size=1)
    builder.entries(row, x, np.array([6, 12, 18]))
    builder.cost("cost", x, np.array([3_000_000, 5_000_000, 10_000_000]))
    mip = builder.build([("cost", 1)])
    limit = Limit(np.array([1]), np.array([7_000_000]), 70_000_000)
    with Relaxation(mip) as relaxed:
        answer = relaxed.minimise(dense_cost(mip), limits=(limit,), deadline=soon())
    assert answer.duals is not None and answer.limit_duals is not None and answer.reduced is not None
    priced = mip.matrix.toarray().T @ answer.duals
    priced[1] += 7_000_000 * answer.limit_duals[0]
    assert answer.reduced == pytest.approx(dense_cost(mip) - priced)
    # b is at its limit: one unit more saves two units of a at 3 million each, less its own 5 million.
    assert answer.limit_duals[0] == pytest.approx(-1 / 7)


def test_nothing_may_be_left() -> None:
    """No rows, no columns, nothing to pay: answered, not tripped over."""
    builder = Builder()
    x = builder.columns("x", -2, 3, size=2)
    builder.cost("cost", x, np.array([2, -4]))
    with Relaxation(builder.build([("cost", 1)])) as relaxed:
        found = relaxed.bound(np.array([2, -4]), deadline=soon())
        assert found.bound == -16
        nothing = relaxed.minimise(np.zeros(2), deadline=soon())
        assert nothing.objective == 0


def test_infeasible() -> None:
    """A limit that no vector keeps; the next call without it is answered again."""
    mip = cover()
    with Relaxation(mip) as relaxed:
        limit = Limit(np.array([0, 1]), np.array([1, 1]), 2)
        answer = relaxed.minimise(dense_cost(mip), limits=(limit,), deadline=soon())
        assert answer.infeasible
        assert not answer.optimal
        assert relaxed.minimise(dense_cost(mip), deadline=soon()).objective == 9


@pytest.mark.usefixtures("no_process_left")
def test_the_process_is_kept_and_given_back() -> None:
    """One process answers all calls; after `close` it waits for the next relaxation."""
    mip = cover()
    with Relaxation(mip) as relaxed:
        relaxed.minimise(dense_cost(mip), deadline=soon())
        first = relaxed._worker
        relaxed.minimise(dense_cost(mip, 1), deadline=soon())
        assert relaxed._worker is first
    relaxed.close()
    other = Relaxation(facilities(1, 2, 3)[0])
    assert other.minimise(dense_cost(other.mip), deadline=soon()).optimal
    assert other._worker is first
    other.close()


@pytest.mark.usefixtures("no_process_left")
def test_a_process_that_has_grown_large_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """After `close` it is gone, and the next relaxation starts another."""
    monkeypatch.setattr(relaxation, "KEPT", 0)
    relaxed = Relaxation(cover())
    assert relaxed.minimise(dense_cost(cover()), deadline=soon()).optimal
    worker = relaxed._worker
    assert worker is not None
    assert worker.alive
    relaxed.close()
    assert not worker.alive
    relaxed.close()
    with Relaxation(cover()) as again:
        assert again.minimise(dense_cost(cover()), deadline=soon()).optimal


@pytest.mark.usefixtures("no_process_left")
def test_what_was_learnt_outlives_the_process() -> None:
    """A process that is gone is replaced by one that starts from the last basis, with or without limits."""
    mip, _ = facilities(4, 100, 300)
    cost = dense_cost(mip)
    used = np.flatnonzero(cost)
    with Relaxation(mip) as relaxed:
        first = relaxed.minimise(cost, deadline=soon())
        assert first.objective is not None
        assert first.iterations >= FAR
        limit = Limit(used, cost[used], int(first.objective * 1.1))
        other = np.where(np.arange(len(cost)) < 15_000, cost, 0)
        held = relaxed.minimise(other, limits=(limit,), deadline=soon())
        assert held.optimal
        assert held.iterations >= FAR
        for expected, asked, limits in ((held, other, (limit,)), (first, cost, ())):
            assert relaxed._worker is not None
            relaxed._worker.kill()
            again = relaxed.minimise(asked, limits=limits, deadline=soon())
            assert again.objective == pytest.approx(expected.objective)
            if limits:
                assert again.iterations == 0


@pytest.mark.alone
@pytest.mark.usefixtures("no_process_left")
def test_a_deadline_is_kept() -> None:
    """A relaxation of 44,000 columns stops within its time; without time nothing is asked."""
    mip, _ = facilities(2, 110, 400)
    with Relaxation(mip) as relaxed:
        began = time.monotonic()
        assert relaxed.minimise(dense_cost(mip), deadline=began - 1).stopped_by is StoppedBy.TIME
        assert time.monotonic() - began < 0.1
        relaxed.minimise(np.zeros(mip.num_columns), deadline=soon())
        began = time.monotonic()
        found = relaxed.bound(dense_cost(mip), deadline=began + 0.3)
        assert time.monotonic() - began < 2.0
        assert found.bound >= trivial_bound(mip, dense_cost(mip))


@pytest.mark.usefixtures("no_process_left")
@pytest.mark.alone
@pytest.mark.parametrize(
    ("mode", "seconds", "stopped_by"),
    [
        ("hangs", 1.5, StoppedBy.TIME),
        ("dies", 20, StoppedBy.ERROR),
        ("out of memory", 20, StoppedBy.MEMORY),
        ("new word", 20, StoppedBy.ERROR),
        ("NaN", 20, StoppedBy.ERROR),
        ("optimal without a vector", 20, StoppedBy.ERROR),
        ("trips once", 20, StoppedBy.PROOF),
    ],
)
def test_a_bad_solver_is_survived(
    mode: str, seconds: float, stopped_by: StoppedBy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the process does, there is an answer in time, and the bound is valid."""
    monkeypatch.setattr(relaxation, "MODULE", "bad_lp_workers")
    monkeypatch.setenv("YJOPT_TEST_MODE", mode)
    mip = cover()
    with Relaxation(mip) as relaxed:
        began = time.monotonic()
        found = relaxed.bound(dense_cost(mip), deadline=began + seconds)
        assert time.monotonic() - began < seconds + 1.5
    assert found.outcome.stopped_by is stopped_by
    assert 0 <= found.bound <= 9


@pytest.mark.alone
@pytest.mark.usefixtures("no_process_left")
def test_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends the process at once; later stages are not begun."""
    monkeypatch.setattr(relaxation, "MODULE", "bad_lp_workers")
    monkeypatch.setenv("YJOPT_TEST_MODE", "hangs")
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGINT))
    try:
        relaxed = Relaxation(cover())
        timer.start()
        began = time.monotonic()
        bounds = stage_bounds(relaxed, [9, 3], soon(30))
        assert time.monotonic() - began < 3.0
    finally:
        timer.cancel()
        signal.signal(signal.SIGINT, before)
    assert [found.outcome.stopped_by for found in bounds] == [StoppedBy.INTERRUPT, StoppedBy.TIME]
    assert [found.bound for found in bounds] == [0, 0]
    assert relaxed._worker is None


def test_what_does_not_fit_is_refused() -> None:
    """Too few costs, NaN: a sentence each."""
    mip = cover()
    with Relaxation(mip) as relaxed:
        with pytest.raises(EngineError, match="each of 2 columns is needed, not 1"):
            relaxed.minimise(np.ones(1), deadline=soon())
        with pytest.raises(EngineError, match="not finite"):
            relaxed.minimise(np.array([1.0, np.nan]), deadline=soon())


def test_near_one() -> None:
    """The geometric mean of 1 and 16 is 4; zeros do not count; nothing needs nothing."""
    assert near_one(np.array([1, 16, 0])) == 1 / 4
    assert near_one(np.array([-1000])) == 2.0**-10
    assert near_one(np.array([0])) == 1.0
    assert near_one(np.zeros(0)) == 1.0


@pytest.mark.usefixtures("no_process_left")
def test_a_new_cost_starts_where_it_has_least_to_do() -> None:
    """Few columns with a cost, or changed weights: from an optimum before; a dense integer cost: from scratch."""
    mip, _ = facilities(5, 100, 300)
    cost = dense_cost(mip)
    with Relaxation(mip) as relaxed:
        first = relaxed.minimise(cost * 1e-2, deadline=soon())
        weights = relaxed.minimise(cost * 1e-2 + (cost == 1000), deadline=soon())
        assert weights.optimal
        assert weights.iterations < first.iterations / 4
        few = np.where(np.arange(len(cost)) < 100, cost, 0)
        # What the optimum keeps is kept: with its value as a limit the sites alone are at their least at once.
        assert first.objective is not None
        used = np.flatnonzero(cost)
        limit = Limit(used, cost[used], int(np.ceil(first.objective * 100)))
        sites = relaxed.minimise(few, limits=(limit,), deadline=soon())
        assert sites.optimal
        assert sites.iterations < first.iterations / 4
        dense = relaxed.minimise(cost, deadline=soon())
        assert dense.objective == pytest.approx(first.objective * 100)
        assert relaxed.minimise(cost, limits=(limit,), deadline=soon()).iterations <= 2
