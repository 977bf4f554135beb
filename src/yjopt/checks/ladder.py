"""The ladder of steps and the pairing of peers: steps that exist, rows that change something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.checks.tables import Batch, BoolArray, Rule, Tables, error, quoted, warning, where
from yjopt.checks.tree import inside, parents, sound
from yjopt.schema import LEVELS, POSITIONS, RESOURCES

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Steps that are orders from a source, of supplies only.
ORDERS: Final = ("requisition", "purchase", "import")
STEPS: Final = tuple(POSITIONS)


def steps_inside(tables: Tables) -> BoolArray:
    """Return which steps some giver can have for some taker inside each area, shape (areas, steps)."""
    above = parents(tables)
    words = tables.words("areas", "level")
    rank = np.array([LEVELS.index(word) if word in LEVELS else -9 for word in words], dtype=np.int64)
    children = np.bincount(above[above >= 0], minlength=len(above))
    found = np.zeros((len(above), len(STEPS)), dtype=bool)
    found[:, [STEPS.index(one) for one in ("own", *ORDERS)]] = True
    found[:, STEPS.index("pool")] = (above >= 0) | (children > 0)
    at = above
    for distance in range(1, len(LEVELS)):
        taker = where(at >= 0)
        rung = rank[at[taker]] - rank[taker]
        for name, mask in (
            ("peer", children[at[taker]] > 1),
            ("above", np.full(len(taker), distance > 1)),
        ):
            for here in np.unique(rung[mask]).tolist():
                if f"{name}-{here}" in POSITIONS:
                    found[taker[mask & (rung == here)], STEPS.index(f"{name}-{here}")] = True
        at = np.append(above, -1)[at]
    for _ in LEVELS:
        # A town's steps are found inside its county, too, and so on to the root.
        below = where(above >= 0)
        np.logical_or.at(found, above[below], found[below])
    return found


@error
def unknown_position(tables: Tables) -> Iterator[Batch]:
    """A position in the order of asking that no step has."""
    position = tables.figures("ladder", "position")
    known = sorted(POSITIONS.values())
    rows = where(~np.isnan(position) & ~np.isin(position, known))
    if len(rows):
        yield Batch(
            "ladder",
            rows,
            "position",
            "No step has the position {value}.",
            "Write the position of the step whose place it takes, one of "
            f"{', '.join(map(str, known))}; or leave it blank.",
        )


@warning
def own_restricted(tables: Tables) -> Iterator[Batch]:
    """Own means that are asked late, wait for a decision, or stand behind a gate."""
    own = tables.words("ladder", "step") == "own"
    for column, what in (
        ("position", "Own means are asked at position {value}, as if they were somebody else's."),
        ("decision_hours", "Nobody has to decide on own means, but they wait {value} hours."),
    ):
        rows = where(own & (tables.figures("ladder", column) > 0))
        if len(rows):
            yield Batch("ladder", rows, column, what, "Leave the cell blank, or mend the step.")
    rows = where((tables.words("gates", "opens") == "step") & (tables.words("gates", "which") == "own"))
    if len(rows):
        yield Batch(
            "gates",
            rows,
            "which",
            "While this gate is shut nobody may use what is his own.",
            "Take the row out, or name another step.",
        )


@warning
def step_never_taken(tables: Tables) -> Iterator[Batch]:
    """A step that no giver has for any taker inside the area, or not for this resource."""
    if not sound(tables):
        return
    found = np.vstack([tables.once(steps_inside), np.ones((1, len(STEPS)), dtype=bool)])
    for table, column in (("ladder", "step"), ("gates", "which")):
        words = tables.words(table, column)
        is_step = np.isin(words.astype(str), STEPS) & tables.good(table, "area", "resource")
        if table == "gates":
            is_step &= tables.words("gates", "opens") == "step"
        number = np.array([STEPS.index(one) if one in POSITIONS else 0 for one in words], dtype=np.int64)
        resource = tables.words(table, "resource").astype(str)
        order = np.isin(words.astype(str), ORDERS) & ~np.isin(resource, ("", "supplies"))
        rows = where(is_step & order)
        if len(rows):
            yield Batch(
                table,
                rows,
                column,
                "Only supplies are ordered from a source, so that {value} has no effect for {resource}.",
                "Write supplies, or leave resource blank.",
                {"resource": quoted(tables.words(table, "resource")[rows])},
            )
        rows = where(is_step & ~order & ~found[tables.rows(table, "area"), number])
        if len(rows):
            yield Batch(
                table,
                rows,
                column,
                "Nobody stands at the step {value} for a taker inside {area}, by the table areas.",
                "Check the step and the area; as it is, the row has no effect.",
                {"area": quoted(tables.words(table, "area")[rows])},
            )


@warning
def row_of_ladder_changes_nothing(tables: Tables) -> Iterator[Batch]:
    """A row of the ladder that says what holds without it."""
    if not sound(tables):
        return
    rows = where(tables.good("ladder", "area", "resource", "step", "position", "decision_hours"))
    rows = rows[tables.rows("ladder", "area")[rows] >= 0]
    area, step = tables.rows("ladder", "area").tolist(), tables.words("ladder", "step").tolist()
    resource = tables.words("ladder", "resource").tolist()
    position = tables.figures("ladder", "position")
    hours = np.nan_to_num(tables.figures("ladder", "decision_hours")).tolist()
    said = {
        (area[row], resource[row], step[row]): (
            float(POSITIONS[step[row]]) if np.isnan(position[row]) else float(position[row]),
            hours[row],
        )
        for row in rows.tolist()
    }
    above = parents(tables).tolist()

    def otherwise(row: int, resource_asked: str) -> tuple[float, float]:
        """Position and hours by the rows that come next."""
        at = area[row]
        if resource[row] and (at, "", step[row]) in said:
            return said[at, "", step[row]]
        while above[at] >= 0:
            at = above[at]
            for name in (resource_asked, ""):
                if (at, name, step[row]) in said:
                    return said[at, name, step[row]]
        return float(POSITIONS[step[row]]), 0.0

    idle = [
        row
        for row in rows.tolist()
        if all(
            otherwise(row, one) == said[area[row], resource[row], step[row]]
            for one in ([resource[row]] if resource[row] else RESOURCES)
        )
    ]
    if idle:
        yield Batch(
            "ladder",
            np.array(idle, dtype=np.int64),
            "step",
            "For takers inside {area} the step {value} would hold the same position and hours without this row.",
            "Write what differs, or take the row out.",
            {"area": quoted(tables.words("ladder", "area")[idle])},
        )


@warning
def paired_with_itself(tables: Tables) -> Iterator[Batch]:
    """A helper that lies inside the area it helps, or around it."""
    if not sound(tables):
        return
    area, helper = tables.rows("pairing", "area"), tables.rows("pairing", "helper")
    both = where((area >= 0) & (helper >= 0))
    related = np.zeros(len(area), dtype=bool)
    for one in np.unique(helper[both]).tolist():
        its = both[helper[both] == one]
        related[its] |= inside(tables, area[its], one)
    for one in np.unique(area[both]).tolist():
        its = both[area[both] == one]
        related[its] |= inside(tables, helper[its], one)
    rows = where(related)
    if len(rows):
        yield Batch(
            "pairing",
            rows,
            "helper",
            "{value} lies inside {area} or around it, so that {area} is in part its own helper.",
            "Name the area beside it that is to help.",
            {"area": quoted(tables.words("pairing", "area")[rows])},
        )


@warning
def paired_twice(tables: Tables) -> Iterator[Batch]:
    """A pairing for one resource that another row already says for all."""
    good = tables.good("pairing", "area", "helper", "resource", "consent")
    area, helper = tables.words("pairing", "area"), tables.words("pairing", "helper")
    resource, consent = tables.words("pairing", "resource"), tables.flags("pairing", "consent")
    for_all = {
        (area[row], helper[row]): row for row in where(good & (resource == "") & (area != "")).tolist()
    }
    found: list[int] = []
    first: list[int] = []
    for row in where(good & (resource != "")).tolist():
        other = for_all.get((area[row], helper[row]))
        # Where one of two rows needs no consent, none is needed.
        if other is not None and (consent[row] or not consent[other]):
            found.append(row)
            first.append(other)
    if found:
        yield Batch(
            "pairing",
            np.array(found, dtype=np.int64),
            "resource",
            "Line {line} pairs the two for every resource already.",
            "Take one of the two rows out.",
            {"line": tables.lines("pairing", np.array(first, dtype=np.int64))},
        )


RULES: Final[tuple[Rule, ...]] = (
    unknown_position,
    own_restricted,
    step_never_taken,
    row_of_ladder_changes_nothing,
    paired_with_itself,
    paired_twice,
)
