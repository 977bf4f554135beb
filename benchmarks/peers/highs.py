"""HiGHS alone: a fresh object for every stage, started from the plan at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import highspy
import numpy as np

if TYPE_CHECKING:
    from benchmarks.peers.loop import Ask
    from benchmarks.peers.problem import Problem


class Highs:
    """Every column is handed over as an integer one: beside continuous ones its presolve has lost plans."""

    finds_plans = True

    def __init__(self, problem: Problem, threads: int) -> None:
        self.problem, self.threads = problem, threads
        self.indptr, self.indices = problem.indptr.astype(np.int32), problem.indices.astype(np.int32)
        self.integer = np.ones(problem.num_columns, dtype=np.int32)

    def minimise(self, ask: Ask) -> None:
        """One run on the whole matrix."""
        highs: Any = highspy.Highs()
        options = {
            "output_flag": True,  # without it there are no events of the log
            "log_to_console": False,
            "threads": self.threads,
            "time_limit": ask.seconds,
            "mip_rel_gap": 0.0,
            "mip_abs_gap": max(ask.gap, 1e-6),
        }
        for name, value in options.items():
            _check(highs.setOptionValue(name, value), name)
        self._pass(highs, ask)
        start = highspy.HighsSolution()
        start.col_value = ask.start.astype(np.float64)
        highs.setSolution(start)

        def on_solution(event: Any) -> None:
            ask.found(event.data_out.mip_solution)

        def on_log(event: Any) -> None:
            ask.proved(event.data_out.mip_dual_bound)

        def on_interrupt(event: Any) -> None:
            ask.proved(event.data_out.mip_dual_bound)
            if ask.is_enough():
                event.interrupt()

        highs.cbMipImprovingSolution.subscribe(on_solution)
        highs.cbMipLogging.subscribe(on_log)
        highs.cbMipInterrupt.subscribe(on_interrupt)
        _check(highs.run(), "run")
        info, solution = highs.getInfo(), highs.getSolution()
        if solution.value_valid and info.primal_solution_status == 2:
            ask.found(solution.col_value)
        ask.proved(info.mip_dual_bound)
        ask.notes.append(highs.modelStatusToString(highs.getModelStatus()))

    def _pass(self, highs: Any, ask: Ask) -> None:
        problem = self.problem
        _check(
            highs.passModel(
                problem.num_columns,
                problem.num_rows,
                len(problem.data),
                int(highspy.MatrixFormat.kColwise),
                int(highspy.ObjSense.kMinimize),
                0.0,
                ask.cost(),
                problem.lower,
                problem.upper,
                problem.row_lower,
                problem.row_upper,
                self.indptr,
                self.indices,
                problem.data,
                self.integer,
            ),
            "passModel",
        )
        for columns, entries, upper in ask.rows_of_limits():
            _check(highs.addRow(-np.inf, upper, len(columns), columns.astype(np.int32), entries), "addRow")


def _check(status: Any, what: str) -> None:
    if status == highspy.HighsStatus.kError:
        raise RuntimeError(f"HiGHS refused {what}")
