"""The guiding relaxation: all stages in one sum, whose vector a plan is laid after.

Its duals price what is scarce to every stage at once. They are taken apart: the sum of the first stages alone has
nearly the same optimum, so the relaxation goes over to it in a moment, where it would take minutes to come to a stage
from anywhere else; and in that sum an earlier stage is held at what it weighs. So each stage has prices, and with
them a bound, as soon as the pattern is there.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from yjopt.engines.outcome import StoppedBy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from yjopt.engines.relaxation import Relaxation, Statuses
    from yjopt.model.mip import FloatArray, Stage

#: Parts of what stages weigh in the guiding sum, tried one after the other to price the next.
LIGHTER: Final = (1e-1, 1e-2, 1e-3, 3e-4)

#: How many times as long as the vector took the prices may take, seconds that they may take in any case, and at most
#: which share of the time then left: a last stage that costs something everywhere would take longer than all others.
PRICES, LEAST_SECONDS, MOST = 0.35, 1.0, 0.15


class Priced(NamedTuple):
    """What the guiding relaxation says of one stage.

    Attributes
    ----------
    value : float
        In quanta, without an offset: what the stage comes to in it.
    duals : float64[rows]
        In quanta of the stage per unit of each row.
    held : dict of str to float
        In quanta per quantum of every earlier stage.
    """

    value: float
    duals: FloatArray
    held: dict[str, float]


@dataclass(eq=False)
class Guidance:
    """A guiding relaxation that was solved.

    Attributes
    ----------
    values : float64[columns] or None
        Its vector; None where it was not solved in time.
    seconds : float
        That it took, without what came after.
    stages : dict of str to Priced
    interrupted : bool
        Ctrl-C came.
    """

    values: FloatArray | None
    seconds: float
    stages: dict[str, Priced] = field(default_factory=dict)
    interrupted: bool = False


def guidance(
    relaxation: Relaxation,
    cost: FloatArray,
    weights: Mapping[str, float],
    deadline: float,
    end: float,
    basis: Callable[[], Statuses | None] | None = None,
) -> Guidance:
    """Solve the guiding relaxation, and take its duals apart.

    Parameters
    ----------
    relaxation : Relaxation
    cost : float64[columns]
        All stages in one sum.
    weights : mapping of str to float
        What a natural unit of each stage weighs in it; none where the sum was made in another way.
    deadline, end : float
        By `time.monotonic`: of the vector, and of the whole solve.
    basis : callable, optional
        Finds a basis to begin with, or None.

    Returns
    -------
    Guidance
    """
    began = time.monotonic()
    found = relaxation.minimise(cost, basis=None if basis is None else basis(), deadline=deadline)
    answer = Guidance(
        found.values if found.optimal else None,
        time.monotonic() - began,
        interrupted=found.stopped_by is StoppedBy.INTERRUPT,
    )
    if answer.values is not None:
        now = time.monotonic()
        seconds = max(PRICES * answer.seconds, LEAST_SECONDS)
        _take_apart(relaxation, weights, answer, now + min(seconds, MOST * (end - now)))
    return answer


def lightly_held(
    relaxation: Relaxation,
    weights: Mapping[str, float],
    stage: Stage,
    held: Mapping[str, int],
    deadline: float,
) -> Priced | None:
    """Price a stage with the ones before it held at what a plan comes to.

    In the guiding sum a stage outweighs the next so much that nothing of it is ever given up. A plan comes to more
    there than the relaxation does: if that counts for much, the prices prove nothing. The less the stages before weigh
    the more of them is given up, and somewhere between the bound is highest, being concave in that weight. From one
    weight to the next the relaxation goes over in a moment, where with the stages held by rows it may take minutes.

    Parameters
    ----------
    relaxation : Relaxation
        Best at the guiding sum, or near.
    weights : mapping of str to float
        What a natural unit of each stage weighs in that.
    stage : Stage
        It weighs something.
    held : mapping of str to int
        Every stage before it and its value, in quanta without an offset.
    deadline : float
        By `time.monotonic`.

    Returns
    -------
    Priced or None
        The prices that prove most; None where there was no time for any.
    """
    stages = [s for s in relaxation.mip.stages if s.name in held and weights.get(s.name) and len(s.columns)]
    own = weights[stage.name] / stage.unit
    best, highest = None, -np.inf
    for part in LIGHTER:
        factors = {s.name: part * weights[s.name] / s.unit / own for s in stages}
        cost = np.zeros(relaxation.mip.num_columns)
        for one, factor in (*((s, factors[s.name]) for s in stages), (stage, 1.0)):
            np.add.at(cost, one.columns, own * factor * one.coefficients)
        found = relaxation.minimise(cost, deadline=deadline)
        if not found.optimal or found.values is None or found.duals is None:
            break
        given_up = sum(factor * held[name] for name, factor in factors.items())
        bound = float(cost @ found.values) / own - given_up
        if bound <= highest:
            break
        value = float(stage.coefficients @ found.values[stage.columns])
        best, highest = Priced(value, found.duals / own, {n: -f for n, f in factors.items()}), bound
    return best


def _take_apart(relaxation: Relaxation, weights: Mapping[str, float], answer: Guidance, until: float) -> None:
    """Price the stages that weigh and cost something, in their order."""
    cost = np.zeros(relaxation.mip.num_columns)
    before: dict[str, float] = {}
    for stage in relaxation.mip.stages:
        weight = weights.get(stage.name, 0.0) / stage.unit
        if not weight or not len(stage.columns):
            continue
        cost = cost.copy()
        np.add.at(cost, stage.columns, weight * stage.coefficients)
        found = relaxation.minimise(cost, deadline=until)
        answer.interrupted = found.stopped_by is StoppedBy.INTERRUPT
        if not found.optimal or found.values is None or found.duals is None:
            return
        value = float(stage.coefficients @ found.values[stage.columns])
        held = {name: -other / weight for name, other in before.items()}
        answer.stages[stage.name] = Priced(value, found.duals / weight, held)
        before[stage.name] = weight
