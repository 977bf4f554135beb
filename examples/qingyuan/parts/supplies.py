"""Depots, lots, sources, fleets and needs."""

from __future__ import annotations

import math

from parts.draws import between, uniform, whole
from parts.facts import CITY, COUNTIES, ENGLISH, MADE, PROVINCE, SEATS
from parts.geography import Geography, Row
from parts.health import BACKUP, DESIGNATED
from parts.outbreak import DAYS, Outbreak

Tables = dict[str, list[Row]]

CITY_DEPOT, ENTERPRISE, PLANT = "city-depot", "enterprise-warehouse", "protective-goods-plant"

#: Item, name, base unit, pack, kg, litres, durable, share of the weight lost a day, source.
_ITEMS = (
    ("living_goods", "Living goods 生活物资", "kg", 100, 1.0, 2.5, False, 0.1, "made: roll cages of 100 kg"),
    ("mask", "Masks 医用口罩", "piece", 50, 0.004, 0.03, False, 0.05, "made: boxes of 50"),
    ("suit", "Protective suits 医用防护服", "set", 10, 0.35, 2.5, False, 0.05, "made: cartons of 10"),
    ("disinfectant", "Disinfectant 消毒液", "litre", 5, 1.05, 1.1, False, 0.05, "made: drums of 5 litres"),
    (
        "sampling_tube",
        "Ten-in-one sampling tubes with swabs 十混一采样管",
        "tube",
        50,
        0.06,
        0.3,
        False,
        0.05,
        "ten people a tube: national specification of pooled sampling, August 2020; rack of 50 made",
    ),
    ("ventilator", "Ventilators 呼吸机", "set", 1, 45, 400, True, 0.05, MADE),
)
#: What a person needs in a day: living goods of the sealed, masks of the people around them.
_KILOS_PER_DAY = 2
_KILOS_SOURCE = (
    "made: 2 kg a sealed person and day (1 to 1.5 kg of food after China's dietary guidelines 2016, "
    "water, household goods)"
)
#: Kind, what, item, quantity a person or team and day, source.
_CONSUMPTION = (
    (
        "class",
        "general",
        "suit",
        1.5,
        "made: staff change every four to six hours, as national guidance on protective suits says",
    ),
    ("class", "negative_pressure", "suit", 3, "made: twice an ordinary ward"),
    ("class", "negative_pressure_icu", "suit", 9, "made: three nurses in three shifts"),
    ("class", "makeshift", "suit", 0.6, MADE),
    ("class", "general", "mask", 6, MADE),
    ("class", "makeshift", "mask", 4, MADE),
    ("category", "close_contact", "mask", 3, MADE),
    ("category", "key_person", "mask", 2, MADE),
    ("category", "close_contact", "disinfectant", 0.5, MADE),
    ("skill", "sampling", "suit", 4, "made: two people, two shifts"),
    ("skill", "sampling", "sampling_tube", 64, "ten people a tube, 640 people a team and day"),
    ("skill", "grid", "mask", 12, MADE),
)


def add_supplies(land: Geography, outbreak: Outbreak, tables: Tables) -> None:
    """Add depots and the tables of sections 4 and 5 of the model."""
    land.add_place(CITY_DEPOT, "depot", "441802004", CITY, "City reserve depot 市应急物资储备库", MADE)
    land.add_place(ENTERPRISE, "depot", "441803104", CITY, "Supermarket warehouse 商超配送中心", MADE)
    land.add_place(PLANT, "plant", "441802102", CITY, "Protective goods plant 防护用品厂", MADE)
    for county in COUNTIES:
        land.add_place(
            f"{county}-depot",
            "depot",
            SEATS[county],
            county,
            f"{ENGLISH[county]} depot {land.names[county]}物资储备库",
            MADE,
        )
    for item, name, unit, pack, kg, litres, durable, late, source in _ITEMS:
        tables["items"].append(
            {
                "item": item,
                "name": name,
                "unit": unit,
                "pack": pack,
                "kg": kg,
                "litres": litres,
                "durable": durable,
                "turnaround": 0,
                "late": late,
                "source": source,
            }
        )
    for kind, what, item, quantity, source in _CONSUMPTION:
        tables["consumption"].append(
            {"kind": kind, "what": what, "item": item, "quantity": quantity, "source": source}
        )
    _add_stocks(land, tables)
    _add_sources(tables)
    _add_fleets(tables)
    _add_needs(outbreak, tables)


