"""Durables as integers: stores, needs as levels, and who may send units to whom when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.allowances import default_packs
from yjopt.instance.arcs import DEFAULT, OWN, STORE, SUPPLY, Arcs, make_arcs
from yjopt.instance.items import PHYSICAL, Items, Lots, Orders, index_lots, index_orders
from yjopt.instance.joining import BoolArray, IntArray, groups, matches, total

if TYPE_CHECKING:
    from yjopt.instance.command import Command
    from yjopt.instance.context import Context, Legs


@dataclass(frozen=True)
class Durables:
    """Everything about durables; all amounts are units.

    Parameters
    ----------
    lots, orders : Lots, Orders
        Where units are, and where they may be ordered.
    store_place, store_item, store_authority : int64 array, shape (stores,)
        Every (place, item, authority) at which units may stand.
    store_of_lot : int64 array, shape (lots,)
        The store of each lot.
    most : int64 array, shape (stores, periods)
        Units of the item and authority that there can be by each period.
    need_row, need_spot, need_period, need_amount, need_weight : int64 array, shape (needs,)
        Needs: row of the table, (place, item), period from 0, units, thousandths.
    spot_place, spot_item, spot_floor : int64 array, shape (spots,)
        Every (place, item) with a store; units that must be on hand.
    store_spot : int64 array, shape (stores,)
        The spot of each store.
    shipments : Arcs
        `part` and `to` are stores.
    is_supply : bool array, shape (arcs,)
        Whether the destination needs the item at any time.
    default_most : int64 array, shape (spots, periods)
        Units that a place that is cut off is sent unasked.
    left_out : int
        Pairs that thinning left out.
    """

    lots: Lots
    orders: Orders
    store_place: IntArray
    store_item: IntArray
    store_authority: IntArray
    store_of_lot: IntArray
    most: IntArray
    need_row: IntArray
    need_spot: IntArray
    need_period: IntArray
    need_amount: IntArray
    need_weight: IntArray
    spot_place: IntArray
    spot_item: IntArray
    spot_floor: IntArray
    store_spot: IntArray
    shipments: Arcs
    is_supply: BoolArray
    default_most: IntArray
    left_out: int


def index_durables(context: Context, command: Command, items: Items) -> Durables:
    """Index the tables about durables."""
    horizon, labels = context.horizon, context.labels
    lots = index_lots(context, command, items, durable=True)
    item_of_need = context.code("needs", "item", labels.items)
    asked = (context.number("needs", "quantity") > 0) & items.durable[item_of_need]
    wants_place, wants_item = context.places("needs")[asked], item_of_need[asked]
    row = np.flatnonzero(asked & (context.number("needs", "period") <= horizon))
    need_item, need_place = item_of_need[row], context.places("needs")[row]
    amount = context.number("needs", "quantity")[row]

    # An authority that has the item may stand units wherever the item is needed.
    _, (owner_item, owner) = groups(lots.item, lots.authority)
    _, (want_place, want_item) = groups(wants_place, wants_item)
    who, where = matches(owner_item, want_item)
    store, (place, item, authority) = groups(
        np.concatenate([lots.place, want_place[where]]),
        np.concatenate([lots.item, want_item[where]]),
        np.concatenate([lots.authority, owner[who]]),
    )
    store_of_lot = store[: len(lots)]
    spot, (spot_place, spot_item) = groups(
        np.concatenate([place, need_place]), np.concatenate([item, need_item])
    )
    spot_floor = total(np.minimum(lots.floor, lots.quantity), spot[store_of_lot], len(spot_place))

    # More units than all needs together are of no use to anybody.
    wanted = total(amount, need_item, len(items.pack))
    orders = index_orders(lots, command, items, wanted, horizon)
    most = _most(lots, orders, item, authority, store_of_lot, horizon)
    # Thinning counts every place with a lot or a need of a durable, whatever durable it is.
    anywhere = np.concatenate([lots.place, context.places("needs")[items.durable[item_of_need]]])
    legs, left_out = context.legs("supplies", anywhere, anywhere)
    width = len(labels.items)
    needed = np.isin(place * width + item, want_place * width + want_item)
    known = np.full(len(spot_place), horizon, dtype=np.int64)
    np.minimum.at(
        known, spot[len(place) :], command.known("needs", row, context.number("needs", "period")[row] - 1)
    )
    defaults = default_packs(context, command, items, spot_place, spot_item)
    shipments = _shipments(
        context,
        command,
        legs,
        lots,
        place,
        authority,
        groups(item, authority)[0],
        store_of_lot,
        needed,
        defaults[spot[: len(place)]],
    )
    if command.takes_time:
        late = shipments.is_asked & (known[spot[shipments.to]] > shipments.depart)
        shipments = shipments.take(np.flatnonzero(~late))
    shipments = shipments.limited(most[shipments.part, shipments.depart])
    return Durables(
        lots=lots,
        orders=orders,
        store_place=place,
        store_item=item,
        store_authority=authority,
        store_of_lot=store_of_lot,
        most=most,
        need_row=row,
        need_spot=spot[len(place) :],
        need_period=context.number("needs", "period")[row] - 1,
        need_amount=amount,
        need_weight=context.number("needs", "weight")[row],
        spot_place=spot_place,
        spot_item=spot_item,
        spot_floor=spot_floor,
        store_spot=spot[: len(place)],
        shipments=shipments,
        is_supply=shipments.use != STORE,
        default_most=defaults,
        left_out=left_out,
    )


def _most(
    lots: Lots, orders: Orders, item: IntArray, authority: IntArray, store_of_lot: IntArray, horizon: int
) -> IntArray:
    """Units of each store's item and authority that there can be by each period."""
    family, (first, _) = groups(item, authority)
    sums = np.zeros((len(first), horizon), dtype=np.int64)
    of_lot = family[store_of_lot]
    np.add.at(sums, of_lot, lots.quantity[:, None] + lots.receipts.cumsum(axis=1))
    ordered = np.zeros((len(first), horizon), dtype=np.int64)
    np.add.at(ordered, (of_lot[lots.source_lot[orders.source]], orders.arrive), orders.most)
    return np.asarray((sums + ordered.cumsum(axis=1))[family], dtype=np.int64)


