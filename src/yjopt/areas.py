"""The tree of areas: ranks, ancestors, and the rung and step of a giver for a taker.

The rule is section 2 of ``docs/concepts/model.md``: ranks come from the *level* of an area, not from its
depth in the tree, so a county directly under a province, or a municipality of counties only, counts as
what it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from yjopt.errors import Finding, ScenarioError
from yjopt.schema import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterable


IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

#: Order numbers of the steps that do not depend on the rung.
OWN: Final = 0
POOL: Final = 1


class Tree:
    """The administrative tree as arrays.

    Areas are numbered by their row in the table; every method takes such numbers, scalars or arrays that
    broadcast against each other.

    Parameters
    ----------
    areas : DataFrame
        The table ``areas``: columns ``area``, ``level`` and ``parent`` (blank for the root).

    Attributes
    ----------
    ids : pandas.Index
        Ids of the areas.
    rank : int64 array
        Rank of each area's level, a town being 0.
    parent : int64 array
        Number of the area above, -1 for the root.
    ancestors : int64 array, areas by levels
        ``ancestors[a, r]`` is the area of rank r in which a lies (itself at its own rank), or -1 where the
        tree skips that level.

    Raises
    ------
    ScenarioError
        If an id stands twice, a level or a parent is unknown, a parent is not of a higher level, or there is
        not exactly one root.

    Examples
    --------
    >>> import pandas as pd
    >>> tree = Tree(pd.DataFrame({
    ...     "area": ["P", "C", "T", "U"], "level": ["province", "county", "town", "town"],
    ...     "parent": ["", "P", "C", "C"]}))
    >>> authority = tree.index(["T", "C", "U", "P"])
    >>> [step_name(order) for order in tree.step(authority, tree.index(["T"]))]
    ['own', 'pool', 'peer-1', 'above-3']
    """

    ids: pd.Index
    rank: IntArray
    parent: IntArray
    ancestors: IntArray

    def __init__(self, areas: pd.DataFrame) -> None:
        self.ids = pd.Index(areas["area"].to_numpy(dtype=object))
        above = areas["parent"].to_numpy(dtype=object)
        self.rank = pd.Index(LEVELS).get_indexer(pd.Index(areas["level"])).astype(np.int64)
        twice = self.ids.duplicated()
        _refuse(areas, twice, "area", "duplicate_key", "stands twice", "Keep one row of each area.")
        _refuse(areas, self.rank < 0, "level", "choice", "is no level", f"Write one of {', '.join(LEVELS)}.")
        self.parent = self.ids.get_indexer(pd.Index(above)).astype(np.int64)
        is_root = np.array([name == "" for name in above], dtype=np.bool_)
        unknown = (self.parent < 0) & ~is_root
        _refuse(areas, unknown, "parent", "unknown_reference", "is no area", "Add it or correct the id.")
        wrong = ~is_root & (self.rank[self.parent] <= self.rank)
        # Ranks that rise towards the root leave no room for a cycle.
        _refuse(
            areas,
            wrong,
            "parent",
            "level_order",
            "is not of a higher level",
            "Correct the level or the parent.",
        )
        extra = is_root & (np.cumsum(is_root) > 1)
        _refuse(areas, extra, "area", "one_root", "is a second root", "Give every area but one its parent.")
        if not is_root.any():
            finding = Finding(
                rule="one_root", severity="error", table="areas", message="The tree has no root.",
                mend="Add the area that has no parent.",
            )  # fmt: skip
            raise ScenarioError((finding,))

        self.ancestors = np.full((len(areas), len(LEVELS)), -1, dtype=np.int64)
        for rank in reversed(range(len(LEVELS))):
            members = np.flatnonzero(self.rank == rank)
            below = members[self.parent[members] >= 0]
            self.ancestors[below] = self.ancestors[self.parent[below]]
            self.ancestors[members, rank] = members

    def __len__(self) -> int:
        return len(self.ids)

    def index(self, ids: Iterable[object]) -> IntArray:
        """Return the numbers of areas given by id.

        Raises
        ------
        ScenarioError
            If an id is not in the table.
        """
        wanted = pd.Index(list(ids), dtype=object)
        found = self.ids.get_indexer(wanted).astype(np.int64)
        if (found < 0).any():
            missing = str(wanted[found < 0][0])
            finding = Finding(
                rule="unknown_reference", severity="error", table="areas", column="area", value=missing,
                message=f"There is no area {missing!r}.", mend="Add it to areas or correct the id.",
            )  # fmt: skip
            raise ScenarioError((finding,))
        return found

    def inside(self, area: npt.ArrayLike, outer: npt.ArrayLike) -> BoolArray:
        """Tell whether `area` lies inside `outer`; an area lies inside itself."""
        low, high = np.asarray(area), np.asarray(outer)
        return np.asarray(self.ancestors[low, self.rank[high]] == high, dtype=np.bool_)

    def common(self, first: npt.ArrayLike, second: npt.ArrayLike) -> IntArray:
        """Return the lowest area in which both lie."""
        one, two = np.broadcast_arrays(np.asarray(first), np.asarray(second))
        lowest = np.full(one.shape, -1, dtype=np.int64)
        # From the top down, each level at which the two still agree lies below the one before.
        for rank in reversed(range(len(LEVELS))):
            here = self.ancestors[one, rank]
            lowest = np.where((here == self.ancestors[two, rank]) & (here >= 0), here, lowest)
        return lowest

    def rung(self, authority: npt.ArrayLike, unit: npt.ArrayLike) -> IntArray:
        """Return how many ranks support climbs above the taker's `unit`; 0 for an authority inside it."""
        return np.asarray(self.rank[self.common(authority, unit)] - self.rank[np.asarray(unit)])

    def step(self, authority: npt.ArrayLike, unit: npt.ArrayLike) -> IntArray:
        """Return the order number of the step from `authority` to the taker's `unit`.

        0 is ``own`` and 1 ``pool``; `step_name` names the rest.
        """
        giver, taker = np.broadcast_arrays(np.asarray(authority), np.asarray(unit))
        rung = self.rung(giver, taker)
        peer = np.where(rung == 1, 2, 2 * rung - 1)
        order = np.where(self.inside(taker, giver), 2 * rung, peer)
        pool = (self.parent[taker] == giver) | self.inside(giver, taker)
        order = np.where(pool, POOL, order)
        return np.where(giver == taker, OWN, order)


def step_name(order: int) -> str:
    """Return the name of a step by its order number, such as ``own``, ``pool``, ``peer-1`` or ``above-2``."""
    if order == OWN:
        return "own"
    if order == POOL:
        return "pool"
    if order == 2:
        return "peer-1"
    return f"peer-{(order + 1) // 2}" if order % 2 else f"above-{order // 2}"


def _refuse(areas: pd.DataFrame, wrong: BoolArray, column: str, rule: str, message: str, mend: str) -> None:
    """Raise one finding for each row that is wrong."""
    if not wrong.any():
        return
    values = areas[column].astype(str)
    raise ScenarioError(
        tuple(
            Finding(
                rule=rule,
                severity="error",
                table="areas",
                line=row + 1,
                column=column,
                value=values.iloc[row],
                message=f"{values.iloc[row]!r} {message}.",
                mend=mend,
            )
            for row in np.flatnonzero(wrong).tolist()
        )
    )
