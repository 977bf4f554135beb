"""Scenarios and a plan that several tests of the command line share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from files.three_towns import write_by_hand

from yjopt.command_line.running import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def towns(tmp_path: Path) -> Path:
    """Three towns, in a folder written by hand."""
    return write_by_hand(tmp_path / "towns")


@pytest.fixture(scope="session")
def twelve(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generated scenario that no solver closes in a second."""
    path = tmp_path_factory.mktemp("generated") / "twelve"
    assert main(["generate", "-o", str(path), "--towns", "12", "--periods", "4"]) == 0
    return path


@pytest.fixture(scope="session")
def solved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Three towns and their manual plan."""
    folder = tmp_path_factory.mktemp("solved")
    scenario = write_by_hand(folder / "towns")
    assert main(["solve", str(scenario), "-o", str(folder / "plan"), "--engine", "manual"]) == 0
    return scenario, folder / "plan"
