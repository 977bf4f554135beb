"""The rows of each family, drawn at random for a tiny scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tiny_world import World

KINDS = ("physical", "physical", "commercial", "technical")


def _late(world: World) -> float:
    return world.pick(0.01, 0.05, 0.2)


def add_item(world: World, item: str, *, durable: bool = False) -> None:
    """An item of the catalogue."""
    world.add(
        "items",
        item=item,
        name=item,
        unit="piece",
        pack=1 if durable else world.number(1, 3),
        durable=durable,
        turnaround=world.number(0, 1) if durable else 0,
        late=_late(world),
        kg=world.pick(0.0, 0.5, 2.25, 10.0),
        litres=world.pick(0.0, 1.0, 3.5),
    )


def add_stocks(world: World, item: str, *, durable: bool = False, low: int = 1, high: int = 3) -> None:
    """Lots of an item, with receipts for some."""
    pack = next(row["pack"] for row in world.rows["items"] if row["item"] == item)
    for _ in range(world.number(low, high)):
        place = world.pick(*world.places)
        authority = world.pick(world.unit_of(place), world.unit_of(place), "C", "CA", "CB", "P", "D")
        kind = "physical" if durable else world.pick(*KINDS)
        return_by = world.pick(None, None, world.periods) if durable else None
        world.add(
            "stocks",
            place=place,
            item=item,
            authority=authority,
            kind=kind,
            quantity=world.number(1, 4 * pack),
            floor=world.pick(0, 0, 1, 2, 4),
            release_hours=world.pick(0.0, 0.0, 0.5, 1.5),
            refill=not durable and world.chance(0.4),
            return_by=return_by,
        )
        if world.chance(0.4):
            world.add(
                "receipts",
                place=place,
                item=item,
                authority=authority,
                kind=kind,
                period=world.number(1, world.periods),
                quantity=world.number(1, 3 * pack),
            )


def add_needs(world: World, item: str, *, durable: bool = False, low: int = 2, high: int = 4) -> None:
    """Needs of an item, more than its stocks as a rule."""
    pack = next(row["pack"] for row in world.rows["items"] if row["item"] == item)
    for _ in range(world.number(low, high)):
        world.add(
            "needs",
            place=world.pick(*world.towns, world.others[0]),
            item=item,
            period=world.number(1, world.periods),
            quantity=world.number(1, 3 * pack + 1),
            weight=world.pick(0.5, 1.0, 1.0, 2.0, 3.125),
            deadline=None if durable else world.pick(None, 0, 1, 2),
        )


def add_sources(world: World, item: str) -> None:
    """Sources of an item at one or two places."""
    pack = next(row["pack"] for row in world.rows["items"] if row["item"] == item)
    for _ in range(world.number(1, 2)):
        world.add(
            "sources",
            place=world.pick(*world.places),
            item=item,
            kind=world.pick("production", "contract", "purchase", "import", "requisition"),
            authority=world.pick("C", "CA", "P"),
            quantity=world.number(1, 2 * pack + 1),
            lead_hours=world.pick(0.0, 1.0, 2.0),
            cost=world.pick(0.0, 1.25, 3.0),
            first_period=world.number(1, world.periods),
        )


def add_fleets(world: World) -> None:
    """Vehicles where goods lie, too few for all."""
    homes = sorted({row["place"] for table in ("stocks", "sources") for row in world.rows[table]})
    for n, home in enumerate(world.some(homes, 1, 2)):
        for kind in range(world.number(1, 2)):
            world.add(
                "fleets",
                fleet=f"f{n}{kind}",
                place=home,
                vehicles=world.number(1, 2),
                payload_kg=world.pick(3, 10, 20),
                volume_litres=world.pick(4, 10, 1000),
                hours=world.pick(0.5, 1.0, 2.0, 0.0),
                cost_per_hour=world.pick(0.0, 10.0, 33.33),
            )


def add_beds(world: World, *, surge: bool = True, transfers: bool = True) -> None:
    """Care groups, hospitals, patients, and those there at the start."""
    if world.chance(0.6):
        # People go only where they arrive within the period: long periods, and a limit that not all can keep.
        world.settings["period_hours"] = 24.0
        world.settings["limits"]["patients"] = world.pick(40.0, 75.0, 150.0)
    classes = ["ward", "icu"][: world.number(1, 2)]
    for n in range(world.number(1, 2)):
        stay, wait = world.number(1, 3), world.number(0, 2)
        world.add(
            "groups",
            group=f"g{n}",
            name="",
            stay=stay,
            wait=wait,
            weight=world.pick(1.0, 2.5, 5.0),
            late=_late(world),
        )
        for name in world.some(classes, 1, 2):
            world.add("eligibility", group=f"g{n}", class_=name, penalty=world.pick(0.0, 30.0))
    groups = [row["group"] for row in world.rows["groups"]]
    hospitals = world.some(world.places, 2, 3)
    fewest = world.pick(1, 2)
    for hospital in hospitals:
        for name in world.some(classes, fewest, 2):
            beds = world.number(0, 3)
            world.add("beds", place=hospital, class_=name, beds=beds, opening=world.pick(1, 1, 2))
            for level in range(1, world.number(1, 2) + 1) if surge and world.chance(0.5) else ():
                more = world.number(1, 2)
                beds += more
                world.add(
                    "surge",
                    place=hospital,
                    class_=name,
                    level=level,
                    beds=more,
                    setup=world.number(0, 1),
                    breakdown=world.number(0, 1),
                    cost=world.pick(0.0, 100.0, 250.5),
                    running_cost=world.pick(0.0, 10.0),
                )
            if beds and world.chance(0.6):
                # More than the beds without surge: what is already there may exceed a limit.
                add_occupied(world, hospital, name, world.number(1, beds))
    for _ in range(world.number(2, 4)):
        world.add(
            "arrivals",
            place=world.pick(*world.towns),
            group=world.pick(*groups),
            period=world.number(1, world.periods),
            people=world.number(1, 4),
        )
    if transfers and world.chance(0.85):
        add_rule(
            world,
            "transfer_budget",
            areas=("C", "CA", "P"),
            amount=float(world.number(1, 2)),
            from_period=world.pick(None, 1, 2),
        )


def add_occupied(world: World, place: str, name: str, people: int) -> None:
    """People there at the start, who leave one by one or together."""
    for t in range(1, world.periods + 1):
        if people:
            world.add("occupied", place=place, class_=name, period=t, people=people)
        people -= world.number(0, people)


def add_rule(world: World, rule: str, *, areas: tuple[str, ...], amount: float, **more: object) -> None:
    """A rule for one of some areas."""
    world.add("rules", rule=rule, area=world.pick(*areas), amount=amount, **more)


def add_isolation(world: World) -> None:
    """Categories, sites, contacts, and those there at the start."""
    names = ["close", "key"][: world.number(1, 2)]
    for name in names:
        stay = world.pick(1, 1, 2, 3, 4)
        world.add(
            "categories",
            category=name,
            name="",
            stay=stay,
            wait=world.number(0, min(2, stay - 1)),
            weight=world.pick(0.5, 1.0, 2.0),
            together=world.chance(0.7),
            split=world.chance(0.5),
        )
    tight = world.chance(0.5)
    sites = (
        world.others[:]
        if tight and world.chance(0.5)
        else world.some(world.places, 1 if tight else 2, 3 - tight)
    )
    for site in sites:
        rooms, state = world.number(1, 4), world.pick("open", "open", "candidate")
        world.add(
            "isolation_sites",
            place=site,
            rooms=rooms,
            state=state,
            setup=world.number(0, 1),
            cost=world.pick(0.0, 50.0, 80.25),
            running_cost=world.pick(0.0, 5.0),
        )
        here = names if tight else world.some(names, 1, 2)
        for name in here:
            world.add(
                "site_category",
                place=site,
                category=name,
                allowed=world.chance(0.9),
                conversion_cost=world.pick(0.0, 20.0),
                cleaning=world.number(0, 2),
            )
        if state == "open" and world.chance(0.4) and world.rows["site_category"][-1]["allowed"]:
            add_occupied(world, site, here[-1], world.number(1, rooms + 1))
    for _ in range(world.number(2, 4)):
        world.add(
            "contacts",
            place=world.pick(*world.towns),
            category=world.pick(*names),
            period=world.number(1, world.periods),
            people=world.number(1, 5),
        )


def add_minimum(world: World, *, hard: bool) -> None:
    """A minimum of sites for a category."""
    category = world.rows["categories"][0]["category"]
    add_rule(
        world,
        "isolation_minimum",
        areas=("CA", "CB", "C"),
        what=category,
        amount=float(world.pick(1, 1, 2)),
        hard=hard,
        from_period=world.pick(None, 1, 2),
        weight=world.pick(1.0, 2.5),
        count_upper_units=world.chance(0.5),
    )


def add_pools(world: World, skills: list[str]) -> None:
    """Pools that have some of the skills."""
    for n in range(world.number(1, 3)):
        home = world.pick(*world.places)
        world.add(
            "pools",
            pool=f"p{n}",
            place=home,
            authority=world.unit_of(home),
            teams=world.number(1, 4),
            people=world.number(1, 3),
            callup_hours=world.pick(0.0, 0.0, 1.0),
            floor=world.pick(0, 0, 1),
            tour=world.number(1, 2),
            hours=world.pick(8.0, 2.5),
            cost=world.pick(0.0, 15.5),
        )
        for skill in world.some(skills, 1, 2):
            world.add("skills", pool=f"p{n}", skill=skill, productivity=world.pick(0.1, 0.25, 1.0))


def add_tasks(world: World, skills: list[str]) -> None:
    """Tasks in both measures."""
    for n in range(world.number(2, 3)):
        first = world.number(1, world.periods)
        measure = world.pick("teams", "work")
        world.add(
            "tasks",
            task=f"k{n}",
            place=world.pick(*world.places),
            skill=world.pick(*skills),
            measure=measure,
            amount=world.number(1, 3) if measure == "teams" else world.number(1, 12),
            first_period=first,
            last_period=world.number(first, world.periods),
            weight=world.pick(0.5, 1.0, 2.0),
        )


def add_couplings(world: World, skills: list[str]) -> None:
    """Staffing, residents and consumption for what is there."""
    classes = sorted({row["class"] for row in world.rows["beds"]})
    categories = [row["category"] for row in world.rows["categories"]]
    whats = [("class", name) for name in classes] + [("category", name) for name in categories]
    for kind, what in whats:
        if world.chance(0.6):
            world.add(
                "staffing", kind=kind, what=what, skill=world.pick(*skills), members=world.pick(50, 100, 130)
            )
    for table in ("beds", "isolation_sites"):
        for row in world.rows[table]:
            if world.chance(0.6):
                world.add(
                    "residents", place=row["place"], skill=world.pick(*skills), members=world.number(0, 2)
                )
    items = [row["item"] for row in world.rows["items"] if not row["durable"]]
    known = {row["skill"] for table in ("skills", "tasks", "staffing") for row in world.rows[table]}
    for kind, what in [*whats, *(("skill", skill) for skill in skills if skill in known)]:
        if items and world.chance(0.5):
            world.add(
                "consumption",
                kind=kind,
                what=what,
                item=world.pick(*items),
                quantity=world.pick(0.333, 0.5, 1.0, 2.0),
            )
