"""Needs met by hand: the most urgent first, sent for on the day they are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from yjopt.instance.joining import IntArray
    from yjopt.model.manual.carriers import Carriers
    from yjopt.model.manual.ledger import Ledger


class Shelves:
    """Needs of consumables.

    Attributes
    ----------
    left : int64 array, shape (demands,)
        Packs of each need not yet sent for.
    """

    def __init__(self, ledger: Ledger, carriers: Carriers) -> None:
        self.ledger, self.carriers = ledger, carriers
        supplies = ledger.instance.supplies
        self.left: IntArray = supplies.needs.amount.copy()
        content = np.maximum(supplies.need_content, 1)
        self.order = np.lexsort((supplies.needs.period, -(supplies.needs.weight // content))).tolist()
        columns = ledger.model.supplies
        self.serve = {
            (int(demand), int(period)): int(column)
            for column, demand, period in zip(
                columns.serve, columns.serve_demand, columns.serve_period, strict=True
            )
        }

    def fill(self, now: int) -> None:
        """Send for every need that is open; order what could not be sent, and send again what is there at once."""
        needs = self.ledger.instance.supplies.needs
        here = [d for d in self.order if self.left[d] and needs.period[d] <= now <= needs.last[d]]
        for demand in self.ledger.in_time(here):
            self._send(demand, now)
        items = self.ledger.instance.supplies.taker_item[self.ledger.instance.supplies.need_taker]
        wanting = np.zeros(len(self.ledger.instance.items.pack), dtype=np.int64)
        np.add.at(wanting, items[here], self.left[here])
        for item in self.ledger.in_time(np.flatnonzero(wanting).tolist()):
            self.carriers.order(item, now, int(wanting[item]))
        for demand in self.ledger.in_time(here):
            if self.left[demand] and self.carriers.sources_of[int(items[demand])]:
                self._send(demand, now)
        if self.carriers.asking.is_bound:
            # Whoever had to wait for others may ask now that those are served, or have nothing left.
            for demand in self.ledger.in_time(here):
                if self.left[demand]:
                    self._send(demand, now)

    def _send(self, demand: int, now: int) -> None:
        supplies = self.ledger.instance.supplies
        taker, last = int(supplies.need_taker[demand]), int(supplies.needs.last[demand])
        self._book(demand, self.carriers.send(taker, now, int(self.left[demand]), last))

    def _book(self, demand: int, sent: list[tuple[int, int]]) -> None:
        """Serve a need with what was sent: when it arrives, or when it is due."""
        due = int(self.ledger.instance.supplies.needs.period[demand])
        for arrive, packs in sent:
            self.ledger.add(self.ledger.x, self.serve[demand, max(arrive, due)], packs)
            self.ledger.add(self.left, demand, -packs)

    def send_early(self) -> None:
        """Send for every need, the most urgent first: in time if that can be, else late."""
        supplies = self.ledger.instance.supplies
        for demand in [d for d in self.order if self.left[d]]:
            taker = int(supplies.need_taker[demand])
            due, last = int(supplies.needs.period[demand]), int(supplies.needs.last[demand])
            # As late as is in time, so that what is urgent later finds its stock where it was.
            in_time = [(period, due) for period in range(due, -1, -1)]
            late = [(period, last) for period in range(last + 1)]
            for depart, latest in in_time + (late if last else []):
                if self.left[demand] == 0:
                    break
                self._book(demand, self.carriers.send(taker, depart, int(self.left[demand]), latest))

    def send_along(self, arcs: IntArray, packs: IntArray) -> None:
        """Send packs along arcs, as far as there are needs at their ends: the most urgent of each first."""
        supplies = self.ledger.instance.supplies
        open_at: dict[int, list[int]] = {}
        for demand in [d for d in self.order if self.left[d]]:
            open_at.setdefault(int(supplies.need_taker[demand]), []).append(demand)
        shipments = supplies.shipments
        for arc, wanted in zip(arcs.tolist(), packs.tolist(), strict=True):
            arrive = int(shipments.arrive[arc])
            for demand in open_at.get(int(shipments.to[arc]), ()):
                most = min(wanted, int(self.left[demand])) if arrive <= supplies.needs.last[demand] else 0
                went = self.carriers.send_along(arc, most) if most > 0 else 0
                self._book(demand, [(arrive, went)] if went else [])
                wanted -= went

    def received(self) -> IntArray:
        """Packs handed over and neither served nor opened at the end of each period."""
        supplies, columns, x = self.ledger.instance.supplies, self.ledger.model.supplies, self.ledger.x
        change = np.zeros(columns.received.shape, dtype=np.int64)
        np.add.at(change, (supplies.shipments.to, supplies.shipments.arrive), x[columns.ship])
        np.add.at(
            change, (supplies.need_taker[columns.serve_demand], columns.serve_period), -x[columns.serve]
        )
        np.add.at(change, supplies.taker_of_user, -x[columns.opened])
        return np.asarray(change.cumsum(axis=1), dtype=np.int64)
