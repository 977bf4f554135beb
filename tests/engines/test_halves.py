"""The guiding relaxation begun from its halves: the same optimum in fewer steps, whatever the halves were worth."""

from __future__ import annotations

import dataclasses
import threading
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_mips import dense_cost, layers

from yjopt.engines import choice, first_stages_run, lagrange, patterns
from yjopt.engines.guidance import Guidance
from yjopt.engines.halves import SolvedHalf, basis_of, first_half, later_half, relaxed_half, tied
from yjopt.engines.highs import HighsEngine
from yjopt.engines.later_stages import Rest, decided_anew
from yjopt.engines.lexicographic import solve
from yjopt.engines.outcome import StoppedBy
from yjopt.engines.params import Guide, Later, Params
from yjopt.engines.relaxation import AT_LOWER, BASIC, Relaxation
from yjopt.engines.subproblem import subproblem

if TYPE_CHECKING:
    from yjopt.engines.events import Event
    from yjopt.engines.halves import Half
    from yjopt.engines.relaxation import RelaxedOutcome
    from yjopt.model.mip import BoolArray, FloatArray, IntArray, Mip

WEIGHTS = {"unmet": 1e3, "cost": 1.0}


def soon(seconds: float = 20.0) -> float:
    return time.monotonic() + seconds


def both(mip: Mip) -> FloatArray:
    """The stages in one sum."""
    return np.asarray(sum(WEIGHTS[s.name] * dense_cost(mip, k) for k, s in enumerate(mip.stages)))


def goods(mip: Mip) -> BoolArray:
    """What comes after the first stage."""
    result = np.zeros(mip.num_columns, dtype=np.bool_)
    for one in mip.column_blocks:
        result[one.start : one.stop] = one.name == "ship"
    return result


def halves(mip: Mip, x: IntArray, deadline: float) -> list[SolvedHalf]:
    sub = subproblem(mip, shares_rows=False)
    assert sub is not None
    cost = both(mip)
    return [
        relaxed_half(half, cost, deadline=deadline)
        for half in (later_half(mip, x, goods(mip), goods(mip)), first_half(sub))
    ]


@pytest.mark.parametrize("seed", range(3))
def test_from_both_halves_little_is_left_to_do(seed: int) -> None:
    """The optimum is that from nothing; where goods could be anything the steps are fewer."""
    mip, nothing = layers(seed, sites=24, towns=300)
    with Relaxation(mip) as relaxation:
        cold = relaxation.minimise(both(mip), deadline=soon())
    basis = basis_of(mip, halves(mip, nothing, soon()))
    assert basis is not None
    assert len(basis) == mip.num_columns + mip.num_rows
    with Relaxation(mip) as relaxation:
        found = relaxation.minimise(both(mip), basis=basis, deadline=soon())
        again = relaxation.minimise(both(mip), deadline=soon())
    assert found.optimal
    assert found.objective == pytest.approx(cold.objective)
    assert found.iterations < cold.iterations
    assert again.iterations == 0


@given(st.integers(0, 2**32 - 1))
def test_any_statuses_will_do_to_begin_with(seed: int) -> None:
    """What is no basis is made one."""
    mip, _ = layers(seed % 5, sites=4, towns=9)
    random = np.random.default_rng(seed)
    basis = random.choice(np.array([AT_LOWER, BASIC], dtype=np.uint8), mip.num_columns + mip.num_rows)
    with Relaxation(mip) as relaxation:
        found = relaxation.minimise(both(mip), basis=basis, deadline=soon())
    with Relaxation(mip) as another:
        cold = another.minimise(both(mip), deadline=soon())
    assert found.optimal
    assert found.objective == pytest.approx(cold.objective)


def test_a_row_of_both_is_tight_where_either_says_so() -> None:
    """And what neither knows begins at its lower bound, its rows free."""
    mip, _ = layers(0, sites=3, towns=4)
    one, other = np.arange(2), np.arange(2, 4)
    rows = np.array([0, 1])
    of_one = SolvedHalf(one, rows, None, None, np.array([BASIC, 2, BASIC, AT_LOWER], dtype=np.uint8), 1.0)
    of_other = SolvedHalf(other, rows, None, None, np.array([2, BASIC, AT_LOWER, BASIC], dtype=np.uint8), 1.0)
    basis = basis_of(mip, [of_one, of_other])
    assert basis is not None
    assert basis[:5].tolist() == [BASIC, 2, 2, BASIC, AT_LOWER]
    assert basis[mip.num_columns :][:3].tolist() == [AT_LOWER, AT_LOWER, BASIC]
    late = SolvedHalf(one, rows, None, None, None, 1.0)
    assert basis_of(mip, [late, late]) is None


