"""Better plans by regions: free a few hundred columns that hang together, fix the rest, solve, go on.

A large neighbourhood search (Shaw, 1998, doi:10.1007/3-540-49481-2_30) on the
matrix alone. A whole model of a city is more than a solver improves in a minute;
a region of it is solved in about a second, and what it gains stays. Where a
relaxation's vector is known it guides: to the seeds at which most can be gained,
and every other time to the columns in which plan and relaxation differ
(relaxation induced neighbourhoods: Danna, Rothberg and Le Pape, 2005,
doi:10.1007/s10107-004-0518-7).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from yjopt.engines.exchanges import Exchanges
from yjopt.engines.fixing import Plan
from yjopt.engines.highs import VERDICTS
from yjopt.engines.neighbours import Neighbours
from yjopt.engines.outcome import StoppedBy
from yjopt.engines.remote import RemoteEngine
from yjopt.engines.seeding import Seeding

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from yjopt.engines.engine import Engine, SingleOutcome
    from yjopt.engines.fixing import Cut
    from yjopt.engines.remote import Reply, Verdict
    from yjopt.engines.search import Search
    from yjopt.model.mip import FloatArray, IntArray, Mip

FIRST_SIZE, LEAST_SIZE = 450, 250
"""Free columns of a region: at first, and the least it comes to. It grows while regions are closed quickly."""

AIM, LONGEST = 0.3, 1.0
"""Seconds that a region should take, and at most gets."""

MORE, MOST_PATIENCE = 1.0, 4.0
"""By how much a region gets larger and its time longer for each one around the same seed that gave nothing, and how
many times the usual at most."""

GAP = 1e-3
"""Relative gap at which a region is left: the next one gains more than its last thousandth."""

RESERVE = 0.05
"""Seconds before the deadline at which the last region is to end."""

LEAST_SECONDS = 0.1
"""With less than this left no region is begun."""

EXCHANGE_SHARE = 0.1
"""Part of the time that exchanges may take beside regions, once the first is done."""

LOOK_AGAIN = 10.0
"""Seconds after which it is asked again whether exchanges could save anything, where they could not."""

RATIO = 64.0
"""By how much the least coefficient of a stage outweighs the largest of the next in a region's cost."""

WHOLE_COST, FINE = 2.0**52, 2.0**20
"""Largest coefficient of a region's cost, and into how many parts a quantum of its first stage is divided for the
later ones."""


class RegionEngine(RemoteEngine):
    """HiGHS asked once, whole and without second thoughts: an answer missed costs one region."""

    module: ClassVar[str] = "yjopt.engines.highs_worker"
    verdicts: ClassVar[Mapping[str, Verdict]] = VERDICTS

    def _search(self, search: Search, gap: float, deadline: float) -> Reply:
        return self._ask(search, gap, deadline)


@dataclass
class Tally:
    """What happened: regions solved, of these better, not solved to the gap, and not to be used."""

    regions: int = 0
    better: int = 0
    late: int = 0
    refused: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.regions + other.regions,
            self.better + other.better,
            self.late + other.late,
            self.refused + other.refused,
        )


@dataclass(frozen=True, eq=False)
class Region:
    """A region to be solved.

    Attributes
    ----------
    stage : int
        The stage that it is for.
    way : int
        How it was grown, see `seeding.Seeding`.
    cut : Cut
    patience : float
        How many times the usual seconds it may take.
    whole : bool
        It is all of the model.
    """

    stage: int
    way: int
    cut: Cut
    patience: float = 1.0
    whole: bool = False


