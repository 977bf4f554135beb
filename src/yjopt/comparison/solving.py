"""One of several solves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yjopt.api import solve

if TYPE_CHECKING:
    from yjopt.plan import Plan
    from yjopt.scenario import Scenario


@dataclass(frozen=True, kw_only=True)
class Search:
    """How each of several plans is sought; see `yjopt.solve`."""

    gap: float
    time_limit: float
    engine: str
    seed: int

    def plan(self, scenario: Scenario) -> Plan:
        """The plan of a scenario.

        Raises
        ------
        KeyboardInterrupt
            On Ctrl-C: a comparison with half a plan is none.
        """
        plan = solve(scenario, gap=self.gap, time_limit=self.time_limit, engine=self.engine, seed=self.seed)
        if plan.status == "interrupted":
            raise KeyboardInterrupt
        return plan
