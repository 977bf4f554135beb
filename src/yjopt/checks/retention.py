"""Rules about what an area keeps and what it may go without: own needs first, teams at home, ceilings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.checks.command import areas_of, rows_of
from yjopt.checks.people import mends
from yjopt.checks.tables import Batch, Rule, Tables, error, quoted, warning, where
from yjopt.checks.teams import skills
from yjopt.checks.tree import inside, sound
from yjopt.checks.words import figure
from yjopt.schema import INPUT

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What a ceiling may hold for.
CEILINGS: Final = ("people", "goods")
#: The rules that need no figure.
WITHOUT_AMOUNT: Final = ("own_first",)


@error
def rule_without_amount(tables: Tables) -> Iterator[Batch]:
    """A rule with a figure whose figure is blank."""
    named = [one for one in INPUT["rules"]["rule"].choices if one not in WITHOUT_AMOUNT]
    rows = where(rows_of(tables, *named) & tables.good("rules", "amount"))
    # The column's default is 0, so that only the cell as written tells a blank.
    rows = rows[[_is_blank(tables.cell("rules", "amount", row)) for row in rows.tolist()]]
    if len(rows):
        yield Batch(
            "rules",
            rows,
            "amount",
            "The amount of {rule} is blank.",
            "Write the figure; 0 only if it is meant.",
            {"rule": tables.words("rules", "rule")[rows]},
        )


def _is_blank(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


@error
def quota_without_skill(tables: Tables) -> Iterator[Batch]:
    """A mobile_quota of no skill, or of one that no pool has."""
    known = skills(tables, "skills")
    what = tables.words("rules", "what")
    quota = rows_of(tables, "mobile_quota") & tables.good("rules", "what")
    rows = where(quota & ~np.array([word in known for word in what], dtype=bool))
    if len(rows):
        yield Batch(
            "rules",
            rows,
            "what",
            "{value} is no skill of the table skills.",
            "{mend}",
            {"mend": mends(what[rows], known, "Name the skill whose teams stay at home.")},
        )


@error
def ceiling_of_what(tables: Tables) -> Iterator[Batch]:
    """An unmet_ceiling that is neither for people nor for goods."""
    what = tables.words("rules", "what")
    ceiling = rows_of(tables, "unmet_ceiling") & tables.good("rules", "what")
    rows = where(ceiling & ~np.isin(what.astype(str), CEILINGS))
    if len(rows):
        yield Batch(
            "rules",
            rows,
            "what",
            "A ceiling holds for the stage unmet_people or unmet_goods, not for {value}.",
            "{mend}",
            {"mend": mends(what[rows], set(CEILINGS), "Write people or goods.")},
        )


@warning
def quota_cannot_hold(tables: Tables) -> Iterator[Batch]:
    """More teams to be kept at home than the area has with that skill."""
    if not sound(tables):
        return
    good = tables.good("rules", "rule", "area", "what", "amount", "from_period")
    quotas = where(rows_of(tables, "mobile_quota") & good & (tables.rows("rules", "area") >= 0))
    pool = tables.rows("skills", "pool")
    skill = tables.words("skills", "skill")
    authority = tables.rows("pools", "authority")
    teams = np.nan_to_num(tables.figures("pools", "teams"))
    amount, what = tables.figures("rules", "amount"), tables.words("rules", "what")
    short: list[tuple[int, float]] = []
    for row in quotas.tolist():
        its = np.unique(pool[(skill == what[row]) & (pool >= 0)])
        within = inside(tables, authority[its], int(tables.rows("rules", "area")[row]))
        there = float(teams[its[within]].sum())
        if len(its) and amount[row] > there and np.floor(amount[row]) == amount[row]:
            short.append((row, there))
    # Where a pool's cells are wrong, what it has is not known.
    if short and tables.good("pools", "teams", "authority").all() and tables.good("skills", "skill").all():
        rows = np.array([row for row, _ in short], dtype=np.int64)
        hard = tables.flags("rules", "hard")[rows]
        end = "the rule is hard, so there is no plan.", "the rule is soft, so what is short is counted."
        yield Batch(
            "rules",
            rows,
            "amount",
            "{area} must keep {amount} team(s) for {what}, but its pools have {there} in all; {end}",
            "Lower the amount, or mend the teams, skills and authorities of the pools.",
            {
                "area": areas_of(tables, rows),
                "amount": [figure(one) for one in amount[rows]],
                "what": quoted(what[rows]),
                "there": [figure(there) for _, there in short],
                "end": np.where(hard, *end).tolist(),
            },
        )


RULES: Final[tuple[Rule, ...]] = (
    rule_without_amount,
    quota_without_skill,
    ceiling_of_what,
    quota_cannot_hold,
)
