"""Goods that occupied beds, rooms and teams at work use up: rates, and how much they will come to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from yjopt.generation.beds import CLASSES, Beds
from yjopt.generation.demand import CATEGORIES, GROUPS, ITEMS, SAMPLES_PER_HOUR, TEAM_HOURS, standing

if TYPE_CHECKING:
    from yjopt.generation.draw import Floats
    from yjopt.generation.isolation import Isolation
    from yjopt.generation.world import World

#: Base units per person in a class or category, or per team of a skill, in 24 hours.
RATES: Final = pd.DataFrame(
    [
        ("class", "ward", "suits", 0.5), ("class", "ward", "masks", 4.0),
        ("class", "icu", "suits", 2.0), ("class", "icu", "masks", 10.0),
        ("class", "makeshift", "suits", 0.3), ("class", "makeshift", "masks", 3.0),
        ("category", "close", "food", 1.0), ("category", "close", "masks", 2.0),
        ("category", "key", "food", 1.0), ("category", "key", "masks", 2.0),
        ("skill", "sampling", "tests", SAMPLES_PER_HOUR * TEAM_HOURS), ("skill", "sampling", "suits", 3.0),
        ("skill", "tracing", "masks", 10.0),
    ],
    columns=["kind", "what", "item", "quantity"],
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Use:
    """Rates, and expected use over the horizon.

    Parameters
    ----------
    table : pandas.DataFrame
        The table `consumption`.
    there : dict of str to ndarray of float, shape (places,)
        Base units per item for people there at the start.
    new : dict of str to ndarray of float, shape (places,)
        Base units per item for people and teams that the plan brings, if it serves all it has room for.
    """

    table: pd.DataFrame
    there: dict[str, Floats]
    new: dict[str, Floats]


def use(world: World, bedding: Beds | None, isolating: Isolation | None) -> Use:
    """Which rates hold between the families that are made, and what they will come to.

    Parameters
    ----------
    world : World
    bedding : Beds or None
    isolating : Isolation or None

    Returns
    -------
    Use
    """
    families = {"class": "beds", "category": "isolation", "skill": "teams"}
    held = RATES["kind"].map(lambda kind: world.links("supplies", families[kind])).to_numpy(dtype=bool)
    table = RATES[held].reset_index(drop=True)
    days = world.period_hours / 24.0
    table["quantity"] = np.where(
        table["kind"] == "skill", table["quantity"], (table["quantity"] * days).round(3)
    )
    count = len(world.facilities.places)
    items = list(ITEMS["item"])
    there = {item: np.zeros(count) for item in items}
    new = {item: np.zeros(count) for item in items}
    limit = min(1.0, world.dials.scarcity)
    for row in table.itertuples():
        item, rate, what = str(row.item), float(str(row.quantity)), str(row.what)
        if row.kind == "class" and bedding is not None:
            column = list(CLASSES).index(what)
            hospitals = world.facilities.hospitals
            there[item][hospitals] += np.ceil(bedding.occupied[:, :, column] * rate).sum(axis=1)
            fill = _fill(standing(world.demand.arrivals, GROUPS["stay"].to_numpy()).sum(axis=(0, 2)))
            new[item][hospitals] += bedding.free[:, column] * fill * limit * rate
        elif row.kind == "category" and isolating is not None:
            column = list(CATEGORIES["category"]).index(what)
            sites = world.facilities.sites
            there[item][sites] += np.ceil(isolating.inside[:, column] * rate) * world.periods
            fill = _fill(standing(world.demand.contacts, CATEGORIES["stay"].to_numpy()).sum(axis=(0, 2)))
            rooms = isolating.rooms - isolating.inside.sum(axis=1)
            new[item][sites] += rooms * CATEGORIES["share"][column] * fill * limit * rate
        elif what == "sampling":
            teams = world.demand.samples.sum(axis=1) / (SAMPLES_PER_HOUR * TEAM_HOURS)
            new[item][: world.towns] += teams * rate
        elif what == "tracing":
            new[item][: world.towns] += world.demand.tracing * world.periods * rate
    return Use(table=table, there=there, new=new)


def _fill(people: np.ndarray) -> float:
    """Periods of full use that a course of people over time amounts to."""
    return float(people.sum() / max(1, people.max()))
