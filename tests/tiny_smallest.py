"""The smallest scenarios of a family: few enough plans that every one can be judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import brute_people
import brute_supplies
import tiny_rows
from brute import Problem, Tables
from tiny_world import PlainScenario, World, make_world

if TYPE_CHECKING:
    from collections.abc import Callable


def _consumables(world: World) -> None:
    tiny_rows.add_item(world, "mask")
    tiny_rows.add_stocks(world, "mask", low=1, high=2)
    tiny_rows.add_needs(world, "mask", low=1, high=2)


def _durables(world: World) -> None:
    tiny_rows.add_item(world, "pump", durable=True)
    tiny_rows.add_stocks(world, "pump", durable=True, low=1, high=2)
    tiny_rows.add_needs(world, "pump", durable=True, low=1, high=3)


def _isolation(world: World) -> None:
    tiny_rows.add_isolation(world)
    if world.chance(0.4):
        tiny_rows.add_minimum(world, hard=world.chance(0.2))
    if world.chance(0.4):
        tiny_rows.add_rule(world, "opening_budget", areas=("CA", "C"), amount=world.pick(0.0, 50.0, 90.25))


def _teams(world: World) -> None:
    tiny_rows.add_pools(world, ["test", "nurse"])
    tiny_rows.add_tasks(world, ["test", "nurse"])


#: How to make the rows of each family, and how to enumerate its plans.
SMALLEST: dict[str, tuple[Callable[[World], None], Callable[[Tables], Problem]]] = {
    "consumables": (_consumables, brute_supplies.consumables),
    "durables": (_durables, brute_supplies.durables),
    "beds": (tiny_rows.add_beds, brute_people.beds),
    "isolation": (_isolation, brute_people.isolation),
    "teams": (_teams, brute_people.teams),
}


def smallest(family: str, seed: int, most: int) -> tuple[PlainScenario, Problem]:
    """The first scenario from a seed on that has more than a handful, and at most so many plans."""
    add, enumerate_plans = SMALLEST[family]
    attempt = 0
    while True:
        world = make_world(f"smallest {family} {attempt}", seed, towns=(1, 2), periods=(1, 3))
        world.settings.pop("nearest", None)
        add(world)
        scenario = PlainScenario.of(*world.finish())
        problem = enumerate_plans(Tables(scenario))
        if 20 < problem.plans <= most:
            return scenario, problem
        attempt += 1
