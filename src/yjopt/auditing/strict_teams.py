"""Strict order of asking for teams: no pool is called while one asked before has teams left (section 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from yjopt.auditing.reach import departures
from yjopt.auditing.rows import distinct, find, join

if TYPE_CHECKING:
    from yjopt.auditing.command import Command
    from yjopt.auditing.reach import Reach
    from yjopt.auditing.report import Report
    from yjopt.auditing.rows import Ints, Rows


def check_strict_teams(
    command: Command, reach: Reach, away: Ints, flows: Rows, deployments: Rows, report: Report
) -> None:
    """Tours although a pool of a lower position could have begun the same work in the same period."""
    facts = command.facts
    if not facts.strict["teams"]:
        return
    chosen = flows["limit"] > 0
    flows, tours = flows.keep(chosen), deployments.keep(chosen)
    names = ("place", "skill", "task", "first")
    key = distinct(tours.key(*names))
    group = find(key, tours.key(*names))
    order = np.lexsort((flows["limit"], group))
    last = order[np.diff(group[order], append=-1) != 0] if len(order) else order
    limit, taker = flows["limit"][last], flows["taker"][last]
    place, skill, task, first = key

    pools, tasks, skills = facts["pools"], facts["tasks"], facts["skills"]
    row, match = join((skill,), (skills["skill"],))
    pool = skills["pool"][match]
    step = command.step(pools["authority"][pool], taker[row])
    lower = command.position("teams", step, taker[row]) < limit[row]
    row, pool, step = row[lower], pool[lower], step[lower]
    authority = pools["authority"][pool]
    decision = command.seconds("teams", step, taker[row], authority)
    trip, period, _ = departures(
        facts,
        reach,
        "teams",
        pools["place"][pool],
        place[row],
        pools["callup_hours"][pool] * 36 + decision,
        first[row],
    )
    row, pool, step, authority = row[trip], pool[trip], step[trip], authority[trip]
    may = command.passes("teams", step, taker[row], authority, period)
    if len(tasks):
        on_task, of_task = task[row] >= 0, task[row]
        works = first[row] + pools["tour"][pool] - 1 >= tasks["first_period"][of_task]
        works &= first[row] <= tasks["last_period"][of_task]
        asks = (step == 0) | ~command.is_blind(place[row], period)
        if facts.by_rung:
            asks &= (step == 0) | (period >= tasks["known"][of_task])
        may &= ~on_task | (works & asks)
    left = np.maximum(pools["teams"] - pools["floor"], 0)[pool] - away[pool, period]
    left = np.where(may, np.maximum(left, 0), 0)
    of = last[row]
    report.check(
        "strict_teams",
        "deployments",
        left == 0,
        "Teams of {what} work at {place} from period {begin} on, but the pool {other}, which is asked before, still "
        "has {amount:,} teams in period {period} that could have come.",
        place=("place", place[row]),
        what=("pool", tours["pool"][of]),
        period=period,
        begin=first[row],
        other=("pool", pool),
        amount=left,
    )
