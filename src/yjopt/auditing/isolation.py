"""Groups brought to isolation sites, and what the sites hold (section 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.auditing.exceptions import granted
from yjopt.auditing.openings import check_opened
from yjopt.auditing.parts import part_counts, part_sizes
from yjopt.auditing.people import Present, check_known, inherited_in, same_period_seconds
from yjopt.auditing.posts import inherited_people, site_cells
from yjopt.auditing.rows import Rows, add_up, ceil_div, distinct, find, isin, product, spread
from yjopt.schema import INPUT, OUTPUT

if TYPE_CHECKING:
    from yjopt.auditing.command import Command
    from yjopt.auditing.facts import Facts
    from yjopt.auditing.report import Fields, Report
    from yjopt.auditing.stages import Tally
    from yjopt.auditing.travel import Travel

SITE: Final = OUTPUT["openings"]["what"].choices.index("site")
CANDIDATE: Final = INPUT["isolation_sites"]["state"].choices.index("candidate")


def check_isolations(command: Command, travel: Travel, rows: Rows, report: Report, tally: Tally) -> Rows:
    """Isolations against sites and contacts; returns those known, with contacts row ``group`` and ``end``."""
    facts = command.facts
    contacts, categories = facts["contacts"], facts["categories"]
    category = find((categories["category"],), (rows["category"],))
    group = find(contacts.key("place", "category", "period"), rows.key("from", "category", "arrived"))
    at: Fields = {
        "place": ("place", rows["from"]),
        "what": ("ward", rows["category"]),
        "period": rows["period"],
        "to": ("place", rows["to"]),
    }
    report.check(
        "contacts_unknown",
        "isolations",
        group >= 0,
        "Nobody of {what} is due at {place} in period {arrived}.",
        arrived=rows["arrived"],
        **at,
    )
    rows = rows.plus(group=group, row=category).keep((group >= 0) & (category >= 0))
    group, category = rows["group"], rows["row"]
    at = {
        "place": ("place", rows["from"]),
        "what": ("ward", rows["category"]),
        "period": rows["period"],
        "to": ("place", rows["to"]),
    }

    end = facts.last_chance(rows["arrived"], categories["wait"][category])
    report.check(
        "isolation_window",
        "isolations",
        (rows["period"] >= rows["arrived"]) & (rows["period"] <= end),
        "People of {what} from {place} may be isolated in periods {arrived} to {end}, not in {period}.",
        arrived=rows["arrived"],
        end=end,
        **at,
    )
    report.check(
        "category_not_allowed",
        "isolations",
        isin(rows.key("to", "category"), site_cells(facts)),
        "{to} may not hold {what}.",
        **at,
    )
    seconds = same_period_seconds(facts, travel, "contacts", "isolations", rows, report)
    check_known(command, "isolation", rows, contacts["known"][group], seconds, report)
    _check_parts(facts, travel, rows, report)

    brought = add_up(len(contacts), group, rows["people"])
    report.check(
        "isolated_above_contacts",
        "isolations",
        brought <= contacts["people"],
        "{brought:,} people of {what} from {place} are isolated, {amount:,} more than "
        "are due in period {period}.",
        place=("place", contacts["place"]),
        what=("ward", contacts["category"]),
        period=contacts["period"],
        brought=brought,
        amount=brought - contacts["people"],
    )
    tally.add("time", product(ceil_div(product(seconds, facts.carry_person), 60), rows["people"]))
    waited = np.maximum(rows["period"] - rows["arrived"], 0)
    waiting = product(categories["weight"][category], waited, rows["people"], 1_000)
    tally.add("unmet_people", waiting, rows["from"])
    own = find((categories["category"],), (contacts["category"],))
    left = np.maximum(contacts["people"] - brought, 0)
    lost = product(categories["weight"][own], categories["stay"][own], left, 1_000)
    tally.add("unmet_people", lost, contacts["place"])
    return rows.plus(end=rows["arrived"] + categories["stay"][category] - 1)


def _check_parts(facts: Facts, travel: Travel, rows: Rows, report: Report) -> None:
    """Groups kept together go as wholes or as the parts the contract names."""
    contacts, categories, sites = facts["contacts"], facts["categories"], facts["isolation_sites"]
    group = rows["group"]
    together = categories["together"][rows["row"]]
    parts = part_counts(facts, travel)[group]
    at: Fields = {
        "place": ("place", rows["from"]),
        "what": ("ward", rows["category"]),
        "period": rows["period"],
    }
    known = (rows["part"] >= 1) & (rows["part"] <= parts)
    report.check(
        "part_unknown",
        "isolations",
        known,
        "The group of {what} at {place} has {parts} parts, none of number {part}.",
        parts=parts,
        part=rows["part"],
        **at,
    )
    size = part_sizes(contacts["people"][group], parts, rows["part"])
    one = distinct((group, rows["part"]))
    many = add_up(len(one[0]), find(one, (group, rows["part"])), np.ones(len(rows), dtype=np.int64))
    whole = (rows["people"] == size) & (many[find(one, (group, rows["part"]))] == 1)
    report.check(
        "part_whole",
        "isolations",
        ~together | ~known | whole,
        "Part {part} of the group of {what} at {place} is {size:,} people; {people:,} "
        "are brought, or it goes twice.",
        part=rows["part"],
        size=size,
        people=rows["people"],
        **at,
    )
    site = find((sites["place"],), (rows["to"],))
    rooms = np.where(site >= 0, sites["rooms"][site], 0) if len(sites) else site * 0
    report.check(
        "part_rooms",
        "isolations",
        ~together | (rows["people"] <= rooms),
        "{people:,} people of {what} from {place} do not fit {rooms:,} rooms.",
        people=rows["people"],
        rooms=rooms,
        amount=rows["people"] - rooms,
        **at,
    )


def check_sites_opened(facts: Facts, rows: Rows, report: Report, tally: Tally) -> Rows:
    """Candidate sites opened; returns those known, with ``row`` of the sites table."""
    sites = facts["isolation_sites"]
    rows = rows.keep(rows["what"] == SITE)
    row = find((sites["place"],), (rows["place"],))
    rows = check_opened(facts, rows, sites, row, sites["state"] == CANDIDATE, "site", report)
    row = rows["row"]
    tally.add("money", sites["cost"][row])
    tally.add("money", product(sites["running_cost"][row], facts.horizon - rows["first"] + 1))
    return rows


def check_holdings(facts: Facts, rows: Rows, opened: Rows, report: Report) -> None:
    """What sites hold, against what they may, when they are ready, and cleaning."""
    sites, allowed = facts["isolation_sites"], facts["site_category"]
    at: Fields = {
        "place": ("place", rows["place"]),
        "what": ("ward", rows["category"]),
        "period": rows["period"],
    }
    occupied = _inherited(facts)
    there = isin(rows.key("place", "category", "period"), occupied.key("place", "class", "period"))
    report.check(
        "holding_allowed",
        "holdings",
        there | isin(rows.key("place", "category"), site_cells(facts)),
        "{place} may not hold {what}.",
        **at,
    )
    site = find((sites["place"],), (rows["place"],))
    ready = np.where(sites["state"] == CANDIDATE, facts.horizon + 1, 1)
    np.minimum.at(ready, opened["row"], opened["first"])
    usable = (site >= 0) & (rows["period"] >= (ready[site] if len(sites) else 0))
    report.check(
        "site_not_usable", "holdings", usable | there, "{place} is not ready in period {period}.", **at
    )

    report.check(
        "holding_missing",
        "holdings",
        isin(occupied.key("place", "class", "period"), rows.key("place", "category", "period")),
        "{place} has people of {what} in period {period} and does not hold it.",
        place=("place", occupied["place"]),
        what=("ward", occupied["class"]),
        period=occupied["period"],
    )

    # The last period before each in which the site held another category, or 0.
    key = distinct(rows.key("place", "category"))
    held = np.zeros((len(key[0]), facts.horizon + 1), dtype=np.int64)
    held[find(key, rows.key("place", "category")), rows["period"]] = 1
    per_site = distinct((key[0],))
    of = find(per_site, (key[0],))
    count = np.zeros((len(per_site[0]), facts.horizon + 1), dtype=np.int64)
    np.add.at(count, of, held)
    periods = np.arange(facts.horizon + 1)
    latest = np.maximum.accumulate(np.where(count[of] - held > 0, periods, 0), axis=1)
    row = find(allowed.key("place", "category"), key)
    cleaning = np.where(row >= 0, allowed["cleaning"][row], 0) if len(allowed) else row * 0
    clean = (held == 0) | (latest == 0) | (latest < periods - cleaning[:, None])
    report.check(
        "holding_exclusive",
        "holdings",
        clean,
        "{place} cannot hold {what} in period {period}: it held another category in period {other}.",
        place=("place", key[0]),
        what=("ward", key[1]),
        other=latest,
    )


def check_sites(facts: Facts, isolations: Rows, holdings: Rows, exceptions: Rows, report: Report) -> Present:
    """Rooms of every site and category in every period; returns who is where."""
    sites, horizon = facts["isolation_sites"], facts.horizon
    occupied = _inherited(facts)
    key = distinct(
        site_cells(facts),
        occupied.key("place", "class"),
        isolations.key("to", "category"),
        holdings.key("place", "category"),
    )
    inherited = inherited_in(facts, occupied, key)
    people = inherited + spread(
        len(key[0]),
        horizon,
        find(key, isolations.key("to", "category")),
        isolations["period"],
        isolations["end"],
        isolations["people"],
    )
    site = find((sites["place"],), (key[0],))
    rooms = np.where(site >= 0, sites["rooms"][site], 0) if len(sites) else site * 0
    held = np.zeros((len(key[0]), horizon + 1), dtype=np.int64)
    held[find(key, holdings.key("place", "category")), holdings["period"]] = 1
    waived = granted(
        facts, exceptions, "site_capacity", key, "ward", np.maximum(inherited - rooms[:, None], 0), report
    )
    over = people - rooms[:, None] * held - waived
    report.check(
        "site_capacity",
        "isolations",
        over <= 0,
        "{people:,} people of {what} are at {place} in period {period}, {amount:,} too many.",
        place=("place", key[0]),
        what=("ward", key[1]),
        people=people,
        amount=over,
    )
    return Present(place=key[0], ward=key[1], inherited=inherited, people=people)


def conversions(facts: Facts, holdings: Rows) -> Rows:
    """Place and cost in fen of every conversion: categories held in any period and not there in period 1."""
    allowed, occupied = facts["site_category"], _inherited(facts)
    place, ward = distinct(holdings.key("place", "category"))
    at_first = occupied.keep(occupied["period"] == 1)
    row = find(allowed.key("place", "category"), (place, ward))
    paid = (row >= 0) & ~isin((place, ward), at_first.key("place", "class"))
    cost = allowed["conversion_cost"][row[paid]]
    return Rows({"place": place[paid], "category": ward[paid], "cost": cost}, len(cost))


def site_costs(facts: Facts, opened: Rows) -> Rows:
    """Place and cost in fen of every site opened."""
    cost = facts["isolation_sites"]["cost"][opened["row"]]
    return Rows({"place": opened["place"], "cost": cost}, len(cost))


def _inherited(facts: Facts) -> Rows:
    """Rows of ``occupied`` with people of isolation categories."""
    occupied = facts["occupied"]
    return occupied.keep(inherited_people(facts)[1] & (occupied["people"] > 0))
