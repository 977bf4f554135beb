"""The first stages of a large model, settled in what they hang on before the rest is looked at.

What a plan is worth in its first stages is decided in a small part of a large model (`subproblem`). There a region is
a whole neighbourhood, and the solver proves bounds that count with whole columns, which the relaxation does not.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from yjopt.engines.certificate import lagrangian, reachable, rounded
from yjopt.engines.components import split
from yjopt.engines.districts import relaxed_apart
from yjopt.engines.guidance import Priced
from yjopt.engines.regions import Improvement, RegionEngine
from yjopt.engines.relaxation import Relaxation
from yjopt.engines.threads import threads
from yjopt.model.mip import EXACT_LIMIT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from threading import Event

    from yjopt.engines.components import Part
    from yjopt.engines.engine import Limit
    from yjopt.engines.knowledge import Prices
    from yjopt.engines.relaxation import RelaxedOutcome
    from yjopt.engines.subproblem import Subproblem
    from yjopt.model.mip import FloatArray, IntArray, Mip, Stage

#: Binary digits kept of the largest multiplier: what a solver is told to minimise must stay exact in its numbers.
BITS: Final = 24
#: How much lighter the stages before the last one weigh where their own columns are only partly in the subproblem:
#: holding them at what the whole plan has costs the bound their full weight for what only the rest breaks.
LIGHTER: Final = 0.01
#: Regions in vain after which a search in a subproblem ends.
PATIENCE: Final = 40
#: Seconds with less than which a bound is not begun.
LEAST_SECONDS: Final = 0.5


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
    both = [weights, _lighter(weights, stages)]
    costs = [_sum(sub, own) for own in both]
    values, duals = sub.mip.lower.copy(), np.zeros((2, mip.num_rows))
    pieces = split(sub.mip)
    free = pieces.free
    values[free] = np.where(costs[0][free] < 0, sub.mip.upper[free], sub.mip.lower[free])

    def relax(stop: Event, piece: Part) -> list[RelaxedOutcome]:
        small = sub.mip.restrict(piece.columns, piece.rows)
        with Relaxation(small, seed, stop.is_set) as relaxation:
            return [relaxation.minimise(cost[piece.columns], deadline=deadline) for cost in costs]

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
    return Relaxed(values, _priced(stages, both[best], values, duals[best]), bool(solved[0]))


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
    """As `relaxed`, for a subproblem too large for that: each district while the others keep to a plan.

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
    own = [here[here >= 0] for here in (number[columns] for columns in districts)]
    relax = partial(
        relaxed_apart, sub.mip, x[sub.columns], [columns for columns in own if len(columns)],
        seed=seed, processes=processes,
    )  # fmt: skip
    lighter = _lighter(weights, stages)
    guiding = relax(_sum(sub, weights), deadline=began + 0.5 * (deadline - began))
    pricing = relax(_sum(sub, lighter), deadline=deadline)
    if guiding is None or pricing is None:
        return None
    duals = np.zeros(mip.num_rows)
    duals[sub.rows] = pricing.duals
    return Relaxed(guiding.values, _priced(stages, lighter, guiding.values, duals), True)


def _priced(
    stages: Sequence[Stage], weights: Mapping[str, float], values: FloatArray, duals: FloatArray
) -> Priced:
    """What the last of some stages comes to, and what duals of their sum say of it."""
    last = stages[-1]
    weight = weights[last.name] / last.unit
    held = {stage.name: -weights.get(stage.name, 0.0) / stage.unit / weight for stage in stages[:-1]}
    return Priced(float(last.coefficients @ values[last.columns]), duals / weight, held)


def _lighter(weights: Mapping[str, float], stages: Sequence[Stage]) -> dict[str, float]:
    """Weights with which stages before the last count little more than it."""
    last = stages[-1].name
    return {s.name: weights.get(s.name, 0.0) * (1.0 if s.name == last else LIGHTER) for s in stages}


def _sum(sub: Subproblem, weights: Mapping[str, float]) -> FloatArray:
    """The stages up to the last one of a subproblem in one cost."""
    cost = np.zeros(sub.mip.num_columns)
    for stage in sub.mip.stages[: sub.last + 1]:
        np.add.at(cost, stage.columns, weights.get(stage.name, 0.0) / stage.unit * stage.coefficients)
    return cost


