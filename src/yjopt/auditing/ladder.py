"""Rungs and steps from the areas table alone (section 2), and which place lies in which area."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.schema import LEVELS

if TYPE_CHECKING:
    from yjopt.auditing.facts import Facts
    from yjopt.auditing.rows import Column, Ints

#: Names of the steps by order number, from `own` upwards; None where no step has the number.
STEPS: Final = [
    "own",
    "pool",
    "peer-1",
    *(name for r in range(2, len(LEVELS)) for name in (f"peer-{r}", f"above-{r}")),
]


class Ladder:
    """The tree as chains: column k of ``chain`` holds the area k steps above (-1 above the root)."""

    def __init__(self, facts: Facts) -> None:
        areas = facts["areas"]
        self._rank = areas["level"]
        self._parent = areas["parent"]
        chain = [np.arange(len(areas), dtype=np.int64)]
        for _ in LEVELS[1:]:
            below = chain[-1]
            chain.append(np.where(below >= 0, self._parent[below], -1) if len(areas) else below)
        self.chain = np.stack(chain, axis=1)

    def inside(self, area: Column, outer: Column) -> Column:
        """Whether each area lies inside (or is) the outer one."""
        chain = self.chain[area]
        return np.asarray(((chain == np.asarray(outer)[..., None]) & (chain >= 0)).any(axis=-1))

    def rung_and_step(self, authority: Column, unit: Column) -> tuple[Ints, Ints]:
        """Rung and order number of the step from an authority to a taker's unit."""
        if not len(authority):
            nothing = np.empty(0, dtype=np.int64)
            return nothing, nothing
        ours, theirs = self.chain[authority], self.chain[unit]
        shared = ((ours[:, :, None] == theirs[:, None, :]) & (ours[:, :, None] >= 0)).any(axis=2)
        common = ours[np.arange(len(ours)), shared.argmax(axis=1)]
        rung = self._rank[common] - self._rank[unit]
        ancestor = self.inside(unit, authority)
        order = np.where(ancestor, 2 * rung, np.where(rung == 1, 2, 2 * rung - 1))
        order = np.where((self._parent[unit] == authority) | self.inside(authority, unit), 1, order)
        return rung, np.where(authority == unit, 0, order)
