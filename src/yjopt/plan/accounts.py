"""The clearing account of goods sent ahead (docs/concepts/command.md, section 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.joining import groups, matches, position
from yjopt.plan.frames import tabulate

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from yjopt.instance import Instance
    from yjopt.instance.joining import BoolArray, IntArray


def accounts_table(instance: Instance, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The clearing account of goods sent ahead: by place, item and period from the first such shipment on."""
    labels, horizon, command = instance.labels, instance.horizon, instance.command
    shipped = tables["shipments"]
    place = position(shipped["to"], labels.places)
    item = position(shipped["item"], labels.items)
    depart = shipped["depart"].to_numpy(dtype=np.int64) - 1
    quantity = shipped["quantity"].to_numpy(dtype=np.int64)
    use = shipped["use"].to_numpy(dtype=object)
    ahead = use == "ahead"
    step = command.step(position(shipped["authority"], labels.areas), instance.unit[place])
    asked = (use == "supply") & (step > 0) & ~command.blind[place, depart]
    _, (at_place, at_item) = groups(place[ahead], item[ahead])

    def so_far(chosen: BoolArray, amount: IntArray) -> IntArray:
        sums = np.zeros((len(at_place), horizon), dtype=np.int64)
        width = len(labels.items)
        row, account = matches((place * width + item)[chosen], at_place * width + at_item)
        np.add.at(sums, (account, depart[chosen][row]), amount[chosen][row])
        return np.asarray(sums.cumsum(axis=1), dtype=np.int64)

    sent, requested = so_far(ahead, quantity), so_far(asked, quantity)
    known = known_base_units(instance, tables, at_place, at_item)
    booked = np.minimum(sent, np.maximum(known - requested, 0))
    account, period = np.nonzero(sent)
    columns = {
        "place": labels.places[at_place[account]],
        "item": labels.items[at_item[account]],
        "period": period + 1,
        "sent": sent[account, period],
        "booked": booked[account, period],
        "unbooked": (sent - booked)[account, period],
    }
    return tabulate("accounts", columns, ("sent", "booked", "unbooked"))


def known_base_units(
    instance: Instance, tables: Mapping[str, pd.DataFrame], place: IntArray, item: IntArray
) -> IntArray:
    """What places may have asked for by each period: needs known by then, and packs opened by shortly after."""
    supplies, horizon, cover = instance.supplies, instance.horizon, instance.command.cover
    width = len(instance.labels.items)
    account = place * width + item
    known = np.zeros((len(account), horizon), dtype=np.int64)
    rows = instance.labels.needs.iloc[supplies.needs.row]
    from_period = rows["known_from"].fillna(rows["period"]).to_numpy(dtype=np.int64) - 1
    of_need = (supplies.taker_place * width + supplies.taker_item)[supplies.need_taker]
    packs = supplies.needs.amount * instance.items.pack[supplies.taker_item[supplies.need_taker]]
    need, at = matches(of_need, account)
    soon = from_period[need] < horizon
    np.add.at(known, (at[soon], from_period[need[soon]]), packs[need[soon]])

    opened = np.zeros_like(known)
    shipped, served, stocks = tables["shipments"], tables["served"], tables["stocks"]
    received = stocks[stocks["kind"] == "received"]
    goods = shipped[shipped["use"] != "store"]
    for table, column, period, sign in (
        (goods.assign(place=goods["to"]), "quantity", "arrive", 1),
        (served, "packs", "period", -1),
    ):
        of_row = position(table["place"], instance.labels.places) * width + position(
            table["item"], instance.labels.items
        )
        amount = table[column].to_numpy(dtype=np.int64)
        if column == "packs":
            amount = amount * instance.items.pack[of_row % width]
        row, at = matches(of_row, account)
        np.add.at(opened, (at, table[period].to_numpy(dtype=np.int64)[row] - 1), sign * amount[row])
    opened = opened.cumsum(axis=1)
    of_row = position(received["place"], instance.labels.places) * width + position(
        received["item"], instance.labels.items
    )
    row, at = matches(of_row, account)
    left = received["quantity"].to_numpy(dtype=np.int64)[row]
    np.subtract.at(opened, (at, received["period"].to_numpy(dtype=np.int64)[row] - 1), left)
    ahead = np.minimum(np.arange(horizon) + cover, horizon - 1)
    return np.asarray(known.cumsum(axis=1) + opened[:, ahead], dtype=np.int64)
