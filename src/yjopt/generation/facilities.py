"""Which depots, hospitals, isolation sites and bases there are, where they stand and who runs them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from yjopt.generation.draw import Floats, Ints, shares, stream

if TYPE_CHECKING:
    from yjopt.generation.geography import Geography

#: Towns per hospital and per isolation site; depots and bases stand at every seat, about one for ten towns.
TOWNS_PER_HOSPITAL, TOWNS_PER_SITE = 15, 6


@dataclass(frozen=True, kw_only=True)
class Facilities:
    """All places: towns first (row number = town number), then the facilities, each in a town, its host.

    Parameters
    ----------
    places : pandas.DataFrame
        The table `places`.
    host : ndarray of int64, shape (places,)
        Town in which a place stands; a town is its own host.
    depots, hospitals, sites, bases : ndarray of int64
        Rows of `places`.
    depot_level, base_level : ndarray of object
        "county" or "city", whose depot or base it is.
    hospital_kind : ndarray of object
        "designated", "backup" or "makeshift".
    """

    places: pd.DataFrame
    host: Ints
    depots: Ints
    hospitals: Ints
    sites: Ints
    bases: Ints
    depot_level: np.ndarray
    base_level: np.ndarray
    hospital_kind: np.ndarray

    @property
    def ids(self) -> np.ndarray:
        """Ids of the places, shape (places,)."""
        return self.places["place"].to_numpy(dtype=object)

    @property
    def units(self) -> np.ndarray:
        """Area whose unit runs each place, shape (places,)."""
        return self.places["unit"].to_numpy(dtype=object)


def facilities(geography: Geography, seed: int) -> Facilities:
    """Put depots and bases at the seats, hospitals and sites where people live.

    Parameters
    ----------
    geography : Geography
    seed : int

    Returns
    -------
    Facilities
    """
    rng = stream(seed, "facilities")
    towns = geography.towns
    county_area = geography.counties[geography.county_of]
    frames = [
        towns.assign(
            kind="town", area=towns["place"], unit=towns["place"], host=np.arange(len(towns)), role=""
        )
    ]
    frames.append(_at_seats(geography, "depot", "D-"))
    frames.append(_hospitals(geography))
    frames.append(_sites(geography, rng))
    frames.append(_at_seats(geography, "base", "B-"))
    places = pd.concat(frames, ignore_index=True)
    host = places["host"].to_numpy(dtype=np.int64)
    made = (places["kind"] != "town").to_numpy()
    # A facility stands one to three kilometres from the middle of its host.
    count = int(made.sum())
    angle, away = rng.uniform(0, 2 * np.pi, count), rng.uniform(1.0, 3.0, count) / 111.2
    latitude = towns["latitude"].to_numpy()[host[made]]
    places.loc[made, "area"] = county_area[host[made]]
    places.loc[made, "latitude"] = (latitude + away * np.sin(angle)).round(5)
    places.loc[made, "longitude"] = (
        towns["longitude"].to_numpy()[host[made]] + away * np.cos(angle) / np.cos(np.radians(latitude))
    ).round(5)
    places.loc[made, "population"] = 0
    places.loc[made, "source"] = "made"
    places["population"] = places["population"].astype("int64")
    kind, role = places["kind"].to_numpy(dtype=object), places["role"].to_numpy(dtype=object)

    def rows(word: str) -> Ints:
        return np.flatnonzero(kind == word).astype(np.int64)

    return Facilities(
        places=places.drop(columns=["host", "role"]),
        host=host,
        depots=rows("depot"),
        hospitals=rows("hospital"),
        sites=rows("isolation"),
        bases=rows("base"),
        depot_level=role[rows("depot")],
        base_level=role[rows("base")],
        hospital_kind=role[rows("hospital")],
    )


def _at_seats(geography: Geography, kind: str, prefix: str) -> pd.DataFrame:
    """One facility of a kind for every county and city, run by it, at its seat."""
    parts = []
    for level, areas, seat in (
        ("county", geography.counties, geography.county_seat),
        ("city", geography.cities, geography.city_seat),
    ):
        named = [f"{area} {level} {kind}" for area in areas]
        parts.append(
            pd.DataFrame(
                {
                    "place": prefix + areas.astype(object),
                    "name": named,
                    "unit": areas,
                    "host": seat,
                    "role": level,
                }
            )
        )
    return pd.concat(parts, ignore_index=True).assign(kind=kind)


def _hospitals(geography: Geography) -> pd.DataFrame:
    """A designated and a makeshift hospital in every city, and backup hospitals in its largest counties."""
    people = np.bincount(geography.county_of, weights=geography.population)
    towns_of_city = np.bincount(geography.town_city, minlength=len(geography.cities))
    wanted = np.maximum(2, np.round(towns_of_city / TOWNS_PER_HOSPITAL).astype(np.int64))
    # The counties of each city by falling population; the first few get a backup hospital.
    order = np.lexsort((-people, geography.city_of))
    rank = np.arange(len(order)) - np.searchsorted(geography.city_of[order], geography.city_of[order])
    backup = np.sort(order[rank < (wanted - 2)[geography.city_of[order]]])
    host_makeshift = _second_town(geography, geography.city_seat)
    parts = [
        pd.DataFrame({"place": prefix + units, "host": host, "role": role, "unit": units})
        for prefix, units, host, role in (
            ("H-", geography.cities, geography.city_seat, "designated"),
            ("M-", geography.cities, host_makeshift, "makeshift"),
            ("H-", geography.counties[backup], geography.county_seat[backup], "backup"),
        )
    ]
    frame = pd.concat(parts, ignore_index=True)
    return frame.assign(kind="hospital", name=frame["unit"] + " " + frame["role"] + " hospital")


def _second_town(geography: Geography, seat: Ints) -> Ints:
    """The largest other town of the seat's county; the seat itself when it is alone."""
    people = geography.population.copy()
    people[seat] = -1
    order = np.lexsort((-people, geography.county_of))
    first = order[np.unique(geography.county_of[order], return_index=True)[1]]
    return np.asarray(first[geography.county_of[seat]])


