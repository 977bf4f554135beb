"""Moves between hospitals as integers: who may be moved, where to, and which rule counts it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from yjopt.instance.joining import IntArray, groups, matches, position

if TYPE_CHECKING:
    from yjopt.instance.beds import Beds
    from yjopt.instance.command import Command
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
    left_out : int
        Pairs that thinning left out.
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
    left_out: int


class _Cohorts(NamedTuple):
    ward: IntArray
    group: IntArray
    last: IntArray
    admitted: IntArray
    people: IntArray


class _Moves(NamedTuple):
    cohort: IntArray
    ward: IntArray
    period: IntArray
    seconds: IntArray
    penalty: IntArray


def index_transfers(context: Context, command: Command, wards: Wards, beds: Beds) -> Transfers:
    """Index the moves that the ``transfer_budget`` rules allow; none without such a rule."""
    table = context.table("rules")
    rule = np.flatnonzero((table["rule"] == "transfer_budget").to_numpy(dtype=bool))
    area = position(table["area"].iloc[rule], context.labels.areas)
    first = np.maximum(context.number("rules", "from_period")[rule], 1) - 1
    covers = context.tree.inside(context.area[wards.place][None, :], area[:, None]) & ~wards.is_site[None, :]
    cohorts = _cohorts(wards, beds, np.flatnonzero(covers.any(axis=0)), context.horizon)
    moves, left_out = _moves(context, wards, beds, cohorts)
    counts = covers[:, cohorts.ward[moves.cohort]] & (moves.period[None, :] >= first[:, None])
    counts &= command.is_usable("beds", wards.place)[moves.ward, moves.period]
    allowed = counts.any(axis=0)
    moves = _Moves(*(part[allowed] for part in moves))
    at, move = np.nonzero(counts[:, allowed])
    return Transfers(
        cohort_ward=cohorts.ward,
        cohort_group=cohorts.group,
        cohort_last=cohorts.last,
        cohort_admitted=cohorts.admitted,
        cohort_people=cohorts.people,
        move_cohort=moves.cohort,
        move_ward=moves.ward,
        move_period=moves.period,
        move_seconds=moves.seconds,
        move_penalty=moves.penalty,
        budget_amount=context.number("rules", "amount")[rule] // 100,
        budget_rule=at.astype(np.int64),
        budget_move=move.astype(np.int64),
        left_out=left_out,
    )


def _cohorts(wards: Wards, beds: Beds, sources: IntArray, horizon: int) -> _Cohorts:
    """People who may be moved out of the given wards: admitted ones per period, and those there at the start."""
    open_to = np.isin(beds.choice_ward, sources)
    group = beds.queue_group[beds.choice_queue[open_to]]
    _, (ward, of_group, admitted) = groups(beds.choice_ward[open_to], group, beds.choice_period[open_to])
    # Who is there at the start leaves at the end of the last period that counts them.
    after = np.zeros((len(sources), horizon), dtype=np.int64)
    after[:, :-1] = wards.inherited[sources, 1:]
    leaving = np.maximum(wards.inherited[sources] - after, 0)
    at, last = np.nonzero(leaving)
    none = np.full(len(at), -1, dtype=np.int64)
    return _Cohorts(
        ward=np.concatenate([ward, sources[at]]),
        group=np.concatenate([of_group, none]),
        last=np.concatenate([admitted + beds.stay[of_group] - 1, last]),
        admitted=np.concatenate([admitted, none]),
        people=np.concatenate([np.full(len(ward), -1, dtype=np.int64), leaving[at, last]]),
    )


def _moves(context: Context, wards: Wards, beds: Beds, cohorts: _Cohorts) -> tuple[_Moves, int]:
    """Every move of a cohort to an eligible class of another hospital; and the pairs that thinning left out."""
    bed_wards = np.flatnonzero(~wards.is_site)
    legs, left_out = context.legs("patients", wards.place[cohorts.ward], wards.place[bed_wards])
    within = np.flatnonzero((context.delay(legs.seconds) == 0) & (legs.origin != legs.destination))
    pair, cohort = matches(legs.origin[within], wards.place[cohorts.ward])
    step, at_ward = matches(legs.destination[within[pair]], wards.place[bed_wards])
    pair, cohort, to_ward = within[pair[step]], cohort[step], bed_wards[at_ward]
    group, from_ward = cohorts.group[cohort], cohorts.ward[cohort]
    # Of people there at the start no group is known: they go to the class they lie in.
    is_known = group >= 0
    penalty = np.where(is_known, beds.penalty[group, wards.what[to_ward]], 0)
    fits = np.where(is_known, penalty >= 0, wards.what[to_ward] == wards.what[from_ward])
    pair, cohort, to_ward, penalty = pair[fits], cohort[fits], to_ward[fits], penalty[fits]
    entry, period = legs.over_periods(pair)
    who = cohort[entry]
    kept = (period > cohorts.admitted[who]) & (period <= cohorts.last[who])
    entry, period = entry[kept], period[kept]
    moves = _Moves(cohort[entry], to_ward[entry], period, legs.seconds[pair[entry]], penalty[entry])
    return moves, left_out
