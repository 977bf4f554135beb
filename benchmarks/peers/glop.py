"""GLOP of OR-Tools: the linear relaxation of every stage, which is a bound and no plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from ortools.linear_solver.python import model_builder
from scipy import sparse

if TYPE_CHECKING:
    from benchmarks.peers.loop import Ask
    from benchmarks.peers.problem import Problem


class Glop:
    """A model of whole arrays for every stage."""

    finds_plans = False

    def __init__(self, problem: Problem, threads: int) -> None:
        self.problem = problem

    def minimise(self, ask: Ask) -> None:
        """Solve the relaxation of a stage."""
        problem, limits = self.problem, ask.rows_of_limits()
        added = [
            sparse.csr_array((entries, columns, [0, len(columns)]), shape=(1, problem.num_columns))
            for columns, entries, _ in limits
        ]
        matrix = sparse.vstack([problem.by_rows, *added], format="csr")
        model: Any = model_builder.Model()
        model.helper.fill_model_from_sparse_data(
            problem.lower,
            problem.upper,
            ask.cost(),
            np.concatenate([problem.row_lower, np.full(len(limits), -np.inf)]),
            np.concatenate([problem.row_upper, [upper for _, _, upper in limits]]),
            sparse.csr_matrix(matrix),
        )
        solver: Any = model_builder.Solver("GLOP")
        solver.set_time_limit_in_seconds(ask.seconds)
        status = solver.solve(model)
        if status == model_builder.SolveStatus.OPTIMAL:
            ask.proved(solver.objective_value)
        ask.notes.append(str(status).rpartition(".")[2])
