"""Isolation categories, sites and groups of contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.checks.people import occupancy
from yjopt.checks.tables import Batch, Rule, Tables, error, quoted, warning, where
from yjopt.checks.words import figure

if TYPE_CHECKING:
    from collections.abc import Iterator


@error
def wait_not_below_stay(tables: Tables) -> Iterator[Batch]:
    """A category whose people may wait as long as they stay."""
    wait, stay = tables.figures("categories", "wait"), tables.figures("categories", "stay")
    rows = where(wait >= stay)
    if len(rows):
        yield Batch(
            "categories",
            rows,
            "wait",
            "People may wait {value} periods, but their isolation lasts {stay}.",
            "Waiting shortens the stay: write a wait below the stay.",
            {"stay": [figure(one) for one in stay[rows]]},
        )


@warning
def site_without_category(tables: Tables) -> Iterator[Batch]:
    """A site that may hold no category."""
    allowed = tables.flags("site_category", "allowed") | ~tables.good("site_category", "allowed")
    holds = np.zeros(tables.size("isolation_sites") + 1, dtype=bool)
    holds[tables.rows("site_category", "place")[allowed]] = True
    rows = where(~holds[:-1] & tables.good("isolation_sites", "place"))
    if len(rows):
        yield Batch(
            "isolation_sites",
            rows,
            "place",
            "The site {value} may hold no category and stays empty.",
            "Add a row for it to site_category.",
        )


@warning
def group_too_large(tables: Tables) -> Iterator[Batch]:
    """A group kept together that is larger than every site of its category, and may not be split."""
    category = tables.rows("contacts", "category")
    rooms = np.append(tables.figures("isolation_sites", "rooms"), np.nan)[
        tables.rows("site_category", "place")
    ]
    holds = tables.flags("site_category", "allowed") & (rooms >= 0)
    largest = np.full(tables.size("categories") + 1, -1.0)
    np.maximum.at(largest, tables.rows("site_category", "category")[holds], rooms[holds])
    whole = tables.flags("categories", "together") & ~tables.flags("categories", "split")
    people = tables.figures("contacts", "people")
    rows = where(
        np.append(whole, False)[category]
        & (people > largest[category])
        & (largest[category] >= 0)
        & (category >= 0)
    )
    if len(rows):
        yield Batch(
            "contacts",
            rows,
            "people",
            "A group of {value} goes to one site, but the largest site of {what} has {rooms} rooms.",
            "Set split of the category to true, or enter smaller groups.",
            {
                "what": quoted(tables.words("contacts", "category")[rows]),
                "rooms": [figure(one) for one in largest[category[rows]]],
            },
        )


@error
def two_categories(tables: Tables) -> Iterator[Batch]:
    """People of two categories at one site in one period."""
    frame = tables.once(occupancy)
    rows = frame.index.to_numpy()
    site = (tables.rows("occupied", "place", "isolation_sites.place")[rows] >= 0) & (
        tables.rows("occupied", "class", "categories.category")[rows] >= 0
    )
    frame = frame[site]
    first = frame.groupby(["place", "period"], sort=False)["class"].transform("first")
    mixed = (frame["class"] != first).to_numpy(dtype=bool)
    at = frame.index.to_numpy(dtype=np.int64)[mixed]
    if len(at):
        yield Batch(
            "occupied",
            at,
            "class",
            "In period {period} {place} already holds {first}, and now {value} too.",
            "A site holds one category in a period: mend the category, or the place.",
            {
                "period": [figure(one) for one in frame["period"].to_numpy()[mixed]],
                "place": quoted(frame["place"].to_numpy()[mixed]),
                "first": quoted(first.to_numpy()[mixed]),
            },
        )


@error
def occupied_candidate(tables: Tables) -> Iterator[Batch]:
    """People at a site that is not open yet."""
    site = tables.rows("occupied", "place", "isolation_sites.place")
    candidate = np.append(tables.words("isolation_sites", "state") == "candidate", False)[site]
    category = tables.rows("occupied", "class", "categories.category") >= 0
    rows = where(candidate & category & (tables.figures("occupied", "people") > 0))
    if len(rows):
        yield Batch(
            "occupied",
            rows,
            "place",
            "{value} is a candidate site, so nobody can be there.",
            "Set its state to open, or mend the place.",
        )


@warning
def rooms_below_occupied(tables: Tables) -> Iterator[Batch]:
    """More people at a site than it has rooms."""
    site = tables.rows("occupied", "place", "isolation_sites.place")
    rooms = np.append(tables.figures("isolation_sites", "rooms"), np.nan)[site]
    category = tables.rows("occupied", "class", "categories.category") >= 0
    rows = where(category & (tables.figures("occupied", "people") > rooms))
    if len(rows):
        yield Batch(
            "occupied",
            rows,
            "people",
            "{value} people are in {rooms} rooms.",
            "Check both figures; what is above the rooms is counted as an exception.",
            {"rooms": [figure(one) for one in rooms[rows]]},
        )


RULES: Final[tuple[Rule, ...]] = (
    wait_not_below_stay,
    site_without_category,
    group_too_large,
    two_categories,
    occupied_candidate,
    rooms_below_occupied,
)
