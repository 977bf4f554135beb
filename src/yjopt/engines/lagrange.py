"""Large parts of a model: priced by their relaxation, made whole after its pattern, bettered region by region.

A city handed over whole stops every open solver. Its linear relaxation is solved in seconds, and does two things.
Its vector says what a good plan uses and who gets it: whoever knows what the columns mean can make a whole plan after
that pattern (`Guide.lay`), which regions of a few hundred columns then better (`regions`). Its duals price every shared
resource, and give each stage a Lagrangian bound that anyone can check (`certificate`; Geoffrion, 1974,
doi:10.1007/BFb0120690). Small parts go straight to the solver.
"""

from __future__ import annotations

import dataclasses
import multiprocessing
import os
import time
from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.engines.choice import is_large
from yjopt.engines.districts import DistrictSearch, columns_of, pattern_of
from yjopt.engines.guidance import guidance
from yjopt.engines.knowledge import Knowledge, Prices
from yjopt.engines.outcome import StoppedBy, gap
from yjopt.engines.regions import Improvement
from yjopt.engines.relaxation import Relaxation, near_one
from yjopt.engines.run import HARD_STAGE, LATE_SECONDS, LEAST_SECONDS, Run, dense

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yjopt.engines.engine import Engine
    from yjopt.engines.guidance import Guidance
    from yjopt.engines.outcome import BoundProof, Outcome
    from yjopt.engines.params import Params
    from yjopt.engines.relaxation import RelaxedOutcome
    from yjopt.model.mip import FloatArray, IntArray, Mip

#: Columns up to which the solver still gets a large part whole, after everything else.
WHOLE: Final = 30_000

#: Columns beyond which a part is taken district by district, and columns of a district at most.
WIDE, DISTRICT = 1_000_000, 700_000

#: Shares of the time left for the relaxation that guides, without which a large model gets nowhere, and for regions
#: before the bounds.
GUIDE_SHARE, REGIONS_SHARE = 0.7, 0.6

#: Laying a plan after a pattern takes about this share of what polishing does.
LAYING: Final = 0.75

#: Share of the time left that laying a second plan may take.
SECOND_SHARE: Final = 0.1

#: Share of the time left in which bounds are made of what an earlier solve has learned.
RECALL_SHARE: Final = 0.15

#: How many times as long as the guiding relaxation a stage's own may take once the former has given it a bound.
AGAIN: Final = 0.5

#: Relative gap to the relaxation up to which the solver may close a stage of such a part; beyond, it only wrecks what
#: later stages have.
HOPEFUL = 0.05

#: Regions in vain after which a part that is also solved whole goes on to that.
PATIENCE = 20

#: Where it is: shares of a stage's time left for its relaxation, and then for the solver; regions have the rest.
BOUND_SHARE, WHOLE_SHARE = 0.4, 0.6

#: By how much a stage outweighs the next in the cost of the guiding relaxation where nobody says, and the least weight.
STEP, LEAST_WEIGHT = 1e-2, 1e-9


