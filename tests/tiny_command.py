"""
Seeded tiny scenarios in which all command rules are on together, and every rule can be switched off by name.

>>> frames, settings = command(7)  # doctest: +SKIP
>>> frames, settings = switch_off(frames, settings, "own_first")  # doctest: +SKIP

Towns, counties, two cities and a province each own something, none of them enough.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pandas as pd
from tiny_rows import add_rule
from tiny_world import Frames, Nested, PlainScenario, World

from yjopt.schema import TRAVEL_KINDS

if TYPE_CHECKING:
    from collections.abc import Callable

#: Area, level, parent: two cities below a province, three counties, four towns.
AREAS = [
    ("P", "province", ""),
    ("C", "city", "P"),
    ("D", "city", "P"),
    ("CA", "county", "C"),
    ("CB", "county", "C"),
    ("DA", "county", "D"),
    ("TA", "town", "CA"),
    ("TB", "town", "CA"),
    ("TC", "town", "CB"),
    ("TD", "town", "DA"),
]
TOWNS = ["ta", "tb", "tc", "td"]
#: Depots and hospitals, and who runs them.
BASES = {"ca": "CA", "cb": "CB", "city": "C", "other": "D", "province": "P"}


def command(seed: int, *, enough: bool = False, later: bool = False) -> tuple[Frames, Nested]:
    """All families and all rules at once.

    With `enough`, every authority has all that its own takers need; with `later`, there is one more item, wanted
    now by one town and later by another.
    """
    world = World(Random(f"command {seed}"))
    world.periods = world.pick(2, 3, 3)
    for area, level, parent in AREAS:
        world.add("areas", area=area, level=level, parent=parent)
    for town in TOWNS:
        world.add("places", place=town, kind="town", area=town.upper())
        world.towns.append(town)
    for base, area in BASES.items():
        world.add("places", place=base, kind="depot", area=area)
        world.others.append(base)
    _add_roads(world)
    _add_settings(world)
    _add_goods(world)
    _add_beds(world)
    _add_isolation(world)
    _add_teams(world)
    _add_ladder(world)
    _add_gates(world)
    _add_pairing(world)
    _add_kept_back(world)
    _add_unasked(world)
    if later:
        _add_later(world)
    if enough:
        _add_enough(world)
    return world.finish()


def plain_command(seed: int, off: str = "") -> PlainScenario:
    """A scenario without checks, for the reference model; with one rule switched off by name."""
    frames, settings = command(seed)
    return PlainScenario.of(*(switch_off(frames, settings, off) if off else (frames, settings)))


def _add_roads(world: World) -> None:
    """A star: every place has a road to the city, some to each other."""
    for place in [*TOWNS, "ca", "cb", "other", "province"]:
        minutes = world.pick(12.5, 20.0, 40.0, 70.0)
        world.add("roads", from_=place, to="city", minutes=minutes, one_way=False)
    for pair in (("ta", "ca"), ("tb", "ca"), ("tc", "cb"), ("td", "other"), ("ta", "tb")):
        world.add("roads", from_=pair[0], to=pair[1], minutes=world.pick(5.0, 12.5, 20.0), one_way=False)
    if world.chance(0.3):
        town, period = world.pick(*TOWNS), world.number(1, world.periods)
        world.add("closures", from_=town, to="city", period=period, state="closed", percent=100)


def _add_settings(world: World) -> None:
    world.settings["period_hours"] = 24.0
    world.settings["limits"] = dict.fromkeys(TRAVEL_KINDS, world.pick(75.0, 120.0, 480.0))
    world.settings["rule"] = "strict"
    world.settings["delays"] = "by_rung"
    world.settings["cover_periods"] = world.pick(0, 1, 1, 2)
    world.settings["support"] = {"people": world.chance(0.6)}


def _add_goods(world: World) -> None:
    """One consumable with lots at every level, sometimes sources and fleets, sometimes a durable, too."""
    pack = world.number(1, 2)
    world.add(
        "items", item="mask", name="mask", unit="piece", pack=pack, late=world.pick(0.05, 0.2), kg=2.25,
        litres=1.0,
    )  # fmt: skip
    owners = {"ta": "TA", "tb": "TB", "tc": "TC", "td": "TD", **BASES}
    for place in ["ta", "tb", "city", *world.some(["tc", "td", "ca", "cb", "other", "province"], 2, 3)]:
        world.add(
            "stocks", place=place, item="mask", authority=owners[place],
            kind=world.pick("physical", "physical", "commercial"), quantity=pack * world.number(1, 3),
            floor=world.pick(0, 0, 0, pack), release_hours=world.pick(0.0, 0.0, 0.0, 24.0),
        )  # fmt: skip
    if world.chance(0.3):
        place = world.pick("city", "ca", "province")
        world.add(
            "receipts", place=place, item="mask", authority=owners[place], kind="physical",
            period=world.number(1, world.periods), quantity=pack * world.number(1, 2),
        )  # fmt: skip
    # What its neighbour needs is urgent enough that a town might give away what it needs itself.
    for town in ["ta", "ta", "tb", *world.some(["tc"], 0, 1)]:
        _add_need(world, town, "mask", pack * world.number(2, 4))
    if world.chance(0.5):
        for kind in world.some(["requisition", "purchase", "production"], 1, 2):
            world.add(
                "sources", place=world.pick("city", "ca"), item="mask", kind=kind,
                authority=world.pick("C", "CA", "TA"), quantity=pack * world.number(1, 2),
                lead_hours=world.pick(0.0, 24.0), cost=world.pick(1.25, 3.0),
            )  # fmt: skip
    if world.chance(0.3):
        world.add(
            "fleets", fleet="f", place=world.pick("city", "ca"), vehicles=1, payload_kg=10,
            volume_litres=1000, hours=world.pick(1.0, 2.0), cost_per_hour=10.0,
        )  # fmt: skip
    if world.chance(0.4):
        world.add(
            "items", item="pump", name="pump", unit="piece", pack=1, durable=True, turnaround=0, kg=10.0
        )
        for place in world.some(["ta", "tb", "ca", "cb", "city", "other"], 2, 3):
            world.add(
                "stocks", place=place, item="pump", authority=owners[place], quantity=world.number(1, 2),
                floor=world.pick(0, 0, 1), return_by=world.pick(None, None, world.periods),
            )  # fmt: skip
        for town in world.some(["ta", "tb", "tc"], 1, 2):
            _add_need(world, town, "pump", world.number(1, 3))


def _add_need(world: World, place: str, item: str, quantity: int) -> None:
    period = _when(world, place)
    weight = world.pick(1.0, 2.0, 3.125) if place == "ta" else world.pick(0.5, 0.5, 1.0, 2.0)
    row = {"place": place, "item": item, "period": period, "weight": weight}
    deadline = None if item == "pump" else world.pick(None, 0, 0, 1)
    known = _known(world, period)
    world.add("needs", **row, quantity=quantity, deadline=deadline, known_from=known)
    if world.chance(0.25):
        more = world.number(1, quantity + 2)
        world.add("needs", **row, quantity=more, deadline=deadline, channel="functional")


def _when(world: World, town: str) -> int:
    """Mostly early for the first town, and late for the second, for which goods and beds must be kept then."""
    if town == "ta" and world.chance(0.5):
        return 1
    if town == "tb" and world.chance(0.5):
        return world.number(2, world.periods)
    return world.number(1, world.periods)


def _known(world: World, period: int) -> int | None:
    """Mostly another period than its own."""
    return world.pick(None, max(1, period - 1), min(world.periods, period + 1), 1)


def _add_beds(world: World) -> None:
    """One care group; wards of county, city, and one that has to be opened; beds that lack."""
    world.add(
        "groups", group="g", name="", stay=world.number(1, 3), wait=world.number(0, 1),
        weight=world.pick(1.0, 2.5), late=0.2,
    )  # fmt: skip
    world.add("eligibility", group="g", class_="ward", penalty=0.0)
    world.add("beds", place="ca", class_="ward", beds=world.number(1, 2), opening=1)
    world.add("beds", place=world.pick("city", "cb"), class_="ward", beds=world.number(1, 2), opening=1)
    role, place = world.pick(("backup", "tb"), ("backup", "cb"), ("makeshift", "tb"))
    if not world.add("beds", place=place, class_="ward", beds=world.number(1, 3), opening=1):
        place = "tb"
        world.add("beds", place=place, class_="ward", beds=world.number(1, 3), opening=1)
    world.add("facilities", place=place, role=role, setup=world.number(0, 1), cost=world.pick(0.0, 40.0))
    add_rule(world, "backup_load", areas=("C", "CA", "P"), amount=world.pick(50.0, 80.0, 100.0))
    if world.chance(0.3):
        world.add("surge", place="ca", class_="ward", level=1, beds=1, setup=0, cost=30.0)
    if world.chance(0.3):
        world.add("staffing", kind="class", what="ward", skill="nurse", members=100)
        for place in ("ca", "cb", "city", "tb"):
            world.add("residents", place=place, skill="nurse", members=world.number(1, 2))
    if world.chance(0.3):
        world.add("consumption", kind="class", what="ward", item="mask", quantity=world.pick(0.5, 1.0))
    if world.chance(0.3):
        add_rule(world, "transfer_budget", areas=("C",), amount=1.0)
    for town in ["ta", *world.some(["tb", "tb", "tc"], 1, 2)]:
        period = _when(world, town)
        people, known = world.number(1, 2), _known(world, period)
        world.add("arrivals", place=town, group="g", period=period, people=people, known_from=known)


def _add_isolation(world: World) -> None:
    """Two or three sites of town, county and city, too small, one of them a candidate."""
    stay = world.number(1, 2)
    world.add(
        "categories", category="close", name="", stay=stay, wait=world.number(0, stay - 1),
        weight=world.pick(0.5, 1.0), together=world.chance(0.5), split=True,
    )  # fmt: skip
    world.add("categories", category="key", name="", stay=1, wait=0, weight=1.0, together=False)
    for n, site in enumerate(["tb", world.pick("ca", "city"), world.pick("cb", "other")]):
        state = "candidate" if n == 0 or world.chance(0.3) else "open"
        world.add(
            "isolation_sites", place=site, rooms=world.number(1, 3), state=state, setup=world.number(0, 1),
            cost=world.pick(0.0, 50.0), running_cost=0.0,
        )  # fmt: skip
        for category in ("close", "key"):
            conversion, cleaning = world.pick(0.0, 20.0), world.number(0, 1)
            if category == "close" or world.chance(0.4):
                world.add(
                    "site_category", place=site, category=category, allowed=True,
                    conversion_cost=conversion, cleaning=cleaning,
                )  # fmt: skip
    for town, category in (("ta", "close"), (world.pick("ta", "tb", "tc"), world.pick("close", "key"))):
        period = _when(world, town)
        people, known = world.number(1, 3), _known(world, period)
        world.add("contacts", place=town, category=category, period=period, people=people, known_from=known)
    if world.chance(0.7):
        add_rule(world, "opening_budget", areas=("C", "P"), amount=world.pick(0.0, 40.0, 60.0, 90.0))


def _add_teams(world: World) -> None:
    """Pools of town, county, city and province, and two tasks that want more."""
    homes = ["ca", *world.some(["ta", "tb", "cb", "city", "other", "province"], 2, 3)]
    for home in homes:
        world.add(
            "pools", pool=f"p{home}", place=home, teams=world.number(1, 2), people=1,
            callup_hours=world.pick(0.0, 0.0, 24.0), tour=world.number(1, 2), cost=world.pick(0.0, 15.5),
        )  # fmt: skip
        world.add("skills", pool=f"p{home}", skill="nurse", productivity=1.0)
    for n, town in enumerate(("ta", world.pick("ta", "tb", "tb", "tc"))):
        first = _when(world, town)
        world.add(
            "tasks", task=f"k{n}", place=town, skill="nurse", measure="teams", amount=world.number(1, 3),
            first_period=first, last_period=min(world.periods, first + world.number(0, 1)),
            weight=world.pick(0.5, 1.0, 2.0), known_from=_known(world, first),
        )  # fmt: skip


def _add_ladder(world: World) -> None:
    """Decisions that take hours or a day, and steps that change places."""
    for step, hours in (
        ("peer-1", (0.0, 24.0)),
        ("peer-2", (12.0, 24.0)),
        ("above-2", (12.0, 24.0)),
        ("peer-3", (24.0, 48.0)),
        ("above-3", (24.0, 24.0, 48.0)),
        ("requisition", (0.0, 24.0)),
    ):
        row = {"area": "P", "resource": "", "step": step}
        world.add("ladder", **row, position=None, decision_hours=world.pick(*hours))
    for resource in world.some(["supplies", "beds", "isolation", "teams"], 3, 4):
        # The city before the peers, or the nearest peers before the county.
        for step, position in world.pick(
            (("above-2", 2), ("peer-1", 4), ("peer-2", 4)),
            (("above-2", 1), ("pool", 3)),
            (("pool", 2), ("peer-1", 1)),
            (("above-3", 1), ("above-2", 2), ("peer-2", 5)),
        ):
            world.add(
                "ladder", area=world.pick("C", "CA"), resource=resource, step=step, position=position,
                decision_hours=world.pick(0.0, 12.0, 24.0),
            )  # fmt: skip


def _add_gates(world: World) -> None:
    """A level that rises, and what it opens."""
    first = world.pick("IV", "III", "")
    world.add("levels", area="P", period=1, level=first, severity=world.pick("", "large"))
    world.add(
        "levels", area=world.pick("C", "C", "CA"), period=world.number(1, world.periods),
        level=world.pick("III", "II"), mode=world.pick("", "war"), severity=world.pick("", "major"),
    )  # fmt: skip
    wants = [
        ("step", "above-3", "", {"level": "II"}),
        ("step", "above-2", world.pick("", "supplies", "beds", "teams"), {"level": "III"}),
        ("step", "peer-2", world.pick("supplies", "isolation", "beds"), {"level": "III"}),
        ("kind", "commercial", "", {"mode": "war"}),
        ("lateral", "", world.pick("beds", "teams", "supplies"), {"level": "IV"}),
        ("skip", "", "", {"severity": "large"}),
        ("quota", "mask", "", {"level": "IV"}),
        ("step", "requisition", "", {"level": "III"}),
        ("facility", world.pick("tb", "cb"), "", {"level": world.pick("IV", "III")}),
    ]
    if world.chance(0.9):
        # One town gets nothing from above or aside: what is near must be kept for it.
        for opens, which in (("step", "above-2"), ("step", "above-3"), ("lateral", "")):
            area = world.pick("TB", "TB", "TC") if opens == "lateral" else "TB"
            world.add("gates", gate=f"v{which}", area=area, opens=opens, which=which, level="I")
    for n, (opens, which, resource, needs) in enumerate(world.random.sample(wants, world.number(3, 5))):
        area = world.pick("P", "P", "C")
        world.add("gates", gate=f"w{n}", area=area, opens=opens, which=which, resource=resource, **needs)


def _add_pairing(world: World) -> None:
    """Who helps the towns of the first county, and sometimes those of the second."""
    helper = world.pick("CB", "D", "TB", "CA", "C")
    world.add("pairing", area="CA", helper=helper, resource="", consent=world.chance(0.5))
    if world.chance(0.5):
        world.add("pairing", area="CB", helper=world.pick("D", "CA"), resource="", consent=world.chance(0.5))


def _add_kept_back(world: World) -> None:
    """Own needs first, teams that stay, and nobody worse off than so much."""
    add_rule(world, "own_first", areas=("P",), amount=0.0)
    weight, hard = world.pick(0.5, 1.0), world.chance(0.1)
    add_rule(
        world, "mobile_quota", areas=("C", "CA"), what="nurse", amount=float(world.number(1, 3)), hard=hard,
        weight=weight, from_period=world.pick(None, 1, 2),
    )  # fmt: skip
    for what in world.some(["people", "goods"], 1, 2):
        amount = world.pick(0.0, 1.5, 3.0)
        add_rule(
            world, "unmet_ceiling", areas=("TA", "TC", "CA", "CB"), what=what, amount=amount, hard=False,
            weight=weight,
        )  # fmt: skip


def _add_unasked(world: World) -> None:
    """Goods sent ahead, and a town that is cut off."""
    for town in world.some(["ta", "tb", "tc"], 1, 2):
        quantity, clear_by = world.number(1, 4), world.pick(None, None, world.periods)
        world.add("quotas", place=town, item="mask", quantity=quantity, clear_by=clear_by)
    for town in world.some(["ta", "tb", "tc"], 1, 2):
        period, quantity = world.number(1, world.periods), world.number(1, 3)
        for item in world.some(["mask", "pump", ""], 1, 2):
            if item == "pump" and not any(row["item"] == "pump" for row in world.rows["items"]):
                item = ""
            world.add("blind", place=town, period=period, item=item, quantity=quantity if item else 0)


def _add_later(world: World) -> None:
    """The county's goods could be kept for a town that nobody else helps, were they not asked for before others."""
    world.add("items", item="suit", name="suit", unit="piece", pack=1, late=0.2, kg=1.0)
    for place, authority in (("ca", "CA"), ("city", "C"), ("cb", "CB")):
        world.add("stocks", place=place, item="suit", authority=authority, quantity=world.number(1, 3))
    for town, period in (("ta", 1), ("tb", world.number(1, world.periods))):
        quantity, weight = world.number(1, 3), world.pick(1.0, 2.0)
        world.add(
            "needs", place=town, item="suit", period=period, quantity=quantity, weight=weight,
            deadline=world.pick(None, 0, 0),
        )  # fmt: skip


