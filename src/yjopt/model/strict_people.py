"""Rule ``strict`` for beds, isolation and teams (docs/concepts/command.md, section 4): when is a giver exhausted?

For a ward w of beds, a skill k it needs, a site ward w, a size n of groups, a pool p, an opening budget r:

    full[w,t] = 1      only if  people lying in w >= beds + surge in use
    unstaffed[k,t] = 1 only if  members left at the place < members that one more person needs
    crowded[w,t,n] = 1 only if  rooms - people there < n while the category is held
    spent[w,r] = 1     only if  what the plan spends under r + cost + conversion of w > amount of r
    unpaid[w,t] = 1    only if  the site is not usable in t, and some spent[w,r]
    all_away[p,t] = 1  only if  teams away >= teams that may be away
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.joining import IntArray, groups, matches, spans, total
from yjopt.model.facilities import since_decided
from yjopt.model.openings import Flows, Givers, Openings, add_openings, at_each
from yjopt.model.rules import spending

if TYPE_CHECKING:
    from yjopt.instance import Instance
    from yjopt.model.beds import BedColumns
    from yjopt.model.builder import Builder
    from yjopt.model.facilities import FacilityColumns
    from yjopt.model.isolation import IsolationColumns
    from yjopt.model.teams import TeamColumns


@dataclass(frozen=True)
class StrictColumns:
    """What the rule ``strict`` and the loads of backups add.

    Parameters
    ----------
    signs : tuple of int64 array
        Columns that say what holds, each group of them leaning only on those before it and on the plan.
    flow, flow_row : int64 array
        Columns that may be more than 0 only if something holds, and the rows that keep them shut.
    """

    signs: tuple[IntArray, ...]
    flow: IntArray
    flow_row: IntArray


def add_strict_people(
    builder: Builder,
    instance: Instance,
    beds: BedColumns,
    isolation: IsolationColumns,
    teams: TeamColumns,
    facilities: FacilityColumns,
    surge: tuple[IntArray, IntArray, IntArray, IntArray],
    waiting: tuple[IntArray, IntArray],
) -> StrictColumns:
    """Add the rows of every family for which the rule is on.

    Parameters
    ----------
    builder, instance
        What is built, and of what.
    beds, isolation, teams, facilities
        Columns.
    surge : (level, period, column, sign)
        What makes a surge level be in use in a period.
    waiting : (column, row)
        Decisions of backups, and the rows by which they wait for a load.
    """
    strict = instance.command.is_strict
    signs = [facilities.reached]
    opened: list[Openings] = []
    if strict("beds"):
        opened.append(_beds(builder, instance, beds, teams, facilities, surge, signs))
    if strict("isolation"):
        opened.append(_isolation(builder, instance, beds, isolation, facilities, signs))
    if strict("teams"):
        opened.append(_teams(builder, instance, teams, signs))
    for openings in opened:
        signs += openings.in_order
    backup, row = waiting
    return StrictColumns(
        signs=tuple(signs),
        flow=np.concatenate([backup, *(openings.flow for openings in opened)]),
        flow_row=np.concatenate([row, *(openings.flow_row for openings in opened)]),
    )


def bars(instance: Instance, resource: str) -> IntArray:
    """The position below which everybody must be exhausted before a flow, for every flow of a family of people.

    Parameters
    ----------
    instance : Instance
    resource : str
        ``beds`` (choices), ``isolation`` (choices) or ``teams`` (tours).
    """
    beds, sites, teams, unit = instance.beds, instance.isolation, instance.teams, instance.unit
    if resource == "beds":
        taker = unit[beds.queue_place[beds.choice_queue]]
        step, period = beds.choice_step, beds.choice_period
    elif resource == "isolation":
        taker = unit[sites.place[sites.choice_part]]
        step, period = sites.choice_step, sites.choice_period
    else:
        taker = unit[teams.tour_place]
        step, period = teams.tour_step, teams.tour_depart
    return instance.command.bar(resource, step, taker, period)


def begun(instance: Instance) -> IntArray:
    """Number of the post or task, and the period in which work on it begins, of each tour: those compete."""
    teams = instance.teams
    job = np.where(teams.tour_task >= 0, teams.tour_task, len(teams.task_place) + teams.tour_post)
    return np.asarray(job * instance.horizon + teams.tour_first, dtype=np.int64)


def _beds(
    builder: Builder,
    instance: Instance,
    columns: BedColumns,
    teams: TeamColumns,
    facilities: FacilityColumns,
    surge: tuple[IntArray, IntArray, IntArray, IntArray],
    signs: list[IntArray],
) -> Openings:
    beds, horizon = instance.beds, instance.horizon
    ward, period = beds.choice_ward, beds.choice_period
    group = beds.choice_queue * horizon + period
    demand, waits = spans(beds.arrivals.period, beds.arrivals.last)
    most = total(
        beds.arrivals.amount[demand], beds.queue[demand] * horizon + waits, len(beds.queue_place) * horizon
    )
    bar = bars(instance, "beds")
    facility = instance.facilities.of_ward[ward]
    givers = Givers(group, beds.choice_position, (facility >= 0).astype(np.int64))
    openings = add_openings(builder, "beds", Flows(columns.admit, group, bar, most[group]), givers)
    row, ward, period = openings.giver_row, ward[openings.giver], period[openings.giver]

    at, (full_ward, full_period) = groups(ward, period)
    full = _full(builder, instance, columns, surge, full_ward, full_period)
    builder.entries(row, full[at], -1)
    staffing = instance.teams.staffing
    giver, requirement = matches(ward, staffing.ward)
    at, (short_of, short_period) = groups(requirement, period[giver])
    unstaffed = _unstaffed(builder, instance, columns, teams, short_of, short_period)
    builder.entries(row[giver], unstaffed[at], -1)
    # A hospital that is not in use is as good as full.
    opened, usable, column = since_decided(instance, facilities, in_use=True)
    giver, entry = at_each((instance.facilities.of_ward[ward], period), (opened, usable))
    builder.entries(row[giver], column[entry], 1)
    signs += [full, unstaffed]
    return openings


def _full(
    builder: Builder,
    instance: Instance,
    columns: BedColumns,
    surge: tuple[IntArray, IntArray, IntArray, IntArray],
    ward: IntArray,
    period: IntArray,
) -> IntArray:
    """Columns that say that every bed of a ward in use in a period is taken."""
    beds, wards, transfers = instance.beds, instance.wards, instance.transfers
    full = builder.columns("full", 0, 1, size=len(ward))
    at_start = transfers.cohort_people >= 0
    may_leave = np.isin(ward, transfers.cohort_ward[at_start])
    there = wards.inherited[ward, period]
    surge_beds = total(beds.surge_beds, beds.surge_ward, len(wards))[ward]
    # Whoever is there at the start and cannot be moved lies there in any case.
    free = np.maximum(wards.base[ward, period] + surge_beds - np.where(may_leave, 0, there), 0)
    rows = builder.rows("full", wards.base[ward, period] - there - free, np.inf)
    lying = columns.occupancy
    row, entry = at_each((ward, period), (lying.ward, lying.period))
    builder.entries(rows[row], lying.column[entry], lying.people[entry])
    level, in_period, column, sign = surge
    row, entry = at_each((ward, period), (beds.surge_ward[level], in_period))
    builder.entries(rows[row], column[entry], -sign[entry] * beds.surge_beds[level[entry]])
    builder.entries(rows, full, -free)
    return full


def _unstaffed(
    builder: Builder,
    instance: Instance,
    columns: BedColumns,
    teams: TeamColumns,
    requirement: IntArray,
    period: IntArray,
) -> IntArray:
    """Columns that say that the members left at a place do not suffice for one more person in a ward."""
    staffing, wards, tours, horizon = (
        instance.teams.staffing,
        instance.wards,
        instance.teams,
        instance.horizon,
    )
    post, members = staffing.post[requirement], staffing.members[requirement]
    size = len(staffing.post_place)
    needed = np.zeros((size, horizon), dtype=np.int64)
    np.add.at(needed, staffing.post, staffing.members[:, None] * wards.inherited[staffing.ward])
    presence = teams.presence
    at_post = tours.tour_post[presence.tour]
    works = np.flatnonzero(at_post >= 0)
    _, (of_post, when, pool) = groups(
        at_post[works], presence.period[works], tours.tour_pool[presence.tour[works]]
    )
    helpers = np.zeros((size, horizon), dtype=np.int64)
    np.add.at(helpers, (of_post, when), tours.available[pool] * tours.people[pool])
    left = 100 * (staffing.post_residents[post] + helpers[post, period])
    beyond = np.maximum(left - (members - 1), 0)
    unstaffed = builder.columns("unstaffed", 0, 1, size=len(post))
    limit = members - 1 + beyond - 100 * staffing.post_residents[post] + needed[post, period]
    rows = builder.rows("unstaffed", -np.inf, limit, coupling=True)
    builder.entries(rows, unstaffed, beyond)
    row, entry = at_each((post, period), (at_post[works], presence.period[works]))
    people = tours.people[tours.tour_pool[presence.tour[works[entry]]]]
    builder.entries(rows[row], presence.column[works[entry]], 100 * people)
    lying = columns.occupancy
    needs, of_ward = matches(staffing.ward, lying.ward)
    row, entry = at_each((post, period), (staffing.post[needs], lying.period[of_ward]))
    of_ward, needs = of_ward[entry], needs[entry]
    builder.entries(rows[row], lying.column[of_ward], -staffing.members[needs] * lying.people[of_ward])
    return unstaffed


def _isolation(
    builder: Builder,
    instance: Instance,
    beds: BedColumns,
    columns: IsolationColumns,
    facilities: FacilityColumns,
    signs: list[IntArray],
) -> Openings:
    isolation, horizon = instance.isolation, instance.horizon
    part, ward, period = isolation.choice_part, isolation.choice_ward, isolation.choice_period
    group = part * horizon + period
    bar = bars(instance, "isolation")
    units = isolation.people // columns.size
    openings = add_openings(
        builder,
        "isolation",
        Flows(columns.settle, group, bar, units[part]),
        Givers(group, isolation.choice_position, np.zeros_like(group)),
    )
    row, ward, period = openings.giver_row, ward[openings.giver], period[openings.giver]
    size = columns.size[part[openings.giver]]

    at, keys = groups(ward, period, size)
    crowded, made = _crowded(builder, instance, columns, *keys)
    builder.entries(row, crowded[at], -1)
    # Another category is held, or was so lately that the site is not clean yet.
    one, other = matches(isolation.ward_site[ward], isolation.ward_site)
    differs = other != ward[one]
    one, other = one[differs], other[differs]
    entry, held = spans(np.maximum(period[one] - isolation.cleaning[ward[one]], 0), period[one])
    hold = columns.hold[other[entry], held]
    builder.entries(row[one[entry]][hold >= 0], hold[hold >= 0], -1)
    # A makeshift hospital has taken the place.
    makeshift = instance.facilities
    lost = np.full(len(instance.wards), -1, dtype=np.int64)
    lost[makeshift.site_ward] = makeshift.site_facility
    decided, when, column = since_decided(instance, facilities, in_use=False)
    giver, entry = at_each((lost[ward], period), (decided, when))
    builder.entries(row[giver], column[entry], -1)

    candidate = np.flatnonzero(isolation.site_ready[isolation.ward_site[ward]] >= 0)
    at, keys = groups(ward[candidate], period[candidate])
    spent, unpaid = _unpaid(builder, instance, beds, columns, facilities, *keys)
    builder.entries(row[candidate], unpaid[at], -1)
    signs += [made, spent, unpaid]
    return openings


def _crowded(
    builder: Builder,
    instance: Instance,
    columns: IsolationColumns,
    ward: IntArray,
    period: IntArray,
    size: IntArray,
) -> tuple[IntArray, IntArray]:
    """Columns that say that a site has less room than a group needs; and those of them that are new."""
    wards = instance.wards
    # So many people must have been brought; where none need be, holding the category is enough.
    brought = wards.most[ward] - size + 1 - wards.inherited[ward, period]
    new = np.flatnonzero(brought > 0)
    made = builder.columns("crowded", 0, 1, size=len(new))
    rows = builder.rows("crowded", 0, np.inf, size=len(new))
    builder.entries(rows, made, -brought[new])
    lying = columns.occupancy
    row, entry = at_each((ward[new], period[new]), (lying.ward, lying.period))
    builder.entries(rows[row], lying.column[entry], lying.people[entry])
    crowded = columns.hold[ward, period].copy()
    crowded[new] = made
    return crowded, made


def _unpaid(
    builder: Builder,
    instance: Instance,
    beds: BedColumns,
    columns: IsolationColumns,
    facilities: FacilityColumns,
    ward: IntArray,
    period: IntArray,
) -> tuple[IntArray, IntArray]:
    """Columns that say which budgets cannot pay for a ward, and that its site is not usable in a period for that."""
    isolation, budgets = instance.isolation, instance.budgets
    wanted = np.unique(ward)
    at, counted = matches(isolation.ward_site[wanted], budgets.site)
    of_ward, rule = wanted[at], budgets.site_rule[counted]
    is_due = columns.convert[of_ward] >= 0
    price = isolation.site_cost[isolation.ward_site[of_ward]]
    price = price + np.where(is_due, isolation.conversion[of_ward], 0)
    # A conversion that is paid anyway is spent already: what is spent without it must leave too little.
    least = np.maximum(budgets.amount[rule] + 1 - price, 0)
    spent = builder.columns("budget_spent", 0, 1, size=len(rule))
    rows = builder.rows("budget_spent", 0, np.inf, coupling=True, size=len(rule))
    builder.entries(rows, spent, -least)
    of_rule, column, cost = spending(instance, beds, columns, facilities)
    row, entry = matches(rule, of_rule)
    other = column[entry] != columns.convert[of_ward[row]]
    builder.entries(rows[row[other]], column[entry[other]], cost[entry[other]])
    _exact_conversions(builder, columns, np.unique(of_rule))

    unpaid = builder.columns("unpaid", 0, 1, size=len(ward))
    why = builder.rows("unpaid", -np.inf, 0, size=len(ward))
    builder.entries(why, unpaid, 1)
    row, entry = matches(ward, of_ward)
    builder.entries(why[row], spent[entry], -1)
    closed = builder.rows("unpaid_if_closed", -np.inf, 1, size=len(ward))
    builder.entries(closed, unpaid, 1)
    ready = columns.decide_period + isolation.site_ready[columns.decide_site]
    at, usable = spans(ready, np.full(len(ready), instance.horizon - 1, dtype=np.int64))
    row, entry = at_each((isolation.ward_site[ward], period), (columns.decide_site[at], usable))
    builder.entries(closed[row], columns.decide[at[entry]], 1)
    return spent, unpaid


def _exact_conversions(builder: Builder, columns: IsolationColumns, rules: IntArray) -> None:
    """Pay no conversion without holding the category: money that is not spent proves nothing."""
    pays = np.flatnonzero(columns.convert >= 0) if len(rules) else np.zeros(0, dtype=np.int64)
    rows = builder.rows("converted", -np.inf, 0, size=len(pays))
    builder.entries(rows, columns.convert[pays], 1)
    at, period = np.nonzero(columns.hold[pays] >= 0)
    builder.entries(rows[at], columns.hold[pays[at], period], -1)


def _teams(builder: Builder, instance: Instance, columns: TeamColumns, signs: list[IntArray]) -> Openings:
    teams = instance.teams
    group, bar = begun(instance), bars(instance, "teams")
    # Whoever begins to work in the same period is away at the same time.
    _, (of_group, pool) = groups(group, teams.tour_pool)
    size = int(group.max(initial=-1)) + 1
    most = total(teams.available[pool], of_group, size)
    openings = add_openings(
        builder,
        "teams",
        Flows(columns.deploy, group, bar, most[group]),
        Givers(group, teams.tour_position, np.zeros_like(group)),
    )
    giver = openings.giver
    at, (pool, period) = groups(teams.tour_pool[giver], teams.tour_depart[giver])
    gone = builder.columns("all_away", 0, 1, size=len(pool))
    rows = builder.rows("all_away", 0, np.inf, coupling=True, size=len(pool))
    builder.entries(rows, gone, -teams.available[pool])
    tour, away = spans(teams.tour_depart, teams.tour_back)
    row, entry = at_each((pool, period), (teams.tour_pool[tour], away))
    builder.entries(rows[row], columns.deploy[tour[entry]], 1)
    builder.entries(openings.giver_row, gone[at], -1)
    signs.append(gone)
    return openings
