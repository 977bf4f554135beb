"""Isolation as integers: groups and their parts, sites, where each part may go when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from yjopt.instance.joining import BoolArray, IntArray, ceil_div, matches, position, ranges, shares, total

if TYPE_CHECKING:
    from yjopt.instance.command import Command
    from yjopt.instance.context import Context
    from yjopt.instance.wards import Wards


@dataclass(frozen=True)
class Isolation:
    """Parts of groups, sites, and the choices.

    Parameters
    ----------
    row : int64 array, shape (parts,)
        Row of ``contacts`` of each part.
    number : int64 array
        Number of the part within its group, from 1.
    place, category, period, last : int64 array
        Where the people are, category, period (from 0) in which isolation is due, last period in which it may begin.
    people : int64 array
        Size of the part.
    together : bool array
        Whether it goes as a whole.
    stay, weight : int64 array, shape (categories,)
        Periods; thousandths per person and period.
    share : int64 array, shape (categories,)
        What isolating one person counts in a support stage, millionths of all people of the category.
    choice_part, choice_ward, choice_period, choice_seconds : int64 array, shape (choices,)
        Possible beginnings of a part's stay.
    choice_step, choice_position : int64 array, shape (choices,)
        Step of the site's unit, and its position in the order of asking.
    site_place, site_ready, site_cost, site_running : int64 array, shape (sites,)
        Row of the places table; set-up periods of a candidate (-1: open); costs in fen.
    site_may : bool array, shape (sites, periods)
        Whether a candidate may be decided in a period.
    ward_site : int64 array, shape (wards,)
        Site of each site ward; -1 for bed wards.
    conversion, cleaning : int64 array, shape (wards,)
        Conversion cost in fen; empty periods before the category may follow another. 0 for bed wards.
    left_out : int
        Pairs that thinning left out.
    """

    row: IntArray
    number: IntArray
    place: IntArray
    category: IntArray
    period: IntArray
    last: IntArray
    people: IntArray
    together: BoolArray
    stay: IntArray
    weight: IntArray
    share: IntArray
    choice_part: IntArray
    choice_ward: IntArray
    choice_period: IntArray
    choice_seconds: IntArray
    choice_step: IntArray
    choice_position: IntArray
    site_place: IntArray
    site_ready: IntArray
    site_cost: IntArray
    site_running: IntArray
    site_may: BoolArray
    ward_site: IntArray
    conversion: IntArray
    cleaning: IntArray
    left_out: int

    def cost_served(self, part: IntArray, period: IntArray) -> IntArray:
        """Cost, in millionths and per person, of beginning a part's stay in `period`."""
        return 1000 * self.weight[self.category[part]] * (period - self.period[part])

    def cost_lost(self) -> IntArray:
        """Cost, in millionths and per person, of never isolating each part."""
        return 1000 * self.weight[self.category] * self.stay[self.category]


def index_isolation(context: Context, command: Command, wards: Wards) -> Isolation:
    """Index the tables ``categories``, ``contacts``, ``isolation_sites`` and ``site_category``."""
    labels, horizon = context.labels, context.horizon
    people, due = context.number("contacts", "people"), context.number("contacts", "period") - 1
    row = np.flatnonzero((people > 0) & (due < horizon))
    place, size, due = context.places("contacts")[row], people[row], due[row]
    category = context.code("contacts", "category", labels.categories)[row]
    wait = context.number("categories", "wait")
    last = np.minimum(due + wait[category], horizon - 1)
    together = context.flags("categories", "together")[category]
    split = context.flags("categories", "split")[category]

    site_place, site_ready = context.places("isolation_sites"), _ready(context)
    site_may = command.is_usable("isolation", site_place)
    open_to, largest, left_out = _choices(context, wards, place, category, due, last)
    usable = _usable(context, command, wards, open_to, place, command.known("contacts", row, due), site_may)
    group, ward, start = open_to.group[usable], open_to.ward[usable], open_to.period[usable]
    taker = context.unit[place[group]]
    step = command.step(context.unit[wards.place[ward]], taker)
    cut = together & split & (size > largest) & (largest > 0)
    parts = np.where(cut, ceil_div(size, np.maximum(largest, 1)), 1)
    of_part = np.repeat(np.arange(len(row), dtype=np.int64), parts)
    number = ranges(np.ones(len(row), dtype=np.int64), parts)
    part_people = size[of_part] // parts[of_part] + (number <= size[of_part] % parts[of_part])

    part, at = matches(of_part, group)
    fits = ~together[of_part[part]] | (part_people[part] <= wards.most[ward[at]])
    part, at = part[fits], at[fits]
    return Isolation(
        row=row[of_part],
        number=number,
        place=place[of_part],
        category=category[of_part],
        period=due[of_part],
        last=last[of_part],
        people=part_people,
        together=together[of_part],
        stay=context.number("categories", "stay"),
        weight=context.number("categories", "weight"),
        share=shares(
            total(
                people,
                context.code("contacts", "category", labels.categories),
                len(labels.categories),
            )
        ),
        choice_part=part,
        choice_ward=ward[at],
        choice_period=start[at],
        choice_seconds=open_to.seconds[usable][at],
        choice_step=step[at],
        choice_position=command.position("isolation", step, taker)[at],
        site_place=site_place,
        site_ready=site_ready,
        site_cost=context.number("isolation_sites", "cost"),
        site_running=context.number("isolation_sites", "running_cost"),
        site_may=site_may,
        **_of_wards(context, wards),
        left_out=left_out,
    )


