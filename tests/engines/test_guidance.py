"""The guiding relaxation: prices of every stage from one sum, some columns whole."""

from __future__ import annotations

import dataclasses
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tiny_mips import brute_force, dense_cost, facilities, random_mip

from yjopt.engines import lagrange
from yjopt.engines.engine import Limit
from yjopt.engines.guidance import Guidance, guidance, lightly_held
from yjopt.engines.knowledge import Prices
from yjopt.engines.lexicographic import solve
from yjopt.engines.outcome import StoppedBy
from yjopt.engines.params import Guide, Params
from yjopt.engines.relaxation import Relaxation, RelaxedBound, RelaxedOutcome
from yjopt.model.builder import Builder
from yjopt.model.mip import Stage

if TYPE_CHECKING:
    from yjopt.model.mip import FloatArray, IntArray, Mip

SITES, TOWNS = 12, 60
NONE = np.zeros(0, dtype=np.int64)


def soon(seconds: float = 20.0) -> float:
    return time.monotonic() + seconds


def in_two_stages(seed: int) -> tuple[Mip, IntArray]:
    """What is unmet first, then what it costs."""
    mip, nothing = facilities(seed, SITES, TOWNS)
    builder = Builder()
    columns = builder.columns("all", mip.lower, mip.upper, mip.integer)
    rows = builder.rows("rows", mip.row_lower, mip.row_upper)
    entries = mip.matrix.tocoo()
    builder.entries(rows[entries.row], columns[entries.col], entries.data.astype(np.int64))
    # Less can be served than is wanted: the budget pays for a few sites, and for a part of one.
    budget = builder.rows("budget", -np.inf, 8, size=1)
    builder.entries(budget, columns[:SITES], np.random.default_rng(seed).integers(3, 6, SITES))
    cost = dense_cost(mip)
    unmet = np.zeros_like(cost)
    unmet[-TOWNS:] = 1
    builder.cost("unmet", columns, unmet)
    builder.cost("cost", columns, cost * (1 - unmet))
    return builder.build([("unmet", 1), ("cost", 1)]), nothing


def guided(mip: Mip, weights: dict[str, float]) -> Guidance:
    cost = np.zeros(mip.num_columns)
    for stage in mip.stages:
        np.add.at(cost, stage.columns, weights[stage.name] * stage.coefficients)
    with Relaxation(mip) as relaxation:
        return guidance(relaxation, cost, weights, soon(), soon())


def bound_by_prices(mip: Mip, found: Guidance, stage: int, held: list[int]) -> int:
    """What the prices of a stage prove, with the earlier ones held."""
    own = found.stages[mip.stages[stage].name]
    limits = [Limit(s.columns, s.coefficients, value) for s, value in zip(mip.stages, held, strict=False)]
    names = [s.name for s in mip.stages[: len(held)]]
    return Prices(own.duals, own.held).bound(
        mip, np.arange(mip.num_rows), dense_cost(mip, stage), limits, names
    )


@pytest.mark.parametrize("seed", range(6))
def test_prices_of_each_stage_prove_what_its_own_relaxation_does(seed: int) -> None:
    """The first: as its own relaxation. The second: less by what the first is held above its optimum, as it weighs."""
    mip, _ = in_two_stages(seed)
    found = guided(mip, {"unmet": 1e4, "cost": 1.0})
    assert found.values is not None
    assert list(found.stages) == ["unmet", "cost"]
    with Relaxation(mip) as relaxation:
        first = relaxation.bound(dense_cost(mip, 0), deadline=soon())
        assert first.bound > 0
        assert bound_by_prices(mip, found, 0, []) == first.bound
        assert found.stages["unmet"].value == pytest.approx(first.bound, abs=1)
        limit = Limit(mip.stages[0].columns, mip.stages[0].coefficients, first.bound)
        second = relaxation.bound(dense_cost(mip, 1), limits=[limit], deadline=soon())
        assert second.bound > 0
    unmet, cost = found.stages["unmet"].value, found.stages["cost"].value
    proven = bound_by_prices(mip, found, 1, [first.bound])
    assert 1e4 * (unmet - first.bound) + cost - 1 <= proven <= second.bound + 1


@pytest.mark.parametrize("seed", range(20))
def test_prices_never_prove_too_much(seed: int) -> None:
    """Tiny programmes by enumeration: with earlier stages held at their best, no bound is above the best."""
    mip = random_mip(seed, feasible=True)
    best = brute_force(mip)
    assert best is not None
    found = guided(mip, {stage.name: 10.0 ** (-2 * k) for k, stage in enumerate(mip.stages)})
    for number, stage in enumerate(mip.stages):
        if stage.name in found.stages:
            held = [value - own.offset for value, own in zip(best[:number], mip.stages, strict=False)]
            assert bound_by_prices(mip, found, number, held) + stage.offset <= best[number]


