"""What is kept back: one's own first, teams at home, and nobody worse off than alone (sections 6 and 7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.auditing.exceptions import granted
from yjopt.auditing.facts import STAGE_WORDS
from yjopt.auditing.reading import LARGEST_IN_PLAN
from yjopt.auditing.rows import ceil_div, isin, product
from yjopt.schema import INPUT

if TYPE_CHECKING:
    from yjopt.auditing.command import Command
    from yjopt.auditing.facts import Facts
    from yjopt.auditing.report import Fields, Report
    from yjopt.auditing.rows import Column, Ints, Rows
    from yjopt.auditing.stages import Tally

_RULES: Final = INPUT["rules"]["rule"].choices


def _of(facts: Facts, rule: str) -> Rows:
    rules = facts["rules"]
    return rules.keep(rules["rule"] == _RULES.index(rule))


def check_mobile_quotas(command: Command, away: Ints, exceptions: Rows, report: Report, tally: Tally) -> None:
    """Teams with a skill that are not away, against every quota in every period."""
    facts = command.facts
    rules, pools, skills = _of(facts, "mobile_quota"), facts["pools"], facts["skills"]
    there = np.zeros((len(rules), facts.horizon + 1), dtype=np.int64)
    for rule in range(len(rules)):  # a handful of rows
        able = isin(
            (np.arange(len(pools)),), (skills["pool"][skills["skill"] == rules["skill"][rule]],)
        ) & command.ladder.inside(pools["authority"], rules["area"][rule])
        there[rule] = (pools["teams"][:, None] - away)[able].sum(axis=0)
    wanted = ceil_div(rules["amount"], 100)[:, None]
    holds = np.arange(facts.horizon + 1) >= np.maximum(rules["from_period"], 1)[:, None]
    short = np.where(holds, np.maximum(wanted - there, 0), 0)
    _check_short(
        facts,
        "mobile_quota",
        rules,
        ("skill", rules["skill"]),
        short,
        np.where(holds, wanted, 0),
        "Of the teams of {what} of {place} too many are away in period {period}: {amount:,} are wanting at home.",
        "deployments",
        exceptions,
        report,
        tally,
    )


def check_unmet_ceilings(command: Command, exceptions: Rows, report: Report, tally: Tally) -> None:
    """What the takers of an area add to the stages of people or goods, against every ceiling."""
    facts = command.facts
    rules, unit = _of(facts, "unmet_ceiling"), facts["places"]["unit"]
    short = np.zeros((len(rules), facts.horizon + 1), dtype=object)
    for rule in range(len(rules)):  # a handful of rows
        chosen = command.ladder.inside(unit, rules["area"][rule])
        stage = f"unmet_{STAGE_WORDS[rules['word'][rule]]}"
        # Amounts are in hundredths, stages in millionths.
        over = tally.at(stage, chosen) - 10_000 * int(rules["amount"][rule])
        short[rule, -1] = max(0, -(-over // 1_000_000))
    limit = np.zeros(short.shape, dtype=np.int64)
    limit[:, -1] = LARGEST_IN_PLAN
    _check_short(
        facts,
        "unmet_ceiling",
        rules,
        ("word", rules["word"]),
        short,
        limit,
        "The takers of {place} are left with {amount:,} more unmet {what} than the ceiling.",
        "unmet",
        exceptions,
        report,
        tally,
    )


def _check_short(
    facts: Facts,
    rule: str,
    rules: Rows,
    what: tuple[str, Column],
    short: Column,
    limit: Ints,
    words: str,
    table: str,
    exceptions: Rows,
    report: Report,
    tally: Tally,
) -> None:
    """A hard figure must be reached; of a soft one as much as is short stands among the exceptions."""
    hard = rules["hard"][:, None]
    at: Fields = {"place": ("area", rules["area"]), "what": what}
    report.check(f"hard_{rule}", table, ~hard | (short == 0), words, amount=short, **at)
    waived = granted(
        facts,
        exceptions,
        rule,
        (rules["area"], what[1]),
        what[0],
        np.where(hard, 0, limit),
        report,
        where="area",
    )
    report.check(
        rule,
        "exceptions",
        hard | (short <= waived),
        words + " The exceptions say {said:,}.",
        amount=short - waived,
        said=waived,
        **at,
    )
    tally.add("hard_rules", np.where(hard, short, 0))
    tally.add("rules", product(np.where(hard, 0, waived), rules["weight"][:, None]))
