"""SCIP through PySCIPOpt: one model, its objective and held stages changed between runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pyscipopt import SCIP_EVENTTYPE, Eventhdlr, Model, quicksum

if TYPE_CHECKING:
    from benchmarks.peers.loop import Ask
    from benchmarks.peers.problem import Problem


class _Listener(Eventhdlr):
    """Passes plans and bounds on, and stops the search when the target is reached."""

    TYPES = (SCIP_EVENTTYPE.BESTSOLFOUND, SCIP_EVENTTYPE.LPSOLVED, SCIP_EVENTTYPE.NODESOLVED)

    def __init__(self, columns: list[Any]) -> None:
        self.columns = columns
        self.ask: Ask | None = None

    def eventinit(self) -> None:
        for kind in self.TYPES:
            self.model.catchEvent(kind, self)

    def eventexit(self) -> None:
        for kind in self.TYPES:
            self.model.dropEvent(kind, self)

    def eventexec(self, event: Any) -> None:
        if self.ask is None:
            return
        if event.getType() == SCIP_EVENTTYPE.BESTSOLFOUND:
            best = self.model.getBestSol()
            self.ask.found([best[column] for column in self.columns])
        self.ask.proved(self.model.getDualbound())
        if self.ask.is_enough():
            self.model.interruptSolve()


class Scip:
    """Columns marked as implied integers are handed over as such."""

    finds_plans = True

    def __init__(self, problem: Problem, threads: int) -> None:
        self.problem = problem
        self.model: Any = Model()
        self.model.hideOutput()
        kinds = np.where(problem.integer, "I", "M")
        self.columns = [
            self.model.addVar(f"c{k}", vtype=kind, lb=low, ub=high)
            for k, (kind, low, high) in enumerate(
                zip(kinds.tolist(), problem.lower.tolist(), problem.upper.tolist(), strict=True)
            )
        ]
        rows = problem.by_rows
        for row in range(problem.num_rows):
            inside = slice(rows.indptr[row], rows.indptr[row + 1])
            self._add_row(
                rows.indices[inside], rows.data[inside], problem.row_lower[row], problem.row_upper[row]
            )
        self.listener = _Listener(self.columns)
        self.model.includeEventhdlr(self.listener, "listener", "plans and bounds")
        self.held = 0

    def minimise(self, ask: Ask) -> None:
        """One run from the plan at hand."""
        model = self.model
        model.freeTransform()
        columns = ask.stage.columns
        model.setObjective(self._sum(columns, ask.cost()[columns]), "minimize")
        for held, entries, upper in ask.rows_of_limits()[self.held :]:
            self._add_row(held, entries, -np.inf, upper)
        self.held = len(ask.limits)
        model.setParam("limits/time", ask.seconds)
        model.setParam("limits/absgap", ask.gap)
        model.setParam("limits/gap", 0.0)
        model.setParam("timing/clocktype", 2)
        start = model.createSol()
        for column, value in zip(self.columns, ask.start.tolist(), strict=True):
            model.setSolVal(start, column, value)
        model.addSol(start)
        self.listener.ask = ask
        model.optimize()
        self.listener.ask = None
        ask.proved(model.getDualbound())
        if model.getNSols():
            best = model.getBestSol()
            ask.found([best[column] for column in self.columns])
        ask.notes.append(model.getStatus())

    def _sum(self, columns: Any, entries: Any) -> Any:
        return quicksum(e * self.columns[c] for c, e in zip(columns.tolist(), entries.tolist(), strict=True))

    def _add_row(self, columns: Any, entries: Any, low: float, high: float) -> None:
        if not len(columns):
            return
        left = self._sum(columns, entries)
        if low == high:
            self.model.addCons(left == low)
        elif np.isfinite(low) and np.isfinite(high):
            self.model.addCons((left <= high) >= low)
        elif np.isfinite(high):
            self.model.addCons(left <= high)
        elif np.isfinite(low):
            self.model.addCons(left >= low)
