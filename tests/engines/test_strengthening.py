"""Relaxations with cuts: bounds between the relaxation's and the truth, with a certificate."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tiny_mips import dense_cost, hung_on, layers

from yjopt.engines.diving import dived
from yjopt.engines.highs import HighsEngine
from yjopt.engines.partly_whole import partly_whole
from yjopt.engines.relaxation import Relaxation
from yjopt.engines.strengthening import strengthened
from yjopt.model.builder import Builder

if TYPE_CHECKING:
    from yjopt.model.mip import Mip


def soon(seconds: float = 20.0) -> float:
    return time.monotonic() + seconds


def staffed(seed: int) -> Mip:
    """Groups taken in whole by sites that are opened, with teams for 12 guests each, all of which cost something."""
    random = np.random.default_rng(seed)
    sites, groups = 3, 5
    size = random.integers(3, 9, groups)
    builder = Builder()
    opened = builder.columns("open", 0, 1, size=sites)
    teams = builder.columns("teams", 0, 4, size=sites)
    taken = builder.columns("taken", 0, 1, size=sites * groups).reshape(sites, groups)
    refused = builder.columns("refused", 0, 1, False, size=groups)
    rooms = builder.rows("rooms", -np.inf, 0, size=sites)
    builder.entries(rooms[:, None], taken, size)
    builder.entries(rooms, opened, -20)
    staff = builder.rows("staff", -np.inf, 0, size=sites, coupling=True)
    builder.entries(staff[:, None], taken, size)
    builder.entries(staff, teams, -12)
    once = builder.rows("once", 1, 1, size=groups)
    builder.entries(once, taken, 1)
    builder.entries(once, refused, 1)
    builder.cost("cost", opened, random.integers(10, 30, sites))
    builder.cost("cost", teams, random.integers(5, 15, sites))
    builder.cost("cost", refused, 9 * size)
    return builder.build([("cost", 1)])


@pytest.mark.parametrize("seed", range(8))
def test_a_certificate_with_cuts_lies_between_the_relaxation_and_the_best(seed: int) -> None:
    """It proves more than the relaxation does, as sites and teams are whole, and never more than the best plan."""
    mip = staffed(seed)
    cost, whole = dense_cost(mip), hung_on(mip)
    with Relaxation(mip) as relaxation:
        plain = relaxation.bound(cost, deadline=soon()).bound
        found = strengthened(relaxation, cost, whole, deadline=soon())
    best = HighsEngine().minimise(mip, cost, gap=0.0, deadline=soon())
    assert best.x is not None
    assert best.value is not None
    assert found.cuts
    assert plain < found.bound(mip, cost) <= best.value
    assert all(cut.holds(best.x) for cut in found.cuts)


@pytest.mark.parametrize("seed", range(4))
def test_a_solver_given_the_cuts_finds_the_same_and_proves_no_less(seed: int) -> None:
    mip = staffed(seed)
    cost, whole = dense_cost(mip), hung_on(mip)
    with Relaxation(mip) as relaxation:
        found = strengthened(relaxation, cost, whole, deadline=soon())
    refused = np.zeros(mip.num_columns, dtype=np.int64)
    refused[-5:] = 1
    plain, tight = (
        HighsEngine().minimise(mip, cost, limits=limits, gap=0.0, deadline=soon())
        for limits in ((), found.cuts)
    )
    assert plain.value == tight.value == tight.bound
    proven = partly_whole(mip, cost, whole, refused, limits=found.cuts, deadline=soon())
    assert proven.is_proven
    assert found.bound(mip, cost) <= proven.bound <= plain.bound


def test_a_dive_keeps_the_cuts() -> None:
    mip, _ = layers(1, sites=6, towns=12)
    cost, whole = dense_cost(mip), hung_on(mip)
    with Relaxation(mip) as relaxation:
        found = strengthened(relaxation, cost, whole, deadline=soon())
        assert found.outcome.values is not None
        values, _ = dived(
            relaxation, cost, found.outcome.values, np.flatnonzero(whole), soon(), limits=found.cuts
        )
    assert np.abs(values[whole] - np.rint(values[whole])).max() < 1e-6
    for cut in found.cuts:
        assert cut.coefficients @ values[cut.columns] <= cut.upper + 1e-5 * np.abs(cut.coefficients).max()


def test_without_time_nothing_is_proven() -> None:
    mip, _ = layers(0, sites=5, towns=9)
    cost = dense_cost(mip)
    with Relaxation(mip) as relaxation:
        found = strengthened(relaxation, cost, hung_on(mip), deadline=time.monotonic() - 1)
    assert not found.cuts
    assert not found.outcome.optimal
    assert found.bound(mip, cost) == 0
