"""An engine whose solver runs in a process of its own: what HiGHS and the PuLP bridge share.

The process streams every better vector and bound. The parent checks each vector
exactly, keeps the best, and ends the process at the deadline or at Ctrl-C, so
an answer never depends on the solver keeping its word.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from yjopt.engines import workers
from yjopt.engines.engine import SingleOutcome
from yjopt.engines.outcome import StoppedBy
from yjopt.engines.outcome import gap as relative_gap
from yjopt.engines.search import Scaled, Search
from yjopt.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from yjopt.engines.engine import Limit, Progress
    from yjopt.model.mip import IntArray, Mip

GRACE = 0.15
"""Seconds after the deadline before a process that has not answered is ended."""

QUIET_NONZEROS = 20_000
"""A model below this size on which a solver falls silent for half its time is taken to hang."""

USUAL, TIGHT = 1e-6, 1e-9
"""Distance from a whole number at which a solver takes a value for one. Of 3,084 random runs with column
bounds up to a million HiGHS 1.15.1 called a worse plan optimal, or a model with a plan infeasible, in 3 at 1e-6
and in 31 at 1e-9."""

SOLVER_ERROR = 2e-6
"""Relative distance of value and bound that a solver in floating point may call none."""


class Verdict(Enum):
    """What a solver's own status means to us."""

    OPTIMAL = auto()
    """Within the gaps that were asked for."""
    INFEASIBLE = auto()
    TIME = auto()
    MEMORY = auto()
    STOPPED = auto()
    """Ended early for another reason; what it found may be used."""
    FAILED = auto()
    """Broke down: asked again with presolve off before it is believed."""


@dataclass(frozen=True)
class Reply:
    """The end of one request: what it means, the last vector, a sentence."""

    verdict: Verdict
    x: Any = None
    detail: str = ""


