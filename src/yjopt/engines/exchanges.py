"""Better plans by exchanges: one choice takes the place of another, which takes that of a third, and so on.

A site is full and a large group has none. A region frees some sites, and the solver tries in a second what
shortest paths find for all sites at once in a hundredth: who could go where if somebody made room there, and what the
whole chain costs or saves (multi-exchange: Ahuja, Ergun, Orlin and Punnen, 2002, doi:10.1016/S0166-218X(01)00338-9;
ejection chains for assignment: Yagiura, Ibaraki and Glover, 2006, doi:10.1016/j.ejor.2004.06.015). All other columns
stay as they are, but for those that only follow.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from yjopt.engines.choices import Choices
from yjopt.engines.chosen import Chosen

if TYPE_CHECKING:
    from yjopt.model.mip import BoolArray, FloatArray, IntArray, Mip

#: Choices that one chain changes, at most.
LONGEST: Final = 5

#: Rounds in vain, each with other ties broken, after which an exchange ends.
PATIENCE: Final = 8

#: Chains that are tried in one round, the best first; and pairs of an option and who would make room for it that are
#: looked at, drawn anew each time where there are more.
TRIED, MOST_PAIRS = 200, 4_000_000

#: By how much ties are broken, in parts of the least cost.
TIE: Final = 1e-3


class _Pairs(NamedTuple):
    """Options that are possible once somebody makes room.

    Attributes
    ----------
    option : int64 array
        Sorted.
    other : int64 array
        The choice that is at its place now and leaves it.
    """

    option: IntArray
    other: IntArray

    def only(self, some: BoolArray) -> _Pairs:
        """Some of the pairs."""
        return _Pairs(self.option[some], self.other[some])


class _Crowds(NamedTuple):
    """For each choice, the cheapest way to a place from which several others go.

    Attributes
    ----------
    cost : float64[choices]
        Infinite where there is none.
    first, last : int64[choices]
        The pairs of its option with those who go.
    pairs : _Pairs
    """

    cost: FloatArray
    first: IntArray
    last: IntArray
    pairs: _Pairs


class _Steps(NamedTuple):
    """For each choice, the best that it can do in chains of at most so many.

    Attributes
    ----------
    cost : float64[choices]
        Of the whole chain; infinite where there is none.
    option : int64[choices]
        What it takes itself.
    other : int64[choices]
        Who makes room for it, -1 for nobody.
    """

    cost: FloatArray
    option: IntArray
    other: IntArray


class Exchanges:
    """Changes the choices of plans of one model, in chains.

    Parameters
    ----------
    mip : Mip

    Attributes
    ----------
    choices : Choices
    """

    def __init__(self, mip: Mip) -> None:
        self.choices = Choices(mip)
        self._mip = mip
        column = np.repeat(np.arange(mip.num_columns), np.diff(mip.matrix.indptr))
        alone = np.diff(mip.matrix.indptr) == 1
        alone[self.choices.columns] = False
        #: Positions of the entries of columns that stand in one row only.
        self._alone = np.flatnonzero(alone[column])
        self._alone_column = column[self._alone]

    def better(
        self,
        x: IntArray,
        cost: IntArray,
        random: np.random.Generator,
        *,
        shut: BoolArray | None = None,
        deadline: float,
    ) -> IntArray:
        """Exchange until many rounds have gained nothing.

        Parameters
        ----------
        x : int64[columns]
            A plan.
        cost : int64[columns]
            It is to cost less.
        random : numpy.random.Generator
            Breaks ties.
        shut : bool[columns], optional
            Columns that stay as they are.
        deadline : float
            By `time.monotonic`.

        Returns
        -------
        int64[columns]
            A plan that costs less, or the same vector.
        """
        plan = Chosen(self._mip, self.choices, x, cost, shut)
        plan.widen(self._alone, self._alone_column)
        vain = 0
        while vain < PATIENCE and time.monotonic() < deadline:
            vain = 0 if _round(plan, random) else vain + 1
            if vain:
                # What costs the same leads on, perhaps.
                _round(plan, random, sideways=True)
        return plan.vector() if plan.saved else x


def _round(plan: Chosen, random: np.random.Generator, *, sideways: bool = False) -> int:
    """Carry the best changes out; how many.

    Parameters
    ----------
    plan : Chosen
    random : numpy.random.Generator
    sideways : bool
        Those, too, that cost nothing.
    """
    positive = np.abs(plan.cost[plan.cost != 0])
    if not len(positive):
        return 0
    noisy = plan.cost + TIE * float(positive.min()) * random.random(len(plan.cost))
    steps = _steps(plan, noisy, random)
    crowds = _crowds(plan, noisy, steps[0], random)
    best = np.argsort(np.minimum(steps[-1].cost, crowds.cost), kind="stable")[:TRIED]
    gained, touched, moved = 0, set[int](), set[int]()
    for start in best.tolist():
        change: list[int] = []
        if crowds.cost[start] < min(steps[-1].cost[start], 0.0):
            change = _crowd(crowds, steps[0], start)
        elif steps[-1].cost[start] < 0:
            change = _chain(plan, steps, start)
        if not change:
            continue
        places = {*plan.choices.place[change].tolist()} - {-1}
        movers = {*plan.choices.choice[change].tolist()}
        if not (places & touched or movers & moved) and plan.carry_out(change, int(sideways)):
            gained += 1
            touched |= places
            moved |= movers
    return gained


def _steps(plan: Chosen, cost: FloatArray, random: np.random.Generator) -> list[_Steps]:
    """The best of each choice, alone and in chains of two and more."""
    choices, amounts = plan.choices, plan.choices.amounts
    option = np.flatnonzero(plan.may)
    option = option[plan.now[choices.choice[option]] != option]
    now = plan.now[choices.choice[option]]
    change = cost[option] - cost[now]
    at_home = (choices.place[option] == choices.place[now]) & (choices.place[option] >= 0)
    takes = np.where(at_home[:, None], amounts[option] - amounts[now], amounts[option])
    fits = plan.fits(option, takes)
    found = [_best(plan, change[fits], option[fits], np.full(int(fits.sum()), -1))]
    pairs = _pairs(plan, option[~fits & ~at_home], random)
    pairs = pairs.only(plan.fits(pairs.option, amounts[pairs.option] - amounts[plan.now[pairs.other]]))
    own = plan.now[choices.choice[pairs.option]]
    change = cost[pairs.option] - cost[own]
    for _ in range(LONGEST - 1):
        longer = _best(plan, change + found[-1].cost[pairs.other], *pairs)
        is_better = longer.cost < found[-1].cost
        found.append(_Steps(*(np.where(is_better, a, b) for a, b in zip(longer, found[-1], strict=True))))
    # The first of a chain leaves its place to nobody.
    leaves = np.zeros(choices.number, dtype=np.bool_)
    known = np.flatnonzero(plan.now >= 0)
    leaves[known] = plan.fits(plan.now[known], -amounts[plan.now[known]])
    found[-1].cost[~leaves] = np.inf
    return found


def _pairs(plan: Chosen, option: IntArray, random: np.random.Generator) -> _Pairs:
    """Options with who is at their place and may leave it."""
    choices = plan.choices
    there = plan.now[(plan.now >= 0)]
    there = there[plan.may[there] & (choices.place[there] >= 0)]
    there = there[np.argsort(choices.place[there], kind="stable")]
    places = choices.place[there]
    first = np.searchsorted(places, choices.place[option])
    size = np.searchsorted(places, choices.place[option], side="right") - first
    if size.sum() > MOST_PAIRS:
        some = np.sort(random.permutation(len(option))[: int(len(option) * MOST_PAIRS / size.sum())])
        option, first, size = option[some], first[some], size[some]
    number = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    who, leaving = np.repeat(option, size), there[np.repeat(first, size) + number]
    return _Pairs(who, choices.choice[leaving])


def _crowds(plan: Chosen, cost: FloatArray, alone: _Steps, random: np.random.Generator) -> _Crowds:
    """What it costs to make room for what is dear where it is by sending several others away, each by itself."""
    choices, amounts = plan.choices, plan.choices.amounts
    now = plan.now[choices.choice]
    is_better = plan.may & (cost < cost[now]) & (choices.place != choices.place[now])
    pairs = _pairs(plan, np.flatnonzero(is_better & (choices.place >= 0)), random)
    pairs = pairs.only(np.isfinite(alone.cost[pairs.other]) & (choices.choice[pairs.option] != pairs.other))
    short = amounts[pairs.option] - plan.room(pairs.option)
    given, price = amounts[plan.now[pairs.other]], alone.cost[pairs.other]
    # Of what is short most, who goes first gives most of it for its price.
    use = (np.minimum(given, short.clip(0)) / np.maximum(short, 1)).max(axis=1)
    order = np.lexsort((price.clip(0) / np.maximum(use, TIE), pairs.option))
    pairs, given, price, short = (
        _Pairs(*(a[order] for a in pairs)),
        given[order],
        price[order],
        short[order],
    )
    number = choices.number
    first, last = np.zeros((2, number), dtype=np.int64)
    answer = _Crowds(np.full(number, np.inf), first, last, pairs)
    if not len(price):
        return answer
    head = np.flatnonzero(np.diff(pairs.option, prepend=-1))
    size = np.diff(np.append(head, len(price)))
    freed, paid = np.cumsum(given, axis=0), np.cumsum(price)
    freed -= np.repeat(freed[head] - given[head], size, axis=0)
    paid -= np.repeat(paid[head] - price[head], size)
    enough = np.flatnonzero((freed >= short).all(axis=1))
    enough = enough[np.unique(pairs.option[enough], return_index=True)[1]]
    option = pairs.option[enough]
    found = _best(plan, cost[option] - cost[now[option]] + paid[enough], option, enough)
    some = np.flatnonzero(np.isfinite(found.cost))
    answer.cost[some], answer.last[some] = found.cost[some], found.other[some]
    answer.first[some] = np.searchsorted(pairs.option, found.option[some])
    return answer


def _crowd(crowds: _Crowds, alone: _Steps, start: int) -> list[int]:
    """The options that are taken where several make room for one."""
    pairs = crowds.pairs
    option, last = int(pairs.option[crowds.last[start]]), int(crowds.last[start])
    others = pairs.other[int(crowds.first[start]) : last + 1]
    return [*alone.option[others].tolist(), option]


def _best(plan: Chosen, cost: FloatArray, option: IntArray, other: IntArray) -> _Steps:
    """The cheapest entry of each choice; options are sorted by it."""
    number = plan.choices.number
    answer = _Steps(np.full(number, np.inf), np.full(number, -1), np.full(number, -1))
    choice = plan.choices.choice[option]
    if not len(choice):
        return answer
    first = np.flatnonzero(np.diff(choice, prepend=-1))
    least = np.minimum.reduceat(cost, first)
    at = np.flatnonzero(cost == np.repeat(least, np.diff(np.append(first, len(choice)))))
    at = at[np.unique(choice[at], return_index=True)[1]]
    for values, found in zip(answer, (cost, option, other), strict=True):
        values[choice[at]] = found[at]
    return answer


def _chain(plan: Chosen, steps: list[_Steps], start: int) -> list[int]:
    """The options that a chain takes, from its end on; none where it comes back to itself."""
    chain, seen, choice = list[int](), set[int](), start
    for step in reversed(steps):
        if choice in seen or not np.isfinite(step.cost[choice]):
            return []
        seen.add(choice)
        chain.append(int(step.option[choice]))
        choice = int(step.other[choice])
        if choice < 0:
            break
    places = [place for place in plan.choices.place[chain].tolist() if place >= 0]
    return chain[::-1] if choice < 0 and len(set(places)) == len(places) else []
