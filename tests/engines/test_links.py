"""Relaxations of models most of whose rows are links: the same without most of them, and never more than is true."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tiny_mips import dense_cost

from yjopt.engines import links
from yjopt.engines.certificate import certified_bound, rounded
from yjopt.engines.links import relaxed_by_links
from yjopt.engines.relaxation import Relaxation
from yjopt.model.builder import Builder

if TYPE_CHECKING:
    from yjopt.engines.relaxation import RelaxedOutcome
    from yjopt.model.mip import Mip


def soon(seconds: float = 20.0) -> float:
    return time.monotonic() + seconds


def of_any_size(monkeypatch: pytest.MonkeyPatch, rounds: int) -> None:
    """A few links are many, and broken ones are put in so often."""
    monkeypatch.setattr(links, "LARGE", 0)
    monkeypatch.setattr(links, "MANY", 0.0)
    monkeypatch.setattr(links, "ROUNDS", rounds)


def whole(mip: Mip) -> RelaxedOutcome:
    with Relaxation(mip) as relaxation:
        return relaxation.minimise(dense_cost(mip).astype(np.float64), deadline=soon())


def linked(seed: int, sites: int = 6, towns: int = 15) -> Mip:
    """Towns served by sites, each only where one is open: one row of two columns for every pair."""
    random = np.random.default_rng(seed)
    builder = Builder()
    opened = builder.columns("open", 0, 1, size=sites)
    serve = builder.columns("serve", 0, 1, size=sites * towns).reshape(sites, towns)
    wants = builder.rows("need", 1, 1, size=towns)
    builder.entries(wants, serve, 1)
    only = builder.rows("only_if_open", -np.inf, 0, size=sites * towns).reshape(sites, towns)
    builder.entries(only, serve, 1)
    builder.entries(only, opened[:, None], -1)
    builder.cost("cost", opened, random.integers(20, 60, sites))
    builder.cost("cost", serve, random.integers(1, 30, (sites, towns)))
    return builder.build([("cost", 1)])


@pytest.mark.parametrize("seed", range(4))
def test_with_what_is_broken_put_in_it_is_the_whole(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """After enough rounds no link is broken, and nothing is lost."""
    of_any_size(monkeypatch, 50)
    mip = linked(seed)
    (found,) = relaxed_by_links(mip, [dense_cost(mip).astype(np.float64)], deadline=soon())
    assert found.optimal
    assert found.objective == pytest.approx(whole(mip).objective)
    assert found.values is not None
    activity = mip.matrix @ found.values
    assert (activity <= mip.row_upper + 1e-5).all()
    assert (activity >= mip.row_lower - 1e-5).all()


@pytest.mark.parametrize("seed", range(4))
def test_what_is_proven_without_them_holds_with_them(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer rows cost less, and their duals, none for what was left out, prove what they prove."""
    of_any_size(monkeypatch, 0)
    mip = linked(seed)
    cost, all_rows = dense_cost(mip), whole(mip)
    (found,) = relaxed_by_links(mip, [cost.astype(np.float64)], deadline=soon())
    assert found.objective is not None
    assert all_rows.objective is not None
    assert found.objective < all_rows.objective
    assert found.duals is not None
    assert len(found.duals) == mip.num_rows
    proven = certified_bound(mip, cost, rounded(found.duals, None), ())
    assert 0 < proven <= all_rows.objective + 1e-6


def test_few_links_stay() -> None:
    """A small model is solved as it is."""
    mip = linked(1)
    cost = dense_cost(mip).astype(np.float64)
    first, again = relaxed_by_links(mip, [cost, 2 * cost], deadline=soon())
    assert first.objective == pytest.approx(whole(mip).objective)
    assert again.objective == pytest.approx(2 * whole(mip).objective)


def test_without_time_there_is_no_vector(monkeypatch: pytest.MonkeyPatch) -> None:
    """As of any relaxation."""
    of_any_size(monkeypatch, 3)
    mip = linked(1)
    (found,) = relaxed_by_links(mip, [dense_cost(mip).astype(np.float64)], deadline=time.monotonic())
    assert not found.optimal
    assert found.values is None
