"""The guiding relaxation: all stages in one sum, whose vector a plan is laid after.

Its duals price what is scarce to every stage at once. They are taken apart: the sum of the first stages alone has
nearly the same optimum, so the relaxation goes over to it in a moment, where it would take minutes to come to a stage
from anywhere else; and in that sum an earlier stage is held at what it weighs. So each stage has prices, and with
them a bound, as soon as the pattern is there.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from yjopt.engines.outcome import StoppedBy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yjopt.engines.relaxation import Relaxation
    from yjopt.model.mip import FloatArray

#: How many times as long as the vector took the prices may take, and at most which share of the time then left.
PRICES, MOST = 1.0, 0.15


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

    Returns
    -------
    Guidance
    """
    began = time.monotonic()
    found = relaxation.minimise(cost, deadline=deadline)
    answer = Guidance(
        found.values if found.optimal else None,
        time.monotonic() - began,
        interrupted=found.stopped_by is StoppedBy.INTERRUPT,
    )
    if answer.values is not None:
        now = time.monotonic()
        _take_apart(relaxation, weights, answer, now + min(PRICES * answer.seconds, MOST * (end - now)))
    return answer


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
