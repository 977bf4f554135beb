"""The first stages by themselves: bounds that hold for the whole, plans that only become better."""

from __future__ import annotations

import dataclasses
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tiny_mips import dense_cost, layers

from yjopt.engines import choice, first_stages_run, lagrange, patterns
from yjopt.engines import guidance as guidance_module
from yjopt.engines.engine import Limit
from yjopt.engines.first_stages import bettered, relaxed
from yjopt.engines.guidance import guidance
from yjopt.engines.highs import HighsEngine
from yjopt.engines.knowledge import Prices
from yjopt.engines.lexicographic import solve
from yjopt.engines.outcome import StoppedBy
from yjopt.engines.params import Guide, Params
from yjopt.engines.priced_subproblem import PricedSubproblem
from yjopt.engines.regions import Improvement
from yjopt.engines.relaxation import Relaxation, RelaxedOutcome
from yjopt.engines.subproblem import Subproblem, subproblem
from yjopt.model.mip import FloatArray

if TYPE_CHECKING:
    from yjopt.model.mip import IntArray, Mip

WEIGHTS = {"unmet": 1e3, "cost": 1.0}


def soon(seconds: float = 20.0) -> float:
    return time.monotonic() + seconds


def take_as_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any model goes the way of the large ones."""
    monkeypatch.setitem(choice.LARGE, "lagrange", 1)
    monkeypatch.setattr(lagrange, "WHOLE", 0)


def part_of(mip: Mip, *, shares_rows: bool = True) -> Subproblem:
    sub = subproblem(mip, shares_rows=shares_rows)
    assert sub is not None
    return sub


def prices_of(mip: Mip) -> tuple[FloatArray, Prices]:
    """The vector of the guiding relaxation, and what it says of the first stage."""
    cost = sum(WEIGHTS[s.name] * dense_cost(mip, k) for k, s in enumerate(mip.stages))
    with Relaxation(mip) as relaxation:
        found = guidance(relaxation, np.asarray(cost), WEIGHTS, soon(), soon())
    assert found.values is not None
    return found.values, Prices(found.stages["unmet"].duals, found.stages["unmet"].held)


def best_of(mip: Mip) -> int:
    answer = HighsEngine().minimise(mip, dense_cost(mip), gap=0.0, deadline=soon())
    assert answer.value is not None
    assert answer.value == answer.bound
    return answer.value


def priced_of(mip: Mip, prices: Prices, *held: tuple[str, Limit]) -> PricedSubproblem:
    priced = PricedSubproblem.of(mip, part_of(mip), dense_cost(mip), prices, held)
    assert priced is not None
    return priced


def solved(priced: PricedSubproblem, x: IntArray) -> int:
    whole = np.ones(len(priced.sub.columns), dtype=np.bool_)
    pieces = priced.settle(x, whole, ~whole, deadline=soon())
    bound = priced.solve(pieces, whole, deadline=soon())
    assert bound is not None
    return bound


@pytest.mark.parametrize("seed", range(8))
def test_a_solver_proves_more_than_prices(seed: int) -> None:
    """Sites and teams count as whole, goods are priced: above the relaxation's bound, never above the best."""
    mip, nothing = layers(seed, sites=6, towns=12)
    (_, prices), best = prices_of(mip), best_of(mip)
    plain = prices.bound(mip, np.arange(mip.num_rows), dense_cost(mip), [], [])
    priced = priced_of(mip, prices)
    assert plain <= priced.proves(solved(priced, nothing), []) <= best


def test_together_they_prove_much_more() -> None:
    """In sum over some models the solver closes most of what the prices leave open."""
    plain = proven = best = 0
    for seed in range(8):
        mip, nothing = layers(seed, sites=6, towns=12)
        _, prices = prices_of(mip)
        plain += prices.bound(mip, np.arange(mip.num_rows), dense_cost(mip), [], [])
        priced = priced_of(mip, prices)
        proven += priced.proves(solved(priced, nothing), [])
        best += best_of(mip)
    assert best - proven < 0.5 * (best - plain)


@pytest.mark.parametrize("seed", range(4))
def test_a_bound_follows_what_is_held(seed: int) -> None:
    """A stage before, held lower, lifts the bound by its price and no further than the truth."""
    mip, nothing = layers(seed, sites=5, towns=8)
    opened = Limit(np.arange(5), np.ones(5, dtype=np.int64), 5)
    _, prices = prices_of(mip)
    priced = priced_of(mip, Prices(prices.rows, {"opened": -3.0}), ("opened", opened))
    bound = solved(priced, nothing)
    for held in range(6):
        limit = Limit(opened.columns, opened.coefficients, held)
        answer = HighsEngine().minimise(
            mip, dense_cost(mip), limits=(limit,), start=nothing, gap=0.0, deadline=soon()
        )
        assert answer.value is not None
        assert priced.proves(bound, [limit]) <= answer.value
    lower = Limit(opened.columns, opened.coefficients, 2)
    assert priced.proves(bound, [lower]) == priced.proves(bound, [opened]) + 9


