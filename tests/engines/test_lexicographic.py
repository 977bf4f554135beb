"""Stages in order over independent parts, against enumeration and by hand."""

from __future__ import annotations

import dataclasses
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tiny_mips import Recorder, brute_force, facilities, random_mip

from yjopt.engines.choice import choose
from yjopt.engines.engine import Engine, SingleOutcome
from yjopt.engines.highs import HighsEngine
from yjopt.engines.lexicographic import solve
from yjopt.engines.outcome import Status, StoppedBy
from yjopt.engines.params import Params
from yjopt.errors import EngineError
from yjopt.model.builder import Builder
from yjopt.model.mip import Stage

if TYPE_CHECKING:
    from yjopt.engines.events import Event
    from yjopt.model.mip import IntArray, Mip

EXACT = Params(gap=0.0, time_limit=20.0)


def check_against_brute_force(seed: int, blocks: int) -> bool:
    """Compare one random programme; whether it had a plan at all."""
    mip = random_mip(seed, blocks=blocks)
    best = brute_force(mip)
    outcome = solve(mip, EXACT)
    if best is None:
        assert outcome.status is Status.IMPOSSIBLE
        assert outcome.x is None
        return False
    assert outcome.status is Status.OPTIMAL
    assert outcome.stopped_by is StoppedBy.PROOF
    assert outcome.x is not None
    assert mip.is_feasible(outcome.x)
    assert tuple(stage.value for stage in outcome.stages) == best == mip.stage_values(outcome.x)
    assert all(stage.bound == stage.value for stage in outcome.stages)
    return True


@pytest.mark.parametrize("blocks", [1, 2])
def test_against_brute_force(blocks: int) -> None:
    """Random programmes of up to three stages, in one part or two: value and bound exact."""
    possible = sum(check_against_brute_force(seed, blocks) for seed in range(60))
    assert 10 < possible < 60


@pytest.mark.long
@pytest.mark.parametrize("blocks", [1, 2])
def test_against_brute_force_in_full(blocks: int) -> None:
    """A thousand random programmes each."""
    for seed in range(1000, 2000):
        check_against_brute_force(seed, blocks)


def two_stages() -> Mip:
    """Serve 10 with cheap a (up to 6) and dear b (up to 9); first unmet, then money."""
    builder = Builder()
    give = builder.columns("give", 0, np.array([6, 9]))
    unmet = builder.columns("unmet", 0, 10, size=1)
    need = builder.rows("need", 10, 10, size=1)
    builder.entries(need, give, 1)
    builder.entries(need, unmet, 1)
    builder.cost("unmet", unmet, 1)
    builder.cost("money", give, np.array([1, 100]))
    builder.constant("money", 7)
    return builder.build([("unmet", 1), ("money", 100)])


def test_stages_by_hand() -> None:
    """Nothing unmet, then the cheapest way: 6 + 4, money 6 + 400 + 7."""
    outcome = solve(two_stages(), EXACT)
    assert outcome.x is not None
    assert outcome.x.tolist() == [6, 4, 0]
    assert [(s.name, s.value, s.bound, s.unit) for s in outcome.stages] == [
        ("unmet", 0, 0, 1),
        ("money", 413, 413, 100),
    ]


def test_a_tolerance_lets_a_later_stage_improve() -> None:
    """With up to 3 unmet allowed after the first stage, only one dear pack is bought."""
    outcome = solve(two_stages(), Params(gap=0.0, time_limit=20.0, tolerance={"unmet": 3}))
    assert outcome.x is not None
    assert outcome.x.tolist() == [6, 1, 3]


def test_a_weighted_sum() -> None:
    """With unmet at 50 nothing dear is bought; with 101 all is served."""
    cheap = solve(two_stages(), Params(gap=0.0, weights={"unmet": 50, "money": 1}))
    assert cheap.objective is not None
    assert cheap.x is not None
    assert (cheap.x.tolist(), cheap.objective.value, cheap.objective.bound) == ([6, 0, 4], 213, 213)
    assert [(s.name, s.value) for s in cheap.stages] == [("unmet", 4), ("money", 13)]
    dear = solve(two_stages(), Params(gap=0.0, weights={"unmet": 101, "money": 1}))
    assert [s.value for s in dear.stages] == [0, 413]


