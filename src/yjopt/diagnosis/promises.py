"""How promises may be loosened: fewer teams kept at home, more that an area goes without."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from yjopt.diagnosis.making import Making
    from yjopt.model.mip import IntArray


def loosen_mobile_quotas(making: Making) -> tuple[IntArray, IntArray, IntArray, IntArray, IntArray]:
    """Add the options to keep fewer teams at home than hard quotas ask for.

    Returns
    -------
    tuple of int64 arrays
        Row of ``rules`` and loosening column of each hard quota; column, rule and period of what is short.
    """
    quotas, rules = making.instance.mobile_quotas, making.model.rules
    hard = np.flatnonzero(quotas.hard & (quotas.amount > 0))
    row = _rows(making, "mobile_quota")[hard]
    amount = quotas.amount[hard]
    periods = np.maximum(making.wide.horizon - quotas.first[hard], 1)
    fewer = making.options.add(
        "smaller_quota", "rules", "amount", row, amount, step=-100, base=100 * amount,
        **making.given_up("mobile_quota", periods, np.maximum(quotas.weight[hard], 1)),
    )  # fmt: skip
    of_rule = np.full(len(quotas.amount), -1, dtype=np.int64)
    of_rule[hard] = np.arange(len(hard))
    wanted = np.flatnonzero(of_rule[rules.few_rule] >= 0)
    short = making.column[rules.few[wanted]]
    short_rule = of_rule[rules.few_rule[wanted]]
    tied = making.builder.rows("quota_kept", -np.inf, 0, size=len(wanted))
    making.builder.entries(tied, short, 1)
    making.builder.entries(tied, fewer[short_rule], -1)
    return row, fewer, short, short_rule, rules.few_period[wanted]


def loosen_ceilings(making: Making) -> tuple[IntArray, IntArray, IntArray, IntArray, IntArray]:
    """Add the options to raise hard ceilings, by whole units.

    Returns
    -------
    tuple of int64 arrays
        As `loosen_mobile_quotas`; a ceiling is short in the last period.
    """
    ceilings, beyond = making.instance.ceilings, making.model.rules.beyond
    hard = np.flatnonzero(ceilings.hard)
    row = _rows(making, "unmet_ceiling")[hard]
    most = making.model.mip.upper[beyond[hard]].astype(np.int64)
    more = making.options.add(
        "higher_ceiling", "rules", "amount", row, most, step=100, base=ceilings.amount[hard],
        **making.given_up("unmet_ceiling", np.ones_like(row), np.maximum(ceilings.weight[hard], 1)),
    )  # fmt: skip
    short, rule = making.column[beyond[hard]], np.arange(len(hard), dtype=np.int64)
    tied = making.builder.rows("ceiling_kept", -np.inf, 0, size=len(hard))
    making.builder.entries(tied, short, 1)
    making.builder.entries(tied, more, -1)
    return row, more, short, rule, np.full(len(hard), making.wide.horizon - 1, dtype=np.int64)


def _rows(making: Making, rule: str) -> IntArray:
    table = making.scenario.tables["rules"]
    return np.flatnonzero((table["rule"] == rule).to_numpy(dtype=bool))
