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


def test_what_is_not_used_by_then_stays_so() -> None:
    """Once few are broken, or much of the time is over."""
    mip = fleet(0)
    cost = dense_cost(mip).astype(np.float64)
    with Relaxation(mip) as relaxation:
        found = relaxation.minimise(cost, deadline=soon())
        assert found.values is not None
        unused = TRIPS[found.values[TRIPS] <= 1e-6]
        some = broken(found.values)
        assert len(unused)
        few, late = (SharingDive(relaxation, cost, found.values, TRIPS, 0.7) for _ in range(2))
        for dive in (few, late):
            assert not dive._is_enough(some)
            assert (dive._bounds.upper[unused] > 0).all()
        few._is_enough(some[: int(FEW * len(some))])
        late._late = time.monotonic() - 1
        late._is_enough(some)
        for dive in (few, late):
            assert not dive._bounds.upper[unused].any()
            assert (dive._bounds.upper[some] > 0).all()


def test_what_is_needed_in_any_case_is_left_to_all_others() -> None:
    """A trip that gains nothing stays, and the rest is as good as without its hours."""
    mip = fleet(3)
    cost = dense_cost(mip).astype(np.float64)
    with Relaxation(mip) as relaxation:
        found = relaxation.minimise(cost, deadline=soon())
        assert found.values is not None
        idle = int(TRIPS[found.values[TRIPS] <= 1e-6][0])
        least = np.zeros(mip.num_columns, dtype=np.int64)
        least[idle] = 2
        dive = SharingDive(relaxation, cost, found.values, TRIPS, 0.7)
        assert dive.leave(least, soon())
        assert dive.values[idle] >= 2 - 1e-6
        assert cost @ dive.values > cost @ found.values
        assert dive.until(soon())
        assert dive.values[idle] >= 2 - 1e-6
        assert keeps_rows(mip, dive.values)
        assert not SharingDive(relaxation, cost, found.values, TRIPS, 0.7).leave(least, soon(-1))


def test_what_cannot_be_had_is_not_left() -> None:
    """What no vector of the relaxation allows is given up, and the dive goes on."""
    builder = Builder()
    trips = builder.columns("trips", 0, 9, size=2)
    rows = builder.rows("hours", -np.inf, 10, size=1)
    builder.entries(rows, trips, 3)
    other = builder.rows("other", 4, 4, size=1)
    builder.entries(other, trips, np.array([1, 2]))
    mip = builder.build([])
    cost = np.array([1.0, 0.0])
    with Relaxation(mip) as relaxation:
        found = relaxation.minimise(cost, deadline=soon())
        assert found.values is not None
        dive = SharingDive(relaxation, cost, found.values, np.arange(2), 0.7)
        # Three on the first road keep either row by itself; with the half that the second then needs hours do not do.
        assert dive.leave(np.array([3, 0]), soon())
        assert not dive._bounds.lower.any()
        assert dive.until(soon())
    assert keeps_rows(mip, dive.values)
