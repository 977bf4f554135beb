"""Whoever was asked too early gives way to whoever must be asked first and has something left."""

from __future__ import annotations

import numpy as np
import pytest
from tiny_tree import frames_of, task

from yjopt import Scenario, generate
from yjopt.instance import index
from yjopt.model.assembly import assemble
from yjopt.model.manual.desk import Desk
from yjopt.model.manual.ledger import Ledger
from yjopt.model.manual.turns import goods_in_turn, teams_in_turn
from yjopt.model.nothing import nothing


def desk_of(scenario: Scenario) -> Desk:
    """A desk at which a pattern is trusted, so that anybody may be asked."""
    instance = index(scenario)
    model = assemble(instance)
    ledger = Ledger(instance, model, nothing(instance, model))
    ledger.is_patterned = ledger.trusts = True
    return Desk(ledger)


@pytest.mark.parametrize(("own", "rule", "left"), [(2, "strict", 1), (5, "strict", 0), (2, "priority", 3)])
def test_teams_of_the_city_go_home_for_those_of_the_county(own: int, rule: str, left: int) -> None:
    """Three teams of the city are at a task; the county has some, who under strict must be sent first."""
    desk = desk_of(Scenario.from_tables(*frames_of(task(3, {"a": own, "c": 9}), rule=rule)))
    teams, x = desk.ledger.instance.teams, desk.ledger.x
    of_city = desk.ledger.instance.labels.pools[teams.tour_pool] == "of-c"
    deploy = desk.ledger.model.teams.deploy
    assert desk.crews.send(int(np.flatnonzero(of_city)[0]), 3) == 3
    teams_in_turn(desk.crews)
    assert x[deploy[of_city]].sum() == left
    assert x[deploy].sum() == 3
    assert desk.crews.home[:, 0].tolist() == [
        int(count - x[deploy[teams.tour_pool == pool]].sum()) for pool, count in enumerate(teams.available)
    ]
    assert desk.crews.done.sum() == 3


@pytest.mark.parametrize("seed", range(4))
def test_goods_come_from_those_who_must_be_asked_first(seed: int) -> None:
    """Everybody is sent something by those asked last; then as much comes, in less forbidden ways."""
    tables, settings, _ = generate(towns=30, periods=1, seed=seed, rule="strict")
    desk = desk_of(Scenario.from_tables(tables, settings))
    ledger, asking, carriers = desk.ledger, desk.carriers.asking, desk.carriers
    arcs, ship = ledger.instance.supplies.shipments, ledger.model.supplies.ship
    for arc in np.argsort(-arcs.below, kind="stable")[: len(arcs) // 3].tolist():
        carriers.send_along(arc, 5)

    def received() -> list[int]:
        return np.bincount(arcs.to, ledger.x[ship], len(ledger.instance.supplies.taker_place)).tolist()

    def too_early() -> int:
        return sum(
            int(ledger.x[ship[arc]]) for arc in range(len(arcs)) if any(True for _ in asking.before(arc))
        )

    packs, stock, forbidden = received(), int(carriers.stock[:, -1].sum()), too_early()
    covered = asking.covered.copy()
    goods_in_turn(carriers)
    assert too_early() < forbidden / 2
    assert received() == packs
    assert int(carriers.stock[:, -1].sum()) == stock
    assert (asking.covered == covered).all()
    assert (carriers.stock >= 0).all()
    assert (carriers.spare_grams >= 0).all()
    assert (carriers.fleet_left >= 0).all()
