"""Better plans by regions: free a few thousand columns that hang together, fix the rest, solve, go on.

A large neighbourhood search (Shaw, 1998, doi:10.1007/3-540-49481-2_30) on the
matrix alone. A whole model of a city is more than a solver improves in a minute;
a region of it is solved in about a second, and what it gains stays. Where a
relaxation's vector is known it guides: to the seeds at which most can be gained,
and every other time to the columns in which plan and relaxation differ
(relaxation induced neighbourhoods: Danna, Rothberg and Le Pape, 2005,
doi:10.1007/s10107-004-0518-7).
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from yjopt.engines.fixing import Plan
from yjopt.engines.highs import VERDICTS
from yjopt.engines.neighbours import Neighbours
from yjopt.engines.outcome import StoppedBy
from yjopt.engines.remote import RemoteEngine

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from yjopt.engines.engine import Engine
    from yjopt.engines.fixing import Cut
    from yjopt.engines.remote import Reply, Verdict
    from yjopt.engines.search import Search
    from yjopt.model.mip import BoolArray, FloatArray, IntArray, Mip

FIRST_SIZE, LEAST_SIZE = 400, 100
"""Free columns of a region: at first, and the least it comes to. It grows while regions are closed quickly."""

AIM, LONGEST = 0.4, 1.0
"""Seconds that a region should take, and at most gets."""

GAP = 1e-3
"""Relative gap at which a region is left: the next one gains more than its last thousandth."""

RESERVE = 0.05
"""Seconds before the deadline at which the last region is to end."""

LEAST_SECONDS = 0.1
"""With less than this left no region is begun."""

FIRST_CHANCE = 0.7
"""How often at most a stage is worked on when the ones before it have been passed over."""

FORGET = 0.35
"""What is left of a seed's chance after a region around it gave nothing; of those inside its square root."""

CHEAP, DIFFERENT = 1e-6, 0.5
"""A column with a guide's value above its bound by more than the first is in use there; one that lies further than
the second from the plan's value differs."""

AT_RANDOM = 0.15
"""Share of the columns not in use that a region may follow all the same."""

GUIDED_AWAY = 0.05
"""What a cost that the guide pays, too, counts for a seed: its cause may lie elsewhere."""

RATIO = 64.0
"""By how much the least coefficient of a stage outweighs the largest of the next in a region's cost."""

WHOLE_COST, FINE = 2.0**52, 2.0**20
"""Largest coefficient of a region's cost, and into how many parts a quantum of its first stage is divided for the
later ones."""

_log = logging.getLogger("yjopt")


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


