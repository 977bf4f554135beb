"""Consumables as integers: parts of lots, takers, needs, and who may ship to whom when. All amounts are packs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.items import Items, Lots, Orders, index_lots, index_orders
from yjopt.instance.joining import BoolArray, IntArray, ceil_div, groups, matches, total
from yjopt.instance.waiting import Waiting

if TYPE_CHECKING:
    from yjopt.instance.consumption import Consumption
    from yjopt.instance.context import Context, Legs


@dataclass(frozen=True)
class Parts:
    """Home and free parts of lots.

    Parameters
    ----------
    lot : int64 array, shape (parts,)
        The lot; the free part of lot k is part k.
    home : bool array
        Whether it is a home part.
    initial : int64 array
        Packs before period 1, no more than could ever be used.
    receipts : int64 array, shape (parts, periods)
        Packs from outside.
    """

    lot: IntArray
    home: BoolArray
    initial: IntArray
    receipts: IntArray


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
    most: IntArray


@dataclass(frozen=True)
class Supplies:
    """Everything about consumables.

    Parameters
    ----------
    lots, parts, orders : Lots, Parts, Orders
        Where goods are, and where they may be ordered.
    taker_place, taker_item : int64 array, shape (takers,)
        Who may be handed goods.
    taker_of_user : int64 array, shape (users,)
        The taker at which each user of `Consumption` draws.
    needs : Waiting
        Needs in packs: one demand for the full packs of a row, one for its last pack.
    need_taker, need_content : int64 array, shape (demands,)
        Taker, and base units of the need in a pack.
    shipments, moves : Arcs
        To takers; between stores of one authority.
    reserve : int64 array, shape (parts, periods)
        Most packs that can have been in each part by the end of each period, goods moved in included.
    wanted_later : int64 array, shape (takers, periods + 1)
        Packs that can be of use from a period on.
    left_out : int
        Pairs that thinning left out.
    """

    lots: Lots
    parts: Parts
    orders: Orders
    taker_place: IntArray
    taker_item: IntArray
    taker_of_user: IntArray
    needs: Waiting
    need_taker: IntArray
    need_content: IntArray
    shipments: Arcs
    moves: Arcs
    reserve: IntArray
    wanted_later: IntArray
    left_out: int


def index_supplies(context: Context, items: Items, consumption: Consumption) -> Supplies:
    """Index the tables about consumables."""
    horizon = context.horizon
    lots = index_lots(context, items, durable=False)
    need_row = _rows_of_needs(context, items, durable=False)
    need_place = context.places("needs")[need_row]
    need_item = context.code("needs", "item", context.labels.items)[need_row]
    taker, (taker_place, taker_item) = groups(
        np.concatenate([need_place, consumption.user_place]),
        np.concatenate([need_item, consumption.user_item]),
    )
    of_row, taker_of_user = taker[: len(need_row)], taker[len(need_row) :]
    needs, demand_row, content = _needs(context, items, need_row, need_item)
    need_taker = of_row[demand_row]

    wanted_later = _wanted_later(items, needs, need_taker, taker_item, taker_of_user, consumption, horizon)
    wanted = total(wanted_later[:, 0], taker_item, len(items.pack))
    parts = _parts(lots, items, wanted)
    orders = index_orders(lots, items, wanted, horizon)
    own = _own_reserve(lots, parts, orders, horizon)

    legs, left_out = context.legs("supplies", lots.place, np.concatenate([taker_place, lots.place]))
    moves = _moves(context, lots, legs, own)
    reserve = _reserve(lots, own, moves)
    shipments = _shipments(context, lots, parts, legs, taker_place, taker_item, wanted_later, reserve)
    return Supplies(
        lots, parts, orders, taker_place, taker_item, taker_of_user, needs, need_taker, content, shipments, moves,
        reserve, wanted_later, left_out,
    )  # fmt: skip


def _rows_of_needs(context: Context, items: Items, durable: bool) -> IntArray:
    item = context.code("needs", "item", context.labels.items)
    asked = (context.number("needs", "quantity") > 0) & (context.number("needs", "period") <= context.horizon)
    return np.flatnonzero(asked & (items.durable[item] == durable))


def _needs(
    context: Context, items: Items, row: IntArray, item: IntArray
) -> tuple[Waiting, IntArray, IntArray]:
    """Needs in packs: full packs first, then last packs; with the position in `row` and the content of each."""
    quantity, pack = context.number("needs", "quantity")[row], items.pack[item]
    full, rest = np.divmod(quantity, pack)
    at = np.concatenate([np.flatnonzero(full), np.flatnonzero(rest)])
    amount = np.concatenate([full[full > 0], np.ones(int((rest > 0).sum()), dtype=np.int64)])
    content = np.concatenate([pack[full > 0], rest[rest > 0]])
    period = context.number("needs", "period")[row][at] - 1
    deadline = context.number("needs", "deadline")[row][at]
    last = np.where(deadline < 0, context.horizon - 1, np.minimum(period + deadline, context.horizon - 1))
    weight = context.number("needs", "weight")[row][at]
    return Waiting(row[at], period, last, amount, weight * content, items.late[item[at]]), at, content


def _wanted_later(
    items: Items,
    needs: Waiting,
    need_taker: IntArray,
    taker_item: IntArray,
    taker_of_user: IntArray,
    consumption: Consumption,
    horizon: int,
) -> IntArray:
    """Packs that can be of use to each taker from each period on."""
    wanted = np.zeros((len(taker_item), horizon + 1), dtype=np.int64)
    np.add.at(wanted, (need_taker, needs.last), needs.amount)
    wanted = wanted[:, ::-1].cumsum(axis=1)[:, ::-1]
    left = horizon - np.arange(horizon + 1)
    used = consumption.most[:, None] * left[None, :]
    np.add.at(wanted, taker_of_user, ceil_div(used, items.pack[consumption.user_item][:, None]))
    return wanted


def _parts(lots: Lots, items: Items, wanted: IntArray) -> Parts:
    """Cut lots into free and home parts; both in packs."""
    pack = items.pack[lots.item]
    initial, floor = lots.quantity // pack, ceil_div(lots.floor, pack)
    receipts = lots.receipts // pack[:, None]
    home = np.minimum(initial, floor)
    room = np.where(lots.refill, floor - home, 0)
    before = np.concatenate(
        [np.zeros((len(lots), 1), dtype=np.int64), receipts.cumsum(axis=1)[:, :-1]], axis=1
    )
    to_home = np.clip(room[:, None] - before, 0, receipts)
    has_home = np.flatnonzero((home > 0) | (to_home.sum(axis=1) > 0))
    most = wanted[lots.item]
    return Parts(
        lot=np.concatenate([np.arange(len(lots), dtype=np.int64), has_home]),
        home=np.repeat([False, True], [len(lots), len(has_home)]),
        initial=np.concatenate([np.minimum(initial - home, most), np.minimum(home, most)[has_home]]),
        receipts=np.concatenate([receipts - to_home, to_home[has_home]]),
    )


def _own_reserve(lots: Lots, parts: Parts, orders: Orders, horizon: int) -> IntArray:
    """Most packs that can have been in each part by the end of each period, moves left aside."""
    reserve = parts.initial[:, None] + parts.receipts.cumsum(axis=1)
    ordered = np.zeros((len(parts.lot), horizon), dtype=np.int64)
    np.add.at(ordered, (lots.source_lot[orders.source], orders.arrive), orders.most)
    return np.asarray(reserve + ordered.cumsum(axis=1), dtype=np.int64)


def _shipments(
    context: Context,
    lots: Lots,
    parts: Parts,
    legs: Legs,
    taker_place: IntArray,
    taker_item: IntArray,
    wanted_later: IntArray,
    reserve: IntArray,
) -> Arcs:
    filled = np.flatnonzero(reserve.any(axis=1))
    pair, at_part = matches(legs.origin, lots.place[parts.lot[filled]])
    part = filled[at_part]
    lot = parts.lot[part]
    width = len(context.labels.items)
    step, taker = matches(legs.destination[pair] * width + lots.item[lot], taker_place * width + taker_item)
    pair, part, lot = pair[step], part[step], lot[step]
    unit = context.unit[taker_place[taker]]
    allowed = ~parts.home[part] | (unit == lots.authority[lot])
    pair, part, lot, taker = pair[allowed], part[allowed], lot[allowed], taker[allowed]
    entry, depart = legs.over_periods(pair)
    pair, part, lot, taker = pair[entry], part[entry], lot[entry], taker[entry]
    arrive = depart + context.delay(legs.seconds[pair] + lots.release[lot])
    in_time = arrive < context.horizon
    pair, part, lot, taker = pair[in_time], part[in_time], lot[in_time], taker[in_time]
    depart, arrive = depart[in_time], arrive[in_time]
    most = np.minimum(reserve[part, depart], wanted_later[taker, arrive])
    useful = np.flatnonzero(most > 0)
    pair, part, lot, taker = pair[useful], part[useful], lot[useful], taker[useful]
    unit = context.unit[taker_place[taker]]
    return Arcs(
        part=part,
        to=taker,
        origin=lots.place[lot],
        destination=taker_place[taker],
        depart=depart[useful],
        arrive=arrive[useful],
        seconds=legs.seconds[pair],
        step=context.tree.step(lots.authority[lot], unit),
        rung=context.tree.rung(lots.authority[lot], unit),
        most=most[useful],
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


def _reserve(lots: Lots, own: IntArray, moves: Arcs) -> IntArray:
    """Like `own`, but of the whole family from the first period on in which goods may have been moved in."""
    moved_in = np.zeros((len(lots), own.shape[1]), dtype=bool)
    moved_in[moves.to, moves.arrive] = True
    moved_in = np.logical_or.accumulate(moved_in, axis=1)
    result = own.copy()
    result[: len(lots)][moved_in] = _of_family(lots, own)[moved_in]
    return result


def _moves(context: Context, lots: Lots, legs: Legs, own: IntArray) -> Arcs:
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
        most=most,
    )
