"""Teams: pools and what they can do, tasks, staff that beds and rooms need, staff that is there anyway."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from yjopt.generation.beds import CLASSES, Beds
from yjopt.generation.demand import SAMPLES_PER_HOUR, TEAM_HOURS
from yjopt.generation.draw import Floats, factors, stream, sums, whole

if TYPE_CHECKING:
    from yjopt.generation.isolation import Isolation
    from yjopt.generation.world import Tables, World

#: Members of each skill per 100 occupied beds or rooms.
STAFFING: Final = pd.DataFrame(
    [
        ("class", "ward", "nursing", 40),
        ("class", "makeshift", "nursing", 12),
        ("class", "icu", "nursing", 200),
        ("class", "icu", "critical_care", 80),
        ("category", "close", "care", 6),
        ("category", "key", "care", 4),
    ],
    columns=["kind", "what", "skill", "members"],
)
#: Share of the staff for free beds and rooms that is there anyway.
RESIDENT = 0.4
#: People of a team, periods of a tour, layer of the county's and of the city's pool, yuan a day.
POOLS: Final = {
    "sampling": (3, 2, "standing", "mobile", 900.0),
    "tracing": (3, 2, "standing", "mobile", 900.0),
    "nursing": (5, 3, "standing", "reserve", 2_000.0),
    "care": (4, 3, "militia", "volunteer", 800.0),
    "critical_care": (4, 3, "standing", "reserve", 4_000.0),
}
#: Hours from call to departure per layer.
CALLUP: Final = {"standing": 1.0, "mobile": 2.0, "reserve": 6.0, "militia": 4.0, "volunteer": 8.0}
#: Share of teams kept at home.
FLOOR = 0.1
#: Weight of a person not sampled and of a tracing team missing in a period.
UNSAMPLED, UNTRACED = 0.005, 2.0


@dataclass(frozen=True, kw_only=True)
class Teams:
    """Tables of the teams, and need and capacity per skill in team-periods (teams for staffing)."""

    tables: Tables
    need: dict[str, float]
    capacity: dict[str, float]


def teams(world: World, bedding: Beds | None, isolating: Isolation | None) -> Teams:
    """Pools whose teams above the floor are need divided by `scarcity`, skill by skill.

    Parameters
    ----------
    world : World
    bedding : Beds or None
    isolating : Isolation or None

    Returns
    -------
    Teams
    """
    rng = stream(world.seed, "teams")
    tables: Tables = {"tasks": _tasks(world)}
    by_town = {
        "sampling": world.demand.samples.sum(axis=1) / (SAMPLES_PER_HOUR * TEAM_HOURS) / world.periods,
        "tracing": world.demand.tracing.astype(np.float64),
    }
    places = len(world.facilities.places)
    wanted = {skill: np.pad(values, (0, places - world.towns)) for skill, values in by_town.items()}
    staffing = STAFFING[_linked(world, STAFFING["kind"])]
    if len(staffing):
        new, residents = _staff(world, staffing, bedding, isolating, rng)
        tables["staffing"], tables["residents"] = staffing, residents
        wanted |= {skill: members * world.couplings.staff / POOLS[skill][0] for skill, members in new.items()}
    pools, skills, capacity = _pools(world, wanted, rng)
    tables["pools"], tables["skills"] = pools, skills
    return Teams(
        tables=tables, need={skill: float(at.sum()) for skill, at in wanted.items()}, capacity=capacity
    )


def _linked(world: World, kind: pd.Series[str]) -> np.ndarray:
    held = {"class": world.links("teams", "beds"), "category": world.links("teams", "isolation")}
    return kind.map(held).to_numpy(dtype=bool)


def _tasks(world: World) -> pd.DataFrame:
    """Sampling by the end of its window, tracing in every period."""
    ids = world.facilities.ids
    town, window = np.nonzero(world.demand.samples)
    first, last = world.demand.windows[window].T
    sampling = pd.DataFrame(
        {
            "task": [f"S-{ids[at]}-{number + 1}" for at, number in zip(town, window, strict=True)],
            "place": ids[town],
            "skill": "sampling",
            "measure": "work",
            "amount": world.demand.samples[town, window],
            "first_period": first,
            "last_period": last,
            "weight": UNSAMPLED,
        }
    )
    town = np.flatnonzero(world.demand.tracing)
    tracing = pd.DataFrame(
        {
            "task": "T-" + ids[town],
            "place": ids[town],
            "skill": "tracing",
            "measure": "teams",
            "amount": world.demand.tracing[town],
            "first_period": 1,
            "last_period": world.periods,
            "weight": UNTRACED,
        }
    )
    return pd.concat([sampling, tracing], ignore_index=True)


def _staff(
    world: World,
    staffing: pd.DataFrame,
    bedding: Beds | None,
    isolating: Isolation | None,
    rng: np.random.Generator,
) -> tuple[dict[str, Floats], pd.DataFrame]:
    """Members that teams have to bring, per skill and place; and the table `residents`."""
    places = len(world.facilities.places)
    skills = list(dict.fromkeys(staffing["skill"]))
    there = {skill: np.zeros(places) for skill in skills}
    new = {skill: np.zeros(places) for skill in skills}
    for row in staffing.itertuples():
        skill, what, members = str(row.skill), str(row.what), float(str(row.members)) / 100
        if row.kind == "class" and bedding is not None:
            column = list(CLASSES).index(what)
            there[skill][world.facilities.hospitals] += members * bedding.occupied[:, 0, column]
            new[skill][world.facilities.hospitals] += members * bedding.free[:, column]
        elif row.kind == "category" and isolating is not None:
            column = ["close", "key"].index(what)
            sites, inside = world.facilities.sites, isolating.inside
            there[skill][sites] += members * inside[:, column]
            new[skill][sites] += members * (isolating.rooms - inside.sum(axis=1)) * (0.7, 0.3)[column]
    frames = []
    for skill in skills:
        resident = RESIDENT * new[skill] * rng.uniform(0.5, 1.5, places)
        count = np.ceil(there[skill]).astype(np.int64) + whole(rng, resident)
        at = np.flatnonzero(count)
        frames.append(pd.DataFrame({"place": world.facilities.ids[at], "skill": skill, "members": count[at]}))
        new[skill] = np.maximum(new[skill] - resident, 0) * min(1.0, world.dials.scarcity)
    return new, pd.concat(frames, ignore_index=True)


def _pools(
    world: World, wanted: dict[str, Floats], rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, float]]:
    geography, ids = world.geography, world.facilities.ids
    bases, level = world.facilities.bases, world.facilities.base_level
    every = np.arange(len(world.facilities.places))
    pools, skills, capacity = [], [], {}
    for skill, at in wanted.items():
        people, tour, county_layer, city_layer, cost = POOLS[skill]
        by_county = sums(world.county(every), at, len(geography.counties))
        by_city = sums(geography.city_of, by_county, len(geography.cities))
        local = by_county * factors(rng, world.dials.imbalance, by_county)
        # Intensive care is the cities' own; the rest is the counties' as far as the dial says.
        share = 0.0 if skill == "critical_care" else world.dials.locality
        total = 0.0
        for name, amount, areas, layer in (
            ("county", share * local / world.dials.scarcity, geography.counties, county_layer),
            ("city", (1 - share) * by_city / world.dials.scarcity, geography.cities, city_layer),
        ):
            count = whole(rng, amount)
            home = ids[bases[level == name]]
            kept = np.flatnonzero(count)
            floor = np.floor(FLOOR * count[kept]).astype(np.int64)
            name_of = [f"{skill}-{area}" for area in areas[kept]]
            pools.append(
                pd.DataFrame(
                    {
                        "pool": name_of,
                        "place": home[kept],
                        "authority": areas[kept],
                        "teams": count[kept] + floor,
                        "people": people,
                        "layer": layer,
                        "callup_hours": CALLUP[layer],
                        "floor": floor,
                        "tour": min(tour, world.periods),
                        "hours": TEAM_HOURS,
                        "cost": cost,
                    }
                )
            )
            productivity = SAMPLES_PER_HOUR if skill == "sampling" else 1.0
            skills.append(pd.DataFrame({"pool": name_of, "skill": skill, "productivity": productivity}))
            if name == "city" and skill in ("sampling", "tracing"):
                # The city's mobile teams can do either.
                other = {"sampling": "tracing", "tracing": "sampling"}[skill]
                productivity = 0.75 * SAMPLES_PER_HOUR if other == "sampling" else 1.0
                skills.append(pd.DataFrame({"pool": name_of, "skill": other, "productivity": productivity}))
            total += float(count.sum())
        capacity[skill] = total
    return pd.concat(pools, ignore_index=True), pd.concat(skills, ignore_index=True), capacity
