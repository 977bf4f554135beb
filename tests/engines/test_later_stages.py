"""What comes after the first stages, decided anew: closer entries keep every whole vector, the first stages stay."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_mips import block, flags, hauled, layers, points

from yjopt.engines import choice, lagrange
from yjopt.engines.halves import later_half
from yjopt.engines.later_stages import Rest, decided_anew, with_closer_entries
from yjopt.engines.lexicographic import solve
from yjopt.engines.outcome import StoppedBy
from yjopt.engines.params import Guide, Later, Params
from yjopt.engines.relaxation import Relaxation, RelaxedOutcome
from yjopt.model.builder import Builder

if TYPE_CHECKING:
    from collections.abc import Callable

    from yjopt.model.mip import FloatArray, IntArray, Mip

WEIGHTS = {"unmet": 1e4, "cost": 1.0}


def soon(seconds: float = 20.0) -> float:
    return time.monotonic() + seconds


@given(st.integers(0, 2**32 - 1))
def test_closer_entries_keep_every_whole_vector_and_no_other(seed: int) -> None:
    mip = hauled(seed)
    tight = with_closer_entries(mip, flags(mip, "trips"))
    assert [x.tolist() for x in points(tight)] == [x.tolist() for x in points(mip)]
    assert (np.abs(tight.matrix.data) <= np.abs(mip.matrix.data)).all()


def test_a_truck_counts_no_more_than_there_is_to_carry() -> None:
    """Six packs of 10 kg are all there is for a truck of 5 t: 60 kg; a row with a side of its own keeps that."""
    builder = Builder()
    sent = builder.columns("sent", 0, 6, size=2)
    trips = builder.columns("trips", 0, 2, size=2)
    load = builder.rows("load", -np.inf, np.array([0, 20]), size=2)
    builder.entries(load, sent, 10)
    builder.entries(load, trips, -5000)
    mip = builder.build([])
    tight = with_closer_entries(mip, flags(mip, "trips"))
    assert tight.matrix.toarray().tolist() == [[10, 0, -60, 0], [0, 10, 0, -40]]


def test_the_half_it_begins_from_is_the_same_programme() -> None:
    """With the same plan for the rest, its entries are those of what is decided anew, closer than the model's."""
    closer = 0
    for seed in range(6):
        mip = hauled(seed)
        x, whole = np.zeros(mip.num_columns, dtype=np.int64), flags(mip, "trips")
        half = later_half(mip, x, flags(mip, "sent", "trips"), whole)
        assert half.columns.tolist() == list(range(mip.num_columns))
        assert (half.mip.matrix != with_closer_entries(mip, whole).matrix).nnz == 0
        closer += (half.mip.matrix != mip.matrix).nnz
    assert closer


@pytest.mark.parametrize("seed", range(4))
def test_the_first_stages_stay_and_the_rest_is_whole(seed: int) -> None:
    """What is not free is as in the plan; what was to be whole is; rows hold."""
    mip, nothing = layers(seed, sites=6, towns=10)
    cost = np.zeros(mip.num_columns)
    cost[block(mip, "ship")] = -1.0
    free, whole = flags(mip, "ship", "used"), flags(mip, "used")
    found = decided_anew(mip, nothing, Rest(free, whole, free), cost, deadline=soon())
    assert found.values is not None
    assert (found.values[~free] == nothing[~free]).all()
    used = found.values[block(mip, "used")]
    assert np.abs(used - np.rint(used)).max() < 1e-6
    assert used.sum() > 0
    activity = mip.matrix @ found.values
    assert (activity <= mip.row_upper + 1e-6).all()
    assert (activity >= mip.row_lower - 1e-6).all()


