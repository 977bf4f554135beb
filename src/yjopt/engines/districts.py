"""Models too large for one linear programme, taken district by district, the others kept to the plan at hand.

A district's relaxation says what it would use if all others stood still. It cannot move what is shared far, but a
country's provinces share little. A search by regions runs in one district after the other, on its own small matrix.
"""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from yjopt.engines.fixing import Plan
from yjopt.engines.regions import Improvement, Tally
from yjopt.engines.relaxation import Relaxation
from yjopt.engines.threads import threads
from yjopt.model.mip import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from threading import Event

    from yjopt.engines.fixing import Cut
    from yjopt.engines.relaxation import RelaxedOutcome
    from yjopt.model.mip import BoolArray, FloatArray, IntArray, Mip

#: Seconds of a district's search by regions, at least.
LEAST_SEARCH: Final = 1.0

#: By how much a district may take longer than its share of the time, as others take less.
AHEAD: Final = 3.0


def columns_of(codes: IntArray) -> list[IntArray]:
    """Columns of each district, sorted; the largest district first.

    Parameters
    ----------
    codes : int64[columns]
        District of each column.
    """
    order = np.argsort(codes, kind="stable")
    cuts = np.flatnonzero(np.diff(codes[order])) + 1
    return sorted(np.split(order, cuts), key=len, reverse=True) if len(codes) else []


def small_model(mip: Mip, plan: Plan, columns: IntArray) -> tuple[Cut, Mip]:
    """One district of a plan as a model of its own, with all stages."""
    cut = plan.cut(columns)
    stages = []
    for k, stage in enumerate(mip.stages):
        cost = plan.cost(k, columns)
        used = np.flatnonzero(cost)
        stages.append(Stage(stage.name, used, cost[used], 0, stage.unit))
    return cut, replace(cut.mip, integer=mip.integer[columns], stages=tuple(stages))


class Apart(NamedTuple):
    """What each district would use if all others kept to a plan.

    Attributes
    ----------
    values : float64[columns]
        Those of the plan where a district found no time.
    duals : float64[rows]
        The largest of those of the districts that a row touches: what is scarce to one of them costs all; 0 where none
        was solved.
    solved : bool[columns]
        Whether a column's district was.
    """

    values: FloatArray
    duals: FloatArray
    solved: BoolArray


def relaxed_apart(
    mip: Mip,
    x: IntArray,
    districts: Sequence[IntArray],
    cost: FloatArray,
    *,
    deadline: float,
    seed: int = 0,
    processes: int = 1,
    stop: Callable[[], bool] | None = None,
) -> Apart | None:
    """What each district would use if all others kept to the plan.

    Parameters
    ----------
    mip : Mip
    x : int64[columns]
        A plan.
    districts : sequence of int64 array
        Columns of each, see `columns_of`.
    cost : float64[columns]
        That of the guiding relaxation.
    deadline : float
        By `time.monotonic`.
    seed : int
        Of the solver.
    processes : int
        Districts solved at once.
    stop : callable, optional
        Asked while solvers run; where it answers True, they end as at the deadline.

    Returns
    -------
    Apart or None
        None after Ctrl-C.
    """
    plan, lock = Plan(mip, x), Lock()
    waiting = sum(map(len, districts))

    def relax(ended: Event, columns: IntArray) -> tuple[IntArray, RelaxedOutcome]:
        nonlocal waiting
        with lock:
            left = max(deadline - time.monotonic(), 0.0)
            until = time.monotonic() + min(left, AHEAD * processes * left * len(columns) / max(waiting, 1))
            waiting -= len(columns)
            cut = plan.cut(columns)
        with Relaxation(cut.mip, seed, lambda: ended.is_set() or (stop is not None and stop())) as relaxation:
            return cut.rows, relaxation.minimise(cost[columns], deadline=until)

    values, duals = x.astype(np.float64), np.zeros(mip.num_rows)
    solved = np.zeros(mip.num_columns, dtype=np.bool_)
    try:
        with threads(processes, "districts") as (pool, ended):
            for columns, (rows, found) in zip(
                districts, pool.map(partial(relax, ended), districts), strict=True
            ):
                if found.optimal and found.values is not None and found.duals is not None:
                    values[columns], solved[columns] = found.values, True
                    larger = np.abs(found.duals) > np.abs(duals[rows])
                    duals[rows] = np.where(larger, found.duals, duals[rows])
    except KeyboardInterrupt:
        return None
    return Apart(values, duals, solved)


class DistrictSearch:
    """A search by regions, one district after the other; used as `regions.Improvement` is.

    Parameters
    ----------
    mip : Mip
    x : int64[columns]
        A plan.
    districts : sequence of int64 array
        Columns of each.
    guide : float64[columns], optional
        Values of a relaxation.
    seed, processes, on_better, stop
        As for `regions.Improvement`.

    Attributes
    ----------
    interrupted : bool
        Whether Ctrl-C ended it.
    tally : Tally
        Of all districts together.
    """

    def __init__(
        self,
        mip: Mip,
        x: IntArray,
        districts: Sequence[IntArray],
        *,
        guide: FloatArray | None = None,
        seed: int = 0,
        processes: int = 1,
        on_better: Callable[[IntArray, tuple[int, ...]], None] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> None:
        self._stop = stop
        self._mip, self._districts = mip, districts
        self._guide, self._seed, self._processes, self._on_better = guide, seed, processes, on_better
        self._plan = Plan(mip, x)
        self._next = self._done = 0
        self.interrupted = False
        self.tally = Tally()

    @property
    def x(self) -> IntArray:
        """The best plan so far, a copy."""
        return self._plan.x.copy()

    def leave(self, stages: int) -> None:
        """Let the first stages be: they are near enough, and are held from now on."""
        self._done = max(self._done, stages)

    def restart(self, x: IntArray) -> None:
        """Go on from another plan, with the district whose turn it is."""
        self._plan = Plan(self._mip, x)
        self.interrupted = False

    def until(self, deadline: float) -> None:
        """Go on until a deadline by `time.monotonic`, or Ctrl-C: all districts once, in time by their size."""
        began = time.monotonic()
        for columns, share in self._turns():
            now = time.monotonic()
            seconds = max(share * (deadline - began), LEAST_SEARCH)
            is_over = self.interrupted or (self._stop is not None and self._stop())
            if is_over or deadline - now < LEAST_SEARCH / 2:
                return
            self._better(columns, min(now + seconds, deadline))
            self._next += 1

    def _turns(self) -> Iterator[tuple[IntArray, float]]:
        """Every district once, from the one whose turn it is, with its share of the time."""
        total, begin = sum(map(len, self._districts)), self._next
        for turn in range(begin, begin + len(self._districts)):
            columns = self._districts[turn % len(self._districts)]
            yield columns, len(columns) / total

    def _better(self, columns: IntArray, deadline: float) -> None:
        """Search one district, and put what was found back."""
        cut, small = small_model(self._mip, self._plan, columns)
        search = Improvement(
            small,
            cut.start,
            guide=None if self._guide is None else self._guide[columns],
            seed=self._seed + self._next,
            processes=self._processes,
        )
        search.leave(self._done)
        search.until(deadline)
        self.interrupted |= search.interrupted
        self.tally += search.tally
        if np.array_equal(search.x, cut.start) or not self._plan.take(cut, search.x):
            return
        if self._on_better is not None:
            self._on_better(self.x, tuple(self._plan.values))
