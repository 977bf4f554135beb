"""CP-SAT of OR-Tools: every number of the matrix is whole, so it is handed over as it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from ortools.sat.python import cp_model

if TYPE_CHECKING:
    from benchmarks.peers.loop import Ask
    from benchmarks.peers.problem import Problem


class _Listener(cp_model.CpSolverSolutionCallback):
    """Passes plans on, and stops the search when the target is reached."""

    def __init__(self, columns: list[Any], ask: Ask) -> None:
        super().__init__()
        self.columns, self.ask = columns, ask

    def on_solution_callback(self) -> None:
        """CP-SAT has a better plan."""
        self.ask.found([self.value(column) for column in self.columns])
        self.ask.proved(self.best_objective_bound)
        if self.ask.is_enough():
            self.stop_search()


class CpSat:
    """Objective and held stages are changed between runs."""

    finds_plans = True

    def __init__(self, problem: Problem, threads: int) -> None:
        self.threads = threads
        self.model = cp_model.CpModel()
        self.columns = [
            self.model.new_int_var(low, high, f"c{k}")
            for k, (low, high) in enumerate(
                zip(
                    problem.lower.astype(np.int64).tolist(),
                    problem.upper.astype(np.int64).tolist(),
                    strict=True,
                )
            )
        ]
        rows = problem.by_rows
        for row in range(problem.num_rows):
            inside = slice(rows.indptr[row], rows.indptr[row + 1])
            self._add_row(
                rows.indices[inside], rows.data[inside], problem.row_lower[row], problem.row_upper[row]
            )
        self.held = 0

    def minimise(self, ask: Ask) -> None:
        """One run from the plan at hand."""
        model = self.model
        columns = ask.stage.columns
        model.minimize(self._sum(columns, ask.cost()[columns]))
        for held, entries, upper in ask.rows_of_limits()[self.held :]:
            self._add_row(held, entries, -np.inf, upper)
        self.held = len(ask.limits)
        model.clear_hints()
        for column, value in zip(self.columns, ask.start.tolist(), strict=True):
            model.add_hint(column, value)
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = ask.seconds
        solver.parameters.num_workers = self.threads
        solver.parameters.absolute_gap_limit = max(ask.gap, 1e-4)
        solver.parameters.relative_gap_limit = 0.0

        def on_bound(bound: float) -> None:
            ask.proved(bound)
            if ask.is_enough():
                solver.stop_search()

        solver.best_bound_callback = on_bound
        status = solver.solve(model, _Listener(self.columns, ask))
        ask.proved(solver.best_objective_bound)
        ask.notes.append(solver.status_name(status))

    def _sum(self, columns: Any, entries: Any) -> Any:
        return cp_model.LinearExpr.weighted_sum(
            [self.columns[c] for c in columns.tolist()], np.rint(entries).astype(np.int64).tolist()
        )

    def _add_row(self, columns: Any, entries: Any, low: float, high: float) -> None:
        least = cp_model.INT_MIN if low == -np.inf else int(low)
        most = cp_model.INT_MAX if high == np.inf else int(high)
        self.model.add_linear_constraint(self._sum(columns, entries), least, most)
