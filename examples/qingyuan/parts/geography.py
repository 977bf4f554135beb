"""Areas, towns, their places on the map, and roads between neighbours."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from building.land import (
    KM_PER_DEGREE,
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

from parts.draws import between, normal, uniform
from parts.facts import CENSUS, CITY, CODES, COUNTIES, NATION, PROVINCE, SEATS

if TYPE_CHECKING:
    from pathlib import Path

DETOUR = 1.3
#: Speed in km/h on ordinary roads: the south is flat, the north-west is mountains.
SPEED = {
    "441802": 60,
    "441803": 55,
    "441821": 55,
    "441823": 45,
    "441825": 40,
    "441826": 40,
    "441881": 50,
    "441882": 48,
}
#: Seats joined by expressways (Guangzhou-Lianzhou, Shantou-Zhanjiang, Beijing-Hong Kong, Erenhot-Guangzhou).
EXPRESSWAYS = (
    ("441802", "441803"),
    ("441803", "441823"),
    ("441823", "441882"),
    ("441882", "441826"),
    ("441826", "441825"),
    ("441802", "441881"),
    ("441802", "441821"),
    ("441821", "441881"),
)
EXPRESSWAY_SPEED = 80
EXPRESSWAY_DETOUR = 1.2


@dataclass
class Geography:
    """The city's areas and towns, where they are, and the tables that follow from them.

    Attributes
    ----------
    at : dict
        Longitude and latitude of every place made so far.
    county_of, population : dict
        Of every town.
    outlines : dict
        Ring of every county.
    """

    areas: list[Row] = field(default_factory=list)
    places: list[Row] = field(default_factory=list)
    roads: list[Row] = field(default_factory=list)
    at: dict[str, Point] = field(default_factory=dict)
    county_of: dict[str, str] = field(default_factory=dict)
    population: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    outlines: dict[str, list[Point]] = field(default_factory=dict)

    @property
    def towns(self) -> list[str]:
        """Towns by code."""
        return sorted(self.county_of)

    def towns_of(self, county: str) -> list[str]:
        """Towns of a county by code."""
        return [town for town in self.towns if self.county_of[town] == county]

    def people_of(self, county: str) -> int:
        """Population of a county."""
        return sum(self.population[town] for town in self.towns_of(county))

    def add_place(self, place: str, kind: str, town: str, unit: str, name: str, source: str) -> None:
        """Put a place two kilometres or so from a town and join it to the town by a road of its own."""
        county, centre = self.county_of[town], self.at[town]
        for attempt in range(200):
            angle = 2 * math.pi * uniform(place, "angle", attempt)
            away = between(0.6, 2.4, place, "away", attempt) / KM_PER_DEGREE
            east = centre[0] + away * math.cos(angle) / math.cos(math.radians(centre[1]))
            point = (round(east, 4), round(centre[1] + away * math.sin(angle), 4))
            if inside(point, self.outlines[county]):
                break
        else:
            raise ValueError(f"no point near {town} lies in the outline of {county}")
        self.at[place] = point
        self.places.append(
            {
                "place": place,
                "kind": kind,
                "area": town,
                "unit": unit,
                "name": name,
                "longitude": point[0],
                "latitude": point[1],
                "population": 0,
                "source": f"{source}; position made",
            }
        )
        self.roads.append(
            road(place, town, kilometres(point, centre) * DETOUR, 30, "made: street in the town")
        )


def read_geography(folder: Path) -> Geography:
    """Read the geography folder and place the towns."""
    land = Geography()
    rows = {row["id"]: row for row in read_rows(folder / "areas.csv")}
    for area in (NATION, PROVINCE, CITY, *COUNTIES):
        row = rows[area]
        land.areas.append(
            {
                "area": area,
                "level": row["level"],
                "parent": row["parent"],
                "name": row["name"],
                "source": CODES,
            }
        )
        land.names[area] = row["name"]
    towns = [row for row in read_rows(folder / "towns.csv") if row["county"] in COUNTIES]
    for row in sorted(towns, key=lambda row: row["code"]):
        land.areas.append(
            {
                "area": row["code"],
                "level": "town",
                "parent": row["county"],
                "name": row["name"],
                "source": CODES,
            }
        )
        land.county_of[row["code"]] = row["county"]
        land.names[row["code"]] = row["name"]
    for county in COUNTIES:
        land.outlines[county] = read_outline(folder / f"{county}.geojson")
        seat = (round(float(rows[county]["longitude"]), 4), round(float(rows[county]["latitude"]), 4))
        _place_towns(land, county, seat)
        _share_people(land, county, int(rows[county]["population_2020"]))
    for town in land.towns:
        seat_of = town in SEATS.values()
        land.places.append(
            {
                "place": town,
                "kind": "town",
                "area": town,
                "unit": town,
                "name": land.names[town],
                "longitude": land.at[town][0],
                "latitude": land.at[town][1],
                "population": land.population[town],
                "source": f"code and name: {CODES}; position {'of the county seat' if seat_of else 'made'}; "
                f"population made: the county's of {CENSUS} shared out",
            }
        )
    _join_neighbours(land)
    return land


def _place_towns(land: Geography, county: str, seat: Point) -> None:
    """The seat where it is, streets around it, other towns spread over the outline."""
    ring = land.outlines[county]
    land.at[SEATS[county]] = seat
    east, north = [x for x, _ in ring], [y for _, y in ring]
    for town in land.towns_of(county):
        if town in land.at:
            continue
        street = land.names[town].endswith("街道")
        spots: list[Point] = []
        attempt = 0
        while len(spots) < (6 if street else 24):
            attempt += 1
            if street:
                x = seat[0] + between(-0.06, 0.06, town, "east", attempt)
                y = seat[1] + between(-0.06, 0.06, town, "north", attempt)
            else:
                x = between(min(east), max(east), town, "east", attempt)
                y = between(min(north), max(north), town, "north", attempt)
            if inside((x, y), ring):
                spots.append((round(x, 4), round(y, 4)))
        land.at[town] = max(
            spots, key=lambda spot: min(kilometres(spot, other) for other in land.at.values())
        )


def _share_people(land: Geography, county: str, people: int) -> None:
    """The census population shared out lognormally (sigma 0.7); seat and streets draw one sigma higher."""
    towns = land.towns_of(county)
    central = [town in SEATS.values() or land.names[town].endswith("街道") for town in towns]
    weights = [math.exp(0.7 * (normal(town, "people") + up)) for town, up in zip(towns, central, strict=True)]
    land.population.update(zip(towns, share_out(people, weights), strict=True))


def _join_neighbours(land: Geography) -> None:
    """Roads of the Gabriel graph (no third town in the circle over a link): all connected, no crossings."""
    source = "made: neighbouring towns, straight line times 1.3, {:g} km/h"
    for a, b, long in neighbours({town: land.at[town] for town in land.towns}):
        speed = (SPEED[land.county_of[a]] + SPEED[land.county_of[b]]) / 2
        land.roads.append(road(a, b, long * DETOUR, speed, source.format(speed)))
    joined = {(link["from"], link["to"]): link for link in land.roads}
    for first, second in EXPRESSWAYS:
        a, b = sorted((SEATS[first], SEATS[second]))
        km = kilometres(land.at[a], land.at[b]) * EXPRESSWAY_DETOUR
        link = road(
            a,
            b,
            km,
            EXPRESSWAY_SPEED,
            "made: expressway between county seats, straight line times 1.2, 80 km/h",
        )
        if (a, b) in joined:
            joined[a, b].update(link)
        else:
            land.roads.append(link)


def driving_minutes(land: Geography, origin: str) -> dict[str, float]:
    """Minutes from a place to every other over open roads (shortest paths by Dijkstra)."""
    import heapq

    links: dict[str, list[tuple[str, float]]] = {}
    for link in land.roads:
        a, b, minutes = str(link["from"]), str(link["to"]), float(str(link["minutes"]))
        links.setdefault(a, []).append((b, minutes))
        links.setdefault(b, []).append((a, minutes))
    best = {origin: 0.0}
    queue = [(0.0, origin)]
    while queue:
        minutes, place = heapq.heappop(queue)
        if minutes > best[place]:
            continue
        for neighbour, more in links.get(place, ()):
            if minutes + more < best.get(neighbour, math.inf):
                best[neighbour] = minutes + more
                heapq.heappush(queue, (minutes + more, neighbour))
    return best
