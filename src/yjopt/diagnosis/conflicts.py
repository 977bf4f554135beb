"""Which rules cannot hold together: irreducible sets, found by leaving rules out.

QuickXplain (Junker, 2004, AAAI-04, 167-172) needs few questions when a set is small among many rules. Each question is
one run of the elastic programme: may the enforced rules all hold when the others may be loosened at will?
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from yjopt.diagnosis.elastic import SHORT
from yjopt.engines.components import split
from yjopt.engines.lexicographic import solve
from yjopt.engines.outcome import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yjopt.diagnosis.elastic import Elastic
    from yjopt.engines.engine import Engine
    from yjopt.engines.outcome import Outcome
    from yjopt.engines.params import Params
    from yjopt.model.mip import BoolArray, IntArray

#: Seconds that a question gets at least.
LEAST_SECONDS = 0.1
#: Whether rules clash is known as soon as the bound is above 0, however far below the value.
ANY_GAP = 1 - 1e-9


@dataclass(frozen=True)
class Shortage:
    """What the rules are short of at least, all in force.

    Parameters
    ----------
    x : int64 array
        A vector of the elastic programme that is short of least.
    proven : bool
        Whether it is proven that something is short, or that nothing is.
    """

    x: IntArray
    proven: bool


@dataclass
class Questions:
    """Asks whether sets of rules may hold, and remembers the answers."""

    elastic: Elastic
    params: Params
    engine: Engine
    deadline: float
    proven: bool = True
    _known: dict[tuple[int, ...], bool] = field(default_factory=dict)

    def shortage(self, enforced: BoolArray, *, gap: float = 0.0) -> Shortage:
        """What is short of least when some rules are in force.

        Parameters
        ----------
        enforced : bool array, shape (rules,)
        gap : float
            With more than 0, any plan will do that is short of nothing, or proof that there is none.
        """
        mip = self.elastic.conflict_stages(enforced, periods=not gap)
        left = max(self.deadline - time.monotonic(), LEAST_SECONDS)
        start = self.elastic.start
        outcome = solve(mip, replace(self.params, time_limit=left, gap=gap), start, self.engine)
        refuse_half(outcome)
        x = start if outcome.x is None else outcome.x
        stage = next((stage for stage in outcome.stages if stage.name == SHORT), None)
        is_proven = stage is None or stage.value == 0 or (stage.bound is not None and stage.bound > 0)
        return Shortage(x, is_proven)

    def clash(self, rules: Sequence[int]) -> bool:
        """Whether some rules cannot hold together."""
        key = tuple(sorted(rules))
        if key not in self._known:
            enforced = np.zeros(len(self.elastic.rules), dtype=np.bool_)
            enforced[list(key)] = True
            found = self.shortage(enforced, gap=ANY_GAP)
            self.proven &= found.proven
            loosening = self.elastic.rules.column[enforced & self.elastic.rules.demands]
            self._known[key] = bool((found.x[loosening] > 0).any())
        return self._known[key]

    def smallest(self, candidates: Sequence[int]) -> list[int]:
        """An irreducible set of rules that clash, given that all candidates together do."""
        return self._explain([], [], list(candidates))

    def _explain(self, background: list[int], added: list[int], candidates: list[int]) -> list[int]:
        if added and self.clash(background):
            return []
        if len(candidates) == 1:
            return candidates
        half = len(candidates) // 2
        first, second = candidates[:half], candidates[half:]
        needed = self._explain(background + first, first, second)
        return self._explain(background + needed, needed, first) + needed


def conflicts(questions: Questions, x: IntArray) -> list[list[int]]:
    """Irreducible sets of rules that clash, until those left may hold together.

    Parameters
    ----------
    questions : Questions
    x : int64 array
        Of `Questions.shortage` with all rules in force.

    Returns
    -------
    list of list of int
        Positions of rules. From each set one rule that demands was left out when the next were sought.
    """
    rules = questions.elastic.rules
    group = _together(questions.elastic)
    short = rules.demands & (x[rules.column] > 0)
    found: list[list[int]] = []
    # Only rules that share a column, however far, with one that is short can be a reason.
    for part in np.unique(group[short]):
        alone = [rule for rule in np.flatnonzero(short & (group == part)).tolist() if questions.clash([rule])]
        found += [[rule] for rule in alone]
        left = [rule for rule in np.flatnonzero(group == part).tolist() if rule not in alone]
        while questions.clash(left):
            smallest = sorted(questions.smallest(left))
            demanding = [rule for rule in smallest if rules.demands[rule]]
            if not demanding:
                # Only where the time was too short for true answers: forbidding alone clashes with nothing.
                break
            found.append(smallest)
            left.remove(next((rule for rule in demanding if short[rule]), demanding[0]))
    return sorted(found)


def refuse_half(outcome: Outcome) -> None:
    """Let Ctrl-C end the question, not only one of its solves: half an answer is none.

    Raises
    ------
    KeyboardInterrupt
        If the solve was interrupted.
    """
    if outcome.status is Status.INTERRUPTED:
        raise KeyboardInterrupt


def _together(elastic: Elastic) -> IntArray:
    """Number of the independent part of the programme in which each rule stands."""
    part_of = np.full(elastic.mip.num_columns, -1, dtype=np.int64)
    for number, part in enumerate(split(elastic.mip, alone=1, batch=1).parts):
        part_of[part.columns] = number
    return part_of[elastic.rules.column]
