"""Models too large for one linear programme, taken district by district, each with what the others leave.

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

#: What is used in a row is known up to this part of it.
ROUNDED: Final = 1e-9


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
    """What the districts would use, each with what the others leave.

    Attributes
    ----------
    values : float64[columns]
        Those of the plan where a district found no time.
    solved : bool[columns]
        Whether a column's district was.
    """

    values: FloatArray
    solved: BoolArray


def relaxed_apart(
    mip: Mip,
    x: IntArray,
    districts: Sequence[IntArray],
    cost: FloatArray,
    *,
    deadline: float,
    turns: int = 1,
    seed: int = 0,
    processes: int = 1,
    stop: Callable[[], bool] | None = None,
) -> Apart | None:
    """What the districts would use, relaxed one after the other with what the others leave (Gauss and Seidel's way).

    Parameters
    ----------
    mip : Mip
    x : int64[columns]
        A plan: what a district uses before its turn comes.
    districts : sequence of int64 array
        Columns of each, see `columns_of`.
    cost : float64[columns]
        That of the guiding relaxation.
    deadline : float
        By `time.monotonic`.
    turns : int
        Of each district. In the second it goes on from what all use after the first.
    seed : int
        Of the solver.
    processes : int
        Districts solved at once; they know nothing of each other, and may together take more than there is.
    stop : callable, optional
        Asked while solvers run; where it answers True, they end as at the deadline.

    Returns
    -------
    Apart or None
        None after Ctrl-C.
    """
    using = _Using(mip, x, cost)
    for turn in range(turns):
        soon = time.monotonic() + (deadline - time.monotonic()) / (turns - turn)
        if not in_turn(
            districts, using.left_to, using.take, deadline=soon, seed=seed, processes=processes, stop=stop
        ):
            return None
    return Apart(using.values, using.solved)


class Left(NamedTuple):
    """The linear programme of a district while the others stand still.

    Attributes
    ----------
    mip : Mip
        Of the columns and rows that are its own to decide, with what the others leave of them.
    cost : float64[columns]
    rows, columns : int64 array
        Their numbers in the whole.
    """

    mip: Mip
    cost: FloatArray
    rows: IntArray
    columns: IntArray


def in_turn(
    districts: Sequence[IntArray],
    left_to: Callable[[IntArray], Left],
    take: Callable[[Left, RelaxedOutcome], None],
    *,
    deadline: float,
    seed: int = 0,
    processes: int = 1,
    stop: Callable[[], bool] | None = None,
) -> bool:
    """Relax one district after the other, each in a share of the time by its size; False after Ctrl-C.

    Parameters
    ----------
    districts : sequence of int64 array
        What each is known by.
    left_to : callable
        What is left to a district, as all stand when its turn comes.
    take : callable
        Puts its optimum back. It is not called where there was none in time, and like `left_to` never twice at once.
    deadline, seed, processes, stop
        As for `relaxed_apart`.
    """
    lock, waiting = Lock(), sum(map(len, districts))

    def relax(ended: Event, district: IntArray) -> None:
        nonlocal waiting
        with lock:
            seconds = max(deadline - time.monotonic(), 0.0)
            share = processes * len(district) / max(waiting, 1)
            until = time.monotonic() + seconds * min(1.0, AHEAD * share)
            waiting -= len(district)
            left = left_to(district)
        with Relaxation(
            left.mip, seed, lambda: ended.is_set() or (stop is not None and stop())
        ) as relaxation:
            found = relaxation.minimise(left.cost, deadline=until)
        if found.optimal:
            with lock:
                take(left, found)

    try:
        with threads(processes, "districts") as (pool, ended):
            for _ in pool.map(partial(relax, ended), districts):
                pass
    except KeyboardInterrupt:
        return False
    return True


class _Using:
    """What all use while one district after the other is relaxed."""

    def __init__(self, mip: Mip, x: IntArray, cost: FloatArray) -> None:
        self._plan, self._cost, self._more = Plan(mip, x), cost, np.zeros(mip.num_rows)
        self.values = x.astype(np.float64)
        self.solved = np.zeros(mip.num_columns, dtype=np.bool_)

    def left_to(self, columns: IntArray) -> Left:
        """At least what a district uses now is left to it."""
        cut = self._plan.cut(columns)
        used = cut.mip.matrix @ self.values[columns]
        # Of what is used in a row more than by the plan, this district's own use is not in its way.
        more = self._more[cut.rows] - (used - cut.mip.matrix @ cut.start)
        lower, upper = cut.mip.row_lower - more, cut.mip.row_upper - more
        # Sums of large numbers err in the last digits, and what is used must stay possible.
        spare = ROUNDED * np.maximum(np.abs(used), 1.0)
        sides = {"row_lower": np.minimum(lower, used) - spare, "row_upper": np.maximum(upper, used) + spare}
        mip = replace(cut.mip, **sides)
        return Left(mip, self._cost[columns], cut.rows, columns)

    def take(self, left: Left, found: RelaxedOutcome) -> None:
        """Let a district use what its relaxation says."""
        if found.values is None:
            return
        columns = left.columns
        self._more[left.rows] += left.mip.matrix @ (found.values - self.values[columns])
        self.values[columns], self.solved[columns] = found.values, True


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
