"""District by district: the pattern of each while the others stand still, and a search that never makes worse."""

from __future__ import annotations

import time

import numpy as np
import pytest
from tiny_mips import brute_force, dense_cost, facilities, random_mip

from yjopt import Scenario, generate
from yjopt import solve as solve_scenario
from yjopt.engines import choice, first_stages_run
from yjopt.engines.districts import DistrictSearch, columns_of, relaxed_apart
from yjopt.engines.lexicographic import solve
from yjopt.engines.outcome import Status
from yjopt.engines.params import Params
from yjopt.engines.relaxation import Relaxation

SITES, TOWNS = 8, 40
NONE = np.zeros(0, dtype=np.int64)


def test_columns_of_each_district() -> None:
    """Sorted, the largest first, none lost."""
    found = columns_of(np.array([7, 2, 7, 2, 7, 5]))
    assert [columns.tolist() for columns in found] == [[0, 2, 4], [1, 3], [5]]
    assert columns_of(np.zeros(0, dtype=np.int64)) == []


def by_town() -> np.ndarray:
    """Two districts of towns; each site belongs to one of them."""
    site, town = np.arange(SITES) % 2, np.arange(TOWNS) % 2
    return np.concatenate([site, np.tile(town, SITES), town])


def test_one_district_is_the_whole() -> None:
    """The pattern of a single district is the relaxation's."""
    mip, nothing = facilities(4, SITES, TOWNS)
    cost = np.zeros(mip.num_columns)
    cost[mip.stages[0].columns] = mip.stages[0].coefficients
    until = time.monotonic() + 20
    with Relaxation(mip) as relaxation:
        whole = relaxation.minimise(cost, deadline=until)
    every = [np.arange(mip.num_columns)]
    apart = relaxed_apart(mip, nothing, every, cost, deadline=until)
    assert apart is not None
    assert cost @ apart.values == pytest.approx(whole.objective)


@pytest.mark.parametrize("seed", range(4))
def test_each_district_has_what_the_others_leave(seed: int) -> None:
    """One after the other they are a vector of the whole relaxation, no better than it, and better with every turn."""
    mip, nothing = facilities(seed, SITES, TOWNS)
    cost = dense_cost(mip).astype(np.float64)
    districts, until = columns_of(by_town()), time.monotonic() + 20
    with Relaxation(mip) as relaxation:
        best = relaxation.minimise(cost, deadline=until).objective
    assert best is not None
    before = float(cost @ nothing)
    for turns in (1, 2, 3):
        apart = relaxed_apart(mip, nothing, districts, cost, deadline=until, turns=turns)
        assert apart is not None
        assert apart.solved.all()
        activity = mip.matrix @ apart.values
        assert (activity >= mip.row_lower - 1e-6).all()
        assert (activity <= mip.row_upper + 1e-6).all()
        now = float(cost @ apart.values)
        assert best - 1e-6 * abs(best) <= now <= before + 1e-6 * abs(before)
        before = now
    assert before < cost @ nothing


def test_districts_at_once_may_take_more_than_there_is_together_but_not_alone() -> None:
    """Solved beside one another, each keeps the rows with what the other had by plan; without time nothing moves."""
    mip, nothing = facilities(4, SITES, TOWNS)
    cost = dense_cost(mip).astype(np.float64)
    districts = columns_of(by_town())
    until = time.monotonic() + 20
    apart = relaxed_apart(mip, nothing, districts, cost, deadline=until, processes=2)
    assert apart is not None
    pattern = apart.values
    assert cost @ pattern < cost @ nothing
    for columns in districts:
        alone = nothing.astype(np.float64)
        alone[columns] = pattern[columns]
        activity = mip.matrix @ alone
        assert (activity >= mip.row_lower - 1e-6).all()
        assert (activity <= mip.row_upper + 1e-6).all()
    late = relaxed_apart(mip, nothing, districts, cost, deadline=time.monotonic() - 1)
    assert late is not None
    assert (late.values == nothing).all()
    assert not late.solved.any()


