"""Large parts: bounded by their relaxation, made whole after its pattern, bettered by regions; never wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from tiny import FAMILIES
from tiny_command import command
from tiny_mips import brute_force, facilities, random_mip

from yjopt import Scenario, generate
from yjopt import solve as solve_scenario
from yjopt.engines import choice, lagrange
from yjopt.engines.lexicographic import solve
from yjopt.engines.outcome import Status
from yjopt.engines.params import Guide, Params
from yjopt.model.builder import Builder

if TYPE_CHECKING:
    from yjopt.model.mip import FloatArray, IntArray

CASES = {**FAMILIES, "command": command}
EXACT = Params(gap=0.0, time_limit=30.0, engine="lagrange")


@pytest.fixture(autouse=True)
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let models of one column be approached as large ones are."""
    monkeypatch.setitem(choice.LARGE, "lagrange", 1)


def check_random(seed: int) -> bool:
    """A random programme by enumeration and as a large one: the same answer; whether there is a plan."""
    mip = random_mip(seed, blocks=1 + seed % 2)
    best = brute_force(mip)
    outcome = solve(mip, EXACT)
    if best is None:
        assert outcome.status is Status.IMPOSSIBLE
        return False
    assert outcome.status is Status.OPTIMAL
    assert tuple(stage.value for stage in outcome.stages) == best
    assert all(stage.bound == stage.value for stage in outcome.stages)
    return True


def test_small_models_as_large_ones() -> None:
    """Forty programmes: the values of enumeration, proven."""
    assert sum(check_random(seed) for seed in range(40)) > 10


@pytest.mark.long
def test_a_thousand_small_models_as_large_ones() -> None:
    """A thousand programmes: the values of enumeration, proven."""
    assert sum(check_random(seed) for seed in range(1000)) > 250


def check_scenario(family: str, seed: int) -> None:
    """A tiny scenario by HiGHS and as a large one: the same values where both are proven, and bounds that agree."""
    scenario = Scenario.from_tables(*CASES[family](seed))
    plain = solve_scenario(scenario, gap=0.0, time_limit=30.0, engine="highs")
    large = solve_scenario(scenario, gap=0.0, time_limit=30.0, engine="lagrange")
    assert (plain.status == "impossible") == (large.status == "impossible")
    if plain.status != "optimal":
        return
    assert large.audited is not None
    assert large.audited.ok
    for ours, theirs in zip(large.stages.itertuples(), plain.stages.itertuples(), strict=True):
        assert ours.bound <= theirs.value + 1e-9
        assert ours.value == theirs.value


@pytest.mark.parametrize("family", CASES)
def test_tiny_scenarios_as_large_ones(family: str) -> None:
    """Two scenarios of each family: what HiGHS proves is found, and no bound lies above it."""
    for seed in range(2):
        check_scenario(family, seed)


@pytest.mark.long
@pytest.mark.parametrize("family", CASES)
def test_a_thousand_tiny_scenarios_as_large_ones(family: str) -> None:
    """A hundred scenarios of each of ten families: what HiGHS proves is found, and no bound lies above it."""
    for seed in range(100):
        check_scenario(family, seed)


def test_bounds_are_certificates_and_plans_are_laid_after_the_pattern(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Too large for the solver as a whole: the bound is the relaxation's, the plan that of the guide or better."""
    monkeypatch.setattr(lagrange, "WHOLE", 0)
    mip, nothing = facilities(3, 12, 60)
    asked: list[FloatArray] = []

    def lay(pattern: FloatArray, _: float = 0.0) -> IntArray:
        asked.append(pattern)
        assert np.all(pattern >= mip.lower - 1e-6)
        assert np.all(pattern <= mip.upper + 1e-6)
        # Open what is open at all, and serve whole numbers of what the pattern serves.
        x = np.floor(pattern + 1e-9).astype(np.int64)
        x[:12] = np.ceil(pattern[:12] - 1e-9)
        served = x[12 : 12 + 12 * 60].reshape(12, 60).sum(axis=0)
        x[12 + 12 * 60 :] = mip.upper[12 + 12 * 60 :].astype(np.int64) - served
        return x

    outcome = solve(mip, Params(gap=0.0, time_limit=3.0, engine="lagrange", guide=Guide({}, lay)), nothing)
    assert len(asked) == 1
    laid = lay(asked[0])
    assert mip.is_feasible(laid)
    stage = outcome.stages[0]
    assert stage.bound_proof == "certificate"
    assert 0 < stage.bound <= stage.value <= mip.stages[0].value(laid)
    assert outcome.x is not None
    assert mip.is_feasible(outcome.x)


def test_an_invented_shared_resource_is_priced(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that nobody has heard of ties all towns together: it is priced like any other, with no code of its own."""
    mip, nothing = facilities(8, 6, 20)
    free = solve(mip, Params(gap=0.0, time_limit=20.0, engine="highs"), nothing)
    assert free.x is not None
    builder = Builder()
    columns = builder.columns("all", mip.lower, mip.upper, mip.integer)
    rows = builder.rows("known", mip.row_lower, mip.row_upper)
    part = mip.matrix.tocoo()
    builder.entries(rows[part.row], columns[part.col], part.data)
    serves = columns[6 : 6 + 6 * 20]
    most = int(free.x[serves].sum()) // 2
    builder.entries(builder.rows("drones", -np.inf, most, coupling=True, size=1), serves, 1)
    builder.cost("only", columns[mip.stages[0].columns], mip.stages[0].coefficients)
    shared = builder.build([("only", 1)])
    plain = solve(shared, Params(gap=0.0, time_limit=20.0, engine="highs"), nothing)
    large = solve(shared, EXACT, nothing)
    assert plain.status is large.status is Status.OPTIMAL
    assert large.stages[0].value == plain.stages[0].value > free.stages[0].value
    monkeypatch.setattr(lagrange, "WHOLE", 0)
    priced = solve(shared, Params(gap=0.0, time_limit=3.0, engine="lagrange"), nothing)
    assert priced.knowledge is not None
    drones = priced.knowledge.prices["only"].rows[-1]
    assert drones < 0
    assert priced.stages[0].bound_proof == "certificate"
    # With the price there is more proven than the optimum without the row.
    assert free.stages[0].value < priced.stages[0].bound <= plain.stages[0].value


def test_a_city_is_planned_far_better_than_by_hand() -> None:
    """Forty towns in six seconds: there is a bound, and a third of what is avoidable is saved."""
    tables, settings, _ = generate(towns=40, seed=4)
    plan = solve_scenario(Scenario.from_tables(tables, settings), time_limit=6.0, engine="lagrange")
    assert plan.audited is not None
    assert plan.audited.ok
    people = plan.stages.set_index("name").loc["unmet_people"]
    assert people.bound > 0
    assert (people.manual - people.value) > (people.manual - people.bound) / 3
