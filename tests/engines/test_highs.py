"""HiGHS in its process: right answers, hard deadlines, and whatever a native solver may do wrong."""

from __future__ import annotations

import dataclasses
import os
import signal
import threading
import time
from typing import TYPE_CHECKING, ClassVar

import bad_workers
import numpy as np
import pytest
from tiny_mips import brute_force, dense_cost, facilities, random_mip

from yjopt.engines import workers
from yjopt.engines.engine import Limit
from yjopt.engines.highs import VERDICTS, HighsEngine
from yjopt.engines.outcome import StoppedBy
from yjopt.engines.remote import RemoteEngine
from yjopt.engines.search import Scaled
from yjopt.errors import EngineError
from yjopt.model.builder import Builder

if TYPE_CHECKING:
    from yjopt.engines.engine import SingleOutcome
    from yjopt.model.mip import IntArray, Mip


class BadEngine(RemoteEngine):
    """An engine whose worker misbehaves."""

    module: ClassVar[str] = bad_workers.__name__
    verdicts = VERDICTS

    def __init__(self, mode: str) -> None:
        super().__init__()
        self.solver = mode


def ask(
    engine: RemoteEngine, mip: Mip, seconds: float = 10.0, gap: float = 0.0, start: IntArray | None = None
) -> SingleOutcome:
    return engine.minimise(mip, dense_cost(mip), start=start, gap=gap, deadline=time.monotonic() + seconds)


def cover() -> Mip:
    """Least 3a + 2b with a + b >= 4, a and b up to 3: a = 1, b = 3, value 9."""
    builder = Builder()
    x = builder.columns("x", 0, 3, size=2)
    row = builder.rows("row", 4, np.inf, size=1)
    builder.entries(row, x, 1)
    builder.cost("cost", x, np.array([3, 2]))
    return builder.build([("cost", 1)])


def test_by_hand() -> None:
    """The optimum is found, proven and checked."""
    answer = ask(HighsEngine(), cover())
    assert answer.x is not None
    assert answer.x.tolist() == [1, 3]
    assert (answer.value, answer.bound, answer.bound_proof) == (9, 9, "solver")
    assert answer.stopped_by is StoppedBy.PROOF


def test_a_limit_is_kept() -> None:
    """With b <= 2 as an earlier stage's limit the optimum is a = 2, b = 2, value 10."""
    mip = cover()
    limit = Limit(np.array([1]), np.array([5]), 14)
    answer = HighsEngine().minimise(mip, dense_cost(mip), limits=(limit,), deadline=time.monotonic() + 10)
    assert answer.x is not None
    assert answer.x.tolist() == [2, 2]


def test_progress_is_told() -> None:
    """The listener sees better vectors and bounds, the last as answered."""
    mip, nothing = facilities(3, 12, 40)
    told: list[tuple[str, int | None, int | None]] = []
    answer = HighsEngine().minimise(
        mip,
        dense_cost(mip),
        start=nothing,
        deadline=time.monotonic() + 20,
        on_progress=lambda *what: told.append(what),
    )
    values = [value for kind, value, _ in told if kind == "incumbent" and value is not None]
    bounds = [bound for kind, _, bound in told if kind == "bound" and bound is not None]
    assert len(values) >= 2
    assert values == sorted(values, reverse=True)
    assert bounds == sorted(bounds)
    assert (values[-1], bounds[-1]) == (answer.value, answer.bound)


@pytest.mark.alone
def test_many_small_solves_in_one_process_are_quick() -> None:
    """A solve costs milliseconds, not a process: 100 of them share one worker."""
    engine = HighsEngine()
    ask(engine, cover())
    began = time.monotonic()
    for seed in range(100):
        ask(engine, random_mip(seed, feasible=True))
    assert (time.monotonic() - began) / 100 < 0.03


@pytest.mark.parametrize("seed", range(40))
def test_against_brute_force(seed: int) -> None:
    """The first stage of random programmes, some of them impossible."""
    mip = random_mip(seed)
    least = brute_force(mip)
    answer = ask(HighsEngine(), mip)
    if least is None:
        assert answer.infeasible
        assert answer.x is None
    else:
        assert answer.x is not None
        assert mip.is_feasible(answer.x)
        assert answer.value == answer.bound == least[0] - mip.stages[0].offset


def test_implied_integers_are_whole() -> None:
    """Continuous shipments of an integer transport problem come back as integers that hold exactly."""
    mip, nothing = facilities(5, 8, 30, whole=False)
    answer = ask(HighsEngine(), mip, start=nothing)
    assert answer.x is not None
    assert answer.x.dtype == np.int64
    assert mip.is_feasible(answer.x)
    assert answer.value == answer.bound


