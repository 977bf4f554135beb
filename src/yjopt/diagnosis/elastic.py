"""The elastic programme: the model of the widened scenario, with a column for every change that may mend it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.diagnosis.catalogue import widened
from yjopt.diagnosis.kept_back import (
    leave_out_returns,
    loosen_durable_floors,
    loosen_pool_floors,
    loosen_stock_floors,
    shut_floors,
)
from yjopt.diagnosis.left_out import leave_out_own_first, take_any_load
from yjopt.diagnosis.making import Making
from yjopt.diagnosis.minimum_sites import loosen_minimums, shut_unready, tie_sites
from yjopt.diagnosis.options import OptionList
from yjopt.diagnosis.promises import loosen_ceilings, loosen_mobile_quotas
from yjopt.diagnosis.shrinking import HOLDING, PEOPLE, columns_of, reopened, shrink
from yjopt.diagnosis.starting import by_hand
from yjopt.instance import index
from yjopt.model.assembly import assemble
from yjopt.model.mip import Stage
from yjopt.model.nothing import nothing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yjopt.diagnosis.catalogue import Catalogue, Prices
    from yjopt.diagnosis.options import ObjectArray, Options
    from yjopt.model.mip import BoolArray, IntArray, Mip
    from yjopt.scenario import Scenario

GIVEN_UP, REPAIR_COST, CHANGES = "given_up", "repair_cost", "changes"
SHORT, SHORT_PERIODS = "short", "short_periods"
#: Per cent and other figures of rules stand in hundredths.
_HUNDREDTHS: Final = 100


@dataclass(frozen=True, eq=False)
class NamedRules:
    """Rules that may clash, one a position.

    Parameters
    ----------
    table, column_of_table : object array, shape (rules,)
        ``rules``, ``pools`` or ``stocks``; outside of ``rules`` the column that is the rule.
    row : int64 array
        Row of the table, sorted by key.
    column : int64 array
        The column of the elastic programme that loosens the rule.
    demands : bool array
        Whether the rule wants something; the others forbid.
    """

    table: ObjectArray
    column_of_table: ObjectArray
    row: IntArray
    column: IntArray
    demands: BoolArray

    def __len__(self) -> int:
        return len(self.row)


@dataclass(frozen=True, eq=False)
class Elastic:
    """The elastic programme.

    Parameters
    ----------
    mip : Mip
        Without stages; every vector of it is a plan of the scenario with the changes of its options made.
    options : Options
        All changes.
    rules : NamedRules
        What may clash.
    short, short_rule, short_period : int64 array
        Columns of what rules that demand are short of, position of the rule in `rules`, period from 0.
    start : int64 array
        A vector that keeps every row: nothing is done, and all demands are given up.
    """

    mip: Mip
    options: Options
    rules: NamedRules
    short: IntArray
    short_rule: IntArray
    short_period: IntArray
    start: IntArray

    def repair_stages(self) -> Mip:
        """Minimise what is given up, then the cost of the repair, then the number of changes."""
        options = self.options
        switches = np.unique(options.switch)
        return _staged(
            self.mip,
            (GIVEN_UP, options.column, options.given_up, 1000),
            (REPAIR_COST, options.column, options.cost, 100),
            (CHANGES, switches, np.ones_like(switches), 1),
        )

    def conflict_stages(self, enforced: BoolArray, *, periods: bool = True) -> Mip:
        """Minimise what the enforced rules are short of, when only rules may be loosened.

        Parameters
        ----------
        enforced : bool array, shape (rules,)
            The others may be loosened at will.
        periods : bool
            Whether to minimise, then, what is short in single periods.
        """
        rules = self.rules
        upper = self.mip.upper.copy()
        loosening = np.isin(self.options.column, rules.column)
        upper[self.options.column[~loosening]] = 0
        upper[rules.column[enforced & ~rules.demands]] = 0
        counted = enforced & rules.demands
        column = self.short[counted[self.short_rule] & periods]
        wanted = rules.column[counted]
        return _staged(
            dataclasses.replace(self.mip, upper=upper),
            (SHORT, wanted, np.ones_like(wanted), 1),
            (SHORT_PERIODS, column, np.ones_like(column), 1),
        )


def _staged(mip: Mip, *stages: tuple[str, IntArray, IntArray, int]) -> Mip:
    """A model with stages: (name, columns, coefficients, unit); those without cost are left out."""
    made = []
    for name, column, coefficient, unit in stages:
        order = np.argsort(column, kind="stable")
        used = order[coefficient[order] != 0]
        made.append(Stage(name, column[used], coefficient[used], 0, unit))
    return dataclasses.replace(mip, stages=tuple(stage for stage in made if len(stage.columns)))


def build(scenario: Scenario, catalogue: Catalogue, prices: Prices) -> Elastic:
    """Make the elastic programme of a question.

    Parameters
    ----------
    scenario : Scenario
        Sorted by key, with the question's rules hard.
    catalogue : Catalogue
        What may be changed besides the figures of rules.
    prices : Prices
    """
    instance = index(scenario)
    wide = index(widened(scenario, catalogue)) if catalogue.widens else instance
    model = assemble(wide)
    whole = nothing(wide, model)
    row_upper = model.mip.row_upper.copy()
    shut_floors(instance, model, catalogue, row_upper)
    mip = dataclasses.replace(model.mip, upper=shut_unready(instance, model, catalogue), row_upper=row_upper)
    small = shrink(mip, _free(scenario, mip), whole)
    builder = reopened(small.mip)
    making = Making(
        scenario,
        instance,
        wide,
        model,
        prices,
        catalogue,
        small.column,
        small.row,
        builder,
        OptionList(builder),
    )
    tie_sites(making)
    demands = [loosen_minimums(making), loosen_mobile_quotas(making), loosen_ceilings(making)]
    parts = [
        *(("rules", "", row, column, True) for row, column, *_ in demands),
        ("rules", "", *_loosen_opening_budgets(making), False),
        ("rules", "", *_loosen_transfer_budgets(making), False),
        ("rules", "", *leave_out_own_first(making), False),
        ("rules", "", *take_any_load(making), False),
        ("pools", "floor", *loosen_pool_floors(making), False),
        ("stocks", "floor", *loosen_stock_floors(making), False),
        ("stocks", "floor", *loosen_durable_floors(making), False),
        ("stocks", "return_by", *leave_out_returns(making), False),
    ]
    rules = NamedRules(
        table=np.concatenate([np.full(len(row), table, dtype=object) for table, _, row, _, _ in parts]),
        column_of_table=np.concatenate(
            [np.full(len(row), name, dtype=object) for _, name, row, _, _ in parts]
        ),
        row=np.concatenate([row for _, _, row, _, _ in parts]),
        column=np.concatenate([column for _, _, _, column, _ in parts]),
        demands=np.concatenate([np.full(len(row), wants) for _, _, row, _, wants in parts]),
    )
    # The rules that demand come first, family by family.
    before = np.cumsum([0, *(len(row) for row, *_ in demands)])
    shorts = (
        np.concatenate([short for _, _, short, _, _ in demands]),
        np.concatenate([rule + first for first, (_, _, _, rule, _) in zip(before, demands, strict=False)]),
        np.concatenate([period for *_, period in demands]),
    )
    starts = [whole]
    if _ceilings(scenario):
        starts.insert(0, by_hand(making, mip, whole))
    return _finished(making, rules, shorts, starts)


def _finished(
    making: Making,
    rules: NamedRules,
    shorts: tuple[IntArray, IntArray, IntArray],
    starts: Sequence[IntArray],
) -> Elastic:
    """The programme with its start: the first of several that keeps every row."""
    short, short_rule, short_period = shorts
    mip, options = making.builder.build([]), making.options.options()
    kept = making.column >= 0
    for whole in starts:
        start = np.zeros(mip.num_columns, dtype=np.int64)
        start[making.column[kept]] = whole[kept]
        np.maximum.at(start, rules.column[short_rule], start[short])
        start[options.switch] = np.minimum(start[options.column], 1)
        if mip.is_feasible(start):
            break
    return Elastic(mip, options, rules, short, short_rule, short_period, start)


def _free(scenario: Scenario, mip: Mip) -> BoolArray:
    """Columns that can help to keep a hard rule: without a ceiling nobody need be served, and nothing moved."""
    ceilings = _ceilings(scenario)
    if not ceilings:
        return columns_of(mip, HOLDING)
    if "people" in ceilings:
        return np.ones(mip.num_columns, dtype=np.bool_)
    return ~columns_of(mip, PEOPLE)


def _ceilings(scenario: Scenario) -> set[str]:
    """Of what there are hard ceilings: people, goods."""
    rules = scenario.tables["rules"]
    return set(rules["what"][(rules["rule"] == "unmet_ceiling") & rules["hard"]])


def _loosen_opening_budgets(making: Making) -> tuple[IntArray, IntArray]:
    """More money: a yuan costs a yuan."""
    table = making.scenario.tables["rules"]
    rule = np.flatnonzero((table["rule"] == "opening_budget").to_numpy(dtype=bool))
    rows = making.rows_of("opening_budget")
    here = np.flatnonzero(rows >= 0)
    entries = making.builder.entries
    matrix = making.model.mip.matrix.tocsr()
    block = next(b for b in making.model.mip.row_blocks if b.name == "opening_budget")
    upper = making.model.mip.upper
    amounts = making.model.mip.row_upper[block.start + here].astype(np.int64)
    most, step = np.zeros(len(here), dtype=np.int64), np.ones(len(here), dtype=np.int64)
    for at, number in enumerate(here):
        row = matrix[[block.start + number]]
        costs = row.data.astype(np.int64)
        # All that is paid is a multiple of this many fen, and so is what is missing.
        step[at] = np.gcd.reduce(np.append(costs, amounts[at])) or 1
        most[at] = max(int((costs * upper[row.indices]).sum()) - int(amounts[at]), 0) // step[at]
    column = making.options.add(
        "more_money", "rules", "amount", rule[here], most, step=step, base=amounts, cost=step
    )
    entries(rows[here], column, -step)
    return rule[here], column


def _loosen_transfer_budgets(making: Making) -> tuple[IntArray, IntArray]:
    """More people moved in every period."""
    transfers, horizon = making.wide.transfers, making.wide.horizon
    numbers = np.unique(transfers.budget_rule)
    rows = making.rows_of("transfer_budget").reshape(len(numbers), horizon)
    here = np.flatnonzero((rows >= 0).any(axis=1))
    table = making.scenario.tables["rules"]
    rule = np.flatnonzero((table["rule"] == "transfer_budget").to_numpy(dtype=bool))[numbers[here]]
    # Nobody can be moved who is not there.
    most = np.zeros((len(making.instance.transfers.budget_amount), horizon), dtype=np.int64)
    bound = making.model.mip.upper[making.model.beds.move].astype(np.int64)
    period = transfers.move_period[transfers.budget_move]
    np.add.at(most, (transfers.budget_rule, period), bound[transfers.budget_move])
    more = np.maximum(most.max(axis=1) - transfers.budget_amount, 0)[numbers[here]]
    column = making.options.add(
        "more_transfers", "rules", "amount", rule, more, step=_HUNDREDTHS,
        base=_HUNDREDTHS * transfers.budget_amount[numbers[here]],
        cost=making.prices.fen("transfer_budget") or 0,
    )  # fmt: skip
    at, period = np.nonzero(rows[here] >= 0)
    making.builder.entries(rows[here][at, period], column[at], -1)
    return rule, column
