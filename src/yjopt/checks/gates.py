"""Response levels and gates: what they open, for whom, and whether they ever do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from yjopt.checks.ladder import STEPS
from yjopt.checks.people import mends
from yjopt.checks.tables import (
    Batch,
    BoolArray,
    IntArray,
    Rule,
    Tables,
    WordArray,
    error,
    quoted,
    warning,
    where,
)
from yjopt.checks.tree import inside, parents, sound
from yjopt.checks.words import listed
from yjopt.schema import LEVELS, MODES, RESPONSE_LEVELS, SEVERITIES, STOCK_KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: The three parts of a state, the least first; an area without any has the first of each, and no level.
PARTS: Final = (
    ("level", ("", *reversed(RESPONSE_LEVELS))),
    ("mode", MODES),
    ("severity", SEVERITIES),
)
#: What may stand in ``resource`` beside what a gate opens.
RESOURCES_OF: Final = {
    "kind": ("", "supplies"),
    "quota": ("", "supplies"),
    "facility": ("", "beds", "isolation"),
}


@warning
def levels_say_nothing(tables: Tables) -> Iterator[Batch]:
    """A row of levels without level, mode and severity."""
    rows = _without_state(tables, "levels")
    if len(rows):
        yield Batch(
            "levels",
            rows,
            "level",
            "The row says neither level nor mode nor severity, so that all goes on as before.",
            "Write what holds from this period on, or take the row out.",
        )


def _without_state(tables: Tables, table: str) -> IntArray:
    columns = [column for column, _ in PARTS]
    blank = tables.good(table, *columns)
    for column in columns:
        blank &= tables.words(table, column) == ""
    return where(blank)


@error
def gate_of_nothing(tables: Tables) -> Iterator[Batch]:
    """A gate whose object is none of what it opens."""
    opens, which = tables.words("gates", "opens"), tables.words("gates", "which")
    good = tables.good("gates", "opens", "which")
    known: dict[str, tuple[set[str], str]] = {
        "step": (set(STEPS), f"Name the step, one of {listed(STEPS, most=12)}."),
        "kind": (set(STOCK_KINDS), f"Name the reserve kind, one of {listed(STOCK_KINDS, most=8)}."),
        "quota": (
            {*tables.known("items", "item")[0], ""},
            "Name an item of the table items, or leave it blank for all.",
        ),
        "facility": (set(tables.known("places", "place")[0]), "Name a place of the table places."),
        "lateral": ({""}, "Leave which blank: the gate opens every peer step."),
        "skip": ({""}, "Leave which blank: the gate opens all skip-level aid."),
    }
    for what, (names, mend) in known.items():
        rows = where(good & (opens == what) & ~np.array([word in names for word in which], dtype=bool))
        if len(rows):
            yield Batch(
                "gates",
                rows,
                "which",
                f"A gate that opens {what} cannot name {{value}}."
                if what in ("lateral", "skip")
                else f"{{value}} is no {_noun(what)} that a gate could open.",
                "{mend}",
                {"mend": mends(which[rows], names - {""}, mend)},
            )


def _noun(what: str) -> str:
    return {"step": "step", "kind": "reserve kind", "quota": "item", "facility": "place"}[what]


@error
def gate_for_other_resource(tables: Tables) -> Iterator[Batch]:
    """A gate for a resource that what it opens has nothing to do with."""
    opens, resource = tables.words("gates", "opens"), tables.words("gates", "resource")
    for what, fitting in RESOURCES_OF.items():
        rows = where((opens == what) & ~np.isin(resource.astype(str), fitting))
        if len(rows):
            yield Batch(
                "gates",
                rows,
                "resource",
                f"A gate that opens a {what} is not for {{value}}.",
                f"Write {' or '.join(one for one in fitting if one)}, or leave it blank.",
            )


@warning
def gate_for_nobody(tables: Tables) -> Iterator[Batch]:
    """A gate before a facility that the area does not run, or that takes nobody in."""
    if not sound(tables):
        return
    place = tables.rows("gates", "which", "places.place")
    area = tables.rows("gates", "area")
    facility = (tables.words("gates", "opens") == "facility") & (place >= 0)
    takes = np.zeros(tables.size("places") + 1, dtype=bool)
    for table in ("beds", "surge", "isolation_sites"):
        takes[tables.rows(table, "place")] = True
    rows = where(facility & ~takes[place])
    if len(rows):
        yield Batch(
            "gates",
            rows,
            "which",
            "{value} has neither beds nor rooms, so that the gate opens nothing.",
            "Name the hospital or site, or take the row out.",
        )
    unit = np.append(tables.rows("places", "unit"), -1)[place]
    facility &= takes[place] & (area >= 0) & (unit >= 0)
    covered = np.zeros(len(area), dtype=bool)
    for one in np.unique(area[facility]).tolist():
        covered |= facility & (area == one) & inside(tables, unit, one)
    rows = where(facility & ~covered)
    if len(rows):
        yield Batch(
            "gates",
            rows,
            "area",
            "The unit that runs {place} does not lie inside {value}, so that this gate does not concern it.",
            "Name the unit of the place, or an area above it.",
            {"place": quoted(tables.words("gates", "which")[rows])},
        )


@warning
def gate_without_condition(tables: Tables) -> Iterator[Batch]:
    """A gate that is always open."""
    rows = _without_state(tables, "gates")
    # Skip-level aid is shut unless a gate opens it: such a gate without a condition says something.
    opens = tables.words("gates", "opens")[rows]
    rows = rows[(opens != "skip") & (opens != "")]
    if len(rows):
        yield Batch(
            "gates",
            rows,
            "level",
            "The gate names neither level nor mode nor severity, so that it is always open.",
            "Write from which level, in which mode or from which severity on it opens, or take the row out.",
        )


def states(tables: Tables) -> dict[str, IntArray]:
    """Return level, mode and severity as ranks, shape (areas, periods at which some row begins, 1 among them)."""
    horizon = float(tables.settings["periods"])
    area, period = tables.rows("levels", "area"), tables.figures("levels", "period")
    counts = (area >= 0) & (period <= horizon)
    begins, at = np.unique(np.append(period[counts], 1.0), return_inverse=True)
    above = parents(tables)
    found = {}
    for column, words in PARTS:
        said = np.full((len(above) + 1, len(begins)), -1, dtype=np.int64)
        rank = _ranks(tables.words("levels", column), words)[counts]
        told = rank >= 0
        said[area[counts][told], at[:-1][told]] = rank[told]
        for later in range(1, len(begins)):
            said[:, later] = np.where(said[:, later] < 0, said[:, later - 1], said[:, later])
        said[-1] = 0  # what lies above the root
        for _ in LEVELS:
            said = np.where(said < 0, said[np.append(above, -1)], said)
        found[column] = said[:-1]
    return found


def _ranks(values: WordArray, words: tuple[str, ...]) -> IntArray:
    """Return the rank of each word; -1 for a blank."""
    rank = pd.Index(words).get_indexer(pd.Index(values, dtype=object))
    return np.where(values == "", -1, rank).astype(np.int64)


@warning
def gate_never_opens(tables: Tables) -> Iterator[Batch]:
    """A gate whose condition holds nowhere inside its area in any period."""
    if not sound(tables):
        return
    area = tables.rows("gates", "area")
    wanted = np.column_stack(
        [area, *(_ranks(tables.words("gates", column), words) for column, words in PARTS)]
    )
    good = tables.good("gates", *(column for column, _ in PARTS)) & (area >= 0)
    cases, at = np.unique(wanted[good], axis=0, return_inverse=True)
    opens = np.array([_opens(tables, case) for case in cases], dtype=bool)
    rows = where(good)[~opens[at.reshape(-1)]] if len(cases) else where(good)[:0]
    if len(rows):
        yield Batch(
            "gates",
            rows,
            "gate",
            "By the table levels the condition of {value} holds in no area inside {area} and in no period;"
            " {shut}",
            "Lower the condition, or say in levels when it holds.",
            {
                "area": quoted(tables.words("gates", "area")[rows]),
                "shut": [
                    "skip-level aid stays shut."
                    if one == "skip"
                    else "unless another gate opens it, it stays shut."
                    for one in tables.words("gates", "opens")[rows]
                ],
            },
        )


def _opens(tables: Tables, case: IntArray) -> bool:
    """Return whether a condition (area, level, mode, severity as ranks, -1 for any) ever holds inside the area."""
    state = tables.once(states)
    its: BoolArray = inside(tables, np.arange(tables.size("areas")), int(case[0]))
    holds = np.ones((int(its.sum()), state["level"].shape[1]), dtype=bool)
    tests: tuple[tuple[str, Callable[[IntArray, int], BoolArray]], ...] = (
        ("level", np.greater_equal),
        ("mode", np.equal),
        ("severity", np.greater_equal),
    )
    for (column, test), rank in zip(tests, case[1:].tolist(), strict=True):
        if rank >= 0:
            holds &= test(state[column][its], rank)
    return bool(holds.any())


@warning
def same_gate(tables: Tables) -> Iterator[Batch]:
    """Two gates that differ in nothing but their ids."""
    columns = ["area", "opens", "which", "resource", *(column for column, _ in PARTS)]
    rows = where(tables.good("gates", *columns) & (tables.rows("gates", "area") >= 0))
    frame = pd.DataFrame({column: tables.words("gates", column)[rows] for column in columns}, dtype=object)
    if not len(frame):
        return
    group = frame.groupby(columns, sort=False).ngroup().to_numpy()
    first = np.full(int(group.max()) + 1, -1, dtype=np.int64)
    first[group[::-1]] = np.arange(len(rows))[::-1]
    again = where(first[group] != np.arange(len(rows)))
    if len(again):
        yield Batch(
            "gates",
            rows[again],
            "gate",
            "{value} says the same as {other} on line {line}.",
            "Take one of the two out, or mend what was meant to differ.",
            {
                "other": quoted(tables.words("gates", "gate")[rows[first[group[again]]]]),
                "line": tables.lines("gates", rows[first[group[again]]]),
            },
        )


RULES: Final[tuple[Rule, ...]] = (
    levels_say_nothing,
    gate_of_nothing,
    gate_for_other_resource,
    gate_for_nobody,
    gate_without_condition,
    gate_never_opens,
    same_gate,
)
