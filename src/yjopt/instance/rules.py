"""Fleets, minimum sites and opening budgets as integers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.joining import BoolArray, IntArray, position

if TYPE_CHECKING:
    from yjopt.instance.beds import Beds
    from yjopt.instance.context import Context
    from yjopt.instance.facilities import Facilities
    from yjopt.instance.isolation import Isolation
    from yjopt.instance.wards import Wards


@dataclass(frozen=True)
class Fleets:
    """Vehicles.

    Parameters
    ----------
    place, vehicles, grams, millilitres, seconds, cost : int64 array, shape (fleets,)
        Home, count, payload, volume, seconds of driving per period, fen per hour.
    """

    place: IntArray
    vehicles: IntArray
    grams: IntArray
    millilitres: IntArray
    seconds: IntArray
    cost: IntArray


def index_fleets(context: Context) -> Fleets:
    """Index the table ``fleets``."""
    return Fleets(
        place=context.places("fleets"),
        vehicles=context.number("fleets", "vehicles"),
        grams=context.number("fleets", "payload_kg") * 1000,
        millilitres=context.number("fleets", "volume_litres") * 1000,
        seconds=context.hours("fleets", "hours"),
        cost=context.number("fleets", "cost_per_hour"),
    )


@dataclass(frozen=True)
class Minimums:
    """``isolation_minimum`` rules.

    Parameters
    ----------
    row, amount, first, weight : int64 array, shape (rules,)
        Row of ``rules``, sites wanted, first period (from 0), thousandths per site and period when soft.
    area, category : int64 array
        The rule's area and category.
    hard : bool array
        Whether it must hold.
    counted_rule, counted_ward : int64 array
        Which wards count for which rule.
    """

    row: IntArray
    amount: IntArray
    first: IntArray
    weight: IntArray
    area: IntArray
    category: IntArray
    hard: BoolArray
    counted_rule: IntArray
    counted_ward: IntArray


def index_minimums(context: Context, wards: Wards, isolation: Isolation) -> Minimums:
    """Index the ``isolation_minimum`` rows of ``rules``."""
    row, area = _rows(context, "isolation_minimum")
    table = context.table("rules")
    category = position(table["what"].iloc[row], context.labels.categories)
    upper = context.flags("rules", "count_upper_units")[row]
    lies = context.tree.inside(context.area[wards.place][None, :], area[:, None])
    run_inside = context.tree.inside(context.unit[wards.place][None, :], area[:, None])
    counts = (
        wards.is_site[None, :]
        & (wards.what[None, :] == category[:, None])
        & lies
        & (run_inside | upper[:, None])
    )
    # Without a period given, the rule holds as soon as the first site that counts could be ready.
    ready = np.full(len(wards), -1, dtype=np.int64)
    ready[wards.is_site] = isolation.site_ready[isolation.ward_site[wards.is_site]]
    soonest = np.min(
        np.where(counts, np.maximum(ready, 0)[None, :], context.horizon), axis=1, initial=context.horizon
    )
    soonest = np.where(counts.any(axis=1), soonest, 0)
    given = context.number("rules", "from_period")[row]
    counted_rule, counted_ward = np.nonzero(counts)
    return Minimums(
        row=row,
        amount=context.number("rules", "amount")[row] // 100,
        first=np.where(given > 0, given - 1, soonest),
        weight=context.number("rules", "weight")[row],
        area=area,
        category=category,
        hard=context.flags("rules", "hard")[row],
        counted_rule=counted_rule,
        counted_ward=counted_ward,
    )


@dataclass(frozen=True)
class Budgets:
    """``opening_budget`` rules, and what each counts.

    Parameters
    ----------
    amount : int64 array, shape (rules,)
        Fen.
    surge_rule, surge : int64 array
        Which surge levels count for which rule; so for sites, wards (conversions) and facilities.
    """

    amount: IntArray
    surge_rule: IntArray
    surge: IntArray
    site_rule: IntArray
    site: IntArray
    ward_rule: IntArray
    ward: IntArray
    facility_rule: IntArray
    facility: IntArray


def index_budgets(
    context: Context, wards: Wards, beds: Beds, isolation: Isolation, facilities: Facilities
) -> Budgets:
    """Index the ``opening_budget`` rows of ``rules``."""
    row, area = _rows(context, "opening_budget")

    def inside(place: IntArray) -> tuple[IntArray, IntArray]:
        rule, found = np.nonzero(context.tree.inside(context.area[place][None, :], area[:, None]))
        return rule.astype(np.int64), found.astype(np.int64)

    return Budgets(
        context.number("rules", "amount")[row],
        *inside(wards.place[beds.surge_ward]),
        *inside(isolation.site_place),
        *inside(wards.place),
        *inside(facilities.place),
    )


@dataclass(frozen=True)
class MobileQuotas:
    """``mobile_quota`` rules: teams that must not all be away at once.

    Parameters
    ----------
    amount, first, weight : int64 array, shape (rules,)
        Teams wanted; first period (from 0); thousandths per team and period when soft.
    area, skill : int64 array
        The rule's area and skill.
    hard : bool array
        Whether it must hold.
    teams : int64 array
        Teams of all pools that count.
    counted_rule, counted_pool : int64 array
        Which pools count for which rule.
    """

    amount: IntArray
    first: IntArray
    weight: IntArray
    area: IntArray
    skill: IntArray
    hard: BoolArray
    teams: IntArray
    counted_rule: IntArray
    counted_pool: IntArray


def index_mobile_quotas(context: Context) -> MobileQuotas:
    """Index the ``mobile_quota`` rows of ``rules``."""
    row, area = _rows(context, "mobile_quota")
    skill = position(context.table("rules")["what"].iloc[row], context.labels.skills)
    able = np.zeros((len(context.labels.skills), len(context.labels.pools)), dtype=np.bool_)
    able[
        context.code("skills", "skill", context.labels.skills),
        context.code("skills", "pool", context.labels.pools),
    ] = True
    counts = able[skill] & context.tree.inside(context.areas("pools")[None, :], area[:, None])
    counted_rule, counted_pool = np.nonzero(counts)
    return MobileQuotas(
        amount=context.number("rules", "amount")[row] // 100,
        first=np.maximum(context.number("rules", "from_period")[row], 1) - 1,
        weight=context.number("rules", "weight")[row],
        area=area,
        skill=skill,
        hard=context.flags("rules", "hard")[row],
        teams=(counts * context.number("pools", "teams")).sum(axis=1),
        counted_rule=counted_rule,
        counted_pool=counted_pool,
    )


@dataclass(frozen=True)
class Ceilings:
    """``unmet_ceiling`` rules: what the takers inside an area may at most go without.

    Parameters
    ----------
    amount, weight : int64 array, shape (rules,)
        Hundredths of natural units of the stage; thousandths per unit beyond when soft.
    area : int64 array
        The rule's area.
    is_goods : bool array
        Whether it counts goods, or people.
    hard : bool array
        Whether it must hold.
    inside : bool array, shape (rules, areas)
        Whose takers count.
    """

    amount: IntArray
    weight: IntArray
    area: IntArray
    is_goods: BoolArray
    hard: BoolArray
    inside: BoolArray


def index_ceilings(context: Context) -> Ceilings:
    """Index the ``unmet_ceiling`` rows of ``rules``."""
    row, area = _rows(context, "unmet_ceiling")
    what = context.table("rules")["what"].iloc[row]
    return Ceilings(
        amount=context.number("rules", "amount")[row],
        weight=context.number("rules", "weight")[row],
        area=area,
        is_goods=(what == "goods").to_numpy(dtype=bool),
        hard=context.flags("rules", "hard")[row],
        inside=context.tree.inside(np.arange(len(context.tree))[None, :], area[:, None]),
    )


def _rows(context: Context, rule: str) -> tuple[IntArray, IntArray]:
    table = context.table("rules")
    row = np.flatnonzero((table["rule"] == rule).to_numpy(dtype=bool))
    return row, position(table["area"].iloc[row], context.labels.areas)
