"""The smallest scenarios under the command rules: few enough plans that every one can be judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import brute_command_people
import brute_command_supplies
import tiny_rows
from brute_command import CommandTables
from tiny_world import PlainScenario, World, make_world

if TYPE_CHECKING:
    from collections.abc import Callable

    from brute import Problem

RESOURCES = ("", "supplies", "beds", "isolation", "teams")
AREAS = ("P", "C", "CA", "CB")


def _consumables(world: World) -> None:
    if world.chance(0.5):
        _scarce_goods(world, durable=False)
    else:
        tiny_rows.add_item(world, "mask")
        tiny_rows.add_stocks(world, "mask", low=1, high=3)
        tiny_rows.add_needs(world, "mask", low=1, high=2)
    if world.chance(0.3):
        tiny_rows.add_sources(world, "mask")
    if world.chance(0.3):
        place = world.pick(*world.towns)
        world.add("quotas", place=place, item="mask", quantity=world.number(1, 3),
                  clear_by=world.pick(None, 1, 2))  # fmt: skip
    if world.chance(0.4):
        tiny_rows.add_rule(world, "own_first", areas=("P", "CA"), amount=0.0)


def _durables(world: World) -> None:
    if world.chance(0.6):
        _scarce_goods(world, durable=True)
    else:
        tiny_rows.add_item(world, "pump", durable=True)
        tiny_rows.add_stocks(world, "pump", durable=True, low=2, high=2)
        tiny_rows.add_needs(world, "pump", durable=True, low=1, high=2)


def _near(world: World) -> None:
    """Everybody reaches everything within a period."""
    world.settings["period_hours"] = 24.0
    world.settings["limits"] = dict.fromkeys(world.settings["limits"], 480.0)
    world.rows["closures"] = [row for row in world.rows["closures"] if row["state"] != "closed"]
    if world.periods == 1:
        world.periods = 2


def _scarce_goods(world: World, *, durable: bool) -> None:
    """Two lots of one or two, which several could use, and needs now and later."""
    item = "pump" if durable else "mask"
    _near(world)
    world.add(
        "items", item=item, name=item, unit="piece", pack=1, durable=durable, late=0.2, kg=1.0,
        turnaround=world.number(0, 1) if durable else 0,
    )  # fmt: skip
    # The county's lot comes before the city's for its own town; the other town gets nothing from the city.
    for place, authority in zip(world.some(world.places, 2, 2), ("CA", "C"), strict=True):
        mine = world.pick(authority, authority, world.unit_of(place))
        world.add("stocks", place=place, item=item, authority=mine, quantity=world.pick(1, 1, 2))
    if world.chance(0.7):
        world.add("gates", gate="v", area="CB", opens="step", which="above-2", level="I")
    deadline = None if durable else 0
    for n, place in enumerate([*world.towns, world.pick(*world.others)][:2]):
        period = min(2, n + 1) if world.chance(0.8) else world.number(1, 2)
        weight = world.pick(1.0, 2.0)
        world.add(
            "needs", place=place, item=item, period=period, quantity=1, weight=weight, deadline=deadline
        )


def _beds(world: World) -> None:
    if world.chance(0.6):
        _near(world)
        wait = world.number(0, 1)
        world.add("groups", group="g0", name="", stay=world.number(1, 2), wait=wait, weight=1.0, late=0.2)
        world.add("eligibility", group="g0", class_="ward", penalty=0.0)
        for hospital in world.some(world.places, 2, 3):
            world.add("beds", place=hospital, class_="ward", beds=world.number(1, 2), opening=1)
        for _ in range(world.number(1, 2)):
            place, period = world.pick(*world.towns), world.number(1, 2)
            world.add("arrivals", place=place, group="g0", period=period, people=world.number(1, 2))
    else:
        tiny_rows.add_beds(world, transfers=world.chance(0.3))
    hospitals = sorted({row["place"] for row in world.rows["beds"]})
    for place in world.some(hospitals, 0, 2):
        role, setup = world.pick("backup", "makeshift", "designated"), world.number(0, 1)
        world.add("facilities", place=place, role=role, setup=setup, cost=world.pick(0.0, 40.0))
    tiny_rows.add_rule(world, "backup_load", areas=("C", "CA", "P"), amount=world.pick(50.0, 80.0, 100.0))


def _isolation(world: World) -> None:
    if world.chance(0.6):
        _near(world)
        world.add(
            "categories", category="close", name="", stay=world.number(1, 2), wait=0, weight=1.0,
            together=world.chance(0.5), split=True,
        )  # fmt: skip
        for site in world.some(world.places, 2, 3):
            rooms, state = world.number(1, 2), world.pick("open", "candidate")
            world.add(
                "isolation_sites", place=site, rooms=rooms, state=state, setup=world.number(0, 1),
                cost=world.pick(0.0, 50.0), running_cost=0.0,
            )  # fmt: skip
            cost = world.pick(0.0, 20.0)
            world.add("site_category", place=site, category="close", allowed=True, conversion_cost=cost)
        for _ in range(world.number(1, 2)):
            place, period = world.pick(*world.towns), world.number(1, 2)
            world.add("contacts", place=place, category="close", period=period, people=world.number(1, 2))
    else:
        tiny_rows.add_isolation(world)
    if world.chance(0.6):
        amount = world.pick(0.0, 50.0, 70.0, 90.25)
        tiny_rows.add_rule(world, "opening_budget", areas=("CA", "C"), amount=amount)


def _teams(world: World) -> None:
    if world.chance(0.6):
        _near(world)
    tiny_rows.add_pools(world, ["test", "nurse"])
    tiny_rows.add_tasks(world, ["test", "nurse"])
    if world.chance(0.5):
        tiny_rows.add_rule(
            world, "mobile_quota", areas=("C", "CA"), what="test", amount=float(world.number(1, 2)),
            hard=world.chance(0.2), weight=0.5,
        )  # fmt: skip


SMALLEST: dict[str, tuple[Callable[[World], None], Callable[[CommandTables], Problem]]] = {
    "consumables": (_consumables, brute_command_supplies.consumables),
    "durables": (_durables, brute_command_supplies.durables),
    "beds": (_beds, brute_command_people.beds),
    "isolation": (_isolation, brute_command_people.isolation),
    "teams": (_teams, brute_command_people.teams),
}


def _add_command(world: World, resource: str) -> None:
    """Rules for who may ask whom and when, drawn freely."""
    world.settings["rule"] = world.pick("strict", "strict", "strict", "priority")
    world.settings["delays"] = world.pick("by_rung", "by_rung", "direct")
    world.settings["cover_periods"] = world.pick(0, 0, 1, 2)
    world.settings["support"] = {"people": world.chance(0.4)}
    hours = world.settings["period_hours"]
    for step in world.some(
        ["own", "pool", "peer-1", "peer-2", "above-2", "peer-3", "above-3", "purchase"], 2, 5
    ):
        world.add(
            "ladder", area=world.pick(*AREAS), resource=world.pick("", resource), step=step,
            position=world.pick(None, 0, 1, 2, 3, 4, 6), decision_hours=world.pick(0.0, hours / 2, hours),
        )  # fmt: skip
    for _ in range(world.number(0, 2)):
        world.add(
            "levels", area=world.pick(*AREAS), period=world.number(1, 2), level=world.pick("", "III", "II"),
            mode=world.pick("", "war"), severity=world.pick("", "large"),
        )  # fmt: skip
    for n in range(world.number(0, 2)):
        opens, which = world.pick(
            ("step", "pool"), ("step", "peer-2"), ("step", "above-2"), ("lateral", ""), ("skip", ""), ("skip", ""),
            ("kind", "commercial"), ("facility", "x"), ("quota", ""), ("step", "purchase"),
        )  # fmt: skip
        world.add(
            "gates", gate=f"w{n}", area=world.pick("P", "C"), opens=opens, which=which,
            resource="" if opens == "facility" else world.pick("", resource),
            level=world.pick("", "III", "II"), mode=world.pick("", "", "war"), severity=world.pick("", "large"),
        )  # fmt: skip
    if world.chance(0.4):
        helper = world.pick("CA", "CB", "T1", "D") if len(world.towns) > 1 else world.pick("CA", "CB", "D")
        world.add(
            "pairing", area=world.pick("C", "CA"), helper=helper, resource="", consent=world.chance(0.5)
        )
    if world.chance(0.4):
        place, items = world.pick(*world.towns), [row["item"] for row in world.rows["items"]]
        for item in world.some(["", *items], 1, 2):
            world.add(
                "blind", place=place, period=world.number(1, world.periods), item=item,
                quantity=world.number(1, 2) if item else 0,
            )  # fmt: skip
    for table in ("needs", "arrivals", "contacts", "tasks"):
        for row in world.rows[table]:
            row["known_from"] = world.pick(None, None, 1, 2)


def smallest(family: str, seed: int, most: int) -> tuple[PlainScenario, Problem]:
    """The first scenario from a seed on that has more than a handful, and at most so many plans."""
    add, enumerate_plans = SMALLEST[family]
    resource = "supplies" if family in ("consumables", "durables") else family
    attempt = 0
    while True:
        world = make_world(f"command {family} {attempt}", seed, towns=(1, 2), periods=(1, 3))
        world.settings.pop("nearest", None)
        add(world)
        _add_command(world, resource)
        scenario = PlainScenario.of(*world.finish())
        problem = enumerate_plans(CommandTables(scenario))
        if 20 < problem.plans <= most:
            return scenario, problem
        attempt += 1
