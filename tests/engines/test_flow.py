"""Pure networks: recognised by their entries alone, and solved to the end in every stage, proven."""

from __future__ import annotations

import dataclasses
import logging
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tiny import FAMILIES
from tiny_mips import brute_force, network, points, random_mip

from yjopt import Scenario, generate
from yjopt import solve as solve_scenario
from yjopt.engines import choice, flow, flow_worker, run
from yjopt.engines.flow import settled
from yjopt.engines.lexicographic import solve
from yjopt.engines.network import network_of
from yjopt.engines.outcome import Status, StoppedBy
from yjopt.engines.params import Params
from yjopt.model.builder import Builder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from yjopt.engines.flow import Settled
    from yjopt.engines.network import Network
    from yjopt.model.mip import IntArray, Mip


def soon(seconds: float = 20.0) -> float:
    return time.monotonic() + seconds


def rows_of(entries: Sequence[Sequence[int]], upper: int = 3) -> Mip:
    """A programme with these entries, columns from 0 to 3, and one stage."""
    builder, matrix = Builder(), np.array(entries)
    x = builder.columns("x", 0, upper, size=matrix.shape[1])
    rows = builder.rows("row", -1, 1, size=matrix.shape[0])
    builder.entries(rows[:, None], x, matrix)
    builder.cost("s", x, 1)
    return builder.build([("s", 1)])


def keeps(found: Network, x: IntArray) -> bool:
    """Whether flows of the columns can be completed to one of the network."""
    columns = len(x)
    left = found.supply.copy()
    np.subtract.at(left, found.tails[:columns], x)
    np.add.at(left, found.heads[:columns], x)
    slack = left[found.slack]
    left[found.slack] = 0
    rest = left[:-1].any()
    return not rest and bool(np.all((found.lower[columns:] <= slack) & (slack <= found.upper[columns:])))


@pytest.mark.parametrize("seed", range(30))
def test_a_network_has_the_vectors_of_its_model(seed: int) -> None:
    """Every vector within the columns' bounds keeps the rows if and only if it is a flow."""
    mip = network(seed)
    used = np.flatnonzero(np.diff(mip.matrix.indptr))
    if len(used) < mip.num_columns:
        assert network_of(mip) is None
        return
    found = network_of(mip)
    kept = {tuple(x) for x in points(mip)}
    if found is None:
        assert not kept
        return
    every = points(
        dataclasses.replace(mip, row_lower=mip.row_lower - np.inf, row_upper=mip.row_upper + np.inf)
    )
    assert kept == {tuple(x) for x in every if keeps(found, x)}


@pytest.mark.parametrize(
    "entries",
    [
        pytest.param([[1, 2], [-1, 1]], id="an entry of two"),
        pytest.param([[1, 1], [1, 0], [-1, 0]], id="three entries"),
        pytest.param([[1, 1, 0], [1, 0, 1], [0, 1, 1]], id="a ring of three equal signs"),
        pytest.param([[1, 0], [-1, 0]], id="a column in no row"),
    ],
)
def test_what_is_no_network_is_told_apart(entries: list[list[int]]) -> None:
    """Each differs from a network in one thing."""
    assert network_of(rows_of(entries)) is None


def test_rows_may_be_turned() -> None:
    """A ring of four rows with equal signs is one: every other row is multiplied by -1."""
    found = network_of(rows_of([[1, 0, 0, 1], [1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]]))
    assert found is not None
    assert found.sign.tolist() in ([1, -1, 1, -1], [-1, 1, -1, 1])


def check(seed: int) -> bool:
    """A random network by enumeration and by the network simplex; whether there was a plan to compare."""
    mip = network(seed)
    found = network_of(mip)
    answer = None if found is None else settled(mip, found, deadline=soon())
    best = brute_force(mip)
    if best is None or found is None:
        assert answer is None
        return False
    assert answer is not None
    assert mip.is_feasible(answer.x)
    assert mip.stage_values(answer.x) == answer.bounds == best
    return True


def test_every_stage_is_the_best_of_all_vectors() -> None:
    """Two hundred networks by enumeration: the same values, and bounds that say so."""
    assert sum(check(seed) for seed in range(200)) > 80


@pytest.mark.long
def test_every_stage_is_the_best_of_all_vectors_of_many() -> None:
    """Ten thousand networks."""
    assert sum(check(seed) for seed in range(1000, 11_000)) > 4_000


def two_towns(reward: int = 1) -> Mip:
    """Two packs for two towns, each of which wants two; the second is nearer, and the first counts `reward` times."""
    builder = Builder()
    ship = builder.columns("ship", 0, 2, size=2)
    unmet = builder.columns("unmet", 0, 2, size=2)
    stock, need = builder.rows("stock", -np.inf, 2, size=1), builder.rows("need", 2, 2, size=2)
    builder.entries(stock, ship, 1)
    builder.entries(need, ship, 1)
    builder.entries(need, unmet, 1)
    builder.cost("unmet", unmet, np.array([reward, 1]))
    builder.cost("time", ship, np.array([5, 3]))
    return builder.build([("unmet", 1), ("time", 1)])


