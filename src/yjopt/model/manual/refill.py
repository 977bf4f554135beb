"""Sending, into a plan, what it leaves unsent.

A solver that minimises the stage of people leaves goods as they fall. Sending by hand what stocks and vehicles still
allow takes a moment, and gives the stage of goods a start from which it can search.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from yjopt.model.goods_rules import with_goods_rules
from yjopt.model.manual.carriers import Carriers
from yjopt.model.manual.ledger import Ledger
from yjopt.model.manual.lending import Lending
from yjopt.model.manual.shelves import Shelves
from yjopt.model.names import STAGE_GOODS
from yjopt.model.nothing import with_shortfalls

if TYPE_CHECKING:
    from yjopt.instance import Instance
    from yjopt.instance.joining import IntArray
    from yjopt.model.assembly import Model


def refill(instance: Instance, model: Model, x: IntArray) -> IntArray:
    """Send packs for needs that a plan does not meet, as far as its stocks and vehicles go.

    Unlike the rule by hand this knows what will be needed, and sends early.

    Parameters
    ----------
    instance, model
        What is planned.
    x : int64 array, shape (columns,)
        A plan. It is not changed.

    Returns
    -------
    int64 array, shape (columns,)
        A plan that leaves no more needs unmet, and people as they are.
    """
    goods = next((stage for stage in model.mip.stages if stage.name == STAGE_GOODS), None)
    if goods is None or goods.value(x) == 0:
        return x
    found = [_send(instance, model, x, lend_anew=False)]
    if x[model.durables.lost].any():
        found.append(_send(instance, model, x, lend_anew=True))
    # What lends or sends by hand may ask somebody too early: then the plan stays as it was.
    return min([plan for plan in found if model.mip.is_feasible(plan)], key=goods.value, default=x)


def _send(instance: Instance, model: Model, x: IntArray, lend_anew: bool) -> IntArray:
    """Fill up; with `lend_anew` durables are first taken home and lent again by the rule by hand."""
    columns = model.supplies
    ledger = Ledger(instance, model, x.copy())
    if lend_anew:
        ledger.x[model.durables.ship] = 0
        ledger.x[model.durables.order] = 0
    carriers = Carriers(ledger)
    carriers.resume()
    if lend_anew:
        lending = Lending(ledger, carriers)
        for period in range(instance.horizon):
            lending.run(period)
        lending.book()
    shelves = Shelves(ledger, carriers)
    shelves.left[:] = x[columns.lost]
    shelves.send_early()
    ledger.x[columns.stock] = carriers.stock
    ledger.x[columns.received] = shelves.received()
    ledger.x[columns.lost] = shelves.left
    return with_goods_rules(instance, model, with_shortfalls(model, ledger.x))
