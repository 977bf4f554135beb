"""Hospitals and beds, care groups, surge levels, and the staff that beds need."""

from __future__ import annotations

import math

from parts.draws import between, whole
from parts.facts import CITY, COUNTIES, ENGLISH, LETTER, MADE, SEATS
from parts.geography import Geography, Row
from parts.outbreak import DAYS

Tables = dict[str, list[Row]]

DESIGNATED, BACKUP, STADIUM = "hospital-designated", "hospital-backup", "hospital-stadium"
CLASSES = ("general", "negative_pressure", "negative_pressure_icu", "makeshift")

#: Beds by class; backup and county hospitals are smaller the fewer people a county has.
_CITY_BEDS = {
    DESIGNATED: {"general": 130, "negative_pressure": 36, "negative_pressure_icu": 12},
    BACKUP: {"general": 90, "negative_pressure": 12, "negative_pressure_icu": 4},
}
_STAYS = (
    "made: 8, 12, 16, 20 days; medians of 2020 case series in China lie at 10 to 13 days, longer when severe"
)
_GROUPS = (
    ("mild", "Mild 轻型", 8, 2, 20, 0.15),
    ("ordinary", "Ordinary 普通型", 12, 1, 40, 0.2),
    ("severe", "Severe 重型", 16, 1, 150, 0.3),
    ("critical", "Critical 危重型", 20, 0, 400, 0.4),
)
#: Group, class, minutes a person would rather travel than lie in this class.
_ELIGIBILITY = (
    ("mild", "makeshift", 0),
    ("mild", "general", 20),
    ("ordinary", "general", 0),
    ("ordinary", "negative_pressure", 60),
    ("severe", "negative_pressure", 0),
    ("severe", "negative_pressure_icu", 60),
    ("critical", "negative_pressure_icu", 0),
)
#: Place, class, level, beds, set-up, cost, running cost, break-down.
_SURGE = (
    (STADIUM, "makeshift", 1, 160, 2, 1_500_000, 60_000, 1),
    (STADIUM, "makeshift", 2, 160, 1, 900_000, 60_000, 1),
    (DESIGNATED, "general", 1, 40, 1, 260_000, 15_000, 0),
    (DESIGNATED, "negative_pressure_icu", 1, 6, 2, 900_000, 24_000, 0),
    (BACKUP, "general", 1, 50, 1, 300_000, 18_000, 0),
    ("441882-hospital", "general", 1, 30, 1, 220_000, 12_000, 0),
    ("441881-hospital", "general", 1, 30, 1, 220_000, 12_000, 0),
    ("441823-hospital", "general", 1, 20, 1, 160_000, 9_000, 0),
)
_STAFFING = (
    (
        "class",
        "general",
        "nursing",
        40,
        "0.4 nurses a bed: China's norm for ordinary wards (Ministry of Health 2012)",
    ),
    ("class", "negative_pressure", "nursing", 80, "made: twice an ordinary ward"),
    (
        "class",
        "negative_pressure_icu",
        "nursing",
        300,
        "3 nurses a bed: China's guideline for intensive care units 2009",
    ),
    (
        "class",
        "negative_pressure_icu",
        "intensive_care",
        80,
        "0.8 doctors a bed: China's guideline for intensive care units 2009",
    ),
    ("class", "makeshift", "nursing", 15, "made: after reports of the shelter hospitals of Wuhan 2020"),
    ("category", "close_contact", "nursing", 4, MADE),
    ("category", "key_person", "nursing", 3, MADE),
)


def add_health(land: Geography, tables: Tables) -> None:
    """Add hospitals and the tables of section 6 of the model."""
    fact = f"{LETTER} (that there is one; which house it is is not said)"
    land.add_place(DESIGNATED, "hospital", "441802002", CITY, "City designated hospital 市定点救治医院", fact)
    land.add_place(BACKUP, "hospital", "441803102", CITY, "City backup hospital 市后备医院", fact)
    land.add_place(
        STADIUM, "hospital", "441802001", CITY, "City stadium, makeshift hospital 市体育馆方舱医院", LETTER
    )
    beds: dict[str, dict[str, int]] = dict(_CITY_BEDS)
    for county in COUNTIES:
        place = f"{county}-hospital"
        land.add_place(
            place,
            "hospital",
            SEATS[county],
            county,
            f"{ENGLISH[county]} county hospital {land.names[county]}定点医院",
            MADE,
        )
        size = land.people_of(county) / 1_000_000
        beds[place] = {
            "general": 12 + int(34 * size),
            "negative_pressure": 4 + int(8 * size),
            "negative_pressure_icu": 2 + int(3 * size),
        }
    groups = tables["groups"]
    for group, name, stay, wait, weight, late in _GROUPS:
        groups.append(
            {
                "group": group,
                "name": name,
                "stay": stay,
                "wait": wait,
                "weight": weight,
                "late": late,
                "source": f"stay {_STAYS}; wait and weight made",
            }
        )
    for group, bed_class, penalty in _ELIGIBILITY:
        tables["eligibility"].append(
            {
                "group": group,
                "class": bed_class,
                "penalty": penalty,
                "source": "severity classes of the national diagnosis and treatment protocol; penalty made",
            }
        )
    for place, classes in beds.items():
        for bed_class, count in classes.items():
            tables["beds"].append(
                {"place": place, "class": bed_class, "beds": count, "opening": 1, "source": MADE}
            )
            _add_occupied(tables, place, bed_class, count)
        _add_residents(tables, place, classes)
    for place, bed_class, level, count, setup, cost, running, breakdown in _SURGE:
        tables["surge"].append(
            {
                "place": place,
                "class": bed_class,
                "level": level,
                "beds": count,
                "setup": setup,
                "cost": cost,
                "running_cost": running,
                "breakdown": breakdown,
                "source": f"{LETTER} (the stadium stands by); figures made" if place == STADIUM else MADE,
            }
        )
    for kind, what, skill, members, source in _STAFFING:
        tables["staffing"].append(
            {"kind": kind, "what": what, "skill": skill, "members": members, "source": source}
        )


def _add_occupied(tables: Tables, place: str, bed_class: str, beds: int) -> None:
    """Patients of other illnesses and earlier cases; a few leave each day."""
    people = round(beds * between(0.35, 0.6, place, bed_class, "occupied"))
    for day in range(1, DAYS + 1):
        if people > 0:
            tables["occupied"].append(
                {"place": place, "class": bed_class, "period": day, "people": people, "source": MADE}
            )
        people -= whole(0, max(1, people // 8), place, bed_class, "leave", day)


def _add_residents(tables: Tables, place: str, classes: dict[str, int]) -> None:
    """Own staff for some seven tenths of the beds; the rest needs teams."""
    need = {"nursing": 0.0, "intensive_care": 0.0}
    for _, what, skill, members, _ in _STAFFING:
        need[skill] += members * classes.get(what, 0) / 100
    for skill, members in need.items():
        here = math.ceil(members * between(0.65, 0.8, place, skill, "residents"))
        tables["residents"].append({"place": place, "skill": skill, "members": here, "source": MADE})
