"""The input tables as the audit reads them: ids as codes, numbers as whole quanta, blanks as -1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
import pandas as pd

from yjopt.auditing.rows import Rows, add_up, find
from yjopt.schema import INPUT, POSITIONS, RESOURCES, STOCK_KINDS, TRAVEL_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from yjopt.auditing.rows import Column, Ints
    from yjopt.schema import Table

#: Which ids a column holds, by its name. Bed classes and isolation categories share the domain ``ward``.
DOMAIN_OF: Final = {
    "place": "place",
    "from": "place",
    "to": "place",
    "area": "area",
    "parent": "area",
    "unit": "area",
    "authority": "area",
    "item": "item",
    "group": "group",
    "pool": "pool",
    "skill": "skill",
    "task": "task",
    "fleet": "fleet",
    "class": "ward",
    "from_class": "ward",
    "to_class": "ward",
    "category": "ward",
    "what": "ward",
    "helper": "area",
    "asker": "area",
    "asked": "area",
    "taker": "area",
    "giver": "area",
}

#: Columns a plan is not judged by.
_UNUSED: Final = ("longitude", "latitude", "population", "gate", "which")

#: What a rule may name besides ids: the stages that a ceiling holds for.
STAGE_WORDS: Final = ("people", "goods")


class ScenarioLike(Protocol):
    """What the audit needs of a scenario: its typed tables and its settings, nothing computed from them."""

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """Typed input tables by name."""

    @property
    def settings(self) -> Any:
        """Settings by ``section.name``."""


class Facts:
    """The scenario in integers.

    Attributes
    ----------
    ids : dict of str to list of str
        Ids of every domain in the order of their codes.
    horizon, period_seconds : int
        Number of periods and the length of one.
    limit, nearest : dict of str to int
        Per kind of travel: the longest time in seconds, and the number of pairs kept (0: all).
    """

    def __init__(self, scenario: ScenarioLike) -> None:
        settings = scenario.settings
        self.horizon = int(settings["periods"])
        self.period_seconds = _whole(settings["period_hours"], 100) * 36
        self.ignore_delays = bool(settings["ignore_delays"])
        self.objective = str(settings["objective"])
        self.rule = str(settings["rule"])
        self.strict = {
            resource: self.rule == "strict" and bool(settings[f"strict.{resource}"]) for resource in RESOURCES
        }
        self.counts_people = self.rule != "flat" and bool(settings["support.people"])
        self.by_rung = str(settings["delays"]) == "by_rung"
        self.cover = int(settings["cover_periods"])
        self.carry_person = _whole(settings["carry.person"], 1)
        self.carry_team = _whole(settings["carry.team"], 1)
        self.limit = {kind: _whole(settings[f"limits.{kind}"], 60) for kind in TRAVEL_KINDS}
        self.nearest = {kind: int(settings[f"nearest.{kind}"]) for kind in TRAVEL_KINDS}
        stages = ("rules", "unmet_people", "unmet_goods", "support", "time", "money")
        self.weights = {stage: _whole(settings[f"weights.{stage}"], 1_000_000) for stage in stages}

        given = scenario.tables
        frames = {name: given[name] if name in given else _empty(table) for name, table in INPUT.items()}
        self.ids = _domains(frames)
        self._index = {domain: pd.Index(names, dtype=object) for domain, names in self.ids.items()}
        self.tables = {name: self._coded(INPUT[name], frame) for name, frame in frames.items()}
        self._resolve()
        self._count_once()
        self._know()
        self.shares = self._shares()

    def __getitem__(self, table: str) -> Rows:
        return self.tables[table]

    def code(self, domain: str, values: Column) -> Ints:
        """Codes of ids: -1 for a blank, -2 for an unknown one."""
        found = self._index[domain].get_indexer(pd.Index(values, dtype=object)).astype(np.int64)
        return np.where(found >= 0, found, np.where(values == "", -1, -2))

    def delay(self, seconds: Column) -> Ints:
        """Whole periods that a delay of so many seconds makes."""
        return (
            np.zeros(len(seconds), dtype=np.int64) if self.ignore_delays else seconds // self.period_seconds
        )

    def setup(self, periods: Column) -> Ints:
        """Set-up in periods, waived with ``ignore_delays``."""
        return np.zeros(len(periods), dtype=np.int64) if self.ignore_delays else periods

    def last_chance(self, due: Column, wait: Column) -> Ints:
        """Last period in which what is due may be served; a wait of -1 has no end."""
        return np.where(wait < 0, self.horizon, np.minimum(due + wait, self.horizon))

    @property
    def durable(self) -> Column:
        """Whether each item is durable."""
        return self["items"]["durable"]

    def _coded(self, table: Table, frame: pd.DataFrame) -> Rows:
        columns: dict[str, Column] = {}
        for column in table.columns:
            if column.type == "text" or column.name in _UNUSED:
                continue
            if not len(frame):
                columns[column.name] = np.empty(0, dtype=bool if column.type == "flag" else np.int64)
                continue
            values = frame[column.name]
            if column.type == "id":
                columns[column.name] = self.code(DOMAIN_OF[column.name], values.to_numpy(dtype=object))
            elif column.type == "choice":
                columns[column.name] = (
                    pd.Index(column.choices).get_indexer(pd.Index(values, dtype=object)).astype(np.int64)
                )
            elif column.type == "flag":
                columns[column.name] = values.to_numpy(dtype=bool)
            else:
                numbers = values.to_numpy(dtype=float, na_value=np.nan)
                blank = np.isnan(numbers)
                quanta = np.rint(np.where(blank, 0.0, numbers) * column.per_unit).astype(np.int64)
                columns[column.name] = np.where(blank, -1, quanta)
        if table.name == "consumption":
            columns["skill"] = self.code("skill", frame["what"].to_numpy(dtype=object))
        if table.name == "rules":
            named = frame["what"].to_numpy(dtype=object)
            columns["skill"], columns["word"] = self.code("skill", named), self.code("word", named)
        if table.name == "gates":
            columns["which"] = self._opened(frame)
            columns["id"] = frame["gate"].to_numpy(dtype=object)
        rows = Rows(columns, len(frame))
        # Nothing happens outside the horizon.
        if "period" in columns and table.name != "closures":
            rows = rows.keep(columns["period"] <= self.horizon)
        return rows

    def _resolve(self) -> None:
        """A blank unit is the area of the place, a blank authority the unit of the place."""
        places = self["places"]
        unit = np.where(places["unit"] < 0, places["area"], places["unit"])
        self.tables["places"] = places.plus(unit=unit)
        for name in ("stocks", "receipts", "sources", "pools"):
            rows = self[name]
            authority = np.where(rows["authority"] < 0, unit[rows["place"]], rows["authority"])
            self.tables[name] = rows.plus(authority=authority)

    def _opened(self, frame: pd.DataFrame) -> Ints:
        """What each gate opens, as a code of its own kind; -1: all."""
        which, opens = frame["which"].to_numpy(dtype=object), frame["opens"].to_numpy(dtype=object)
        steps = pd.Index(list(POSITIONS), dtype=object).get_indexer(pd.Index(which, dtype=object))
        kinds = pd.Index(STOCK_KINDS, dtype=object).get_indexer(pd.Index(which, dtype=object))
        code = np.where(opens == "step", steps, kinds)
        code = np.where(opens == "quota", self.code("item", which), code)
        code = np.where(opens == "facility", self.code("place", which), code)
        named = (which != "") & ~np.isin(opens, ("lateral", "skip"))
        return np.where(named, code, -1).astype(np.int64)

    def _count_once(self) -> None:
        """A need filed on both channels is one need, the larger; its dates are those of the command row."""
        needs = self["needs"]
        if not len(needs):
            return
        same = needs.key("place", "item", "period", "weight")
        first = find(same, same)
        largest = np.zeros(len(needs), dtype=np.int64)
        np.maximum.at(largest, first, needs["quantity"])
        # Channels are numbered as the schema names them: command first.
        on_command = np.full(len(needs), -1, dtype=np.int64)
        command = np.flatnonzero(needs["channel"] == 0)
        on_command[first[command]] = command
        chosen = np.flatnonzero(first == np.arange(len(needs)))
        dates = np.where(on_command[chosen] >= 0, on_command[chosen], chosen)
        dated = {name: needs[name][dates] for name in ("deadline", "known_from")}
        keep = np.zeros(len(needs), dtype=bool)
        keep[chosen] = True
        self.tables["needs"] = needs.keep(keep).plus(quantity=largest[chosen], **dated)

    def _know(self) -> None:
        """The period from which everything wanted is known: its own unless the table says otherwise."""
        for name in ("arrivals", "contacts", "tasks", "needs"):
            rows = self[name]
            own = rows["first_period" if name == "tasks" else "period"]
            self.tables[name] = rows.plus(known=np.where(rows["known_from"] < 0, own, rows["known_from"]))

    def _shares(self) -> Ints:
        """Millionths of all need that one pack of each item is, at least 1 (section 9)."""
        needs, pack = self["needs"], self["items"]["pack"]
        wanted = add_up(len(pack), needs["item"], needs["quantity"])
        share = (2_000_000 * pack + wanted) // np.maximum(2 * wanted, 1)
        return np.where(wanted > 0, np.maximum(share, 1), 1).astype(np.int64)


def _whole(value: Any, per_unit: int) -> int:
    return round(float(value) * per_unit)


def _empty(table: Table) -> pd.DataFrame:
    return pd.DataFrame({column.name: pd.Series(dtype=column.dtype) for column in table.columns})


def _domains(frames: Mapping[str, pd.DataFrame]) -> dict[str, list[str]]:
    """All ids by domain, in the order of the tables."""

    def union(*columns: Iterable[str]) -> list[str]:
        return list(dict.fromkeys(value for column in columns for value in column if value != ""))

    consumption = frames["consumption"]
    of_skill = consumption["kind"].to_numpy(dtype=object) == "skill"
    consumed = consumption["what"].to_numpy(dtype=object)
    ward_tables = ("eligibility", "beds", "surge", "occupied")
    return {
        "place": union(frames["places"]["place"]),
        "area": union(frames["areas"]["area"]),
        "item": union(frames["items"]["item"]),
        "group": union(frames["groups"]["group"]),
        "pool": union(frames["pools"]["pool"]),
        "task": union(frames["tasks"]["task"]),
        "fleet": union(frames["fleets"]["fleet"]),
        "skill": union(
            *(frames[name]["skill"] for name in ("skills", "tasks", "staffing", "residents")),
            consumed[of_skill],
            frames["rules"]["what"][(frames["rules"]["rule"] == "mobile_quota").to_numpy(dtype=bool)],
        ),
        "word": list(STAGE_WORDS),
        "ward": union(
            *(frames[name]["class"] for name in ward_tables),
            frames["categories"]["category"],
            frames["staffing"]["what"],
            consumed[~of_skill],
            frames["rules"]["what"],
        ),
    }
