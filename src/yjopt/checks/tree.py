"""The administrative tree and the places in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.checks.tables import Batch, IntArray, Rule, Tables, error, quoted, warning, where
from yjopt.schema import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterator


def parents(tables: Tables) -> IntArray:
    """Return the row of each area's parent, -1 for none, unknown or itself."""
    above = tables.rows("areas", "parent")
    return np.where(above == np.arange(len(above)), -1, above)


def inside(tables: Tables, areas: IntArray, ancestor: int) -> np.ndarray:
    """Return which areas (by row; -1 is nowhere) are an area or lie inside it."""
    above = np.append(parents(tables), -1)
    found = np.zeros(len(areas), dtype=bool)
    at = np.array(areas, dtype=np.int64)
    for _ in range(len(above)):
        found |= at == ancestor
        if (at < 0).all():
            break
        at = above[at]
    return found & (np.asarray(areas) >= 0)


def sound(tables: Tables) -> bool:
    """Return whether the areas are one tree; where they are not, what lies inside what cannot be said."""
    above = tables.rows("areas", "parent")
    at = above
    for _ in range(len(LEVELS)):
        at = np.append(above, -1)[at]
    return int((above < 0).sum()) == 1 and bool((at < 0).all())


@error
def not_one_root(tables: Tables) -> Iterator[Batch]:
    """A tree with no root, or with several."""
    none = tables.good("areas", "parent") & (tables.words("areas", "parent") == "")
    roots = where(none)
    if not len(roots) and tables.size("areas") and tables.good("areas", "parent").all():
        yield Batch(
            "areas",
            where(np.arange(tables.size("areas")) == 0),
            "parent",
            "No area is the root of the tree.",
            "Leave the parent of the highest area blank.",
        )
    if len(roots) > 1:
        yield Batch(
            "areas",
            roots[1:],
            "parent",
            "The parent is blank, but a tree has one root, and that is {root} on line {line}.",
            "Name the area above, or add one area above both.",
            {
                "root": quoted(tables.words("areas", "area")[roots[:1]])[0],
                "line": tables.line("areas", int(roots[0])),
            },
        )


@error
def tree_cycle(tables: Tables) -> Iterator[Batch]:
    """Areas that lie inside each other in a circle."""
    above = tables.rows("areas", "parent")
    names = tables.words("areas", "area")
    state = np.zeros(len(above), dtype=np.int8)  # 1: on the way up from here, 2: done
    for start in range(len(above)):
        path: list[int] = []
        at = start
        while at >= 0 and state[at] == 0:
            state[at] = 1
            path.append(at)
            at = int(above[at])
        if at >= 0 and state[at] == 1:
            circle = path[path.index(at) :]
            yield Batch(
                "areas",
                np.array([min(circle)]),
                "parent",
                "The area lies inside itself: {circle}.",
                "Name the area that is really above it.",
                {"circle": " in ".join(quoted([*(names[row] for row in circle[:8]), names[at]]))},
            )
        state[path] = 2


@error
def level_order(tables: Tables) -> Iterator[Batch]:
    """An area whose parent is not of a higher level."""
    above = tables.rows("areas", "parent")
    words = tables.words("areas", "level")
    ranks = np.array([LEVELS.index(word) if word in LEVELS else -1 for word in words], dtype=np.int64)
    upper = np.append(ranks, -1)[above]
    rows = where(
        (above >= 0) & (ranks >= 0) & (upper >= 0) & (upper <= ranks) & (above != np.arange(len(above)))
    )
    if len(rows):
        yield Batch(
            "areas",
            rows,
            "level",
            "A {level} cannot lie in {parent}, which is a {higher}.",
            f"Levels rise from {LEVELS[0]} to {LEVELS[-1]}: mend this level, the parent, or its level.",
            {
                "level": words[rows],
                "parent": quoted(tables.words("areas", "parent")[rows]),
                "higher": words[above[rows]],
            },
        )


@warning
def unit_elsewhere(tables: Tables) -> Iterator[Batch]:
    """A place run by an area that is neither above the place nor inside its area."""
    if not sound(tables):
        return
    area, unit = tables.rows("places", "area"), tables.rows("places", "unit")
    above = np.append(parents(tables), -1)
    related = (area < 0) | (unit < 0)
    for start, goal in ((area, unit), (unit, area)):
        at = start.copy()
        for _ in range(len(LEVELS) + 1):
            related |= at == goal
            at = above[at]
    rows = where(~related)
    if len(rows):
        yield Batch(
            "places",
            rows,
            "unit",
            "{value} runs this place, but the place lies in {area}, outside it.",
            "Check the unit and the area; goods and teams of this place count as that unit's.",
            {"area": quoted(tables.words("places", "area")[rows])},
        )


RULES: Final[tuple[Rule, ...]] = (not_one_root, tree_cycle, level_order, unit_elsewhere)
