"""Isolation sites and candidates, and the command rules on them."""

from __future__ import annotations

from parts.draws import between, whole
from parts.facts import CITY, CLOSE_SITES, COUNTIES, ENGLISH, KEY_SITES, LETTER, MADE
from parts.geography import Geography, Row
from parts.outbreak import DAYS

Tables = dict[str, list[Row]]

PARTY_SCHOOL = "party-school"
_CLOSE_ROOMS = {"441802": 240, "441803": 180, "441821": 120, "441823": 120, "441881": 200, "441882": 240}
#: County, category, rooms, set-up, cost of opening, cost a day of use.
_CANDIDATES = (
    ("441802", "close_contact", 180, 2, 420_000, 36_000),
    ("441803", "close_contact", 120, 2, 300_000, 24_000),
    ("441881", "close_contact", 150, 2, 360_000, 30_000),
    ("441882", "close_contact", 200, 2, 420_000, 32_000),
    ("441826", "close_contact", 160, 3, 460_000, 26_000),
    ("441825", "key_person", 60, 2, 180_000, 12_000),
    ("441882", "key_person", 80, 1, 160_000, 14_000),
    ("441802", "key_person", 120, 1, 240_000, 20_000),
)
_STAY_SOURCE = (
    "14 days of central observation: the national protocol for prevention and control of COVID-19, "
    "third to eighth editions; wait and weight made"
)
#: What may be spent on surge levels, sites and conversions together.
OPENING_BUDGET = 3_600_000
#: Patients whom Lianzhou, the northern focus, may move to hospitals elsewhere.
TRANSFERS_PER_DAY = 12


def add_isolation(land: Geography, tables: Tables) -> None:
    """Add sites, candidates, categories, rules."""
    tables["categories"] += [
        {
            "category": "close_contact",
            "name": "Close contacts 密切接触者",
            "stay": 14,
            "wait": 1,
            "weight": 1.0,
            "together": True,
            "split": True,
            "source": _STAY_SOURCE,
        },
        {
            "category": "key_person",
            "name": "Key persons 重点人群",
            "stay": 14,
            "wait": 1,
            "weight": 0.4,
            "together": False,
            "split": False,
            "source": _STAY_SOURCE,
        },
    ]
    for county, sites in KEY_SITES.items():
        # Seven of ten rooms or more are taken: people arrive on every day of the year.
        for number in range(1, sites + 1):
            place = f"key-{county}-{number}"
            rooms = 10 * whole(4, 11, place, "rooms")
            _add_site(
                land,
                tables,
                place,
                county,
                county,
                f"{ENGLISH[county]} site {number} for key persons 重点人群观察点",
                "key_person",
                rooms,
                f"{LETTER} (22 in all); county, place and rooms made",
                taken=(0.55, 0.85),
            )
    for county in CLOSE_SITES:
        _add_site(
            land,
            tables,
            f"close-{county}",
            county,
            county,
            f"{ENGLISH[county]} site for close contacts 密切接触者观察点",
            "close_contact",
            _CLOSE_ROOMS[county],
            f"{LETTER} (7 in all); county, place and rooms made",
            taken=(0.1, 0.25),
        )
    _add_site(
        land,
        tables,
        PARTY_SCHOOL,
        "441802",
        CITY,
        "City party school 市委党校",
        "close_contact",
        260,
        f"{LETTER} (the city's own); rooms made",
        taken=(0.1, 0.25),
    )
    for county, category, rooms, setup, cost, running in _CANDIDATES:
        place = f"candidate-{county}-{'close' if category == 'close_contact' else 'key'}"
        name = f"{ENGLISH[county]} hotel 备用酒店"
        _add_site(
            land,
            tables,
            place,
            county,
            county,
            name,
            category,
            rooms,
            MADE,
            setup=setup,
            cost=cost,
            running=running,
        )
    for category in ("key_person", "close_contact"):
        for county in COUNTIES:
            tables["rules"].append(
                {
                    "rule": "isolation_minimum",
                    "area": county,
                    "what": category,
                    "amount": 1,
                    "from_period": 1,
                    "hard": False,
                    "weight": 1.0,
                    "count_upper_units": False,
                    "source": f"{LETTER}: one of each kind in each county; weight made",
                }
            )
    tables["rules"] += [
        {
            "rule": "opening_budget",
            "area": CITY,
            "what": "",
            "amount": OPENING_BUDGET,
            "hard": True,
            "source": MADE,
        },
        {
            "rule": "transfer_budget",
            "area": "441882",
            "what": "",
            "amount": TRANSFERS_PER_DAY,
            "from_period": 3,
            "hard": True,
            "source": MADE,
        },
    ]


def _add_site(
    land: Geography,
    tables: Tables,
    place: str,
    county: str,
    unit: str,
    name: str,
    category: str,
    rooms: int,
    source: str,
    *,
    setup: int | None = None,
    cost: int = 0,
    running: int = 0,
    taken: tuple[float, float] | None = None,
) -> None:
    """One site in one of the county's larger towns; it takes its own category only."""
    towns = sorted(land.towns_of(county), key=lambda town: -land.population[town])
    host = towns[whole(0, min(4, len(towns) - 1), place, "host")]
    land.add_place(place, "isolation", host, unit, name, source)
    tables["isolation_sites"].append(
        {
            "place": place,
            "rooms": rooms,
            "state": "open" if setup is None else "candidate",
            "setup": setup or 0,
            "cost": cost,
            "running_cost": running,
            "source": source,
        }
    )
    other = "key_person" if category == "close_contact" else "close_contact"
    tables["site_category"] += [
        {
            "place": place,
            "category": category,
            "allowed": True,
            "conversion_cost": 0,
            "cleaning": 1,
            "source": source,
        },
        {
            "place": place,
            "category": other,
            "allowed": False,
            "conversion_cost": 1_500 * rooms,
            "cleaning": 1,
            "source": "made: not allowed; what it would cost, 1,500 yuan a room",
        },
    ]
    if taken is not None:
        people = int(rooms * between(*taken, place, "taken"))
        for day in range(1, DAYS + 1):
            if people > 0:
                tables["occupied"].append(
                    {"place": place, "class": category, "period": day, "people": people, "source": MADE}
                )
            people -= whole(0, max(1, people // 7), place, "leave", day)
        members = 4 if category == "close_contact" else 3
        tables["residents"].append(
            {
                "place": place,
                "skill": "nursing",
                "members": -(-rooms * members // 100),
                "source": "made: enough for all rooms",
            }
        )
