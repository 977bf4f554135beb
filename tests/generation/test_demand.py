from __future__ import annotations

import numpy as np
import pytest

from yjopt.generation.demand import CATEGORIES, ELIGIBILITY, GROUPS, ITEMS, LARGEST_GROUP, demand, standing
from yjopt.generation.dials import Dials
from yjopt.generation.epidemic import SEALED, Epidemic, epidemic
from yjopt.generation.facilities import facilities
from yjopt.generation.geography import Geography, made_up
from yjopt.generation.network import Network, network


@pytest.fixture(scope="module")
def country() -> tuple[Geography, Network, Epidemic]:
    geography = made_up(300, 11)
    roads = network(facilities(geography, 11), 11)
    return geography, roads, epidemic(geography, roads, 7, 24.0, 11)


def test_standing_by_hand() -> None:
    """3 come in period 1 and stay two, 4 come in period 3: there are 3, 3, 4."""
    assert standing(np.array([[[3], [0], [4]]]), np.array([2])).ravel().tolist() == [3, 3, 4]


def test_standing_stay_longer_than_horizon() -> None:
    assert standing(np.array([[[3], [1]]]), np.array([9])).ravel().tolist() == [3, 4]


def test_cases_are_as_many_as_planned_and_fall_with_road_time(
    country: tuple[Geography, Network, Epidemic],
) -> None:
    geography, roads, outbreak = country
    assert outbreak.cases.sum() == pytest.approx(900, rel=0.15)
    assert outbreak.expected.sum() == pytest.approx(900)
    assert 1 <= len(outbreak.foci) <= 3
    minutes = roads.nearest(outbreak.foci)[1][:300]
    rate = outbreak.expected.sum(axis=1) / geography.population
    near, far = np.argsort(minutes)[:60], np.argsort(minutes)[-60:]
    assert rate[near].mean() > 1.5 * rate[far].mean()
    assert len(outbreak.sealed) == round(SEALED * 300)


@pytest.mark.parametrize("load", [0.5, 3.0, 10.0])
def test_load_is_reached(country: tuple[Geography, Network, Epidemic], load: float) -> None:
    geography, _, outbreak = country
    made = demand(geography, outbreak, Dials(load=load), 24.0, 11)
    assert made.load == pytest.approx(load, rel=0.02)
    assert (made.locked <= geography.population[:, None]).all()
    assert (made.locked[outbreak.sealed] == geography.population[outbreak.sealed, None]).all()


def test_everything_comes_from_the_cases(country: tuple[Geography, Network, Epidemic]) -> None:
    geography, _, outbreak = country
    made = demand(geography, outbreak, Dials(), 24.0, 11)
    assert (made.arrivals.sum(axis=2) == outbreak.cases).all()
    assert made.contacts.max() <= LARGEST_GROUP
    nobody_yet = np.cumsum(outbreak.cases, axis=1) == 0
    assert made.contacts.sum(axis=2)[nobody_yet].sum() == 0
    per_case = (made.contacts.sum() + made.not_isolated) / outbreak.cases.sum()
    assert 5 <= per_case <= 15


def test_catalogues_keep_the_rules_of_the_model() -> None:
    assert (GROUPS["late"] * GROUPS["wait"] < 1).all()
    assert (CATEGORIES["wait"] < CATEGORIES["stay"]).all()
    assert GROUPS["share"].sum() == pytest.approx(1)
    assert set(ELIGIBILITY["group"]) == set(GROUPS["group"])
    durable = ITEMS[ITEMS["durable"]]
    assert (durable["pack"] == 1).all()
    waiting = ITEMS[~ITEMS["durable"]]
    assert (waiting["late"] * waiting["deadline"] < 1).all()
