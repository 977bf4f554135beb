"""Make a whole scenario: tables, settings, and what was achieved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from yjopt.errors import Finding, ScenarioError
from yjopt.generation.beds import Beds, beds
from yjopt.generation.demand import demand
from yjopt.generation.dials import CASES, FAMILIES, GENERATOR_VERSION, Couplings, Dials, calibrated
from yjopt.generation.epidemic import epidemic
from yjopt.generation.facilities import facilities
from yjopt.generation.frames import complete
from yjopt.generation.geography import Geography, made_up, real
from yjopt.generation.isolation import Isolation, isolation
from yjopt.generation.limits import limits
from yjopt.generation.network import closures_frame, network, roads_frame
from yjopt.generation.sharing import fleets, rules
from yjopt.generation.supplies import supplies
from yjopt.generation.teams import teams
from yjopt.generation.use import use
from yjopt.generation.world import Tables, World

if TYPE_CHECKING:
    from collections.abc import Collection
from dataclasses import asdict

#: Length of a period.
PERIOD_HOURS = 24.0
#: Rules a scenario may be made under, the default first.
RULES: Final = ("priority", "flat", "strict")


def generate(
    towns: int = 85,
    periods: int = 7,
    seed: int = 7,
    case: str = "reference",
    plain: bool = False,
    areas: pd.DataFrame | None = None,
    towns_from: pd.DataFrame | None = None,
    within: str | None = None,
    families: Collection[str] = FAMILIES,
    dials: Dials | None = None,
    couplings: Couplings | None = None,
    rule: str = "priority",
) -> tuple[dict[str, pd.DataFrame], dict[str, Any], dict[str, Any]]:
    """Make a scenario out of one epidemic; the same arguments give the same bytes.

    Parameters
    ----------
    towns : int
        Number of made-up towns, 2 to 1,000,000; not used with `areas`.
    periods : int
        Periods of a day, 1 to 366; 1 is a static plan.
    seed : int
        Seed of all draws, 0 or more.
    case : {"reference", "scarce", "loose"}
        Setting of the dials.
    plain : bool
        Switch the couplings between families off: no vehicles, staffing, consumption, budgets, minimum sites,
        openings, and nobody has to be kept together.
    areas, towns_from : pandas.DataFrame, optional
        A real country: areas (id, level, name, parent, longitude, latitude, population_2020) and towns (code,
        name, county), as text. Both or neither.
    within : str, optional
        With a real country: only counties whose id begins so.
    families : collection of str
        Which of "supplies", "beds", "isolation", "teams" to make; what two families share needs both.
    dials : Dials, optional
        Dials of your own instead of a case.
    couplings : Couplings, optional
        How tight shared resources are; by default as calibrated for the case.
    rule : {"flat", "priority", "strict"}
        How places ask one another for help; the tables are the same under every rule, and ladder and gates are left
        at their defaults.

    Returns
    -------
    tables : dict of str to pandas.DataFrame
        Input tables by name, all columns of the schema, natural units; empty tables are left out.
    settings : dict
        Settings nested as in ``scenario.toml``.
    achieved : dict
        What the dials came to, for ``generated.toml``.

    Raises
    ------
    yjopt.errors.ScenarioError
        When an argument is out of range.
    yjopt.errors.FileError
        When a table of a real country lacks a column or leaves no town.
    """
    _check(
        towns if areas is None else None,
        periods,
        seed,
        case,
        rule,
        families,
        (areas is None) != (towns_from is None),
        areas is None and bool(within),
    )
    if areas is not None and towns_from is not None:
        geography = real(areas, towns_from, within, seed)
    else:
        geography = made_up(towns, seed)
    world = _world(
        geography,
        periods,
        seed,
        dials or CASES[case],
        couplings or calibrated(case, periods),
        not plain,
        frozenset(families),
    )
    tables: Tables = {
        "areas": geography.areas,
        "places": world.facilities.places,
        "roads": roads_frame(world.roads, world.facilities.ids),
        "closures": closures_frame(world.roads, world.facilities.ids, world.outbreak.sealed, periods, seed),
    }
    bedding = beds(world) if "beds" in families else None
    isolating = isolation(world) if "isolation" in families else None
    facts: dict[str, Any] = {}
    _add(tables, bedding, isolating)
    _add_goods_and_teams(tables, world, bedding, isolating, facts)
    minutes, givers, blind = limits(world, isolating)
    name = f"generated {case} {len(geography.towns)} towns {periods} periods seed {seed}" + (
        " plain" if plain else ""
    )
    if rule != RULES[0]:
        name += f" {rule}"
    settings: dict[str, Any] = {
        "name": name,
        "periods": periods,
        "period_hours": PERIOD_HOURS,
        "rule": rule,
        "limits": minutes,
    }
    asked = dials or CASES[case]
    achieved: dict[str, Any] = {
        "generator": {
            "version": GENERATOR_VERSION,
            "seed": seed,
            "case": "own dials" if dials else case,
            "plain": plain,
            "rule": rule,
            "families": sorted(families),
            "within": within or "",
            "towns": len(geography.towns),
            "periods": periods,
        },
        "asked": asdict(asked),
        "couplings": asdict(world.couplings),
        "epidemic": {
            "cases": int(world.outbreak.cases.sum()),
            "foci": len(world.outbreak.foci),
            "sealed_towns": len(world.outbreak.sealed),
            "contacts": int(world.demand.contacts.sum()),
            "contacts_left_at_home": world.demand.not_isolated,
        },
        "achieved": facts | {"load": round(world.demand.load, 3)},
        "givers": givers,
        "geography": {"counties_estimated": geography.estimated, "blind_towns": blind},
        "rows": {},
    }
    frames = complete(tables)
    achieved["rows"] = {table: len(frame) for table, frame in frames.items()}
    return frames, settings, achieved


def _check(
    towns: int | None,
    periods: int,
    seed: int,
    case: str,
    rule: str,
    families: Collection[str],
    half: bool,
    nowhere: bool,
) -> None:
    """Refuse arguments that make no scenario, all at once."""
    unknown = sorted(set(families) - set(FAMILIES))
    wrong = [
        (towns is not None and not 2 <= towns <= 1_000_000, "towns", towns, "Give 2 to 1,000,000 towns."),
        (not 1 <= periods <= 366, "periods", periods, "Give 1 to 366 periods."),
        (seed < 0, "seed", seed, "Give a seed of 0 or more."),
        (case not in CASES, "case", case, f"Choose one of {', '.join(CASES)}."),
        (rule not in RULES, "rule", rule, f"Choose one of {', '.join(RULES)}."),
        (
            bool(unknown) or not families,
            "families",
            ", ".join(unknown),
            f"Choose from {', '.join(FAMILIES)}.",
        ),
        (half, "areas", "", "Give the areas and the towns of a real country, or neither."),
        (nowhere, "within", "", "Give the areas and the towns of a real country too."),
    ]
    findings = tuple(
        Finding(
            rule="generator_argument",
            severity="error",
            column=name,
            value=str(value),
            message=f"The generator cannot use {name} = '{value}'.",
            mend=mend,
        )
        for bad, name, value, mend in wrong
        if bad
    )
    if findings:
        raise ScenarioError(findings)


def _world(
    geography: Geography,
    periods: int,
    seed: int,
    dials: Dials,
    couplings: Couplings,
    coupled: bool,
    families: frozenset[str],
) -> World:
    everything = facilities(geography, seed)
    roads = network(everything, seed)
    outbreak = epidemic(geography, roads, periods, PERIOD_HOURS, seed)
    return World(
        geography=geography,
        facilities=everything,
        roads=roads,
        outbreak=outbreak,
        demand=demand(geography, outbreak, dials, PERIOD_HOURS, seed),
        dials=dials,
        couplings=couplings,
        periods=periods,
        period_hours=PERIOD_HOURS,
        seed=seed,
        coupled=coupled,
        families=families,
    )


def _add(tables: Tables, bedding: Beds | None, isolating: Isolation | None) -> None:
    """Tables of beds and isolation; people already there share one table."""
    occupied = []
    for family in (bedding, isolating):
        if family is not None:
            occupied.append(family.tables["occupied"])
            tables.update({name: frame for name, frame in family.tables.items() if name != "occupied"})
    if occupied:
        tables["occupied"] = pd.concat(occupied, ignore_index=True)


def _add_goods_and_teams(
    tables: Tables, world: World, bedding: Beds | None, isolating: Isolation | None, facts: dict[str, Any]
) -> None:
    def ratio(need: float, capacity: float) -> float:
        return round(need / capacity, 4) if capacity else 0.0

    scarcity = facts.setdefault("scarcity", {})
    if bedding is not None:
        scarcity["beds"] = ratio(bedding.need, float(bedding.free.sum()))
    if isolating is not None:
        scarcity["rooms"] = ratio(isolating.need, isolating.capacity)
        facts["rooms_median"] = float(np.median(isolating.rooms))
    if "supplies" in world.families:
        used = use(world, bedding, isolating)
        goods = supplies(world, used, bedding)
        tables.update(goods.tables)
        tables["consumption"] = used.table
        scarcity |= {item: ratio(goods.need[item], goods.supply[item]) for item in goods.need}
        facts["locality"] = round(goods.own, 4)
        if world.coupled:
            tables["fleets"], needed, there = fleets(world, goods)
            scarcity["vehicle_hours"] = ratio(needed, there)
    if "teams" in world.families:
        working = teams(world, bedding, isolating)
        tables.update(working.tables)
        scarcity |= {skill: ratio(working.need[skill], working.capacity[skill]) for skill in working.need}
    if world.coupled:
        tables["rules"] = rules(world, bedding, isolating)
