"""The programme that the families write into: variables, rows, and the cost of each stage."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pulp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchmarks.reference.facts import Facts
    from benchmarks.reference.travel import Travel

Terms = list[tuple[pulp.LpVariable, int]]

#: Quanta of one natural unit, by stage; support stages have 1.
UNITS = {"rules": 1_000, "unmet_people": 1_000_000, "unmet_goods": 1_000_000, "money": 100}
FIRST = [
    "hard_rules",
    "rules",
    "unmet_people",
    "unmet_goods",
    "support:import",
    "support:purchase",
    "support:requisition",
]


@dataclass
class Programme:
    """A PuLP problem, what its variables mean, and its stages.

    Attributes
    ----------
    variables : dict
        Family name to a dictionary from the tuple that names a decision to its variable.
    stages : dict
        Terms of every stage, in quanta.
    objectives : dict
        The same as PuLP expressions, divided by what their coefficients have in common.
    lying : dict
        (kind, place, class or category, period) to the terms whose sum, with those there at the
        start, are the people there.
    working : dict
        (place, skill, "task" or "staffing", period) to (variable of teams at work, people per team).
    may_consume : set
        (place, item) where an item may be used up by beds, rooms or teams.
    """

    facts: Facts
    travel: Travel
    problem: pulp.LpProblem = field(default_factory=lambda: pulp.LpProblem("yjopt", pulp.LpMinimize))
    variables: dict[str, dict[Any, pulp.LpVariable]] = field(default_factory=lambda: defaultdict(dict))
    stages: dict[str, Terms] = field(default_factory=lambda: defaultdict(list))
    objectives: dict[str, pulp.LpAffineExpression] = field(default_factory=dict)
    lying: dict[tuple[str, str, str, int], Terms] = field(default_factory=lambda: defaultdict(list))
    working: dict[tuple[str, str, str, int], Terms] = field(default_factory=lambda: defaultdict(list))
    loads: dict[tuple[str, str, int, int], list[tuple[pulp.LpVariable, int, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    may_consume: set[tuple[str, str]] = field(default_factory=set)
    step_order: dict[str, int] = field(default_factory=dict)
    #: Groups of contacts cut into parts: (place, category, period) -> sizes; people who go singly are part 1.
    parts: dict[tuple[str, str, int], list[int]] = field(default_factory=dict)

    def add(self, family: str, key: Any, high: int | None = None, *, whole: bool = True) -> pulp.LpVariable:
        """Make the variable of a decision, from 0 to `high`."""
        known = self.variables[family]
        kind = pulp.LpInteger if whole else pulp.LpContinuous
        # The number keeps names apart where PuLP replaces signs in ids by underscores.
        name = f"{family}_{len(known)}_" + "_".join(map(str, key))
        known[key] = variable = self.problem.add_variable(name, 0, high, kind)
        return variable

    def row(self, constraint: pulp.LpConstraint | bool) -> None:
        """Add a row; one without variables must hold as it stands."""
        if isinstance(constraint, bool):
            if not constraint:
                raise ValueError("a row without variables does not hold")
            return
        if not len(constraint):
            if not constraint.valid():
                raise ValueError("a row without variables does not hold")
            return
        self.problem.addConstraint(constraint)

    def cost(self, stage: str, variable: pulp.LpVariable, quanta: int) -> None:
        """Let each unit of a variable cost so many quanta in a stage."""
        if quanta:
            self.stages[stage].append((variable, quanta))

    def support(self, item: str, authority: str, taker: str, variable: pulp.LpVariable) -> None:
        """Count a shipment to a taker in the stage of its step."""
        order, name, _ = self.facts.step(authority, self.facts.unit[taker])
        if order and not self.facts.flat:
            self.step_order[f"support:{name}"] = order
            self.cost(f"support:{name}", variable, self.facts.share[item])

    def haul(
        self, item: str, variable: pulp.LpVariable, origin: str, destination: str, period: int, seconds: int
    ) -> None:
        """Count the load and the load-minutes of packs that leave one place for another."""
        row = self.facts.items[item]
        grams, millilitres = row["kg"] * row["pack"], row["litres"] * row["pack"]
        if origin != destination:
            self.loads[origin, destination, period, seconds].append((variable, grams, millilitres))
        self.cost("time", variable, -(-grams * seconds // 60_000))

    @property
    def stage_order(self) -> list[str]:
        """The stages that have columns, in the order in which they are solved."""
        steps = sorted(self.step_order, key=lambda name: -self.step_order[name])
        return [name for name in [*FIRST, *steps, "time", "money"] if self.stages.get(name)]


def total(terms: Iterable[tuple[pulp.LpVariable, int]]) -> pulp.LpAffineExpression:
    """The sum of coefficient times variable."""
    return pulp.lpSum(coefficient * variable for variable, coefficient in terms)
