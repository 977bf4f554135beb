"""Rows of the rules: minimum sites, opening budgets, teams kept back, ceilings of what an area goes without."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.instance.joining import IntArray, ceil_div, matches, product, spans, total
from yjopt.model.names import STAGE_GOODS, STAGE_HARD, STAGE_PEOPLE, STAGE_RULES

if TYPE_CHECKING:
    from yjopt.instance import Instance
    from yjopt.instance.joining import BoolArray
    from yjopt.model.beds import BedColumns
    from yjopt.model.builder import Builder
    from yjopt.model.durables import DurableColumns
    from yjopt.model.facilities import FacilityColumns
    from yjopt.model.isolation import IsolationColumns
    from yjopt.model.supplies import SupplyColumns
    from yjopt.model.teams import TeamColumns

#: Quanta of a stage of people or goods in one natural unit.
CEILING_UNIT: Final = 1_000_000


@dataclass(frozen=True)
class RuleColumns:
    """Columns of the rules.

    Parameters
    ----------
    short, short_rule, short_period : int64 array
        Sites short of a minimum in a period.
    few, few_rule, few_period, few_row : int64 array
        Teams short of a mobile quota in a period, and the row that asks for them.
    beyond, beyond_row : int64 array, shape (ceilings,)
        Natural units beyond a ceiling, and its row.
    """

    short: IntArray
    short_rule: IntArray
    short_period: IntArray
    few: IntArray
    few_rule: IntArray
    few_period: IntArray
    few_row: IntArray
    beyond: IntArray
    beyond_row: IntArray


def add_rules(
    builder: Builder,
    instance: Instance,
    supplies: SupplyColumns,
    durables: DurableColumns,
    beds: BedColumns,
    isolation: IsolationColumns,
    teams: TeamColumns,
    facilities: FacilityColumns,
) -> RuleColumns:
    """Add the rules, after all costs of people and goods; all but budgets are elastic: hard ones in the first stage."""
    minimums, horizon = instance.minimums, instance.horizon
    rule, period = spans(minimums.first, np.full(len(minimums.first), horizon - 1, dtype=np.int64))
    short = builder.columns("site_short", 0, minimums.amount[rule], False)
    rows = builder.rows("isolation_minimum", minimums.amount[rule], np.inf, coupling=True)
    builder.entries(rows, short, 1)
    at, counted = matches(rule, minimums.counted_rule)
    hold = isolation.hold[minimums.counted_ward[counted], period[at]]
    can = hold >= 0
    builder.entries(rows[at[can]], hold[can], 1)
    _price(builder, short, minimums.hard[rule], minimums.weight[rule])
    budget = builder.rows("opening_budget", -np.inf, instance.budgets.amount, coupling=True)
    of_budget, column, cost = spending(instance, beds, isolation, facilities)
    builder.entries(budget[of_budget], column, cost)
    quotas = _mobile_quotas(builder, instance, teams)
    ceilings = _ceilings(builder, instance, supplies, durables, beds, isolation, teams)
    return RuleColumns(short, rule, period, *quotas, *ceilings)


def _price(builder: Builder, short: IntArray, hard: BoolArray, weight: IntArray) -> None:
    builder.cost(STAGE_HARD, short[hard], 1)
    builder.cost(STAGE_RULES, short[~hard], weight[~hard])


def spending(
    instance: Instance, beds: BedColumns, isolation: IsolationColumns, facilities: FacilityColumns
) -> tuple[IntArray, IntArray, IntArray]:
    """(rule, column, fen) of all that opening budgets count."""
    budgets = instance.budgets
    surge, level = matches(budgets.surge, beds.decide_level)
    site, decided = matches(budgets.site, isolation.decide_site)
    paid = isolation.convert[budgets.ward] >= 0
    ward = budgets.ward[paid]
    facility, opened = matches(budgets.facility, facilities.decide_facility)
    return (
        np.concatenate(
            [
                budgets.surge_rule[surge],
                budgets.site_rule[site],
                budgets.ward_rule[paid],
                budgets.facility_rule[facility],
            ]
        ),
        np.concatenate(
            [
                beds.decide[level],
                isolation.decide[decided],
                isolation.convert[ward],
                facilities.decide[opened],
            ]
        ),
        np.concatenate(
            [
                instance.beds.surge_cost[beds.decide_level[level]],
                instance.isolation.site_cost[isolation.decide_site[decided]],
                instance.isolation.conversion[ward],
                instance.facilities.cost[facilities.decide_facility[opened]],
            ]
        ),
    )


def _mobile_quotas(
    builder: Builder, instance: Instance, columns: TeamColumns
) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Teams at home of all pools that count, and short, are at least the quota."""
    quotas, teams, horizon = instance.mobile_quotas, instance.teams, instance.horizon
    rule, period = spans(quotas.first, np.full(len(quotas.first), horizon - 1, dtype=np.int64))
    short = builder.columns("team_short", 0, quotas.amount[rule])
    rows = builder.rows("mobile_quota", (quotas.amount - quotas.teams)[rule], np.inf, coupling=True)
    builder.entries(rows, short, 1)
    row_of = np.full((len(quotas.amount), horizon), -1, dtype=np.int64)
    row_of[rule, period] = rows
    tour, away = spans(teams.tour_depart, teams.tour_back)
    at, counted = matches(teams.tour_pool[tour], quotas.counted_pool)
    row = row_of[quotas.counted_rule[counted], away[at]]
    holds = row >= 0
    builder.entries(row[holds], columns.deploy[tour[at[holds]]], -1)
    _price(builder, short, quotas.hard[rule], quotas.weight[rule])
    return short, rule, period, rows


