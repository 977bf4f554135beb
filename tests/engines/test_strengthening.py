"""Relaxations with cuts: bounds between the relaxation's and the truth, with a certificate."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tiny_mips import dense_cost, layers

from yjopt.engines.diving import dived
from yjopt.engines.highs import HighsEngine
from yjopt.engines.relaxation import Relaxation
from yjopt.engines.strengthening import strengthened, with_cuts
from yjopt.model.builder import Builder

if TYPE_CHECKING:
    from yjopt.model.mip import Mip


def soon(seconds: float = 20.0) -> float:
    return time.monotonic() + seconds


def hung_on(mip: Mip) -> np.ndarray:
    """What is opened, and who is sent."""
    whole = np.zeros(mip.num_columns, dtype=np.bool_)
    for block in mip.column_blocks:
        whole[block.start : block.stop] = block.name in ("open", "teams")
    return whole


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


def test_cuts_as_rows_keep_every_plan_and_the_bound() -> None:
    mip, nothing = layers(3, sites=5, towns=9)
    cost, whole = dense_cost(mip), hung_on(mip)
    with Relaxation(mip) as relaxation:
        found = strengthened(relaxation, cost, whole, deadline=soon())
    tight = with_cuts(mip, found.cuts)
    assert tight.num_rows == mip.num_rows + len(found.cuts)
    assert tight.is_feasible(nothing)
    with Relaxation(tight) as relaxation:
        bound = relaxation.bound(cost, deadline=soon()).bound
    assert abs(bound - found.bound(mip, cost)) <= 1
    answers = [HighsEngine().minimise(own, cost, gap=0.0, deadline=soon()).value for own in (mip, tight)]
    assert answers[0] == answers[1]
    assert with_cuts(mip, ()) is mip


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
