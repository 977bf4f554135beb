"""Pure networks solved exactly, stage by stage, by the network simplex (pylmcf) in a process of its own.

Everything is in whole numbers, flows and potentials alike, so value and bound of every stage meet. The bound is not
the solver's word: its potentials are multipliers, and `certificate` re-evaluates them over what the stages before
leave.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.engines import workers
from yjopt.engines.certificate import Multipliers, certified_bound
from yjopt.engines.flow_worker import narrow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from yjopt.engines.network import Network
    from yjopt.model.mip import IntArray, Mip

MODULE: Final = "yjopt.engines.flow_worker"

#: Potentials, and sums of costs over all flows, stay below two to this power: pylmcf does not check that they fit.
BITS: Final = 61

_log = logging.getLogger("yjopt")


@dataclass(frozen=True, eq=False)
class Settled:
    """A model solved to the end.

    Attributes
    ----------
    x : int64[columns]
        Best in all stages, in their order.
    bounds : tuple of int
        By stage, in quanta and proven by a certificate: what `x` has.
    """

    x: IntArray
    bounds: tuple[int, ...]


def settled(mip: Mip, network: Network, *, deadline: float, start: IntArray | None = None) -> Settled | None:
    """Minimise all stages of a model that is a network.

    Parameters
    ----------
    mip : Mip
    network : Network
        As `network_of` makes it of the model.
    deadline : float
        By `time.monotonic`.
    start : int64[columns], optional
        A plan: of all that are best in all stages, the nearest to it is taken.

    Returns
    -------
    Settled or None
        None if there is no flow, no stage, no time, or numbers are too large: then others have to say what there is.
    """
    costs = np.zeros((len(mip.stages), len(network.tails)), dtype=np.int64)
    for own, stage in zip(costs, mip.stages, strict=True):
        own[stage.columns] = stage.coefficients
    if not (len(costs) and all(_fits(network, own) for own in costs)):
        return None
    face, x = _Face(mip, network), None
    bounds: list[int] = []
    for answer in _answers(network, costs, start, deadline):
        if "potential" in answer:
            bounds.append(face.bound(costs[len(bounds)], answer["potential"]))
        else:
            x = answer["flow"][: mip.num_columns]
    if x is None:
        return None
    values = [stage.value(x) - stage.offset for stage in mip.stages]
    if not mip.is_feasible(x) or values != bounds:
        _log.warning("The network simplex proved %s of %s; another way is taken.", bounds, values)
        return None
    return Settled(x, tuple(bounds))


class _Face:
    """What the stages so far leave of a model: all that is as good as any in them."""

    def __init__(self, mip: Mip, network: Network) -> None:
        self._mip, self._network = mip, network
        self._lower, self._upper = network.lower.copy(), network.upper.copy()

    def bound(self, cost: IntArray, potential: IntArray) -> int:
        """What potentials prove of a stage over that; then only what is as good in this stage, too, is left."""
        network, columns = self._network, self._mip.num_columns
        rows = network.sign * (potential[:-1] - potential[-1])
        multipliers = Multipliers(rows, np.zeros(0, dtype=np.int64), 1)
        bound = certified_bound(self._left(), cost[:columns], multipliers)
        narrow(self._lower, self._upper, cost + potential[network.tails] - potential[network.heads])
        return bound

    def _left(self) -> Mip:
        mip, network, columns = self._mip, self._network, self._mip.num_columns
        row_lower, row_upper = mip.row_lower.copy(), mip.row_upper.copy()
        low, high, sign = self._lower[columns:], self._upper[columns:], network.sign[network.slack]
        # Sides are those of the model but where a stage has fixed what a row comes to.
        is_fixed = low == high
        row_lower[network.slack[is_fixed]] = row_upper[network.slack[is_fixed]] = (sign * low)[is_fixed]
        return replace(
            mip,
            row_lower=row_lower,
            row_upper=row_upper,
            lower=self._lower[:columns].astype(np.float64),
            upper=self._upper[:columns].astype(np.float64),
        )


def _fits(network: Network, cost: IntArray) -> bool:
    """Whether potentials and sums stay within what the solver counts in."""
    largest = np.abs(cost).max(initial=0)
    room = (network.upper - network.lower).astype(np.float64)
    whole = float(np.abs(cost) @ room)
    potentials = float(largest) * len(network.supply)
    flows = float(np.abs(network.supply).sum()) + float(
        np.maximum(abs(network.lower), abs(network.upper)).sum()
    )
    return max(whole, potentials, flows) < 2.0**BITS


def _answers(
    network: Network, costs: IntArray, start: IntArray | None, deadline: float
) -> Iterator[Mapping[str, IntArray]]:
    """The arrays of one stage after the other, then the flow to be taken; fewer where it does not get to that."""
    if time.monotonic() >= deadline:
        return
    arrays = {name: getattr(network, name) for name in ("tails", "heads", "lower", "upper", "supply")}
    arrays["costs"] = costs.ravel()
    if start is not None:
        arrays["start"] = start
    worker = workers.acquire(MODULE)
    is_sound = False
    try:
        worker.send({"kind": "flow"}, arrays)
        while (answer := worker.receive(max(deadline - time.monotonic(), 0.0))) is not None:
            header, found = answer
            is_sound = header["kind"] == "done"
            if header["kind"] == "error":
                _log.info("The network simplex found nothing: %s", header["message"])
                return
            yield found
            if is_sound:
                return
    except workers.WorkerDied as death:
        _log.warning("The process of the network simplex broke off: %s.", death)
    finally:
        if is_sound:
            workers.release(worker)
        else:
            worker.kill()
