"""
What may be asked for, sent ahead or given unasked (sections 3, 4 and 8).

Nobody asks before a need is known, nobody gets more than covers it; quotas go ahead, blind places get defaults.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.auditing.rows import add_up, ceil_div, distinct, find, isin
from yjopt.auditing.supplies import AHEAD, STORE

if TYPE_CHECKING:
    from yjopt.auditing.command import Command
    from yjopt.auditing.facts import Facts
    from yjopt.auditing.handover import Handed
    from yjopt.auditing.report import Fields, Report
    from yjopt.auditing.rows import Column, Ints, Rows


@dataclass(frozen=True)
class Cover:
    """Packs by taker (place, item) of a consumable and period 0..H, all counted from the start.

    Attributes
    ----------
    key : tuple of int array
        The takers.
    sent, ahead : int array, shape (takers, periods + 1)
        Packs asked for, and sent ahead, that departed.
    arrived : int array
        Packs handed over.
    known, due : int array
        Packs of needs known by then, and of needs of periods up to `cover_periods` later; both with the packs
        opened for consumption up to then.
    """

    key: tuple[Ints, ...]
    sent: Ints
    ahead: Ints
    arrived: Ints
    known: Ints
    due: Ints

    def accounts(self, facts: Facts) -> tuple[Ints, Ints]:
        """Base units sent ahead by the end of each period, and those of them booked on known needs."""
        pack = facts["items"]["pack"][self.key[1]][:, None]
        sent = self.ahead * pack
        return sent, np.minimum(sent, np.maximum(self.known - self.sent, 0) * pack)


def cover_of(facts: Facts, shipments: Rows, handed: Handed) -> Cover:
    """Everything sent to takers against what covers their needs."""
    horizon = facts.horizon
    goods = shipments.keep((shipments["use"] != STORE) & ~facts.durable[shipments["item"]])
    needs = facts["needs"].keep(~facts.durable[facts["needs"]["item"]])
    key = distinct(
        handed.key, goods.key("to", "item"), needs.key("place", "item"), facts["quotas"].key("place", "item")
    )
    cells = (len(key[0]), horizon + 1)
    taker = find(key, goods.key("to", "item"))

    def counted(chosen: Column, period: Column) -> Ints:
        packs = add_up(cells, (taker[chosen], period[chosen]), goods["packs"][chosen])
        return np.cumsum(packs, axis=1)

    wanted = ceil_div(needs["quantity"], facts["items"]["pack"][needs["item"]])
    needing = find(key, needs.key("place", "item"))
    in_time = needs["known"] <= horizon
    known = add_up(cells, (needing[in_time], needs["known"][in_time]), wanted[in_time])
    due = add_up(cells, (needing, needs["period"]), wanted)
    opened = np.zeros(cells, dtype=np.int64)
    opened[find(key, handed.key)] = handed.opened
    later = np.minimum(np.arange(horizon + 1) + facts.cover, horizon)
    used = np.cumsum(opened, axis=1)[:, later]
    every = np.ones(len(goods), dtype=bool)
    return Cover(
        key=key,
        sent=counted(goods["asked"], goods["depart"]),
        ahead=counted(goods["use"] == AHEAD, goods["depart"]),
        arrived=counted(every, goods["arrive"]),
        known=np.cumsum(known, axis=1) + used,
        due=np.cumsum(due, axis=1)[:, later] + used,
    )


def check_asking(command: Command, shipments: Rows, cover: Cover, report: Report) -> None:
    """Goods asked for before the need is known, and more goods than cover it."""
    facts = command.facts
    at: Fields = {"place": ("place", cover.key[0]), "what": ("item", cover.key[1])}
    if facts.by_rung:
        over = cover.sent - cover.known
        report.check(
            "asked_before_known",
            "shipments",
            over <= 0,
            "{place} asked for {amount:,} packs of {what} too many by period {period}: {known:,} were known.",
            known=cover.known,
            amount=over,
            **at,
        )
        lent = shipments.keep(facts.durable[shipments["item"]] & shipments["asked"])
        needs = facts["needs"]
        first = np.full(len(lent), facts.horizon + 1, dtype=np.int64)
        key = distinct(needs.key("place", "item"))
        known = np.full(len(key[0]), facts.horizon + 1, dtype=np.int64)
        np.minimum.at(known, find(key, needs.key("place", "item")), needs["known"])
        row = find(key, lent.key("to", "item"))
        first[row >= 0] = known[row[row >= 0]]
        report.check(
            "known_durable",
            "shipments",
            lent["depart"] >= first,
            "{what} is sent to {place} in period {period}, before it is known in {first} that it is needed.",
            place=("place", lent["to"]),
            what=("item", lent["item"]),
            period=lent["depart"],
            first=first,
            amount=first - lent["depart"],
        )
    if facts.strict["supplies"]:
        over = cover.arrived - cover.due
        report.check(
            "strict_cover",
            "shipments",
            over <= 0,
            "{amount:,} packs of {what} more than cover the need are handed to {place} by period {period}.",
            amount=over,
            **at,
        )


def check_ahead(command: Command, shipments: Rows, cover: Cover, report: Report) -> None:
    """Goods sent ahead of any request: only where a quota lets them, and cleared in time."""
    facts = command.facts
    rows = shipments.keep(shipments["use"] == AHEAD)
    at: Fields = {"place": ("place", rows["to"]), "what": ("item", rows["item"]), "period": rows["depart"]}
    report.check(
        "ahead_rule",
        "shipments",
        ~facts.durable[rows["item"]] & (rows["order"] > 0) & facts.by_rung,
        "{what} is sent ahead to {place} in period {period}; only consumables of others, and only where "
        "decisions take time.",
        **at,
    )
    if len(facts["gates"]):
        unit = facts["places"]["unit"][rows["to"]]
        may = np.ones(len(rows), dtype=bool)
        for item in np.unique(rows["item"]).tolist():
            here = rows["item"] == item
            may[here] = command.gate("quota", item, "supplies")[unit[here], rows["depart"][here]]
        report.check(
            "gate_quota",
            "shipments",
            may,
            "{what} is sent ahead to {place} in period {period}, but quotas are shut.",
            **at,
        )
    quotas, pack = facts["quotas"], facts["items"]["pack"]
    row = find(quotas.key("place", "item"), cover.key)
    most = np.where(row >= 0, quotas["quantity"][row] // pack[cover.key[1]], 0) if len(quotas) else row * 0
    where: Fields = {"place": ("place", cover.key[0]), "what": ("item", cover.key[1])}
    sent = cover.ahead[:, -1]
    report.check(
        "ahead_quota",
        "shipments",
        sent <= most,
        "{sent:,} packs of {what} are sent ahead to {place}, {amount:,} above the quota.",
        sent=sent,
        amount=sent - most,
        **where,
    )
    if not len(quotas) or not facts.by_rung:
        return
    clear = np.where((row >= 0) & (quotas["clear_by"][row] >= 0), quotas["clear_by"][row], facts.horizon + 1)
    unbooked = cover.ahead + cover.sent - cover.known
    report.check(
        "ahead_cleared",
        "shipments",
        (np.arange(facts.horizon + 1) < clear[:, None]) | (unbooked <= 0),
        "{amount:,} packs of {what} sent to {place} are booked on no known need at the end of period {period}.",
        amount=unbooked,
        **where,
    )


def check_defaults(command: Command, shipments: Rows, deployments: Rows, report: Report) -> None:
    """A place that is cut off gets its default and no more, and calls no teams for its tasks."""
    facts = command.facts
    blind = facts["blind"]
    if not len(blind):
        return
    rows = shipments.keep(shipments["default"])
    key = distinct(rows.key("to", "item", "depart"))
    sent = add_up(len(key[0]), find(key, rows.key("to", "item", "depart")), rows["packs"])
    row = find(blind.key("place", "item", "period"), key)
    most = np.where(row >= 0, blind["quantity"][row] // facts["items"]["pack"][key[1]], 0)
    report.check(
        "blind_default",
        "shipments",
        sent <= most,
        "{place} is cut off in period {period} and is sent {sent:,} packs of {what}, {amount:,} above its default.",
        place=("place", key[0]),
        what=("item", key[1]),
        period=key[2],
        sent=sent,
        amount=sent - most,
    )
    tours = deployments.keep(deployments["task"] >= 0)
    authority = facts["pools"]["authority"][tours["pool"]]
    step = command.step(authority, facts["places"]["unit"][tours["place"]])
    report.check(
        "blind_tour",
        "deployments",
        (step == 0) | ~isin(tours.key("place", "depart"), blind.key("place", "period")),
        "{place} is cut off in period {period} and cannot call teams of {what}.",
        place=("place", tours["place"]),
        what=("pool", tours["pool"]),
        period=tours["depart"],
    )


def check_known_tasks(command: Command, deployments: Rows, report: Report) -> None:
    """Tours of others for a task are called only once the task is known."""
    facts = command.facts
    if not facts.by_rung or not len(facts["tasks"]):
        return
    tours = deployments.keep(deployments["task"] >= 0)
    authority = facts["pools"]["authority"][tours["pool"]]
    step = command.step(authority, facts["places"]["unit"][tours["place"]])
    known = facts["tasks"]["known"][tours["task"]]
    report.check(
        "known_task",
        "deployments",
        (step == 0) | (tours["depart"] >= known),
        "The pool {what} is called to {place} in period {period}, before its task is known in {known}.",
        place=("place", tours["place"]),
        what=("pool", tours["pool"]),
        period=tours["depart"],
        known=known,
        amount=known - tours["depart"],
    )
