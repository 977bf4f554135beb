"""One outbreak drives all: cases by town, day and group, and from them contacts and sealed people."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from parts.draws import pick, uniform, whole
from parts.geography import Geography, Row, driving_minutes

DAYS = 7
#: Two foci: a street of the city's own district, and the seat of Lianzhou in the north; share of the cases.
FOCI = {"441802003": 0.55, "441882100": 0.45}
CASES = 560
#: Cases found before day 1, by which the first people are already sealed in.
EARLIER_CASES = 200
#: Share of the cases found on each day: rising, then slowly falling.
CURVE = (0.10, 0.13, 0.16, 0.18, 0.17, 0.14, 0.12)
GROUPS = ("mild", "ordinary", "severe", "critical")
SEVERITY = (0.80, 0.15, 0.04, 0.01)
#: People of risk areas who arrive in the city on a day and are to be observed as key persons.
KEY_PERSONS_PER_DAY = 85
#: People sealed in per case found so far, from the third case on, and the largest share of a town.
SEALED_PER_CASE = 330
SEALED_FROM_CASES = 3
SEALED_SHARE = 0.30
SPREAD_MINUTES = 22.0

SEVERITY_SOURCE = (
    "made: one drawn outbreak of 560 cases in 7 days; 80/15/4/1 % mild, ordinary, severe, critical, near the "
    "shares in the report of the WHO-China joint mission 2020"
)
CONTACTS_SOURCE = "made: 2 to 6 people per case who must leave their homes"
KEY_SOURCE = "made: 85 arrivals a day from risk areas, by population"


@dataclass(frozen=True)
class Outbreak:
    """The cases, and what follows from them.

    Parameters
    ----------
    land : Geography
        Towns and roads.
    """

    land: Geography

    @cached_property
    def intensity(self) -> dict[str, float]:
        """Share of the cases each town is likely to have: falls with driving time from the foci."""
        land = self.land
        shares = dict.fromkeys(land.towns, 0.0)
        for focus, share in FOCI.items():
            minutes = driving_minutes(land, focus)
            pull = {
                town: math.sqrt(land.population[town])
                * math.exp(-minutes[town] / SPREAD_MINUTES)
                * (2 if town == focus else 1)
                for town in land.towns
            }
            for town in land.towns:
                shares[town] += share * pull[town] / sum(pull.values())
        return shares

    @cached_property
    def cases(self) -> list[tuple[str, int, str]]:
        """Town, day and group of every case found in the horizon."""
        towns = self.land.towns
        weights = [self.intensity[town] for town in towns]
        return [
            (
                towns[pick(weights, "case", case, "town")],
                1 + pick(CURVE, "case", case, "day"),
                GROUPS[pick(SEVERITY, "case", case, "group")],
            )
            for case in range(CASES)
        ]

    @cached_property
    def found(self) -> dict[tuple[str, int], int]:
        """Cases found in a town up to the end of a day, those before day 1 included."""
        earlier = Counter(
            self.land.towns[pick([self.intensity[town] for town in self.land.towns], "earlier case", case)]
            for case in range(EARLIER_CASES)
        )
        new = Counter((town, day) for town, day, _ in self.cases)
        found: dict[tuple[str, int], int] = {}
        for town in self.land.towns:
            total = earlier[town]
            for day in range(1, DAYS + 1):
                total += new[town, day]
                found[town, day] = total
        return found

    def sealed(self, town: str, day: int) -> int:
        """People sealed in their homes in a town on a day."""
        if self.found[town, day] < SEALED_FROM_CASES:
            return 0
        return min(
            int(SEALED_SHARE * self.land.population[town]) // 50 * 50, SEALED_PER_CASE * self.found[town, day]
        )

    def sealed_towns(self, day: int, at_least: int = 1) -> list[str]:
        """Towns with so many sealed people."""
        return [town for town in self.land.towns if self.sealed(town, day) >= at_least]

    def arrivals(self) -> list[Row]:
        """Rows of `arrivals`."""
        counts = Counter((town, GROUPS.index(group), day) for town, day, group in self.cases)
        return [
            {
                "place": town,
                "group": GROUPS[group],
                "period": day,
                "people": people,
                "source": SEVERITY_SOURCE,
            }
            for (town, group, day), people in sorted(counts.items())
        ]

    def contacts(self) -> list[Row]:
        """Rows of `contacts`: close contacts of the cases, and key persons in proportion to population."""
        close: Counter[tuple[str, int]] = Counter()
        for case, (town, day, _) in enumerate(self.cases):
            close[town, day] += whole(2, 6, "case", case, "contacts")
        towns = self.land.towns
        weights = [self.land.population[town] for town in towns]
        key = Counter(
            (towns[pick(weights, "key person", day, person)], day)
            for day in range(1, DAYS + 1)
            for person in range(KEY_PERSONS_PER_DAY + int(20 * uniform("key persons", day)) - 10)
        )
        return [
            {"place": town, "category": category, "period": day, "people": people, "source": source}
            for category, counts, source in (
                ("close_contact", close, CONTACTS_SOURCE),
                ("key_person", key, KEY_SOURCE),
            )
            for (town, day), people in sorted(counts.items())
        ]
