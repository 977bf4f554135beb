"""The question from beginning to end."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from yjopt.diagnosis.catalogue import Prices, catalogue_of, hardened, nothing_to_change
from yjopt.diagnosis.conflicts import Questions, conflicts, refuse_half
from yjopt.diagnosis.elastic import build
from yjopt.diagnosis.repairing import changes, repaired
from yjopt.diagnosis.report import CONFLICT_COLUMNS, Diagnosis
from yjopt.engines.choice import choose
from yjopt.engines.lexicographic import solve
from yjopt.engines.outcome import Status
from yjopt.engines.params import Params
from yjopt.scenario import quanta

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from yjopt.diagnosis.catalogue import Catalogue
    from yjopt.diagnosis.elastic import Elastic, NamedRules
    from yjopt.engines.engine import Engine
    from yjopt.model.mip import IntArray
    from yjopt.scenario import Scenario

#: Share of the time that finding out who clashes may take.
CONFLICT_SHARE = 0.5
#: Seconds that every step gets at least.
LEAST_SECONDS = 0.2


def diagnose(
    scenario: Scenario,
    hard: Iterable[str] | str | None = None,
    *,
    prices: Mapping[str, float] | None = None,
    time_limit: float = 60.0,
    engine: str = "auto",
    seed: int = 0,
) -> Diagnosis:
    """Find which hard rules cannot hold together, where, and the cheapest repair.

    Parameters
    ----------
    scenario : Scenario
    hard : iterable of str, optional
        Rules to be taken as hard for this question, by name: ``isolation_minimum``, ``mobile_quota``,
        ``unmet_ceiling``. The others are as the table says.
    prices : mapping of str to float, optional
        Yuan per unit of what has no price in the tables (docs/concepts/diagnosis.md).
    time_limit : float
        Seconds for all of it.
    engine : str
        ``auto``, ``highs`` or ``pulp:NAME``.
    seed : int
        Of the solver.

    Returns
    -------
    Diagnosis
        Its ``repaired`` scenario keeps all hard rules.

    Raises
    ------
    ModelError
        If a name is no rule that may be hard, or a price is none.
    EngineError
        If the engine is unknown or missing.
    """
    began = time.monotonic()
    told = Prices.of(prices)
    params = Params(gap=0.0, time_limit=time_limit, engine=engine, seed=seed)
    question = _Question(hardened(scenario, hard), told, params, choose(params), began + time_limit)
    return question.answer(began)


class _Question:
    """One question and what is known so far."""

    def __init__(
        self, scenario: Scenario, prices: Prices, params: Params, engine: Engine, deadline: float
    ) -> None:
        self.scenario, self.prices = scenario, prices
        self.params, self.engine, self.deadline = params, engine, deadline
        self.sorted = scenario.canonical
        self.proven = True
        self.notes: list[str] = []

    @property
    def left(self) -> float:
        return max(self.deadline - time.monotonic(), LEAST_SECONDS)

    def answer(self, began: float) -> Diagnosis:
        catalogue = catalogue_of(self.sorted)
        elastic = build(self.sorted, catalogue, self.prices)
        clashes, least = self._clashes(elastic)
        repair = pd.DataFrame(changes(self.sorted, elastic.options, np.zeros_like(elastic.start)))
        mended = self.scenario
        if len(clashes):
            # A plan that is short of least is a repair already, if not the cheapest.
            repair, mended = self._repair(replace(elastic, start=least), catalogue)
        return Diagnosis(
            scenario=self.scenario,
            conflicts=clashes,
            repair=repair,
            repaired=mended,
            proven=self.proven,
            notes=tuple(self.notes),
            seconds=round(time.monotonic() - began, 6),
        )

    def _clashes(self, elastic: Elastic) -> tuple[pd.DataFrame, IntArray]:
        """What clashes, and the vector of a plan that is short of least."""
        deadline = time.monotonic() + CONFLICT_SHARE * self.left
        questions = Questions(elastic, self.params, self.engine, deadline)
        everything = questions.shortage(np.ones(len(elastic.rules), dtype=np.bool_))
        self.proven &= everything.proven
        found = conflicts(questions, everything.x)
        if not questions.proven:
            self.notes.append(
                "The time was too short to make sure that no rule of a clash could be left out."
            )
        return self._conflict_table(elastic, found, everything.x), everything.x

    def _conflict_table(self, elastic: Elastic, found: list[list[int]], x: IntArray) -> pd.DataFrame:
        short = x[elastic.short]
        rows = []
        for number, rules in enumerate(found, start=1):
            for rule in rules:
                mine = np.flatnonzero((elastic.short_rule == rule) & (short > 0))
                periods = elastic.short_period[mine] + 1
                rows.append(
                    {
                        "conflict": number,
                        **self._named(elastic.rules, rule),
                        "period": int(periods.min(initial=self.scenario.settings.periods))
                        if len(mine)
                        else 0,
                        "until": int(periods.max(initial=0)),
                        "short": int(short[mine].max(initial=0)),
                    }
                )
        return pd.DataFrame(rows, columns=list(CONFLICT_COLUMNS))

    def _named(self, rules: NamedRules, rule: int) -> dict[str, Any]:
        """Rule, area, place, what and amount of a rule, with the name of its area or place."""
        table, row = str(rules.table[rule]), int(rules.row[rule])
        frame = self.sorted.tables[table]
        cell = frame.iloc[row]
        if table == "rules":
            amount = int(quanta(frame, "rules", "amount")[row]) / 100
            named = {"rule": cell["rule"], "area": cell["area"], "place": "", "what": cell["what"]}
            return {**named, "amount": amount, "name": self._name("areas", "area", cell["area"])}
        what = cell["pool"] if table == "pools" else cell["item"]
        column = str(rules.column_of_table[rule])
        named = {"rule": column, "area": cell["authority"], "place": cell["place"], "what": what}
        name = self._name("places", "place", cell["place"])
        return {**named, "amount": float(cell[column]), "name": name}

    def _name(self, table: str, key: str, value: str) -> str:
        frame = self.sorted.tables[table]
        return str(frame.loc[frame[key] == value, "name"].iloc[0])

    def _repair(self, elastic: Elastic, catalogue: Catalogue) -> tuple[pd.DataFrame, Scenario]:
        """The cheapest changes that pass: with them the hard rules hold in the model of the scenario itself."""
        repair, x, proven = self._cheapest(elastic)
        mended = repaired(self.scenario, repair)
        if self._holds(mended):
            self.proven &= proven
            return repair, mended
        # What is allowed may change how groups are cut. Offer only what was chosen; then nothing of the kind.
        self.proven = False
        self.notes.append("What is allowed changes how groups are cut; a cheaper repair may exist.")
        chosen = _chosen(elastic, catalogue, x)
        nothing = tuple(np.zeros_like(part) for part in chosen)
        for allow, ready in (chosen, nothing):
            fewer = build(self.sorted, catalogue.only(allow, ready), self.prices)
            repair, x, _ = self._cheapest(fewer)
            mended = repaired(self.scenario, repair)
            if self._holds(mended):
                break
        return repair, mended

    def _cheapest(self, elastic: Elastic) -> tuple[pd.DataFrame, IntArray, bool]:
        outcome = solve(elastic.repair_stages(), self._params(), elastic.start, self.engine)
        refuse_half(outcome)
        x = elastic.start if outcome.x is None else outcome.x
        return changes(self.sorted, elastic.options, x), x, outcome.status is Status.OPTIMAL

    def _holds(self, mended: Scenario) -> bool:
        """Whether all hard rules of a scenario hold in some plan."""
        sorted_ = mended.canonical
        elastic = build(sorted_, nothing_to_change(), self.prices)
        questions = Questions(elastic, self.params, self.engine, time.monotonic() + self.left)
        found = questions.shortage(np.ones(len(elastic.rules), dtype=np.bool_))
        return not bool((found.x[elastic.rules.column[elastic.rules.demands]] > 0).any())

    def _params(self) -> Params:
        return replace(self.params, time_limit=self.left)


def _chosen(elastic: Elastic, catalogue: Catalogue, x: IntArray) -> tuple[Any, Any]:
    """Which options of sites a vector uses."""
    options = elastic.options
    used = x[options.column] > 0
    marks = []
    for table, rows in (("site_category", catalogue.allow), ("isolation_sites", catalogue.ready)):
        mine = options.row[used & (options.table == table)]
        marks.append(np.isin(rows, mine))
    return marks[0], marks[1]
