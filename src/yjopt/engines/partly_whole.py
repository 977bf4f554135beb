"""Models with only some columns whole: what most else hangs on, such as what is opened and who is sent.

Of a large model with everything whole a solver proves little in time, and its linear relaxation says less. With those
few columns whole on which most else hangs it proves more, and for small pieces everything: what they decide leaves the
rest next to nothing to choose, so that their plan is whole in a moment, too.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

import numpy as np

from yjopt.engines.components import split
from yjopt.engines.engine import trivial_bound
from yjopt.engines.highs import VERDICTS
from yjopt.engines.outcome import StoppedBy, gap
from yjopt.engines.regions import RegionEngine
from yjopt.engines.remote import RemoteEngine, Reply, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from yjopt.engines.components import Part
    from yjopt.engines.engine import Limit, SingleOutcome
    from yjopt.engines.search import Search
    from yjopt.model.mip import BoolArray, FloatArray, IntArray, Mip

#: Seconds with less than which nothing is begun.
LEAST_SECONDS: Final = 0.05

#: A bound that has risen by no more than this part of itself in the last part of the time, and in so many seconds, is
#: taken to rise no more.
HARDLY, LATELY, LEAST_LATELY = 0.01, 0.35, 6.0

#: What is used by less is not used.
LEAST: Final = 1e-6

#: Relative gap at which a small piece is left, as what it still lacks is nothing beside the largest; and up to which
#: one is closed with what most hangs on decided.
NEAR, GAP = 2e-3, 1e-4


class PartlyWhole(NamedTuple):
    """What a solver has found of a model with some columns whole.

    Attributes
    ----------
    bound : int
        In quanta; what the column bounds alone prove where the solver proved nothing.
    is_proven : bool
        The solver did.
    values : float64[columns]
        Its best vector, the start where it has none that costs less.
    interrupted : bool
        Ctrl-C came.
    """

    bound: int
    is_proven: bool
    values: FloatArray
    interrupted: bool = False


class Settled(NamedTuple):
    """A model of which all independent pieces but the largest were solved.

    Attributes
    ----------
    x : int64[columns]
        The start, better where a piece was.
    bound : int
        Of all but the largest piece, in quanta.
    open : Part or None
        That piece.
    solved : bool[columns]
        Those of the pieces that were solved; in others the start may be far from the best.
    interrupted : bool
        Ctrl-C came.
    """

    x: IntArray
    bound: int
    open: Part | None
    solved: BoolArray
    interrupted: bool = False

    def put_in(self, x: IntArray) -> IntArray:
        """A plan with the pieces that were solved as they are here."""
        return np.where(self.solved, self.x, x)


class _Rise:
    """When a bound rises no more: what comes after the rounds of cuts takes long and gives little."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._known: list[tuple[float, int]] = []

    def note(self, _: str, __: int | None, bound: int | None) -> None:
        if bound is not None:
            self._known.append((time.monotonic(), bound))

    def is_over(self) -> bool:
        """Whether the bound has hardly risen in the last part of the time."""
        now = time.monotonic()
        lately = now - max(LATELY * (now - self._began), LEAST_LATELY)
        before = [bound for at, bound in self._known if at <= lately]
        return bool(before) and self._known[-1][1] - before[-1] <= HARDLY * abs(before[-1])


class _Engine(RemoteEngine):
    """HiGHS asked once, with continuous columns: without presolve, which errs on such models."""

    module: ClassVar[str] = "yjopt.engines.highs_worker"
    verdicts: ClassVar[Mapping[str, Verdict]] = VERDICTS

    def __init__(self, whole: BoolArray, seed: int, stop: Callable[[], bool] | None) -> None:
        super().__init__(seed=seed, stop=stop)
        self.whole = whole
        self.values: FloatArray | None = None

    def _search(self, search: Search, gap: float, deadline: float) -> Reply:
        reply = self._ask(search, gap, deadline, presolve=False, integer=self.whole, is_mixed=True)
        self.values = search.rough
        # The best vector of such a model need not be whole: nothing went wrong.
        return Reply(Verdict.TIME) if reply.verdict is Verdict.OPTIMAL else reply