def _ready(context: Context) -> IntArray:
    """Set-up periods of each candidate site; -1 for open ones."""
    candidate = (context.table("isolation_sites")["state"] == "candidate").to_numpy(dtype=bool)
    return np.where(candidate, context.setup(context.number("isolation_sites", "setup")), -1)


def _site_of(context: Context) -> IntArray:
    """The site of each allowed row of ``site_category``, that is, of each site ward."""
    allowed = context.flags("site_category", "allowed")
    sites = context.table("isolation_sites")["place"].to_numpy(dtype=object)
    return position(context.table("site_category")["place"][allowed], sites)


def _of_wards(context: Context, wards: Wards) -> dict[str, IntArray]:
    """Site, conversion cost and cleaning of each site ward."""
    ward_site = np.full(len(wards), -1, dtype=np.int64)
    conversion, cleaning = np.zeros(len(wards), dtype=np.int64), np.zeros(len(wards), dtype=np.int64)
    allowed = context.flags("site_category", "allowed")
    # Site wards were numbered in the order of the allowed rows of this table.
    here = np.flatnonzero(wards.is_site)
    ward_site[here] = _site_of(context)
    conversion[here] = context.number("site_category", "conversion_cost")[allowed]
    cleaning[here] = context.number("site_category", "cleaning")[allowed]
    return {"ward_site": ward_site, "conversion": conversion, "cleaning": cleaning}


class _Open(NamedTuple):
    """Groups and the site wards that they reach, period by period."""

    group: IntArray
    ward: IntArray
    period: IntArray
    seconds: IntArray


def _choices(
    context: Context, wards: Wards, place: IntArray, category: IntArray, due: IntArray, last: IntArray
) -> tuple[_Open, IntArray, int]:
    """Every site in reach, usable or not; rooms of the largest; and the pairs that thinning left out."""
    site_wards = np.flatnonzero(wards.is_site)
    legs, left_out = context.legs("contacts", place, context.places("isolation_sites"))
    pair, at_ward = matches(legs.destination, wards.place[site_wards])
    ward = site_wards[at_ward]
    width = len(context.labels.categories)
    step, group = matches(legs.origin[pair] * width + wards.what[ward], place * width + category)
    pair, ward = pair[step], ward[step]
    entry, period = legs.over_periods(pair)
    waits = (period >= due[group[entry]]) & (period <= last[group[entry]])
    entry, period = entry[waits], period[waits]
    pair, ward, group = pair[entry], ward[entry], group[entry]
    largest = np.zeros(len(place), dtype=np.int64)
    np.maximum.at(largest, group, wards.most[ward])
    return _Open(group, ward, period, legs.seconds[pair]), largest, left_out


def _usable(
    context: Context,
    command: Command,
    wards: Wards,
    choices: _Open,
    place: IntArray,
    known: IntArray,
    site_may: BoolArray,
) -> IntArray:
    """The choices for which the site could be ready, and that gates and the time of a decision allow."""
    group, ward, period, seconds = choices
    site_of = np.full(len(wards), -1, dtype=np.int64)
    site_of[wards.is_site] = _site_of(context)
    site = site_of[ward]
    setup = _ready(context)
    # The first period in which a candidate may be decided; beyond the end where there is none.
    decided = np.where(site_may.any(axis=1), site_may.argmax(axis=1), context.horizon)
    ready = np.where(setup >= 0, decided + setup, 0)
    near = np.flatnonzero((period >= ready[site]) & (context.delay(seconds) == 0))
    group, ward, period, seconds, site = group[near], ward[near], period[near], seconds[near], site[near]
    taker, giver = context.unit[place[group]], context.unit[wards.place[ward]]
    step = command.step(giver, taker)
    decision = command.decision("isolation", step, taker, giver)
    kept = (
        (known[group] + context.delay(seconds + decision) <= period)
        & command.is_open("isolation", step, taker, giver, period)
        & site_may[site, period]
    )
    return near[kept]
