"""Admitting and isolating by hand: worst cases first, own unit first, then nearest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from yjopt.model.manual.exhausted import NOBODY, ExhaustedHosts
from yjopt.model.manual.ledger import Ledger, by_key
from yjopt.model.manual.standby import Standby

if TYPE_CHECKING:
    from yjopt.instance.joining import IntArray
    from yjopt.model.manual.crews import Crews
    from yjopt.model.manual.pantry import Pantry


class Hosts:
    """Hospitals and isolation sites.

    Attributes
    ----------
    room : int64 array, shape (wards, periods)
        Beds or rooms still free.
    lying, beds : int64 array, shape (wards, periods)
        People in each ward; beds or rooms in use, surge included.
    budget : int64 array, shape (rules,)
        Fen left of each opening budget.
    """

    def __init__(self, ledger: Ledger, crews: Crews, pantry: Pantry) -> None:
        self.ledger, self.crews, self.pantry = ledger, crews, pantry
        instance = ledger.instance
        beds, isolation, wards, horizon = instance.beds, instance.isolation, instance.wards, instance.horizon
        self.is_strict = instance.command.is_strict("beds")
        self.lying: IntArray = wards.inherited.copy()
        self.beds: IntArray = wards.base.copy()
        closed = instance.facilities.of_ward >= 0
        self.room: IntArray = np.where(closed[:, None], 0, np.maximum(wards.base - wards.inherited, 0))
        self.budget: IntArray = instance.budgets.amount.copy()
        self.waiting: IntArray = beds.arrivals.amount.copy()
        self.placed: IntArray = np.zeros(len(isolation.people), dtype=np.int64)
        self.usable_from: IntArray = np.where(isolation.site_ready < 0, 0, horizon)
        self.next_level = by_key(beds.surge_ward, len(wards))
        self.surged_in: IntArray = np.zeros(len(wards), dtype=np.int64)
        self.full: set[int] = set()
        unit, lies, command = instance.unit, wards.place, instance.command
        # Where the order of asking counts, it comes before distance; otherwise one's own come first.
        stranger = (unit[lies[beds.choice_ward]] != unit[beds.queue_place[beds.choice_queue]]).astype(
            np.int64
        )
        if self.is_strict or command.counts_people:
            stranger = beds.choice_position
        self.beds_of = by_key(
            beds.choice_queue * horizon + beds.choice_period, len(beds.queue_place) * horizon, stranger,
            beds.choice_seconds + beds.choice_penalty,
        )  # fmt: skip
        part = isolation.choice_part
        stranger = (unit[lies[isolation.choice_ward]] != unit[isolation.place[part]]).astype(np.int64)
        if command.is_strict("isolation") or command.counts_people:
            stranger = isolation.choice_position
        self.sites_of = by_key(
            part, len(isolation.people), isolation.choice_period, stranger, isolation.choice_seconds
        )
        self.wards_of_site = by_key(isolation.ward_site + 1, len(isolation.site_place) + 1)[1:]
        budgets = instance.budgets
        self.budgets_of_surge = _rules_of(budgets.surge, budgets.surge_rule)
        self.budgets_of_site = _rules_of(budgets.site, budgets.site_rule)
        self.budgets_of_ward = _rules_of(budgets.ward, budgets.ward_rule)
        self.standby = Standby(ledger, _rules_of(budgets.facility, budgets.facility_rule))
        self.serve = {
            (int(demand), int(period)): int(column)
            for column, demand, period in zip(
                ledger.model.beds.serve,
                ledger.model.beds.serve_demand,
                ledger.model.beds.serve_period,
                strict=True,
            )
        }
        self.decide_surge = _columns(
            ledger.model.beds.decide, ledger.model.beds.decide_level, ledger.model.beds.decide_period
        )
        self.exhausted = ExhaustedHosts(self, crews)
        sites = ledger.model.isolation
        self.decide_site = _columns(sites.decide, sites.decide_site, sites.decide_period)

    def admit(self, now: int) -> None:
        """Admit who waits; where beds are wanting, open the next surge level of the first hospital that may."""
        arrivals = self.ledger.instance.beds.arrivals
        self.full.clear()
        order = np.lexsort((arrivals.period, -arrivals.weight)).tolist()
        here = [d for d in order if arrivals.period[d] <= now <= arrivals.last[d]]
        for demand in self.ledger.in_time(here):
            self._admit(demand, now)
        for demand in self.ledger.in_time(here):
            if self.waiting[demand] and self._open_surge(demand, now):
                self._admit(demand, now)
        for demand in self.ledger.in_time(here):
            if self.waiting[demand] and self._open_facility(demand, now):
                self._admit(demand, now)

    def _admit(self, demand: int, now: int) -> None:
        """Ask hospitals in their order, under strict none while one before it has something left."""
        beds = self.ledger.instance.beds
        queue, blocked = int(beds.queue[demand]), NOBODY
        for choice in self.beds_of[queue * self.ledger.instance.horizon + now]:
            if self.waiting[demand] == 0:
                return
            is_known = beds.known[demand] + beds.choice_delay[choice] <= now
            if is_known and self.exhausted.may_admit(choice, blocked):
                self._admit_to(choice, demand, now)
            blocked = self.exhausted.blocks_beds(choice, now, blocked)

    def _admit_to(self, choice: int, demand: int, now: int) -> None:
        beds = self.ledger.instance.beds
        last = min(now + int(beds.stay[beds.group[demand]]), self.ledger.instance.horizon) - 1
        ward, column = int(beds.choice_ward[choice]), int(self.ledger.model.beds.admit[choice])
        while ward not in self.full and self.waiting[demand]:
            people = min(
                int(self.waiting[demand]),
                self.ledger.room(column),
                int(self.room[ward, now : last + 1].min()),
            )
            people = self.take_in(ward, people, now, now, last)
            if people == 0:
                # Shut for some is not full for all.
                if self.ledger.room(column):
                    self.full.add(ward)
                return
            self.ledger.add(self.ledger.x, column, people)
            self.ledger.add(self.ledger.x, self.serve[demand, now], people)
            self.ledger.add(self.waiting, demand, -people)
            # Under strict a ward must be filled to the last bed before the next position is asked.
            if not self.is_strict:
                return

    def take_in(self, ward: int, people: int, now: int, first: int, last: int, whole: bool = False) -> int:
        """Take people into a ward with staff and goods: as many as can be found by halving (or all, if `whole`)."""
        while people > 0:
            mark = self.ledger.mark()
            self.ledger.add(self.room, (ward, slice(first, last + 1)), -people)
            self.ledger.add(self.lying, (ward, slice(first, last + 1)), people)
            if self.crews.staff(ward, people, now, first, last) and self.pantry.feed_ward(
                ward, people, now, first, last
            ):
                return people
            self.ledger.revert(mark)
            people = 0 if whole else people // 2
        return 0

    def let_go(self, ward: int, people: int, first: int, last: int) -> None:
        """Give back the beds and the staff of people who leave a ward, and what they would have used up."""
        periods = slice(first, last + 1)
        # Who lay there beyond the beds leaves no bed behind.
        beyond = np.maximum(self.lying[ward, periods] - self.beds[ward, periods], 0)
        self.ledger.add(self.room, (ward, periods), np.maximum(people - beyond, 0))
        self.ledger.add(self.lying, (ward, periods), -people)
        self.pantry.leave_ward(ward, people, first, last)
        staffing = self.ledger.instance.teams.staffing
        for need in self.crews.needs_of_ward[ward]:
            members = int(staffing.members[need]) * people
            self.ledger.add(self.crews.members, (int(staffing.post[need]), periods), members)

    def _open_surge(self, demand: int, now: int) -> bool:
        """Open the next surge level of the first hospital that could take the demand; are beds there at once?"""
        beds, horizon = self.ledger.instance.beds, self.ledger.instance.horizon
        for choice in self.beds_of[int(beds.queue[demand]) * horizon + now]:
            ward = int(beds.choice_ward[choice])
            # A plan that is laid in several rounds may have opened the level before in a later period.
            if self.next_level[ward] and self.surged_in[ward] <= now:
                level = self.next_level[ward][0]
                if self._open_level(ward, level, now):
                    return bool(beds.surge_setup[level] == 0)
        return False

    def _open_level(self, ward: int, level: int, now: int) -> bool:
        """Decide the next surge level of a ward, if it may be decided and there is money for it."""
        instance = self.ledger.instance
        beds = instance.beds
        column, ready = self.decide_surge.get((level, now)), now + int(beds.surge_setup[level])
        if column is None or self.ledger.room(column) <= 0 or not self.standby.is_in_use(ward, ready):
            return False
        if not self._pay(self.budgets_of_surge.get(level, ()), int(beds.surge_cost[level])):
            return False
        self.next_level[ward].pop(0)
        self.surged_in[ward] = now
        self.ledger.add(self.ledger.x, column, 1)
        # Beds that people there at the start already overfill are not new room.
        base, there = instance.wards.base[ward], instance.wards.inherited[ward]
        excess = np.maximum(there - base, 0)[ready:]
        self.ledger.add(
            self.room, (ward, slice(ready, None)), np.maximum(int(beds.surge_beds[level]) - excess, 0)
        )
        self.ledger.add(self.beds, (ward, slice(ready, None)), int(beds.surge_beds[level]))
        self.full.discard(ward)
        return True

    def open_levels(self) -> None:
        """Decide every surge level that may be decided and is the next of its ward, in each period."""
        for now in range(self.ledger.instance.horizon):
            for ward, levels in enumerate(self.next_level):
                # The list becomes shorter with each level that is opened.
                while levels and self.surged_in[ward] <= now and self._open_level(ward, levels[0], now):
                    pass

    def _open_facility(self, demand: int, now: int) -> bool:
        """Open the first backup or makeshift hospital that could take the demand; are beds there at once?"""
        instance = self.ledger.instance
        beds, facilities, horizon = instance.beds, instance.facilities, instance.horizon
        for choice in self.beds_of[int(beds.queue[demand]) * horizon + now]:
            ward = int(beds.choice_ward[choice])
            if facilities.of_ward[ward] < 0 or not self.standby.open(
                ward, now, self.lying, self.beds, self._pay
            ):
                continue
            facility = int(facilities.of_ward[ward])
            ready = int(self.standby.in_use_from[facility])
            for other in self.standby.wards_of[facility]:
                self.ledger.add(self.room, (other, slice(ready, None)), instance.wards.base[other, ready:])
                self.full.discard(other)
            return ready == now
        return False

    def _pay(self, rules: tuple[int, ...], cost: int) -> bool:
        """Take a cost from every budget that counts it, if all suffice."""
        if any(self.budget[rule] < cost for rule in rules):
            return False
        for rule in rules:
            self.ledger.add(self.budget, rule, -cost)
        return True

    def settle(self, now: int) -> None:
        """Bring groups to sites: heaviest category first, then the largest group."""
        isolation = self.ledger.instance.isolation
        weight = isolation.weight[isolation.category]
        for part in self.ledger.in_time(np.lexsort((-isolation.people, isolation.period, -weight)).tolist()):
            open_ = isolation.period[part] <= now <= isolation.last[part]
            if open_ and self.placed[part] < isolation.people[part] and not self._settle(part, now):
                self._open_candidate(part, now)

    def _settle(self, part: int, now: int) -> bool:
        """Ask sites in their order, under strict none while one before it has something left; is everybody placed?"""
        isolation, blocked = self.ledger.instance.isolation, NOBODY
        size = int(self.ledger.model.isolation.size[part])
        for choice in self.sites_of[part]:
            if self.placed[part] == isolation.people[part]:
                break
            if isolation.choice_period[choice] != now:
                continue
            if self.exhausted.may_settle(choice, blocked):
                mark = self.ledger.mark()
                if not self.settle_at(choice, part, now, int(isolation.people[part] - self.placed[part])):
                    self.ledger.revert(mark)
            blocked = self.exhausted.blocks_sites(choice, now, size, blocked)
        return bool(self.placed[part] == isolation.people[part])

    def settle_at(self, choice: int, part: int, now: int, left: int) -> bool:
        """Bring so many people of a group, or as many as it can take, to a site; whether any came."""
        isolation, columns = self.ledger.instance.isolation, self.ledger.model.isolation
        end = int(isolation.period[part] + isolation.stay[isolation.category[part]])
        last = min(end, self.ledger.instance.horizon) - 1
        whole = bool(isolation.together[part])
        ward, column = int(isolation.choice_ward[choice]), int(columns.settle[choice])
        if not self.ledger.room(column) or not self._hold(ward, now, now, last):
            return False
        free = int(self.room[ward, now : last + 1].min())
        people = min(left, free) if not whole else (left if free >= left else 0)
        people = self.take_in(ward, people, now, now, last, whole)
        self.ledger.add(self.ledger.x, column, people // int(columns.size[part]))
        self.ledger.add(self.placed, part, people)
        return people > 0

    def _hold(self, ward: int, now: int, first: int, last: int) -> bool:
        """Let a site hold a ward's category from `first` to `last`, opening and converting it if need be."""
        isolation, columns, x = self.ledger.instance.isolation, self.ledger.model.isolation, self.ledger.x
        site = int(isolation.ward_site[ward])
        if self.usable_from[site] > first and not (
            isolation.site_ready[site] == 0 and self._open_site(site, now)
        ):
            return False
        if not self._may_hold(ward, first, last) or self.standby.lost_from[ward] <= last:
            return False
        convert = int(columns.convert[ward])
        if convert >= 0 and not x[convert]:
            if not self._pay(self.budgets_of_ward.get(ward, ()), int(isolation.conversion[ward])):
                return False
            self.ledger.add(x, convert, 1)
        for period in range(first, last + 1):
            column = int(columns.hold[ward, period])
            self.ledger.add(x, column, 1 - int(x[column]))
        return True

    def _may_hold(self, ward: int, first: int, last: int) -> bool:
        """Whether no other category is held too close to the periods."""
        isolation, hold, x = self.ledger.instance.isolation, self.ledger.model.isolation.hold, self.ledger.x
        for other in self.wards_of_site[int(isolation.ward_site[ward])]:
            if other == ward:
                continue
            begin = max(first - int(isolation.cleaning[ward]), 0)
            end = last + int(isolation.cleaning[other]) + 1
            columns = hold[other, begin:end]
            if x[columns[columns >= 0]].any():
                return False
        return True

    def _open_site(self, site: int, now: int) -> bool:
        """Decide a candidate site now."""
        isolation = self.ledger.instance.isolation
        column = self.decide_site.get((site, now))
        decided = self.usable_from[site] < self.ledger.instance.horizon
        if column is None or decided or self.ledger.room(column) <= 0:
            return False
        if not self._pay(self.budgets_of_site.get(site, ()), int(isolation.site_cost[site])):
            return False
        self.ledger.add(self.ledger.x, column, 1)
        self.ledger.add(
            self.usable_from, site, now + int(isolation.site_ready[site]) - int(self.usable_from[site])
        )
        return True

    def _open_candidate(self, part: int, now: int) -> None:
        """Nobody had room for a group: decide the nearest candidate that would."""
        isolation = self.ledger.instance.isolation
        for choice in self.sites_of[part]:
            site = int(isolation.ward_site[isolation.choice_ward[choice]])
            if self.usable_from[site] == self.ledger.instance.horizon and self._open_site(site, now):
                return

    def open_sites(self) -> None:
        """Decide every candidate site that may be decided, in each period as far as the budgets go."""
        columns = self.ledger.model.isolation
        allowed = np.flatnonzero(self.ledger.most[columns.decide] > self.ledger.x[columns.decide])
        for at in allowed[np.argsort(columns.decide_period[allowed], kind="stable")].tolist():
            self._open_site(int(columns.decide_site[at]), int(columns.decide_period[at]))

    def keep_sites(self, x: IntArray) -> None:
        """Decide, convert and hold sites as a plan does."""
        isolation, columns = self.ledger.instance.isolation, self.ledger.model.isolation
        for at in np.flatnonzero(x[columns.decide]).tolist():
            self._open_site(int(columns.decide_site[at]), int(columns.decide_period[at]))
        for ward in np.flatnonzero(columns.convert >= 0).tolist():
            if x[columns.convert[ward]]:
                self._pay(self.budgets_of_ward.get(ward, ()), int(isolation.conversion[ward]))
                self.ledger.add(self.ledger.x, int(columns.convert[ward]), 1)
        held = columns.hold[columns.hold >= 0]
        self.ledger.x[held] = x[held]

    def hold_minimum(self) -> None:
        """Let usable sites hold the categories that the minimum rules want, where nothing stands against it."""
        minimums, hold = self.ledger.instance.minimums, self.ledger.model.isolation.hold
        isolation = self.ledger.instance.isolation
        for ward in np.unique(minimums.counted_ward).tolist():
            for period in range(self.ledger.instance.horizon):
                column = int(hold[ward, period])
                free = column >= 0 and not self.ledger.x[column]
                if free and self.usable_from[isolation.ward_site[ward]] <= period:
                    mark = self.ledger.mark()
                    if not self._hold(ward, period, period, period):
                        self.ledger.revert(mark)


def _rules_of(what: IntArray, rule: IntArray) -> dict[int, tuple[int, ...]]:
    rules: dict[int, tuple[int, ...]] = {}
    for one, counted in zip(what.tolist(), rule.tolist(), strict=True):
        rules[one] = (*rules.get(one, ()), counted)
    return rules


def _columns(column: IntArray, what: IntArray, period: IntArray) -> dict[tuple[int, int], int]:
    return {
        (one, when): number
        for number, one, when in zip(column.tolist(), what.tolist(), period.tolist(), strict=True)
    }
