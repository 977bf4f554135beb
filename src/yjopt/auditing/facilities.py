"""Hospitals that open in order: backup after the designated ones are loaded, makeshift in place of its other use.

Section 9 of ``docs/concepts/command.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.auditing.openings import check_opened
from yjopt.auditing.posts import bed_cells, inherited_people
from yjopt.auditing.rows import Rows, find, isin, product
from yjopt.schema import INPUT, OUTPUT, ROLES

if TYPE_CHECKING:
    from yjopt.auditing.beds import Wards
    from yjopt.auditing.command import Command
    from yjopt.auditing.report import Report
    from yjopt.auditing.rows import Column, Ints
    from yjopt.auditing.stages import Tally

FACILITY: Final = OUTPUT["openings"]["what"].choices.index("facility")
_LOAD: Final = INPUT["rules"]["rule"].choices.index("backup_load")
_DESIGNATED, _BACKUP, _MAKESHIFT = (ROLES.index(word) for word in ("designated", "backup", "makeshift"))


@dataclass(frozen=True)
class Facilities:
    """When places may take people.

    Attributes
    ----------
    ready : int array, shape (places,)
        First period of use: 1 for all that need no opening, after the horizon for what is never opened.
    decided : int array, shape (places,)
        Period from which a makeshift place has lost its other use; after the horizon for all others.
    opened : Rows
        Rows of openings with ``row`` of the facilities table.
    """

    ready: Ints
    decided: Ints
    opened: Rows


def check_facilities(command: Command, openings: Rows, report: Report, tally: Tally) -> Facilities:
    """Openings of facilities by themselves."""
    facts = command.facts
    table, horizon = facts["facilities"], facts.horizon
    rows = openings.keep(openings["what"] == FACILITY)
    row = find((table["place"],), (rows["place"],))
    rules = _load_rules(command)
    waits = table["role"] == _MAKESHIFT
    for area in rules["area"]:  # a handful of rows
        inside = command.ladder.inside(facts["places"]["area"][table["place"]], area)
        waits = waits | ((table["role"] == _BACKUP) & inside)
    occupied = facts["occupied"].keep(inherited_people(facts)[0])
    at_first = occupied.keep((occupied["period"] == 1) & (occupied["people"] > 0))
    waits = waits & ~isin((table["place"],), (at_first["place"],))

    rows = check_opened(facts, rows, table, row, waits, "hospital", report)
    row = rows["row"]
    tally.add("money", table["cost"][row])

    ready = np.ones(len(facts["places"]), dtype=np.int64)
    ready[table["place"][waits]] = horizon + 1
    np.minimum.at(ready, rows["place"], rows["first"])
    decided = np.full(len(facts["places"]), horizon + 1, dtype=np.int64)
    made = table["role"][row] == _MAKESHIFT
    np.minimum.at(decided, rows["place"][made], rows["decided"][made])
    return Facilities(ready=ready, decided=decided, opened=rows)


def check_facility_use(
    facilities: Facilities, admissions: Rows, transfers: Rows, holdings: Rows, report: Report
) -> None:
    """Nobody is taken in before a hospital is open; a makeshift one holds nobody in isolation any more."""
    for name, rows in (("admissions", admissions), ("transfers", transfers)):
        ready = facilities.ready[rows["to"]]
        report.check(
            "facility_closed",
            name,
            rows["period"] >= ready,
            "{place} takes people in period {period}, before it is open.",
            place=("place", rows["to"]),
            period=rows["period"],
            amount=ready - rows["period"],
        )
    report.check(
        "makeshift_use",
        "holdings",
        holdings["period"] < facilities.decided[holdings["place"]],
        "{place} holds {what} in period {period}, though it was to become a makeshift hospital by then.",
        place=("place", holdings["place"]),
        what=("ward", holdings["category"]),
        period=holdings["period"],
    )


def check_backup_load(command: Command, facilities: Facilities, wards: Wards, report: Report) -> None:
    """A backup hospital is decided only once the designated ones of an area are loaded as its rule says."""
    facts = command.facts
    rules, table = _load_rules(command), facts["facilities"]
    rows = facilities.opened
    rows = rows.keep(table["role"][rows["row"]] == _BACKUP)
    area, present = facts["places"]["area"], wards.present
    listed = find((table["place"],), (present.place,))
    role = np.where(listed >= 0, table["role"][listed], _DESIGNATED) if len(table) else listed * 0
    cells = bed_cells(facts)
    loaded = np.zeros(len(rows), dtype=bool)
    for number, (place, decided) in enumerate(zip(rows["place"], rows["decided"], strict=True)):
        same = (role == _DESIGNATED) & isin((present.ward,), (cells[1][cells[0] == place],))
        for rule in range(len(rules)):
            if not command.ladder.inside(area[place], rules["area"][rule]):
                continue
            chosen = same & command.ladder.inside(area[present.place], rules["area"][rule])
            people, beds = present.people[chosen].sum(axis=0), wards.beds[chosen].sum(axis=0)
            # Amounts are in hundredths of a per cent.
            full = (beds > 0) & (product(people, 10_000) >= product(beds, int(rules["amount"][rule])))
            loaded[number] |= bool(full[1 : int(decided) + 1].any())
    report.check(
        "backup_load",
        "openings",
        loaded,
        "{place} is to be opened in period {period}, but the designated hospitals were never loaded enough till then.",
        place=("place", rows["place"]),
        period=rows["decided"],
    )


def facility_costs(command: Command, facilities: Facilities) -> Rows:
    """Place and cost in fen of every hospital opened."""
    rows = facilities.opened
    cost: Column = command.facts["facilities"]["cost"][rows["row"]]
    return Rows({"place": rows["place"], "cost": cost}, len(cost))


def _load_rules(command: Command) -> Rows:
    rules = command.facts["rules"]
    return rules.keep(rules["rule"] == _LOAD)
