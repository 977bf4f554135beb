"""Rows of beds (docs/concepts/model.md, section 6).

For a queue q = (place, group), a ward w, a surge level k:

    sum_w admit[q,w,t] = sum over arrivals n of q of serve[n,t]
    sum_t serve[n,t] + lost[n] = people[n]
    lying in w at t - beds of surge in use - exception <= beds - people there at the start

A level is in use in t if it was decided by t - setup and not closed by t.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.joining import IntArray, ceil_div, groups, matches, spans
from yjopt.model.facilities import since_decided
from yjopt.model.names import STAGE_MONEY, STAGE_PEOPLE, STAGE_RULES, STAGE_TIME
from yjopt.model.occupancy import Occupancy, join_occupancy
from yjopt.model.support import add_support

if TYPE_CHECKING:
    from yjopt.instance import Instance
    from yjopt.model.builder import Builder
    from yjopt.model.facilities import FacilityColumns


@dataclass(frozen=True)
class BedColumns:
    """Columns of beds.

    Parameters
    ----------
    admit : int64 array, shape (choices,)
    serve, serve_demand, serve_period : int64 array
        People of an arrival admitted in a period.
    lost : int64 array, shape (demands,)
    move : int64 array, shape (moves,)
        Transfers.
    decide, decide_level, decide_period : int64 array
        Surge level decided in a period.
    close, close_level, close_period : int64 array
        Surge level out of use from a period on.
    excess, excess_ward, excess_period : int64 array
        People there at the start beyond the beds.
    occupancy : Occupancy
    """

    admit: IntArray
    serve: IntArray
    serve_demand: IntArray
    serve_period: IntArray
    lost: IntArray
    move: IntArray
    decide: IntArray
    decide_level: IntArray
    decide_period: IntArray
    close: IntArray
    close_level: IntArray
    close_period: IntArray
    excess: IntArray
    excess_ward: IntArray
    excess_period: IntArray
    occupancy: Occupancy


def add_beds(builder: Builder, instance: Instance, facilities: FacilityColumns) -> BedColumns:
    """Add columns, rows and costs of beds, surge levels and transfers."""
    beds, wards, transfers, horizon = instance.beds, instance.wards, instance.transfers, instance.horizon
    arrivals = beds.arrivals
    demand, period = spans(arrivals.period, arrivals.last)
    waiting = np.zeros((len(beds.queue_place), horizon), dtype=np.int64)
    np.add.at(waiting, (beds.queue[demand], period), arrivals.amount[demand])
    most = np.minimum(waiting[beds.choice_queue, beds.choice_period], wards.full[beds.choice_ward])

    levels, horizon_left = len(beds.surge_ward), np.full(len(beds.surge_ward), horizon - 1, dtype=np.int64)
    decide_level, decide_period = spans(np.zeros(levels, dtype=np.int64), horizon_left - beds.surge_setup)
    may_decide = beds.surge_may[decide_level, decide_period]
    decide_level, decide_period = decide_level[may_decide], decide_period[may_decide]
    may_close = np.flatnonzero(beds.surge_running > 0)
    at, close_period = spans(beds.surge_setup[may_close] + 1, horizon_left[may_close])
    ward, at_period = np.nonzero(~wards.is_site[:, None] & (wards.inherited > wards.base))
    cohort_most = np.where(
        transfers.cohort_people >= 0, transfers.cohort_people, wards.full[transfers.cohort_ward]
    )
    columns = BedColumns(
        admit=builder.columns("admit", 0, most),
        serve=builder.columns("serve_arrival", 0, arrivals.amount[demand], False),
        serve_demand=demand,
        serve_period=period,
        lost=builder.columns("lost_arrival", 0, arrivals.amount, False),
        move=builder.columns("transfer", 0, cohort_most[transfers.move_cohort]),
        decide=builder.columns("surge", 0, 1, size=len(decide_level)),
        decide_level=decide_level,
        decide_period=decide_period,
        close=builder.columns("close_surge", 0, 1, size=len(at)),
        close_level=may_close[at],
        close_period=close_period,
        excess=builder.columns("bed_excess", 0, (wards.inherited - wards.base)[ward, at_period], False),
        excess_ward=ward,
        excess_period=at_period,
        occupancy=Occupancy(*(np.zeros(0, dtype=np.int64) for _ in range(4))),
    )
    columns = _with_occupancy(columns, instance)
    _queues(builder, instance, columns)
    _surge(builder, instance, columns)
    _capacity(builder, instance, columns, facilities)
    _transfers(builder, instance, columns)
    builder.cost(STAGE_RULES, columns.excess, 1000)
    return columns


def _with_occupancy(columns: BedColumns, instance: Instance) -> BedColumns:
    beds, transfers, end = instance.beds, instance.transfers, instance.horizon - 1
    stay = beds.stay[beds.queue_group[beds.choice_queue]]
    at, period = spans(beds.choice_period, np.minimum(beds.choice_period + stay - 1, end))
    admitted = Occupancy(beds.choice_ward[at], period, columns.admit[at], np.ones_like(at))
    last = np.minimum(transfers.cohort_last[transfers.move_cohort], end)
    at, period = spans(transfers.move_period, last)
    into = Occupancy(transfers.move_ward[at], period, columns.move[at], np.ones_like(at))
    out_of = transfers.cohort_ward[transfers.move_cohort[at]]
    out = Occupancy(out_of, period, columns.move[at], np.full_like(at, -1))
    return BedColumns(**{**vars(columns), "occupancy": join_occupancy([admitted, into, out])})


def _queues(builder: Builder, instance: Instance, columns: BedColumns) -> None:
    beds, horizon = instance.beds, instance.horizon
    arrivals = beds.arrivals
    shape = (len(beds.queue_place), horizon)
    rows = builder.rows("admissions", 0, 0, size=shape[0] * horizon).reshape(shape)
    builder.entries(rows[beds.choice_queue, beds.choice_period], columns.admit, 1)
    builder.entries(rows[beds.queue[columns.serve_demand], columns.serve_period], columns.serve, -1)
    people = builder.rows("arrival", arrivals.amount, arrivals.amount)
    builder.entries(people[columns.serve_demand], columns.serve, 1)
    builder.entries(people, columns.lost, 1)
    builder.cost(STAGE_PEOPLE, columns.lost, arrivals.cost_lost())
    builder.cost(
        STAGE_PEOPLE, columns.serve, arrivals.cost_served(columns.serve_demand, columns.serve_period)
    )
    seconds = beds.choice_seconds + beds.choice_penalty
    builder.cost(STAGE_TIME, columns.admit, ceil_div(instance.carry_person * seconds, 60))
    share = beds.share[beds.queue_group[beds.choice_queue]]
    add_support(builder, instance, columns.admit, beds.choice_position, share)
    _known(builder, instance, columns)


def _known(builder: Builder, instance: Instance, columns: BedColumns) -> None:
    """Who became known only lately goes where little time passes from a request to admission.

    Of a queue in a period, no more people enter wards of a delay or a longer one than were known that long before.
    As whoever may enter a ward may enter all with less delay, nothing else need be asked for.
    """
    beds, horizon = instance.beds, instance.horizon
    if not beds.choice_delay.any() and np.all(beds.known <= beds.arrivals.period):
        return
    of_choice = beds.choice_queue * horizon + beds.choice_period
    _, (at, delay) = groups(of_choice, beds.choice_delay)
    # Of the demands that wait, `since` is how long each has been known; negative before it is.
    of_serve = beds.queue[columns.serve_demand] * horizon + columns.serve_period
    since = columns.serve_period - beds.known[columns.serve_demand]
    row, waits = matches(at, of_serve)
    late = since[waits] < delay[row]
    bound = np.unique(row[late])
    rows = np.full(len(at), -1, dtype=np.int64)
    rows[bound] = builder.rows("known_arrivals", -np.inf, 0, size=len(bound))
    early = ~late & (rows[row] >= 0)
    builder.entries(rows[row[early]], columns.serve[waits[early]], -1)
    group, choice = matches(at, of_choice)
    enters = (beds.choice_delay[choice] >= delay[group]) & (rows[group] >= 0)
    builder.entries(rows[group[enters]], columns.admit[choice[enters]], 1)


def _surge(builder: Builder, instance: Instance, columns: BedColumns) -> None:
    """At most once, in order, closed only after it came into use."""
    beds, horizon = instance.beds, instance.horizon
    once = builder.rows("surge_once", -np.inf, 1, size=len(beds.surge_ward))
    builder.entries(once[columns.decide_level], columns.decide, 1)

    # Level k + 1 in t needs level k by t.
    later = np.flatnonzero(beds.surge_ward[1:] == beds.surge_ward[:-1]) + 1
    order = builder.rows("surge_order", -np.inf, 0, size=len(later) * horizon).reshape(len(later), horizon)
    for direction, shift in ((1, 0), (-1, 1)):
        row, at = matches(later - shift, columns.decide_level)
        entry, period = spans(columns.decide_period[at], np.full(len(at), horizon - 1, dtype=np.int64))
        builder.entries(order[row[entry], period], columns.decide[at[entry]], direction)

    # Out of use by t only if it came into use before t.
    closing = np.unique(columns.close_level)
    rows = builder.rows("surge_close", -np.inf, 0, size=len(closing) * horizon).reshape(len(closing), horizon)
    of_level = np.full(len(beds.surge_ward), -1, dtype=np.int64)
    of_level[closing] = np.arange(len(closing))
    level, period, column, sign = surge_in_use(instance, columns)
    period = np.where(sign > 0, period + 1, period)
    kept = (of_level[level] >= 0) & (period < horizon)
    builder.entries(rows[of_level[level[kept]], period[kept]], column[kept], -sign[kept])

    running, breakdown = beds.surge_running, beds.surge_breakdown
    in_use = horizon - columns.decide_period - beds.surge_setup[columns.decide_level]
    level = columns.decide_level
    builder.cost(STAGE_MONEY, columns.decide, beds.surge_cost[level] + running[level] * in_use)
    level = columns.close_level
    saved = np.maximum(horizon - columns.close_period - breakdown[level], 0)
    builder.cost(STAGE_MONEY, columns.close, -running[level] * saved)


def surge_in_use(instance: Instance, columns: BedColumns) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """(level, period, column, +1 or -1) of what makes a level be in use in a period."""
    beds, end = instance.beds, instance.horizon - 1
    ready = columns.decide_period + beds.surge_setup[columns.decide_level]
    at, period = spans(ready, np.full(len(ready), end, dtype=np.int64))
    off, off_period = spans(columns.close_period, np.full(len(columns.close), end, dtype=np.int64))
    return (
        np.concatenate([columns.decide_level[at], columns.close_level[off]]),
        np.concatenate([period, off_period]),
        np.concatenate([columns.decide[at], columns.close[off]]),
        np.repeat(np.array([1, -1], dtype=np.int64), [len(at), len(off)]),
    )


def _capacity(builder: Builder, instance: Instance, columns: BedColumns, facilities: FacilityColumns) -> None:
    beds, wards, facility_of = instance.beds, instance.wards, instance.facilities.of_ward
    here = np.flatnonzero(~wards.is_site)
    # The beds of a facility are there once it is in use; nobody lies there at the start.
    base = np.where(facility_of[:, None] >= 0, 0, wards.base)
    room = (base - wards.inherited)[here]
    rows = builder.rows("bed_capacity", -np.inf, room.ravel()).reshape(room.shape)
    of_ward = np.full(len(wards), -1, dtype=np.int64)
    of_ward[here] = np.arange(len(here))
    lying = columns.occupancy
    builder.entries(rows[of_ward[lying.ward], lying.period], lying.column, lying.people)
    level, period, column, sign = surge_in_use(instance, columns)
    builder.entries(rows[of_ward[beds.surge_ward[level]], period], column, -sign * beds.surge_beds[level])
    opened, period, column = since_decided(instance, facilities, in_use=True)
    ward, at = matches(facility_of[here], opened)
    builder.entries(rows[ward, period[at]], column[at], -wards.base[here[ward], period[at]])
    builder.entries(rows[of_ward[columns.excess_ward], columns.excess_period], columns.excess, -1)


def _transfers(builder: Builder, instance: Instance, columns: BedColumns) -> None:
    transfers, beds, horizon = instance.transfers, instance.beds, instance.horizon
    people = np.maximum(transfers.cohort_people, 0)
    rows = builder.rows("transfer_once", -np.inf, people)
    builder.entries(rows[transfers.move_cohort], columns.move, 1)
    # Admitted people may be moved as far as they were admitted.
    keys = (transfers.cohort_ward, transfers.cohort_group, transfers.cohort_admitted)
    chosen = (beds.choice_ward, beds.queue_group[beds.choice_queue], beds.choice_period)
    both, _ = groups(*(np.concatenate(pair) for pair in zip(keys, chosen, strict=True)))
    cohort, choice = matches(both[: len(people)], both[len(people) :])
    builder.entries(rows[cohort], columns.admit[choice], -1)

    rule, of_entry = np.unique(transfers.budget_rule, return_inverse=True)
    amount = transfers.budget_amount[rule]
    period = transfers.move_period[transfers.budget_move]
    budget = builder.rows("transfer_budget", -np.inf, np.repeat(amount, horizon), coupling=True)
    builder.entries(
        budget.reshape(len(rule), horizon)[of_entry, period], columns.move[transfers.budget_move], 1
    )
    seconds = transfers.move_seconds + transfers.move_penalty
    builder.cost(STAGE_TIME, columns.move, ceil_div(instance.carry_person * seconds, 60))
