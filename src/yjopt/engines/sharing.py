"""A dive for columns that share what there is, such as the trips of a fleet its hours.

Of thousands of trips a relaxation drives most to a tenth. Rounded up one after the other they use up what those before
had beyond doubt, and what little is left goes round and round: a tenth here, or there. So nothing falls by a whole one
while others are rounded up, and once most is whole, what is not used by then stays so.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.engines.diving import WHOLE, Dive

if TYPE_CHECKING:
    from yjopt.model.mip import IntArray

#: Part of the columns that were broken at first: once no more are, only what is used by then is to be used.
FEW: Final = 0.15

#: Or once this share of the time is over.
LATE: Final = 0.4

#: Once no more than this part of them is broken, what comes after the dive makes them whole in less time.
ENOUGH: Final = 1e-3

#: By how many times fewer columns are rounded where they do not go together.
FEWER: Final = (4, 16)


@dataclass(eq=False)
class SharingDive(Dive):
    """Some columns of a relaxation made whole that stand in a few long rows; as `Dive`."""

    _first: int = field(default=0, init=False, repr=False)
    _is_settled: bool = field(default=False, init=False, repr=False)
    _late: float = field(default=np.inf, init=False, repr=False)

    def until(self, deadline: float) -> bool:
        """As `Dive.until`."""
        now = time.monotonic()
        self._late = now + LATE * (deadline - now)
        return super().until(deadline)

    def leave(self, least: IntArray, deadline: float) -> bool:
        """Let some columns be no less where rows allow that, whatever others would gain from them.

        Parameters
        ----------
        least : int64[columns]
            Of all columns of the relaxation.
        deadline : float
            By `time.monotonic`.

        Returns
        -------
        bool
            Whether there was time for it.
        """
        mark = self._bounds.mark()
        for column in self.columns[least[self.columns] > self._bounds.lower[self.columns]].tolist():
            self._bounds.raise_to(column, float(least[column]))
        found = self._solve(deadline)
        if found.infeasible:
            self._bounds.revert(mark)
            return True
        if found.values is None or not found.optimal:
            return False
        self.values = found.values
        return True

    def _closes_in(self) -> IntArray:
        # In a row of vehicles hundreds of trips stand: what follows from one of them is next to nothing.
        return self.columns[:0]

    def _is_enough(self, broken: IntArray) -> bool:
        self._first = self._first or len(broken)
        if not self._is_settled and (len(broken) <= FEW * self._first or time.monotonic() > self._late):
            self._settle()
        return len(broken) <= ENOUGH * self._first

    def _prepare(self, broken: IntArray) -> None:
        """Let no column fall by a whole one."""
        floors = np.floor(self.values[broken])
        for column, floor in zip(broken.tolist(), floors.tolist(), strict=True):
            self._bounds.raise_to(column, floor)

    def _parts(self, some: IntArray) -> list[IntArray]:
        return [some[: len(some) // times] for times in FEWER if len(some) > times] + [some[:1]]

    def _settle(self) -> None:
        """Let what is not used by now stay so."""
        self._is_settled, bounds, columns = True, self._bounds, self.columns
        is_unused = (
            (bounds.lower[columns] == 0) & (bounds.upper[columns] > 0) & (self.values[columns] <= WHOLE)
        )
        for column in columns[is_unused].tolist():
            bounds.fix(column, 0.0)