def test_what_is_not_implied_is_made_integer() -> None:
    """2y = 3x with y "continuous": the relaxed answer y = 1.5 is no plan, so y becomes an integer."""
    builder = Builder()
    x = builder.columns("x", 1, 5, size=1)
    y = builder.columns("y", 0, 9, integer=False, size=1)
    row = builder.rows("row", 0, 0, size=1)
    builder.entries(row, x, 3)
    builder.entries(row, y, -2)
    builder.cost("cost", x, 1)
    answer = ask(HighsEngine(), builder.build([("cost", 1)]))
    assert answer.x is not None
    assert answer.x.tolist() == [2, 3]
    assert answer.stopped_by is StoppedBy.PROOF


@pytest.mark.alone
@pytest.mark.parametrize("seconds", [0.3, 1.0])
def test_the_deadline_holds(seconds: float) -> None:
    """A programme of 100,000 columns is far from solved: an answer comes in time, no worse than the start."""
    mip, nothing = facilities(1, 150, 700)
    began = time.monotonic()
    answer = ask(HighsEngine(), mip, seconds=seconds, start=nothing)
    assert time.monotonic() - began < seconds + 0.5
    assert answer.stopped_by is StoppedBy.TIME
    assert answer.x is not None
    assert answer.value is not None
    assert mip.is_feasible(answer.x)
    assert answer.value <= mip.stage_value("cost", nothing)


def test_a_bound_is_known_at_the_deadline() -> None:
    """A hard programme stopped in the middle has a vector, and a bound below the best known value."""
    mip, nothing = facilities(1, 60, 300)
    answer = ask(HighsEngine(), mip, seconds=2.0, start=nothing)
    assert answer.value is not None
    assert answer.bound is not None
    assert 0 < answer.bound <= 32_848
    assert answer.value < mip.stage_value("cost", nothing)


def test_killed_in_the_middle_the_best_is_kept_and_the_next_solve_works() -> None:
    """Signal 9 ends the worker half way; a new one is started for the next call."""
    mip, nothing = facilities(2, 40, 110)
    told = threading.Event()

    def kill(kind: str, *_: int | None) -> None:
        if kind == "incumbent" and not told.is_set():
            told.set()
            child = next(iter(children() - before))
            os.kill(child, signal.SIGKILL)

    workers.close_all()
    before = children()
    answer = HighsEngine().minimise(
        mip, dense_cost(mip), start=nothing, deadline=time.monotonic() + 10, on_progress=kill
    )
    assert told.is_set()
    assert answer.stopped_by is StoppedBy.MEMORY
    assert answer.value is not None
    assert answer.value < mip.stage_value("cost", nothing)
    assert ask(HighsEngine(), cover()).value == 9


def children() -> set[int]:
    """Numbers of this process's children."""
    listing = f"/proc/{os.getpid()}/task/{os.getpid()}/children"
    if not os.path.exists(listing):
        pytest.skip("listing children needs /proc")
    with open(listing) as stream:
        return {int(word) for word in stream.read().split()}


def test_an_idle_worker_that_died_is_replaced() -> None:
    """Between two solves the worker is killed; nobody notices."""
    ask(HighsEngine(), cover())
    worker = workers.acquire(HighsEngine.module)
    workers.release(worker)
    os.kill(worker.pid, signal.SIGKILL)
    time.sleep(0.05)
    assert ask(HighsEngine(), cover()).value == 9


def test_threads_may_change_between_solves() -> None:
    """HiGHS keeps one scheduler per process; changing the number of threads resets it."""
    for threads in (1, 2, 1):
        assert ask(HighsEngine(threads=threads), cover()).value == 9