def _sites(geography: Geography, rng: np.random.Generator) -> pd.DataFrame:
    """Isolation sites in every county, in towns drawn by population; one in six is run by the city."""
    towns_of_county = np.bincount(geography.county_of, minlength=len(geography.counties))
    total = max(2, round(len(geography.towns) / TOWNS_PER_SITE), len(geography.counties))
    count = 1 + shares(total - len(geography.counties), towns_of_county - 1.0)
    county = np.repeat(np.arange(len(count)), count)
    number = np.arange(len(county)) - np.searchsorted(county, county)
    host = _drawn_towns(geography, county, number, rng)
    city_run = (rng.random(len(county)) < 1 / 6) & (number > 0)
    unit = np.where(city_run, geography.cities[geography.city_of[county]], geography.counties[county])
    label = [f"{area}-{n + 1}" for area, n in zip(geography.counties[county], number, strict=True)]
    return pd.DataFrame(
        {
            "place": ["I-" + text for text in label],
            "name": ["Isolation site " + text for text in label],
            "unit": unit,
            "host": host,
            "kind": "isolation",
            "role": "",
        }
    )


def _drawn_towns(geography: Geography, county: Ints, number: Ints, rng: np.random.Generator) -> Ints:
    """For the n-th site of a county its n-th town, in an order drawn by population."""
    key: Floats = rng.exponential(size=len(geography.towns)) / geography.population
    order = np.lexsort((key, geography.county_of))
    first = np.searchsorted(geography.county_of[order], county)
    size = np.bincount(geography.county_of, minlength=len(geography.counties))[county]
    return np.asarray(order[first + number % size], dtype=np.int64)
