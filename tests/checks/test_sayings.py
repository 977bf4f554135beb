"""What findings say at their edges: the figure to write instead, the word that explains, and nothing twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from checks.planting import both, put, raw_tables, setting, without_rows, without_table
from files.three_towns import three_towns

from yjopt.checks import check

if TYPE_CHECKING:
    from checks.planting import Frames

    from yjopt.errors import Finding


def found(rule: str, *changes: object) -> list[Finding]:
    """The findings of a rule."""
    return [one for one in check(raw_tables(*changes)) if one.rule == rule]  # type: ignore[arg-type]


def test_the_largest_late_that_may_be_written() -> None:
    """0.4 per period over 3 periods of waiting is more than losing; 0.333 is just less."""
    (finding,) = found("waiting_costs_more", put("groups", 0, late="0.4", wait="3"))
    assert "at most 0.333," in finding.mend


def test_a_latitude_that_might_be_a_longitude() -> None:
    """Up to 180 degrees the two may be swapped; beyond, neither would be right."""
    for value, swapped in (("112.9", True), ("180", True), ("180.5", False)):
        (finding,) = [
            one for one in check(raw_tables(put("places", 0, latitude=value))) if one.column == "latitude"
        ]
        assert ("swapped" in finding.mend) == swapped, value


def test_an_idle_fleet_of_the_first_place() -> None:
    """The first row of a table is a place like any other."""
    first = three_towns()[0]["places"]["place"].iloc[0]
    (finding,) = found("idle_fleet", put("fleets", 0, place=first, vehicles="0"))
    assert first in finding.message


def test_ids_are_not_missed_where_their_whole_table_is() -> None:
    """Without the table of places that table is missed, once; nobody is told of each place."""
    for change in (without_table("places"), without_rows("places")):
        assert not [one for one in found("unknown_reference", change) if "table places" in one.message]
    every = found("unknown_reference", both(without_table("items")))
    assert len([one for one in every if one.table == "stocks"]) == 1


def test_settings_come_before_tables() -> None:
    """Whatever the lines: a fault late in the settings is told before one in the first line of the first table."""
    both_wrong = check(raw_tables(setting("period_hours", "long"), put("areas", 0, level="village")))
    assert [one.table for one in both_wrong if one.severity == "error"][:2] == ["settings", "areas"]


@pytest.mark.parametrize("first", ["E", "W"])
def test_a_unit_elsewhere_whichever_area_stands_first(first: str) -> None:
    """Depot-E, run by county W: found whether the area it lies in or its unit is the first row of the areas."""

    def reorder(frames: Frames, settings: dict[str, Any]) -> None:
        areas = frames["areas"]
        order = areas["area"].map(lambda area: area != first)
        frames["areas"] = areas.loc[order.sort_values(kind="stable").index].reset_index(drop=True)

    (finding,) = found("unit_elsewhere", reorder, put("places", 3, area="E", unit="W"))
    assert finding.line == 5


def test_a_column_of_complex_numbers() -> None:
    """No number of ours has an imaginary part: each cell is strange, and nothing is cut off in silence."""

    def complicate(frames: Frames, settings: dict[str, Any]) -> None:
        frames["stocks"]["quantity"] = pd.Series(np.full(len(frames["stocks"]), 7 + 1j))

    strange = found("strange_cell", complicate)
    assert {(one.table, one.column) for one in strange} == {("stocks", "quantity")}
    assert len(strange) == len(three_towns()[0]["stocks"])
