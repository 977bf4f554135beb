"""Consumables as integers: parts of lots, takers, needs, and who may ship to whom when. All amounts are packs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.allowances import Allowances, index_allowances
from yjopt.instance.items import Items, Lots, Orders, index_lots, index_orders
from yjopt.instance.joining import EXACT_LIMIT, BoolArray, IntArray, ceil_div, groups, total
from yjopt.instance.own_first import OwnFirst, index_own_first
from yjopt.instance.shipping import (
    Takers,
    own_reserve,
    possible_moves,
    possible_shipments,
    reserve_with_moves,
)
from yjopt.instance.waiting import Waiting

if TYPE_CHECKING:
    from yjopt.instance.arcs import Arcs
    from yjopt.instance.command import Command
    from yjopt.instance.consumption import Consumption
    from yjopt.instance.context import Context


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
        Packs before period 1, without rule strict no more than could ever be used.
    receipts : int64 array, shape (parts, periods)
        Packs from outside.
    """

    lot: IntArray
    home: BoolArray
    initial: IntArray
    receipts: IntArray


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
    allowances : Allowances
        What limits the packs that a taker may ask for or be sent.
    order_taker : int64 array, shape (sources,)
        Rule strict: who asks when a source is ordered from, for whom lower positions must be exhausted.
    before_orders : Arcs
        Rule strict: what could be shipped to those instead; `to` counts them.
    own_first : OwnFirst
        Whose own needs come before shipments to peers.
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
    allowances: Allowances
    order_taker: IntArray
    before_orders: Arcs
    own_first: OwnFirst
    left_out: int


def index_supplies(context: Context, command: Command, items: Items, consumption: Consumption) -> Supplies:
    """Index the tables about consumables."""
    horizon, is_strict = context.horizon, command.is_strict("supplies")
    lots = index_lots(context, command, items, durable=False)
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
    takers = Takers(taker_place, taker_item, context.unit[taker_place])
    allowances = index_allowances(
        context, command, items, takers, needs, need_taker, taker_of_user, consumption
    )

    wanted_later = _wanted_later(items, needs, need_taker, taker_item, taker_of_user, consumption, horizon)
    if is_strict:
        wanted = total(allowances.arriving[:, -1], taker_item, len(items.pack))
        # Nothing in a lot may be left out: whether it is exhausted depends on all that lies there.
        parts = _parts(lots, items, np.full(len(items.pack), EXACT_LIMIT, dtype=np.int64))
    else:
        wanted = total(wanted_later[:, 0], taker_item, len(items.pack))
        parts = _parts(lots, items, wanted)
    orders = index_orders(lots, command, items, wanted, horizon, _has_later(lots) & is_strict)
    own = own_reserve(lots, parts, orders, horizon)

    legs, left_out = context.legs("supplies", lots.place, np.concatenate([taker_place, lots.place]))
    moves = possible_moves(context, lots, legs, own)
    reserve = reserve_with_moves(lots, own, moves)
    filled = np.flatnonzero(reserve.any(axis=1))
    shipments = possible_shipments(context, command, lots, parts, filled, legs, takers, allowances)
    useful = allowances.arriving if is_strict else wanted_later
    shipments = shipments.limited(
        np.minimum(reserve[shipments.part, shipments.depart], useful[shipments.to, shipments.arrive])
    )
    order_taker, orderers = _orderers(lots, command)
    before_orders = possible_shipments(context, command, lots, parts, filled, legs, orderers, None)
    before_orders = before_orders.limited(reserve[before_orders.part, before_orders.depart])
    own_first = index_own_first(
        context, command, lots, parts, legs, takers, allowances, need_taker, shipments, before_orders
    )
    return Supplies(
        lots, parts, orders, taker_place, taker_item, taker_of_user, needs, need_taker, content, shipments, moves,
        reserve, wanted_later, allowances, order_taker, before_orders, own_first, left_out,
    )  # fmt: skip


def _has_later(lots: Lots) -> BoolArray:
    """Sources whose goods join a lot that a source of a higher position joins, too: up to it, all must be ordered."""
    last = np.full(len(lots), -1, dtype=np.int64)
    np.maximum.at(last, lots.source_lot, lots.source_position)
    return np.asarray(
        (lots.source_position >= 0) & (lots.source_position < last[lots.source_lot]), dtype=np.bool_
    )


def _orderers(lots: Lots, command: Command) -> tuple[IntArray, Takers]:
    """Rule strict: who asks when a source is ordered from: the authority, for the place where goods join a lot."""
    lot = lots.source_lot
    if not command.is_strict("supplies"):
        lot = lot[:0]
    taker, (place, item, unit) = groups(lots.place[lot], lots.item[lot], lots.authority[lot])
    return taker, Takers(place, item, unit)


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
