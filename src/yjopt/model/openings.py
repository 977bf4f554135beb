"""Who may be asked only when others are exhausted, the same for admissions, isolations and tours.

Flows and givers belong to *groups*: those of one group compete (the people of a place and group in a period, a part
of a group of contacts in a period, a post in the period in which work begins). A flow has a *bar*: every giver of its
group at a lower position must be exhausted. Openings are decided per (group, bar), never per pair:

    sum of the flows of (group, bar) <= most of the group * open[group, bar]
    open[group, bar] <= open[group, next lower bar of the group]
    open[group, bar] <= what says that a giver is exhausted   (each giver once, at the lowest bar above its position)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.joining import IntArray, groups, matches
from yjopt.model.exhaustion import add_chain, find_levels

if TYPE_CHECKING:
    from yjopt.model.builder import Builder


@dataclass(frozen=True)
class Openings:
    """Openings of one family.

    Parameters
    ----------
    column, depth : int64 array, shape (openings,)
        The column of each, and how many bars of its group lie below its own.
    flow, flow_row : int64 array
        Columns of the flows that need an opening, and the rows that hold them shut.
    giver, giver_row : int64 array
        Givers that must be exhausted (positions in the list that was given), and the rows that need a reason:
        ``open - reasons <= 0``, or ``<= 1`` where a reason may be taken away.
    """

    column: IntArray
    depth: IntArray
    flow: IntArray
    flow_row: IntArray
    giver: IntArray
    giver_row: IntArray

    @property
    def in_order(self) -> list[IntArray]:
        """Columns of the openings by depth: each leans only on those before it."""
        return [self.column[self.depth == depth] for depth in range(int(self.depth.max(initial=-1)) + 1)]


@dataclass(frozen=True)
class Flows:
    """Flows of one family: their columns, group, bar, and the most that all flows of a group can be."""

    column: IntArray
    group: IntArray
    bar: IntArray
    most: IntArray


@dataclass(frozen=True)
class Givers:
    """Givers of one family: group, position, and reasons that hold unless a column takes them away (0 or 1)."""

    group: IntArray
    position: IntArray
    excused: IntArray


def add_openings(builder: Builder, name: str, flows: Flows, givers: Givers) -> Openings:
    """Add the openings of a family.

    Parameters
    ----------
    builder : Builder
    name : str
        Word for the family, in the names of the blocks.
    flows, givers
        Who asks, and who must be exhausted first; groups are numbered alike.
    """
    count = int(max(flows.group.max(initial=-1), givers.group.max(initial=-1))) + 1
    levels = find_levels(flows.group, flows.bar, givers.group, givers.position, count)
    column = add_chain(builder, f"ask_{name}", levels)
    needs = np.flatnonzero(levels.of_flow >= 0)
    of_flow = levels.of_flow[needs]
    shut = builder.rows(f"ask_{name}", -np.inf, 0, size=len(levels))
    builder.entries(shut[of_flow], flows.column[needs], 1)
    most = np.zeros(len(levels), dtype=np.int64)
    np.maximum.at(most, of_flow, flows.most[needs])
    builder.entries(shut, column, -most)

    stands = np.flatnonzero(levels.of_reason >= 0)
    rows = builder.rows(f"exhausted_{name}", -np.inf, givers.excused[stands])
    builder.entries(rows, column[levels.of_reason[stands]], 1)
    first = np.searchsorted(levels.cell, levels.cell)
    return Openings(
        column=column,
        depth=np.arange(len(levels), dtype=np.int64) - first,
        flow=flows.column[needs],
        flow_row=shut[of_flow],
        giver=stands,
        giver_row=rows,
    )


def at_each(keys: tuple[IntArray, ...], wanted: tuple[IntArray, ...]) -> tuple[IntArray, IntArray]:
    """Pairs of positions in two lists of key tuples where the tuples are equal."""
    both, _ = groups(*(np.concatenate(pair) for pair in zip(keys, wanted, strict=True)))
    count = len(keys[0])
    return matches(both[:count], both[count:])