def _add_enough(world: World) -> None:
    """Own goods, beds, rooms and teams where they are needed, so that nobody has to ask."""
    rows = world.rows
    rows["gates"] = [row for row in rows["gates"] if row["opens"] != "facility"]
    rows["needs"] = [row for row in rows["needs"] if row.get("channel") != "functional"]
    rows["contacts"] = [row for row in rows["contacts"] if row["category"] == "close"]
    rows["facilities"], rows["surge"] = [], []
    goods = [row["item"] for row in rows["items"]]
    for town in TOWNS:
        for item in goods:
            kind = "physical" if item == "pump" else "social"
            own = (town, item, town.upper(), kind)
            key = ("place", "item", "authority", "kind")
            rows["stocks"] = [
                row for row in rows["stocks"] if tuple(row.get(name, "physical") for name in key) != own
            ]
            world.add("stocks", **dict(zip(key, own, strict=True)), quantity=40)
        rows["beds"] = [row for row in rows["beds"] if row["place"] != town]
        rows["residents"] = [row for row in rows["residents"] if row["place"] != town]
        world.add("beds", place=town, class_="ward", beds=9, opening=1)
        world.add("residents", place=town, skill="nurse", members=9)
        for table in ("isolation_sites", "site_category"):
            rows[table] = [row for row in rows[table] if row["place"] != town]
        world.add("isolation_sites", place=town, rooms=9, state="open")
        world.add("site_category", place=town, category="close", allowed=True)
        world.add("pools", pool=f"own{town}", place=town, teams=9, people=1, tour=1)
        world.add("skills", pool=f"own{town}", skill="nurse", productivity=1.0)


