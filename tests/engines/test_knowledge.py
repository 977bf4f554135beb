"""What one solve has learned, the next one begins with; whatever it remembers, no bound is wrong."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tiny_mips import brute_force, facilities, random_mip

from yjopt.engines import choice, lagrange
from yjopt.engines.knowledge import Knowledge, Prices
from yjopt.engines.lexicographic import solve
from yjopt.engines.outcome import StoppedBy
from yjopt.engines.params import Guide, Params
from yjopt.engines.relaxation import Relaxation, RelaxedOutcome

if TYPE_CHECKING:
    from yjopt.model.mip import FloatArray, IntArray

LARGE = Params(gap=0.0, time_limit=30.0, engine="lagrange")


@pytest.fixture(autouse=True)
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let models of one column be approached as large ones are."""
    monkeypatch.setitem(choice.LARGE, "lagrange", 1)


def test_bounds_are_there_before_anything_is_solved(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same model again, all its relaxations out of order: the bound is the one that was proven before."""
    monkeypatch.setattr(lagrange, "WHOLE", 0)
    mip, nothing = facilities(3, 12, 60)
    first = solve(mip, dataclasses.replace(LARGE, time_limit=2.0), nothing)
    assert first.knowledge is not None
    assert first.knowledge.pattern is not None
    assert first.stages[0].bound_proof == "certificate"

    monkeypatch.setattr(Relaxation, "minimise", lambda *_, **__: RelaxedOutcome(StoppedBy.TIME))
    events = []
    params = dataclasses.replace(
        LARGE, time_limit=1.0, knowledge=first.knowledge, on_event=lambda event: events.append(event)
    )
    again = solve(mip, params, first.x)
    assert again.stages[0].bound == first.stages[0].bound
    assert again.stages[0].bound_proof == "certificate"
    # What it starts from is told first, then at once what was proven before.
    assert [event.kind for event in events[:2]] == ["incumbent", "bound"]
    assert events[1].bound == first.stages[0].bound
    # What was not learned anew is handed on.
    assert again.knowledge is not None
    assert again.knowledge.prices.keys() == first.knowledge.prices.keys()


def test_a_plan_is_laid_after_what_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a guide and a pattern nothing is relaxed for it, and the guide is asked all the same."""
    monkeypatch.setattr(lagrange, "WHOLE", 0)
    monkeypatch.setattr(Relaxation, "minimise", lambda *_, **__: RelaxedOutcome(StoppedBy.TIME))
    mip, nothing = facilities(3, 4, 12)
    pattern = np.arange(mip.num_columns) / mip.num_columns
    asked: list[FloatArray] = []

    def lay(whole: FloatArray, _: float) -> IntArray:
        asked.append(whole)
        return nothing

    params = dataclasses.replace(
        LARGE, time_limit=0.5, guide=Guide({}, lay), knowledge=Knowledge(pattern, {})
    )
    solve(mip, params, nothing)
    assert len(asked) == 1
    assert (asked[0] == pattern).all()


@pytest.mark.parametrize("seed", range(12))
def test_wrong_prices_prove_nothing_wrong(seed: int) -> None:
    """Prices and patterns at random: the answer is still that of enumeration."""
    mip = random_mip(seed, feasible=True)
    best = brute_force(mip)
    assert best is not None
    random = np.random.default_rng(seed)
    names = [stage.name for stage in mip.stages]
    nonsense = Knowledge(
        random.normal(size=mip.num_columns) * 10,
        {
            name: Prices(random.normal(size=mip.num_rows) * 10.0 ** random.integers(-2, 4), {names[0]: 1.0})
            for name in names
        },
    )
    start = solve(mip, LARGE).x
    outcome = solve(mip, dataclasses.replace(LARGE, knowledge=nonsense), start)
    assert tuple(stage.value for stage in outcome.stages) == best
    assert all(stage.bound == stage.value for stage in outcome.stages)


def test_small_models_learn_nothing() -> None:
    """What the solver gets whole leaves no prices."""
    assert solve(random_mip(0), Params(gap=0.0, time_limit=10.0, engine="highs")).knowledge is None
