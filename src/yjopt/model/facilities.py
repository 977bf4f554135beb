"""Rows of hospitals that open in order (docs/concepts/command.md, section 9).

For a facility f, a period d of decision, a load l that f waits for:

    sum_d decide[f,d] <= 1
    people lying in a ward of f at t <= beds with all surge, if f was decided by t - setup; else 0
    decide[f,d] <= sum over l, t <= d of reached[l,t]                      (backups)
    reached[l,t] = 1  only if  people lying in the wards that count * 100 >= per cent * beds of these wards in use
    hold[site ward of f's place,t] + decided by t <= 1                     (makeshift places)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.instance.joining import IntArray, matches, spans, total
from yjopt.model.names import STAGE_MONEY

if TYPE_CHECKING:
    from yjopt.instance import Instance
    from yjopt.model.beds import BedColumns
    from yjopt.model.builder import Builder
    from yjopt.model.isolation import IsolationColumns
    from yjopt.model.occupancy import Occupancy

#: A whole hospital, in hundredths of a per cent.
_ALL: Final = 10_000


@dataclass(frozen=True)
class FacilityColumns:
    """Columns of facilities.

    Parameters
    ----------
    decide, decide_facility, decide_period : int64 array
        Facility decided in a period.
    reached, reached_load, reached_period : int64 array
        Whether a load is reached in a period.
    """

    decide: IntArray
    decide_facility: IntArray
    decide_period: IntArray
    reached: IntArray
    reached_load: IntArray
    reached_period: IntArray


def add_facilities(builder: Builder, instance: Instance) -> FacilityColumns:
    """Add the decisions and what they cost."""
    facilities, horizon = instance.facilities, instance.horizon
    count = len(facilities)
    facility, period = spans(np.zeros(count, dtype=np.int64), horizon - 1 - facilities.setup)
    may = facilities.may[facility, period]
    facility, period = facility[may], period[may]
    load, when = spans(
        np.zeros(len(facilities.load_facility), dtype=np.int64),
        np.full(len(facilities.load_facility), horizon - 1, dtype=np.int64),
    )
    columns = FacilityColumns(
        decide=builder.columns("open_facility", 0, 1, size=len(facility)),
        decide_facility=facility,
        decide_period=period,
        reached=builder.columns("load_reached", 0, 1, size=len(load)),
        reached_load=load,
        reached_period=when,
    )
    once = builder.rows("facility_once", -np.inf, 1, size=count)
    builder.entries(once[facility], columns.decide, 1)
    builder.cost(STAGE_MONEY, columns.decide, facilities.cost[facility])
    return columns


def since_decided(
    instance: Instance, columns: FacilityColumns, *, in_use: bool
) -> tuple[IntArray, IntArray, IntArray]:
    """(facility, period, column) of the decisions by which a facility is decided, or in use, in a period."""
    waits = instance.facilities.setup[columns.decide_facility] if in_use else 0
    ready = columns.decide_period + waits
    at, period = spans(ready, np.full(len(ready), instance.horizon - 1, dtype=np.int64))
    return columns.decide_facility[at], period, columns.decide[at]


def bind_facilities(
    builder: Builder,
    instance: Instance,
    columns: FacilityColumns,
    beds: BedColumns,
    isolation: IsolationColumns,
    in_use: tuple[IntArray, IntArray, IntArray, IntArray],
) -> tuple[IntArray, IntArray]:
    """Add what facilities wait for, and what they take away.

    Parameters
    ----------
    builder, instance
        What is built, and of what.
    columns, beds, isolation
        Columns.
    in_use : (level, period, column, sign)
        What makes a surge level be in use in a period.

    Returns
    -------
    (int64 array, int64 array)
        Decisions of backups, and the rows by which they wait for a load.
    """
    _closed_surge(builder, instance, columns, beds.occupancy)
    _loads(builder, instance, columns, beds.occupancy, in_use)
    _other_use(builder, instance, columns, isolation)
    return _waiting_for_load(builder, instance, columns)


def _closed_surge(builder: Builder, instance: Instance, columns: FacilityColumns, lying: Occupancy) -> None:
    """Surge beds of a closed hospital are closed, too; beds without surge the rows of capacity see to."""
    wards, of_ward, horizon = instance.wards, instance.facilities.of_ward, instance.horizon
    here = np.intersect1d(np.flatnonzero(of_ward >= 0), instance.beds.surge_ward)
    rows = builder.rows("facility_closed", -np.inf, 0, size=len(here) * horizon).reshape(len(here), horizon)
    at, entry = matches(here, lying.ward)
    builder.entries(rows[at, lying.period[entry]], lying.column[entry], lying.people[entry])
    facility, period, column = since_decided(instance, columns, in_use=True)
    at, entry = matches(of_ward[here], facility)
    builder.entries(rows[at, period[entry]], column[entry], -wards.full[here[at]])


def _loads(
    builder: Builder,
    instance: Instance,
    columns: FacilityColumns,
    lying: Occupancy,
    in_use: tuple[IntArray, IntArray, IntArray, IntArray],
) -> None:
    facilities, wards, beds, horizon = instance.facilities, instance.wards, instance.beds, instance.horizon
    load, ward = facilities.counted_load, facilities.counted_ward
    count = len(facilities.load_facility)
    # Smaller numbers, same rows: people and beds are weighed against each other only.
    common = np.gcd(facilities.load_amount, _ALL)
    people, share = _ALL // common, facilities.load_amount // common
    base, there = np.zeros((count, horizon), dtype=np.int64), np.zeros((count, horizon), dtype=np.int64)
    np.add.at(base, load, wards.base[ward])
    np.add.at(there, load, wards.inherited[ward])
    surge = total(beds.surge_beds, beds.surge_ward, len(wards))
    most = share[:, None] * (base + total(surge[ward], load, count)[:, None])
    lower = share[:, None] * base - people[:, None] * there - most
    rows = builder.rows("load_reached", lower.ravel(), np.inf).reshape(count, horizon)
    builder.entries(rows[columns.reached_load, columns.reached_period], columns.reached, -most.ravel())
    at, entry = matches(ward, lying.ward)
    builder.entries(
        rows[load[at], lying.period[entry]], lying.column[entry], people[load[at]] * lying.people[entry]
    )
    level, period, column, sign = in_use
    at, entry = matches(ward, beds.surge_ward[level])
    opened = sign[entry] * beds.surge_beds[level[entry]]
    builder.entries(rows[load[at], period[entry]], column[entry], -share[load[at]] * opened)
    # Without any bed nothing is loaded.
    none = np.flatnonzero(base[columns.reached_load, columns.reached_period] == 0)
    empty = builder.rows("load_of_beds", -np.inf, 0, size=len(none))
    builder.entries(empty, columns.reached[none], 1)
    row_of = np.full((count, horizon), -1, dtype=np.int64)
    row_of[columns.reached_load[none], columns.reached_period[none]] = empty
    row = row_of[load[at], period[entry]]
    builder.entries(row[row >= 0], column[entry][row >= 0], -opened[row >= 0])


def _waiting_for_load(
    builder: Builder, instance: Instance, columns: FacilityColumns
) -> tuple[IntArray, IntArray]:
    facilities = instance.facilities
    backup = np.flatnonzero(facilities.is_backup[columns.decide_facility])
    rows = builder.rows("backup_load", -np.inf, 0, size=len(backup))
    builder.entries(rows, columns.decide[backup], 1)
    at, reached = matches(columns.decide_facility[backup], facilities.load_facility[columns.reached_load])
    before = columns.reached_period[reached] <= columns.decide_period[backup[at]]
    builder.entries(rows[at[before]], columns.reached[reached[before]], -1)
    return columns.decide[backup], rows


def _other_use(
    builder: Builder, instance: Instance, columns: FacilityColumns, isolation: IsolationColumns
) -> None:
    facilities, horizon = instance.facilities, instance.horizon
    size = len(facilities.site_ward)
    rows = builder.rows("makeshift", -np.inf, 1, size=size * horizon).reshape(size, horizon)
    hold = isolation.hold[facilities.site_ward]
    at, period = np.nonzero(hold >= 0)
    builder.entries(rows[at, period], hold[at, period], 1)
    facility, period, column = since_decided(instance, columns, in_use=False)
    at, entry = matches(facilities.site_facility, facility)
    builder.entries(rows[at, period[entry]], column[entry], 1)
