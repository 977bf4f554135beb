"""A solve that decides anew what comes after the first stages of its large parts, once these are settled in a plan.

A vector of what comes after them (`later_stages`) is laid as a plan, and a solver brings that nearer to it
(`finishing`).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.engines.finishing import finished
from yjopt.engines.first_stages_run import FirstStagesRun
from yjopt.engines.later_stages import Rest, decided_anew
from yjopt.engines.laying import processes
from yjopt.engines.outcome import StoppedBy
from yjopt.engines.threads import threads

if TYPE_CHECKING:
    from yjopt.engines.engine import Engine
    from yjopt.engines.halves import SolvedHalf
    from yjopt.engines.params import Params
    from yjopt.model.mip import FloatArray, IntArray, Mip

#: Share of the time left for what comes after the first stages.
LATER_SHARE: Final = 0.75

#: Seconds that this takes at least with so many columns, and the power by which these grow; and where its relaxation
#: was solved with another plan before, the share of the seconds that took.
LATER_SECONDS, LATER_COLUMNS, LATER_POWER = 2.0, 100_000, 1.5
AGAIN_SHARE: Final = 0.3

#: Share of the time left for bringing the plan laid after that nearer to it.
FINISH_SHARE: Final = 0.75

#: Laying a plan after that takes at most about this share of laying one after a pattern.
LATER_LAYING: Final = 0.5


class LaterStagesRun(FirstStagesRun):
    """A solve in which what comes after the first stages of large parts is decided anew.

    Attributes
    ----------
    later_halves : dict of int to SolvedHalf
        By part, what comes after its first stages, relaxed by itself with another plan for these.
    """

    def __init__(self, mip: Mip, params: Params, start: IntArray | None, engine: Engine) -> None:
        super().__init__(mip, params, start, engine)
        self.later_halves: dict[int, SolvedHalf] = {}

    def _lay_later(self, part: int) -> None:
        """Decide anew what comes after the first stages of a part, where a guide has led to these."""
        seconds = self._later_seconds(part) if part in self.guide_seconds else 0.0
        if not seconds:
            return
        until = time.monotonic() + seconds
        with threads(1, "bound") as (pool, _):
            # One core is idle otherwise, and a bound with the first stages held is not touched by what comes after.
            bounding = pool.submit(self._bound_next, part, until) if processes() > 1 else None
            found = self._decide_later(part, until)
            if bounding is not None:
                bounding.result()
        if found is not None and not self._ended:
            self._finish(part, *found)

    def _later_seconds(self, part: int) -> float:
        """How long what comes after the first stages of a part may be decided anew; 0 where that is not enough."""
        piece, left, laying = self.parts[part].columns, self._left, LATER_LAYING * self.lay_seconds
        rest = self._rest_of(part)
        # A whole plan is laid for it, however small the part is.
        is_late = laying > left * len(piece) / self.mip.num_columns
        if rest is None or not rest.free.any() or self._vector() is None or self._ended or is_late:
            return 0.0
        # What is laid late is of no use: it cannot be cut short.
        seconds = min(LATER_SHARE * left, left - laying)
        least = LATER_SECONDS * (rest.free.sum() / LATER_COLUMNS) ** LATER_POWER
        before = self.later_halves.get(part)
        if before is not None and before.basis is not None:
            least = AGAIN_SHARE * before.seconds
        return seconds if least <= seconds else 0.0

    def _rest_of(self, part: int) -> Rest | None:
        """What of a part comes after its first stages; None where nobody tells."""
        guide, piece = self.params.guide, self.parts[part].columns
        if guide is None or guide.later is None:
            return None
        later = guide.later
        return Rest(*(np.isin(piece, some) for some in (later.columns, later.whole, later.decided)))

    def _decide_later(self, part: int, until: float) -> tuple[IntArray, FloatArray] | None:
        """Decide anew what comes after the first stages of a part, and lay a plan; that and its vector."""
        guide, x, own, rest = self.params.guide, self._vector(), self.x[part], self._rest_of(part)
        later = None if guide is None else guide.later
        if later is None or rest is None or x is None or own is None:
            return None
        piece = self.parts[part].columns
        found = decided_anew(
            self.mips[part],
            own,
            rest,
            self._guiding_cost(self.mips[part]),
            deadline=until,
            seed=self.params.seed,
            begun=self.later_halves.get(part),
            needed=lambda values: later.needed(x, _with(x, piece, values))[piece],
        )
        if found.interrupted:
            self.reasons.add(StoppedBy.INTERRUPT)
        if found.values is None or self._ended:
            return None
        laid = later.lay(x, _with(x, piece, found.values))
        self._offer(laid)
        return laid, found.values

    def _finish(self, part: int, laid: IntArray, values: FloatArray) -> None:
        """Bring a plan that was laid after a vector of a part nearer to it."""
        rest = self._rest_of(part)
        if rest is None or not self.mip.is_feasible(laid):
            return
        piece, result = self.parts[part].columns, laid.copy()
        until = time.monotonic() + FINISH_SHARE * self._left
        cost, seed = self._guiding_cost(self.mips[part]), self.params.seed
        found = finished(self.mips[part], laid[piece], values, rest, cost, deadline=until, seed=seed)
        if found.interrupted:
            self.reasons.add(StoppedBy.INTERRUPT)
        result[piece] = found.x
        self._offer(result)


def _with(x: IntArray, piece: IntArray, values: FloatArray) -> FloatArray:
    """A plan with a vector in some columns."""
    vector = x.astype(np.float64)
    vector[piece] = values
    return vector
