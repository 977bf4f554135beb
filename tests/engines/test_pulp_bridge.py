"""The same matrix through PuLP: equal answers, honest statuses, hard deadlines."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest
from tiny_mips import brute_force, dense_cost, facilities, random_mip

from yjopt.engines.engine import Limit
from yjopt.engines.highs import HighsEngine
from yjopt.engines.lexicographic import solve
from yjopt.engines.outcome import Status, StoppedBy
from yjopt.engines.params import Params
from yjopt.engines.pulp_bridge import VERDICTS, PulpEngine
from yjopt.engines.remote import Verdict
from yjopt.errors import EngineError

CBC = "pulp:PULP_CBC_CMD"


def compare(seed: int, engine: str) -> None:
    """One random programme through a PuLP solver, against enumeration and HiGHS."""
    mip = random_mip(seed)
    best = brute_force(mip)
    outcome = solve(mip, Params(gap=0.0, time_limit=20.0, engine=engine))
    if best is None:
        assert outcome.status is Status.IMPOSSIBLE
    else:
        assert outcome.status is Status.OPTIMAL
        assert tuple(stage.value for stage in outcome.stages) == best
        assert all(stage.bound == stage.value for stage in outcome.stages)


@pytest.mark.parametrize("engine", [CBC, "pulp:HiGHS"])
def test_small_programmes(engine: str) -> None:
    """Random programmes, some impossible: the same value and bound as by enumeration."""
    for seed in range(20):
        compare(seed, engine)


@pytest.mark.long
@pytest.mark.parametrize("engine", [CBC, "pulp:HiGHS"])
def test_small_programmes_in_full(engine: str) -> None:
    """A thousand random programmes."""
    for seed in range(5000, 6000):
        compare(seed, engine)


def agree(seed: int) -> None:
    """One facility programme by HiGHS and CBC: equal value, equal bound."""
    mip, nothing = facilities(seed, 6, 15, whole=bool(seed % 2))
    values = []
    for engine in ("highs", CBC):
        outcome = solve(mip, Params(gap=0.0, time_limit=30.0, engine=engine), start=nothing)
        assert outcome.status is Status.OPTIMAL
        values.append((outcome.stages[0].value, outcome.stages[0].bound))
    assert values[0] == values[1]


def test_highs_and_cbc_agree() -> None:
    """A few facility programmes, with integer and with implied integer shipments."""
    for seed in range(4):
        agree(seed)


@pytest.mark.long
def test_highs_and_cbc_agree_in_full() -> None:
    """Three hundred facility programmes."""
    for seed in range(100, 400):
        agree(seed)


def test_a_limit_and_a_start_go_over() -> None:
    """The start is kept where nothing is better; a limit on the cost itself makes it the only answer."""
    mip, nothing = facilities(2, 4, 10)
    cost = dense_cost(mip)
    least = HighsEngine().minimise(mip, cost, start=nothing, deadline=time.monotonic() + 20)
    assert least.value is not None
    used = np.flatnonzero(cost)
    limit = Limit(used, cost[used], least.value)
    answer = PulpEngine("PULP_CBC_CMD").minimise(
        mip, cost, limits=(limit,), start=least.x, deadline=time.monotonic() + 20
    )
    assert answer.value == answer.bound == least.value


@pytest.mark.alone
def test_the_deadline_holds_and_optimal_at_the_limit_is_not_believed() -> None:
    """CBC stopped in the middle: a plan no worse than the start, no bound of CBC's, in time."""
    mip, nothing = facilities(1, 40, 200)
    began = time.monotonic()
    outcome = solve(mip, Params(gap=0.0, time_limit=2.0, engine=CBC), start=nothing)
    assert time.monotonic() - began < 2.7
    assert outcome.status is Status.FEASIBLE
    assert outcome.stopped_by is StoppedBy.TIME
    assert outcome.stages[0].bound_proof == "trivial"
    assert outcome.stages[0].value <= mip.stage_value("cost", nothing)


def test_a_gap_gives_a_bound_below_the_optimum() -> None:
    """Within 20 % is enough: the bound that follows is not above what HiGHS proves."""
    mip, nothing = facilities(4, 8, 30)
    proven = solve(mip, Params(gap=0.0, time_limit=30.0), start=nothing).stages[0].value
    rough = solve(mip, Params(gap=0.2, time_limit=30.0, engine=CBC), start=nothing).stages[0]
    assert rough.bound is not None
    assert rough.bound <= proven <= rough.value
    assert rough.gap <= 0.2


@pytest.mark.parametrize(
    ("name", "why"), [("NO_SUCH", "unknown to PuLP"), ("GUROBI_CMD", "not available here")]
)
def test_a_missing_solver_is_named_with_those_there_are(name: str, why: str) -> None:
    """The sentence says which solvers can be used."""
    mip, _ = facilities(1, 2, 2)
    with pytest.raises(EngineError, match=why) as error:
        solve(mip, Params(engine=f"pulp:{name}"))
    assert CBC in str(error.value)


def test_every_native_status_has_a_meaning() -> None:
    """Every pair of LpStatus and LpSolution is in the table; only one pair is a proof."""
    pulp = pytest.importorskip("pulp")
    pairs = itertools.product(pulp.LpStatus.values(), pulp.LpSolution.values())
    assert set(VERDICTS) == {f"{status}/{solution}" for status, solution in pairs}
    assert [word for word, verdict in VERDICTS.items() if verdict is Verdict.OPTIMAL] == [
        "Optimal/Optimal Solution Found"
    ]