def _lot(
    tables: Tables,
    place: str,
    item: str,
    authority: str,
    quantity: int,
    *,
    kind: str = "physical",
    floor: int = 0,
    release: float = 0,
    refill: bool = False,
) -> None:
    tables["stocks"].append(
        {
            "place": place,
            "item": item,
            "authority": authority,
            "kind": kind,
            "quantity": quantity,
            "floor": floor,
            "release_hours": release,
            "refill": refill,
            "source": MADE,
        }
    )


def _add_stocks(land: Geography, tables: Tables) -> None:
    for item, quantity, floor in (
        ("living_goods", 420_000, 0),
        ("mask", 140_000, 10_000),
        ("suit", 5_000, 1_500),
        ("disinfectant", 5_500, 300),
        ("sampling_tube", 42_000, 0),
    ):
        _lot(tables, CITY_DEPOT, item, CITY, quantity, floor=floor, release=2, refill=floor > 0)
    _lot(tables, CITY_DEPOT, "ventilator", CITY, 4, release=2)
    # Held by others for the city: the province's goods in the city's house, a firm's own stock, a plant's
    # capacity, gifts to the Red Cross, and the city's northern stock in the house of Lianzhou.
    _lot(tables, CITY_DEPOT, "suit", PROVINCE, 3_000, release=24)
    _lot(tables, CITY_DEPOT, "mask", PROVINCE, 60_000, release=24)
    _lot(tables, CITY_DEPOT, "mask", CITY, 20_000, kind="social", release=4)
    _lot(tables, ENTERPRISE, "living_goods", CITY, 520_000, kind="commercial", release=24)
    _lot(tables, ENTERPRISE, "disinfectant", CITY, 2_000, kind="commercial", release=24)
    _lot(tables, PLANT, "suit", CITY, 2_000, kind="capacity", release=48)
    _lot(tables, "441882-depot", "living_goods", CITY, 80_000, release=2)
    _lot(tables, "441882-depot", "mask", CITY, 15_000, release=2)
    for county in COUNTIES:
        depot, head_count = f"{county}-depot", land.people_of(county)
        for item, per_thousand, keep in (
            ("living_goods", 130, 0.0),
            ("mask", 20, 0.15),
            ("suit", 1.6, 0.3),
            ("disinfectant", 1.5, 0.1),
            ("sampling_tube", 11, 0.0),
        ):
            quantity = (
                int(head_count / 1000 * per_thousand * between(0.6, 1.4, county, item, "stock")) // 10 * 10
            )
            _lot(tables, depot, item, county, quantity, floor=int(quantity * keep) // 10 * 10, release=1)
        sets = 1 + head_count // 500_000
        _lot(tables, f"{county}-hospital", "ventilator", county, sets, floor=1)
    _lot(tables, DESIGNATED, "ventilator", CITY, 6, floor=2)
    _lot(tables, BACKUP, "ventilator", CITY, 2)
    _add_own_stocks(land, tables)
    tables["receipts"] += [
        {
            "place": CITY_DEPOT,
            "item": "sampling_tube",
            "authority": CITY,
            "kind": "physical",
            "period": 3,
            "quantity": 12_000,
            "source": MADE,
        },
        {
            "place": CITY_DEPOT,
            "item": "suit",
            "authority": CITY,
            "kind": "physical",
            "period": 4,
            "quantity": 3_000,
            "source": MADE,
        },
        {
            "place": "441882-depot",
            "item": "living_goods",
            "authority": "441882",
            "kind": "physical",
            "period": 3,
            "quantity": 40_000,
            "source": MADE,
        },
    ]


def _add_own_stocks(land: Geography, tables: Tables) -> None:
    """What towns, hospitals and sites keep for themselves: all of it stays with their own unit."""
    for town in land.towns:
        for item, per_thousand in (("mask", 70), ("disinfectant", 1.5)):
            quantity = (
                int(land.population[town] / 1000 * per_thousand * uniform(town, item, "stock")) // 10 * 10
            )
            _lot(tables, town, item, town, quantity, floor=quantity)
    unit = {row["place"]: str(row["unit"]) for row in land.places}
    open_sites = {row["place"] for row in tables["isolation_sites"] if row["state"] == "open"}
    rooms = {row["place"]: int(str(row["rooms"])) for row in tables["isolation_sites"]}
    capacity = [(str(row["place"]), str(row["class"]), int(str(row["beds"]))) for row in tables["beds"]]
    capacity += [
        (str(row["place"]), str(row["category"]), rooms[row["place"]])
        for row in tables["site_category"]
        if row["allowed"] and row["place"] in open_sites
    ]
    daily: dict[tuple[str, str], float] = {}
    for place, held, size in capacity:
        for _, what, item, rate, _ in _CONSUMPTION:
            if what == held:
                daily[place, item] = daily.get((place, item), 0) + size * rate
    for (place, item), quantity in daily.items():
        stock = math.ceil(quantity * between(1.2, 4.0, place, item, "days") / 10) * 10
        _lot(tables, place, item, unit[place], stock, kind="professional", floor=stock)


def _add_sources(tables: Tables) -> None:
    for place, item, kind, quantity, lead, cost, first in (
        (PLANT, "mask", "production", 12_000, 24, 0.6, 1),
        (PLANT, "suit", "production", 500, 24, 60, 1),
        (ENTERPRISE, "living_goods", "contract", 110_000, 24, 6, 1),
        (CITY_DEPOT, "disinfectant", "contract", 400, 24, 8, 1),
        (CITY_DEPOT, "suit", "purchase", 1_500, 72, 110, 1),
        (CITY_DEPOT, "sampling_tube", "purchase", 8_000, 48, 5.5, 1),
    ):
        tables["sources"].append(
            {
                "place": place,
                "item": item,
                "kind": kind,
                "authority": CITY,
                "quantity": quantity,
                "lead_hours": lead,
                "cost": cost,
                "first_period": first,
                "source": "made: prices near those of public tenders in 2020 and 2021",
            }
        )


def _add_fleets(tables: Tables) -> None:
    def fleet(home: str, tonnes: int, vehicles: int) -> None:
        tables["fleets"].append(
            {
                "fleet": f"{home}-{tonnes}t",
                "place": home,
                "vehicles": vehicles,
                "payload_kg": tonnes * 1000,
                "volume_litres": {1: 6_000, 5: 24_000, 10: 45_000}[tonnes],
                "hours": 5,
                "cost_per_hour": {1: 60, 5: 110, 10: 160}[tonnes],
                "source": "made: common trucks; half of 10 hours on the road, half to load and disinfect",
            }
        )

    fleet(CITY_DEPOT, 10, 4)
    fleet(CITY_DEPOT, 5, 8)
    fleet(ENTERPRISE, 10, 8)
    fleet(PLANT, 5, 2)
    for county in COUNTIES:
        fleet(f"{county}-depot", 5, whole(2, 4, county, "trucks"))
        fleet(f"{county}-depot", 1, whole(3, 5, county, "vans"))


def _add_needs(outbreak: Outbreak, tables: Tables) -> None:
    def need(
        place: str, item: str, day: int, quantity: int, weight: float, deadline: int | None, source: str
    ) -> None:
        tables["needs"].append(
            {
                "place": place,
                "item": item,
                "period": day,
                "quantity": quantity,
                "weight": weight,
                "deadline": deadline,
                "source": source,
            }
        )

    land = outbreak.land
    for town in land.towns:
        for day in range(1, DAYS + 1):
            sealed = outbreak.sealed(town, day)
            if sealed:
                need(town, "living_goods", day, _KILOS_PER_DAY * sealed, 1.0, 2, _KILOS_SOURCE)
                need(
                    town,
                    "disinfectant",
                    day,
                    max(5, sealed // 60 // 5 * 5),
                    3.0,
                    None,
                    "made: a litre for 60 sealed people a day",
                )
        # The rest of the town is handed masks once, town after town over the week.
        day = whole(1, DAYS - 1, town, "mask day")
        masks = land.population[town] // 20 // 50 * 50
        need(town, "mask", day, masks, 0.1, 3, "made: one for every twentieth resident")
    for county in COUNTIES:
        for day in range(1, DAYS + 1):
            need(
                f"{county}-hospital", "mask", day, 150 + 50 * whole(0, 6, county, day, "masks"), 0.5, 2, MADE
            )
            ill = sum(
                1
                for town, when, group in outbreak.cases
                if group in ("severe", "critical") and when <= day and land.county_of[town] == county
            )
            if ill:
                need(
                    f"{county}-hospital",
                    "ventilator",
                    day,
                    -(-ill // 2),
                    60.0,
                    None,
                    "made: half of the severe and critical so far",
                )
    for place, sets in ((DESIGNATED, 7), (BACKUP, 2)):
        for day in range(1, DAYS + 1):
            need(place, "ventilator", day, sets + day // 2, 60.0, None, MADE)
