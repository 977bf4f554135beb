"""The guiding relaxation: all stages in one sum, whose vector a plan is laid after.

Its duals price what is scarce to every stage at once. They are taken apart: the sum of the first stages alone has
nearly the same optimum, so the relaxation goes over to it in a moment, where it would take minutes to come to a stage
from anywhere else; and in that sum an earlier stage is held at what it weighs. So each stage has prices, and with
them a bound, as soon as the pattern is there. Then what most hangs on is made whole in it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from yjopt.engines.diving import dived
from yjopt.engines.outcome import StoppedBy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yjopt.engines.relaxation import Relaxation
    from yjopt.model.mip import FloatArray, IntArray

#: Shares of the time left, after the vector is there, for the prices, and then for making columns whole.
PRICE_SHARE: Final = 0.15
DIVE_SHARE: Final = 0.25
#: Nothing is made whole where the relaxation took more than this share of the time left: regions need that.
SLOW: Final = 0.35


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
        Its vector, with columns whole as far as time went; None where it was not solved in time.
    broken : float64[columns] or None
        The vector before that; None where nothing was made whole.
    seconds : float
        That it took, without what came after.
    stages : dict of str to Priced
    interrupted : bool
        Ctrl-C came.
    """

    values: FloatArray | None
    seconds: float
    broken: FloatArray | None = None
    stages: dict[str, Priced] = field(default_factory=dict)
    interrupted: bool = False


def guidance(
    relaxation: Relaxation,
    cost: FloatArray,
    weights: Mapping[str, float],
    whole: IntArray,
    until: float,
    deadline: float,
) -> Guidance:
    """Solve the guiding relaxation, take its duals apart, and make some columns whole.

    Parameters
    ----------
    relaxation : Relaxation
    cost : float64[columns]
        All stages in one sum.
    weights : mapping of str to float
        What a natural unit of each stage weighs in it; none where the sum was made in another way.
    whole : int64 array
        These columns.
    until, deadline : float
        By `time.monotonic`: for the relaxation, and of the whole solve, of which all else takes its shares.

    Returns
    -------
    Guidance
    """
    began = time.monotonic()
    found = relaxation.minimise(cost, deadline=until)
    answer = Guidance(
        found.values if found.optimal else None,
        time.monotonic() - began,
        interrupted=found.stopped_by is StoppedBy.INTERRUPT,
    )
    if answer.values is None:
        return answer
    _take_apart(relaxation, weights, answer, share_of(PRICE_SHARE, deadline))
    is_early = answer.seconds < SLOW * (deadline - time.monotonic())
    if len(whole) and is_early and not answer.interrupted:
        answer.broken = answer.values
        answer.values, answer.interrupted = dived(
            relaxation, cost, answer.values, whole, share_of(DIVE_SHARE, deadline)
        )
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


def share_of(share: float, deadline: float) -> float:
    """The deadline of who may have a share of the time left."""
    now = time.monotonic()
    return now + share * max(deadline - now, 0.0)
