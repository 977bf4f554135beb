"""Every cell of the good plans changed to other values of its column: refused, but for those listed.

The changes are made from the schema. One that is not refused must leave a plan that the contract allows; it stands in
`ALLOWED` with its reason.
"""

from __future__ import annotations

import itertools
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from auditing.cases import CASES as PLAIN_CASES
from auditing.cases import Case
from auditing.changes import in_order
from auditing.command_cases import COMMAND_CASES

from yjopt.auditing import audit
from yjopt.auditing.facts import DOMAIN_OF, Facts
from yjopt.schema import OUTPUT

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from yjopt.schema.columns import Column

CASES = PLAIN_CASES | COMMAND_CASES

#: Changes that leave a plan the contract allows: (case, table, column, row, value) and why.
ALLOWED = {
    ("supplies", "trips", "trips", 1, 2): "an idle trip is no fault, it costs",
    ("supplies", "trips", "trips", 1, 3): "an idle trip is no fault, it costs",
    ("beds", "admissions", "class", 0, "ward"): "mild people may lie in the ward",
    ("beds", "transfers", "period", 0, 4): "a day later is still in their stay",
    ("beds", "openings", "last", 0, 2): "the level may close a day earlier: one bed is enough",
    ("beds", "openings", "last", 0, 4): "the level may stay open",
    ("teams", "stocks", "quantity", 6, 1): "more may be consumed than needed on the last day",
    ("teams", "stocks", "quantity", 14, 8): "more may be consumed than needed on the last day",
    ("teams", "exceptions", "amount", 0, 2): "the limit is 9, and exceptions count in the stage",
    ("teams", "exceptions", "amount", 0, 3): "the limit is 9, and exceptions count in the stage",
    ("teams", "exceptions", "amount", 1, 3): "the limit is 3, and exceptions count in the stage",
    ("people", "exceptions", "amount", 1, 2): "a ceiling has no limit, and exceptions count in the stage",
    ("people", "exceptions", "amount", 1, 3): "a ceiling has no limit, and exceptions count in the stage",
    ("people", "holdings", "place", 1, "cityhall"): "an empty site may hold a category, it costs nothing",
    ("people", "holdings", "place", 1, "hotel"): "an empty site may hold a category, it costs nothing",
}


@cache
def case_of(name: str) -> Case:
    return CASES[name]()


@cache
def ids_of(name: str) -> dict[str, list[str]]:
    return Facts(case_of(name).scenario).ids


def others(case: str, table: str, column: Column, value: Any) -> list[Any]:
    """Other values the column could hold in this scenario, and some it could not."""
    if column.type == "choice":
        return [word for word in column.choices if word != value]
    if (case, column.name) in {("asking", "proof"), ("lending", "proof"), ("people", "proof")}:
        return []  # the words of a proof are free
    if column.type == "id":
        known = ids_of(case)
        domains = (
            known.values()
            if (column.name == "what" or table == "exceptions")
            else [known[DOMAIN_OF[column.name]]]
        )
        some = [word for ids in domains for word in ids if word != value]
        return some + ["nowhere", ""][: 1 + (value != "")]
    if column.type == "text":
        return [word for word in ("own", "pool", "") if word != value][:2]
    return [value - 1, value + 1, value + 2, -1]


def changes(
    case: str, table: str, rows: int
) -> Iterator[tuple[tuple[str, int, Any], dict[str, pd.DataFrame]]]:
    """Every plan with one cell of the first rows changed, with the column, the row and the value."""
    good = case_of(case)
    frame = good.tables[table]
    for column in OUTPUT[table].columns:
        for row in range(min(rows, len(frame))):
            for value in others(case, table, column, frame[column.name].tolist()[row]):
                changed = frame.copy()
                changed.loc[row, column.name] = value
                yield (column.name, row, value), {**good.tables, table: in_order(table, changed)}


TABLES = [(case, table) for case in CASES for table in OUTPUT if len(case_of(case).tables[table])]


def survivors(case: str, table: str, rows: int, every: int = 1) -> set[tuple[str, str, str, int, Any]]:
    """Changes that are not refused."""
    scenario = case_of(case).scenario
    chosen = itertools.islice(changes(case, table, rows), 0, None, every)
    return {(case, table, *change) for change, tables in chosen if audit(scenario, tables).ok}


def test_every_table_has_rows_in_a_case() -> None:
    """No plan table goes without a change."""
    assert {table for _, table in TABLES} == set(OUTPUT)


#: Rows that may be left out, by case, table and position, and why.
MAY_BE_CUT = {
    ("isolation", "holdings", 3): "nobody is at cityhall on the last day",
    ("beds", "transfers", 0): "they may stay where they are",
    ("beds", "transfers", 1): "they may stay where they are",
    ("beds", "openings", 0): "the beds in place are enough",
    ("people", "holdings", 1): "nobody is at the gym",
    ("people", "openings", 1): "nobody lies in the gym",
    ("teams", "stocks", 6): "more may be consumed than needed on the last day",
    ("teams", "stocks", 14): "more may be consumed than needed on the last day",
}


def check_cuts(case: str, table: str, rows: int) -> None:
    """Leave out each of the first rows."""
    good = case_of(case)
    frame = good.tables[table]
    for row in range(min(rows, len(frame))):
        less = {**good.tables, table: frame.drop(index=row).reset_index(drop=True)}
        assert audit(good.scenario, less).ok == ((case, table, row) in MAY_BE_CUT), row


@pytest.mark.parametrize(("case", "table"), TABLES)
def test_none_of_the_first_rows_may_be_cut(case: str, table: str) -> None:
    """Every row carries something."""
    check_cuts(case, table, rows=3)


@pytest.mark.long
@pytest.mark.parametrize(("case", "table"), TABLES)
def test_no_row_may_be_cut(case: str, table: str) -> None:
    """Every row of every table carries something."""
    check_cuts(case, table, rows=1_000)


@pytest.mark.parametrize(("case", "table"), TABLES)
def test_a_changed_cell_of_the_first_row_is_refused(case: str, table: str) -> None:
    """Every fourth change of it; the long tests make them all."""
    assert survivors(case, table, rows=1, every=4) <= set(ALLOWED)


@pytest.mark.long
@pytest.mark.parametrize(("case", "table"), TABLES)
def test_every_changed_cell_is_refused(case: str, table: str) -> None:
    allowed = {change for change in ALLOWED if change[:2] == (case, table)}
    assert survivors(case, table, rows=1_000) == allowed
