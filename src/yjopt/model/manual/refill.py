"""Sending, into a plan, what it leaves unsent.

A solver that minimises the stage of people leaves goods as they fall. Sending by hand what stocks and vehicles still
allow takes a moment, and gives the stage of goods a start from which it can search.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from yjopt.model.manual.carriers import Carriers
from yjopt.model.manual.ledger import Ledger
from yjopt.model.manual.shelves import Shelves

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
    columns = model.supplies
    if not x[columns.lost].any():
        return x
    ledger = Ledger(instance, model, x.copy())
    carriers = Carriers(ledger)
    carriers.resume()
    shelves = Shelves(ledger, carriers)
    shelves.left[:] = x[columns.lost]
    shelves.send_early()
    ledger.x[columns.stock] = carriers.stock
    ledger.x[columns.received] = shelves.received()
    ledger.x[columns.lost] = shelves.left
    return ledger.x
