"""Rows of teams (docs/concepts/model.md, section 8), and of what occupied wards need (section 7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.instance.joining import IntArray, ceil_div, matches, spans
from yjopt.instance.teams import WORK_UNIT
from yjopt.model.names import STAGE_MONEY, STAGE_PEOPLE, STAGE_RULES, STAGE_TIME
from yjopt.model.occupancy import Occupancy, Presence
from yjopt.model.support import add_support

#: Thousandths in a base unit.
PER_UNIT: Final = 1000

if TYPE_CHECKING:
    from yjopt.instance import Instance
    from yjopt.model.builder import Builder
    from yjopt.model.supplies import SupplyColumns


@dataclass(frozen=True)
class TeamColumns:
    """Columns of teams.

    Parameters
    ----------
    deploy : int64 array, shape (tours,)
        Teams on a tour.
    short, short_task, short_period : int64 array
        Teams short in a period, or work short (in the last period of the task).
    presence : Presence
    """

    deploy: IntArray
    short: IntArray
    short_task: IntArray
    short_period: IntArray
    presence: Presence


def add_teams(builder: Builder, instance: Instance) -> TeamColumns:
    """Add tours, pools, tasks and their costs."""
    teams, horizon = instance.teams, instance.horizon
    deploy = builder.columns("deploy", 0, teams.tour_most)
    tour, period = spans(teams.tour_first, teams.tour_last)
    presence = Presence(tour, period, deploy[tour])

    limit = np.repeat(teams.available[:, None], horizon, axis=1)
    rows = builder.rows("away", -np.inf, limit.ravel(), coupling=True).reshape(limit.shape)
    at, away = spans(teams.tour_depart, teams.tour_back)
    builder.entries(rows[teams.tour_pool[at], away], deploy[at], 1)

    # A task in teams has a row per period; a task in work has one, at its last period.
    begin = np.where(teams.task_is_work, teams.task_last, teams.task_first)
    task, due = spans(begin, np.where(teams.task_amount > 0, teams.task_last, begin - 1))
    short = builder.columns("short_task", 0, teams.task_amount[task], teams.task_is_work[task])
    columns = TeamColumns(deploy, short, task, due, presence)
    _tasks(builder, instance, columns)
    builder.cost(STAGE_PEOPLE, short, 1000 * teams.task_weight[task])
    builder.cost(STAGE_TIME, deploy, ceil_div(instance.carry_team * teams.tour_seconds, 60))
    add_support(builder, instance, deploy, teams.tour_position, teams.share[teams.tour_skill])
    builder.cost(STAGE_MONEY, deploy, teams.cost[teams.tour_pool] * (teams.tour_last - teams.tour_first + 1))
    return columns


def _tasks(builder: Builder, instance: Instance, columns: TeamColumns) -> None:
    teams, horizon, presence = instance.teams, instance.horizon, columns.presence
    common = int(np.gcd.reduce(np.concatenate([teams.tour_work, [WORK_UNIT]])))
    unit = np.where(teams.task_is_work[columns.short_task], WORK_UNIT // common, 1)
    rows = builder.rows("task", teams.task_amount[columns.short_task] * unit, np.inf)
    builder.entries(rows, columns.short, unit)
    row_of = np.full((len(teams.task_place), horizon), -1, dtype=np.int64)
    row_of[columns.short_task, columns.short_period] = rows
    at = np.flatnonzero(teams.tour_task[presence.tour] >= 0)
    task = teams.tour_task[presence.tour[at]]
    at = at[(presence.period[at] >= teams.task_first[task]) & (presence.period[at] <= teams.task_last[task])]
    tour, period, column = presence.tour[at], presence.period[at], presence.column[at]
    task = teams.tour_task[tour]
    is_work = teams.task_is_work[task]
    row = row_of[task, np.where(is_work, teams.task_last[task], period)]
    # Tasks of nothing have no row.
    kept = row >= 0
    work = np.where(is_work, teams.tour_work[tour] // common, 1)
    builder.entries(row[kept], column[kept], work[kept])


@dataclass(frozen=True)
class CouplingColumns:
    """Exceptions for people there at the start.

    Parameters
    ----------
    staff, staff_post, staff_period : int64 array
        Members short.
    goods, goods_user, goods_period : int64 array
        Base units short.
    """

    staff: IntArray
    staff_post: IntArray
    staff_period: IntArray
    goods: IntArray
    goods_user: IntArray
    goods_period: IntArray


def add_couplings(
    builder: Builder, instance: Instance, lying: Occupancy, presence: Presence, supply: SupplyColumns
) -> CouplingColumns:
    """Add the rows by which occupied wards need members and use up goods."""
    staff = _staffing(builder, instance, lying, presence)
    goods = _consumption(builder, instance, lying, presence, supply)
    builder.cost(STAGE_RULES, staff[0], 1000)
    builder.cost(STAGE_RULES, goods[0], 1000)
    return CouplingColumns(*staff, *goods)


def _staffing(
    builder: Builder, instance: Instance, lying: Occupancy, presence: Presence
) -> tuple[IntArray, IntArray, IntArray]:
    staffing, wards, teams = instance.teams.staffing, instance.wards, instance.teams
    shape = (len(staffing.post_place), instance.horizon)
    needed = np.zeros(shape, dtype=np.int64)
    np.add.at(needed, staffing.post, staffing.members[:, None] * wards.inherited[staffing.ward])
    limit = 100 * staffing.post_residents[:, None] - needed
    rows = builder.rows("staffing", -np.inf, limit.ravel(), coupling=True).reshape(shape)
    requirement, at = matches(staffing.ward, lying.ward)
    builder.entries(
        rows[staffing.post[requirement], lying.period[at]],
        lying.column[at],
        staffing.members[requirement] * lying.people[at],
    )
    post = teams.tour_post[presence.tour]
    there = post >= 0
    people = teams.people[teams.tour_pool[presence.tour[there]]]
    builder.entries(rows[post[there], presence.period[there]], presence.column[there], -100 * people)
    short_post, period = np.nonzero(needed)
    short = builder.columns("staff_exception", 0, ceil_div(needed[short_post, period], 100))
    builder.entries(rows[short_post, period], short, -100)
    return short, short_post, period


def _consumption(
    builder: Builder, instance: Instance, lying: Occupancy, presence: Presence, supply: SupplyColumns
) -> tuple[IntArray, IntArray, IntArray]:
    use, wards, teams = instance.consumption, instance.wards, instance.teams
    shape = (len(use.user_place), instance.horizon)
    there = np.zeros(shape, dtype=np.int64)
    np.add.at(there, use.ward_user, use.ward_rate[:, None] * wards.inherited[use.ward])
    blocks = [builder.rows("consumption", -np.inf, -there.ravel(), coupling=True).reshape(shape)]
    if instance.command.is_strict("supplies"):
        # Nothing is rounded up twice, so that nobody uses up goods to be out of them.
        least = -there.ravel() - (PER_UNIT - 1)
        blocks.append(builder.rows("consumption_once", least, np.inf, coupling=True).reshape(shape))
    by_ward, of_ward = matches(use.ward, lying.ward)
    width = len(instance.labels.skills) + 1
    by_skill, of_team = matches(
        use.user_place[use.skill_user] * width + use.skill,
        (teams.tour_place * width + teams.tour_skill)[presence.tour],
    )
    for rows in blocks:
        builder.entries(
            rows[use.ward_user[by_ward], lying.period[of_ward]],
            lying.column[of_ward],
            use.ward_rate[by_ward] * lying.people[of_ward],
        )
        builder.entries(
            rows[use.skill_user[by_skill], presence.period[of_team]],
            presence.column[of_team],
            use.skill_rate[by_skill],
        )
        builder.entries(rows, supply.used, -PER_UNIT)
    rows = blocks[0]
    user, period = np.nonzero(use.inherited)
    short = builder.columns("goods_exception", 0, use.inherited[user, period])
    builder.entries(rows[user, period], short, -PER_UNIT)
    return short, user, period
