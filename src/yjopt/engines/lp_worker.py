"""The process of the linear relaxation: ``python -m yjopt.engines.lp_worker``; one HiGHS object, kept warm.

A request states everything: cost, column bounds, limits. Only what differs from
the last request is changed in the HiGHS object, and the simplex method starts
where it has least to do (see `Programme.start`).
"""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from yjopt.engines.serving import serve
from yjopt.errors import EngineError

if TYPE_CHECKING:
    from yjopt.engines.serving import Named, Reply, Request
    from yjopt.model.mip import FloatArray

DUAL, PRIMAL = 1, 4
"""HiGHS's words for its serial dual and its primal simplex method."""

KEPT_NUMBERS, KEPT_LEAST = 20_000_000, 2
"""So many numbers of optimal vectors are remembered with their bases, and never fewer than so many vectors."""

FAR = 200
"""After so many iterations the parent gets the basis too, so that a new process need not walk them again."""

FAR_LARGEST = 3_000_000
"""Up to so many columns and rows: the statuses of a basis are one Python object each on their way."""

TOLERANCE = 1e-6
"""By so much a remembered vector may miss a bound or a limit and still count as feasible."""


RECALLED = b"recalled"


class Optimum(NamedTuple):
    """An optimal basis of the programme under its own column bounds, and its vector."""

    basis: Any
    x: FloatArray


