"""Durables by hand: each place uses its own units first, then borrows spare ones from the nearest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.arcs import DEFAULT
from yjopt.instance.joining import total
from yjopt.model.manual.ledger import Ledger, by_key

if TYPE_CHECKING:
    from yjopt.instance.joining import IntArray
    from yjopt.model.manual.carriers import Carriers


class Lending:
    """Units of durables, period by period.

    Attributes
    ----------
    start, arriving, used, out : int64 array, shape (stores, periods)
        Units free at the start, arriving, used, and sent away.
    on_hand : int64 array, shape (stores,)
        Units at each store now, in use or not.
    """

    def __init__(self, ledger: Ledger, carriers: Carriers) -> None:
        self.ledger, self.carriers = ledger, carriers
        instance = ledger.instance
        durables, horizon = instance.durables, instance.horizon
        lots, stores = durables.lots, len(durables.store_place)
        inflow = np.zeros((stores, horizon), dtype=np.int64)
        np.add.at(inflow, durables.store_of_lot, lots.receipts)
        inflow[:, 0] += total(lots.quantity, durables.store_of_lot, stores)
        self.inflow: IntArray = inflow
        self.start: IntArray = np.zeros((stores, horizon), dtype=np.int64)
        self.arriving: IntArray = np.zeros((stores, horizon), dtype=np.int64)
        self.used: IntArray = np.zeros((stores, horizon), dtype=np.int64)
        self.out: IntArray = np.zeros((stores, horizon), dtype=np.int64)
        self.on_hand: IntArray = np.zeros(stores, dtype=np.int64)
        self.kept: IntArray = np.zeros(stores, dtype=np.int64)
        dated = lots.return_by > 0
        self.kept[durables.store_of_lot[dated]] = lots.quantity[dated]
        self.wanted: IntArray = np.zeros((len(durables.spot_place), horizon), dtype=np.int64)
        np.add.at(self.wanted, (durables.need_spot, durables.need_period), durables.need_amount)
        arcs = durables.shipments
        self.arcs_of = by_key(
            durables.store_spot[arcs.to] * horizon + arcs.depart, len(durables.spot_place) * horizon, arcs.position,
            arcs.seconds,
        )  # fmt: skip
        self.default: IntArray = durables.default_most.copy()
        self.stores_of = by_key(durables.store_spot, len(durables.spot_place))
        self.urgency = np.zeros(len(durables.spot_place), dtype=np.int64)
        np.maximum.at(self.urgency, durables.need_spot, durables.need_weight)

    def run(self, now: int) -> None:
        """One period: units come back, places use their own, then borrow for now and for when loans arrive."""
        instance = self.ledger.instance
        cleaning = instance.items.turnaround[instance.durables.store_item]
        idle = self._idle(now - 1) if now else 0
        back = np.zeros(len(cleaning), dtype=np.int64)
        when = now - 1 - cleaning
        came = when >= 0
        back[came] = self.used[came, when[came]]
        self.start[:, now] = idle + self.inflow[:, now] + back
        self.on_hand += self.inflow[:, now] + self.arriving[:, now]
        spots = np.argsort(-self.urgency, kind="stable").tolist()
        for spot in spots:
            self._use(spot, now)
        for spot in spots:
            if self._short(spot, now):
                self._borrow(spot, now)
                self._use(spot, now)

    def _idle(self, period: int) -> IntArray:
        return np.asarray(
            self.start[:, period] - self.out[:, period] + self.arriving[:, period] - self.used[:, period]
        )

    def _short(self, spot: int, now: int) -> int:
        return int(self.wanted[spot, now] - self.used[self.stores_of[spot], now].sum())

    def _use(self, spot: int, now: int) -> None:
        for store in self.stores_of[spot]:
            free = int(
                self.start[store, now]
                - self.out[store, now]
                + self.arriving[store, now]
                - self.used[store, now]
            )
            units = min(free, self._short(spot, now))
            self.used[store, now] += max(units, 0)

    def _borrow(self, spot: int, now: int) -> None:
        """Ask the nearest stores for what will be short when it can be there."""
        durables = self.ledger.instance.durables
        arcs, items = durables.shipments, self.ledger.instance.items
        here = self.stores_of[spot]
        for arc in self.arcs_of[spot * self.ledger.instance.horizon + now]:
            giver, taker, arrive = int(arcs.part[arc]), int(arcs.to[arc]), int(arcs.arrive[arc])
            coming = int(self.arriving[here, now + 1 : arrive + 1].sum())
            expected = int(self.on_hand[here].sum()) + coming
            lacking = int(self.wanted[spot, arrive]) - expected
            units = min(
                lacking, self._spare(giver, now), self.ledger.room(int(self.ledger.model.durables.ship[arc]))
            )
            if arcs.use[arc] == DEFAULT:
                units = min(units, int(self.default[spot, now]))
            if units <= 0:
                continue
            item = int(durables.store_item[giver])
            leg = int(self.ledger.model.trips.leg_of_lend[arc])
            units = self.carriers.load(leg, int(items.grams[item]), int(items.millilitres[item]), units)
            self.ledger.add(self.ledger.x, int(self.ledger.model.durables.ship[arc]), units)
            if arcs.use[arc] == DEFAULT:
                self.default[spot, now] -= units
            self.out[giver, now] += units
            self.on_hand[giver] -= units
            self.arriving[taker, arrive] += units
            if arrive == now:
                self.on_hand[taker] += units

    def _spare(self, store: int, now: int) -> int:
        """Units a store may send away: not in use, not needed here now, above the floor."""
        durables = self.ledger.instance.durables
        spot = int(durables.store_spot[store])
        here = self.stores_of[spot]
        free = int(
            self.start[store, now]
            - self.out[store, now]
            - max(int(self.used[store, now] - self.arriving[store, now]), 0)
        )
        above_floor = int(self.on_hand[here].sum()) - int(durables.spot_floor[spot])
        beyond_own = int(self.on_hand[here].sum()) - int(self.wanted[spot, now])
        return min(free, above_floor, beyond_own, int(self.on_hand[store] - self.kept[store]))

    def book(self) -> None:
        """Write the units into the vector."""
        durables, columns, x = self.ledger.instance.durables, self.ledger.model.durables, self.ledger.x
        x[columns.used] = self.used
        x[columns.stay] = self.start - self.out
        x[columns.idle] = self.start - self.out + self.arriving - self.used
        # Units of a place go to its needs, heaviest first.
        left = np.zeros_like(self.wanted)
        np.add.at(left, durables.store_spot, self.used)
        for need in np.argsort(-durables.need_weight, kind="stable").tolist():
            spot, period = int(durables.need_spot[need]), int(durables.need_period[need])
            units = min(int(durables.need_amount[need]), int(left[spot, period]))
            left[spot, period] -= units
            x[columns.serve[need]] = units
        x[columns.lost] = durables.need_amount - x[columns.serve]
