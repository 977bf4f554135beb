"""One solve: stages in order, independent parts apart, one time limit for all.

Stage k is minimised while every earlier stage is held at the value the plan has
reached (plus a stated tolerance), starting from the plan at hand. Its bound is
conditional: the best f_k among plans as good as ours before (definition 16).
Holding a value of a part never cuts off the part's own plan, so a bound found
once stays valid when later work improves an earlier stage.
"""

from __future__ import annotations

import dataclasses
import logging
import time
from typing import TYPE_CHECKING

import numpy as np

from yjopt.engines.choice import as_network, explained
from yjopt.engines.components import between, cheaper_bounds, neighbourhood, split
from yjopt.engines.engine import Limit, trivial_bound
from yjopt.engines.events import Trace
from yjopt.engines.flow import settled
from yjopt.engines.outcome import Outcome, StageOutcome, Status, StoppedBy, gap
from yjopt.errors import EngineError

if TYPE_CHECKING:
    from yjopt.engines.components import Part
    from yjopt.engines.engine import Engine, SingleOutcome
    from yjopt.engines.outcome import BoundProof
    from yjopt.engines.params import Params
    from yjopt.model.mip import IntArray, Mip, Stage

HARD_STAGE = "hard_rules"
"""A first stage of this name counts broken hard rules: what is proven above 0 is impossible."""

FIRST_SHARE = 0.5
"""Share of the time left that a stage may use while others wait."""

LEAST_SHARE = 0.01
"""Share of the whole time that is kept for every later stage."""

BETWEEN_SHARE, NEAR_SHARE = 0.25, 0.6
"""Shares of a stage's time left for a search between plan and start, and for one in the stage's families; the
search over all, which also proves the bound, has the rest."""

LEAST_SECONDS = 0.05
"""Less than this is not worth asking a solver for."""

LATE_SECONDS = 0.1
"""So long after the time limit a polish may still end."""

AGAIN = 0.2
"""While more than this share of the time is left, stages not within the gap are taken up again."""

_log = logging.getLogger("yjopt")

_WEAKEST_FIRST: tuple[BoundProof, ...] = ("solver", "certificate")
_GRAVITY = (StoppedBy.INTERRUPT, StoppedBy.MEMORY, StoppedBy.ERROR, StoppedBy.TIME)