def lacks_locally(frames: Frames) -> bool:
    """Whether some authority's own lots hold less of an item than its own takers need."""
    units = frames["places"].set_index("place")["unit"]
    needs = frames["needs"].assign(unit=frames["needs"]["place"].map(units))
    wanted = needs.groupby(["unit", "item"])["quantity"].sum()
    lots = pd.concat([frames["stocks"], frames["receipts"]])
    owned = lots.groupby(["authority", "item"])["quantity"].sum()
    return bool((wanted > owned.reindex(wanted.index, fill_value=0)).any())


def _without(table: str, column: str = "", *values: str) -> Callable[[Frames, Nested], None]:
    """Drop the rows of a table, or those with certain words in a column."""

    def drop(frames: Frames, settings: Nested) -> None:
        frame = frames[table]
        gone = frame[column].isin(values) if column else pd.Series(True, index=frame.index)
        frames[table] = frame[~gone].reset_index(drop=True)

    return drop


def _blank(column: str, *tables: str) -> Callable[[Frames, Nested], None]:
    def blank(frames: Frames, settings: Nested) -> None:
        for table in tables:
            empty = pd.Series(pd.NA, index=frames[table].index, dtype=frames[table][column].dtype)
            frames[table] = frames[table].assign(**{column: empty})

    return blank