def test_a_mark_knows_every_number() -> None:
    """Other bounds, another cost: another mark. Rows of the rest are no part of it, but of the constant."""
    mip, _ = layers(2, sites=6, towns=12)
    _, prices = prices_of(mip)
    mark = priced_of(mip, prices).mark
    assert priced_of(mip, prices).mark == mark
    fewer = mip.upper.copy()
    fewer[0] = 0
    assert priced_of(dataclasses.replace(mip, upper=fewer), prices).mark != mark
    has = next(block for block in mip.row_blocks if block.name == "has")
    least = mip.row_upper.copy()
    least[has.start : has.stop] -= 1
    assert priced_of(dataclasses.replace(mip, row_upper=least), prices).mark == mark


def test_what_was_proven_holds_in_the_next_solve(monkeypatch: pytest.MonkeyPatch) -> None:
    """Though nothing is solved any more: goods change, people's part is the same, and so is its bound."""
    take_as_large(monkeypatch)
    mip, nothing = layers(5, sites=6, towns=12)
    guide = laying(mip, nothing, [], np.arange(mip.num_columns))
    params = Params(gap=0.0, time_limit=6.0, engine="lagrange", guide=guide)
    first = solve(mip, params, nothing)
    assert first.stages[0].bound_proof == "solver"
    assert first.x is not None
    upper = mip.row_upper.copy()
    has = next(block for block in mip.row_blocks if block.name == "has")
    upper[has.start : has.stop] += 1
    changed = dataclasses.replace(mip, row_upper=upper)
    monkeypatch.setattr(PricedSubproblem, "solve", lambda *_, **__: None)
    again = solve(
        changed, dataclasses.replace(params, knowledge=first.knowledge, time_limit=1.0, guide=None), first.x
    )
    assert again.stages[0].bound_proof == "solver"
    assert again.stages[0].bound == first.stages[0].bound <= best_of(changed)


@pytest.mark.parametrize("seed", range(6))
def test_pieces_are_relaxed_beside_one_another(seed: int) -> None:
    """Together they come to what the relaxation of the subproblem does, and the prices prove it of the whole."""
    mip, _ = layers(seed, sites=6, towns=12)
    sub = part_of(mip, shares_rows=False)
    found = relaxed(mip, sub, WEIGHTS, deadline=soon(), processes=2)
    assert found is not None
    assert found.solved
    with Relaxation(sub.mip) as relaxation:
        alone = relaxation.minimise(dense_cost(sub.mip), deadline=soon())
    assert alone.objective == pytest.approx(found.priced.value)
    prices = Prices(found.priced.duals, found.priced.held)
    bound = prices.bound(mip, np.arange(mip.num_rows), dense_cost(mip), [], [])
    assert alone.objective is not None
    assert alone.objective - 1e-6 <= bound <= best_of(mip)


def test_without_time_nothing_is_relaxed() -> None:
    """It says so; what its prices prove still holds."""
    mip, _ = layers(1, sites=6, towns=12)
    found = relaxed(mip, part_of(mip, shares_rows=False), WEIGHTS, deadline=time.monotonic() - 1)
    assert found is not None
    assert not found.solved
    prices = Prices(found.priced.duals, found.priced.held)
    assert prices.bound(mip, np.arange(mip.num_rows), dense_cost(mip), [], []) <= best_of(mip)


def test_ctrl_c_ends_the_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """None is waited for."""

    def interrupted(*_: object, **__: object) -> RelaxedOutcome:
        raise KeyboardInterrupt

    monkeypatch.setattr(Relaxation, "minimise", interrupted)
    mip, _ = layers(1, sites=6, towns=12)
    assert relaxed(mip, part_of(mip, shares_rows=False), WEIGHTS, deadline=soon()) is None


