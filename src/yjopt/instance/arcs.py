"""Possible shipments as arrays, shared by consumables and durables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.schema import STOCK_KINDS

if TYPE_CHECKING:
    from yjopt.instance.command import Command
    from yjopt.instance.context import Context
    from yjopt.instance.joining import BoolArray, IntArray

#: Uses of goods: handed to a taker (asked for, or its own), default of a blind place, sent ahead, moved between stores.
SUPPLY, DEFAULT, AHEAD, STORE = range(4)
#: Number of the step ``own``.
OWN: Final = 0


@dataclass(frozen=True)
class Arcs:
    """Possible shipments.

    Parameters
    ----------
    part, to : int64 array, shape (arcs,)
        From a part of a lot; to a taker, or (moves) to a part.
    origin, destination : int64 array
        Rows of the places table.
    depart, arrive : int64 array
        Periods from 0.
    seconds, step, rung : int64 array
        Travel time; order number of the step; rung.
    position : int64 array
        Place of the step in the order in which the taker asks.
    below : int64 array
        Givers of positions below this one must be exhausted first (rule strict); 0 where nobody must.
    use : int64 array
        `SUPPLY`, `DEFAULT`, `AHEAD` or `STORE`.
    most : int64 array
        Most packs that can be of use.
    """

    part: IntArray
    to: IntArray
    origin: IntArray
    destination: IntArray
    depart: IntArray
    arrive: IntArray
    seconds: IntArray
    step: IntArray
    rung: IntArray
    position: IntArray
    below: IntArray
    use: IntArray
    most: IntArray

    def __len__(self) -> int:
        return len(self.part)

    @property
    def is_asked(self) -> BoolArray:
        """Whether each is asked for: from another unit, neither sent ahead nor a default."""
        return np.asarray((self.use == SUPPLY) & (self.step != OWN), dtype=np.bool_)

    @property
    def is_reason(self) -> BoolArray:
        """Whether each must be out of the question before higher positions are asked (rule strict)."""
        return np.asarray(self.use == SUPPLY, dtype=np.bool_)

    def take(self, which: IntArray) -> Arcs:
        """Some of them."""
        return Arcs(**{name: values[which] for name, values in vars(self).items()})

    def limited(self, most: IntArray) -> Arcs:
        """Those of which some packs can be of use, with how many."""
        useful = np.flatnonzero(most > 0)
        values = {name: values[useful] for name, values in vars(self).items() if name != "most"}
        return Arcs(**values, most=most[useful])


def make_arcs(
    context: Context,
    command: Command,
    *,
    part: IntArray,
    to: IntArray,
    origin: IntArray,
    destination: IntArray,
    taker: IntArray,
    giver: IntArray,
    kind: IntArray,
    depart: IntArray,
    seconds: IntArray,
    release: IntArray,
    use: IntArray,
    quota_open: BoolArray | None = None,
) -> Arcs:
    """Shipments that arrive within the horizon and that gates and pairing let pass; `most` is still 0.

    Parameters
    ----------
    taker, giver : int64 array, shape (candidates,)
        Areas: unit of the place that goods go to, authority of the goods.
    kind : int64 array
        Position among the kinds of reserves.
    release : int64 array
        Seconds from order to departure.
    use : int64 array
        As in `Arcs`; moves between stores ask nobody.
    quota_open : bool array, optional
        Whether goods may be sent ahead.
    """
    step = command.step(giver, taker)
    asks = (use != DEFAULT) & (use != AHEAD) & (use != STORE)
    decision = np.where(asks, command.decision("supplies", step, taker, giver), 0)
    arrive = depart + context.delay(seconds + release + decision)
    kept = arrive < context.horizon
    if command.has_gates:
        passes = command.is_open("supplies", step, taker, giver, depart)
        passes &= kind_is_open(command, kind, taker, depart)
        if quota_open is not None:
            passes &= (use != AHEAD) | quota_open
        kept &= passes | (use == STORE)
    position = command.position("supplies", step, taker)
    below = np.zeros_like(position)
    if command.is_strict("supplies"):
        below = np.where(use == SUPPLY, command.bar("supplies", step, taker, depart), 0)
    arcs = Arcs(
        part=part,
        to=to,
        origin=origin,
        destination=destination,
        depart=depart,
        arrive=arrive,
        seconds=seconds,
        step=step,
        rung=context.tree.rung(giver, taker),
        position=position,
        below=below,
        use=use,
        most=np.zeros_like(part),
    )
    return arcs.take(np.flatnonzero(kept))


def kind_is_open(command: Command, kind: IntArray, taker: IntArray, period: IntArray) -> BoolArray:
    """Whether gates let goods of a kind of reserve pass."""
    passes = np.ones(len(kind), dtype=np.bool_)
    for index in np.unique(kind).tolist():
        is_open = command.gate("kind", STOCK_KINDS[index], "supplies")
        passes &= (kind != index) | is_open[taker, period]
    return passes
