"""The command rules: who decides in which time, what opens at which response level, who helps whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parts.facts import (
    CITY,
    DISTRICT,
    EAST,
    FENGSHUIGOU,
    HONGSHAN,
    MADE,
    NINGCHENG,
    PINGZHUANG,
    PLAN,
    SONGSHAN,
    TOWNS,
    YUANBAOSHAN,
)
from parts.supplies import FOOD, TEST

if TYPE_CHECKING:
    from parts.supplies import Tables

#: Hours until each level has decided: heard, reported, discussed, ordered.
_DISTRICT_HOURS, _CITY_HOURS, _REGION_HOURS = 3, 18, 36
_HOURS_SOURCE = f"{PLAN}: requests climb level by level and are reported, discussed, ordered; hours made"
#: Steps of a request of a town, of the district, of the city, with the hours of those who decide on it.
_LADDER = (
    (
        TOWNS,
        {
            "pool": _DISTRICT_HOURS,
            "peer-1": _DISTRICT_HOURS,
            "peer-2": _CITY_HOURS,
            "above-2": _CITY_HOURS,
            "above-3": _REGION_HOURS,
        },
    ),
    (
        (DISTRICT,),
        {"pool": _CITY_HOURS, "peer-1": _CITY_HOURS, "above-2": _REGION_HOURS, "purchase": _CITY_HOURS},
    ),
    ((CITY,), {"pool": _REGION_HOURS}),
)
#: Area, day, response level, mode, severity.
_LEVELS = (
    (CITY, 1, "IV", "peace", "ordinary"),
    (DISTRICT, 1, "IV", "", ""),
    (DISTRICT, 2, "III", "", "large"),
    (CITY, 3, "III", "", "large"),
    (DISTRICT, 3, "", "war", "major"),
    (DISTRICT, 4, "II", "", ""),
)
#: Gate, what it opens, which, resource, level, severity, source.
_GATES = (
    (
        "medical-pool",
        "kind",
        "professional",
        "II",
        "",
        f"{PLAN}: medical stock is pooled at level II or higher",
    ),
    (
        "towns-pool",
        "step",
        "peer-1",
        "II",
        "",
        f"{PLAN}: the stock of all units is pooled at level II or higher",
    ),
    ("firms", "kind", "commercial", "III", "", "made: firms release what they hold from level III on"),
    ("production", "kind", "capacity", "II", "", "made: firms turn to protective goods from level II on"),
    (
        "technology",
        "kind",
        "technical",
        "",
        "major",
        "made: the laboratory fills its own kits when it is severe",
    ),
    ("districts", "step", "peer-2", "III", "", "made: districts help each other from level III on"),
    ("region", "step", "above-3", "", "major", f"{PLAN}: the region is asked in a major emergency"),
)
#: Who is helped, resource, helper, whether the area above both has to agree.
_PAIRING = (
    (YUANBAOSHAN, "supplies", PINGZHUANG, True, "made: paired by the district"),
    (YUANBAOSHAN, "supplies", EAST, True, "made: paired by the district"),
    (DISTRICT, "supplies", HONGSHAN, True, "made: paired by the city"),
    (DISTRICT, "supplies", SONGSHAN, True, "made: paired by the city"),
    (
        DISTRICT,
        "teams",
        HONGSHAN,
        False,
        "made: the two districts have agreed to lend testing teams on request",
    ),
    (DISTRICT, "teams", NINGCHENG, True, "made: paired by the city"),
)


def add_command(tables: Tables) -> None:
    """Add the tables of the command rules."""
    for areas, steps in _LADDER:
        for area in areas:
            for step, hours in steps.items():
                row = {"area": area, "step": step, "decision_hours": hours, "source": _HOURS_SOURCE}
                tables["ladder"].append(row)
    for area in TOWNS:
        for step, position in (("above-2", 3), ("peer-2", 4)):
            row = {"area": area, "resource": "beds", "step": step, "position": position}
            source = "made: patients go to the city's hospital before another district's; hours as above"
            tables["ladder"].append(row | {"decision_hours": _CITY_HOURS, "source": source})
    for area, day, level, mode, severity in _LEVELS:
        row = {"area": area, "period": day, "level": level, "mode": mode, "severity": severity}
        tables["levels"].append(row | {"source": MADE})
    for gate, opens, which, level, severity, source in _GATES:
        row = {"gate": gate, "area": DISTRICT, "opens": opens, "which": which, "resource": "supplies"}
        if gate == "region":
            row["resource"] = ""
        tables["gates"].append(row | {"level": level, "severity": severity, "source": source})
    for area, resource, helper, consent, source in _PAIRING:
        row = {"area": area, "helper": helper, "resource": resource, "consent": consent}
        tables["pairing"].append(row | {"source": source})
    row = {"rule": "own_first", "area": CITY, "what": "", "amount": 0, "hard": True}
    source = f"{PLAN}: a district helps others with what its own do not wait for"
    tables["rules"].append(row | {"source": source})
    row = {"place": YUANBAOSHAN, "item": TEST, "quantity": 4_000, "clear_by": 4}
    tables["quotas"].append(row | {"source": "made: dispatch first, report after"})
    for day in (2, 3):
        for item, quantity in ((FOOD, 8_000), (TEST, 3_000)):
            row = {"place": FENGSHUIGOU, "period": day, "item": item, "quantity": quantity}
            tables["blind"].append(row | {"source": "made: the town's lines are cut for two days"})
