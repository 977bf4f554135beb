"""Shipments, orders and the balances of lots (sections 2 and 4; durables share all but the balances)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.auditing.ladder import STEPS
from yjopt.auditing.posts import consumers
from yjopt.auditing.rows import Rows, add_up, ceil_div, distinct, find, isin, product
from yjopt.schema import INPUT, OUTPUT

if TYPE_CHECKING:
    from yjopt.auditing.facts import Facts
    from yjopt.auditing.ladder import Ladder
    from yjopt.auditing.report import Fields, Report
    from yjopt.auditing.rows import Column, Ints
    from yjopt.auditing.stages import Tally
    from yjopt.auditing.travel import Travel

SUPPLY: Final = OUTPUT["shipments"]["use"].choices.index("supply")
STORE: Final = OUTPUT["shipments"]["use"].choices.index("store")
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


def check_orders(facts: Facts, orders: Rows, report: Report, tally: Tally) -> Rows:
    """Orders against their sources; returns them with ``packs``."""
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
    orders = orders.plus(packs=orders["quantity"] // pack)
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
    arrive = known["order"] + facts.delay(sources["lead_hours"][row] * 36)
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
    tally.add_orders(known["kind"], product(known["packs"], facts.shares[known["item"]]))
    tally.add("money", product(known["quantity"], sources["cost"][row]))
    return orders


def check_shipments(
    facts: Facts, travel: Travel, ladder: Ladder, rows: Rows, report: Report, tally: Tally
) -> Rows:
    """Every shipment by itself; those with known ends, with ``packs``, ``seconds`` and step ``order``."""
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

    order = ladder.rung_and_step(rows["authority"], facts["places"]["unit"][rows["to"]])
    report.check(
        "rung",
        "shipments",
        rows["rung"] == order[0],
        "{what} from {place} to {to} climbs {right} levels, not {said}.",
        right=order[0],
        said=rows["rung"],
        **at,
    )
    names = np.array([*STEPS, ""], dtype=object)[order[1]]
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
    delay = facts.delay(np.maximum(seconds, 0) + release)
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

    rows = rows.plus(packs=rows["quantity"] // pack, seconds=np.maximum(seconds, 0), order=order[1])
    # Grams of a pack times seconds, in kg and minutes.
    load = ceil_div(product(items["kg"][rows["item"]], pack, rows["seconds"]), 60_000)
    tally.add("time", product(load, rows["packs"]))
    handed = rows.keep(rows["use"] == SUPPLY)
    tally.add_support(handed["order"], product(handed["packs"], facts.shares[handed["item"]]))
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

    supply, elsewhere = rows["use"] == SUPPLY, rows["from"] != rows["to"]
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


def check_lots(facts: Facts, shipments: Rows, orders: Rows, stocks: Rows, report: Report) -> None:
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
    stock, free = _balance(facts, key, flows)
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


def _balance(facts: Facts, key: tuple[Ints, ...], flows: _Flows) -> tuple[Ints, Ints]:
    """Packs at the end of each period: all of a lot, and of its free part.

    Own use draws on the home part first: a pack there can go to no other use, so no other order leaves more
    freedom.
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
    return all_in - out, (all_in - home_in) - (out - from_home)
