"""Tables of a plan about goods, read off the columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from yjopt.areas import step_name
from yjopt.instance.joining import spans
from yjopt.plan.frames import constant, names, tabulate
from yjopt.schema import SOURCE_KINDS, STOCK_KINDS

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from yjopt.instance import Arcs, Instance, Lots, Orders
    from yjopt.instance.joining import IdArray, IntArray
    from yjopt.model.assembly import Model

_KINDS = np.array(STOCK_KINDS, dtype=object)
_SOURCES = np.array(SOURCE_KINDS, dtype=object)
#: What a shipment is called in a plan: the default of a blind place is a supply like any other.
_USES = np.array(["supply", "supply", "ahead", "store"], dtype=object)


def goods_tables(instance: Instance, model: Model, x: IntArray) -> dict[str, pd.DataFrame]:
    """Shipments, trips, procurements, served needs and stocks."""
    return {
        "shipments": _shipments(instance, model, x),
        "trips": _trips(instance, model, x),
        "procurements": _procurements(instance, model, x),
        "served": _served(instance, model, x),
        "stocks": _stocks(instance, model, x),
    }


def _shipments(instance: Instance, model: Model, x: IntArray) -> pd.DataFrame:
    supplies, durables = instance.supplies, instance.durables
    lots, lot_of_part = supplies.lots, supplies.parts.lot
    store = {
        "item": durables.store_item,
        "authority": durables.store_authority,
        "kind": np.zeros(len(durables.store_place), dtype=np.int64),
    }
    part = {
        "item": lots.item[lot_of_part],
        "authority": lots.authority[lot_of_part],
        "kind": lots.kind[lot_of_part],
    }
    return tabulate(
        "shipments",
        _stack(
            _sent(
                instance,
                supplies.shipments,
                part,
                x[model.supplies.ship],
                _USES[supplies.shipments.use],
            ),
            _sent(instance, supplies.moves, part, x[model.supplies.move], _USES[supplies.moves.use]),
            _sent(instance, durables.shipments, store, x[model.durables.ship], _USES[durables.shipments.use]),
        ),
        ("quantity",),
    )


def _stack(*parts: dict[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _sent(
    instance: Instance, arcs: Arcs, giver: dict[str, IntArray], packs: IntArray, use: IdArray
) -> dict[str, npt.NDArray[Any]]:
    labels = instance.labels
    sent = np.flatnonzero(packs)
    item = giver["item"][arcs.part[sent]]
    steps = {int(step): step_name(int(step)) for step in np.unique(arcs.step[sent])}
    return {
        "from": names(labels.places, arcs.origin[sent]),
        "to": names(labels.places, arcs.destination[sent]),
        "item": names(labels.items, item),
        "authority": names(labels.areas, giver["authority"][arcs.part[sent]]),
        "kind": _KINDS[giver["kind"][arcs.part[sent]]],
        "use": use[sent],
        "depart": arcs.depart[sent] + 1,
        "arrive": arcs.arrive[sent] + 1,
        "quantity": packs[sent] * instance.items.pack[item],
        "rung": arcs.rung[sent],
        "step": np.array([steps[step] for step in arcs.step[sent].tolist()], dtype=object),
    }


def _trips(instance: Instance, model: Model, x: IntArray) -> pd.DataFrame:
    trips, labels = model.trips, instance.labels
    leg = trips.leg
    return tabulate(
        "trips",
        {
            "fleet": names(labels.fleets, trips.fleet),
            "from": names(labels.places, trips.leg_origin[leg]),
            "to": names(labels.places, trips.leg_destination[leg]),
            "depart": trips.leg_depart[leg] + 1,
            "trips": x[trips.trip],
        },
        ("trips",),
    )


def _procurements(instance: Instance, model: Model, x: IntArray) -> pd.DataFrame:
    return tabulate(
        "procurements",
        _stack(
            _ordered(instance, instance.supplies.lots, instance.supplies.orders, x[model.supplies.order]),
            _ordered(instance, instance.durables.lots, instance.durables.orders, x[model.durables.order]),
        ),
        ("quantity",),
    )


def _ordered(instance: Instance, lots: Lots, orders: Orders, packs: IntArray) -> dict[str, npt.NDArray[Any]]:
    labels, lot = instance.labels, lots.source_lot[orders.source]
    return {
        "place": names(labels.places, lots.place[lot]),
        "item": names(labels.items, lots.item[lot]),
        "kind": _SOURCES[lots.source_kind[orders.source]],
        "authority": names(labels.areas, lots.authority[lot]),
        "order": orders.period + 1,
        "arrive": orders.arrive + 1,
        "quantity": packs * instance.items.pack[lots.item[lot]],
    }


def _served(instance: Instance, model: Model, x: IntArray) -> pd.DataFrame:
    supplies, durables, table = instance.supplies, instance.durables, instance.labels.needs
    demand = model.supplies.serve_demand
    packs = x[model.supplies.serve]
    row = np.concatenate([supplies.needs.row[demand], durables.need_row])
    period = np.concatenate([model.supplies.serve_period, durables.need_period])
    units = x[model.durables.serve]
    return tabulate(
        "served",
        {
            "place": table["place"].to_numpy(dtype=object)[row],
            "item": table["item"].to_numpy(dtype=object)[row],
            "needed": table["period"].to_numpy()[row],
            "weight": table["weight"].to_numpy()[row],
            "period": period + 1,
            "quantity": np.concatenate([packs * supplies.need_content[demand], units]),
            "packs": np.concatenate([packs, units]),
        },
        ("quantity", "packs"),
    )


def _stocks(instance: Instance, model: Model, x: IntArray) -> pd.DataFrame:
    supplies, durables, use, labels = (
        instance.supplies,
        instance.durables,
        instance.consumption,
        instance.labels,
    )
    pack = instance.items.pack
    blank = np.array([""], dtype=object)
    lots = supplies.lots
    return tabulate(
        "stocks",
        _stack(
            _levels(labels.places[lots.place], labels.items[lots.item], labels.areas[lots.authority], _KINDS[lots.kind],
                    _lot_levels(instance, model, x) * pack[lots.item][:, None]),
            _levels(labels.places[supplies.taker_place], labels.items[supplies.taker_item],
                    blank.repeat(len(supplies.taker_place)), constant("received", supplies.taker_place),
                    x[model.supplies.received] * pack[supplies.taker_item][:, None]),
            _levels(labels.places[use.user_place], labels.items[use.user_item], blank.repeat(len(use.user_place)),
                    constant("loose", use.user_place), x[model.supplies.loose]),
            _levels(labels.places[durables.store_place], labels.items[durables.store_item],
                    labels.areas[durables.store_authority], constant("physical", durables.store_place),
                    x[model.durables.idle]),
            _levels(labels.places[durables.store_place], labels.items[durables.store_item],
                    labels.areas[durables.store_authority], constant("in_use", durables.store_place),
                    _in_use(instance, model, x)),
        ),
        ("quantity",),
    )  # fmt: skip


def _levels(
    place: IdArray, item: IdArray, authority: IdArray, kind: IdArray, quantity: IntArray
) -> dict[str, npt.NDArray[Any]]:
    at, period = np.nonzero(quantity)
    return {
        "place": place[at],
        "item": item[at],
        "authority": authority[at],
        "kind": kind[at],
        "period": period + 1,
        "quantity": quantity[at, period],
    }


def _lot_levels(instance: Instance, model: Model, x: IntArray) -> IntArray:
    """Packs in each lot at the end of each period, from the flows: the model leaves out packs nobody could use."""
    supplies, columns = instance.supplies, model.supplies
    lots, lot = supplies.lots, supplies.parts.lot
    pack = instance.items.pack[lots.item]
    change = lots.receipts // pack[:, None]
    change[:, 0] += lots.quantity // pack
    arcs, moves, orders = supplies.shipments, supplies.moves, supplies.orders
    np.add.at(change, (lot[arcs.part], arcs.depart), -x[columns.ship])
    np.add.at(change, (lot[moves.part], moves.depart), -x[columns.move])
    np.add.at(change, (lot[moves.to], moves.arrive), x[columns.move])
    np.add.at(change, (lots.source_lot[orders.source], orders.arrive), x[columns.order])
    return np.asarray(change.cumsum(axis=1), dtype=np.int64)


def _in_use(instance: Instance, model: Model, x: IntArray) -> IntArray:
    """Durables used in a period or still in cleaning, per store and period."""
    durables, horizon = instance.durables, instance.horizon
    used = x[model.durables.used]
    store, used_in = np.nonzero(used)
    cleaning = instance.items.turnaround[durables.store_item[store]]
    at, period = spans(used_in, np.minimum(used_in + cleaning, horizon - 1))
    level = np.zeros_like(used)
    np.add.at(level, (store[at], period), used[store[at], used_in[at]])
    return level