def answer_of(mip: Mip, deadline: float | None = None) -> Settled | None:
    found = network_of(mip)
    assert found is not None
    return settled(mip, found, deadline=soon() if deadline is None else deadline)


def test_two_towns_by_hand() -> None:
    """Two go without, so the nearer town is served; where the other counts more, that is."""
    near, worth = answer_of(two_towns()), answer_of(two_towns(2))
    assert near is not None
    assert worth is not None
    assert (near.bounds, near.x.tolist()) == ((2, 6), [0, 2, 2, 0])
    assert (worth.bounds, worth.x.tolist()) == ((2, 10), [2, 0, 0, 2])


def test_numbers_that_the_solver_cannot_count_in_are_not_given_to_it() -> None:
    """Costs times flows beyond 64 bits came back from it as nonsense."""
    assert answer_of(two_towns(2**53)) is not None
    builder = Builder()
    x = builder.columns("x", 0, 2**20, size=40)
    rows = builder.rows("row", 0, 2**20, size=1)
    builder.entries(rows, x, 1)
    builder.cost("s", x, 2**40)
    assert answer_of(builder.build([("s", 1)])) is None


def test_without_a_stage_nothing_is_best() -> None:
    """Any plan will do, and whoever looks for one finds it."""
    assert answer_of(dataclasses.replace(two_towns(), stages=())) is None


def test_no_time_is_no_answer() -> None:
    """At the deadline the process is ended."""
    assert answer_of(two_towns(), time.monotonic() - 1) is None


def test_a_process_that_breaks_off_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """There is no such module: no answer, a warning, and the solve takes another way."""
    monkeypatch.setattr(flow, "MODULE", "yjopt.engines.no_such_worker")
    with caplog.at_level(logging.WARNING, "yjopt"):
        assert answer_of(two_towns()) is None
    assert "network simplex broke off" in caplog.text


