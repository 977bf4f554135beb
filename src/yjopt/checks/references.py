"""Keys and references: every row once, every id known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from yjopt.checks.tables import MOST, Batch, IntArray, Rule, Tables, error, quoted, warning, where
from yjopt.checks.words import Guesser, folded
from yjopt.schema import INPUT

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Columns in which ids are coined; everywhere else ids refer to one of these.
COINED: Final = tuple(
    (table.name, table.key[0])
    for table in INPUT.values()
    if len(table.key) == 1 and not table[table.key[0]].refers_to
)


@error
def repeated_key(tables: Tables) -> Iterator[Batch]:
    """Two rows with the same key."""
    for table in INPUT.values():
        if not table.key or tables.size(table.name) < 2:
            continue
        rows = where(tables.good(table.name, *table.key))
        group = np.zeros(len(rows), dtype=np.int64)
        for name in table.key:
            codes, distinct = pd.factorize(tables.frames[table.name][name].to_numpy()[rows])
            group, _ = pd.factorize(group * (len(distinct) + 1) + codes)
        first = np.empty(int(group.max(initial=-1)) + 1, dtype=np.int64)
        first[group[::-1]] = np.arange(len(rows))[::-1]
        again = where(first[group] != np.arange(len(rows)))
        if len(again):
            key = " and ".join(table.key)
            yield Batch(
                table.name,
                rows[again],
                table.key[0],
                f"This row has the same {key} as line {{earlier}} ({{what}}).",
                "Keep one of the two, or add up their figures.",
                {
                    "earlier": tables.lines(table.name, rows[first[group[again]]]),
                    "what": _keys(tables, table.name, rows[again]),
                },
            )


def _keys(tables: Tables, table: str, rows: np.ndarray) -> list[str]:
    frame = tables.frames[table][list(INPUT[table].key)].iloc[rows[:20_000]]
    return [", ".join(quoted(values)) for values in frame.itertuples(index=False)]


@error
def unknown_reference(tables: Tables) -> Iterator[Batch]:
    """An id that stands in no row of the table it refers to."""
    for table in INPUT.values():
        for column in table.columns:
            if not column.refers_to or not tables.size(table.name):
                continue
            target, _, key = column.refers_to.partition(".")
            words = tables.words(table.name, column.name)
            rows = where(
                (tables.rows(table.name, column.name) < 0)
                & (words != "")
                & tables.good(table.name, column.name)
            )
            if column.default == "" and column.name in ("unit", "authority"):
                # A blank that took over another cell's wrong id is not wrong a second time.
                rows = rows[
                    [tables.cell(table.name, column.name, row) not in ("", None) for row in rows.tolist()]
                ]
            if not len(rows):
                continue
            index, _ = tables.known(target, key)
            if not len(index):
                yield from _no_target(table.name, column.name, target, rows)
                continue
            guesser = Guesser(index.tolist())
            yield Batch(
                table.name,
                rows,
                column.name,
                f"{{value}} is no {key} of the table {target}.",
                "{mend}",
                {"mend": [guesser.mend(word, f"Add it to {target}.") for word in words[rows[:MOST]]]},
            )


def _no_target(table: str, column: str, target: str, rows: IntArray) -> Iterator[Batch]:
    """Yield one finding for all references to a table without ids; where it must be there, that was said."""
    if not INPUT[target].required:
        message = f"{{value}} should stand in the table {target}, which is missing or holds no ids."
        yield Batch(table, rows[:1], column, message, f"Add the table {target}.")


@warning
def look_alike(tables: Tables) -> Iterator[Batch]:
    """Two ids that differ only in case, width, hyphens or leading zeros."""
    for table, column in COINED:
        index, first = tables.known(table, column)
        if index.is_unique and len(index) > 1:
            alike = pd.Series([folded(word) for word in index], dtype=object)
            again = where(alike.duplicated().to_numpy())
            if len(again):
                earliest = alike.drop_duplicates()
                earlier = pd.Series(earliest.index, index=earliest.to_numpy())[alike.iloc[again]].to_numpy()
                yield Batch(
                    table,
                    first[again],
                    column,
                    "{value} looks like {other} on line {line}.",
                    "If both mean the same, write it the same way everywhere and keep one row.",
                    {"other": quoted(index[earlier]), "line": tables.lines(table, first[earlier])},
                )


RULES: Final[tuple[Rule, ...]] = (repeated_key, unknown_reference, look_alike)
