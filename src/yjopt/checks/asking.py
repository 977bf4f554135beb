"""When needs are known and asked for: channels, dates, goods sent ahead, blind places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from yjopt.checks.supplies import durable
from yjopt.checks.tables import Batch, FloatArray, IntArray, Rule, Tables, error, quoted, warning, where
from yjopt.checks.words import figure

if TYPE_CHECKING:
    from collections.abc import Iterator


def _pairs(tables: Tables, *key: str) -> tuple[IntArray, IntArray]:
    """Return the rows of ``needs`` filed on the functional channel, each with the command row of equal key."""
    channel = tables.words("needs", "channel")
    if not (channel == "functional").any():
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    good = tables.good("needs", *key) & (tables.words("needs", "place") != "")
    columns = {
        name: tables.frames["needs"][name].to_numpy()
        if name in ("period", "weight", "quantity")
        else tables.words("needs", name)
        for name in key
    }
    frame = pd.DataFrame({**columns, "row": np.arange(tables.size("needs"))})
    sides = [frame[good & (channel == one)].drop_duplicates(list(key)) for one in ("functional", "command")]
    both = sides[0].merge(sides[1], on=list(key), suffixes=("", "_command")).sort_values("row")
    return both["row"].to_numpy(dtype=np.int64), both["row_command"].to_numpy(dtype=np.int64)


@warning
def filed_twice(tables: Tables) -> Iterator[Batch]:
    """A need filed on both channels, of which the larger quantity counts once."""
    rows, command = _pairs(tables, "place", "item", "period", "weight")
    quantity = tables.figures("needs", "quantity")
    readable = ~np.isnan(quantity[rows]) & ~np.isnan(quantity[command])
    rows, command = rows[readable], command[readable]
    if len(rows):
        differs = quantity[rows] != quantity[command]
        largest = np.maximum(quantity[rows], quantity[command])
        yield Batch(
            "needs",
            rows,
            "channel",
            "The same need stands on line {line} on the channel command, {how}; {largest} count, once.",
            "Take one of the two rows out; if they are two needs, add them up in one row.",
            {
                "line": tables.lines("needs", command),
                "how": [
                    f"there with {figure(there)}, here with {figure(here)}" if one else "with as many"
                    for one, there, here in zip(differs, quantity[command], quantity[rows], strict=True)
                ],
                "largest": [figure(one) for one in largest],
            },
        )


@warning
def filed_apart(tables: Tables) -> Iterator[Batch]:
    """A need of equal quantity on both channels that counts twice, for its weights differ."""
    rows, command = _pairs(tables, "place", "item", "period", "quantity")
    weight, quantity = tables.figures("needs", "weight"), tables.figures("needs", "quantity")
    apart = (weight[rows] != weight[command]) & ~np.isnan(weight[rows]) & (quantity[rows] > 0)
    apart &= ~np.isnan(weight[command])
    # Where either is filed on the other channel with its own weight, too, the two are two needs.
    again = np.isin(rows, _pairs(tables, "place", "item", "period", "weight")[0])
    rows, command = rows[apart & ~again], command[apart & ~again]
    if len(rows):
        yield Batch(
            "needs",
            rows,
            "weight",
            "Line {line} has as many on the channel command for weight {weight}; as the weights differ, both"
            " count.",
            "If it is the same need, write the same weight, or take one row out.",
            {
                "line": tables.lines("needs", command),
                "weight": [figure(one) for one in weight[command]],
            },
        )


def _last_chance(tables: Tables) -> Iterator[tuple[str, FloatArray, str]]:
    """Yield table, the last period in which each row may be met, and what follows from knowing it later."""
    horizon = float(tables.settings["periods"])
    period = tables.figures("needs", "period")
    wait = np.nan_to_num(tables.figures("needs", "deadline"), nan=horizon)
    wait = np.where(durable(tables, "needs"), 0.0, wait)
    yield "needs", np.minimum(period + wait, horizon), "so that nobody else can be asked for it."
    for table, home, who in (("arrivals", "groups", "group"), ("contacts", "categories", "category")):
        waits = np.append(tables.figures(home, "wait"), np.nan)[tables.rows(table, who)]
        last = np.minimum(tables.figures(table, "period") + waits, horizon)
        yield table, last, "so that nobody of them is taken in."
    yield "tasks", tables.figures("tasks", "last_period"), "so that no team of others can be called."


@warning
def known_too_late(tables: Tables) -> Iterator[Batch]:
    """Something wanted that is known only after the last period in which it could be met."""
    if tables.settings["delays"] != "by_rung":
        return
    horizon = float(tables.settings["periods"])
    for table, last, end in _last_chance(tables):
        known = tables.figures(table, "known_from")
        # Dates beyond the horizon are named for that.
        rows = where((known > last) & (known <= horizon))
        if len(rows):
            yield Batch(
                table,
                rows,
                "known_from",
                f"It is known from period {{value}} on, but the last chance to meet it is period {{last}}, {end}",
                "Check the period, and how long it may wait.",
                {"last": [figure(one) for one in last[rows]]},
            )


@error
def quota_of_durable(tables: Tables) -> Iterator[Batch]:
    """Durables that are to be sent ahead."""
    rows = where(durable(tables, "quotas"))
    if len(rows):
        yield Batch(
            "quotas",
            rows,
            "item",
            "{value} is a durable, and only consumables are sent ahead.",
            "Take the row out; a durable is asked for when a need of it is known.",
        )


@warning
def sent_where_unwanted(tables: Tables) -> Iterator[Batch]:
    """Goods that may be sent, unasked, to a place that neither needs nor consumes them."""
    wanted = pd.MultiIndex.from_arrays([tables.words("needs", "place"), tables.words("needs", "item")])
    consumed = set(tables.words("consumption", "item"))
    for table in ("quotas", "blind"):
        place, item = tables.words(table, "place"), tables.words(table, "item")
        asked = pd.MultiIndex.from_arrays([place, item]).isin(wanted)
        used = np.array([word in consumed for word in item], dtype=bool)
        rows = where((tables.figures(table, "quantity") > 0) & (place != "") & (item != "") & ~asked & ~used)
        # A need whose place or item cannot be read may be the one.
        if len(rows) and tables.good("needs", "place", "item").all():
            yield Batch(
                table,
                rows,
                "item",
                "{place} neither needs nor consumes {value}, so that what is sent there unasked lies idle.",
                "Add the need, mend place and item, or take the row out.",
                {"place": quoted(place[rows])},
            )


RULES: Final[tuple[Rule, ...]] = (
    filed_twice,
    filed_apart,
    known_too_late,
    quota_of_durable,
    sent_where_unwanted,
)
