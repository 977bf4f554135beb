"""Items, lots, needs and fleets: what the model assumes of them, and slips of unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.checks.tables import Batch, BoolArray, IntArray, Rule, Tables, error, quoted, warning, where
from yjopt.checks.words import figure

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Kilograms per litre beyond which no supply lies: osmium has 22.6, air 0.0012.
DENSEST: Final = 23.0
LIGHTEST: Final = 0.001
#: Kilograms of one pack beyond which it is no pack; fleets, where there are any, set the limit themselves.
HEAVIEST_PACK: Final = 40_000.0


def durable(tables: Tables, table: str) -> BoolArray:
    """Return the rows of a table whose item is a durable; false where the item or its flag is unknown."""
    flags = tables.flags("items", "durable") & tables.good("items", "durable")
    marked: BoolArray = np.append(flags, False)[tables.rows(table, "item")]
    return marked


@error
def durable_pack(tables: Tables) -> Iterator[Batch]:
    """A durable whose pack is not 1."""
    rows = where(
        tables.flags("items", "durable")
        & (tables.figures("items", "pack") != 1)
        & tables.good("items", "pack")
    )
    if len(rows):
        yield Batch(
            "items",
            rows,
            "pack",
            "A durable is moved unit by unit, but its pack is {value}.",
            "Write 1, and give weight and volume per unit; or set durable to false.",
        )


@error
def durable_kind(tables: Tables) -> Iterator[Batch]:
    """A durable in a reserve that is not physical."""
    for table in ("stocks", "receipts"):
        kind = tables.words(table, "kind")
        rows = where(durable(tables, table) & (kind != "physical") & (kind != ""))
        if len(rows):
            yield Batch(
                table,
                rows,
                "kind",
                "{item} is a durable, and durables are of kind physical only.",
                "Write physical; goods that are not there yet are a source.",
                {"item": quoted(tables.words(table, "item")[rows])},
            )


@error
def durable_deadline(tables: Tables) -> Iterator[Batch]:
    """A deadline on the need of a durable."""
    rows = where(durable(tables, "needs") & ~np.isnan(tables.figures("needs", "deadline")))
    if len(rows):
        yield Batch(
            "needs",
            rows,
            "deadline",
            "{item} is a durable: its need is a level in that period and cannot wait.",
            "Leave the deadline blank.",
            {"item": quoted(tables.words("needs", "item")[rows])},
        )


@error
def durable_consumed(tables: Tables) -> Iterator[Batch]:
    """Consumption of a durable."""
    rows = where(durable(tables, "consumption"))
    if len(rows):
        yield Batch(
            "consumption",
            rows,
            "item",
            "{value} is a durable and cannot be used up.",
            "Take the row out (say in needs where units must stand), or set durable to false in items.",
        )


@error
def late_costs_more(tables: Tables) -> Iterator[Batch]:
    """An item whose waiting would cost more than losing it."""
    item = tables.rows("needs", "item")
    horizon = float(tables.settings["periods"])
    deadline = np.minimum(np.nan_to_num(tables.figures("needs", "deadline"), nan=horizon), horizon - 1)
    late = np.rint(tables.figures("items", "late") * 1000)
    counts = (item >= 0) & ~durable(tables, "needs") & tables.good("needs", "deadline")
    dear = where(counts & (np.append(late, np.nan)[item] * deadline >= 1000))
    rows, first = np.unique(item[dear], return_index=True)
    if len(rows):
        needs = dear[first]
        yield Batch(
            "items",
            rows,
            "late",
            "{value} per period over the {periods} periods that the need on line {line} of needs may wait"
            " costs as much as losing it.",
            "Write a late of at most {most}, or shorten the deadline of that need.",
            {
                "periods": deadline[needs].astype(np.int64),
                "line": tables.lines("needs", needs),
                "most": [figure(value) for value in np.floor(999 / deadline[needs]) / 1000],
            },
        )


@warning
def floor_above_quantity(tables: Tables) -> Iterator[Batch]:
    """More kept at home than there is."""
    for table, amount in (("stocks", "quantity"), ("pools", "teams")):
        rows = tables.figures(table, "floor") > tables.figures(table, amount)
        if table == "stocks":
            rows &= ~tables.flags(table, "refill")
        at = where(rows)
        if len(at):
            yield Batch(
                table,
                at,
                "floor",
                "A floor of {value} keeps all {there} at home; nothing leaves.",
                "Check both figures.",
                {"there": [figure(value) for value in tables.figures(table, amount)[at]]},
            )


@warning
def less_than_a_pack(tables: Tables) -> Iterator[Batch]:
    """A ceiling below one pack, so that nothing can ever be ordered, or sent unasked."""
    for table, what, done in (
        ("sources", "A ceiling of {value} per period", "ordered"),
        ("quotas", "A quota of {value}", "sent"),
        ("blind", "A default of {value}", "sent"),
    ):
        pack = np.append(tables.figures("items", "pack"), np.nan)[tables.rows(table, "item")]
        quantity = tables.figures(table, "quantity")
        rows = where((quantity > 0) & (quantity < pack))
        if len(rows):
            yield Batch(
                table,
                rows,
                "quantity",
                f"{what} is less than one pack of {{pack}}.",
                f"Only whole packs are {done}: raise the quantity, or mend the pack of the item.",
                {"pack": [figure(value) for value in pack[rows]]},
            )


@warning
def strange_density(tables: Tables) -> Iterator[Batch]:
    """An item heavier or lighter for its volume than any thing is."""
    kg, litres = tables.figures("items", "kg"), tables.figures("items", "litres")
    with np.errstate(divide="ignore", invalid="ignore"):
        density = kg / litres
    rows = where((kg > 0) & (litres > 0) & ((density > DENSEST) | (density < LIGHTEST)))
    if len(rows):
        yield Batch(
            "items",
            rows,
            "kg",
            "{value} kg in {litres} litres per base unit is {density} kg a litre.",
            "Are these grams, or millilitres? Weight and volume are those of one base unit, not of a pack.",
            {
                "litres": [figure(value) for value in litres[rows]],
                "density": [f"{value:,.2g}" for value in density[rows]],
            },
        )


@warning
def heavy_pack(tables: Tables) -> Iterator[Batch]:
    """A pack that is heavier or larger than any vehicle carries."""
    pack = tables.figures("items", "pack")
    for column, unit, capacity in (("kg", "kg", "payload_kg"), ("litres", "litres", "volume_litres")):
        fleets = tables.figures("fleets", capacity)
        most = float(np.nanmax(fleets)) if (~np.isnan(fleets)).any() else HEAVIEST_PACK
        whole = tables.figures("items", column) * pack
        rows = where(whole > most)
        if len(rows):
            yield Batch(
                "items",
                rows,
                column,
                f"A pack of {{pack}} base units of {{value}} {unit} makes {{whole}} {unit}; the largest"
                f" vehicle carries {figure(most)}.",
                "The column counts one base unit, not a pack: check the unit, and the pack.",
                {
                    "pack": [figure(value) for value in pack[rows]],
                    "whole": [figure(value) for value in whole[rows]],
                },
            )


@warning
def idle_fleet(tables: Tables) -> Iterator[Batch]:
    """A fleet that cannot make any trip, and with it the place it serves."""
    place = tables.rows("fleets", "place")
    vehicles, hours = tables.figures("fleets", "vehicles"), tables.figures("fleets", "hours")
    works = ~((vehicles == 0) | (hours == 0))
    served = np.zeros(tables.size("places") + 1, dtype=bool)
    served[place[works]] = True
    rows = where(~works & (place >= 0) & ~served[place])
    for column, zero in (("vehicles", vehicles == 0), ("hours", (vehicles != 0) & (hours == 0))):
        at: IntArray = rows[zero[rows]]
        if len(at):
            yield Batch(
                "fleets",
                at,
                column,
                f"A fleet with no {column} makes no trip, and nothing leaves {{place}}.",
                f"Give it {column}; or take the row out: goods of a place without a fleet travel free.",
                {"place": quoted(tables.words("fleets", "place")[at])},
            )


@warning
def nothing_to_consume(tables: Tables) -> Iterator[Batch]:
    """An item that is used up, but that nobody has."""
    there = np.zeros(tables.size("items") + 1, dtype=bool)
    for table in ("stocks", "receipts", "sources"):
        there[tables.rows(table, "item")[tables.figures(table, "quantity") > 0]] = True
    item = tables.rows("consumption", "item")
    rows = where((item >= 0) & ~there[item] & (tables.figures("consumption", "quantity") > 0))
    if len(rows):
        yield Batch(
            "consumption",
            rows,
            "item",
            "No place has a stock, receipt or source of {value}, so that {what} cannot be used.",
            "Add a stock or a source, or take the row out.",
            {"what": quoted(tables.words("consumption", "what")[rows])},
        )


RULES: Final[tuple[Rule, ...]] = (
    durable_pack,
    durable_kind,
    durable_deadline,
    durable_consumed,
    late_costs_more,
    floor_above_quantity,
    less_than_a_pack,
    strange_density,
    heavy_pack,
    idle_fleet,
    nothing_to_consume,
)
