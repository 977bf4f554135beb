"""What limits the packs that a taker may ask for or be sent (docs/concepts/command.md, sections 3, 4 and 8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.joining import BoolArray, IntArray, ceil_div, find, known_position

if TYPE_CHECKING:
    from yjopt.instance.command import Command
    from yjopt.instance.consumption import Consumption
    from yjopt.instance.context import Context
    from yjopt.instance.items import Items
    from yjopt.instance.shipping import Takers
    from yjopt.instance.waiting import Waiting


@dataclass(frozen=True)
class Allowances:
    """Limits of every taker of consumables, in packs; periods count from 0.

    Parameters
    ----------
    known, due : int64 array, shape (takers, periods)
        Packs of needs that are known by the end of a period; of needs up to `cover_periods` after it.
    arriving : int64 array, shape (takers, periods)
        Most packs that may have arrived by the end of a period under rule strict.
    quota_most, quota_clear : int64 array, shape (takers,)
        Most packs sent ahead, and from when all of them must be booked; the horizon if never.
    quota_open : bool array, shape (takers, periods)
        Whether goods may be sent ahead.
    default_most : int64 array, shape (takers, periods)
        Packs that a place that is cut off is sent unasked.
    """

    known: IntArray
    due: IntArray
    arriving: IntArray
    quota_most: IntArray
    quota_clear: IntArray
    quota_open: BoolArray
    default_most: IntArray


def index_allowances(
    context: Context,
    command: Command,
    items: Items,
    takers: Takers,
    needs: Waiting,
    need_taker: IntArray,
    taker_of_user: IntArray,
    consumption: Consumption,
) -> Allowances:
    """Index ``quotas``, ``blind`` and what is known of the needs."""
    horizon, size = context.horizon, len(takers.place)
    known = np.zeros((size, horizon), dtype=np.int64)
    told = command.known("needs", needs.row, needs.period)
    in_time = told < horizon
    np.add.at(known, (need_taker[in_time], told[in_time]), needs.amount[in_time])
    due = np.zeros((size, horizon), dtype=np.int64)
    np.add.at(due, (need_taker, np.maximum(needs.period - command.cover, 0)), needs.amount)
    due = due.cumsum(axis=1)
    # Loose units are fewer than a pack, so that no more packs are opened than what is used asks for.
    arriving = due.copy()
    covered = np.minimum(np.arange(horizon) + command.cover, horizon - 1) + 1
    pack = items.pack[consumption.user_item]
    np.add.at(arriving, taker_of_user, ceil_div(consumption.most[:, None] * covered[None, :], pack[:, None]))

    width = len(context.labels.items)
    key = takers.place * width + takers.item
    quota_most = np.zeros(size, dtype=np.int64)
    quota_clear = np.full(size, horizon, dtype=np.int64)
    if command.has_quotas:
        item = context.code("quotas", "item", context.labels.items)
        at = find(context.places("quotas") * width + item, key)
        packs, clear = (
            context.number("quotas", "quantity") // items.pack[item],
            context.number("quotas", "clear_by"),
        )
        quota_most[at[at >= 0]] = packs[at >= 0]
        quota_clear[at[at >= 0]] = np.where(clear > 0, np.minimum(clear - 1, horizon), horizon)[at >= 0]
    return Allowances(
        known=known.cumsum(axis=1),
        due=due,
        arriving=arriving,
        quota_most=quota_most,
        quota_clear=quota_clear,
        quota_open=_quota_open(context, command, takers),
        default_most=default_packs(context, command, items, takers.place, takers.item),
    )


def default_packs(
    context: Context, command: Command, items: Items, place: IntArray, item: IntArray
) -> IntArray:
    """Packs that places that are cut off are sent unasked, shape (places and items asked for, periods)."""
    most = np.zeros((len(place), context.horizon), dtype=np.int64)
    if not command.has_blind:
        return most
    row = np.flatnonzero((context.table("blind")["item"] != "").to_numpy(dtype=bool))
    code = known_position(context.table("blind")["item"].iloc[row], context.labels.items)
    width = len(context.labels.items)
    at = find(context.places("blind")[row] * width + code, place * width + item)
    period = context.number("blind", "period")[row] - 1
    kept = (at >= 0) & (period < context.horizon)
    packs = context.number("blind", "quantity")[row] // items.pack[code]
    most[at[kept], period[kept]] = packs[kept]
    return most


def _quota_open(context: Context, command: Command, takers: Takers) -> BoolArray:
    """Whether gates let goods be sent ahead to each taker in each period."""
    passes = np.ones((len(takers.place), context.horizon), dtype=np.bool_)
    if not (command.has_quotas and command.has_gates):
        return passes
    for item in np.unique(takers.item).tolist():
        here = takers.item == item
        is_open = command.gate("quota", str(context.labels.items[item]), "supplies")
        passes[here] = is_open[takers.unit[here]]
    return passes
