"""Team pools and the tasks that call for them."""

from __future__ import annotations

from functools import partial

from building.land import share_out

from parts.draws import whole
from parts.facts import CITY, COUNTIES, ENGLISH, LETTER, MADE, MOBILE_PEOPLE, SEATS, TEAMS
from parts.geography import Geography, Row
from parts.outbreak import DAYS, Outbreak

Tables = dict[str, list[Row]]

CITY_BASE = "city-base"
#: People a sampling team swabs in an hour, cases a tracing team works up in an hour.
SAMPLED_PER_HOUR = 80
TRACED_PER_HOUR = 0.25
SAMPLING_SOURCE = "teams made; throughput made: 60 to 100 people an hour in public reports of mass testing"
GRID_SOURCE = (
    f"{LETTER} (4,875 teams of one health, one police, one community member); county's share by population, "
    "floor made"
)
#: Towns are sampled in two rounds, first within 24 hours; first and last day.
ROUNDS = ((1, 1), (4, 5))
#: Towns with this many sealed people are sampled in a round, the round's people being this share of the town.
SAMPLED_FROM = 4_000
SAMPLED_SHARE = 0.4


def add_teams(land: Geography, outbreak: Outbreak, tables: Tables) -> None:
    """Add bases, pools, skills and tasks."""
    land.add_place(
        CITY_BASE, "base", "441802002", CITY, "City emergency command centre 市应急指挥中心", LETTER
    )
    for county in COUNTIES:
        land.add_place(
            f"{county}-base",
            "base",
            SEATS[county],
            county,
            f"{ENGLISH[county]} command centre {land.names[county]}指挥部",
            f"{LETTER} (four command levels)",
        )
    people = [land.people_of(county) for county in COUNTIES]
    grid = share_out(TEAMS, people)
    for county, head_count, teams in zip(COUNTIES, people, grid, strict=True):
        tracing, sampling, nursing = 3 + head_count // 90_000, head_count // 11_000, 1 + head_count // 200_000
        add = partial(_pool, tables, place=f"{county}-base", authority=county)
        add(
            f"{county}-grid",
            {"grid": 1},
            teams=teams,
            people=3,
            floor=int(0.92 * teams),
            tour=2,
            cost=900,
            source=GRID_SOURCE,
        )
        add(
            f"{county}-tracing",
            {"tracing": TRACED_PER_HOUR},
            teams=tracing,
            people=3,
            floor=1,
            hours=10,
            cost=1_200,
            source=MADE,
        )
        add(
            f"{county}-sampling",
            {"sampling": SAMPLED_PER_HOUR},
            teams=sampling,
            people=2,
            floor=sampling // 5,
            cost=800,
            source=SAMPLING_SOURCE,
        )
        add(
            f"{county}-nursing",
            {"nursing": 1},
            teams=nursing,
            people=5,
            floor=nursing // 4,
            tour=4,
            layer="reserve",
            callup_hours=12,
            cost=2_000,
            source=MADE,
        )
    add = partial(_pool, tables, place=CITY_BASE, authority=CITY)
    mobile = {"grid": 1, "tracing": TRACED_PER_HOUR, "sampling": SAMPLED_PER_HOUR}
    add(
        "city-mobile",
        mobile,
        teams=MOBILE_PEOPLE // 5,
        people=5,
        layer="mobile",
        hours=10,
        cost=2_500,
        source=f"{LETTER} (50 people); teams of 5 and their skills made",
    )
    add(
        "city-nursing",
        {"nursing": 1},
        teams=12,
        people=5,
        floor=2,
        tour=4,
        layer="reserve",
        callup_hours=24,
        cost=2_000,
        source=MADE,
    )
    add(
        "city-intensive-care",
        {"intensive_care": 1, "nursing": 1},
        teams=5,
        people=3,
        tour=4,
        layer="reserve",
        callup_hours=24,
        cost=4_000,
        source=MADE,
    )
    add(
        "city-sampling-reserve",
        {"sampling": SAMPLED_PER_HOUR},
        teams=40,
        people=2,
        tour=2,
        layer="reserve",
        callup_hours=24,
        cost=900,
        source=SAMPLING_SOURCE,
    )
    _add_tasks(outbreak, tables)


def _pool(tables: Tables, pool: str, skills: dict[str, float], **row: object) -> None:
    """One pool with its skills; what is not said is the usual."""
    usual = {"layer": "standing", "callup_hours": 0, "floor": 0, "tour": 1, "hours": 8}
    tables["pools"].append({"pool": pool, **usual, **row})
    for skill, productivity in skills.items():
        tables["skills"].append(
            {"pool": pool, "skill": skill, "productivity": productivity, "source": row["source"]}
        )


def _add_tasks(outbreak: Outbreak, tables: Tables) -> None:
    land = outbreak.land
    for town in land.towns:
        # Posts around sealed quarters: one team for 1,200 people, around the clock in three shifts.
        peak = 0
        for first, last in ((1, 2), (3, 4), (5, DAYS)):
            posts = -(-3 * outbreak.sealed(town, first) // 1_200)
            peak = max(peak, posts)
            if posts:
                _task(
                    tables,
                    f"posts-{town}-{first}",
                    town,
                    "grid",
                    "teams",
                    posts,
                    first,
                    last,
                    2.0,
                    "made: a post for 1,200 sealed people in three shifts",
                )
        for number, (first, last) in enumerate(ROUNDS, 1):
            if outbreak.sealed(town, first) >= SAMPLED_FROM:
                people = int(land.population[town] * SAMPLED_SHARE) // 100 * 100
                _task(
                    tables,
                    f"sampling-{town}-{number}",
                    town,
                    "sampling",
                    "work",
                    people,
                    first,
                    last,
                    0.02,
                    "made: two fifths of the town",
                )
    # Cases found on two days are traced within these and the next.
    for town in land.towns:
        for first in range(1, DAYS + 1, 2):
            days = range(first, min(first + 2, DAYS + 1))
            cases = sum(1 for where, day, _ in outbreak.cases if where == town and day in days)
            if cases:
                _task(
                    tables,
                    f"tracing-{town}-{first}",
                    town,
                    "tracing",
                    "work",
                    cases + whole(0, 1, town, first, "more"),
                    first,
                    min(first + 2, DAYS),
                    6.0,
                    "made: the cases found in two days",
                )


def _task(
    tables: Tables,
    task: str,
    place: str,
    skill: str,
    measure: str,
    amount: int,
    first: int,
    last: int,
    weight: float,
    source: str,
) -> None:
    tables["tasks"].append(
        {
            "task": task,
            "place": place,
            "skill": skill,
            "measure": measure,
            "amount": amount,
            "first_period": first,
            "last_period": last,
            "weight": weight,
            "source": source,
        }
    )
