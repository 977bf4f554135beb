"""Beds as integers: who needs one, who may be admitted where, surge levels, transfers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.joining import IntArray, groups, matches, position, spans

if TYPE_CHECKING:
    from yjopt.instance.context import Context
    from yjopt.instance.wards import Wards


@dataclass(frozen=True)
class Waiting:
    """Demands that wait until they are served or lost: arrivals of people, needs for goods.

    Parameters
    ----------
    row : int64 array, shape (demands,)
        Row of the table it came from.
    period, last : int64 array
        Period (from 0) in which it is due, and the last one in which it may be served.
    amount : int64 array
        People, or packs.
    weight : int64 array
        Cost of one unit in the first stage, thousandths.
    late : int64 array
        Share of the weight per period of waiting, thousandths.
    """

    row: IntArray
    period: IntArray
    last: IntArray
    amount: IntArray
    weight: IntArray
    late: IntArray

    def __len__(self) -> int:
        return len(self.row)

    def cost_served(self, demand: IntArray, period: IntArray) -> IntArray:
        """Cost, in millionths, of serving a unit of each `demand` in `period`."""
        cost = self.weight[demand] * self.late[demand] * (period - self.period[demand])
        return np.asarray(cost, dtype=np.int64)

    def cost_lost(self) -> IntArray:
        """Cost, in millionths, of never serving a unit of each demand."""
        return np.asarray(self.weight * (1000 + self.late * (self.last - self.period)), dtype=np.int64)


@dataclass(frozen=True)
class Beds:
    """Arrivals, admissions that are possible, surge levels and transfers.

    Parameters
    ----------
    arrivals : Waiting
        One demand per row of ``arrivals`` with people.
    place, group : int64 array, shape (demands,)
        Where the people are, and their care group.
    stay : int64 array, shape (groups,)
        Periods in bed.
    queue : int64 array, shape (demands,)
        Number of the (place, group) the arrival belongs to; admissions are made from a queue.
    queue_place, queue_group : int64 array, shape (queues,)
        Place and group of each queue.
    choice_queue, choice_ward, choice_period, choice_seconds, choice_penalty : int64 array, shape (choices,)
        Possible admissions: from a queue to a ward in a period, with travel time and penalty in seconds.
    surge_ward, surge_level, surge_beds, surge_setup, surge_breakdown, surge_cost, surge_running : int64 array
        Surge levels, sorted by ward and level; set-up with ``ignore_delays`` applied; costs in fen.
    penalty : int64 array, shape (groups + 1, classes)
        Penalty seconds of a class for a group; -1 where it is not eligible.
    """

    arrivals: Waiting
    place: IntArray
    group: IntArray
    stay: IntArray
    queue: IntArray
    queue_place: IntArray
    queue_group: IntArray
    choice_queue: IntArray
    choice_ward: IntArray
    choice_period: IntArray
    choice_seconds: IntArray
    choice_penalty: IntArray
    surge_ward: IntArray
    surge_level: IntArray
    surge_beds: IntArray
    surge_setup: IntArray
    surge_breakdown: IntArray
    surge_cost: IntArray
    surge_running: IntArray
    penalty: IntArray
    left_out: int


def index_beds(context: Context, wards: Wards) -> Beds:
    """Index the tables ``groups``, ``eligibility``, ``arrivals`` and ``surge``."""
    labels, horizon = context.labels, context.horizon
    stay, wait = context.number("groups", "stay"), context.number("groups", "wait")
    people, period = context.number("arrivals", "people"), context.number("arrivals", "period") - 1
    row = np.flatnonzero((people > 0) & (period < horizon))
    place = context.places("arrivals")[row]
    group = context.code("arrivals", "group", labels.groups)[row]
    arrivals = Waiting(
        row=row,
        period=period[row],
        last=np.minimum(period[row] + wait[group], horizon - 1),
        amount=people[row],
        weight=context.number("groups", "weight")[group],
        late=context.number("groups", "late")[group],
    )
    # One row more, so that group -1 (people there at the start) finds "not eligible".
    penalty = np.full((len(labels.groups) + 1, len(labels.classes)), -1, dtype=np.int64)
    eligible_group = context.code("eligibility", "group", labels.groups)
    eligible_class = context.code("eligibility", "class", labels.classes)
    penalty[eligible_group, eligible_class] = context.number("eligibility", "penalty")

    queue_key, queue = np.unique(place * max(len(labels.groups), 1) + group, return_inverse=True)
    queue_place, queue_group = np.divmod(queue_key, max(len(labels.groups), 1))
    choices, left_out = _choices(
        context, wards, arrivals, queue.astype(np.int64), queue_place, queue_group, penalty
    )

    surge_ward = wards.find(False, context.places("surge"), context.code("surge", "class", labels.classes))
    order = np.lexsort((context.number("surge", "level"), surge_ward))
    return Beds(
        arrivals=arrivals,
        place=place,
        group=group,
        stay=stay,
        queue=queue.astype(np.int64),
        queue_place=queue_place,
        queue_group=queue_group,
        choice_queue=choices[0],
        choice_ward=choices[1],
        choice_period=choices[2],
        choice_seconds=choices[3],
        choice_penalty=choices[4],
        surge_ward=surge_ward[order],
        surge_level=context.number("surge", "level")[order],
        surge_beds=context.number("surge", "beds")[order],
        surge_setup=context.setup(context.number("surge", "setup"))[order],
        surge_breakdown=context.number("surge", "breakdown")[order],
        surge_cost=context.number("surge", "cost")[order],
        surge_running=context.number("surge", "running_cost")[order],
        penalty=penalty,
        left_out=left_out,
    )


def _choices(
    context: Context,
    wards: Wards,
    arrivals: Waiting,
    queue: IntArray,
    queue_place: IntArray,
    queue_group: IntArray,
    penalty: IntArray,
) -> tuple[tuple[IntArray, ...], int]:
    """Possible admissions: reachable hospitals with an eligible class, in the periods in which somebody waits."""
    bed_wards = np.flatnonzero(~wards.is_site)
    legs, left_out = context.legs("patients", queue_place, wards.place[bed_wards])
    within = np.flatnonzero(context.delay(legs.seconds) == 0)
    pair, at_queue = matches(legs.origin[within], queue_place)
    pair = within[pair]
    step, at_ward = matches(legs.destination[pair], wards.place[bed_wards])
    pair, at_queue, ward = pair[step], at_queue[step], bed_wards[at_ward]
    minutes = penalty[queue_group[at_queue], wards.what[ward]]
    fits = minutes >= 0
    pair, at_queue, ward, minutes = pair[fits], at_queue[fits], ward[fits], minutes[fits]
    entry, period = legs.over_periods(pair)
    demand, waits_in = spans(arrivals.period, arrivals.last)
    somebody = np.zeros((len(queue_place), context.horizon), dtype=bool)
    somebody[queue[demand], waits_in] = True
    kept = somebody[at_queue[entry], period]
    entry, period = entry[kept], period[kept]
    return (at_queue[entry], ward[entry], period, legs.seconds[pair[entry]], minutes[entry]), left_out


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
