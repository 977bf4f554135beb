"""Openings of a relaxation made whole: nothing that could be is excluded, and what is fixed stays within the rows."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_mips import dense_cost, facilities, points, random_mip

from yjopt.engines import diving
from yjopt.engines.diving import Bounds, Dive, dived
from yjopt.engines.outcome import StoppedBy
from yjopt.engines.relaxation import Relaxation, RelaxedOutcome
from yjopt.model.builder import Builder

if TYPE_CHECKING:
    from yjopt.model.mip import FloatArray, Mip

SITES, TOWNS = 12, 60
OPEN = np.arange(SITES)


def soon(seconds: float = 20.0) -> float:
    return time.monotonic() + seconds


def broken(values: FloatArray) -> int:
    """How many sites are opened in part."""
    return int((np.abs(values[:SITES] - np.rint(values[:SITES])) > 1e-6).sum())


def keeps_rows(mip: Mip, values: FloatArray) -> bool:
    activity = mip.matrix @ values
    within = (activity >= mip.row_lower - 1e-6) & (activity <= mip.row_upper + 1e-6)
    return bool(within.all() and (values >= mip.lower - 1e-6).all() and (values <= mip.upper + 1e-6).all())


@given(st.integers(0, 2**32 - 1), st.data())
def test_what_follows_holds_for_every_plan(seed: int, data: st.DataObject) -> None:
    """A plan with a column at a value lies within the bounds that follow; where the value is refused, there is none."""
    mip = random_mip(seed, blocks=2)
    plans = points(mip)
    bounds = Bounds(mip, np.ones(mip.num_columns, dtype=np.bool_))
    before = bounds.lower.copy(), bounds.upper.copy(), bounds.mark()
    for _ in range(2):
        column = data.draw(st.integers(0, mip.num_columns - 1))
        value = data.draw(st.integers(int(mip.lower[column]), int(mip.upper[column])))
        at = [x for x in plans if x[column] == value]
        if not bounds.fix(column, value):
            assert not at
            break
        assert bounds.lower[column] == bounds.upper[column] == value
        assert all((x >= bounds.lower).all() and (x <= bounds.upper).all() for x in at)
        plans = at
    bounds.revert(before[2])
    assert (bounds.lower == before[0]).all()
    assert (bounds.upper == before[1]).all()


def test_a_budget_is_seen_through_what_an_opening_asks_for() -> None:
    """To be used a site must be opened, which costs; when the budget is gone no other can be used."""
    builder = Builder()
    used = builder.columns("used", 0, 1, size=3)
    opened = builder.columns("opened", 0, 1, size=3)
    rows = builder.rows("only_if_open", -np.inf, 0, size=3)
    builder.entries(rows, used, 1)
    builder.entries(rows, opened, -1)
    budget = builder.rows("budget", -np.inf, 10, size=1)
    builder.entries(budget, opened, np.array([6, 5, 4]))
    bounds = Bounds(builder.build([]), np.ones(6, dtype=np.bool_))
    assert bounds.fix(0, 1)
    assert bounds.lower.tolist() == [1, 0, 0, 1, 0, 0]
    assert bounds.upper.tolist() == [1, 0, 1, 1, 0, 1]
    assert not bounds.fix(1, 1)
    assert bounds.fix(2, 1)
    assert bounds.lower.tolist() == [1, 0, 1, 1, 0, 1]


@pytest.mark.parametrize("seed", range(6))
def test_a_dive_makes_openings_whole(seed: int) -> None:
    """The relaxation opens sites in part; after the dive none is, every row holds, and it costs no less."""
    mip, _ = facilities(seed, SITES, TOWNS)
    cost = dense_cost(mip).astype(np.float64)
    with Relaxation(mip) as relaxation:
        found = relaxation.minimise(cost, deadline=soon())
        assert found.values is not None
        assert broken(found.values)
        values, interrupted = dived(relaxation, cost, found.values, OPEN, soon())
    assert not interrupted
    assert not broken(values)
    assert keeps_rows(mip, values)
    assert cost @ found.values <= cost @ values
    # Of a dive for each step the cheapest counts.
    with Relaxation(mip) as relaxation:
        for at_once in diving.AT_ONCE:
            dive = Dive(relaxation, cost, found.values, OPEN, at_once)
            assert dive.until(soon())
            assert cost @ values <= cost @ dive.values + 1e-6


def test_without_time_the_vector_is_as_it_was() -> None:
    """Time is over: the relaxation's own optimum comes back."""
    mip, _ = facilities(1, SITES, TOWNS)
    cost = dense_cost(mip).astype(np.float64)
    with Relaxation(mip) as relaxation:
        found = relaxation.minimise(cost, deadline=soon())
        assert found.values is not None
        values, interrupted = dived(relaxation, cost, found.values, OPEN, time.monotonic() - 1)
    assert not interrupted
    assert values is found.values


