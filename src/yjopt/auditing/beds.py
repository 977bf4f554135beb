"""Admissions, transfers, surge levels and the capacity of beds (section 6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.auditing.exceptions import granted
from yjopt.auditing.people import Present, check_known, inherited_in, same_period_seconds
from yjopt.auditing.posts import bed_cells, inherited_people
from yjopt.auditing.rows import Rows, add_up, ceil_div, distinct, find, isin, product, spread
from yjopt.schema import INPUT, OUTPUT

if TYPE_CHECKING:
    from yjopt.auditing.command import Command
    from yjopt.auditing.facts import Facts
    from yjopt.auditing.ladder import Ladder
    from yjopt.auditing.report import Fields, Report
    from yjopt.auditing.rows import Column, Ints
    from yjopt.auditing.stages import Tally
    from yjopt.auditing.travel import Travel

SURGE: Final = OUTPUT["openings"]["what"].choices.index("surge")
FACILITY: Final = OUTPUT["openings"]["what"].choices.index("facility")
TRANSFER_BUDGET: Final = INPUT["rules"]["rule"].choices.index("transfer_budget")


@dataclass(frozen=True)
class Wards:
    """Who lies in the classes of hospitals, and the beds there.

    Attributes
    ----------
    present : Present
        People in every (place, class).
    beds : int array, shape (cells, periods + 1)
        Beds in place and surge in use.
    """

    present: Present
    beds: Ints


def check_admissions(command: Command, travel: Travel, rows: Rows, report: Report, tally: Tally) -> Rows:
    """Admissions by themselves and against the arrivals; returns them with the ``end`` of their stay."""
    facts = command.facts
    arrivals, groups, eligibility = facts["arrivals"], facts["groups"], facts["eligibility"]
    at: Fields = {
        "place": ("place", rows["from"]),
        "what": ("group", rows["group"]),
        "period": rows["period"],
        "to": ("place", rows["to"]),
        "bed": ("ward", rows["class"]),
    }
    arrival = find(arrivals.key("place", "group", "period"), rows.key("from", "group", "arrived"))
    report.check(
        "arrival_unknown",
        "admissions",
        arrival >= 0,
        "Nobody of group {what} fell ill at {place} in period {arrived}.",
        arrived=rows["arrived"],
        **at,
    )
    end = facts.last_chance(rows["arrived"], groups["wait"][rows["group"]])
    report.check(
        "admission_window",
        "admissions",
        (rows["period"] >= rows["arrived"]) & (rows["period"] <= end),
        "People of group {what} from {place} may be admitted in periods {arrived} to {end}, not in {period}.",
        arrived=rows["arrived"],
        end=end,
        **at,
    )
    match = find(eligibility.key("group", "class"), rows.key("group", "class"))
    report.check("not_eligible", "admissions", match >= 0, "Group {what} may not lie in {bed}.", **at)
    report.check(
        "beds_unknown",
        "admissions",
        isin(rows.key("to", "class"), bed_cells(facts)),
        "{to} has no beds of class {bed}.",
        **at,
    )
    seconds = same_period_seconds(facts, travel, "patients", "admissions", rows, report)
    known = arrivals["known"][arrival] if len(arrivals) else arrival
    check_known(command, "beds", rows, np.where(arrival >= 0, known, 0), seconds, report)

    admitted = add_up(len(arrivals), arrival, rows["people"])
    report.check(
        "admitted_above_arrivals",
        "admissions",
        admitted <= arrivals["people"],
        "{admitted:,} people of group {what} from {place} are admitted, {amount:,} more "
        "than fell ill in period {period}.",
        place=("place", arrivals["place"]),
        what=("group", arrivals["group"]),
        period=arrivals["period"],
        admitted=admitted,
        amount=admitted - arrivals["people"],
    )

    penalty = eligibility["penalty"][match] if len(eligibility) else match * 0
    load = ceil_div(product(seconds + np.where(match >= 0, penalty, 0), facts.carry_person), 60)
    tally.add("time", product(load, rows["people"]))
    weight, late = groups["weight"], groups["late"]
    waited = np.maximum(rows["period"] - rows["arrived"], 0)
    waiting = product(weight[rows["group"]], late[rows["group"]], waited, rows["people"])
    tally.add("unmet_people", waiting, rows["from"])
    group = arrivals["group"]
    could_wait = facts.last_chance(arrivals["period"], groups["wait"][group]) - arrivals["period"]
    left = np.maximum(arrivals["people"] - admitted, 0)
    tally.add(
        "unmet_people", product(weight[group], 1_000 + late[group] * could_wait, left), arrivals["place"]
    )
    return rows.plus(end=rows["period"] + groups["stay"][rows["group"]] - 1)


def check_transfers(
    facts: Facts, travel: Travel, ladder: Ladder, rows: Rows, admissions: Rows, report: Report, tally: Tally
) -> None:
    """Transfers by themselves, against the people who lie there, and against the budgets."""
    groups, eligibility, beds = facts["groups"], facts["eligibility"], bed_cells(facts)
    at: Fields = {
        "place": ("place", rows["from"]),
        "what": ("ward", rows["from_class"]),
        "period": rows["period"],
        "to": ("place", rows["to"]),
        "bed": ("ward", rows["to_class"]),
    }
    new = rows["group"] >= 0
    match = find(eligibility.key("group", "class"), rows.key("group", "to_class"))
    report.check(
        "transfer_bed",
        "transfers",
        (rows["to"] != rows["from"])
        & isin(rows.key("to", "to_class"), beds)
        & np.where(new, match >= 0, rows["from_class"] == rows["to_class"]),
        "People in {what} at {place} cannot be moved to {bed} at {to}.",
        **at,
    )
    stay = np.where(new, groups["stay"][rows["group"]], 0) if len(groups) else rows["group"] * 0
    admitted_in = rows["last"] - stay + 1
    ends = np.minimum(rows["last"], facts.horizon)
    inside = (
        (rows["period"] <= ends)
        & (~new | (rows["period"] > admitted_in))
        & (new | (rows["last"] <= facts.horizon))
    )
    report.check(
        "transfer_window",
        "transfers",
        inside,
        "People in {what} at {place}, there to period {last}, cannot be moved in {period}.",
        last=rows["last"],
        **at,
    )
    seconds = same_period_seconds(facts, travel, "patients", "transfers", rows, report)

    there = distinct(rows.keep(new).key("from", "from_class", "group", "last"))
    moved = add_up(
        len(there[0]), find(there, rows.key("from", "from_class", "group", "last")), rows["people"]
    )
    lying = add_up(
        len(there[0]), find(there, admissions.key("to", "class", "group", "end")), admissions["people"]
    )
    report.check(
        "transfer_people",
        "transfers",
        moved <= lying,
        "{moved:,} people are moved from {what} at {place}, {amount:,} more than were "
        "admitted there to stay to period {last}.",
        place=("place", there[0]),
        what=("ward", there[1]),
        moved=moved,
        last=there[3],
        amount=moved - lying,
    )
    _check_inherited_transfers(facts, rows.keep(~new), report)

    rules, area = facts["rules"], facts["places"]["area"][rows["from"]]
    rules = rules.keep(rules["rule"] == TRANSFER_BUDGET)
    covered = np.zeros(len(rows), dtype=bool)
    for rule in range(len(rules)):  # a handful of rows
        first = max(1, int(rules["from_period"][rule]))
        bound = ladder.inside(area, rules["area"][rule]) & (rows["period"] >= first)
        covered |= bound
        people = add_up(facts.horizon + 1, rows["period"][bound], rows["people"][bound])
        report.check(
            "transfer_budget",
            "transfers",
            100 * people <= rules["amount"][rule],
            "{people:,} people are moved from hospitals in {what} in period {period}, {amount:,} too many.",
            what=("area", np.full(len(people), rules["area"][rule])),
            period=np.arange(len(people)),
            people=people,
            amount=people - rules["amount"][rule] // 100,
        )
    report.check(
        "transfer_rule",
        "transfers",
        covered,
        "No transfer budget lets people be moved from {place} in period {period}.",
        **at,
    )

    penalty = eligibility["penalty"][match] if len(eligibility) else match * 0
    load = ceil_div(product(seconds + np.where(new & (match >= 0), penalty, 0), facts.carry_person), 60)
    tally.add("time", product(load, rows["people"]))


def _check_inherited_transfers(facts: Facts, rows: Rows, report: Report) -> None:
    """People there at the start whose last period is the same, moved against how many they are."""
    occupied, horizon = facts["occupied"], facts.horizon
    occupied = occupied.keep(inherited_people(facts)[0])
    there = distinct(rows.keep(rows["last"] <= horizon).key("from", "from_class", "last"))
    cells = distinct(there[:2])
    table = np.pad(inherited_in(facts, occupied, cells), ((0, 0), (0, 1)))
    cell = find(cells, there[:2])
    leaving = table[cell, there[2]] - table[cell, there[2] + 1]
    moved = add_up(len(cell), find(there, rows.key("from", "from_class", "last")), rows["people"])
    report.check(
        "transfer_people",
        "transfers",
        moved <= leaving,
        "{moved:,} people there at the start are moved from {what} at {place}, {amount:,} "
        "more than stay to period {last}.",
        place=("place", there[0]),
        what=("ward", there[1]),
        moved=moved,
        last=there[2],
        amount=moved - leaving,
    )


def _check_facilities_known(facts: Facts, rows: Rows, report: Report) -> None:
    report.check(
        "opening_unknown",
        "openings",
        find((facts["facilities"]["place"],), (rows["place"],)) >= 0,
        "{place} is no facility that opens in order.",
        place=("place", rows["place"]),
        period=rows["decided"],
    )


def check_surge(facts: Facts, rows: Rows, report: Report, tally: Tally) -> Rows:
    """Surge levels opened; returns those known, with ``row`` of the surge table."""
    surge = facts["surge"]
    _check_facilities_known(facts, rows.keep(rows["what"] == FACILITY), report)
    rows = rows.keep(rows["what"] == SURGE)
    row = find(surge.key("place", "class", "level"), rows.key("place", "class", "level"))
    report.check(
        "opening_unknown",
        "openings",
        row >= 0,
        "{place} has no surge level {level} of {what}.",
        place=("place", rows["place"]),
        what=("ward", rows["class"]),
        period=rows["decided"],
        level=rows["level"],
    )
    rows = rows.plus(row=row).keep(row >= 0)
    row = rows["row"]
    at: Fields = {
        "place": ("place", rows["place"]),
        "what": ("ward", rows["class"]),
        "period": rows["decided"],
        "level": rows["level"],
    }
    many = add_up(len(surge), row, np.ones(len(rows), dtype=np.int64))
    report.check(
        "opening_twice",
        "openings",
        many[row] == 1,
        "Level {level} of {what} at {place} is opened {many} times.",
        many=many[row],
        **at,
    )
    first = rows["decided"] + facts.setup(surge["setup"])[row]
    report.check(
        "opening_first",
        "openings",
        (rows["first"] == first) & (first <= facts.horizon),
        "Level {level} of {what} at {place} decided in period {period} is ready in {right}, not {said}.",
        right=first,
        said=rows["first"],
        **at,
    )
    may_close = surge["running_cost"][row] > 0
    report.check(
        "opening_last",
        "openings",
        (rows["last"] == facts.horizon) | (may_close & (rows["last"] >= rows["first"])),
        "Level {level} of {what} at {place} cannot end with period {last}.",
        last=rows["last"],
        **at,
    )

    # Every level but the lowest follows the next lower one.
    decided = np.full(len(surge), facts.horizon + 1, dtype=np.int64)
    np.minimum.at(decided, row, rows["decided"])
    order = np.lexsort((surge["level"], surge["class"], surge["place"]))
    place, ward = surge["place"][order], surge["class"][order]
    follows = (np.diff(place, prepend=-1) == 0) & (np.diff(ward, prepend=-1) == 0)
    before = np.zeros(len(surge), dtype=np.int64)
    before[order[1:]] = np.where(follows[1:], decided[order[:-1]], 0) if len(order) else 0
    report.check(
        "surge_order",
        "openings",
        rows["decided"] >= before[row],
        "Level {level} of {what} at {place} is decided before the level below it.",
        **at,
    )

    closed = np.where(
        rows["last"] < facts.horizon,
        np.minimum(rows["last"] + surge["breakdown"][row], facts.horizon),
        facts.horizon,
    )
    tally.add("money", surge["cost"][row])
    tally.add("money", product(surge["running_cost"][row], np.maximum(closed - rows["first"] + 1, 0)))
    return rows


def check_beds(
    facts: Facts, admissions: Rows, transfers: Rows, surge: Rows, exceptions: Rows, report: Report
) -> Wards:
    """Capacity of every class in every period; returns who lies where, and the beds there are."""
    beds, levels, horizon = facts["beds"], facts["surge"], facts.horizon
    occupied = facts["occupied"]
    occupied = occupied.keep(inherited_people(facts)[0])
    key = distinct(
        bed_cells(facts),
        occupied.key("place", "class"),
        admissions.key("to", "class"),
        transfers.key("from", "from_class"),
        transfers.key("to", "to_class"),
    )
    size = len(key[0])

    def lying(rows: Rows, names: tuple[str, str], end: Column) -> Ints:
        return spread(size, horizon, find(key, rows.key(*names)), rows["period"], end, rows["people"])

    inherited = inherited_in(facts, occupied, key)
    people = inherited + lying(admissions, ("to", "class"), admissions["end"])
    people += lying(transfers, ("to", "to_class"), transfers["last"]) - lying(
        transfers, ("from", "from_class"), transfers["last"]
    )
    always = np.full(len(beds), horizon)
    plain = spread(
        size, horizon, find(key, beds.key("place", "class")), beds["opening"], always, beds["beds"]
    )
    extra = spread(
        size,
        horizon,
        find(key, surge.key("place", "class")),
        surge["first"],
        surge["last"],
        levels["beds"][surge["row"]],
    )
    waived = granted(facts, exceptions, "bed_capacity", key, "ward", np.maximum(inherited - plain, 0), report)
    over = people - plain - extra - waived
    report.check(
        "bed_capacity",
        "admissions",
        over <= 0,
        "{people:,} people lie in {what} at {place} in period {period}, {amount:,} too many.",
        place=("place", key[0]),
        what=("ward", key[1]),
        people=people,
        amount=over,
    )
    present = Present(place=key[0], ward=key[1], inherited=inherited, people=people)
    return Wards(present=present, beds=plain + extra)


def surge_cost(facts: Facts, surge: Rows) -> Rows:
    """Place and cost in fen of every surge level opened."""
    cost = facts["surge"]["cost"][surge["row"]]
    return Rows({"place": surge["place"], "cost": cost}, len(cost))
