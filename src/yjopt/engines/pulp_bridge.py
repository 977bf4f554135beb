"""Any PuLP solver, in a process of its own; the only file that imports pulp.

Seen from the parent this is `PulpEngine`; run as a module it is the process
that builds the PuLP model and calls the solver. The process keeps the deadline
honest: command-line solvers that PuLP starts run past theirs, and go on running
after Ctrl-C.

PuLP passes on no bounds. A solver that proves its answer within the gap asked
for thereby proves a bound; one that stopped proves none, and is not believed
when it calls a plan optimal that came at the time limit.
"""

from __future__ import annotations

import inspect
import time
import warnings
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from yjopt.engines.remote import RemoteEngine, Verdict
from yjopt.engines.serving import serve
from yjopt.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from yjopt.engines.serving import Reply, Request

LATE = 0.9
"""An "optimal" after this share of the time limit is taken for a plan found in time."""

DEFAULT_GAP = 1e-4
"""Gap assumed of a solver that takes no gap."""

VERDICTS: Mapping[str, Verdict] = MappingProxyType(
    {
        "Optimal/Optimal Solution Found": Verdict.OPTIMAL,
        # PuLP calls "optimal" what CBC found when its time ran out; only the second word tells.
        "Optimal/Solution Found": Verdict.TIME,
        "Optimal/No Solution Found": Verdict.FAILED,
        "Optimal/No Solution Exists": Verdict.FAILED,
        "Optimal/Solution is Unbounded": Verdict.FAILED,
        "Not Solved/Optimal Solution Found": Verdict.TIME,
        "Not Solved/Solution Found": Verdict.TIME,
        "Not Solved/No Solution Found": Verdict.TIME,
        "Not Solved/No Solution Exists": Verdict.FAILED,
        "Not Solved/Solution is Unbounded": Verdict.FAILED,
        "Infeasible/Optimal Solution Found": Verdict.FAILED,
        "Infeasible/Solution Found": Verdict.FAILED,
        "Infeasible/No Solution Found": Verdict.INFEASIBLE,
        "Infeasible/No Solution Exists": Verdict.INFEASIBLE,
        "Infeasible/Solution is Unbounded": Verdict.FAILED,
        # Every column is bounded: what calls itself unbounded is broken, or unbounded in its relaxation only.
        "Unbounded/Optimal Solution Found": Verdict.FAILED,
        "Unbounded/Solution Found": Verdict.FAILED,
        "Unbounded/No Solution Found": Verdict.FAILED,
        "Unbounded/No Solution Exists": Verdict.FAILED,
        "Unbounded/Solution is Unbounded": Verdict.FAILED,
        "Undefined/Optimal Solution Found": Verdict.FAILED,
        "Undefined/Solution Found": Verdict.STOPPED,
        "Undefined/No Solution Found": Verdict.FAILED,
        "Undefined/No Solution Exists": Verdict.FAILED,
        "Undefined/Solution is Unbounded": Verdict.FAILED,
    }
)
"""Every pair of ``pulp.LpStatus`` and ``pulp.LpSolution`` and what it means."""


class PulpEngine(RemoteEngine):
    """Minimises with a PuLP solver; see `remote.RemoteEngine`.

    Parameters
    ----------
    solver : str
        Name as in ``pulp.listSolvers()``, such as ``PULP_CBC_CMD``.
    threads : int
    seed : int
        Not passed on: PuLP has no common name for it.
    """

    module: ClassVar[str] = "yjopt.engines.pulp_bridge"
    verdicts: ClassVar[Mapping[str, Verdict]] = VERDICTS
    streams: ClassVar[bool] = False

    def __init__(self, solver: str, *, threads: int = 1, seed: int = 0) -> None:
        super().__init__(threads=threads, seed=seed)
        self.solver = solver


def solve(request: Request, reply: Reply) -> None:
    """Build the PuLP model of one request, solve it and send what the solver says."""
    began = time.monotonic()
    try:
        import pulp
    except ImportError as error:
        raise EngineError(f"PuLP cannot be loaded ({error}); install pulp>=3.3,<4.") from error
    header = request.header
    # PuLP 3 warns of what PuLP 4 will drop; the version is pinned.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _check_available(pulp, header["solver"])
        problem, variables = _problem(pulp, request)
        if _bare_row_breaks(request):
            reply.done("Infeasible/No Solution Exists")
            return
        if not variables:
            # Nothing to decide: command-line solvers take no such model.
            reply.done("Optimal/Optimal Solution Found", _rest(request), 0.0)
            return
        limit = max(header["seconds"] - (time.monotonic() - began), 0.01)
        solver, gap = _solver(pulp, request, limit)
        called = time.monotonic()
        problem.solve(solver)
        spent = time.monotonic() - called
    native = f"{pulp.LpStatus[problem.status]}/{pulp.LpSolution[problem.sol_status]}"
    found = [variable.value() for variable in variables.values()]
    has_solution = problem.sol_status in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible)
    if not has_solution or any(value is None for value in found):
        reply.done(native)
        return
    x = _rest(request)
    x[list(variables)] = found
    bound = None
    if VERDICTS.get(native) is Verdict.OPTIMAL:
        if spent > LATE * limit:
            native = "Optimal/Solution Found"
        else:
            value = float(request.cost @ x)
            bound = value - gap * abs(value)
    reply.done(native, x, bound)