def _shipments(
    context: Context,
    command: Command,
    legs: Legs,
    lots: Lots,
    place: IntArray,
    authority: IntArray,
    family: IntArray,
    store_of_lot: IntArray,
    needed: BoolArray,
    defaults: IntArray,
) -> Arcs:
    """Shipments between stores of one family; `needed` tells which stores are where the item is needed."""
    release = np.zeros(len(place), dtype=np.int64)
    release[store_of_lot] = lots.release
    pair, store = matches(legs.origin, place)
    width = int(family.max(initial=0)) + 1
    step, to = matches(legs.destination[pair] * width + family[store], place * width + family)
    pair, store = pair[step], store[step]
    other = store != to
    pair, store, to = pair[other], store[other], to[other]
    entry, depart = legs.over_periods(pair)
    pair, store, to = pair[entry], store[entry], to[entry]
    giver, taker = authority[store], context.unit[place[to]]
    use = np.where(needed[to], SUPPLY, STORE)
    if command.has_blind:
        cut_off = (use == SUPPLY) & (command.step(giver, taker) != OWN) & command.blind[place[to], depart]
        use = np.where(cut_off, DEFAULT, use)
        kept = np.flatnonzero(~cut_off | (defaults[to, depart] > 0))
        pair, store, to, depart, giver, taker, use = (
            part[kept] for part in (pair, store, to, depart, giver, taker, use)
        )
    return make_arcs(
        context,
        command,
        part=store,
        to=to,
        origin=place[store],
        destination=place[to],
        taker=taker,
        giver=giver,
        kind=np.full(len(store), PHYSICAL, dtype=np.int64),
        depart=depart,
        seconds=legs.seconds[pair],
        release=release[store],
        use=use,
    )
