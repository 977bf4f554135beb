"""Where towns are: administrative tree, positions and populations, made up or those of a real country."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from yjopt.errors import FileError
from yjopt.generation.draw import Floats, Ints, stream

#: Kilometres between neighbouring made-up towns (Qingyuan: 19,000 square kilometres, 85 towns).
SPACING = 14.0
#: Towns of a made-up county, city and province.
COUNTY, CITY, PROVINCE = 10, 85, 1200
#: Mean population of a made-up town (Qingyuan, census 2020), and of a town where nothing better is known.
MEAN_TOWN = 46_700
MEAN_TOWN_NATION = 35_700
#: Spread of town populations within a county (standard deviation of the logarithm).
SIGMA = 0.7
EARTH = 6371.0


@dataclass(frozen=True, kw_only=True)
class Geography:
    """The tree and its towns, as arrays.

    Parameters
    ----------
    areas : pandas.DataFrame
        The table `areas`.
    towns : pandas.DataFrame
        Columns place, name, longitude, latitude, population, source; one row a town, counties together.
    county_of, city_of, province_of : ndarray of int64
        Position of the county of a town, of the city of a county, of the province of a city.
    counties, cities, provinces : ndarray of object
        Area ids.
    county_seat, city_seat, province_seat : ndarray of int64
        Town (row) where the seat is.
    estimated : int
        Counties whose population had to be estimated.
    """

    areas: pd.DataFrame
    towns: pd.DataFrame
    county_of: Ints
    city_of: Ints
    province_of: Ints
    counties: np.ndarray
    cities: np.ndarray
    provinces: np.ndarray
    county_seat: Ints
    city_seat: Ints
    province_seat: Ints
    estimated: int = 0

    @property
    def population(self) -> Ints:
        """Residents of each town, shape (towns,)."""
        return self.towns["population"].to_numpy(dtype=np.int64)

    @property
    def town_city(self) -> Ints:
        """City of each town, shape (towns,)."""
        return np.asarray(self.city_of[self.county_of])


def made_up(towns: int, seed: int) -> Geography:
    """A country that does not exist: towns on a shaken lattice, cut into provinces, cities and counties.

    Parameters
    ----------
    towns : int
        Number of towns, at least 2.
    seed : int

    Returns
    -------
    Geography
    """
    rng = stream(seed, "geography")
    x, y = _shaken_lattice(towns, rng)
    province = _cut(x, y, np.zeros(towns, dtype=np.int64), PROVINCE)
    city = _cut(x, y, province, CITY)
    county = _cut(x, y, city, COUNTY)
    order = np.lexsort((x, county))
    x, y, province, city, county = x[order], y[order], province[order], city[order], county[order]
    latitude = 25.0 + y / 111.2
    longitude = 113.0 + x / (111.2 * np.cos(np.radians(25.0)))
    first_of_county = np.unique(county, return_index=True)[1]
    city_of, first_of_city = city[first_of_county], np.unique(city, return_index=True)[1]
    ids = _made_up_ids(province[first_of_city], city_of, county)
    census = np.exp(0.4 * rng.standard_normal(len(city_of)))
    census *= MEAN_TOWN * towns / (census * np.bincount(county)).sum()
    population = _split_population(np.round(census * np.bincount(county)).astype(np.int64), county, rng)
    places = pd.DataFrame(
        {
            "place": ids["town"],
            "name": _numbered("Town", len(x)),
            "longitude": longitude.round(5),
            "latitude": latitude.round(5),
            "population": population,
            "source": "made",
        }
    )
    areas = _areas_frame(ids, province[first_of_city], city_of, county)
    return _with_seats(
        areas, places, county, city_of, province[first_of_city], ids["county"], ids["city"], ids["province"]
    )


def real(areas: pd.DataFrame, towns: pd.DataFrame, within: str | None, seed: int) -> Geography:
    """The real tree and its real towns, put around the seat of their county.

    Towns have no position and no population in public tables: they are spread around the seat as far as half
    way to the neighbouring seats, and share out the census of their county. Both are marked as made.

    Parameters
    ----------
    areas : pandas.DataFrame
        Columns id, level, name, parent, longitude, latitude, population_2020 and position; text.
    towns : pandas.DataFrame
        Columns code, name, county; text.
    within : str or None
        Only counties whose id starts so, with all areas above them; None: all.
    seed : int

    Returns
    -------
    Geography

    Raises
    ------
    yjopt.errors.FileError
        When a column is missing or no town is left.
    """
    _require(areas, ("id", "level", "name", "parent", "longitude", "latitude", "population_2020"), "areas")
    _require(towns, ("code", "name", "county"), "towns")
    rng = stream(seed, "geography")
    areas = areas.astype("str").set_index("id", drop=False)
    towns = towns.astype("str")
    kept = areas[(areas["level"] == "county") & areas["id"].isin(set(towns["county"]))]
    if within:
        kept = kept[kept["id"].str.startswith(within)]
    if kept.empty:
        raise FileError(
            f"No town lies within '{within or ''}'; give the beginning of a county's id in areas.csv."
        )
    counties = kept["id"].to_numpy(dtype=object)
    towns = towns[towns["county"].isin(set(counties))]
    county = pd.Index(counties).get_indexer(towns["county"])
    order = np.argsort(county, kind="stable")
    towns, county = towns.iloc[order], county[order].astype(np.int64)
    city_of, cities = _ancestor(areas, kept["parent"].to_numpy(dtype=object))
    province_of, provinces = _ancestor(areas, areas.loc[cities, "parent"].to_numpy(dtype=object))

    longitude, latitude = _seats(areas, kept, cities, rng)
    longitude, latitude = _around(longitude, latitude, county, rng)
    census, estimated = _census(kept, city_of, county)
    places = pd.DataFrame(
        {
            "place": towns["code"].to_numpy(dtype=object),
            "name": towns["name"].to_numpy(dtype=object),
            "longitude": longitude.round(5),
            "latitude": latitude.round(5),
            "population": _split_population(census, county, rng),
            "source": "division codes; position and population made from county seat and census 2020",
        }
    )
    tree = _real_tree(areas, counties, cities, provinces, towns, county)
    geography = _with_seats(
        tree, places, county, city_of, province_of, counties, cities, provinces, estimated
    )
    return geography


def kilometres(longitude: Floats, latitude: Floats, start: Ints, end: Ints) -> Floats:
    """Great-circle distance between points `start` and `end` (haversine), in kilometres."""
    a, b = np.radians(latitude[start]), np.radians(latitude[end])
    half = np.sin((b - a) / 2) ** 2
    half += np.cos(a) * np.cos(b) * np.sin(np.radians(longitude[end] - longitude[start]) / 2) ** 2
    return np.asarray(2 * EARTH * np.arcsin(np.sqrt(np.clip(half, 0, 1))))


def flat(longitude: Floats, latitude: Floats) -> Floats:
    """Mercator coordinates, shape (n, 2): angles stay right, which is all that neighbourhood needs."""
    return np.column_stack((np.radians(longitude), np.arctanh(np.sin(np.radians(latitude)))))


def _require(frame: pd.DataFrame, columns: tuple[str, ...], name: str) -> None:
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise FileError(f"The table of {name} has no column '{missing[0]}'; it needs {', '.join(columns)}.")


def _shaken_lattice(count: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """The innermost points of a triangular lattice, a fifth left out, shaken by a third of the spacing."""
    side = int(np.ceil(np.sqrt(count * 1.6))) + 4
    rows, columns = np.divmod(np.arange(side * side), side)
    x = (columns + 0.5 * (rows % 2) - side / 2) * SPACING
    y = (rows - side / 2) * SPACING * np.sqrt(0.75)
    kept = rng.random(side * side) > 0.2
    x, y = x[kept], y[kept]
    x = x + SPACING * rng.uniform(-0.28, 0.28, len(x))
    y = y + SPACING * rng.uniform(-0.28, 0.28, len(y))
    nearest = np.argsort(x * x + (1.2 * y) ** 2, kind="stable")[:count]
    return x[nearest], y[nearest]


def _cut(x: Floats, y: Floats, whole: Ints, size: int) -> Ints:
    """Cut each part of `whole` into parts of about `size` points along its longer side; numbered in order."""
    part = np.zeros(len(x), dtype=np.int64)
    number = 0
    order = np.argsort(whole, kind="stable")
    for members in np.split(order, np.cumsum(np.bincount(whole))[:-1]):
        waiting = [(members, max(1, round(len(members) / size)))]
        while waiting:
            points, pieces = waiting.pop()
            if pieces == 1:
                part[points] = number
                number += 1
                continue
            axis = x if np.ptp(x[points]) >= np.ptp(y[points]) else y
            points = points[np.argsort(axis[points], kind="stable")]
            at = round(len(points) * (pieces // 2) / pieces)
            waiting += [(points[at:], pieces - pieces // 2), (points[:at], pieces // 2)]
    return part


def _numbered(word: str, count: int) -> list[str]:
    return [f"{word} {number:,}" for number in range(1, count + 1)]


def _within(parent: Ints) -> Ints:
    """Position of each row among those of its parent, from 1; parents must stand in order."""
    first = np.searchsorted(parent, parent)
    return np.arange(len(parent)) - first + 1


def _made_up_ids(province_of: Ints, city_of: Ints, county_of: Ints) -> dict[str, np.ndarray]:
    """Ids built like division codes: each holds that of its parent."""
    province = np.array([f"P{number + 1:02d}" for number in range(int(province_of.max()) + 1)], dtype=object)
    city = np.array(
        [f"{province[up]}{number:02d}" for up, number in zip(province_of, _within(province_of), strict=True)],
        dtype=object,
    )
    county = np.array(
        [f"{city[up]}{number:02d}" for up, number in zip(city_of, _within(city_of), strict=True)],
        dtype=object,
    )
    town = np.array(
        [f"{county[up]}{number:03d}" for up, number in zip(county_of, _within(county_of), strict=True)],
        dtype=object,
    )
    return {"province": province, "city": city, "county": county, "town": town}


def _areas_frame(
    ids: dict[str, np.ndarray], province_of: Ints, city_of: Ints, county_of: Ints
) -> pd.DataFrame:
    nation = len(ids["province"]) > 1
    parts = (
        [pd.DataFrame({"area": ["N"], "level": "nation", "parent": "", "name": "Nation"})] if nation else []
    )
    above = {
        "province": np.full(len(ids["province"]), "N" if nation else "", dtype=object),
        "city": ids["province"][province_of],
        "county": ids["city"][city_of],
        "town": ids["county"][county_of],
    }
    parts += [
        pd.DataFrame(
            {
                "area": ids[level],
                "level": level,
                "parent": above[level],
                "name": _numbered(level.capitalize(), len(ids[level])),
            }
        )
        for level in ("province", "city", "county", "town")
    ]
    return pd.concat(parts, ignore_index=True).assign(source="made")


def _split_population(census: Ints, county: Ints, rng: np.random.Generator) -> Ints:
    """Share out each county's census to its towns, lognormal; exact sums, no town empty."""
    weight = np.exp(SIGMA * rng.standard_normal(len(county)))
    total = np.bincount(county, weights=weight)
    exact = census[county] * weight / total[county]
    people = np.floor(exact).astype(np.int64)
    left = census - np.bincount(county, weights=people).astype(np.int64)
    # Largest remainders per county: rank the towns of a county by what was cut off.
    order = np.lexsort((people - exact, county))
    rank = np.empty(len(county), dtype=np.int64)
    rank[order] = _within(county[order]) - 1
    return np.maximum(people + (rank < left[county]), 1)


