"""Figures, rows and settings that nothing reads where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from yjopt.checks.command import rows_of
from yjopt.checks.tables import Batch, Rule, Tables, warning, where

if TYPE_CHECKING:
    from collections.abc import Iterator


def _idle(tables: Tables) -> Iterator[tuple[str, str, Any, str]]:
    """Yield table, column, rows and reason of figures that no rule reads."""
    durable = tables.flags("items", "durable") | ~tables.good("items", "durable")
    rows = tables.rows("stocks", "item")
    consumed = np.append(~durable, False)[rows]
    yield (
        "stocks",
        "return_by",
        consumed & ~np.isnan(tables.figures("stocks", "return_by")),
        "only durables are given back",
    )
    lasting = np.append(tables.flags("items", "durable") & tables.good("items", "durable"), False)[rows]
    yield (
        "stocks",
        "refill",
        lasting & tables.flags("stocks", "refill"),
        "only floors of consumables are filled up",
    )
    yield (
        "items",
        "turnaround",
        ~durable & (tables.figures("items", "turnaround") > 0),
        "only durables are cleaned and used again",
    )
    split = tables.flags("categories", "split") & ~tables.flags("categories", "together")
    yield (
        "categories",
        "split",
        split & tables.good("categories", "together"),
        "only groups kept together are split",
    )
    site = tables.words("isolation_sites", "state") == "open"
    for column in ("setup", "cost", "running_cost"):
        yield (
            "isolation_sites",
            column,
            site & (tables.figures("isolation_sites", column) > 0),
            "the site is open already",
        )
    percent = tables.figures("closures", "percent")
    state = tables.words("closures", "state")
    yield (
        "closures",
        "percent",
        (percent != 200) & ~np.isnan(percent) & (state != "slowed") & (state != ""),
        "the link is not slowed",
    )
    start = ~np.isnan(tables.figures("rules", "from_period"))
    yield (
        "rules",
        "from_period",
        start & rows_of(tables, "opening_budget", "own_first", "unmet_ceiling", "backup_load"),
        "the rule holds for the whole time",
    )
    yield (
        "rules",
        "amount",
        rows_of(tables, "own_first") & (tables.figures("rules", "amount") > 0),
        "own_first has no figure",
    )
    yield (
        "rules",
        "count_upper_units",
        ~rows_of(tables, "isolation_minimum", "")
        & tables.flags("rules", "count_upper_units")
        & tables.good("rules", "count_upper_units"),
        "only a minimum of sites counts them",
    )
    designated = tables.words("facilities", "role") == "designated"
    for column in ("setup", "cost"):
        yield (
            "facilities",
            column,
            designated & (tables.figures("facilities", column) > 0),
            "a designated hospital is open already",
        )
    yield (
        "blind",
        "quantity",
        (tables.words("blind", "item") == "")
        & tables.good("blind", "item")
        & (tables.figures("blind", "quantity") > 0),
        "the row names no item",
    )
    takes = np.zeros(tables.size("places") + 1, dtype=bool)
    for table in ("needs", "tasks", "beds", "surge", "residents", "isolation_sites"):
        takes[tables.rows(table, "place", "places.place")] = True
        # A place that cannot be read may be the one.
        takes |= not tables.good(table, "place").all()
    takes[-1] = True
    yield (
        "blind",
        "place",
        ~takes[tables.rows("blind", "place")],
        "nothing is sent there, and no task is there",
    )


def _switched_off(tables: Tables) -> Iterator[tuple[str, str, Any, str]]:
    """Yield table, column, rows and reason of figures that a setting makes idle; the first row stands for all."""
    rule, direct = tables.settings["rule"], tables.settings["delays"] != "by_rung"
    asked = ~np.isnan(tables.figures("ladder", "position"))
    if rule == "flat":
        yield "ladder", "position", asked, "rule is flat, so that nobody is asked in order"
    elif not tables.settings["support.people"]:
        resource = tables.words("ladder", "resource")
        for name in ("beds", "isolation", "teams"):
            if rule != "strict" or not tables.settings[f"strict.{name}"]:
                reason = f"rule is not strict for {name}, and support.people is false"
                yield "ladder", "position", asked & (resource == name), reason
    if direct:
        reason = "delays is direct, not by_rung"
        yield "ladder", "decision_hours", tables.figures("ladder", "decision_hours") > 0, reason
        yield "quotas", "quantity", tables.figures("quotas", "quantity") > 0, reason
        for table, own in (
            ("needs", "period"),
            ("arrivals", "period"),
            ("contacts", "period"),
            ("tasks", "first_period"),
        ):
            known = tables.figures(table, "known_from")
            yield table, "known_from", ~np.isnan(known) & (known != tables.figures(table, own)), reason


@warning
def no_effect(tables: Tables) -> Iterator[Batch]:
    """A figure that nothing reads where it stands."""
    for table, column, mask, reason in _idle(tables):
        rows = where(np.asarray(mask, dtype=bool))
        if len(rows):
            yield Batch(
                table,
                rows,
                column,
                f"{{value}} has no effect: {reason}.",
                "Leave the cell blank, or mend the row.",
            )
    for table, column, mask, reason in _switched_off(tables):
        rows = where(np.asarray(mask, dtype=bool))
        if len(rows):
            yield Batch(
                table,
                rows[:1],
                column,
                f"{{value}} has no effect{_and_more(len(rows) - 1)}: {reason}.",
                "Mend the setting; or leave the column as it is, if that is meant.",
            )


def _and_more(others: int) -> str:
    return f", nor have {others:,} more rows" if others > 1 else ", nor has one more row" if others else ""


RULES: Final[tuple[Rule, ...]] = (no_effect,)
