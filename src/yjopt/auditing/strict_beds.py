"""Strict order of asking for beds: nobody goes further while a ward asked before has a bed and staff (section 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from yjopt.auditing.posts import CLASS, bed_cells
from yjopt.auditing.rows import distinct, expand, find, isin, join

if TYPE_CHECKING:
    from yjopt.auditing.beds import Wards
    from yjopt.auditing.command import Command
    from yjopt.auditing.facilities import Facilities
    from yjopt.auditing.facts import Facts
    from yjopt.auditing.people import Staff
    from yjopt.auditing.reach import Reach
    from yjopt.auditing.report import Report
    from yjopt.auditing.rows import Column, Ints, Rows


def check_strict_beds(
    command: Command,
    reach: Reach,
    wards: Wards,
    staff: Staff,
    facilities: Facilities,
    flows: Rows,
    admissions: Rows,
    report: Report,
) -> None:
    """Admissions although a ward of a lower position could have taken them."""
    facts, present = command.facts, wards.present
    if not facts.strict["beds"]:
        return
    chosen = flows["limit"] > 0
    rows, placed = flows.keep(chosen), admissions.keep(chosen)
    key = distinct(rows.key("place", "what", "period"))
    group = find(key, rows.key("place", "what", "period"))
    order = np.lexsort((rows["limit"], group))
    last = order[np.diff(group[order], append=-1) != 0] if len(order) else order
    limit, taker = rows["limit"][last], rows["taker"][last]

    eligible = facts["eligibility"]
    row, match = join((key[1],), (eligible["group"],))
    at, cell = join((eligible["class"][match],), (present.ward,))
    row = row[at]
    real = isin((present.place[cell], present.ward[cell]), bed_cells(facts))
    row, cell = row[real], cell[real]
    hospital, period = present.place[cell], key[2][row]
    giver = facts["places"]["unit"][hospital]
    step = command.step(giver, taker[row])
    lower = command.position("beds", step, taker[row]) < limit[row]
    row, cell, hospital, giver = row[lower], cell[lower], hospital[lower], giver[lower]
    step, period = step[lower], period[lower]

    seconds = reach.seconds("patients", period, hospital, key[0][row])
    may = (seconds >= 0) & (facts.delay(np.maximum(seconds, 0)) == 0)
    if facts.by_rung:
        decision = command.seconds("beds", step, taker[row], giver)
        known = _first_known(facts, key)[row]
        may &= known + facts.delay(np.maximum(seconds, 0) + decision) <= period
    may &= command.passes("beds", step, taker[row], giver, period)
    may &= command.open_facility("beds", hospital, period) & (facilities.ready[hospital] <= period)

    free = wards.beds[cell, period] - present.people[cell, period]
    may &= ~_lacks_staff(facts, staff, hospital, present.ward[cell], period)
    left = np.where(may, np.maximum(free, 0), 0)
    of = last[row]
    report.check(
        "strict_beds",
        "admissions",
        left == 0,
        "People of group {what} from {place} go to {to} in period {period}, but {other}, which is asked before, "
        "still has {amount:,} beds of class {bed} with staff.",
        place=("place", rows["place"][of]),
        what=("group", rows["what"][of]),
        period=period,
        to=("place", placed["to"][of]),
        other=("place", hospital),
        bed=("ward", present.ward[cell]),
        amount=left,
    )


def _first_known(facts: Facts, key: tuple[Ints, ...]) -> Ints:
    """First period in which anybody of a group from a place, who may be admitted in a period, was known."""
    arrivals = facts["arrivals"]
    arrivals = arrivals.keep(arrivals["people"] > 0)
    end = facts.last_chance(arrivals["period"], facts["groups"]["wait"][arrivals["group"]])
    at, period = expand(arrivals["period"], end)
    row = find(key, (arrivals["place"][at], arrivals["group"][at], period))
    first = np.full(len(key[0]), facts.horizon + 1, dtype=np.int64)
    np.minimum.at(first, row[row >= 0], arrivals["known"][at[row >= 0]])
    return first


def _lacks_staff(facts: Facts, staff: Staff, place: Column, ward: Column, period: Column) -> Column:
    """Whether one more person in the ward would want more members of some skill than are there."""
    staffing = facts["staffing"]
    rows = staffing.keep((staffing["kind"] == CLASS) & (staffing["members"] > 0))
    at, need = join((ward,), (rows["what"],))
    cell = find(staff.key, (place[at], rows["skill"][need]))
    wanting = staff.spare[cell, period[at]] < rows["members"][need]
    lacks = np.zeros(len(place), dtype=bool)
    lacks[at[wanting]] = True
    return lacks
