"""What a repair may change, and at what price (docs/concepts/diagnosis.md)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields, replace
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
    pool_floor, stock_floor, durable_floor : int64 array
        Rows of ``pools``, and of ``stocks`` of consumables and of durables, whose floor may be lowered.
    return_by : int64 array
        Rows of ``stocks`` of durables that need not come back.
    own_first, backup_load : int64 array
        Rows of ``rules`` that may be left out, or be met by any load.
    """

    allow: IntArray
    ready: IntArray
    pool_floor: IntArray
    stock_floor: IntArray
    durable_floor: IntArray
    return_by: IntArray
    own_first: IntArray
    backup_load: IntArray

    @property
    def widens(self) -> bool:
        """Whether a granted change needs columns that the scenario's own model lacks."""
        return any(len(rows) for rows in (self.allow, self.ready, self.pool_floor, self.stock_floor))

    def only(self, allow: BoolArray, ready: BoolArray) -> Catalogue:
        """The catalogue with some of the sites' rows."""
        return replace(self, allow=self.allow[allow], ready=self.ready[ready])


def nothing_to_change() -> Catalogue:
    """The catalogue of a question that wants no repair."""
    return Catalogue(*(np.zeros(0, dtype=np.int64) for _ in fields(Catalogue)))


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

    gates = tables["gates"]
    gated = set(gates["which"][gates["opens"] == "facility"])
    setup = quanta(sites, "isolation_sites", "setup")
    candidate = (sites["state"] == "candidate").to_numpy(dtype=bool)
    delayed = candidate & (setup > 0) & (not settings.ignore_delays)
    # When a gate stands over a site, who decides on it when is not for a repair to say.
    delayed &= ~(sites["place"].isin(gated).to_numpy(dtype=bool) | ("" in gated))
    stocks = tables["stocks"]
    is_durable = stocks["item"].map(tables["items"].set_index("item")["durable"]).to_numpy(dtype=bool)
    floors = stocks["floor"].to_numpy(dtype=np.int64) > 0
    returns = (stocks["return_by"] <= settings.periods).fillna(False).to_numpy(dtype=bool)
    name = rules["rule"].to_numpy(dtype=object)
    # Who is exhausted depends on what is kept back: under rule strict that stays as it is.
    free_goods = (people or goods) and not strict("supplies")

    def rows(marked: BoolArray, wanted: bool) -> IntArray:
        return np.flatnonzero(marked & wanted)

    return Catalogue(
        allow=rows(~pairs["allowed"].to_numpy(dtype=bool), wants_sites or people),
        ready=rows(delayed, wants_sites or people),
        pool_floor=rows(
            tables["pools"]["floor"].to_numpy(dtype=np.int64) > 0, people and not strict("teams")
        ),
        stock_floor=rows(floors & ~is_durable, free_goods),
        durable_floor=rows(floors & is_durable, free_goods),
        return_by=rows(returns & is_durable, free_goods),
        own_first=rows(np.asarray(name == "own_first", dtype=np.bool_), free_goods),
        backup_load=rows(np.asarray(name == "backup_load", dtype=np.bool_), people and not strict("beds")),
    )


def widened(scenario: Scenario, catalogue: Catalogue) -> Scenario:
    """The scenario in which everything of the catalogue is granted: its model has every column that is needed."""
    if not catalogue.widens:
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
