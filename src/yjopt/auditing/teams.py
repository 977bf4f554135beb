"""Tours of teams, who is away, tasks and staffing (sections 7 and 8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.auditing.exceptions import granted
from yjopt.auditing.people import Staff
from yjopt.auditing.posts import CATEGORY, CLASS, staffed_posts
from yjopt.auditing.rows import Rows, add_up, ceil_div, distinct, find, isin, join, product, spread
from yjopt.schema import INPUT

if TYPE_CHECKING:
    from yjopt.auditing.command import Command
    from yjopt.auditing.facts import Facts
    from yjopt.auditing.people import Present
    from yjopt.auditing.report import Fields, Report
    from yjopt.auditing.rows import Column, Ints
    from yjopt.auditing.stages import Tally
    from yjopt.auditing.travel import Travel

WORK: Final = INPUT["tasks"]["measure"].choices.index("work")


@dataclass(frozen=True)
class Working:
    """Teams working per (place, skill) and period 0..H, on tasks or staffing.

    Attributes
    ----------
    teams : int array, shape (cells, horizon + 1)
        All teams at work.
    members : int array, shape (cells, horizon + 1)
        People of the teams at work for staffing.
    """

    place: Ints
    skill: Ints
    teams: Ints
    members: Ints


def check_deployments(
    command: Command, travel: Travel, rows: Rows, report: Report, tally: Tally
) -> tuple[Rows, Ints]:
    """Tours by themselves and against the pools.

    Returns
    -------
    rows : Rows
        Tours by known skills to known posts.
    away : int array, shape (pools, periods + 1)
        Teams away.
    """
    facts = command.facts
    pools, tasks, skills = facts["pools"], facts["tasks"], facts["skills"]
    pool, task = rows["pool"], rows["task"]
    at: Fields = {
        "place": ("place", rows["place"]),
        "what": ("pool", pool),
        "period": rows["depart"],
        "skill": ("skill", rows["skill"]),
    }
    able = isin(rows.key("pool", "skill"), skills.key("pool", "skill"))
    report.check("pool_skill", "deployments", able, "The pool {what} has no skill {skill}.", **at)
    on_task = task >= 0
    wanted = isin(rows.key("place", "skill"), staffed_posts(facts))
    if len(tasks):
        wanted = np.where(
            on_task, (tasks["place"][task] == rows["place"]) & (tasks["skill"][task] == rows["skill"]), wanted
        )
    report.check("post_unknown", "deployments", wanted, "{place} has no such post for {skill}.", **at)

    home = pools["place"][pool]
    seconds = travel.seconds("teams", rows["depart"], home, rows["place"])
    possible = seconds >= 0
    report.check(
        "pair_unreachable",
        "deployments",
        possible,
        "The pool {what} cannot reach {place} in period {period}.",
        **at,
    )
    seconds = np.maximum(seconds, 0)
    taker, giver = facts["places"]["unit"][rows["place"]], pools["authority"][pool]
    decision = command.seconds("teams", command.step(giver, taker), taker, giver)
    first = rows["depart"] + facts.delay(pools["callup_hours"][pool] * 36 + seconds + decision)
    end = first + pools["tour"][pool] - 1
    last = np.minimum(end, facts.horizon)
    report.check(
        "tour_periods",
        "deployments",
        ~possible | ((rows["first"] == first) & (rows["last"] == last)),
        "A tour of {what} to {place} called in period {period} works from {first} to {last}, "
        "not from {said_first} to {said_last}.",
        first=first,
        last=last,
        said_first=rows["first"],
        said_last=rows["last"],
        **at,
    )
    if len(tasks):
        inside = ~on_task | ((first <= tasks["last_period"][task]) & (end >= tasks["first_period"][task]))
        report.check(
            "task_window",
            "deployments",
            inside,
            "A tour of {what} to {place} misses the periods of its task.",
            **at,
        )

    away = spread(len(pools), facts.horizon, pool, rows["depart"], end + facts.delay(seconds), rows["teams"])
    free = np.maximum(pools["teams"] - pools["floor"], 0)
    report.check(
        "teams_away",
        "deployments",
        away <= free[:, None],
        "{away:,} teams of {what} are away in period {period}, {amount:,} too many.",
        place=("place", pools["place"]),
        what=("pool", np.arange(len(pools))),
        away=away,
        amount=away - free[:, None],
    )
    tally.add("time", product(ceil_div(product(seconds, facts.carry_team), 60), rows["teams"]))
    tally.add(
        "money", product(pools["cost"][pool], rows["teams"], np.maximum(rows["last"] - rows["first"] + 1, 0))
    )
    return rows.keep(able & wanted), away


def working(facts: Facts, rows: Rows) -> Working:
    """Teams at work per place and skill."""
    key = distinct(rows.key("place", "skill"))
    cell = find(key, rows.key("place", "skill"))
    members = np.where(
        rows["task"] < 0, product(rows["teams"], facts["pools"]["people"][rows["pool"]]), 0
    ).astype(np.int64)
    return Working(
        place=key[0],
        skill=key[1],
        teams=spread(len(key[0]), facts.horizon, cell, rows["first"], rows["last"], rows["teams"]),
        members=spread(len(key[0]), facts.horizon, cell, rows["first"], rows["last"], members),
    )


def task_shortfalls(facts: Facts, rows: Rows, tally: Tally) -> Rows:
    """What tasks go short of: rows of (task, period, amount), and its cost."""
    tasks, horizon = facts["tasks"], facts.horizon
    rows = rows.keep(rows["task"] >= 0)
    size = len(tasks)
    teams = spread(size, horizon, rows["task"], rows["first"], rows["last"], rows["teams"])
    periods = np.arange(horizon + 1)
    window = (
        (periods >= tasks["first_period"][:, None])
        & (periods <= tasks["last_period"][:, None])
        & (periods > 0)
    )
    work = tasks["measure"] == WORK

    short = np.where(window & ~work[:, None], np.maximum(tasks["amount"][:, None] - teams, 0), 0)
    done = _work_done(facts, rows)
    left = np.maximum(ceil_div(tasks["amount"] * 10_000 - done, 10_000), 0)
    last = np.minimum(tasks["last_period"], horizon)
    short[np.flatnonzero(work), last[work]] = np.where(window.any(axis=1), left, 0)[work]
    tally.add("unmet_people", product(short.sum(axis=1), tasks["weight"], 1_000), tasks["place"])
    task, period = np.nonzero(short)
    return Rows({"task": task, "period": period, "amount": short[task, period]}, len(task))


def _work_done(facts: Facts, rows: Rows) -> Column:
    """Work in ten-thousandths done in the window of every task."""
    tasks, skills, pools = facts["tasks"], facts["skills"], facts["pools"]
    task = rows["task"]
    first = np.maximum(rows["first"], tasks["first_period"][task])
    last = np.minimum(rows["last"], tasks["last_period"][task])
    skill = find(skills.key("pool", "skill"), rows.key("pool", "skill"))
    done = product(
        rows["teams"],
        np.maximum(last - first + 1, 0),
        skills["productivity"][skill],
        pools["hours"][rows["pool"]],
    )
    return add_up(len(tasks), task, done)


def check_staffing(
    facts: Facts, present: list[Present], teams: Working, exceptions: Rows, report: Report
) -> Staff:
    """Members for occupied beds and rooms, at every place and of every skill; returns those to spare."""
    staffing, residents = facts["staffing"], facts["residents"]
    parts: list[tuple[Column, Column, Column, Column]] = []
    for people, kind in zip(present, (CLASS, CATEGORY), strict=True):
        rows = staffing.keep(staffing["kind"] == kind)
        cell, row = join((people.ward,), (rows["what"],))
        per_hundred = rows["members"][row][:, None]
        parts.append(
            (
                people.place[cell],
                rows["skill"][row],
                product(people.people[cell], per_hundred),
                product(people.inherited[cell], per_hundred),
            )
        )
    key = distinct(*((place, skill) for place, skill, _, _ in parts))
    wanted = np.zeros(
        (len(key[0]), facts.horizon + 1),
        dtype=object if any(p[2].dtype == object for p in parts) else np.int64,
    )
    at_start = np.zeros_like(wanted)
    for place, skill, now, before in parts:
        at = find(key, (place, skill))
        np.add.at(wanted, at, now)
        np.add.at(at_start, at, before)
    there = add_up(len(key[0]), find(key, residents.key("place", "skill")), residents["members"])[:, None]
    cell = find((teams.place, teams.skill), key)
    sent = np.where(cell[:, None] >= 0, teams.members[cell], 0) if len(teams.place) else 0
    waived = granted(facts, exceptions, "staffing", key, "skill", ceil_div(at_start, 100), report)
    short = ceil_div(wanted, 100) - there - sent - waived
    report.check(
        "staffing",
        "deployments",
        short <= 0,
        "{amount:,} members of {what} are wanting at {place} in period {period}.",
        place=("place", key[0]),
        what=("skill", key[1]),
        amount=short,
    )
    return Staff(key=key, spare=100 * (there + sent) - wanted)
