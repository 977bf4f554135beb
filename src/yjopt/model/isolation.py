"""Rows of isolation (docs/concepts/model.md, section 8).

For a part g of a group, a site ward w = (site, category):

    sum_w,t place[g,w,t] + lost[g] = 1 (kept together) or people[g]
    people lying in w at t - rooms * hold[w,t] - exception <= - people there at the start
    place[g,w,t] <= hold[w,t]                       (implied, but it makes the relaxation tight)
    sum over categories of hold[w,t] <= usable[site,t];  empty periods between different categories
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.joining import IntArray, ceil_div, matches, product, spans
from yjopt.model.names import STAGE_MONEY, STAGE_PEOPLE, STAGE_RULES, STAGE_TIME
from yjopt.model.occupancy import Occupancy
from yjopt.model.support import add_support

if TYPE_CHECKING:
    from yjopt.instance import Instance
    from yjopt.model.builder import Builder


@dataclass(frozen=True)
class IsolationColumns:
    """Columns of isolation.

    Parameters
    ----------
    settle : int64 array, shape (choices,)
        A part begins its stay (1 for a part kept together; else how many people).
    size : int64 array, shape (parts,)
        People per unit of `settle` and of `lost`.
    lost : int64 array, shape (parts,)
    hold : int64 array, shape (wards, periods)
        The site holds the category; -1 where it cannot.
    decide, decide_site, decide_period : int64 array
        Candidate site decided.
    convert : int64 array, shape (wards,)
        Conversion paid; -1 where none is due.
    excess, excess_ward, excess_period : int64 array
        People there at the start beyond the rooms.
    occupancy : Occupancy
    """

    settle: IntArray
    size: IntArray
    lost: IntArray
    hold: IntArray
    decide: IntArray
    decide_site: IntArray
    decide_period: IntArray
    convert: IntArray
    excess: IntArray
    excess_ward: IntArray
    excess_period: IntArray
    occupancy: Occupancy


def add_isolation(builder: Builder, instance: Instance) -> IsolationColumns:
    """Add columns, rows and costs of isolation."""
    isolation, wards, horizon = instance.isolation, instance.wards, instance.horizon
    size = np.where(isolation.together, isolation.people, 1)
    units = isolation.people // size
    ward, period = np.nonzero(wards.is_site[:, None] & (wards.inherited > wards.base))
    part = isolation.choice_part
    room = np.where(isolation.together[part], 1, wards.full[isolation.choice_ward])
    settle = builder.columns("settle", 0, np.minimum(units[part], room))
    end = np.minimum(isolation.period[part] + isolation.stay[isolation.category[part]], horizon) - 1
    at, lying_in = spans(isolation.choice_period, end)
    occupancy = Occupancy(isolation.choice_ward[at], lying_in, settle[at], size[part[at]])
    hold = _hold_columns(builder, instance)
    candidates = np.flatnonzero(isolation.site_ready >= 0)
    decide_at, decide_period = spans(
        np.zeros(len(candidates), dtype=np.int64), horizon - 1 - isolation.site_ready[candidates]
    )
    may_decide = isolation.site_may[candidates[decide_at], decide_period]
    decide_at, decide_period = decide_at[may_decide], decide_period[may_decide]
    pays = np.flatnonzero((isolation.conversion > 0) & (wards.inherited[:, 0] == 0) & (hold >= 0).any(axis=1))
    convert = np.full(len(wards), -1, dtype=np.int64)
    convert[pays] = builder.columns("convert", 0, 1, size=len(pays))
    columns = IsolationColumns(
        settle=settle,
        size=size,
        lost=builder.columns("lost_contact", 0, units, False),
        hold=hold,
        decide=builder.columns("open_site", 0, 1, size=len(decide_at)),
        decide_site=candidates[decide_at],
        decide_period=decide_period,
        convert=convert,
        excess=builder.columns("site_excess", 0, (wards.inherited - wards.base)[ward, period], False),
        excess_ward=ward,
        excess_period=period,
        occupancy=occupancy,
    )
    _parts(builder, instance, columns, units)
    _rooms(builder, instance, columns)
    _exclusive(builder, instance, columns)
    _openings(builder, instance, columns)
    builder.cost(STAGE_RULES, columns.excess, 1000)
    return columns


def _hold_columns(builder: Builder, instance: Instance) -> IntArray:
    isolation, wards, horizon = instance.isolation, instance.wards, instance.horizon
    ready = np.full(len(wards), horizon, dtype=np.int64)
    ready[wards.is_site] = np.maximum(isolation.site_ready[isolation.ward_site[wards.is_site]], 0)
    ward, period = np.nonzero(np.arange(horizon)[None, :] >= ready[:, None])
    hold = np.full((len(wards), horizon), -1, dtype=np.int64)
    hold[ward, period] = builder.columns("hold", (wards.inherited[ward, period] > 0).astype(np.int64), 1)
    return hold


def _parts(builder: Builder, instance: Instance, columns: IsolationColumns, units: IntArray) -> None:
    isolation = instance.isolation
    rows = builder.rows("contact", units, units)
    part = isolation.choice_part
    builder.entries(rows[part], columns.settle, 1)
    builder.entries(rows, columns.lost, 1)
    lost = product("costs of groups that are not isolated", isolation.cost_lost(), columns.size)
    builder.cost(STAGE_PEOPLE, columns.lost, lost)
    served = isolation.cost_served(part, isolation.choice_period)
    served = product("costs of groups that wait", served, columns.size[part])
    builder.cost(STAGE_PEOPLE, columns.settle, served)
    minutes = ceil_div(instance.carry_person * isolation.choice_seconds, 60)
    builder.cost(STAGE_TIME, columns.settle, product("load-minutes of groups", minutes, columns.size[part]))
    share = product("shares of groups", isolation.share[isolation.category[part]], columns.size[part])
    add_support(builder, instance, columns.settle, isolation.choice_position, share)


def _rooms(builder: Builder, instance: Instance, columns: IsolationColumns) -> None:
    wards, isolation = instance.wards, instance.isolation
    here = np.flatnonzero(wards.is_site)
    of_ward = np.full(len(wards), -1, dtype=np.int64)
    of_ward[here] = np.arange(len(here))
    limit = -wards.inherited[here]
    rows = builder.rows("rooms", -np.inf, limit.ravel()).reshape(limit.shape)
    lying = columns.occupancy
    builder.entries(rows[of_ward[lying.ward], lying.period], lying.column, lying.people)
    ward, period = np.nonzero(columns.hold >= 0)
    builder.entries(rows[of_ward[ward], period], columns.hold[ward, period], -wards.most[ward])
    builder.entries(rows[of_ward[columns.excess_ward], columns.excess_period], columns.excess, -1)

    # Where holding is a choice, tie each group kept together to it.
    wards_of_site = np.bincount(isolation.ward_site[here], minlength=len(isolation.site_place))
    choice = np.zeros(len(wards), dtype=bool)
    site = isolation.ward_site[here]
    choice[here] = (wards_of_site[site] > 1) | (isolation.site_ready[site] >= 0)
    tied = np.flatnonzero(choice[isolation.choice_ward] & isolation.together[isolation.choice_part])
    strong = builder.rows("settle_if_held", -np.inf, 0, size=len(tied))
    builder.entries(strong, columns.settle[tied], 1)
    builder.entries(strong, columns.hold[isolation.choice_ward[tied], isolation.choice_period[tied]], -1)


def _exclusive(builder: Builder, instance: Instance, columns: IsolationColumns) -> None:
    """One category at a time, only where usable, with empty periods before another category."""
    isolation, horizon = instance.isolation, instance.horizon
    candidate = isolation.site_ready >= 0
    limit = np.repeat(np.where(candidate, 0, 1)[:, None], horizon, axis=1)
    rows = builder.rows("one_category", -np.inf, limit.ravel()).reshape(limit.shape)
    ward, period = np.nonzero(columns.hold >= 0)
    builder.entries(rows[isolation.ward_site[ward], period], columns.hold[ward, period], 1)
    ready = columns.decide_period + isolation.site_ready[columns.decide_site]
    at, usable = spans(ready, np.full(len(ready), horizon - 1, dtype=np.int64))
    builder.entries(rows[columns.decide_site[at], usable], columns.decide[at], -1)

    here = np.flatnonzero(isolation.ward_site >= 0)
    one, other = matches(isolation.ward_site[here], isolation.ward_site[here])
    before, after = here[one], here[other]
    differs = before != after
    before, after = before[differs], after[differs]
    pair, held = np.divmod(np.arange(len(before) * horizon, dtype=np.int64), horizon)
    at, again = spans(held + 1, np.minimum(held + isolation.cleaning[after[pair]], horizon - 1))
    first = columns.hold[before[pair[at]], held[at]]
    second = columns.hold[after[pair[at]], again]
    both = (first >= 0) & (second >= 0)
    clean = builder.rows("cleaning", -np.inf, 1, size=int(both.sum()))
    builder.entries(clean, first[both], 1)
    builder.entries(clean, second[both], 1)


def _openings(builder: Builder, instance: Instance, columns: IsolationColumns) -> None:
    isolation, horizon = instance.isolation, instance.horizon
    once = builder.rows("open_once", -np.inf, 1, size=len(isolation.site_place))
    builder.entries(once[columns.decide_site], columns.decide, 1)
    in_use = horizon - columns.decide_period - isolation.site_ready[columns.decide_site]
    site = columns.decide_site
    builder.cost(
        STAGE_MONEY, columns.decide, isolation.site_cost[site] + isolation.site_running[site] * in_use
    )
    pays = np.flatnonzero(columns.convert >= 0)
    builder.cost(STAGE_MONEY, columns.convert[pays], isolation.conversion[pays])
    ward, period = np.nonzero((columns.hold >= 0) & (columns.convert >= 0)[:, None])
    rows = builder.rows("conversion", -np.inf, 0, size=len(ward))
    builder.entries(rows, columns.hold[ward, period], 1)
    builder.entries(rows, columns.convert[ward], -1)
