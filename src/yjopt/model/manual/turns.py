"""Under strict, whoever must be asked first and has something left takes the place of whoever was asked too early.

A plan laid after a pattern trusts that all who come before will be exhausted. A few are not: a bed stays free, a team
finds nothing to eat, a pack nobody opens. Laid again without all who were asked too early it loses more than that is
worth. Each turn taken here moves something to somebody asked earlier, so it comes to an end.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from yjopt.instance.joining import IntArray
    from yjopt.model.manual.carriers import Carriers
    from yjopt.model.manual.crews import Crews
    from yjopt.model.manual.hosts import Hosts
    from yjopt.model.manual.ledger import Ledger


def people_in_turn(hosts: Hosts) -> None:
    """Bring people to hospitals and sites that must be full before others are asked, and are not."""
    model, exhausted = hosts.ledger.model, hosts.exhausted
    for bar, columns, before, give_way in (
        (exhausted.bed_bar, model.beds.admit, exhausted.beds_before, _admit_instead),
        (exhausted.site_bar, model.isolation.settle, exhausted.sites_before, _settle_instead),
    ):
        if bar is not None:
            _take_turns(hosts.ledger, columns, before, partial(give_way, hosts))


def teams_in_turn(crews: Crews) -> None:
    """Call teams home in whose place others must be sent first, who are still there."""
    if crews.exhausted.is_strict:
        deploy = crews.ledger.model.teams.deploy
        _take_turns(crews.ledger, deploy, crews.exhausted.before, partial(_send_instead, crews))


def goods_in_turn(carriers: Carriers) -> None:
    """Send goods from those who must be asked first and have some left, instead of what others send."""
    if carriers.asking.is_strict:
        ship = carriers.ledger.model.supplies.ship
        _take_turns(carriers.ledger, ship, carriers.asking.before, partial(_fetch_instead, carriers))


def _take_turns(
    ledger: Ledger,
    columns: IntArray,
    before: Callable[[int], Iterable[int]],
    give_way: Callable[[int, int], bool],
) -> None:
    """Let whatever is used give way to what comes before it, until nothing does."""
    is_new = True
    with ledger.lifted():
        while is_new:
            is_new = False
            for entry in np.flatnonzero(ledger.x[columns]).tolist():
                for rival in before(entry):
                    is_new |= give_way(entry, rival)


def _admit_instead(hosts: Hosts, choice: int, rival: int) -> bool:
    """Admit patients to another ward instead, as many as it can take; whether any went."""
    ledger, beds, admit = hosts.ledger, hosts.ledger.instance.beds, hosts.ledger.model.beds.admit
    # Somebody may be asked at once, and somebody else only once it is known for a while.
    if beds.choice_delay[rival] > beds.choice_delay[choice]:
        return False
    now, queue = int(beds.choice_period[choice]), int(beds.choice_queue[choice])
    last = min(now + int(beds.stay[beds.queue_group[queue]]), ledger.instance.horizon) - 1
    old, new = int(beds.choice_ward[choice]), int(beds.choice_ward[rival])

    def exchange(people: int) -> int:
        hosts.let_go(old, people, now, last)
        people = hosts.take_in(new, people, now, now, last)
        ledger.add(ledger.x, int(admit[choice]), -people)
        ledger.add(ledger.x, int(admit[rival]), people)
        return people if hosts.pantry.give_back(old) else 0

    room = min(ledger.room(int(admit[rival])), int(hosts.room[new, now : last + 1].min()))
    return _as_many_as_go(ledger, min(ledger.x.item(admit[choice]), room), exchange)


def _settle_instead(hosts: Hosts, choice: int, rival: int) -> bool:
    """Bring the people of a group to another site instead, as many as it can take; whether any went."""
    ledger, isolation = hosts.ledger, hosts.ledger.instance.isolation
    settle, part = ledger.model.isolation.settle, int(isolation.choice_part[choice])
    size, now = int(ledger.model.isolation.size[part]), int(isolation.choice_period[choice])
    end = int(isolation.period[part] + isolation.stay[isolation.category[part]])
    last = min(end, ledger.instance.horizon) - 1
    old = int(isolation.choice_ward[choice])

    def exchange(units: int) -> int:
        hosts.let_go(old, size * units, now, last)
        ledger.add(hosts.placed, part, -size * units)
        ledger.add(ledger.x, int(settle[choice]), -units)
        before = ledger.x.item(settle[rival])
        hosts.settle_at(rival, part, now, size * units)
        return ledger.x.item(settle[rival]) - before if hosts.pantry.give_back(old) else 0

    return _as_many_as_go(ledger, ledger.x.item(settle[choice]), exchange)


def _send_instead(crews: Crews, tour: int, rival: int) -> bool:
    """Send teams of another tour to the same work, as many as can go, and call as many home; whether any went."""
    ledger, teams = crews.ledger, crews.ledger.instance.teams
    first, last, post = int(teams.tour_first[tour]), int(teams.tour_last[tour]), int(teams.tour_post[tour])
    place, skill = int(teams.tour_place[tour]), int(teams.tour_skill[tour])
    home = crews.home.item(teams.tour_pool[rival], teams.tour_depart[rival])

    def exchange(count: int) -> int:
        crews.count(tour, -count)
        crews.pantry.leave_teams(place, skill, count, first, last)
        sent = crews.send(rival, count)
        # They eat as much, but not each team has as many members.
        suffices = post < 0 or bool((crews.members[post, first : last + 1] >= 0).all())
        return sent if suffices or sent < count else 0

    return _as_many_as_go(ledger, min(ledger.x.item(ledger.model.teams.deploy[tour]), home), exchange)


def _fetch_instead(carriers: Carriers, arc: int, rival: int) -> bool:
    """Send packs along another arc to the same taker, as many as can go, instead of along one; whether any went."""
    ledger, arcs = carriers.ledger, carriers.ledger.instance.supplies.shipments
    left = int(carriers.stock[arcs.part[rival], arcs.depart[rival] :].min())

    def exchange(packs: int) -> int:
        carriers.unload(arc, packs)
        return carriers.send_along(rival, packs)

    return _as_many_as_go(ledger, min(ledger.x.item(ledger.model.supplies.ship[arc]), left), exchange)


def _as_many_as_go(ledger: Ledger, most: int, exchange: Callable[[int], int]) -> bool:
    """Exchange so many, or else as many as then could go; whether any were."""
    mark, count = ledger.mark(), most
    while count > 0:
        went = exchange(count)
        if went == count:
            return True
        ledger.revert(mark)
        count = went
    return False
