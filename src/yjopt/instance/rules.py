"""Fleets, minimum sites and opening budgets as integers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.joining import BoolArray, IntArray, position

if TYPE_CHECKING:
    from yjopt.instance.beds import Beds
    from yjopt.instance.context import Context
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
        Which surge levels count for which rule; so for sites and wards (conversions).
    """

    amount: IntArray
    surge_rule: IntArray
    surge: IntArray
    site_rule: IntArray
    site: IntArray
    ward_rule: IntArray
    ward: IntArray


def index_budgets(context: Context, wards: Wards, beds: Beds, isolation: Isolation) -> Budgets:
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
    )


def _rows(context: Context, rule: str) -> tuple[IntArray, IntArray]:
    table = context.table("rules")
    row = np.flatnonzero((table["rule"] == rule).to_numpy(dtype=bool))
    return row, position(table["area"].iloc[row], context.labels.areas)
