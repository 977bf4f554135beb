"""One's own first: consumables go to peers only when nothing of the giver's own is open (section 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from yjopt.auditing.command import IS_PEER
from yjopt.auditing.rows import add_up, distinct, expand, find, join
from yjopt.auditing.supplies import LOT, STORE
from yjopt.schema import INPUT

if TYPE_CHECKING:
    from yjopt.auditing.command import Command
    from yjopt.auditing.handover import Served
    from yjopt.auditing.reach import Reach
    from yjopt.auditing.report import Report
    from yjopt.auditing.rows import Column, Ints, Rows
    from yjopt.auditing.supplies import LotStocks


class OwnFirst:
    """Which authorities may send nothing to peers, because something of their own is open.

    Parameters
    ----------
    command : Command
        The command rules.
    reach : Reach
        Who reaches whom.
    lots : LotStocks
        The lots of consumables.
    served : Served
        What the plan serves.
    """

    def __init__(self, command: Command, reach: Reach, lots: LotStocks, served: Served) -> None:
        self._command, self._reach, self._lots, self._served = command, reach, lots, served
        rules = command.facts["rules"]
        self.areas = rules["area"][rules["rule"] == INPUT["rules"]["rule"].choices.index("own_first")]

    def amount(self, authority: Column, item: Column, period: Column) -> Ints:
        """Base units of its own needs open at the end of each period; 0 where no rule binds the authority."""
        bound = np.zeros(len(authority), dtype=bool)
        for area in self.areas:  # a handful of rows
            bound |= self._command.ladder.inside(authority, area)
        amount = np.zeros(len(authority), dtype=np.int64)
        key = (authority[bound], item[bound], period[bound])
        asked = distinct(key)
        still = _open_of_own(self._command, self._reach, self._lots, self._served, asked)
        amount[bound] = still[find(asked, key)]
        return amount

    def __call__(self, peer: Column, authority: Column, item: Column, period: Column) -> Column:
        """Whether each giver, where it is a peer, may send nothing in the period."""
        if not len(self.areas):
            return np.zeros(len(peer), dtype=bool)
        return np.asarray(peer & (self.amount(authority, item, period) > 0))


def check_own_first(command: Command, keeps: OwnFirst, shipments: Rows, report: Report) -> None:
    """Consumables go to peers only when nothing of the giver's own is open that its lots could serve."""
    if not len(keeps.areas):
        return
    durable = command.facts.durable
    rows = shipments.keep(
        (shipments["use"] != STORE) & IS_PEER[shipments["order"]] & ~durable[shipments["item"]]
    )
    amount = keeps.amount(*rows.key("authority", "item", "depart"))
    report.check(
        "own_first",
        "shipments",
        amount == 0,
        "{giver} sends {what} from {place} to {to} in period {period}, while {amount:,} of its own needs are open.",
        place=("place", rows["from"]),
        what=("item", rows["item"]),
        period=rows["depart"],
        to=("place", rows["to"]),
        giver=("area", rows["authority"]),
        amount=amount,
    )


def _open_of_own(
    command: Command, reach: Reach, lots: LotStocks, served: Served, asked: tuple[Ints, ...]
) -> Ints:
    """Base units of an authority's own needs of an item open at the end of a period, that it could serve."""
    facts = command.facts
    needs, horizon = facts["needs"], facts.horizon
    authority, item, period = asked
    end = facts.last_chance(needs["period"], needs["deadline"])
    by = np.cumsum(
        add_up(
            (len(needs), horizon + 1),
            (served.rows["need"], served.rows["period"]),
            served.rows["quantity"],
        ),
        axis=1,
    )
    row, need = join((item,), (needs["item"],))
    unit = facts["places"]["unit"][needs["place"][need]]
    now = period[row]
    mine = command.ladder.inside(unit, authority[row]) & (needs["period"][need] <= now) & (now <= end[need])
    row, need, now = row[mine], need[mine], now[mine]
    left = needs["quantity"][need] - by[need, now]
    row, need, left = row[left > 0], need[left > 0], left[left > 0]
    pair = distinct((authority[row], needs["item"][need], needs["place"][need]))
    could = _could_ship(command, reach, lots, pair)
    mine = could[find(pair, (authority[row], needs["item"][need], needs["place"][need]))]
    return np.asarray(add_up(len(authority), row[mine], left[mine]))


def _could_ship(command: Command, reach: Reach, lots: LotStocks, pair: tuple[Ints, ...]) -> Column:
    """Whether some lot of (authority, item) could ship to a place in some period, to arrive within the horizon."""
    facts, horizon = command.facts, command.facts.horizon
    authority, item, place = pair
    row, lot = join((authority, item), (lots.key[2], lots.key[1]))
    stocks = facts["stocks"]
    stock = find(stocks.key(*LOT), tuple(column[lot] for column in lots.key))
    release = np.where(stock >= 0, stocks["release_hours"][stock] * 36, 0) if len(stocks) else lot * 0
    taker = facts["places"]["unit"][place[row]]
    step = command.step(authority[row], taker)
    at, period = expand(np.ones(len(row), dtype=np.int64), np.full(len(row), horizon))
    row, lot, release, taker, step = row[at], lot[at], release[at], taker[at], step[at]
    seconds = reach.seconds("consumables", period, lots.key[0][lot], place[row])
    decision = command.seconds("supplies", step, taker, authority[row])
    # What goes unasked to a place that is cut off is not decided.
    cut_off = (step > 0) & command.is_blind(place[row], period)
    decision = np.where(cut_off, 0, decision)
    arrive = period + facts.delay(np.maximum(seconds, 0) + release + decision)
    may = (seconds >= 0) & (arrive <= horizon)
    may &= command.passes("supplies", step, taker, authority[row], period)
    may &= command.open_kind(lots.key[3][lot], taker, period)
    may &= ~cut_off | _has_default(command, place[row], item[row], period)
    could = np.zeros(len(authority), dtype=bool)
    could[row[may]] = True
    return could


def _has_default(command: Command, place: Column, item: Column, period: Column) -> Column:
    """Whether a place that is cut off in a period is sent a pack of an item at least."""
    facts, blind = command.facts, command.facts["blind"]
    if not len(blind):
        return np.zeros(len(place), dtype=bool)
    row = find(blind.key("place", "item", "period"), (place, item, period))
    return np.asarray((row >= 0) & (blind["quantity"][row] >= facts["items"]["pack"][item]))
