"""Command rules, section 4, for beds, isolation and teams: lower givers are exhausted before higher ones are asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulp

from benchmarks.reference.facilities import beds_ever, ward
from benchmarks.reference.house import Programme, may_be_chosen, total
from benchmarks.reference.isolation import makeshift_decided
from benchmarks.reference.teams import staffed

if TYPE_CHECKING:
    from benchmarks.reference.house import Flow

Excuses = list[Any]


def build_strict_people(programme: Programme) -> None:
    """Write the rows of strict for beds, isolation and teams."""
    command = programme.command
    if command.strict("beds"):
        may_be_chosen(programme, "beds", lambda flow: _why_not_ward(programme, flow))
    if command.strict("isolation"):
        _build_isolation(programme)
    if command.strict("teams"):
        may_be_chosen(programme, "teams", lambda flow: _why_not_pool(programme, flow))


def _why_not_ward(programme: Programme, flow: Flow) -> Excuses:
    (hospital, what), t = flow.giver, flow.depart
    known = programme.variables["ward_full"]
    if (hospital, what, t) not in known:
        full = programme.add("ward_full", (hospital, what, t), 1)
        people, beds = ward(programme, hospital, what, t)
        programme.when(full, beds - people, beds_ever(programme, hospital, what))
    excuses: Excuses = [known[hospital, what, t]]
    excuses += _no_staff(programme, hospital, what, t)
    waits = programme.not_in_use(hospital, t)
    return excuses if isinstance(waits, int) else [*excuses, waits]


def _no_staff(programme: Programme, hospital: str, what: str, t: int) -> Excuses:
    """One binary per skill that the ward needs: it may be 1 only if nobody more can be looked after."""
    facts = programme.facts
    known = programme.variables["no_staff"]
    excuses = []
    for (place, skill), wanted in staffed(programme).items():
        mine = [members for kind, name, members in wanted if (kind, name) == ("class", what)]
        if place != hospital or not mine:
            continue
        if (hospital, what, skill, t) not in known:
            lacking = programme.add("no_staff", (hospital, what, skill, t), 1)
            there = sum(
                row["members"]
                for row in facts.rows["residents"]
                if (row["place"], row["skill"]) == (place, skill)
            )
            teams = programme.working[place, skill, "staffing", t]
            needed = sum(
                members * (facts.start(kind, place, name, t) + total(programme.lying[kind, place, name, t]))
                for kind, name, members in wanted
            )
            ever = there + sum(row["teams"] * row["people"] for row in facts.rows["pools"])
            programme.when(lacking, 100 * (there + total(teams)) - needed - mine[0] + 1, 100 * ever + 1)
        excuses.append(known[hospital, what, skill, t])
    return excuses


def _build_isolation(programme: Programme) -> None:
    """Parts of contacts; sites that could not be ready by then are no reason."""
    facts = programme.facts
    sites = {row["place"]: row for row in facts.rows["isolation_sites"]}

    def could(flow: Flow) -> bool:
        place = flow.giver[0]
        site = sites[place]
        if site["state"] == "open":
            return True
        decided = [d for d in facts.periods if programme.command.facility_open(place, "isolation", d)]
        return bool(decided) and decided[0] + facts.setup(site["setup"]) <= flow.depart

    # Nobody goes to a site that is not ready, so the flows that fall out here are 0 anyway.
    programme.flows["isolation"] = list(filter(could, programme.flows["isolation"]))
    may_be_chosen(programme, "isolation", lambda flow: _why_not_site(programme, flow))


def _why_not_site(programme: Programme, flow: Flow) -> Excuses:
    (site, name), t = flow.giver, flow.depart
    facts = programme.facts
    rooms = {row["place"]: row["rooms"] for row in facts.rows["isolation_sites"]}[site]
    settings = next(
        row for row in facts.rows["site_category"] if (row["place"], row["category"]) == (site, name)
    )
    hold = programme.variables["hold"]
    others = {key[1] for key in hold if key[0] == site and key[1] != name}
    excuses: Excuses = [_no_rooms(programme, site, name, t, flow.taker[-1], rooms)]
    for u in range(max(1, t - settings["cleaning"]), t + 1):
        excuses += [hold[site, other, u] for other in others]
    excuses += _not_affordable(programme, site, name, t, settings["conversion_cost"])
    made = makeshift_decided(programme, site, t)
    return excuses if isinstance(made, int) else [*excuses, made]


def _no_rooms(programme: Programme, site: str, name: str, t: int, size: int, rooms: int) -> pulp.LpVariable:
    """A binary that may be 1 only if the site holds the category and so many people do not fit in."""
    known = programme.variables["no_rooms"]
    if (site, name, t, size) not in known:
        full = programme.add("no_rooms", (site, name, t, size), 1)
        programme.row(full <= programme.variables["hold"][site, name, t])
        start = programme.facts.start("category", site, name, t)
        people = start + total(programme.lying["category", site, name, t])
        programme.when(full, rooms - people - size + 1, rooms + 1)
    return known[site, name, t, size]


def _not_affordable(programme: Programme, site: str, name: str, t: int, conversion: int) -> Excuses:
    """For each budget a binary that may be 1 only if a candidate is not usable and too dear."""
    facts = programme.facts
    row = next(row for row in facts.rows["isolation_sites"] if row["place"] == site)
    if row["state"] == "open":
        return []
    usable = pulp.lpSum(
        decide
        for (place, _, first), decide in programme.variables["site"].items()
        if place == site and first <= t
    )
    known = programme.variables["too_dear"]
    excuses = []
    convert = programme.variables["convert"].get((site, name))
    more = row["cost"] + (conversion * (1 - convert) if convert is not None else 0)
    for rule in facts.rows["rules"]:
        if rule["rule"] != "opening_budget" or not facts.inside(facts.area[site], rule["area"]):
            continue
        key = (site, name, t, rule["area"])
        if key not in known:
            dear = programme.add("too_dear", key, 1)
            programme.row(dear <= 1 - usable)
            spent = total(
                (variable, cost)
                for place, variable, cost in programme.spent
                if cost and facts.inside(facts.area[place], rule["area"])
            )
            programme.when(dear, rule["amount"] + 1 - spent - more, rule["amount"] + 1)
        excuses.append(known[key])
    return excuses


def _why_not_pool(programme: Programme, flow: Flow) -> Excuses:
    pool, t = flow.giver[0], flow.depart
    known = programme.variables["all_away"]
    if (pool, t) not in known:
        gone = programme.add("all_away", (pool, t), 1)
        programme.when(gone, flow.most - pulp.lpSum(programme.away[pool, t]), flow.most)
    return [known[pool, t]]
