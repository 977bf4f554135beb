"""Figures as a whole: rows that are the sum of others, and numbers too far apart for one plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from yjopt.checks.tables import (
    Batch,
    BoolArray,
    FloatArray,
    IntArray,
    Rule,
    Tables,
    error,
    quoted,
    warning,
    where,
)
from yjopt.checks.words import figure, folded

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Amounts by place, with the columns that say what is counted.
AMOUNTS: Final = (
    ("places", "population", ()),
    ("stocks", "quantity", ("item", "kind")),
    ("needs", "quantity", ("item", "period")),
    ("arrivals", "people", ("group", "period")),
    ("contacts", "people", ("category", "period")),
    ("beds", "beds", ("class",)),
    ("isolation_sites", "rooms", ()),
    ("occupied", "people", ("class", "period")),
)
#: Words by which people mark a row of totals.
TOTALS: Final = ("total", "sum", "all", "us", "world", "合计", "总计", "小计", "全市", "全省", "全国", "汇总")
#: Numbers of one column further apart than this drown the small ones in a solver's tolerance.
WIDEST: Final = 1e6
#: Figures that add up to less may equal a sum of others by chance.
NO_CHANCE: Final = 100
#: Quanta of a stage that a 64-bit integer holds, with room for the sums of other stages.
MOST_QUANTA: Final = 4e18
WEIGHTS: Final = (("needs", "weight"), ("groups", "weight"), ("categories", "weight"), ("tasks", "weight"))
#: Columns whose figures are compared with each other only: a mask and a ward cost what they cost.
MEASURES: Final = (
    ("items", "kg"),
    ("items", "litres"),
    ("sources", "cost"),
    ("surge", "cost"),
    ("isolation_sites", "cost"),
    ("consumption", "quantity"),
    ("skills", "productivity"),
)


@warning
def sum_row(tables: Tables) -> Iterator[Batch]:
    """A place whose figures are the sums of all the others'."""
    names = tables.words("places", "place")
    labels = tables.words("places", "name")
    called = np.array(
        [_total(one) or _total(other) for one, other in zip(names, labels, strict=True)], dtype=bool
    )
    for table, amount, what in AMOUNTS:
        if table == "places":
            place = np.where(names != "", np.arange(len(names)), -1)
        else:
            place = tables.rows(table, "place")
        thing = np.zeros(len(place), dtype=np.int64)
        for column in what:
            codes, distinct = pd.factorize(tables.frames[table][column].to_numpy())
            thing, _ = pd.factorize(thing * (len(distinct) + 1) + codes)
        amounts = tables.figures(table, amount)
        counts = (place >= 0) & (amounts > 0)
        total = _totals(place[counts], thing[counts], amounts[counts], called)
        rows = where(counts & np.append(total, False)[place])
        _, first = np.unique(place[rows], return_index=True)
        rows = rows[np.sort(first)]
        if len(rows):
            yield Batch(
                table,
                rows,
                amount,
                "{value} is the sum over all other places; does {place} stand for all of them?",
                "Take rows of totals out: yjopt would plan for them a second time.",
                {"place": quoted(names[place[rows]])},
            )


def _total(word: str) -> bool:
    return folded(word) in TOTALS


def _totals(place: IntArray, thing: IntArray, amount: FloatArray, called: BoolArray) -> BoolArray:
    """Return which places have half of everything of each thing they have, and that by no accident.

    One such sum over two others, or of a handful of people, may be chance; a hundred or more over three others,
    or in two things, or under the name of a total is none.
    """
    places = len(called)
    if not len(place):
        return np.zeros(places, dtype=bool)
    things = int(thing.max()) + 1
    pairs, at = np.unique(place * things + thing, return_inverse=True)
    own = np.bincount(at, weights=amount)
    place, thing = pairs // things, pairs % things
    everything = np.bincount(thing, weights=own, minlength=things)[thing]
    others = np.bincount(thing, minlength=things)[thing] - 1
    half = (2 * own == everything) & (others > 1)
    sums, had = np.bincount(place[half], minlength=places), np.bincount(place, minlength=places)
    many = np.zeros(places, dtype=bool)
    many[place[others > 2]] = True
    enough = np.bincount(place, weights=own, minlength=places) >= NO_CHANCE
    total: BoolArray = (had > 0) & (sums == had) & (((had > 1) | many) & enough | called)
    return total


