"""Who must be out of the question before a higher position is asked (docs/concepts/command.md, section 4).

A *cell* is a taker and a period of arrival. A flow with threshold h may arrive there only if every reason there, a
giver that could have sent something, of a position below h is exhausted. There is one binary for each cell and
threshold that occurs, and they form a chain: whoever may ask the third giver may ask the second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.instance.joining import IntArray, groups, matches, spans
from yjopt.schema import POSITIONS

if TYPE_CHECKING:
    from yjopt.instance import Fleets, Instance
    from yjopt.model.builder import Builder
    from yjopt.model.trips import TripColumns

#: More than any position.
_WIDTH: Final = max(POSITIONS.values()) + 1

#: A pair of places whose fleets may always, or can never, be without hours.
NEVER, ALWAYS = -1, -2


@dataclass(frozen=True)
class Levels:
    """Cells and thresholds.

    Parameters
    ----------
    cell, threshold : int64 array, shape (levels,)
        Sorted by both.
    of_flow : int64 array, shape (flows,)
        Level that must be reached for the flow; -1 where nobody comes before it.
    of_reason : int64 array, shape (reasons,)
        Lowest level for which the reason must be exhausted; -1 where there is none.
    """

    cell: IntArray
    threshold: IntArray
    of_flow: IntArray
    of_reason: IntArray

    def __len__(self) -> int:
        return len(self.cell)

    @property
    def chained(self) -> IntArray:
        """Levels whose next one belongs to the same cell."""
        return np.flatnonzero(self.cell[:-1] == self.cell[1:])

    def reached(self, flows: IntArray) -> IntArray:
        """1 for every level that some of the flows reach, 0 for the others."""
        up = np.zeros(len(self), dtype=np.int64)
        moved = (flows > 0) & (self.of_flow >= 0)
        up[self.of_flow[moved]] = 1
        for _ in range(_WIDTH):
            up[self.chained] |= up[self.chained + 1]
        return up


def find_levels(
    flow_cell: IntArray, below: IntArray, reason_cell: IntArray, position: IntArray, cells: int
) -> Levels:
    """Levels of flows and reasons.

    Parameters
    ----------
    flow_cell, below : int64 array, shape (flows,)
        Cell, and the position below which everybody must be exhausted.
    reason_cell, position : int64 array, shape (reasons,)
    cells : int
        Number of cells.
    """
    if not below.any():
        nobody = np.zeros(0, dtype=np.int64)
        return Levels(nobody, nobody, np.full_like(below, -1), np.full_like(position, -1))
    lowest = np.full(cells, _WIDTH, dtype=np.int64)
    np.minimum.at(lowest, reason_cell, position)
    wanted = below > lowest[flow_cell]
    key = flow_cell * _WIDTH + below
    levels = np.unique(key[wanted])
    of_flow = np.full(len(key), -1, dtype=np.int64)
    of_flow[wanted] = np.searchsorted(levels, key[wanted])
    at = np.searchsorted(levels, reason_cell * _WIDTH + position, side="right")
    cell_at = np.append(levels // _WIDTH, -1)[at]
    of_reason = np.where(cell_at == reason_cell, at, -1)
    return Levels(levels // _WIDTH, levels % _WIDTH, of_flow, of_reason)


def add_chain(builder: Builder, name: str, levels: Levels) -> IntArray:
    """The binaries of levels, each reached only together with the one before."""
    columns = builder.columns(name, 0, 1, size=len(levels))
    before = levels.chained
    rows = builder.rows(f"{name}_chain", 0, np.inf, size=len(before))
    builder.entries(rows, columns[before], 1)
    builder.entries(rows, columns[before + 1], -1)
    return columns


@dataclass(frozen=True)
class HourColumns:
    """Hours that fleets have left, and pairs of places for which they are out of hours.

    Parameters
    ----------
    left, left_fleet, left_period : int64 array
        Seconds left of a fleet in a period.
    out : int64 array, shape (classes,)
        Binary: no fleet has the time for a trip of the class any more.
    pair_class, pair_left, pair_seconds : int64 array
        Fleets of each class: which seconds left, and what the trip takes of them in its first period.
    of_arc : int64 array, shape (arcs asked about,)
        Column of `out` of each; `NEVER` where they can never be out of hours, `ALWAYS` where they always are.
    """

    left: IntArray
    left_fleet: IntArray
    left_period: IntArray
    out: IntArray
    pair_class: IntArray
    pair_left: IntArray
    pair_seconds: IntArray
    of_arc: IntArray


def add_hours(
    builder: Builder,
    instance: Instance,
    trips: TripColumns,
    origin: IntArray,
    destination: IntArray,
    seconds: IntArray,
    depart: IntArray,
) -> HourColumns:
    """Add what fleets have left on the arcs asked about."""
    fleets, horizon = instance.fleets, instance.horizon
    driven = np.flatnonzero((origin != destination) & np.isin(origin, fleets.place))
    of_class, (home, travel, period) = groups(origin[driven], seconds[driven], depart[driven])
    pair, fleet = matches(home, fleets.place)
    takes = np.minimum(2 * travel[pair], fleets.seconds[fleet])
    able = fleets.seconds[fleet] > 0
    pair, fleet, takes = pair[able], fleet[able], takes[able]
    # Nothing is less than a trip that takes no time; a place whose fleets have no hours never has any.
    state = np.full(len(home), ALWAYS, dtype=np.int64)
    state[pair] = 0
    state[pair[takes == 0]] = NEVER
    open_ = np.flatnonzero(state == 0)
    out = builder.columns("out_of_hours", 0, 1, size=len(open_))
    state[open_] = out
    kept = np.isin(pair, open_)
    pair, fleet, takes = pair[kept], fleet[kept], takes[kept]
    of_left, (left_fleet, left_period) = groups(fleet, period[pair])
    has = (fleets.vehicles * fleets.seconds)[left_fleet]
    left = builder.columns("seconds_left", 0, has, False)
    rows = builder.rows("seconds_left", has, has, coupling=True)
    builder.entries(rows, left, 1)
    at, busy = spans(
        trips.leg_depart[trips.leg],
        np.minimum(trips.leg_depart[trips.leg] + trips.periods_held - 1, horizon - 1),
    )
    row_of = np.full((len(fleets.place), horizon), -1, dtype=np.int64)
    row_of[left_fleet, left_period] = rows
    row = row_of[trips.fleet[at], busy]
    builder.entries(row[row >= 0], trips.trip[at[row >= 0]], trips.seconds[at[row >= 0]])
    short = builder.rows("out_of_hours", -np.inf, has[of_left], coupling=True)
    builder.entries(short, left[of_left], 1)
    builder.entries(short, state[pair], np.maximum(has[of_left] - takes + 1, 0))
    of_arc = np.full(len(origin), NEVER, dtype=np.int64)
    of_arc[driven] = state[of_class]
    return HourColumns(
        left, left_fleet, left_period, out, np.searchsorted(open_, pair), of_left, takes, of_arc
    )


def fleet_seconds_left(fleets: Fleets, trips: TripColumns, horizon: int, x: IntArray) -> IntArray:
    """Seconds that every fleet has left in every period."""
    left = np.repeat((fleets.vehicles * fleets.seconds)[:, None], horizon, axis=1)
    begin = trips.leg_depart[trips.leg]
    at, busy = spans(begin, np.minimum(begin + trips.periods_held - 1, horizon - 1))
    np.add.at(left, (trips.fleet[at], busy), -(x[trips.trip] * trips.seconds)[at])
    return left
