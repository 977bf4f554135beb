"""Laying the people of a plan anew by hand, with the sites that the plan holds.

A solver that minimises the stage of rules leaves people as they fall. Which sites hold which category it has settled;
admitting, isolating and sending by hand with these sites gives the stage of people a start from which it can search.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from yjopt.model.manual import laid
from yjopt.model.manual.refill import refill
from yjopt.model.nothing import nothing

if TYPE_CHECKING:
    from collections.abc import Callable

    from yjopt.instance import Instance
    from yjopt.instance.joining import IntArray
    from yjopt.model.assembly import Model


#: How often people are laid anew at most: it takes as long as the manual plan each time.
_ATTEMPTS: Final = 3


class Polish:
    """What is done by hand to a plan between two stages of a search.

    Parameters
    ----------
    instance, model
        What is planned.
    worth : callable, optional
        What makes one plan better than another, the least being the best; the values of the stages, if left out.
    """

    def __init__(
        self, instance: Instance, model: Model, worth: Callable[[IntArray], Any] | None = None
    ) -> None:
        self.instance, self.model = instance, model
        self.worth = worth or model.mip.stage_values
        self._nothing = nothing(instance, model)
        self._tried: set[bytes] = set()

    def __call__(self, x: IntArray) -> IntArray:
        """The best of the plan, the plan with people laid anew, and these with goods sent that it leaves unsent."""
        found = [x]
        sites = self._sites(x).tobytes()
        if sites not in self._tried:
            self._tried.add(sites)
            anew = laid(self.instance, self.model, self._nothing, _ATTEMPTS, x)
            if self.model.mip.is_feasible(anew):
                found.append(anew)
        found += [refill(self.instance, self.model, plan) for plan in found]
        return min(found, key=self.worth)

    def _sites(self, x: IntArray) -> IntArray:
        """What a plan says about sites: decided, held."""
        columns = self.model.isolation
        return np.concatenate([x[columns.decide], x[columns.hold[columns.hold >= 0]]])
