"""What every decision of a matrix is about, in labels: the bridge between the columns of two matrices.

Two scenarios that differ in a few rows have matrices of different sizes. A column is found again by what it means: an
item from a part of a lot to a place in a period, a team of a pool to a task. States, such as stocks, need no key: they
follow from the decisions (`states`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.instance.joining import find, groups, known_position

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yjopt.instance import Instance, Labels, Lots
    from yjopt.instance.joining import IdArray, IntArray
    from yjopt.model.assembly import Model

#: Axes that are no labels: numbers that mean the same in both matrices, and periods.
NUMBER: Final = "number"
PERIOD: Final = "period"


@dataclass(frozen=True)
class Keyed:
    """Decisions of one kind with their keys.

    Parameters
    ----------
    columns : int64 array, shape (decisions,)
        Columns of the matrix.
    key : tuple of (str, int64 array)
        For each axis of the key its name (a field of `Labels`, or `NUMBER`, or `PERIOD`) and a code per decision;
        -1 stands for none.
    """

    columns: IntArray
    key: tuple[tuple[str, IntArray], ...]


def decisions(instance: Instance, model: Model) -> dict[str, Keyed]:
    """All that a plan decides, by kind; every other column follows from it."""
    return {
        **dict(_consumables(instance, model)),
        **dict(_durables(instance, model)),
        **dict(_people(instance, model)),
        **dict(_sites_and_teams(instance, model)),
    }


def shortfalls(instance: Instance, model: Model) -> dict[str, Keyed]:
    """What is never met, by kind."""
    supplies, durables, beds = instance.supplies, instance.durables, instance.beds
    isolation, short = instance.isolation, model.teams
    taker, pack = supplies.need_taker, instance.items.pack
    item = supplies.taker_item[taker]
    spot = durables.need_spot
    return {
        "lost_need": Keyed(
            model.supplies.lost,
            (
                ("places", supplies.taker_place[taker]),
                ("items", item),
                *_need(instance, supplies.needs.row),
                (NUMBER, (supplies.need_content < pack[item]).astype(np.int64)),
            ),
        ),
        "short_durable": Keyed(
            model.durables.lost,
            (
                ("places", durables.spot_place[spot]),
                ("items", durables.spot_item[spot]),
                *_need(instance, durables.need_row),
            ),
        ),
        "lost_arrival": Keyed(
            model.beds.lost,
            (("places", beds.place), ("groups", beds.group), (PERIOD, beds.arrivals.period)),
        ),
        "lost_contact": Keyed(
            model.isolation.lost,
            (
                ("places", isolation.place),
                ("categories", isolation.category),
                (PERIOD, isolation.period),
                (NUMBER, isolation.number),
            ),
        ),
        "short_task": Keyed(short.short, (("tasks", short.short_task), (PERIOD, short.short_period))),
    }


def carried(
    old: tuple[Instance, Model, IntArray], instance: Instance, model: Model, elapsed: int = 0
) -> IntArray:
    """The decisions of one plan as a vector of another matrix, whatever that allows; all else at its lower bound.

    Parameters
    ----------
    old : (Instance, Model, int64 array)
        A plan and what it was made for.
    instance, model
        What it is carried to.
    elapsed : int
        Periods by which the new scenario begins later.

    Returns
    -------
    int64 array, shape (columns,)
        Within the bounds of the columns. Rows may be broken.
    """
    before, matrix, x = old
    result = model.mip.lower.astype(np.int64)
    there = decisions(before, matrix)
    for kind, here in decisions(instance, model).items():
        was = there[kind]
        some = np.flatnonzero(x[was.columns])
        source = _translated(was, some, before.labels, instance.labels, elapsed)
        at = _found(here, source)
        kept = at >= 0
        result[here.columns[at[kept]]] = x[was.columns[some[kept]]]
    return np.clip(result, model.mip.lower, model.mip.upper).astype(np.int64)


def counterparts(old: tuple[Instance, Model], instance: Instance, model: Model, elapsed: int = 0) -> IntArray:
    """The column of an earlier matrix that means the same, for each column of this one.

    Parameters
    ----------
    old : (Instance, Model)
        The earlier matrix.
    instance, model
        This one.
    elapsed : int
        Periods by which this one begins later.

    Returns
    -------
    int64 array, shape (columns,)
        -1 for states, and for what there was not.
    """
    before, matrix = old
    result = np.full(model.mip.num_columns, -1, dtype=np.int64)
    there = decisions(before, matrix) | shortfalls(before, matrix)
    for kind, here in (decisions(instance, model) | shortfalls(instance, model)).items():
        was = there[kind]
        some = np.arange(len(was.columns), dtype=np.int64)
        at = _found(here, _translated(was, some, before.labels, instance.labels, elapsed))
        result[here.columns[at[at >= 0]]] = was.columns[at >= 0]
    return result


def worse_off(
    old: tuple[Instance, Model, IntArray], instance: Instance, model: Model, x: IntArray, elapsed: int = 0
) -> IntArray:
    """Columns of what a vector leaves unmet beyond what the earlier plan did; see `carried`."""
    before, matrix, was_at = old
    there = shortfalls(before, matrix)
    worse = []
    for kind, here in shortfalls(instance, model).items():
        was = there[kind]
        some = np.arange(len(was.columns), dtype=np.int64)
        at = _found(here, _translated(was, some, before.labels, instance.labels, elapsed))
        left = np.zeros(len(here.columns), dtype=np.int64)
        left[at[at >= 0]] = was_at[was.columns[at >= 0]]
        worse.append(here.columns[x[here.columns] > left])
    return np.concatenate(worse)


def _found(here: Keyed, source: list[IntArray]) -> IntArray:
    """Position among the decisions of each translated key; -1 where it is not among them."""
    count = len(here.columns)
    if not count or not len(source[0]):
        return np.full(len(source[0]), -1, dtype=np.int64)
    target = [codes for _, codes in here.key]
    number, _ = groups(*(np.concatenate([one, other]) for one, other in zip(target, source, strict=True)))
    at = find(number[count:], number[:count])
    # What names a label that is gone has no counterpart.
    gone = np.any([codes < -1 for codes in source], axis=0)
    return np.where(gone, -1, at)


def _translated(was: Keyed, some: IntArray, old: Labels, new: Labels, elapsed: int) -> list[IntArray]:
    """Keys in the codes of the new labels; -2 where a label is gone or a period is over."""
    found = []
    for axis, codes in was.key:
        code = codes[some]
        if axis == PERIOD:
            code = np.where(code < elapsed, -2, code - elapsed)
        elif axis != NUMBER:
            ids: IdArray = getattr(old, axis)
            position = known_position(ids, getattr(new, axis))
            code = np.where(code < 0, code, np.append(np.where(position < 0, -2, position), -1)[code])
        found.append(code)
    return found


def _lot(lots: Lots, lot: IntArray) -> tuple[tuple[str, IntArray], ...]:
    return (
        ("places", lots.place[lot]),
        ("items", lots.item[lot]),
        ("areas", lots.authority[lot]),
        (NUMBER, lots.kind[lot]),
    )


def _grid(columns: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """(column, row, period) of every entry of a table of columns by period."""
    row, period = np.divmod(np.arange(columns.size, dtype=np.int64), max(columns.shape[1], 1))
    return columns.ravel(), row, period


def _need(instance: Instance, row: IntArray) -> tuple[tuple[str, IntArray], ...]:
    """Due period and weight (thousandths) of rows of needs."""
    table = instance.labels.needs
    weight = np.rint(table["weight"].to_numpy(dtype=np.float64) * 1000).astype(np.int64)
    period = table["period"].to_numpy(dtype=np.int64) - 1
    return (PERIOD, period[row]), (NUMBER, weight[row])


def _consumables(instance: Instance, model: Model) -> Iterator[tuple[str, Keyed]]:
    supplies, columns, use = instance.supplies, model.supplies, instance.consumption
    lots, parts = supplies.lots, supplies.parts
    for name, arcs, column in (
        ("ship", supplies.shipments, columns.ship),
        ("move", supplies.moves, columns.move),
    ):
        yield (
            name,
            Keyed(
                column,
                (
                    *_lot(lots, parts.lot[arcs.part]),
                    (NUMBER, parts.home[arcs.part].astype(np.int64)),
                    ("places", arcs.destination),
                    (PERIOD, arcs.depart),
                    (NUMBER, arcs.use),
                ),
            ),
        )
    source = supplies.orders.source
    yield (
        "order",
        Keyed(
            columns.order,
            (
                *_lot(lots, lots.source_lot[source]),
                (NUMBER, lots.source_kind[source]),
                (PERIOD, supplies.orders.period),
            ),
        ),
    )
    demand = columns.serve_demand
    taker, pack = supplies.need_taker[demand], instance.items.pack
    item = supplies.taker_item[taker]
    is_rest = (supplies.need_content[demand] < pack[item]).astype(np.int64)
    yield (
        "serve",
        Keyed(
            columns.serve,
            (
                ("places", supplies.taker_place[taker]),
                ("items", item),
                *_need(instance, supplies.needs.row[demand]),
                (NUMBER, is_rest),
                (PERIOD, columns.serve_period),
            ),
        ),
    )
    column, user, period = _grid(columns.opened)
    at = (("places", use.user_place[user]), ("items", use.user_item[user]), (PERIOD, period))
    yield "opened", Keyed(column, at)
    yield "used", Keyed(columns.used.ravel(), at)
    short = model.couplings
    user = short.goods_user
    at = (("places", use.user_place[user]), ("items", use.user_item[user]), (PERIOD, short.goods_period))
    yield "goods_exception", Keyed(short.goods, at)


def _durables(instance: Instance, model: Model) -> Iterator[tuple[str, Keyed]]:
    durables, columns = instance.durables, model.durables
    lots, arcs, orders = durables.lots, durables.shipments, durables.orders

    def store(at: IntArray) -> tuple[tuple[str, IntArray], ...]:
        return (
            ("places", durables.store_place[at]),
            ("items", durables.store_item[at]),
            ("areas", durables.store_authority[at]),
        )

    yield (
        "lend",
        Keyed(columns.ship, (*store(arcs.part), ("places", arcs.destination), (PERIOD, arcs.depart))),
    )
    yield (
        "order_durable",
        Keyed(
            columns.order,
            (
                *_lot(lots, lots.source_lot[orders.source]),
                (NUMBER, lots.source_kind[orders.source]),
                (PERIOD, orders.period),
            ),
        ),
    )
    column, at, period = _grid(columns.used)
    yield "in_use", Keyed(column, (*store(at), (PERIOD, period)))
    spot = durables.need_spot
    yield (
        "serve_durable",
        Keyed(
            columns.serve,
            (
                ("places", durables.spot_place[spot]),
                ("items", durables.spot_item[spot]),
                *_need(instance, durables.need_row),
            ),
        ),
    )
    trips = model.trips
    yield (
        "trip",
        Keyed(
            trips.trip,
            (
                ("fleets", trips.fleet),
                ("places", trips.leg_destination[trips.leg]),
                (PERIOD, trips.leg_depart[trips.leg]),
            ),
        ),
    )


def _people(instance: Instance, model: Model) -> Iterator[tuple[str, Keyed]]:
    beds, wards, transfers, columns = instance.beds, instance.wards, instance.transfers, model.beds

    def ward(at: IntArray) -> tuple[tuple[str, IntArray], ...]:
        return ("places", wards.place[at]), ("classes", wards.what[at])

    queue = beds.choice_queue
    yield (
        "admit",
        Keyed(
            columns.admit,
            (
                ("places", beds.queue_place[queue]),
                ("groups", beds.queue_group[queue]),
                *ward(beds.choice_ward),
                (PERIOD, beds.choice_period),
            ),
        ),
    )
    demand = columns.serve_demand
    yield (
        "serve_arrival",
        Keyed(
            columns.serve,
            (
                ("places", beds.place[demand]),
                ("groups", beds.group[demand]),
                (PERIOD, beds.arrivals.period[demand]),
                (PERIOD, columns.serve_period),
            ),
        ),
    )
    cohort = transfers.move_cohort
    yield (
        "transfer",
        Keyed(
            columns.move,
            (
                *ward(transfers.cohort_ward[cohort]),
                ("groups", transfers.cohort_group[cohort]),
                (PERIOD, transfers.cohort_last[cohort]),
                *ward(transfers.move_ward),
                (PERIOD, transfers.move_period),
            ),
        ),
    )
    for name, column, level, period in (
        ("surge", columns.decide, columns.decide_level, columns.decide_period),
        ("close_surge", columns.close, columns.close_level, columns.close_period),
    ):
        yield (
            name,
            Keyed(
                column,
                (*ward(beds.surge_ward[level]), (NUMBER, beds.surge_level[level]), (PERIOD, period)),
            ),
        )
    facilities = model.facilities
    place = instance.facilities.place[facilities.decide_facility]
    yield "open_facility", Keyed(facilities.decide, (("places", place), (PERIOD, facilities.decide_period)))


def _sites_and_teams(instance: Instance, model: Model) -> Iterator[tuple[str, Keyed]]:
    isolation, wards, columns = instance.isolation, instance.wards, model.isolation

    def site(at: IntArray) -> tuple[tuple[str, IntArray], ...]:
        return ("places", wards.place[at]), ("categories", wards.what[at])

    part = isolation.choice_part
    yield (
        "settle",
        Keyed(
            columns.settle,
            (
                ("places", isolation.place[part]),
                ("categories", isolation.category[part]),
                (PERIOD, isolation.period[part]),
                (NUMBER, isolation.number[part]),
                ("places", wards.place[isolation.choice_ward]),
                (PERIOD, isolation.choice_period),
            ),
        ),
    )
    at, period = np.nonzero(columns.hold >= 0)
    yield "hold", Keyed(columns.hold[at, period], (*site(at), (PERIOD, period)))
    place = isolation.site_place[columns.decide_site]
    yield "open_site", Keyed(columns.decide, (("places", place), (PERIOD, columns.decide_period)))
    at = np.flatnonzero(columns.convert >= 0)
    yield "convert", Keyed(columns.convert[at], site(at))
    teams = instance.teams
    yield (
        "deploy",
        Keyed(
            model.teams.deploy,
            (
                ("pools", teams.tour_pool),
                ("places", teams.tour_place),
                ("skills", teams.tour_skill),
                ("tasks", teams.tour_task),
                (PERIOD, teams.tour_depart),
            ),
        ),
    )
