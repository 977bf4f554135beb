"""Order sheets on the command line: of one unit, and an overview of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from command_line_words import strict_json

import yjopt as yj
from yjopt.command_line.running import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def written(tmp_path: Path) -> tuple[str, str, yj.Plan]:
    """A generated scenario and its manual plan, written."""
    tables, settings, _ = yj.generate(towns=12, periods=3, seed=3)
    scenario = yj.Scenario.from_tables(tables, settings)
    plan = yj.solve(scenario, engine="manual")
    scenario.write(tmp_path / "scenario")
    plan.write(tmp_path / "plan")
    return str(tmp_path / "scenario"), str(tmp_path / "plan"), plan


def test_the_sheets_of_all_units_add_up(
    written: tuple[str, str, yj.Plan], capsys: pytest.CaptureFixture[str]
) -> None:
    """The overview counts every shipment, admission and deployment of the plan once."""
    scenario, folder, plan = written
    assert main(["orders", scenario, folder, "--json"]) == 0
    units = strict_json(capsys.readouterr().out)
    for table in ("shipments", "admissions", "deployments"):
        assert sum(unit[table] for unit in units) == len(plan.tables[table])


def test_one_sheet_says_what_and_for_whom(
    written: tuple[str, str, yj.Plan], capsys: pytest.CaptureFixture[str]
) -> None:
    scenario, folder, plan = written
    giver = str(plan.shipments["authority"].mode().iloc[0])
    assert main(["orders", scenario, folder, giver]) == 0
    assert capsys.readouterr().out.startswith(f"Order sheet of {giver}")
    assert main(["orders", scenario, folder, giver, "--json"]) == 0
    sheet = strict_json(capsys.readouterr().out)
    assert {row["authority"] for row in sheet["shipments"]} == {giver}
    assert {row["asked"] for row in sheet["received"]} <= {giver}


def test_an_unknown_unit_is_bad_input(
    written: tuple[str, str, yj.Plan], capsys: pytest.CaptureFixture[str]
) -> None:
    scenario, folder, _ = written
    assert main(["orders", scenario, folder, "nowhere"]) == 2
    assert "There is no area 'nowhere'" in capsys.readouterr().err
