"""Shipments, orders and the balances of lots (sections 2 and 4; durables share all but the balances)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.auditing.command import STEP_NAMES, STEP_OF_SOURCE
from yjopt.auditing.posts import consumers
from yjopt.auditing.rows import Rows, add_up, ceil_div, distinct, find, isin, product
from yjopt.schema import INPUT, OUTPUT

if TYPE_CHECKING:
    from yjopt.auditing.command import Command
    from yjopt.auditing.facts import Facts
    from yjopt.auditing.report import Fields, Report
    from yjopt.auditing.rows import Column, Ints
    from yjopt.auditing.stages import Tally
    from yjopt.auditing.travel import Travel

SUPPLY: Final = OUTPUT["shipments"]["use"].choices.index("supply")
STORE: Final = OUTPUT["shipments"]["use"].choices.index("store")
AHEAD: Final = OUTPUT["shipments"]["use"].choices.index("ahead")
PHYSICAL: Final = INPUT["stocks"]["kind"].choices.index("physical")
#: Codes of reserve kinds are the same in the tables in and out; these follow them in the plan's stocks.
RESERVE_KINDS: Final = len(INPUT["stocks"]["kind"].choices)
RECEIVED, LOOSE, IN_USE = (
    OUTPUT["stocks"]["kind"].choices.index(word) for word in ("received", "loose", "in_use")
)
LOT: Final = ("place", "item", "authority", "kind")


def lots(facts: Facts) -> tuple[Ints, ...]:
    """Every (place, item, authority, kind) of a stock, a receipt or a source."""
    sources = facts["sources"]
    physical = np.full(len(sources), PHYSICAL)
    return distinct(
        facts["stocks"].key(*LOT),
        facts["receipts"].key(*LOT),
        (*sources.key("place", "item", "authority"), physical),
    )


def is_durable_store(facts: Facts, place: Column, item: Column, authority: Column) -> Column:
    """Whether durables may stand there under the authority (section 5)."""
    known = lots(facts)
    owner = isin((item, authority), known[1:3])
    return isin((place, item, authority), known[:3]) | (
        owner & isin((place, item), facts["needs"].key("place", "item"))
    )


def check_orders(command: Command, orders: Rows, report: Report, tally: Tally) -> Rows:
    """Orders against their sources; returns them with ``packs``, their ``source`` and its ``step`` (-1: none)."""
    facts = command.facts
    sources, pack = facts["sources"], facts["items"]["pack"][orders["item"]]
    row = find(
        sources.key("place", "item", "kind", "authority"), orders.key("place", "item", "kind", "authority")
    )
    at: Fields = {
        "place": ("place", orders["place"]),
        "what": ("item", orders["item"]),
        "period": orders["order"],
    }
    report.check("source_unknown", "procurements", row >= 0, "{place} has no such source of {what}.", **at)
    report.check(
        "whole_packs",
        "procurements",
        orders["quantity"] % pack == 0,
        "{quantity:,} of {what} ordered at {place} are no whole packs.",
        quantity=orders["quantity"],
        **at,
    )
    step = STEP_OF_SOURCE[orders["kind"]]
    orders = orders.plus(packs=orders["quantity"] // pack, source=row, step=step)
    known = orders.keep(row >= 0)
    row = row[row >= 0]
    at = {"place": ("place", known["place"]), "what": ("item", known["item"]), "period": known["order"]}
    report.check(
        "source_first_period",
        "procurements",
        known["order"] >= sources["first_period"][row],
        "{what} is ordered at {place} in period {period}, before period {first}.",
        first=sources["first_period"][row],
        **at,
    )
    decision = order_decision(command, known["kind"], known["authority"])
    arrive = known["order"] + facts.delay(sources["lead_hours"][row] * 36 + decision)
    report.check(
        "arrival_period",
        "procurements",
        known["arrive"] == arrive,
        "{what} ordered at {place} in period {period} arrives in {arrive}, not in {said}.",
        arrive=arrive,
        said=known["arrive"],
        **at,
    )
    ceiling = sources["quantity"] // facts["items"]["pack"][sources["item"]]
    ordered = add_up((len(sources), facts.horizon + 1), (row, known["order"]), known["packs"])
    report.check(
        "source_ceiling",
        "procurements",
        ordered <= ceiling[:, None],
        "{ordered:,} packs of {what} are ordered at {place} in period {period}, "
        "{amount:,} above the ceiling.",
        place=("place", sources["place"]),
        what=("item", sources["item"]),
        ordered=ordered,
        amount=ordered - ceiling[:, None],
    )
    report.check(
        "gate_step",
        "procurements",
        may_order(command, known["kind"], known["authority"], known["order"]),
        "{what} is ordered at {place} in period {period}, but orders of kind {kind} are shut.",
        kind=np.array(INPUT["sources"]["kind"].choices, dtype=object)[known["kind"]],
        **at,
    )
    last_resort = known.keep(known["step"] >= 0)
    position = command.position("supplies", last_resort["step"], last_resort["authority"])
    tally.add_support(position, product(last_resort["packs"], facts.shares[last_resort["item"]]))
    tally.add("money", product(known["quantity"], sources["cost"][row]))
    return orders


def order_decision(command: Command, kind: Column, authority: Column) -> Ints:
    """Seconds until an order is decided: those of the step that its kind is, if it is one."""
    step = STEP_OF_SOURCE[kind]
    seconds = command.seconds("supplies", np.maximum(step, 0), authority)
    return np.where(step >= 0, seconds, 0)


def may_order(command: Command, kind: Column, authority: Column, period: Column) -> Column:
    """Whether the gates let goods be ordered; kinds that are no steps need none."""
    step = STEP_OF_SOURCE[kind]
    passes = command.open_step("supplies", np.maximum(step, 0), authority, period)
    return np.asarray((step < 0) | passes)


def check_shipments(command: Command, travel: Travel, rows: Rows, report: Report, tally: Tally) -> Rows:
    """Every shipment by itself; those with known ends, with ``packs``, ``seconds`` and more.

    The columns added: the number ``order`` of the step, its ``position``, the ``limit`` below which all givers must
    be exhausted, whether the shipment is the ``default`` of a blind place, and whether it was ``asked`` for.
    """
    facts = command.facts
    items, stocks = facts["items"], facts["stocks"]
    at: Fields = {
        "place": ("place", rows["from"]),
        "what": ("item", rows["item"]),
        "period": rows["depart"],
        "to": ("place", rows["to"]),
    }
    durable, pack = items["durable"][rows["item"]], items["pack"][rows["item"]]
    report.check(
        "whole_packs",
        "shipments",
        rows["quantity"] % pack == 0,
        "{quantity:,} of {what} from {place} to {to} are no whole packs.",
        quantity=rows["quantity"],
        **at,
    )
    known_ends = _check_ends(facts, rows, durable, report)

    taker = facts["places"]["unit"][rows["to"]]
    order = command.ladder.rung_and_step(rows["authority"], taker)
    report.check(
        "rung",
        "shipments",
        rows["rung"] == order[0],
        "{what} from {place} to {to} climbs {right} levels, not {said}.",
        right=order[0],
        said=rows["rung"],
        **at,
    )
    names = np.array(STEP_NAMES, dtype=object)[order[1]]
    report.check(
        "step",
        "shipments",
        rows["step"] == names,
        "{what} from {place} to {to} is of the step {right}, not {said!r}.",
        right=names,
        said=rows["step"],
        **at,
    )

    seconds = travel.seconds("supplies", rows["depart"], rows["from"], rows["to"])
    possible = seconds >= 0
    report.check(
        "pair_unreachable",
        "shipments",
        possible,
        "{what} cannot go from {place} to {to} in period {period}.",
        **at,
    )
    kind = np.where(durable, PHYSICAL, rows["kind"])
    lot = find(stocks.key(*LOT), (rows["from"], rows["item"], rows["authority"], kind))
    release = np.where(lot >= 0, stocks["release_hours"][lot] * 36, 0) if len(stocks) else seconds * 0
    cut_off = command.is_blind(rows["to"], rows["depart"])
    default = (rows["use"] == SUPPLY) & (order[1] > 0) & cut_off
    decided = (rows["use"] == SUPPLY) & ~default
    decision = np.where(decided, command.seconds("supplies", order[1], taker, rows["authority"]), 0)
    delay = facts.delay(np.maximum(seconds, 0) + release + decision)
    # A store of consumables turns goods round overnight.
    delay = np.where((rows["use"] == STORE) & ~durable, np.maximum(delay, 1), delay)
    arrive = rows["depart"] + delay
    report.check(
        "arrival_period",
        "shipments",
        (rows["arrive"] == arrive) | ~possible,
        "{what} sent from {place} to {to} in period {period} arrives in {arrive}, not in {said}.",
        arrive=arrive,
        said=rows["arrive"],
        **at,
    )

    position = command.position("supplies", order[1], taker)
    rows = rows.plus(
        packs=rows["quantity"] // pack,
        seconds=np.maximum(seconds, 0),
        order=order[1],
        position=position,
        limit=command.limit("supplies", order[1], position, taker, rows["depart"]),
        default=default,
        asked=decided & (order[1] > 0),
    )
    # Grams of a pack times seconds, in kg and minutes.
    load = ceil_div(product(items["kg"][rows["item"]], pack, rows["seconds"]), 60_000)
    tally.add("time", product(load, rows["packs"]))
    handed = rows.keep(rows["use"] != STORE)
    tally.add_support(handed["position"], product(handed["packs"], facts.shares[handed["item"]]))
    return rows.keep(known_ends)


def _check_ends(facts: Facts, rows: Rows, durable: Column, report: Report) -> Column:
    """Whether each shipment leaves a lot for a taker or a store."""
    at: Fields = {
        "place": ("place", rows["from"]),
        "what": ("item", rows["item"]),
        "period": rows["depart"],
        "to": ("place", rows["to"]),
        "owner": ("area", rows["authority"]),
    }
    known = lots(facts)
    leaves = np.where(
        durable,
        is_durable_store(facts, *rows.key("from", "item", "authority")) & (rows["kind"] == PHYSICAL),
        isin(rows.key("from", "item", "authority", "kind"), known),
    )
    report.check("lot_unknown", "shipments", leaves, "{place} has no such lot of {what} under {owner}.", **at)

    supply, elsewhere = rows["use"] != STORE, rows["from"] != rows["to"]
    needed = isin(rows.key("to", "item"), facts["needs"].key("place", "item"))
    takes = needed | isin(rows.key("to", "item"), consumers(facts))
    reaches_taker = ~supply | np.where(durable, needed, takes)
    report.check(
        "taker_unknown", "shipments", reaches_taker, "{to} neither needs nor may consume {what}.", **at
    )
    store = np.where(
        durable,
        is_durable_store(facts, *rows.key("to", "item", "authority")),
        supply | isin(rows.key("to", "item", "authority", "kind"), known),
    )
    store &= elsewhere | (supply & ~durable)
    report.check(
        "store_unknown",
        "shipments",
        store,
        "{to} is no other store of {what} of {owner} and this kind.",
        **at,
    )
    report.check(
        "shipment_use",
        "shipments",
        ~durable | supply | ~needed,
        "{what} goes to {to}, which needs it: the use is 'supply'.",
        **at,
    )
    return np.asarray(leaves & reaches_taker & store)


@dataclass(frozen=True)
class _Flows:
    """Packs per lot and period 0..H."""

    start: Ints
    receipts: Ints
    joined: Ints
    own: Ints
    other: Ints


@dataclass(frozen=True)
class LotStocks:
    """Packs of every lot of a consumable at the end of every period 0..H.

    Attributes
    ----------
    key : tuple of int array
        Place, item, authority and kind of the lots.
    stock : int array, shape (lots, periods + 1)
        All packs of a lot.
    free : int array, shape (lots, periods + 1)
        The fewest its free part may hold: where the plan leaves open from which part the authority's own use
        was taken, as much as possible was taken from the free part.
    on_road : int array, shape (lots, periods + 1)
        Packs moved from it to other stores that have not arrived.
    """

    key: tuple[Ints, ...]
    stock: Ints
    free: Ints
    on_road: Ints


def check_lots(facts: Facts, shipments: Rows, orders: Rows, stocks: Rows, report: Report) -> LotStocks:
    """Balances of the lots of consumables, their home parts, and the plan's stock rows."""
    key = lots(facts)
    consumable = ~facts.durable[key[1]]
    key = tuple(column[consumable] for column in key)
    place, item, authority, _ = key
    cells = (len(place), facts.horizon + 1)
    rows, receipts, pack = facts["stocks"], facts["receipts"], facts["items"]["pack"]

    def packs(table: Rows) -> Column:
        return table["quantity"] // pack[table["item"]]

    sent = shipments.keep(~facts.durable[shipments["item"]])
    moved = sent.keep(sent["use"] == STORE)
    home = (sent["use"] == SUPPLY) & (sent["order"] == 0)
    lot = find(key, sent.key("from", "item", "authority", "kind"))
    ordered = find(key, (*orders.key("place", "item", "authority"), np.full(len(orders), PHYSICAL)))
    flows = _Flows(
        start=add_up(cells[0], find(key, rows.key(*LOT)), packs(rows)),
        receipts=add_up(cells, (find(key, receipts.key(*LOT)), receipts["period"]), packs(receipts)),
        joined=add_up(cells, (ordered, orders["arrive"]), orders["packs"])
        + add_up(
            cells, (find(key, moved.key("to", "item", "authority", "kind")), moved["arrive"]), moved["packs"]
        ),
        own=add_up(cells, (np.where(home, lot, -1), sent["depart"]), sent["packs"]),
        other=add_up(cells, (np.where(home, -1, lot), sent["depart"]), sent["packs"]),
    )
    stock, free, least_free = _balance(facts, key, flows)
    at: Fields = {"place": ("place", place), "what": ("item", item), "owner": ("area", authority)}
    report.check(
        "stock_balance",
        "shipments",
        stock >= 0,
        "{amount:,} packs of {what} of {owner} too many leave {place} by period {period}.",
        amount=-stock,
        **at,
    )
    report.check(
        "home_part",
        "shipments",
        (free >= 0) | (stock < 0),
        "{amount:,} packs of {what} kept at home at {place} by {owner} leave for others by period {period}.",
        amount=-free,
        **at,
    )

    listed = stocks.keep((stocks["kind"] < RESERVE_KINDS) & ~facts.durable[stocks["item"]])
    row = find(key, listed.key(*LOT))
    report.check(
        "stock_unknown",
        "stocks",
        row >= 0,
        "{place} has no such lot of {what}.",
        place=("place", listed["place"]),
        what=("item", listed["item"]),
        period=listed["period"],
    )
    given = add_up(cells, (row, listed["period"]), listed["quantity"])
    right = np.maximum(stock, 0) * pack[item][:, None]
    listed_right = given == right
    listed_right[:, 0] = True
    report.check(
        "stock_table",
        "stocks",
        listed_right,
        "The stock of {what} of {owner} at {place} at the end of period {period} is {right:,}, not {said:,}.",
        right=right,
        said=given,
        amount=np.abs(given - right),
        **at,
    )
    leaving = find(key, moved.key("from", "item", "authority", "kind"))
    gone = add_up(cells, (leaving, moved["depart"]), moved["packs"])
    on_road = np.cumsum(gone - add_up(cells, (leaving, moved["arrive"]), moved["packs"]), axis=1)
    return LotStocks(key=key, stock=stock, free=least_free, on_road=on_road)


