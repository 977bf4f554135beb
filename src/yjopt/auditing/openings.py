"""What every opening of a hospital or a site must be: of something that waits for it, once, in its time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from yjopt.auditing.rows import add_up

if TYPE_CHECKING:
    from yjopt.auditing.facts import Facts
    from yjopt.auditing.report import Fields, Report
    from yjopt.auditing.rows import Column, Ints, Rows


def check_opened(
    facts: Facts, rows: Rows, table: Rows, row: Ints, waits: Column, kind: str, report: Report
) -> Rows:
    """Check openings of one kind.

    Parameters
    ----------
    facts
        The scenario.
    rows
        Openings of this kind.
    table
        The table of what may be opened, with ``place`` and ``setup``.
    row : int array, shape (openings,)
        Row of the table that each opens; below 0 for none.
    waits : bool array, shape (table,)
        Whether a row of the table is used only once it is opened.
    kind
        The word for it in messages.
    report
        Takes what is wrong.

    Returns
    -------
    Rows
        Those known, with ``row``.
    """
    known = (row >= 0) & (rows["class"] < 0) & (rows["level"] == 0)
    if len(table):
        known &= waits[row]
    report.check(
        "opening_unknown",
        "openings",
        known,
        f"{{place}} is no {kind} to be opened, or has no level and class.",
        place=("place", rows["place"]),
        period=rows["decided"],
    )
    rows = rows.plus(row=row).keep(known)
    row = rows["row"]
    at: Fields = {"place": ("place", rows["place"]), "period": rows["decided"]}
    many = add_up(len(table), row, np.ones(len(rows), dtype=np.int64))
    report.check(
        "opening_twice",
        "openings",
        many[row] == 1,
        f"The {kind} {{place}} is opened {{many}} times.",
        many=many[row],
        **at,
    )
    first = rows["decided"] + facts.setup(table["setup"])[row]
    report.check(
        "opening_first",
        "openings",
        (rows["first"] == first) & (first <= facts.horizon),
        f"The {kind} {{place}} decided in period {{period}} is ready in {{right}}, not {{said}}.",
        right=first,
        said=rows["first"],
        **at,
    )
    report.check(
        "opening_last",
        "openings",
        rows["last"] == facts.horizon,
        f"The {kind} {{place}} stays open to the end, not to {{last}}.",
        last=rows["last"],
        **at,
    )
    return rows
