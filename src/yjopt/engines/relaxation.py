"""The linear relaxation of a model, kept warm in a process of its own, and the bounds that it proves.

The relaxation guides (which columns a good plan uses, what a shared resource is
worth) and bounds: its duals are made integers and re-evaluated exactly by
`certificate`, so that no bound rests on the word of a solver.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Self, TypeAlias

import numpy as np

from yjopt.engines import workers
from yjopt.engines.certificate import certified_bound, reachable, rounded
from yjopt.engines.engine import Limit, trivial_bound
from yjopt.engines.handover import row_divisors
from yjopt.engines.highs import VERDICTS
from yjopt.engines.outcome import StoppedBy
from yjopt.engines.remote import GRACE, Verdict
from yjopt.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from yjopt.engines.certificate import Multipliers
    from yjopt.engines.outcome import BoundProof
    from yjopt.model.mip import FloatArray, IntArray, Mip

Statuses: TypeAlias = "npt.NDArray[np.uint8]"
"""How each column, then each row, stands in a basis, in HiGHS's numbers."""

#: Two of them.
AT_LOWER: Final = 0
BASIC: Final = 1

MODULE = "yjopt.engines.lp_worker"

SOLVER_SHARE = 0.95
"""Share of the time left that the solver is told of: a process that answers in time is kept, with all it knows."""

KEPT = 1_000_000
"""Entries up to which a process is kept for the next relaxation: at least half a gigabyte goes with more."""

DENSE = 0.5
"""An integer cost on more than this share of the columns, such as travel time, is solved from scratch when it is
new: at 850 towns 7 s of processor time where the primal method from the optimum before had not ended after 17. Where
few columns have a cost it is the other way round (0.1 to 6 s), and where weights of a sum have changed (0.3 to 2.6)."""


@dataclass(frozen=True, eq=False)
class RelaxedOutcome:
    """Answer to one minimisation of the relaxation.

    Attributes
    ----------
    stopped_by : StoppedBy
        `PROOF` when the solver calls its answer optimal or the programme infeasible.
    infeasible : bool
        The solver's word, no proof.
    values : float64[columns] or None
        The vector; not optimal, and perhaps outside of bounds, when stopped early.
    reduced : float64[columns] or None
        Reduced costs, in units of the cost.
    duals : float64[rows] or None
        In cost per unit of the row. When stopped early they prove less, yet something.
    limit_duals : float64[limits] or None
        In cost per unit of the limit's coefficients, at most 0.
    objective : float or None
        ``cost @ values``.
    iterations : int
        Of the simplex method.
    processor_seconds : float
        Processor time of the solver's process.
    detail : str
        One sentence on what went wrong; "" when nothing did.
    """

    stopped_by: StoppedBy
    infeasible: bool = False
    values: FloatArray | None = None
    reduced: FloatArray | None = None
    duals: FloatArray | None = None
    limit_duals: FloatArray | None = None
    objective: float | None = None
    iterations: int = 0
    processor_seconds: float = 0.0
    detail: str = ""

    @property
    def optimal(self) -> bool:
        """Whether the solver calls the vector optimal."""
        return self.stopped_by is StoppedBy.PROOF and not self.infeasible


@dataclass(frozen=True, eq=False)
class RelaxedBound:
    """A certified bound of one integer cost, and what it came from.

    Attributes
    ----------
    bound : int
        In quanta, without the offset of the stage.
    bound_proof : {"certificate", "trivial"}
        `trivial` where the column bounds alone prove as much.
    multipliers : Multipliers or None
        Those that `certificate.certified_bound` makes this bound of.
    outcome : RelaxedOutcome
    seconds : float
        Wall clock, the evaluation included.
    """

    bound: int
    bound_proof: BoundProof
    multipliers: Multipliers | None
    outcome: RelaxedOutcome
    seconds: float