class LargeRun(Run):
    """A solve in which some parts are large.

    Attributes
    ----------
    relaxations : dict of int to Relaxation
        Of each large part.
    patterns : dict of int to float64 array
        Vector of the guiding relaxation of each large part, where it was solved in time or is remembered.
    broken : dict of int to float64 array
        What some of them were before columns were made whole.
    prices : dict of str to Prices
        By stage, the duals that gave its bound.
    reached : dict of (int, str) to float
        What each stage of a part comes to in the guiding relaxation.
    guide_seconds : dict of int to float
        How long that took.
    districts : dict of int to list of int64 array
        Columns of the districts of each part that is too large for one relaxation.
    searches : dict of int to Improvement or DistrictSearch
        The search by regions of each large part.
    gained_at : dict of int to int
        After how many regions each search gained something for the last time.
    hopeful : float
        Relative gap to the relaxation up to which a stage is handed to the solver.
    in_hurry : set of int
        Parts whose regions make room for the solver as soon as many gain nothing.
    """

    def __init__(self, mip: Mip, params: Params, start: IntArray | None, engine: Engine) -> None:
        super().__init__(mip, params, start, engine)
        self.relaxations = {
            part: Relaxation(own, params.seed) for part, own in enumerate(self.mips) if is_large(own, params)
        }
        self.patterns: dict[int, FloatArray] = {}
        known = {} if params.knowledge is None else params.knowledge.prices
        self.broken: dict[int, FloatArray] = {}
        self.prices = {name: Prices(own.rows.copy(), dict(own.held)) for name, own in known.items()}
        self.reached: dict[tuple[int, str], float] = {}
        self.guide_seconds: dict[int, float] = {}
        self.districts = self._cut_up()
        self.searches: dict[int, Improvement | DistrictSearch] = {}
        self.gained_at: dict[int, int] = {}
        self.in_hurry: set[int] = set()
        self.hopeful = HOPEFUL

    def outcome(self) -> Outcome:
        """Run all stages and put the answer together; the relaxations' processes are given back."""
        try:
            answer = super().outcome()
        finally:
            for relaxation in self.relaxations.values():
                relaxation.close()
        return dataclasses.replace(answer, knowledge=self._learned()) if self.relaxations else answer

    def _cut_up(self) -> dict[int, list[IntArray]]:
        """The districts of parts that are too large for one relaxation, where somebody can tell them."""
        wide = [part for part in self.relaxations if self.mips[part].num_columns > WIDE]
        if self.params.districts is None or not wide:
            return {}
        codes = self.params.districts(DISTRICT)
        return {part: columns_of(codes[self.parts[part].columns]) for part in wide}

    def _passes(self) -> None:
        """A whole plan after the pattern, regions, then the stages in order for their bounds, then regions again."""
        if not self.relaxations:
            super()._passes()
            return
        self._recall()
        self._follow_pattern()
        may_be_whole = {part for part in self.relaxations if self.mips[part].num_columns <= WHOLE}
        self.in_hurry = may_be_whole
        self._search_regions(REGIONS_SHARE)
        self._polish(0)
        goes_on = self._stages()
        while goes_on and not (self._ended or self._is_closed()):
            before = self._standing()
            self._search_regions(1.0)
            if len(may_be_whole) == len(self.relaxations) and not self._ended:
                self._solve_whole()
            if self._standing() == before:
                # The solver gains nothing either, so there is nothing to hurry for.
                goes_on, self.in_hurry = bool(self.in_hurry), set()
        if not self._is_closed():
            self.reasons.add(StoppedBy.TIME)

    def _stages(self) -> bool:
        """All stages in order; False where nothing is to come after them."""
        for stage in range(len(self.mip.stages)):
            self._stage(stage)
            if self._ended or (stage == 0 and self._breaks_hard_rules()):
                return False
        return True

    def _standing(self) -> list[tuple[int | None, int]]:
        """Value and bound of every stage."""
        return [(self._value(stage), self._bound(stage)) for stage in range(len(self.mip.stages))]

    def _solve_whole(self) -> None:
        """Once regions gain nothing more, let the solver close the stages, whatever it does to later ones.

        Its plan stays only if it is worth it, for a stopped search leaves later stages as they fall.
        """
        before, self.hopeful = self.x.copy(), np.inf
        bounds, proofs = [own.copy() for own in self.bounds], [own.copy() for own in self.proofs]
        for stage in range(len(self.mip.stages)):
            self._stage(stage)
            self._polish(stage)
            if self._ended:
                break
        after, self.x = self._vector(), before
        if after is not None and self._is_worth_it(after):
            for part, piece in enumerate(self.parts):
                self._take_if_better(part, after[piece.columns])
        elif after is not None:
            for part, piece in enumerate(self.parts):
                self._forget_bounds(part, after[piece.columns], bounds[part], proofs[part])

    def _forget_bounds(
        self, part: int, refused: IntArray, bounds: list[int], proofs: list[BoundProof]
    ) -> None:
        """Take bounds back that hold only among plans as good as one that was refused."""
        kept = self.x[part]
        for stage, own in enumerate(self.mips[part].stages):
            if kept is not None and own.value(refused) != own.value(kept):
                self.bounds[part][stage + 1 :] = bounds[stage + 1 :]
                self.proofs[part][stage + 1 :] = proofs[stage + 1 :]
                return

    def _improve(self, part: int, stage: int, seconds: float) -> None:
        """A large part's stage: bounded by its relaxation; solved whole only while that is no hopeless size."""
        if part not in self.relaxations:
            super()._improve(part, stage, seconds)
            return
        if part in self.districts:
            return
        until = time.monotonic() + seconds
        if self.mips[part].num_columns > WHOLE:
            self._relax(part, stage, min(until, self.deadline))
            return
        self._relax(part, stage, min(until - (1 - BOUND_SHARE) * seconds, self.deadline))
        steps = [(1.0, self._improve_by_regions)]
        if gap(self._part_value(part, stage), self.bounds[part][stage]) <= self.hopeful:
            steps.insert(0, (WHOLE_SHARE, super()._improve))
        for share, work in steps:
            left = until - time.monotonic()
            if left > LEAST_SECONDS and not (self._ended or self._closed(part, stage)):
                work(part, stage, share * left)

    def _improve_by_regions(self, part: int, stage: int, seconds: float) -> None:
        """Better a part region by region, in whatever stage that can be; those before `stage` are held anew."""
        x = self.x[part]
        if x is None:
            return
        search = self._search(part, x)
        search.until(min(time.monotonic() + seconds, self.deadline))
        if search.interrupted:
            self.reasons.add(StoppedBy.INTERRUPT)
        self._take_if_better(part, search.x)
        for done in range(stage):
            self._hold(done)

    def _relax(self, part: int, stage: int, until: float) -> None:
        """The relaxation's bound of a stage, the earlier ones held; first what is known already proves."""
        self._prove_by_prices(part, stage)
        if self.bounds[part][stage] >= self.reached.get((part, self.mip.stages[stage].name), np.inf):
            # To hold earlier stages a little tighter may take far longer than it gains.
            until = min(until, time.monotonic() + AGAIN * self.guide_seconds[part])
        found = self.relaxations[part].bound(
            dense(self.mips[part], stage), limits=self._limits(part, stage), deadline=until
        )
        self._note(found.outcome.stopped_by)
        if found.bound_proof == "certificate" and found.bound >= self.bounds[part][stage]:
            self._learn(part, stage, found.outcome)
        self._prove(part, stage, found.bound, found.bound_proof)

    def _learn(self, part: int, stage: int, outcome: RelaxedOutcome) -> None:
        """Remember the duals of a stage's relaxation."""
        if outcome.duals is None or outcome.limit_duals is None:
            return
        prices = self.prices.setdefault(self.mip.stages[stage].name, Prices(np.zeros(self.mip.num_rows), {}))
        prices.rows[self.parts[part].rows] = outcome.duals
        # Where several parts are large, what is held is worth the same to all but by chance: the last one's is kept.
        prices.held.update(zip(self._held_names(part, stage), outcome.limit_duals.tolist(), strict=True))

    def _learned(self) -> Knowledge:
        """What the next solve of a model like this may begin with."""
        known = self.params.knowledge
        pattern = None if known is None else known.pattern
        if self.patterns:
            vector = self._vector()
            pattern = np.asarray(self.fixed if vector is None else vector, dtype=np.float64)
            for part, values in self.patterns.items():
                pattern[self.parts[part].columns] = values
        return Knowledge(pattern, dict(self.prices))

    def _recall(self) -> None:
        """Begin with what an earlier solve has learned: its pattern, and what its prices still prove."""
        known = self.params.knowledge
        if known is None or any(x is None for x in self.x):
            return
        began = time.monotonic()
        until = began + RECALL_SHARE * self._left
        if known.pattern is not None:
            self.patterns = {part: known.pattern[self.parts[part].columns] for part in self.relaxations}
        for stage, own in enumerate(self.mip.stages):
            self._hold(stage)
            for part in self.relaxations:
                if time.monotonic() < until:
                    self._prove_by_prices(part, stage)
            if own.name in self.prices:
                self.trace.add("bound", own.name, self._value(stage), self._bound(stage))
        self._spend(began)

    def _prove_by_prices(self, part: int, stage: int) -> None:
        """Take the bound of a stage that the prices at hand prove, whatever they were made for."""
        prices = self.prices.get(self.mip.stages[stage].name)
        if prices is not None and self.x[part] is not None:
            own, rows = self.mips[part], self.parts[part].rows
            bound = prices.bound(
                own, rows, dense(own, stage), self._limits(part, stage), self._held_names(part, stage)
            )
            self._prove(part, stage, bound, "certificate")

    def _held_names(self, part: int, stage: int) -> list[str]:
        """The stages that `_limits` holds."""
        return [self.mips[part].stages[k].name for k in self._held_before(part, stage)]

    def _note(self, stopped_by: StoppedBy) -> None:
        if stopped_by not in (StoppedBy.PROOF, StoppedBy.GAP):
            self.reasons.add(stopped_by)

    def _follow_pattern(self) -> None:
        """Solve the guiding relaxations that are not remembered, and make a whole plan after them.

        One is laid after the vector with columns made whole, and one after that before; regions follow the better.
        """
        began = time.monotonic()
        for part, relaxation in self.relaxations.items():
            if self._ended:
                return
            if part not in self.patterns:
                self._solve_pattern(part, relaxation, time.monotonic() + GUIDE_SHARE * self._left)
        self._lay(self.patterns, self._left + LATE_SECONDS)
        if self.broken and self._lay({**self.patterns, **self.broken}, SECOND_SHARE * self._left):
            self.patterns.update(self.broken)
        self._spend(began)

    def _lay(self, patterns: Mapping[int, FloatArray], seconds: float) -> bool:
        """Lay a plan after patterns, if that takes no longer than some seconds; whether it is better, and taken."""
        is_late = LAYING * self.params.polish_seconds > seconds
        if self.params.guide is None or not patterns or self._ended or is_late:
            return False
        vector, before = self._vector(), self._standing()
        whole = np.asarray(self.fixed if vector is None else vector, dtype=np.float64)
        for part, values in patterns.items():
            whole[self.parts[part].columns] = values
        laid = self.params.guide.lay(whole, self.deadline)
        if not (self.mip.is_feasible(laid) and self._is_worth_it(laid)):
            return False
        for part, piece in enumerate(self.parts):
            self._take_if_better(part, laid[piece.columns])
        self._tell_incumbent()
        return self._standing() != before

    def _solve_pattern(self, part: int, relaxation: Relaxation, deadline: float) -> None:
        """Find the vector of the guiding relaxation of a part, of the whole of it or of its districts."""
        cost, x = self._guiding_cost(self.mips[part]), self.x[part]
        if part in self.districts and x is not None:
            pattern = pattern_of(
                self.mips[part],
                x,
                self.districts[part],
                cost,
                self._to_be_whole(part),
                deadline=deadline,
                seed=self.params.seed,
                processes=_processes(),
            )
            is_interrupted = pattern is None
        else:
            found = self._guidance(part, relaxation, cost, deadline)
            pattern, is_interrupted = found.values, found.interrupted
            if found.broken is not None:
                self.broken[part] = found.broken
        if is_interrupted:
            self.reasons.add(StoppedBy.INTERRUPT)
        if pattern is not None:
            self.patterns[part] = pattern

    def _guidance(self, part: int, relaxation: Relaxation, cost: FloatArray, deadline: float) -> Guidance:
        """Vector and prices of the guiding relaxation of a part; the prices are kept."""
        weights: Mapping[str, float] = {}
        if self.params.guide is not None:
            weights = self.params.guide.weights
        found = guidance(relaxation, cost, weights, self._to_be_whole(part), deadline, self.deadline)
        for name, own in found.stages.items():
            prices = self.prices.setdefault(name, Prices(np.zeros(self.mip.num_rows), {}))
            prices.rows[self.parts[part].rows] = own.duals
            prices.held.update(own.held)
            self.reached[part, name] = own.value
        self.guide_seconds[part] = found.seconds
        return found

    def _to_be_whole(self, part: int) -> IntArray:
        """Columns of a part that are whole in the vector that a plan is laid after."""
        if self.params.guide is None:
            return np.zeros(0, dtype=np.int64)
        return np.flatnonzero(np.isin(self.parts[part].columns, self.params.guide.whole))

    def _is_worth_it(self, laid: IntArray) -> bool:
        """Whether a plan costs less than the one at hand in one sum, too.

        Better in the first stage and much worse in all others is no start to search from.
        """
        now = self._vector()
        cost = self._guiding_cost(self.mip)
        return now is None or float(cost @ laid) <= float(cost @ now)

    def _guiding_cost(self, mip: Mip) -> FloatArray:
        """One cost for all stages, each outweighed by the one before."""
        guide = self.params.guide
        cost = np.zeros(mip.num_columns)
        weight = 1.0
        for stage in mip.stages:
            if guide is not None and stage.name in guide.weights:
                cost[stage.columns] += guide.weights[stage.name] / stage.unit * stage.coefficients
            elif len(stage.columns) and (guide is None or not guide.weights):
                cost[stage.columns] += weight * near_one(stage.coefficients) * stage.coefficients
                weight = max(weight * STEP, LEAST_WEIGHT)
        return cost

    def _search_regions(self, share: float) -> None:
        """Better the large parts region by region for a share of the time left, shared by their sizes."""
        began = time.monotonic()
        until = began + share * self._left
        sizes = {part: self.mips[part].num_columns for part in self.relaxations}
        waiting = sum(sizes.values())
        for part, size in sizes.items():
            own_share = (until - time.monotonic()) * size / waiting
            waiting -= size
            is_open = any(not self._closed(part, stage) for stage in range(len(self.mip.stages)))
            if is_open and not self._ended:
                self._improve_by_regions(part, 0, own_share)
        self._spend(began)

    def _search(self, part: int, x: IntArray) -> Improvement | DistrictSearch:
        """The search by regions of a part, from the plan at hand."""
        search = self.searches.get(part)
        if search is None and part in self.districts:
            search = self.searches[part] = DistrictSearch(
                self.mips[part],
                x,
                self.districts[part],
                guide=self.patterns.get(part),
                seed=self.params.seed,
                processes=_processes(),
                on_better=lambda better, _: self._better(part, better),
            )
        elif search is None:
            search = self.searches[part] = Improvement(
                self.mips[part],
                x,
                guide=self.patterns.get(part),
                seed=self.params.seed,
                processes=_processes(),
                on_better=lambda better, _: self._better(part, better),
                stop=lambda: self._is_in_vain(part),
            )
        elif not np.array_equal(search.x, x):
            search.restart(x)
        return search

    def _better(self, part: int, x: IntArray) -> None:
        """Take a plan that a region has found, and tell."""
        self.gained_at[part] = self.searches[part].tally.regions
        self._take_if_better(part, x)
        self._tell_incumbent()

    def _is_in_vain(self, part: int) -> bool:
        """Whether many regions have gained nothing, and there is something better to do."""
        tried = self.searches[part].tally.regions - self.gained_at.get(part, 0)
        return part in self.in_hurry and tried >= PATIENCE

    def _tell_incumbent(self) -> None:
        """An event with the first stage that is still open."""
        for stage, own in enumerate(self.mip.stages):
            value, bound = self._value(stage), self._bound(stage)
            if own.name != HARD_STAGE and value is not None and value > bound:
                self.trace.add("incumbent", own.name, value, bound)
                return

    def _spend(self, began: float) -> None:
        """Count time for all stages together with the first that is open."""
        open_stages = (
            stage
            for stage in range(len(self.mip.stages))
            if any(not self._closed(part, stage) for part in self.relaxations)
        )
        stage = next(open_stages, 0)
        if self.mip.stages:
            self.seconds[stage] += time.monotonic() - began


def _processes() -> int:
    """Regions solved at once: two, where there are cores and this is no worker among others."""
    alone = multiprocessing.parent_process() is None
    return min(2, os.cpu_count() or 1) if alone else 1