def test_a_half_without_time_is_none() -> None:
    """It has neither vector nor basis."""
    mip, nothing = layers(0, sites=24, towns=300)
    for half in halves(mip, nothing, time.monotonic()):
        assert half.values is None
        assert half.basis is None


def test_goods_are_decided_anew_from_their_half(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same as from nothing."""
    begin, begun_from = Relaxation.minimise, list[object]()

    def noted(self: Relaxation, cost: FloatArray, **options: Any) -> RelaxedOutcome:
        begun_from.append(options.get("basis"))
        return begin(self, cost, **options)

    mip, nothing = layers(1, sites=24, towns=300)
    free, whole = goods(mip), np.zeros(mip.num_columns, dtype=np.bool_)
    later = halves(mip, nothing, soon())[0]
    statuses = np.full(len(later.columns) + len(later.rows), BASIC, dtype=np.uint8)
    statuses[: len(later.columns)] = AT_LOWER
    later = later._replace(basis=statuses)
    monkeypatch.setattr(Relaxation, "minimise", noted)
    found = [
        decided_anew(mip, nothing, Rest(free, whole, free), both(mip), deadline=soon(), begun=begun)
        for begun in (None, later)
    ]
    values = [both(mip) @ one.values for one in found if one.values is not None]
    assert values[1] == pytest.approx(values[0])
    assert begun_from[0] is None
    assert any(one is later.basis for one in begun_from)


def guide_of(mip: Mip, nothing: IntArray, seen: list[FloatArray]) -> Guide:
    """Lays nothing, and notes what was to be laid; tells what comes after the first stages."""

    def lay(pattern: FloatArray, _: float) -> IntArray:
        seen.append(pattern)
        return nothing

    own = np.flatnonzero(goods(mip))
    later = Later(own, np.zeros(0, dtype=np.int64), own, lambda *_: nothing, lambda x, _: x)
    return Guide(WEIGHTS, lay, np.zeros(0, dtype=np.int64), later)


@pytest.fixture
def any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small model goes the way of the large ones, and has no time for dives."""
    monkeypatch.setitem(choice.LARGE, "lagrange", 1)
    monkeypatch.setattr(lagrange, "WHOLE", 0)
    monkeypatch.setattr(patterns, "BESIDE", 0)
    monkeypatch.setattr(patterns, "SLOW", 0)
    monkeypatch.setattr(first_stages_run, "DIVING_SECONDS", 1e9)
    monkeypatch.setattr(patterns, "processes", lambda: 2)
    monkeypatch.setattr(patterns, "TIED", 1.0)


def test_ties_are_rows_in_which_both_kinds_stand() -> None:
    """All of them, none, and those of the whole by hand."""
    mip, _ = layers(1, sites=5, towns=8)
    free = goods(mip)
    kinds = [set(free[row != 0].tolist()) for row in mip.matrix.toarray()]
    assert tied(mip, free) == sum(len(kind) == 2 for kind in kinds) / mip.num_rows > 0
    assert tied(mip, np.zeros_like(free)) == tied(mip, np.ones_like(free)) == 0


@pytest.mark.usefixtures("any_size")
def test_what_is_tied_together_has_no_halves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is then laid before the guide, and it begins with no basis."""
    begun_from: list[object] = []
    solve_guide = patterns.guidance

    def noted(*args: Any) -> Guidance:
        begun_from.append(args[-1]())
        return solve_guide(*args)

    monkeypatch.setattr(patterns, "TIED", -1.0)
    monkeypatch.setattr(patterns, "guidance", noted)
    mip, nothing = layers(3, sites=8, towns=30)
    outcome = solve(
        mip, Params(gap=0.0, time_limit=4.0, engine="lagrange", guide=guide_of(mip, nothing, [])), nothing
    )
    assert begun_from == [None]
    assert outcome.x is not None


@pytest.mark.usefixtures("any_size")
@pytest.mark.parametrize("is_late", [False, True])
@pytest.mark.parametrize("is_guided", [True, False])
def test_a_plan_is_laid_after_one_half_and_then_the_other(
    is_guided: bool, is_late: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the guide is there, and if it never is, or the other half; the first stages are bounded in any case."""
    mip, nothing = layers(3, sites=8, towns=30)
    later, first = halves(mip, nothing, soon())
    relax = patterns.relaxed_half
    resent: list[FloatArray] = []

    def late(half: Half, cost: FloatArray, **options: Any) -> SolvedHalf:
        found = relax(half, cost, **options)
        is_later = len(half.columns) == len(later.columns)
        return found._replace(values=None, basis=None) if is_late and is_later else found

    def lay_later(x: IntArray, vector: FloatArray) -> IntArray:
        resent.append(vector[later.columns])
        return x

    monkeypatch.setattr(patterns, "relaxed_half", late)
    # What comes after the first stages is decided at the end, too, where a guide has ended.
    monkeypatch.setattr(lagrange.LargeRun, "_lay_later", lambda *_: None)
    if not is_guided:
        monkeypatch.setattr(patterns, "guidance", lambda *_: Guidance(None, 0.1))
    seen: list[FloatArray] = []
    guide = guide_of(mip, nothing, seen)
    assert guide.later is not None
    guide = dataclasses.replace(guide, later=dataclasses.replace(guide.later, lay=lay_later))
    outcome = solve(mip, Params(gap=0.0, time_limit=6.0, engine="lagrange", guide=guide), nothing)
    assert first.values is not None
    assert later.values is not None
    assert np.allclose(seen[0][later.columns], mip.upper[later.columns])
    assert seen[0][first.columns] @ both(mip)[first.columns] == pytest.approx(
        first.values @ both(mip)[first.columns]
    )
    assert len(resent) == (0 if is_late else 1)
    for vector in resent:
        assert vector @ both(mip)[later.columns] == pytest.approx(later.values @ both(mip)[later.columns])
    best = HighsEngine().minimise(mip, dense_cost(mip), gap=0.0, deadline=soon())
    assert best.value is not None
    assert best.value == best.bound
    assert 0 < outcome.stages[0].bound <= best.value


@pytest.mark.usefixtures("any_size")
def test_ctrl_c_beside_the_guide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its process is told to stop, and the plan at hand is the answer."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(patterns, "bettered", interrupted)
    mip, nothing = layers(3, sites=24, towns=300)
    guide = dataclasses.replace(guide_of(mip, nothing, []))
    began = time.monotonic()
    outcome = solve(mip, Params(gap=0.0, time_limit=20.0, engine="lagrange", guide=guide), nothing)
    assert time.monotonic() - began < 8
    assert outcome.stopped_by is StoppedBy.INTERRUPT
    assert outcome.x is not None


@pytest.mark.usefixtures("any_size")
def test_what_a_listener_raises_ends_the_guide_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes out at once, and the guide is told to stop, which would else keep the interpreter from ending."""
    told, is_guided = threading.Event(), threading.Event()

    def until_told(relaxation: Relaxation, *_: object) -> Guidance:
        until = soon()
        is_guided.set()
        assert relaxation.stop is not None
        while not relaxation.stop():
            assert time.monotonic() < until
            time.sleep(0.01)
        told.set()
        return Guidance(None, 0.1)

    def listen(_: Event) -> None:
        if is_guided.is_set():
            raise RuntimeError("enough")

    monkeypatch.setattr(patterns, "guidance", until_told)
    mip, nothing = layers(3, sites=8, towns=30)
    better = HighsEngine().minimise(mip, dense_cost(mip), gap=0.5, deadline=soon()).x
    assert better is not None
    guide = guide_of(mip, better, [])
    params = Params(gap=0.0, time_limit=20.0, engine="lagrange", guide=guide, on_event=listen)
    with pytest.raises(RuntimeError, match="enough"):
        solve(mip, params, nothing)
    assert told.wait(2.0)