@dataclass(eq=False)
class Relaxation:
    """The linear relaxation of one model; use it as a context manager, or `close` it.

    The process starts with the first minimisation. It is ended at a deadline that
    the solver does not keep, at Ctrl-C and on any error; the next minimisation then
    goes on in a new one, from the last optimal basis that was sent over.

    Parameters
    ----------
    mip : Mip
    seed : int
        Seed of the solver's random choices.
    stop : callable, optional
        Asked while the solver runs; where it answers True the process is ended, as at a deadline.
    """

    mip: Mip
    seed: int = 0
    stop: Callable[[], bool] | None = None
    _worker: workers.Worker | None = field(default=None, init=False, repr=False)
    _recalled: dict[str, Any] = field(default_factory=dict, init=False, repr=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the process back for later use, or end it where it has grown large; again does nothing."""
        worker, self._worker = self._worker, None
        if worker is None:
            return
        if self.mip.num_nonzeros <= KEPT:
            workers.release(worker)
        else:
            # What a solver has taken it does not give back, and for a country's districts that comes to gigabytes.
            worker.kill()

    @property
    def basis(self) -> Statuses | None:
        """Statuses of columns and rows at the last optimum that took more than a moment."""
        return self._recalled.get("basis")

    def minimise(
        self,
        cost: FloatArray | IntArray,
        *,
        limits: Sequence[Limit] = (),
        lower: FloatArray | None = None,
        upper: FloatArray | None = None,
        basis: Statuses | None = None,
        deadline: float,
    ) -> RelaxedOutcome:
        """Minimise ``cost @ x`` over the relaxation.

        Parameters
        ----------
        cost : float64[columns] or int64[columns]
            Reals go to the solver as they are, so they should be near 1 (natural units, not quanta);
            integers are brought near 1 by a power of two, and the answer back.
        limits : sequence of Limit
            Extra rows; nothing is kept of those of earlier calls.
        lower, upper : float64[columns], optional
            Column bounds instead of the model's, for this call.
        basis : uint8[columns + rows], optional
            To begin with, by the dual method; it need not be feasible in any way, nor quite a basis.
        deadline : float
            On the clock of `time.monotonic`.

        Raises
        ------
        EngineError
            If the solver is missing, or a number is not finite.
        """
        if len(cost) != self.mip.num_columns:
            raise EngineError(
                f"A cost for each of {self.mip.num_columns} columns is needed, not {len(cost)}."
            )
        whole = np.issubdtype(np.asarray(cost).dtype, np.integer)
        factor = near_one(cost) if whole else 1.0
        scaled = np.asarray(cost, dtype=np.float64) * factor
        header: dict[str, Any] = {
            "warm": True,
            "dense": bool(whole and np.count_nonzero(cost) > DENSE * len(cost)),
            "restricted": lower is not None or upper is not None,
            "begins": basis is not None,
        }
        arrays: dict[str, Any] = {"cost": scaled, **_limit_arrays(limits)}
        if header["restricted"]:
            arrays["lower"] = self.mip.lower if lower is None else np.asarray(lower, dtype=np.float64)
            arrays["upper"] = self.mip.upper if upper is None else np.asarray(upper, dtype=np.float64)
        if basis is not None:
            arrays["basis"] = basis
        try:
            outcome = self._ask(header, arrays, deadline)
            if outcome.stopped_by is StoppedBy.ERROR:
                # The same once more in a new process, without presolve, before it is believed.
                outcome = self._ask({**header, "warm": False, "begins": False}, arrays, deadline)
        except KeyboardInterrupt:
            outcome = RelaxedOutcome(StoppedBy.INTERRUPT)
        return self._in_units_of(outcome, np.asarray(cost, dtype=np.float64), factor, limits)

    def bound(self, cost: IntArray, *, limits: Sequence[Limit] = (), deadline: float) -> RelaxedBound:
        """Minimise an integer cost and certify what the duals prove.

        Parameters
        ----------
        cost : int64[columns]
            In quanta.
        limits : sequence of Limit
        deadline : float
            On the clock of `time.monotonic`.
        """
        began = time.monotonic()
        outcome = self.minimise(cost, limits=limits, deadline=deadline)
        bound = trivial_bound(self.mip, cost)
        proof: BoundProof = "trivial"
        multipliers: Multipliers | None = None
        if outcome.duals is not None:
            multipliers = rounded(outcome.duals, outcome.limit_duals)
            certified = certified_bound(self.mip, cost, multipliers, tuple(limits))
            if certified > bound:
                bound, proof = certified, "certificate"
        return RelaxedBound(bound, proof, multipliers, outcome, time.monotonic() - began)

    def _ask(self, header: dict[str, Any], arrays: dict[str, Any], deadline: float) -> RelaxedOutcome:
        """One request; the process is ended unless it has answered and is sound."""
        if deadline - time.monotonic() <= 0:
            return RelaxedOutcome(StoppedBy.TIME)
        worker = self._worker
        if worker is None or not worker.alive:
            if worker is not None:
                worker.kill()
            worker = workers.acquire(MODULE)
            arrays = arrays if header["begins"] else {**arrays, **self._recalled}
        self._worker = None
        sound = False
        try:
            key = worker.offer(self.mip)
            seconds = SOLVER_SHARE * max(deadline - time.monotonic(), 0.0)
            worker.send(
                {"kind": "minimise", "key": key, "seconds": seconds, "seed": self.seed, **header}, arrays
            )
            frame = self._listen(worker, deadline)
            if frame is None:
                return RelaxedOutcome(StoppedBy.TIME)
            outcome = _outcome(*frame)
            if outcome.optimal and "basis" in frame[1]:
                self._recalled = {"basis": frame[1]["basis"], "start": outcome.values}
            sound = outcome.stopped_by in (StoppedBy.PROOF, StoppedBy.TIME)
            return outcome
        except workers.WorkerDied as death:
            stopped_by = StoppedBy.MEMORY if death.killed else StoppedBy.ERROR
            return RelaxedOutcome(stopped_by, detail=f"The relaxation's process broke off, {death}.")
        finally:
            if sound:
                self._worker = worker
            else:
                worker.kill()

    def _listen(self, worker: workers.Worker, deadline: float) -> workers.Frame | None:
        """The answer, or None when time is up."""
        while (now := time.monotonic()) < deadline + GRACE and not (self.stop and self.stop()):
            frame = worker.receive(min(deadline + GRACE - now, 0.1))
            if frame is not None:
                return frame
        return None

    @cached_property
    def _divisors(self) -> IntArray:
        return row_divisors(self.mip)

    def _in_units_of(
        self, outcome: RelaxedOutcome, cost: FloatArray, factor: float, limits: Sequence[Limit]
    ) -> RelaxedOutcome:
        """The answer for the cost, rows and limits as they were given, not as the solver saw them."""
        factors = np.array([near_one(limit.coefficients) for limit in limits])
        return replace(
            outcome,
            reduced=None if outcome.reduced is None else outcome.reduced / factor,
            duals=None if outcome.duals is None else outcome.duals / self._divisors / factor,
            limit_duals=None if outcome.limit_duals is None else outcome.limit_duals * factors / factor,
            objective=None if outcome.values is None else float(cost @ outcome.values),
        )


def near_one(coefficients: npt.NDArray[Any]) -> float:
    """The power of two that brings the geometric mean of the coefficients that are not 0 near 1."""
    sizes = np.abs(np.asarray(coefficients, dtype=np.float64))
    sizes = sizes[sizes > 0]
    return 2.0 ** -round(float(np.log2(sizes).mean())) if len(sizes) else 1.0


def _limit_arrays(limits: Sequence[Limit]) -> dict[str, npt.NDArray[Any]]:
    factors = [near_one(limit.coefficients) for limit in limits]
    rows = [limit.coefficients * factor for limit, factor in zip(limits, factors, strict=True)]
    sides = [reachable(limit) * factor for limit, factor in zip(limits, factors, strict=True)]
    empty = np.zeros(0)
    return {
        "limit_indptr": np.cumsum([0, *(len(row) for row in rows)]).astype(np.int32),
        "limit_indices": np.concatenate([empty, *(limit.columns for limit in limits)]).astype(np.int32),
        "limit_data": np.concatenate([empty, *rows]),
        "limit_upper": np.array(sides, dtype=np.float64),
    }


def _outcome(header: dict[str, Any], arrays: dict[str, Any]) -> RelaxedOutcome:
    if header["kind"] == "error":
        if header["reason"] == "unusable":
            raise EngineError(header["message"])
        stopped_by = StoppedBy.MEMORY if header["reason"] == "memory" else StoppedBy.ERROR
        return RelaxedOutcome(stopped_by, detail=header["message"])
    native = header["native"]
    verdict = VERDICTS.get(native, Verdict.FAILED)
    if not all(np.isfinite(array).all() for array in arrays.values()):
        return RelaxedOutcome(StoppedBy.ERROR, detail="The solver answered with numbers that are not finite.")
    complete = {"x", "duals"} <= arrays.keys()
    if verdict is Verdict.FAILED or (verdict is Verdict.OPTIMAL and not complete):
        return RelaxedOutcome(StoppedBy.ERROR, detail=f"The solver of the relaxation answered {native}.")
    why = {
        Verdict.OPTIMAL: StoppedBy.PROOF,
        Verdict.INFEASIBLE: StoppedBy.PROOF,
        Verdict.MEMORY: StoppedBy.MEMORY,
    }
    return RelaxedOutcome(
        why.get(verdict, StoppedBy.TIME),
        infeasible=verdict is Verdict.INFEASIBLE,
        values=arrays.get("x"),
        reduced=arrays.get("reduced"),
        duals=arrays.get("duals"),
        limit_duals=arrays.get("limit_duals"),
        iterations=header["iterations"],
        processor_seconds=header["processor"],
    )
