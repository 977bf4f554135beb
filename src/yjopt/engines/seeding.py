"""Where a search by regions begins and what it follows, learned from what regions gave so far."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from yjopt.model.mip import BoolArray, FloatArray, IntArray, Mip

FIRST_CHANCE = 0.6
"""How often at most a stage is worked on when the ones before it have been passed over."""

FORGET, LEAST_CHANCE = 0.35, 1e-6
"""What is left of a seed's chance after a region around it gave nothing, and the least it comes to."""

GUIDED_AWAY = 0.05
"""What a cost that the guide pays, too, counts for a seed: its cause may lie elsewhere."""

CHEAP, DIFFERENT = 1e-6, 0.5
"""A column with a guide's value above its bound by more than the first is in use there; one that lies further than
the second from the plan's value differs."""

AT_RANDOM = 0.15
"""Share of the columns not in use that a region may follow all the same."""

SETTLED = 0.95
"""What older answers count for a way of growing, each time that it is used again."""


class Seed(NamedTuple):
    """Where a region begins.

    Attributes
    ----------
    stage : int
        The stage that it is for.
    column : int64[1]
    failures : float
        About how many regions around it gave nothing since something changed there.
    """

    stage: int
    column: IntArray
    failures: float


class Seeding:
    """Chances of stages, seeds and ways of growing, raised and lowered by success.

    Three ways to choose the columns that regions follow are drawn by what they gave per second (adaptive large
    neighbourhood search: Ropke and Pisinger, 2006, doi:10.1287/trsc.1050.0135): those in which plan and guide
    differ, those that one of the two uses, and those that the plan uses and some others at random, which no
    relaxation has thought of. Without a guide only the last is left.

    Parameters
    ----------
    mip : Mip
    guide : float64[columns] or None
        Values of a relaxation.
    random : numpy.random.Generator
    """

    def __init__(self, mip: Mip, guide: FloatArray | None, random: np.random.Generator) -> None:
        self._mip, self._guide, self._random = mip, guide, random
        self._chances = [np.ones(len(stage.columns)) for stage in mip.stages]
        self._lower = mip.lower
        self._least = [_cheapest(mip, stage) for stage in range(len(mip.stages))]
        ways = 1 if guide is None else 3
        # One success in one second each to begin with: every way is tried.
        self._successes, self._seconds = np.ones(ways), np.ones(ways)

    def costs_least(self, stage: int, x: IntArray) -> bool:
        """Whether no column of a stage costs more than the least it might."""
        own = self._mip.stages[stage]
        return bool(np.all(own.coefficients * x[own.columns].astype(np.float64) <= self._least[stage]))

    def choose(self, x: IntArray, begin: int = 0, shut: BoolArray | None = None) -> Seed | None:
        """A column to begin from: where a stage costs most, less so where it was tried in vain.

        Earlier stages come first, but not always: a stage in which much was tried in vain is passed over more
        often.

        Parameters
        ----------
        x : int64[columns]
            The plan at hand.
        begin : int
            The first stage in which anything is left to gain.
        shut : bool[columns], optional
            Columns that are not to be drawn.

        Returns
        -------
        Seed or None
            None when these stages cost their least.
        """
        first: Seed | None = None
        for k, stage in list(enumerate(self._mip.stages))[begin:]:
            excess = self._excess(k, x)
            if shut is not None:
                excess[shut[stage.columns]] = 0.0
            total = float(excess.sum())
            if total <= 0:
                continue
            weight = np.sqrt(excess) * self._chances[k]
            at = int(self._random.choice(len(weight), p=weight / weight.sum()))
            failures = math.log(self._chances[k][at]) / math.log(FORGET)
            chosen = Seed(k, stage.columns[at : at + 1], failures)
            hope = float(excess @ self._chances[k]) / total
            if self._random.random() < FIRST_CHANCE * hope:
                return chosen
            first = first or chosen
        return first

    def follow(self, x: IntArray) -> tuple[int, BoolArray]:
        """A way to grow, drawn by its success, and the columns that matter to it."""
        rates = self._successes / self._seconds
        way = int(self._random.choice(len(rates), p=rates / rates.sum()))
        return way, self.matters(way, x)

    def matters(self, way: int, x: IntArray) -> BoolArray:
        """The columns that a way of growing follows; way 0 works without a guide."""
        used = x > self._lower
        if self._guide is None or way == 0:
            return used | (self._random.random(len(used)) < AT_RANDOM)
        if way == 1:
            return np.asarray(np.abs(x - self._guide) > DIFFERENT)
        return used | (self._guide > self._lower + CHEAP)

    def learn(self, stage: int, way: int, columns: IntArray, *, first: int | None, took: float) -> None:
        """Take note of what a region gave.

        Parameters
        ----------
        stage, way : int
            What it was begun for, and how it was grown.
        columns : int64 array
            Its free columns.
        first : int or None
            The first stage that became better.
        took : float
            Seconds.
        """
        self._successes *= SETTLED
        self._seconds *= SETTLED
        self._successes[way] += first is not None and first <= stage
        self._seconds[way] += took
        # No way is ever given up.
        self._successes = np.maximum(self._successes, 0.05 * self._seconds)
        inside = np.zeros(self._mip.num_columns, dtype=np.bool_)
        inside[columns] = True
        for k, own in enumerate(self._mip.stages):
            here = inside[own.columns]
            if first is not None and k >= first:
                self._chances[k][here] = 1.0
            elif k >= stage:
                left = FORGET if k == stage else FORGET**0.5
                self._chances[k][here] = np.maximum(self._chances[k][here] * left, LEAST_CHANCE)

    def _excess(self, stage: int, x: IntArray) -> FloatArray:
        """What each column costs beyond the least it might; less where the guide has to pay it, too."""
        own = self._mip.stages[stage]
        value = own.coefficients * x[own.columns].astype(np.float64)
        excess = np.asarray(value - self._least[stage], dtype=np.float64)
        if self._guide is None:
            return excess
        gain = np.maximum(value - own.coefficients * self._guide[own.columns], 0.0)
        return np.asarray(np.where(excess > 0, gain + GUIDED_AWAY * excess, 0.0), dtype=np.float64)


def _cheapest(mip: Mip, stage: int) -> FloatArray:
    own = mip.stages[stage]
    lower, upper = mip.lower[own.columns], mip.upper[own.columns]
    return np.minimum(own.coefficients * lower, own.coefficients * upper)
