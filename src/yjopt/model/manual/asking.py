"""The command rules for consumables while a plan is laid by hand: who may ask whom now, and for how many packs.

Each step is judged by the plan as it stands. Stocks only fall and needs only close as the plan goes on, so what was
allowed stays allowed; an order, which fills a lot again, is placed only where nobody was asked because that lot was
empty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.arcs import AHEAD, DEFAULT
from yjopt.instance.joining import EXACT_LIMIT, matches
from yjopt.model.allowances import account
from yjopt.model.manual.ledger import Ledger, by_key
from yjopt.model.strict_supplies import Reasons

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yjopt.instance.joining import IntArray


class Asking:
    """What takers may still be sent, and what they relied on.

    Parameters
    ----------
    ledger : Ledger
    stock : int64 array, shape (parts, periods)
        Packs in each part at the end of each period as the plan stands; shared with who sends.
    fleet_left : int64 array, shape (fleets, periods)
        Seconds that fleets have left; shared likewise.

    Attributes
    ----------
    known, cleared, covered : int64 array, shape (takers, periods)
        Packs left of what is known, of what must be booked, and of what covers needs.
    quota : int64 array, shape (takers,)
        Packs left that may be sent ahead.
    default : int64 array, shape (takers, periods)
        Packs left that a place that is cut off is sent.
    relied : int64 array, shape (parts, periods)
        1 where somebody was asked because a part was empty at the end of a period.
    """

    def __init__(self, ledger: Ledger, stock: IntArray, fleet_left: IntArray) -> None:
        self.ledger, self.stock, self.fleet_left = ledger, stock, fleet_left
        instance = ledger.instance
        supplies, horizon, command = instance.supplies, instance.horizon, instance.command
        allowances, arcs = supplies.allowances, supplies.shipments
        shape = allowances.known.shape
        anything = np.full(shape, EXACT_LIMIT, dtype=np.int64)
        self.is_strict = command.is_strict("supplies")
        self.is_bound = bool(self.is_strict or command.takes_time or command.has_blind)
        self.is_bound |= bool((supplies.own_first.of_shipment >= 0).any())
        self.known: IntArray = allowances.known.copy() if command.takes_time else anything.copy()
        due = np.arange(horizon)[None, :] >= allowances.quota_clear[:, None]
        self.cleared: IntArray = np.where(due, self.known, EXACT_LIMIT)
        self.covered: IntArray = allowances.due.copy() if self.is_strict else anything.copy()
        self.quota: IntArray = allowances.quota_most.copy()
        self.default: IntArray = allowances.default_most.copy()
        self.relied: IntArray = np.zeros(stock.shape, dtype=np.int64)
        self.road: IntArray = np.zeros(stock.shape, dtype=np.int64)
        self.asks = arcs.is_asked & command.takes_time
        self.cell = arcs.to * horizon + arcs.arrive

        reasons = Reasons(instance)
        cells = (len(supplies.taker_place) + int(supplies.order_taker.max(initial=-1)) + 1) * horizon
        self.shipped, self.position = reasons.shipped, reasons.of_arcs("position")
        self.reasons_of = by_key(reasons.cell, cells, self.position)
        self.part, self.depart = reasons.of_arcs("part"), reasons.of_arcs("depart")
        origin, seconds = reasons.of_arcs("origin"), reasons.of_arcs("seconds")
        fleets = instance.fleets
        driven = np.flatnonzero((origin != reasons.of_arcs("destination")) & np.isin(origin, fleets.place))
        at, fleet = matches(origin[driven], fleets.place)
        #: Of each reason with vehicles, its fleets with hours, and what a trip takes of them in its first period.
        self.trips: dict[int, list[tuple[int, int]]] = {int(reason): [] for reason in driven}
        for reason, one, takes in zip(
            driven[at].tolist(),
            fleet.tolist(),
            np.minimum(2 * seconds[driven[at]], fleets.seconds[fleet]).tolist(),
            strict=True,
        ):
            if fleets.seconds[one]:
                self.trips[reason].append((one, takes))
        first = supplies.own_first
        self.needs_of = by_key(first.need_keeper, len(first.authority))
        self.serves_of = by_key(ledger.model.supplies.serve_demand, len(supplies.needs))

    def resume(self) -> None:
        """Take what is left from the vector at hand instead of from the start."""
        instance, x, columns = self.ledger.instance, self.ledger.x, self.ledger.model.supplies
        supplies, ship = instance.supplies, self.ledger.x[columns.ship]
        arcs, allowances = supplies.shipments, supplies.allowances
        everybody = np.arange(len(supplies.taker_place), dtype=np.int64)
        shape = allowances.known.shape

        def drawn(which: IntArray, period: IntArray) -> IntArray:
            sent = np.zeros(shape, dtype=np.int64)
            np.add.at(sent, (arcs.to[which], period[which]), ship[which])
            return sent

        ahead = np.flatnonzero(arcs.use == AHEAD)
        if instance.command.takes_time:
            asked = drawn(np.flatnonzero(arcs.is_asked), arcs.depart)
            self.known[:] = account(instance, everybody, allowances.known, x[columns.opened], asked)
            due = np.arange(instance.horizon)[None, :] >= allowances.quota_clear[:, None]
            sent = drawn(ahead, arcs.depart).cumsum(axis=1)
            self.cleared[:] = np.where(due, self.known - sent, EXACT_LIMIT)
        if self.is_strict:
            arrived = drawn(np.arange(len(arcs), dtype=np.int64), arcs.arrive)
            self.covered[:] = account(instance, everybody, allowances.due, x[columns.opened], arrived)
        np.add.at(self.quota, arcs.to[ahead], -ship[ahead])
        unasked = np.flatnonzero(arcs.use == DEFAULT)
        np.add.at(self.default, (arcs.to[unasked], arcs.depart[unasked]), -ship[unasked])
        moves = supplies.moves
        for move in np.flatnonzero(x[columns.move]).tolist():
            away = slice(int(moves.depart[move]), int(moves.arrive[move]))
            self.road[moves.part[move], away] += x[columns.move[move]]

    def most(self, arc: int) -> int:
        """Most packs that the command rules let go on a shipment now."""
        if not self.is_bound:
            return EXACT_LIMIT
        supplies = self.ledger.instance.supplies
        arcs = supplies.shipments
        taker, depart, arrive = int(arcs.to[arc]), int(arcs.depart[arc]), int(arcs.arrive[arc])
        limits = [int(self.covered[taker, arrive:].min())]
        if self.asks[arc]:
            limits += [int(self.known[taker, depart:].min()), int(self.cleared[taker, depart:].min())]
        elif arcs.use[arc] == AHEAD:
            limits += [int(self.quota[taker]), int(self.cleared[taker, depart:].min())]
        elif arcs.use[arc] == DEFAULT:
            limits.append(int(self.default[taker, depart]))
        packs = min(limits)
        keeper = int(supplies.own_first.of_shipment[arc])
        if packs <= 0 or (keeper >= 0 and self._is_open(keeper, depart)):
            return 0
        return packs if self._is_last_left(int(self.cell[arc]), int(arcs.below[arc])) else 0

    def book(self, arc: int, packs: int) -> None:
        """Write down packs that were put on a shipment."""
        if not self.is_bound:
            return
        arcs, add = self.ledger.instance.supplies.shipments, self.ledger.add
        taker, depart = int(arcs.to[arc]), int(arcs.depart[arc])
        add(self.covered, (taker, slice(int(arcs.arrive[arc]), None)), -packs)
        if self.asks[arc]:
            add(self.known, (taker, slice(depart, None)), -packs)
            add(self.cleared, (taker, slice(depart, None)), -packs)
        elif arcs.use[arc] == AHEAD:
            add(self.quota, taker, -packs)
            add(self.cleared, (taker, slice(depart, None)), -packs)
        elif arcs.use[arc] == DEFAULT:
            add(self.default, (taker, depart), -packs)
        self._rely(int(self.cell[arc]), int(arcs.below[arc]))

    def opened(self, taker: int, period: int, packs: int) -> None:
        """Write down packs opened for consumption: they may be asked for, and cover what arrives."""
        if self.is_bound and packs:
            since = slice(max(period - self.ledger.instance.command.cover, 0), None)
            for left in (self.known, self.cleared, self.covered):
                self.ledger.add(left, (taker, since), packs)

    def is_covered(self, taker: int) -> bool:
        """Whether no more has been sent to a taker, nor asked for, than what covers its needs and is known."""
        return self.beyond(taker) <= 0

    def beyond(self, taker: int) -> int:
        """Packs sent to a taker, or asked for, beyond what covers its needs and is known."""
        return -min(int(part[taker].min()) for part in (self.known, self.cleared, self.covered))

    def may_order(self, order: int) -> bool:
        """Whether an order may be placed now without asking too early, or undoing why others were asked."""
        if not self.is_strict:
            return True
        supplies, x = self.ledger.instance.supplies, self.ledger.x
        lots, orders, columns = supplies.lots, supplies.orders, self.ledger.model.supplies.order
        source, period, arrive = (
            int(orders.source[order]),
            int(orders.period[order]),
            int(orders.arrive[order]),
        )
        lot, position = int(lots.source_lot[source]), int(lots.source_position[source])
        if self.relied[lot, arrive:].any():
            return False
        if position < 0:
            return True
        joins = lots.source_lot[orders.source] == lot
        brought = int(x[columns[joins & (orders.arrive == period)]].sum())
        of_other = lots.source_position[orders.source]
        earlier = columns[joins & (orders.period == period) & (of_other >= 0) & (of_other < position)]
        if (
            int(self.stock[lot, period]) > brought
            or (x[earlier] < self.ledger.model.mip.upper[earlier]).any()
        ):
            return False
        cell = self._order_cell(order)
        if not self._is_last_left(cell, position):
            return False
        self._rely(cell, position)
        return True

    def _order_cell(self, order: int) -> int:
        supplies, horizon = self.ledger.instance.supplies, self.ledger.instance.horizon
        asker = len(supplies.taker_place) + int(supplies.order_taker[supplies.orders.source[order]])
        return asker * horizon + int(supplies.orders.arrive[order])

    def _is_last_left(self, cell: int, below: int) -> bool:
        """Whether everybody asked before a position is out of the question."""
        return self.ledger.is_trusted or not any(True for _ in self._left(cell, below))

    def before(self, arc: int) -> Iterator[int]:
        """Shipments to the same taker that come before one, and could still carry something: first asked first."""
        arcs, shipped = self.ledger.instance.supplies.shipments, len(self.shipped)
        for reason in self._left(int(self.cell[arc]), int(arcs.below[arc])):
            if reason < shipped:
                yield int(self.shipped[reason])

    def _left(self, cell: int, below: int) -> Iterator[int]:
        """Whoever is asked before a position and has something left."""
        for reason in self.reasons_of[cell] if self.is_strict and below else ():
            if self.position[reason] >= below:
                return
            if not (self._is_empty(reason) or self._is_out_of_hours(reason)):
                yield reason

    def _rely(self, cell: int, below: int) -> None:
        for reason in self.reasons_of[cell] if self.is_strict and below else ():
            if self.position[reason] >= below:
                break
            at = int(self.part[reason]), int(self.depart[reason])
            if not (self.relied[at] or self._is_out_of_hours(reason)):
                self.ledger.add(self.relied, at, 1)

    def _is_empty(self, reason: int) -> bool:
        at = self.part[reason], self.depart[reason]
        return not (self.stock[at] or self.road[at])

    def _is_out_of_hours(self, reason: int) -> bool:
        trips = self.trips.get(reason)
        if trips is None:
            return False
        period = self.depart[reason]
        return all(self.fleet_left[fleet, period] < takes for fleet, takes in trips)

    def _is_open(self, keeper: int, period: int) -> bool:
        """Whether something of a keeper's own is open at the end of a period as the plan stands."""
        first, needs = self.ledger.instance.supplies.own_first, self.ledger.instance.supplies.needs
        columns, x = self.ledger.model.supplies, self.ledger.x
        for entry in self.needs_of[keeper]:
            need = int(first.need[entry])
            if needs.period[need] <= period <= needs.last[need]:
                met = sum(
                    int(x[columns.serve[serve]])
                    for serve in self.serves_of[need]
                    if columns.serve_period[serve] <= period
                )
                if met < needs.amount[need]:
                    return True
        return False
