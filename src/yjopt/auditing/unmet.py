"""The plan's table of unmet demand against what it leaves unmet (section 10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from yjopt.auditing.rows import Rows, add_up, distinct, expand, find
from yjopt.schema import OUTPUT

if TYPE_CHECKING:
    from yjopt.auditing.facts import Facts
    from yjopt.auditing.handover import Served
    from yjopt.auditing.report import Report
    from yjopt.auditing.rows import Column

_KINDS = OUTPUT["unmet"]["kind"].choices
_STATES = OUTPUT["unmet"]["state"].choices
_DOMAINS = {"supply": "item", "durable": "item", "bed": "group", "isolation": "ward", "task": "task"}
_WAITING, _LOST = _STATES.index("waiting"), _STATES.index("lost")

#: Columns state, place, what, period, amount.
_Parts = list[tuple["Column", "Column", "Column", "Column", "Column"]]


def check_unmet(
    facts: Facts,
    rows: Rows,
    served: Served,
    admissions: Rows,
    isolations: Rows,
    shortfalls: Rows,
    report: Report,
) -> None:
    """Every row of ``unmet``, and every row that should be there."""
    needs, arrivals, contacts = facts["needs"], facts["arrivals"], facts["contacts"]
    groups, categories = facts["groups"], facts["categories"]
    durable = facts.durable[needs["item"]]
    end = facts.last_chance(needs["period"], needs["deadline"])
    wanted = np.where(durable, 0, needs["quantity"])
    chosen = served.rows.keep(~facts.durable[served.rows["item"]])
    supply = _left(
        wanted,
        needs["period"],
        end,
        chosen["need"],
        chosen["period"],
        chosen["quantity"],
        needs["place"],
        needs["item"],
        facts,
    )
    lost = np.where(durable, np.maximum(needs["quantity"] - served.quantity, 0), 0)
    levels: _Parts = [(np.full(len(needs), _LOST), needs["place"], needs["item"], needs["period"], lost)]

    end = facts.last_chance(arrivals["period"], groups["wait"][arrivals["group"]])
    arrival = find(arrivals.key("place", "group", "period"), admissions.key("from", "group", "arrived"))
    bed = _left(
        arrivals["people"],
        arrivals["period"],
        end,
        arrival,
        admissions["period"],
        admissions["people"],
        arrivals["place"],
        arrivals["group"],
        facts,
    )
    category = find((categories["category"],), (contacts["category"],))
    end = facts.last_chance(contacts["period"], categories["wait"][category])
    isolation = _left(
        contacts["people"],
        contacts["period"],
        end,
        isolations["group"],
        isolations["period"],
        isolations["people"],
        contacts["place"],
        contacts["category"],
        facts,
    )
    task = shortfalls["task"]
    place = facts["tasks"]["place"][task]
    tasks: _Parts = [(np.full(len(task), _LOST), place, task, shortfalls["period"], shortfalls["amount"])]

    for kind, parts in {
        "supply": supply,
        "durable": levels,
        "bed": bed,
        "isolation": isolation,
        "task": tasks,
    }.items():
        _compare(kind, parts, rows.keep(rows["kind"] == _KINDS.index(kind)), report)


def _left(
    amount: Column,
    due: Column,
    end: Column,
    row: Column,
    period: Column,
    served: Column,
    place: Column,
    what: Column,
    facts: Facts,
) -> _Parts:
    """What of each demand waits at the end of every period before its last, and what is lost in that."""
    by = np.cumsum(add_up((len(amount), facts.horizon + 1), (row, period), served), axis=1)
    demand, when = expand(due, end - 1)
    waiting = np.maximum(amount[demand] - by[demand, when], 0)
    lost = np.maximum(amount - by[np.arange(len(amount)), end], 0)
    return [
        (np.full(len(demand), _WAITING), place[demand], what[demand], when, waiting),
        (np.full(len(amount), _LOST), place, what, end, lost),
    ]


def _compare(kind: str, parts: _Parts, rows: Rows, report: Report) -> None:
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    there = columns[-1] > 0
    columns = [column[there] for column in columns]
    said_key = rows.key("state", "place", "what", "period")
    key = distinct(tuple(columns[:4]), said_key)
    right = add_up(len(key[0]), find(key, columns[:4]), columns[4])
    said = add_up(len(key[0]), find(key, said_key), rows["amount"])
    state = np.array(_STATES, dtype=object)[key[0]]
    report.check(
        "unmet_table",
        "unmet",
        right == said,
        "{right:,} of {what} at {place} are {state} in period {period}, not {said:,}.",
        place=("place", key[1]),
        what=(_DOMAINS[kind], key[2]),
        period=key[3],
        state=state,
        right=right,
        said=said,
        amount=np.abs(right - said),
    )