def test_ctrl_c_leaves_no_pattern(monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupt while a district is relaxed ends it all."""
    mip, nothing = facilities(4, SITES, TOWNS)

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Relaxation, "minimise", interrupt)
    cost = np.ones(mip.num_columns)
    assert relaxed_apart(mip, nothing, columns_of(by_town()), cost, deadline=time.monotonic() + 9) is None


def test_a_search_makes_nothing_worse() -> None:
    """Both districts in turn: better plans, told as they come; gone on with from another plan."""
    mip, nothing = facilities(4, SITES, TOWNS)
    told: list[tuple[int, ...]] = []
    search = DistrictSearch(
        mip, nothing, columns_of(by_town()), on_better=lambda _, values: told.append(values)
    )
    search.until(time.monotonic() + 4)
    assert mip.is_feasible(search.x)
    assert told
    assert told == sorted(told, reverse=True)
    assert mip.stage_values(search.x) == told[-1] < mip.stage_values(nothing)
    assert search.tally.regions >= search.tally.better > 0
    search.restart(nothing)
    assert (search.x == nothing).all()


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_every_district_has_its_turn(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them once, then all of them again."""
    mip, nothing = facilities(4, SITES, TOWNS)
    every = columns_of(np.arange(mip.num_columns) % number)
    asked: list[int] = []
    search = DistrictSearch(mip, nothing, every)
    monkeypatch.setattr(search, "_better", lambda columns, _: asked.append(int(columns[0])))
    search.until(time.monotonic() + 60)
    assert sorted(asked) == list(range(number))
    search.until(time.monotonic() + 60)
    assert asked[number:] == asked[:number]


def test_no_district_is_begun_once_it_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever may say stop is asked before each."""
    mip, nothing = facilities(4, SITES, TOWNS)
    asked: list[int] = []
    search = DistrictSearch(mip, nothing, columns_of(by_town()), stop=lambda: len(asked) == 1)
    monkeypatch.setattr(search, "_better", lambda columns, _: asked.append(int(columns[0])))
    search.until(time.monotonic() + 60)
    assert len(asked) == 1


@pytest.mark.parametrize("seed", range(8))
def test_small_models_district_by_district(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the districts, plans keep every row and bounds are never above what enumeration finds."""
    monkeypatch.setitem(choice.LARGE, "lagrange", 1)
    monkeypatch.setattr(first_stages_run, "WIDE", 0)
    mip = random_mip(seed, feasible=True)
    best = brute_force(mip)
    assert best is not None
    start = solve(mip, Params(gap=0.0, time_limit=10.0, engine="highs")).x
    assert start is not None
    codes = np.random.default_rng(seed).integers(0, 3, mip.num_columns)
    params = Params(gap=0.0, time_limit=1.5, engine="lagrange", districts=lambda _: codes)
    outcome = solve(mip, params, start)
    assert outcome.status in (Status.OPTIMAL, Status.FEASIBLE)
    assert tuple(stage.value for stage in outcome.stages) == best
    assert all(stage.bound <= stage.value for stage in outcome.stages if stage.bound is not None)


def test_a_country_is_planned_better_than_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixty towns as if they were forty thousand: audited, and much is saved."""
    monkeypatch.setitem(choice.LARGE, "lagrange", 1)
    monkeypatch.setattr(first_stages_run, "WIDE", 1_000)
    monkeypatch.setattr(first_stages_run, "DISTRICT", 3_000)
    tables, settings, _ = generate(towns=60, periods=1, seed=4)
    scenario = Scenario.from_tables(tables, settings)
    plan = solve_scenario(scenario, time_limit=8.0, engine="lagrange")
    assert plan.audited is not None
    assert plan.audited.ok
    people = plan.stages.set_index("name").loc["unmet_people"]
    assert people.value < 0.8 * people.manual
