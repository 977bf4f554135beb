"""Moves between hospitals as integers: who may be moved, where to, and which rule counts it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.joining import IntArray, groups, matches, position

if TYPE_CHECKING:
    from yjopt.instance.beds import Beds
    from yjopt.instance.context import Context
    from yjopt.instance.wards import Wards


@dataclass(frozen=True)
class Transfers:
    """Possible moves between hospitals.

    Parameters
    ----------
    cohort_ward, cohort_group, cohort_last, cohort_admitted : int64 array, shape (cohorts,)
        People who may be moved: their ward, group (-1: there at the start), last period of stay (may lie beyond the
        horizon) and period of admission (-1: there at the start).
    cohort_people : int64 array
        How many are there at the start; -1 for admitted people.
    move_cohort, move_ward, move_period, move_seconds, move_penalty : int64 array, shape (moves,)
        Moves: of a cohort to a ward, first period there, travel and penalty seconds.
    budget_amount : int64 array, shape (rules,)
        People that each rule lets move per period.
    budget_rule, budget_move : int64 array, shape (entries,)
        Which moves count for which rule.
    """

    cohort_ward: IntArray
    cohort_group: IntArray
    cohort_last: IntArray
    cohort_admitted: IntArray
    cohort_people: IntArray
    move_cohort: IntArray
    move_ward: IntArray
    move_period: IntArray
    move_seconds: IntArray
    move_penalty: IntArray
    budget_amount: IntArray
    budget_rule: IntArray
    budget_move: IntArray


def index_transfers(context: Context, wards: Wards, beds: Beds) -> Transfers:
    """Index the moves that the ``transfer_budget`` rules allow; none without such a rule."""
    table = context.table("rules")
    rule = np.flatnonzero((table["rule"] == "transfer_budget").to_numpy(dtype=bool))
    area = position(table["area"].iloc[rule], context.labels.areas)
    from_period = np.maximum(context.number("rules", "from_period")[rule], 1) - 1
    covers = context.tree.inside(context.area[wards.place][None, :], area[:, None]) & ~wards.is_site[None, :]
    cohort = _cohorts(wards, beds, np.flatnonzero(covers.any(axis=0)), context.horizon)
    moves = _moves(context, wards, beds, cohort)
    source = cohort[0][moves[0]]
    counts = covers[:, source] & (moves[2][None, :] >= from_period[:, None])
    allowed = counts.any(axis=0)
    moves = tuple(part[allowed] for part in moves)
    at, move = np.nonzero(counts[:, allowed])
    amount = context.number("rules", "amount")[rule] // 100
    ward, group, last, admitted, people = cohort
    of_cohort, to_ward, period, seconds, penalty = moves
    return Transfers(
        cohort_ward=ward,
        cohort_group=group,
        cohort_last=last,
        cohort_admitted=admitted,
        cohort_people=people,
        move_cohort=of_cohort,
        move_ward=to_ward,
        move_period=period,
        move_seconds=seconds,
        move_penalty=penalty,
        budget_amount=amount,
        budget_rule=at.astype(np.int64),
        budget_move=move.astype(np.int64),
    )


def _cohorts(wards: Wards, beds: Beds, sources: IntArray, horizon: int) -> tuple[IntArray, ...]:
    """People who may be moved out of the given wards: admitted ones per period, and those there at the start."""
    open_to = np.isin(beds.choice_ward, sources)
    group = beds.queue_group[beds.choice_queue[open_to]]
    _, (ward, of_group, admitted) = groups(beds.choice_ward[open_to], group, beds.choice_period[open_to])
    # Who is there at the start leaves at the end of the last period that counts them.
    after = np.concatenate(
        [wards.inherited[sources, 1:], np.zeros((len(sources), 1), dtype=np.int64)], axis=1
    )
    leaving = np.maximum(wards.inherited[sources] - after, 0)
    at, last = np.nonzero(leaving)
    none = np.full(len(at), -1, dtype=np.int64)
    return (
        np.concatenate([ward, sources[at]]),
        np.concatenate([of_group, none]),
        np.concatenate([admitted + beds.stay[of_group] - 1, last]),
        np.concatenate([admitted, none]),
        np.concatenate([np.full(len(ward), -1, dtype=np.int64), leaving[at, last]]),
    )


def _moves(context: Context, wards: Wards, beds: Beds, cohort: tuple[IntArray, ...]) -> tuple[IntArray, ...]:
    from_ward, group, last, admitted, _ = cohort
    bed_wards = np.flatnonzero(~wards.is_site)
    if len(from_ward) == 0:
        return tuple(np.zeros(0, dtype=np.int64) for _ in range(5))
    legs, _ = context.legs("patients", wards.place[from_ward], wards.place[bed_wards])
    within = np.flatnonzero((context.delay(legs.seconds) == 0) & (legs.origin != legs.destination))
    pair, at_cohort = matches(legs.origin[within], wards.place[from_ward])
    step, at_ward = matches(legs.destination[within[pair]], wards.place[bed_wards])
    pair, at_cohort, to_ward = within[pair[step]], at_cohort[step], bed_wards[at_ward]
    of_group = group[at_cohort]
    penalty = np.where(of_group >= 0, beds.penalty[of_group, wards.what[to_ward]], 0)
    fits = np.where(of_group >= 0, penalty >= 0, wards.what[to_ward] == wards.what[from_ward[at_cohort]])
    pair, at_cohort, to_ward, penalty = pair[fits], at_cohort[fits], to_ward[fits], penalty[fits]
    entry, period = legs.over_periods(pair)
    who = at_cohort[entry]
    kept = (period > admitted[who]) & (period <= last[who])
    entry, period = entry[kept], period[kept]
    return at_cohort[entry], to_ward[entry], period, legs.seconds[pair[entry]], penalty[entry]
