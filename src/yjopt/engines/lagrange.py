"""Large parts of a model: priced by their relaxation, made whole after its pattern, bettered region by region.

A city handed over whole stops every open solver. Its linear relaxation is solved in seconds, and does two things.
Its vector says what a good plan uses and who gets it: whoever knows what the columns mean can make a whole plan after
that pattern (`Guide.lay`), which regions of a few hundred columns then better (`regions`). Its duals price every shared
resource, and give each stage a Lagrangian bound that anyone can check (`certificate`; Geoffrion, 1974,
doi:10.1007/BFb0120690). Small parts go straight to the solver.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.engines.districts import DistrictSearch
from yjopt.engines.laying import processes
from yjopt.engines.outcome import StoppedBy, gap
from yjopt.engines.patterns import PatternRun
from yjopt.engines.regions import Improvement
from yjopt.engines.run import LEAST_SECONDS

if TYPE_CHECKING:
    from yjopt.engines.engine import Engine
    from yjopt.engines.outcome import BoundProof
    from yjopt.engines.params import Params
    from yjopt.model.mip import IntArray, Mip

#: Columns up to which the solver still gets a large part whole, after everything else.
WHOLE: Final = 30_000

#: Share of the time left for regions before the bounds.
REGIONS_SHARE: Final = 0.75

#: Share of the time left for the bound of the stage after those that the guide has priced.
NEXT_SHARE: Final = 0.15

#: Relative gap to the relaxation up to which the solver may close a stage of such a part; beyond, it only wrecks what
#: later stages have.
HOPEFUL = 0.05

#: Regions in vain after which a part that is also solved whole goes on to that.
PATIENCE = 20

#: Where it is: shares of a stage's time left for its relaxation, and then for the solver; regions have the rest.
BOUND_SHARE, WHOLE_SHARE = 0.4, 0.6


class LargeRun(PatternRun):
    """A solve in which some parts are large.

    Attributes
    ----------
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
        self.searches: dict[int, Improvement | DistrictSearch] = {}
        self.gained_at: dict[int, int] = {}
        self.in_hurry: set[int] = set()
        self.hopeful = HOPEFUL

    def _passes(self) -> None:
        """A whole plan after the pattern, regions, then the stages in order for their bounds, then regions again."""
        if not self.relaxations:
            super()._passes()
            return
        self._recall()
        self._lay_plans()
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

    def _lay_plans(self) -> None:
        """Plans after the patterns, and after the first stages bettered by themselves."""
        began = time.monotonic()
        self._follow_patterns()
        for part in self.relaxations:
            if part not in self.districts:
                self._better_first(part)
            self._lay_later(part)
        if not self._ended:
            self._prove_all_by_prices(self.deadline)
        for part in self.relaxations:
            if part not in self.districts and self.mips[part].num_columns > WHOLE:
                self._bound_next(part, time.monotonic() + NEXT_SHARE * self._left)
        self._spend(began)

    def _stages(self) -> bool:
        """All stages in order; False where nothing is to come after them."""
        for stage in range(len(self.mip.stages)):
            self._stage(stage)
            if self._ended or (stage == 0 and self._breaks_hard_rules()):
                return False
        return True

    def _solve_whole(self) -> None:
        """Once regions gain nothing more, let the solver close the stages, whatever it does to later ones.

        Its plan stays only if it is worth it, for a stopped search leaves later stages as they fall.
        """
        before, self.hopeful = self.x.copy(), np.inf
        bounds, proofs = [own.copy() for own in self.bounds], [own.copy() for own in self.proofs]
        held = [own.copy() for own in self.held]
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
            self.held = held
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
            self._prove_by_prices(part, stage)
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
        stages = range(len(self.mip.stages))
        search.leave(next((k for k in stages if not self._closed(part, k)), len(stages)))
        search.until(min(time.monotonic() + seconds, self.deadline))
        if search.interrupted:
            self.reasons.add(StoppedBy.INTERRUPT)
        self._take_if_better(part, search.x)
        for done in range(stage):
            self._hold(done)

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
                processes=processes(),
                on_better=lambda better, _: self._better(part, better),
                stop=lambda: self._has_enough(part),
            )
        elif search is None:
            search = self.searches[part] = Improvement(
                self.mips[part],
                x,
                guide=self.patterns.get(part),
                seed=self.params.seed,
                processes=processes(),
                on_better=lambda better, _: self._better(part, better),
                stop=lambda: self._is_in_vain(part) or self._has_enough(part),
            )
        elif not np.array_equal(search.x, x):
            search.restart(x)
        return search

    def _better(self, part: int, x: IntArray) -> None:
        """Take a plan that a region has found, and tell."""
        self.gained_at[part] = self.searches[part].tally.regions
        self._take_if_better(part, x)
        self._tell()

    def _has_enough(self, part: int) -> bool:
        """Whether somebody has said what is enough, and every stage is."""
        is_said = bool(self.params.enough or self.params.targets)
        return is_said and all(self._closed(part, stage) for stage in range(len(self.mip.stages)))

    def _is_in_vain(self, part: int) -> bool:
        """Whether many regions have gained nothing, and there is something better to do."""
        tried = self.searches[part].tally.regions - self.gained_at.get(part, 0)
        return part in self.in_hurry and tried >= PATIENCE
