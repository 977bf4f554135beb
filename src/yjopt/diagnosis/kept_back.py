"""How what is kept back may be let go: floors of pools, and of stocks of consumables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.joining import ceil_div, find, groups, position, spans
from yjopt.schema import STOCK_KINDS

if TYPE_CHECKING:
    from yjopt.diagnosis.catalogue import Catalogue
    from yjopt.diagnosis.making import Making
    from yjopt.instance import Instance, Lots
    from yjopt.model.assembly import Model
    from yjopt.model.mip import FloatArray, IntArray


def shut_floors(instance: Instance, model: Model, catalogue: Catalogue, row_upper: FloatArray) -> None:
    """Keep teams at home again (in place): without a change only those above the floor may leave."""
    pools = len(instance.teams.available)
    away = next(block for block in model.mip.row_blocks if block.name == "away")
    rows = np.arange(away.start, away.stop).reshape(pools, instance.horizon)[catalogue.pool_floor]
    row_upper[rows] = instance.teams.available[catalogue.pool_floor, None]


def loosen_pool_floors(making: Making) -> tuple[IntArray, IntArray]:
    """Add the options to keep fewer teams at home.

    Returns
    -------
    (int64 array, int64 array)
        Row of ``pools`` and loosening column.
    """
    pool, horizon = making.catalogue.pool_floor, making.wide.horizon
    rows = making.rows_of("away").reshape(len(making.wide.teams.available), horizon)[pool]
    used = (rows >= 0).any(axis=1)
    pool, rows = pool[used], rows[used]
    kept = making.wide.teams.available[pool] - making.instance.teams.available[pool]
    fewer = making.options.add(
        "pool_floor", "pools", "floor", pool, kept, step=-1, base=kept, **_given_up(making, len(pool))
    )  # fmt: skip
    at, period = np.nonzero(rows >= 0)
    making.builder.entries(rows[at, period], fewer[at], -1)
    return pool, fewer


def loosen_stock_floors(making: Making) -> tuple[IntArray, IntArray]:
    """Add the options to keep fewer packs for the authority's own places.

    In the widened scenario a lot has no home part. That what leaves for others is covered by the free part is one
    row a period: shipments that are not own, and moves, of all periods so far, less what joined the free part. By
    serving its own places from the home part first, a lot of two parts can do exactly what these rows allow.

    Returns
    -------
    (int64 array, int64 array)
        Row of ``stocks`` and loosening column.
    """
    row = making.catalogue.stock_floor
    lot = _lots(making, row, making.wide.supplies.lots)
    horizon, before = making.wide.horizon, making.instance.supplies
    pack = making.wide.items.pack[before.lots.item[lot]]
    floor = ceil_div(before.lots.floor[lot], pack)
    stock = before.lots.quantity[lot] // pack
    received = (before.lots.receipts[lot] // pack[:, None]).cumsum(axis=1)
    refill = before.lots.refill[lot]
    home = np.where(refill, floor, np.minimum(stock, floor))
    fewer = making.options.add(
        "stock_floor",
        "stocks",
        "floor",
        row,
        home,
        step=-pack,
        base=home * pack,
        **_given_up(making, len(row)),
    )
    there = stock[:, None] + received
    free = np.where(refill[:, None], there - floor[:, None], there - home[:, None])
    at, period = np.divmod(np.arange(len(lot) * horizon, dtype=np.int64), horizon)
    builder = making.builder
    # Where the floor is not yet filled nothing is free until it is lowered by what is missing.
    missing = np.maximum(-free[at, period], 0)
    rows = builder.rows("packs_kept", -np.inf, np.maximum(free[at, period], 0), size=len(at))
    short = np.flatnonzero(missing)
    builder.entries(np.delete(rows, short), fewer[np.delete(at, short)], -1)
    opened = builder.columns("floor_low", 0, 1, size=len(short))
    most = np.maximum(making.wide.supplies.reserve[lot[at[short]], period[short]], 0) + home[at[short]]
    builder.entries(rows[short], opened, -most)
    low = builder.rows("packs_missing", -np.inf, most, size=len(short))
    builder.entries(low, fewer[at[short]], -1)
    builder.entries(low, opened, most + missing[short])
    grid = rows.reshape(len(lot), horizon)
    again = np.full(len(rows), -1, dtype=np.int64)
    again[short] = low
    for lots, periods, columns, sign in _leaving(making):
        k = find(lots, lot)
        kept = k >= 0
        entry, t = spans(periods[kept], np.full(int(kept.sum()), horizon - 1, dtype=np.int64))
        target = grid[k[kept][entry], t]
        column = columns[kept][entry]
        builder.entries(target, column, sign)
        second = again[k[kept][entry] * horizon + t]
        builder.entries(second[second >= 0], column[second >= 0], sign)
    return row, fewer


def _given_up(making: Making, size: int) -> dict[str, IntArray]:
    """What a team or pack no longer kept back costs: it is kept back in every period."""
    return making.given_up("floor", np.full(size, making.wide.horizon, dtype=np.int64))


def _leaving(making: Making) -> list[tuple[IntArray, IntArray, IntArray, int]]:
    """(lot, period, column, sign) of what leaves a lot for others, and of what joins its free part."""
    supplies, columns = making.wide.supplies, making.model.supplies
    ships, moves, orders = supplies.shipments, supplies.moves, supplies.orders
    # The free part of lot k is part k, and without floors there are no others.
    away = np.flatnonzero(ships.step != 0)
    return [
        (ships.part[away], ships.depart[away], making.column[columns.ship[away]], 1),
        (moves.part, moves.depart, making.column[columns.move], 1),
        (moves.to, moves.arrive, making.column[columns.move], -1),
        (supplies.lots.source_lot[orders.source], orders.arrive, making.column[columns.order], -1),
    ]


def loosen_durable_floors(making: Making) -> tuple[IntArray, IntArray]:
    """Add the options to keep fewer units of durables on hand.

    Returns
    -------
    (int64 array, int64 array)
        Row of ``stocks`` and loosening column.
    """
    row, durables = making.catalogue.durable_floor, making.wide.durables
    lot = _lots(making, row, durables.lots)
    kept = np.minimum(durables.lots.floor[lot], durables.lots.quantity[lot])
    fewer = making.options.add(
        "durable_floor", "stocks", "floor", row, kept, step=-1, base=kept, **_given_up(making, len(row))
    )
    held = np.flatnonzero(durables.spot_floor > 0)
    rows = making.rows_of("floor").reshape(len(held), making.wide.horizon)
    spot = find(durables.store_spot[durables.store_of_lot[lot]], held)
    at = np.flatnonzero(spot >= 0)
    which, period = np.nonzero(rows[spot[at]] >= 0)
    making.builder.entries(rows[spot[at[which]], period], fewer[at[which]], 1)
    return row, fewer


def leave_out_returns(making: Making) -> tuple[IntArray, IntArray]:
    """Add the options not to have durables back by a date.

    Returns
    -------
    (int64 array, int64 array)
        Row of ``stocks`` and loosening column.
    """
    row, lots, horizon = making.catalogue.return_by, making.wide.durables.lots, making.wide.horizon
    lot = _lots(making, row, lots)
    units = lots.quantity[lot] * np.maximum(horizon - lots.return_by[lot] + 1, 1)
    never = making.options.add(
        "no_return", "stocks", "return_by", row, 1, value=None, **making.given_up("floor", units)
    )
    dated = np.flatnonzero((lots.return_by > 0) & (lots.return_by <= horizon))
    of_row, _ = spans(lots.return_by[dated] - 1, np.full(len(dated), horizon - 1, dtype=np.int64))
    rows = making.rows_of("return_by")
    option = find(dated[of_row], lot)
    kept = np.flatnonzero((rows >= 0) & (option >= 0))
    making.builder.entries(rows[kept], never[option[kept]], lots.quantity[dated[of_row[kept]]])
    return row, never


def _lots(making: Making, row: IntArray, lots: Lots) -> IntArray:
    """Lots of rows of ``stocks``."""
    stocks, labels = making.scenario.tables["stocks"].iloc[row], making.wide.labels
    kinds = np.array(STOCK_KINDS, dtype=object)
    mine = (
        position(stocks["place"], labels.places),
        position(stocks["item"], labels.items),
        position(stocks["authority"], labels.areas),
        position(stocks["kind"], kinds),
    )
    both = [
        np.concatenate(pair)
        for pair in zip((lots.place, lots.item, lots.authority, lots.kind), mine, strict=True)
    ]
    number, _ = groups(*both)
    return find(number[len(lots) :], number[: len(lots)])
