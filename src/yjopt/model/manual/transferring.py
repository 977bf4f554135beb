"""Moving people who are there at the start to other hospitals, after a pattern: room for those who cannot go far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.model.manual.ledger import by_key

if TYPE_CHECKING:
    from yjopt.model.manual.hosts import Hosts
    from yjopt.model.manual.ledger import Ledger
    from yjopt.model.mip import FloatArray

#: What the relaxation wants by less than this it does not want.
_CRUMB: Final = 1e-6


def transfer(hosts: Hosts, pattern: FloatArray) -> None:
    """Move as many whole people as a pattern does, moved ones included, where beds, staff and goods suffice."""
    ledger = hosts.ledger
    transfers, columns = ledger.instance.transfers, ledger.model.beds.move
    if not len(columns):
        return
    wished = np.floor(pattern[columns] + _CRUMB).astype(np.int64) - ledger.x[columns]
    wished[transfers.cohort_people[transfers.move_cohort] < 0] = 0
    # A pattern put together of several may move more than there are, or than the budgets allow.
    budgets = _Budgets(ledger)
    chosen = np.flatnonzero(wished > 0)
    for move in chosen[np.argsort(transfers.move_period[chosen], kind="stable")].tolist():
        budgets.take(move, _move(hosts, move, min(int(wished[move]), budgets.left(move))))


class _Budgets:
    """People that may still be moved, by cohort and by budget."""

    def __init__(self, ledger: Ledger) -> None:
        transfers, moved = ledger.instance.transfers, ledger.x[ledger.model.beds.move]
        self._transfers = transfers
        self._there = transfers.cohort_people.copy()
        np.subtract.at(self._there, transfers.move_cohort, moved)
        self._budget = np.repeat(transfers.budget_amount[:, None], ledger.instance.horizon, axis=1)
        counted = transfers.budget_move
        np.subtract.at(self._budget, (transfers.budget_rule, transfers.move_period[counted]), moved[counted])
        self._entries = by_key(counted, len(transfers.move_cohort))

    def left(self, move: int) -> int:
        """How many may still make a move."""
        there = int(self._there[self._transfers.move_cohort[move]])
        return max(min([there, *(int(self._budget[key]) for key in self._keys(move))]), 0)

    def take(self, move: int, people: int) -> None:
        """Count people who make a move."""
        self._there[self._transfers.move_cohort[move]] -= people
        for key in self._keys(move):
            self._budget[key] -= people

    def _keys(self, move: int) -> list[tuple[int, int]]:
        rules, period = self._transfers.budget_rule, int(self._transfers.move_period[move])
        return [(int(rules[at]), period) for at in self._entries[move]]


def _move(hosts: Hosts, move: int, people: int) -> int:
    """Move people, as far as whoever takes them in has room; how many."""
    ledger = hosts.ledger
    transfers, column = ledger.instance.transfers, int(ledger.model.beds.move[move])
    cohort, ward = int(transfers.move_cohort[move]), int(transfers.move_ward[move])
    first = int(transfers.move_period[move])
    last = min(int(transfers.cohort_last[cohort]), ledger.instance.horizon - 1)
    if people <= 0 or not hosts.standby.is_in_use(ward, first):
        return 0
    people = min(people, ledger.room(column), int(hosts.room[ward, first : last + 1].min()))
    people = hosts.take_in(ward, people, first, first, last)
    ledger.add(ledger.x, column, people)
    hosts.let_go(int(transfers.cohort_ward[cohort]), people, first, last)
    return people


def count_beyond(hosts: Hosts) -> None:
    """Count anew who lies beyond the beds: fewer than at the start where people were moved or levels opened."""
    x, beds = hosts.ledger.x, hosts.ledger.model.beds
    beyond = np.maximum(hosts.lying - hosts.beds, 0)[beds.excess_ward, beds.excess_period]
    x[beds.excess] = np.minimum(x[beds.excess], beyond)
