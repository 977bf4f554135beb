"""Durables as integers: stores, needs as levels, and who may send units to whom when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.items import Items, Lots, Orders, index_lots, index_orders
from yjopt.instance.joining import BoolArray, IntArray, groups, matches, total
from yjopt.instance.supplies import Arcs

if TYPE_CHECKING:
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
    left_out: int


def index_durables(context: Context, items: Items) -> Durables:
    """Index the tables about durables."""
    horizon, labels = context.horizon, context.labels
    lots = index_lots(context, items, durable=True)
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
    orders = index_orders(lots, items, wanted, horizon)
    most = _most(lots, orders, item, authority, store_of_lot, horizon)
    # Thinning counts every place with a lot or a need of a durable, whatever durable it is.
    anywhere = np.concatenate([lots.place, context.places("needs")[items.durable[item_of_need]]])
    legs, left_out = context.legs("supplies", anywhere, anywhere)
    shipments = _shipments(context, legs, lots, place, item, authority, store_of_lot, most)
    width = len(labels.items)
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
        is_supply=np.isin(shipments.destination * width + item[shipments.to], want_place * width + want_item),
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
    legs: Legs,
    lots: Lots,
    place: IntArray,
    item: IntArray,
    authority: IntArray,
    store_of_lot: IntArray,
    most: IntArray,
) -> Arcs:
    release = np.zeros(len(place), dtype=np.int64)
    release[store_of_lot] = lots.release
    family, _ = groups(item, authority)
    pair, store = matches(legs.origin, place)
    width = int(family.max(initial=0)) + 1
    step, to = matches(legs.destination[pair] * width + family[store], place * width + family)
    pair, store = pair[step], store[step]
    other = store != to
    pair, store, to = pair[other], store[other], to[other]
    entry, depart = legs.over_periods(pair)
    pair, store, to = pair[entry], store[entry], to[entry]
    arrive = depart + context.delay(legs.seconds[pair] + release[store])
    kept = (arrive < context.horizon) & (most[store, depart] > 0)
    pair, store, to, depart, arrive = (part[kept] for part in (pair, store, to, depart, arrive))
    unit = context.unit[place[to]]
    return Arcs(
        part=store,
        to=to,
        origin=place[store],
        destination=place[to],
        depart=depart,
        arrive=arrive,
        seconds=legs.seconds[pair],
        step=context.tree.step(authority[store], unit),
        rung=context.tree.rung(authority[store], unit),
        most=most[store, depart],
    )
