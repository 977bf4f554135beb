"""The plan of a command centre without a solver.

Day by day, with what is known that day: worst cases first; one's own unit, then the pool, then up the ladder, the
nearest first, in whole loads. It is the first plan of every solve, and the baseline every plan is compared with.
"""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING, Final

from yjopt.model.manual.desk import Desk
from yjopt.model.manual.ledger import Ledger
from yjopt.model.manual.obeying import lawful
from yjopt.model.manual.turns import people_in_turn
from yjopt.model.nothing import nothing

if TYPE_CHECKING:
    from yjopt.instance import Instance
    from yjopt.instance.joining import BoolArray, IntArray
    from yjopt.model.assembly import Model

#: How often a plan that looks back and finds a step forbidden is laid anew; the last time nothing else is asked.
_ATTEMPTS: Final = 20

_log = logging.getLogger("yjopt")


def manual(instance: Instance, model: Model, deadline: float = math.inf) -> IntArray:
    """Lay the manual plan.

    Parameters
    ----------
    instance, model
        What is planned.
    deadline : float
        By `time.monotonic`; from then on nobody is served any more, only durables are lent.

    Returns
    -------
    int64 array, shape (columns,)
        A vector that keeps every row and is never worse than doing nothing in the stages of people and goods.
    """
    start = nothing(instance, model)
    x = laid(instance, model, start, _ATTEMPTS, deadline=deadline)
    if not model.mip.is_feasible(x):
        broken = (model.mip.violations(x) + model.mip.bound_violations(x))[0]
        _log.error("The manual plan breaks %s; doing nothing stands in for it.", broken)
        return start
    return x


def laid(
    instance: Instance,
    model: Model,
    start: IntArray,
    attempts: int,
    sites: IntArray | None = None,
    deadline: float = math.inf,
) -> IntArray:
    """Lay a plan by hand, again and again without the steps that were forbidden, looking back.

    Parameters
    ----------
    instance, model
        What is planned.
    start : int64 array, shape (columns,)
        Doing nothing.
    attempts : int
        How often at most; the last time nobody is asked before whom another must be exhausted.
    sites : int64 array, shape (columns,), optional
        A plan whose sites are to be decided and held as they are in it.
    deadline : float
        As in `manual`.

    Returns
    -------
    int64 array, shape (columns,)
    """
    return lawful(
        instance,
        model,
        attempts,
        lambda barred: _laid_once(instance, model, start, barred, sites, deadline),
    )


def _laid_once(
    instance: Instance,
    model: Model,
    start: IntArray,
    barred: BoolArray,
    sites: IntArray | None,
    deadline: float,
) -> IntArray:
    """Lay the plan once, without the barred columns."""
    desk = Desk(Ledger(instance, model, start.copy(), barred, deadline))
    if sites is not None:
        desk.hosts.keep_sites(sites)
    desk.relieve()
    for period in range(instance.horizon):
        desk.care(period)
        desk.shelves.fill(period)
        # Durables stand somewhere in every period, whether anybody decides or not.
        desk.lending.run(period)
    people_in_turn(desk.hosts)
    return desk.closed()
