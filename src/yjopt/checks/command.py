"""Rules with figures: whole amounts, known categories, minimums and budgets that can hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.checks.people import mends
from yjopt.checks.tables import Batch, BoolArray, IntArray, Rule, Tables, error, quoted, warning, where
from yjopt.checks.tree import inside, sound
from yjopt.checks.words import figure, listed

if TYPE_CHECKING:
    from collections.abc import Iterator


#: Rules that always hold, for their whole area and everything in it.
NEVER_SOFT: Final = ("opening_budget", "transfer_budget", "own_first", "backup_load")
#: What each rule that counts in whole numbers counts.
COUNTED: Final = {"isolation_minimum": "sites", "transfer_budget": "people", "mobile_quota": "teams"}


def rows_of(tables: Tables, *names: str) -> BoolArray:
    """Return which rows of ``rules`` are of these rules."""
    mask: BoolArray = np.isin(tables.words("rules", "rule").astype(str), names)
    return mask


@error
def amount_not_whole(tables: Tables) -> Iterator[Batch]:
    """A rule that counts sites, people or teams by halves."""
    amount = tables.figures("rules", "amount")
    rows = where(rows_of(tables, *COUNTED) & (amount != np.floor(amount)) & ~np.isnan(amount))
    if len(rows):
        unit = [COUNTED[one] for one in tables.words("rules", "rule")[rows]]
        yield Batch(
            "rules",
            rows,
            "amount",
            "{value} {unit} cannot be counted.",
            "Write a whole number.",
            {"unit": unit},
        )


@error
def minimum_without_category(tables: Tables) -> Iterator[Batch]:
    """A minimum of isolation sites for no category, or for one that does not exist."""
    index, _ = tables.known("categories", "category")
    what = tables.words("rules", "what")
    minimum = rows_of(tables, "isolation_minimum") & tables.good("rules", "what")
    rows = where(minimum & ~np.array([word in index for word in what], dtype=bool))
    if len(rows):
        yield Batch(
            "rules",
            rows,
            "what",
            "{value} is no category of the table categories.",
            "{mend}",
            {"mend": mends(what[rows], set(index), "Name the category whose sites are counted.")},
        )


@error
def budget_with_what(tables: Tables) -> Iterator[Batch]:
    """A budget, own_first or backup_load with an object; what must be blank."""
    rows = where(rows_of(tables, *NEVER_SOFT) & (tables.words("rules", "what") != ""))
    if len(rows):
        yield Batch(
            "rules",
            rows,
            "what",
            "The rule holds for its whole area; {value} must be blank.",
            "Leave what blank.",
        )


@error
def soft_budget(tables: Tables) -> Iterator[Batch]:
    """A budget, own_first or backup_load that is not hard."""
    soft = ~tables.flags("rules", "hard") & tables.good("rules", "hard")
    rows = where(rows_of(tables, *NEVER_SOFT) & soft)
    if len(rows):
        yield Batch(
            "rules",
            rows,
            "hard",
            "The rule always holds and cannot be soft.",
            "Write true, mend the amount, or take the row out.",
        )


def areas_of(tables: Tables, rows: IntArray) -> list[str]:
    """Return the areas of rules with the names that people know them by."""
    names = tables.words("areas", "name")[tables.rows("rules", "area")[rows]]
    ids = quoted(tables.words("rules", "area")[rows])
    return [f"{one} ({name})" if name else one for one, name in zip(ids, names, strict=True)]


class Minimum:
    """One row of ``isolation_minimum`` that can be judged: the sites that count, and by when."""

    def __init__(self, tables: Tables, row: int, sites: IntArray) -> None:
        self.row = row
        self.area = int(tables.rows("rules", "area")[row])
        self.amount = float(tables.figures("rules", "amount")[row])
        self.sites = sites
        candidate = tables.words("isolation_sites", "state")[sites] == "candidate"
        setup = np.nan_to_num(tables.figures("isolation_sites", "setup")[sites])
        waits = 0.0 if tables.settings["ignore_delays"] else setup
        #: First period in which each site can be used.
        self.ready = np.where(candidate, 1 + waits, 1.0)
        self.candidate = candidate
        start = tables.figures("rules", "from_period")[row]
        #: First period in which the rule holds.
        self.start = float(start if not np.isnan(start) else self.ready.min(initial=np.inf))
        if not len(sites):
            self.start = 1.0 if np.isnan(start) else float(start)


def minimums(tables: Tables) -> list[Minimum]:
    """Return the readable rows of ``isolation_minimum`` with the sites that count for each."""
    if not sound(tables):
        return []
    good = tables.good("rules", "rule", "area", "what", "amount", "from_period", "count_upper_units")
    rows = where(rows_of(tables, "isolation_minimum") & good & (tables.rows("rules", "area") >= 0))
    rows = rows[tables.rows("rules", "what", "categories.category")[rows] >= 0]
    site = tables.rows("isolation_sites", "place")
    lies = np.append(tables.rows("places", "area"), -1)[site]
    run = np.append(tables.rows("places", "unit"), -1)[site]
    allowed = tables.flags("site_category", "allowed")
    holder, holds = tables.rows("site_category", "place"), tables.words("site_category", "category")
    rooms = tables.good("isolation_sites", "place")
    found = []
    for row in rows.tolist():
        area = int(tables.rows("rules", "area")[row])
        counts = inside(tables, lies, area) & rooms
        if not tables.flags("rules", "count_upper_units")[row]:
            counts &= inside(tables, run, area)
        may = np.unique(holder[allowed & (holds == tables.words("rules", "what")[row]) & (holder >= 0)])
        found.append(Minimum(tables, row, np.intersect1d(where(counts), may)))
    return found


@warning
def minimum_cannot_hold(tables: Tables) -> Iterator[Batch]:
    """More sites demanded of an area than it has that may hold the category by then."""
    horizon = float(tables.settings["periods"])
    short = []
    for minimum in tables.once(minimums):
        there = int((minimum.ready <= minimum.start).sum())
        if minimum.start <= horizon and there < minimum.amount:
            short.append((minimum, there))
    if not short:
        return
    rows = np.array([minimum.row for minimum, _ in short], dtype=np.int64)
    hard = tables.flags("rules", "hard")[rows]
    end = np.where(
        hard, "the rule is hard, so there is no plan.", "the rule is soft, so what is short is counted."
    )
    late = [
        "" if len(minimum.sites) == there else f" ({len(minimum.sites) - there} more only later)"
        for minimum, there in short
    ]
    yield Batch(
        "rules",
        rows,
        "amount",
        "{area} must have {amount} site(s) for {what} from period {start}, but only {there} can hold it by"
        " then{late}; {end}",
        "Name more sites in site_category, start later, count_upper_units, or lower the amount.",
        {
            "area": areas_of(tables, rows),
            "what": quoted(tables.words("rules", "what")[rows]),
            "amount": [figure(minimum.amount) for minimum, _ in short],
            "start": [figure(minimum.start) for minimum, _ in short],
            "there": [there for _, there in short],
            "late": late,
            "end": end.tolist(),
        },
    )


@warning
def minimums_clash(tables: Tables) -> Iterator[Batch]:
    """Minimums of several categories in one area that together need more sites than it has."""
    by_area: dict[int, list[Minimum]] = {}
    for minimum in tables.once(minimums):
        by_area.setdefault(minimum.area, []).append(minimum)
    for together in by_area.values():
        sites = np.unique(np.concatenate([minimum.sites for minimum in together]))
        wanted = sum(minimum.amount for minimum in together)
        alone = all(len(minimum.sites) >= minimum.amount for minimum in together)
        if len(together) > 1 and alone and wanted > len(sites):
            row = max(minimum.row for minimum in together)
            names = tables.words("rules", "what")[[minimum.row for minimum in together]]
            yield Batch(
                "rules",
                np.array([row]),
                "amount",
                "{area} must have {wanted} sites for {names} together, but only {there} can count, for a site"
                " holds one category at a time.",
                "Name more sites in site_category, or lower an amount.",
                {
                    "area": areas_of(tables, np.array([row]))[0],
                    "wanted": figure(wanted),
                    "names": listed(names),
                    "there": len(sites),
                },
            )


@warning
def budget_below_minimum(tables: Tables) -> Iterator[Batch]:
    """A hard minimum of sites that costs more to open than the budget allows."""
    cost = tables.figures("isolation_sites", "cost")
    budget_rows = where(rows_of(tables, "opening_budget") & (tables.rows("rules", "area") >= 0))
    for minimum in tables.once(minimums):
        missing = int(minimum.amount - (~minimum.candidate).sum())
        prices = np.sort(np.nan_to_num(cost[minimum.sites[minimum.candidate]]))
        if not tables.flags("rules", "hard")[minimum.row] or missing <= 0 or len(prices) < missing:
            continue
        least = float(prices[:missing].sum())
        for row in budget_rows.tolist():
            above = int(tables.rows("rules", "area")[row])
            amount = float(tables.figures("rules", "amount")[row])
            if least > amount and inside(tables, np.array([minimum.area]), above)[0]:
                yield Batch(
                    "rules",
                    np.array([row]),
                    "amount",
                    "The sites that line {line} demands cost at least {least} yuan to open, but the budget is"
                    " {amount}; there is no plan.",
                    "Raise the budget, lower the minimum, or make it soft.",
                    {
                        "line": tables.line("rules", minimum.row),
                        "least": figure(least),
                        "amount": figure(amount),
                    },
                )


RULES: Final[tuple[Rule, ...]] = (
    amount_not_whole,
    minimum_without_category,
    budget_with_what,
    soft_budget,
    minimum_cannot_hold,
    minimums_clash,
    budget_below_minimum,
)
