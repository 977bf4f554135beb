"""How a minimum of isolation sites may be kept: other categories, sites ready earlier, fewer sites, a later start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.joining import matches, spans
from yjopt.scenario import quanta

if TYPE_CHECKING:
    from yjopt.diagnosis.catalogue import Catalogue
    from yjopt.diagnosis.making import Making
    from yjopt.instance import Instance
    from yjopt.model.assembly import Model
    from yjopt.model.mip import FloatArray, IntArray


def shut_unready(instance: Instance, model: Model, catalogue: Catalogue) -> FloatArray:
    """Upper bounds of the model's columns, with no site decided before the period in which it is usable.

    In the widened scenario a candidate needs no set-up: its column of period t stands for the decision after
    which it may be used from t on.
    """
    upper = model.mip.upper.copy()
    later = instance.isolation.site_ready[model.isolation.decide_site]
    widened = np.isin(model.isolation.decide_site, catalogue.ready)
    upper[model.isolation.decide[widened & (model.isolation.decide_period < later)]] = 0
    return upper


def tie_sites(making: Making) -> None:
    """Add the options of sites: to hold a category that is not allowed, to stand ready before period 1."""
    model, catalogue, builder = making.model, making.catalogue, making.builder
    tables = making.scenario.tables
    making.allow = making.options.add(
        "allow_category", "site_category", "allowed", catalogue.allow, 1, value=True,
        cost=quanta(tables["site_category"], "site_category", "conversion_cost")[catalogue.allow],
    )  # fmt: skip
    making.ready = making.options.add(
        "ready_site", "isolation_sites", "state", catalogue.ready, 1, value="open",
        cost=quanta(tables["isolation_sites"], "isolation_sites", "cost")[catalogue.ready],
    )  # fmt: skip
    ward_of_option = option_wards(making)
    hold = model.isolation.hold[ward_of_option]
    option, period = np.nonzero(hold >= 0)
    tied = builder.rows("only_if_allowed", -np.inf, 0, size=len(option))
    builder.entries(tied, making.column[hold[option, period]], 1)
    builder.entries(tied, making.allow[option], -1)

    horizon = making.wide.horizon
    one = making.rows_of("one_category").reshape(len(making.wide.isolation.site_place), horizon)
    site, period = np.divmod(np.arange(len(catalogue.ready) * horizon, dtype=np.int64), horizon)
    row = one[catalogue.ready[site], period]
    builder.entries(row[row >= 0], making.ready[site[row >= 0]], -1)
    once = making.rows_of("open_once")[catalogue.ready]
    builder.entries(once[once >= 0], making.ready[once >= 0], 1)


def loosen_minimums(making: Making) -> tuple[IntArray, IntArray, IntArray, IntArray, IntArray]:
    """Add the options to lower hard minimums and to let them begin later.

    Returns
    -------
    tuple of int64 arrays
        Row of ``rules`` and loosening column of each hard minimum; column, rule and period of what is short.
    """
    minimums, horizon = making.instance.minimums, making.wide.horizon
    hard = np.flatnonzero(minimums.hard & (minimums.amount > 0))
    row, amount, first = minimums.row[hard], minimums.amount[hard], minimums.first[hard]
    weight = np.maximum(minimums.weight[hard], 1)
    fewer = making.options.add(
        "fewer_sites", "rules", "amount", row, amount, step=-100, base=100 * amount,
        **making.given_up("isolation_minimum", np.maximum(horizon - first, 1), weight),
    )  # fmt: skip
    at, begins = spans(first + 1, np.full(len(hard), horizon - 1, dtype=np.int64))
    later = making.options.add(
        "later_start", "rules", "from_period", row[at], 1, value=begins + 1,
        **making.given_up("isolation_minimum", amount[at] * (begins - first[at]), weight[at]),
    )  # fmt: skip
    builder = making.builder
    once = builder.rows("later_once", -np.inf, 1, size=len(hard))
    builder.entries(once[at], later, 1)

    rules = making.model.rules
    of_rule = np.full(len(minimums.row), -1, dtype=np.int64)
    of_rule[hard] = np.arange(len(hard))
    wanted = np.flatnonzero(of_rule[rules.short_rule] >= 0)
    short_rule, period = of_rule[rules.short_rule[wanted]], rules.short_period[wanted]
    short = making.column[rules.short[wanted]]
    # One row for each condition under which the minimum holds in the period.
    number, conditions, limit = _conditions(making, hard, short_rule, period)
    tied = builder.rows("fewer_or_later", -np.inf, (amount[short_rule[number]] * limit), size=len(number))
    builder.entries(tied, short[number], 1)
    builder.entries(tied, fewer[short_rule[number]], -1)
    entry, which = matches(short_rule[number], at)
    before = begins[which] > period[number[entry]]
    builder.entries(tied[entry[before]], later[which[before]], -amount[at[which[before]]])
    for condition in conditions:
        given = condition >= 0
        builder.entries(tied[given], condition[given], amount[short_rule[number[given]]])
    return row, fewer, short, short_rule, period


def _conditions(
    making: Making, hard: IntArray, short_rule: IntArray, period: IntArray
) -> tuple[IntArray, tuple[IntArray, IntArray], IntArray]:
    """When each minimum holds in each period, whatever is allowed or made ready.

    A minimum with a first period holds from then on. One without holds as soon as a site that counts could be
    ready; which sites count, and how soon, may change with the repair.

    Returns
    -------
    int64 array
        Position in `short_rule` of each row that is needed.
    (int64 array, int64 array)
        Up to two columns that must be 1 for it to hold; -1 for none.
    int64 array
        How many such columns there are.
    """
    minimums, wide = making.instance.minimums, making.wide.minimums
    rule, horizon = hard[short_rule], making.wide.horizon
    given = quanta(making.scenario.tables["rules"], "rules", "from_period")[minimums.row] > 0
    counts_any = np.zeros(len(minimums.row), dtype=bool)
    counts_any[minimums.counted_rule] = True
    allow, ready, setup = _wards(making)
    # A site that counts but can be ready in no period makes a minimum hold only once it is made ready.
    soonest = np.where(setup < horizon, setup, 0)
    latest = np.zeros(len(minimums.row), dtype=np.int64)
    np.maximum.at(latest, wide.counted_rule, soonest[wide.counted_ward])
    first = np.where(given | counts_any, minimums.first, latest)
    always = np.flatnonzero(period >= first[rule])

    open_to = np.flatnonzero((period < first[rule]) & ~given[rule])
    at, counted = matches(rule[open_to], wide.counted_rule)
    at, ward = open_to[at], wide.counted_ward[counted]
    in_time = setup[ward] <= period[at]
    # What is allowed already and could be ready in time would have set the first period.
    possible = np.where(in_time, allow[ward] >= 0, ready[ward] >= 0)
    at, ward, in_time = at[possible], ward[possible], in_time[possible]
    one, two = allow[ward], np.where(in_time, -1, ready[ward])
    none = np.full(len(always), -1, dtype=np.int64)
    number = np.concatenate([always, at])
    conditions = np.concatenate([none, one]), np.concatenate([none, two])
    limit = (conditions[0] >= 0).astype(np.int64) + (conditions[1] >= 0)
    return number, conditions, limit


def option_wards(making: Making) -> IntArray:
    """Ward of the widened instance that each option to allow a category makes."""
    pairs = making.scenario.tables["site_category"]
    allowed = pairs["allowed"].to_numpy(dtype=bool).copy()
    allowed[making.catalogue.allow] = True
    ward_of_row = np.full(len(pairs), -1, dtype=np.int64)
    # Site wards are numbered in the order of the allowed rows of the table.
    ward_of_row[np.flatnonzero(allowed)] = np.flatnonzero(making.wide.wards.is_site)
    return ward_of_row[making.catalogue.allow]


def _wards(making: Making) -> tuple[IntArray, IntArray, IntArray]:
    """What concerns each ward.

    Returns
    -------
    (int64 array, int64 array, int64 array), each of shape (wards,)
        Column that allows its category (-1: allowed already), column that has its site ready (-1: none), and
        periods after which it could be ready without (0 for open sites).
    """
    wards, isolation = making.wide.wards, making.wide.isolation
    here = np.flatnonzero(wards.is_site)
    allow, ready = (np.full(len(wards), -1, dtype=np.int64) for _ in range(2))
    allow[option_wards(making)] = making.allow
    of_site = np.full(len(isolation.site_place), -1, dtype=np.int64)
    of_site[making.catalogue.ready] = making.ready
    ready[here] = of_site[isolation.ward_site[here]]
    setup = np.zeros(len(wards), dtype=np.int64)
    setup[here] = np.maximum(making.instance.isolation.site_ready[isolation.ward_site[here]], 0)
    return allow, ready, setup
