"""Who may be reached by whom, with thinning (section 3 of the model): what a giver could have given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.auditing.posts import bed_cells
from yjopt.auditing.rows import distinct, find

if TYPE_CHECKING:
    from yjopt.auditing.facts import Facts
    from yjopt.auditing.rows import Column, Ints
    from yjopt.auditing.travel import Travel

_FAR: Final = np.iinfo(np.int64).max


class Reach:
    """Travel times between givers and takers, those that thinning leaves out missing.

    Parameters
    ----------
    facts : Facts
        The scenario in integers.
    travel : Travel
        Travel times on the roads.
    """

    def __init__(self, facts: Facts, travel: Travel) -> None:
        self._facts = facts
        self._travel = travel
        self._givers: dict[str, Ints] = {}

    @property
    def states(self) -> Ints:
        """One period for every state of the roads."""
        return np.unique(self._travel.state[1:])

    def is_state(self, state: int, period: Column) -> Column:
        """Whether the roads of each period are in the state known by the period `state`."""
        return np.asarray(self._travel.state[period] == state)

    def seconds(self, family: str, period: Column, giver: Column, taker: Column) -> Ints:
        """Seconds of each trip, -1 where the pair does not exist.

        Parameters
        ----------
        family : str
            ``consumables``, ``durables``, ``patients``, ``contacts`` or ``teams``.
        period, giver, taker : int array
            Period of departure, and codes of places; people travel from taker to giver, the rest to the taker.
        """
        kind = family if family in ("patients", "contacts", "teams") else "supplies"
        to_giver = kind in ("patients", "contacts")
        origin, destination = (taker, giver) if to_giver else (giver, taker)
        seconds = self._travel.seconds(kind, period, origin, destination)
        keep = self._facts.nearest[kind]
        if not keep or not len(giver):
            return seconds
        state = self._travel.state[period]
        asked = distinct((state, taker))
        givers = self._all_givers(family)
        many = len(givers)
        when, who = np.repeat(asked[0], many), np.repeat(asked[1], many)
        all_givers = np.tile(givers, len(asked[0]))
        origin, destination = (who, all_givers) if to_giver else (all_givers, who)
        times = self._travel.seconds(kind, when, origin, destination).reshape(-1, many)
        times = np.where((times < 0) | (givers[None, :] == asked[1][:, None]), _FAR, times)
        rank = np.argsort(np.argsort(times, axis=1, kind="stable"), axis=1)
        column = find((givers,), (giver,))
        among = (column >= 0) & (rank[find(asked, (state, taker)), column] < keep)
        return np.where(among | (giver == taker), seconds, -1)

    def _all_givers(self, family: str) -> Ints:
        """All places that could give, in the order of their ids."""
        if family not in self._givers:
            facts = self._facts
            durable = facts.durable
            if family in ("consumables", "durables"):
                wanted = family == "durables"
                names = ("stocks", "receipts", "sources", *(["needs"] if wanted else []))
                parts = [facts[name].keep(durable[facts[name]["item"]] == wanted)["place"] for name in names]
            elif family == "patients":
                parts = [bed_cells(facts)[0]]
            elif family == "contacts":
                parts = [facts["isolation_sites"]["place"]]
            else:
                parts = [facts["pools"]["place"]]
            places = np.unique(np.concatenate(parts))
            ids = facts.ids["place"]
            in_order = sorted(range(len(places)), key=lambda row: ids[places[row]])
            self._givers[family] = places[np.array(in_order, dtype=np.int64)]
        return self._givers[family]


def departures(
    facts: Facts, reach: Reach, family: str, giver: Column, taker: Column, other: Column, arrive: Column
) -> tuple[Ints, Ints, Ints]:
    """Every trip that leaves a giver and arrives at the taker in a period.

    Parameters
    ----------
    giver, taker, arrive : int array
        Places, and the period of arrival.
    other : int array
        Seconds besides travel.

    Returns
    -------
    row, period, seconds : int array
        Row of the arguments, period of departure, and seconds of travel.
    """
    rows, periods, times = [], [], []
    for state in reach.states.tolist():
        seconds = reach.seconds(family, np.full(len(giver), state), giver, taker)
        period = arrive - facts.delay(np.maximum(seconds, 0) + other)
        there = (seconds >= 0) & (period >= 1)
        there &= reach.is_state(state, np.where(there, period, 1))
        rows.append(np.flatnonzero(there))
        periods.append(period[there])
        times.append(seconds[there])
    return np.concatenate(rows), np.concatenate(periods), np.concatenate(times)
