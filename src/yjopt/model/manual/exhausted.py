"""Whether hospitals, sites and pools are exhausted while a plan is laid by hand: under strict they come first.

Each step is judged by the plan as it stands. Beds and rooms fill, teams leave and money is spent as the plan goes on;
only surge, teams that arrive and candidates decided later free something again, and that is found looking back. A
pattern knows what comes: whoever it asks may be asked before others are exhausted, and looking back they are, or not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from yjopt.model.manual.ledger import Ledger, by_key
from yjopt.model.strict_people import bars, begun

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yjopt.instance.joining import IntArray
    from yjopt.model.manual.crews import Crews
    from yjopt.model.manual.hosts import Hosts

#: Below no position: nobody stands in the way.
NOBODY = 1_000_000


class ExhaustedPools:
    """Pools that must be away before a tour may be called.

    Parameters
    ----------
    ledger : Ledger
    home : int64 array, shape (pools, periods)
        Teams that may still be sent away.
    """

    def __init__(self, ledger: Ledger, home: IntArray) -> None:
        self.ledger, self.teams, self.home = ledger, ledger.instance.teams, home
        self.is_strict = ledger.instance.command.is_strict("teams")
        if self.is_strict:
            self.bar = bars(ledger.instance, "teams")
            group = begun(ledger.instance)
            self.group = group
            self.rivals = by_key(group, int(group.max(initial=-1)) + 1, self.teams.tour_position)

    def allow(self, tour: int) -> bool:
        """Whether every pool that comes before has no team left that could begin when the tour does."""
        return not self.is_strict or self.ledger.is_trusted or not any(True for _ in self.before(tour))

    def before(self, tour: int) -> Iterator[int]:
        """Tours to the same work, whose pools come before and have a team left: first asked first."""
        for rival in self.rivals[int(self.group[tour])]:
            if self.teams.tour_position[rival] >= self.bar[tour]:
                return
            if self.home[self.teams.tour_pool[rival], self.teams.tour_depart[rival]] > 0:
                yield int(rival)


class ExhaustedHosts:
    """Hospitals and sites that must be full before others are asked."""

    def __init__(self, hosts: Hosts, crews: Crews) -> None:
        self.ledger, self.hosts, self.crews = hosts.ledger, hosts, crews
        instance = hosts.ledger.instance
        self.instance = instance
        is_strict = instance.command.is_strict
        self.bed_bar = bars(instance, "beds") if is_strict("beds") else None
        self.site_bar = bars(instance, "isolation") if is_strict("isolation") else None
        self.needs_of_ward = by_key(instance.teams.staffing.ward, len(instance.wards))

    def blocks_beds(self, choice: int, now: int, blocked: int) -> int:
        """The lowest position that still has something, given that of the choices before, after one was tried."""
        ward = int(self.instance.beds.choice_ward[choice])
        if self.bed_bar is None or self._is_full(ward, now):
            return blocked
        return min(blocked, int(self.instance.beds.choice_position[choice]))

    def may_admit(self, choice: int, blocked: int) -> bool:
        """Whether nobody below the bar of an admission has something left."""
        return self.bed_bar is None or self.ledger.is_trusted or int(self.bed_bar[choice]) <= blocked

    def beds_before(self, choice: int) -> Iterator[int]:
        """Admissions from the same queue then whose wards come before and have something left: first asked first."""
        if self.bed_bar is None:
            return
        beds = self.instance.beds
        now = int(beds.choice_period[choice])
        for rival in self.hosts.beds_of[int(beds.choice_queue[choice]) * self.instance.horizon + now]:
            if beds.choice_position[rival] >= self.bed_bar[choice]:
                return
            if not self._is_full(int(beds.choice_ward[rival]), now):
                yield rival

    def _is_full(self, ward: int, now: int) -> bool:
        hosts, staffing = self.hosts, self.instance.teams.staffing
        if not hosts.standby.is_in_use(ward, now) or hosts.lying[ward, now] >= hosts.beds[ward, now]:
            return True
        return any(
            self.crews.members[staffing.post[need], now] < staffing.members[need]
            for need in self.needs_of_ward[ward]
        )

    def blocks_sites(self, choice: int, now: int, people: int, blocked: int) -> int:
        """The same for sites and a group of so many people."""
        ward = int(self.instance.isolation.choice_ward[choice])
        if self.site_bar is None or self._is_out(ward, now, people):
            return blocked
        return min(blocked, int(self.instance.isolation.choice_position[choice]))

    def may_settle(self, choice: int, blocked: int) -> bool:
        """Whether nobody below the bar of an isolation has something left."""
        return self.site_bar is None or self.ledger.is_trusted or int(self.site_bar[choice]) <= blocked

    def sites_before(self, choice: int) -> Iterator[int]:
        """Isolations of the same group then at sites that come before and have something left: first asked first."""
        if self.site_bar is None:
            return
        isolation = self.instance.isolation
        part, now = int(isolation.choice_part[choice]), int(isolation.choice_period[choice])
        size = int(self.hosts.ledger.model.isolation.size[part])
        for rival in self.hosts.sites_of[part]:
            is_before = isolation.choice_position[rival] < self.site_bar[choice]
            if isolation.choice_period[rival] != now or not is_before:
                continue
            if not self._is_out(int(isolation.choice_ward[rival]), now, size):
                yield rival

    def _is_out(self, ward: int, now: int, people: int) -> bool:
        hosts, isolation = self.hosts, self.instance.isolation
        hold, x = hosts.ledger.model.isolation.hold, hosts.ledger.x
        if hosts.standby.lost_from[ward] <= now:
            return True
        site = int(isolation.ward_site[ward])
        if hosts.usable_from[site] > now:
            return self._is_beyond_budget(ward, site)
        for other in hosts.wards_of_site[site]:
            columns = hold[other, max(now - int(isolation.cleaning[ward]), 0) : now + 1]
            if other != ward and x[columns[columns >= 0]].any():
                return True
        held = bool(x[hold[ward, now]])
        return held and bool(hosts.beds[ward, now] - hosts.lying[ward, now] < people)

    def _is_beyond_budget(self, ward: int, site: int) -> bool:
        hosts, isolation = self.hosts, self.instance.isolation
        convert = int(hosts.ledger.model.isolation.convert[ward])
        due = convert >= 0 and not hosts.ledger.x[convert]
        price = int(isolation.site_cost[site]) + (int(isolation.conversion[ward]) if due else 0)
        return any(hosts.budget[rule] < price for rule in hosts.budgets_of_site.get(site, ()))
