"""Find how tight shared resources must be for each coupling to be worth something, neither nothing nor everything."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any, Final

import pandas as pd

from yjopt.generation.dials import Couplings
from yjopt.generation.valuing import COUPLINGS, Evaluate, without, worth_off

LOGGER = logging.getLogger("yjopt")
Make = Callable[[Couplings], tuple[Mapping[str, pd.DataFrame], Mapping[str, Any]]]

#: Range searched for each coupling: from too little to more than enough.
RANGES: Final = {
    "fleet_hours": (0.3, 2.0),
    "staff": (0.2, 3.0),
    "consumables": (0.7, 2.0),
    "opening_budget": (0.02, 1.0),
}
#: Worth wanted, and the band that is good enough.
WANTED, BAND = 0.04, (0.02, 0.08)


def calibrate(
    make: Make,
    evaluate: Evaluate,
    start: Couplings | None = None,
    *,
    steps: int = 7,
    sweeps: int = 2,
    names: Collection[str] = tuple(COUPLINGS),
) -> tuple[Couplings, dict[str, float]]:
    """Bisect each coupling in turn until switching it off improves the value by the share wanted.

    More of a resource makes its coupling worth less, but other couplings shift with it: hence more than one sweep.

    Parameters
    ----------
    make : callable
        Couplings to tables and settings.
    evaluate : callable
        Tables and settings to values of the stages: a relaxation, the manual plan, or a solved plan.
    start : Couplings, optional
        Where to begin.
    steps : int
        Halvings per coupling and sweep.
    sweeps : int
    names : collection of str
        Couplings to calibrate. Vehicle hours bind by whole trips, which a relaxation does not see: calibrate them on
        plans.

    Returns
    -------
    tuple of Couplings and dict of str to float
        The couplings, and what each was worth when last looked at.
    """
    found = start or Couplings()
    worths: dict[str, float] = {}
    for _ in range(sweeps):
        for name in names:
            found, worths[name] = _bisect(make, evaluate, found, name, steps)
            LOGGER.info("calibrate: %s = %.4f is worth %.4f", name, getattr(found, name), worths[name])
        if all(BAND[0] <= worth <= BAND[1] for worth in worths.values()):
            break
    return found, worths


def worths_off(
    tables: Mapping[str, pd.DataFrame], settings: Mapping[str, Any], evaluate: Evaluate
) -> dict[str, float]:
    """What switching off each coupling improves the people or the goods stage by, as a share of it."""
    base = evaluate(tables, settings)
    return {name: worth_off(base, evaluate(without(tables, name), settings)) for name in COUPLINGS}


def _bisect(
    make: Make, evaluate: Evaluate, found: Couplings, name: str, steps: int
) -> tuple[Couplings, float]:
    """Least distance from the worth wanted, seen while halving the range of one coupling."""

    def worth(value: float) -> float:
        tables, settings = make(replace(found, **{name: value}))
        return worth_off(evaluate(tables, settings), evaluate(without(tables, name), settings))

    at = float(getattr(found, name))
    seen = worth(at)
    best = (at, seen)
    low, high = RANGES[name]
    for _ in range(steps):
        if BAND[0] <= best[1] <= BAND[1]:
            break
        low, high = (at, high) if seen > WANTED else (low, at)
        at = (low + high) / 2
        seen = worth(at)
        best = min(best, (at, seen), key=lambda pair: abs(pair[1] - WANTED))
    return replace(found, **{name: round(best[0], 4)}), best[1]