@warning
def wide_range(tables: Tables) -> Iterator[Batch]:
    """Weights, costs or measures more than a million times apart."""
    for columns in (WEIGHTS, *((one,) for one in MEASURES)):
        values: list[FloatArray] = [_where_used(tables, table, column) for table, column in columns]
        joined = np.concatenate(values)
        positive = joined[joined > 0]
        if not len(positive) or positive.max() <= WIDEST * positive.min():
            continue
        # Most figures are right: the odd one is the end that lies further from the middle.
        middle = np.median(positive)
        odd = positive.max() if positive.max() / middle >= middle / positive.min() else positive.min()
        other = positive.min() if odd == positive.max() else positive.max()
        for (table, column), one in zip(columns, values, strict=True):
            rows = where(one == odd)[:1]
            if len(rows):
                yield Batch(
                    table,
                    rows,
                    column,
                    "{value} and {other} at the other end are more than a million times apart.",
                    "Check the unit of both; so far apart, the small one hardly counts in a plan.",
                    {"other": figure(float(other))},
                )
                break


def _where_used(tables: Tables, table: str, column: str) -> FloatArray:
    """Return a column without zeros."""
    values = tables.figures(table, column)
    return np.where(values > 0, values, np.nan)


def _worth(tables: Tables) -> Iterator[tuple[str, str, FloatArray, float]]:
    """Yield table, column, what each row can count for in a stage, and how much of that 64 bits can hold."""
    periods = float(tables.settings["periods"])
    group, category = tables.rows("arrivals", "group"), tables.rows("contacts", "category")
    group_weight = np.append(tables.figures("groups", "weight"), np.nan)[group]
    stay = np.append(tables.figures("categories", "weight") * tables.figures("categories", "stay"), np.nan)[
        category
    ]
    often = np.where(tables.words("tasks", "measure") == "teams", periods, 1.0)
    people, money = MOST_QUANTA / 1e6, MOST_QUANTA / 100
    needs = tables.figures("needs", "quantity") * tables.figures("needs", "weight")
    arrivals = tables.figures("arrivals", "people") * group_weight
    contacts = tables.figures("contacts", "people") * stay
    tasks = tables.figures("tasks", "amount") * tables.figures("tasks", "weight") * often
    yield "needs", "quantity", needs, people
    yield "arrivals", "people", arrivals, people
    yield "contacts", "people", contacts, people
    yield "tasks", "amount", tasks, people
    # A soft rule counts what is short of it: teams in every period, or all that a ceiling is above.
    rule, weight = tables.words("rules", "rule"), tables.figures("rules", "weight")
    all_people = float(np.nansum(arrivals) + np.nansum(contacts) + np.nansum(tasks))
    everything = np.where(tables.words("rules", "what") == "goods", float(np.nansum(needs)), all_people)
    short = np.where(rule == "mobile_quota", tables.figures("rules", "amount") * periods, np.nan)
    yield "rules", "weight", np.where(rule == "unmet_ceiling", everything, short) * weight, MOST_QUANTA / 1e3
    ordered = tables.figures("sources", "quantity") * periods
    yield "sources", "quantity", ordered * tables.figures("sources", "cost"), money


@error
def too_large_in_all(tables: Tables) -> Iterator[Batch]:
    """Amounts times weights, or costs, that add up to more than can be counted exactly."""
    for table, column, worth, most in _worth(tables):
        total = float(np.nansum(worth))
        if total > most:
            yield Batch(
                table,
                np.array([np.nanargmax(worth)]),
                column,
                f"All rows of {table} together count up to {total:.1e}, but only {most:.1e} can be counted"
                " exactly; this row counts most.",
                "Check the figures of this row, or write smaller weights or a larger unit throughout.",
            )


RULES: Final[tuple[Rule, ...]] = (sum_row, wide_range, too_large_in_all)