def test_a_wrong_answer_is_not_believed(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Potentials that prove less than the flow costs: no answer, and a warning with both."""
    right = flow._answers

    def wrong(*arguments: Any) -> Iterator[Mapping[str, IntArray]]:
        for answer in right(*arguments):
            yield {name: 0 * array if name == "potential" else array for name, array in answer.items()}

    monkeypatch.setattr(flow, "_answers", wrong)
    with caplog.at_level(logging.WARNING, "yjopt"):
        assert answer_of(two_towns()) is None
    assert "another way is taken" in caplog.text


@pytest.mark.parametrize("seed", range(60))
def test_of_all_that_are_best_the_nearest_to_the_plan_at_hand_is_taken(seed: int) -> None:
    """By enumeration, from a random vector."""
    mip = network(seed, stages=1)
    found = network_of(mip)
    start = np.random.default_rng(seed).integers(mip.lower, mip.upper + 1).astype(np.int64)
    answer = None if found is None else settled(mip, found, deadline=soon(), start=start)
    if answer is None:
        return
    as_good = [x for x in points(mip) if mip.stage_values(x) == answer.bounds]
    assert np.abs(answer.x - start).sum() == min(np.abs(x - start).sum() for x in as_good)


@pytest.fixture
def however_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every network is solved as one."""
    monkeypatch.setattr(choice, "NETWORK", 1)


@pytest.mark.usefixtures("however_small")
def test_a_solve_settles_its_networks_and_says_so() -> None:
    """All stages of one are proven by certificates; the next engine asked for by name knows nothing of it."""
    outcome = solve(two_towns(), Params(gap=0.0, time_limit=10.0))
    assert (outcome.status, outcome.stopped_by) == (Status.OPTIMAL, StoppedBy.PROOF)
    assert [(s.value, s.bound, s.bound_proof) for s in outcome.stages] == [
        (2, 2, "certificate"),
        (6, 6, "certificate"),
    ]
    assert outcome.method == "Network simplex for 1 pure network(s), the largest of 4."
    told = [(event.stage, event.value, event.bound) for event in outcome.trace if event.kind == "incumbent"]
    assert told == [("time", 6, 6), ("unmet", 2, 2)]
    plain = solve(two_towns(), Params(gap=0.0, time_limit=10.0, engine="highs"))
    assert [(s.value, s.bound) for s in plain.stages] == [(2, 2), (6, 6)]
    assert plain.stages[1].bound_proof != "certificate"


@pytest.mark.usefixtures("however_small")
def test_where_a_stage_may_become_worse_again_it_is_solved_otherwise() -> None:
    """With a tolerance the second stage gains by the first: nobody is served."""
    outcome = solve(two_towns(), Params(gap=0.0, time_limit=10.0, tolerance={"unmet": 2}))
    assert [s.value for s in outcome.stages] == [4, 0]
    assert "Network" not in outcome.method


@pytest.mark.usefixtures("however_small")
def test_without_an_answer_the_solve_takes_another_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part that is not settled is solved like any other."""
    monkeypatch.setattr(run, "settled", lambda *_, **__: None)
    outcome = solve(two_towns(), Params(gap=0.0, time_limit=10.0))
    assert [(s.value, s.bound) for s in outcome.stages] == [(2, 2), (6, 6)]
    assert "Network" not in outcome.method


def check_whole(seed: int) -> None:
    """A network and what is none, side by side: the best of each, stage by stage."""
    pieces = network(seed), random_mip(seed, feasible=True)
    builder, wanted = Builder(), np.zeros(3, dtype=np.int64)
    for k, mip in enumerate(pieces):
        x = builder.columns(f"x{k}", mip.lower.astype(np.int64), mip.upper.astype(np.int64))
        rows = builder.rows(f"row{k}", mip.row_lower, mip.row_upper, size=mip.num_rows)
        builder.entries(rows[:, None], x, mip.matrix.toarray().astype(np.int64))
        for own in mip.stages:
            builder.cost(own.name, x[own.columns], own.coefficients)
    outcome = solve(builder.build([("s0", 1), ("s1", 1), ("s2", 1)]), Params(gap=0.0, time_limit=20.0))
    for mip in pieces:
        best = brute_force(mip)
        if best is None:
            assert outcome.status is Status.IMPOSSIBLE
            return
        for own, value in zip(mip.stages, best, strict=True):
            wanted[int(own.name[1])] += value - own.offset
    assert outcome.status is Status.OPTIMAL
    names = [stage.name for stage in outcome.stages]
    assert [stage.value for stage in outcome.stages] == [wanted[int(name[1])] for name in names]
    assert not any(wanted[k] for k in range(3) if f"s{k}" not in names)


@pytest.mark.usefixtures("however_small")
def test_networks_beside_what_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Components are not put together, so that each is what it is."""
    split = run.split
    monkeypatch.setattr(run, "split", lambda mip: split(mip, alone=1))
    for seed in range(40):
        check_whole(seed)


def check_scenario(family: str, seed: int) -> bool:
    """A tiny scenario with its networks solved as such, and by HiGHS; whether there were any."""
    scenario = Scenario.from_tables(*FAMILIES[family](seed))
    ours = solve_scenario(scenario, gap=0.0, time_limit=30.0)
    plain = solve_scenario(scenario, gap=0.0, time_limit=30.0, engine="highs")
    assert ours.status == plain.status
    if plain.status == "optimal":
        assert ours.audited is not None
        assert ours.audited.ok
        assert ours.stages["value"].tolist() == plain.stages["value"].tolist()
    return "Network simplex" in ours.method


@pytest.mark.usefixtures("however_small")
@pytest.mark.parametrize("family", FAMILIES)
def test_tiny_scenarios_agree_with_the_solver(family: str) -> None:
    """Six of each family; goods without vehicles are networks."""
    found = [check_scenario(family, seed) for seed in range(6)]
    assert any(found) or family != "consumables"


@pytest.mark.long
@pytest.mark.usefixtures("however_small")
@pytest.mark.parametrize("family", FAMILIES)
def test_a_thousand_tiny_scenarios_agree_with_the_solver(family: str) -> None:
    """A hundred and twenty-five of each family."""
    found = [check_scenario(family, seed) for seed in range(100, 225)]
    assert any(found) or family != "consumables"


def test_goods_without_vehicles_are_planned_to_the_end() -> None:
    """A hundred towns over three days: every stage of goods proven, in a second or two."""
    frames, settings, _ = generate(towns=100, periods=3, seed=5, plain=True, families=("supplies",))
    plan = solve_scenario(Scenario.from_tables(frames, settings), gap=0.0, time_limit=60.0)
    assert plan.status == "optimal"
    assert plan.method.startswith("Network simplex")
    assert {result.bound_proof for result in plan.stage_results} <= {"certificate", "trivial"}
    assert plan.audited is not None
    assert plan.audited.ok


def test_an_arc_that_pays_is_full_and_taken_back() -> None:
    """One arc pays 3 and the way back costs 1: both are full; with nothing free there is nothing to solve."""
    ends, bounds = np.array([[0, 1], [1, 0]]), np.array([[0, 0], [2, 2]])
    nothing = np.zeros(2, dtype=np.int64)
    moved, potential = flow_worker.minimised(*ends, *bounds, nothing, np.array([-3, 1]))
    assert moved.tolist() == [2, 2]
    reduced = np.array([-3, 1]) + potential[ends[0]] - potential[ends[1]]
    assert ((reduced >= 0) | (moved == 2)).all()
    moved, _ = flow_worker.minimised(*ends, *bounds[[0, 0]], nothing, np.array([-3, 1]))
    assert moved.tolist() == [0, 0]
    with pytest.raises(RuntimeError, match="no flow"):
        flow_worker.minimised(*ends, *bounds[[0, 0]], np.array([1, -1]), np.array([-3, 1]))
