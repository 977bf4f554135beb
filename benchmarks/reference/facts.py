"""The tables of a scenario as plain Python rows in quanta, and the tree and delays read from them."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Protocol

import pandas as pd

from yjopt.schema import INPUT, LEVELS, SETTINGS

Row = dict[str, Any]


class ScenarioLike(Protocol):
    """What the reference needs of a scenario: typed tables with defaults filled in, and settings."""

    @property
    def tables(self) -> Any: ...

    @property
    def settings(self) -> Any: ...


def to_quanta(value: Any, per_unit: int) -> int | None:
    """A natural number as whole quanta; a blank as None."""
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    return round(value * per_unit)


def rows_of(frame: pd.DataFrame, table: str) -> list[Row]:
    """The rows of an input table, every number in quanta."""
    columns = {}
    for column in INPUT[table].columns:
        if column.name not in frame.columns:
            continue
        values = frame[column.name].tolist()
        if column.is_number:
            values = [to_quanta(value, column.per_unit) for value in values]
        columns[column.name] = values
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def ceil_div(a: int, b: int) -> int:
    """The smallest whole number not below a / b."""
    return -(-a // b)


def hours_to_seconds(hundredths: int) -> int:
    """Hours are kept in hundredths."""
    return 36 * hundredths


@dataclass
class Facts:
    """All a modeller looks up while writing the model down."""

    rows: dict[str, list[Row]]
    settings: dict[str, Any]
    H: int
    P: int
    ignore_delays: bool
    flat: bool
    area: dict[str, str] = field(default_factory=dict)
    unit: dict[str, str] = field(default_factory=dict)
    parent: dict[str, str] = field(default_factory=dict)
    rank: dict[str, int] = field(default_factory=dict)
    items: dict[str, Row] = field(default_factory=dict)
    share: dict[str, int] = field(default_factory=dict)
    #: People there at the start, (kind, place, class or category) -> period -> people.
    at_start: dict[tuple[str, str, str], dict[int, int]] = field(default_factory=dict)
    steps: dict[tuple[str, str], tuple[int, str, int]] = field(default_factory=dict)

    @property
    def periods(self) -> range:
        """1..H."""
        return range(1, self.H + 1)

    def delay(self, seconds: int) -> int:
        """Whole periods that a delay of so many seconds takes."""
        return 0 if self.ignore_delays else seconds // self.P

    def setup(self, periods: int) -> int:
        """Periods of set-up."""
        return 0 if self.ignore_delays else periods

    def ancestors(self, area: str) -> list[str]:
        """The area itself, its parent, and so on to the root."""
        chain = [area]
        while self.parent[chain[-1]]:
            chain.append(self.parent[chain[-1]])
        return chain

    def inside(self, area: str, top: str) -> bool:
        """Whether an area is another or lies below it."""
        return top in self.ancestors(area)

    def step(self, authority: str, unit: str) -> tuple[int, str, int]:
        """Order, name and rung of support by an authority for a unit."""
        key = (authority, unit)
        if key not in self.steps:
            self.steps[key] = self._step(authority, unit)
        return self.steps[key]

    def _step(self, authority: str, unit: str) -> tuple[int, str, int]:
        above = self.ancestors(unit)
        giver = set(self.ancestors(authority))
        common = next(area for area in above if area in giver)
        rung = self.rank[common] - self.rank[unit]
        if authority == unit:
            return 0, "own", rung
        if authority == self.parent[unit] or common == unit:
            return 1, "pool", rung
        if common != authority:
            return (2 if rung == 1 else 2 * rung - 1), f"peer-{rung}", rung
        return 2 * rung, f"above-{rung}", rung

    def start(self, kind: str, place: str, what: str, period: int) -> int:
        """People there at the start who are still there in a period."""
        return self.at_start.get((kind, place, what), {}).get(period, 0)

    @property
    def transfer_rules(self) -> list[Row]:
        """Rules that allow transfers, from_period filled in."""
        return [
            {**row, "from_period": row["from_period"] or 1}
            for row in self.rows["rules"]
            if row["rule"] == "transfer_budget"
        ]


def _settings(settings: Any) -> dict[str, Any]:
    values = {}
    for setting in SETTINGS:
        name = f"{setting.section}.{setting.name}" if setting.section else setting.name
        value = settings[name]
        values[name] = to_quanta(value, setting.per_unit) if setting.type in ("integer", "decimal") else value
    return values


def _shares(rows: dict[str, list[Row]], items: dict[str, Row]) -> dict[str, int]:
    wanted: dict[str, int] = defaultdict(int)
    for need in rows["needs"]:
        wanted[need["item"]] += need["quantity"]
    share = {}
    for item, row in items.items():
        exact = Fraction(1_000_000 * row["pack"], wanted[item]) if wanted[item] else Fraction(0)
        share[item] = max(1, math.floor(exact + Fraction(1, 2)))
    return share


def _merged(needs: list[Row]) -> list[Row]:
    """Needs filed on both channels counted once: the larger quantity, on the terms of the command row."""
    merged: dict[tuple[Any, ...], Row] = {}
    for row in sorted(needs, key=lambda row: row["channel"] != "command"):
        key = tuple(row[name] for name in ("place", "item", "period", "weight"))
        twin = merged.setdefault(key, dict(row))
        twin["quantity"] = max(twin["quantity"], row["quantity"])
    for row in merged.values():
        row["known_from"] = row["known_from"] or row["period"]
    return list(merged.values())


def gather(scenario: ScenarioLike) -> Facts:
    """Read the tables and settings of a scenario."""
    rows = {name: rows_of(scenario.tables[name], name) for name in INPUT}
    settings = _settings(scenario.settings)
    rows["needs"] = _merged(rows["needs"])
    facts = Facts(
        rows=rows,
        settings=settings,
        H=settings["periods"],
        P=hours_to_seconds(settings["period_hours"]),
        ignore_delays=bool(settings["ignore_delays"]),
        flat=settings["rule"] == "flat",
    )
    for area in rows["areas"]:
        facts.parent[area["area"]] = area["parent"] or ""
        facts.rank[area["area"]] = LEVELS.index(area["level"])
    for place in rows["places"]:
        facts.area[place["place"]] = place["area"]
        facts.unit[place["place"]] = place["unit"] or place["area"]
    for table in ("stocks", "receipts", "sources", "pools"):
        for row in rows[table]:
            row["authority"] = row["authority"] or facts.unit[row["place"]]
    facts.items = {row["item"]: row for row in rows["items"]}
    facts.share = _shares(rows, facts.items)
    categories = {row["category"] for row in rows["categories"]}
    sites = {row["place"] for row in rows["isolation_sites"]}
    for row in rows["occupied"]:
        kind = "category" if row["place"] in sites and row["class"] in categories else "class"
        facts.at_start.setdefault((kind, row["place"], row["class"]), {})[row["period"]] = row["people"]
    return facts
