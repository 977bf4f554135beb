"""Sending goods by hand: nearest giver of the lowest step first, whole trips of the home's vehicles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.joining import spans
from yjopt.model.manual.asking import Asking
from yjopt.model.manual.ledger import Ledger, Ways, by_key

if TYPE_CHECKING:
    from yjopt.instance.joining import IntArray


class Carriers:
    """Lots, vehicles and what may still be sent.

    Attributes
    ----------
    stock : int64 array, shape (parts, periods)
        Packs in each part at the end of each period as the plan stands.
    asking : Asking
        What the command rules let go.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        instance, model = ledger.instance, ledger.model
        supplies, fleets, horizon = instance.supplies, instance.fleets, instance.horizon
        parts = supplies.parts
        self.stock: IntArray = parts.initial[:, None] + parts.receipts.cumsum(axis=1)
        self.fleet_left: IntArray = np.repeat((fleets.vehicles * fleets.seconds)[:, None], horizon, axis=1)
        legs = len(model.trips.leg_origin)
        self.spare_grams: IntArray = np.zeros(legs, dtype=np.int64)
        self.spare_millilitres: IntArray = np.zeros(legs, dtype=np.int64)
        arcs = supplies.shipments
        # A home part is spent before the free part of the same lot: nobody else may have it.
        arcs_of = by_key(
            arcs.to * horizon + arcs.depart, len(supplies.taker_place) * horizon, arcs.position, arcs.seconds,
            (~parts.home[arcs.part]).astype(np.int64),
        )  # fmt: skip
        self.arcs_of = Ways(ledger, arcs_of, model.supplies.ship)
        self.trips_of = by_key(model.trips.leg, legs, -fleets.grams[model.trips.fleet])
        self.asking = Asking(ledger, self.stock, self.fleet_left)
        self._without_hours: set[int] = set()
        self._known_at = ledger.taken_back
        lots = supplies.lots
        in_order = lots.source_position if self.asking.is_strict else np.zeros_like(lots.source_position)
        self.sources_of = by_key(lots.item[lots.source_lot], len(instance.items.pack), in_order)
        orders = supplies.orders
        self.orders = {
            (int(source), int(period)): k
            for k, (source, period) in enumerate(zip(orders.source, orders.period, strict=True))
        }

    def resume(self) -> None:
        """Take stocks, fleet hours and room on vehicles from the vector at hand instead of from the start."""
        instance, model, x = self.ledger.instance, self.ledger.model, self.ledger.x
        supplies, durables, trips, items = instance.supplies, instance.durables, model.trips, instance.items
        self.stock[:] = x[model.supplies.stock]
        count, horizon = x[trips.trip], instance.horizon
        start = trips.leg_depart[trips.leg]
        at, period = spans(start, np.minimum(start + trips.periods_held - 1, horizon - 1))
        np.add.at(self.fleet_left, (trips.fleet[at], period), -(count * trips.seconds)[at])
        np.add.at(self.spare_grams, trips.leg, count * instance.fleets.grams[trips.fleet])
        np.add.at(self.spare_millilitres, trips.leg, count * instance.fleets.millilitres[trips.fleet])
        of_part = supplies.lots.item[supplies.parts.lot]
        for leg, item, packs in (
            (trips.leg_of_ship, of_part[supplies.shipments.part], x[model.supplies.ship]),
            (trips.leg_of_move, of_part[supplies.moves.part], x[model.supplies.move]),
            (trips.leg_of_lend, durables.store_item[durables.shipments.part], x[model.durables.ship]),
        ):
            rides = leg >= 0
            np.add.at(self.spare_grams, leg[rides], -(packs * items.grams[item])[rides])
            np.add.at(self.spare_millilitres, leg[rides], -(packs * items.millilitres[item])[rides])
        self.asking.resume()

    def call(self, more: IntArray) -> None:
        """Call so many trips more of each kind, as far as there are hours, whatever they will carry."""
        for trip in np.flatnonzero(more > 0).tolist():
            self._call(int(self.ledger.model.trips.leg[trip]), trip, int(more[trip]))

    def release(self) -> None:
        """Call off trips whose load the other trips of their leg can carry."""
        model, fleets, x = self.ledger.model, self.ledger.instance.fleets, self.ledger.x
        trips, horizon = model.trips, self.ledger.instance.horizon
        # Of each leg the smaller vehicles first: what is left then fills the larger ones.
        order = np.lexsort((fleets.grams[trips.fleet], trips.leg))
        place = np.arange(len(order)) - np.searchsorted(trips.leg[order], trips.leg[order])
        for rank in range(int(place.max(initial=-1)) + 1):
            at = order[place == rank]
            leg, fleet, column = trips.leg[at], trips.fleet[at], trips.trip[at]
            by_weight = self.spare_grams[leg] // np.maximum(fleets.grams[fleet], 1)
            by_volume = self.spare_millilitres[leg] // np.maximum(fleets.millilitres[fleet], 1)
            off = np.minimum(x[column], np.maximum(np.minimum(by_weight, by_volume), 0))
            some = np.flatnonzero(off)
            at, leg, fleet, column, off = at[some], leg[some], fleet[some], column[some], off[some]
            x[column] -= off
            self.spare_grams[leg] -= off * fleets.grams[fleet]
            self.spare_millilitres[leg] -= off * fleets.millilitres[fleet]
            start = trips.leg_depart[leg]
            which, period = spans(start, np.minimum(start + trips.periods_held[at] - 1, horizon - 1))
            np.add.at(self.fleet_left, (fleet[which], period), (off * trips.seconds[at])[which])
        self._without_hours.clear()

    def send(self, taker: int, period: int, wanted: int, latest: int) -> list[tuple[int, int]]:
        """Send up to `wanted` packs in `period` that arrive by `latest`; (period of arrival, packs) of each load."""
        arcs, sent = self.ledger.instance.supplies.shipments, list[tuple[int, int]]()
        left_at = self.stock.item
        for arc in self.arcs_of[taker * self.ledger.instance.horizon + period]:
            if wanted == 0:
                break
            part = int(arcs.part[arc])
            # Most givers are empty sooner or later, and this is asked most of all: the end is looked at first.
            if left_at(part, -1) <= 0 or left_at(part, period) <= 0:
                continue
            arrive = int(arcs.arrive[arc])
            packs = self.send_along(arc, wanted) if arrive <= latest else 0
            if packs > 0:
                sent.append((arrive, packs))
                wanted -= packs
        return sent

    def fetch(self, taker: int, packs: int, earliest: int, latest: int) -> int:
        """Send packs as late as is in time; how many come."""
        come = 0
        for depart in range(latest, earliest - 1, -1):
            if come == packs:
                break
            come += sum(count for _, count in self.send(taker, depart, packs - come, latest))
        return come

    def send_along(self, arc: int, wanted: int) -> int:
        """Send up to `wanted` packs along one arc; how many went."""
        instance, model = self.ledger.instance, self.ledger.model
        arcs, items = instance.supplies.shipments, instance.items
        item = instance.supplies.taker_item[arcs.to[arc]]
        part, period, column = int(arcs.part[arc]), int(arcs.depart[arc]), int(model.supplies.ship[arc])
        packs = min(wanted, self.ledger.room(column))
        packs = min(packs, int(self.stock[part, period:].min())) if packs > 0 else 0
        packs = min(packs, self.asking.most(arc)) if packs > 0 else 0
        if packs > 0:
            leg = int(model.trips.leg_of_ship[arc])
            packs = self.load(leg, int(items.grams[item]), int(items.millilitres[item]), packs)
        if packs > 0:
            self.asking.book(arc, packs)
            self.ledger.add(self.ledger.x, column, packs)
            self.ledger.add(self.stock, (part, slice(period, None)), -packs)
        return packs

    def sent_to(self, taker: int) -> IntArray:
        """Arcs along which something is sent to a taker."""
        horizon, ship = self.ledger.instance.horizon, self.ledger.model.supplies.ship
        cells = range(taker * horizon, (taker + 1) * horizon)
        arcs = np.array([arc for cell in cells for arc in self.arcs_of[cell]], dtype=np.int64)
        return arcs[self.ledger.x[ship[arcs]] > 0]

    def unload(self, arc: int, packs: int) -> None:
        """Take back packs sent along an arc; its trips stay."""
        instance, model = self.ledger.instance, self.ledger.model
        arcs, items = instance.supplies.shipments, instance.items
        item, leg = instance.supplies.taker_item[arcs.to[arc]], int(model.trips.leg_of_ship[arc])
        self.asking.book(arc, -packs)
        self.ledger.add(self.ledger.x, int(model.supplies.ship[arc]), -packs)
        self.ledger.add(self.stock, (int(arcs.part[arc]), slice(int(arcs.depart[arc]), None)), packs)
        if leg >= 0:
            self.ledger.add(self.spare_grams, leg, packs * int(items.grams[item]))
            self.ledger.add(self.spare_millilitres, leg, packs * int(items.millilitres[item]))

    def load(self, leg: int, grams: int, millilitres: int, packs: int) -> int:
        """Put packs of a weight and volume on vehicles of a leg, calling as many trips as it takes and there are
        hours for; how many found room.
        """
        if leg < 0 or packs <= 0:
            return max(packs, 0)
        mark = self.ledger.mark()
        if leg not in self._driven_out():
            asked = called = 0
            for trip in self.trips_of[leg]:
                lacking = self._trips_lacking(leg, trip, grams, millilitres, packs)
                if lacking:
                    asked += 1
                    called += self._call(leg, trip, lacking)
            if asked == len(self.trips_of[leg]) and not called:
                self._without_hours.add(leg)
        if grams:
            packs = min(packs, int(self.spare_grams[leg]) // grams)
        if millilitres:
            packs = min(packs, int(self.spare_millilitres[leg]) // millilitres)
        if packs == 0:
            # Not even one pack fits: nobody drives for nothing.
            self.ledger.revert(mark)
        self.ledger.add(self.spare_grams, leg, -packs * grams)
        self.ledger.add(self.spare_millilitres, leg, -packs * millilitres)
        return packs

    def _driven_out(self) -> set[int]:
        """Legs whose fleets have no hours left; hours only become fewer, but for steps that are taken back."""
        if self._known_at != self.ledger.taken_back:
            self._without_hours.clear()
            self._known_at = self.ledger.taken_back
        return self._without_hours

    def _trips_lacking(self, leg: int, trip: int, grams: int, millilitres: int, packs: int) -> int:
        fleets, fleet = self.ledger.instance.fleets, int(self.ledger.model.trips.fleet[trip])
        weight = packs * grams - int(self.spare_grams[leg])
        volume = packs * millilitres - int(self.spare_millilitres[leg])
        return max(-(-weight // int(fleets.grams[fleet])), -(-volume // int(fleets.millilitres[fleet])), 0)

    def _call(self, leg: int, trip: int, lacking: int) -> int:
        """Call up to `lacking` trips of one fleet, as far as its hours go; how many came."""
        trips, fleets = self.ledger.model.trips, self.ledger.instance.fleets
        fleet, column = int(trips.fleet[trip]), int(trips.trip[trip])
        start, seconds = int(trips.leg_depart[leg]), int(trips.seconds[trip])
        window = (fleet, slice(start, start + int(trips.periods_held[trip])))
        free = int(self.fleet_left[window].min())
        count = min(lacking, self.ledger.room(column), free // seconds if seconds else lacking)
        if count <= 0:
            return 0
        self.ledger.add(self.ledger.x, column, count)
        self.ledger.add(self.fleet_left, window, -count * seconds)
        self.ledger.add(self.spare_grams, leg, count * int(fleets.grams[fleet]))
        self.ledger.add(self.spare_millilitres, leg, count * int(fleets.millilitres[fleet]))
        return count

    def order(self, item: int, period: int, wanted: int) -> None:
        """Order what is wanting from the item's sources, in the order of the table."""
        supplies = self.ledger.instance.supplies
        for source in self.sources_of[item]:
            order = self.orders.get((source, period))
            if wanted <= 0 or order is None:
                continue
            column = int(self.ledger.model.supplies.order[order])
            packs = min(wanted, self.ledger.room(column))
            if packs <= 0 or not self.asking.may_order(order):
                continue
            self.ledger.add(self.ledger.x, column, packs)
            lot, arrive = int(supplies.lots.source_lot[source]), int(supplies.orders.arrive[order])
            self.ledger.add(self.stock, (lot, slice(arrive, None)), packs)
            wanted -= packs