def _check_available(pulp: Any, name: str) -> None:
    available = pulp.listSolvers(onlyAvailable=True)
    if name not in available:
        known = "not available here" if name in pulp.listSolvers() else "unknown to PuLP"
        raise EngineError(
            f"The PuLP solver {name!r} is {known}; available: {', '.join(f'pulp:{n}' for n in available)}."
        )


def _solver(pulp: Any, request: Request, limit: float) -> tuple[Any, float]:
    """The solver with the options it takes, and the gap to the value that its "optimal" stands for."""
    header = request.header
    # Solvers differ in whether a gap is relative to the value or to the bound. A gap of g / (1 + g) to the
    # bound is one of g to the value, and the other way round it is less.
    asked = header["gap"] / (1.0 + header["gap"])
    wanted = {
        "msg": False,
        "timeLimit": limit,
        "gapRel": asked,
        "threads": header["threads"],
        "warmStart": request.start is not None,
        "timeMode": "elapsed",
        "presolve": None if header["presolve"] else False,
    }
    name = header["solver"]
    taken = inspect.signature(getattr(pulp, name).__init__).parameters
    options = {key: value for key, value in wanted.items() if key in taken and value is not None}
    return pulp.getSolver(name, **options), header["gap"] if "gapRel" in taken else DEFAULT_GAP / (
        1.0 - DEFAULT_GAP
    )


def _bare_row_breaks(request: Request) -> bool:
    """Whether a row without entries cannot hold; PuLP writes no such rows."""
    model = request.model
    bare = np.ones(len(model["row_lower"]), dtype=np.bool_)
    bare[model["indices"]] = False
    return bool(np.any((model["row_lower"][bare] > 0) | (model["row_upper"][bare] < 0)))


def _rest(request: Request) -> npt.NDArray[np.float64]:
    """Values of columns that no row and no cost speaks of."""
    return np.array(request.model["lower"] if request.start is None else request.start)


def _problem(pulp: Any, request: Request) -> tuple[Any, dict[int, Any]]:
    """The request as PuLP objects, variables by column.

    A row with two different sides becomes two constraints. Columns without any
    entry or cost are left out: PuLP writes their bounds into files but not the
    columns, and solvers stumble over that.
    """
    model, limits = request.model, request.limits
    problem = pulp.LpProblem("yjopt", pulp.LpMinimize)
    kinds = np.where(model["integer"], "Integer", "Continuous")
    bounded = np.isfinite(model["row_lower"]) | np.isfinite(model["row_upper"])
    column_of = np.repeat(np.arange(len(request.cost)), np.diff(model["indptr"]))
    entries = bounded[model["indices"]]
    used = request.cost != 0
    used[column_of[entries]] = True
    used[limits["indices"]] = True
    variables = {
        number: pulp.LpVariable(f"x{number}", model["lower"][number], model["upper"][number], kinds[number])
        for number in np.flatnonzero(used).tolist()
    }
    problem.addVariables(variables.values())
    costs = enumerate(request.cost.tolist())
    problem.setObjective(pulp.LpAffineExpression([(variables[j], c) for j, c in costs if c]))
    terms: list[list[tuple[Any, float]]] = [[] for _ in model["row_lower"]]
    for row, column, value in zip(
        model["indices"][entries].tolist(),
        column_of[entries].tolist(),
        model["data"][entries].tolist(),
        strict=True,
    ):
        terms[row].append((variables[column], value))
    sides = list(zip(model["row_lower"].tolist(), model["row_upper"].tolist(), strict=True))
    ends = limits["indptr"].tolist()
    columns, values = limits["indices"].tolist(), limits["data"].tolist()
    for first, last, upper in zip(ends[:-1], ends[1:], limits["upper"].tolist(), strict=True):
        terms.append([(variables[columns[k]], values[k]) for k in range(first, last)])
        sides.append((-np.inf, upper))
    for row, (pairs, (low, high)) in enumerate(zip(terms, sides, strict=True)):
        if not pairs:
            continue
        wanted = [(low, pulp.LpConstraintEQ)] if low == high else []
        if low != high:
            wanted += [(low, pulp.LpConstraintGE)] if np.isfinite(low) else []
            wanted += [(high, pulp.LpConstraintLE)] if np.isfinite(high) else []
        for side, sense in wanted:
            expression = pulp.LpAffineExpression(pairs)
            problem.addConstraint(pulp.LpConstraint(expression, sense, f"r{row}_{sense}", side))
    if request.start is not None:
        for number, variable in variables.items():
            variable.setInitialValue(float(request.start[number]))
    return problem, variables


if __name__ == "__main__":
    serve(solve)
