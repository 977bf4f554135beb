"""A plan by hand after a pattern: first what it says, as far as that goes in whole numbers, then the rule by hand.

The pattern is a solution of the linear relaxation: it knows what will be wanted where, and breaks trips, teams and
groups into parts. By hand they are made whole again, and whatever is free afterwards is given out as ever.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.instance.joining import groups
from yjopt.model.manual.desk import Desk
from yjopt.model.manual.ledger import Ledger
from yjopt.model.manual.obeying import lawful
from yjopt.model.manual.transferring import count_beyond, transfer
from yjopt.model.manual.turns import goods_in_turn, people_in_turn, teams_in_turn
from yjopt.model.names import STAGE_GOODS, STAGE_HARD, STAGE_MONEY, STAGE_PEOPLE, STAGE_RULES, STAGE_TIME
from yjopt.model.nothing import nothing

if TYPE_CHECKING:
    from yjopt.instance import Instance
    from yjopt.instance.joining import BoolArray, IntArray
    from yjopt.model.assembly import Model
    from yjopt.model.mip import FloatArray, Mip

#: Weights of stages in the relaxation.
_WEIGHTS: Final = {STAGE_HARD: 1e7, STAGE_RULES: 1e5, STAGE_PEOPLE: 1e3, STAGE_GOODS: 1.0, STAGE_TIME: 1e-6}
#: Weight of support of the last resort, and what is left of it for each step after.
_SUPPORT, _NEXT_STEP = 1e-3, 0.7
#: How often a plan that looks back and finds a step forbidden is laid anew.
_ATTEMPTS: Final = 16
#: In so many of these attempts the pattern may ask for what, as the plan stands, is not allowed yet.
_TRUSTED: Final = 12
#: After so many what stands beside a forbidden step is barred as well: it costs much of what the pattern is worth.
_PATIENT: Final = 8
#: What the relaxation wants by less than this it does not want.
_CRUMB: Final = 1e-6
#: From these parts on an opening is decided: at first what the pattern opens for the most part, then what it begins.
_OPENED_FROM: Final = (0.5, 0.1)
#: From this part of a trip on, the pattern is worth a whole one for goods that wait for nobody.
_WORTH_A_TRIP: Final = 0.5


def guiding_weights(mip: Mip) -> dict[str, float]:
    """What a natural unit of each stage weighs in the relaxation whose solution is the pattern.

    The first stages come one before the other as far as floating point goes; support of every step weighs a little,
    the last resort most, and time breaks ties, so that the pattern takes the near way.
    """
    weights = dict(_WEIGHTS)
    support = [stage.name for stage in mip.stages if stage.name not in weights and stage.name != STAGE_MONEY]
    return weights | {name: _SUPPORT * _NEXT_STEP**k for k, name in enumerate(support)}


def to_be_whole(model: Model) -> IntArray:
    """Columns on which most else hangs, sorted: what is opened, what it is used for, and which teams are sent."""
    isolation = model.isolation
    return np.sort(
        np.concatenate(
            [
                model.beds.decide,
                model.facilities.decide,
                isolation.decide,
                isolation.hold[isolation.hold >= 0],
                isolation.convert[isolation.convert >= 0],
                model.teams.deploy,
            ]
        )
    )


def guided(instance: Instance, model: Model, pattern: FloatArray, deadline: float) -> IntArray:
    """Lay a plan by hand after a pattern.

    Parameters
    ----------
    instance, model
        What is planned.
    pattern : float64 array, shape (columns,)
        Values of the columns, in quanta, that need not be whole.
    deadline : float
        By `time.monotonic`; after it nothing is laid anew because a step, looking back, was forbidden.

    Returns
    -------
    int64 array, shape (columns,)
        Whole numbers. Under rules that look back over the whole plan it may break a row: the caller checks.
    """
    start, attempts = nothing(instance, model), count()

    def lay(barred: BoolArray) -> IntArray:
        ledger = Ledger(instance, model, start.copy(), barred)
        ledger.trusts = next(attempts) < _TRUSTED
        return _laid_once(ledger, pattern)

    return lawful(instance, model, _ATTEMPTS, lay, give_up_at=deadline, patient=_PATIENT)


def _laid_once(ledger: Ledger, pattern: FloatArray) -> IntArray:
    """Lay the plan once, without the barred columns."""
    instance, model = ledger.instance, ledger.model
    ledger.foresees = ledger.is_patterned = True
    desk, teams = Desk(ledger), _whole_teams(instance, pattern[model.teams.deploy])
    _follow(ledger, pattern, teams)
    # Before anybody is looked after: some goods that wards and teams use up nobody else asks for.
    _order(desk)
    if ledger.is_trusted:
        for borrows in (False, True):
            ledger.borrows = borrows
            desk.crews.empty_pools(teams)
    desk.relieve()
    for part in _OPENED_FROM:
        _open(ledger, pattern, part)
        # Sites and beds want setting up before anybody is there to be brought.
        desk.hosts.open_sites()
        desk.hosts.open_levels()
        transfer(desk.hosts, pattern)
        # First with the teams that the pattern gives each place; nobody's are taken away before he is looked after.
        for borrows in (False, True):
            ledger.borrows = borrows
            for period in range(instance.horizon):
                desk.host(period)
    for period in range(instance.horizon):
        desk.crews.do_tasks(period)
    desk.crews.empty_pools(teams)
    trip = model.trips.trip
    ledger.most[trip] = np.maximum(
        ledger.x[trip], np.floor(pattern[trip] + 1 - _WORTH_A_TRIP + _CRUMB)
    ).astype(np.int64)
    _order(desk)
    desk.shelves.send_early()
    ledger.lift()
    for period in range(instance.horizon):
        desk.care(period)
        desk.shelves.fill(period)
        desk.lending.run(period)
    desk.shelves.send_early()
    people_in_turn(desk.hosts)
    teams_in_turn(desk.crews)
    goods_in_turn(desk.carriers)
    count_beyond(desk.hosts)
    return desk.closed()


def _follow(ledger: Ledger, pattern: FloatArray, sent: IntArray) -> None:
    """Let no choice grow beyond the pattern: amounts rounded up, and to tasks no more teams than are sent."""
    model, most = ledger.model, ledger.most
    supplies, beds, isolation = model.supplies, model.beds, model.isolation
    wished = np.ceil(pattern - _CRUMB).astype(np.int64)
    for columns in (
        supplies.ship, supplies.order, model.trips.trip, beds.admit, isolation.settle, model.teams.deploy,
    ):  # fmt: skip
        most[columns] = np.minimum(most[columns], wished[columns])
    # Work waits for whole teams, people do not: what is broken off goes to those who look after them.
    tours = ledger.instance.teams.tour_post < 0
    columns = model.teams.deploy[tours]
    most[columns] = np.minimum(most[columns], sent[tours])


def _whole_teams(instance: Instance, pattern: FloatArray) -> IntArray:
    """Whole teams of every tour, rounded down.

    Where pools must be empty before others are asked, as many of a pool as the pattern sends in a period: those tours
    get one more that lack least of it.
    """
    whole = np.floor(pattern + _CRUMB).astype(np.int64)
    if not instance.command.is_strict("teams"):
        return whole
    teams = instance.teams
    number, _ = groups(teams.tour_pool, teams.tour_depart)
    part = np.maximum(pattern - whole, 0)
    spare = np.rint(np.bincount(number, part)).astype(np.int64)
    order = np.lexsort((-part, number))
    rank = np.arange(len(order)) - np.searchsorted(number[order], number[order])
    whole[order] += rank < spare[number[order]]
    return whole


def _order(desk: Desk) -> None:
    """Order what the pattern orders, as far as it may be asked for by now."""
    instance, orders = desk.ledger.instance, desk.ledger.model.supplies.order
    most = int(desk.ledger.most[orders].sum())
    for period in range(instance.horizon):
        for item in range(len(instance.items.pack)):
            desk.carriers.order(item, period, most)


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
