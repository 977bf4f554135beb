"""Feeding wards and teams by hand: loose units first, then packs sent for the purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from yjopt.model.manual.ledger import Ledger, by_key

if TYPE_CHECKING:
    from yjopt.instance.joining import IntArray
    from yjopt.model.manual.carriers import Carriers


class Pantry:
    """What wards and teams use up.

    Attributes
    ----------
    use : int64 array, shape (users, periods)
        Thousandths of base units used as the plan stands.
    loose : int64 array, shape (users, periods)
        Base units of opened packs that are left at the end of each period.
    unopened : int64 array, shape (users, periods)
        Packs that were sent for consumption and are not opened by the end of each period.
    left_over : int64 array, shape (users, periods)
        Base units provided for people who have left since.
    """

    def __init__(self, ledger: Ledger, carriers: Carriers) -> None:
        self.ledger, self.carriers = ledger, carriers
        instance, model = ledger.instance, ledger.model
        consumption, horizon = instance.consumption, instance.horizon
        shape = (len(consumption.user_place), horizon)
        self.use: IntArray = np.zeros(shape, dtype=np.int64)
        np.add.at(
            self.use,
            consumption.ward_user,
            consumption.ward_rate[:, None] * instance.wards.inherited[consumption.ward],
        )
        self.loose: IntArray = np.zeros(shape, dtype=np.int64)
        self.unopened: IntArray = np.zeros(shape, dtype=np.int64)
        self.left_over: IntArray = np.zeros(shape, dtype=np.int64)
        self.opens_late = instance.command.is_strict("supplies")
        self.granted: IntArray = np.zeros(shape, dtype=np.int64)
        exceptions = model.couplings
        self.granted[exceptions.goods_user, exceptions.goods_period] = ledger.x[exceptions.goods]
        self.of_ward = by_key(consumption.ward, len(instance.wards))
        self.of_team: dict[tuple[int, int], list[int]] = {}
        for entry, (user, skill) in enumerate(zip(consumption.skill_user, consumption.skill, strict=True)):
            self.of_team.setdefault((int(consumption.user_place[user]), int(skill)), []).append(entry)

    def feed_ward(self, ward: int, people: int, now: int, first: int, last: int) -> bool:
        """Provide for people in a ward from `first` to `last`; False if something is wanting."""
        consumption = self.ledger.instance.consumption
        return all(
            self._feed(
                int(consumption.ward_user[entry]),
                people * int(consumption.ward_rate[entry]),
                now,
                first,
                last,
            )
            for entry in self.of_ward[ward]
        )

    def feed_teams(self, place: int, skill: int, teams: int, now: int, first: int, last: int) -> bool:
        """Provide for teams at work; False if something is wanting."""
        consumption = self.ledger.instance.consumption
        return all(
            self._feed(
                int(consumption.skill_user[entry]),
                teams * int(consumption.skill_rate[entry]),
                now,
                first,
                last,
            )
            for entry in self.of_team.get((place, skill), ())
        )

    def _feed(self, user: int, thousandths: int, now: int, first: int, last: int) -> bool:
        units = np.zeros(self.ledger.instance.horizon, dtype=np.int64)
        for period in range(first, last + 1):
            more = self._use_more(user, period, thousandths)
            there = min(more, int(self.left_over[user, period]))
            self.ledger.add(self.left_over, (user, period), -there)
            units[period] = more - there
        return self._draw(user, units, now)

    def leave_ward(self, ward: int, people: int, first: int, last: int) -> None:
        """Keep what people who leave a ward would have used up for those who come after them."""
        consumption = self.ledger.instance.consumption
        for entry in self.of_ward[ward]:
            user, rate = int(consumption.ward_user[entry]), int(consumption.ward_rate[entry])
            self._leave(user, people * rate, first, last)

    def leave_teams(self, place: int, skill: int, teams: int, first: int, last: int) -> None:
        """The same for teams at work."""
        consumption = self.ledger.instance.consumption
        for entry in self.of_team.get((place, skill), ()):
            user, rate = int(consumption.skill_user[entry]), int(consumption.skill_rate[entry])
            self._leave(user, teams * rate, first, last)

    def _leave(self, user: int, thousandths: int, first: int, last: int) -> None:
        for period in range(first, last + 1):
            more = self._use_more(user, period, -thousandths)
            self.ledger.add(self.left_over, (user, period), -more)

    def _use_more(self, user: int, period: int, thousandths: int) -> int:
        """Count what is used up in a period; how many whole base units that makes more."""
        before = -(-int(self.use[user, period]) // 1000)
        self.ledger.add(self.use, (user, period), thousandths)
        return -(-int(self.use[user, period]) // 1000) - before

    def _draw(self, user: int, units: IntArray, now: int) -> bool:
        """Use up base units in each period, opening packs that were sent from `now` on; False if some are wanting."""
        if self.opens_late:
            return self._draw_late(user, units, now)
        return all(
            self._draw_one(user, int(units[period]), now, period) for period in np.flatnonzero(units).tolist()
        )

    def _draw_one(self, user: int, units: int, now: int, period: int) -> bool:
        instance, columns, x = self.ledger.instance, self.ledger.model.supplies, self.ledger.x
        pack = int(instance.items.pack[instance.consumption.user_item[user]])
        lacking = units - int(self.loose[user, period:].min())
        packs = -(-lacking // pack) if lacking > 0 else 0
        opened, used = int(columns.opened[user, period]), int(columns.used[user, period])
        if self.ledger.room(opened) < packs or self.ledger.room(used) < units:
            return False
        taker = int(instance.supplies.taker_of_user[user])
        self.carriers.asking.opened(taker, period, packs)
        earliest = 0 if self.ledger.foresees else now
        missing = packs - self.carriers.fetch(taker, packs, earliest, period)
        if missing and self.ledger.is_patterned:
            # A pattern has parts of packs where only whole ones can be opened.
            with self.ledger.lifted():
                missing -= self.carriers.fetch(taker, missing, earliest, period)
        if missing:
            return False
        self.ledger.add(x, opened, packs)
        self.ledger.add(x, used, units)
        self.ledger.add(self.loose, (user, slice(period, None)), packs * pack - units)
        return True

    def _draw_late(self, user: int, units: IntArray, now: int) -> bool:
        """The same where no pack may be opened before the last one is used up: openings follow from what is used."""
        if not self._use_up(user, units):
            return False
        taker = int(self.ledger.instance.supplies.taker_of_user[user])
        for period in np.flatnonzero(self.unopened[user] < 0).tolist():
            self._bring(user, taker, now, period)
            if self.unopened[user, period] < 0 and self.ledger.is_patterned and self.ledger.borrows:
                # A pattern has parts of packs where only whole ones can be opened.
                with self.ledger.lifted():
                    self._bring(user, taker, now, period)
            if self.unopened[user, period] < 0:
                return False
        return self.carriers.asking.is_covered(taker)

    def _use_up(self, user: int, units: IntArray) -> bool:
        """Use up base units in each period and open packs for them, late; False if that is more than there may be."""
        instance, columns, x = self.ledger.instance, self.ledger.model.supplies, self.ledger.x
        pack = int(instance.items.pack[instance.consumption.user_item[user]])
        taker, opened, used = (
            int(instance.supplies.taker_of_user[user]),
            columns.opened[user],
            columns.used[user],
        )
        in_all = (x[used] + units).cumsum()
        wanted = np.diff(-(-in_all // pack), prepend=0)
        more = wanted - x[opened]
        upper = self.ledger.model.mip.upper
        if (x[used] + units > upper[used]).any() or (wanted > upper[opened]).any():
            return False
        self.ledger.add(x, used, units)
        self.ledger.add(x, opened, more)
        self.ledger.add(self.loose, user, more.cumsum() * pack - units.cumsum())
        self.ledger.add(self.unopened, user, -more.cumsum())
        for period in np.flatnonzero(more).tolist():
            self.carriers.asking.opened(taker, period, int(more[period]))
        return True

    def give_back(self, ward: int) -> bool:
        """Leave unused what people who left a ward would have used up; False if it cannot be sent back.

        Only where no pack may be opened before the last one is used up is anything that is left over too much.
        """
        if not self.opens_late:
            return True
        consumption = self.ledger.instance.consumption
        for user in {int(consumption.ward_user[entry]) for entry in self.of_ward[ward]}:
            left = self.left_over[user].copy()
            if not left.any():
                continue
            self.ledger.add(self.left_over, user, -left)
            if not (self._use_up(user, -left) and self._send_back(user)):
                return False
        return True

    def _send_back(self, user: int) -> bool:
        """Take back packs that nobody opens, the last to arrive first, until what comes is covered; whether it is."""
        asking, instance = self.carriers.asking, self.ledger.instance
        arcs, taker = instance.supplies.shipments, int(instance.supplies.taker_of_user[user])
        sent = self.carriers.sent_to(taker)
        for arc in sent[np.argsort(-arcs.arrive[sent], kind="stable")].tolist():
            column, since = int(self.ledger.model.supplies.ship[arc]), slice(int(arcs.arrive[arc]), None)
            packs = min(
                int(self.ledger.x[column]), int(self.unopened[user, since].min()), asking.beyond(taker)
            )
            if packs > 0:
                self.carriers.unload(arc, packs)
                self.ledger.add(self.unopened, (user, since), -packs)
        return asking.is_covered(taker)

    def _bring(self, user: int, taker: int, now: int, period: int) -> None:
        """Send packs that are opened in a period and have not come yet, each as early as it is covered."""
        # What leaves a lot late keeps others from asking further up until then.
        for depart in range(0 if self.ledger.foresees else now, period + 1):
            missing = -int(self.unopened[user, period])
            if missing <= 0:
                return
            for arrive, count in self.carriers.send(taker, depart, missing, period):
                self.ledger.add(self.unopened, (user, slice(arrive, None)), count)

    def opened_in_time(self, received: IntArray) -> IntArray:
        """Open packs earlier where more has come than may wait, shape (takers, periods); what then waits."""
        instance, columns, x = self.ledger.instance, self.ledger.model.supplies, self.ledger.x
        received, upper = received.copy(), self.ledger.model.mip.upper
        for taker, period in np.argwhere(received > upper[columns.received]).tolist():
            most = int(upper[columns.received[taker, period]])
            for user in np.flatnonzero(instance.supplies.taker_of_user == taker).tolist():
                pack = int(instance.items.pack[instance.consumption.user_item[user]])
                for later in range(period + 1, instance.horizon):
                    early, late = columns.opened[user, period], columns.opened[user, later]
                    packs = min(
                        int(received[taker, period]) - most, int(x[late]), int(upper[early] - x[early])
                    )
                    if packs > 0:
                        x[early] += packs
                        x[late] -= packs
                        self.loose[user, period:later] += packs * pack
                        received[taker, period:later] -= packs
        return received

    def relieve(self) -> None:
        """Provide for people there at the start who had to be counted as an exception."""
        exceptions = self.ledger.model.couplings
        rows = zip(
            exceptions.goods.tolist(),
            exceptions.goods_user.tolist(),
            exceptions.goods_period.tolist(),
            strict=True,
        )
        for column, user, period in sorted(rows, key=lambda row: row[2]):
            units = np.zeros(self.ledger.instance.horizon, dtype=np.int64)
            units[period] = self.ledger.x[column]
            mark = self.ledger.mark()
            if units[period] and self._draw(user, units, 0):
                self.ledger.add(self.ledger.x, column, -int(units[period]))
            else:
                self.ledger.revert(mark)