def test_weights_are_checked() -> None:
    """A weight of an unknown stage, and one that leaves the exact range."""
    with pytest.raises(EngineError, match="comfort"):
        solve(two_stages(), Params(weights={"comfort": 1}))
    with pytest.raises(EngineError, match="too large"):
        solve(two_stages(), Params(weights={"money": 2**50}))


def hard(limit: int) -> Mip:
    """At least 4 wanted of something of which `limit` exists; a slack counts what is missing."""
    builder = Builder()
    give = builder.columns("give", 0, limit, size=1)
    slack = builder.columns("missing", 0, 4, size=1)
    rule = builder.rows("rule", 4, np.inf, size=1)
    builder.entries(rule, give, 1)
    builder.entries(rule, slack, 1)
    builder.cost("hard_rules", slack, 1)
    builder.cost("money", give, 1)
    return builder.build([("hard_rules", 1), ("money", 1)])


@pytest.mark.parametrize("weights", [None, {"money": 3}])
def test_hard_rules_that_cannot_hold(weights: dict[str, int] | None) -> None:
    """Three where four are wanted: impossible, and the vector says by how much."""
    outcome = solve(hard(3), Params(gap=0.0, weights=weights))
    assert outcome.status is Status.IMPOSSIBLE
    assert outcome.stopped_by is StoppedBy.PROOF
    assert outcome.x is not None
    assert outcome.x.tolist() == [3, 1]
    assert outcome.stages[0].bound == 1


@pytest.mark.parametrize("weights", [None, {"money": 3}])
def test_hard_rules_that_hold(weights: dict[str, int] | None) -> None:
    """Five where four are wanted: no slack is used, whatever it would save."""
    outcome = solve(hard(5), Params(gap=0.0, weights=weights))
    assert outcome.status is Status.OPTIMAL
    assert outcome.x is not None
    assert outcome.x.tolist() == [4, 0]
    assert [stage.name for stage in outcome.stages] == ["hard_rules", "money"]


class Lazy:
    """An engine that returns the start as it is, out of time."""

    def minimise(self, mip: Mip, cost: IntArray, **options: object) -> SingleOutcome:
        start = options["start"]
        assert start is None or isinstance(start, np.ndarray)
        value = None if start is None else int(cost @ start)
        return SingleOutcome(start, value, None, "none", StoppedBy.TIME)


def test_hard_rules_without_proof() -> None:
    """A rule is broken and nothing is proven: there is no plan, and it is not called impossible."""
    outcome = solve(hard(5), Params(time_limit=0.2), start=np.array([0, 4]), engine=Lazy())
    assert outcome.status is Status.NO_PLAN
    assert outcome.stopped_by is StoppedBy.TIME


def test_without_a_vector_there_is_no_plan() -> None:
    """An engine that finds nothing: no vector, no stages."""
    outcome = solve(two_stages(), Params(time_limit=0.2), engine=Lazy())
    assert outcome.status is Status.NO_PLAN
    assert outcome.x is None
    assert outcome.stages == ()


def test_out_of_time_the_start_is_returned_with_trivial_bounds() -> None:
    """The start keeps its value; what is known of the stages is what the column bounds say."""
    outcome = solve(two_stages(), Params(time_limit=0.2), start=np.array([0, 9, 1]), engine=Lazy())
    assert outcome.status is Status.FEASIBLE
    assert outcome.stopped_by is StoppedBy.TIME
    assert [(s.value, s.bound, s.bound_proof) for s in outcome.stages] == [
        (1, 0, "trivial"),
        (907, 7, "trivial"),
    ]


def test_a_start_that_is_no_plan_is_refused() -> None:
    """The broken row is named."""
    with pytest.raises(EngineError, match="'need'"):
        solve(two_stages(), EXACT, start=np.zeros(3, dtype=np.int64))


class Careless:
    """An engine that worsens the first stage while it improves the second."""

    def __init__(self) -> None:
        self.inner = HighsEngine()

    def minimise(self, mip: Mip, cost: IntArray, **options: object) -> SingleOutcome:
        options["limits"] = ()
        options["start"] = None
        return self.inner.minimise(mip, cost, **options)  # type: ignore[arg-type]


def test_nothing_worse_than_the_start_is_returned() -> None:
    """An engine that ignores the earlier stages is found out; bounds after the first difference drop."""
    start = np.array([6, 4, 0])
    outcome = solve(two_stages(), EXACT, start=start, engine=Careless())
    assert outcome.x is not None
    assert outcome.x.tolist() == start.tolist()
    assert [s.value for s in outcome.stages] == [0, 413]
    assert outcome.stages[1].bound == 7


