"""Rules that hold or do not: own needs first, and the load that backup hospitals wait for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from yjopt.areas import Tree
from yjopt.instance.joining import matches
from yjopt.scenario import quanta

if TYPE_CHECKING:
    from yjopt.diagnosis.making import Making
    from yjopt.model.mip import BoolArray, IntArray

#: What stands for the whole row in the table of changes.
ROW, LEFT_OUT = "(row)", "left out"


def leave_out_own_first(making: Making) -> tuple[IntArray, IntArray]:
    """Add the options to leave out a rule ``own_first``.

    Returns
    -------
    (int64 array, int64 array)
        Row of ``rules`` and loosening column.
    """
    row = making.catalogue.own_first
    without = making.options.add(
        "no_own_first", "rules", ROW, row, 1, value=LEFT_OUT, **_given_up(making, row)
    )
    rows, serves = making.rows_of("own_first"), making.model.goods_rules.allowances.serves
    first = making.wide.supplies.own_first
    here = np.flatnonzero(rows >= 0)
    if not len(row) or not len(here):
        return row, without
    # A row is loose when all rules over its authority are left out.
    keeper = making.model.goods_rules.allowances.serves_keeper[here]
    builder = making.builder
    loose = builder.columns("own_loose", 0, 1, size=len(here))
    at, which = np.nonzero(_covers(making, row)[:, first.authority[keeper]].T)
    tied = builder.rows("own_loose", -np.inf, 0, size=len(at))
    builder.entries(tied, loose[at], 1)
    builder.entries(tied, without[which], -1)
    entries = making.model.mip.matrix[:, serves[here]].tocoo()
    whole = making.block_rows("own_first")[here]
    mine = entries.row == whole[entries.col]
    builder.entries(rows[here][entries.col[mine]], loose[entries.col[mine]], entries.data[mine])
    return row, without


def take_any_load(making: Making) -> tuple[IntArray, IntArray]:
    """Add the options to open backup hospitals at any load: the amount of the rule becomes 0.

    Returns
    -------
    (int64 array, int64 array)
        Row of ``rules`` and loosening column.
    """
    row = making.catalogue.backup_load
    any_load = making.options.add("any_load", "rules", "amount", row, 1, value=0.0, **_given_up(making, row))
    facilities, wards = making.wide.facilities, making.wide.wards
    if not len(row) or not len(facilities.load_facility):
        return row, any_load
    area = making.wide.area[facilities.place]
    # Loads are numbered rule by rule, as the instance does.
    rule, facility = np.nonzero(_covers(making, row)[:, area] & facilities.is_backup)
    beds = np.zeros(len(rule), dtype=np.int64)
    np.add.at(beds, facilities.counted_load, wards.base[facilities.counted_ward, 0])
    with_beds = np.flatnonzero(beds > 0)
    rule, facility = rule[with_beds], facility[with_beds]
    columns = making.model.facilities
    backup = np.flatnonzero(facilities.is_backup[columns.decide_facility])
    rows = making.rows_of("backup_load")
    at, which = matches(columns.decide_facility[backup], facility)
    kept = rows[at] >= 0
    making.builder.entries(rows[at[kept]], any_load[rule[which[kept]]], -1)
    return row, any_load


def _covers(making: Making, row: IntArray) -> BoolArray:
    """Whether each area lies inside that of each rule, shape (rules, areas)."""
    tree = Tree(making.scenario.tables["areas"])
    outer = tree.index(making.scenario.tables["rules"]["area"].iloc[row])
    return tree.inside(np.arange(len(tree), dtype=np.int64)[None, :], outer[:, None])


def _given_up(making: Making, row: IntArray) -> dict[str, IntArray]:
    """The rule's weight for every period."""
    weight = quanta(making.scenario.tables["rules"], "rules", "weight")[row]
    periods = np.full(len(row), making.wide.horizon, dtype=np.int64)
    return making.given_up("left_out", periods, np.maximum(weight, 1))
