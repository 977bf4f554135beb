"""Items, lots of the six reserve kinds, sources, fleets and needs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from parts.facts import (
    CITY,
    CITY_DEPOT,
    CITY_HOSPITAL,
    DAYS,
    DEPOT,
    DISTRICT,
    EAST,
    FENGSHUIGOU,
    HEALTH_STORE,
    HONGSHAN,
    HONGSHAN_DEPOT,
    HONGSHAN_HOSPITAL,
    HOSPITAL,
    LABORATORY,
    MADE,
    NINGCHENG,
    NINGCHENG_DEPOT,
    PEERS,
    PINGZHUANG,
    PLAN,
    PLANT,
    REGION,
    REGION_DEPOT,
    SONGSHAN,
    SONGSHAN_DEPOT,
    TOWN_HOSPITAL,
    TOWNS,
    WAREHOUSE,
    YUANBAOSHAN,
)
from parts.outbreak import ROUNDS, SEALED, sealed

if TYPE_CHECKING:
    from building.land import Row

    from parts.land import Land

Tables = dict[str, list["Row"]]

TEST, SUIT, MASK, MEDICINE, FOOD = "test_kit", "suit", "mask", "medicine", "food"
VENTILATOR = "ventilator"
#: Item: name, base unit, pack, kg, litres, durable, share of the weight lost a day, source.
_ITEMS = {
    TEST: ("Nucleic acid test kits 核酸检测试剂", "test", 500, 0.02, 0.1, False, 0.1, "made: cartons of 500"),
    SUIT: ("Protective suits 医用防护服", "set", 10, 0.35, 2.5, False, 0.05, "made: cartons of 10"),
    MASK: ("Masks 医用口罩", "piece", 500, 0.004, 0.03, False, 0.05, "made: cartons of 500"),
    MEDICINE: ("Medicine 治疗药品", "course", 10, 0.2, 1.0, False, 0.05, "made: boxes of 10 courses"),
    FOOD: ("Food 生活物资", "kg", 500, 1.0, 2.5, False, 0.1, "made: pallets of 500 kg"),
    VENTILATOR: ("Ventilators 呼吸机", "set", 1, 45, 400, True, 0.01, MADE),
}
#: Kind, what, item, base units a person or team and day, source.
_CONSUMPTION = (
    ("class", "general", SUIT, 1.5, "made: staff change every four to six hours"),
    ("class", "intensive", SUIT, 6, "made: four times an ordinary ward"),
)
_CONTRACT = f"{PLAN}: six reserve kinds; quantity and hours made"
#: Place, item, authority, reserve kind, quantity, kept at home, hours of release.
_LOTS = (
    (DEPOT, TEST, DISTRICT, "physical", 8_000, 0, 2),
    (HEALTH_STORE, TEST, DISTRICT, "professional", 14_000, 0, 6),
    (LABORATORY, TEST, DISTRICT, "technical", 6_000, 0, 30),
    (DEPOT, SUIT, DISTRICT, "physical", 400, 100, 2),
    (HEALTH_STORE, SUIT, DISTRICT, "professional", 300, 0, 6),
    (PLANT, SUIT, DISTRICT, "capacity", 400, 0, 24),
    (DEPOT, MASK, DISTRICT, "physical", 20_000, 0, 2),
    (DEPOT, MASK, DISTRICT, "social", 6_000, 0, 12),
    (PLANT, MASK, DISTRICT, "capacity", 20_000, 0, 24),
    (HEALTH_STORE, MEDICINE, DISTRICT, "professional", 150, 0, 6),
    (DEPOT, FOOD, DISTRICT, "physical", 60_000, 0, 2),
    (WAREHOUSE, FOOD, DISTRICT, "commercial", 120_000, 0, 20),
    (DEPOT, FOOD, DISTRICT, "social", 5_000, 0, 12),
    (HOSPITAL, VENTILATOR, DISTRICT, "physical", 2, 0, 0),
    (HONGSHAN_DEPOT, TEST, HONGSHAN, "physical", 12_000, 2_000, 2),
    (SONGSHAN_DEPOT, TEST, SONGSHAN, "physical", 8_000, 4_000, 2),
    (NINGCHENG_DEPOT, TEST, NINGCHENG, "physical", 8_000, 8_000, 2),
    (HONGSHAN_DEPOT, SUIT, HONGSHAN, "physical", 300, 100, 2),
    (SONGSHAN_DEPOT, MASK, SONGSHAN, "physical", 20_000, 10_000, 2),
    (HONGSHAN_DEPOT, FOOD, HONGSHAN, "physical", 40_000, 20_000, 2),
    (HONGSHAN_HOSPITAL, VENTILATOR, HONGSHAN, "physical", 2, 1, 2),
    (CITY_DEPOT, TEST, CITY, "physical", 24_000, 0, 6),
    (CITY_DEPOT, SUIT, CITY, "physical", 800, 200, 6),
    (CITY_DEPOT, MASK, CITY, "physical", 40_000, 0, 6),
    (CITY_DEPOT, MEDICINE, CITY, "professional", 200, 0, 6),
    (CITY_DEPOT, FOOD, CITY, "physical", 60_000, 0, 6),
    (CITY_DEPOT, VENTILATOR, CITY, "physical", 3, 1, 6),
    (REGION_DEPOT, TEST, REGION, "physical", 50_000, 0, 6),
    (REGION_DEPOT, SUIT, REGION, "physical", 2_000, 0, 6),
)
#: Towns with a lot of their own: tests kept for the town, tests the district may pool.
_TOWN_TESTS = {
    YUANBAOSHAN: (3_000, 0),
    EAST: (1_500, 1_500),
    PINGZHUANG: (500, 2_500),
    FENGSHUIGOU: (1_000, 0),
}
#: Days of its own use that each hospital keeps for itself.
_DAYS_KEPT = 2


def add_supplies(land: Land, tables: Tables) -> None:
    """Add the tables of sections 4 and 5 of the model."""
    for item, (name, unit, pack, kg, litres, durable, late, source) in _ITEMS.items():
        row = {"item": item, "name": name, "unit": unit, "pack": pack, "kg": kg, "litres": litres}
        tables["items"].append(row | {"durable": durable, "late": late, "source": source})
    for kind, what, item, rate, source in _CONSUMPTION:
        row = {"kind": kind, "what": what, "item": item, "quantity": rate}
        tables["consumption"].append(row | {"source": source})
    for place, item, authority, kind, quantity, floor, hours in _LOTS:
        _lot(tables, place, item, authority, kind, quantity, floor, hours, _CONTRACT)
    for town, (kept, free) in _TOWN_TESTS.items():
        _lot(tables, town, TEST, town, "physical", kept + free, kept, 1, "made: kept by the town")
    for town, people in land.population.items():
        kept = people // 20 // 500 * 500
        if kept:
            _lot(
                tables, town, MASK, town, "physical", kept, kept, 0, "made: one for every twentieth resident"
            )
    _add_hospital_lots(tables)
    _add_sources(tables)
    _add_fleets(tables)
    _add_needs(land, tables)


def _lot(
    tables: Tables,
    place: str,
    item: str,
    authority: str,
    kind: str,
    quantity: int,
    floor: int,
    hours: float,
    source: str,
) -> None:
    row = {"place": place, "item": item, "authority": authority, "kind": kind, "quantity": quantity}
    tables["stocks"].append(row | {"floor": floor, "release_hours": hours, "source": source})


def _add_hospital_lots(tables: Tables) -> None:
    unit = {HOSPITAL: DISTRICT, TOWN_HOSPITAL: YUANBAOSHAN, HONGSHAN_HOSPITAL: HONGSHAN, CITY_HOSPITAL: CITY}
    daily: dict[tuple[str, str], float] = {}
    for beds in tables["beds"]:
        for _, what, item, rate, _ in _CONSUMPTION:
            if what == beds["class"]:
                key = str(beds["place"]), item
                daily[key] = daily.get(key, 0) + rate * int(str(beds["beds"]))
    for (place, item), rate in daily.items():
        kept = math.ceil(_DAYS_KEPT * rate / 10) * 10
        source = f"made: {_DAYS_KEPT} days of use with all beds taken"
        _lot(tables, place, item, unit[place], "physical", kept, kept, 0, source)


def _add_sources(tables: Tables) -> None:
    prices = "made: prices near those of public tenders in 2020"
    for place, item, kind, authority, quantity, lead, cost in (
        (PLANT, MASK, "production", DISTRICT, 6_000, 24, 0.6),
        (DEPOT, TEST, "purchase", DISTRICT, 10_000, 48, 16),
    ):
        row = {"place": place, "item": item, "kind": kind, "authority": authority, "quantity": quantity}
        tables["sources"].append(
            row | {"lead_hours": lead, "cost": cost, "first_period": 1, "source": prices}
        )


def _add_fleets(tables: Tables) -> None:
    source = "made: common trucks, hours on the road; paid by the transport group, not by the headquarters"
    for place, tonnes, litres, vehicles in ((WAREHOUSE, 5, 24_000, 3), (PLANT, 1, 6_000, 2)):
        row = {"fleet": f"{place}-{tonnes}t", "place": place, "vehicles": vehicles, "hours": 6}
        row |= {"payload_kg": 1000 * tonnes, "volume_litres": litres, "cost_per_hour": 0}
        tables["fleets"].append(row | {"source": source})


def _need(
    tables: Tables,
    place: str,
    item: str,
    day: int,
    quantity: int,
    weight: float,
    deadline: int | None,
    source: str,
    known: int | None = None,
) -> None:
    row = {"place": place, "item": item, "period": day, "quantity": quantity, "weight": weight}
    tables["needs"].append(row | {"deadline": deadline, "known_from": known, "source": source})


def _add_needs(land: Land, tables: Tables) -> None:
    """Standards times people."""
    for town, day, share, before in ROUNDS:
        tests = int(share * land.population[town]) // 500 * 500
        source = f"made: a round of testing, a test for {share:.0%} of the residents"
        _need(tables, town, TEST, day, tests, 1.0, 1, source, max(1, day - before))
    for town in TOWNS:
        for day in (3,) if town not in SEALED else (1, 4):
            quantity = land.population[town] // 5 // 500 * 500
            source = "made: a mask for every fifth resident"
            _need(tables, town, MASK, day, quantity, 0.05, 2, source, day - 1 or None)
    for town in SEALED:
        for day in range(1, DAYS + 1):
            people = sealed(land.population[town], town, day)
            if people:
                _need(
                    tables, town, FOOD, day, people // 500 * 500, 1.0, 2, "made: 1 kg a sealed person and day"
                )
        for day in (2, 4):
            courses = land.population[town] // 1_000
            _need(
                tables, town, MEDICINE, day, courses, 5.0, 2, "made: a course for every thousandth resident"
            )
    for place, peer in zip((HONGSHAN_DEPOT, SONGSHAN_DEPOT, NINGCHENG_DEPOT), PEERS, strict=True):
        for day in (2, 4):
            _need(tables, place, TEST, day, 4_000, 0.8, 2, f"made: people at risk in {peer} are tested, too")
    for place, sets in ((HOSPITAL, (1, 2, 3, 4, 4)), (CITY_HOSPITAL, (1, 1, 2, 2, 3))):
        for day, count in enumerate(sets, 1):
            _need(
                tables, place, VENTILATOR, day, count, 60.0, None, "made: a set for every second severe case"
            )