def test_columns_in_no_row_need_no_solver() -> None:
    """Free columns go to their cheaper bound, the first stage deciding; no call is made."""
    builder = Builder()
    x = builder.columns("x", np.array([-2, 0, 1]), np.array([5, 4, 3]))
    builder.cost("first", x[:2], np.array([-1, 0]))
    builder.cost("second", x[:2], np.array([1, -1]))
    mip = builder.build([("first", 1), ("second", 1)])
    recorder = Recorder(HighsEngine())
    outcome = solve(mip, EXACT, engine=recorder)
    assert outcome.status is Status.OPTIMAL
    assert outcome.x is not None
    assert outcome.x.tolist() == [5, 4, 1]
    assert recorder.calls == []


def test_bare_rows_are_looked_at() -> None:
    """A row without columns that wants at least 1 cannot hold."""
    builder = Builder()
    builder.columns("x", 0, 1, size=1)
    builder.rows("row", 1, np.inf, size=1)
    assert solve(builder.build([]), EXACT).status is Status.IMPOSSIBLE


def test_without_stages_any_plan_will_do() -> None:
    """A programme of rows only."""
    builder = Builder()
    x = builder.columns("x", 0, 5, size=2)
    builder.entries(builder.rows("row", 7, 7, size=1), x, 1)
    outcome = solve(builder.build([]), EXACT)
    assert outcome.status is Status.OPTIMAL
    assert outcome.x is not None
    assert outcome.x.sum() == 7


def many_parts(parts: int) -> Mip:
    """Each part: 3a + 2b with a + b >= 2 at first, then least b."""
    builder = Builder()
    a = builder.columns("a", 0, 3, size=parts)
    b = builder.columns("b", 0, 3, size=parts)
    rows = builder.rows("row", 2, np.inf, size=parts)
    builder.entries(rows, a, 1)
    builder.entries(rows, b, 1)
    builder.cost("first", a, 3)
    builder.cost("first", b, 2)
    builder.cost("second", b, 1)
    return builder.build([("first", 1), ("second", 1)])


def test_thousands_of_tiny_parts_make_few_calls() -> None:
    """5,000 parts of two columns are solved in batches, values and bounds added up."""
    recorder = Recorder(HighsEngine())
    outcome = solve(many_parts(5000), EXACT, engine=recorder)
    assert outcome.status is Status.OPTIMAL
    assert [s.value for s in outcome.stages] == [20_000, 10_000]
    assert len(recorder.calls) <= 12


def test_later_stages_start_from_the_plan_and_hold_it() -> None:
    """The second call has the whole vector as start and one limit at the value reached."""
    recorder = Recorder(HighsEngine())
    solve(two_stages(), EXACT, engine=recorder)
    start, limits = recorder.calls[-1]["start"], recorder.calls[-1]["limits"]
    assert isinstance(start, np.ndarray)
    assert start.shape == (3,)
    assert isinstance(limits, tuple)
    assert [limit.upper for limit in limits] == [0]


def test_events_speak_of_the_whole() -> None:
    """Stages end in order; their values are those of the whole programme, constants included."""
    seen: list[Event] = []
    outcome = solve(two_stages(), Params(gap=0.0, on_event=seen.append))
    assert [(e.stage, e.value, e.bound) for e in seen if e.kind == "stage"] == [
        ("unmet", 0, 0),
        ("money", 413, 413),
    ]
    assert seen[-1].kind == "done"
    assert outcome.trace == tuple(seen)
    assert all(e.value is None or e.value >= 413 for e in seen if e.stage == "money")


@pytest.mark.alone
def test_time_is_shared_and_kept() -> None:
    """Three hard stages in 4 s: done in time, each stage tried, the first improved."""
    mip, nothing = facilities(1, 40, 200)
    cost = mip.stages[0]
    half = len(cost.columns) // 2
    first, second = cost.columns[:half], cost.columns[half:]
    stages = (
        cost,
        Stage("half", first, cost.coefficients[:half]),
        Stage("other half", second, cost.coefficients[half:]),
    )
    hard_mip = dataclasses.replace(mip, stages=stages)
    began = time.monotonic()
    outcome = solve(hard_mip, Params(gap=0.0, time_limit=4.0), start=nothing)
    assert time.monotonic() - began < 4.5
    assert outcome.status is Status.FEASIBLE
    assert outcome.stopped_by is StoppedBy.TIME
    assert outcome.stages[0].value < hard_mip.stage_value("cost", nothing)
    assert all(stage.seconds > 0 for stage in outcome.stages)


