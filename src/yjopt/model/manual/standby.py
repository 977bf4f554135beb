"""Opening backup and makeshift hospitals by hand: only when people wait, and backups only once the load is reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from yjopt.model.manual.ledger import Ledger, by_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from yjopt.instance.joining import IntArray


class Standby:
    """Hospitals that take nobody before they are opened.

    Attributes
    ----------
    in_use_from : int64 array, shape (facilities,)
        First period of use; the horizon where none is decided.
    lost_from : int64 array, shape (wards,)
        Period from which a makeshift hospital has taken a site ward's place.
    """

    def __init__(self, ledger: Ledger, rules_of: dict[int, tuple[int, ...]]) -> None:
        self.ledger, self.rules_of = ledger, rules_of
        instance, columns = ledger.instance, ledger.model.facilities
        facilities, horizon = instance.facilities, instance.horizon
        self.in_use_from: IntArray = np.full(len(facilities), horizon, dtype=np.int64)
        self.lost_from: IntArray = np.full(len(instance.wards), horizon, dtype=np.int64)
        self.decide = {
            (int(facility), int(period)): int(column)
            for column, facility, period in zip(
                columns.decide, columns.decide_facility, columns.decide_period, strict=True
            )
        }
        self.wards_of = by_key(facilities.of_ward + 1, len(facilities) + 1)[1:]
        self.sites_of = by_key(facilities.site_facility, len(facilities))
        self.loads_of = by_key(facilities.load_facility, len(facilities))
        self.counted_of = by_key(facilities.counted_load, len(facilities.load_facility))

    def is_in_use(self, ward: int, period: int) -> bool:
        """Whether the hospital of a bed ward takes people in a period."""
        facility = int(self.ledger.instance.facilities.of_ward[ward])
        return facility < 0 or bool(self.in_use_from[facility] <= period)

    def open(
        self,
        ward: int,
        now: int,
        lying: IntArray,
        beds: IntArray,
        pay: Callable[[tuple[int, ...], int], bool],
    ) -> bool:
        """Decide the hospital of a ward now, if it waits for a decision and may be decided.

        Parameters
        ----------
        ward, now : int
            A bed ward, and the period.
        lying, beds : int64 array, shape (wards, periods)
            People in each ward, and beds with surge in use.
        pay : callable
            Takes a cost from opening budgets, if they suffice.
        """
        instance = self.ledger.instance
        facilities, horizon = instance.facilities, instance.horizon
        facility = int(facilities.of_ward[ward])
        column = self.decide.get((facility, now))
        if column is None or self.in_use_from[facility] < horizon or not self.ledger.room(column):
            return False
        if facilities.is_backup[facility] and not self._is_loaded(facility, now, lying, beds):
            return False
        if self._is_held(facility, now) or not pay(
            self.rules_of.get(facility, ()), int(facilities.cost[facility])
        ):
            return False
        self.ledger.add(self.ledger.x, column, 1)
        ready = now + int(facilities.setup[facility])
        self.ledger.add(self.in_use_from, facility, ready - horizon)
        for at in self.sites_of[facility]:
            self.ledger.add(self.lost_from, int(facilities.site_ward[at]), now - horizon)
        return True

    def _is_loaded(self, facility: int, now: int, lying: IntArray, beds: IntArray) -> bool:
        """Whether a load that the facility waits for was reached by now."""
        facilities = self.ledger.instance.facilities
        for load in self.loads_of[facility]:
            wards = facilities.counted_ward[self.counted_of[load]]
            there, ready = lying[wards, : now + 1].sum(axis=0), beds[wards, : now + 1].sum(axis=0)
            if ((ready > 0) & (10_000 * there >= facilities.load_amount[load] * ready)).any():
                return True
        return False

    def _is_held(self, facility: int, now: int) -> bool:
        """Whether people are isolated, or to be isolated, at the place of a makeshift hospital."""
        facilities, hold = self.ledger.instance.facilities, self.ledger.model.isolation.hold
        columns = hold[facilities.site_ward[self.sites_of[facility]], now:]
        return bool(self.ledger.x[columns[columns >= 0]].any())
