"""Patients and beds, contacts and isolation sites, and the rules on them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from parts.facts import (
    CITY_HOSPITAL,
    CITY_SITE,
    DAYS,
    DISTRICT,
    GUEST_HOUSE,
    HONGSHAN_HOSPITAL,
    HOSPITAL,
    HOTEL,
    MADE,
    PARTY_SCHOOL,
    SCHOOL,
    TOWN_HOSPITAL,
)
from parts.outbreak import CONTACTS_PER_CASE, KEY_PERSONS, OUTBREAK, cases

if TYPE_CHECKING:
    from parts.supplies import Tables

#: Hospital, class, beds, people there on the first day (one leaves a day).
_BEDS = (
    (TOWN_HOSPITAL, "general", 10, 3),
    (HOSPITAL, "general", 26, 11),
    (HOSPITAL, "intensive", 4, 2),
    (HONGSHAN_HOSPITAL, "general", 16, 9),
    (HONGSHAN_HOSPITAL, "intensive", 3, 2),
    (CITY_HOSPITAL, "general", 40, 18),
    (CITY_HOSPITAL, "intensive", 10, 5),
)
#: Class, skill, members per 100 beds, source.
_STAFFING = (
    ("general", "medical", 40, "0.4 nurses a bed: China's norm for ordinary wards (Ministry of Health 2012)"),
    ("intensive", "medical", 200, MADE),
)
#: Members of staff already there.
_RESIDENTS = {TOWN_HOSPITAL: 4, HOSPITAL: 19, HONGSHAN_HOSPITAL: 13, CITY_HOSPITAL: 46}
_STAY_SOURCE = "14 days of central observation: the national protocol for prevention and control of COVID-19"
#: Site: rooms, categories, set-up and cost of a candidate, people there on the first day.
_SITES: tuple[tuple[str, int, str, int | None, int, int], ...] = (
    (SCHOOL, 50, "close_contact", None, 0, 0),
    (PARTY_SCHOOL, 80, "close_contact", None, 0, 15),
    (HOTEL, 60, "close_contact", 2, 180_000, 0),
    (GUEST_HOUSE, 60, "key_person", None, 0, 12),
    (CITY_SITE, 120, "close_contact", None, 0, 20),
)


def add_people(tables: Tables) -> None:
    """Add the tables of section 6 of the model and the isolation part of section 8."""
    for group, name, stay, wait, weight, late in (
        ("mild", "Mild and ordinary 轻型和普通型", 10, 1, 30, 0.2),
        ("severe", "Severe and critical 重型和危重型", 14, 1, 200, 0.3),
    ):
        row = {"group": group, "name": name, "stay": stay, "wait": wait, "weight": weight, "late": late}
        source = "made: near the medians of 2020 case series in China; wait and weight made"
        tables["groups"].append(row | {"source": source})
    for group, bed_class, penalty in (("mild", "general", 0), ("severe", "intensive", 0)):
        row = {"group": group, "class": bed_class, "penalty": penalty}
        tables["eligibility"].append(row | {"source": "severity classes of the national protocol"})
    for (town, day, group), people in sorted(Counter(cases()).items()):
        row = {"place": town, "group": group, "period": day, "people": people, "source": OUTBREAK}
        tables["arrivals"].append(row)
    for place, bed_class, beds, there in _BEDS:
        row = {"place": place, "class": bed_class, "beds": beds, "opening": 1, "source": MADE}
        tables["beds"].append(row)
        _occupied(tables, place, bed_class, there)
    for bed_class, skill, members, source in _STAFFING:
        row = {"kind": "class", "what": bed_class, "skill": skill, "members": members, "source": source}
        tables["staffing"].append(row)
    for place, members in _RESIDENTS.items():
        row = {"place": place, "skill": "medical", "members": members, "source": MADE}
        tables["residents"].append(row)
    row = {"place": CITY_HOSPITAL, "class": "intensive", "level": 1, "beds": 4, "setup": 1}
    tables["surge"].append(row | {"cost": 400_000, "running_cost": 20_000, "source": MADE})
    _add_isolation(tables)


def _occupied(tables: Tables, place: str, what: str, people: int) -> None:
    for day in range(1, DAYS + 1):
        if people > 0:
            row = {"place": place, "class": what, "period": day, "people": people, "source": MADE}
            tables["occupied"].append(row)
        people -= 1


def _add_isolation(tables: Tables) -> None:
    for category, name, wait, weight, together in (
        ("close_contact", "Close contacts 密切接触者", 1, 1.0, True),
        ("key_person", "Key persons 重点人群", 1, 0.4, False),
    ):
        row = {"category": category, "name": name, "stay": 14, "wait": wait, "weight": weight}
        row |= {"together": together, "split": together, "source": f"{_STAY_SOURCE}; wait and weight made"}
        tables["categories"].append(row)
    for place, rooms, category, setup, cost, there in _SITES:
        row = {"place": place, "rooms": rooms, "state": "open" if setup is None else "candidate"}
        row |= {"setup": setup or 0, "cost": cost, "running_cost": cost // 20, "source": MADE}
        tables["isolation_sites"].append(row)
        row = {"place": place, "category": category, "allowed": True, "conversion_cost": 0, "cleaning": 1}
        tables["site_category"].append(row | {"source": MADE})
        _occupied(tables, place, category, there)
    found = Counter((town, day) for town, day, _ in cases())
    for (town, day), count in sorted(found.items()):
        row = {"place": town, "category": "close_contact", "period": day, "people": CONTACTS_PER_CASE * count}
        tables["contacts"].append(row | {"source": f"made: {CONTACTS_PER_CASE} contacts a case"})
    for town, days in KEY_PERSONS.items():
        for day, people in enumerate(days, 1):
            if not people:
                continue
            row = {"place": town, "category": "key_person", "period": day, "people": people}
            tables["contacts"].append(row | {"source": "made: arrivals from risk areas"})
    for category in ("close_contact", "key_person"):
        row = {"rule": "isolation_minimum", "area": DISTRICT, "what": category, "amount": 1, "hard": True}
        tables["rules"].append(row | {"source": "made: one site of each kind"})
    row = {"rule": "opening_budget", "area": DISTRICT, "what": "", "amount": 300_000, "hard": True}
    tables["rules"].append(row | {"source": MADE})
