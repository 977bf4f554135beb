"""What happens at the taker: needs served, packs opened, items consumed (sections 4, 5 and 7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.auditing.exceptions import granted
from yjopt.auditing.posts import CATEGORY, CLASS, SKILL, consumers
from yjopt.auditing.rows import Rows, add_up, ceil_div, distinct, find, isin, join, product
from yjopt.auditing.supplies import LOOSE, RECEIVED, STORE

if TYPE_CHECKING:
    from yjopt.auditing.facts import Facts
    from yjopt.auditing.people import Present
    from yjopt.auditing.report import Fields, Report
    from yjopt.auditing.rows import Column, Ints
    from yjopt.auditing.stages import Tally
    from yjopt.auditing.teams import Working


@dataclass(frozen=True)
class Served:
    """What the plan serves.

    Attributes
    ----------
    rows : Rows
        Rows of ``served`` that belong to a need, with ``need``, its row.
    quantity : int array
        Base units served of each need.
    """

    rows: Rows
    quantity: Ints


@dataclass(frozen=True)
class Handed:
    """Packs opened for consumption.

    Attributes
    ----------
    key : tuple of int array
        The takers (place, item).
    opened : int array, shape (takers, periods + 1)
        Packs opened in each period.
    """

    key: tuple[Ints, ...]
    opened: Ints


def check_served(facts: Facts, rows: Rows, report: Report, tally: Tally) -> Served:
    """Rows of ``served`` against the needs, and the cost of late and lost."""
    needs, items = facts["needs"], facts["items"]
    need = find(needs.key("place", "item", "period", "weight"), rows.key("place", "item", "needed", "weight"))
    at: Fields = {"place": ("place", rows["place"]), "what": ("item", rows["item"]), "period": rows["period"]}
    report.check(
        "need_unknown",
        "served",
        need >= 0,
        "{place} has no such need of {what} of period {needed}.",
        needed=rows["needed"],
        **at,
    )
    pack = items["pack"][rows["item"]]
    # Either full packs only, or full packs and the last one, worth the rest of the need.
    rest = np.where(need >= 0, needs["quantity"][need] % pack, 0) if len(needs) else pack * 0
    all_full = rows["quantity"] == rows["packs"] * pack
    with_last = (rest > 0) & (rows["quantity"] == (rows["packs"] - 1) * pack + rest)
    report.check(
        "served_packs",
        "served",
        all_full | with_last,
        "{packs:,} packs of {what} cannot serve {quantity:,} at {place} in period {period}.",
        packs=rows["packs"],
        quantity=rows["quantity"],
        **at,
    )
    rows = rows.plus(need=need, last=(~all_full & with_last).astype(np.int64)).keep(need >= 0)
    need = rows["need"]

    at = {"place": ("place", rows["place"]), "what": ("item", rows["item"]), "period": rows["period"]}
    due = needs["period"]
    end = facts.last_chance(due, needs["deadline"])
    end = np.where(facts.durable[needs["item"]], due, end)
    report.check(
        "need_window",
        "served",
        (rows["period"] >= due[need]) & (rows["period"] <= end[need]),
        "The need of {what} at {place} of period {due} may be served to {end}, not in {period}.",
        due=due[need],
        end=end[need],
        **at,
    )

    pack = items["pack"][needs["item"]]
    full = add_up(len(needs), need, rows["packs"] - rows["last"])
    last = add_up(len(needs), need, rows["last"])
    quantity = add_up(len(needs), need, rows["quantity"])
    of_need: Fields = {"place": ("place", needs["place"]), "what": ("item", needs["item"]), "period": due}
    report.check(
        "served_above_need",
        "served",
        (full <= needs["quantity"] // pack) & (last <= 1) & (quantity <= needs["quantity"]),
        "{served:,} of {what} serve a need of {wanted:,} at {place} of period {period}.",
        served=quantity,
        wanted=needs["quantity"],
        amount=np.maximum(quantity - needs["quantity"], 1),
        **of_need,
    )

    late = items["late"][needs["item"]]
    tally.add(
        "unmet_goods",
        product(
            needs["weight"][need], late[need], np.maximum(rows["period"] - due[need], 0), rows["quantity"]
        ),
        needs["place"][need],
    )
    waited = np.where(facts.durable[needs["item"]], 0, end - due)
    tally.add(
        "unmet_goods",
        product(needs["weight"], 1_000 + late * waited, np.maximum(needs["quantity"] - quantity, 0)),
        needs["place"],
    )
    return Served(rows=rows, quantity=quantity)


def check_consumption(
    facts: Facts,
    shipments: Rows,
    served: Served,
    stocks: Rows,
    exceptions: Rows,
    present: list[Present],
    working: Working,
    report: Report,
) -> Handed:
    """Goods handed over, opened packs and consumption at every taker of a consumable.

    How many packs were opened is nowhere written: it follows from what was handed over, served and is still
    there; and what was consumed follows from the opened packs and what is left of them.
    """
    handed = shipments.keep((shipments["use"] != STORE) & ~facts.durable[shipments["item"]])
    goods = served.rows.keep(~facts.durable[served.rows["item"]])
    may_consume = consumers(facts)
    listed = stocks.keep((stocks["kind"] == RECEIVED) | (stocks["kind"] == LOOSE))
    pair = listed.key("place", "item")
    takes = isin(pair, facts["needs"].key("place", "item")) | isin(pair, may_consume)
    fits = takes & (listed["authority"] < 0) & ~facts.durable[listed["item"]]
    report.check(
        "stock_unknown",
        "stocks",
        fits,
        "{place} takes no {what}, or takes it under no authority.",
        place=("place", listed["place"]),
        what=("item", listed["item"]),
        period=listed["period"],
    )
    listed = listed.keep(fits)
    required = _required(facts, present, working)
    key = distinct(
        handed.key("to", "item"),
        goods.key("place", "item"),
        may_consume,
        required.key,
        listed.key("place", "item"),
    )
    consumes = isin(key, may_consume)
    cells = (len(consumes), facts.horizon + 1)
    place, item = key
    pack = facts["items"]["pack"][item][:, None]

    def table(kind: int) -> Ints:
        chosen = listed.keep(listed["kind"] == kind)
        return add_up(cells, (find(key, chosen.key("place", "item")), chosen["period"]), chosen["quantity"])

    arrived = add_up(cells, (find(key, handed.key("to", "item")), handed["arrive"]), handed["packs"])
    used = add_up(cells, (find(key, goods.key("place", "item")), goods["period"]), goods["packs"])
    received, loose = table(RECEIVED), table(LOOSE)
    at: Fields = {"place": ("place", place), "what": ("item", item)}
    # Without consumption the balance says what is there; with it, it says how many packs were opened.
    kept = np.cumsum(arrived - used, axis=1)
    report.check(
        "received_table",
        "stocks",
        received % pack == 0,
        "{said:,} of {what} handed over at {place} are no whole packs.",
        said=received,
        **at,
    )
    opened = arrived - used - np.diff(received // pack, axis=1, prepend=0)
    report.check(
        "received_balance",
        "served",
        consumes[:, None] | (kept >= 0),
        "{amount:,} packs of {what} too many are served at {place} by period {period}.",
        amount=-kept,
        **at,
    )
    report.check(
        "received_balance",
        "stocks",
        ~consumes[:, None] | (opened >= 0),
        "{amount:,} packs of {what} too many are served or left at {place} in period {period}.",
        amount=-opened,
        **at,
    )
    right = np.maximum(kept, 0) * pack
    report.check(
        "received_table",
        "stocks",
        consumes[:, None] | (received == right),
        "The {what} handed over at {place} at the end of period {period} is {right:,}, not {said:,}.",
        right=right,
        said=received,
        amount=np.abs(received - right),
        **at,
    )
    report.check(
        "loose_table",
        "stocks",
        consumes[:, None] | (loose == 0),
        "Nothing at {place} consumes {what}.",
        amount=loose,
        **at,
    )

    used_up = pack * opened - np.diff(loose, axis=1, prepend=0)
    report.check(
        "loose_table",
        "stocks",
        ~consumes[:, None] | (used_up >= 0),
        "{amount:,} of {what} too many are left at {place} of packs opened by period {period}.",
        amount=-used_up,
        **at,
    )
    row = find(required.key, key)
    wanted = (
        np.where(row[:, None] >= 0, required.wanted[row], 0)
        if len(required.wanted)
        else np.zeros(cells, dtype=np.int64)
    )
    limit = (
        np.where(row[:, None] >= 0, required.limit[row], 0)
        if len(required.limit)
        else np.zeros(cells, dtype=np.int64)
    )
    waived = granted(facts, exceptions, "consumption", key, "item", limit, report)
    short = ceil_div(wanted, 1_000) - np.where(consumes[:, None], used_up, 0) - waived
    report.check(
        "consumption",
        "stocks",
        short <= 0,
        "{amount:,} of {what} are wanting for consumption at {place} in period {period}.",
        amount=short,
        **at,
    )
    if facts.strict["supplies"]:
        _check_frugal(at, pack, consumes, loose, used_up, wanted, report)
    return Handed(key=key, opened=np.where(consumes[:, None], opened, 0))


def _check_frugal(
    at: Fields, pack: Ints, consumes: Column, loose: Ints, used_up: Ints, wanted: Column, report: Report
) -> None:
    """Under strict nothing is opened or used up only to make a need."""
    report.check(
        "strict_loose",
        "stocks",
        ~consumes[:, None] | (loose < pack),
        "{loose:,} of {what} lie open at {place} at the end of period {period}, a pack or more.",
        loose=loose,
        amount=loose - pack + 1,
        **at,
    )
    right = ceil_div(wanted, 1_000)
    report.check(
        "strict_rounding",
        "stocks",
        ~consumes[:, None] | (used_up <= right),
        "{said:,} of {what} are used up at {place} in period {period}, though {right:,} are enough.",
        said=used_up,
        right=right,
        amount=used_up - right,
        **at,
    )


@dataclass(frozen=True)
class _Required:
    """Thousandths of base units wanted per (place, item) and period, and the largest exception."""

    key: tuple[Ints, ...]
    wanted: Column
    limit: Column


def _required(facts: Facts, present: list[Present], working: Working) -> _Required:
    rates = facts["consumption"]
    parts: list[tuple[Column, Column, Column, Column]] = []
    for people, kind in zip(present, (CLASS, CATEGORY), strict=True):
        rows = rates.keep(rates["kind"] == kind)
        cell, rate = join((people.ward,), (rows["what"],))
        per_head = rows["quantity"][rate][:, None]
        parts.append(
            (
                people.place[cell],
                rows["item"][rate],
                product(people.people[cell], per_head),
                product(people.inherited[cell], per_head),
            )
        )
    rows = rates.keep(rates["kind"] == SKILL)
    cell, rate = join((working.skill,), (rows["skill"],))
    teams = product(working.teams[cell], rows["quantity"][rate][:, None])
    parts.append((working.place[cell], rows["item"][rate], teams, np.zeros_like(teams)))
    key = distinct(*((place, item) for place, item, _, _ in parts))
    wanted = np.zeros(
        (len(key[0]), facts.horizon + 1),
        dtype=object if any(p[2].dtype == object for p in parts) else np.int64,
    )
    at_start = np.zeros_like(wanted)
    for place, item, now, before in parts:
        row = find(key, (place, item))
        np.add.at(wanted, row, now)
        np.add.at(at_start, row, before)
    return _Required(key=key, wanted=wanted, limit=ceil_div(at_start, 1_000))
