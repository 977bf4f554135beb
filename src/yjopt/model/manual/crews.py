"""Sending teams by hand: own unit first, then nearest; worst tasks first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.joining import ceil_div, groups
from yjopt.instance.teams import WORK_UNIT
from yjopt.model.manual.exhausted import ExhaustedPools
from yjopt.model.manual.ledger import Ledger, Ways, by_key

if TYPE_CHECKING:
    from yjopt.instance.joining import IntArray
    from yjopt.model.manual.pantry import Pantry


class Crews:
    """Pools, tours and the members that wards can count on.

    Attributes
    ----------
    home : int64 array, shape (pools, periods)
        Teams that may still be sent away.
    members : int64 array, shape (posts, periods)
        Hundredths of members not yet bound to people in wards (exceptions included).
    done : int64 array, shape (tasks, periods)
        Teams at work, or work done, per task and period.
    spare : int64 array, shape (rules, periods)
        Teams that each mobile quota lets be away.
    """

    def __init__(self, ledger: Ledger, pantry: Pantry) -> None:
        self.ledger, self.pantry = ledger, pantry
        instance, model = ledger.instance, ledger.model
        teams, wards, horizon = instance.teams, instance.wards, instance.horizon
        staffing = teams.staffing
        self.home: IntArray = np.repeat(teams.available[:, None], horizon, axis=1)
        self.members: IntArray = np.repeat(100 * staffing.post_residents[:, None], horizon, axis=1)
        np.add.at(self.members, staffing.post, -staffing.members[:, None] * wards.inherited[staffing.ward])
        self.done: IntArray = np.zeros((len(teams.task_place), horizon), dtype=np.int64)
        place, authority = teams.tour_place, teams.authority[teams.tour_pool]
        # Where the order of asking counts, it comes before distance; otherwise one's own come first.
        in_order = instance.command.is_strict("teams") or instance.command.counts_people
        stranger = (authority != instance.unit[place]).astype(np.int64)
        stranger = teams.tour_position if in_order else stranger
        order = (stranger, teams.tour_seconds, teams.layer[teams.tour_pool], teams.tour_depart)
        of_post = by_key(teams.tour_post + 1, len(staffing.post_place) + 1, *order)[1:]
        of_task = by_key(teams.tour_task + 1, len(teams.task_place) + 1, *order)[1:]
        self.tours_of_post = Ways(ledger, of_post, model.teams.deploy)
        self.tours_of_task = Ways(ledger, of_task, model.teams.deploy)
        self.needs_of_ward = by_key(staffing.ward, len(wards))
        exceptions = model.couplings
        np.add.at(
            self.members, (exceptions.staff_post, exceptions.staff_period), 100 * ledger.x[exceptions.staff]
        )

        self.exhausted = ExhaustedPools(ledger, self.home)
        quotas = instance.mobile_quotas
        spare = np.repeat((quotas.teams - quotas.amount)[:, None], horizon, axis=1)
        free = ~quotas.hard[:, None] | (np.arange(horizon)[None, :] < quotas.first[:, None])
        # Soft quotas, and periods before a quota holds, keep nobody back.
        self.spare: IntArray = np.where(free, quotas.teams[:, None], np.maximum(spare, 0))
        self.quotas_of = by_key(quotas.counted_pool, len(teams.available))

    def staff(self, ward: int, people: int, now: int, first: int, last: int) -> bool:
        """Bind members to people in a ward from `first` to `last`, calling teams where they are wanting."""
        staffing = self.ledger.instance.teams.staffing
        for need in self.needs_of_ward[ward]:
            post, members = int(staffing.post[need]), int(staffing.members[need])
            self.ledger.add(self.members, (post, slice(first, last + 1)), -members * people)
            for period in range(first, last + 1):
                if self.members[post, period] < 0 and not self._fill(post, now, period):
                    if not (self.ledger.is_patterned and self.ledger.borrows):
                        return False
                    with self.ledger.lifted():
                        is_filled = self._fill(post, now, period)
                    if not is_filled:
                        return False
        return True

    def _fill(self, post: int, now: int, period: int) -> bool:
        """Call teams until the post is staffed in a period."""
        teams = self.ledger.instance.teams
        for tour in self.tours_of_post[post]:
            lacking = -int(self.members[post, period])
            if lacking <= 0:
                break
            is_known = self.ledger.foresees or teams.tour_depart[tour] >= now
            if is_known and teams.tour_first[tour] <= period <= teams.tour_last[tour]:
                size = 100 * int(teams.people[teams.tour_pool[tour]])
                self.send(tour, ceil_div(lacking, size))
        return bool(self.members[post, period] >= 0)

    def relieve(self) -> None:
        """Call teams for people there at the start who had to be counted as an exception."""
        exceptions = self.ledger.model.couplings
        for column, post, period in zip(
            exceptions.staff.tolist(),
            exceptions.staff_post.tolist(),
            exceptions.staff_period.tolist(),
            strict=True,
        ):
            short = int(self.ledger.x[column])
            if short:
                self.ledger.add(self.members, (post, period), -100 * short)
                self._fill(post, 0, period)
                still = max(ceil_div(-int(self.members[post, period]), 100), 0)
                self.ledger.add(self.members, (post, period), 100 * still)
                self.ledger.add(self.ledger.x, column, still - short)

    def do_tasks(self, now: int) -> None:
        """Send teams to the tasks that are open now, worst first."""
        teams = self.ledger.instance.teams
        for task in self.ledger.in_time(np.lexsort((teams.task_first, -teams.task_weight)).tolist()):
            if not teams.task_first[task] <= now <= teams.task_last[task]:
                continue
            for tour in self.tours_of_task[task]:
                if teams.tour_depart[tour] != now:
                    continue
                wanted = self._wanted(task, tour)
                if wanted > 0:
                    self.send(tour, wanted)

    def empty_pools(self, wished: IntArray) -> None:
        """Send from every pool as many teams as some tours do, though nobody may want them.

        Under strict a pool must be empty before the next one is asked, and a pattern empties it that way. Where one
        place has no goods for them, others may.
        """
        if not self.exhausted.is_strict:
            return
        teams, sent = self.ledger.instance.teams, self.ledger.model.teams.deploy
        for tour in np.flatnonzero(wished > self.ledger.x[sent]).tolist():
            self.send(tour, int(wished[tour] - self.ledger.x[sent[tour]]))
        number, _ = groups(teams.tour_pool, teams.tour_depart)
        missing = np.bincount(number, wished - self.ledger.x[sent]).astype(np.int64)
        with self.ledger.lifted():
            for tour in np.lexsort((teams.tour_seconds, teams.tour_position)).tolist():
                if missing[number[tour]] > 0:
                    missing[number[tour]] -= self.send(tour, int(missing[number[tour]]))

    def _wanted(self, task: int, tour: int) -> int:
        """Teams of a tour that the task still wants."""
        teams = self.ledger.instance.teams
        first = max(int(teams.tour_first[tour]), int(teams.task_first[task]))
        last = min(int(teams.tour_last[tour]), int(teams.task_last[task]))
        amount = int(teams.task_amount[task])
        if teams.task_is_work[task]:
            left = WORK_UNIT * amount - int(self.done[task].sum())
            each = int(teams.tour_work[tour]) * (last - first + 1)
            return ceil_div(left, each) if each else 0
        return max(amount - int(self.done[task, first : last + 1].min()), 0)

    def send(self, tour: int, wanted: int) -> int:
        """Send up to `wanted` teams on a tour, fewer when the pool or the goods they use up do not suffice."""
        teams = self.ledger.instance.teams
        pool, depart = teams.tour_pool.item(tour), teams.tour_depart.item(tour)
        # Most pools are empty sooner or later, and this is asked most of all: it is looked at first.
        if self.home.item(pool, depart) <= 0 or not self.exhausted.allow(tour):
            return 0
        column = int(self.ledger.model.teams.deploy[tour])
        away = (pool, slice(depart, int(teams.tour_back[tour]) + 1))
        count = min(wanted, self.ledger.room(column), int(self.home[away].min()))
        kept = [
            (int(self.ledger.instance.mobile_quotas.counted_rule[at]), away[1]) for at in self.quotas_of[pool]
        ]
        count = min([count, *(int(self.spare[key].min()) for key in kept)])
        first, last = int(teams.tour_first[tour]), int(teams.tour_last[tour])
        place, skill = int(teams.tour_place[tour]), int(teams.tour_skill[tour])
        count = self._fed(place, skill, count, depart, first, last)
        if count <= 0:
            return 0
        self.count(tour, count)
        return count

    def count(self, tour: int, count: int) -> None:
        """Count teams as sent on a tour, or as called home where they are less than 0."""
        teams = self.ledger.instance.teams
        pool = int(teams.tour_pool[tour])
        away = slice(int(teams.tour_depart[tour]), int(teams.tour_back[tour]) + 1)
        self.ledger.add(self.ledger.x, int(self.ledger.model.teams.deploy[tour]), count)
        self.ledger.add(self.home, (pool, away), -count)
        for at in self.quotas_of[pool]:
            rule = int(self.ledger.instance.mobile_quotas.counted_rule[at])
            self.ledger.add(self.spare, (rule, away), -count)
        task, post = int(teams.tour_task[tour]), int(teams.tour_post[tour])
        first, last = int(teams.tour_first[tour]), int(teams.tour_last[tour])
        if post >= 0:
            working = (post, slice(first, last + 1))
            self.ledger.add(self.members, working, 100 * count * int(teams.people[pool]))
        else:
            inside = slice(max(first, int(teams.task_first[task])), min(last, int(teams.task_last[task])) + 1)
            each = int(teams.tour_work[tour]) if teams.task_is_work[task] else 1
            self.ledger.add(self.done, (task, inside), count * each)

    def _fed(self, place: int, skill: int, wanted: int, now: int, first: int, last: int) -> int:
        """Provide for as many teams as there are goods for; how many these are."""
        fed, count = 0, wanted
        while count > 0:
            mark = self.ledger.mark()
            if self.pantry.feed_teams(place, skill, count, now, first, last):
                fed += count
                count = min(count, wanted - fed)
            else:
                self.ledger.revert(mark)
                count //= 2
        return fed
