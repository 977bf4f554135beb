"""The model of docs/concepts/model.md and command.md in PuLP, variable by variable, as a modeller would write it down.

It is made from the contract alone and shares nothing with yjopt but the names of tables and columns, so that
tests can hold the two against each other, and benchmarks can say what whole arrays save.

>>> reference = solve_stages(build(scenario))  # doctest: +SKIP
>>> reference.values  # doctest: +SKIP
{'unmet_goods': 3000000, 'time': 12}
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import reduce
from math import gcd
from typing import TYPE_CHECKING

import pulp

from benchmarks.reference.beds import build_beds
from benchmarks.reference.consumables import build_consumables, build_trips
from benchmarks.reference.couplings import build_consumption, build_staffing, consumers
from benchmarks.reference.durables import build_durables
from benchmarks.reference.facts import Facts, ScenarioLike, gather
from benchmarks.reference.house import UNITS, Programme, Terms, total
from benchmarks.reference.isolation import build_isolation
from benchmarks.reference.limits import build_limits
from benchmarks.reference.strict_people import build_strict_people
from benchmarks.reference.strict_supplies import build_strict_supplies
from benchmarks.reference.tables import tables_of
from benchmarks.reference.teams import build_teams
from benchmarks.reference.travel import Travel, find_travel

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Reference:
    """A solved reference model.

    Parameters
    ----------
    status : {"optimal", "impossible"}
        Impossible when a hard rule cannot hold.
    values : dict
        Value of every stage in quanta, in the order of the stages.
    tables : dict
        The plan as tables of the schema.
    weighted : int, optional
        The weighted sum, in millionths of millionths; None when solved stage by stage.
    """

    status: str
    values: dict[str, int]
    tables: dict[str, pd.DataFrame]
    weighted: int | None = None


def write_down(facts: Facts, travel: Travel) -> Programme:
    """Write all variables, rows and stages."""
    programme = Programme(facts, travel)
    programme.may_consume = set(consumers(programme))
    build_consumables(programme)
    build_durables(programme)
    build_trips(programme)
    build_beds(programme)
    build_isolation(programme)
    build_teams(programme)
    build_staffing(programme)
    build_consumption(programme)
    build_limits(programme)
    build_strict_supplies(programme)
    build_strict_people(programme)
    programme.objectives = {
        stage: total(_reduced(terms)) for stage, terms in programme.stages.items() if terms
    }
    return programme


def build(scenario: ScenarioLike) -> Programme:
    """Read the tables, find travel times and write the programme down; nothing is solved."""
    facts = gather(scenario)
    return write_down(facts, find_travel(facts))


def value_of(programme: Programme, stage: str, answer: dict[str, int]) -> int:
    """Exact value of a stage in quanta."""
    return sum(quanta * answer[variable.name] for variable, quanta in programme.stages[stage])


def exact_cbc() -> pulp.LpSolver:
    """The CBC that comes with PuLP, at gap 0.

    Without its preprocessing of integers, which loses the optimum of some tiny scenarios: with it CBC 2.10.3
    called 73.5 the least of a stage that a later solve brought to 66, and solvable problems infeasible.
    """
    with warnings.catch_warnings():
        # PuLP 3 announces that PuLP 4 will look for CBC elsewhere; the project stays below 4.
        warnings.simplefilter("ignore", DeprecationWarning)
        return pulp.PULP_CBC_CMD(msg=False, gapRel=0, gapAbs=0, threads=1, options=["preprocess off"])


def solve_stages(programme: Programme, *, solver: pulp.LpSolver | None = None) -> Reference:
    """Solve stage after stage to gap 0, each held at its value while later ones are solved.

    Parameters
    ----------
    programme : Programme
        As from `build`. Rows that hold the stages are added to it.
    solver : pulp solver, optional
        By default the CBC that comes with PuLP, at gap 0.
    """
    chosen = solver or exact_cbc()
    values: dict[str, int] = {}
    answer: dict[str, int] | None = None
    for stage in programme.stage_order:
        if answer is None or value_of(programme, stage, answer) != _floor(programme.stages[stage]):
            answer = _solve(programme, programme.objectives[stage], chosen)
        values[stage] = value_of(programme, stage, answer)
        if stage == "hard_rules" and values[stage]:
            return Reference("impossible", values, {})
        scale = _scale(programme.stages[stage])
        programme.row(programme.objectives[stage] <= values[stage] // scale)
    if answer is None:
        answer = _solve(programme, total([]), chosen)
    final = {stage: value_of(programme, stage, answer) for stage in values}
    if final != values:
        raise ArithmeticError(f"a later stage spoilt an earlier one: {values} became {final}")
    return Reference("optimal", final, tables_of(programme, answer))


def first_difference(
    programme: Programme, values: dict[str, int], *, solver: pulp.LpSolver | None = None
) -> str:
    """The first stage, solved in order, whose value is another than the one given; blank if none is.

    Cheaper than solving all of them where one is enough to tell two scenarios apart.
    """
    chosen = solver or exact_cbc()
    answer: dict[str, int] | None = None
    gone = [stage for stage, value in values.items() if value and stage not in programme.stages]
    for stage in programme.stage_order:
        if answer is None or value_of(programme, stage, answer) != _floor(programme.stages[stage]):
            answer = _solve(programme, programme.objectives[stage], chosen)
        value = value_of(programme, stage, answer)
        if value != values.get(stage, 0):
            return stage
        programme.row(programme.objectives[stage] <= value // _scale(programme.stages[stage]))
    return gone[0] if gone else ""


def weight_of(programme: Programme, stage: str) -> int:
    """Weight of one quantum of a stage, in millionths of millionths."""
    setting = programme.facts.settings[f"weights.{stage.partition(':')[0]}"]
    return setting * 1_000_000 // UNITS.get(stage, 1)


def solve_weighted(programme: Programme, *, solver: pulp.LpSolver | None = None) -> Reference:
    """Solve for the weighted sum of all stages, after the hard rules."""
    chosen = solver or exact_cbc()
    stages = programme.stage_order
    if "hard_rules" in stages:
        stages.remove("hard_rules")
        answer = _solve(programme, programme.objectives["hard_rules"], chosen)
        if short := value_of(programme, "hard_rules", answer):
            return Reference("impossible", {"hard_rules": short}, {})
        programme.row(programme.objectives["hard_rules"] <= 0)
    terms = [(v, n * weight_of(programme, stage)) for stage in stages for v, n in programme.stages[stage]]
    answer = _solve(programme, total(_reduced([term for term in terms if term[1]])), chosen)
    values = {stage: value_of(programme, stage, answer) for stage in stages}
    weighted = sum(weight_of(programme, stage) * value for stage, value in values.items())
    return Reference("optimal", values, tables_of(programme, answer), weighted)


def _scale(terms: Terms) -> int:
    """What all coefficients of a stage have in common: smaller numbers are kinder to a solver in floats."""
    return reduce(gcd, (abs(quanta) for _, quanta in terms), 0) or 1


def _reduced(terms: Terms) -> Terms:
    scale = _scale(terms)
    return [(variable, quanta // scale) for variable, quanta in terms]


def _floor(terms: Terms) -> int | None:
    """A value no plan can be below, if one is known without solving."""
    return 0 if all(quanta >= 0 and not variable.lowBound for variable, quanta in terms) else None


def _solve(programme: Programme, objective: pulp.LpAffineExpression, solver: pulp.LpSolver) -> dict[str, int]:
    """Solve for one objective; the answer in whole numbers, checked against every row exactly."""
    problem = programme.problem
    problem.setObjective(objective)
    problem.solve(solver)
    if pulp.LpStatus[problem.status] != "Optimal":
        raise ArithmeticError(
            f"the solver says {pulp.LpStatus[problem.status]} of a problem that has a solution"
        )
    answer = {variable.name: round(variable.varValue or 0.0) for variable in _everything(programme)}
    for constraint in problem.constraints():
        left = sum(int(coefficient) * answer[variable.name] for variable, coefficient in constraint.items())
        difference = left + int(constraint.constant)
        wrong = {
            pulp.LpConstraintLE: difference > 0,
            pulp.LpConstraintGE: difference < 0,
            pulp.LpConstraintEQ: difference != 0,
        }[constraint.sense]
        if wrong:
            raise ArithmeticError(f"rounded, the solver's answer breaks {constraint.name}: {constraint}")
    return answer


def _everything(programme: Programme) -> list[pulp.LpVariable]:
    return [variable for family in programme.variables.values() for variable in family.values()]
