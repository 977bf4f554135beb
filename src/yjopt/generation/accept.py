"""Is a made scenario neither trivial nor absurd? Easy and hopeless ones are refused, with the figure that says so."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from yjopt.errors import Finding, ScenarioError
from yjopt.generation.valuing import (
    COUPLINGS,
    GOODS,
    PEOPLE,
    Evaluate,
    Outlook,
    Values,
    by_hand,
    outlook,
    relaxed,
    without,
    worth_off,
)

if TYPE_CHECKING:
    from yjopt.generation.dials import Dials

LOGGER = logging.getLogger("yjopt")
#: Largest share of the manual plan's unmet that nobody can avoid (with scarcity above 1: the second), and least share
#: that is avoidable.
FORCED, FORCED_SCARCE, AVOIDABLE = 0.5, 0.9, 0.1
#: How many times worse than the manual plan doing nothing must be.
WORSE = 5.0
#: Least worth of a coupling, share of integer columns that are fractional, share of columns in one component.
WORTH, FRACTIONAL, LARGEST = 0.01, 0.05, 0.6
#: How much worse, as a share, the manual plan must be where everybody has to ask level by level.
STRICT = 0.01
#: Couplings that bind by whole trips: a relaxation hardly sees them, so the manual plan may speak for them, too.
WHOLE_TRIPS = frozenset({"fleet_hours"})
#: A value below this is nothing.
SOMETHING = 1e-3

Tables = Mapping[str, pd.DataFrame]
Generated = tuple[dict[str, pd.DataFrame], dict[str, Any], dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One condition: its name, the figure found, the figure wanted, and whether it is kept."""

    name: str
    found: float
    wanted: float
    ok: bool


def verdicts(
    seen: Outlook, worths: Mapping[str, float], dials: Dials, best: Values | None = None
) -> list[Verdict]:
    """Hold a scenario against every condition.

    With scarcity above 1 much goes unmet whatever is done: then nine tenths of what the manual plan leaves may be
    unavoidable, and doing nothing need only be half as much worse as arithmetic allows.

    Parameters
    ----------
    seen : Outlook
    worths : mapping of str to float
        What switching off each coupling is worth.
    dials : Dials
        What was asked for.
    best : mapping of str to float, optional
        Values of a solved plan; by default the relaxation, which is a bound.

    Returns
    -------
    list of Verdict
    """
    found = []

    def say(name: str, value: float, wanted: float, ok: bool) -> None:
        found.append(Verdict(name=name, found=round(float(value), 6), wanted=wanted, ok=bool(ok)))

    forced = FORCED if dials.scarcity <= 1 else FORCED_SCARCE
    worse = WORSE if dials.scarcity <= 1 else min(WORSE, 0.5 / (1 - 1 / dials.scarcity))
    for stage in (PEOPLE, GOODS):
        manual, bound = seen.manual.get(stage, 0.0), seen.relaxed.get(stage, 0.0)
        reached = bound if best is None else best.get(stage, 0.0)
        shown = max(manual, SOMETHING)
        say(f"forced:{stage}", bound / shown, forced, bound <= forced * shown)
        say(
            f"avoidable:{stage}", (manual - reached) / shown, AVOIDABLE, manual - reached >= AVOIDABLE * shown
        )
        say(
            f"nothing:{stage}",
            seen.nothing.get(stage, 0.0) / shown,
            worse,
            seen.nothing.get(stage, 0.0) >= worse * shown,
        )
        say(f"best:{stage}", reached, SOMETHING, reached > SOMETHING and reached < manual)
    for name, worth in worths.items():
        say(f"worth:{name}", worth, WORTH, worth >= WORTH)
    dearer = worth_off(seen.strict, seen.manual)
    price = dearer / (1 - dearer) if dearer < 1 else float("inf")
    say("strict", price, STRICT, price >= STRICT)
    say("fractional", seen.fractional, FRACTIONAL, seen.fractional >= FRACTIONAL)
    say("largest_component", seen.largest, LARGEST, seen.largest >= LARGEST)
    for stage in ("hard_rules",):
        broken = seen.manual.get(stage, 0.0)
        say(stage, broken, 0.0, broken == 0)
    return found


def judged(
    tables: Tables, settings: Mapping[str, Any], evaluate: Evaluate = relaxed, trips: Evaluate = by_hand
) -> dict[str, float]:
    """What switching off each coupling that is made is worth; of whole trips by the better witness of two.

    Parameters
    ----------
    tables, settings : mapping
        A scenario as `generate` gives it.
    evaluate : callable
        Values by which couplings are judged.
    trips : callable
        Values by which couplings that bind by whole trips are judged, too.

    Returns
    -------
    dict of str to float
    """
    made = [name for name in COUPLINGS if _held(tables, name)]
    base, by_trips = evaluate(tables, settings), trips(tables, settings)
    worths = {}
    for name in made:
        left = without(tables, name)
        worths[name] = worth_off(base, evaluate(left, settings))
        if name in WHOLE_TRIPS:
            worths[name] = max(worths[name], worth_off(by_trips, trips(left, settings)))
    return worths


def _held(tables: Tables, coupling: str) -> bool:
    """Whether a coupling is in the tables; a plain scenario has none."""
    left = without(tables, coupling)
    return set(left) != set(tables) or sum(map(len, left.values())) != sum(map(len, tables.values()))


def accepted(
    make: Callable[[int], Generated],
    seed: int,
    dials: Dials,
    *,
    tries: int = 10,
    judge: Callable[[Tables, Mapping[str, Any]], Mapping[str, float]] = judged,
    look: Callable[[Tables, Mapping[str, Any]], Outlook] = outlook,
    tolerated: frozenset[str] = frozenset(),
) -> Generated:
    """Make scenarios from `seed` on until one keeps every condition.

    Parameters
    ----------
    make : callable
        Seed to tables, settings and what was achieved, as `generate` gives them.
    seed : int
        First seed tried.
    dials : Dials
        What the scenario was asked to be.
    tries : int
        Seeds to try.
    judge : callable
        Tables and settings to what each coupling is worth.
    look : callable
        Tables and settings to an `Outlook`.
    tolerated : frozenset of str
        Names of conditions that are reported but refuse nothing.

    Returns
    -------
    tuple of dict, dict, dict
        As `generate`; ``achieved["acceptance"]`` holds the conditions, the rejected seeds and why.

    Raises
    ------
    yjopt.errors.ScenarioError
        When no seed gives an acceptable scenario.
    """
    rejected: dict[str, list[str]] = {}
    for candidate in range(seed, seed + tries):
        tables, settings, achieved = make(candidate)
        conditions = verdicts(look(tables, settings), judge(tables, settings), dials)
        broken = [
            condition.name for condition in conditions if not condition.ok and condition.name not in tolerated
        ]
        if not broken:
            listed = {condition.name: asdict(condition) for condition in conditions}
            return tables, settings, achieved | {"acceptance": {"rejected": rejected, "conditions": listed}}
        rejected[str(candidate)] = broken
        LOGGER.info("seed %d is refused: %s", candidate, ", ".join(broken))
    raise ScenarioError((_no_seed(seed, tries, rejected),))


def _no_seed(seed: int, tries: int, rejected: Mapping[str, list[str]]) -> Finding:
    reasons = sorted({name for names in rejected.values() for name in names})
    return Finding(
        rule="generator_acceptance",
        severity="error",
        column="seed",
        value=str(seed),
        message=f"None of {tries} seeds from {seed} gives an acceptable scenario; broken were {', '.join(reasons)}.",
        mend="Try more seeds, other dials, or calibrate the couplings again.",
    )
