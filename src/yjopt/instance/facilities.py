"""Hospitals that open in order as integers: what each needs before it takes anybody in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.joining import BoolArray, IntArray, known_position, position

if TYPE_CHECKING:
    from yjopt.instance.command import Command
    from yjopt.instance.context import Context
    from yjopt.instance.wards import Wards


@dataclass(frozen=True)
class Facilities:
    """Backup and makeshift hospitals that take nobody before they are opened, and the loads that backups wait for.

    Parameters
    ----------
    place, setup, cost : int64 array, shape (facilities,)
        Row of the places table; periods from decision to use (``ignore_delays`` applied); fen.
    is_backup, is_makeshift : bool array, shape (facilities,)
        A backup waits for a load; a makeshift one takes a place away from isolation.
    may : bool array, shape (facilities, periods)
        Whether it may be decided in a period, as far as gates are concerned.
    of_ward : int64 array, shape (wards,)
        Facility of a bed ward; -1 where it is open anyway.
    site_facility, site_ward : int64 array
        Wards of isolation that a makeshift place loses, and the facility that takes them.
    load_facility, load_amount : int64 array, shape (loads,)
        Facility that waits, and hundredths of a per cent of the beds that must be taken. One of its loads suffices.
    counted_load, counted_ward : int64 array
        Which wards count for which load.
    """

    place: IntArray
    setup: IntArray
    cost: IntArray
    is_backup: BoolArray
    is_makeshift: BoolArray
    may: BoolArray
    of_ward: IntArray
    site_facility: IntArray
    site_ward: IntArray
    load_facility: IntArray
    load_amount: IntArray
    counted_load: IntArray
    counted_ward: IntArray

    def __len__(self) -> int:
        return len(self.place)


def index_facilities(context: Context, command: Command, wards: Wards) -> Facilities:
    """Index the table ``facilities`` and the ``backup_load`` rows of ``rules``."""
    table, rules = context.table("facilities"), context.table("rules")
    place, role = context.places("facilities"), table["role"].to_numpy(dtype=object)
    rule = np.flatnonzero((rules["rule"] == "backup_load").to_numpy(dtype=bool))
    area = position(rules["area"].iloc[rule], context.labels.areas)
    inside = context.tree.inside(context.area[place][None, :], area[:, None])
    has_people = np.zeros(len(context.labels.places), dtype=np.bool_)
    in_beds = ~wards.is_site
    has_people[wards.place[in_beds & (wards.inherited[:, 0] > 0)]] = True
    waits = ((role == "backup") & inside.any(axis=0)) | (role == "makeshift")
    row = np.flatnonzero(waits & ~has_people[place])

    place, role, inside = place[row], role[row], inside[:, row]
    of_ward = np.where(in_beds, known_position(wards.place, place.astype(object)), -1)
    makeshift = np.flatnonzero(role == "makeshift")
    site = np.flatnonzero(wards.is_site)
    taken = known_position(wards.place[site], place[makeshift].astype(object))

    at_rule, facility = np.nonzero(inside & (role == "backup"))
    counts = (
        _designated(context, wards)[None, :]
        & context.tree.inside(context.area[wards.place][None, :], area[at_rule, None])
        & _offers(context, wards, place)[facility][:, wards.what]
    )
    counted_load, counted_ward = np.nonzero(counts)
    return Facilities(
        place=place,
        setup=context.setup(context.number("facilities", "setup"))[row],
        cost=context.number("facilities", "cost")[row],
        is_backup=np.asarray(role == "backup", dtype=np.bool_),
        is_makeshift=np.asarray(role == "makeshift", dtype=np.bool_),
        may=command.is_usable("beds", place),
        of_ward=of_ward,
        site_facility=makeshift[taken[taken >= 0]],
        site_ward=site[taken >= 0],
        load_facility=facility,
        load_amount=context.number("rules", "amount")[rule][at_rule],
        counted_load=counted_load,
        counted_ward=counted_ward,
    )


def _designated(context: Context, wards: Wards) -> BoolArray:
    """Whether each ward is one of beds in a hospital that no row calls a backup or makeshift."""
    table = context.table("facilities")
    other = context.places("facilities")[(table["role"] != "designated").to_numpy(dtype=bool)]
    return np.asarray(~wards.is_site & ~np.isin(wards.place, other), dtype=np.bool_)


def _offers(context: Context, wards: Wards, place: IntArray) -> BoolArray:
    """Whether each facility has beds or surge of each class; of categories, which no bed ward has, nothing is said."""
    width = int(wards.what.max(initial=0)) + 1
    offers = np.zeros((len(place), width), dtype=np.bool_)
    at = known_position(wards.place, place.astype(object))
    here = np.flatnonzero((at >= 0) & ~wards.is_site)
    offers[at[here], wards.what[here]] = True
    return offers
