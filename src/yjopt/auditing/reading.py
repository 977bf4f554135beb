"""The plan's tables as integers; what is not of the schema is a violation and is left out of what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from yjopt.auditing.facts import DOMAIN_OF
from yjopt.auditing.rows import Rows, codes
from yjopt.schema import OUTPUT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yjopt.auditing.facts import Facts
    from yjopt.auditing.report import Report
    from yjopt.auditing.rows import Column
    from yjopt.schema import Column as SchemaColumn
    from yjopt.schema import Table

#: Larger than what a scenario can hold (its cells are at most 1e9); 400,000 such rows add up in 64 bits.
LARGEST_IN_PLAN: Final = 10**13
#: Columns that say how much a row is about; rows with amount 0 are left out of a plan.
AMOUNTS: Final = ("quantity", "packs", "people", "teams", "trips", "amount")
#: Id columns that may be blank.
_MAY_BE_BLANK: Final = {
    ("stocks", "authority"),
    ("transfers", "group"),
    ("deployments", "task"),
    ("openings", "class"),
}
#: Which ids the columns of these tables hold depends on their first column.
_BY_FIRST: Final = {
    ("unmet", "what"): {
        "supply": "item",
        "durable": "item",
        "bed": "group",
        "isolation": "ward",
        "task": "task",
    },
    ("exceptions", "what"): {
        "bed_capacity": "ward",
        "staffing": "skill",
        "consumption": "item",
        "site_capacity": "ward",
        "isolation_minimum": "ward",
        "mobile_quota": "skill",
        "unmet_ceiling": "word",
    },
    ("exceptions", "place"): {
        "isolation_minimum": "area",
        "mobile_quota": "area",
        "unmet_ceiling": "area",
    },
    ("requests", "what"): {"supplies": "item", "beds": "group", "isolation": "ward", "teams": "skill"},
}


def read_plan(tables: Mapping[str, Any], facts: Facts, report: Report) -> dict[str, Rows]:
    """Every plan table in integers: ids and words as codes, weights in thousandths."""
    return {name: _read(table, tables.get(name), facts, report) for name, table in OUTPUT.items()}


def _read(table: Table, frame: object, facts: Facts, report: Report) -> Rows:
    empty = Rows({column.name: np.empty(0, dtype=np.int64) for column in table.columns}, 0)
    if not isinstance(frame, pd.DataFrame):
        report.add("table_missing", table.name, f"The table {table.name} is missing.")
        return empty
    wanted = [column.name for column in table.columns]
    have = [str(name) for name in frame.columns]
    for name in have:
        if name not in table.by_name:
            report.add(
                "column_unknown", table.name, f"The table {table.name} has a column {name!r} too many.", name
            )
    absent = [name for name in wanted if have.count(name) != 1]
    for name in absent:
        report.add(
            "column_missing", table.name, f"The table {table.name} must have the column {name!r} once.", name
        )
    if absent:
        return empty
    if not len(frame):
        return empty
    frame = frame.set_axis(have, axis=1)
    columns: dict[str, Column] = {}
    good = np.ones(len(frame), dtype=bool)
    for column in table.columns:
        values, fits = _of_type(frame[column.name], column)
        _check_cells(report, "column_type", table, column, fits, frame, "is not of the type of its column")
        columns[column.name] = values
        good &= fits
    # What has a wrong type has no value to judge further.
    columns = {name: values[good] for name, values in columns.items()}
    frame = frame[good]
    good = np.ones(len(frame), dtype=bool)
    for column in table.columns:
        good &= _judge(table, column, columns, frame, facts, report)
    rows = Rows(
        {
            name: np.asarray(values, dtype=object if table[name].type == "text" else np.int64)[good]
            for name, values in columns.items()
        },
        int(good.sum()),
    )
    _check_keys(table, rows, facts, report)
    return rows


def _of_type(values: pd.Series[Any], column: SchemaColumn) -> tuple[Column, Column]:
    """The values and whether each is of the type of its column; numbers become quanta."""
    if column.type == "integer":
        if values.dtype == np.int64:
            return values.to_numpy(), np.ones(len(values), dtype=bool)
        cells = values.to_numpy(dtype=object)
        fits = np.array(
            [isinstance(cell, int | np.integer) and not isinstance(cell, bool) for cell in cells], dtype=bool
        )
        # Held within 64 bits; what is so large is refused by its range.
        top = 10 * LARGEST_IN_PLAN
        whole = [min(max(int(cell), -top), top) if fit else 0 for cell, fit in zip(cells, fits, strict=True)]
        return np.array(whole, dtype=np.int64), fits
    if column.type == "decimal":
        numeric = values.dtype.kind in "iuf"
        natural = values.to_numpy(dtype=float, na_value=np.nan) if numeric else np.full(len(values), np.nan)
        fits = np.isfinite(natural) & (np.abs(natural) <= column.maximum)
        scaled = np.where(fits, natural, 0.0) * column.per_unit
        quanta = np.rint(scaled)
        return quanta.astype(np.int64), fits & (np.abs(scaled - quanta) <= 1e-6)
    words = values.to_numpy(dtype=object)
    fits = np.array([isinstance(word, str) for word in words], dtype=bool)
    return np.where(fits, words, ""), fits


def _judge(
    table: Table,
    column: SchemaColumn,
    columns: dict[str, Column],
    frame: pd.DataFrame,
    facts: Facts,
    report: Report,
) -> Column:
    """Check the values of one column and put codes in the place of its words."""
    values = columns[column.name]
    if column.type == "choice":
        code = (
            pd.Index(column.choices, dtype=object)
            .get_indexer(pd.Index(values, dtype=object))
            .astype(np.int64)
        )
        columns[column.name] = code
        return _check_cells(report, "unknown_word", table, column, code >= 0, frame, "is none of its words")
    if column.type == "id":
        code = _codes(table, column.name, values, columns, facts)
        columns[column.name] = code
        known = code >= (-1 if (table.name, column.name) in _MAY_BE_BLANK else 0)
        return _check_cells(report, "unknown_id", table, column, known, frame, "is not in the scenario")
    if column.type == "text":
        return np.ones(len(values), dtype=bool)
    low = 1 if column.name in AMOUNTS else 0
    fits = _check_cells(
        report,
        "number_range",
        table,
        column,
        (values >= low) & (values <= LARGEST_IN_PLAN),
        frame,
        f"is not between {low} and {LARGEST_IN_PLAN:,}",
    )
    if column.unit == "period":
        # The stay of people admitted may end after the horizon.
        beyond = (table.name, column.name) == ("transfers", "last")
        top = LARGEST_IN_PLAN if beyond else facts.horizon
        inside = (values >= 1) & (values <= top)
        fits = fits & _check_cells(
            report, "period_range", table, column, inside, frame, f"is not between 1 and {top}"
        )
    return fits


def _codes(table: Table, name: str, values: Column, columns: dict[str, Column], facts: Facts) -> Column:
    by_first = _BY_FIRST.get((table.name, name))
    if by_first is None:
        return facts.code(DOMAIN_OF[name], values)
    first = table.columns[0]
    out = np.full(len(values), -2, dtype=np.int64)
    for number, word in enumerate(first.choices):
        here = columns[first.name] == number
        out[here] = facts.code(by_first.get(word, DOMAIN_OF[name]), values[here])
    return out


def _check_cells(
    report: Report, rule: str, table: Table, column: SchemaColumn, ok: Column, frame: pd.DataFrame, words: str
) -> Column:
    if not ok.all():
        cells = frame[column.name].to_numpy(dtype=object)
        line = np.arange(1, len(cells) + 1)
        message = "Row {line} of {table_name}, column {column_name}: {cell!r} {words}."
        report.check(
            rule,
            table.name,
            ok,
            message,
            line=line,
            cell=cells,
            words=words,
            table_name=table.name,
            column_name=column.name,
        )
    else:
        report.checks += len(ok)
    return ok


def _check_keys(table: Table, rows: Rows, facts: Facts, report: Report) -> None:
    """No key twice, and rows in order of the key: column by column, ids and words by code point."""
    if len(rows) < 2:
        return
    ranks = [_rank(table, name, rows, facts) for name in table.key]
    code, _ = codes(ranks, [rank[:0] for rank in ranks])
    line = np.arange(1, len(rows) + 1)
    _, first, many = np.unique(code, return_index=True, return_counts=True)
    again = np.ones(len(rows), dtype=bool)
    again[first] = False
    report.check("duplicate_key", table.name, ~again, "Row {line} repeats the key of another row.", line=line)
    if many.max() == 1:
        report.check(
            "row_order",
            table.name,
            np.diff(code) > 0,
            "Row {line} stands after a row it should precede.",
            line=line[1:],
        )


def _rank(table: Table, name: str, rows: Rows, facts: Facts) -> Column:
    """Numbers that are ordered as the written values are."""
    column, values = table[name], rows[name]
    if column.is_number:
        return values
    if column.type == "choice":
        return np.argsort(np.argsort(np.array(column.choices)))[values]
    by_first = _BY_FIRST.get((table.name, name))
    if by_first is None:
        return np.where(values >= 0, _id_ranks(facts, DOMAIN_OF[name])[values], -1)
    first = table.columns[0]
    out = np.zeros(len(rows), dtype=np.int64)
    # Ids of different domains are compared only under equal first columns.
    for number, word in enumerate(first.choices):
        here = rows[first.name] == number
        if here.any():
            out[here] = _id_ranks(facts, by_first.get(word, DOMAIN_OF[name]))[values[here]]
    return out


def _id_ranks(facts: Facts, domain: str) -> Column:
    ids = facts.ids[domain]
    if not ids:
        return np.zeros(1, dtype=np.int64)
    rank = np.empty(len(ids), dtype=np.int64)
    rank[sorted(range(len(ids)), key=ids.__getitem__)] = np.arange(len(ids))
    return rank
