"""What all variants of a sweep share: the scenario they change, and its plan, from which their searches start."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from yjopt.api import MANUAL, Beginning, solve
from yjopt.errors import YjoptError
from yjopt.instance import index
from yjopt.model.assembly import assemble
from yjopt.planner.carrying import Vector, start_from
from yjopt.sweeping.rechecking import VariedScenario

if TYPE_CHECKING:
    from yjopt.engines.knowledge import Knowledge
    from yjopt.engines.outcome import Outcome
    from yjopt.instance import Instance
    from yjopt.instance.joining import IntArray
    from yjopt.model.assembly import Model
    from yjopt.scenario import Scenario
    from yjopt.sweeping.tasks import Terms

#: Carrying a plan over may take this many times what came before it, but at least and at most this long.
CARRY_TIMES: Final = 2.0
LEAST_CARRY_SECONDS: Final = 0.2
CARRY_SHARE: Final = 0.25
#: Share of the time limits of all variants that may go into the plan they start from, and the most.
BASE_SHARE: Final = 0.1
MOST_TIMES: Final = 14.0


@dataclass(frozen=True, eq=False)
class Base:
    """The scenario that variants change, and its plan.

    Parameters
    ----------
    scenario : Scenario
    x : int64 array, shape (columns,), or None
        Its plan as the engines know it; None starts every search from the plan by hand.
    knowledge : Knowledge or None
        What was learned while that plan was made.
    """

    scenario: Scenario
    x: IntArray | None = None
    knowledge: Knowledge | None = None

    @cached_property
    def varied(self) -> VariedScenario:
        """The scenario, ready for many variants to be made of it in this process."""
        return VariedScenario.of(self.scenario)

    @cached_property
    def vector(self) -> Vector | None:
        """The plan with what its columns mean, made once per process: the matrix is many times larger than the plan."""
        if self.x is None:
            return None
        instance = index(self.scenario)
        model = assemble(instance)
        # Another version of the library on another machine may have other columns.
        is_the_same = len(self.x) == model.mip.num_columns
        return Vector(instance, model, self.x, self.knowledge) if is_the_same else None

    def __reduce__(self) -> tuple[Any, ...]:
        # What a process has made of it stays there.
        return Base, (self.scenario, self.x, self.knowledge)


def planned(scenario: Scenario, terms: Terms, variants: int) -> Base:
    """The scenario with its plan, where a plan can be begun with.

    Parameters
    ----------
    scenario : Scenario
    terms : Terms
        Of every solve.
    variants : int
        Number of searches that will start from it: a tenth of their time limits may go into this one, within the
        limit of one to fourteen.

    Raises
    ------
    KeyboardInterrupt
        On Ctrl-C.
    """
    if terms.engine == MANUAL or (terms.objective or scenario.settings.objective) == "weighted":
        return Base(scenario)
    keeping = _Keeping()
    try:
        plan = solve(
            scenario,
            gap=terms.gap,
            time_limit=terms.time_limit * min(max(BASE_SHARE * variants, 1.0), MOST_TIMES),
            engine=terms.engine,
            objective=terms.objective,
            seed=terms.seed,
            replanning=keeping,
        )
    except YjoptError as error:
        logging.getLogger("yjopt").warning("The scenario of the sweep has no plan to start from: %s", error)
        return Base(scenario)
    if plan.status == "interrupted":
        raise KeyboardInterrupt
    return Base(scenario, keeping.x, keeping.knowledge) if plan.tables else Base(scenario)


class _Keeping:
    """Keeps what a solve found, and changes nothing."""

    x: IntArray | None = None
    knowledge: Knowledge | None = None

    def start(self, _instance: Instance, _model: Model, by_hand: IntArray) -> Beginning:
        """Begin by hand."""
        return Beginning(by_hand)

    def finish(self, _instance: Instance, _model: Model, outcome: Outcome) -> Outcome:
        """Keep the vector, and what was learned."""
        self.x, self.knowledge = outcome.x, outcome.knowledge
        return outcome


class Starting:
    """Starts a solve from the better of two plans: the one by hand, and the base's carried over.

    Parameters
    ----------
    base : Vector
        The base's plan.
    time_limit : float
        Of the solve; the clock begins now.
    """

    def __init__(self, base: Vector, time_limit: float) -> None:
        self._base = base
        self._time_limit = time_limit
        self._began = time.monotonic()

    def start(self, instance: Instance, model: Model, by_hand: IntArray) -> Beginning:
        """The better plan."""
        began = time.monotonic()
        at_most = max(CARRY_TIMES * (began - self._began), LEAST_CARRY_SECONDS)
        left = self._began + self._time_limit - began
        start = start_from(self._base, instance, model, by_hand, min(at_most, CARRY_SHARE * left))
        return Beginning(start.x, start.knowledge)

    def finish(self, _instance: Instance, _model: Model, outcome: Outcome) -> Outcome:
        """Take the outcome as it is."""
        return outcome