class Improvement:
    """A search by regions that can be gone on with: in the order of stages a plan becomes better, never worse.

    Parameters
    ----------
    mip : Mip
    x : int64[columns]
        A plan: keeps every row and bound.
    engine : Engine, optional
        Solves the regions; default HiGHS in processes of its own.
    guide : float64[columns], optional
        Values of a relaxation: where it is better, regions begin.
    seed : int
        Seed of the random choices.
    processes : int
        Regions solved at once; they share no row.
    on_better : callable, optional
        Told every better plan and its stage values in quanta; the array is a copy.
    stop : callable, optional
        Asked between regions; the search ends when it answers True.

    Attributes
    ----------
    interrupted : bool
        Whether Ctrl-C ended it.
    processes : int
        As above; it may be changed between two searches.
    tally : Tally

    Raises
    ------
    EngineError
        If the solver is missing, or sums of the model are beyond exactness.
    """

    def __init__(
        self,
        mip: Mip,
        x: IntArray,
        *,
        engine: Engine | None = None,
        guide: FloatArray | None = None,
        seed: int = 0,
        processes: int = 1,
        on_better: Callable[[IntArray, tuple[int, ...]], None] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> None:
        self._mip = mip
        self._engine = engine or RegionEngine(seed=seed)
        self.processes = processes
        self._on_better, self._stop = on_better, stop
        self._random = np.random.default_rng(seed)
        self._plan = Plan(mip, x)
        self._graph = Neighbours(mip)
        self._seeding = Seeding(mip, guide, self._random)
        self._sizes = [FIRST_SIZE for _ in mip.stages]
        self._stage_of_whole = 0
        self._exchanges = Exchanges(mip)
        self._is_changed, self._next_exchange = True, 0.0
        self.interrupted = False
        self.tally = Tally()

    @property
    def x(self) -> IntArray:
        """The best plan so far, a copy."""
        return self._plan.x.copy()

    @property
    def values(self) -> tuple[int, ...]:
        """Its stage values in quanta."""
        return tuple(self._plan.values)

    @property
    def finished(self) -> bool:
        """Whether no region can give more: every stage was closed with all columns free, or costs its least."""
        return self._stage_of_whole >= len(self._mip.stages)

    def until(self, deadline: float) -> None:
        """Go on until a deadline by `time.monotonic`, until `stop` says so, Ctrl-C, or nothing is left to gain."""
        try:
            if self.processes > 1:
                self._several(deadline)
            else:
                self._one_by_one(deadline)
        except KeyboardInterrupt:
            self.interrupted = True
            # It may have come while an answer was put in: the vector is sound, sums beside it may lag behind.
            self._plan = Plan(self._mip, self._plan.x)

    def leave(self, stages: int) -> None:
        """Let the first stages be: they are near enough, and are held from now on."""
        self._stage_of_whole = max(self._stage_of_whole, stages)

    def restart(self, x: IntArray) -> None:
        """Go on from another plan; what was learned of sizes, seeds and ways to grow stays."""
        self._plan, self._is_changed, self._next_exchange = Plan(self._mip, x), True, 0.0
        self._stage_of_whole = 0
        self.interrupted = False

    def _goes_on(self, deadline: float) -> bool:
        """Whether another region is to be begun."""
        if self.finished or self.interrupted or (self._stop is not None and self._stop()):
            return False
        return deadline - time.monotonic() >= RESERVE + LEAST_SECONDS

    def _one_by_one(self, deadline: float) -> None:
        while self._goes_on(deadline):
            self._exchange(deadline)
            region = self._next([])
            if region is None:
                break
            self._settle(region, *self._solve(region, deadline))

    def _several(self, deadline: float) -> None:
        """Regions without common rows at once, each asked for in a thread of its own."""
        from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

        pool = ThreadPoolExecutor(self.processes, thread_name_prefix="yjopt regions")
        under_way: dict[Future[tuple[SingleOutcome, float]], Region] = {}
        try:
            while True:
                if not under_way:
                    self._exchange(deadline)
                while len(under_way) < self.processes and not self._is_due() and self._goes_on(deadline):
                    region = self._next(list(under_way.values()))
                    if region is None:
                        break
                    under_way[pool.submit(self._solve, region, deadline)] = region
                if not under_way:
                    return
                for done in wait(under_way, return_when=FIRST_COMPLETED).done:
                    self._settle(under_way.pop(done), *done.result())
        finally:
            # After Ctrl-C nobody waits for what is under way; it ends with its own short time.
            pool.shutdown(wait=False, cancel_futures=True)

    def _next(self, under_way: list[Region]) -> Region | None:
        """The next region, without a row of those under way; None when there is none to be had now."""
        x, stages = self._plan.x, len(self._mip.stages)
        while self._stage_of_whole < stages and self._seeding.costs_least(self._stage_of_whole, x):
            self._stage_of_whole += 1
        if self.finished:
            return None
        if self._sizes[self._stage_of_whole] >= len(self._graph.movable):
            cut = self._plan.cut(self._graph.movable)
            return None if under_way else Region(self._stage_of_whole, 0, cut, whole=True)
        shut = None
        if under_way:
            rows = np.concatenate([region.cut.rows for region in under_way])
            shut = np.zeros(self._mip.num_columns, dtype=np.bool_)
            shut[self._graph.columns_of(rows)] = True
            for region in under_way:
                shut[region.cut.columns] = True
        seed = self._seeding.choose(x, self._stage_of_whole, shut)
        if seed is None:
            return None
        # What a small region does not better, a larger one may, if it gets more time.
        patience = min(1.0 + MORE * seed.failures, MOST_PATIENCE)
        size = int(patience * self._sizes[seed.stage])
        way, matters = self._seeding.follow(x)
        binding = self._plan.binding()
        columns = self._graph.grow(seed.column, matters, size, self._random, shut, binding)
        if len(columns) < LEAST_SIZE // 2:
            # Little hangs together in this way.
            way, matters = 0, self._seeding.matters(0, x)
            columns = self._graph.grow(seed.column, matters, size, self._random, shut, binding)
        return Region(seed.stage, way, self._plan.cut(columns), patience)

    def _is_due(self) -> bool:
        """Whether exchanges are to be tried again."""
        return self._is_changed and time.monotonic() >= self._next_exchange

    def _exchange(self, deadline: float) -> None:
        """Better a plan that has changed by exchanges, where these are due."""
        if not (self._is_due() and self._goes_on(deadline)):
            return
        began, stages = time.monotonic(), range(self._stage_of_whole, len(self._mip.stages))
        self._is_changed = False
        options, x = self._exchanges.choices.columns, self._plan.x
        costs = (k for k in stages if self._plan.cost(k, options).any())
        stage = next((k for k in costs if not self._seeding.costs_least(k, x)), None)
        if stage is None:
            # Nothing that a choice costs is left to save: others need not wait for that to be found again soon.
            self._next_exchange = time.monotonic() + LOOK_AGAIN
            return
        shut, cost = (
            np.zeros(self._mip.num_columns, dtype=np.bool_),
            np.zeros(self._mip.num_columns, dtype=np.int64),
        )
        for earlier in self._mip.stages[:stage]:
            shut[earlier.columns] = True
        own = self._mip.stages[stage]
        np.add.at(cost, own.columns, own.coefficients)
        better = self._exchanges.better(x, cost, self._random, shut=shut, deadline=deadline)
        changed = np.flatnonzero(better != x)
        if len(changed) and self._take(self._plan.cut(changed), better[changed]) is not None:
            self._tell()
        ended = time.monotonic()
        self._next_exchange = ended + (ended - began) / EXCHANGE_SHARE

    def _solve(self, region: Region, deadline: float) -> tuple[SingleOutcome, float]:
        """Ask the engine; its answer and the seconds it took."""
        began = time.monotonic()
        cut, stage = region.cut, region.stage
        answer = self._engine.minimise(
            cut.mip,
            self._plan.cost(stage, cut.columns) if region.whole else self._blend(stage, cut.columns),
            limits=self._plan.limits(cut, stage),
            start=cut.start,
            gap=0.0 if region.whole else GAP,
            deadline=min(deadline - RESERVE, began + LONGEST * region.patience),
        )
        return answer, time.monotonic() - began

    def _settle(self, region: Region, answer: SingleOutcome, took: float) -> None:
        """Keep an answer if it is better in the first stage that it changes; learn from it."""
        self.interrupted |= answer.stopped_by is StoppedBy.INTERRUPT
        closed = answer.stopped_by in (StoppedBy.PROOF, StoppedBy.GAP)
        first = None if answer.x is None else self._take(region.cut, answer.x)
        self._seeding.learn(region.stage, region.way, region.cut.columns, first=first, took=took)
        self.tally.regions += 1
        self.tally.better += first is not None
        self.tally.late += not closed
        if region.whole and closed:
            # Held by a limit from now on, so that no later region opens it again.
            self._stage_of_whole = region.stage + 1
        aim, size = AIM * region.patience, self._sizes[region.stage]
        if took > aim:
            self._sizes[region.stage] = max(LEAST_SIZE, int(0.85 * size))
        elif closed and took < aim / 2:
            self._sizes[region.stage] = int(1.15 * size) + 1
        if first is not None:
            self._is_changed = True
            self._tell()

    def _tell(self) -> None:
        if self._on_better is not None:
            self._on_better(self.x, self.values)

    def _take(self, cut: Cut, x: IntArray) -> int | None:
        """Put in an answer that is better in the first stage that it changes; that stage."""
        changes = self._plan.change(cut, x)
        first = next((k for k, change in enumerate(changes) if change), None)
        if first is None:
            return None
        if changes[first] > 0 or not self._plan.take(cut, x):
            self.tally.refused += 1
            return None
        return first

    def _blend(self, stage: int, columns: IntArray) -> IntArray:
        """A stage's cost on some columns, the later ones beneath it, each outweighed by the one before."""
        total = np.zeros(len(columns))
        weight, least = 1.0, 0.0
        for k in range(stage, len(self._mip.stages)):
            cost = self._plan.cost(k, columns).astype(np.float64)
            sizes = np.abs(cost[cost != 0])
            if not len(sizes):
                continue
            weight = 1.0 if not least else least / RATIO / sizes.max()
            total += weight * cost
            least = weight * sizes.min()
        largest = float(np.abs(total).max(initial=0.0))
        scale = min(WHOLE_COST / largest, FINE) if largest else 1.0
        blended: IntArray = np.rint(total * scale).astype(np.int64)
        return blended
