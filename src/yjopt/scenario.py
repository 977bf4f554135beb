"""The scenario: checked tables and settings, frozen; change it by `Scenario.replace`, which checks again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from yjopt import schema
from yjopt.checks import examine
from yjopt.errors import Finding, ScenarioError
from yjopt.files import RawTables, raw_from_frames, read_tables, write_tables

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

SECONDS_PER_HUNDREDTH_HOUR = 36


def quanta(frame: pd.DataFrame, table: str, column: str) -> npt.NDArray[np.int64]:
    """A number column in whole quanta (definition 14).

    Parameters
    ----------
    frame : DataFrame
        The typed table.
    table, column : str
        Name of an input or output table and of its column.

    Returns
    -------
    int64 array, shape (rows,)
        Quanta; -1 where the cell is blank.
    """
    return settle(frame[column], (schema.INPUT.get(table) or schema.OUTPUT[table])[column])


def settle(values: pd.Series[Any], column: schema.Column) -> npt.NDArray[np.int64]:
    """Whole quanta of a typed column; -1 where blank."""
    natural = values.to_numpy(dtype=np.float64, na_value=np.nan)
    blank = np.isnan(natural)
    whole = np.rint(np.where(blank, 0.0, natural) * column.per_unit).astype(np.int64)
    return np.where(blank, np.int64(-1), whole)


@dataclass(frozen=True)
class Settings:
    """The settings of a scenario, complete: ``settings["limits.supplies"]``."""

    values: Mapping[str, object]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)

    def __reduce__(self) -> tuple[Any, ...]:
        # A read-only view cannot be pickled; what it shows can.
        return Settings, (dict(self.values),)

    @property
    def periods(self) -> int:
        """Number of periods."""
        return int(self["periods"])

    @property
    def period_seconds(self) -> int:
        """Length of a period in seconds."""
        return self._quanta("period_hours", 100) * SECONDS_PER_HUNDREDTH_HOUR

    @property
    def ignore_delays(self) -> bool:
        """Whether delays and set-up are waived."""
        return bool(self["ignore_delays"])

    @property
    def objective(self) -> str:
        """``stages`` or ``weighted``."""
        return str(self["objective"])

    @property
    def rule(self) -> str:
        """``flat``, ``priority`` or ``strict``."""
        return str(self["rule"])

    def limit_seconds(self, kind: str) -> int:
        """Longest travel time of a kind in seconds."""
        return self._quanta(f"limits.{kind}", 60)

    def nearest(self, kind: str) -> int:
        """Number of nearest givers kept per taker; 0 keeps all."""
        return int(self[f"nearest.{kind}"])

    def carry(self, what: str) -> int:
        """Load in kg that moving a ``person`` or a ``team`` counts."""
        return self._quanta(f"carry.{what}", 1)

    def weight_millionths(self, stage: str) -> int:
        """Weight of a stage in the weighted objective, in millionths."""
        return self._quanta(f"weights.{stage}", 1_000_000)

    def nested(self) -> dict[str, Any]:
        """The settings as sections, as in ``scenario.toml``."""
        sections: dict[str, Any] = {}
        for name, value in self.values.items():
            section, _, leaf = name.rpartition(".")
            (sections.setdefault(section, {}) if section else sections)[leaf] = value
        return sections

    def _quanta(self, name: str, per_unit: int) -> int:
        return round(float(self[name]) * per_unit)


@dataclass(frozen=True, eq=False)
class Scenario:
    """A checked picture of the outbreak: tables and settings.

    Make one with `read`, or with `Scenario.from_tables`. Tables are frames by name, in natural units, with every
    default filled in; each is also an attribute: ``scenario.needs``.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Every input table of the schema, perhaps without rows. Treat them as read-only.
    settings : Settings
        Every setting.
    findings : tuple of Finding
        The warnings that were found.
    """

    tables: Mapping[str, pd.DataFrame]
    settings: Settings
    findings: tuple[Finding, ...] = field(default=(), repr=False)

    @classmethod
    def from_raw(cls, raw: RawTables) -> Scenario:
        """Check tables as they were read.

        Raises
        ------
        ScenarioError
            If a finding is an error; the exception carries them all.
        """
        frames, settings, findings = examine(raw)
        if any(finding.severity == "error" for finding in findings):
            raise ScenarioError(tuple(findings))
        return cls(MappingProxyType(frames), Settings(MappingProxyType(settings)), tuple(findings))

    @classmethod
    def from_tables(
        cls, tables: Mapping[str, pd.DataFrame], settings: Mapping[str, object] | None = None
    ) -> Scenario:
        """Check frames made in Python.

        Parameters
        ----------
        tables : mapping of str to DataFrame
            Input tables by name; a table left out is empty, a column left out takes its default.
        settings : mapping, optional
            As in ``scenario.toml``: ``{"periods": 7, "limits": {"supplies": 240}}``.

        Raises
        ------
        ScenarioError
            If a finding is an error; the exception carries them all.
        """
        return cls.from_raw(raw_from_frames(tables, settings or {}))

    @classmethod
    def read(cls, path: str | Path) -> Scenario:
        """Read a folder of CSV files, a ``.json``, ``.zip`` or ``.xlsx`` file.

        Raises
        ------
        FileError
            If there is no such file or folder, or it is no scenario at all.
        ScenarioError
            If a finding is an error; the exception carries them all.
        """
        return cls.from_raw(read_tables(path))

    def write(self, path: str | Path) -> None:
        """Write the scenario; the ending decides the format as in `read`. Whole or not at all.

        Raises
        ------
        FileError
            If the path cannot be written, or is a folder that yjopt did not make.
        """
        write_tables(path, self.tables, self.settings.nested(), schema.INPUT)

    def replace(self, settings: Mapping[str, object] | None = None, **tables: pd.DataFrame) -> Scenario:
        """A new scenario with some tables or settings exchanged; everything is checked again.

        Parameters
        ----------
        settings : mapping, optional
            Settings to change, nested or by full name (``"limits.supplies"``).
        **tables : DataFrame
            Tables to exchange, by name.
        """
        changed = dict(self.settings.values)
        for name, value in (settings or {}).items():
            inner = (
                {f"{name}.{leaf}": v for leaf, v in value.items()}
                if isinstance(value, Mapping)
                else {name: value}
            )
            changed.update(inner)
        return Scenario.from_tables({**self.tables, **tables}, Settings(changed).nested())

    @cached_property
    def canonical(self) -> Scenario:
        """The same scenario with every table sorted by its key, so that the order of rows changes no plan."""
        tables = {name: _sorted(self.tables[name], table.key) for name, table in schema.INPUT.items()}
        return Scenario(MappingProxyType(tables), self.settings, self.findings)

    def until(self, period: int) -> Scenario:
        """The first periods alone: rows of later periods are left out, tasks end with the last one.

        Parameters
        ----------
        period : int
            The last period to keep; beyond the horizon all are kept.

        Raises
        ------
        ScenarioError
            If the shorter scenario breaks a check.
        """
        last = min(period, self.settings.periods)
        tables = {name: _until(self.tables[name], table, last) for name, table in schema.INPUT.items()}
        return Scenario.from_tables(tables, Settings({**self.settings.values, "periods": last}).nested())

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name in schema.INPUT:
            return self.tables[name]
        raise AttributeError(f"A scenario has no {name!r}; its tables are {', '.join(schema.INPUT)}.")

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of tables and settings.

        Neither the order of rows nor the columns ``source``, which say where figures come from, change it.
        """
        total = hashlib.sha256()
        for name, table in schema.INPUT.items():
            total.update(f"\x1d{name}".encode())
            for column in table.columns:
                if column.name != "source":
                    total.update(f"\x1e{column.name}\x1f".encode())
                    total.update("\x1f".join(self._texts(name, column)).encode())
        for setting in sorted(self.settings):
            total.update(f"\x1e{setting}\x1f{self.settings[setting]!r}".encode())
        return total.hexdigest()

    def _texts(self, table: str, column: schema.Column) -> list[str]:
        frame = self.canonical.tables[table]
        if column.is_number:
            return cast(list[str], settle(frame[column.name], column).astype(str).tolist())
        return [str(value) for value in frame[column.name].tolist()]

    def summary(self) -> str:
        """What the scenario holds, for people: one screen of text."""
        settings = self.settings
        head = f"{settings['name'] or 'Scenario'}: {settings.periods} period(s) of {settings['period_hours']:g} h"
        lines = [head, ""]
        lines += [f"  {name:<16} {len(frame):>9,} rows" for name, frame in self.tables.items() if len(frame)]
        if self.findings:
            lines += [
                "",
                f"{len(self.findings):,} warning(s):",
                *(f"  {finding}" for finding in self.findings[:10]),
            ]
        return "\n".join(lines)

    def __reduce__(self) -> tuple[Any, ...]:
        return Scenario, (dict(self.tables), self.settings, self.findings)

    def __repr__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.summary())}</pre>"


def _sorted(frame: pd.DataFrame, key: tuple[str, ...]) -> pd.DataFrame:
    """The frame sorted by its key. Ids are numbered first: sorting numbers is several times faster than text."""
    ranks = [pd.factorize(frame[column], sort=True)[0] for column in reversed(key)]
    order = np.lexsort(ranks)
    if np.array_equal(order, np.arange(len(frame))):
        return frame.reset_index(drop=True)
    return frame.take(order).reset_index(drop=True)


def _until(frame: pd.DataFrame, table: schema.Table, period: int) -> pd.DataFrame:
    """Rows of a table that concern periods up to `period`."""
    for column in table.columns:
        # Beds that open later are none yet, but people may lie in their class already; what is known later is
        # wanted all the same.
        if column.unit != "period" or column.name in ("opening", "known_from"):
            continue
        later = (frame[column.name] > period).fillna(False).astype(bool)
        if column.name in ("last_period", "return_by", "clear_by"):
            # A window is cut short; a return or a clearing after the end binds nobody.
            end = period if column.name == "last_period" else None
            frame = frame.assign(**{column.name: frame[column.name].mask(later, end)})
        else:
            frame = frame[~later]
    return frame.reset_index(drop=True)