def _with_seats(
    areas: pd.DataFrame,
    places: pd.DataFrame,
    county_of: Ints,
    city_of: Ints,
    province_of: Ints,
    counties: np.ndarray,
    cities: np.ndarray,
    provinces: np.ndarray,
    estimated: int = 0,
) -> Geography:
    """Put each seat into the largest town: of the county; of the city's county seats; of the province's."""
    people = places["population"].to_numpy(dtype=np.int64)

    def largest(candidates: Ints, parent: Ints) -> Ints:
        order = np.lexsort((-people[candidates], parent))
        return np.asarray(candidates[order[np.unique(parent[order], return_index=True)[1]]])

    county_seat = largest(np.arange(len(people)), county_of)
    city_seat = largest(county_seat, city_of)
    return Geography(
        areas=areas,
        towns=places,
        county_of=county_of,
        city_of=city_of,
        province_of=province_of,
        counties=counties,
        cities=cities,
        provinces=provinces,
        county_seat=county_seat,
        city_seat=city_seat,
        province_seat=largest(city_seat, province_of),
        estimated=estimated,
    )


def _ancestor(areas: pd.DataFrame, parents: np.ndarray) -> tuple[Ints, np.ndarray]:
    """Positions of the parents among the distinct ones in order of first appearance, and these."""
    codes, distinct = pd.factorize(parents)
    unknown = [parent for parent in distinct if parent not in areas.index]
    if unknown:
        raise FileError(f"The area '{unknown[0]}' is named as a parent but has no row; add it to areas.csv.")
    return codes.astype(np.int64), np.asarray(distinct, dtype=object)