def partly_whole(
    mip: Mip,
    cost: IntArray,
    whole: BoolArray,
    start: IntArray,
    *,
    limits: tuple[Limit, ...] = (),
    relative_gap: float = 0.0,
    deadline: float,
    seed: int = 0,
    stop: Callable[[], bool] | None = None,
) -> PartlyWhole:
    """Minimise with some columns whole.

    Parameters
    ----------
    mip : Mip
    cost : int64[columns]
    whole : bool[columns]
    start : int64[columns]
        A plan.
    limits : tuple of Limit
        Rows that every plan keeps, and its relaxation does not.
    relative_gap : float
        At which it ends.
    deadline : float
        By `time.monotonic`.
    seed : int
        Of the solver.
    stop : callable, optional
        Asked while the solver runs; where it answers True, what is there by then is the answer.
    """
    values, trivial = start.astype(np.float64), trivial_bound(mip, cost)
    if deadline - time.monotonic() < LEAST_SECONDS:
        return PartlyWhole(trivial, False, values)
    rise = _Rise()
    engine = _Engine(whole & mip.integer, seed, lambda: rise.is_over() or (stop is not None and stop()))
    answer = engine.minimise(
        mip, cost, limits=limits, start=start, gap=relative_gap, deadline=deadline, on_progress=rise.note
    )
    if engine.values is not None:
        values = engine.values
    elif answer.x is not None:
        values = answer.x.astype(np.float64)
    is_proven = answer.bound_proof == "solver" and answer.stopped_by is not StoppedBy.ERROR
    bound = trivial if answer.bound is None or not is_proven else answer.bound
    return PartlyWhole(bound, is_proven, values, answer.stopped_by is StoppedBy.INTERRUPT)


def settled(
    mip: Mip,
    cost: IntArray,
    whole: BoolArray,
    signs: BoolArray,
    start: IntArray,
    *,
    deadline: float,
    seed: int = 0,
) -> Settled:
    """Solve the independent pieces of a model but the largest, where that can be done in time.

    Parameters
    ----------
    mip, cost, whole, start, deadline, seed
        As for `partly_whole`.
    signs : bool[columns]
        Columns that say whether others may be used.
    """
    pieces = split(mip)
    free = np.zeros(mip.num_columns, dtype=np.int64)
    free[pieces.free] = cost[pieces.free]
    x, bound, solved = start.copy(), trivial_bound(mip, free), np.zeros(mip.num_columns, dtype=np.bool_)
    for piece in pieces.parts[:-1]:
        here, small = piece.columns, mip.restrict(piece.columns, piece.rows)
        found = partly_whole(
            small, cost[here], whole[here], start[here], relative_gap=NEAR, deadline=deadline, seed=seed
        )
        bound += found.bound
        if found.interrupted:
            return Settled(x, bound, None, solved, True)
        if gap(round(float(cost[here] @ found.values)), found.bound) <= NEAR:
            kept = whole[here] & small.integer
            # Where the rest does not go with all that is decided, it may go with only what is not used as it is.
            for fixed in (kept, small.integer & ~signs[here] & (found.values <= LEAST)):
                made = made_whole(
                    small, cost[here], fixed, found.values, gap=GAP, deadline=deadline, seed=seed
                )
                if made.stopped_by is StoppedBy.INTERRUPT:
                    return Settled(x, bound, None, solved, True)
                if made.x is not None:
                    x[here], solved[here] = _better(small, made.x, start[here]), True
                    break
    return Settled(x, bound, pieces.parts[-1] if pieces.parts else None, solved)


def made_whole(
    mip: Mip,
    cost: IntArray,
    kept: BoolArray,
    values: FloatArray,
    *,
    gap: float,
    deadline: float,
    seed: int = 0,
) -> SingleOutcome:
    """A plan with some columns as in a vector, found by a solver.

    Parameters
    ----------
    mip, cost, deadline, seed
        As for `partly_whole`.
    kept : bool[columns]
        Where the vector is whole.
    values : float64[columns]
    gap : float
        At which the solver may stop.

    Returns
    -------
    SingleOutcome
        Its bound is one among such plans only.
    """
    fixed = np.rint(values)
    small = replace(mip, lower=np.where(kept, fixed, mip.lower), upper=np.where(kept, fixed, mip.upper))
    return RegionEngine(seed=seed).minimise(small, cost, gap=gap, deadline=deadline)


def _better(mip: Mip, made: IntArray, start: IntArray) -> IntArray:
    """Which of two plans is better in the order of stages."""
    is_better = [stage.value(made) for stage in mip.stages] < [stage.value(start) for stage in mip.stages]
    return made if is_better else start
