"""Teams as integers: pools, posts where they may work, tours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.areas import OWN
from yjopt.instance.joining import (
    BoolArray,
    IntArray,
    ceil_div,
    groups,
    known_position,
    matches,
    shares,
    total,
)
from yjopt.schema import LAYERS

if TYPE_CHECKING:
    from yjopt.instance.command import Command
    from yjopt.instance.context import Context
    from yjopt.instance.wards import Wards


#: Quanta in a unit of work: hundredths of work an hour times hundredths of hours.
WORK_UNIT: Final = 10_000


@dataclass(frozen=True)
class Staffing:
    """Which members occupied wards need.

    Parameters
    ----------
    ward, skill, members : int64 array, shape (requirements,)
        Members of a skill per 100 people in a ward.
    post : int64 array, shape (requirements,)
        The (place, skill) the requirement is met at.
    post_place, post_skill, post_residents : int64 array, shape (posts,)
        Where members must be, and those who are there anyway.
    """

    ward: IntArray
    skill: IntArray
    members: IntArray
    post: IntArray
    post_place: IntArray
    post_skill: IntArray
    post_residents: IntArray


@dataclass(frozen=True)
class Teams:
    """Pools, tasks and possible tours.

    Parameters
    ----------
    available : int64 array, shape (pools,)
        Teams that may be away at the same time.
    people, cost, authority, layer : int64 array, shape (pools,)
        People per team; fen per team and period; area; position in the list of layers.
    task_place, task_skill, task_amount, task_first, task_last, task_weight : int64 array, shape (tasks,)
        Tasks; periods from 0; weight in thousandths.
    task_is_work : bool array, shape (tasks,)
        Whether the amount is work, or teams in every period.
    tour_pool, tour_skill, tour_place, tour_task, tour_post : int64 array, shape (tours,)
        Pool; skill used; where; task (-1: staffing); staffing post (-1: a task).
    tour_depart, tour_first, tour_last, tour_back : int64 array, shape (tours,)
        Period of the call, first and last period of work, last period away (all capped at the horizon).
    tour_seconds : int64 array
        Travel one way.
    tour_work : int64 array
        Work a team does in a period, in quanta (`WORK_UNIT`).
    tour_most : int64 array
        Most teams that can be of use; under strict all that are available, for a pool may be exhausted for nothing.
    tour_step, tour_position : int64 array, shape (tours,)
        Step of the pool's authority, and its position in the order of asking.
    share : int64 array, shape (skills,)
        What a team counts in a support stage, millionths of all teams with the skill.
    left_out : int
        Pairs that thinning left out.
    """

    available: IntArray
    people: IntArray
    cost: IntArray
    authority: IntArray
    layer: IntArray
    task_place: IntArray
    task_skill: IntArray
    task_amount: IntArray
    task_first: IntArray
    task_last: IntArray
    task_weight: IntArray
    task_is_work: BoolArray
    tour_pool: IntArray
    tour_skill: IntArray
    tour_place: IntArray
    tour_task: IntArray
    tour_post: IntArray
    tour_depart: IntArray
    tour_first: IntArray
    tour_last: IntArray
    tour_back: IntArray
    tour_seconds: IntArray
    tour_work: IntArray
    tour_most: IntArray
    tour_step: IntArray
    tour_position: IntArray
    share: IntArray
    staffing: Staffing
    left_out: int


def index_staffing(context: Context, wards: Wards) -> Staffing:
    """Index the tables ``staffing`` and ``residents``."""
    labels = context.labels
    table = context.table("staffing")
    kind, what = table["kind"].to_numpy(dtype=object), table["what"].to_numpy(dtype=object)
    skill, members = context.code("staffing", "skill", labels.skills), context.number("staffing", "members")
    at_row: list[IntArray] = []
    at_ward: list[IntArray] = []
    for name, is_site, ids in (("class", False, labels.classes), ("category", True, labels.categories)):
        code = known_position(what, ids)
        rows = np.flatnonzero((kind == name) & (code >= 0))
        here = np.flatnonzero(wards.is_site == is_site)
        row, ward = matches(code[rows], wards.what[here])
        at_row.append(rows[row])
        at_ward.append(here[ward])
    row, ward = np.concatenate(at_row), np.concatenate(at_ward)
    needed = members[row] > 0
    row, ward = row[needed], ward[needed]
    post, (post_place, post_skill) = groups(wards.place[ward], skill[row])
    width = len(labels.skills) + 1
    resident_at = context.places("residents") * width + context.code("residents", "skill", labels.skills)
    at_post, at_resident = matches(post_place * width + post_skill, resident_at)
    residents = total(context.number("residents", "members")[at_resident], at_post, len(post_place))
    return Staffing(ward, skill[row], members[row], post, post_place, post_skill, residents)


def index_teams(context: Context, command: Command, wards: Wards, staffing: Staffing) -> Teams:
    """Index the tables ``pools``, ``skills`` and ``tasks``."""
    labels, horizon = context.labels, context.horizon
    tasks = context.table("tasks")
    task_place, task_skill = context.places("tasks"), context.code("tasks", "skill", labels.skills)
    task_first = context.number("tasks", "first_period") - 1
    task_last = np.minimum(context.number("tasks", "last_period"), horizon) - 1
    amount, weight = context.number("tasks", "amount"), context.number("tasks", "weight")
    is_work = (tasks["measure"] == "work").to_numpy(dtype=bool)

    teams, floor = context.number("pools", "teams"), context.number("pools", "floor")
    people, tour = context.number("pools", "people"), context.number("pools", "tour")
    home, callup = context.places("pools"), context.hours("pools", "callup_hours")
    available = np.maximum(teams - floor, 0)
    layer = np.array([LAYERS.index(name) for name in context.table("pools")["layer"]], dtype=np.int64)

    able_pool, able_skill = (
        context.code("skills", "pool", labels.pools),
        context.code("skills", "skill", labels.skills),
    )
    productivity = context.number("skills", "productivity")

    # Jobs: tasks first, then staffing posts.
    num_tasks = len(tasks)
    job_place = np.concatenate([task_place, staffing.post_place])
    job_skill = np.concatenate([task_skill, staffing.post_skill])
    legs, left_out = context.legs("teams", home, job_place)
    pair, able = matches(legs.origin, home[able_pool])
    width = len(labels.skills) + 1
    step, job = matches(legs.destination[pair] * width + able_skill[able], job_place * width + job_skill)
    pair, able = pair[step], able[step]
    entry, depart = legs.over_periods(pair)
    pair, able, job = pair[entry], able[entry], job[entry]
    pool, seconds = able_pool[able], legs.seconds[pair]
    authority = context.areas("pools")
    giver, taker = authority[pool], context.unit[job_place[job]]
    rung = command.step(giver, taker)
    decision = command.decision("teams", rung, taker, giver)
    first = depart + context.delay(callup[pool] + seconds + decision)
    last = np.minimum(first + tour[pool] - 1, horizon - 1)
    back = np.minimum(first + tour[pool] - 1 + context.delay(seconds), horizon - 1)
    task = np.where(job < num_tasks, job, -1)
    # One task more for -1: its window never ends.
    opens, closes = np.append(task_first, 0), np.append(task_last, horizon)
    in_window = (first <= closes[task]) & (last >= opens[task])
    kept = (first < horizon) & (available[pool] > 0) & in_window
    kept &= command.is_open("teams", rung, taker, giver, depart)
    kept &= (rung == OWN) | _may_ask(context, command, task, depart)
    pair, able, job, pool, seconds = pair[kept], able[kept], job[kept], pool[kept], seconds[kept]
    depart, first, last, back, task = depart[kept], first[kept], last[kept], back[kept], task[kept]
    rung, taker = rung[kept], taker[kept]

    work = productivity[able] * context.number("pools", "hours")[pool]
    most = _most_useful(
        wards, staffing, amount, is_work, task, np.where(task < 0, job - num_tasks, -1), work, people[pool]
    )
    most = available[pool] if command.is_strict("teams") else np.minimum(most, available[pool])
    useful = most > 0
    return Teams(
        available=available,
        people=people,
        cost=context.number("pools", "cost"),
        authority=authority,
        layer=layer,
        task_place=task_place,
        task_skill=task_skill,
        task_amount=amount,
        task_first=task_first,
        task_last=task_last,
        task_weight=weight,
        task_is_work=is_work,
        tour_pool=pool[useful],
        tour_skill=job_skill[job[useful]],
        tour_place=job_place[job[useful]],
        tour_task=task[useful],
        tour_post=np.where(task < 0, job - num_tasks, -1)[useful],
        tour_depart=depart[useful],
        tour_first=first[useful],
        tour_last=last[useful],
        tour_back=back[useful],
        tour_seconds=seconds[useful],
        tour_work=work[useful],
        tour_most=most[useful],
        tour_step=rung[useful],
        tour_position=command.position("teams", rung, taker)[useful],
        share=shares(total(teams[able_pool], able_skill, len(labels.skills))),
        staffing=staffing,
        left_out=left_out,
    )


def _may_ask(context: Context, command: Command, task: IntArray, period: IntArray) -> BoolArray:
    """Whether others may be asked in a period for teams: the task is known, and its place not cut off."""
    task_place = context.places("tasks")
    # One task more for -1: staffing may always be asked for.
    own = context.number("tasks", "first_period") - 1
    known = np.append(command.known("tasks", np.arange(len(task_place)), own), 0)
    cut_off = np.zeros((len(task_place) + 1, context.horizon), dtype=np.bool_)
    when = context.number("blind", "period") - 1
    row, at = matches(context.places("blind"), task_place)
    within = when[row] < context.horizon
    cut_off[at[within], when[row[within]]] = True
    return np.asarray((period >= known[task]) & ~cut_off[task, period], dtype=np.bool_)


def _most_useful(
    wards: Wards,
    staffing: Staffing,
    amount: IntArray,
    is_work: BoolArray,
    task: IntArray,
    post: IntArray,
    work: IntArray,
    people: IntArray,
) -> IntArray:
    """Teams beyond which a tour is of no use: the task's amount, or full wards."""
    bound = staffing.members * wards.full[staffing.ward]
    members = ceil_div(total(bound, staffing.post, len(staffing.post_place)), 100)
    most = np.zeros(len(task), dtype=np.int64)
    for_task = task >= 0
    wanted = amount[task[for_task]]
    by_work = ceil_div(wanted * WORK_UNIT, np.maximum(work[for_task], 1))
    most[for_task] = np.where(is_work[task[for_task]], np.where(work[for_task] > 0, by_work, 0), wanted)
    most[~for_task] = ceil_div(members[post[~for_task]], people[~for_task])
    return most
