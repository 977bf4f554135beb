"""Build the scenario of Qingyuan from the facts and a folder with real geography.

    python examples/qingyuan/build.py GEOGRAPHY_FOLDER [-o FOLDER] [--periods N]

The folder holds ``china/areas.csv``, ``china/towns.csv`` and the outlines ``china/4418??.geojson``.
The tables are the same to the byte each time: every draw is seeded and no clock is read.
"""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from parts.geography import Row, read_geography
from parts.health import add_health
from parts.isolation import add_isolation
from parts.outbreak import DAYS, Outbreak
from parts.supplies import add_supplies
from parts.teams import add_teams

from yjopt.schema import INPUT

SETTINGS = """\
name = "{name}"
periods = {periods}
period_hours = 24
start = "2021-01-18"
objective = "stages"
rule = "priority"

[limits]
supplies = 150
patients = 150
contacts = 120
teams = 150
"""


def build(geography: Path, periods: int = DAYS) -> tuple[dict[str, list[Row]], str]:
    """The rows of every table, and the text of `scenario.toml`.

    Parameters
    ----------
    geography : Path
        The geography folder.
    periods : int
        Days to plan, from the first; what lies later is left out. 1 gives a static plan.
    """
    tables: dict[str, list[Row]] = {name: [] for name in INPUT}
    folder = geography / "china"
    land = read_geography(folder if folder.is_dir() else geography)
    outbreak = Outbreak(land)
    _ = outbreak.cases  # drawn while only the towns are joined by roads
    add_health(land, tables)
    add_isolation(land, tables)
    add_teams(land, outbreak, tables)
    add_supplies(land, outbreak, tables)
    tables["arrivals"] = outbreak.arrivals()
    tables["contacts"] = outbreak.contacts()
    tables.update(areas=land.areas, places=land.places, roads=land.roads)
    tables["closures"] = _closures(land.roads)
    if periods < DAYS:
        _cut(tables, periods)
    name = "Qingyuan" if periods == DAYS else f"Qingyuan, {periods} days"
    return tables, SETTINGS.format(name=name, periods=periods)


def _closures(roads: list[Row]) -> list[Row]:
    """Checkpoints slow the roads out of the southern focus; a landslide shuts a mountain road."""
    rows: list[Row] = []
    for link in roads:
        ends = {str(link["from"]), str(link["to"])}
        if "441802003" in ends and all(end.isdigit() for end in ends):
            rows += [
                _state(link, day, "slowed", 150, "made: checkpoints around the southern focus")
                for day in range(2, DAYS + 1)
            ]
        if ends == {"441825104", "441826100"}:
            rows += [
                _state(link, day, "closed", None, "made: landslide between Lianshan and Liannan")
                for day in range(3, 6)
            ]
    return rows


def _state(link: Row, day: int, state: str, percent: int | None, source: str) -> Row:
    return {
        "from": link["from"],
        "to": link["to"],
        "period": day,
        "state": state,
        "percent": percent,
        "source": source,
    }


def _cut(tables: dict[str, list[Row]], periods: int) -> None:
    """Keep what falls into the first days; tasks that end later ask for their share of the work."""
    for name, rows in tables.items():
        tables[name] = [row for row in rows if int(str(row.get("period", 1))) <= periods]
    tasks = [row for row in tables["tasks"] if int(str(row["first_period"])) <= periods]
    for row in tasks:
        first, last = int(str(row["first_period"])), int(str(row["last_period"]))
        if row["measure"] == "work" and last > periods:
            row["amount"] = -(-int(str(row["amount"])) * (periods - first + 1) // (last - first + 1))
        row["last_period"] = min(last, periods)
    tables["tasks"] = tasks


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    return str(value)


def write(folder: Path, tables: dict[str, list[Row]], settings: str) -> None:
    """Write one CSV a table and `scenario.toml` into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        if not rows:
            continue
        columns = [column.name for column in INPUT[name].columns]
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow(columns)
            out.writerows([_cell(row.get(column)) for column in columns] for row in rows)
    (folder / "scenario.toml").write_text(settings, encoding="utf-8", newline="\n")


def main() -> None:
    """Read the arguments and build."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "geography", type=Path, help="folder with china/areas.csv, china/towns.csv, china/4418??.geojson"
    )
    parser.add_argument(
        "-o", "--out", type=Path, default=HERE, help="folder to write to (default: beside this script)"
    )
    parser.add_argument("--periods", type=int, default=DAYS, choices=range(1, DAYS + 1), help="days to plan")
    arguments = parser.parse_args()
    tables, settings = build(arguments.geography, arguments.periods)
    write(arguments.out, tables, settings)


if __name__ == "__main__":
    main()
