"""Patterns of large parts: what a relaxation says that a good plan uses.

Where one relaxation of all stages can be had, it guides; beside it, where there is a core, the first stages are begun
with. A model too large for that has the pattern of its first stages from their own, and of the rest from districts.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.engines.districts import relaxed_apart
from yjopt.engines.first_stages import bettered, lighter, priced, summed
from yjopt.engines.first_stages_run import DIVE_SHARE
from yjopt.engines.guidance import guidance
from yjopt.engines.halves import basis_of, first_half, later_half, relaxed_half, tied
from yjopt.engines.knowledge import Prices
from yjopt.engines.later_stages_run import LaterStagesRun
from yjopt.engines.laying import processes, with_part
from yjopt.engines.outcome import StoppedBy
from yjopt.engines.run import LATE_SECONDS
from yjopt.engines.subproblem import subproblem
from yjopt.engines.threads import threads

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    from yjopt.engines.first_stages_run import Begun
    from yjopt.engines.guidance import Guidance
    from yjopt.engines.halves import SolvedHalf
    from yjopt.engines.relaxation import Statuses
    from yjopt.engines.subproblem import Subproblem
    from yjopt.model.mip import FloatArray, IntArray

#: Columns beyond which the first stages are begun with beside the guiding relaxation, where there is a core for it; and
#: beyond which they get a plan and a search of their own there if there is no time for more.
BESIDE, SLOW = 30_000, 200_000

#: Part of what first stages cost that prices for everything else may change where what was begun without them stays.
MISLED: Final = 0.02

#: Share of the rows in which what comes after the first stages stands with something else, beyond which the bases of
#: both halves are no good one together: under the rule ``strict`` a solve from nothing takes two thirds of the time.
TIED: Final = 0.08

#: Where there is nothing but the plan by hand, one is laid even if that seems to take so much longer than there is:
#: after a pattern only its own ways are looked at, which takes two thirds of what is expected.
HOPE: Final = 1.5

#: What comes after the first stages is decided anew beside the guiding relaxation for at most such a part of the time
#: that its own relaxation took, or so many seconds: once the first stages are better, it is decided again.
SOON, SOON_SECONDS = 0.5, 0.5

#: Share of the time left for the relaxation that guides, without which a large model gets nowhere; and for what
#: districts' relaxations say of the rest of one that is too large for it.
GUIDE_SHARE, REST_SHARE = 0.7, 0.5


class PatternRun(LaterStagesRun):
    """A solve whose large parts get plans after patterns."""

    def _follow_patterns(self) -> None:
        """Find the patterns that are not remembered, and make whole plans after them."""
        laid = set(self.districts)
        for part in self.relaxations:
            if self._ended:
                return
            if part in self.patterns:
                continue
            if part in self.districts:
                self._relax_apart(part)
            elif self.mips[part].num_columns > BESIDE and processes() > 1:
                laid |= {part} if self._relax_beside(part) else set()
            else:
                self._relax_whole(part)
        near = {part: pattern for part, pattern in self.patterns.items() if part not in laid}
        self._lay(near, self._left + LATE_SECONDS)

    def _relax_whole(self, part: int) -> None:
        """The guiding relaxation of a part, or that of its first stages alone where there is no time for it."""
        self._take_guidance(part, self._guidance(part)())
        if part not in self.patterns and not self._ended:
            self._relax_first_alone(part)

    def _relax_beside(self, part: int) -> bool:
        """The guiding relaxation of a part, and meanwhile its first stages; whether a plan was laid for these."""
        sub, x = subproblem(self.mips[part]), None
        begun: Begun | None = None
        is_dived = sub is not None and self._may_dive(part, sub, int(sub.is_own.sum()))
        # The other core is for a dive where there is time for one.
        with (
            threads(1 if is_dived else 2, "halves") as (pool, stop),
            threads(1, "guidance") as (guiding, _),
        ):
            halves = [pool.submit(half) for half in self._halves(part, stop.is_set)]
            relaxing = guiding.submit(self._guidance(part, halves))
            if sub is not None and is_dived:
                begun = self._begin_unpriced(part, sub)
            elif sub is not None and self.mips[part].num_columns > SLOW:
                x = self._better_meanwhile(part, sub, halves, relaxing.done)
            self._take_guidance(part, relaxing.result())
        if halves:
            self.later_halves[part] = halves[0].result()
        return self._lay_begun(part, sub, x, begun, self._rest(part, halves))

    def _halves(self, part: int, stop: Callable[[], bool]) -> list[Callable[[], SolvedHalf]]:
        """Relax what comes after the first stages of a part, and what these hang on, where anybody tells them apart."""
        guide, mip, x = self.params.guide, self.mips[part], self.x[part]
        sub = subproblem(mip, shares_rows=False)
        if guide is None or guide.later is None or sub is None or x is None:
            return []
        free = np.isin(self.parts[part].columns, guide.later.columns)
        if not free.any() or tied(mip, free) > TIED:
            return []
        stages = sub.mip.stages[: sub.last + 1]
        if stages[-1].name not in self._weights():
            return []
        relax = partial(
            relaxed_half,
            cost=self._guiding_cost(mip),
            deadline=time.monotonic() + GUIDE_SHARE * self._left,
            seed=self.params.seed,
            stop=lambda: stop() or StoppedBy.INTERRUPT in self.reasons,
        )
        # Only a plan laid after both halves asks for their prices, and the guide would wait for these.
        light = summed(sub, lighter(self._weights(), stages)) if mip.num_columns > SLOW else None
        whole = np.isin(self.parts[part].columns, guide.later.whole)
        return [
            partial(relax, later_half(mip, x, free, whole)),
            partial(relax, first_half(sub), pricing=light),
        ]

    def _rest(self, part: int, halves: Sequence[Future[SolvedHalf]]) -> FloatArray:
        """What comes after the first stages, as far as anything says what that is; else it may do what these want."""
        x, later = self.x[part], halves[0].result() if halves else None
        if part in self.patterns or x is None or later is None or later.values is None:
            return self.patterns.get(part, self.mips[part].upper)
        rest = x.astype(np.float64)
        rest[later.columns] = later.values
        return rest

    def _lay_begun(
        self, part: int, sub: Subproblem | None, x: IntArray | None, begun: Begun | None, rest: FloatArray
    ) -> bool:
        """Lay a plan after what was done beside the guiding relaxation; False where that alone says what to lay."""
        is_guided = part in self.patterns
        if begun is not None and begun.values is not None:
            if not is_guided:
                self._lay({part: with_part(rest, begun.sub, begun.values)}, self._left)
                return True
            # To do it again takes as long again.
            if begun.seconds < DIVE_SHARE * self._left and self._is_misled(part, begun, begun.values):
                return False
            self.begun[part] = begun
            self._lay_near(part, begun)
            return True
        if x is not None:
            self._lay({part: with_part(rest, sub, x)}, self._left)
            return True
        if not (is_guided or self._ended):
            self._relax_first_alone(part)
        return False

    def _is_misled(self, part: int, begun: Begun, values: FloatArray) -> bool:
        """Whether what everything else is worth, once that is known, changes much of what was begun without it."""
        sub, free = begun.sub, begun.priced
        priced = self._priced(part, sub, self.prices.get(self.mip.stages[sub.last].name))
        if priced is None or free is None:
            return False
        before, now = free.cost / free.denominator, priced.cost / priced.denominator
        return float(np.abs(now - before) @ np.abs(values)) > MISLED * float(np.abs(before) @ np.abs(values))

    def _begin_unpriced(self, part: int, sub: Subproblem) -> Begun | None:
        """Begin with the first stages before anything else has a price; None where nobody says what these weigh."""
        x = self.x[part]
        if x is None:
            return None
        weights, stages = self._weights(), self.mip.stages
        own = weights.get(stages[sub.last].name, 0.0) / stages[sub.last].unit
        if not own:
            return None
        held = {s.name: -weights.get(s.name, 0.0) / s.unit / own for s in stages[: sub.last]}
        free = Prices(np.zeros(self.mip.num_rows), held)
        return self._begin_first(part, sub, x, free)

    def _better_meanwhile(
        self,
        part: int,
        sub: Subproblem,
        halves: Sequence[Future[SolvedHalf]],
        is_over: Callable[[], bool],
    ) -> IntArray | None:
        """Lay a plan after the first stages and then the rest, and better the first until something is over."""
        first = self._lay_halves(part, halves) if halves else self._relax_first_alone(part)
        x = self.x[part]
        if first is None or x is None or self._ended:
            return None
        found = bettered(sub, x[sub.columns], first, until=self.deadline, seed=self.params.seed, stop=is_over)
        if found.interrupted:
            self.reasons.add(StoppedBy.INTERRUPT)
        return found.x

    def _lay_halves(self, part: int, halves: Sequence[Future[SolvedHalf]]) -> FloatArray | None:
        """Lay a plan after the first half, then its rest after the other; with the first half's own vector."""
        mip, sub, own = self.mips[part], subproblem(self.mips[part], shares_rows=False), halves[1].result()
        if sub is None or own.values is None or self._ended:
            return None
        # The other half takes longer, and may be late: until then it may do whatever the first stages want.
        self._lay({part: with_part(mip.upper, sub, own.values)}, HOPE * self._left)
        if own.duals is not None:
            duals = np.zeros(mip.num_rows)
            duals[own.rows] = own.duals
            stages = sub.mip.stages[: sub.last + 1]
            found = priced(stages, lighter(self._weights(), stages), own.values, duals)
            self._keep_prices(part, stages[-1].name, found)
            self._prove_first(part, sub)
        self.later_halves[part] = later = halves[0].result()
        seconds = min(self._later_seconds(part), max(SOON * later.seconds, SOON_SECONDS))
        if seconds and later.values is not None:
            self._decide_later(part, time.monotonic() + seconds)
        x = self.x[part]
        return None if x is None else with_part(x, sub, own.values)

    def _guidance(self, part: int, halves: Sequence[Future[SolvedHalf]] = ()) -> Callable[[], Guidance]:
        """Solves the guiding relaxation of a part within its share of the time left, from its halves if it has any."""
        cost, until = self._guiding_cost(self.mips[part]), time.monotonic() + GUIDE_SHARE * self._left

        def basis() -> Statuses | None:
            return basis_of(self.mips[part], [half.result() for half in halves])

        return partial(guidance, self.relaxations[part], cost, self._weights(), until, self.deadline, basis)

    def _take_guidance(self, part: int, found: Guidance) -> None:
        """Keep vector and prices of the guiding relaxation of a part."""
        for name, own in found.stages.items():
            self._keep_prices(part, name, own)
            self.reached[part, name] = own.value
        self.guide_seconds[part] = found.seconds
        if found.interrupted:
            self.reasons.add(StoppedBy.INTERRUPT)
        if found.values is not None:
            self.patterns[part] = found.values

    def _relax_apart(self, part: int) -> None:
        """Patterns of a part that is too large for one relaxation: its first stages' own, then its districts'."""
        mip, began = self.mips[part], time.monotonic()
        sub = subproblem(mip, shares_rows=False)
        # Relaxed as one, the first stages keep one core busy most of the time.
        is_one = sub is not None and not self._is_cut_up(part, sub) and processes() > 1
        rest: FloatArray | None = None
        if sub is not None and is_one:
            with threads(1, "rest") as (pool, _):
                relaxing = pool.submit(self._relax_rest, part, 1)
                first = self._relax_first(part, sub)
                rest = relaxing.result()
        else:
            first = None if sub is None else self._relax_first(part, sub)
            pace = 0.0 if sub is None or first is None else mip.num_columns / len(sub.columns)
            if pace * (time.monotonic() - began) < processes() * REST_SHARE * self._left:
                rest = self._relax_rest(part, processes())
        if self._ended or self.x[part] is None:
            return
        if rest is None:
            # Nobody knows what the rest does: it may do whatever the first stages want.
            rest = mip.upper
        self._lay({part: with_part(rest, sub, first)}, self._left)
        x = self.x[part]
        if sub is not None and first is not None and x is not None and not self._ended:
            self._prove_first(part, sub)
            first = self._whole_first(part, sub, first, rest)
        known = rest if x is None else np.where(rest < mip.upper, rest, x)
        self.patterns[part] = with_part(known, sub, first)

    def _relax_rest(self, part: int, at_once: int) -> FloatArray | None:
        """What the districts of a part would use if all others kept to the plan, so many solved at once.

        One without time may use anything; None where all were without, or after Ctrl-C.
        """
        mip, x = self.mips[part], self.x[part]
        if x is None:
            return None
        found = relaxed_apart(
            mip,
            x,
            self.districts[part],
            self._guiding_cost(mip),
            deadline=time.monotonic() + REST_SHARE * self._left,
            seed=self.params.seed,
            processes=at_once,
            stop=lambda: StoppedBy.INTERRUPT in self.reasons,
        )
        if found is None:
            self.reasons.add(StoppedBy.INTERRUPT)
            return None
        return np.where(found.solved, found.values, mip.upper) if found.solved.any() else None
