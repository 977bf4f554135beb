"""Strict order of asking for isolation: no group goes further while a site asked before could take it (section 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from yjopt.auditing.isolation import CANDIDATE
from yjopt.auditing.rows import distinct, expand, find, join
from yjopt.auditing.rules import BUDGET

if TYPE_CHECKING:
    from yjopt.auditing.command import Command
    from yjopt.auditing.facilities import Facilities
    from yjopt.auditing.facts import Facts
    from yjopt.auditing.people import Present
    from yjopt.auditing.reach import Reach
    from yjopt.auditing.report import Report
    from yjopt.auditing.rows import Column, Ints, Rows


def check_strict_isolation(
    command: Command,
    reach: Reach,
    isolated: Present,
    holdings: Rows,
    opened: Rows,
    converted: Rows,
    spent: Column,
    facilities: Facilities,
    flows: Rows,
    isolations: Rows,
    report: Report,
) -> None:
    """Groups brought to sites although a site of a lower position could have taken them."""
    facts = command.facts
    if not facts.strict["isolation"]:
        return
    chosen = flows["limit"] > 0
    flows, rows = flows.keep(chosen), isolations.keep(chosen)
    categories, sites, allowed = facts["categories"], facts["isolation_sites"], facts["site_category"]
    size = np.where(categories["together"][rows["row"]], rows["people"], 1)
    allowed = allowed.keep(allowed["allowed"])
    row, match = join((rows["category"],), (allowed["category"],))
    place = allowed["place"][match]
    giver, taker = facts["places"]["unit"][place], flows["taker"][row]
    step = command.step(giver, taker)
    lower = command.position("isolation", step, taker) < flows["limit"][row]
    row, match, place, giver, taker, step = (
        column[lower] for column in (row, match, place, giver, taker, step)
    )

    period, category, people = rows["period"][row], rows["category"][row], size[row]
    site = find((sites["place"],), (place,))
    rooms, candidate = sites["rooms"][site], sites["state"][site] == CANDIDATE
    seconds = reach.seconds("contacts", period, place, rows["from"][row])
    may = (seconds >= 0) & (facts.delay(np.maximum(seconds, 0)) == 0) & (people <= rooms)
    soonest = _first_open(command, sites) + facts.setup(sites["setup"])
    may &= ~candidate | (period >= soonest[site])
    if facts.by_rung:
        decision = command.seconds("isolation", step, taker, giver)
        known = facts["contacts"]["known"][rows["group"][row]]
        may &= known + facts.delay(np.maximum(seconds, 0) + decision) <= period
    may &= command.passes("isolation", step, taker, giver, period)
    may &= command.open_facility("isolation", place, period) & (period < facilities.decided[place])

    ready = np.where(sites["state"] == CANDIDATE, facts.horizon + 1, 1)
    np.minimum.at(ready, opened["row"], opened["first"])
    usable = ready[site] <= period
    cell = find((isolated.place, isolated.ward), (place, category))
    holds, other, before = _held(facts, holdings, place, category, period, allowed["cleaning"][match])
    room = np.where(holds, rooms - isolated.people[cell, period], rooms)
    taken = (room < people) | (other & ~holds) | before
    cost = _cost_of_use(sites, allowed, converted, site, match, isolated.inherited[cell, 1] > 0)
    poor = _too_costly(command, place, cost, spent)
    left = np.where(may & np.where(usable, ~taken, ~poor), room, 0)
    report.check(
        "strict_isolation",
        "isolations",
        left == 0,
        "{people:,} people of {what} from {place} go to {to} in period {period}, but {site}, which is asked before, "
        "could take them: {amount:,} rooms.",
        place=("place", rows["from"][row]),
        what=("ward", category),
        period=period,
        to=("place", rows["to"][row]),
        site=("place", place),
        people=people,
        amount=left,
    )


def _first_open(command: Command, sites: Rows) -> Ints:
    """First period in which the opening of each site may be decided; after the horizon if never."""
    horizon = command.facts.horizon
    site, period = expand(np.ones(len(sites), dtype=np.int64), np.full(len(sites), horizon))
    may = command.open_facility("isolation", sites["place"][site], period)
    first = np.full(len(sites), horizon + 1, dtype=np.int64)
    np.minimum.at(first, site[may], period[may])
    return first


def _held(
    facts: Facts, holdings: Rows, place: Column, category: Column, period: Column, cleaning: Column
) -> tuple[Column, Column, Column]:
    """Whether a site holds the category, another one, or held another one within the periods of cleaning."""
    key = distinct(holdings.key("place", "category"), (place, category))
    held = np.zeros((len(key[0]), facts.horizon + 1), dtype=np.int64)
    held[find(key, holdings.key("place", "category")), holdings["period"]] = 1
    of = find(distinct((key[0],)), (key[0],))
    count = np.zeros((int(of.max(initial=-1)) + 1, facts.horizon + 1), dtype=np.int64)
    np.add.at(count, of, held)
    others = count[of] - held
    cell = find(key, (place, category))
    until = np.cumsum(others > 0, axis=1)
    first = np.maximum(period - cleaning, 1)
    before = until[cell, period - 1] - until[cell, first - 1]
    return held[cell, period] > 0, others[cell, period] > 0, (before > 0) & (cleaning > 0)


def _cost_of_use(
    sites: Rows, allowed: Rows, converted: Rows, site: Ints, match: Ints, there_at_first: Column
) -> Column:
    """Fen that opening a candidate and converting it for a category would add."""
    pays = find(converted.key("place", "category"), allowed.key("place", "category"))[match] >= 0
    conversion = np.where(pays | there_at_first, 0, allowed["conversion_cost"][match])
    return np.asarray(sites["cost"][site] + conversion)


def _too_costly(command: Command, place: Column, cost: Column, spent: Column) -> Column:
    """Whether some budget over the place has not so much left."""
    rules = command.facts["rules"]
    rules = rules.keep(rules["rule"] == BUDGET)
    area = command.facts["places"]["area"][place]
    poor = np.zeros(len(place), dtype=bool)
    for rule in range(len(rules)):  # a handful of rows
        over = cost + int(spent[rule]) > int(rules["amount"][rule])
        poor |= command.ladder.inside(area, rules["area"][rule]) & over
    return poor
