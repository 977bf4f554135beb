"""Strict order of asking for consumables: nobody is asked while a giver before them still has goods (section 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.auditing.command import IS_PEER, STEP_NAMES, STEP_OF_SOURCE
from yjopt.auditing.fleets import no_vehicle
from yjopt.auditing.reach import departures
from yjopt.auditing.rows import add_up, distinct, find, join
from yjopt.auditing.supplies import LOT, PHYSICAL, SUPPLY, may_order, order_decision

if TYPE_CHECKING:
    from yjopt.auditing.command import Command
    from yjopt.auditing.own_first import OwnFirst
    from yjopt.auditing.reach import Reach
    from yjopt.auditing.report import Fields, Report
    from yjopt.auditing.rows import Column, Ints, Rows
    from yjopt.auditing.supplies import LotStocks


@dataclass(frozen=True)
class Wants:
    """Who wants an item to arrive in a period, one row each.

    Attributes
    ----------
    place, item, taker, arrive : int array
        Place, item, unit and period of arrival.
    limit : int array
        The position below which givers are asked about.
    """

    place: Column
    item: Column
    taker: Column
    arrive: Column
    limit: Column


@dataclass(frozen=True)
class Offers:
    """What givers of lower positions could have sent to arrive in time: one row a lot and departure.

    Attributes
    ----------
    row : int array
        Whom it could have reached: the row asked about.
    lot, period : int array
        The lot, and the period of departure.
    left : int array
        Packs it still had at the end of that period; 0 if it counts as exhausted.
    """

    row: Ints
    lot: Ints
    period: Ints
    left: Ints


def check_strict_supplies(
    command: Command,
    reach: Reach,
    lots: LotStocks,
    spare: Ints,
    keeps: OwnFirst,
    shipments: Rows,
    report: Report,
) -> None:
    """Shipments that came although a giver before theirs had goods that could have come in time."""
    facts = command.facts
    if not facts.strict["supplies"]:
        return
    rows = shipments.keep(
        (shipments["use"] == SUPPLY) & ~shipments["default"] & ~facts.durable[shipments["item"]]
    )
    rows = rows.keep(rows["limit"] > 0)
    # Of shipments that arrive together the one asked for last needs all the others' givers exhausted, too.
    key = distinct(rows.key("to", "item", "arrive"))
    group = find(key, rows.key("to", "item", "arrive"))
    order = np.lexsort((rows["limit"], group))
    last = order[np.diff(group[order], append=-1) != 0] if len(order) else order
    taker = facts["places"]["unit"][key[0]]
    wants = Wants(place=key[0], item=key[1], taker=taker, arrive=key[2], limit=rows["limit"][last])
    offers = find_offers(command, reach, lots, spare, keeps, wants)
    of, lot = last[offers.row], offers.lot
    at: Fields = {
        "place": ("place", rows["to"][of]),
        "what": ("item", rows["item"][of]),
        "period": rows["arrive"][of],
        "giver": ("area", rows["authority"][of]),
        "origin": ("place", rows["from"][of]),
        "other": ("area", lots.key[2][lot]),
        "there": ("place", lots.key[0][lot]),
    }
    report.check(
        "strict_supplies",
        "shipments",
        offers.left == 0,
        "{place} gets {what} of {giver} from {origin} in period {period}, but {other}, which is asked before, "
        "still has {amount:,} packs at {there} at the end of period {left_in} that could have come.",
        left_in=offers.period,
        amount=offers.left,
        **at,
    )


def find_offers(
    command: Command,
    reach: Reach,
    lots: LotStocks,
    spare: Ints,
    keeps: OwnFirst,
    wants: Wants,
    besides: Column | None = None,
) -> Offers:
    """What lots of positions below the limit could have sent to arrive in the period.

    Parameters
    ----------
    keeps : OwnFirst
        Whether peers may send nothing because their own needs are open.
    wants : Wants
        Who is asked about.
    besides : int array, optional
        A lot for each row that does not count.
    """
    facts = command.facts
    place, item, taker, arrive, limit = wants.place, wants.item, wants.taker, wants.arrive, wants.limit
    filled = np.flatnonzero(((lots.stock > 0) | (lots.on_road > 0)).any(axis=1))
    row, at = join((item,), (lots.key[1][filled],))
    lot = filled[at]
    authority = lots.key[2][lot]
    step = command.step(authority, taker[row])
    lower = command.position("supplies", step, taker[row]) < limit[row]
    if besides is not None:
        lower &= lot != besides[row]
    row, lot, step, authority = row[lower], lot[lower], step[lower], authority[lower]

    stocks = facts["stocks"]
    stock = find(stocks.key(*LOT), tuple(column[lot] for column in lots.key))
    release = np.where(stock >= 0, stocks["release_hours"][stock] * 36, 0) if len(stocks) else lot * 0
    origin = lots.key[0][lot]
    decision = command.seconds("supplies", step, taker[row], authority)
    chosen, period, seconds = departures(
        facts, reach, "consumables", origin, place[row], release + decision, arrive[row]
    )
    row, lot, step, authority = row[chosen], lot[chosen], step[chosen], authority[chosen]
    origin = lots.key[0][lot]
    may = command.passes("supplies", step, taker[row], authority, period)
    may &= command.open_kind(lots.key[3][lot], taker[row], period)
    may &= (step == 0) | ~command.is_blind(place[row], period)
    may &= ~keeps(IS_PEER[step], authority, lots.key[1][lot], period)
    # The home part of a lot may go to the authority's own places only.
    there = np.where(step == 0, lots.stock[lot, period], lots.free[lot, period]) + lots.on_road[lot, period]
    stranded = no_vehicle(facts, spare, origin, place[row], period, seconds)
    return Offers(row=row, lot=lot, period=period, left=np.where(may & ~stranded, np.maximum(there, 0), 0))


def check_strict_orders(
    command: Command,
    reach: Reach,
    lots: LotStocks,
    spare: Ints,
    keeps: OwnFirst,
    orders: Rows,
    report: Report,
) -> None:
    """Orders of last resort placed although goods, or sources asked before, were left."""
    facts = command.facts
    if not facts.strict["supplies"]:
        return
    rows = orders.keep((orders["source"] >= 0) & (orders["step"] >= 0) & ~facts.durable[orders["item"]])
    position = command.position("supplies", rows["step"], rows["authority"])
    lot = find(lots.key, (*rows.key("place", "item", "authority"), np.full(len(rows), PHYSICAL)))
    place, item, authority, arrive = rows.key("place", "item", "authority", "arrive")
    wants = Wants(place=place, item=item, taker=authority, arrive=arrive, limit=position)
    offers = find_offers(command, reach, lots, spare, keeps, wants, lot)
    of = offers.row
    kinds = np.array(STEP_NAMES, dtype=object)
    report.check(
        "strict_orders",
        "procurements",
        offers.left == 0,
        "{what} is ordered at {place} in period {period} ({kind}), but {other}, which is asked before, still has "
        "{amount:,} packs at {there} at the end of period {left_in} that could have come.",
        place=("place", rows["place"][of]),
        what=("item", rows["item"][of]),
        period=rows["order"][of],
        kind=kinds[rows["step"][of]],
        other=("area", lots.key[2][offers.lot]),
        there=("place", lots.key[0][offers.lot]),
        left_in=offers.period,
        amount=offers.left,
    )
    at: Fields = {
        "place": ("place", rows["place"]),
        "what": ("item", rows["item"]),
        "period": rows["order"],
        "kind": kinds[rows["step"]],
    }
    joining = find(lots.key, (*orders.key("place", "item", "authority"), np.full(len(orders), PHYSICAL)))
    brought = add_up((len(lots.key[0]), facts.horizon + 1), (joining, orders["arrive"]), orders["packs"])
    held = lots.free[lot, rows["order"]]
    report.check(
        "strict_orders",
        "procurements",
        held <= brought[lot, rows["order"]],
        "{what} is ordered at {place} in period {period} ({kind}), but the lot there still holds {amount:,} packs "
        "that were there before.",
        amount=held - brought[lot, rows["order"]],
        **at,
    )
    _check_earlier_sources(command, orders, rows, position, report)


def _check_earlier_sources(
    command: Command, orders: Rows, rows: Rows, position: Column, report: Report
) -> None:
    """Sources of lower positions that bring goods to the same lot are used up to their ceilings first."""
    facts, sources = command.facts, command.facts["sources"]
    lot = ("place", "item", "authority")
    row, source = join(rows.key(*lot), sources.key(*lot))
    step = STEP_OF_SOURCE[sources["kind"][source]]
    authority, period = sources["authority"][source], rows["order"][row]
    lower = (step >= 0) & (command.position("supplies", np.maximum(step, 0), authority) < position[row])
    decision = order_decision(command, sources["kind"][source], authority)
    arrive = period + facts.delay(sources["lead_hours"][source] * 36 + decision)
    may = lower & (period >= sources["first_period"][source]) & (arrive <= facts.horizon)
    may &= may_order(command, sources["kind"][source], authority, period)
    ordered = add_up((len(sources), facts.horizon + 1), (orders["source"], orders["order"]), orders["packs"])
    ceiling = sources["quantity"][source] // facts["items"]["pack"][sources["item"][source]]
    left = np.where(may, ceiling - ordered[source, period], 0)
    report.check(
        "strict_orders",
        "procurements",
        left <= 0,
        "{what} is ordered at {place} in period {period} ({kind}), but {amount:,} packs could still be ordered by "
        "{earlier}, which comes before.",
        place=("place", rows["place"][row]),
        what=("item", rows["item"][row]),
        period=period,
        kind=np.array(STEP_NAMES, dtype=object)[rows["step"][row]],
        earlier=np.array(STEP_NAMES, dtype=object)[np.maximum(step, 0)],
        amount=left,
    )
