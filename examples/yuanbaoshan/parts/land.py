"""Areas, places, roads and checkpoints."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from building.land import (
    Point,
    Row,
    inside,
    kilometres,
    neighbours,
    read_outline,
    read_rows,
    road,
    share_out,
)

from parts.facts import (
    CENSUS,
    CITY,
    CODES,
    DAYS,
    DISTRICT,
    EAST,
    FENGSHUIGOU,
    HONGSHAN,
    NINGCHENG,
    PEERS,
    PINGZHUANG,
    PLACES,
    PLAN,
    REGION,
    SONGSHAN,
    TOWNS,
    WUJIA,
    YUANBAOSHAN,
)

if TYPE_CHECKING:
    from pathlib import Path

DETOUR, TOWN_SPEED = 1.3, 45
#: Main roads between seats and towns: ends, detour, km/h.
_MAIN = (
    (HONGSHAN, WUJIA, 1.2, 70),
    (HONGSHAN, SONGSHAN, 1.2, 40),
    (WUJIA, EAST, 1.15, 70),
    (NINGCHENG, EAST, 1.2, 80),
    (HONGSHAN, YUANBAOSHAN, 1.2, 60),
    (PINGZHUANG, YUANBAOSHAN, 1.15, 60),
    (SONGSHAN, REGION, 1.25, 85),
)


@dataclass
class Land:
    """The tree, the places, where they are, and how many people live in each town."""

    areas: list[Row] = field(default_factory=list)
    places: list[Row] = field(default_factory=list)
    roads: list[Row] = field(default_factory=list)
    population: dict[str, int] = field(default_factory=dict)
    at: dict[str, Point] = field(default_factory=dict)

    def closures(self) -> list[Row]:
        """Checkpoints around Yuanbaoshan town slow its roads; the road to Fengshuigou is for relief only."""
        rows: list[Row] = []
        for link in self.roads:
            ends = {link["from"], link["to"]}
            if not (ends <= set(TOWNS) and YUANBAOSHAN in ends):
                continue
            relief = FENGSHUIGOU in ends
            for day in range(2, DAYS + 1):
                row = {"from": link["from"], "to": link["to"], "period": day}
                row |= {"state": "relief"} if relief else {"state": "slowed", "percent": 150}
                rows.append(row | {"source": "made: checkpoints around the sealed town"})
        return rows


def read_land(folder: Path) -> Land:
    """Read the geography folder; towns stand where `facts` puts them, seats where `areas.csv` does."""
    land = Land()
    known = {row["id"]: row for row in read_rows(folder / "areas.csv")}
    for area in (REGION, CITY, *sorted((DISTRICT, *PEERS))):
        row = known[area]
        parent = "" if area == REGION else row["parent"]
        land.areas.append(_area(area, row["level"], parent, row["name"]))
        if row["longitude"]:
            land.at[area] = (round(float(row["longitude"]), 4), round(float(row["latitude"]), 4))
    towns = {row["code"]: row["name"] for row in read_rows(folder / "towns.csv") if row["county"] == DISTRICT}
    outline = read_outline(folder / f"{DISTRICT}.geojson")
    outside = [town for town, (x, y, _) in TOWNS.items() if not inside((x, y), outline)]
    if set(towns) != set(TOWNS) or outside:
        raise ValueError(f"the towns of {DISTRICT} are not those of facts.py, or lie outside it: {outside}")
    people = share_out(int(known[DISTRICT]["population_2020"]), [weight for *_, weight in TOWNS.values()])
    for (town, (x, y, _)), residents in zip(TOWNS.items(), people, strict=True):
        land.areas.append(_area(town, "town", DISTRICT, towns[town]))
        land.at[town], land.population[town] = (x, y), residents
        source = (
            f"code and name: {CODES}; position made; population made: the district's of {CENSUS} shared out"
        )
        land.places.append(_place(town, "town", town, town, towns[town], (x, y), residents, source))
    for a, b, km in neighbours({town: land.at[town] for town in TOWNS}):
        source = f"made: neighbouring towns, straight line times {DETOUR}, {TOWN_SPEED} km/h"
        land.roads.append(road(a, b, km * DETOUR, TOWN_SPEED, source))
    _add_facilities(land)
    return land


def _add_facilities(land: Land) -> None:
    """Depots, hospitals and sites near the centre of their area; main roads end at the depots of the seats."""
    gate: dict[str, str] = {town: town for town in TOWNS}
    for place, (kind, area, unit, name, east, north) in PLACES.items():
        centre = land.at[area]
        point = (round(centre[0] + east, 4), round(centre[1] + north, 4))
        position = "of the seat" if (east, north) == (0.0, 0.0) else "made"
        source = f"made, with what {PLAN} names; position {position}"
        land.places.append(_place(place, kind, area, unit, name, point, 0, source))
        if area in gate:
            km = kilometres(point, centre) * DETOUR
            land.roads.append(road(place, gate[area], km, 30, "made: street in the town"))
        else:
            gate[area] = place
        land.at[place] = point
    for a, b, detour, speed in _MAIN:
        start, end = gate[a], gate[b]
        km = kilometres(land.at[start], land.at[end]) * detour
        source = f"made: main road, straight line times {detour}, {speed} km/h"
        link = road(start, end, km, speed, source)
        land.roads = [row for row in land.roads if {row["from"], row["to"]} != {start, end}]
        land.roads.append(link)


def _area(area: str, level: str, parent: str, name: str) -> Row:
    return {"area": area, "level": level, "parent": parent, "name": name, "source": CODES}


def _place(
    place: str, kind: str, area: str, unit: str, name: str, at: Point, people: int, source: str
) -> Row:
    where = {"longitude": at[0], "latitude": at[1], "population": people}
    return {"place": place, "kind": kind, "area": area, "unit": unit, "name": name, **where, "source": source}
