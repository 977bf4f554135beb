"""From rows to a scenario, and from a scenario to a folder."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

import yjopt as yj
from yjopt.schema import INPUT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from building.land import Row


def china(geography: Path) -> Path:
    """The folder that holds ``areas.csv``: the one named, or ``china`` in it."""
    folder = geography / "china"
    return folder if folder.is_dir() else geography


def scenario_of(tables: Mapping[str, list[Row]], settings: Mapping[str, object]) -> yj.Scenario:
    """Make the scenario; columns that a row does not name are blank."""
    frames = {
        name: pd.DataFrame(rows, columns=[column.name for column in INPUT[name].columns], dtype=object)
        for name, rows in tables.items()
    }
    return yj.Scenario.from_tables(frames, dict(settings))


def write(scenario: yj.Scenario, folder: Path) -> None:
    """Write the scenario into a folder that may hold other files too."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in INPUT:
        (folder / f"{name}.csv").unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        scenario.write(Path(temporary) / "scenario")
        for path in sorted((Path(temporary) / "scenario").iterdir()):
            shutil.copyfile(path, folder / path.name)


def parser(description: str, here: Path) -> argparse.ArgumentParser:
    """Arguments of every builder: where the geography lies, where to write."""
    arguments = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("geography", type=Path, help="folder with areas.csv, towns.csv and the outlines")
    arguments.add_argument(
        "-o", "--out", type=Path, default=here, help="folder to write to (default: beside the script)"
    )
    return arguments
