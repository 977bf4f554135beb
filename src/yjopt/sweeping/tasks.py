"""One variant planned: what a process is told, and what it answers. The same code for every executor."""

from __future__ import annotations

import pickle
import time
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from yjopt.api import solve
from yjopt.errors import ScenarioError, YjoptError
from yjopt.sweeping.base import Starting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yjopt.generation.changes import Variant
    from yjopt.plan import Plan, StageResult
    from yjopt.sweeping.base import Base

FAILED: Final = "failed"
"""The variant is no scenario, or something broke; the error says what."""
LATE: Final = "late"
"""Not done by the deadline of a task."""
NOT_RUN: Final = "not_run"
"""Not reached before the sweep was ended."""

Keep = Literal["", "plan", "write"]


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How each plan is sought, see `yjopt.solve`."""

    gap: float
    time_limit: float
    engine: str
    objective: str
    seed: int


@dataclass(frozen=True, kw_only=True)
class Task:
    """One variant to be planned.

    Parameters
    ----------
    number : int
        Its place among the variants, from 0.
    variant : Variant
    terms : Terms
    keep_plan : bool
        Send the plan back.
    folder : str
        Write the plan there; blank: do not.
    """

    number: int
    variant: Variant
    terms: Terms
    keep_plan: bool = False
    folder: str = ""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What became of a variant.

    Parameters
    ----------
    number : int
        Of the task.
    status : str
        Of the plan, or ``failed``, ``late``, ``not_run``.
    stopped_by : str
        Of the plan; blank without one.
    stages : tuple of StageResult
        Empty without a plan.
    gap, avoidable : float or None
        Of the plan.
    seconds : float
        By the clock, from the variant's tables to its answer.
    phases : mapping of str to float
        Seconds per phase of the solve, and ``change``: making and checking the scenario; ``carry``: carrying the
        base's plan over; ``write``.
    error : str
        One sentence; blank when all went well.
    plan : Plan or None
        If it was asked for.
    """

    number: int
    status: str
    stopped_by: str = ""
    stages: tuple[StageResult, ...] = ()
    gap: float | None = None
    avoidable: float | None = None
    seconds: float = 0.0
    phases: Mapping[str, float] | None = None
    error: str = ""
    plan: Plan | None = None


def perform(base: Base, task: Task) -> Answer:
    """Plan one variant. Whatever goes wrong with it becomes its answer, so that no other variant is lost.

    Parameters
    ----------
    base : Base
        What the variant changes.
    task : Task
    """
    began = time.perf_counter()
    try:
        scenario = task.variant.apply(base.varied)
        changed = time.perf_counter()
        terms = task.terms
        starting = None if base.vector is None else Starting(base.vector, terms.time_limit)
        plan = solve(
            scenario,
            gap=terms.gap,
            time_limit=terms.time_limit,
            engine=terms.engine,
            objective=terms.objective,
            seed=terms.seed,
            replanning=starting,
        )
        phases = {"change": round(changed - began, 6), **plan.seconds}
    except ScenarioError as error:
        return _failed(task, _first_finding(error), began)
    except (YjoptError, MemoryError) as error:
        return _failed(task, str(error) or "There was not enough memory.", began)
    except Exception as error:
        # A mistake of ours in one variant must not cost the others.
        return _failed(task, f"{type(error).__name__}: {error}", began)
    answer = Answer(
        number=task.number,
        status=plan.status,
        stopped_by=plan.stopped_by,
        stages=plan.stage_results if plan.tables else (),
        gap=plan.gap if plan.tables else None,
        avoidable=plan.avoidable if plan.tables else None,
        seconds=time.perf_counter() - began,
        phases=phases,
        error="" if plan.tables else " ".join(plan.notes),
        plan=replace(plan, trace=()) if task.keep_plan and plan.tables else None,
    )
    return written(answer, plan, task.folder) if task.folder and plan.tables else answer


def written(answer: Answer, plan: Plan, folder: str) -> Answer:
    """The answer after its plan was written; a disk that refuses costs the folder, not the figures."""
    began = time.perf_counter()
    try:
        plan.write(folder)
    except YjoptError as error:
        return replace(answer, error=f"The plan was not written: {error}")
    seconds = time.perf_counter() - began
    phases = {**(answer.phases or {}), "write": round(seconds, 6)}
    return replace(answer, phases=phases, seconds=answer.seconds + seconds)


#: What this process was sent last, by its key.
_bases: OrderedDict[str, Base] = OrderedDict()
_MOST_BASES: Final = 2


def perform_packed(packed: bytes, key: str, task: Task) -> Answer:
    """`perform` for executors that know no shared data: the base is unpacked once per process.

    Parameters
    ----------
    packed : bytes
        The pickled base.
    key : str
        What tells it from others: its hash.
    task : Task
    """
    base = _bases.get(key)
    if base is None:
        base = pickle.loads(packed)
        _bases[key] = base
        while len(_bases) > _MOST_BASES:
            # Threads of one process share the table: another may have been quicker.
            _bases.pop(next(iter(_bases)), None)
    return perform(base, task)


def _failed(task: Task, error: str, began: float) -> Answer:
    return Answer(number=task.number, status=FAILED, error=error, seconds=time.perf_counter() - began)


def _first_finding(error: ScenarioError) -> str:
    wrong = [finding for finding in error.findings if finding.severity == "error"]
    more = f" ({len(wrong) - 1:,} more like it or others)" if len(wrong) > 1 else ""
    return f"{wrong[0]}{more}" if wrong else str(error)
