"""Whoever was asked too early gives way to whoever must be asked first and has something left."""

from __future__ import annotations

import numpy as np
import pytest
from tiny_tree import contacts, frames_of, sick, task

from yjopt import Scenario, generate
from yjopt.instance import index
from yjopt.model.assembly import assemble
from yjopt.model.goods_rules import with_goods_rules
from yjopt.model.manual.desk import Desk
from yjopt.model.manual.ledger import Ledger
from yjopt.model.manual.obeying import signs_set
from yjopt.model.manual.turns import goods_in_turn, people_in_turn, teams_in_turn
from yjopt.model.nothing import nothing


def desk_of(scenario: Scenario) -> Desk:
    """A desk at which a pattern is trusted, so that anybody may be asked."""
    instance = index(scenario)
    model = assemble(instance)
    ledger = Ledger(instance, model, nothing(instance, model))
    ledger.is_patterned = ledger.trusts = True
    return Desk(ledger)


@pytest.mark.parametrize(("beds", "rule", "left"), [(2, "strict", 1), (5, "strict", 0), (2, "priority", 3)])
def test_patients_come_back_to_the_hospital_that_must_be_full_first(beds: int, rule: str, left: int) -> None:
    """Three lie in the city because the town was shut; under strict its beds are taken once it is not."""
    desk = desk_of(Scenario.from_tables(*frames_of(sick(3, {"ta": beds, "c": 9}), rule=rule)))
    choices, ledger = desk.ledger.instance.beds, desk.ledger
    admit = ledger.model.beds.admit
    of_town = choices.choice_position == choices.choice_position.min()
    ledger.barred[admit[of_town]] = True
    desk.host(0)
    assert ledger.x[admit[~of_town]].sum() == 3
    ledger.barred[:] = False
    people_in_turn(desk.hosts)
    assert ledger.x[admit[~of_town]].sum() == left
    assert ledger.x[admit].sum() == 3
    for ward in range(len(ledger.instance.wards)):
        here = ledger.x[admit[choices.choice_ward == ward]].sum()
        assert desk.hosts.lying[ward, 0] == here
        assert desk.hosts.room[ward, 0] == desk.hosts.beds[ward, 0] - here


@pytest.mark.parametrize(("rooms", "rule", "back"), [(3, "strict", 1), (2, "strict", 0), (3, "priority", 0)])
def test_a_group_comes_back_to_the_site_that_must_be_full_first(rooms: int, rule: str, back: int) -> None:
    """A group of three was brought to the city: it goes to the town if that has room for all of it."""
    desk = desk_of(Scenario.from_tables(*frames_of(contacts([3], {"ta": rooms, "c": 9}), rule=rule)))
    choices, ledger = desk.ledger.instance.isolation, desk.ledger
    settle = ledger.model.isolation.settle
    in_town = choices.choice_position == 0
    ledger.barred[settle[in_town]] = True
    desk.host(0)
    assert ledger.x[settle[~in_town]].sum() == 1
    ledger.barred[:] = False
    people_in_turn(desk.hosts)
    assert ledger.x[settle[in_town]].sum() == back
    assert ledger.x[settle].sum() == 1
    assert desk.hosts.placed.tolist() == [3]


@pytest.mark.parametrize(
    "seed", [*range(3), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(3, 20))]
)
def test_who_goes_elsewhere_takes_along_what_he_uses_up(seed: int) -> None:
    """People are brought past whoever comes first, and back: staff and goods fit, and nothing is used in vain."""
    tables, settings, _ = generate(towns=60, periods=1, seed=seed, rule="strict")
    desk = desk_of(Scenario.from_tables(tables, settings))
    ledger, hosts = desk.ledger, desk.hosts
    beds, isolation, model = ledger.instance.beds, ledger.instance.isolation, ledger.model
    first = [(model.beds.admit, beds.choice_position), (model.isolation.settle, isolation.choice_position)]
    for columns, position in first:
        ledger.barred[columns[position == position.min()]] = True
    desk.relieve()
    for period in range(ledger.instance.horizon):
        desk.host(period)
        desk.shelves.fill(period)
        desk.lending.run(period)
    ledger.barred[:] = False

    who_is_before = (hosts.exhausted.beds_before, hosts.exhausted.sites_before)

    def too_early() -> int:
        return sum(
            int(ledger.x[column])
            for (columns, _), before in zip(first, who_is_before, strict=True)
            for choice, column in enumerate(columns)
            if any(True for _ in before(choice))
        )

    forbidden, people = too_early(), [int(ledger.x[columns].sum()) for columns, _ in first]
    assert forbidden > 0
    people_in_turn(hosts)
    # Now and then whoever is too early is stuck: whoever comes first has room, and nobody to look after them.
    assert too_early() < forbidden or seed in {14, 18}
    assert [int(ledger.x[columns].sum()) for columns, _ in first] == people
    x = with_goods_rules(ledger.instance, model, signs_set(model, desk.closed()))
    # Somebody may still be asked too early, and nothing else is wrong.
    broken = {violation.block for violation in model.mip.violations(x) + model.mip.bound_violations(x)}
    assert broken <= {"ask_beds", "ask_isolation", "exhausted"}


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
