"""Rule ``own_first``: nothing goes to a peer while one's own needs are open (docs/concepts/command.md, section 6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.arcs import AHEAD
from yjopt.instance.command import STEPS
from yjopt.instance.joining import IntArray, find, groups, matches, position
from yjopt.instance.shipping import Takers, possible_shipments

if TYPE_CHECKING:
    from yjopt.instance.allowances import Allowances
    from yjopt.instance.arcs import Arcs
    from yjopt.instance.command import Command
    from yjopt.instance.context import Context, Legs
    from yjopt.instance.items import Lots
    from yjopt.instance.supplies import Parts

_IS_PEER = np.array([name.startswith("peer-") for name in STEPS], dtype=np.bool_)


@dataclass(frozen=True)
class OwnFirst:
    """Keepers: authorities with an item whose own needs come first.

    Parameters
    ----------
    authority, item : int64 array, shape (keepers,)
    of_shipment, of_before_order : int64 array
        Keeper of each shipment to a peer, and of what could be shipped instead of ordering; -1 where there is none.
    need_keeper, need : int64 array
        Needs that must not be open at a keeper when it ships to a peer.
    """

    authority: IntArray
    item: IntArray
    of_shipment: IntArray
    of_before_order: IntArray
    need_keeper: IntArray
    need: IntArray


def index_own_first(
    context: Context,
    command: Command,
    lots: Lots,
    parts: Parts,
    legs: Legs,
    takers: Takers,
    allowances: Allowances,
    need_taker: IntArray,
    shipments: Arcs,
    before_orders: Arcs,
) -> OwnFirst:
    """Index the ``own_first`` rows of ``rules``."""
    table, tree = context.table("rules"), context.tree
    row = np.flatnonzero((table["rule"] == "own_first").to_numpy(dtype=bool))
    if not len(row):
        nobody = np.zeros(0, dtype=np.int64)
        return OwnFirst(
            nobody,
            nobody,
            np.full_like(shipments.part, -1),
            np.full_like(before_orders.part, -1),
            nobody,
            nobody,
        )
    held = np.zeros(len(tree), dtype=np.bool_)
    for outer in position(table["area"].iloc[row], context.labels.areas).tolist():
        held |= tree.inside(np.arange(len(tree)), outer)
    part = np.concatenate([shipments.part, before_orders.part])
    step = np.concatenate([shipments.step, before_orders.step])
    giver, item = lots.authority[parts.lot[part]], lots.item[parts.lot[part]]
    kept = np.flatnonzero(_IS_PEER[step] & held[giver])
    keeper = np.full(len(part), -1, dtype=np.int64)
    keeper[kept], (authority, kind) = groups(giver[kept], item[kept])
    need_keeper = need = np.zeros(0, dtype=np.int64)
    if len(kept):
        # An empty lot counts, too: what it could ship is a question of roads, not of what lies there.
        anything = np.arange(len(parts.lot), dtype=np.int64)
        could = possible_shipments(context, command, lots, parts, anything, legs, takers, allowances)
        lot, width = parts.lot[could.part], len(context.labels.items)
        who = find(lots.authority[lot] * width + lots.item[lot], authority * width + kind)
        inside = tree.inside(takers.unit[could.to], lots.authority[lot])
        own = np.flatnonzero((who >= 0) & inside & (could.use != AHEAD))
        _, (reached_by, reached) = groups(who[own], could.to[own])
        at, need = matches(reached, need_taker)
        need_keeper = reached_by[at]
    return OwnFirst(authority, kind, keeper[: len(shipments)], keeper[len(shipments) :], need_keeper, need)
