"""Small helpers on typed tables: periods that go by, rows summed by key, travel times looked up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from yjopt.roads import reach
from yjopt.scenario import SECONDS_PER_HUNDREDTH_HOUR, quanta
from yjopt.schema import INPUT, REQUIRED

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from yjopt.scenario import Scenario

    IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Elapsing:
    """Periods of a scenario that go by under a plan.

    Parameters
    ----------
    scenario : Scenario
        Before, sorted by key.
    plan : mapping of str to DataFrame
        Tables of the plan.
    elapsed : int
        Periods that go by.
    beyond : mapping of str to DataFrame
        Rows of ``receipts`` and ``occupied`` of periods after the last one of the scenario.
    """

    scenario: Scenario
    plan: Mapping[str, pd.DataFrame]
    elapsed: int
    beyond: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    def table(self, name: str) -> pd.DataFrame:
        """An input table as it was."""
        return self.scenario.tables[name]

    def done(self, name: str, column: str) -> pd.DataFrame:
        """Rows of a plan table that are decided in the periods that go by."""
        frame = self.plan[name]
        return frame[(frame[column] <= self.elapsed).to_numpy(dtype=bool)]

    def whole(self, name: str) -> pd.DataFrame:
        """An input table as it was, with the rows of periods beyond the last one."""
        frame = self.table(name)
        return pd.concat([frame, self.beyond[name]], ignore_index=True) if name in self.beyond else frame

    def delay(self, hours: IntArray) -> IntArray:
        """Whole periods in hundredths of hours (0 with ``ignore_delays``)."""
        return self.periods(hours * SECONDS_PER_HUNDREDTH_HOUR)

    def periods(self, seconds: IntArray) -> IntArray:
        """Whole periods in seconds (0 with ``ignore_delays``)."""
        settings = self.scenario.settings
        return np.zeros_like(seconds) if settings.ignore_delays else seconds // settings.period_seconds

    def seconds(
        self, kind: str, origin: pd.Series[Any], to: pd.Series[Any], period: pd.Series[Any]
    ) -> IntArray:
        """Travel time of trips that a plan makes, by the state of the roads when they depart."""
        places = pd.Index(self.table("places")["place"])
        start, end = places.get_indexer(pd.Index(origin)), places.get_indexer(pd.Index(to))
        result = np.zeros(len(start), dtype=np.int64)
        away = np.flatnonzero(start != end)
        if len(away):
            found = reach(self.scenario, kind, np.unique(start[away]), np.unique(end[away]))
            state = found.state_of_period[period.to_numpy(dtype=np.int64)[away] - 1]
            for number in np.unique(state):
                pairs, these = found.pairs[int(number)], away[state == number]
                known = pd.Series(pairs.seconds, index=pairs.origin * len(places) + pairs.destination)
                result[these] = known.loc[start[these] * len(places) + end[these]].to_numpy(dtype=np.int64)
        return result


def later(frame: pd.DataFrame, column: str, elapsed: int) -> pd.DataFrame:
    """Rows of periods that are still to come, counted from then on."""
    frame = frame[(frame[column] > elapsed).to_numpy(dtype=bool)]
    return frame.assign(**{column: frame[column] - elapsed})


def from_then(frame: pd.DataFrame, column: str, elapsed: int) -> pd.DataFrame:
    """A column of periods from which something holds, counted from then on; what holds already, from period 1."""
    return frame.assign(**{column: (frame[column] - elapsed).clip(lower=1)})


def summed(frames: list[pd.DataFrame], key: list[str], amount: str) -> pd.DataFrame:
    """Rows of all frames with one amount for each key, none of 0."""
    whole = pd.concat([frame[[*key, amount]] for frame in frames], ignore_index=True)
    found = whole.groupby(key, sort=True, dropna=False)[amount].sum().reset_index()
    return found[(found[amount] != 0).to_numpy(dtype=bool)].reset_index(drop=True)


def filled(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """New rows of a table with the defaults of the columns they lack."""
    result = {}
    for column in INPUT[table].columns:
        if column.name in frame:
            result[column.name] = pd.Series(frame[column.name].to_numpy(dtype=object), dtype=column.dtype)
        else:
            default = None if column.default is REQUIRED else column.default
            values = [pd.NA if default is None else default] * len(frame)
            result[column.name] = pd.Series(values, dtype=column.dtype)
    return pd.DataFrame(result)


def together(table: str, *frames: pd.DataFrame) -> pd.DataFrame:
    """Rows of one table on top of each other, in the types of the schema."""
    some = [filled(table, frame) for frame in frames if len(frame)]
    return pd.concat(some, ignore_index=True) if some else filled(table, frames[0])


def number(frame: pd.DataFrame, table: str, column: str) -> IntArray:
    """A number column in whole quanta; -1 where blank."""
    return quanta(frame, table, column)
