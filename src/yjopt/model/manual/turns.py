"""Under strict, whoever must be asked first and has something left takes the place of whoever was asked too early.

A plan laid after a pattern trusts that all who come before will be exhausted. A few are not: a team finds nothing to
eat, a pack nobody opens. Laid again without all who were asked too early it loses more than that is worth. Each turn
taken here moves something to somebody asked earlier, so it comes to an end.
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
    from yjopt.model.manual.ledger import Ledger


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
