"""Promise: what is said to be infeasible is, what is said to be a plan is one, and no bound lies above the best value.

A solver's word is tried against itself with presolve off, against plans that were planted, against programmes that
have no plan by construction, and its bounds against what is proven with no gap left.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from tiny_mips import facilities, random_mip
from trust.tiny_cases import cases, drawn, solved

import yjopt as yj
from yjopt.engines.highs import HighsEngine
from yjopt.engines.lexicographic import solve
from yjopt.engines.outcome import Outcome, Status
from yjopt.engines.params import Params
from yjopt.instance import index
from yjopt.model.assembly import assemble
from yjopt.model.builder import Builder

if TYPE_CHECKING:
    from yjopt.engines.remote import Reply
    from yjopt.model.mip import IntArray, Mip

EXACT = Params(gap=0.0, time_limit=60.0)


class WithoutPresolve(HighsEngine):
    """HiGHS, never allowed to presolve."""

    def _ask(self, *words: Any, **options: Any) -> Reply:
        return super()._ask(*words, **{**options, "presolve": False})


def values(outcome: Outcome) -> tuple[str, list[tuple[str, int, int | None]]]:
    """What is said of a programme."""
    # Where hard rules cannot hold, nothing that comes after them is minimised.
    stages = outcome.stages[:1] if outcome.status is Status.IMPOSSIBLE else outcome.stages
    return str(outcome.status), [(stage.name, stage.value, stage.bound) for stage in stages]


def numbered(quick: int, many: int) -> pytest.MarkDecorator:
    """The first so many of a test's cases in the quick set, the others in the long one."""
    return pytest.mark.parametrize(
        "seeds", [range(quick), pytest.param(range(1000, 1000 + many), marks=pytest.mark.long)]
    )


@numbered(5, 2000)
def test_presolve_changes_no_answer_to_a_planted_programme(seeds: range) -> None:
    """Random programmes with a plan in them: never called infeasible, and the same value and bound without presolve."""
    for seed in seeds:
        mip = random_mip(seed, feasible=True)
        outcome = solve(mip, EXACT)
        assert outcome.status is Status.OPTIMAL, seed
        assert values(outcome) == values(solve(mip, EXACT, engine=WithoutPresolve())), seed


@numbered(2, 1008)
def test_presolve_changes_no_answer_to_a_scenario(seeds: range) -> None:
    """Tiny scenarios of all families, solved without the rule by hand as a start: some plan always exists."""
    for family, seed in cases(70_000 + seeds.start, len(seeds)):
        mip = assemble(index(yj.Scenario.from_tables(*drawn(family, seed)))).mip
        outcome = solve(mip, EXACT)
        # Only a hard rule makes a scenario impossible, and then a plan that breaks it says by how much.
        assert outcome.x is not None, (family, seed)
        assert mip.is_feasible(outcome.x), (family, seed)
        assert values(outcome) == values(solve(mip, EXACT, engine=WithoutPresolve())), (family, seed)


def impossible(seed: int) -> Mip:
    """Givers that have one unit less than all takers need, each taker reached by some of them."""
    random = np.random.default_rng(seed)
    givers, takers = int(random.integers(2, 6)), int(random.integers(2, 6))
    need = random.integers(1, 30, takers)
    cuts = np.sort(random.integers(0, need.sum(), givers - 1))
    has = np.diff(np.concatenate([[0], cuts, [need.sum() - 1]]))
    reached = random.random((givers, takers)) < 0.7
    builder = Builder()
    most = np.where(reached, np.minimum(has[:, None], need), 0)
    give = builder.columns("give", 0, most.ravel()).reshape(givers, takers)
    out = builder.rows("out", -np.inf, has)
    builder.entries(out[:, None], give, 1)
    met = builder.rows("met", need, np.inf)
    builder.entries(met, give, 1)
    builder.cost("value", give, random.integers(-3, 9, (givers, takers)))
    return builder.build([("value", 1)])


