"""Rule strict for durables (docs/concepts/command.md, section 4), in units.

For a cell c = (spot, period of arrival), a threshold h, a store s of another place and a period r of departure:

    shipments into c of threshold h <= most * asks[c,h]
    asks[c,h] <= gone[s,r] + at_floor[spot of s,r] + at_home[s,r] + out_of_hours   for every reason of c below h
    idle[s',t] <= most * (1 - asks[c,h])                                           for every store s' at c itself
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.joining import IntArray, find, groups, matches, spans, total
from yjopt.model.exhaustion import ALWAYS, Levels, add_chain, find_levels

if TYPE_CHECKING:
    from yjopt.instance import Instance
    from yjopt.model.builder import Builder
    from yjopt.model.durables import DurableColumns


@dataclass(frozen=True)
class StrictDurableColumns:
    """Columns of rule strict for durables.

    Parameters
    ----------
    levels : Levels
    asks : int64 array, shape (levels,)
    gone, gone_store, gone_period : int64 array
        Binary: nothing of a store is idle or on the road at the end of a period.
    at_floor, floor_spot, floor_period : int64 array
        Binary: no more than the floor is on hand.
    at_home, home_store, home_period : int64 array
        Binary: no more is on hand than what must be there.
    """

    levels: Levels
    asks: IntArray
    gone: IntArray
    gone_store: IntArray
    gone_period: IntArray
    at_floor: IntArray
    floor_spot: IntArray
    floor_period: IntArray
    at_home: IntArray
    home_store: IntArray
    home_period: IntArray


@dataclass(frozen=True)
class LentReasons:
    """What could have been lent instead, and who has something at the taker's own place.

    Parameters
    ----------
    levels : Levels
        Of shipments; its reasons are those below, `arc` first.
    arc : int64 array
        Shipments between stores that are reasons.
    here, here_period : int64 array
        Stores at the place that asks, and the period.
    """

    levels: Levels
    arc: IntArray
    here: IntArray
    here_period: IntArray


def reasons_of_durables(instance: Instance) -> LentReasons:
    """Levels and reasons of durables; empty without rule strict."""
    durables, horizon, command = instance.durables, instance.horizon, instance.command
    arcs = durables.shipments
    arc = np.flatnonzero(arcs.is_reason & command.is_strict("supplies"))
    cell = durables.store_spot[arcs.to] * horizon + arcs.arrive
    # Stores at the taker's own place are reasons, too, in every period in which something might be asked for.
    cells = np.unique(cell[arcs.below > 0])
    at, here = matches(cells // horizon, durables.store_spot)
    unit = instance.unit[durables.store_place[here]]
    step = command.step(durables.store_authority[here], unit)
    levels = find_levels(
        cell,
        arcs.below,
        np.concatenate([cell[arc], cells[at]]),
        np.concatenate([arcs.position[arc], command.position("supplies", step, unit)]),
        len(durables.spot_place) * horizon,
    )
    return LentReasons(levels, arc, here, cells[at] % horizon)


def add_strict_durables(
    builder: Builder, instance: Instance, durable: DurableColumns, lent: LentReasons, out_of_hours: IntArray
) -> StrictDurableColumns:
    """Add the rows of rule strict for durables.

    Parameters
    ----------
    lent : LentReasons
    out_of_hours : int64 array, shape (arcs that are reasons,)
        As in `HourColumns.of_arc`.
    """
    arcs, most, levels = instance.durables.shipments, instance.durables.most, lent.levels
    asks = add_chain(builder, "asks_durable", levels)
    sent = np.flatnonzero(levels.of_flow >= 0)
    used, (level,) = groups(levels.of_flow[sent])
    rows = builder.rows("asks_durable", -np.inf, 0, size=len(level))
    builder.entries(rows[used], durable.ship[sent], 1)
    builder.entries(rows, asks[level], -total(arcs.most[sent], used, len(level)))

    of_arc, of_here = np.split(levels.of_reason, [len(lent.arc)])
    local = np.flatnonzero(of_here >= 0)
    store, period = lent.here[local], lent.here_period[local]
    rows = builder.rows("own_idle", -np.inf, most[store, period])
    builder.entries(rows, durable.idle[store, period], 1)
    builder.entries(rows, asks[of_here[local]], most[store, period])

    kept = np.flatnonzero((of_arc >= 0) & (out_of_hours != ALWAYS))
    arc = lent.arc[kept]
    rows = builder.rows("exhausted_durable", -np.inf, 0, size=len(kept))
    builder.entries(rows, asks[of_arc[kept]], 1)
    by_road = out_of_hours[kept] >= 0
    builder.entries(rows[by_road], out_of_hours[kept][by_road], -1)
    gone = _gone(builder, instance, durable, rows, arcs.part[arc], arcs.depart[arc])
    at_floor = _at_floor(builder, instance, durable, rows, arcs.part[arc], arcs.depart[arc])
    at_home = _at_home(builder, instance, durable, rows, arcs.part[arc], arcs.depart[arc])
    return StrictDurableColumns(levels, asks, *gone, *at_floor, *at_home)


def _gone(
    builder: Builder,
    instance: Instance,
    durable: DurableColumns,
    rows: IntArray,
    store: IntArray,
    depart: IntArray,
) -> tuple[IntArray, IntArray, IntArray]:
    durables, horizon = instance.durables, instance.horizon
    at, (store, period) = groups(store, depart)
    gone = builder.columns("gone", 0, 1, size=len(store))
    builder.entries(rows, gone[at], -1)
    most = durables.most[store, period]
    limit = builder.rows("gone", -np.inf, most)
    builder.entries(limit, durable.idle[store, period], 1)
    builder.entries(limit, gone, most)
    arc, when = spans(durables.shipments.depart, durables.shipments.arrive - 1)
    at = find(durables.shipments.part[arc] * horizon + when, store * horizon + period)
    builder.entries(limit[at[at >= 0]], durable.ship[arc[at >= 0]], 1)
    return gone, store, period


def _at_floor(
    builder: Builder,
    instance: Instance,
    durable: DurableColumns,
    rows: IntArray,
    store: IntArray,
    depart: IntArray,
) -> tuple[IntArray, IntArray, IntArray]:
    durables = instance.durables
    at, (spot, period) = groups(durables.store_spot[store], depart)
    at_floor = builder.columns("at_floor", 0, 1, size=len(spot))
    builder.entries(rows, at_floor[at], -1)
    of_spot, there = matches(spot, durables.store_spot)
    most = total(durables.most[there, period[of_spot]], of_spot, len(spot))
    slack = np.maximum(most - durables.spot_floor[spot], 0)
    limit = builder.rows("at_floor", -np.inf, np.maximum(most, durables.spot_floor[spot]))
    builder.entries(limit, at_floor, slack)
    _on_hand(builder, instance, durable, limit[of_spot], there, period[of_spot])
    return at_floor, spot, period


def _at_home(
    builder: Builder,
    instance: Instance,
    durable: DurableColumns,
    rows: IntArray,
    store: IntArray,
    depart: IntArray,
) -> tuple[IntArray, IntArray, IntArray]:
    durables = instance.durables
    kept_from, quantity = dated(instance)
    due = np.flatnonzero(depart >= kept_from[store])
    at, (store, period) = groups(store[due], depart[due])
    at_home = builder.columns("at_home", 0, 1, size=len(store))
    builder.entries(rows[due], at_home[at], -1)
    most = np.maximum(durables.most[store, period], quantity[store])
    limit = builder.rows("at_home", -np.inf, most)
    builder.entries(limit, at_home, most - quantity[store])
    _on_hand(builder, instance, durable, limit, store, period)
    return at_home, store, period


def dated(instance: Instance) -> tuple[IntArray, IntArray]:
    """Period (from 0) from which what a store had must be there again, beyond the horizon if never; and how much."""
    durables = instance.durables
    kept_from = np.full(len(durables.store_place), instance.horizon, dtype=np.int64)
    quantity = np.zeros(len(durables.store_place), dtype=np.int64)
    lots = durables.lots
    owed = lots.return_by > 0
    kept_from[durables.store_of_lot[owed]] = lots.return_by[owed] - 1
    quantity[durables.store_of_lot[owed]] = lots.quantity[owed]
    return kept_from, quantity


def _on_hand(
    builder: Builder,
    instance: Instance,
    durable: DurableColumns,
    rows: IntArray,
    store: IntArray,
    period: IntArray,
) -> None:
    """Enter what is on hand of stores at the end of periods: idle, in use and in cleaning."""
    builder.entries(rows, durable.idle[store, period], 1)
    cleaning = instance.items.turnaround[instance.durables.store_item[store]]
    at, used_in = spans(np.maximum(period - cleaning, 0), period)
    builder.entries(rows[at], durable.used[store[at], used_in], 1)
