"""A solve that settles the first stages of its large parts by themselves, and lays plans after what comes of it.

What the first stages hang on is a part of a model in which the search is many times as fast, and in which a solver
proves more than prices do (`first_stages`). What is decided there goes to the whole by one warm relaxation, and from it
to a plan.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.engines.components import split
from yjopt.engines.districts import columns_of
from yjopt.engines.diving import AT_ONCE, WHOLE, dived
from yjopt.engines.first_stages import Bettered, bettered, relaxed, relaxed_by_district
from yjopt.engines.knowledge import Prices, Solved
from yjopt.engines.laying import LayingRun, processes, with_part
from yjopt.engines.outcome import StoppedBy
from yjopt.engines.partly_whole import Settled, made_whole
from yjopt.engines.priced_subproblem import PricedSubproblem
from yjopt.engines.relaxation import Relaxation
from yjopt.engines.run import dense
from yjopt.engines.strengthening import strengthened
from yjopt.engines.subproblem import subproblem

if TYPE_CHECKING:
    from collections.abc import Callable

    from yjopt.engines.components import Part
    from yjopt.engines.engine import Engine, Limit
    from yjopt.engines.first_stages import Relaxed
    from yjopt.engines.knowledge import Knowledge
    from yjopt.engines.params import Params
    from yjopt.engines.subproblem import Subproblem
    from yjopt.model.mip import BoolArray, FloatArray, IntArray, Mip

#: Columns beyond which a part is taken district by district, and columns of a district at most.
WIDE, DISTRICT = 1_000_000, 700_000

#: Shares of the time left: for a relaxation of the first stages alone, and for one after they are decided.
FIRST_SHARE, COMPLETE_SHARE = 0.7, 0.7

#: Share of the time left for bettering the first stages by themselves.
SEARCH_SHARE: Final = 0.35

#: Shares of the time left for solving small pieces of the first stages outright, and for what a solver proves of the
#: largest beside the search: cuts have proven most of it before. The first may take so many seconds in any case.
SETTLE_SHARE, PROVE_SHARE, SETTLE_SECONDS = 0.2, 0.25, 0.3

#: Shares of the time left that making columns of the first stages whole, and laying a second plan after it, may take.
DIVE_SHARE, SECOND_SHARE = 0.5, 0.2

#: Of the time for cuts and dives where something says whether others may be used: the share of cuts, and what is left
#: for making that whole; and the relative gap at which a plan with all of that whole is good enough to begin with.
CUT_SHARE, SIGN_SHARE, SIGN_GAP = 0.25, 0.7, 0.2

#: What costs nothing costs so small a part of the least that anything costs, where that counts.
CRUMB: Final = 1000

#: Seconds that cuts and dives in a piece of so many columns may take, and the power by which these grow.
DIVING_SECONDS, DIVING_COLUMNS, DIVING_POWER = 8.0, 23_000, 1.5


@dataclass(frozen=True, eq=False)
class Begun:
    """First stages begun with: small pieces settled, the largest strengthened, and what most hangs on made whole in it.

    Attributes
    ----------
    sub : Subproblem
    prices : Prices or None
        Of everything else.
    priced : PricedSubproblem or None
        With these.
    pieces : Settled
    cuts : tuple of Limit
        That the largest piece keeps, and its relaxation does not.
    values : float64[columns of the subproblem] or None
        What a plan is to be near.
    seconds : float
        That it took.
    """

    sub: Subproblem
    prices: Prices | None
    priced: PricedSubproblem | None
    pieces: Settled
    cuts: tuple[Limit, ...] = ()
    values: FloatArray | None = None
    seconds: float = 0.0


class FirstStagesRun(LayingRun):
    """A solve in which the first stages of large parts are settled by themselves.

    Attributes
    ----------
    districts : dict of int to list of int64 array
        Columns of the districts of each part that is too large for one relaxation.
    proven : dict of (int, int) to list of (PricedSubproblem, int)
        By part and stage, what a solver has proven of a subproblem, wholly or in part, while other rows were priced.
    solved : dict of str to Solved
        By stage, the same for a model like this one.
    begun : dict of int to Begun
        Parts whose first stages were begun with beside their guiding relaxation.
    """

    def __init__(self, mip: Mip, params: Params, start: IntArray | None, engine: Engine) -> None:
        super().__init__(mip, params, start, engine)
        self.districts = self._cut_up()
        self.proven: dict[tuple[int, int], list[tuple[PricedSubproblem, int]]] = {}
        known = params.knowledge
        self.solved: dict[str, Solved] = {} if known is None else dict(known.solved)
        self.begun: dict[int, Begun] = {}

    def _relax_first(self, part: int, sub: Subproblem) -> FloatArray | None:
        """The vector of the relaxation of what the first stages of a part hang on; its prices are kept."""
        mip, weights, x = self.mips[part], self._weights(), self.x[part]
        if mip.stages[sub.last].name not in weights or x is None:
            return None
        relax: Callable[..., Relaxed | None] = relaxed
        if self._is_cut_up(part, sub):
            relax = partial(relaxed_by_district, x=x, districts=self.districts[part])
        until = time.monotonic() + FIRST_SHARE * self._left
        found = relax(mip, sub, weights, deadline=until, seed=self.params.seed, processes=processes())
        if found is None:
            self.reasons.add(StoppedBy.INTERRUPT)
            return None
        self._keep_prices(part, mip.stages[sub.last].name, found.priced)
        return found.values if found.solved else None

    def _relax_first_alone(self, part: int) -> FloatArray | None:
        """Lay a plan after the first stages' own relaxation, and prove their bounds; that plan with its vector."""
        sub = subproblem(self.mips[part], shares_rows=False)
        first = None if sub is None else self._relax_first(part, sub)
        if sub is None or first is None or self._ended:
            return None
        # Nobody knows what the rest does: it may do whatever the first stages want.
        self._lay({part: with_part(self.mips[part].upper, sub, first)}, self._left)
        self._prove_first(part, sub)
        x = self.x[part]
        return None if x is None else with_part(x, sub, first)

    def _better_first(self, part: int) -> None:
        """Better the first stages of a part by themselves, and lay a plan after what comes of it."""
        sub, x = subproblem(self.mips[part]), self.x[part]
        if sub is None or x is None or part not in self.patterns or self._ended:
            return
        if self.params.guide is None or all(self._closed(part, stage) for stage in range(sub.last + 1)):
            return
        begun = self.begun.pop(part, None)
        if part not in self.guide_seconds and self.proven.get((part, sub.last)):
            # The very same was bettered by an earlier solve, and another plan laid for little more changes many orders.
            return
        if self.lay_seconds > self._left * self.mips[part].num_columns / self.mip.num_columns:
            # A whole plan is laid for it, however small the part is.
            return
        if begun is None:
            # A plan laid before is no better start than the one at hand: only what a dive decides is new.
            self.spare = None
            begun = self._begin_first(part, sub, x, self.prices.get(self.mip.stages[sub.last].name))
            self._lay_near(part, begun)
        near = self.x[part] if self.spare is None else self.spare[self.parts[part].columns]
        if near is None or self._ended:
            return
        start = begun.pieces.put_in(near[sub.columns])
        if begun.values is not None:
            start = self._cheaper(part, sub, start, begun.values)
        found = self._search_first(part, sub, start, self.patterns[part], begun)
        self._lay_with(part, sub, found.x, found.x)

    def _cheaper(self, part: int, sub: Subproblem, start: IntArray, values: FloatArray) -> IntArray:
        """A plan of the first stages, or a vector that is one, too, and costs less in one sum."""
        whole, cost = np.rint(values).astype(np.int64), self._guiding_cost(self.mips[part])[sub.columns]
        is_plan = np.abs(values - whole).max(initial=0.0) <= WHOLE and sub.mip.is_feasible(whole)
        return whole if is_plan and cost @ whole < cost @ start else start

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

    def _settled(self, part: int, sub: Subproblem, x: IntArray, priced: PricedSubproblem | None) -> Settled:
        """The first stages with all of their independent pieces solved outright but the largest."""
        if priced is None:
            parts, none = split(sub.mip).parts, np.zeros(len(sub.columns), dtype=np.bool_)
            return Settled(x[sub.columns], 0, parts[-1] if parts else None, none)
        soon = time.monotonic() + min(max(SETTLE_SHARE * self._left, SETTLE_SECONDS), self._left)
        whole, signs = self._is_whole(part, sub), self._signs(part, sub)
        pieces = priced.settle(x, whole, signs, deadline=soon, seed=self.params.seed)
        if pieces.interrupted:
            self.reasons.add(StoppedBy.INTERRUPT)
        return pieces

    def _is_whole(self, part: int, sub: Subproblem) -> BoolArray:
        """Columns of a subproblem that most else hangs on."""
        return np.isin(sub.columns, self._to_be_whole(part))

    def _signs(self, part: int, sub: Subproblem) -> BoolArray:
        """Columns of a subproblem that say whether others may be used."""
        guide, columns = self.params.guide, self.parts[part].columns[sub.columns]
        return np.isin(columns, np.zeros(0) if guide is None else guide.signs)

    def _search_first(
        self,
        part: int,
        sub: Subproblem,
        x: IntArray,
        guide: FloatArray,
        begun: Begun | None = None,
    ) -> Bettered:
        """Better a plan's first stages by regions of their subproblem; meanwhile the solver may prove a bound."""
        until, seed = time.monotonic() + SEARCH_SHARE * self._left, self.params.seed
        prove = None
        if begun is not None and begun.priced is not None and processes() > 1:
            prove = partial(self._prove_beside, part, begun, begun.priced, until)
        found = bettered(sub, x, guide, until=until, seed=seed, processes=processes(), prove=prove)
        if found.interrupted:
            self.reasons.add(StoppedBy.INTERRUPT)
        if found.bound is not None and begun is not None:
            self._keep_solved(part, begun, found.bound)
        return found

    def _prove_beside(
        self, part: int, begun: Begun, priced: PricedSubproblem, until: float, *, stop: Callable[[], bool]
    ) -> int | None:
        """What a solver proves of the first stages; then the bound of the stage after them, if there is time."""
        soon = time.monotonic() + PROVE_SHARE * self._left
        whole, seed = self._is_whole(part, begun.sub), self.params.seed
        bound = priced.solve(begun.pieces, whole, cuts=begun.cuts, seed=seed, deadline=soon, stop=stop)
        if not stop():
            self._bound_next(part, until)
        return bound

    def _whole_first(self, part: int, sub: Subproblem, first: FloatArray, rest: FloatArray) -> FloatArray:
        """What the first stages come to once they are bettered by themselves, where there is time to lay it again."""
        x = self.x[part]
        if self._ended or x is None or self.lay_seconds > SECOND_SHARE * self._left:
            return first
        guide = with_part(x, sub, first)
        whole: FloatArray = self._search_first(part, sub, x[sub.columns], guide).x.astype(np.float64)
        self._lay({part: with_part(rest, sub, whole)}, self._left)
        return whole

    def _may_dive(self, part: int, sub: Subproblem, size: int) -> bool:
        """Whether there is time for cuts and dives in a piece of so many columns, and for a plan after them."""
        needed = DIVING_SECONDS * (size / DIVING_COLUMNS) ** DIVING_POWER
        is_late = needed > DIVE_SHARE * self._left or self.lay_seconds > SECOND_SHARE * self._left
        return not (self._ended or is_late) and bool(self._is_whole(part, sub).any())

    def _begin_first(self, part: int, sub: Subproblem, x: IntArray, prices: Prices | None) -> Begun:
        """Settle the small pieces of the first stages, and make whole in the largest what most hangs on."""
        began, late = time.monotonic(), time.monotonic() + DIVE_SHARE * self._left
        priced = self._priced(part, sub, prices)
        pieces = self._settled(part, sub, x, priced)
        begun = Begun(sub, prices, priced, pieces)
        # Where the pattern is remembered, so is a plan that was bettered since.
        is_known = part in self.patterns and part not in self.guide_seconds
        if pieces.open is None or is_known or not self._may_dive(part, sub, len(pieces.open.columns)):
            return begun
        begun = self._made_near(part, begun, pieces.open, began, late)
        return replace(begun, seconds=time.monotonic() - began)

    def _made_near(self, part: int, begun: Begun, piece: Part, began: float, late: float) -> Begun:
        """Cuts for the largest piece, and a vector in which what most hangs on is whole, as far as there is time."""
        sub, priced, here = begun.sub, begun.priced, piece.columns
        whole, signs = self._is_whole(part, sub)[here], self._signs(part, sub)[here]
        guiding = self._guiding_cost(self.mips[part])[sub.columns[here]]
        cost = guiding if priced is None else priced.cost[here]
        small = sub.mip.restrict(here, piece.rows)
        with Relaxation(small, self.params.seed, lambda: StoppedBy.INTERRUPT in self.reasons) as relaxation:
            soon = late
            if signs.any():
                # The guiding sum breaks ties, of which there are many: from its optimum it is a moment to the other.
                relaxation.minimise(guiding, deadline=late)
                # The more cuts, the better the dive; but here a solver is to go on from there, and needs the time.
                soon = began + CUT_SHARE * (late - began)
            found = strengthened(relaxation, cost, whole, deadline=late, cuts_until=soon)
            self._note(found.outcome.stopped_by)
            vector = found.outcome.values
            if not found.outcome.optimal or vector is None:
                return begun
            if priced is not None:
                # Of the largest piece this is certified; of the others it is the solver's word.
                bound = begun.pieces.bound + found.bound(small, priced.cost[here])
                self._keep_proven(part, sub, priced, bound)
            dive = partial(dived, relaxation, values=vector, columns=np.flatnonzero(whole), limits=found.cuts)
            if priced is not None and signs.any():
                dear = _with_crumbs(priced.cost[here], whole)
                soon = late - SIGN_SHARE * (late - time.monotonic())
                values, is_interrupted = dive(cost=dear, deadline=soon, at_once=AT_ONCE[:1])
                if not is_interrupted:
                    values = self._with_signs(small, dear, whole, signs, values, late)
            else:
                values, is_interrupted = dive(cost=cost, deadline=late)
        if is_interrupted:
            self.reasons.add(StoppedBy.INTERRUPT)
        near = begun.pieces.x.astype(np.float64)
        near[here] = values
        return replace(begun, cuts=found.cuts, values=near)

    def _with_signs(
        self,
        mip: Mip,
        cost: IntArray,
        whole: BoolArray,
        signs: BoolArray,
        values: FloatArray,
        deadline: float,
    ) -> FloatArray:
        """A vector with everything whole, where what most hangs on is: parts of signs permit what nobody may do."""
        kept = whole & mip.integer & (np.abs(values - np.rint(values)) <= WHOLE)
        # With only what the vector uses there is one in a fifth of the time, twice as dear as the next.
        ways = (mip.integer & ~signs & (values <= WHOLE), kept)
        seed = self.params.seed
        made: list[IntArray] = []
        for way in ways:
            found = made_whole(mip, cost, way, values, gap=SIGN_GAP, deadline=deadline, seed=seed)
            if found.stopped_by is StoppedBy.INTERRUPT:
                self.reasons.add(StoppedBy.INTERRUPT)
                break
            if found.x is not None:
                made.append(found.x)
        return min(made, key=lambda x: cost @ x).astype(np.float64) if made else values

    def _lay_near(self, part: int, begun: Begun) -> None:
        """Lay a plan after what was made whole: what is broken may be anything near, what nobody settled is free."""
        values, pieces, mip = begun.values, begun.pieces, begun.sub.mip
        if values is None or pieces.open is None:
            return
        decided = pieces.solved.copy()
        decided[pieces.open.columns] = True
        low = np.where(decided, np.floor(values + WHOLE), mip.lower).astype(np.int64)
        high = np.where(decided, np.ceil(values - WHOLE), mip.upper).astype(np.int64)
        self._lay_with(part, begun.sub, low, high)

    def _lay_with(self, part: int, sub: Subproblem, low: IntArray, high: IntArray) -> bool:
        """Lay a plan in which the first stages are decided between two vectors; regions follow a better one."""
        pattern = None if self._ended else self._completed(part, sub, low, high)
        if pattern is None:
            return False
        is_better = self._lay({**self.patterns, part: pattern}, self._left)
        if is_better or self.spare is not None:
            self.patterns[part] = pattern
        return is_better

    def _completed(self, part: int, sub: Subproblem, low: IntArray, high: IntArray) -> FloatArray | None:
        """A pattern in which the first stages are decided between two vectors, or as nearly as the rest allows."""
        mip, cost, x = self.mips[part], self._guiding_cost(self.mips[part]), self.x[part]
        lower, upper = _between(mip, sub, sub.decided(), low, high)
        either = upper if x is None else np.maximum(upper, x)
        # What the rest cannot make possible is not to be; where it lacks what people need who are there already,
        # they have it as in the plan at hand, which is always possible.
        ways = [(lower, upper), (mip.lower, upper), (mip.lower, either)]
        if self._signs(part, sub).any():
            # Whether somebody is exhausted hangs on the last team, wherever it is sent.
            ways.insert(0, _between(mip, sub, sub.decided() | self._is_whole(part, sub), low, high))
        for least, most in ways:
            deadline = time.monotonic() + COMPLETE_SHARE * self._left
            found = self.relaxations[part].minimise(cost, lower=least, upper=most, deadline=deadline)
            self._note(found.stopped_by)
            if not found.infeasible or self._ended:
                return found.values if found.optimal else None
        return None

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

    def _keep_proven(self, part: int, sub: Subproblem, priced: PricedSubproblem, bound: int) -> None:
        """Remember what was proven of a subproblem, and take the bound of the whole that follows from it."""
        self.proven.setdefault((part, sub.last), []).append((priced, bound))
        self._prove_first(part, sub)

    def _keep_solved(self, part: int, begun: Begun, bound: int) -> None:
        """Remember what a solver has proven, and the prices that it holds with."""
        sub, prices, priced = begun.sub, begun.prices, begun.priced
        if prices is not None and priced is not None:
            kept = Prices(prices.rows.copy(), dict(prices.held))
            self.solved[self.mip.stages[sub.last].name] = Solved(priced.mark, kept, bound)
            self._keep_proven(part, sub, priced, bound)

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
                self._keep_proven(part, sub, priced, known.bound)

    def _is_cut_up(self, part: int, sub: Subproblem) -> bool:
        """Whether the first stages of a part are too large for one relaxation, too."""
        return part in self.districts and len(sub.columns) > DISTRICT

    def _cut_up(self) -> dict[int, list[IntArray]]:
        """The districts of parts that are too large for one relaxation, where somebody can tell them."""
        wide = [part for part in self.relaxations if self.mips[part].num_columns > WIDE]
        if self.params.districts is None or not wide:
            return {}
        codes = self.params.districts(DISTRICT)
        return {part: columns_of(codes[self.parts[part].columns]) for part in wide}


def _with_crumbs(cost: IntArray, whole: BoolArray) -> IntArray:
    """A cost in which what most hangs on is never free: nobody sends teams only to have none left."""
    sizes = np.abs(cost[cost != 0])
    crumb = max(int(sizes.min()) // CRUMB, 1) if len(sizes) else 1
    return np.where(whole & (cost == 0), crumb, cost).astype(np.int64)


def _between(
    mip: Mip, sub: Subproblem, decided: BoolArray, low: IntArray, high: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Bounds of a whole model in which columns of a subproblem are decided between two vectors."""
    lower, upper = mip.lower.astype(np.float64), mip.upper.astype(np.float64)
    columns = sub.columns[decided]
    lower[columns], upper[columns] = low[decided], high[decided]
    return lower, upper
