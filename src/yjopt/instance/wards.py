"""Wards: where people lie. A ward is a bed class at a hospital, or a category at an isolation site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.joining import BoolArray, IntArray, find, groups, known_position, position, total

if TYPE_CHECKING:
    from yjopt.instance.context import Context


@dataclass(frozen=True)
class Wards:
    """Every ward: bed wards first, then site wards.

    Parameters
    ----------
    place, what : int64 array, shape (wards,)
        Row of the places table; bed class or isolation category.
    is_site : bool array, shape (wards,)
        Whether it is a category at a site.
    inherited : int64 array, shape (wards, periods)
        People there at the start who are still there.
    base : int64 array, shape (wards, periods)
        Beds without surge; rooms of the site.
    most : int64 array, shape (wards,)
        Beds with all surge; rooms.
    """

    place: IntArray
    what: IntArray
    is_site: BoolArray
    inherited: IntArray
    base: IntArray
    most: IntArray

    def __len__(self) -> int:
        return len(self.place)

    @property
    def full(self) -> IntArray:
        """Most people who can lie in each ward, shape (wards,).

        More than `most` where those there at the start exceed the beds or rooms: what may be excepted for them may
        be taken up by others once they have moved on.
        """
        beyond = np.maximum(self.inherited - self.base, 0)
        return np.asarray(self.most + beyond.max(axis=1, initial=0), dtype=np.int64)

    def find(self, is_site: bool, place: IntArray, what: IntArray) -> IntArray:
        """The ward of each (place, what); -1 where there is none."""
        width = int(max(self.what.max(initial=0), what.max(initial=0))) + 1
        here = np.flatnonzero(self.is_site == is_site)
        found = find(place * width + what, self.place[here] * width + self.what[here])
        return np.append(here, -1)[found]


def index_wards(context: Context) -> Wards:
    """Number the wards and read who is there already."""
    labels, horizon = context.labels, context.horizon
    bed_place = np.concatenate([context.places("beds"), context.places("surge")])
    bed_class = np.concatenate(
        [context.code("beds", "class", labels.classes), context.code("surge", "class", labels.classes)]
    )
    of_row, (place, klass) = groups(bed_place, bed_class)
    beds, surge = context.number("beds", "beds"), context.number("surge", "beds")
    opening = context.number("beds", "opening")
    size = len(place)
    base = np.zeros((size, horizon), dtype=np.int64)
    usable = np.arange(1, horizon + 1)[None, :] >= opening[:, None]
    np.add.at(base, of_row[: len(beds)], beds[:, None] * usable)
    most = total(np.concatenate([beds, surge]), of_row, size)

    allowed = context.flags("site_category", "allowed")
    site = context.places("site_category")[allowed]
    category = context.code("site_category", "category", labels.categories)[allowed]
    of_site = position(
        context.table("site_category")["place"], context.table("isolation_sites")["place"].to_numpy(object)
    )
    rooms = context.number("isolation_sites", "rooms")[of_site[allowed]]

    wards = Wards(
        place=np.concatenate([place, site]),
        what=np.concatenate([klass, category]),
        is_site=np.repeat([False, True], [size, len(site)]),
        inherited=np.zeros((size + len(site), horizon), dtype=np.int64),
        base=np.concatenate([base, np.repeat(rooms[:, None], horizon, axis=1)]),
        most=np.concatenate([most, rooms]),
    )
    _read_inherited(context, wards)
    return wards


def _read_inherited(context: Context, wards: Wards) -> None:
    """Fill in ``wards.inherited``. A name may be a bed class or a category: the place's own wards decide."""
    labels = context.labels
    there = context.table("occupied")["class"].to_numpy(dtype=object)
    place = context.places("occupied")
    period, people = context.number("occupied", "period"), context.number("occupied", "people")
    for is_site, ids in ((False, labels.classes), (True, labels.categories)):
        what = known_position(there, ids)
        row = np.flatnonzero((what >= 0) & (period <= context.horizon))
        ward = wards.find(is_site, place[row], what[row])
        row, ward = row[ward >= 0], ward[ward >= 0]
        np.add.at(wards.inherited, (ward, period[row] - 1), people[row])
