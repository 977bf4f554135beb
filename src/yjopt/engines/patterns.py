"""Plans laid after patterns: what the relaxation uses, as whole as the first stages can be made of it.

The vector of the guiding relaxation says what a good plan uses and who gets it; whoever knows what the columns mean can
make a whole plan after that pattern (`Guide.lay`). What the first stages hang on is then bettered by itself, a part of
the model in which the search is many times as fast (`first_stages`), and a plan is laid after what comes of it. A model
too large for one relaxation has its pattern of the first stages from their own, and of the rest from its districts'.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.engines.districts import columns_of, relaxed_apart
from yjopt.engines.diving import WHOLE, dived
from yjopt.engines.first_stages import PricedSubproblem, bettered, relaxed, relaxed_by_district
from yjopt.engines.guidance import guidance
from yjopt.engines.knowledge import Prices, Solved
from yjopt.engines.outcome import StoppedBy
from yjopt.engines.pricing import PricedRun
from yjopt.engines.relaxation import Relaxation, near_one
from yjopt.engines.run import LATE_SECONDS, dense
from yjopt.engines.subproblem import subproblem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from yjopt.engines.engine import Engine
    from yjopt.engines.first_stages import Relaxed
    from yjopt.engines.knowledge import Knowledge
    from yjopt.engines.params import Params
    from yjopt.engines.subproblem import Subproblem
    from yjopt.model.mip import FloatArray, IntArray, Mip

#: Columns beyond which a part is taken district by district, and columns of a district at most.
WIDE, DISTRICT = 1_000_000, 700_000

#: Share of the time left for the relaxation that guides, without which a large model gets nowhere; for that of the
#: first stages alone where the whole has none; and for what districts' relaxations then say of the rest.
GUIDE_SHARE, FIRST_SHARE, REST_SHARE = 0.7, 0.7, 0.5

#: Share of the time left for bettering the first stages by themselves.
SEARCH_SHARE: Final = 0.45

#: Laying a plan after a pattern takes about this share of what polishing does.
LAYING: Final = 0.75

#: Shares of the time left that making columns of the first stages whole, and laying a second plan after it, may take.
DIVE_SHARE, SECOND_SHARE = 0.1, 0.1

#: By how much a stage outweighs the next in the cost of the guiding relaxation where nobody says, and the least weight.
STEP, LEAST_WEIGHT = 1e-2, 1e-9


class PatternRun(PricedRun):
    """A solve whose large parts get plans after patterns.

    Attributes
    ----------
    districts : dict of int to list of int64 array
        Columns of the districts of each part that is too large for one relaxation.
    proven : dict of (int, int) to list of (PricedSubproblem, int)
        By part and stage, what a solver has proven while other rows were priced.
    solved : dict of str to Solved
        By stage, the same for a model like this one.
    lay_seconds : float
        About how long laying a plan takes.
    """

    def __init__(self, mip: Mip, params: Params, start: IntArray | None, engine: Engine) -> None:
        super().__init__(mip, params, start, engine)
        self.districts = self._cut_up()
        self.proven: dict[tuple[int, int], list[tuple[PricedSubproblem, int]]] = {}
        known = params.knowledge
        self.solved: dict[str, Solved] = {} if known is None else dict(known.solved)
        self.lay_seconds = LAYING * params.polish_seconds

    def _follow_patterns(self) -> None:
        """Find the patterns that are not remembered, and make whole plans after them."""
        for part in self.relaxations:
            if self._ended:
                return
            if part in self.patterns:
                continue
            if part not in self.districts:
                self._relax_whole(part, time.monotonic() + GUIDE_SHARE * self._left)
                if part not in self.patterns and not self._ended:
                    self._relax_first_alone(part)
            elif self.x[part] is not None:
                self._relax_apart(part)
        near = {part: pattern for part, pattern in self.patterns.items() if part not in self.districts}
        self._lay(near, self._left + LATE_SECONDS)

    def _relax_whole(self, part: int, deadline: float) -> None:
        """Vector and prices of the guiding relaxation of a part."""
        cost = self._guiding_cost(self.mips[part])
        found = guidance(self.relaxations[part], cost, self._weights(), deadline, self.deadline)
        for name, own in found.stages.items():
            self._keep_prices(part, name, own)
            self.reached[part, name] = own.value
        self.guide_seconds[part] = found.seconds
        if found.interrupted:
            self.reasons.add(StoppedBy.INTERRUPT)
        if found.values is not None:
            self.patterns[part] = found.values

    def _relax_first_alone(self, part: int) -> None:
        """Where the whole was not relaxed in time: lay a plan after the first stages' own relaxation."""
        sub = subproblem(self.mips[part], shares_rows=False)
        first = None if sub is None else self._relax_first(part, sub)
        if sub is not None and first is not None and not self._ended:
            self._lay({part: _with(self.mips[part].upper, sub, first)}, self._left)
            self._prove_first(part, sub)

    def _relax_apart(self, part: int) -> None:
        """Patterns of a part that is too large for one relaxation: its first stages' own, then its districts'."""
        mip, began = self.mips[part], time.monotonic()
        sub = subproblem(mip, shares_rows=False)
        first = None if sub is None else self._relax_first(part, sub)
        if self._ended:
            return
        # Nobody knows what the rest does, unless there is time to ask it: it may do whatever the first stages want.
        pace = 0.0 if sub is None or first is None else mip.num_columns / len(sub.columns)
        rest: FloatArray | None = mip.upper
        if pace * (time.monotonic() - began) < processes() * REST_SHARE * self._left:
            rest = self._relax_rest(part)
        if rest is None:
            return
        self._lay({part: _with(rest, sub, first)}, self._left)
        x = self.x[part]
        if sub is not None and first is not None and x is not None and not self._ended:
            self._prove_first(part, sub)
            first = self._whole_first(part, sub, first, rest)
        self.patterns[part] = _with(rest if pace == 0.0 or x is None else x, sub, first)

    def _relax_rest(self, part: int) -> FloatArray | None:
        """What the districts of a part would use if all others kept to the plan; None after Ctrl-C."""
        x = self.x[part]
        if x is None:
            return None
        found = relaxed_apart(
            self.mips[part],
            x,
            self.districts[part],
            self._guiding_cost(self.mips[part]),
            deadline=time.monotonic() + REST_SHARE * self._left,
            seed=self.params.seed,
            processes=processes(),
        )
        if found is None:
            self.reasons.add(StoppedBy.INTERRUPT)
            return None
        return found.values

    def _relax_first(self, part: int, sub: Subproblem) -> FloatArray | None:
        """The vector of the relaxation of what the first stages of a part hang on; its prices are kept."""
        mip, weights, x = self.mips[part], self._weights(), self.x[part]
        if mip.stages[sub.last].name not in weights or x is None:
            return None
        relax: Callable[..., Relaxed | None] = relaxed
        if part in self.districts and len(sub.columns) > DISTRICT:
            relax = partial(relaxed_by_district, x=x, districts=self.districts[part])
        until = time.monotonic() + FIRST_SHARE * self._left
        found = relax(mip, sub, weights, deadline=until, seed=self.params.seed, processes=processes())
        if found is None:
            self.reasons.add(StoppedBy.INTERRUPT)
            return None
        self._keep_prices(part, mip.stages[sub.last].name, found.priced)
        return found.values if found.solved else None

    def _prove_first(self, part: int, sub: Subproblem) -> None:
        """The bound of the last of the first stages, as soon as there is a plan to hold those before it at."""
        for stage in range(sub.last):
            self._hold(stage)
        self._prove_by_prices(part, sub.last)

    def _prove_by_prices(self, part: int, stage: int) -> None:
        """The bounds that prices prove, and what a solver has proven with some."""
        super()._prove_by_prices(part, stage)
        for priced, bound in self.proven.get((part, stage), []):
            self._prove(part, stage, priced.proves(bound, self._limits(part, stage)), "solver")

    def _whole_first(self, part: int, sub: Subproblem, first: FloatArray, rest: FloatArray) -> FloatArray:
        """What the first stages come to once they are bettered by themselves, where there is time to lay it again."""
        x = self.x[part]
        if self._ended or x is None or self.lay_seconds > SECOND_SHARE * self._left:
            return first
        guide = _with(x, sub, first)
        whole: FloatArray = self._search_first(part, sub, x, guide).astype(np.float64)
        self._lay({part: _with(rest, sub, whole)}, self._left)
        return whole

    def _better_first(self, part: int) -> None:
        """Better the first stages of a part by themselves, and lay a plan after what comes of it."""
        sub, x = subproblem(self.mips[part]), self.x[part]
        if sub is None or x is None or part not in self.patterns or self._ended:
            return
        if self.params.guide is None or all(self._closed(part, stage) for stage in range(sub.last + 1)):
            return
        self._dive_first(part, sub)
        x = self.x[part]
        if x is None or self._ended:
            return
        priced = self._priced(part, sub, self.prices.get(self.mip.stages[sub.last].name))
        found = self._search_first(part, sub, x, self.patterns[part], priced)
        self._lay_with(part, sub, found, found)

    def _dive_first(self, part: int, sub: Subproblem) -> None:
        """Lay a second plan, after the first stages with what most hangs on made whole."""
        whole = np.flatnonzero(np.isin(sub.columns, self._to_be_whole(part)))
        late = time.monotonic() + DIVE_SHARE * self._left
        if not len(whole) or self.lay_seconds > SECOND_SHARE * self._left:
            return
        cost = self._guiding_cost(self.mips[part])[sub.columns]
        with Relaxation(sub.mip, self.params.seed) as relaxation:
            found = relaxation.minimise(cost, deadline=late)
            self._note(found.stopped_by)
            if found.optimal and found.values is not None:
                values, is_interrupted = dived(relaxation, cost, found.values, whole, late)
                if is_interrupted:
                    self.reasons.add(StoppedBy.INTERRUPT)
                # What is still broken may be anything near.
                ends = np.floor(values + WHOLE), np.ceil(values - WHOLE)
                self._lay_with(part, sub, *(end.astype(np.int64) for end in ends))

    def _lay_with(self, part: int, sub: Subproblem, low: IntArray, high: IntArray) -> None:
        """Lay a plan in which the first stages are decided between two vectors; regions follow a better one."""
        pattern = None if self._ended else self._completed(part, sub, low, high)
        if pattern is not None and self._lay({**self.patterns, part: pattern}, self._left):
            self.patterns[part] = pattern

    def _priced(self, part: int, sub: Subproblem, prices: Prices | None) -> PricedSubproblem | None:
        """The last of the first stages, with the rest priced; None where there are no prices."""
        if prices is None:
            return None
        for stage in range(sub.last):
            self._hold(stage)
        mip, limits = self.mips[part], self._limits(part, sub.last)
        own = Prices(prices.rows[self.parts[part].rows], prices.held)
        held = list(zip(self._held_names(part, sub.last), limits, strict=True))
        return PricedSubproblem.of(mip, sub, dense(mip, sub.last), own, held)

    def _search_first(
        self,
        part: int,
        sub: Subproblem,
        x: IntArray,
        guide: FloatArray,
        priced: PricedSubproblem | None = None,
    ) -> IntArray:
        """Better a plan's first stages by regions of their subproblem; meanwhile the solver may prove a bound."""
        until, seed = time.monotonic() + SEARCH_SHARE * self._left, self.params.seed
        alone = priced is None or processes() == 1
        prove = None if alone or priced is None else partial(priced.solve, x, seed=seed)
        found = bettered(sub, x, guide, until=until, seed=seed, processes=processes(), prove=prove)
        if found.interrupted:
            self.reasons.add(StoppedBy.INTERRUPT)
        if found.bound is not None and priced is not None:
            self._keep_solved(part, sub, priced, found.bound)
        return found.x

    def _keep_solved(self, part: int, sub: Subproblem, priced: PricedSubproblem, bound: int) -> None:
        """Remember what a solver has proven, and the prices that it holds with."""
        self.proven.setdefault((part, sub.last), []).append((priced, bound))
        name = self.mip.stages[sub.last].name
        prices = Prices(self.prices[name].rows.copy(), dict(self.prices[name].held))
        self.solved[name] = Solved(priced.mark, prices, bound)
        self._prove_first(part, sub)

    def _learned(self) -> Knowledge:
        """What the next solve of a model like this may begin with."""
        return replace(super()._learned(), solved=dict(self.solved))

    def _recall(self) -> None:
        """Begin with what an earlier solve has learned; what a solver proved then holds where it was given the same."""
        super()._recall()
        for part in self.relaxations:
            sub = None if part in self.districts or self._ended else subproblem(self.mips[part])
            known = None if sub is None else self.solved.get(self.mip.stages[sub.last].name)
            if sub is None or known is None or self.x[part] is None:
                continue
            priced = self._priced(part, sub, known.prices)
            if priced is not None and priced.mark == known.mark:
                self.proven.setdefault((part, sub.last), []).append((priced, known.bound))
                self._prove_first(part, sub)

    def _completed(self, part: int, sub: Subproblem, low: IntArray, high: IntArray) -> FloatArray | None:
        """A pattern in which the first stages are decided between two vectors, or as nearly as the rest allows."""
        mip, decided = self.mips[part], sub.decided()
        cost, lower, upper = self._guiding_cost(mip), mip.lower.copy(), mip.upper.copy()
        lower[sub.columns[decided]], upper[sub.columns[decided]] = low[decided], high[decided]
        # What the rest cannot make possible is not to be; what is above it never has to be.
        for least in (lower, mip.lower):
            deadline = time.monotonic() + GUIDE_SHARE * self._left
            found = self.relaxations[part].minimise(cost, lower=least, upper=upper, deadline=deadline)
            self._note(found.stopped_by)
            if not found.infeasible or self._ended:
                return found.values if found.optimal else None
        return None

    def _lay(self, patterns: Mapping[int, FloatArray], seconds: float) -> bool:
        """Lay a plan after patterns, if that takes no longer than some seconds; whether it is better, and taken."""
        is_late = self.lay_seconds > seconds
        if self.params.guide is None or not patterns or self._ended or is_late:
            return False
        vector, before = self._vector(), self._standing()
        whole = np.asarray(self.fixed if vector is None else vector, dtype=np.float64)
        for part, values in patterns.items():
            whole[self.parts[part].columns] = values
        began = time.monotonic()
        laid = self.params.guide.lay(whole, self.deadline)
        self.lay_seconds = time.monotonic() - began
        if not (self.mip.is_feasible(laid) and self._is_worth_it(laid)):
            return False
        for part, piece in enumerate(self.parts):
            self._take_if_better(part, laid[piece.columns])
        self._tell_incumbent()
        return self._standing() != before

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

    def _cut_up(self) -> dict[int, list[IntArray]]:
        """The districts of parts that are too large for one relaxation, where somebody can tell them."""
        wide = [part for part in self.relaxations if self.mips[part].num_columns > WIDE]
        if self.params.districts is None or not wide:
            return {}
        codes = self.params.districts(DISTRICT)
        return {part: columns_of(codes[self.parts[part].columns]) for part in wide}

    def _weights(self) -> Mapping[str, float]:
        return {} if self.params.guide is None else self.params.guide.weights


def _with(values: FloatArray | IntArray, sub: Subproblem | None, own: FloatArray | None) -> FloatArray:
    """A copy with a subproblem's own values in its columns, where there are any."""
    result = values.astype(np.float64)
    if sub is not None and own is not None:
        result[sub.columns] = own
    return result


def processes() -> int:
    """Solvers at work at once: two, where there are cores and this is no worker among others."""
    alone = multiprocessing.parent_process() is None
    return min(2, os.cpu_count() or 1) if alone else 1
