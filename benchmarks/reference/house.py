"""The programme that the families write into: variables, rows, and the cost of each stage."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pulp

from benchmarks.reference.command import SUPPORT, Command

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from benchmarks.reference.facts import Facts
    from benchmarks.reference.travel import Travel

Terms = list[tuple[pulp.LpVariable, int]]

#: Quanta of one natural unit, by stage; support stages have 1.
UNITS = {"rules": 1_000, "unmet_people": 1_000_000, "unmet_goods": 1_000_000, "money": 100}
ORDER = ["hard_rules", "rules", "unmet_people", "unmet_goods", *SUPPORT, "time", "money"]


@dataclass(frozen=True)
class Flow:
    """A shipment, admission, isolation or tour that may need givers before it to be exhausted.

    Parameters
    ----------
    variable : pulp variable
    most : int
        A bound of it that no plan passes.
    giver : tuple
        The part of a lot, store, ward, site or pool it comes from or goes to.
    taker : tuple
        Those for whom givers compete: all flows of one taker and period of beginning.
    depart, arrive : int
        Periods.
    position, before : int
        Position in the order of asking; givers of positions below `before` must be exhausted.
    """

    variable: pulp.LpVariable
    most: int
    giver: tuple[Any, ...]
    taker: tuple[Any, ...]
    depart: int
    arrive: int
    position: int
    before: int


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
    #: (fleet, period) -> trips that take its seconds.
    busy: dict[tuple[str, int], Terms] = field(default_factory=lambda: defaultdict(list))
    #: Resource (durables apart) -> flows that are `own` or asked for.
    flows: dict[str, list[Flow]] = field(default_factory=lambda: defaultdict(list))
    #: How shipments go ("own", "asked", "default", "ahead") -> (variable, lot or store, taker, depart, arrive).
    sent: dict[str, list[tuple[pulp.LpVariable, tuple[str, ...], str, int, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    #: (pool, period) -> tours under way.
    away: dict[tuple[str, int], list[pulp.LpVariable]] = field(default_factory=lambda: defaultdict(list))
    #: What the takers of a unit add to the stages of people and goods.
    unmet: dict[tuple[str, str], Terms] = field(default_factory=lambda: defaultdict(list))
    #: (hospital, class, period) -> decisions on surge levels, and the beds each puts into use.
    surge_in_use: dict[tuple[str, str, int], Terms] = field(default_factory=lambda: defaultdict(list))
    #: Hospital that has to be opened -> [(period of decision, first of use, decision)].
    facilities: dict[str, list[tuple[int, int, pulp.LpVariable]]] = field(default_factory=dict)
    #: (place, variable, cost) of all that counts in opening budgets.
    spent: list[tuple[str, pulp.LpVariable, int]] = field(default_factory=list)
    #: Groups of contacts cut into parts: (place, category, period) -> sizes; people who go singly are part 1.
    parts: dict[tuple[str, str, int], list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Look the command rules up in the same facts."""
        self.command = Command(self.facts)

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

    def unmet_cost(self, stage: str, place: str, variable: pulp.LpVariable, quanta: int) -> None:
        """Count what people or goods of a place wait and lose."""
        self.cost(stage, variable, quanta)
        if quanta:
            self.unmet[stage, self.facts.unit[place]].append((variable, quanta))

    def support(self, resource: str, step: str, taker: str, variable: pulp.LpVariable, share: int) -> None:
        """Count a flow to a unit in the stage of its step; people only if the settings say so."""
        stage = self.command.stage(resource, step, taker)
        if stage:
            self.cost(stage, variable, share)

    def when(self, condition: pulp.LpVariable, low: pulp.LpAffineExpression, most: int) -> None:
        """Let an expression be at most 0 if a binary is 1, given that it is never above `most`."""
        self.row(low <= most * (1 - condition))

    @property
    def people_ever(self) -> int:
        """More people than can lie or stay anywhere."""
        rows = [row for table in ("arrivals", "contacts", "occupied") for row in self.facts.rows[table]]
        return sum(row["people"] for row in rows) + 1

    def not_in_use(self, hospital: str, t: int) -> pulp.LpAffineExpression | int:
        """1 if a hospital waits to be opened in a period, 0 if it takes people."""
        if hospital not in self.facilities:
            return 0
        return 1 - pulp.lpSum(decide for _, first, decide in self.facilities[hospital] if first <= t)

    def takes_nobody_before_open(self, hospital: str, t: int, variable: pulp.LpVariable, most: int) -> None:
        """Shut a hospital that has to be opened first."""
        if hospital in self.facilities:
            self.row(variable <= most * (1 - self.not_in_use(hospital, t)))

    def packs_ever(self, item: str) -> int:
        """More packs of an item than any plan can send."""
        facts = self.facts
        rows = [row for table in ("stocks", "receipts") for row in facts.rows[table]]
        come = sum(row["quantity"] for row in rows if row["item"] == item)
        for row in facts.rows["sources"]:
            come += row["quantity"] * facts.H if row["item"] == item else 0
        return come // facts.items[item]["pack"] + 1

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
        return [name for name in ORDER if self.stages.get(name)]


def total(terms: Iterable[tuple[pulp.LpVariable, int]]) -> pulp.LpAffineExpression:
    """The sum of coefficient times variable."""
    return pulp.lpSum(coefficient * variable for variable, coefficient in terms)


def may_be_chosen(
    programme: Programme,
    resource: str,
    why_not: Callable[[Flow], list[Any]],
    also: Callable[[Flow], list[tuple[int, list[Any]]]] | None = None,
) -> None:
    """Let flows happen only if every giver of a position before theirs has an excuse.

    Parameters
    ----------
    resource : str
        Whose flows, which are both those that ask and the ways in which lower givers could have given.
    why_not : callable
        The expressions of which one is 1 if the giver of a flow is exhausted.
    also : callable, optional
        Positions and excuses of givers that stand beside the flows.
    """
    flows = programme.flows[resource]
    may: dict[Any, pulp.LpVariable] = {}
    for flow in list(flows):
        key = (resource, *flow.taker, flow.before)
        if key not in may:
            others = [other for other in flows if other.taker == flow.taker]
            reasons = [(other.position, why_not(other)) for other in others if other.position < flow.before]
            reasons += [reason for reason in (also(flow) if also else []) if reason[0] < flow.before]
            may[key] = programme.add("may", key, 1)
            for _, excuses in reasons:
                programme.row(may[key] <= pulp.lpSum(excuses))
        programme.row(flow.variable <= flow.most * may[key])
