"""Which district of the country each column of a matrix is about: models too large for one programme are cut there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yjopt.areas import Tree
    from yjopt.instance import Instance
    from yjopt.instance.joining import IntArray
    from yjopt.model.assembly import Model
    from yjopt.model.mip import Mip

#: Columns that no table places are reached from those that are, through so many rows at most.
_STEPS = 4


def districts(instance: Instance, model: Model, tree: Tree, most: int) -> IntArray:
    """Areas with about so many columns each: the largest that are small enough.

    What somebody is sent belongs to the area of whoever gets it, stocks to the area in which they lie, people to the
    area from which they come.

    Parameters
    ----------
    instance, model
        What is planned.
    tree : Tree
        Of its areas.
    most : int
        An area with more columns is cut into those below it, as far as the tree goes.

    Returns
    -------
    int64 array, shape (columns,)
        Row of the table ``areas``.
    """
    place = np.full(model.mip.num_columns, -1, dtype=np.int64)
    for columns, of in _placed(instance, model):
        place[columns] = of
    area = np.where(place >= 0, instance.area[place], -1)
    _spread(model.mip, area)
    top = int(np.argmax(tree.rank))
    area[area < 0] = top
    code = np.full(len(area), top, dtype=np.int64)
    for rank in range(int(tree.rank[top]) - 1, -1, -1):
        below = tree.ancestors[area, rank]
        large = np.bincount(code, minlength=len(tree.rank))[code] > most
        code = np.where(large & (below >= 0), below, code)
    return code


def _placed(instance: Instance, model: Model) -> Iterator[tuple[IntArray, IntArray]]:
    """Columns with the places that they are about."""
    supplies, durables, trips = instance.supplies, instance.durables, model.trips
    wards, teams = instance.wards, instance.teams
    yield model.supplies.ship, supplies.shipments.destination
    yield model.supplies.move, supplies.moves.destination
    horizon = model.supplies.stock.shape[1]
    yield model.supplies.stock.ravel(), np.repeat(supplies.lots.place[supplies.parts.lot], horizon)
    yield model.durables.ship, durables.shipments.destination
    yield trips.trip, trips.leg_destination[trips.leg]
    yield model.beds.admit, instance.beds.queue_place[instance.beds.choice_queue]
    yield model.isolation.settle, instance.isolation.place[instance.isolation.choice_part]
    at, period = np.nonzero(model.isolation.hold >= 0)
    yield model.isolation.hold[at, period], wards.place[at]
    yield model.isolation.decide, instance.isolation.site_place[model.isolation.decide_site]
    yield model.teams.deploy, teams.tour_place


def _spread(mip: Mip, area: IntArray) -> None:
    """Give columns without a place that of the columns in their rows."""
    column = np.repeat(np.arange(mip.num_columns), np.diff(mip.matrix.indptr))
    row = mip.matrix.indices
    for _ in range(_STEPS):
        if (area >= 0).all():
            return
        of_row = np.full(mip.num_rows, -1, dtype=np.int64)
        np.maximum.at(of_row, row, area[column])
        found = np.full(mip.num_columns, -1, dtype=np.int64)
        np.maximum.at(found, column, of_row[row])
        area[area < 0] = found[area < 0]
