"""Who lies where, and which teams work where, as entries that several families share.

Beds and isolation say which columns put how many people into a ward in a period; capacity, staffing and consumption
rows are all made from these same entries.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yjopt.instance.joining import IntArray


@dataclass(frozen=True)
class Occupancy:
    """Column `column` puts `people` people per unit into `ward` in `period` (negative: takes them away)."""

    ward: IntArray
    period: IntArray
    column: IntArray
    people: IntArray


@dataclass(frozen=True)
class Presence:
    """A unit of column `column` is a team of `tour` at work in `period`."""

    tour: IntArray
    period: IntArray
    column: IntArray


def join_occupancy(parts: Sequence[Occupancy]) -> Occupancy:
    """All entries together."""
    return Occupancy(
        ward=np.concatenate([part.ward for part in parts]),
        period=np.concatenate([part.period for part in parts]),
        column=np.concatenate([part.column for part in parts]),
        people=np.concatenate([part.people for part in parts]),
    )
