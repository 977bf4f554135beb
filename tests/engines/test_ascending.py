"""Prices found district by district: their bound is one, rises with every district, and is the best of a whole."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tiny_mips import brute_force, dense_cost, facilities, random_mip

from yjopt.engines.ascending import ascended
from yjopt.engines.certificate import certified_bound, rounded
from yjopt.engines.districts import columns_of
from yjopt.engines.relaxation import Relaxation

if TYPE_CHECKING:
    from yjopt.model.mip import FloatArray, IntArray, Mip

SITES, TOWNS = 8, 40


def proven(mip: Mip, prices: FloatArray | None) -> int:
    assert prices is not None
    return certified_bound(mip, dense_cost(mip), rounded(prices))


def found(mip: Mip, codes: IntArray, seconds: float = 20.0, processes: int = 1) -> int:
    cost = dense_cost(mip).astype(np.float64)
    deadline = time.monotonic() + seconds
    return proven(mip, ascended(mip, columns_of(codes), cost, deadline=deadline, processes=processes))


@pytest.mark.parametrize("seed", range(4))
def test_one_district_has_the_prices_of_the_relaxation(seed: int) -> None:
    """There is nothing else to be charged for."""
    mip, _ = facilities(seed, SITES, TOWNS)
    with Relaxation(mip) as relaxation:
        whole = relaxation.minimise(dense_cost(mip), deadline=time.monotonic() + 20)
    assert whole.objective is not None
    bound = found(mip, np.zeros(mip.num_columns, dtype=np.int64))
    assert whole.objective - 1 <= bound <= np.ceil(whole.objective)


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("seed", range(4))
def test_districts_prove_less_than_the_whole_and_more_than_no_prices(seed: int, processes: int) -> None:
    """Four districts of towns, each with the columns that serve them; without time nothing is priced."""
    mip, _ = facilities(seed, SITES, TOWNS)
    of_town = np.arange(TOWNS) % 4
    codes = np.concatenate([np.arange(SITES) % 4, np.tile(of_town, SITES), of_town])
    nothing = proven(mip, np.zeros(mip.num_rows))
    whole = found(mip, np.zeros_like(codes))
    assert nothing < found(mip, codes, processes=processes) <= whole
    assert found(mip, codes, seconds=-1.0) == nothing


@pytest.mark.parametrize("seed", range(12))
def test_it_is_a_bound_whatever_the_districts(seed: int) -> None:
    """Random programmes cut up at random: never above what enumeration finds, never below no prices at all."""
    mip = random_mip(seed, feasible=True)
    best = brute_force(mip)
    assert best is not None
    codes = np.random.default_rng(seed).integers(0, 3, mip.num_columns)
    assert proven(mip, np.zeros(mip.num_rows)) <= found(mip, codes) <= best[0] - mip.stages[0].offset


def test_ctrl_c_leaves_no_prices(monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupt while a district is priced ends it all."""

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    mip, _ = facilities(4, SITES, TOWNS)
    monkeypatch.setattr(Relaxation, "minimise", interrupt)
    price = partial(ascended, mip, columns_of(np.arange(mip.num_columns) % 2), np.ones(mip.num_columns))
    assert price(deadline=time.monotonic() + 9) is None
