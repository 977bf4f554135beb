"""People in beds or on sites, per cell and period: what families hand to staffing and consumption."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.auditing.rows import add_up, find

if TYPE_CHECKING:
    from yjopt.auditing.facts import Facts
    from yjopt.auditing.report import Fields, Report
    from yjopt.auditing.rows import Ints, Rows
    from yjopt.auditing.travel import Travel


@dataclass(frozen=True)
class Present:
    """People lying in each (place, class) or (site, category).

    Attributes
    ----------
    place, ward : int array, shape (cells,)
        The cell.
    inherited, people : int array, shape (cells, horizon + 1)
        People there at the start as the table counts them, and all people, per period (column 0 unused).
    """

    place: Ints
    ward: Ints
    inherited: Ints
    people: Ints


def inherited_in(facts: Facts, rows: Rows, key: tuple[Ints, ...]) -> Ints:
    """People there at the start per cell and period, from rows of ``occupied``."""
    cells = (len(key[0]), facts.horizon + 1)
    return add_up(cells, (find(key, rows.key("place", "class")), rows["period"]), rows["people"])


def same_period_seconds(
    facts: Facts, travel: Travel, kind: str, table: str, rows: Rows, report: Report
) -> Ints:
    """Travel times of people from ``from`` to ``to``, who must arrive in the period they leave in."""
    seconds = travel.seconds(kind, rows["period"], rows["from"], rows["to"])
    at: Fields = {"place": ("place", rows["from"]), "what": ("place", rows["to"]), "period": rows["period"]}
    report.check(
        "pair_unreachable",
        table,
        seconds >= 0,
        "{what} cannot be reached from {place} in period {period}.",
        **at,
    )
    seconds = np.maximum(seconds, 0)
    report.check(
        "same_period",
        table,
        facts.delay(seconds) == 0,
        "{what} is further from {place} than one period.",
        **at,
    )
    return seconds