def test_two_solves_at_once() -> None:
    """Two Python threads use two workers."""
    values: list[int | None] = []
    threads = [
        threading.Thread(target=lambda: values.append(ask(HighsEngine(), cover()).value)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert values == [9, 9, 9, 9]


def test_models_are_kept_and_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """The matrix goes over once; beyond the allowance all are forgotten and sent again."""
    monkeypatch.setattr(workers, "KEPT_NONZEROS", 5)
    worker = workers.Worker(HighsEngine.module)
    mips = [cover() for _ in range(3)]
    assert [worker.offer(mip) for mip in (mips[0], mips[0], mips[1], mips[1], mips[2], mips[0])] == [
        0, 0, 1, 1, 2, 3,
    ]  # fmt: skip
    os.kill(worker.pid, signal.SIGKILL)
    with pytest.raises(workers.WorkerDied, match="code -9"):
        worker.receive(5.0)
    with pytest.raises(workers.WorkerDied):
        worker.offer(mips[1])
    worker.kill()
    worker.kill()


def test_a_start_that_is_no_plan_is_refused() -> None:
    """The broken row is named: a wrong start is a mistake of the caller."""
    with pytest.raises(EngineError, match="'row'"):
        ask(HighsEngine(), cover(), start=np.zeros(2, dtype=np.int64))


def test_costs_beyond_exact_floats_are_refused() -> None:
    """A cost of 2**60 would be rounded on its way."""
    with pytest.raises(EngineError, match="2\\*\\*53"):
        HighsEngine().minimise(cover(), np.array([2**60, 1]), deadline=time.monotonic() + 1)


@pytest.mark.parametrize("field", ["row_upper", "lower", "matrix"])
def test_numbers_that_are_not_finite_never_reach_the_solver(field: str) -> None:
    """NaN put into a programme past its builder is refused in words; HiGHS would say "optimal"."""
    wrong = getattr(cover(), field).copy()
    (wrong.data if field == "matrix" else wrong)[0] = np.nan
    mip = dataclasses.replace(cover(), **{field: wrong})
    with np.errstate(invalid="ignore"), pytest.raises(EngineError, match="finite"):
        ask(HighsEngine(), mip)


def test_every_native_status_has_a_meaning() -> None:
    """No member of HighsModelStatus is missing from the table."""
    highspy = pytest.importorskip("highspy")
    assert set(VERDICTS) == set(highspy.HighsModelStatus.__members__)


def test_costs_are_scaled_without_loss() -> None:
    """A divisor comes out, a power of two brings the largest below 2**20."""
    scaled = Scaled.of(np.array([3 * 2**40, -9, 0]))
    assert scaled.divisor == 3
    assert np.array_equal(scaled.values / scaled.factor * scaled.divisor, [3 * 2**40, -9, 0])
    assert np.abs(scaled.values).max() <= 2**20
    assert Scaled.of(np.zeros(2, dtype=np.int64)).divisor == 1
    assert Scaled.of(np.array([4, 6])).bound(2.2) == 6


GOOD = "a mode without faults"


@pytest.mark.parametrize(
    "mode",
    [
        GOOD,
        "infeasible with presolve",
        "error with presolve",
        "dies with presolve",
        "hangs with presolve",
        "prints",
    ],
)
def test_faults_of_presolve_are_overcome(mode: str) -> None:
    """What goes wrong with presolve is tried without before it is believed; noise is no frame."""
    answer = ask(BadEngine(mode), cover(), seconds=4.0)
    assert answer.value == answer.bound == 9
    assert answer.stopped_by is StoppedBy.PROOF
    workers.close_all()


def test_infeasible_is_believed_only_twice() -> None:
    """Both settings agree: proven, if no vector is known; a known vector refutes it."""
    mip = cover()
    answer = ask(BadEngine("infeasible"), mip)
    assert answer.infeasible
    start = np.array([3, 3])
    refuted = ask(BadEngine("infeasible"), mip, start=start)
    assert not refuted.infeasible
    assert refuted.stopped_by is StoppedBy.ERROR
    assert refuted.x is not None
    assert refuted.x.tolist() == [3, 3]
    assert "infeasible" in refuted.detail


def box() -> Mip:
    """Least x0 + x1 in 0..3 with x0 + x1 <= 5, so that zeros are best and threes break the row."""
    builder = Builder()
    x = builder.columns("x", 0, 3, size=2)
    row = builder.rows("row", 0, 5, size=1)
    builder.entries(row, x, 1)
    builder.cost("cost", x, -1)
    return builder.build([("cost", 1)])


@pytest.mark.alone
@pytest.mark.parametrize(
    ("mode", "stopped_by", "value"),
    [
        ("hangs", StoppedBy.TIME, None),
        ("hangs after a vector", StoppedBy.TIME, 0),
        ("dies after a vector", StoppedBy.ERROR, 0),
        ("out of memory", StoppedBy.MEMORY, None),
        ("new word", StoppedBy.ERROR, None),
        ("breaks rows", StoppedBy.ERROR, None),
        ("NaN", StoppedBy.ERROR, None),
    ],
)
def test_a_broken_solver_is_named_and_its_vectors_kept(
    mode: str, stopped_by: StoppedBy, value: int | None
) -> None:
    """Whatever happens, the answer comes in time, is exact, and says why the search ended."""
    began = time.monotonic()
    answer = ask(BadEngine(mode), box(), seconds=1.0)
    assert time.monotonic() - began < 1.5
    assert answer.stopped_by is stopped_by
    assert answer.value == value
    assert not answer.infeasible


def test_a_bound_that_a_vector_refutes_is_withdrawn() -> None:
    """The solver claims at least 1,000,000; the vector of value 0 shows that it errs."""
    answer = ask(BadEngine("too high a bound"), box())
    assert answer.value == 0
    assert answer.bound == -6
    assert answer.bound_proof == "trivial"
    assert answer.stopped_by is StoppedBy.ERROR
