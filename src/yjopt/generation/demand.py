"""What the epidemic asks for: patients, people to isolate, goods, samples, tracing; and the catalogues."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from yjopt.generation.draw import Floats, Ints, stream, whole

if TYPE_CHECKING:
    from yjopt.generation.dials import Dials
    from yjopt.generation.epidemic import Epidemic
    from yjopt.generation.geography import Geography

#: Care groups: share of cases, periods in bed, periods of waiting, weight of one never admitted, lateness.
GROUPS: Final = pd.DataFrame({
    "group": ["mild", "moderate", "severe", "critical"],
    "share": [0.80, 0.15, 0.04, 0.01],
    "stay": [8, 12, 16, 20],
    "wait": [2, 2, 1, 0],
    "weight": [4.0, 10.0, 40.0, 100.0],
    "late": [0.1, 0.1, 0.2, 0.2],
})  # fmt: skip
#: Bed classes a group may use and how much further it would rather travel.
ELIGIBILITY: Final = pd.DataFrame({
    "group": ["mild", "mild", "moderate", "moderate", "severe", "severe", "critical"],
    "class": ["makeshift", "ward", "ward", "makeshift", "icu", "ward", "icu"],
    "penalty": [0.0, 30.0, 0.0, 60.0, 0.0, 90.0, 0.0],
})  # fmt: skip
#: Isolation categories: share of the people to isolate, stay, waiting, weight of a person and period without.
CATEGORIES: Final = pd.DataFrame({
    "category": ["close", "key"],
    "share": [0.7, 0.3],
    "stay": [14, 7],
    "wait": [2, 2],
    "weight": [0.2, 0.1],
})  # fmt: skip
#: Supplies: base unit, pack, kilograms and litres of a base unit, weight of one unmet, lateness, deadline.
ITEMS: Final = pd.DataFrame({
    "item": ["food", "masks", "suits", "medicine", "tests", "ventilators"],
    "unit": ["person-day", "piece", "set", "course", "test", "unit"],
    "pack": [50, 1000, 20, 10, 200, 1],
    "kg": [2.0, 0.004, 0.5, 0.3, 0.02, 20.0],
    "litres": [6.0, 0.03, 4.0, 0.8, 0.1, 100.0],
    "durable": [False, False, False, False, False, True],
    "turnaround": [0, 0, 0, 0, 0, 0],
    "late": [0.3, 0.1, 0.1, 0.1, 0.1, 0.0],
    "weight": [1.0, 0.02, 2.0, 5.0, 0.2, 50.0],
    "deadline": [1, 2, 2, 3, 2, -1],
})  # fmt: skip
#: People isolated in a site per case: between these many contacts, of whom so many stay at home.
CONTACTS, AT_HOME = (10.0, 30.0), 0.5
#: Largest group that goes to one site together: a quarter of the rooms of a middling site.
LARGEST_GROUP = 45
#: Kilograms of living goods a locked-down person takes in a day; payload against which the load dial is read.
LIVING_KG, TRUCK_KG = 2.0, 5000.0
#: Depots that serve a town at the same time (mean), to turn the load of a pair into that of a town.
PAIRS_PER_TOWN = 1.3
#: People a sampling team takes samples from in an hour, and its hours in a period.
SAMPLES_PER_HOUR, TEAM_HOURS = 80.0, 8.0
#: Share of towns where everyone locked down is sampled.
SAMPLED = 0.4
#: Contacts one tracing team follows in a period.
TRACED = 15.0


@dataclass(frozen=True, kw_only=True)
class Demand:
    """Demand of the towns, as arrays.

    Parameters
    ----------
    arrivals : ndarray of int64, shape (towns, periods, groups)
    contacts : ndarray of int64, shape (towns, periods, categories)
    not_isolated : int
        Contacts above the largest group, who are taken to stay at home.
    locked : ndarray of int64, shape (towns, periods)
        People locked down.
    goods : dict of str to ndarray of int64, shape (towns, periods)
        Base units of each consumable.
    samples : ndarray of int64, shape (towns, windows)
        People to sample in each window.
    windows : ndarray of int64, shape (windows, 2)
        First and last period.
    tracing : ndarray of int64, shape (towns,)
        Tracing teams wanted in every period.
    load : float
        Five-ton loads of living goods a day per town and pair, median.
    """

    arrivals: Ints
    contacts: Ints
    not_isolated: int
    locked: Ints
    goods: dict[str, Ints]
    samples: Ints
    windows: Ints
    tracing: Ints
    load: float


def demand(geography: Geography, outbreak: Epidemic, dials: Dials, period_hours: float, seed: int) -> Demand:
    """Turn cases into what each family has to serve.

    Parameters
    ----------
    geography : Geography
    outbreak : Epidemic
    dials : Dials
    period_hours : float
    seed : int

    Returns
    -------
    Demand
    """
    cases = outbreak.cases
    towns, periods = cases.shape
    arrivals = stream(seed, "patients").multinomial(cases, GROUPS["share"].to_numpy())
    contacts, left = _contacts(cases, stream(seed, "contacts"))

    rng = stream(seed, "goods")
    days = period_hours / 24.0
    share, load = _locked_share(geography, outbreak, dials.load, days, rng)
    starts = np.where(rng.random(towns) < 0.7, 1, rng.integers(1, max(2, periods // 2 + 1), towns))
    starts[outbreak.sealed] = 1
    under = np.arange(1, periods + 1)[None, :] >= starts[:, None]
    locked = np.round(geography.population * share).astype(np.int64)[:, None] * under
    goods = _goods(locked, cases, days, rng)

    first = np.array([1]) if periods < 4 else np.array([1, periods // 2 + 1])
    windows = np.column_stack((first, np.append(first[1:] - 1, periods)))
    sampled = np.argsort(-outbreak.intensity, kind="stable")[: max(1, round(SAMPLED * towns))]
    samples = np.zeros((towns, len(windows)), dtype=np.int64)
    samples[sampled] = locked[sampled][:, windows[:, 1] - 1]
    daily = contacts.sum(axis=(1, 2)) / periods
    tracing = np.ceil(daily / TRACED).astype(np.int64)
    return Demand(
        arrivals=arrivals, contacts=contacts, not_isolated=left, locked=locked, goods=goods, samples=samples,
        windows=windows, tracing=tracing, load=load,
    )  # fmt: skip


def standing(arriving: Ints, stay: Ints) -> Ints:
    """People there in each period if everyone comes at once and stays `stay` periods.

    Parameters
    ----------
    arriving : ndarray of int64, shape (places, periods, kinds)
    stay : ndarray of int64, shape (kinds,)

    Returns
    -------
    ndarray of int64, shape of `arriving`
    """
    total: Ints = np.cumsum(arriving, axis=1)
    for kind, length in enumerate(stay):
        left = np.cumsum(arriving[:, :, kind], axis=1)[:, : max(0, total.shape[1] - length)]
        total[:, length:, kind] -= left
    return total


def _contacts(cases: Ints, rng: np.random.Generator) -> tuple[Ints, int]:
    """Contacts to isolate by town, period and category; and those above the largest group in the end."""
    towns, periods = cases.shape
    per_case = rng.uniform(*CONTACTS, size=(towns, 1)) * (1 - AT_HOME)
    share = CATEGORIES["share"].to_numpy(dtype=np.float64)
    expected: Floats = (cases * per_case)[:, :, None] * share
    wanted = rng.poisson(expected).astype(np.int64)
    over = np.zeros((towns, wanted.shape[2]), dtype=np.int64)
    for period in range(periods):
        # Whom the tracers cannot bring along in one group are found a period later.
        found = wanted[:, period] + over
        wanted[:, period] = np.minimum(found, LARGEST_GROUP)
        over = found - wanted[:, period]
    return wanted, int(over.sum())


def _locked_share(
    geography: Geography, outbreak: Epidemic, load: float, days: float, rng: np.random.Generator
) -> tuple[Floats, float]:
    """Share of each town that is locked down, for the median load of a pair as dialled; and that median."""
    people = geography.population
    weight = outbreak.intensity * np.exp(0.4 * rng.standard_normal(len(people)))

    def share(scale: float) -> Floats:
        locked = np.clip(scale * weight, 0.002, 1.0)
        locked[outbreak.sealed] = 1.0
        return np.asarray(locked)

    def median(scale: float) -> float:
        return float(np.median(people * share(scale))) * LIVING_KG * days / TRUCK_KG / PAIRS_PER_TOWN

    low, high = 0.0, 100.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if median(middle) < load else (low, middle)
    return share(high), median(high)


def _goods(locked: Ints, cases: Ints, days: float, rng: np.random.Generator) -> dict[str, Ints]:
    """Base units of each consumable per town and period; medical goods are asked for every third period."""
    towns, periods = locked.shape
    every = np.zeros(periods, dtype=bool)
    every[::3] = True
    block = np.add.reduceat(locked, np.flatnonzero(every), axis=1) * days
    sick = np.add.reduceat(cases, np.flatnonzero(every), axis=1)

    def spread(expected: Floats) -> Ints:
        result = np.zeros((towns, periods), dtype=np.int64)
        result[:, every] = whole(rng, expected * np.exp(0.3 * rng.standard_normal(expected.shape)))
        return result

    return {
        "food": np.round(locked * days).astype(np.int64),
        "masks": spread(2.0 * block),
        "suits": spread(0.004 * block + 5.0 * sick),
        "medicine": spread(0.01 * block + 2.0 * sick),
    }
