"""Care groups, beds, surge and the people already there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from yjopt.checks.tables import Batch, IntArray, Rule, Tables, WordArray, error, quoted, warning, where
from yjopt.checks.words import Guesser, figure

if TYPE_CHECKING:
    from collections.abc import Iterator


def classes(tables: Tables, *names: str) -> set[str]:
    """Return the bed classes that stand in some tables."""
    return {str(word) for name in names for word in tables.words(name, "class")} - {""}


@error
def waiting_costs_more(tables: Tables) -> Iterator[Batch]:
    """A group whose waiting would cost more than losing the person."""
    late, wait = np.rint(tables.figures("groups", "late") * 1000), tables.figures("groups", "wait")
    rows = where(late * wait >= 1000)
    if len(rows):
        yield Batch(
            "groups",
            rows,
            "late",
            "{value} per period over {wait} periods of waiting costs as much as never being admitted.",
            "Write a late of at most {most}, or a shorter wait.",
            {
                "wait": [figure(value) for value in wait[rows]],
                "most": [figure(value) for value in np.floor(999 / wait[rows]) / 1000],
            },
        )


@warning
def group_without_class(tables: Tables) -> Iterator[Batch]:
    """A care group that no bed class is for."""
    served = np.zeros(tables.size("groups") + 1, dtype=bool)
    served[tables.rows("eligibility", "group")] = True
    rows = where(~served[:-1] & (tables.words("groups", "group") != ""))
    if len(rows):
        yield Batch(
            "groups",
            rows,
            "group",
            "No bed class is for the group {value}; none of its people can be admitted.",
            "Add its classes to eligibility.",
        )


@warning
def class_without_beds(tables: Tables) -> Iterator[Batch]:
    """A class in eligibility that no hospital has."""
    known = classes(tables, "beds", "surge")
    yield from _unknown(
        tables,
        "eligibility",
        "class",
        known,
        "No hospital has beds or surge of the class {value}.",
        "Add such beds, or take the row out.",
    )


@warning
def class_for_nobody(tables: Tables) -> Iterator[Batch]:
    """Beds of a class that no group may use."""
    if tables.size("eligibility"):
        known = classes(tables, "eligibility")
        for table in ("beds", "surge"):
            yield from _unknown(
                tables,
                table,
                "class",
                known,
                "No group may use beds of the class {value}.",
                "Add the class to eligibility.",
            )


def _unknown(
    tables: Tables, table: str, column: str, known: set[str], message: str, otherwise: str
) -> Iterator[Batch]:
    words = tables.words(table, column)
    rows = where(np.array([word != "" and word not in known for word in words], dtype=bool))
    if len(rows):
        yield Batch(table, rows, column, message, "{mend}", {"mend": mends(words[rows], known, otherwise)})


def mends(words: WordArray, known: set[str], otherwise: str) -> list[str]:
    """Return for every word the mend with the known word that may be meant."""
    guesser = Guesser(sorted(known))
    return [guesser.mend(word, otherwise) for word in words]


@error
def surge_levels(tables: Tables) -> Iterator[Batch]:
    """Surge levels of a hospital and class that are not 1, 2, 3 and so on."""
    frame = pd.DataFrame(
        {
            "place": tables.words("surge", "place"),
            "class": tables.words("surge", "class"),
            "level": tables.figures("surge", "level"),
        }
    )
    frame = frame[(frame["place"] != "") & (frame["class"] != "") & frame["level"].notna()].sort_values(
        ["place", "class", "level"], kind="stable"
    )
    groups = frame.drop_duplicates().groupby(["place", "class"], sort=False)
    wanted = groups.cumcount() + 1
    missing = frame.loc[wanted.index, "level"] > wanted
    # Of each hospital and class only the first level after a hole: what follows it is a consequence.
    first = frame.loc[wanted.index][missing.to_numpy()].drop_duplicates(["place", "class"]).index
    rows = first.to_numpy(dtype=np.int64)
    if len(rows):
        yield Batch(
            "surge",
            rows,
            "level",
            "The level is {value}, but there is no level {missing} of this class before it.",
            "Number the levels 1, 2, 3 without a hole, in the order of opening.",
            {"missing": wanted[first].to_numpy()},
        )


@error
def occupied_nowhere(tables: Tables) -> Iterator[Batch]:
    """People counted in beds or categories that their place does not have."""
    place, name = tables.words("occupied", "place"), tables.words("occupied", "class")
    rows = tables.once(_nowhere)
    if len(rows):
        there: dict[str, set[str]] = {}
        for one, what in _there(tables):
            there.setdefault(one, set()).add(what)
        sentences = [
            Guesser(sorted(there.get(place[row], ()))).mend(
                name[row], "Add the beds, or allow the category in site_category."
            )
            for row in rows.tolist()
        ]
        yield Batch(
            "occupied",
            rows,
            "class",
            "{place} has no beds of the class {value}, nor may it hold that category.",
            "{mend}",
            {"place": quoted(place[rows]), "mend": sentences},
        )


@error
def class_or_category(tables: Tables) -> Iterator[Batch]:
    """People of whom it cannot be said whether they lie in beds or in a site, both of one name."""
    beds = {
        pair for table in ("beds", "surge") for pair in zip(*_pair(tables, table, "class"), strict=True)
    } & set(zip(*_pair(tables, "site_category", "category"), strict=True))
    pairs = zip(*_pair(tables, "occupied", "class"), strict=True)
    rows = where(np.array([pair in beds for pair in pairs], dtype=bool))
    if len(rows):
        yield Batch(
            "occupied",
            rows,
            "class",
            "{value} is a bed class and an isolation category of this place, so these people are in either.",
            "Give the class or the category another name.",
        )


def _pair(tables: Tables, table: str, column: str) -> tuple[WordArray, WordArray]:
    return tables.words(table, "place"), tables.words(table, column)


def _there(tables: Tables) -> set[tuple[str, str]]:
    """Return the pairs of a place and a bed class or category that it has or may hold."""
    allowed = tables.flags("site_category", "allowed")
    site, category = tables.words("site_category", "place"), tables.words("site_category", "category")
    pairs = set(zip(site[allowed], category[allowed], strict=True))
    for table in ("beds", "surge"):
        pairs |= set(zip(tables.words(table, "place"), tables.words(table, "class"), strict=True))
    return pairs


def _nowhere(tables: Tables) -> IntArray:
    """Return the rows of ``occupied`` with people in a class or category that the place does not have."""
    there = _there(tables)
    place, name = tables.words("occupied", "place"), tables.words("occupied", "class")
    strange = np.array([pair not in there for pair in zip(place, name, strict=True)], dtype=bool)
    known = (tables.rows("occupied", "place") >= 0) & (name != "")
    return where(strange & known & (tables.figures("occupied", "people") > 0))


def occupancy(tables: Tables) -> pd.DataFrame:
    """Return the readable rows of ``occupied`` with people, indexed by row: place, class, period, people."""
    frame = pd.DataFrame(
        {
            "place": tables.words("occupied", "place"),
            "class": tables.words("occupied", "class"),
            "period": tables.figures("occupied", "period"),
            "people": tables.figures("occupied", "people"),
        }
    )
    good = (frame["place"] != "") & (frame["class"] != "") & frame["period"].notna() & (frame["people"] > 0)
    return frame[good]


@error
def occupied_rises(tables: Tables) -> Iterator[Batch]:
    """People already there that become more from one period to the next."""
    frame = (
        tables.once(occupancy)
        .drop_duplicates(["place", "class", "period"])
        .sort_values(["place", "class", "period"])
    )
    groups = frame.groupby(["place", "class"], sort=False)
    steady = (groups["period"].shift(fill_value=0) == frame["period"] - 1).to_numpy()
    before = np.where(steady, groups["people"].shift(fill_value=np.inf), 0)
    rises = (frame["people"].to_numpy() > before) & (frame["period"].to_numpy() > 1)
    nowhere = set(tables.once(_nowhere).tolist())
    rises &= np.array([row not in nowhere for row in frame.index], dtype=bool)
    readable = tables.good("occupied", "place", "class", "period", "people")
    if nowhere or not readable.all() or (tables.rows("occupied", "place") < 0).any():
        # A row that cannot be read, or stands for nothing, may be the very one that is missing before this.
        rises &= steady
    order = np.argsort(frame.index.to_numpy()[rises])
    rows = frame.index.to_numpy(dtype=np.int64)[rises][order]
    if len(rows):
        yield Batch(
            "occupied",
            rows,
            "people",
            "{value} people are already there in period {period}, but {before} in the period before.",
            "People already there only leave; who comes later stands in arrivals or contacts.",
            {
                "period": [figure(one) for one in frame["period"].to_numpy()[rises][order]],
                "before": [figure(one) for one in before[rises][order]],
            },
        )


@error
def beds_below_occupied(tables: Tables) -> Iterator[Batch]:
    """More people in a bed class than the hospital has beds and surge."""
    capacity: dict[tuple[str, str], float] = {}
    for table in ("beds", "surge"):
        for place, name, beds in zip(
            tables.words(table, "place"),
            tables.words(table, "class"),
            tables.figures(table, "beds"),
            strict=True,
        ):
            capacity[place, name] = capacity.get((place, name), 0.0) + beds
    frame = tables.once(occupancy)
    most = np.array(
        [capacity.get(pair, np.nan) for pair in zip(frame["place"], frame["class"], strict=True)], dtype=float
    )
    over = frame["people"].to_numpy() > most
    rows = frame.index.to_numpy(dtype=np.int64)[over]
    if len(rows):
        yield Batch(
            "occupied",
            rows,
            "people",
            "{value} people lie in {there} beds, surge counted.",
            "Count the beds they lie in as beds, or mend the number of people.",
            {"there": [figure(one) for one in most[over]]},
        )


@warning
def more_than_residents(tables: Tables) -> Iterator[Batch]:
    """More patients or contacts from a place than it has residents."""
    population = tables.figures("places", "population")
    for table in ("arrivals", "contacts"):
        place, people = tables.rows(table, "place"), np.nan_to_num(tables.figures(table, "people"))
        total = np.bincount(place[place >= 0], weights=people[place >= 0], minlength=len(population))
        over = (population > 0) & (total > population)
        rows = where(np.append(over, False)[place])
        _, first = np.unique(place[rows], return_index=True)
        rows = rows[np.sort(first)]
        if len(rows):
            yield Batch(
                table,
                rows,
                "people",
                "{place} has {population} residents, but {total} people stand in this table.",
                "Check the figures of the place, here and in places.",
                {
                    "place": quoted(tables.words(table, "place")[rows]),
                    "population": [figure(one) for one in population[place[rows]]],
                    "total": [figure(one) for one in total[place[rows]]],
                },
            )


RULES: Final[tuple[Rule, ...]] = (
    waiting_costs_more,
    group_without_class,
    class_without_beds,
    class_for_nobody,
    surge_levels,
    occupied_nowhere,
    class_or_category,
    occupied_rises,
    beds_below_occupied,
    more_than_residents,
)
