"""Items and lots as integers, shared by consumables and durables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.command import ORDER_STEPS, STEPS
from yjopt.instance.joining import BoolArray, IntArray, groups, total
from yjopt.schema import SOURCE_KINDS, STOCK_KINDS

if TYPE_CHECKING:
    from yjopt.instance.command import Command
    from yjopt.instance.context import Context

PHYSICAL = STOCK_KINDS.index("physical")

#: Step of the ladder of each kind of source; -1 for kinds that are none.
_STEP_OF_KIND = np.array([STEPS.index(k) if k in ORDER_STEPS else -1 for k in SOURCE_KINDS], dtype=np.int64)


@dataclass(frozen=True)
class Items:
    """The catalogue.

    Parameters
    ----------
    pack, grams, millilitres : int64 array, shape (items,)
        Base units in a pack; weight and volume of a pack.
    durable : bool array
        Whether the item is used rather than used up.
    turnaround, late : int64 array
        Cleaning periods; share of the weight per period of waiting, thousandths.
    share : int64 array
        What a pack counts in the support stages: parts per million of all needs of the item.
    """

    pack: IntArray
    grams: IntArray
    millilitres: IntArray
    durable: BoolArray
    turnaround: IntArray
    late: IntArray
    share: IntArray


def index_items(context: Context) -> Items:
    """Index the table ``items``."""
    pack = context.number("items", "pack")
    needed = total(
        context.number("needs", "quantity"), context.code("needs", "item", context.labels.items), len(pack)
    )
    share = np.where(needed > 0, (2_000_000 * pack + needed) // np.maximum(2 * needed, 1), 1)
    return Items(
        pack=pack,
        grams=context.number("items", "kg") * pack,
        millilitres=context.number("items", "litres") * pack,
        durable=context.flags("items", "durable"),
        turnaround=context.number("items", "turnaround"),
        late=context.number("items", "late"),
        share=np.maximum(share, 1),
    )


@dataclass(frozen=True)
class Lots:
    """Lots: (place, item, authority, kind), from stocks, receipts and sources.

    Parameters
    ----------
    place, item, authority, kind : int64 array, shape (lots,)
        The key; kind is the position in `STOCK_KINDS`.
    quantity, floor : int64 array
        Base units before period 1, and kept at home.
    release : int64 array
        Seconds from order to departure.
    receipts : int64 array, shape (lots, periods)
        Base units that arrive from outside.
    refill : bool array
        Whether receipts fill the home part first.
    return_by : int64 array
        Period (from 1) from whose end on all of it is at home; -1 without one.
    source_lot, source_first, source_most, source_delay, source_cost, source_kind : int64 array, shape (sources,)
        The lot their goods join, first period (from 0), base units per period, periods from
        order to arrival, fen per base unit, position of the kind among the kinds of sources.
    source_position : int64 array, shape (sources,)
        Place of the kind in the order of asking; -1 for kinds that are no step.
    """

    place: IntArray
    item: IntArray
    authority: IntArray
    kind: IntArray
    quantity: IntArray
    floor: IntArray
    release: IntArray
    receipts: IntArray
    refill: BoolArray
    return_by: IntArray
    source_lot: IntArray
    source_first: IntArray
    source_most: IntArray
    source_delay: IntArray
    source_cost: IntArray
    source_kind: IntArray
    source_position: IntArray

    def __len__(self) -> int:
        return len(self.place)


def index_lots(context: Context, command: Command, items: Items, durable: bool) -> Lots:
    """Index ``stocks``, ``receipts`` and ``sources`` of the durables, or of the consumables."""
    rows = {}
    keys: dict[str, tuple[IntArray, ...]] = {}
    for table in ("stocks", "receipts", "sources"):
        item = context.code(table, "item", context.labels.items)
        rows[table] = np.flatnonzero(items.durable[item] == durable)
        if table == "sources":
            kind = np.full(len(item), PHYSICAL, dtype=np.int64)
        else:
            names = context.table(table)["kind"].to_numpy(dtype=object)
            kind = np.array([STOCK_KINDS.index(name) for name in names], dtype=np.int64)
        columns = (context.places(table), item, context.areas(table), kind)
        keys[table] = tuple(column[rows[table]] for column in columns)
    stacked = [np.concatenate(parts) for parts in zip(*keys.values(), strict=True)]
    lot, (place, item, authority, kind) = groups(*stacked)
    size, horizon = len(place), context.horizon
    bounds = np.cumsum([len(rows[table]) for table in keys])
    of_stock, of_receipt, of_source = np.split(lot, bounds[:2])

    def at_stock(values: IntArray, fill: int = 0) -> IntArray:
        result = np.full(size, fill, dtype=np.int64)
        result[of_stock] = values[rows["stocks"]]
        return result

    receipts = np.zeros((size, horizon), dtype=np.int64)
    period = context.number("receipts", "period")[rows["receipts"]]
    arrives = period <= horizon
    quantity = context.number("receipts", "quantity")[rows["receipts"]]
    np.add.at(receipts, (of_receipt[arrives], period[arrives] - 1), quantity[arrives])
    source = rows["sources"]
    source_kind = np.array(
        [SOURCE_KINDS.index(name) for name in context.table("sources")["kind"]], dtype=np.int64
    )[source]
    step, taker = _STEP_OF_KIND[source_kind], authority[of_source]
    is_step = step >= 0
    decision = np.where(is_step, command.decision("supplies", step, taker), 0)
    return Lots(
        place=place,
        item=item,
        authority=authority,
        kind=kind,
        quantity=at_stock(context.number("stocks", "quantity")),
        floor=at_stock(context.number("stocks", "floor")),
        release=at_stock(context.hours("stocks", "release_hours")),
        receipts=receipts,
        refill=at_stock(context.flags("stocks", "refill").astype(np.int64)).astype(bool),
        return_by=at_stock(context.number("stocks", "return_by"), -1),
        source_lot=of_source,
        source_first=context.number("sources", "first_period")[source] - 1,
        source_most=context.number("sources", "quantity")[source],
        source_delay=context.delay(context.hours("sources", "lead_hours")[source] + decision),
        source_cost=context.number("sources", "cost")[source],
        source_kind=source_kind,
        source_position=np.where(is_step, command.position("supplies", step, taker), -1),
    )


@dataclass(frozen=True)
class Orders:
    """Possible orders: a source in a period.

    Parameters
    ----------
    source, period, arrive, most : int64 array, shape (orders,)
        Position among the lots' sources; periods from 0; most packs.
    """

    source: IntArray
    period: IntArray
    arrive: IntArray
    most: IntArray


def index_orders(
    lots: Lots, command: Command, items: Items, wanted: IntArray, horizon: int, whole: BoolArray | None = None
) -> Orders:
    """Orders that arrive in time and pass the gates.

    Parameters
    ----------
    wanted : int64 array, shape (items,)
        Packs of each item that could ever be used.
    whole : bool array, shape (sources,), optional
        Sources that may be ordered from up to their ceilings, whether or not that is of use.
    """
    item = lots.item[lots.source_lot]
    source, period = (
        part.ravel()
        for part in np.meshgrid(
            np.arange(len(item), dtype=np.int64), np.arange(horizon, dtype=np.int64), indexing="ij"
        )
    )
    arrive = period + lots.source_delay[source]
    ceiling = lots.source_most // items.pack[item]
    most = np.minimum(ceiling, wanted[item])
    if whole is not None:
        most = np.where(whole, ceiling, most)
    most = most[source]
    kept = (period >= lots.source_first[source]) & (arrive < horizon) & (most > 0)
    if command.has_gates:
        taker, step = lots.authority[lots.source_lot[source]], _STEP_OF_KIND[lots.source_kind[source]]
        for index in np.unique(step[step >= 0]).tolist():
            kept &= (step != index) | command.gate("step", STEPS[index], "supplies")[taker, period]
    return Orders(source[kept], period[kept], arrive[kept], most[kept])
