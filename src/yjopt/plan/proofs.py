"""Why lower steps could not give what a higher one gave (rule strict): one sentence per flow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.instance.joining import groups, matches, position, total
from yjopt.schema import RESOURCES, STOCK_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from yjopt.instance import Instance
    from yjopt.instance.joining import IdArray, IntArray
    from yjopt.plan.flows import Flows

#: What givers of each resource are called, and in which states they may be.
_WORDS: Final = {
    "supplies": ("stores", ("empty", "kept at home or without a vehicle")),
    "beds": ("wards", ("full or short of staff",)),
    "isolation": ("sites", ("full, held otherwise or beyond the budget",)),
    "teams": ("pools", ("all out",)),
}


@dataclass(frozen=True)
class _Givers:
    """Who could have given what to whom by when.

    Parameters
    ----------
    place, what, arrive : int64 array, shape (possibilities,)
        Row of the places table, position among the flows' names, period from 0.
    position : int64 array
        In the order of asking.
    giver, state : int64 array
        Number of the store, ward, site or pool; which of the words for its state.
    """

    place: IntArray
    what: IntArray
    arrive: IntArray
    position: IntArray
    giver: IntArray
    state: IntArray


def proofs(instance: Instance, tables: Mapping[str, pd.DataFrame], flows: Flows, step: IntArray) -> IdArray:
    """A sentence for each flow that is asked for under rule strict; blank for the others.

    Parameters
    ----------
    instance : Instance
        The scenario as integers.
    tables : mapping of str to DataFrame
        The plan's tables.
    flows : Flows
        What crosses borders.
    step : int64 array
        Step of each flow.
    """
    command = instance.command
    told = np.full(len(flows), "", dtype=object)
    for resource, here in flows.by_resource():
        here = here[flows.is_asked[here]]
        if not command.is_strict(resource) or not len(here):
            continue
        # People are let in when they arrive; what is sent is decided when it leaves.
        period = flows.arrive if resource in ("beds", "isolation") else flows.issued
        below = np.full(len(flows), -1, dtype=np.int64)
        below[here] = command.bar(resource, step[here], flows.taker[here], period[here])
        counts = sum(
            _counted(flows, resource, below, givers) for givers in _GIVERS[resource](instance, tables, flows)
        )
        told[here] = [_sentence(resource, count) for count in np.asarray(counts)[here].tolist()]
    return told


def _sentence(resource: str, counts: list[int]) -> str:
    noun, states = _WORDS[resource]
    number = sum(counts)
    if not number:
        return f"no {noun} of lower steps"
    parts = [f"{count:,} {state}" for count, state in zip(counts, states, strict=False) if count]
    return f"{number:,} {noun if number > 1 else noun[:-1]} of lower steps: {', '.join(parts)}"


def _counted(flows: Flows, resource: str, below: IntArray, givers: _Givers) -> IntArray:
    """Givers of lower positions by state, shape (flows, 2): each giver once per flow."""
    rows = np.flatnonzero(
        (flows.resource == RESOURCES.index(resource))[flows.row_flow] & (below[flows.row_flow] >= 0)
    )
    flow = flows.row_flow[rows]
    of_row = (flows.row_place[rows], flows.what[flow], flows.arrive[flow])
    of_giver = (givers.place, givers.what, givers.arrive)
    both, _ = groups(*(np.concatenate(pair) for pair in zip(of_row, of_giver, strict=True)))
    row, at = matches(both[: len(rows)], both[len(rows) :])
    lower = givers.position[at] < below[flow[row]]
    # A giver that could have sent at several times is told by its better excuse.
    pair, (of_flow, _) = groups(flow[row[lower]], givers.giver[at[lower]])
    state = np.full(len(of_flow), 1, dtype=np.int64)
    np.minimum.at(state, pair, givers.state[at[lower]])
    return total(np.ones_like(of_flow), 2 * of_flow + state, 2 * len(flows)).reshape(-1, 2)


def _stores(instance: Instance, tables: Mapping[str, pd.DataFrame], flows: Flows) -> Iterator[_Givers]:
    """Lots of consumables, then stores of durables."""
    names = position(instance.labels.items, flows.names)
    supplies, durables = instance.supplies, instance.durables
    lots, arcs = supplies.lots, supplies.shipments
    arcs = arcs.take(np.flatnonzero(arcs.is_reason))
    lot = supplies.parts.lot[arcs.part]
    left = _left(instance, tables, (lots.place, lots.item, lots.authority, lots.kind))
    yield _Givers(
        arcs.destination,
        names[lots.item[lot]],
        arcs.arrive,
        arcs.position,
        lot,
        (left[lot, arcs.depart] > 0).astype(np.int64),
    )
    arcs = durables.shipments
    arcs = arcs.take(np.flatnonzero(arcs.is_reason & durables.is_supply))
    physical = np.full(len(durables.store_place), STOCK_KINDS.index("physical"), dtype=np.int64)
    left = _left(
        instance, tables, (durables.store_place, durables.store_item, durables.store_authority, physical)
    )
    yield _Givers(
        arcs.destination,
        names[durables.store_item[arcs.part]],
        arcs.arrive,
        arcs.position,
        arcs.part,
        (left[arcs.part, arcs.depart] > 0).astype(np.int64),
    )


def _left(
    instance: Instance,
    tables: Mapping[str, pd.DataFrame],
    keys: tuple[IntArray, IntArray, IntArray, IntArray],
) -> IntArray:
    """Base units in each store at the end of each period, from the table ``stocks``."""
    labels, table = instance.labels, tables["stocks"]
    table = table[table["kind"].isin(STOCK_KINDS)]
    of_row = (
        position(table["place"], labels.places),
        position(table["item"], labels.items),
        position(table["authority"], labels.areas),
        position(table["kind"], np.array(STOCK_KINDS, dtype=object)),
    )
    both, _ = groups(*(np.concatenate(pair) for pair in zip(keys, of_row, strict=True)))
    left = np.zeros((len(keys[0]), instance.horizon), dtype=np.int64)
    store, row = matches(both[: len(keys[0])], both[len(keys[0]) :])
    period = table["period"].to_numpy(dtype=np.int64)[row] - 1
    np.add.at(left, (store, period), table["quantity"].to_numpy(dtype=np.int64)[row])
    return left


def _wards(instance: Instance, _tables: Mapping[str, pd.DataFrame], flows: Flows) -> Iterator[_Givers]:
    beds, names = instance.beds, position(instance.labels.groups, flows.names)
    queue = beds.choice_queue
    yield _Givers(
        beds.queue_place[queue],
        names[beds.queue_group[queue]],
        beds.choice_period,
        beds.choice_position,
        beds.choice_ward,
        np.zeros_like(queue),
    )


def _sites(instance: Instance, _tables: Mapping[str, pd.DataFrame], flows: Flows) -> Iterator[_Givers]:
    isolation, names = instance.isolation, position(instance.labels.categories, flows.names)
    part = isolation.choice_part
    yield _Givers(
        isolation.place[part],
        names[isolation.category[part]],
        isolation.choice_period,
        isolation.choice_position,
        isolation.choice_ward,
        np.zeros_like(part),
    )


def _pools(instance: Instance, _tables: Mapping[str, pd.DataFrame], flows: Flows) -> Iterator[_Givers]:
    teams, names = instance.teams, position(instance.labels.skills, flows.names)
    yield _Givers(
        teams.tour_place,
        names[teams.tour_skill],
        teams.tour_first,
        teams.tour_position,
        teams.tour_pool,
        np.zeros_like(teams.tour_pool),
    )


_GIVERS: Final = {"supplies": _stores, "beds": _wards, "isolation": _sites, "teams": _pools}
