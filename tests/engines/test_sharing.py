"""A dive for columns that share what there is: none falls by a whole one, and what is unused stays so where it can."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tiny_mips import dense_cost

from yjopt.engines.diving import Dive
from yjopt.engines.relaxation import Relaxation
from yjopt.engines.sharing import ENOUGH, FEW, SharingDive
from yjopt.model.builder import Builder

if TYPE_CHECKING:
    from yjopt.model.mip import FloatArray, IntArray, Mip

ROADS = 120
TRIPS = np.arange(ROADS)


def soon(seconds: float = 20.0) -> float:
    return time.monotonic() + seconds


def fleet(seed: int) -> Mip:
    """Trucks of one fleet on many roads, its hours scarce."""
    random = np.random.default_rng(seed)
    builder = Builder()
    trips = builder.columns("trips", 0, 9, size=ROADS)
    need = random.integers(1, 250, ROADS)
    sent = builder.columns("sent", 0, need)
    load = builder.rows("load", -np.inf, 0, size=ROADS)
    builder.entries(load, sent, 1)
    builder.entries(load, trips, -100)
    hours = random.integers(1, 9, ROADS)
    row = builder.rows("hours", -np.inf, int(0.6 * hours.sum()), size=1)
    builder.entries(row, trips, hours)
    builder.cost("unmet", sent, -random.integers(1, 9, ROADS))
    return builder.build([("unmet", 1)])


def broken(values: FloatArray) -> IntArray:
    return np.flatnonzero(np.abs(values[TRIPS] - np.rint(values[TRIPS])) > 1e-6)


def keeps_rows(mip: Mip, values: FloatArray) -> bool:
    activity = mip.matrix @ values
    within = (activity >= mip.row_lower - 1e-6) & (activity <= mip.row_upper + 1e-6)
    return bool(within.all() and (values >= mip.lower - 1e-6).all() and (values <= mip.upper + 1e-6).all())


@pytest.mark.parametrize("seed", range(8))
def test_trips_come_out_whole(seed: int) -> None:
    """Hours would be gone before all were rounded up: every row holds, nothing is given up, and it costs no less."""
    mip = fleet(seed)
    cost = dense_cost(mip).astype(np.float64)
    with Relaxation(mip) as relaxation:
        found = relaxation.minimise(cost, deadline=soon())
        assert found.values is not None
        first = broken(found.values)
        assert len(first) > ROADS / 2
        dive = SharingDive(relaxation, cost, found.values, TRIPS, 0.7)
        assert dive.until(soon())
    assert len(broken(dive.values)) <= ENOUGH * len(first)
    assert not dive._given_up
    assert keeps_rows(mip, dive.values)
    assert cost @ found.values <= cost @ dive.values + 1e-6


def test_others_leave_each_column_what_it_has_beyond_doubt() -> None:
    """Rounded up one after the other the first take it all: a trip that was there ten times over is given up."""
    builder = Builder()
    trips = builder.columns("trips", 0, 20, size=11)
    row = builder.rows("hours", -np.inf, 14, size=1)
    builder.entries(row, trips, 1)
    mip = builder.build([])
    values = np.array([*[0.35] * 10, 10.3])
    cost = np.zeros(11)
    with Relaxation(mip) as relaxation:
        plain, sharing = (kind(relaxation, cost, values, np.arange(11), 1.0) for kind in (Dive, SharingDive))
        for dive in (plain, sharing):
            assert dive._round(np.arange(11), soon()) is not None
    assert plain._given_up == {10}
    assert not sharing._given_up
    assert sharing._bounds.lower[10] == 10
    assert sharing._bounds.lower.sum() == 14


def test_what_is_not_used_by_then_costs_as_much_as_everything() -> None:
    """While a tenth or less is broken; what is used costs what it did."""
    mip = fleet(0)
    cost = dense_cost(mip).astype(np.float64)
    with Relaxation(mip) as relaxation:
        found = relaxation.minimise(cost, deadline=soon())
        assert found.values is not None
        dive = SharingDive(relaxation, cost, found.values, TRIPS, 0.7)
        unused = TRIPS[found.values[TRIPS] <= 1e-6]
        assert len(unused)
        some = broken(found.values)
        assert not dive._is_enough(some)
        assert (dive.cost == cost).all()
        assert not dive._is_enough(some[: int(FEW * len(some))])
        dearer = np.flatnonzero(dive.cost != cost)
        assert dearer.tolist() == unused.tolist()
        assert np.allclose(dive.cost[unused] - cost[unused], -cost @ found.values)
    assert (cost == dense_cost(mip)).all()
