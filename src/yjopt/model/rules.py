"""Rows of the rules: minimum sites, opening budgets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.joining import IntArray, matches, spans
from yjopt.model.names import STAGE_HARD, STAGE_RULES

if TYPE_CHECKING:
    from yjopt.instance import Instance
    from yjopt.model.beds import BedColumns
    from yjopt.model.builder import Builder
    from yjopt.model.isolation import IsolationColumns


@dataclass(frozen=True)
class RuleColumns:
    """Columns of the rules.

    Parameters
    ----------
    short, short_rule, short_period : int64 array
        Sites short of a minimum in a period.
    """

    short: IntArray
    short_rule: IntArray
    short_period: IntArray


def add_rules(
    builder: Builder, instance: Instance, beds: BedColumns, isolation: IsolationColumns
) -> RuleColumns:
    """Add minimums (always elastic: a hard one is the first stage) and budgets."""
    minimums, horizon = instance.minimums, instance.horizon
    rule, period = spans(minimums.first, np.full(len(minimums.first), horizon - 1, dtype=np.int64))
    short = builder.columns("site_short", 0, minimums.amount[rule], False)
    rows = builder.rows("isolation_minimum", minimums.amount[rule], np.inf, coupling=True)
    builder.entries(rows, short, 1)
    at, counted = matches(rule, minimums.counted_rule)
    hold = isolation.hold[minimums.counted_ward[counted], period[at]]
    can = hold >= 0
    builder.entries(rows[at[can]], hold[can], 1)
    hard = minimums.hard[rule]
    builder.cost(STAGE_HARD, short[hard], 1)
    builder.cost(STAGE_RULES, short[~hard], minimums.weight[rule[~hard]])
    _budgets(builder, instance, beds, isolation)
    return RuleColumns(short, rule, period)


def _budgets(builder: Builder, instance: Instance, beds: BedColumns, isolation: IsolationColumns) -> None:
    budgets = instance.budgets
    rows = builder.rows("opening_budget", -np.inf, budgets.amount, coupling=True)
    at, decided = matches(budgets.surge, beds.decide_level)
    cost = instance.beds.surge_cost[beds.decide_level[decided]]
    builder.entries(rows[budgets.surge_rule[at]], beds.decide[decided], cost)
    at, decided = matches(budgets.site, isolation.decide_site)
    cost = instance.isolation.site_cost[isolation.decide_site[decided]]
    builder.entries(rows[budgets.site_rule[at]], isolation.decide[decided], cost)
    paid = isolation.convert[budgets.ward] >= 0
    ward = budgets.ward[paid]
    builder.entries(
        rows[budgets.ward_rule[paid]], isolation.convert[ward], instance.isolation.conversion[ward]
    )