class Run:
    """State of one solve: the parts' plans, and the bounds proven so far.

    Attributes
    ----------
    settled : set of int
        Parts solved to the end as the pure networks that they are.
    told : dict of int to (int or None, int)
        Value and bound of each stage that were told last.
    """

    def __init__(self, mip: Mip, params: Params, start: IntArray | None, engine: Engine) -> None:
        self.mip, self.params, self.start, self.engine = mip, params, start, engine
        self.trace = Trace(params.on_event)
        self.told: dict[int, tuple[int | None, int]] = {}
        self.began = time.monotonic()
        self.deadline = self.began + params.time_limit
        pieces = split(mip)
        self.bare, self.free = pieces.bare, pieces.free
        self.parts = pieces.parts
        self.mips = [_part_of(mip, part) for part in self.parts]
        self.x: list[IntArray | None] = [None if start is None else start[p.columns] for p in self.parts]
        self.bounds = [[trivial_bound(p, dense(p, k)) for k in range(len(mip.stages))] for p in self.mips]
        self.held: list[dict[int, int]] = [{} for _ in self.parts]
        self.proofs: list[list[BoundProof]] = [["trivial"] * len(mip.stages) for _ in self.parts]
        self.seconds = [0.0] * len(mip.stages)
        self.settled: set[int] = set()
        self.polished: IntArray | None = None
        self.polish_seconds = params.polish_seconds
        self.fixed = np.zeros(mip.num_columns, dtype=np.int64)
        self.fixed[self.free] = cheaper_bounds(mip, self.free)
        self.reasons: set[StoppedBy] = set()
        self.infeasible = bool(len(self.bare)) and bool(
            np.any((mip.row_lower[self.bare] > 0) | (mip.row_upper[self.bare] < 0))
        )
        self.detail = "A row without columns cannot hold." if self.infeasible else ""

    def outcome(self) -> Outcome:
        """Run all stages and put the answer together."""
        try:
            self._tell()
            if not self.infeasible:
                self._find_plan()
                self._settle_networks()
                self._passes()
        except KeyboardInterrupt:
            self.reasons.add(StoppedBy.INTERRUPT)
        answer = self._answer()
        value = answer.stages[-1].value if answer.stages else None
        self.trace.add("done", "", value, answer.stages[-1].bound if answer.stages else None)
        method = explained(self.mips, self.settled, self.params)
        return dataclasses.replace(answer, trace=self.trace.events, seconds=self.trace.seconds, method=method)

    @property
    def _left(self) -> float:
        return self.deadline - time.monotonic()

    @property
    def _ended(self) -> bool:
        return self.infeasible or StoppedBy.INTERRUPT in self.reasons or self._left <= 0

    def _find_plan(self) -> None:
        """Without any stage a plan is still wanted: a cost of nothing finds one."""
        if not self.mip.stages:
            for part in range(len(self.parts)):
                self._minimise(part, None, self.deadline)

    def _settle_networks(self) -> None:
        """Solve to the end, all stages at once, what is a pure network."""
        for part, own in enumerate(self.mips):
            network = as_network(own, self.params)
            if network is None or self._ended:
                continue
            began = time.monotonic()
            until = began + FIRST_SHARE * self._left
            found = settled(own, network, deadline=until, start=self.x[part])
            if found is not None:
                self.settled.add(part)
                self.x[part] = found.x
                self.seconds[0] += time.monotonic() - began
                for stage, bound in enumerate(found.bounds):
                    self._prove(part, stage, bound, "certificate")
                self._tell()

    def _standing(self) -> list[tuple[int | None, int]]:
        """Value and bound of every stage."""
        return [(self._value(stage), self._bound(stage)) for stage in range(len(self.mip.stages))]

    def _tell(self) -> None:
        """An event for every stage with a plan of which value or bound is news.

        The first of them comes last: whoever shows one line is left with what matters most.
        """
        for stage, now in reversed(list(enumerate(self._standing()))):
            if now[0] is not None and self.told.get(stage) != now:
                self.told[stage] = now
                self.trace.add("incumbent", self.mip.stages[stage].name, *now)

    def _passes(self) -> None:
        """All stages in order; again from the first open one while there is time worth using."""
        while True:
            for stage in range(len(self.mip.stages)):
                self._stage(stage)
                self._polish(stage)
                if self._ended or (stage == 0 and self._breaks_hard_rules()):
                    return
            if self._is_closed() or self.reasons != {StoppedBy.TIME}:
                return
            if self._left < AGAIN * self.params.time_limit or any(x is None for x in self.x):
                return

    def _stage(self, stage: int) -> None:
        """Minimise one stage over all parts, the smallest first: what they leave, the large ones get."""
        began = time.monotonic()
        until = began + self._share(stage)
        sizes = [0 if self._closed(k, stage) else part.num_nonzeros for k, part in enumerate(self.mips)]
        waiting = sum(sizes)
        for part, size in enumerate(sizes):
            if self._ended:
                break
            now = time.monotonic()
            share = (until - now) * size / waiting if waiting else 0.0
            waiting -= size
            if not self._closed(part, stage):
                self._improve(part, stage, max(share, LEAST_SECONDS))
            if self.x[part] is None and not self._ended:
                # Nothing counts while a part has no plan at all: it gets what is left.
                self._minimise(part, stage, self.deadline)
        self._hold(stage)
        self.seconds[stage] += time.monotonic() - began
        self.trace.add("stage", self.mip.stages[stage].name, self._value(stage), self._bound(stage))

    def _polish(self, stage: int) -> None:
        """Let the caller better the plan after a stage, and take each part in which it did."""
        left = 0.0 if StoppedBy.INTERRUPT in self.reasons else self._left
        is_late = self.polish_seconds > left + LATE_SECONDS
        if self.params.polish is None or is_late or any(x is None for x in self.x):
            return
        if self.params.targets and self._is_closed():
            # A plan that is good enough is not to be bettered.
            return
        whole = self._vector()
        if whole is None or (self.polished is not None and np.array_equal(whole, self.polished)):
            return
        began = time.monotonic()
        better = self.params.polish(whole)
        self.polish_seconds = time.monotonic() - began
        if self.mip.is_feasible(better):
            for k, part in enumerate(self.parts):
                self._take_if_better(k, better[part.columns])
        else:
            _log.warning(
                "A polished plan breaks %s; the one at hand is kept.", self.mip.violations(better)[:1]
            )
        self.polished = self._vector()
        for done in range(stage + 1):
            self._hold(done)

    def _take_if_better(self, part: int, x: IntArray) -> None:
        """Take a vector that is better in the first stage in which it differs; later stages are held anew."""
        stages, old = self.mips[part].stages, self.x[part]
        for k, stage in enumerate(stages):
            change = 0 if old is None else stage.value(x) - stage.value(old)
            if change > 0:
                return
            if change < 0:
                self.x[part] = x
                self.held[part] = {j: value for j, value in self.held[part].items() if j < k}
                return

    def _share(self, stage: int) -> float:
        """Seconds for a stage: most for the first ones, a little kept for each later one."""
        left, after = self._left, len(self.mip.stages) - stage - 1
        if not after:
            return left
        least = LEAST_SHARE * self.params.time_limit
        return max(min(FIRST_SHARE * left, left - after * least), min(least, left))

    def _improve(self, part: int, stage: int, seconds: float) -> None:
        """Minimise a stage of a part, first in what is near the plans at hand, then over all of it.

        A solver that minimises one stage does what it likes with the later ones. So there is first a
        search between the plan and the start where the start is better in this stage, and one in which
        only the families of this stage may change, which keeps what the plan is good at.
        """
        until, mip = time.monotonic() + seconds, self.mips[part]
        x, start = self.x[part], None if self.start is None else self.start[self.parts[part].columns]
        if (
            x is not None
            and start is not None
            and mip.stages[stage].value(start) < mip.stages[stage].value(x)
        ):
            self._minimise(part, stage, until - (1 - BETWEEN_SHARE) * seconds, between(mip, x, start))
        x = self.x[part]
        near = None if x is None else neighbourhood(mip, x, mip.stages[stage].columns)
        if near is not None and not (self._ended or self._closed(part, stage)):
            left = until - time.monotonic()
            self._minimise(part, stage, until - (1 - NEAR_SHARE) * left, near)
        if not (self._ended or self._closed(part, stage)):
            self._minimise(part, stage, until)

    def _minimise(self, part: int, stage: int | None, deadline: float, near: Mip | None = None) -> None:
        mip = near or self.mips[part]
        cost = np.zeros(mip.num_columns, dtype=np.int64) if stage is None else dense(mip, stage)
        name = "" if stage is None else self.mip.stages[stage].name
        others = None if stage is None else self._value(stage, without=part)
        bound_of_others = 0 if stage is None else self._bound(stage, without=part)

        def progress(kind: str, value: int | None, bound: int | None) -> None:
            whole = None if value is None or others is None else others + value
            self.trace.add(
                "incumbent" if kind == "incumbent" else "bound",
                name,
                whole,
                None if bound is None else bound_of_others + bound,
            )

        answer = self.engine.minimise(
            mip,
            cost,
            limits=() if stage is None else self._limits(part, stage),
            start=self.x[part],
            gap=self._gap(stage),
            deadline=min(deadline, self.deadline),
            on_progress=None if near else progress,
        )
        if near:
            # Neither a bound nor the reason for an end there says anything of the whole.
            ended = {StoppedBy.INTERRUPT} & {answer.stopped_by}
            self.reasons |= ended
            answer = dataclasses.replace(answer, bound=None, stopped_by=StoppedBy.GAP, detail="")
        self._take(part, stage, answer)

    def _take(self, part: int, stage: int | None, answer: SingleOutcome) -> None:
        before = self.x[part]
        if answer.x is not None and (before is None or not np.array_equal(answer.x, before)):
            self.x[part] = answer.x
            # A better plan here may be a worse one in later stages, which are then held anew.
            for later in [k for k in self.held[part] if stage is not None and k > stage]:
                del self.held[part][later]
        if stage is not None and answer.bound is not None:
            self._prove(part, stage, answer.bound, answer.bound_proof)
        if answer.infeasible:
            self.infeasible = True
            blocks = [block.name for block in self.mips[part].row_blocks if block.size]
            self.detail = f"No vector keeps all rows of {', '.join(blocks)}."
        elif answer.stopped_by not in (StoppedBy.PROOF, StoppedBy.GAP):
            self.reasons.add(answer.stopped_by)
        if answer.detail:
            self.detail = answer.detail
            _log.warning("%s", answer.detail)

    def _prove(self, part: int, stage: int, bound: int, proof: BoundProof) -> None:
        """Keep a bound that is better."""
        if bound > self.bounds[part][stage]:
            self.bounds[part][stage], self.proofs[part][stage] = bound, proof

    def _hold(self, stage: int) -> None:
        """Hold a stage at each part's value, a tolerance shared out pro rata (definition 20)."""
        values = [self._part_value(part, stage) for part in range(len(self.parts))]
        tolerance = self.params.tolerance.get(self.mip.stages[stage].name, 0)
        total = sum(max(value, 0) for value in values)
        for held, value in zip(self.held, values, strict=True):
            share = tolerance * max(value, 0) // total if total else tolerance // len(values)
            # Never looser than before, or a later plan could drift by one tolerance after another.
            held[stage] = min(held.get(stage, value + share), value + share)

    def _limits(self, part: int, stage: int) -> tuple[Limit, ...]:
        stages = self.mips[part].stages
        return tuple(
            Limit(stages[k].columns, stages[k].coefficients, self.held[part][k])
            for k in self._held_before(part, stage)
        )

    def _held_before(self, part: int, stage: int) -> list[int]:
        """The earlier stages that a part must hold."""
        stages = self.mips[part].stages
        return [k for k in range(stage) if self.x[part] is not None and len(stages[k].columns)]

    def _part_value(self, part: int, stage: int) -> int:
        x = self.x[part]
        return 0 if x is None else self.mips[part].stages[stage].value(x)

    def _closed(self, part: int, stage: int) -> bool:
        if self.x[part] is None:
            return False
        near = gap(self._part_value(part, stage), self.bounds[part][stage]) <= self.params.gap
        return near or self._is_enough(stage)

    def _is_enough(self, stage: int) -> bool:
        """Whether a stage is, over the whole, as near to its bound as is asked for in quanta, or at its target."""
        name, value = self.mip.stages[stage].name, self._value(stage)
        if value is None:
            return False
        near = value - self._bound(stage) <= self.params.enough.get(name, -1)
        return near or (name in self.params.targets and value <= self.params.targets[name])

    def _gap(self, stage: int | None) -> float:
        """Relative gap at which a solver may stop."""
        value = None if stage is None else self._value(stage)
        if stage is None or not value:
            return self.params.gap
        return max(self.params.gap, self.params.enough.get(self.mip.stages[stage].name, 0) / abs(value))

    def _value(self, stage: int, without: int = -1) -> int | None:
        """Value of a stage over the whole, or over all parts but one; None while a part has no plan."""
        values = [self._part_value(p, stage) for p in range(len(self.parts)) if p != without]
        if any(x is None for p, x in enumerate(self.x) if p != without):
            return None
        return sum(values) + self._constant(stage)

    def _bound(self, stage: int, without: int = -1) -> int:
        return sum(b[stage] for p, b in enumerate(self.bounds) if p != without) + self._constant(stage)

    def _constant(self, stage: int) -> int:
        """Offset and columns outside all parts."""
        return self.mip.stages[stage].value(self.fixed)

    def _is_closed(self) -> bool:
        parts, stages = range(len(self.parts)), range(len(self.mip.stages))
        return all(self._closed(part, stage) for stage in stages for part in parts)

    def _breaks_hard_rules(self) -> bool:
        """After the first stage: while hard rules are broken nothing else matters: all time is theirs."""
        if self.mip.stages[0].name != HARD_STAGE:
            return False
        for part in range(len(self.parts)):
            if self._part_value(part, 0) > 0 >= self.bounds[part][0] and not self._ended:
                self._minimise(part, 0, self.deadline)
        self._hold(0)
        value = self._value(0)
        return value is None or value > 0

    def _answer(self) -> Outcome:
        x = None if self.infeasible else self._vector()
        reason = next((r for r in _GRAVITY if r in self.reasons), StoppedBy.GAP)
        if x is None:
            status = Status.IMPOSSIBLE if self.infeasible else Status.NO_PLAN
            if StoppedBy.INTERRUPT in self.reasons:
                status = Status.INTERRUPTED
            stopped = StoppedBy.PROOF if status is Status.IMPOSSIBLE else reason
            return Outcome(status, stopped, None, (), (), 0.0, detail=self.detail)
        differs = self._first_stage_worse_than_start(x)
        if differs is not None and self.start is not None:
            x = self.start
        stages = tuple(self._stage_outcome(k, x, differs) for k in range(len(self.mip.stages)))
        status, stopped = self._verdict(stages, reason)
        return Outcome(status, stopped, x, stages, (), 0.0, detail=self.detail)

    def _verdict(self, stages: tuple[StageOutcome, ...], reason: StoppedBy) -> tuple[Status, StoppedBy]:
        hard = stages[0] if stages and stages[0].name == HARD_STAGE else None
        if hard is not None and hard.bound is not None and hard.bound > 0:
            return Status.IMPOSSIBLE, StoppedBy.PROOF
        if StoppedBy.INTERRUPT in self.reasons:
            return Status.INTERRUPTED, StoppedBy.INTERRUPT
        if hard is not None and hard.value > 0:
            return Status.NO_PLAN, reason
        if all(stage.gap <= self.params.gap for stage in stages):
            exact = all(stage.gap == 0 for stage in stages)
            return Status.OPTIMAL, StoppedBy.PROOF if exact else StoppedBy.GAP
        return Status.FEASIBLE, reason

    def _vector(self) -> IntArray | None:
        whole = self.fixed.copy()
        for part, x in zip(self.parts, self.x, strict=True):
            if x is None:
                return None
            whole[part.columns] = x
        if not self.mip.is_feasible(whole):
            raise EngineError("The parts' plans do not make a plan of the whole; the split is wrong.")
        return whole

    def _first_stage_worse_than_start(self, x: IntArray) -> int | None:
        if self.start is None:
            return None
        pairs = zip(self.mip.stage_values(x), self.mip.stage_values(self.start), strict=True)
        differ = next(((k, a > b) for k, (a, b) in enumerate(pairs) if a != b), None)
        return differ[0] if differ is not None and differ[1] else None

    def _stage_outcome(self, stage: int, x: IntArray, differs: int | None) -> StageOutcome:
        own = self.mip.stages[stage]
        # A sum of bounds rests on the weakest word among them.
        words = {proofs[stage] for proofs in self.proofs}
        proof: BoundProof = next((w for w in _WEAKEST_FIRST if w in words), "trivial")
        bound = self._bound(stage)
        if differs is not None and stage > differs:
            # The start is better at an earlier stage: bounds under that stage's looser value hold no more.
            bound, proof = _whole_bound(self.mip, own), "trivial"
        value = own.value(x)
        return StageOutcome(own.name, value, min(bound, value), proof, self.seconds[stage], own.unit)


def trivial_stages(mip: Mip, x: IntArray) -> tuple[StageOutcome, ...]:
    """The stages at a vector, with what the column bounds alone prove."""
    return tuple(
        StageOutcome(s.name, s.value(x), _whole_bound(mip, s), "trivial", 0.0, s.unit) for s in mip.stages
    )


def _part_of(mip: Mip, part: Part) -> Mip:
    if len(part.columns) == mip.num_columns and len(part.rows) == mip.num_rows:
        # The constants belong to the whole, as they do for every other part.
        return dataclasses.replace(mip, stages=tuple(dataclasses.replace(s, offset=0) for s in mip.stages))
    return mip.restrict(part.columns, part.rows)


def dense(mip: Mip, stage: int) -> IntArray:
    """Costs of a stage, one per column."""
    cost = np.zeros(mip.num_columns, dtype=np.int64)
    cost[mip.stages[stage].columns] = mip.stages[stage].coefficients
    return cost


def _whole_bound(mip: Mip, stage: Stage) -> int:
    cost = np.zeros(mip.num_columns, dtype=np.int64)
    cost[stage.columns] = stage.coefficients
    return trivial_bound(mip, cost) + stage.offset
