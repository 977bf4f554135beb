"""A scenario of which many variants are made: a variant is checked again only where its tables can matter."""

from __future__ import annotations

from functools import cached_property, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeVar

from yjopt.checks import ALL_RULES, Rule, coerce
from yjopt.checks.settings import idle_settings
from yjopt.checks.tables import Tables
from yjopt.files import raw_from_frames
from yjopt.scenario import Scenario
from yjopt.schema import INPUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import pandas as pd

    from yjopt.checks.tables import BoolArray, FloatArray, IntArray, WordArray
    from yjopt.errors import Finding
    from yjopt.files import RawTables

T = TypeVar("T")

#: Tables whose ids and units fill in blanks of others: where they change, everything is checked.
_OF_ALL: Final = ("areas", "places")
_ORDER: Final = {name: at for at, name in enumerate(INPUT)}


class VariedScenario(Scenario):
    """A scenario whose `replace` tries only the rules that read a changed table.

    What it returns is what `Scenario.replace` returns, findings and their order included. A rule is a function of the
    tables that it reads, so where none of these has changed it finds what it found before. Which tables a rule reads
    is not written down anywhere that could be wrong: it is watched, once.
    """

    @classmethod
    def of(cls, scenario: Scenario) -> VariedScenario:
        """The same scenario, of which variants will be made."""
        return cls(scenario.tables, scenario.settings, scenario.findings)

    @cached_property
    def _watched(self) -> _Watched:
        return _Watched(raw_from_frames(self.tables, self.settings.nested()))

    def replace(self, settings: Mapping[str, object] | None = None, **tables: pd.DataFrame) -> Scenario:
        """A new scenario with some tables or settings exchanged; see `Scenario.replace`."""
        if settings or not tables or not set(tables) <= set(INPUT) - set(_OF_ALL):
            return super().replace(settings, **tables)
        nested = self.settings.nested()
        given = {name: self.tables[name] for name in _OF_ALL} | tables
        typed, _, found = coerce(raw_from_frames(given, nested))
        if not _are_errors(found):
            raw = raw_from_frames({**self.tables, **tables}, nested)
            frames, findings = self._watched.again(raw, {name: typed[name] for name in tables}, found)
            if not _are_errors(findings):
                return Scenario(MappingProxyType(frames), self.settings, findings)
        # Whatever is wrong is told by the checks themselves.
        return super().replace(settings, **tables)


class _Watched:
    """The checks of some tables: what each rule read, and what it found."""

    def __init__(self, raw: RawTables) -> None:
        self._frames, self._settings, self._coercion = coerce(raw)
        tables = _WatchedTables(raw, self._frames, self._settings)
        self._tried: list[tuple[Rule, frozenset[str], tuple[Finding, ...]]] = []
        for rule in ALL_RULES:
            reads, findings = tables.watch(partial(_findings, rule, tables))
            self._tried.append((rule, reads, findings))

    def again(
        self, raw: RawTables, changed: dict[str, pd.DataFrame], found: Iterable[Finding]
    ) -> tuple[dict[str, pd.DataFrame], tuple[Finding, ...]]:
        """All tables and findings with some tables changed; `found` is what reading those found."""
        frames = {**self._frames, **changed}
        tables = Tables(raw, frames, {}, self._settings)
        findings = [finding for finding in self._coercion if finding.table not in changed]
        findings += [finding for finding in found if finding.table in changed]
        findings += idle_settings(raw, self._settings)
        for rule, reads, before in self._tried:
            findings += before if reads.isdisjoint(changed) else rule.findings(tables)
        return frames, tuple(sorted(findings, key=lambda one: (_ORDER.get(one.table, -1), one.line)))


class _WatchedTables(Tables):
    """Tables that know who reads them."""

    def __init__(self, raw: RawTables, frames: dict[str, pd.DataFrame], settings: dict[str, Any]) -> None:
        self._readers: list[set[str]] = []
        self._once: dict[Callable[[Tables], Any], tuple[frozenset[str], Any]] = {}
        super().__init__(raw, _Heard(frames, self._read), {}, settings)

    def watch(self, work: Callable[[], T]) -> tuple[frozenset[str], T]:
        """Do something; the tables that were read for it, and what came of it."""
        reads: set[str] = set()
        self._readers.append(reads)
        try:
            made = work()
        finally:
            self._readers.pop()
        return frozenset(reads), made

    def once(self, make: Callable[[Tables], T]) -> T:
        """What is shared among rules was read by each of them."""
        if make not in self._once:
            self._once[make] = self.watch(lambda: make(self))
        reads, made = self._once[make]
        self._read(*reads)
        shared: T = made
        return shared

    # What is kept for the next rule is read by that, too.

    def figures(self, table: str, column: str) -> FloatArray:
        """A number column."""
        self._read(table)
        return super().figures(table, column)

    def words(self, table: str, column: str) -> WordArray:
        """A column of words."""
        self._read(table)
        return super().words(table, column)

    def known(self, table: str, column: str) -> tuple[pd.Index[Any], IntArray]:
        """Words that are not blank."""
        self._read(table)
        return super().known(table, column)

    def rows(self, table: str, column: str, target: str = "") -> IntArray:
        """Rows referred to."""
        self._read(table, (target or INPUT[table][column].refers_to).partition(".")[0])
        return super().rows(table, column, target)

    def line(self, table: str, row: int) -> int:
        """Line of a row."""
        self._read(table)
        return super().line(table, row)

    def lines(self, table: str, rows: IntArray) -> IntArray:
        """Lines of rows."""
        self._read(table)
        return super().lines(table, rows)

    def cell(self, table: str, column: str, row: int) -> object:
        """A cell as written."""
        self._read(table)
        return super().cell(table, column, row)

    def good(self, table: str, *columns: str) -> BoolArray:
        """Rows that could be read."""
        self._read(table)
        return super().good(table, *columns)

    def _read(self, *tables: str) -> None:
        for reads in self._readers:
            reads.update(tables)


class _Heard(dict[str, "pd.DataFrame"]):
    """Frames by name, that tell when one is taken."""

    def __init__(self, frames: dict[str, pd.DataFrame], hear: Callable[[str], None]) -> None:
        super().__init__(frames)
        self._hear = hear

    def __getitem__(self, name: str) -> pd.DataFrame:
        self._hear(name)
        return super().__getitem__(name)


def _findings(rule: Rule, tables: Tables) -> tuple[Finding, ...]:
    return tuple(rule.findings(tables))


def _are_errors(findings: Iterable[Finding]) -> bool:
    return any(finding.severity == "error" for finding in findings)
