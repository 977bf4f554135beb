"""CBC as an analyst has it: the CBC that comes with PuLP, one variable and one row of PuLP at a time."""

from __future__ import annotations

import re
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pulp

if TYPE_CHECKING:
    from benchmarks.peers.loop import Ask
    from benchmarks.peers.problem import Problem

_POSSIBLE = re.compile(r"best possible (\S+) \(([\d.]+) seconds\)")
_FOUND = re.compile(r"Integer solution of (\S+) found.*?\(([\d.]+) seconds\)")
_LOWER = re.compile(r"^Lower bound:\s+(\S+)", re.MULTILINE)


class Cbc:
    """PuLP's model of the matrix; CBC reads it from an MPS file for every stage, the plan at hand from another."""

    finds_plans = True

    def __init__(self, problem: Problem, threads: int) -> None:
        warnings.simplefilter("ignore")
        self.problem, self.threads = problem, threads
        self.model = pulp.LpProblem("matrix", pulp.LpMinimize)
        self.columns = [
            pulp.LpVariable(f"c{k}", low, high, pulp.LpInteger)
            for k, (low, high) in enumerate(zip(problem.lower.tolist(), problem.upper.tolist(), strict=True))
        ]
        rows = problem.by_rows
        for row in range(problem.num_rows):
            inside = slice(rows.indptr[row], rows.indptr[row + 1])
            self._add_row(
                rows.indices[inside], rows.data[inside], problem.row_lower[row], problem.row_upper[row]
            )

    def minimise(self, ask: Ask) -> None:
        """One run of CBC; bounds are read off its log, a plan there is when it ends."""
        model = self.model
        cost = ask.cost()
        model.setObjective(self._sum(ask.stage.columns, cost[ask.stage.columns]))
        for columns, entries, upper in ask.rows_of_limits()[self.held :]:
            self._add_row(columns, entries, -np.inf, upper)
        self.held = len(ask.limits)
        for variable, value in zip(self.columns, ask.start.tolist(), strict=True):
            variable.setInitialValue(value, check=False)
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / "cbc.log"
            solver = pulp.PULP_CBC_CMD(
                msg=False,
                timeLimit=ask.seconds,
                gapRel=0,
                gapAbs=ask.gap,
                warmStart=True,
                keepFiles=False,
                threads=self.threads,
                logPath=str(log),
            )
            began = ask.log.seconds
            model.solve(solver)
            self._tell(ask, log.read_text(encoding="utf-8", errors="replace"), began)
        ask.notes.append(f"{pulp.LpStatus[model.status]}/{pulp.LpSolution[model.sol_status]}")
        is_proven = model.sol_status == pulp.LpSolutionOptimal and model.status == pulp.LpStatusOptimal
        if is_proven and ask.value is not None:
            # PuLP passes on no bound; CBC that says "optimal" has closed the gap it was given.
            ask.proved((ask.value - ask.stage.offset) / ask.stage.scale - ask.gap)

    held = 0

    def _tell(self, ask: Ask, text: str, began: float) -> None:
        """Bounds off the log and the one plan that PuLP gets, in the order of the times in the log."""
        bounds = [(float(match[2]), float(match[1])) for match in _POSSIBLE.finditer(text)]
        last = pulp.value(self.model.objective) or 0.0
        # When it had the plan, if it said so; what its heuristics find it does not say.
        close = 1e-4 * max(1.0, abs(last))
        said = (match for match in _FOUND.finditer(text) if abs(float(match[1]) - last) <= close)
        found = min((float(match[2]) for match in said), default=None)
        has_plan = self.model.sol_status in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible)
        for seconds, bound in bounds:
            if has_plan and found is not None and found <= seconds:
                self._take_plan(ask, began + found)
                has_plan = False
            ask.proved(bound, seconds=began + seconds)
        if has_plan:
            self._take_plan(ask, None if found is None else began + found)
        for match in _LOWER.finditer(text):
            ask.proved(float(match[1]))

    def _take_plan(self, ask: Ask, seconds: float | None) -> None:
        ask.found([variable.varValue or 0.0 for variable in self.columns], seconds=seconds)

    def _sum(self, columns: Any, entries: Any) -> pulp.LpAffineExpression:
        return pulp.LpAffineExpression(
            [(self.columns[c], e) for c, e in zip(columns.tolist(), entries.tolist(), strict=True)]
        )

    def _add_row(self, columns: Any, entries: Any, low: float, high: float) -> None:
        left = self._sum(columns, entries)
        if low == high:
            self.model += left == low
            return
        if np.isfinite(high):
            self.model += left <= high
        if np.isfinite(low):
            self.model += left >= low