class Programme:
    """One linear programme and what was learnt of it.

    Parameters
    ----------
    request : Request
        Whose model is taken; cost, bounds and limits come with `take`.
    highspy : module
    """

    def __init__(self, request: Request, highspy: Any) -> None:
        self._highspy = highspy
        self._highs: Any = highspy.Highs()
        model = request.model
        columns, rows, nonzeros = len(request.cost), len(model["row_lower"]), len(model["data"])
        self._columns = np.arange(columns, dtype=np.int32)
        self._rows = rows
        self._lower, self._upper = model["lower"], model["upper"]
        self._restricted = False
        self._cost = request.cost
        # Rows are never deleted, which would cost the basis; a limit that is not asked for is left without a side.
        self._limit_rows: dict[bytes, int] = {}
        self._limits: list[tuple[Any, Any, float]] = []
        self._optima: dict[bytes, Optimum] = {}
        self._solved_cost = b""
        for name, value in {
            "output_flag": False,
            "threads": 1,
            "random_seed": request.header["seed"],
        }.items():
            self._check(self._highs.setOptionValue(name, value), f"the option {name}")
        self._check(
            self._highs.passModel(
                columns,
                rows,
                nonzeros,
                int(highspy.MatrixFormat.kColwise),
                int(highspy.ObjSense.kMinimize),
                0.0,
                self._cost,
                self._lower,
                self._upper,
                model["row_lower"],
                model["row_upper"],
                model["indptr"],
                model["indices"],
                model["data"],
                np.zeros(columns, dtype=np.int32),
            ),
            "the model",
        )
        arrived = (self._highs.getNumCol(), self._highs.getNumRow(), self._highs.getNumNz())
        if arrived != (columns, rows, nonzeros):
            raise RuntimeError(f"HiGHS holds a model of {arrived} where {(columns, rows, nonzeros)} was sent")

    def take(self, request: Request) -> list[int]:
        """Change cost, bounds and limits to those of a request; the rows of its limits."""
        if not np.array_equal(request.cost, self._cost):
            changed = np.flatnonzero(request.cost != self._cost).astype(np.int32)
            self._check(self._highs.changeColsCost(len(changed), changed, request.cost[changed]), "the costs")
            self._cost = request.cost
        lower, upper = request.model["lower"], request.model["upper"]
        changed = np.flatnonzero((lower != self._lower) | (upper != self._upper)).astype(np.int32)
        if len(changed):
            self._check(
                self._highs.changeColsBounds(len(changed), changed, lower[changed], upper[changed]),
                "the column bounds",
            )
            self._lower, self._upper = lower, upper
        self._restricted = request.header["restricted"]
        return self._take_limits(request.limits)

    def recall(self, statuses: Any, x: FloatArray) -> None:
        """Remember an optimum that another process found, under limits that were perhaps the first ones of now."""
        self._optima[RECALLED] = Optimum(self._alien(statuses, len(x)), x)

    def begin(self, statuses: Any) -> None:
        """Begin with a basis from elsewhere, by the dual method: it may be neither feasible nor quite a basis."""
        self._solved_cost = hashlib.sha256(self._cost.tobytes()).digest()
        basis = self._extended(self._alien(statuses, len(self._columns)))
        self._check(self._highs.setBasis(basis), "a basis to begin with")
        self._check(self._highs.setOptionValue("simplex_strategy", DUAL), "the option simplex_strategy")
        self._check(self._highs.setOptionValue("presolve", "off"), "the option presolve")

    def _alien(self, statuses: Any, columns: int) -> Any:
        """Statuses of columns and rows in HiGHS's words."""
        words = {int(word): word for word in self._highspy.HighsBasisStatus.__members__.values()}
        every = [words[status] for status in statuses.tolist()]
        basis = self._highspy.HighsBasis()
        basis.col_status, basis.row_status = every[:columns], every[columns:]
        # So HiGHS looks whether it is a basis, and mends it where the limits are other ones.
        basis.valid, basis.alien = True, True
        return basis

    def start(self, *, cold: bool, dense: bool) -> None:
        """Choose basis and method.

        The cost of the last run: its basis stays dual feasible whatever bounds and limits do, so the dual
        method goes on. A cost known from before: the same from its own basis. A new cost: the primal method
        from the cheapest optimum so far that keeps the bounds and limits asked for. Else, and for a dense
        cost that is new, presolve and the dual method.
        """
        key = hashlib.sha256(self._cost.tobytes()).digest()
        method, basis, presolve = DUAL, None, "off"
        if cold:
            self._check(self._highs.clearSolver(), "to forget its basis")
        elif key == self._solved_cost and self._highs.getBasis().valid:
            pass
        elif key in self._optima:
            basis = self._optima[key].basis
        else:
            method = PRIMAL
            optima = [] if dense else list(self._optima.values())
            feasible = (optimum for optimum in optima if self._keeps(optimum.x))
            chosen = min(feasible, key=lambda optimum: float(self._cost @ optimum.x), default=None)
            if chosen is None:
                method, presolve = DUAL, "on"
                self._check(self._highs.clearSolver(), "to forget its basis")
            else:
                basis = chosen.basis
        if basis is not None:
            self._check(self._highs.setBasis(self._extended(basis)), "a basis of its own")
        self._solved_cost = key
        self._check(self._highs.setOptionValue("simplex_strategy", method), "the option simplex_strategy")
        self._check(self._highs.setOptionValue("presolve", presolve), "the option presolve")

    def run(self, seconds: float) -> None:
        """Solve for some seconds at most."""
        # The limit of a linear programme counts all runs of the object together.
        limit = self._highs.getRunTime() + max(seconds, 1e-3)
        self._check(self._highs.setOptionValue("time_limit", limit), "the option time_limit")
        self._check(self._highs.run(), "to run")

    def answer(self, reply: Reply, limit_rows: list[int], processor: float) -> None:
        """Send status, vector, reduced costs and duals, as far as they are valid."""
        status = self._highs.getModelStatus()
        solution = self._highs.getSolution()
        arrays: Named = {}
        if solution.value_valid:
            arrays["x"] = np.array(solution.col_value, dtype=np.float64) + 0.0
        if solution.dual_valid:
            duals = np.array(solution.row_dual, dtype=np.float64) + 0.0
            arrays["reduced"] = np.array(solution.col_dual, dtype=np.float64) + 0.0
            arrays["duals"] = duals[: self._rows]
            arrays["limit_duals"] = duals[limit_rows]
        iterations = int(self._highs.getInfo().simplex_iteration_count)
        if status == self._highspy.HighsModelStatus.kOptimal and "x" in arrays and not self._restricted:
            basis = self._remember(arrays["x"])
            if iterations >= FAR and len(arrays["x"]) + self._rows <= FAR_LARGEST:
                rows = basis.row_status
                statuses = [*basis.col_status, *rows[: self._rows], *(rows[row] for row in limit_rows)]
                arrays["basis"] = np.array([int(status) for status in statuses], dtype=np.uint8)
        header = {
            "kind": "done",
            "native": status.name,
            "iterations": iterations,
            "processor": time.process_time() - processor,
        }
        reply.send(header, arrays)

    def _remember(self, x: FloatArray) -> Any:
        """Keep an optimum under the model's own column bounds; its basis."""
        basis = self._highs.getBasis()
        self._optima.pop(self._solved_cost, None)
        self._optima[self._solved_cost] = Optimum(basis, x)
        if len(self._optima) > max(KEPT_LEAST, KEPT_NUMBERS // max(len(x), 1)):
            del self._optima[next(iter(self._optima))]
        return basis

    def _keeps(self, x: FloatArray) -> bool:
        if np.any(x < self._lower - TOLERANCE) or np.any(x > self._upper + TOLERANCE):
            return False
        return all(values @ x[columns] <= upper + TOLERANCE for columns, values, upper in self._limits)

    def _extended(self, basis: Any) -> Any:
        """The basis with rows that came after it, whose slacks are basic, and without rows that are not there."""
        number, rows = self._highs.getNumRow(), basis.row_status
        if len(rows) != number:
            missing = [self._highspy.HighsBasisStatus.kBasic] * max(number - len(rows), 0)
            basis.row_status = [*rows[:number], *missing]
        return basis

    def _take_limits(self, limits: Named) -> list[int]:
        indptr = limits["indptr"]
        self._limits = []
        rows: list[int] = []
        for k, upper in enumerate(limits["upper"].tolist()):
            part = slice(indptr[k], indptr[k + 1])
            columns, values = limits["indices"][part], limits["data"][part]
            self._limits.append((columns, values, upper))
            key = columns.tobytes() + values.tobytes()
            if key not in self._limit_rows:
                self._limit_rows[key] = self._highs.getNumRow()
                empty, none = np.array([-np.inf]), np.array([np.inf])
                starts = np.zeros(1, dtype=np.int32)
                self._check(
                    self._highs.addRows(
                        1, empty, none, len(columns), starts, columns.astype(np.int32), values
                    ),
                    "a limit",
                )
                if self._highs.getNumRow() != self._limit_rows[key] + 1:
                    raise RuntimeError("HiGHS has not taken a limit")
            rows.append(self._limit_rows[key])
        if self._limit_rows:
            every = np.array(list(self._limit_rows.values()), dtype=np.int32)
            sides = np.full(len(every), np.inf)
            np.minimum.at(sides, np.array(rows, dtype=np.int64) - self._rows, limits["upper"])
            lower = np.full(len(every), -np.inf)
            self._check(self._highs.changeRowsBounds(len(every), every, lower, sides), "the limits")
        return rows

    def _check(self, status: Any, what: str) -> None:
        if status == self._highspy.HighsStatus.kError:
            raise RuntimeError(f"HiGHS refused {what}")


_programmes: dict[int, Programme] = {}


def solve(request: Request, reply: Reply) -> None:
    """Minimise one request as a linear programme and send what is known at its end."""
    try:
        import highspy
    except ImportError as error:
        raise EngineError(f"HiGHS cannot be loaded ({error}); install highspy>=1.15.1,<1.16.") from error
    began, processor = time.monotonic(), time.process_time()
    key = request.header["key"]
    if key not in _programmes:
        # The matrix is kept for one model only.
        _programmes.clear()
        _programmes[key] = Programme(request, highspy)
    programme = _programmes[key]
    if request.basis is not None and request.start is not None:
        programme.recall(request.basis, request.start)
    limit_rows = programme.take(request)
    if request.header["begins"]:
        programme.begin(request.basis)
    else:
        programme.start(cold=not request.header["warm"], dense=request.header["dense"])
    programme.run(request.header["seconds"] - (time.monotonic() - began))
    programme.answer(reply, limit_rows, processor)


if __name__ == "__main__":
    serve(solve)
