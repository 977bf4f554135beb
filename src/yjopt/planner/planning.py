"""The planner: a scenario that changes, and plans that go on from the last one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from yjopt.api import Beginning, solve
from yjopt.engines.outcome import StoppedBy
from yjopt.errors import PlanError
from yjopt.planner.carrying import SHARE, Start, Vector, start_from, values_as_good
from yjopt.planner.changes import with_changes
from yjopt.planner.closeness import Closeness, closer
from yjopt.planner.orders import changed_orders, later_orders, number_of_orders
from yjopt.planner.rolling import UnderWay, rolled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from yjopt.engines.events import Event
    from yjopt.engines.outcome import Outcome
    from yjopt.instance import Instance
    from yjopt.model.assembly import Model
    from yjopt.model.mip import IntArray
    from yjopt.plan import Plan
    from yjopt.planner.changes import Rows
    from yjopt.scenario import Scenario


#: Share of the time limit that looking for fewer changes may take.
CLOSER_SHARE: Final = 0.2


class Planner:
    """A scenario that changes from hour to hour, and a plan that goes on from the last one.

    Parameters
    ----------
    scenario : Scenario
        What to plan for.

    Attributes
    ----------
    scenario : Scenario
        As it stands, with all updates.
    plan : Plan or None
        The last plan.
    started : str
        How the last solve began: blank from the plan by hand, ``as it was``, ``mended``, ``cut back`` or ``by hand``
        from the plan before (see `yjopt.planner.carrying.Start`).

    Examples
    --------
    >>> planner = yj.Planner(scenario)  # doctest: +SKIP
    >>> planner.solve(gap=0.01)  # doctest: +SKIP
    >>> planner.update(needs=changed_rows, remove={"roads": [{"from": "t1", "to": "t2"}]})  # doctest: +SKIP
    >>> plan = planner.solve(gap=0.01, change_cost=1.0)  # doctest: +SKIP
    >>> planner.changed_share  # doctest: +SKIP
    0.012
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.plan: Plan | None = None
        self.started = ""
        self._last: Vector | None = None
        self._before: Plan | None = None
        self._under_way = UnderWay.nothing()
        # Periods that have gone by since the last plan, and between the two that are compared.
        self._elapsed = self._elapsed_before = 0

    def update(
        self,
        *,
        settings: Mapping[str, object] | None = None,
        remove: Mapping[str, Rows] | None = None,
        **tables: Rows,
    ) -> Scenario:
        """Change rows of the tables. The next `solve` plans with them.

        Parameters
        ----------
        settings : mapping, optional
            Settings to change, as in `Scenario.replace`.
        remove : mapping of str to rows, optional
            By table, what is taken out: every row that agrees with one of these in all columns that they name.
        **tables : DataFrame, or list of dict
            By table, changed rows. A row with the key of an old one replaces it, and keeps of it what is not given; any
            other is added. A column of the key may be left out where the rest of the key names one row alone.

        Returns
        -------
        Scenario
            As it stands now.

        Raises
        ------
        ScenarioError
            With everything that is wrong; the planner is then as it was.
        """
        self.scenario = with_changes(self.scenario, tables, remove or {}, settings)
        return self.scenario

    def solve(
        self,
        *,
        gap: float = 1e-3,
        gap_scale: float = 0.0,
        later_gap_scale: float | None = None,
        time_limit: float = 60.0,
        engine: str = "auto",
        objective: str = "",
        threads: int = 1,
        seed: int = 0,
        change_cost: float | None = None,
        as_good: bool = False,
        on_event: Callable[[Event], None] | None = None,
    ) -> Plan:
        """Make the best plan for the scenario as it stands, starting from the last one.

        Parameters
        ----------
        gap, gap_scale, later_gap_scale, time_limit, engine, objective, threads, seed, on_event
            As in `yjopt.solve`. The first events, one a stage, have the values of the plan it starts from. Looking
            for fewer changes comes on top of the time limit, a fifth of it at most.
        change_cost : float, optional
            What a changed order must at least be worth, in the units of the weighted objective (see
            ``weights`` in the settings); None does not look at orders that change needlessly.
        as_good : bool
            Stop as soon as rules, people and goods are as good as in the last plan, in proportion to what doing nothing
            would now cost. It saves time; for few changed orders give a price.

        Returns
        -------
        Plan
            Audited, and never worse than the plan by hand.

        Raises
        ------
        EngineError, AuditError
            As `yjopt.solve`; the planner is then as it was.
        """
        closeness = Closeness.of(self.scenario, change_cost)
        going_on = _GoingOn(self._last, self._elapsed, gap, time_limit, seed, closeness, as_good)
        plan = solve(
            self.scenario, gap=gap, gap_scale=gap_scale, later_gap_scale=later_gap_scale, time_limit=time_limit,
            engine=engine, objective=objective, threads=threads, seed=seed, on_event=on_event,
            replanning=going_on,
        )  # fmt: skip
        if plan.tables and going_on.reached is not None:
            self._before, self._elapsed_before = self.plan, self._elapsed
            self.plan, self._last, self._elapsed = plan, going_on.reached, 0
            self.started = going_on.how
        return plan

    def roll(
        self,
        periods: int = 1,
        *,
        horizon: int | None = None,
        settings: Mapping[str, object] | None = None,
        remove: Mapping[str, Rows] | None = None,
        **tables: Rows,
    ) -> Scenario:
        """Let periods go by as the last plan has it, and carry over what is under way.

        What the plan decides in these periods stands: goods on the road arrive, people lie where they were taken, teams
        and vehicles are away until they are back, what was opened is open. The next `solve` plans the periods that
        follow, counted from 1 again, starting from what the last plan has for them.

        Parameters
        ----------
        periods : int
            How many go by.
        horizon : int, optional
            Periods of the scenario that follows; those that are left by default.
        settings, remove, **tables
            What else has become known, as in `update`; periods are the new ones.

        Returns
        -------
        Scenario
            As it stands now.

        Raises
        ------
        PlanError
            If there is no plan, or it was not made for the scenario as it stands, or not so many periods are left.
        ScenarioError
            With everything that is wrong; the planner is then as it was.
        """
        if self.plan is None or self.plan.scenario is not self.scenario:
            raise PlanError(
                "Periods go by under a plan for the scenario as it stands: solve first, then roll."
            )
        scenario, under_way = rolled(self.scenario, self.plan.tables, periods, self._under_way, horizon)
        if settings or remove or tables:
            scenario = with_changes(scenario, tables, remove or {}, settings)
        self.scenario, self._under_way = scenario, under_way
        self._elapsed += periods
        return scenario

    @property
    def changed_orders(self) -> pd.DataFrame:
        """Orders of the last plan that differ from the one before: ``table``, ``order``, ``before``, ``after``.

        After `roll`, orders for periods that are over do not count.

        Raises
        ------
        PlanError
            If there are no two plans yet.
        """
        before, after = self._two()
        return changed_orders(before, after)

    @property
    def changed_share(self) -> float:
        """Changed orders, as a share of the orders of the plan before."""
        before, after = self._two()
        return len(changed_orders(before, after)) / max(number_of_orders(before), 1)

    def _two(self) -> tuple[Mapping[str, pd.DataFrame], Mapping[str, pd.DataFrame]]:
        if self.plan is None or self._before is None:
            raise PlanError("There are no two plans to compare yet; solve, update, and solve again.")
        return later_orders(self._before.tables, self._elapsed_before), self.plan.tables


