from __future__ import annotations

import os
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from yjopt.errors import FileError
from yjopt.generation import generate
from yjopt.generation.facilities import facilities
from yjopt.generation.geography import Geography, kilometres, made_up, real
from yjopt.generation.network import Network, _gabriel, network
from yjopt.schema import LEVELS

TWO_COUNTIES = pd.DataFrame(
    [
        ("CN", "nation", "Nation", "", "", "", ""),
        ("01", "province", "Province", "CN", "113.0", "25.0", ""),
        ("0101", "city", "City", "01", "113.0", "25.0", ""),
        ("010101", "county", "East", "0101", "113.5", "25.0", "100001"),
        ("010102", "county", "West", "0101", "", "", ""),
    ],
    columns=["id", "level", "name", "parent", "longitude", "latitude", "population_2020"],
)
FIVE_TOWNS = pd.DataFrame(
    [(f"01010{county}00{number}", f"Town {number}", f"01010{county}") for county, number in
     ((1, 1), (1, 2), (1, 3), (2, 1), (2, 2))],
    columns=["code", "name", "county"],
)  # fmt: skip


def roads_of(geography: Geography, seed: int = 1) -> Network:
    return network(facilities(geography, seed), seed)


def least_distance(geography: Geography) -> float:
    longitude, latitude = (geography.towns[name].to_numpy() for name in ("longitude", "latitude"))
    start, end = np.triu_indices(len(longitude), 1)
    return float(kilometres(longitude, latitude, start, end).min())


def assert_tree(areas: pd.DataFrame) -> None:
    """One root, every parent present and one level up at least."""
    rank = {level: number for number, level in enumerate(LEVELS)}
    level = dict(zip(areas["area"], areas["level"], strict=True))
    parents = areas[areas["parent"] != ""]
    assert len(parents) == len(areas) - 1
    for area, parent in zip(parents["area"], parents["parent"], strict=True):
        assert rank[level[parent]] > rank[level[area]]


@pytest.mark.parametrize("towns", [2, 3, 4, 11, 85, 300])
def test_made_up_tree_and_towns(towns: int) -> None:
    geography = made_up(towns, 5)
    assert len(geography.towns) == towns
    assert geography.towns["place"].is_unique
    assert_tree(geography.areas)
    sizes = np.bincount(geography.county_of)
    assert sizes.min() >= min(towns, 6)
    assert sizes.max() <= 14
    assert least_distance(geography) > 3.0


def test_a_nation_has_provinces() -> None:
    geography = made_up(3000, 5)
    assert (geography.areas["level"] == "nation").sum() == 1
    assert len(geography.provinces) >= 2
    assert_tree(geography.areas)


def test_population_is_that_of_the_real_city_on_average() -> None:
    population = made_up(850, 3).population
    assert population.mean() == pytest.approx(46_700, rel=0.001)
    assert population.min() >= 1
    assert 0.5 < np.log(population).std() < 1.1


@pytest.mark.parametrize("towns", [2, 3, 4, 30, 300])
def test_roads_connect_everything_and_follow_the_ground(towns: int) -> None:
    geography = made_up(towns, 9)
    everything = facilities(geography, 9)
    roads = network(everything, 9)
    graph = nx.Graph(zip(roads.start.tolist(), roads.end.tolist(), strict=True))
    assert graph.number_of_nodes() == len(everything.places)
    assert nx.is_connected(graph)
    towns_only = graph.subgraph(range(towns))
    assert towns_only.number_of_edges() <= 3 * towns
    longitude, latitude = (everything.places[name].to_numpy() for name in ("longitude", "latitude"))
    speed = 60 * kilometres(longitude, latitude, roads.start, roads.end) / roads.minutes
    between_towns = (roads.start < towns) & (roads.end < towns)
    assert speed[between_towns].min() > 40 / 1.3 - 1
    assert speed[between_towns].max() < 60 / 1.3 + 1


def test_no_town_lies_in_the_circle_over_a_road() -> None:
    """A town well inside a triangle lies in the circle over each side, so all roads lead to it."""
    start, end = _gabriel(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.4, 0.4]]))
    assert set(zip(start.tolist(), end.tolist(), strict=True)) == {(0, 3), (1, 3), (2, 3)}


def test_real_tables_keep_ids_names_and_census() -> None:
    geography = real(TWO_COUNTIES, FIVE_TOWNS, None, 2)
    assert list(geography.towns["place"]) == list(FIVE_TOWNS["code"])
    assert geography.population[:3].sum() == 100_001
    # West has no census: as many people per town as in East.
    assert geography.population[3:].sum() == round(100_001 / 3 * 2)
    assert geography.estimated == 1
    assert set(geography.areas["area"]) == {"01", "0101", "010101", "010102", *FIVE_TOWNS["code"]}
    assert_tree(geography.areas)
    assert abs(geography.towns["longitude"].iloc[:3].mean() - 113.5) < 0.5


def test_real_within_one_county() -> None:
    geography = real(TWO_COUNTIES, FIVE_TOWNS, "010102", 2)
    assert len(geography.towns) == 2
    assert geography.counties.tolist() == ["010102"]


def test_bad_tables_are_refused_by_name() -> None:
    with pytest.raises(FileError, match="population_2020"):
        real(TWO_COUNTIES.drop(columns="population_2020"), FIVE_TOWNS, None, 2)
    with pytest.raises(FileError, match="county"):
        real(TWO_COUNTIES, FIVE_TOWNS.drop(columns="county"), None, 2)
    with pytest.raises(FileError, match="No town lies within '99'"):
        real(TWO_COUNTIES, FIVE_TOWNS, "99", 2)
    orphan = TWO_COUNTIES[TWO_COUNTIES["id"] != "0101"]
    with pytest.raises(FileError, match="'0101'"):
        real(orphan, FIVE_TOWNS, None, 2)


def china() -> tuple[pd.DataFrame, pd.DataFrame]:
    folder = os.environ.get("YJOPT_DATA")
    if not folder:
        pytest.skip("YJOPT_DATA does not point at the folder that holds china/areas.csv.")
    return tuple(
        pd.read_csv(Path(folder) / "china" / f"{name}.csv", dtype=str, keep_default_na=False)
        for name in ("areas", "towns")
    )  # type: ignore[return-value]


def test_qingyuan_has_its_eight_counties_and_85_towns() -> None:
    areas, towns = china()
    frames, _, achieved = generate(areas=areas, towns_from=towns, within="4418", periods=1, seed=7)
    tree = frames["areas"]
    assert (tree["level"] == "county").sum() == 8
    assert (frames["places"]["kind"] == "town").sum() == 85
    assert set(tree.loc[tree["level"].isin(["city", "province"]), "name"]) == {"清远市", "广东省"}
    assert frames["places"]["population"].sum() == pytest.approx(3_969_473, rel=0.001)
    assert achieved["geography"]["counties_estimated"] == 0


@pytest.mark.long
def test_the_nation_in_a_minute() -> None:
    areas, towns = china()
    frames, _, achieved = generate(areas=areas, towns_from=towns, periods=1, seed=7)
    assert (frames["places"]["kind"] == "town").sum() == 39_478
    assert achieved["geography"]["counties_estimated"] == 412
    assert len(achieved["geography"]["blind_towns"]) < 0.02 * 39_478
    assert_tree(frames["areas"])
