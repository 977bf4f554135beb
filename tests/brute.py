"""
Brute force for the smallest scenarios: every plan is made, judged by the contract, and the best is kept.

Nothing is shared with the package or with the reference model but the names of tables and columns. A family
gives its decisions with the most each may be, and a judge that returns the stage values of a plan, or None if
a rule forbids it.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable

    from tiny_world import PlainScenario

Row = dict[str, Any]
Values = dict[str, int]
Plan = dict[Any, int]

RANKS = {"town": 0, "county": 1, "city": 2, "province": 3, "nation": 4}
STAGES = ["hard_rules", "rules", "unmet_people", "unmet_goods"]


class TooManyError(Exception):
    """There are more plans than one wants to judge."""


@dataclass(frozen=True)
class Problem:
    """The decisions of a scenario with the most each may be, and the judge of a plan."""

    decisions: dict[Any, int]
    judge: Callable[[Plan], Values | None]

    @property
    def plans(self) -> int:
        """How many plans there are, allowed or not."""
        return math.prod(most + 1 for most in self.decisions.values())


def best(problem: Problem, limit: int = 100_000) -> Values | None:
    """Stage values of the best plan in the order of the stages; None if every plan is forbidden."""
    if problem.plans > limit:
        raise TooManyError(problem.plans)
    known: Values | None = None
    names = list(problem.decisions)
    for amounts in itertools.product(*(range(most + 1) for most in problem.decisions.values())):
        values = problem.judge(dict(zip(names, amounts, strict=True)))
        if values is not None and (known is None or ranking(values) < ranking(known)):
            known = values
    return known


def ranking(values: Values) -> list[int]:
    """The stage values in order; a stage that is not there is 0."""
    steps = [f"support:{name}" for name in ("above-3", "peer-3", "above-2", "peer-2", "peer-1", "pool")]
    return [values.get(name, 0) for name in [*STAGES, *steps, "time", "money"]]


class Tables:
    """The rows of a scenario, its tree, and its travel times."""

    def __init__(self, scenario: PlainScenario) -> None:
        self.scenario = scenario
        self.known: dict[str, list[Row]] = {}
        self.found: dict[tuple[str, tuple[str, ...]], dict[Any, Row]] = {}
        self.last: int = scenario.settings["periods"]
        self.seconds_of_period = round(scenario.settings["period_hours"] * 3600)
        self.waived: bool = scenario.settings["ignore_delays"]
        self.flat = scenario.settings["rule"] == "flat"
        self.parent = {row["area"]: row["parent"] for row in self.rows("areas")}
        self.level = {row["area"]: RANKS[row["level"]] for row in self.rows("areas")}
        self.area = {row["place"]: row["area"] for row in self.rows("places")}
        self.unit = {row["place"]: row["unit"] or row["area"] for row in self.rows("places")}
        self.times: dict[tuple[str, int], dict[tuple[str, str], int]] = {}

    def rows(self, table: str) -> list[Row]:
        """The rows of a table; blanks as None."""
        if table not in self.known:
            rows = self.scenario.tables[table].to_dict("records")
            self.known[table] = [
                {k: None if pd.isna(cell) else cell for k, cell in row.items()} for row in rows
            ]
        return self.known[table]

    def by(self, table: str, *key: str) -> dict[Any, Row]:
        """The rows of a table by one column, or by a tuple of several."""
        if (table, key) not in self.found:
            cells = [[row[name] for name in key] for row in self.rows(table)]
            names = [tuple(values) if len(key) > 1 else values[0] for values in cells]
            self.found[table, key] = dict(zip(names, self.rows(table), strict=True))
        return self.found[table, key]

    def delay(self, seconds: float) -> int:
        """Whole periods within so many seconds."""
        return 0 if self.waived else math.floor(round(seconds) / self.seconds_of_period)

    def setup(self, periods: int) -> int:
        """Periods of set-up."""
        return 0 if self.waived else periods

    def chain(self, area: str) -> list[str]:
        """An area and all above it."""
        return [area, *(self.chain(self.parent[area]) if self.parent[area] else [])]

    def within(self, area: str, top: str) -> bool:
        """Whether an area is `top` or below it."""
        return top in self.chain(area)

    def step(self, authority: str, unit: str) -> str:
        """The step of the ladder by which an authority supports a unit."""
        if authority == unit:
            return "own"
        if authority == self.parent[unit] or unit in self.chain(authority):
            return "pool"
        common = next(area for area in self.chain(unit) if area in self.chain(authority))
        rung = self.level[common] - self.level[unit]
        return f"above-{rung}" if common == authority else f"peer-{rung}"

    def travel(self, kind: str, start: str, end: str, period: int) -> int | None:
        """Seconds from start to end, None if that is too far."""
        if start == end:
            return 0
        for row in self.rows("times"):
            if (row["from"], row["to"]) == (start, end):
                seconds = round(row["minutes"] * 60)
                break
        else:
            if (kind, period) not in self.times:
                self.times[kind, period] = self._all_times(kind, period)
            seconds = self.times[kind, period].get((start, end), 10**9)
        return seconds if seconds <= round(self.scenario.settings[f"limits.{kind}"] * 60) else None

    def _all_times(self, kind: str, period: int) -> dict[tuple[str, str], int]:
        """Shortest times between all places: Floyd and Warshall."""
        closed = {frozenset((r["from"], r["to"])): r for r in self.rows("closures") if r["period"] == period}
        times: dict[tuple[str, str], int] = {}
        for road in self.rows("roads"):
            seconds = round(road["minutes"] * 60)
            closure = closed.get(frozenset((road["from"], road["to"])))
            if closure is not None:
                if closure["state"] == "closed" or (closure["state"] == "relief" and kind == "contacts"):
                    continue
                if closure["state"] == "slowed":
                    seconds = math.ceil(seconds * closure["percent"] / 100)
            for pair in [(road["from"], road["to"]), (road["to"], road["from"])][
                : 1 if road["one_way"] else 2
            ]:
                times[pair] = min(seconds, times.get(pair, seconds))
        for middle, a, b in itertools.product(self.area, self.area, self.area):
            if (a, middle) in times and (middle, b) in times and a != b:
                through = times[a, middle] + times[middle, b]
                times[a, b] = min(through, times.get((a, b), through))
        return times

    def arrival(self, kind: str, start: str, end: str, period: int, extra_hours: float = 0.0) -> int | None:
        """Period of arrival when leaving in a period, None if there is no way or it is too late."""
        seconds = self.travel(kind, start, end, period)
        if seconds is None:
            return None
        arrival = period + self.delay(seconds + extra_hours * 3600)
        return arrival if arrival <= self.last else None

    def share(self, item: str) -> int:
        """Weight of a pack in the stages of support."""
        pack = self.by("items", "item")[item]["pack"]
        wanted = sum(row["quantity"] for row in self.rows("needs") if row["item"] == item)
        return max(1, (2_000_000 * pack + wanted) // (2 * wanted)) if wanted else 1


def count(values: Values, stage: str, amount: float) -> None:
    """Add to a stage."""
    values[stage] = values.get(stage, 0) + round(amount)