@dataclass(frozen=True, eq=False)
class PricedSubproblem:
    """A subproblem with a cost in which the rest of the model is priced.

    Attributes
    ----------
    sub : Subproblem
    cost : int64[columns of the subproblem]
    constant : int
        What has to be added, where the stages before are held at 0.
    multipliers : tuple of int
        What a quantum of each of these takes away; at most 0.
    denominator : int
        All these are in quanta over it.
    """

    sub: Subproblem
    cost: IntArray
    constant: int
    multipliers: tuple[int, ...]
    denominator: int

    @classmethod
    def of(
        cls, mip: Mip, sub: Subproblem, cost: IntArray, prices: Prices, limits: Sequence[tuple[str, Limit]]
    ) -> PricedSubproblem | None:
        """Price all rows that a subproblem does not have.

        Parameters
        ----------
        mip : Mip
            The whole.
        sub : Subproblem
            With the rows that it shares with the rest.
        cost : int64[columns]
            Of a stage, in quanta.
        prices : Prices
            Of the stage, of all rows of `mip`.
        limits : sequence of str and Limit
            Earlier stages held, by name.

        Returns
        -------
        PricedSubproblem or None
            None where the numbers are beyond exactness.
        """
        outside = prices.rows.copy()
        outside[sub.rows] = 0.0
        held = np.array([prices.held.get(name, 0.0) for name, _ in limits])
        multipliers = rounded(outside, held, BITS)
        constant, reduced = lagrangian(mip, cost, multipliers, tuple(limit for _, limit in limits))
        apart = np.ones(mip.num_columns, dtype=np.bool_)
        apart[sub.columns] = False
        rest = reduced[apart]
        cheaper = np.where(rest > 0, mip.lower[apart], mip.upper[apart]).astype(np.int64)
        constant += int(rest @ cheaper.astype(object))
        here = reduced[sub.columns]
        if np.abs(here).max(initial=0) > EXACT_LIMIT:
            return None
        pressing = tuple(min(multiplier, 0) for multiplier in multipliers.limits.tolist())
        shares = zip(pressing, limits, strict=True)
        constant -= sum(weight * reachable(limit) for weight, (_, limit) in shares)
        return cls(sub, here.astype(np.int64), constant, pressing, multipliers.denominator)

    @property
    def mark(self) -> str:
        """Of every number that a solver is given of it."""
        mip, digest = self.sub.mip, hashlib.sha256(np.ascontiguousarray(self.cost).tobytes())
        for array in (
            mip.matrix.indptr, mip.matrix.indices, mip.matrix.data,
            mip.row_lower, mip.row_upper, mip.lower, mip.upper, mip.integer,
        ):  # fmt: skip
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    def proves(self, bound: int, limits: Sequence[Limit]) -> int:
        """The bound of the stage in quanta, without an offset, that one of the subproblem proves.

        Parameters
        ----------
        bound : int
            Of `cost`.
        limits : sequence of Limit
            Earlier stages, as they are held by now.
        """
        held = zip(self.multipliers, limits, strict=True)
        total = self.constant + bound + sum(multiplier * reachable(limit) for multiplier, limit in held)
        return -(-total // self.denominator)

    def solve(
        self, x: IntArray, *, deadline: float, seed: int = 0, stop: Callable[[], bool] | None = None
    ) -> int | None:
        """What a solver proves of `cost`, with all columns whole.

        Parameters
        ----------
        x : int64[columns of the whole]
            A plan.
        deadline : float
            By `time.monotonic`.
        seed : int
            Of the solver.
        stop : callable, optional
            Asked while the solver runs; where it answers True, what is proven by then counts.

        Returns
        -------
        int or None
            None where nothing was proven.
        """
        if deadline - time.monotonic() < LEAST_SECONDS:
            return None
        engine = RegionEngine(seed=seed, stop=stop)
        answer = engine.minimise(self.sub.mip, self.cost, start=x[self.sub.columns], deadline=deadline)
        return None if answer.bound_proof == "trivial" else answer.bound


class Proof(Protocol):
    """Proves a bound, see `PricedSubproblem.solve`."""

    def __call__(self, *, deadline: float, stop: Callable[[], bool]) -> int | None:
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
) -> Bettered:
    """Better a plan's first stages by regions of their subproblem.

    Parameters
    ----------
    sub : Subproblem
    x : int64[columns of the whole]
        A plan.
    guide : float64[columns of the whole]
        Values of a relaxation.
    until : float
        By `time.monotonic`.
    seed, processes : int
        Of the random choices; solvers at work at once.
    prove : callable, optional
        One of them works on this.
    """
    gained_at = 0

    def is_in_vain() -> bool:
        return search.tally.regions - gained_at >= PATIENCE

    def better(_: IntArray, __: tuple[int, ...]) -> None:
        nonlocal gained_at
        gained_at = search.tally.regions

    search = Improvement(
        sub.mip,
        x[sub.columns],
        guide=guide[sub.columns],
        seed=seed,
        processes=max(1, processes - (prove is not None)),
        on_better=better,
        stop=is_in_vain,
    )
    bound = None
    try:
        with threads(1, "bound") as (pool, stop):
            proving = None if prove is None else pool.submit(prove, deadline=until, stop=stop.is_set)
            search.until(until)
            if proving is not None and not search.interrupted:
                bound = proving.result()
    except KeyboardInterrupt:
        search.interrupted = True
    return Bettered(search.x, bound, search.interrupted)
