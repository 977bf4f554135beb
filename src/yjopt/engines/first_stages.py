"""The first stages of a large model, settled in what they hang on before the rest is looked at.

What a plan is worth in its first stages is decided in a small part of a large model (`subproblem`). There a region is
a whole neighbourhood, and the solver proves bounds that count with whole columns, which the relaxation does not.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from yjopt.engines.ascending import ascended
from yjopt.engines.components import split
from yjopt.engines.districts import relaxed_apart
from yjopt.engines.guidance import Priced
from yjopt.engines.links import relaxed_by_links
from yjopt.engines.regions import Improvement
from yjopt.engines.threads import threads

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Future
    from threading import Event

    from yjopt.engines.components import Part
    from yjopt.engines.relaxation import RelaxedOutcome
    from yjopt.engines.subproblem import Subproblem
    from yjopt.model.mip import FloatArray, IntArray, Mip, Stage

#: How much lighter the stages before the last one weigh where their own columns are only partly in the subproblem:
#: holding them at what the whole plan has costs the bound their full weight for what only the rest breaks.
LIGHTER: Final = 0.01
#: Turns of each district in a relaxation too large for one: the second finds most of what the first has missed.
TURNS: Final = 2
#: Share of the time for these turns; the rest is for prices.
APART_SHARE: Final = 0.7
#: Regions in vain after which a search in a subproblem ends.
PATIENCE: Final = 40


@dataclass(frozen=True, eq=False)
class Relaxed:
    """The relaxation of a subproblem.

    Attributes
    ----------
    values : float64[columns of the subproblem]
        The lower bounds where a piece was not solved in time.
    priced : Priced
        Of the last stage of the subproblem, with duals of all rows of the whole, those of pieces not solved at 0; where
        there was time, with lighter weights for the stages before.
    solved : bool
        Whether all pieces were.
    """

    values: FloatArray
    priced: Priced
    solved: bool


def relaxed(
    mip: Mip,
    sub: Subproblem,
    weights: Mapping[str, float],
    *,
    deadline: float,
    seed: int = 0,
    processes: int = 1,
) -> Relaxed | None:
    """Solve the relaxation of a subproblem, its independent pieces beside one another.

    Parameters
    ----------
    mip : Mip
        The whole.
    sub : Subproblem
    weights : mapping of str to float
        What a natural unit of each stage weighs; those after the subproblem's last one are left out.
    deadline : float
        By `time.monotonic`.
    seed, processes : int
        Of the solver; pieces solved at once.

    Returns
    -------
    Relaxed or None
        None after Ctrl-C.
    """
    stages = sub.mip.stages[: sub.last + 1]
    both = [weights, lighter(weights, stages)]
    costs = [summed(sub, own) for own in both]
    values, duals = sub.mip.lower.copy(), np.zeros((2, mip.num_rows))
    pieces = split(sub.mip)
    free = pieces.free
    values[free] = np.where(costs[0][free] < 0, sub.mip.upper[free], sub.mip.lower[free])

    def relax(stop: Event, piece: Part) -> list[RelaxedOutcome]:
        small = sub.mip.restrict(piece.columns, piece.rows)
        own = [cost[piece.columns] for cost in costs]
        return relaxed_by_links(small, own, deadline=deadline, seed=seed, stop=stop.is_set)

    # The largest first: beside it the others find their time.
    parts, solved = pieces.parts[::-1], np.ones(2, dtype=np.bool_)
    try:
        with threads(processes, "pieces") as (pool, stop):
            for piece, answers in zip(parts, pool.map(partial(relax, stop), parts), strict=True):
                solved &= [found.optimal for found in answers]
                for found, own in zip(answers, duals, strict=True):
                    if found.optimal and found.duals is not None:
                        own[sub.rows[piece.rows]] = found.duals
                if answers[0].optimal and answers[0].values is not None:
                    values[piece.columns] = answers[0].values
    except KeyboardInterrupt:
        return None
    # Duals of one sum only: what is held is worth the same to all pieces.
    best = int(solved[1] or not solved[0])
    return Relaxed(values, priced(stages, both[best], values, duals[best]), bool(solved[0]))


def relaxed_by_district(
    mip: Mip,
    sub: Subproblem,
    weights: Mapping[str, float],
    x: IntArray,
    districts: Sequence[IntArray],
    *,
    deadline: float,
    seed: int = 0,
    processes: int = 1,
) -> Relaxed | None:
    """As `relaxed`, for a subproblem too large for that: each district with what the others leave.

    Parameters
    ----------
    mip, sub, weights, deadline, seed, processes
        As for `relaxed`.
    x : int64[columns of the whole]
        The plan.
    districts : sequence of int64 array
        Columns of the whole of each.

    Returns
    -------
    Relaxed or None
        Always called solved: districts without time keep to the plan. None after Ctrl-C.
    """
    stages, began = sub.mip.stages[: sub.last + 1], time.monotonic()
    number = np.full(mip.num_columns, -1, dtype=np.int64)
    number[sub.columns] = np.arange(len(sub.columns))
    every = [here[here >= 0] for here in (number[columns] for columns in districts)]
    own = [columns for columns in every if len(columns)]
    guiding = relaxed_apart(
        sub.mip, x[sub.columns], own, summed(sub, weights),
        deadline=began + APART_SHARE * (deadline - began), turns=TURNS, seed=seed, processes=processes,
    )  # fmt: skip
    if guiding is None:
        return None
    light = lighter(weights, stages)
    prices = ascended(sub.mip, own, summed(sub, light), deadline=deadline, seed=seed, processes=processes)
    if prices is None:
        return None
    duals = np.zeros(mip.num_rows)
    duals[sub.rows] = prices
    return Relaxed(guiding.values, priced(stages, light, guiding.values, duals), True)


def priced(
    stages: Sequence[Stage], weights: Mapping[str, float], values: FloatArray, duals: FloatArray
) -> Priced:
    """What the last of some stages comes to, and what duals of their sum say of it."""
    last = stages[-1]
    weight = weights[last.name] / last.unit
    held = {stage.name: -weights.get(stage.name, 0.0) / stage.unit / weight for stage in stages[:-1]}
    return Priced(float(last.coefficients @ values[last.columns]), duals / weight, held)


def lighter(weights: Mapping[str, float], stages: Sequence[Stage]) -> dict[str, float]:
    """Weights with which stages before the last count little more than it."""
    last = stages[-1].name
    return {s.name: weights.get(s.name, 0.0) * (1.0 if s.name == last else LIGHTER) for s in stages}


def summed(sub: Subproblem, weights: Mapping[str, float]) -> FloatArray:
    """The stages up to the last one of a subproblem in one cost."""
    cost = np.zeros(sub.mip.num_columns)
    for stage in sub.mip.stages[: sub.last + 1]:
        np.add.at(cost, stage.columns, weights.get(stage.name, 0.0) / stage.unit * stage.coefficients)
    return cost


class Proof(Protocol):
    """Proves a bound, see `PricedSubproblem.solve`."""

    def __call__(self, *, stop: Callable[[], bool]) -> int | None:
        """What was proven, or None."""
        ...


@dataclass(frozen=True, eq=False)
class Bettered:
    """What a search in a subproblem has found.

    Attributes
    ----------
    x : int64[columns of the subproblem]
    bound : int or None
        Proven meanwhile.
    interrupted : bool
        Ctrl-C came.
    """

    x: IntArray
    bound: int | None
    interrupted: bool


def bettered(
    sub: Subproblem,
    x: IntArray,
    guide: FloatArray,
    *,
    until: float,
    seed: int = 0,
    processes: int = 1,
    prove: Proof | None = None,
    stop: Callable[[], bool] | None = None,
) -> Bettered:
    """Better a plan's first stages by regions of their subproblem.

    Parameters
    ----------
    sub : Subproblem
    x : int64[columns of the subproblem]
        A plan.
    guide : float64[columns of the whole]
        Values of a relaxation.
    until : float
        By `time.monotonic`.
    seed, processes : int
        Of the random choices; solvers at work at once.
    prove : callable, optional
        One of them works on this.
    stop : callable, optional
        Asked between regions; the search ends when it answers True.
    """
    gained_at = 0

    proving: Future[int | None] | None = None

    def is_over() -> bool:
        is_in_vain = search.tally.regions - gained_at >= PATIENCE
        return is_in_vain or (stop is not None and stop()) or (proving is not None and proving.done())

    def better(_: IntArray, __: tuple[int, ...]) -> None:
        nonlocal gained_at
        gained_at = search.tally.regions

    search = Improvement(
        sub.mip,
        x,
        guide=guide[sub.columns],
        seed=seed,
        processes=processes,
        on_better=better,
        stop=is_over,
    )
    bound = None
    try:
        if prove is not None:
            with threads(1, "bound") as (pool, stopping):
                proving = pool.submit(prove, stop=stopping.is_set)
                search.processes = max(1, processes - 1)
                search.until(until)
                bound = None if search.interrupted else proving.result()
        # Both are free for regions once there is no more to prove.
        proving, search.processes = None, processes
        if not search.interrupted:
            search.until(until)
    except KeyboardInterrupt:
        search.interrupted = True
    return Bettered(search.x, bound, search.interrupted)