@dataclass
class _GoingOn:
    """What a planner brings to a solve, and takes from it."""

    last: Vector | None
    elapsed: int
    gap: float
    time_limit: float
    seed: int
    closeness: Closeness | None
    as_good: bool
    how: str = ""
    reached: Vector | None = None
    _start: Start | None = None

    def start(self, instance: Instance, model: Model, by_hand: IntArray) -> Beginning:
        """The last plan carried over, or the plan by hand where that is better or there is no last one."""
        if self.last is None:
            return Beginning(by_hand)
        targets = values_as_good(self.last, instance, model) if self.as_good else None
        start = start_from(
            self.last, instance, model, by_hand, SHARE * self.time_limit, self.elapsed, targets
        )
        self._start, self.how = start, start.how
        return Beginning(start.x, start.knowledge, targets or {})

    def finish(self, instance: Instance, model: Model, outcome: Outcome) -> Outcome:
        """The outcome with fewer changes, if that was asked for; what it says is kept for the next solve."""
        interrupted = outcome.stopped_by is StoppedBy.INTERRUPT
        if self._start is not None and self.closeness is not None and not interrupted:
            outcome = closer(
                instance, model, outcome, self._start.carried, self._start.x,
                self.closeness, gap=self.gap, seconds=CLOSER_SHARE * self.time_limit, seed=self.seed,
            )  # fmt: skip
        if outcome.x is not None:
            self.reached = Vector(instance, model, outcome.x, outcome.knowledge)
        return outcome
