"""Beds as integers: who needs one, who may be admitted where, surge levels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.joining import IntArray, groups, matches, spans
from yjopt.instance.waiting import Waiting

if TYPE_CHECKING:
    from yjopt.instance.context import Context
    from yjopt.instance.wards import Wards


@dataclass(frozen=True)
class Beds:
    """Arrivals, admissions that are possible, and surge levels.

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
    left_out : int
        Pairs that thinning left out.
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

    queue, (queue_place, queue_group) = groups(place, group)
    choices, left_out = _choices(context, wards, arrivals, queue, queue_place, queue_group, penalty)

    surge_ward = wards.find(False, context.places("surge"), context.code("surge", "class", labels.classes))
    order = np.lexsort((context.number("surge", "level"), surge_ward))
    return Beds(
        arrivals=arrivals,
        place=place,
        group=group,
        stay=stay,
        queue=queue,
        queue_place=queue_place,
        queue_group=queue_group,
        **choices,
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
) -> tuple[dict[str, IntArray], int]:
    """Possible admissions: reachable hospitals with an eligible class, in the periods in which somebody waits.

    By name of the column of `Beds`; and the pairs that thinning left out.
    """
    bed_wards = np.flatnonzero(~wards.is_site)
    legs, left_out = context.legs("patients", queue_place, wards.place[bed_wards])
    within = np.flatnonzero(context.delay(legs.seconds) == 0)
    pair, at_queue = matches(legs.origin[within], queue_place)
    pair = within[pair]
    step, at_ward = matches(legs.destination[pair], wards.place[bed_wards])
    pair, at_queue, ward = pair[step], at_queue[step], bed_wards[at_ward]
    extra = penalty[queue_group[at_queue], wards.what[ward]]
    fits = extra >= 0
    pair, at_queue, ward, extra = pair[fits], at_queue[fits], ward[fits], extra[fits]
    entry, period = legs.over_periods(pair)
    demand, waits_in = spans(arrivals.period, arrivals.last)
    somebody = np.zeros((len(queue_place), context.horizon), dtype=bool)
    somebody[queue[demand], waits_in] = True
    kept = somebody[at_queue[entry], period]
    entry, period = entry[kept], period[kept]
    choices = {
        "choice_queue": at_queue[entry],
        "choice_ward": ward[entry],
        "choice_period": period,
        "choice_seconds": legs.seconds[pair[entry]],
        "choice_penalty": extra[entry],
    }
    return choices, left_out
