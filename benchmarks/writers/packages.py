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


def linopy(problem: Problem) -> int:
    """linopy: arrays; rows of like lengths (up to the same power of two) together, the shorter ones padded.

    One block a length would spare the padding, but every block costs linopy some milliseconds.
    """
    import linopy as package
    import pandas as pd
    import xarray as xr

    model = package.Model()
    column = pd.RangeIndex(problem.num_columns, name="column")
    x = model.add_variables(
        xr.DataArray(problem.lower, coords=[column]),
        xr.DataArray(problem.upper, coords=[column]),
        name="x",
        integer=True,
    )
    labels = x.labels.to_numpy()

    def expression(where: Any, entries: Any, rows: Any) -> Any:
        inside = where >= 0
        data = xr.Dataset(
            {
                "coeffs": (("row", "_term"), np.where(inside, entries, np.nan)),
                "vars": (("row", "_term"), np.where(inside, labels[where], -1)),
            },
            coords={"row": rows},
        )
        return package.LinearExpression(data, model)

    for rows in rows_by_sense(problem):
        starts, lengths = rows.matrix.indptr[:-1], np.diff(rows.matrix.indptr)
        widths = 1 << np.ceil(np.log2(lengths)).astype(np.int64)
        for width in np.unique(widths):
            chosen = np.flatnonzero(widths == width)
            inside = np.arange(width) < lengths[chosen, None]
            at = np.where(inside, starts[chosen, None] + np.arange(width), 0)
            where = np.where(inside, rows.matrix.indices[at], -1)
            left = expression(where, rows.matrix.data[at], chosen)
            side = xr.DataArray(rows.sides[chosen], dims="row", coords={"row": chosen})
            model.add_constraints(left, rows.sense, side, name=f"{rows.sense}{width}")
    stage = problem.stages[0]
    cost = expression(stage.columns[None, :], stage.coefficients.astype(np.float64)[None, :], [0])
    model.add_objective(cost.sum())
    return sum(int((model.constraints[name].vars >= 0).sum()) for name in model.constraints)


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
    "linopy": (linopy, "linopy"),
    "pyoptinterface": (pyoptinterface, "pyoptinterface"),
    "cvxpy": (cvxpy, "cvxpy"),
}
"""By name: the function, and the distribution whose version counts."""
