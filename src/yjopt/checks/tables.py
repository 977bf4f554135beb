"""The tables as rules see them: typed columns without wrong cells, and findings at their place."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from yjopt.checks.cells import headers
from yjopt.checks.words import figure, shown, written
from yjopt.errors import Finding, Severity
from yjopt.schema import INPUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from yjopt.files.raw import RawTables

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
WordArray = npt.NDArray[np.object_]

T = TypeVar("T")

#: Findings of one rule in one column that are listed one by one; beyond, one finding says how many more.
MOST: Final = 10_000
NUMBER: Final = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")


class Tables:
    """Typed tables with the mask of cells that could not be read.

    Parameters
    ----------
    raw : RawTables
        The cells as written, with lines and files.
    frames : dict of str to DataFrame
        Typed tables, every table of the schema. A cell that is wrong holds a stand-in.
    wrong : dict of (str, str) to bool array
        Cells that are wrong, by table and column; a column without wrong cells may be missing.
    settings : dict
        Complete settings by ``section.name``.

    Notes
    -----
    Arrays are made once and shared by all rules; a rule does not write into them.
    """

    def __init__(
        self,
        raw: RawTables,
        frames: dict[str, pd.DataFrame],
        wrong: dict[tuple[str, str], BoolArray],
        settings: dict[str, Any],
    ) -> None:
        self.raw = raw
        self.frames = frames
        self.wrong = wrong
        self.settings = settings
        self._made: dict[Callable[[Tables], Any], Any] = {}
        self._figures: dict[tuple[str, str], FloatArray] = {}
        self._words: dict[tuple[str, str], WordArray] = {}
        self._rows: dict[tuple[str, str], IntArray] = {}
        self._known: dict[tuple[str, str], tuple[pd.Index[Any], IntArray]] = {}
        self._written: dict[tuple[str, str], pd.Series[Any] | None] = {}

    def once(self, make: Callable[[Tables], T]) -> T:
        """Return what a function makes of these tables, made when first asked for."""
        if make not in self._made:
            self._made[make] = make(self)
        made: T = self._made[make]
        return made

    def size(self, table: str) -> int:
        """Return the number of rows of a table."""
        return len(self.frames[table])

    def good(self, table: str, *columns: str) -> BoolArray:
        """Return the rows whose cells in these columns could all be read."""
        mask = np.ones(self.size(table), dtype=bool)
        for column in columns:
            wrong = self.wrong.get((table, column))
            if wrong is not None:
                mask &= ~wrong
        return mask

    def figures(self, table: str, column: str) -> FloatArray:
        """Return a number column; NaN where blank or wrong, so that no comparison with it is true."""
        if (table, column) not in self._figures:
            values = self.frames[table][column].to_numpy(dtype=np.float64, na_value=np.nan)
            wrong = self.wrong.get((table, column))
            self._figures[table, column] = values if wrong is None else np.where(wrong, np.nan, values)
        return self._figures[table, column]

    def words(self, table: str, column: str) -> WordArray:
        """Return a column of words; '' where a cell is blank or wrong."""
        if (table, column) not in self._words:
            values = self.frames[table][column].to_numpy(dtype=object)
            wrong = self.wrong.get((table, column))
            self._words[table, column] = values if wrong is None else np.where(wrong, "", values)
        return self._words[table, column]

    def flags(self, table: str, column: str) -> BoolArray:
        """Return a column of flags; the default where a cell is wrong."""
        return self.frames[table][column].to_numpy(dtype=bool)

    def known(self, table: str, column: str) -> tuple[pd.Index[Any], IntArray]:
        """Return the words of a column that are not blank, each once, and the row of the first of each."""
        if (table, column) not in self._known:
            words = self.words(table, column)
            rows = np.flatnonzero(words != "")
            codes, index = pd.factorize(words[rows])
            first = np.empty(len(index), dtype=np.int64)
            first[codes[::-1]] = rows[::-1]
            self._known[table, column] = (pd.Index(index, dtype=object), first)
        return self._known[table, column]

    def rows(self, table: str, column: str, target: str = "") -> IntArray:
        """Return for every row the number of the row referred to; -1 where blank, wrong or unknown.

        Parameters
        ----------
        table, column : str
            The column that refers.
        target : str
            ``table.column`` referred to; by default what the schema says.
        """
        target = target or INPUT[table][column].refers_to
        if not target:
            raise KeyError(f"{table}.{column} refers to nothing")
        key = (f"{table}.{column}", target)
        if key not in self._rows:
            index, first = self.known(*target.split("."))
            found = index.get_indexer(pd.Index(self.words(table, column), dtype=object))
            self._rows[key] = np.append(first, -1)[found]
        return self._rows[key]

    def line(self, table: str, row: int) -> int:
        """Return the line in its file of a row."""
        return int(self.raw.lines[table][row])

    def lines(self, table: str, rows: IntArray) -> IntArray:
        """Return the lines in their file of rows."""
        lines: IntArray = np.asarray(self.raw.lines[table], dtype=np.int64)[rows]
        return lines

    def cell(self, table: str, column: str, row: int) -> object:
        """Return a cell as written; None if the table has no such column."""
        if (table, column) not in self._written:
            frame = self.raw.frames.get(table, pd.DataFrame())
            names = headers(frame)
            there = column in names
            self._written[table, column] = frame.iloc[:, names.index(column)] if there else None
        cells = self._written[table, column]
        cell: object = None if cells is None else cells.iat[row]
        return "" if cell is pd.NA or (isinstance(cell, float) and cell != cell) else cell


@dataclass(frozen=True)
class Batch:
    """Rows of one table at which a rule finds the same fault.

    Parameters
    ----------
    table, column : str
        Where; a blank column stands for the whole row.
    rows : int64 array
        Rows of the table; without any the finding concerns the whole table.
    message, mend : str
        Sentences with ``{value}`` for the cell in quotes, ``{name}`` for what ``facts`` holds.
    facts : dict
        By name a scalar, or an array with one entry for each of ``rows``.
    """

    table: str
    rows: IntArray
    column: str
    message: str
    mend: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def findings(self, rule: str, severity: Severity, tables: Tables) -> Iterator[Finding]:
        """Yield one finding for each row, and beyond ``MOST`` a last one with the number of the rest."""
        file = tables.raw.files.get(self.table, "")
        for at, row in enumerate(self.rows[:MOST].tolist()):
            cell = tables.cell(self.table, self.column, row) if self.column else None
            facts = {
                name: fact[at] if isinstance(fact, np.ndarray | list) else fact
                for name, fact in self.facts.items()
            }
            facts["value"] = self._value(cell)
            yield Finding(
                rule=rule,
                severity=severity,
                table=self.table,
                file=file,
                line=tables.line(self.table, row),
                column=self.column,
                value=written(cell),
                message=self.message.format(**facts),
                mend=self.mend.format(**facts),
            )
        yield from self._rest(rule, severity, file, tables)

    def _value(self, cell: object) -> str:
        """Return the cell for a sentence: words in quotes, numbers plain, and the default where it is blank."""
        column = INPUT[self.table][self.column] if self.column else None
        if column is None or not column.is_number:
            return shown(cell)
        text = written(cell).strip()
        if not text and isinstance(column.default, int | float):
            return f"{figure(column.default)} (by default)"
        return text if NUMBER.fullmatch(text) else shown(cell)

    def _rest(self, rule: str, severity: Severity, file: str, tables: Tables) -> Iterator[Finding]:
        if len(self.rows) > MOST:
            yield Finding(
                rule=rule,
                severity=severity,
                table=self.table,
                file=file,
                line=tables.line(self.table, int(self.rows[MOST])),
                column=self.column,
                message=f"{len(self.rows) - MOST:,} more rows from here on have the same fault.",
                mend="Mend the rows named before; what put them wrong has most likely put these wrong, too.",
            )


@dataclass(frozen=True)
class Rule:
    """One rule: its name, how grave it is, what it says, and the function that finds where it is broken."""

    name: str
    severity: Severity
    meaning: str
    find: Callable[[Tables], Iterable[Batch]]

    def findings(self, tables: Tables) -> Iterator[Finding]:
        """Yield what the rule finds."""
        for batch in self.find(tables):
            yield from batch.findings(self.name, self.severity, tables)


def error(find: Callable[[Tables], Iterable[Batch]]) -> Rule:
    """Make a rule of a function; tables that break it are no scenario."""
    return _rule(find, "error")


def warning(find: Callable[[Tables], Iterable[Batch]]) -> Rule:
    """Make a rule of a function; a scenario that breaks it is made all the same."""
    return _rule(find, "warning")


def _rule(find: Callable[[Tables], Iterable[Batch]], severity: Severity) -> Rule:
    meaning = (find.__doc__ or "").strip().splitlines()[0]
    return Rule(name=find.__name__, severity=severity, meaning=meaning, find=find)


def where(mask: BoolArray) -> IntArray:
    """Return the rows at which a mask is true, as int64."""
    return np.flatnonzero(mask).astype(np.int64)


def quoted(words: Iterable[object]) -> list[str]:
    """Return each word as findings show it."""
    return [shown(word) for word in words]