@pytest.mark.parametrize(("reason", "interrupted"), [(StoppedBy.INTERRUPT, True), (StoppedBy.TIME, False)])
def test_a_dive_that_is_broken_off_says_why(
    reason: StoppedBy, interrupted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C is passed on, time is not; what was reached comes back."""
    mip, _ = facilities(1, SITES, TOWNS)
    cost = dense_cost(mip).astype(np.float64)
    with Relaxation(mip) as relaxation:
        found = relaxation.minimise(cost, deadline=soon())
        assert found.values is not None
        monkeypatch.setattr(Relaxation, "minimise", lambda *_, **__: RelaxedOutcome(reason))
        values, told = dived(relaxation, cost, found.values, OPEN, soon())
    assert told is interrupted
    assert values is found.values


def test_what_does_not_go_together_is_tried_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the relaxation finds several roundings impossible together, one is made, and the dive goes on."""
    mip, _ = facilities(2, SITES, TOWNS)
    cost = dense_cost(mip).astype(np.float64)
    solve, refused = Relaxation.minimise, 0

    def grudging(self: Relaxation, cost: FloatArray, **asked: FloatArray) -> RelaxedOutcome:
        nonlocal refused
        lower, upper = asked.get("lower"), asked.get("upper")
        if lower is not None and upper is not None and refused < 3 and (lower == upper).sum() > 1:
            refused += 1
            return RelaxedOutcome(StoppedBy.PROOF, infeasible=True)
        return solve(self, cost, **asked)  # type: ignore[arg-type]

    with Relaxation(mip) as relaxation:
        found = relaxation.minimise(cost, deadline=soon())
        assert found.values is not None
        monkeypatch.setattr(Relaxation, "minimise", grudging)
        dive = Dive(relaxation, cost, found.values, OPEN, 0.5)
        finished = dive.until(soon())
    assert refused
    assert keeps_rows(mip, dive.values)
    assert finished == (not broken(dive.values))


def test_what_only_stood_against_a_rounding_that_was_taken_back_is_not_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A column that nothing can be made of beside others is tried again once these are free."""
    mip, _ = facilities(2, SITES, TOWNS)
    cost = dense_cost(mip).astype(np.float64)
    solve, fix = Relaxation.minimise, Bounds.fix
    together = True

    def refused_at_first(self: Relaxation, cost: FloatArray, **asked: FloatArray) -> RelaxedOutcome:
        nonlocal together
        if together and "lower" in asked:
            together = False
            return RelaxedOutcome(StoppedBy.PROOF, infeasible=True)
        return solve(self, cost, **asked)  # type: ignore[arg-type]

    with Relaxation(mip) as relaxation:
        found = relaxation.minimise(cost, deadline=soon())
        assert found.values is not None
        monkeypatch.setattr(Relaxation, "minimise", refused_at_first)
        # Until the first try is refused, nothing can be fixed.
        monkeypatch.setattr(Bounds, "fix", lambda *asked: not together and fix(*asked))
        dive = Dive(relaxation, cost, found.values, OPEN, 0.5)
        assert dive.until(soon())
    assert not broken(dive.values)
