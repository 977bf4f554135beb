"""
Seeded tiny scenarios, one maker per family and one for all together.

>>> frames, settings = FAMILIES["beds"](7)  # doctest: +SKIP
>>> scenario = yj.Scenario.from_tables(frames, settings)  # doctest: +SKIP

Each is small enough for an exact reference, and scarce enough that there is something short and something
to choose.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiny_rows import (
    add_beds,
    add_couplings,
    add_fleets,
    add_isolation,
    add_item,
    add_minimum,
    add_needs,
    add_pools,
    add_rule,
    add_sources,
    add_stocks,
    add_tasks,
)
from tiny_world import Frames, Nested, PlainScenario, make_world

if TYPE_CHECKING:
    from collections.abc import Callable


def consumables(seed: int) -> tuple[Frames, Nested]:
    """Lots, floors, packs, deadlines, moves between stores."""
    world = make_world("consumables", seed)
    for item in ("mask", "food")[: world.number(1, 2)]:
        add_item(world, item)
        add_stocks(world, item)
        add_needs(world, item)
    return world.finish()


def durables(seed: int) -> tuple[Frames, Nested]:
    """Levels, turnaround, floors and return dates."""
    world = make_world("durables", seed)
    add_item(world, "pump", durable=True)
    add_stocks(world, "pump", durable=True)
    add_needs(world, "pump", durable=True, low=3, high=5)
    if world.chance(0.2):
        add_sources(world, "pump")
    return world.finish()


def trips(seed: int) -> tuple[Frames, Nested]:
    """Sources with lead times, and vehicles that are few."""
    world = make_world("trips", seed)
    for item in ("mask", "food")[: world.number(1, 2)]:
        add_item(world, item)
        add_stocks(world, item, high=2)
        add_sources(world, item)
        add_needs(world, item)
    add_fleets(world)
    return world.finish()


def beds(seed: int) -> tuple[Frames, Nested]:
    """Admissions, surge levels and transfers."""
    world = make_world("beds", seed)
    add_beds(world)
    return world.finish()


def isolation(seed: int) -> tuple[Frames, Nested]:
    """Whole groups, sites with one category at a time, candidates."""
    world = make_world("isolation", seed)
    add_isolation(world)
    return world.finish()


def teams(seed: int) -> tuple[Frames, Nested]:
    """Tours to tasks."""
    world = make_world("teams", seed)
    skills = ["test", "nurse"][: world.number(1, 2)]
    add_pools(world, skills)
    add_tasks(world, skills)
    return world.finish()


def couplings(seed: int) -> tuple[Frames, Nested]:
    """Beds or rooms that need members of staff and use items up; teams that staff them."""
    world = make_world("couplings", seed, towns=(2, 3))
    skills = ["nurse", "test"][: world.number(1, 2)]
    if world.chance(0.6):
        add_beds(world, surge=world.chance(0.3), transfers=world.chance(0.3))
    if world.chance(0.4) or not world.rows["groups"]:
        add_isolation(world)
    add_pools(world, skills)
    if world.chance(0.3):
        add_tasks(world, skills)
    add_item(world, "suit")
    add_stocks(world, "suit", low=2)
    if world.chance(0.4):
        add_needs(world, "suit", low=1, high=2)
    add_couplings(world, skills)
    return world.finish()


def rules(seed: int) -> tuple[Frames, Nested]:
    """Minimum sites, hard or soft, and budgets that bind."""
    world = make_world("rules", seed)
    add_isolation(world)
    add_minimum(world, hard=world.chance(0.3))
    if world.chance(0.5):
        add_beds(world)
    if world.chance(0.7):
        add_rule(world, "opening_budget", areas=("CA", "C", "P"), amount=world.pick(0.0, 50.0, 90.25, 130.0))
    return world.finish()


def mixed(seed: int) -> tuple[Frames, Nested]:
    """All families at once."""
    world = make_world("mixed", seed, towns=(2, 3))
    skills = ["nurse", "test"]
    add_item(world, "mask")
    add_stocks(world, "mask", high=2)
    add_needs(world, "mask", high=3)
    add_item(world, "pump", durable=True)
    add_stocks(world, "pump", durable=True, high=2)
    add_needs(world, "pump", durable=True, high=3)
    if world.chance(0.5):
        add_sources(world, "mask")
    if world.chance(0.5):
        add_fleets(world)
    add_beds(world)
    add_isolation(world)
    add_pools(world, skills)
    add_tasks(world, skills)
    add_couplings(world, skills)
    add_minimum(world, hard=False)
    if world.chance(0.5):
        add_rule(world, "opening_budget", areas=("C", "P"), amount=world.pick(0.0, 90.25, 300.0))
    return world.finish()


#: Every family by name.
FAMILIES: dict[str, Callable[[int], tuple[Frames, Nested]]] = {
    maker.__name__: maker
    for maker in (consumables, durables, trips, beds, isolation, teams, couplings, rules, mixed)
}


def plain(family: str, seed: int) -> PlainScenario:
    """A tiny scenario without checks, for the reference model."""
    return PlainScenario.of(*FAMILIES[family](seed))