@numbered(5, 500)
def test_no_plan_is_found_where_none_can_be(seeds: range) -> None:
    """More is needed than there is, or nobody reaches a taker."""
    for seed in seeds:
        outcome = solve(impossible(seed), EXACT)
        assert outcome.status is Status.IMPOSSIBLE, seed
        assert outcome.x is None


@numbered(2, 500)
def test_hard_rules_that_cannot_hold_are_impossible(seeds: range) -> None:
    """A county must hold more sites than the whole city has."""
    for family, seed in cases(80_000 + seeds.start, len(seeds), ("isolation", "rules")):
        frames, settings = drawn(family, seed)
        category = frames["categories"]["category"].iloc[0]
        more = len(frames["isolation_sites"]) + 1
        columns = {column: [value] for column, value in rule(category, more).items()}
        rules = pd.DataFrame(columns).astype(frames["rules"].dtypes.to_dict())
        plan = yj.solve(yj.Scenario.from_tables({**frames, "rules": rules}, settings), gap=0.1)
        assert plan.status == "impossible", (family, seed)
        assert not plan.tables


def rule(category: str, sites: int) -> dict[str, Any]:
    """A hard minimum of sites for a category in the city."""
    return {
        "rule": "isolation_minimum",
        "area": "C",
        "what": category,
        "amount": float(sites),
        "from_period": 1,
        "hard": True,
        "weight": 1.0,
        "count_upper_units": True,
        "source": "",
    }


@numbered(2, 500)
def test_bounds_of_programmes_are_honest(seeds: range) -> None:
    """Facilities with a wide gap, or out of time: no bound above the best value, and so no gap too small."""
    for seed in seeds:
        mip, nothing = facilities(seed, 5, 12, whole=seed % 2 == 0)
        best = solve(mip, EXACT, start=nothing)
        assert best.status is Status.OPTIMAL, seed
        for params in (Params(gap=0.5), Params(gap=0.05), Params(gap=0.0, time_limit=0.03)):
            check_bound(solve(mip, params, start=nothing), best, nothing, mip, seed)


def check_bound(rough: Outcome, best: Outcome, nothing: IntArray, mip: Mip, seed: int) -> None:
    """Bound, best value and value in this order, and a gap that is not too small."""
    stage, optimum = rough.stages[0], best.stages[0].value
    assert stage.bound is not None, seed
    assert stage.bound <= optimum <= stage.value <= mip.stage_value("cost", nothing), seed
    assert stage.gap >= (stage.value - optimum) / max(stage.value, 1) - 1e-12, seed


@numbered(2, 504)
def test_bounds_of_scenarios_are_honest(seeds: range) -> None:
    """Stage by stage with a wide gap, as long as all stages before are as good as the best plan's."""
    for family, seed in cases(90_000 + seeds.start, len(seeds)):
        frames, settings = drawn(family, seed)
        best = solved(frames, settings)
        rough = yj.solve(yj.Scenario.from_tables(frames, settings), gap=0.5, time_limit=60)
        for one, other in zip(rough.stage_results, best.stage_results, strict=True):
            assert one.bound is not None, (family, seed)
            assert one.bound <= other.value, (family, seed, one.name)
            assert one.value >= other.value, (family, seed, one.name)
            if one.value != other.value:
                break


@pytest.mark.alone
def test_a_deadline_that_is_over_leaves_the_start() -> None:
    """In a millisecond nothing is searched; what was there is kept, with the bound that needs no solver."""
    mip, nothing = facilities(1, 5, 12)
    began = time.monotonic()
    outcome = solve(mip, Params(gap=0.0, time_limit=0.001), start=nothing)
    assert time.monotonic() - began < 0.5
    assert outcome.x is not None
    assert outcome.stages[0].value <= mip.stage_value("cost", nothing)
    assert outcome.stages[0].bound is not None
    assert outcome.stages[0].bound <= outcome.stages[0].value
