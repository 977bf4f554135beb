"""A plan is polished after each stage only while there is time for it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tiny_mips import dense_cost, random_mip

from yjopt.engines.engine import SingleOutcome, trivial_bound
from yjopt.engines.lexicographic import solve
from yjopt.engines.outcome import Status, StoppedBy
from yjopt.engines.params import Params

if TYPE_CHECKING:
    from yjopt.model.mip import IntArray, Mip


class SlowPolish:
    """Betters nothing, and takes its time."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.calls = seconds, 0

    def __call__(self, x: IntArray) -> IntArray:
        self.calls += 1
        time.sleep(self.seconds)
        return x.copy()


class Ends:
    """An engine that answers with what it was given and another reason to stop, and changes nothing."""

    def __init__(self, reason: StoppedBy) -> None:
        self.reason = reason

    def minimise(self, mip: Mip, cost: IntArray, **options: object) -> SingleOutcome:
        x = options["start"]
        assert isinstance(x, np.ndarray)
        return SingleOutcome(x, int(cost @ x), None, "none", self.reason)


def staged() -> tuple[Mip, IntArray]:
    """A programme of three stages and a plan of it, whose first stage nothing proves best but a search."""
    for seed in range(100):
        mip = random_mip(seed, feasible=True)
        x = solve(mip, Params(gap=0)).x
        if (
            len(mip.stages) == 3
            and x is not None
            and dense_cost(mip) @ x > trivial_bound(mip, dense_cost(mip))
        ):
            return mip, x
    raise AssertionError("no seed serves")


@pytest.mark.alone
@pytest.mark.parametrize(("estimate", "calls"), [(0.0, 1), (0.4, 0)])
def test_a_polish_that_would_end_late_is_left_out(estimate: float, calls: int) -> None:
    """Unknown, it is tried once, which tells how long it takes; known, never: 0.4 s against a limit of 0.2."""
    mip, start = staged()
    polish = SlowPolish(0.4)
    began = time.monotonic()
    params = Params(time_limit=0.2, polish=polish, polish_seconds=estimate)
    outcome = solve(mip, params, start, Ends(StoppedBy.TIME))
    assert polish.calls == calls
    assert outcome.x is not None
    assert time.monotonic() - began < 0.2 + 0.4 * calls + 0.2


@pytest.mark.parametrize(("seconds", "calls"), [(0.5, 0), (0.01, 1)])
def test_after_ctrl_c_only_a_quick_polish_is_made(seconds: float, calls: int) -> None:
    """Half a second is too long for whoever pressed the keys, however much of the time limit is left."""
    mip, start = staged()
    polish = SlowPolish(seconds)
    params = Params(time_limit=60.0, polish=polish, polish_seconds=seconds)
    outcome = solve(mip, params, start, Ends(StoppedBy.INTERRUPT))
    assert outcome.status is Status.INTERRUPTED
    assert polish.calls == calls