def _balance(facts: Facts, key: tuple[Ints, ...], flows: _Flows) -> tuple[Ints, Ints, Ints]:
    """Packs at the end of each period: all of a lot, and the most and the fewest of its free part.

    The most are there when own use draws on the home part first, the fewest when it does so only as far as the
    free part would run short; both at once in all periods.
    """
    rows, pack = facts["stocks"], facts["items"]["pack"]
    row = find(rows.key(*LOT), key)
    there = row >= 0
    floor = np.zeros(len(row), dtype=np.int64)
    refill = np.zeros(len(row), dtype=bool)
    floor[there] = ceil_div(rows["floor"], pack[rows["item"]])[row[there]]
    refill[there] = rows["refill"][row[there]]
    at_home = np.minimum(flows.start, floor)

    received = np.cumsum(flows.receipts, axis=1)
    put_home = np.where(refill[:, None], np.minimum(received, (floor - at_home)[:, None]), 0)
    home_in = at_home[:, None] + put_home
    all_in = flows.start[:, None] + received + np.cumsum(flows.joined, axis=1)
    from_home = np.zeros_like(all_in)
    for period in range(1, all_in.shape[1]):
        from_home[:, period] = np.minimum(from_home[:, period - 1] + flows.own[:, period], home_in[:, period])
    out = np.cumsum(flows.own + flows.other, axis=1)
    stock, kept = all_in - out, all_in - home_in - out

    least = np.maximum(-kept, 0)
    for period in range(all_in.shape[1] - 2, -1, -1):
        least[:, period] = np.maximum(least[:, period], least[:, period + 1] - flows.own[:, period + 1])
    for period in range(1, all_in.shape[1]):
        least[:, period] = np.maximum(least[:, period], least[:, period - 1])
    return stock, kept + from_home, kept + np.minimum(least, from_home)
