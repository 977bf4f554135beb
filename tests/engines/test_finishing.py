"""A plan brought nearer to a vector: never worse, the rest as it was, and the vector itself where that is a plan."""

from __future__ import annotations

import time

import numpy as np
import pytest
from tiny_mips import dense_cost, flags, hauled, layers, points

from yjopt.engines.engine import SingleOutcome
from yjopt.engines.finishing import finished
from yjopt.engines.later_stages import Rest, decided_anew
from yjopt.engines.outcome import StoppedBy
from yjopt.engines.regions import RegionEngine


def soon(seconds: float = 20.0) -> float:
    return time.monotonic() + seconds


@pytest.mark.parametrize("seed", range(12))
def test_a_vector_that_is_the_best_plan_is_found(seed: int) -> None:
    """Two goods on two roads, by enumeration: whatever the plan begun with, what differs from the best becomes it."""
    mip = hauled(seed)
    plans, cost = points(mip), dense_cost(mip)
    best = min(plans, key=lambda x: cost @ x)
    every, whole = np.ones(mip.num_columns, dtype=np.bool_), flags(mip, "trips")
    for begun in (plans[0], max(plans, key=lambda x: cost @ x)):
        rest = Rest(every, whole, every)
        found = finished(mip, begun, best.astype(np.float64), rest, cost.astype(np.float64), deadline=soon())
        assert mip.is_feasible(found.x)
        assert cost @ found.x == cost @ best
        assert not found.interrupted


@pytest.mark.parametrize("seed", range(4))
def test_what_a_dive_has_decided_is_brought_into_a_plan(seed: int) -> None:
    """From a plan without goods; what is not free is as it was, and nearly all is had that the vector sends."""
    mip, nothing = layers(seed, sites=6, towns=10)
    cost = np.zeros(mip.num_columns)
    ship = flags(mip, "ship")
    cost[ship] = -1.0
    rest = Rest(flags(mip, "ship", "used"), flags(mip, "used"), flags(mip, "ship", "used"))
    decided = decided_anew(mip, nothing, rest, cost, deadline=soon())
    assert decided.values is not None
    assert decided.values[ship].sum() > 0
    found = finished(mip, nothing, decided.values, rest, cost, deadline=soon())
    assert mip.is_feasible(found.x)
    assert (found.x[~rest.free] == nothing[~rest.free]).all()
    assert found.x[ship].sum() >= np.floor(decided.values[ship] + 1e-6).sum()


def test_ctrl_c_leaves_the_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    mip, nothing = layers(0, sites=6, towns=10)
    rest = Rest(*[flags(mip, "ship", "used")] * 3)
    told = SingleOutcome(None, None, None, "none", StoppedBy.INTERRUPT)
    monkeypatch.setattr(RegionEngine, "minimise", lambda *_, **__: told)
    cost = np.where(flags(mip, "ship"), -1.0, 0.0)
    found = finished(mip, nothing, nothing + 0.5, rest, cost, deadline=soon())
    assert found.interrupted
    assert (found.x == nothing).all()


def test_without_time_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    mip, nothing = layers(0, sites=6, towns=10)
    rest = Rest(*[flags(mip, "ship", "used")] * 3)
    monkeypatch.setattr(RegionEngine, "minimise", lambda *_, **__: pytest.fail("asked"))
    found = finished(mip, nothing, nothing + 0.5, rest, np.zeros(mip.num_columns), deadline=soon(-1))
    assert not found.interrupted
    assert (found.x == nothing).all()