@pytest.mark.parametrize("seed", range(4))
def test_a_search_betters_and_a_bound_is_proven_beside_it(seed: int) -> None:
    """From nothing to far less unmet, every row of the subproblem kept."""
    mip, nothing = layers(seed, sites=8, towns=30)
    sub, (guide, prices) = part_of(mip), prices_of(mip)
    priced = priced_of(mip, prices)
    whole = np.ones(len(sub.columns), dtype=np.bool_)
    pieces = priced.settle(nothing, whole, ~whole, deadline=soon())
    prove = partial(priced.solve, pieces, whole, deadline=soon(5.0))
    found = bettered(sub, nothing[sub.columns], guide, until=soon(5.0), processes=2, prove=prove)
    assert not found.interrupted
    assert sub.mip.is_feasible(found.x)
    first = sub.mip.stages[0]
    assert first.value(found.x) <= 1.1 * best_of(mip)
    assert found.bound is not None
    assert priced.proves(found.bound, []) <= first.value(found.x)


def test_ctrl_c_ends_a_search_and_its_bound_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan at hand comes back, and the thread beside is told to stop."""
    stopped: list[bool] = []

    late = soon()

    def prove(*, stop: object) -> None:
        while not stop() and time.monotonic() < late:  # type: ignore[operator]
            time.sleep(0.01)
        stopped.append(time.monotonic() < late)

    def interrupted(self: Improvement, _: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Improvement, "until", interrupted)
    mip, nothing = layers(1, sites=6, towns=12)
    sub = part_of(mip)
    began = time.monotonic()
    found = bettered(sub, nothing[sub.columns], nothing.astype(np.float64), until=soon(), prove=prove)
    assert found.interrupted
    assert (found.x == nothing[sub.columns]).all()
    while not stopped and time.monotonic() < began + 5:
        time.sleep(0.01)
    assert stopped == [True]


def laying(mip: Mip, nothing: IntArray, seen: list[FloatArray], whole: IntArray | None = None) -> Guide:
    """Lays nothing, and notes what was to be laid."""

    def lay(pattern: FloatArray, _: float) -> IntArray:
        seen.append(pattern)
        return nothing

    return Guide(WEIGHTS, lay, np.arange(8) if whole is None else whole)


@pytest.mark.parametrize("at_once", [1, 2])
def test_plans_are_laid_after_better_first_stages(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the relaxation, with what most hangs on made whole, and after a search in the subproblem: all whole."""
    monkeypatch.setattr(first_stages_run, "processes", lambda: at_once)
    take_as_large(monkeypatch)
    mip, nothing = layers(3, sites=8, towns=30)
    seen: list[FloatArray] = []
    params = Params(gap=0.0, time_limit=6.0, engine="lagrange", guide=laying(mip, nothing, seen))
    outcome = solve(mip, params, nothing)
    assert len(seen) == 3
    sub = part_of(mip)
    decided = sub.columns[sub.is_own & sub.mip.integer]
    broken = [int((np.abs(one[decided] - np.rint(one[decided])) > 1e-6).sum()) for one in seen]
    assert broken[0] > 0
    assert broken[-1] == 0
    unmet = mip.stages[0]
    assert unmet.coefficients @ seen[-1][unmet.columns] <= 1.1 * best_of(mip)
    assert outcome.stages[0].bound_proof in ("solver", "certificate")
    assert outcome.stages[0].bound <= best_of(mip) <= outcome.stages[0].value