def improve(
    mip: Mip,
    x: IntArray,
    deadline: float,
    *,
    engine: Engine | None = None,
    guide: FloatArray | None = None,
    seed: int = 0,
    on_better: Callable[[IntArray, tuple[int, ...]], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> IntArray:
    """Better a plan region by region, lexicographically in the model's stages.

    Parameters
    ----------
    mip : Mip
    x : int64[columns]
        A plan: keeps every row and bound.
    deadline : float
        On the clock of `time.monotonic`.
    engine : Engine, optional
        Solves the regions; default HiGHS in a process of its own.
    guide : float64[columns], optional
        Values of a relaxation: where it is better, regions begin.
    seed : int
        Seed of the random choices.
    on_better : callable, optional
        Told every better plan and its stage values in quanta; the array is a copy.
    stop : callable, optional
        Asked between regions; the search ends when it answers True.

    Returns
    -------
    int64[columns]
        A plan that is never worse; `x` itself (a copy) when nothing better was found. On Ctrl-C the best so far.
    """
    run = Improvement(mip, x, engine=engine, guide=guide, seed=seed, on_better=on_better, stop=stop)
    run.until(deadline)
    return run.x


class Improvement:
    """A search by regions that can be gone on with; see `improve` for the parameters.

    Attributes
    ----------
    interrupted : bool
        Whether Ctrl-C ended it.
    finished : bool
        Whether no region can give anything more: all of the model was free in the last ones, and closed.
    tally : Tally
    """

    def __init__(
        self,
        mip: Mip,
        x: IntArray,
        *,
        engine: Engine | None = None,
        guide: FloatArray | None = None,
        seed: int = 0,
        on_better: Callable[[IntArray, tuple[int, ...]], None] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> None:
        self._mip = mip
        self._engine = engine or RegionEngine(seed=seed)
        self._guide = guide
        self._on_better, self._stop = on_better, stop
        self._random = np.random.default_rng(seed)
        self._plan = Plan(mip, x)
        self._graph = Neighbours(mip)
        self._size = FIRST_SIZE
        self._chances = [np.ones(len(stage.columns)) for stage in mip.stages]
        self._stage_of_whole = 0
        self._turn = 0
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
        """Whether every stage was closed with all columns free."""
        return self._stage_of_whole >= len(self._mip.stages)

    def until(self, deadline: float) -> None:
        """Go on until the deadline, until `stop` says so, Ctrl-C, or nothing is left to gain."""
        try:
            while not (self.finished or self.interrupted or (self._stop is not None and self._stop())):
                left = deadline - RESERVE - time.monotonic()
                if left < LEAST_SECONDS:
                    break
                self._step(min(left, LONGEST))
        except KeyboardInterrupt:
            self.interrupted = True
            # It may have come while an answer was put in: the vector is sound, sums beside it may lag behind.
            self._plan = Plan(self._mip, self._plan.x)

    def _step(self, seconds: float) -> None:
        """One region: chosen, solved, taken if better, learned from."""
        whole = self._size >= len(self._graph.movable)
        if whole:
            stage, columns = self._stage_of_whole, self._graph.movable
        else:
            stage, seed = self._choose()
            if stage == len(self._mip.stages):
                self._stage_of_whole = stage
                return
            columns = self._graph.grow(seed, self._matters(), self._size, self._random)
        cut = self._plan.cut(columns)
        began = time.monotonic()
        answer = self._engine.minimise(
            cut.mip,
            self._plan.cost(stage, columns) if whole else self._blend(stage, cut),
            limits=self._plan.limits(cut, stage),
            start=cut.start,
            gap=0.0 if whole else GAP,
            deadline=began + seconds,
        )
        took = time.monotonic() - began
        self.interrupted = answer.stopped_by is StoppedBy.INTERRUPT
        closed = answer.stopped_by in (StoppedBy.PROOF, StoppedBy.GAP)
        better = answer.x is not None and self._take(cut, answer.x)
        self._learn(stage, cut, better=better, closed=closed, took=took)
        if whole and closed:
            # Held by a limit from now on, so that no later region opens it again.
            self._stage_of_whole = stage + 1

    def _take(self, cut: Cut, x: IntArray) -> bool:
        """Keep an answer if it is better in the first stage that it changes."""
        change = next((c for c in self._plan.change(cut, x) if c), 0)
        if change >= 0 or not self._plan.take(cut, x):
            self.tally.refused += change > 0
            return False
        if self._on_better is not None:
            self._on_better(self.x, self.values)
        return True

    def _learn(self, stage: int, cut: Cut, *, better: bool, closed: bool, took: float) -> None:
        """Adapt size and chances to what a region gave."""
        self.tally.regions += 1
        self.tally.better += better
        self.tally.late += not closed
        if took > AIM:
            self._size = max(LEAST_SIZE, int(0.85 * self._size))
        elif closed and took < AIM / 2:
            self._size = int(1.15 * self._size) + 1
        inside = np.zeros(self._mip.num_columns, dtype=np.bool_)
        inside[cut.columns] = True
        for k, own in enumerate(self._mip.stages):
            here = inside[own.columns]
            if better:
                self._chances[k][here] = 1.0
            elif k >= stage:
                self._chances[k][here] *= FORGET if k == stage else FORGET**0.5

    def _choose(self) -> tuple[int, IntArray]:
        """A stage, and the column to begin from: where it costs most, less so where it was tried in vain.

        Earlier stages come first, but not always: a stage in which much was tried in vain is passed over more
        often. The number of stages when every one is as good as can be.
        """
        first: tuple[int, IntArray] | None = None
        for k, stage in enumerate(self._mip.stages):
            excess = self._excess(k)
            total = float(excess.sum())
            if total <= 0:
                continue
            weight = np.sqrt(excess) * self._chances[k]
            at = self._random.choice(len(weight), p=weight / weight.sum())
            chosen = (k, stage.columns[at : at + 1])
            hope = float(excess @ self._chances[k]) / total
            if self._random.random() < FIRST_CHANCE * min(1.0, 2 * hope):
                return chosen
            first = first or chosen
        return first or (len(self._mip.stages), np.zeros(0, dtype=np.int64))

    def _excess(self, stage: int) -> FloatArray:
        """What each column of a stage costs beyond the least it might; less where the guide has to pay it, too."""
        own, x = self._mip.stages[stage], self._plan.x
        value = own.coefficients * x[own.columns].astype(np.float64)
        bounds = self._mip.lower[own.columns], self._mip.upper[own.columns]
        least = np.minimum(own.coefficients * bounds[0], own.coefficients * bounds[1])
        excess = np.asarray(value - least, dtype=np.float64)
        if self._guide is None:
            return excess
        gain = np.maximum(value - own.coefficients * self._guide[own.columns], 0.0)
        return np.asarray(np.where(excess > 0, gain + GUIDED_AWAY * excess, 0.0), dtype=np.float64)

    def _matters(self) -> BoolArray:
        """Columns that regions follow, by turns.

        Those in which plan and guide differ; those that one of them uses; those that the plan uses and some
        others at random, which no relaxation has thought of.
        """
        used = self._plan.x > self._mip.lower
        self._turn += 1
        if self._guide is None or self._turn % 3 == 0:
            return used | (self._random.random(len(used)) < AT_RANDOM)
        if self._turn % 3 == 1:
            return np.asarray(np.abs(self._plan.x - self._guide) > DIFFERENT)
        return used | (self._guide > self._mip.lower + CHEAP)

    def _blend(self, stage: int, cut: Cut) -> IntArray:
        """A stage's cost on a region, the later ones beneath it, each outweighed by the one before."""
        total = np.zeros(len(cut.columns))
        weight, least = 1.0, 0.0
        for k in range(stage, len(self._mip.stages)):
            cost = self._plan.cost(k, cut.columns).astype(np.float64)
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
