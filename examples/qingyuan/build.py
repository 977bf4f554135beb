"""Build the scenario of Qingyuan from the facts and a folder with real geography.

    python examples/qingyuan/build.py GEOGRAPHY_FOLDER [-o FOLDER] [--periods N]

The folder holds ``areas.csv``, ``towns.csv`` and the outlines ``4418??.geojson``, perhaps in a folder ``china``.
The tables are the same to the byte each time: every draw is seeded and no clock is read.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from typing import TYPE_CHECKING

from building.writing import china, parser, scenario_of, write
from parts.command import add_command
from parts.geography import Row, read_geography
from parts.health import add_health
from parts.isolation import add_isolation
from parts.outbreak import DAYS, Outbreak
from parts.supplies import add_supplies
from parts.teams import add_teams

from yjopt.schema import INPUT

if TYPE_CHECKING:
    import yjopt as yj

#: Longest drive in minutes: the city's depot reaches all but the far north-west, where it keeps goods in Lianzhou.
LIMITS = {"supplies": 150, "patients": 150, "contacts": 120, "teams": 150}


def build(geography: Path, periods: int = DAYS) -> yj.Scenario:
    """Make the scenario.

    Parameters
    ----------
    geography : Path
        The geography folder.
    periods : int
        Days to plan, from the first; what lies later is left out. 1 gives a static plan.
    """
    land = read_geography(china(geography))
    outbreak = Outbreak(land)
    _ = outbreak.cases  # drawn while only towns are joined by roads
    tables: dict[str, list[Row]] = {name: [] for name in INPUT}
    add_health(land, tables)
    add_isolation(land, tables)
    add_teams(land, outbreak, tables)
    add_supplies(land, outbreak, tables)
    add_command(tables)
    tables["arrivals"] = outbreak.arrivals()
    tables["contacts"] = outbreak.contacts()
    tables.update(areas=land.areas, places=land.places, roads=land.roads)
    tables["closures"] = _closures(land.roads)
    name = "Qingyuan"
    if periods < DAYS:
        _cut(tables, periods)
        name = "Qingyuan, first day" if periods == 1 else f"Qingyuan, first {periods} days"
    settings = {"name": name, "periods": periods, "start": "2021-01-18", "limits": LIMITS}
    return scenario_of(tables, settings)


def _closures(roads: list[Row]) -> list[Row]:
    """Checkpoints slow the roads out of the southern focus; a landslide shuts a mountain road."""
    rows: list[Row] = []
    for link in roads:
        ends = {str(link["from"]), str(link["to"])}
        if "441802003" in ends and all(end.isdigit() for end in ends):
            source = "made: checkpoints around the southern focus"
            rows += [_state(link, day, "slowed", 150, source) for day in range(2, DAYS + 1)]
        if ends == {"441825104", "441826100"}:
            source = "made: landslide between Lianshan and Liannan"
            rows += [_state(link, day, "closed", None, source) for day in range(3, 6)]
    return rows


def _state(link: Row, day: int, state: str, percent: int | None, source: str) -> Row:
    where = {"from": link["from"], "to": link["to"]}
    return {**where, "period": day, "state": state, "percent": percent, "source": source}


def _cut(tables: dict[str, list[Row]], periods: int) -> None:
    """Keep what falls into the first days; tasks that end later ask for their share of the work."""

    def begins(row: Row, column: str) -> int:
        return int(str(row.get(column) or 1))

    for name, rows in tables.items():
        tables[name] = [row for row in rows if begins(row, "period") <= periods]
    tables["rules"] = [row for row in tables["rules"] if begins(row, "from_period") <= periods]
    tables["tasks"] = [row for row in tables["tasks"] if begins(row, "first_period") <= periods]
    for row in tables["tasks"]:
        first, last = begins(row, "first_period"), begins(row, "last_period")
        if row["measure"] == "work" and last > periods:
            row["amount"] = -(-int(str(row["amount"])) * (periods - first + 1) // (last - first + 1))
        row["last_period"] = min(last, periods)


def main() -> None:
    """Read the arguments and build."""
    line = parser(__doc__ or "", HERE)
    line.add_argument("--periods", type=int, default=DAYS, choices=range(1, DAYS + 1), help="days to plan")
    arguments = line.parse_args()
    write(build(arguments.geography, arguments.periods), arguments.out)


if __name__ == "__main__":
    main()