def test_first_stages_that_the_rest_cannot_make_possible_are_had_as_far_as_it_can(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever a search decided, in the bounds tried at last lies the plan at hand; a plan is laid after them."""
    take_as_large(monkeypatch)
    monkeypatch.setattr(first_stages_run, "DIVE_SHARE", 0.0)
    mip, nothing = layers(3, sites=8, towns=30)
    solve_relaxation, asked = Relaxation.minimise, list[tuple[FloatArray, FloatArray]]()

    def refused(self: Relaxation, cost: FloatArray, **options: Any) -> RelaxedOutcome:
        if "lower" in options and self.mip.num_columns == mip.num_columns:
            asked.append((options["lower"], options["upper"]))
            if len(asked) < 3:
                return RelaxedOutcome(StoppedBy.PROOF, infeasible=True)
        return solve_relaxation(self, cost, **options)

    monkeypatch.setattr(Relaxation, "minimise", refused)
    seen: list[FloatArray] = []
    solve(mip, Params(gap=0.0, time_limit=4.0, engine="lagrange", guide=laying(mip, nothing, seen)), nothing)
    assert len(asked) == 3
    lower, upper = asked[-1]
    assert (lower <= nothing).all()
    assert (nothing <= upper).all()
    assert len(seen) == 2


@pytest.mark.parametrize("by_district", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_first_stages_of_a_model_too_large_for_one_relaxation(
    seed: int, by_district: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their own relaxation bounds them with a certificate; plans are laid with the rest free to follow."""
    monkeypatch.setitem(choice.LARGE, "lagrange", 1)
    monkeypatch.setattr(first_stages_run, "WIDE", 0)
    # No time for the rest.
    monkeypatch.setattr(patterns, "REST_SHARE", 0.0)
    if by_district:
        monkeypatch.setattr(first_stages_run, "DISTRICT", 0)
    mip, nothing = layers(seed, sites=8, towns=30)
    codes = np.random.default_rng(seed).integers(0, 2, mip.num_columns)
    seen: list[FloatArray] = []
    params = Params(
        gap=0.0,
        time_limit=4.0,
        engine="lagrange",
        guide=laying(mip, nothing, seen),
        districts=lambda _: codes,
    )
    outcome = solve(mip, params, nothing)
    ship = next(b for b in mip.column_blocks if b.name == "ship")
    assert (seen[0][ship.start : ship.stop] == mip.upper[ship.start : ship.stop]).all()
    first = outcome.stages[0]
    assert first.bound <= best_of(mip) <= first.value
    if not by_district:
        assert first.bound_proof == "certificate"
        assert first.bound > 0


def test_the_rest_is_relaxed_beside_the_first_stages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where these are one programme and there is a core: its districts say what the rest would use."""
    monkeypatch.setitem(choice.LARGE, "lagrange", 1)
    monkeypatch.setattr(first_stages_run, "WIDE", 0)
    mip, nothing = layers(3, sites=8, towns=30)
    codes = np.random.default_rng(3).integers(0, 2, mip.num_columns)
    seen: list[FloatArray] = []
    guide = laying(mip, nothing, seen)
    params = Params(gap=0.0, time_limit=4.0, engine="lagrange", guide=guide, districts=lambda _: codes)
    outcome = solve(mip, params, nothing)
    ship = next(b for b in mip.column_blocks if b.name == "ship")
    assert (seen[0][ship.start : ship.stop] < mip.upper[ship.start : ship.stop]).any()
    assert outcome.stages[0].bound <= best_of(mip) <= outcome.stages[0].value


def begin_beside(monkeypatch: pytest.MonkeyPatch, *, dives: bool) -> None:
    """Any part is large enough for its first stages to be begun with beside the guide, with or without time to dive."""
    take_as_large(monkeypatch)
    monkeypatch.setattr(patterns, "BESIDE", 0)
    monkeypatch.setattr(patterns, "SLOW", 0)
    if not dives:
        monkeypatch.setattr(first_stages_run, "DIVING_SECONDS", 1e9)


@pytest.mark.parametrize("has_time", [True, False])
def test_a_dive_beside_the_guide(has_time: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first plan is laid near what the dive has made whole; with a pattern the search goes on from there."""
    begin_beside(monkeypatch, dives=True)
    if not has_time:
        monkeypatch.setattr(patterns, "GUIDE_SHARE", 0.0)
    mip, nothing = layers(3, sites=8, towns=30)
    seen: list[FloatArray] = []
    opened = next(b for b in mip.column_blocks if b.name == "open")
    guide = dataclasses.replace(laying(mip, nothing, seen), whole=np.arange(opened.start, opened.stop))
    outcome = solve(mip, Params(gap=0.0, time_limit=6.0, engine="lagrange", guide=guide), nothing)
    first = seen[0][opened.start : opened.stop]
    assert (np.abs(first - np.rint(first)) < 1e-6).all()
    ship = next(b for b in mip.column_blocks if b.name == "ship")
    is_free = bool((seen[0][ship.start : ship.stop] == mip.upper[ship.start : ship.stop]).all())
    assert is_free != has_time
    assert outcome.x is not None
    assert mip.is_feasible(outcome.x)
    assert 0 < outcome.stages[0].bound <= best_of(mip) <= outcome.stages[0].value


def test_where_signs_say_what_may_be_done_everything_is_made_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan laid after parts of signs would do what they forbid: with signs nothing of these stages is in parts."""
    begin_beside(monkeypatch, dives=True)
    mip, nothing = layers(3, sites=8, towns=30)
    at = {block.name: np.arange(block.start, block.stop) for block in mip.column_blocks}
    parts = []
    for signs in (at["open"], at["open"][:0]):
        seen: list[FloatArray] = []
        guide = dataclasses.replace(laying(mip, nothing, seen), whole=at["teams"], signs=signs)
        outcome = solve(mip, Params(gap=0.0, time_limit=6.0, engine="lagrange", guide=guide), nothing)
        assert 0 < outcome.stages[0].bound <= best_of(mip) <= outcome.stages[0].value
        of_first = seen[0][np.concatenate([at["open"], at["serve"], at["teams"]])]
        parts.append(int((np.abs(of_first - np.rint(of_first)) > 1e-6).sum()))
    assert parts[0] == 0
    assert parts[1] > 0


def test_nothing_that_most_hangs_on_is_free_with_crumbs() -> None:
    """What costs costs the same; all crumbs of a plan together are less than the least of that."""
    cost, whole = np.array([0, 7000, -9000, 0, 0]), np.array([True, True, False, False, True])
    assert first_stages_run._with_crumbs(cost, whole).tolist() == [7, 7000, -9000, 0, 7]
    assert first_stages_run._with_crumbs(np.zeros(2, dtype=np.int64), whole[:2]).tolist() == [1, 1]


@pytest.mark.parametrize("misled", [-1.0, 1.0])
def test_begun_anew_where_prices_change_much(misled: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was begun without prices is thrown away once they say otherwise, and done again with them."""
    monkeypatch.setattr(patterns, "MISLED", misled)
    begin_beside(monkeypatch, dives=True)
    begin, asked = first_stages_run.FirstStagesRun._begin_first, list[bool]()

    def noted(self: Any, part: int, sub: Any, x: Any, prices: Any) -> Any:
        asked.append(bool(prices.rows.any()))
        return begin(self, part, sub, x, prices)

    monkeypatch.setattr(first_stages_run.FirstStagesRun, "_begin_first", noted)
    mip, nothing = layers(3, sites=8, towns=30)
    opened = next(b for b in mip.column_blocks if b.name == "open")
    guide = dataclasses.replace(laying(mip, nothing, []), whole=np.arange(opened.start, opened.stop))
    outcome = solve(mip, Params(gap=0.0, time_limit=6.0, engine="lagrange", guide=guide), nothing)
    assert asked == ([False, True] if misled < 0 else [False])
    assert 0 < outcome.stages[0].bound <= best_of(mip) <= outcome.stages[0].value


@pytest.mark.parametrize("has_time", [True, False])
def test_first_stages_are_begun_with_beside_a_slow_guide(
    has_time: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Plans are laid after them alone, and once more when the guide is there; without one they are still bettered."""
    begin_beside(monkeypatch, dives=False)
    if not has_time:
        monkeypatch.setattr(patterns, "GUIDE_SHARE", 0.0)
    mip, nothing = layers(3, sites=8, towns=30)
    seen: list[FloatArray] = []
    params = Params(gap=0.0, time_limit=6.0, engine="lagrange", guide=laying(mip, nothing, seen))
    outcome = solve(mip, params, nothing)
    ship = next(b for b in mip.column_blocks if b.name == "ship")
    is_free = [bool((one[ship.start : ship.stop] == mip.upper[ship.start : ship.stop]).all()) for one in seen]
    assert is_free[0]
    assert is_free[1] != has_time
    assert outcome.stages[0].bound_proof in ("solver", "certificate")
    assert 0 < outcome.stages[0].bound <= best_of(mip) <= outcome.stages[0].value


def test_ctrl_c_beside_a_slow_guide(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guide's process is told to stop, and the plan at hand is the answer."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    begin_beside(monkeypatch, dives=False)
    monkeypatch.setattr(patterns, "bettered", interrupted)
    mip, nothing = layers(3, sites=8, towns=30)
    params = Params(gap=0.0, time_limit=20.0, engine="lagrange", guide=laying(mip, nothing, []))
    began = time.monotonic()
    outcome = solve(mip, params, nothing)
    assert time.monotonic() - began < 5
    assert outcome.stopped_by is StoppedBy.INTERRUPT
    assert outcome.x is not None


def test_what_the_guide_could_not_price_is_bounded_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before regions and stages have their turn, which may leave no time for it."""
    take_as_large(monkeypatch)
    monkeypatch.setattr(guidance_module, "MOST", 0.0)
    monkeypatch.setattr(lagrange.LargeRun, "_stages", lambda _: False)
    mip, nothing = layers(3, sites=8, towns=30)
    params = Params(gap=0.0, time_limit=4.0, engine="lagrange", guide=laying(mip, nothing, []))
    first = solve(mip, params, nothing).stages[0]
    assert first.bound_proof == "certificate"
    assert 0 < first.bound <= best_of(mip)


def test_a_search_by_regions_ends_where_it_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """As soon as every stage is at what was said to be enough, though more could be had."""
    take_as_large(monkeypatch)
    mip, nothing = layers(3, sites=24, towns=120)
    target = int(0.95 * mip.stages[0].value(nothing))
    params = Params(gap=0.0, time_limit=15.0, engine="lagrange")
    enough = solve(
        mip, dataclasses.replace(params, targets={"unmet": target, "cost": 2**62}), nothing
    ).stages[0]
    assert enough.value <= target
    assert solve(mip, params, nothing).stages[0].value < enough.value
