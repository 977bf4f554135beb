"""Who decides in which time, and the response levels of the city: the tables of the command rules."""

from __future__ import annotations

from parts.facts import CITY, LETTER, MADE
from parts.geography import Row

Tables = dict[str, list[Row]]

#: Step of the ladder, hours from the request to the decision, who decides.
_LADDER = (
    ("pool", 2, "the area above answers"),
    ("peer-1", 4, "the county asks another of its towns, the city another of its counties"),
    ("peer-2", 12, "the city asks another county"),
    ("above-2", 12, "the request climbs two levels, to the city for a town"),
    ("above-3", 36, "the request climbs three levels, to the province for a town"),
    ("purchase", 24, "the city's bureau of finance decides"),
)
#: Area, day, response level, mode.
_LEVELS = (
    (CITY, 1, "III", "peace"),
    ("441802", 1, "II", ""),
    ("441882", 1, "II", ""),
    (CITY, 3, "II", "war"),
)


def add_command(tables: Tables) -> None:
    """Add ladder, levels and the one gate that stands on them."""
    for step, hours, who in _LADDER:
        tables["ladder"].append(
            {
                "area": CITY,
                "step": step,
                "decision_hours": hours,
                "source": f"{LETTER} (four command levels); hours made: {who}",
            }
        )
    for area, day, level, mode in _LEVELS:
        severity = "major" if mode == "war" else ""
        tables["levels"].append(
            {"area": area, "period": day, "level": level, "mode": mode, "severity": severity, "source": MADE}
        )
    tables["gates"].append(
        {
            "gate": "critical-first",
            "area": CITY,
            "opens": "skip",
            "resource": "beds",
            "level": "II",
            "source": "made: from level II on patients go to the city's hospitals without asking other counties first",
        }
    )
