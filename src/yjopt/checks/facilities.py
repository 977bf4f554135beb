"""Backup and makeshift hospitals: beds to open, and a rule by which they open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from yjopt.checks.people import occupancy
from yjopt.checks.tables import Batch, BoolArray, IntArray, Rule, Tables, error, quoted, warning, where
from yjopt.checks.tree import inside, sound
from yjopt.checks.words import listed

if TYPE_CHECKING:
    from collections.abc import Iterator


def with_beds(tables: Tables) -> BoolArray:
    """Return which places have beds or surge levels of some class."""
    has = np.zeros(tables.size("places") + 1, dtype=bool)
    for table in ("beds", "surge"):
        has[tables.rows(table, "place")] = True
    return has[:-1]


def roles(tables: Tables) -> IntArray:
    """Return for each place the row of ``facilities`` that makes it a backup or makeshift hospital, or -1."""
    row = np.full(tables.size("places") + 1, -1, dtype=np.int64)
    role = tables.words("facilities", "role")
    later = where((role == "backup") | (role == "makeshift"))
    row[tables.rows("facilities", "place")[later]] = later
    return row[:-1]


def _people_at_first(tables: Tables) -> tuple[BoolArray, BoolArray]:
    """Return at which places people lie in wards, and are in isolation, in period 1."""
    people = tables.once(occupancy)
    rows = people.index.to_numpy(dtype=np.int64)[(people["period"] == 1).to_numpy(dtype=bool)]
    place = tables.rows("occupied", "place", "places.place")[rows]
    isolated = (tables.rows("occupied", "place", "isolation_sites.place")[rows] >= 0) & (
        tables.rows("occupied", "class", "categories.category")[rows] >= 0
    )
    found = np.zeros((2, tables.size("places") + 1), dtype=bool)
    found[isolated.astype(np.int64), place] = True
    return found[0, :-1], found[1, :-1]


@error
def facility_without_beds(tables: Tables) -> Iterator[Batch]:
    """A facility with neither beds nor surge."""
    place = tables.rows("facilities", "place")
    rows = where((place >= 0) & ~np.append(tables.once(with_beds), True)[place])
    if len(rows):
        yield Batch(
            "facilities",
            rows,
            "place",
            "{value} has no beds, so that there is nothing to open.",
            "Add its beds to beds or surge, name the hospital, or take the row out.",
        )


@error
def makeshift_in_use(tables: Tables) -> Iterator[Batch]:
    """A makeshift hospital that has patients and people in isolation from the start."""
    lying, isolated = _people_at_first(tables)
    place = tables.rows("facilities", "place")
    rows = where(
        (tables.words("facilities", "role") == "makeshift") & np.append(lying & isolated, False)[place]
    )
    if len(rows):
        yield Batch(
            "facilities",
            rows,
            "place",
            "Patients lie at {value} in period 1, so that it is open as a hospital, but people are isolated"
            " there, too.",
            "Take one of the two out of occupied, or write designated.",
        )


def _rules_over(tables: Tables, area: IntArray) -> list[tuple[int, BoolArray]]:
    """Return the rows of ``backup_load`` with the areas (of a list) that lie inside their area."""
    rows = where((tables.words("rules", "rule") == "backup_load") & (tables.rows("rules", "area") >= 0))
    outer = tables.rows("rules", "area")
    return [(row, inside(tables, area, int(outer[row]))) for row in rows.tolist()]


@warning
def backup_without_rule(tables: Tables) -> Iterator[Batch]:
    """A backup hospital inside no area of a backup_load, which is open as any other."""
    if not sound(tables):
        return
    area = np.append(tables.rows("places", "area"), -1)[tables.rows("facilities", "place")]
    covered = np.zeros(len(area), dtype=bool)
    for _, its in _rules_over(tables, area):
        covered |= its
    backup = (tables.words("facilities", "role") == "backup") & (area >= 0)
    rows = where(backup & ~covered & tables.good("facilities", "place"))
    # A rule whose name or area cannot be read may be the one that is missing.
    if len(rows) and tables.good("rules", "rule", "area").all():
        yield Batch(
            "facilities",
            rows,
            "role",
            "No backup_load of the table rules holds where {place} lies, so that it is open from the start.",
            "Add the rule with the load in per cent, or write designated.",
            {"place": quoted(tables.words("facilities", "place")[rows])},
        )


@warning
def backup_never_opens(tables: Tables) -> Iterator[Batch]:
    """A backup hospital under rules in whose areas no designated hospital has beds of its classes."""
    if not sound(tables):
        return
    role = tables.once(roles)
    wards = pd.concat(
        [
            pd.DataFrame({"place": tables.rows(table, "place"), "class": tables.words(table, "class")})
            for table in ("beds", "surge")
        ],
        ignore_index=True,
    )
    wards = wards[(wards["place"] >= 0) & (wards["class"] != "")].drop_duplicates()
    place = wards["place"].to_numpy(dtype=np.int64)
    backup = np.zeros(len(place), dtype=bool)
    its_row = role[place]
    backup[its_row >= 0] = tables.words("facilities", "role")[its_row[its_row >= 0]] == "backup"
    if not backup.any():
        return
    its_class = wards["class"].to_numpy(dtype=object)
    area = tables.rows("places", "area")[place]
    ruled, opens = (np.zeros(tables.size("places"), dtype=bool) for _ in range(2))
    for _, its in _rules_over(tables, area):
        loaded = set(its_class[its & (its_row < 0)])
        ruled[place[its & backup]] = True
        opens[place[its & backup & np.array([one in loaded for one in its_class], dtype=bool)]] = True
    opens |= _people_at_first(tables)[0]
    never = where(ruled & ~opens)
    if len(never):
        rows = role[never]
        names = [listed(sorted(set(its_class[place == one]))) for one in never]
        yield Batch(
            "facilities",
            rows,
            "place",
            "No designated hospital in the area of its backup_load has beds of {classes}, so that {value} never"
            " opens.",
            "Widen the area of the rule, mend the classes, or write designated.",
            {"classes": names},
        )


@warning
def load_without_backup(tables: Tables) -> Iterator[Batch]:
    """A backup_load in whose area no backup hospital lies."""
    if not sound(tables):
        return
    backup = (tables.words("facilities", "role") == "backup") & (tables.rows("facilities", "place") >= 0)
    area = np.append(tables.rows("places", "area"), -1)[tables.rows("facilities", "place")[backup]]
    idle = [row for row, its in _rules_over(tables, area) if not its.any()]
    # A facility whose role or place cannot be read may be the backup.
    if idle and tables.good("facilities", "place", "role").all():
        yield Batch(
            "rules",
            np.array(idle, dtype=np.int64),
            "area",
            "No backup hospital of the table facilities lies inside {value}, so that the rule has no effect.",
            "Name the backups in facilities, mend the area, or take the row out.",
        )


@warning
def load_beyond_full(tables: Tables) -> Iterator[Batch]:
    """A backup_load of more than all beds."""
    rows = where((tables.words("rules", "rule") == "backup_load") & (tables.figures("rules", "amount") > 100))
    if len(rows):
        yield Batch(
            "rules",
            rows,
            "amount",
            "The amount is per cent of the beds, and no more than 100 of 100 are taken in.",
            "Write at most 100.",
        )


RULES: Final[tuple[Rule, ...]] = (
    facility_without_beds,
    makeshift_in_use,
    backup_without_rule,
    backup_never_opens,
    load_without_backup,
    load_beyond_full,
)