class RemoteEngine:
    """Minimises by sending the model to a worker process.

    Parameters
    ----------
    threads : int
        Threads inside one solver call.
    seed : int
        Seed of the solver's random choices.
    stop : callable, optional
        Asked while the solver runs; where it answers True the search ends, as at a deadline.
    """

    module: ClassVar[str]
    """Module of the worker."""
    verdicts: ClassVar[Mapping[str, Verdict]]
    """Every native status word and what it means."""
    streams: ClassVar[bool] = True
    """Whether the solver reports while it works, so that silence means something."""
    solver: str = ""
    """Name of the solver inside the worker, where it has several."""

    def __init__(self, *, threads: int = 1, seed: int = 0, stop: Callable[[], bool] | None = None) -> None:
        self._threads = threads
        self._seed = seed
        self._stop = stop

    def minimise(
        self,
        mip: Mip,
        cost: IntArray,
        *,
        limits: tuple[Limit, ...] = (),
        start: IntArray | None = None,
        gap: float = 0.0,
        deadline: float,
        on_progress: Progress | None = None,
    ) -> SingleOutcome:
        """Minimise ``cost @ x``, see `engine.Engine.minimise`.

        Raises
        ------
        EngineError
            If the solver is missing, or the start breaks a row.
        """
        search = Search(mip, cost, limits, start, on_progress)
        if search.closed():
            return _answer(search, StoppedBy.PROOF)
        if deadline - time.monotonic() <= 0:
            return _answer(search, StoppedBy.TIME)
        try:
            reply = self._search(search, gap, deadline)
        except KeyboardInterrupt:
            return _answer(search, StoppedBy.INTERRUPT)
        search.settle_bound()
        if reply.verdict is Verdict.INFEASIBLE and search.x is None:
            return _answer(search, StoppedBy.PROOF, infeasible=True)
        if search.closed():
            return _answer(search, StoppedBy.PROOF)
        proven = gap if reply.verdict is not Verdict.OPTIMAL else max(gap, SOLVER_ERROR)
        if search.value is not None and relative_gap(search.value, search.bound) <= proven:
            return _answer(search, StoppedBy.GAP)
        if reply.verdict is Verdict.OPTIMAL:
            reply = Reply(Verdict.FAILED, detail="its best vector breaks a row once it is rounded")
        why = {Verdict.TIME: StoppedBy.TIME, Verdict.MEMORY: StoppedBy.MEMORY}
        stopped_by = why.get(reply.verdict, StoppedBy.ERROR)
        detail = f"The solver stopped early: {reply.detail}." if reply.detail else ""
        return _answer(search, stopped_by, detail=detail)

    def _search(self, search: Search, gap: float, deadline: float) -> Reply:
        """Solve, again without presolve where the first answer is not to be believed, and make whole."""
        # Where columns are only implied integers, a little time is kept to make the last vector whole.
        now = time.monotonic()
        stop = deadline - (0.0 if search.mip.integer.all() else 0.03 * (deadline - now))
        may_hang = self.streams and search.mip.num_nonzeros <= QUIET_NONZEROS and search.mip.integer.any()
        quiet = 0.5 * (stop - now) if may_hang else None
        reply = self._ask(search, gap, stop, quiet=quiet)
        if reply.verdict in (Verdict.INFEASIBLE, Verdict.FAILED):
            second = self._ask(search, gap, stop, presolve=False)
            if reply.verdict is Verdict.INFEASIBLE and second.verdict is Verdict.TIME:
                second = Reply(Verdict.TIME, detail="it called the model infeasible and could not confirm it")
            reply = second
        if search.rough is not None:
            self._make_whole(search, search.rough, gap, deadline)
        return reply

    def _make_whole(self, search: Search, rough: Any, gap: float, deadline: float) -> None:
        """Find whole values for implied integers that rounding alone does not mend."""
        fixed = np.where(search.mip.integer, np.clip(np.rint(rough), search.mip.lower, search.mip.upper), 0.0)
        lower = np.where(search.mip.integer, fixed, search.mip.lower)
        upper = np.where(search.mip.integer, fixed, search.mip.upper)
        before = search.value
        for whole in (search.mip.integer & False, search.mip.integer | True):
            if time.monotonic() < deadline:
                self._ask(search, 0.0, deadline, bounds=(lower, upper), integer=whole)
            if search.value != before:
                return
        # Entries of millions turn an integer that is off by 1e-6 into a broken row. A tighter tolerance mends
        # that, but HiGHS errs more often with it, so it is not the rule.
        self._ask(search, gap, deadline, integer=search.mip.integer | True, tolerance=TIGHT)

    def _ask(
        self,
        search: Search,
        gap: float,
        deadline: float,
        *,
        quiet: float | None = None,
        presolve: bool = True,
        bounds: tuple[Any, Any] | None = None,
        integer: Any = None,
        tolerance: float = USUAL,
        is_mixed: bool = False,
    ) -> Reply:
        """One request to a worker; the worker is ended unless it has answered and is sound."""
        seconds = deadline - time.monotonic()
        if seconds <= 0:
            return Reply(Verdict.TIME)
        worker = workers.acquire(self.module)
        answered = False
        try:
            key = worker.offer(search.mip)
            header, arrays = self._request(search, gap, seconds, presolve, tolerance)
            header["mixed"] = is_mixed
            if bounds is not None:
                arrays["lower"], arrays["upper"] = bounds
            if integer is not None:
                arrays["integer"] = integer.astype(np.uint8)
            worker.send({"kind": "minimise", "key": key, **header}, arrays)
            # A bound under changed bounds is no bound of the whole.
            reply = self._listen(worker, search, deadline, quiet, believe_bounds=bounds is None)
            answered = reply is not None and reply.verdict not in (Verdict.FAILED, Verdict.MEMORY)
            return reply or Reply(Verdict.TIME)
        except workers.WorkerDied as death:
            verdict = Verdict.MEMORY if death.killed else Verdict.FAILED
            return Reply(verdict, detail=f"its process broke off, {death}")
        finally:
            if answered:
                workers.release(worker)
            else:
                worker.kill()

    def _request(
        self, search: Search, gap: float, seconds: float, presolve: bool, tolerance: float
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        rows = [Scaled.of(limit.coefficients) for limit in search.limits]
        sides = [row.upper(limit.upper) for row, limit in zip(rows, search.limits, strict=True)]
        empty = np.zeros(0)
        arrays = {
            "cost": search.scaled.values,
            "limit_indptr": np.cumsum([0, *(len(row.values) for row in rows)]).astype(np.int32),
            "limit_indices": np.concatenate([empty, *(limit.columns for limit in search.limits)]).astype(
                np.int32
            ),
            "limit_data": np.concatenate([empty, *(row.values for row in rows)]),
            "limit_upper": np.array(sides, dtype=np.float64),
        }
        if search.x is not None:
            arrays["start"] = search.x.astype(np.float64)
        header = {
            # A hair less than asked, so that rounding never leaves us just above.
            "gap": max(0.0, 0.999 * gap - 2e-6),
            "absolute": (1 - 1e-4) * search.scaled.factor,
            "seconds": seconds,
            "seed": self._seed,
            "threads": self._threads,
            "presolve": presolve,
            "tolerance": tolerance,
            "solver": self.solver,
        }
        return header, arrays

    def _listen(
        self,
        worker: workers.Worker,
        search: Search,
        deadline: float,
        quiet: float | None,
        *,
        believe_bounds: bool,
    ) -> Reply | None:
        """Take what comes until the end, None when time is up; `quiet` seconds of silence are a failure."""
        heard = time.monotonic()
        while (now := time.monotonic()) < deadline + GRACE and not (self._stop and self._stop()):
            if quiet is not None and now - heard > quiet and now < deadline:
                return Reply(Verdict.FAILED, detail="it was silent for half its time")
            frame = worker.receive(min(deadline + GRACE - now, 0.1))
            if frame is None:
                continue
            heard = time.monotonic()
            header, arrays = frame
            if header["kind"] == "incumbent":
                search.consider(arrays["x"])
            elif header["kind"] == "bound":
                if believe_bounds:
                    search.raise_bound(header["bound"])
            elif header["kind"] == "error":
                return self._error(header)
            elif header["kind"] == "done":
                return self._done(header["native"], arrays.get("x"), search)
        return None

    def _done(self, native: str, x: Any, search: Search) -> Reply:
        verdict = self.verdicts.get(native)
        if verdict is None:
            return Reply(Verdict.FAILED, detail=f"it answered {native!r}, which yjopt does not know")
        if x is not None:
            search.consider(x)
        if verdict is Verdict.INFEASIBLE and search.x is not None:
            return Reply(Verdict.FAILED, detail="it called a model infeasible that has a plan")
        return Reply(
            verdict, x, "" if verdict in (Verdict.OPTIMAL, Verdict.TIME) else f"it answered {native}"
        )

    @staticmethod
    def _error(header: dict[str, Any]) -> Reply:
        if header["reason"] == "unusable":
            raise EngineError(header["message"])
        verdict = Verdict.MEMORY if header["reason"] == "memory" else Verdict.FAILED
        return Reply(verdict, detail=str(header["message"]).rstrip("."))


def _answer(
    search: Search, stopped_by: StoppedBy, *, infeasible: bool = False, detail: str = ""
) -> SingleOutcome:
    search.settle_bound()
    return SingleOutcome(
        x=search.x,
        value=search.value,
        bound=None if infeasible else search.bound,
        bound_proof="none" if infeasible else search.bound_proof,
        stopped_by=stopped_by,
        infeasible=infeasible,
        detail=detail,
    )