@pytest.mark.parametrize(("reason", "interrupted"), [(StoppedBy.INTERRUPT, True), (StoppedBy.TIME, False)])
def test_a_relaxation_that_does_not_end_gives_nothing(
    reason: StoppedBy, interrupted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    mip, nothing = layers(0, sites=6, towns=10)
    monkeypatch.setattr(Relaxation, "minimise", lambda *_, **__: RelaxedOutcome(reason))
    free = flags(mip, "ship", "used")
    found = decided_anew(mip, nothing, Rest(free, free, free), np.zeros(mip.num_columns), deadline=soon())
    assert found.values is None
    assert found.interrupted is interrupted


@pytest.fixture
def nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every model is a large one, and neither regions nor the first stages better its plan before."""
    monkeypatch.setitem(choice.LARGE, "lagrange", 1)
    monkeypatch.setattr(lagrange, "WHOLE", 0)
    monkeypatch.setattr(lagrange.LargeRun, "_search_regions", lambda *_: None)
    monkeypatch.setattr(lagrange.LargeRun, "_better_first", lambda *_: None)


def sent_for_nothing() -> tuple[Mip, IntArray]:
    """One pack for every site, from depots of their own, though none need be sent."""
    mip, nothing = layers(3, sites=8, towns=30)
    start = nothing.copy()
    ship, used = block(mip, "ship"), block(mip, "used")
    start[ship.reshape(-1, len(used))[range(len(used)), range(len(used))]] = 1
    start[used] = 1
    assert mip.is_feasible(start)
    return mip, start


def later_of(mip: Mip, lay: Callable[[IntArray, FloatArray], IntArray]) -> Later:
    used = block(mip, "used")
    own = np.sort(np.concatenate([block(mip, "ship"), used]))
    return Later(own, used, own, lambda x, _: np.zeros_like(x), lay)


@pytest.mark.usefixtures("nothing_else")
@pytest.mark.parametrize("is_better", [True, False])
def test_a_plan_is_laid_after_it_and_taken_where_it_is_better(is_better: bool) -> None:
    """Without goods the second stage costs less, and the first is as it was."""
    mip, start = sent_for_nothing()
    seen: list[tuple[IntArray, FloatArray]] = []

    def lay(plan: IntArray, vector: FloatArray) -> IntArray:
        seen.append((plan, vector))
        result = plan.copy()
        if is_better:
            result[block(mip, "ship", "used")] = 0
        else:
            result[block(mip, "ship")] = 1
        return result

    later = later_of(mip, lay)
    guide = Guide(WEIGHTS, lambda *_: start, np.zeros(0, dtype=np.int64), later)
    outcome = solve(mip, Params(gap=0.0, time_limit=1.5, engine="lagrange", guide=guide), start)
    assert len(seen) == 1
    plan, vector = seen[0]
    rest = np.ones(mip.num_columns, dtype=np.bool_)
    rest[later.columns] = False
    assert (vector[rest] == plan[rest]).all()
    assert outcome.x is not None
    assert mip.stages[0].value(outcome.x) == mip.stages[0].value(start)
    taken = mip.stages[1].value(outcome.x) < mip.stages[1].value(start)
    assert taken is is_better


@pytest.mark.usefixtures("nothing_else")
def test_what_is_laid_is_brought_nearer_to_the_vector() -> None:
    """Nothing is gained by laying; between the plan laid and the vector there is one without goods."""
    mip, start = sent_for_nothing()
    guide = Guide(
        WEIGHTS, lambda *_: start, np.zeros(0, dtype=np.int64), later_of(mip, lambda x, _: x.copy())
    )
    outcome = solve(mip, Params(gap=0.0, time_limit=1.5, engine="lagrange", guide=guide), start)
    assert outcome.x is not None
    assert mip.stages[0].value(outcome.x) == mip.stages[0].value(start)
    assert not outcome.x[block(mip, "ship", "used")].any()


@pytest.mark.usefixtures("nothing_else")
def test_no_plan_is_laid_that_would_be_late() -> None:
    """Laying takes over a second, and less than half of that is left: what cannot be cut short is not begun."""
    mip, start = sent_for_nothing()
    laid: list[str] = []

    def slowly(*_: object) -> IntArray:
        laid.append("all")
        time.sleep(1.1)
        return start

    def lay(plan: IntArray, _: FloatArray) -> IntArray:
        laid.append("later")
        return plan

    guide = Guide(WEIGHTS, slowly, np.zeros(0, dtype=np.int64), later_of(mip, lay))
    solve(mip, Params(gap=0.0, time_limit=1.5, engine="lagrange", guide=guide), start)
    assert laid == ["all"]
