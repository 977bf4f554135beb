"""A plan by hand after a pattern: first what it says, as far as that goes in whole numbers, then the rule by hand.

The pattern is a solution of the linear relaxation: it knows what will be wanted where, and breaks trips, teams and
groups into parts. By hand they are made whole again, and whatever is free afterwards is given out as ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.model.goods_rules import with_goods_rules
from yjopt.model.manual.desk import Desk
from yjopt.model.manual.ledger import Ledger
from yjopt.model.manual.obeying import signs_set
from yjopt.model.nothing import nothing

if TYPE_CHECKING:
    from yjopt.instance import Instance
    from yjopt.instance.joining import IntArray
    from yjopt.model.assembly import Model
    from yjopt.model.mip import FloatArray

#: What the relaxation wants by less than this it does not want.
_CRUMB: Final = 1e-6
#: From these parts on an opening is decided: at first what the pattern opens for the most part, then what it begins.
_OPENED_FROM: Final = (0.5, 0.1)
#: From this part of a trip on, the pattern is worth a whole one for goods that wait for nobody.
_WORTH_A_TRIP: Final = 0.5


def guided(instance: Instance, model: Model, pattern: FloatArray) -> IntArray:
    """Lay a plan by hand after a pattern.

    Parameters
    ----------
    instance, model
        What is planned.
    pattern : float64 array, shape (columns,)
        Values of the columns, in quanta, that need not be whole.

    Returns
    -------
    int64 array, shape (columns,)
        Whole numbers. Under rules that look back over the whole plan it may break a row: the caller checks.
    """
    ledger = Ledger(instance, model, nothing(instance, model))
    ledger.foresees = True
    desk = Desk(ledger)
    desk.relieve()
    _follow(ledger, pattern)
    for part in _OPENED_FROM:
        _open(ledger, pattern, part)
        # Sites want setting up before anybody is there to be brought.
        desk.hosts.open_sites()
        for period in range(instance.horizon):
            desk.care(period)
    trip = model.trips.trip
    ledger.most[trip] = np.maximum(
        ledger.x[trip], np.floor(pattern[trip] + 1 - _WORTH_A_TRIP + _CRUMB)
    ).astype(np.int64)
    desk.shelves.order_all()
    desk.shelves.send_early()
    ledger.lift()
    for period in range(instance.horizon):
        desk.care(period)
        desk.shelves.fill(period)
        desk.lending.run(period)
    desk.shelves.send_early()
    return with_goods_rules(instance, model, signs_set(model, desk.closed()))


def _follow(ledger: Ledger, pattern: FloatArray) -> None:
    """Let no choice grow beyond the pattern: amounts rounded up."""
    model, most = ledger.model, ledger.most
    supplies, beds, isolation = model.supplies, model.beds, model.isolation
    wished = np.ceil(pattern - _CRUMB).astype(np.int64)
    for columns in (
        supplies.ship, supplies.order, model.trips.trip, beds.admit, isolation.settle, model.teams.deploy,
    ):  # fmt: skip
        most[columns] = np.minimum(most[columns], wished[columns])


def _open(ledger: Ledger, pattern: FloatArray, part: float) -> None:
    """Let be opened what the pattern opens to a part and more."""
    model, most = ledger.model, ledger.most
    beds, isolation = model.beds, model.isolation
    for columns, what, period in (
        (beds.decide, beds.decide_level, beds.decide_period),
        (isolation.decide, isolation.decide_site, isolation.decide_period),
        (model.facilities.decide, model.facilities.decide_facility, model.facilities.decide_period),
    ):
        wished = _decided(pattern[columns], what, period, part)
        most[columns] = np.minimum(model.mip.upper[columns].astype(np.int64), wished)


def _decided(pattern: FloatArray, what: IntArray, period: IntArray, part: float) -> IntArray:
    """1 where something that the pattern decides in parts, some in each period, is decided to a part and more."""
    order = np.lexsort((period, what))
    parts, first = pattern[order], np.diff(what[order], prepend=-1) != 0
    total = parts.cumsum()
    before = (total - parts)[first][np.cumsum(first) - 1] if len(order) else total
    so_far = total - before
    result = np.zeros(len(pattern), dtype=np.int64)
    result[order] = (so_far >= part - _CRUMB) & (so_far - parts < part - _CRUMB)
    return result