def _ceilings(
    builder: Builder,
    instance: Instance,
    supplies: SupplyColumns,
    durables: DurableColumns,
    beds: BedColumns,
    isolation: IsolationColumns,
    teams: TeamColumns,
) -> tuple[IntArray, IntArray]:
    """What the stage counts for takers inside the area is at most the ceiling and what is beyond."""
    ceilings = instance.ceilings
    if not len(ceilings.amount):
        nothing = np.zeros(0, dtype=np.int64)
        return nothing, nothing
    taker = np.full(builder.num_columns, -1, dtype=np.int64)
    for columns, place in (
        *_goods_short(instance, supplies, durables),
        *_people_short(instance, beds, isolation, teams),
    ):
        taker[columns] = instance.unit[place]
    rules, columns_of, costs_of = [], [], []
    for rule in range(len(ceilings.amount)):
        column, cost = builder.costs(STAGE_GOODS if ceilings.is_goods[rule] else STAGE_PEOPLE)
        counts = ceilings.inside[rule, taker[column]] & (taker[column] >= 0)
        rules.append(np.full(int(counts.sum()), rule, dtype=np.int64))
        columns_of.append(column[counts])
        costs_of.append(cost[counts])
    of_rule, column, cost = (np.concatenate(part) for part in (rules, columns_of, costs_of))
    limit = product("ceilings of what is unmet", ceilings.amount, CEILING_UNIT // 100)
    worst = total(
        product("costs of people and goods", cost, builder.upper(column)), of_rule, len(ceilings.amount)
    )
    beyond = builder.columns("beyond_ceiling", 0, np.maximum(ceil_div(worst - limit, CEILING_UNIT), 0))
    rows = builder.rows("unmet_ceiling", -np.inf, limit, coupling=True)
    builder.entries(rows[of_rule], column, cost)
    builder.entries(rows, beyond, -CEILING_UNIT)
    _price(builder, beyond, ceilings.hard, ceilings.weight)
    return beyond, rows


def _goods_short(
    instance: Instance, columns: SupplyColumns, durables: DurableColumns
) -> tuple[tuple[IntArray, IntArray], ...]:
    """Columns of goods that come late or never, and the places that need them."""
    supplies, spots = instance.supplies, instance.durables
    at = supplies.taker_place[supplies.need_taker]
    return (
        (columns.lost, at),
        (columns.serve, at[columns.serve_demand]),
        (durables.lost, spots.spot_place[spots.need_spot]),
    )


def _people_short(
    instance: Instance, beds: BedColumns, isolation: IsolationColumns, teams: TeamColumns
) -> tuple[tuple[IntArray, IntArray], ...]:
    """Columns of people who wait or are lost and of tasks left undone, and the places they are at."""
    sites = instance.isolation
    return (
        (beds.lost, instance.beds.place),
        (beds.serve, instance.beds.place[beds.serve_demand]),
        (isolation.lost, sites.place),
        (isolation.settle, sites.place[sites.choice_part]),
        (teams.short, instance.teams.task_place[teams.short_task]),
    )
