"""Time: rows within the horizon, and delays that end before it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.checks.tables import Batch, Rule, Tables, error, warning, where
from yjopt.checks.words import figure

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Columns whose periods something happens in.
HAPPENS: Final = (
    ("closures", "period"),
    ("receipts", "period"),
    ("needs", "period"),
    ("arrivals", "period"),
    ("occupied", "period"),
    ("contacts", "period"),
    ("tasks", "first_period"),
    ("tasks", "last_period"),
    ("levels", "period"),
    ("blind", "period"),
)
#: Columns with the period from which something holds or may be used.
BEGINS: Final = (
    ("stocks", "return_by"),
    ("sources", "first_period"),
    ("beds", "opening"),
    ("rules", "from_period"),
    ("needs", "known_from"),
    ("arrivals", "known_from"),
    ("contacts", "known_from"),
    ("tasks", "known_from"),
    ("quotas", "clear_by"),
)
#: Columns with a delay, and the hours of its unit (0: periods).
DELAYS: Final = (
    ("stocks", "release_hours", "leaves the place"),
    ("sources", "lead_hours", "arrives"),
    ("surge", "setup", "is ready"),
    ("isolation_sites", "setup", "is ready"),
    ("pools", "callup_hours", "sets out"),
    ("facilities", "setup", "is ready"),
    ("ladder", "decision_hours", "comes"),
)


@error
def beyond_horizon(tables: Tables) -> Iterator[Batch]:
    """A row in a period after the last one."""
    horizon = float(tables.settings["periods"])
    for table, column in HAPPENS:
        rows = where(tables.figures(table, column) > horizon)
        if len(rows):
            yield Batch(
                table,
                rows,
                column,
                f"The last period is {figure(horizon)}, but this row stands in period {{value}}.",
                "Raise periods in the settings, or take the row out.",
            )


@warning
def begins_after_horizon(tables: Tables) -> Iterator[Batch]:
    """Something that begins only after the last period."""
    horizon = float(tables.settings["periods"])
    for table, column in BEGINS:
        rows = where(tables.figures(table, column) > horizon)
        if len(rows):
            yield Batch(
                table,
                rows,
                column,
                f"The last period is {figure(horizon)}, so that {column} {{value}} is never reached.",
                "Check the period; as it is, this has no effect.",
            )


@warning
def never_ready(tables: Tables) -> Iterator[Batch]:
    """A delay as long as the whole horizon."""
    horizon = float(tables.settings["periods"])
    # A static plan is asked what can be had at once; that much cannot is its point, not a slip.
    if tables.settings["ignore_delays"] or horizon == 1:
        return
    hours = float(tables.settings["period_hours"])
    for table, column, what in DELAYS:
        delay = tables.figures(table, column)
        periods = np.floor(delay / hours) if column.endswith("hours") else delay
        rows = periods >= horizon
        if table == "isolation_sites":
            rows &= tables.words(table, "state") == "candidate"
        if table == "facilities":
            rows &= tables.words(table, "role") != "designated"
        if table == "ladder":
            rows &= tables.settings["delays"] == "by_rung"
        at = where(rows)
        if len(at):
            unit = "hours" if column.endswith("hours") else "periods"
            yield Batch(
                table,
                at,
                column,
                f"With {{delay}} {unit} nothing of this row {what} within the {figure(horizon)} periods.",
                "Check the unit and the figure; as it is, the row has no effect.",
                {"delay": [figure(one) for one in delay[at]]},
            )


RULES: Final[tuple[Rule, ...]] = (beyond_horizon, begins_after_horizon, never_ready)
