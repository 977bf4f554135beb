"""Minimum numbers of isolation sites, and budgets of openings (section 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.auditing.exceptions import granted
from yjopt.auditing.isolation import CANDIDATE
from yjopt.auditing.rows import Rows, add_up, ceil_div, find, product, total
from yjopt.schema import INPUT, OUTPUT

if TYPE_CHECKING:
    from yjopt.auditing.facts import Facts
    from yjopt.auditing.ladder import Ladder
    from yjopt.auditing.report import Fields, Report
    from yjopt.auditing.rows import Column
    from yjopt.auditing.stages import Tally

MINIMUM: Final = INPUT["rules"]["rule"].choices.index("isolation_minimum")
BUDGET: Final = INPUT["rules"]["rule"].choices.index("opening_budget")


def check_minimums(
    facts: Facts, ladder: Ladder, holdings: Rows, exceptions: Rows, report: Report, tally: Tally
) -> None:
    """Sites holding a category in an area, against every minimum in every period."""
    rules, horizon = facts["rules"], facts.horizon
    rules = rules.keep(rules["rule"] == MINIMUM)
    key = rules.key("area", "what")
    short = np.zeros((len(rules), horizon + 1), dtype=np.int64)
    starts = np.zeros(len(rules), dtype=np.int64)
    for rule in range(len(rules)):  # a handful of rows
        counts = _counts(facts, ladder, holdings["place"], rules, rule) & (
            holdings["category"] == rules["what"][rule]
        )
        held = add_up(horizon + 1, holdings["period"][counts], np.ones(int(counts.sum()), dtype=np.int64))
        wanted = int(ceil_div(rules["amount"][rule], 100))
        starts[rule] = first = _first_period(facts, ladder, rules, rule)
        short[rule, first:] = np.maximum(wanted - held[first:], 0)
    hard = rules["hard"][:, None]
    at: Fields = {"place": ("area", key[0]), "what": ("ward", key[1])}
    words = "{place} lacks {amount:,} sites of {what} in period {period}."
    report.check("hard_minimum", "holdings", ~hard | (short == 0), words, amount=short, **at)
    limit = np.where(hard, 0, ceil_div(rules["amount"], 100)[:, None] * (short >= 0))
    limit = np.where(np.arange(horizon + 1) >= starts[:, None], limit, 0)
    waived = granted(facts, exceptions, "isolation_minimum", key, "ward", limit, report, where="area")
    report.check(
        "isolation_minimum",
        "exceptions",
        hard | (short <= waived),
        words + " The exceptions say {said:,}.",
        amount=short - waived,
        said=waived,
        **at,
    )
    tally.add("hard_rules", np.where(hard, short, 0))
    tally.add("rules", product(np.where(hard, 0, waived), rules["weight"][:, None]))


def _counts(facts: Facts, ladder: Ladder, place: Column, rules: Rows, rule: int) -> Column:
    """Whether a place counts: it lies inside the area, and so does its unit unless upper units count."""
    places, area = facts["places"], rules["area"][rule]
    lies = ladder.inside(places["area"][place], area)
    if rules["count_upper_units"][rule]:
        return lies
    return lies & ladder.inside(places["unit"][place], area)


def _first_period(facts: Facts, ladder: Ladder, rules: Rows, rule: int) -> int:
    """First period the rule holds: as stated, else as soon as a site could be ready."""
    stated = int(rules["from_period"][rule])
    if stated > 0:
        return stated
    sites, allowed = facts["isolation_sites"], facts["site_category"]
    allowed = allowed.keep(allowed["allowed"] & (allowed["category"] == rules["what"][rule]))
    row = find((sites["place"],), (allowed["place"],))
    row = row[row >= 0]
    row = row[_counts(facts, ladder, sites["place"][row], rules, rule)]
    if not len(row) or (sites["state"][row] != CANDIDATE).any():
        return 1
    return 1 + int(facts.setup(sites["setup"])[row].min())


def check_opening_budgets(facts: Facts, ladder: Ladder, costs: list[Rows], report: Report) -> Column:
    """Costs of surge levels, sites, facilities and conversions, against every budget; returns what is spent."""
    rules = facts["rules"]
    rules = rules.keep(rules["rule"] == BUDGET)
    area = facts["places"]["area"]
    spent = np.array(
        [
            sum(total(cost["cost"][ladder.inside(area[cost["place"]], within)]) for cost in costs)
            for within in rules["area"]
        ],
        dtype=object,
    )
    report.check(
        "opening_budget",
        "openings",
        spent <= rules["amount"],
        "{spent:,} fen are spent on openings in {place}, {amount:,} too many.",
        place=("area", rules["area"]),
        spent=spent,
        amount=spent - rules["amount"],
    )
    return spent


def count_exceptions(exceptions: Rows, tally: Tally) -> None:
    """The stage value of all exceptions but those of figures, which have weights of their own."""
    words = OUTPUT["exceptions"]["rule"].choices
    weighed = [words.index(rule) for rule in ("isolation_minimum", "mobile_quota", "unmet_ceiling")]
    rows = exceptions.keep(~np.isin(exceptions["rule"], weighed))
    tally.add("rules", product(rows["amount"], 1_000))