def _seats(
    areas: pd.DataFrame, kept: pd.DataFrame, cities: np.ndarray, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Positions of county seats; where it is only the parent's, or missing, a point some way off."""
    longitude = np.array(pd.to_numeric(kept["longitude"], errors="coerce"), dtype=np.float64)
    latitude = np.array(pd.to_numeric(kept["latitude"], errors="coerce"), dtype=np.float64)
    above = areas.loc[kept["parent"].to_numpy()]
    missing = np.isnan(longitude) | np.isnan(latitude)
    longitude[missing] = pd.to_numeric(above["longitude"], errors="coerce").to_numpy()[missing]
    latitude[missing] = pd.to_numeric(above["latitude"], errors="coerce").to_numpy()[missing]
    if np.isnan(longitude).any() or np.isnan(latitude).any():
        where = kept["id"].to_numpy()[np.isnan(longitude) | np.isnan(latitude)][0]
        raise FileError(
            f"Neither the county '{where}' nor its parent has a position; fill in longitude and latitude."
        )
    doubled = pd.DataFrame({"x": longitude, "y": latitude}).duplicated().to_numpy()
    off = doubled | (kept["position"] == "parent").to_numpy() if "position" in kept.columns else doubled
    # Counties that share one position are spread over a disc as large as their number asks for.
    positions = pd.DataFrame({"x": longitude, "y": latitude})
    sharing = positions.groupby(["x", "y"])["x"].transform("size").to_numpy()
    angle = rng.uniform(0, 2 * np.pi, len(kept))
    away = (3 + 9 * np.sqrt(sharing * rng.random(len(kept)))) / 111.2
    longitude = longitude + off * away * np.cos(angle) / np.cos(np.radians(latitude))
    latitude = latitude + off * away * np.sin(angle)
    return longitude, latitude


def _around(
    longitude: Floats, latitude: Floats, county: Ints, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Spread the towns of each county over a disc around its seat, on a sunflower spiral with some noise."""
    from scipy.spatial import cKDTree

    metres = np.column_stack((longitude * np.cos(np.radians(latitude)) * 111.2, latitude * 111.2))
    count = min(4, len(longitude))
    near = np.asarray(cKDTree(metres).query(metres, k=count)[0]).reshape(len(longitude), count)
    half_way = 0.5 * near[:, 1:].mean(axis=1) if count > 1 else np.full(len(longitude), 20.0)
    members = np.bincount(county, minlength=len(longitude))
    radius = np.clip(half_way, 1.5, 60.0)
    rank = _within(county) - 1
    away = radius[county] * np.sqrt(
        (rank + rng.uniform(0, 0.6, len(county))) / np.maximum(members[county], 2)
    )
    angle = (
        2.399963 * rank
        + rng.uniform(0, 2 * np.pi, len(longitude))[county]
        + rng.uniform(-0.3, 0.3, len(county))
    )
    y = latitude[county] + away * np.sin(angle) / 111.2
    return longitude[county] + away * np.cos(angle) / (111.2 * np.cos(np.radians(y))), y


def _census(kept: pd.DataFrame, city_of: Ints, county: Ints) -> tuple[Ints, int]:
    """People per county; where unknown, as many per town as in the rest of the city, or of the nation."""
    people = pd.to_numeric(kept["population_2020"], errors="coerce").to_numpy(dtype=np.float64)
    towns = np.bincount(county, minlength=len(people))
    missing = ~(people > 0)
    known = np.bincount(city_of, weights=np.where(missing, 0, people))
    known_towns = np.bincount(city_of, weights=np.where(missing, 0, towns))
    per_town = np.where(known_towns > 0, known / np.maximum(known_towns, 1), MEAN_TOWN_NATION)
    people = np.where(missing, per_town[city_of] * towns, people)
    return np.round(people).astype(np.int64), int(missing.sum())


def _real_tree(
    areas: pd.DataFrame,
    counties: np.ndarray,
    cities: np.ndarray,
    provinces: np.ndarray,
    towns: pd.DataFrame,
    county: Ints,
) -> pd.DataFrame:
    nation = areas.loc[provinces, "parent"].unique() if len(provinces) > 1 else np.zeros(0, dtype=object)
    upper = areas.loc[np.concatenate((nation, provinces, cities, counties))]
    parents = upper["parent"].where(upper["id"].isin(upper["id"]) & upper["parent"].isin(upper["id"]), "")
    parts = [
        pd.DataFrame(
            {"area": upper["id"], "level": upper["level"], "parent": parents, "name": upper["name"]}
        ),
        pd.DataFrame(
            {"area": towns["code"], "level": "town", "parent": counties[county], "name": towns["name"]}
        ),
    ]
    return pd.concat(parts, ignore_index=True).assign(source="division codes")
