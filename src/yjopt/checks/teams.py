"""Pools, skills, tasks, staffing and consumption: words that match, windows that run forwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.checks.people import classes, mends
from yjopt.checks.tables import Batch, Rule, Tables, error, warning, where
from yjopt.checks.words import figure

if TYPE_CHECKING:
    from collections.abc import Iterator


def skills(tables: Tables, *names: str) -> set[str]:
    """Return the skills that stand in some tables."""
    return {str(word) for name in names for word in tables.words(name, "skill")} - {""}


def _pool_skills(tables: Tables) -> set[str]:
    """Return the skills of pools that have teams."""
    teams = np.append(tables.figures("pools", "teams"), 1.0)[tables.rows("skills", "pool")]
    return {str(word) for word in tables.words("skills", "skill")[~(teams == 0)]} - {""}


@warning
def pool_without_skill(tables: Tables) -> Iterator[Batch]:
    """A pool that can do nothing."""
    able = np.zeros(tables.size("pools") + 1, dtype=bool)
    able[tables.rows("skills", "pool")] = True
    rows = where(~able[:-1] & (tables.words("pools", "pool") != ""))
    if len(rows):
        yield Batch(
            "pools",
            rows,
            "pool",
            "The pool {value} has no skill and can be sent nowhere.",
            "Add its skills to skills.",
        )


@warning
def skill_without_pool(tables: Tables) -> Iterator[Batch]:
    """A task whose skill no pool has."""
    known = _pool_skills(tables)
    words = tables.words("tasks", "skill")
    rows = where(np.array([word != "" and word not in known for word in words], dtype=bool))
    if len(rows):
        yield Batch(
            "tasks",
            rows,
            "skill",
            "No pool with teams has the skill {value}; the task stays undone.",
            "{mend}",
            {"mend": mends(words[rows], known, "Add the skill to a pool.")},
        )


@warning
def skill_without_members(tables: Tables) -> Iterator[Batch]:
    """Staffing with a skill that neither residents nor pools have, so that nobody can be taken in."""
    known = skills(tables, "residents") | _pool_skills(tables)
    words = tables.words("staffing", "skill")
    members = tables.figures("staffing", "members")
    rows = where(np.array([word != "" and word not in known for word in words], dtype=bool) & (members > 0))
    if len(rows):
        yield Batch(
            "staffing",
            rows,
            "skill",
            "No residents and no pool have the skill {value}, so nobody can be taken in.",
            "{mend}",
            {"mend": mends(words[rows], known, "Add residents or a pool with the skill.")},
        )


@warning
def residents_unused(tables: Tables) -> Iterator[Batch]:
    """Residents with a skill that staffing asks for nowhere."""
    known = skills(tables, "staffing")
    words = tables.words("residents", "skill")
    rows = where(np.array([word != "" and word not in known for word in words], dtype=bool))
    if len(rows):
        yield Batch(
            "residents",
            rows,
            "skill",
            "No row of staffing asks for the skill {value}.",
            "{mend}",
            {"mend": mends(words[rows], known, "Add the row to staffing, or take this one out.")},
        )


@error
def unknown_what(tables: Tables) -> Iterator[Batch]:
    """Staffing or consumption of a class, category or skill that stands nowhere else."""
    for table in ("staffing", "consumption"):
        kind, what = tables.words(table, "kind"), tables.words(table, "what")
        index, _ = tables.known("categories", "category")
        for one, known, home in (
            ("class", classes(tables, "beds", "surge", "eligibility"), "beds, surge and eligibility"),
            ("category", set(index), "categories"),
            (
                "skill",
                skills(tables, "skills", "tasks", "staffing", "residents"),
                "skills, tasks and staffing",
            ),
        ):
            rows = where(
                (kind == one) & np.array([word != "" and word not in known for word in what], dtype=bool)
            )
            if len(rows):
                yield Batch(
                    table,
                    rows,
                    "what",
                    f"{{value}} is no {one}: it does not stand in {home}.",
                    "{mend}",
                    {"mend": mends(what[rows], known, f"Mend the {one}, or its kind, or take the row out.")},
                )


@error
def window_reversed(tables: Tables) -> Iterator[Batch]:
    """A task whose last period is before its first."""
    first, last = tables.figures("tasks", "first_period"), tables.figures("tasks", "last_period")
    rows = where(last < first)
    if len(rows):
        yield Batch(
            "tasks",
            rows,
            "last_period",
            "The task ends in period {value}, before it begins in period {first}.",
            "Exchange the two, or mend one.",
            {"first": [figure(one) for one in first[rows]]},
        )


@warning
def hours_beyond_period(tables: Tables) -> Iterator[Batch]:
    """A team or vehicle at work for longer than a period lasts."""
    length = float(tables.settings["period_hours"])
    for table, who in (("pools", "team"), ("fleets", "vehicle")):
        hours = tables.figures(table, "hours")
        rows = where(hours > length)
        if len(rows):
            yield Batch(
                table,
                rows,
                "hours",
                f"A {who} works {{hours}} hours in a period that lasts {figure(length)}.",
                "Are these minutes? Else write the hours of one period; a blank stands for"
                f" {'8' if table == 'pools' else '10'}.",
                {"hours": [figure(one) for one in hours[rows]]},
            )


RULES: Final[tuple[Rule, ...]] = (
    pool_without_skill,
    skill_without_pool,
    skill_without_members,
    residents_unused,
    unknown_what,
    window_reversed,
    hours_beyond_period,
)
