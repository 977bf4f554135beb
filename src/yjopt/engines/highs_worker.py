"""The HiGHS process: ``python -m yjopt.engines.highs_worker``; with `lp_worker` the only file that imports highspy.

The matrix goes over in one call, in column form. Every call's status is looked
at, and what arrived is counted, because HiGHS answers "optimal" for the model
left behind by a call that failed. A fresh object is used for every request:
HiGHS reuses nothing between integer solves but the solution, and that is passed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from yjopt.engines.serving import serve
from yjopt.errors import EngineError

if TYPE_CHECKING:
    from yjopt.engines.serving import Reply, Request

ENUMERATION = 1 << 16
"""The presolve rule of HiGHS 1.15.1 that is left out: it has called models with a plan infeasible, and then the
start optimal where a better plan existed (3 of 300 tiny scenarios under the command rules)."""

_threads_in_use = 0


def solve(request: Request, reply: Reply) -> None:
    """Minimise one request with HiGHS and send what it finds."""
    try:
        import highspy
    except ImportError as error:
        raise EngineError(f"HiGHS cannot be loaded ({error}); install highspy>=1.15.1,<1.16.") from error
    global _threads_in_use
    header = request.header
    if _threads_in_use != header["threads"]:
        # The scheduler is global; without this a second thread count is an error.
        highspy.Highs.resetGlobalScheduler(True)
        _threads_in_use = header["threads"]
    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call, unused-ignore]

    def checked(status: Any, what: str) -> None:
        if status == highspy.HighsStatus.kError:
            raise RuntimeError(f"HiGHS refused {what}")

    options = {
        # Without output there are no log events, and so no bounds on the way.
        "output_flag": True,
        "log_to_console": False,
        "threads": header["threads"],
        "random_seed": header["seed"],
        "time_limit": max(header["seconds"], 1e-3),
        # Often enough that silence means a hang, see remote.
        "mip_min_logging_interval": min(5.0, header["seconds"] / 10),
        "mip_rel_gap": header["gap"],
        "mip_abs_gap": header["absolute"],
        "mip_feasibility_tolerance": header["tolerance"],
        "presolve": "choose" if header["presolve"] else "off",
        "presolve_rule_off": ENUMERATION,
    }
    for name, value in options.items():
        checked(highs.setOptionValue(name, value), f"the option {name}")
    _pass_model(highs, highspy, request, checked)
    if request.start is not None:
        start = highspy.HighsSolution()
        start.col_value = request.start
        # A start that HiGHS does not like is no loss: the parent holds it already.
        highs.setSolution(start)
    best = -np.inf

    def on_incumbent(event: Any) -> None:
        reply.incumbent(np.array(event.data_out.mip_solution, dtype=np.float64))

    def on_log(event: Any) -> None:
        nonlocal best
        bound = event.data_out.mip_dual_bound
        if np.isfinite(bound) and bound > best:
            best = bound
            reply.bound(bound)
        else:
            reply.alive()

    whole = bool(request.model["integer"].any())
    if whole:
        highs.cbMipImprovingSolution.subscribe(on_incumbent)
        highs.cbMipLogging.subscribe(on_log)
    checked(highs.run(), "to run")
    _finish(highs, highspy, reply, whole)


def _pass_model(highs: Any, highspy: Any, request: Request, checked: Any) -> None:
    model, limits = request.model, request.limits
    columns, rows, nonzeros = len(request.cost), len(model["row_lower"]), len(model["data"])
    checked(
        highs.passModel(
            columns,
            rows,
            nonzeros,
            int(highspy.MatrixFormat.kColwise),
            int(highspy.ObjSense.kMinimize),
            0.0,
            request.cost,
            model["lower"],
            model["upper"],
            model["row_lower"],
            model["row_upper"],
            model["indptr"],
            model["indices"],
            model["data"],
            _integrality(request),
        ),
        "the model",
    )
    extra = len(limits["upper"])
    if extra:
        checked(
            highs.addRows(
                extra,
                np.full(extra, -np.inf),
                limits["upper"],
                len(limits["data"]),
                limits["indptr"][:-1].astype(np.int32),
                limits["indices"].astype(np.int32),
                limits["data"],
            ),
            "the rows of the earlier stages",
        )
    arrived = (highs.getNumCol(), highs.getNumRow(), highs.getNumNz())
    sent = (columns, rows + extra, nonzeros + len(limits["data"]))
    if arrived != sent:
        raise RuntimeError(f"HiGHS holds a model of {arrived} where {sent} was sent")


def _integrality(request: Request) -> Any:
    """Every column of a model with integers is handed over as one, unless mixed types are asked for.

    With continuous flows beside integers the presolve of HiGHS 1.15.1 has called a model with a plan infeasible, and
    then "optimal"; whoever asks for them leaves presolve out.
    """
    integer = request.model["integer"].astype(np.int32)
    return integer if request.header["mixed"] else np.full(len(integer), integer.any(), dtype=np.int32)


def _finish(highs: Any, highspy: Any, reply: Reply, whole: bool) -> None:
    status = highs.getModelStatus()
    info = highs.getInfo()
    solution = highs.getSolution()
    x = None
    feasible = info.primal_solution_status == int(highspy.SolutionStatus.kSolutionStatusFeasible)
    if solution.value_valid and feasible:
        x = np.array(solution.col_value, dtype=np.float64) + 0.0
    bound: float | None = None
    if whole:
        bound = info.mip_dual_bound
        if status == highspy.HighsModelStatus.kOptimal and not np.isfinite(bound):
            raise RuntimeError("HiGHS says optimal and has no bound")
    elif status == highspy.HighsModelStatus.kOptimal:
        bound = info.objective_function_value
    reply.done(status.name, x, bound)


if __name__ == "__main__":
    serve(solve)
