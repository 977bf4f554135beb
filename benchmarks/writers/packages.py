"""One function for each package: from the matrix to the package's model, complete and ready for a solver.

Each returns the number of entries its model holds, as the package itself counts them, so that a comparison is of
the same thing. Packages of whole arrays get whole arrays, the others one variable and one row at a time.
"""

from __future__ import annotations

import operator
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from benchmarks.writers import linopy_models
from benchmarks.writers.rows import rows_by_sense

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.peers.problem import Problem

COMPARE: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "=": operator.eq,
    "<=": operator.le,
    ">=": operator.ge,
}


def pulp(problem: Problem) -> int:
    """PuLP: ``LpVariable``, ``LpAffineExpression``, one after the other."""
    import pulp as package

    warnings.simplefilter("ignore", DeprecationWarning)
    model = package.LpProblem("matrix", package.LpMinimize)
    bounds = zip(problem.lower.tolist(), problem.upper.tolist(), strict=True)
    columns = [package.LpVariable(f"c{k}", *both, package.LpInteger) for k, both in enumerate(bounds)]
    number = 0
    for rows in rows_by_sense(problem):
        compare = COMPARE[rows.sense]
        for where, entries, side in rows.one_by_one():
            left = package.LpAffineExpression([(columns[c], e) for c, e in zip(where, entries, strict=True)])
            number += len(left)
            model += compare(left, side)
    stage = problem.stages[0]
    model.setObjective(
        package.LpAffineExpression(
            [
                (columns[c], e)
                for c, e in zip(stage.columns.tolist(), stage.coefficients.tolist(), strict=True)
            ]
        )
    )
    return number


def pyomo(problem: Problem) -> int:
    """Pyomo: a list of variables, and a ``ConstraintList`` of ``LinearExpression``."""
    import pyomo.environ as pyo
    from pyomo.core.expr.numeric_expr import LinearExpression

    model: Any = pyo.ConcreteModel()
    bounds = list(zip(problem.lower.tolist(), problem.upper.tolist(), strict=True))
    model.x = pyo.Var(range(problem.num_columns), domain=pyo.Integers, bounds=lambda _, k: bounds[k])
    x = [model.x[k] for k in range(problem.num_columns)]
    model.rows = pyo.ConstraintList()
    number = 0
    for rows in rows_by_sense(problem):
        compare = COMPARE[rows.sense]
        for where, entries, side in rows.one_by_one():
            left = LinearExpression(constant=0, linear_coefs=entries, linear_vars=[x[c] for c in where])
            number += len(left.linear_vars)
            model.rows.add(compare(left, side))
    stage = problem.stages[0]
    costs, where = stage.coefficients.tolist(), stage.columns.tolist()
    model.cost = pyo.Objective(
        expr=LinearExpression(constant=0, linear_coefs=costs, linear_vars=[x[c] for c in where])
        if costs
        else 0.0
    )
    return number


def pyoptinterface(problem: Problem) -> int:
    """PyOptInterface: one call a variable, one a row, straight into HiGHS's own model."""
    import highspy
    import pyoptinterface as poi
    from pyoptinterface import highs

    # It looks for a HiGHS of its own; the one that highspy brings will do.
    if not highs.is_library_loaded():
        highs.load_library(str(next(Path(highspy.__file__).parent.glob("libhighs.so*"))))
    model = highs.Model()
    bounds = zip(problem.lower.tolist(), problem.upper.tolist(), strict=True)
    columns = [
        model.add_variable(lb=low, ub=high, domain=poi.VariableDomain.Integer, name=f"c{k}")
        for k, (low, high) in enumerate(bounds)
    ]
    senses = {
        "=": poi.ConstraintSense.Equal,
        "<=": poi.ConstraintSense.LessEqual,
        ">=": poi.ConstraintSense.GreaterEqual,
    }
    number = 0
    for rows in rows_by_sense(problem):
        for where, entries, side in rows.one_by_one():
            left = poi.ScalarAffineFunction(entries, [columns[c].index for c in where])
            number += left.size()
            model.add_linear_constraint(left, senses[rows.sense], side)
    stage = problem.stages[0]
    costs, where = stage.coefficients.tolist(), stage.columns.tolist()
    model.set_objective(
        poi.ScalarAffineFunction(costs, [columns[c].index for c in where]), poi.ObjectiveSense.Minimize
    )
    return number


def cvxpy(problem: Problem) -> int:
    """CVXPY: one vector of variables, sparse matrices times it, brought to standard form."""
    import cvxpy as package

    x = package.Variable(problem.num_columns, integer=True)
    constraints = [x >= problem.lower, x <= problem.upper]
    for rows in rows_by_sense(problem):
        if rows.matrix.shape[0]:
            left = rows.matrix @ x
            constraints.append(COMPARE[rows.sense](left, rows.sides))
    cost = np.zeros(problem.num_columns)
    cost[problem.stages[0].columns] = problem.stages[0].coefficients
    model = package.Problem(package.Minimize(cost @ x), constraints)
    data, _, _ = model.get_problem_data(package.SCIPY)
    held = sum(data[name].nnz for name in ("A", "G") if data.get(name) is not None)
    # The bounds of the columns are rows to CVXPY; what is counted is the rows of the model.
    return int(held) - 2 * problem.num_columns


WRITERS = {
    "pulp": (pulp, "pulp"),
    "pyomo": (pyomo, "pyomo"),
    "linopy": (linopy_models.grouped, "linopy"),
    "linopy-arrays": (linopy_models.arrays, "linopy"),
    "pyoptinterface": (pyoptinterface, "pyoptinterface"),
    "cvxpy": (cvxpy, "cvxpy"),
}
"""By name: the function, and the distribution whose version counts."""
