"""Sending the goods of a plan anew after a pattern, people and all that is done for them staying as they are.

Laid together with people, goods go where a pattern sends them only as far as people have left the hours of vehicles for
it. Where people are settled, the trips of the pattern can be driven outright, and what it sends is loaded on them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.model.goods_rules import with_goods_rules
from yjopt.model.manual.carriers import Carriers
from yjopt.model.manual.ledger import Ledger
from yjopt.model.manual.shelves import Shelves
from yjopt.model.nothing import with_shortfalls

if TYPE_CHECKING:
    from yjopt.instance import Instance
    from yjopt.instance.joining import IntArray
    from yjopt.model.assembly import Model
    from yjopt.model.mip import FloatArray

#: What the relaxation wants by less than this it does not want.
_CRUMB: Final = 1e-6


def to_be_resent(model: Model) -> IntArray:
    """Columns that `resent` decides, sorted, and those that follow from them."""
    supplies = model.supplies
    follows = [supplies.stock.ravel(), supplies.received.ravel(), supplies.serve, supplies.lost]
    return np.sort(np.concatenate([sent_and_ordered(model), *follows]))


def sent_and_ordered(model: Model) -> IntArray:
    """Columns that `resent` decides, sorted."""
    return np.sort(np.concatenate([model.supplies.ship, trips_and_orders(model)]))


def trips_and_orders(model: Model) -> IntArray:
    """Columns on which most of what `resent` decides hangs, sorted."""
    return np.sort(np.concatenate([model.supplies.order, model.trips.trip]))


def resent(instance: Instance, model: Model, x: IntArray, pattern: FloatArray) -> IntArray:
    """Send the goods of a plan anew after a pattern.

    Parameters
    ----------
    instance, model
        What is planned.
    x : int64 array, shape (columns,)
        A plan. It is not changed.
    pattern : float64 array, shape (columns,)
        What is to be sent by which trips, in quanta. The more trips are whole, the more of it can be.

    Returns
    -------
    int64 array, shape (columns,)
        Whole numbers; the plan itself where what people use up could not be sent anew. It may break a row where a
        command rule looks back over all of a plan: the caller checks.
    """
    columns, trips = model.supplies, model.trips
    carriers, is_fed = _fed(instance, model, x, pattern)
    if not is_fed:
        return x
    ledger = carriers.ledger
    shelves = Shelves(ledger, carriers)
    carriers.call(np.floor(pattern[trips.trip] + _CRUMB).astype(np.int64) - ledger.x[trips.trip])
    surely = np.floor(pattern[columns.ship] + _CRUMB).astype(np.int64) - ledger.x[columns.ship]
    arcs = np.flatnonzero(surely > 0)
    shelves.send_along(arcs, surely[arcs])
    shelves.send_early()
    carriers.release()
    ledger.lift()
    shelves.send_early()
    ledger.x[columns.stock] = carriers.stock
    ledger.x[columns.received] = shelves.received()
    ledger.x[columns.lost] = shelves.left
    return with_goods_rules(instance, model, with_shortfalls(model, ledger.x))


def needed(instance: Instance, model: Model, x: IntArray, pattern: FloatArray) -> IntArray:
    """The plan of which `resent` would send more: what is used up for people, and nothing else.

    Parameters
    ----------
    instance, model, x, pattern
        As for `resent`.

    Returns
    -------
    int64 array, shape (columns,)
        Stocks are as if nothing had been sent. Without any trips of goods where not all that is used up could be sent.
    """
    carriers, is_fed = _fed(instance, model, x, pattern)
    return carriers.ledger.x if is_fed else _unsent(instance, model, x, x[model.supplies.order])


def _fed(instance: Instance, model: Model, x: IntArray, pattern: FloatArray) -> tuple[Carriers, bool]:
    """Send what is used up for people after a pattern, and nothing else; whether all of it could be.

    Where the pattern is in parts, what it sends may not do in whole numbers: then it is sent by the rule alone.
    """
    columns, trips = model.supplies, model.trips
    whole = np.ceil(pattern - _CRUMB).astype(np.int64)
    for follows in (True, False):
        ledger = Ledger(instance, model, _unsent(instance, model, x, whole[columns.order]))
        carriers = Carriers(ledger)
        carriers.resume()
        limits = ledger.most.copy()
        for own in (columns.ship, trips.trip):
            ledger.most[own] = np.minimum(ledger.most[own], np.maximum(whole[own], ledger.x[own]))
        if not follows:
            ledger.most[:] = limits
        is_fed = _is_fed(ledger, carriers)
        if is_fed:
            break
    for own in (columns.ship, trips.trip):
        ledger.most[own] = np.minimum(limits[own], np.maximum(whole[own], ledger.x[own]))
    return carriers, is_fed


def _unsent(instance: Instance, model: Model, x: IntArray, order: IntArray) -> IntArray:
    """A plan with other orders, and nothing sent or served: its lots have what they would have then."""
    supplies, columns = instance.supplies, model.supplies
    arcs, orders = supplies.shipments, supplies.orders
    result = x.copy()
    more = np.zeros(columns.stock.shape, dtype=np.int64)
    np.add.at(more, (arcs.part, arcs.depart), x[columns.ship])
    np.add.at(more, (supplies.lots.source_lot[orders.source], orders.arrive), order - x[columns.order])
    result[columns.stock] += more.cumsum(axis=1)
    result[columns.order] = order
    # What is lent or moved rides along.
    trips = model.trips
    rides = np.zeros(len(trips.leg_origin) + 1, dtype=np.bool_)
    for leg, loads in ((trips.leg_of_move, columns.move), (trips.leg_of_lend, model.durables.ship)):
        rides[leg[x[loads] > 0]] = True
    rides[-1] = False
    result[trips.trip[~rides[trips.leg]]] = 0
    result[columns.ship] = 0
    result[columns.serve] = 0
    return result


def _is_fed(ledger: Ledger, carriers: Carriers) -> bool:
    """Send what wards and teams open in each period; whether all of it comes."""
    instance, columns = ledger.instance, ledger.model.supplies
    takers = instance.supplies.taker_of_user
    for period in range(instance.horizon):
        opened = ledger.x[columns.opened[:, period]]
        for user in np.flatnonzero(opened).tolist():
            taker, wanted = int(takers[user]), int(opened[user])
            wanted -= carriers.fetch(taker, wanted, 0, period)
            if wanted:
                with ledger.lifted():
                    wanted -= carriers.fetch(taker, wanted, 0, period)
            if wanted:
                return False
    return True
