"""Under strict, whoever must be asked first and has something left takes the place of whoever was asked too early.

A plan laid after a pattern trusts that all who come before will be exhausted. A few are not: a team finds nothing to
eat, a pack nobody opens. Laid again without all who were asked too early it loses more than that is worth. Each turn
taken here moves something to somebody asked earlier, so it comes to an end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from yjopt.model.manual.carriers import Carriers
    from yjopt.model.manual.crews import Crews


def teams_in_turn(crews: Crews) -> None:
    """Call teams home in whose place others must be sent first, who are still there."""
    ledger, is_new = crews.ledger, crews.exhausted.is_strict
    with ledger.lifted():
        while is_new:
            is_new = False
            for tour in np.flatnonzero(ledger.x[ledger.model.teams.deploy]).tolist():
                for rival in crews.exhausted.before(tour):
                    is_new |= _send_instead(crews, tour, rival)


def _send_instead(crews: Crews, tour: int, rival: int) -> bool:
    """Send teams of another tour to the same work, as many as can go, and call as many home; whether any went."""
    ledger, teams = crews.ledger, crews.ledger.instance.teams
    first, last, post = int(teams.tour_first[tour]), int(teams.tour_last[tour]), int(teams.tour_post[tour])
    place, skill = int(teams.tour_place[tour]), int(teams.tour_skill[tour])
    home = crews.home.item(teams.tour_pool[rival], teams.tour_depart[rival])
    mark, count = ledger.mark(), min(ledger.x.item(ledger.model.teams.deploy[tour]), home)
    while count > 0:
        crews.count(tour, -count)
        crews.pantry.leave_teams(place, skill, count, first, last)
        sent = crews.send(rival, count)
        # They eat as much, but not each team has as many members.
        if sent == count and (post < 0 or (crews.members[post, first : last + 1] >= 0).all()):
            return True
        ledger.revert(mark)
        count = sent if sent < count else 0
    return False


def goods_in_turn(carriers: Carriers) -> None:
    """Send goods from those who must be asked first and have some left, instead of what others send."""
    ledger, is_new = carriers.ledger, carriers.asking.is_strict
    with ledger.lifted():
        while is_new:
            is_new = False
            for arc in np.flatnonzero(ledger.x[ledger.model.supplies.ship]).tolist():
                for rival in carriers.asking.before(arc):
                    is_new |= _fetch_instead(carriers, arc, rival)


def _fetch_instead(carriers: Carriers, arc: int, rival: int) -> bool:
    """Send packs along another arc to the same taker, as many as can go, instead of along one; whether any went."""
    ledger, arcs = carriers.ledger, carriers.ledger.instance.supplies.shipments
    left = int(carriers.stock[arcs.part[rival], arcs.depart[rival] :].min())
    mark, packs = ledger.mark(), min(ledger.x.item(ledger.model.supplies.ship[arc]), left)
    while packs > 0:
        carriers.unload(arc, packs)
        sent = carriers.send_along(rival, packs)
        if sent == packs:
            return True
        ledger.revert(mark)
        packs = sent
    return False
