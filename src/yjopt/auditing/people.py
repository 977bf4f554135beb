"""People in beds or on sites, per cell and period: what families hand to staffing and consumption."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.auditing.rows import add_up, find

if TYPE_CHECKING:
    from yjopt.auditing.command import Command
    from yjopt.auditing.facts import Facts
    from yjopt.auditing.report import Fields, Report
    from yjopt.auditing.rows import Column, Ints, Rows
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


@dataclass(frozen=True)
class Staff:
    """Members of staff in hundredths, beyond what occupied beds and rooms need.

    Attributes
    ----------
    key : tuple of int array
        The (place, skill) cells.
    spare : int array, shape (cells, periods + 1)
        Negative where people already there want more than are there.
    """

    key: tuple[Ints, ...]
    spare: Column


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


def check_known(
    command: Command, resource: str, rows: Rows, known: Column, seconds: Column, report: Report
) -> None:
    """With decisions by rung, people are taken in only once they are known, it is decided, and they are there."""
    facts = command.facts
    if not facts.by_rung:
        return
    unit = facts["places"]["unit"]
    taker, giver = unit[rows["from"]], unit[rows["to"]]
    decision = command.seconds(resource, command.step(giver, taker), taker, giver)
    first = known + facts.delay(seconds + decision)
    report.check(
        "known_people",
        "admissions" if resource == "beds" else "isolations",
        rows["period"] >= first,
        "People from {place} go to {what} in period {period}; with the decision they can go from {first} on.",
        place=("place", rows["from"]),
        what=("place", rows["to"]),
        period=rows["period"],
        first=first,
        amount=first - rows["period"],
    )