def _set(name: str, value: object) -> Callable[[Frames, Nested], None]:
    def change(frames: Frames, settings: Nested) -> None:
        settings[name] = value

    return change


def _all(*steps: Callable[[Frames, Nested], None]) -> Callable[[Frames, Nested], None]:
    def change(frames: Frames, settings: Nested) -> None:
        for step in steps:
            step(frames, settings)

    return change


#: How to switch each rule off.
OFF: dict[str, Callable[[Frames, Nested], None]] = {
    "strict": _set("rule", "priority"),
    "delays": _set("delays", "direct"),
    "known": _blank("known_from", "needs", "arrivals", "contacts", "tasks"),
    "ladder": _blank("position", "ladder"),
    "gates": _without("gates"),
    "pairing": _without("pairing"),
    "own_first": _without("rules", "rule", "own_first"),
    "mobile_quota": _without("rules", "rule", "mobile_quota"),
    "unmet_ceiling": _without("rules", "rule", "unmet_ceiling"),
    "quotas": _without("quotas"),
    "blind": _without("blind"),
    "facilities": _all(_without("facilities"), _without("rules", "rule", "backup_load")),
    "channels": _without("needs", "channel", "functional"),
}


def switch_off(frames: Frames, settings: Nested, rule: str) -> tuple[Frames, Nested]:
    """The same scenario without one rule, by its name in `OFF`."""
    frames, settings = dict(frames), dict(settings)
    OFF[rule](frames, settings)
    return frames, settings
