"""A plan is known before the data: it exists, with not a unit to spare; one unit less and there is none."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import yjopt as yj
from yjopt.checks import check
from yjopt.errors import ScenarioError
from yjopt.files import raw_from_frames
from yjopt.generation.planted import CUTS, planted

Made = tuple[dict[str, pd.DataFrame], dict[str, Any], dict[str, Any]]


def assert_sound(made: Made) -> None:
    found = check(raw_from_frames(made[0], made[1]))
    assert [str(finding) for finding in found if finding.severity == "error"] == []


def flow(made: Made, name: str) -> pd.DataFrame:
    return pd.DataFrame(made[2]["plan"][name])


@pytest.mark.parametrize("seed", range(5))
def test_capacity_is_what_the_plan_takes_and_all_are_in_it(seed: int) -> None:
    """Every lot, bed, room and team is used by the plan, and every need, patient, group and task has its own."""
    made = planted(towns=4 + 5 * seed, seed=seed)
    assert_sound(made)
    tables = made[0]
    shipped = flow(made, "shipments").groupby(["from", "what"])["amount"].sum()
    assert shipped.to_dict() == tables["stocks"].set_index(["place", "item"])["quantity"].to_dict()
    pack = tables["items"].set_index("item")["pack"]
    needs = tables["needs"].assign(packs=lambda frame: -(-frame["quantity"] // frame["item"].map(pack)))
    sent = flow(made, "shipments").assign(packs=lambda frame: frame["amount"] // frame["what"].map(pack))
    assert (
        sent.groupby(["to", "what"])["packs"].sum().to_dict()
        == needs.groupby(["place", "item"])["packs"].sum().to_dict()
    )
    admitted = flow(made, "admissions")
    assert (
        admitted.groupby("to")["amount"].sum().to_dict()
        == tables["beds"].groupby("place")["beds"].sum().to_dict()
    )
    assert admitted["amount"].sum() == tables["arrivals"]["people"].sum()
    rooms = tables["isolation_sites"].set_index("place")["rooms"]
    assert flow(made, "isolations").groupby("to")["amount"].sum().to_dict() == rooms.to_dict()
    assert rooms.sum() == tables["contacts"]["people"].sum()
    sent_out = flow(made, "deployments")
    assert sent_out["amount"].sum() == tables["pools"]["teams"].sum()
    assert set(sent_out["to"]) == set(tables["tasks"]["task"])


def test_the_solver_finds_a_plan_that_serves_everybody() -> None:
    tables, settings, _ = planted(towns=6, seed=2)
    plan = yj.solve(yj.Scenario.from_tables(tables, settings), engine="highs", time_limit=30)
    assert plan.audit().ok
    values = plan.stages.set_index("name")["value"]
    assert values["hard_rules"] == 0
    assert values["unmet_people"] == 0
    assert values["unmet_goods"] == 0


@pytest.mark.parametrize("cut", CUTS)
def test_one_unit_less_and_no_plan_exists(cut: str) -> None:
    """The twin differs in one cell, which the record names."""
    whole, _, _ = planted(towns=6, seed=2)
    made = planted(towns=6, seed=2, cut=cut)
    assert_sound(made)
    tables, record = made[0], made[2]["cut"]
    for name, frame in whole.items():
        other = tables[name]
        changed = [
            column
            for column in frame.columns
            if not frame[column].astype(str).equals(other[column].astype(str))
        ]
        assert changed == ([record["column"]] if name == record["table"] else []), name
    before, after = (frames[record["table"]][record["column"]] for frames in (whole, tables))
    row = (before != after).to_numpy().nonzero()[0]
    assert len(row) == 1
    assert (before[row[0]], after[row[0]]) == (record["before"], record["after"])
    assert whole[record["table"]]["place"][row[0]] == record["place"]
    plan = yj.solve(yj.Scenario.from_tables(tables, made[1]), engine="highs", time_limit=30)
    assert plan.status == "impossible"


@pytest.mark.parametrize("words", [{"cut": "money"}, {"towns": 1}])
def test_arguments_out_of_range_are_named(words: dict[str, Any]) -> None:
    with pytest.raises(ScenarioError) as caught:
        planted(**words)
    assert [found.column for found in caught.value.findings] == list(words)
