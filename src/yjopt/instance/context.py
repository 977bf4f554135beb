"""What every family needs to turn labels into integers: ids, the tree, periods, travel."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from yjopt.areas import Tree
from yjopt.instance.joining import IdArray, IntArray, position, ranges
from yjopt.roads import reach
from yjopt.scenario import SECONDS_PER_HUNDREDTH_HOUR, quanta

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from yjopt.scenario import Scenario


@dataclass(frozen=True)
class Labels:
    """The ids behind the integers; position is the integer. `needs` is the table whose rows needs point to."""

    areas: IdArray
    places: IdArray
    items: IdArray
    groups: IdArray
    classes: IdArray
    categories: IdArray
    pools: IdArray
    skills: IdArray
    tasks: IdArray
    fleets: IdArray
    area_names: IdArray
    needs: pd.DataFrame


def labels_of(scenario: Scenario) -> Labels:
    """Collect the ids of a scenario."""
    tables = scenario.tables

    def ids(table: str, column: str) -> IdArray:
        return tables[table][column].to_numpy(dtype=object)

    def union(*columns: tuple[str, str]) -> IdArray:
        return np.array(
            sorted({value for table, column in columns for value in tables[table][column]}), dtype=object
        )

    worker_skills = union(
        ("skills", "skill"), ("tasks", "skill"), ("staffing", "skill"), ("residents", "skill")
    )
    consumption = tables["consumption"]
    team_use = consumption.loc[(consumption["kind"] == "skill").to_numpy(dtype=bool), "what"]
    return Labels(
        areas=ids("areas", "area"),
        places=ids("places", "place"),
        items=ids("items", "item"),
        groups=ids("groups", "group"),
        classes=union(("beds", "class"), ("surge", "class"), ("eligibility", "class")),
        categories=ids("categories", "category"),
        pools=ids("pools", "pool"),
        skills=np.array(sorted({*worker_skills, *team_use}), dtype=object),
        tasks=ids("tasks", "task"),
        fleets=ids("fleets", "fleet"),
        area_names=ids("areas", "name"),
        needs=tables["needs"],
    )


@dataclass(frozen=True)
class Legs:
    """Pairs with their travel time, per state of the roads.

    Parameters
    ----------
    origin, destination : int64 array
        Rows of the places table.
    seconds : int64 array
        Travel time.
    state : int64 array
        State of the roads in which the pair has this time.
    periods : int64 array
        Periods (from 0), sorted by state.
    first, count : int64 array, shape (states,)
        Where a state's periods stand in `periods`, and how many there are.
    """

    origin: IntArray
    destination: IntArray
    seconds: IntArray
    state: IntArray
    periods: IntArray
    first: IntArray
    count: IntArray

    def over_periods(self, pair: IntArray) -> tuple[IntArray, IntArray]:
        """Repeat each of the pairs for every period of its state: (position in `pair`, period from 0)."""
        state = self.state[pair]
        count = self.count[state]
        entry = np.repeat(np.arange(len(pair), dtype=np.int64), count)
        return entry, self.periods[ranges(self.first[state], count)]


@dataclass(frozen=True)
class Context:
    """A scenario with its tree and the integers behind its ids."""

    scenario: Scenario
    labels: Labels
    reach_seconds: list[float] = field(default_factory=list)
    _arrays: dict[tuple[str, str, int], IntArray] = field(default_factory=dict, repr=False)

    @cached_property
    def horizon(self) -> int:
        """Number of periods."""
        return self.scenario.settings.periods

    @cached_property
    def tree(self) -> Tree:
        """The administrative tree."""
        return Tree(self.table("areas"))

    @cached_property
    def area(self) -> IntArray:
        """Area in which each place lies."""
        return position(self.table("places")["area"], self.labels.areas)

    @cached_property
    def unit(self) -> IntArray:
        """Unit that runs each place."""
        return position(self.table("places")["unit"], self.labels.areas)

    def table(self, name: str) -> pd.DataFrame:
        """An input table."""
        return self.scenario.tables[name]

    def number(self, table: str, column: str) -> IntArray:
        """A number column in quanta; -1 where blank. Read-only: it is kept for the next who asks."""
        return self._kept((table, column, 0), lambda: quanta(self.table(table), table, column))

    def hours(self, table: str, column: str) -> IntArray:
        """A column of hours (in hundredths) in seconds."""
        return self.number(table, column) * SECONDS_PER_HUNDREDTH_HOUR

    def code(self, table: str, column: str, ids: IdArray) -> IntArray:
        """A column of ids as positions in `ids`. Read-only, like `number`."""
        return self._kept((table, column, id(ids)), lambda: position(self.table(table)[column], ids))

    def _kept(self, key: tuple[str, str, int], make: Callable[[], IntArray]) -> IntArray:
        """An array made once: several families ask for the same columns."""
        if key not in self._arrays:
            array = make()
            array.flags.writeable = False
            self._arrays[key] = array
        return self._arrays[key]

    def places(self, table: str, column: str = "place") -> IntArray:
        """A column of places as rows of the places table."""
        return self.code(table, column, self.labels.places)

    def areas(self, table: str, column: str = "authority") -> IntArray:
        """A column of areas as rows of the areas table."""
        return self.code(table, column, self.labels.areas)

    def flags(self, table: str, column: str) -> Any:
        """A column of flags."""
        return self.table(table)[column].to_numpy(dtype=bool)

    def delay(self, seconds: IntArray) -> IntArray:
        """Whole periods that a delay takes (0 with ``ignore_delays``)."""
        settings = self.scenario.settings
        return np.zeros_like(seconds) if settings.ignore_delays else seconds // settings.period_seconds

    def setup(self, periods: IntArray) -> IntArray:
        """Set-up periods (0 with ``ignore_delays``)."""
        return np.zeros_like(periods) if self.scenario.settings.ignore_delays else periods

    def legs(self, kind: str, origins: IntArray, destinations: IntArray) -> tuple[Legs, int]:
        """Reachable pairs of a kind, and how many thinning left out."""
        began = time.perf_counter()
        found = reach(self.scenario, kind, np.unique(origins), np.unique(destinations))
        self.reach_seconds.append(time.perf_counter() - began)
        states = np.asarray(found.state_of_period, dtype=np.int64)
        pairs = found.pairs
        periods = np.argsort(states, kind="stable").astype(np.int64)
        count = np.bincount(states, minlength=len(pairs)).astype(np.int64)
        sizes = np.array([len(pair.seconds) for pair in pairs], dtype=np.int64)
        legs = Legs(
            origin=np.concatenate([pair.origin for pair in pairs]).astype(np.int64),
            destination=np.concatenate([pair.destination for pair in pairs]).astype(np.int64),
            seconds=np.concatenate([pair.seconds for pair in pairs]).astype(np.int64),
            state=np.repeat(np.arange(len(pairs), dtype=np.int64), sizes),
            periods=periods,
            first=np.cumsum(count) - count,
            count=count,
        )
        return legs, int(np.sum(found.left_out))
