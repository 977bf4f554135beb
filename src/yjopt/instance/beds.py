"""Beds as integers: who needs one, who may be admitted where, surge levels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.joining import BoolArray, IntArray, groups, matches, shares, spans, total
from yjopt.instance.waiting import Waiting

if TYPE_CHECKING:
    from yjopt.instance.command import Command
    from yjopt.instance.context import Context
    from yjopt.instance.wards import Wards


@dataclass(frozen=True)
class Beds:
    """Arrivals, admissions that are possible, and surge levels.

    Parameters
    ----------
    arrivals : Waiting
        One demand per row of ``arrivals`` with people.
    known : int64 array, shape (demands,)
        Period (from 0) from which somebody may be asked to take them in; 0 where nobody asks.
    place, group : int64 array, shape (demands,)
        Where the people are, and their care group.
    stay : int64 array, shape (groups,)
        Periods in bed.
    share : int64 array, shape (groups,)
        What an admission counts in a support stage, millionths of all people of the group.
    queue : int64 array, shape (demands,)
        Number of the (place, group) the arrival belongs to; admissions are made from a queue.
    queue_place, queue_group : int64 array, shape (queues,)
        Place and group of each queue.
    choice_queue, choice_ward, choice_period, choice_seconds, choice_penalty : int64 array, shape (choices,)
        Possible admissions: from a queue to a ward in a period, with travel time and penalty in seconds.
    choice_step, choice_position, choice_delay : int64 array, shape (choices,)
        Step of the hospital's unit, its position in the order of asking, and periods from being known to admission.
    surge_ward, surge_level, surge_beds, surge_setup, surge_breakdown, surge_cost, surge_running : int64 array
        Surge levels, sorted by ward and level; set-up with ``ignore_delays`` applied; costs in fen.
    surge_may : bool array, shape (surge levels, periods)
        Whether a level may be decided in a period.
    penalty : int64 array, shape (groups + 1, classes)
        Penalty seconds of a class for a group; -1 where it is not eligible.
    left_out : int
        Pairs that thinning left out.
    """

    arrivals: Waiting
    known: IntArray
    place: IntArray
    group: IntArray
    stay: IntArray
    share: IntArray
    queue: IntArray
    queue_place: IntArray
    queue_group: IntArray
    choice_queue: IntArray
    choice_ward: IntArray
    choice_period: IntArray
    choice_seconds: IntArray
    choice_penalty: IntArray
    choice_step: IntArray
    choice_position: IntArray
    choice_delay: IntArray
    surge_ward: IntArray
    surge_level: IntArray
    surge_beds: IntArray
    surge_setup: IntArray
    surge_breakdown: IntArray
    surge_cost: IntArray
    surge_running: IntArray
    surge_may: BoolArray
    penalty: IntArray
    left_out: int


def index_beds(context: Context, command: Command, wards: Wards) -> Beds:
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
    known = command.known("arrivals", row, arrivals.period)
    least = _least_known(context, arrivals, queue, known, len(queue_place))
    choices, left_out = _choices(context, wards, queue_place, queue_group, penalty)
    choices = _asked(context, command, wards, queue_place, least, choices)
    surge_ward = wards.find(False, context.places("surge"), context.code("surge", "class", labels.classes))
    order = np.lexsort((context.number("surge", "level"), surge_ward))
    of_group = context.code("arrivals", "group", labels.groups)
    return Beds(
        arrivals=arrivals,
        known=known,
        place=place,
        group=group,
        stay=stay,
        share=shares(total(people, of_group, len(labels.groups))),
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
        surge_may=command.is_usable("beds", wards.place[surge_ward[order]]),
        penalty=penalty,
        left_out=left_out,
    )


def _least_known(
    context: Context, arrivals: Waiting, queue: IntArray, known: IntArray, queues: int
) -> IntArray:
    """When the first of those who wait in a period became known, shape (queues, periods); beyond the end: nobody."""
    demand, waits_in = spans(arrivals.period, arrivals.last)
    least = np.full((queues, context.horizon), context.horizon, dtype=np.int64)
    np.minimum.at(least, (queue[demand], waits_in), known[demand])
    return least


def _choices(
    context: Context, wards: Wards, queue_place: IntArray, queue_group: IntArray, penalty: IntArray
) -> tuple[dict[str, IntArray], int]:
    """Reachable hospitals with an eligible class, by column of `Beds`; and the pairs that thinning left out."""
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
    choices = {
        "choice_queue": at_queue[entry],
        "choice_ward": ward[entry],
        "choice_period": period,
        "choice_seconds": legs.seconds[pair[entry]],
        "choice_penalty": extra[entry],
    }
    return choices, left_out


def _asked(
    context: Context,
    command: Command,
    wards: Wards,
    queue_place: IntArray,
    least: IntArray,
    choices: dict[str, IntArray],
) -> dict[str, IntArray]:
    """The admissions for which somebody waits and is known early enough and no gate is shut, with their steps."""
    kept = least[choices["choice_queue"], choices["choice_period"]] < context.horizon
    choices = {name: values[kept] for name, values in choices.items()}
    queue, ward, period = choices["choice_queue"], choices["choice_ward"], choices["choice_period"]
    taker, giver = context.unit[queue_place[queue]], context.unit[wards.place[ward]]
    step = command.step(giver, taker)
    decision = command.decision("beds", step, taker, giver)
    choices |= {
        "choice_step": step,
        "choice_position": command.position("beds", step, taker),
        "choice_delay": context.delay(choices["choice_seconds"] + decision),
    }
    kept = (
        (least[queue, period] + choices["choice_delay"] <= period)
        & command.is_open("beds", step, taker, giver, period)
        & command.is_usable("beds", wards.place)[ward, period]
    )
    return {name: values[kept] for name, values in choices.items()}
