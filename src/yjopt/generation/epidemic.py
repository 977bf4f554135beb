"""The one epidemic from which every family's demand comes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.generation.draw import Floats, Ints, stream

if TYPE_CHECKING:
    from yjopt.generation.geography import Geography
    from yjopt.generation.network import Network

#: Cases per town over the first seven periods; a longer horizon has more in proportion.
CASES_PER_TOWN = 3.0
#: Driving minutes over which cases fall by the factor e: around a focus; from the first foci to other cities.
FALL, FALL_BETWEEN = 75.0, 360.0
#: Share of towns sealed as a whole.
SEALED = 0.04
#: Gamma distribution of cases in time: shape, scale in days, days since the first case when period 1 begins.
SHAPE, SCALE, DAYS_BEFORE = 4, 2.5, 3.0


@dataclass(frozen=True, kw_only=True)
class Epidemic:
    """Cases by town and period.

    Parameters
    ----------
    cases : ndarray of int64, shape (towns, periods)
    expected : ndarray of float, shape (towns, periods)
        Their expectation.
    intensity : ndarray of float, shape (towns,)
        Risk per resident, mean 1.
    sealed : ndarray of int64
        Towns sealed as a whole, the most intense ones.
    foci : ndarray of int64
        Towns where it began.
    """

    cases: Ints
    expected: Floats
    intensity: Floats
    sealed: Ints
    foci: Ints


def epidemic(geography: Geography, roads: Network, periods: int, period_hours: float, seed: int) -> Epidemic:
    """Cases around one to three first foci per province and, weaker, around the seats of other cities.

    Intensity falls exponentially with road time; in time it follows a gamma distribution, later far away.

    Parameters
    ----------
    geography : Geography
    roads : Network
    periods : int
    period_hours : float
    seed : int

    Returns
    -------
    Epidemic
    """
    rng = stream(seed, "epidemic")
    towns = len(geography.towns)
    people = geography.population
    provinces = len(geography.provinces)
    number = rng.integers(1, 4, provinces)
    province = geography.province_of[geography.town_city]
    key = rng.exponential(size=towns) / people
    order = np.lexsort((key, province))
    rank = np.arange(towns) - np.searchsorted(province[order], province[order])
    foci = order[rank < number[province[order]]]
    strength = np.concatenate((rng.uniform(0.5, 1.0, len(foci)), np.zeros(len(geography.cities))))
    _, to_foci = roads.nearest(foci)
    spread = np.exp(-to_foci[geography.city_seat] / FALL_BETWEEN)
    strength[len(foci) :] = spread * rng.uniform(0.2, 0.8, len(geography.cities))

    intensity = np.full(towns, 0.05)
    for at in range(0, len(strength), 64):
        source = np.concatenate((foci, geography.city_seat))[at : at + 64]
        minutes = roads.times(source, np.arange(towns), limit=8 * FALL)
        intensity += strength[at : at + 64] @ np.exp(-minutes / FALL)
    intensity *= np.exp(0.5 * rng.standard_normal(towns))
    intensity = np.sqrt(intensity)
    intensity /= intensity.mean()

    days = period_hours / 24.0
    late = np.minimum(to_foci[:towns] / 180.0, 8.0)
    age = DAYS_BEFORE + days * (np.arange(periods) + 0.5)[None, :] - late[:, None] / 2
    course = np.where(age > 0, np.maximum(age, 0) ** (SHAPE - 1) * np.exp(-np.maximum(age, 0) / SCALE), 0.0)
    expected = (people * intensity)[:, None] * course
    total = CASES_PER_TOWN * towns * max(1.0, periods * days / 7)
    expected *= total / expected.sum()
    sealed = np.argsort(-intensity, kind="stable")[: max(1, round(SEALED * towns))]
    return Epidemic(
        cases=rng.poisson(expected).astype(np.int64),
        expected=expected,
        intensity=intensity,
        sealed=np.sort(sealed),
        foci=foci,
    )
