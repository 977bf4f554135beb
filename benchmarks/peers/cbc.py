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
            self._read_log(ask, log.read_text(encoding="utf-8", errors="replace"), began)
        ask.notes.append(f"{pulp.LpStatus[model.status]}/{pulp.LpSolution[model.sol_status]}")
        if model.sol_status in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible):
            ask.found([variable.varValue or 0.0 for variable in self.columns])
        if model.sol_status == pulp.LpSolutionOptimal and model.status == pulp.LpStatusOptimal and ask.value:
            # PuLP passes on no bound; CBC that says "optimal" has closed the gap it was given.
            ask.proved((ask.value - ask.stage.offset) / ask.stage.scale - ask.gap)

    held = 0

    def _read_log(self, ask: Ask, text: str, began: float) -> None:
        for match in _POSSIBLE.finditer(text):
            ask.proved(float(match[1]), seconds=began + float(match[2]))
        for match in _LOWER.finditer(text):
            ask.proved(float(match[1]))

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
