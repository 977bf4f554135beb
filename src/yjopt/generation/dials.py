"""The dials of a made scenario and the three cases they are set to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Case = Literal["reference", "scarce", "loose"]

#: Families that may be made alone.
FAMILIES: Final = ("supplies", "beds", "isolation", "teams")

#: Version of the generator: a change of any figure or draw raises it, and peers are measured again.
GENERATOR_VERSION: Final = 2


@dataclass(frozen=True, kw_only=True)
class Dials:
    """What makes a scenario hard or easy.

    Parameters
    ----------
    scarcity : float
        Need divided by capacity of each family, over the horizon (beds and rooms: people there in the fullest
        period if all were served at once).
    locality : float
        Share of the goods that belong to the taker's own county or town; the rest is the city's and the
        province's.
    imbalance : float
        Coefficient of variation of the local ratios of capacity to need.
    reach : float
        Depots within reach of a town (median). Hospitals, sites and bases are reached in like proportion.
    lead : int
        Periods from an order at a source to its arrival (0 in a static plan).
    load : float
        Full five-ton trips on a used pair of depot and town (median).
    suits : float
        Scarcity of protective suits as a multiple of `scarcity`: the one good that may be short where there is plenty
        of the others. Beds and teams use suits up, so the stages of people and of goods compete for them.
    """

    scarcity: float = 1.0
    locality: float = 0.6
    imbalance: float = 0.5
    reach: float = 10.0
    lead: int = 1
    load: float = 3.0
    suits: float = 1.0


CASES: Final[dict[str, Dials]] = {
    "reference": Dials(),
    "scarce": Dials(scarcity=1.3, locality=0.3, imbalance=1.0, lead=2),
    "loose": Dials(scarcity=0.7, locality=0.9, imbalance=0.2, lead=0, suits=1.0 / 0.7),
}


@dataclass(frozen=True, kw_only=True)
class Couplings:
    """How tight the resources are that families share; calibrated so that each is worth something.

    Each is capacity divided by a plain estimate of what serving all would take, before scarcity.

    Parameters
    ----------
    fleet_hours : float
        Vehicle hours.
    staff : float
        Members of staff beside those for people already there.
    consumables : float
        Goods used up by beds, rooms and teams, on top of the needs.
    opening_budget : float
        Money for surge levels and sites, as a share of what opening all of them costs.
    """

    fleet_hours: float = 1.4
    staff: float = 0.85
    consumables: float = 1.4
    opening_budget: float = 0.58


#: Couplings of each case, static and over time. Static: bisected on one scenario of 300 towns, then moved until each is
#: worth something on most seeds of 300 towns. Over time they follow, set on 85 towns and seven periods.
_CALIBRATED: Final[dict[str, tuple[Couplings, Couplings]]] = {
    "reference": (Couplings(), Couplings(staff=0.6, consumables=1.65, opening_budget=0.55)),
    "scarce": (
        Couplings(fleet_hours=1.0, staff=2.0, consumables=1.03, opening_budget=0.5),
        Couplings(fleet_hours=1.0, staff=1.4, consumables=1.2, opening_budget=0.48),
    ),
    "loose": (
        Couplings(fleet_hours=0.8, staff=0.4, consumables=0.82, opening_budget=0.34),
        Couplings(fleet_hours=0.8, staff=0.3, consumables=1.0, opening_budget=0.34),
    ),
}


def calibrated(case: str, periods: int) -> Couplings:
    """Couplings of a case that make each of them worth something.

    Parameters
    ----------
    case : str
        One of `CASES`.
    periods : int
        Number of periods; 1 is a static plan.
    """
    return _CALIBRATED[case][periods > 1]
