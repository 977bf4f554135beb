"""What everything scarce is worth to each stage, and the bounds that these prices prove.

The duals of a large part's relaxation price every shared resource, and give each stage a Lagrangian bound that anyone
can check (`certificate`; Geoffrion, 1974, doi:10.1007/BFb0120690). They are kept, for what they prove as plans become
better, and for the next solve of a model like this one.
"""

from __future__ import annotations

import dataclasses
import time
from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.engines.choice import is_large
from yjopt.engines.guidance import lightly_held
from yjopt.engines.knowledge import Knowledge, Prices
from yjopt.engines.outcome import StoppedBy
from yjopt.engines.relaxation import Relaxation
from yjopt.engines.run import Run, dense

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yjopt.engines.engine import Engine
    from yjopt.engines.guidance import Priced
    from yjopt.engines.outcome import Outcome
    from yjopt.engines.params import Params
    from yjopt.engines.relaxation import RelaxedOutcome
    from yjopt.model.mip import FloatArray, IntArray, Mip

#: Share of the time left in which bounds are made of what an earlier solve has learned.
RECALL_SHARE: Final = 0.15

#: How many times what a stage comes to in the guiding relaxation its bound has to be to be beyond its own relaxation.
ABOVE: Final = 1.02

#: Part of what a stage comes to in the guiding relaxation below which its bound says little.
LITTLE: Final = 0.5

#: How many times as long as the guiding relaxation a stage's own may take once the former has given it a bound.
AGAIN: Final = 0.5


class PricedRun(Run):
    """A solve in which some parts are large, and have their relaxations and prices.

    Attributes
    ----------
    relaxations : dict of int to Relaxation
        Of each large part.
    patterns : dict of int to float64 array
        Vector of the guiding relaxation of each large part, where it was solved in time or is remembered.
    prices : dict of str to Prices
        By stage, the duals that gave its bound.
    reached : dict of (int, str) to float
        What each stage of a part comes to in the guiding relaxation.
    bounded_next : set of int
        Parts of which the first stage for which the guide has proven little has a bound.
    guide_seconds : dict of int to float
        How long that took.
    """

    def __init__(self, mip: Mip, params: Params, start: IntArray | None, engine: Engine) -> None:
        super().__init__(mip, params, start, engine)
        self.relaxations = {
            part: Relaxation(own, params.seed, lambda: StoppedBy.INTERRUPT in self.reasons)
            for part, own in enumerate(self.mips)
            if is_large(own, params)
        }
        self.patterns: dict[int, FloatArray] = {}
        known = {} if params.knowledge is None else params.knowledge.prices
        self.prices = {name: Prices(own.rows.copy(), dict(own.held)) for name, own in known.items()}
        self.reached: dict[tuple[int, str], float] = {}
        self.guide_seconds: dict[int, float] = {}
        self.bounded_next: set[int] = set()

    def outcome(self) -> Outcome:
        """Run all stages and put the answer together; the relaxations' processes are given back."""
        try:
            answer = super().outcome()
        except BaseException:
            # Whoever listens may raise; what is under way beside it is told to stop, as at Ctrl-C.
            self.reasons.add(StoppedBy.INTERRUPT)
            raise
        finally:
            for relaxation in self.relaxations.values():
                relaxation.close()
        return dataclasses.replace(answer, knowledge=self._learned()) if self.relaxations else answer

    def _settle_networks(self) -> None:
        """As in any run; what is settled needs no relaxation."""
        super()._settle_networks()
        for part in self.settled & self.relaxations.keys():
            del self.relaxations[part]

    def _relax(self, part: int, stage: int, until: float) -> None:
        """The relaxation's bound of a stage, the earlier ones held; first what is known already proves."""
        self._prove_by_prices(part, stage)
        reached = self.reached.get((part, self.mip.stages[stage].name), np.inf)
        if self.bounds[part][stage] > ABOVE * reached:
            # A solver has proven more than any relaxation will.
            return
        if self.bounds[part][stage] >= reached:
            # To hold earlier stages a little tighter may take far longer than it gains.
            until = min(until, time.monotonic() + AGAIN * self.guide_seconds[part])
        found = self.relaxations[part].bound(
            dense(self.mips[part], stage), limits=self._limits(part, stage), deadline=until
        )
        self._note(found.outcome.stopped_by)
        if found.bound_proof == "certificate" and found.bound >= self.bounds[part][stage]:
            self._learn(part, stage, found.outcome)
        self._prove(part, stage, found.bound, found.bound_proof)

    def _bound_next(self, part: int, until: float) -> None:
        """The bound of the first stage for which the guide proves little, while there is time; once for each part."""
        if self.params.guide is None or part not in self.patterns or part in self.bounded_next or self._ended:
            return
        for stage, own in enumerate(self.mip.stages):
            self._hold(stage)
            # The plan may have become better since: what is known proves more then.
            self._prove_by_prices(part, stage)
            if self._closed(part, stage):
                continue
            if own.name not in self.prices:
                self._relax(part, stage, until)
                self.bounded_next |= {part} if own.name in self.prices else set()
                return
            if self.bounds[part][stage] < LITTLE * self.reached.get((part, own.name), 0.0):
                self._price_lightly(part, stage, until)
                return

    def _price_lightly(self, part: int, stage: int, until: float) -> None:
        """Price a stage anew, with those before it held at what the plan comes to."""
        held = zip(self._held_names(part, stage), self._limits(part, stage), strict=True)
        own, values = self.mips[part].stages[stage], {name: limit.upper for name, limit in held}
        found = lightly_held(self.relaxations[part], self._weights(), own, values, until)
        if found is not None:
            self.bounded_next.add(part)
            self._keep_prices(part, own.name, found)
            self._prove_by_prices(part, stage)

    def _weights(self) -> Mapping[str, float]:
        return {} if self.params.guide is None else self.params.guide.weights

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
        self._prove_all_by_prices(until)
        self._spend(began)

    def _prove_all_by_prices(self, until: float) -> None:
        """Take the bounds of all stages that the prices at hand prove, those before held at the plan at hand."""
        if any(x is None for x in self.x):
            return
        for stage, own in enumerate(self.mip.stages):
            self._hold(stage)
            for part in self.relaxations:
                if time.monotonic() < until:
                    self._prove_by_prices(part, stage)
            if own.name in self.prices:
                self.trace.add("bound", own.name, self._value(stage), self._bound(stage))

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

    def _keep_prices(self, part: int, name: str, priced: Priced) -> None:
        """Remember what a relaxation of several stages says of one."""
        prices = self.prices.setdefault(name, Prices(np.zeros(self.mip.num_rows), {}))
        prices.rows[self.parts[part].rows] = priced.duals
        prices.held.update(priced.held)

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
