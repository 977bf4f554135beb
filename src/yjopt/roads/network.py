"""The road network as arrays, and one sparse graph for each state the roads are in."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from yjopt.errors import YjoptError
from yjopt.scenario import quanta
from yjopt.schema import TRAVEL_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scipy import sparse

    from yjopt.scenario import Scenario

IntArray: TypeAlias = npt.NDArray[np.int64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]
Graph: TypeAlias = "sparse.csr_array[Any, tuple[int, int]]"

#: Per cent that stands for a link nobody may use; above every per cent the schema allows.
CLOSED: Final = 1_000_000


@dataclass(frozen=True)
class Closures:
    """The links that are not open in one period: links ascending, and the per cent of their time."""

    link: IntArray
    percent: IntArray


@dataclass(frozen=True)
class Network:
    """The roads of a scenario, places numbered by their row in ``places``.

    Attributes
    ----------
    places : pandas.Index
        Ids of the places.
    periods : int
        Number of periods.
    start, end, seconds : int64 arrays
        Arcs: a road that may be driven both ways has two.
    link : int64 array
        Number of each arc's link. A link is a pair of places in either orientation; roads between the same
        two places share it, as closures are given for links.
    closures : DataFrame
        Rows of ``closures`` that concern a link: ``period``, ``link``, ``state``, ``percent``.
    given_from, given_to, given_seconds : int64 arrays
        The table ``times`` without rows from a place to itself, which always takes 0.
    """

    places: pd.Index
    periods: int
    start: IntArray
    end: IntArray
    seconds: IntArray
    link: IntArray
    closures: pd.DataFrame
    given_from: IntArray
    given_to: IntArray
    given_seconds: IntArray

    @classmethod
    def of(cls, scenario: Scenario) -> Network:
        """Read the network from the tables of a scenario."""
        tables = scenario.tables
        places = pd.Index(tables["places"]["place"].to_numpy(dtype=object))
        roads, times, closures = tables["roads"], tables["times"], tables["closures"]

        one, two = place_numbers(places, roads["from"]), place_numbers(places, roads["to"])
        seconds = quanta(roads, "roads", "minutes")
        back = ~roads["one_way"].to_numpy(dtype=np.bool_)
        start, end = np.concatenate([one, two[back]]), np.concatenate([two, one[back]])
        keys, link = np.unique(_either_way(start, end, len(places)), return_inverse=True)

        closed_from = place_numbers(places, closures["from"])
        key = _either_way(closed_from, place_numbers(places, closures["to"]), len(places))
        at = np.searchsorted(keys, key)
        known = np.append(keys, -1)[at] == key
        given_from, given_to = place_numbers(places, times["from"]), place_numbers(places, times["to"])
        away = given_from != given_to
        return cls(
            places=places,
            periods=scenario.settings.periods,
            start=start,
            end=end,
            seconds=np.concatenate([seconds, seconds[back]]),
            link=link.astype(np.int64),
            closures=closures.assign(link=at).loc[known, ["period", "link", "state", "percent"]],
            given_from=given_from[away],
            given_to=given_to[away],
            given_seconds=quanta(times, "times", "minutes")[away],
        )

    def closures_by_period(self, kind: str) -> list[Closures]:
        """Return what is not open in each period for a kind of travel.

        Where both orientations of a link have a row of their own in a period, the stricter one counts: a plan
        then never leans on a road that one of them shuts.
        """
        if kind not in TRAVEL_KINDS:
            raise YjoptError(f"There is no kind of travel {kind!r}; there are {', '.join(TRAVEL_KINDS)}.")
        state = self.closures["state"].to_numpy(dtype=object)
        shut = (state == "closed") | ((state == "relief") & (kind == "contacts"))
        slowed = np.where(state == "slowed", self.closures["percent"].to_numpy(dtype=np.int64), 100)
        percent = np.where(shut, CLOSED, slowed)
        period = self.closures["period"].to_numpy(dtype=np.int64)
        link = self.closures["link"].to_numpy(dtype=np.int64)

        keep = percent != 100
        period, link, percent = period[keep], link[keep], percent[keep]
        order = np.lexsort((percent, link, period))
        period, link, percent = period[order], link[order], percent[order]
        last = np.ones(len(order), dtype=np.bool_)
        last[:-1] = (period[1:] != period[:-1]) | (link[1:] != link[:-1])
        period, link, percent = period[last], link[last], percent[last]
        cuts = np.searchsorted(period, np.arange(1, self.periods + 2))
        return [Closures(link[a:b], percent[a:b]) for a, b in pairwise(cuts.tolist())]

    def states(self, kind: str) -> tuple[IntArray, list[Closures]]:
        """Group the periods by what is not open.

        Returns
        -------
        state_of_period : int64 array, shape (periods,)
            State of each period, numbered in the order in which they first occur.
        states : list of Closures
            What is not open in each state.
        """
        numbers: dict[tuple[bytes, bytes], int] = {}
        states: list[Closures] = []
        state_of_period = np.zeros(self.periods, dtype=np.int64)
        for period, closures in enumerate(self.closures_by_period(kind)):
            number = numbers.setdefault((closures.link.tobytes(), closures.percent.tobytes()), len(states))
            if number == len(states):
                states.append(closures)
            state_of_period[period] = number
        return state_of_period, states

    def graph(self, closures: Closures | None = None) -> Graph:
        """Return the graph of one state, seconds as entries; of parallel roads only the quickest.

        Seconds are whole numbers in floats: below 2**53 their sums are exact.
        """
        percent = np.full(self.link.max(initial=-1) + 1, 100, dtype=np.int64)
        if closures is not None:
            percent[closures.link] = closures.percent
        slowed = percent[self.link]
        usable = (slowed != CLOSED) & (self.start != self.end)
        start, end = self.start[usable], self.end[usable]
        seconds = -(-self.seconds[usable] * slowed[usable] // 100)
        order = np.lexsort((seconds, end, start))
        start, end, seconds = start[order], end[order], seconds[order]
        quickest = np.ones(len(order), dtype=np.bool_)
        quickest[1:] = (start[1:] != start[:-1]) | (end[1:] != end[:-1])
        entries = (seconds[quickest].astype(np.float64), (start[quickest], end[quickest]))
        from scipy import sparse

        return sparse.csr_array(entries, shape=(len(self.places), len(self.places)))


def place_numbers(places: pd.Index, ids: Iterable[object]) -> IntArray:
    """Return the rows of places given by id; an unknown one is refused."""
    wanted = pd.Index(list(ids), dtype=object)
    found = places.get_indexer(wanted).astype(np.int64)
    if (found < 0).any():
        raise YjoptError(
            f"There is no place {str(wanted[found < 0][0])!r}; add it to places or correct the id."
        )
    return found


def _either_way(one: IntArray, two: IntArray, count: int) -> IntArray:
    """Return one key for a pair of places in either orientation."""
    return np.minimum(one, two) * count + np.maximum(one, two)
