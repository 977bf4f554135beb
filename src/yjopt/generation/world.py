"""What every family of a made scenario is built on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from yjopt.generation.demand import Demand
    from yjopt.generation.dials import Couplings, Dials
    from yjopt.generation.draw import Ints
    from yjopt.generation.epidemic import Epidemic
    from yjopt.generation.facilities import Facilities
    from yjopt.generation.geography import Geography
    from yjopt.generation.network import Network

Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True, kw_only=True)
class World:
    """Geography, places, roads, outbreak and demand, with the dials.

    Parameters
    ----------
    coupled : bool
        Whether families share resources and rules (False with `plain`).
    families : frozenset of str
        The families that are made.
    """

    geography: Geography
    facilities: Facilities
    roads: Network
    outbreak: Epidemic
    demand: Demand
    dials: Dials
    couplings: Couplings
    periods: int
    period_hours: float
    seed: int
    coupled: bool
    families: frozenset[str]
    towns: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "towns", len(self.geography.towns))

    def links(self, *families: str) -> bool:
        """Whether a coupling between these families is made."""
        return self.coupled and self.families.issuperset(families)

    def county(self, places: Ints) -> Ints:
        """County (position) in which each place lies."""
        return self.geography.county_of[self.facilities.host[places]]

    def city(self, places: Ints) -> Ints:
        """City (position) in which each place lies."""
        return self.geography.city_of[self.county(places)]
