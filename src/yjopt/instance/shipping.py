"""Who may ship consumables to whom when: shipments to takers, moves between stores, and how much may lie where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.arcs import AHEAD, DEFAULT, OWN, STORE, SUPPLY, Arcs, make_arcs
from yjopt.instance.joining import BoolArray, IntArray, groups, matches

if TYPE_CHECKING:
    from yjopt.instance.allowances import Allowances
    from yjopt.instance.command import Command
    from yjopt.instance.context import Context, Legs
    from yjopt.instance.items import Lots, Orders
    from yjopt.instance.supplies import Parts


@dataclass(frozen=True)
class Takers:
    """Who may be handed goods.

    Parameters
    ----------
    place, item : int64 array, shape (takers,)
    unit : int64 array, shape (takers,)
        The area that asks: the unit that runs the place, or (orders) the authority that orders.
    """

    place: IntArray
    item: IntArray
    unit: IntArray


def own_reserve(lots: Lots, parts: Parts, orders: Orders, horizon: int) -> IntArray:
    """Most packs that can have been in each part by the end of each period, moves left aside."""
    reserve = parts.initial[:, None] + parts.receipts.cumsum(axis=1)
    ordered = np.zeros((len(parts.lot), horizon), dtype=np.int64)
    np.add.at(ordered, (lots.source_lot[orders.source], orders.arrive), orders.most)
    return np.asarray(reserve + ordered.cumsum(axis=1), dtype=np.int64)


def possible_shipments(
    context: Context,
    command: Command,
    lots: Lots,
    parts: Parts,
    which: IntArray,
    legs: Legs,
    takers: Takers,
    allowances: Allowances | None,
) -> Arcs:
    """Shipments from some of the parts that travel, gates, pairing and the horizon allow; `most` is still 0.

    Parameters
    ----------
    which : int64 array
        The parts.
    allowances : Allowances, optional
        Defaults of blind places and goods sent ahead; without, there are only those that are asked for.
    """
    pair, at_part = matches(legs.origin, lots.place[parts.lot[which]])
    part = which[at_part]
    lot = parts.lot[part]
    width = len(context.labels.items)
    step, taker = matches(legs.destination[pair] * width + lots.item[lot], takers.place * width + takers.item)
    pair, part, lot = pair[step], part[step], lot[step]
    allowed = ~parts.home[part] | (takers.unit[taker] == lots.authority[lot])
    pair, part, taker = pair[allowed], part[allowed], taker[allowed]
    entry, depart = legs.over_periods(pair)
    pair, part, taker = pair[entry], part[entry], taker[entry]
    use, quota_open = np.full(len(part), SUPPLY, dtype=np.int64), None
    if command.has_blind or command.has_quotas:
        stranger = command.step(lots.authority[parts.lot[part]], takers.unit[taker]) != OWN
        blind = stranger & command.blind[takers.place[taker], depart]
        again = np.zeros(0, dtype=np.int64)
        if allowances is not None:
            use[blind & (allowances.default_most[taker, depart] > 0)] = DEFAULT
            again = np.flatnonzero(stranger & (allowances.quota_most[taker] > 0))
        kept = np.flatnonzero(~blind | (use == DEFAULT))
        both = np.concatenate([kept, again])
        use = np.concatenate([use[kept], np.full(len(again), AHEAD, dtype=np.int64)])
        pair, part, taker, depart = pair[both], part[both], taker[both], depart[both]
        if allowances is not None:
            quota_open = allowances.quota_open[taker, depart]
    lot = parts.lot[part]
    return make_arcs(
        context,
        command,
        part=part,
        to=taker,
        origin=lots.place[lot],
        destination=takers.place[taker],
        taker=takers.unit[taker],
        giver=lots.authority[lot],
        kind=lots.kind[lot],
        depart=depart,
        seconds=legs.seconds[pair],
        release=lots.release[lot],
        use=use,
        quota_open=quota_open,
    )


def _family(lots: Lots) -> tuple[IntArray, int]:
    """Lots between which goods may be moved: same item, authority and kind."""
    family, (first, *_) = groups(lots.item, lots.authority, lots.kind)
    return family, len(first)


def _of_family(lots: Lots, own: IntArray) -> IntArray:
    """Packs of the whole family of each lot, shape (lots, periods); home parts are not moved and do not count."""
    family, size = _family(lots)
    sums = np.zeros((size, own.shape[1]), dtype=np.int64)
    np.add.at(sums, family, own[: len(lots)])
    return np.asarray(sums[family], dtype=np.int64)


def reserve_with_moves(lots: Lots, own: IntArray, moves: Arcs) -> IntArray:
    """Like `own`, but of the whole family from the first period on in which goods may have been moved in."""
    moved_in: BoolArray = np.zeros((len(lots), own.shape[1]), dtype=bool)
    moved_in[moves.to, moves.arrive] = True
    moved_in = np.logical_or.accumulate(moved_in, axis=1)
    result = own.copy()
    result[: len(lots)][moved_in] = _of_family(lots, own)[moved_in]
    return result


def possible_moves(context: Context, lots: Lots, legs: Legs, own: IntArray) -> Arcs:
    """Moves between stores: free parts of one family at different places, never within a period."""
    family, size = _family(lots)
    # Within one period nothing arrives, and a lot without a sibling has nowhere to go.
    sibling = np.flatnonzero((np.bincount(family, minlength=size)[family] > 1) & (context.horizon > 1))
    pair, at = matches(legs.origin, lots.place[sibling])
    lot = sibling[at]
    width = int(family.max(initial=0)) + 1
    step, to = matches(legs.destination[pair] * width + family[lot], lots.place * width + family)
    pair, lot = pair[step], lot[step]
    other = legs.origin[pair] != legs.destination[pair]
    pair, lot, to = pair[other], lot[other], to[other]
    entry, depart = legs.over_periods(pair)
    pair, lot, to = pair[entry], lot[entry], to[entry]
    arrive = depart + np.maximum(context.delay(legs.seconds[pair] + lots.release[lot]), 1)
    # Before period 2 nothing can have been moved in: moves take a period at least.
    most = np.where(depart > 0, _of_family(lots, own)[lot, depart], own[lot, depart])
    kept = (arrive < context.horizon) & (most > 0)
    pair, lot, to, depart, arrive, most = (part[kept] for part in (pair, lot, to, depart, arrive, most))
    unit = context.unit[lots.place[to]]
    nobody = np.zeros_like(lot)
    return Arcs(
        part=lot,
        to=to,
        origin=lots.place[lot],
        destination=lots.place[to],
        depart=depart,
        arrive=arrive,
        seconds=legs.seconds[pair],
        step=context.tree.step(lots.authority[lot], unit),
        rung=context.tree.rung(lots.authority[lot], unit),
        position=nobody,
        below=nobody,
        use=np.full_like(lot, STORE),
        most=most,
    )
