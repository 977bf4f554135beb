"""Rows of a tiny random scenario, and their completion to typed tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

import pandas as pd

from yjopt.schema import INPUT, REQUIRED, SETTINGS, TRAVEL_KINDS

Frames = dict[str, pd.DataFrame]
Nested = dict[str, Any]


@dataclass
class World:
    """A scenario in the making: a random stream, rows by table, settings, and what was placed where."""

    random: Random
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {name: [] for name in INPUT})
    settings: Nested = field(default_factory=dict)
    periods: int = 1
    towns: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    def add(self, table: str, **row: Any) -> bool:
        """Add a row unless its key stands already; `from_` and `class_` stand for Python words."""
        renamed = {{"from_": "from", "class_": "class"}.get(name, name): value for name, value in row.items()}
        key = INPUT[table].key
        filled = [{**renamed, name: renamed.get(name, INPUT[table][name].default)} for name in key]
        mine = tuple(filled[n][name] for n, name in enumerate(key))
        for other in self.rows[table]:
            if tuple(other.get(name, INPUT[table][name].default) for name in key) == mine:
                return False
        self.rows[table].append(renamed)
        return True

    def chance(self, share: float) -> bool:
        """True in about so many of all draws."""
        return self.random.random() < share

    def number(self, low: int, high: int) -> int:
        """A whole number from low to high."""
        return self.random.randint(low, high)

    def pick(self, *options: Any) -> Any:
        """One of the options."""
        return self.random.choice(options)

    def some(self, options: list[str], low: int, high: int) -> list[str]:
        """Between low and high different options."""
        count = min(len(options), self.number(low, high))
        return self.random.sample(options, count)

    @property
    def places(self) -> list[str]:
        """All places."""
        return self.towns + self.others

    def area_of(self, place: str) -> str:
        """Where a place lies."""
        return next(row["area"] for row in self.rows["places"] if row["place"] == place)

    def unit_of(self, place: str) -> str:
        """Who runs a place."""
        row = next(row for row in self.rows["places"] if row["place"] == place)
        return row.get("unit") or row["area"]

    def finish(self) -> tuple[Frames, Nested]:
        """The typed tables with every default filled in, and the settings as sections."""
        for row in self.rows["places"]:
            row["unit"] = row.get("unit") or row["area"]
        for table in ("stocks", "receipts", "sources", "pools"):
            for row in self.rows[table]:
                row["authority"] = row.get("authority") or self.unit_of(row["place"])
        return {name: _typed(name, rows) for name, rows in self.rows.items()}, {
            "periods": self.periods,
            **self.settings,
        }


def _typed(table: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """A frame with all columns of the schema; a blank becomes its default."""
    cells: dict[str, pd.Series[Any]] = {}
    for column in INPUT[table].columns:
        values = [row.get(column.name, column.default) for row in rows]
        if any(value is REQUIRED for value in values):
            raise ValueError(f"{table}.{column.name} must be given")
        cells[column.name] = pd.Series(
            [pd.NA if value is None else value for value in values], dtype=column.dtype
        )
    return pd.DataFrame(cells)


@dataclass(frozen=True)
class PlainScenario:
    """Tables and settings without checks: what the reference model and the brute force read."""

    tables: Frames
    settings: dict[str, Any]

    @classmethod
    def of(cls, frames: Frames, nested: Nested) -> PlainScenario:
        """Settings flattened and completed."""
        flat = {}
        for setting in SETTINGS:
            section = nested.get(setting.section, {}) if setting.section else nested
            name = f"{setting.section}.{setting.name}" if setting.section else setting.name
            flat[name] = section.get(setting.name, setting.default)
        return cls(frames, flat)


#: Levels of the tree that all tiny scenarios share: a city of two counties, and a province above.
AREAS = [
    ("P", "province", ""),
    ("C", "city", "P"),
    ("D", "city", "P"),
    ("CA", "county", "C"),
    ("CB", "county", "C"),
]


def make_world(
    name: str, seed: int, *, towns: tuple[int, int] = (2, 4), periods: tuple[int, int] = (1, 3)
) -> World:
    """Areas, towns, two other places, roads with closures and explicit times."""
    world = World(Random(f"{name} {seed}"))
    world.periods = world.number(*periods)
    for area, level, parent in AREAS:
        world.add("areas", area=area, level=level, parent=parent)
    for n in range(world.number(*towns)):
        county = "CA" if n % 2 == 0 else "CB"
        world.add("areas", area=f"T{n}", level="town", parent=county)
        world.add("places", place=f"t{n}", kind="town", area=f"T{n}")
        world.towns.append(f"t{n}")
    for place in ("x", "y"):
        area = world.pick("CA", "CB", "C")
        world.add(
            "places",
            place=place,
            kind=world.pick("depot", "hospital", "base"),
            area=area,
            unit=world.pick(area, area, "C", "P"),
        )
        world.others.append(place)
    world.settings["period_hours"] = world.pick(1.0, 2.0, 2.0, 24.0)
    limit = world.pick(60.0, 120.0, 480.0)
    world.settings["limits"] = dict.fromkeys(TRAVEL_KINDS, limit)
    _make_roads(world)
    if world.chance(0.1):
        world.settings["ignore_delays"] = True
    if world.chance(0.1):
        world.settings["rule"] = "flat"
    if world.chance(0.15):
        world.settings["nearest"] = {kind: world.number(0, 2) for kind in TRAVEL_KINDS}
    return world


def _make_roads(world: World) -> None:
    places = world.places
    links = []
    for n, place in enumerate(places[1:], start=1):
        for other in world.some(places[:n], 1, 2):
            # A span between minutes and hours makes delays of 0 to 2 periods.
            minutes = world.pick(5.0, 12.5, 20.0, 40.0, 70.0, 130.0)
            ends = (place, other) if world.chance(0.5) else (other, place)
            if world.add("roads", from_=ends[0], to=ends[1], minutes=minutes, one_way=world.chance(0.1)):
                links.append(ends)
    for link in links:
        if world.chance(0.2):
            state = world.pick("slowed", "slowed", "closed", "relief", "open")
            ends = link if world.chance(0.5) else (link[1], link[0])
            world.add(
                "closures",
                from_=ends[0],
                to=ends[1],
                period=world.number(1, world.periods),
                state=state,
                percent=world.pick(100, 150, 233),
            )
    if world.chance(0.5):
        start, end = world.some(places, 2, 2)
        world.add("times", from_=start, to=end, minutes=world.pick(0.0, 7.25, 150.0, 500.0))
