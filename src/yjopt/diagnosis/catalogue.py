"""What a repair may change, and at what price (docs/concepts/diagnosis.md)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.errors import ModelError
from yjopt.scenario import Scenario, quanta

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from yjopt.instance.joining import BoolArray, IntArray

#: Rules that a question may make hard.
MAY_BE_HARD: Final = ("isolation_minimum", "mobile_quota", "unmet_ceiling")
#: Rules by which something is given up, and of which a price per unit may be told.
GIVEN_UP: Final = (*MAY_BE_HARD, "floor")
#: Yuan for each person more that may be moved in a period.
TRANSFER_PRICE: Final = 1000.0
#: Fen in a yuan.
FEN: Final = 100


@dataclass(frozen=True)
class Prices:
    """Yuan per unit of what has no price in the tables.

    Parameters
    ----------
    yuan : mapping of str to float
        ``transfer_budget``: per person; of `GIVEN_UP`: per unit. What is given up without a price is avoided
        before any money.
    """

    yuan: Mapping[str, float] = field(
        default_factory=lambda: MappingProxyType({"transfer_budget": TRANSFER_PRICE})
    )

    @classmethod
    def of(cls, told: Mapping[str, float] | None) -> Prices:
        """Prices as told, the others by default.

        Raises
        ------
        ModelError
            If a name is no rule with a price, or a price is no number from 0 on.
        """
        known = ("transfer_budget", *GIVEN_UP)
        for name, price in (told or {}).items():
            if name not in known:
                raise ModelError(f"There is no price for {name!r}; prices are told for {', '.join(known)}.")
            if not (isinstance(price, int | float) and math.isfinite(price) and price >= 0):
                raise ModelError(f"The price of {name} must be a number of yuan from 0 on, not {price!r}.")
        return cls(MappingProxyType({"transfer_budget": TRANSFER_PRICE, **(told or {})}))

    def fen(self, name: str) -> int | None:
        """Price per unit in fen; None without one."""
        price = self.yuan.get(name)
        return None if price is None else round(price * FEN)


def hardened(scenario: Scenario, hard: Iterable[str] | str | None) -> Scenario:
    """The scenario with the named rules hard.

    Raises
    ------
    ModelError
        If a name is no rule that may be hard, or no row of the scenario has it.
    """
    names = (hard,) if isinstance(hard, str) else tuple(hard or ())
    rules = scenario.tables["rules"]
    for name in names:
        if name not in MAY_BE_HARD:
            raise ModelError(f"{name!r} cannot be made hard; only {', '.join(MAY_BE_HARD)} can.")
        if not (rules["rule"] == name).any():
            raise ModelError(f"The scenario has no rule {name}; add a row to the table rules.")
    soft = rules["rule"].isin(names) & ~rules["hard"]
    if not soft.any():
        return scenario
    return scenario.replace(rules=rules.assign(hard=rules["hard"] | soft))


@dataclass(frozen=True)
class Catalogue:
    """Rows that a repair may change, besides the figures of rules; of the tables sorted by key.

    Parameters
    ----------
    allow : int64 array
        Rows of ``site_category`` that are not allowed.
    ready : int64 array
        Rows of ``isolation_sites``: candidates with a set-up, to be had ready before period 1.
    pool_floor, stock_floor : int64 array
        Rows of ``pools``, and of ``stocks`` of consumables, whose floor may be lowered.
    """

    allow: IntArray
    ready: IntArray
    pool_floor: IntArray
    stock_floor: IntArray

    def __len__(self) -> int:
        return len(self.allow) + len(self.ready) + len(self.pool_floor) + len(self.stock_floor)

    def only(self, allow: BoolArray, ready: BoolArray) -> Catalogue:
        """The catalogue with some of the sites' rows."""
        return Catalogue(self.allow[allow], self.ready[ready], self.pool_floor, self.stock_floor)


def catalogue_of(scenario: Scenario) -> Catalogue:
    """Everything that may help a scenario to keep its hard rules.

    Parameters
    ----------
    scenario : Scenario
        Sorted (`Scenario.canonical`), with the question's rules hard.
    """
    tables, settings = scenario.tables, scenario.settings
    rules, sites, pairs = tables["rules"], tables["isolation_sites"], tables["site_category"]
    hard = rules["hard"].to_numpy(dtype=bool)
    wants_sites = bool((hard & (rules["rule"] == "isolation_minimum")).any())
    ceilings = rules["what"][hard & (rules["rule"] == "unmet_ceiling")]
    people, goods = bool((ceilings == "people").any()), bool((ceilings == "goods").any())

    def strict(resource: str) -> bool:
        return bool(settings.rule == "strict" and settings[f"strict.{resource}"])

    nothing = np.zeros(0, dtype=np.int64)
    gates = tables["gates"]
    gated = set(gates["which"][gates["opens"] == "facility"])
    may_hold = wants_sites or people
    setup = quanta(sites, "isolation_sites", "setup")
    candidate = (sites["state"] == "candidate").to_numpy(dtype=bool)
    delayed = candidate & (setup > 0) & (not settings.ignore_delays)
    # When a gate stands over a site, who decides on it when is not for a repair to say.
    delayed &= ~(sites["place"].isin(gated).to_numpy(dtype=bool) | ("" in gated))
    durable = tables["items"].set_index("item")["durable"]
    stocks = tables["stocks"]
    kept = stocks["floor"].to_numpy(dtype=np.int64) > 0
    kept &= ~stocks["item"].map(durable).to_numpy(dtype=bool)
    pool_floor = np.flatnonzero(tables["pools"]["floor"].to_numpy(dtype=np.int64) > 0)
    return Catalogue(
        allow=np.flatnonzero(~pairs["allowed"].to_numpy(dtype=bool)) if may_hold else nothing,
        ready=np.flatnonzero(delayed) if may_hold else nothing,
        # Who is exhausted depends on floors: under rule strict they stay as they are.
        pool_floor=pool_floor if people and not strict("teams") else nothing,
        stock_floor=np.flatnonzero(kept) if (people or goods) and not strict("supplies") else nothing,
    )


def widened(scenario: Scenario, catalogue: Catalogue) -> Scenario:
    """The scenario in which everything of the catalogue is granted: its model has every column that is needed."""
    if not len(catalogue):
        return scenario
    tables = scenario.tables
    pairs, sites = tables["site_category"].copy(), tables["isolation_sites"].copy()
    pools, stocks = tables["pools"].copy(), tables["stocks"].copy()
    pairs.loc[catalogue.allow, "allowed"] = True
    sites.loc[catalogue.ready, "setup"] = 0
    pools.loc[catalogue.pool_floor, "floor"] = 0
    stocks.loc[catalogue.stock_floor, "floor"] = 0
    changed = {"site_category": pairs, "isolation_sites": sites, "pools": pools, "stocks": stocks}
    # No cell of these can make a checked scenario a wrong one.
    return Scenario(MappingProxyType({**tables, **changed}), scenario.settings)