class Greedy:
    """An engine that wrecks the second stage whenever it may, and is out of time for it."""

    def __init__(self) -> None:
        self.inner = HighsEngine()

    def minimise(self, mip: Mip, cost: IntArray, **options: object) -> SingleOutcome:
        start = options["start"]
        assert isinstance(start, np.ndarray)
        if cost[0]:
            x = np.array([3, 0])
            return SingleOutcome(x, int(cost @ x), -3, "solver", StoppedBy.PROOF)
        if mip.lower.max() == 0 and mip.upper.min() == 5:
            return SingleOutcome(start, int(cost @ start), None, "none", StoppedBy.TIME)
        return self.inner.minimise(mip, cost, **options)  # type: ignore[arg-type]


def test_what_the_start_is_good_at_is_won_back() -> None:
    """The first stage gains three and loses all of the second; between plan and start both can be had."""
    builder = Builder()
    x = builder.columns("x", 0, 5, size=2)
    builder.entries(builder.rows("row", 0, 9, size=1), x, 1)
    builder.entries(builder.rows("three", 0, 3, size=1), x[:1], 1)
    builder.cost("first", x[:1], -1)
    builder.cost("second", x[1:], -1)
    mip = builder.build([("first", 1), ("second", 1)])
    outcome = solve(mip, Params(gap=0.0, time_limit=20.0), start=np.array([0, 5]), engine=Greedy())
    assert [stage.value for stage in outcome.stages] == [-3, -5]


class SlowFirst:
    """An engine that needs two calls for the first stage: the first time it returns half the way."""

    def __init__(self) -> None:
        self.inner = HighsEngine()
        self.calls: list[tuple[int, ...]] = []

    def minimise(self, mip: Mip, cost: IntArray, **options: object) -> SingleOutcome:
        self.calls.append(tuple(cost.tolist()))
        if len(self.calls) == 1:
            x = np.array([0, 9, 1])
            return SingleOutcome(x, int(cost @ x), 0, "trivial", StoppedBy.TIME)
        return self.inner.minimise(mip, cost, **options)  # type: ignore[arg-type]


def test_time_left_goes_back_to_an_open_stage() -> None:
    """The first stage ends open, the second closes at once: the first is taken up again, then the second."""
    engine = SlowFirst()
    outcome = solve(two_stages(), EXACT, engine=engine)
    assert outcome.status is Status.OPTIMAL
    assert [s.value for s in outcome.stages] == [0, 413]
    assert [call.index(max(call)) for call in engine.calls] == [2, 1, 2, 1]


def test_the_listener_may_end_the_solve() -> None:
    """What a listener raises comes out, and the next solve works."""

    def stop(event: Event) -> None:
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        solve(two_stages(), Params(on_event=stop))
    assert solve(two_stages(), EXACT).status is Status.OPTIMAL


def test_engines_by_name() -> None:
    """Names lead to engines; an unknown one is refused with the known ones."""
    assert isinstance(choose(Params(engine="auto")), HighsEngine)
    engine: Engine = choose(Params(engine="pulp:PULP_CBC_CMD"))
    assert engine is not None
    with pytest.raises(EngineError, match="pulp:NAME"):
        choose(Params(engine="cplex"))


@pytest.mark.parametrize("seed", range(20))
def test_a_polish_is_taken_where_it_is_better_and_stages_after_it_still_hold(seed: int) -> None:
    """A caller who knows the optimum hands it over after every stage; one who hands over nonsense changes nothing."""
    mip = random_mip(seed, blocks=2, feasible=True)
    plain = solve(mip, Params(gap=0, time_limit=30))
    assert plain.x is not None
    best, asked = plain.x, []

    def knows(x: IntArray) -> IntArray:
        asked.append(x.copy())
        return best

    polished = solve(mip, Params(gap=0, time_limit=30, polish=knows))
    spoilt = solve(mip, Params(gap=0, time_limit=30, polish=lambda x: x + 1_000_000))
    assert asked
    for other in (polished, spoilt):
        assert [stage.value for stage in other.stages] == [stage.value for stage in plain.stages]
        assert other.status == plain.status
