"""Build the scenario of Yuanbaoshan from the facts and a folder with real geography.

    python examples/yuanbaoshan/build.py GEOGRAPHY_FOLDER [-o FOLDER]

The folder holds ``areas.csv``, ``towns.csv`` and the outline ``150403.geojson``, perhaps in a folder ``china``.
The tables are the same to the byte each time: nothing is drawn and no clock is read.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from typing import TYPE_CHECKING

from building.writing import china, parser, scenario_of, write
from parts.command import add_command
from parts.facts import DAYS
from parts.land import read_land
from parts.people import add_people
from parts.supplies import add_supplies
from parts.teams import add_teams

from yjopt.schema import INPUT

if TYPE_CHECKING:
    from building.land import Row

    import yjopt as yj

SETTINGS = {
    "name": "Yuanbaoshan",
    "periods": DAYS,
    "start": "2020-11-23",
    "rule": "strict",
    "delays": "by_rung",
    "support": {"people": True},
    # The depot of the region lies eleven hours away; patients and contacts stay within the city.
    "limits": {"supplies": 780, "patients": 150, "contacts": 90, "teams": 780},
}


def build(geography: Path) -> yj.Scenario:
    """Make the scenario."""
    land = read_land(china(geography))
    tables: dict[str, list[Row]] = {name: [] for name in INPUT}
    add_people(tables)
    add_teams(land, tables)
    add_supplies(land, tables)
    add_command(tables)
    tables.update(areas=land.areas, places=land.places, roads=land.roads, closures=land.closures())
    return scenario_of(tables, SETTINGS)


def main() -> None:
    """Read the arguments and build."""
    arguments = parser(__doc__ or "", HERE).parse_args()
    write(build(arguments.geography), arguments.out)


if __name__ == "__main__":
    main()
