"""Demands that wait until they are served or lost, the same for people and for goods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from yjopt.instance.joining import IntArray


@dataclass(frozen=True)
class Waiting:
    """Demands that wait until they are served or lost: arrivals of people, needs for goods.

    Parameters
    ----------
    row : int64 array, shape (demands,)
        Row of the table it came from.
    period, last : int64 array
        Period (from 0) in which it is due, and the last one in which it may be served.
    amount : int64 array
        People, or packs.
    weight : int64 array
        Cost of one unit in the first stage, thousandths.
    late : int64 array
        Share of the weight per period of waiting, thousandths.
    """

    row: IntArray
    period: IntArray
    last: IntArray
    amount: IntArray
    weight: IntArray
    late: IntArray

    def __len__(self) -> int:
        return len(self.row)

    def cost_served(self, demand: IntArray, period: IntArray) -> IntArray:
        """Cost, in millionths, of serving a unit of each `demand` in `period`."""
        cost = self.weight[demand] * self.late[demand] * (period - self.period[demand])
        return np.asarray(cost, dtype=np.int64)

    def cost_lost(self) -> IntArray:
        """Cost, in millionths, of never serving a unit of each demand."""
        return np.asarray(self.weight * (1000 + self.late * (self.last - self.period)), dtype=np.int64)
