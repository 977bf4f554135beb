"""A plan to start from: the rule by hand, in the model of the widened scenario, with nothing granted."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.diagnosis.minimum_sites import option_wards
from yjopt.model.manual import laid

if TYPE_CHECKING:
    from yjopt.diagnosis.making import Making
    from yjopt.model.mip import BoolArray, IntArray, Mip

#: How often the plan is laid anew where it asked somebody too early.
_ATTEMPTS: Final = 3


def by_hand(making: Making, mip: Mip, nothing: IntArray) -> IntArray:
    """Lay the manual plan of the scenario as it is.

    Parameters
    ----------
    making : Making
    mip : Mip
        The matrix of the widened scenario's model with what is not granted shut again.
    nothing : int64 array, shape (columns,)
        Doing nothing.

    Returns
    -------
    int64 array, shape (columns,)
        As a rule a vector that keeps every row; the caller makes sure.
    """
    instance, wide, model, catalogue = making.instance, making.wide, making.model, making.catalogue
    upper = mip.upper.copy()
    barred = _granted_wards(making)
    sites = wide.isolation
    upper[model.isolation.settle[barred[sites.choice_ward]]] = 0
    hold = model.isolation.hold[barred]
    upper[hold[hold >= 0]] = mip.lower[hold[hold >= 0]]
    parts, own = wide.supplies.parts, instance.supplies.parts
    # Without floors the free part of a lot is its only one; what the floor keeps is not there to be sent.
    free = ~own.home
    restricted = parts
    if len(catalogue.stock_floor):
        restricted = dataclasses.replace(parts, initial=own.initial[free], receipts=own.receipts[free])
    counts = ~barred[wide.minimums.counted_ward]
    plain = dataclasses.replace(
        wide,
        minimums=dataclasses.replace(
            wide.minimums,
            counted_rule=wide.minimums.counted_rule[counts],
            counted_ward=wide.minimums.counted_ward[counts],
        ),
        teams=dataclasses.replace(wide.teams, available=instance.teams.available),
        supplies=dataclasses.replace(wide.supplies, parts=restricted),
    )
    # In no period may a candidate be decided of which the widened model tells decisions otherwise.
    columns, granted = model.isolation, np.isin(model.isolation.decide_site, catalogue.ready)
    shut = dataclasses.replace(
        model,
        mip=dataclasses.replace(mip, upper=upper),
        isolation=dataclasses.replace(columns, decide_period=np.where(granted, -1, columns.decide_period)),
    )
    x = laid(plain, shut, nothing, _ATTEMPTS)
    kept = parts.initial - restricted.initial
    x[model.supplies.stock] += kept[:, None] + (parts.receipts - restricted.receipts).cumsum(axis=1)
    return x


def _granted_wards(making: Making) -> BoolArray:
    """Wards that exist, or exist so early, only by what is granted."""
    wide = making.wide
    marked = np.zeros(len(wide.wards), dtype=np.bool_)
    marked[option_wards(making)] = True
    here = wide.wards.is_site
    marked[here] |= np.isin(wide.isolation.ward_site[here], making.catalogue.ready)
    return marked