def test_a_stage_that_costs_nothing_is_not_solved_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """One relaxation for the sum, and one for each stage that has a cost."""
    asked: list[FloatArray] = []
    solve = Relaxation.minimise

    def counted(self: Relaxation, cost: FloatArray, *, deadline: float, **_: object) -> RelaxedOutcome:
        asked.append(cost)
        return solve(self, cost, deadline=deadline)

    monkeypatch.setattr(Relaxation, "minimise", counted)
    mip, _ = in_two_stages(1)
    idle = dataclasses.replace(mip, stages=(Stage("idle", NONE, NONE), *mip.stages))
    found = guided(idle, {"idle": 1e6, "unmet": 1e4, "cost": 1.0})
    assert list(found.stages) == ["unmet", "cost"]
    assert len(asked) == 3


@pytest.mark.parametrize("reason", [StoppedBy.TIME, StoppedBy.INTERRUPT])
def test_a_relaxation_that_does_not_end_leads_nowhere(
    reason: StoppedBy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No vector and no prices, and Ctrl-C is told."""
    monkeypatch.setattr(Relaxation, "minimise", lambda *_, **__: RelaxedOutcome(reason))
    mip, _ = in_two_stages(1)
    found = guided(mip, {"unmet": 1e4, "cost": 1.0})
    assert found.values is None
    assert not found.stages
    assert found.interrupted == (reason is StoppedBy.INTERRUPT)


def held_at(mip: Mip, value: int) -> Limit:
    first = mip.stages[0]
    return Limit(first.columns, first.coefficients, value)


@pytest.mark.parametrize("slack", [0, 3, 30])
@pytest.mark.parametrize("seed", range(4))
def test_prices_with_a_stage_lightly_held_prove_more_the_worse_the_plan_is(seed: int, slack: int) -> None:
    """Never more than the relaxation with it held by a row; with a plan far from its bound, more than the guide."""
    mip, _ = in_two_stages(seed)
    weights = {"unmet": 1e4, "cost": 1.0}
    found = guided(mip, weights)
    held = round(found.stages["unmet"].value) + 1 + slack
    with Relaxation(mip) as relaxation:
        cost = 1e4 * dense_cost(mip, 0) + dense_cost(mip, 1)
        relaxation.minimise(cost, deadline=soon())
        light = lightly_held(relaxation, weights, mip.stages[1], {"unmet": held}, soon())
        most = relaxation.bound(dense_cost(mip, 1), limits=(held_at(mip, held),), deadline=soon()).bound
    assert light is not None
    proven = Prices(light.duals, light.held).bound(
        mip, np.arange(mip.num_rows), dense_cost(mip, 1), [held_at(mip, held)], ["unmet"]
    )
    assert proven <= most
    assert proven >= bound_by_prices(mip, found, 1, [held])
    if slack == 30:
        # Between the weights that are tried lies the best one.
        assert proven >= 0.7 * most > 0
        assert bound_by_prices(mip, found, 1, [held]) < 0.5 * most


def test_without_time_no_prices_with_a_stage_lightly_held() -> None:
    mip, _ = in_two_stages(0)
    with Relaxation(mip) as relaxation:
        assert (
            lightly_held(relaxation, {"unmet": 1e4, "cost": 1.0}, mip.stages[1], {"unmet": 9}, soon(-1))
            is None
        )


def test_a_large_solve_has_bounds_though_no_stage_is_relaxed(monkeypatch: pytest.MonkeyPatch) -> None:
    """No time for any stage's own relaxation: the bounds are those of the guiding one, with certificates."""
    monkeypatch.setattr(lagrange, "WHOLE", 0)
    mip, nothing = in_two_stages(2)

    def no_time(_: Relaxation, cost: IntArray, **__: object) -> RelaxedBound:
        return RelaxedBound(-(10**9), "trivial", None, RelaxedOutcome(StoppedBy.TIME), 0.0)

    monkeypatch.setattr(Relaxation, "bound", no_time)
    guide = Guide({"unmet": 1e4, "cost": 1.0}, lambda *_: nothing)
    outcome = solve(mip, Params(gap=0.0, time_limit=2.0, engine="lagrange", guide=guide), nothing)
    first = outcome.stages[0]
    assert first.bound_proof == "certificate"
    assert 0 < first.bound <= first.value
