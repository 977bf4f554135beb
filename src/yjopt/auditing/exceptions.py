"""Exceptions: where people already there break a limit, by no more than they make necessary."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from yjopt.auditing.rows import add_up, find
from yjopt.schema import OUTPUT

if TYPE_CHECKING:
    from yjopt.auditing.facts import Facts
    from yjopt.auditing.report import Report
    from yjopt.auditing.rows import Column, Ints, Rows

_RULES = OUTPUT["exceptions"]["rule"].choices


def granted(
    facts: Facts,
    exceptions: Rows,
    rule: str,
    key: tuple[Ints, ...],
    domain: str,
    limit: Column,
    report: Report,
    *,
    where: str = "place",
) -> Ints:
    """Exceptions of one rule per cell and period, after checking that none is above its limit.

    Parameters
    ----------
    key : (places, what)
        The cells for which the rule may be broken; a row for any other cell is a violation.
    domain : str
        Domain of what.
    limit : int array, cells by periods 0..H
        Largest exception.
    """
    rows = exceptions.keep(exceptions["rule"] == _RULES.index(rule))
    row = find(key, rows.key("place", "what"))
    allowed = np.where(row >= 0, limit[row, rows["period"]], 0) if len(limit) else row * 0
    report.check(
        "exception_limit",
        "exceptions",
        rows["amount"] <= allowed,
        "The exception "
        + rule
        + " of {said:,} for {what} at {place} in period {period} may be at most {allowed:,}.",
        place=(where, rows["place"]),
        what=(domain, rows["what"]),
        period=rows["period"],
        said=rows["amount"],
        allowed=allowed,
        amount=rows["amount"] - allowed,
    )
    return add_up((len(key[0]), facts.horizon + 1), (row, rows["period"]), rows["amount"])
