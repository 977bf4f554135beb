"""A plan as an object: reading, writing, statistics, and what people see."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from tiny import FAMILIES

import yjopt as yj
from yjopt.plan.view import worth
from yjopt.schema import OUTPUT

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def scenario() -> yj.Scenario:
    """All families in one tiny scenario."""
    return yj.Scenario.from_tables(*FAMILIES["mixed"](6))


@pytest.fixture(scope="module")
def plan(scenario: yj.Scenario) -> yj.Plan:
    """Its plan."""
    return yj.solve(scenario, gap=0, time_limit=60)


def test_every_table_is_an_attribute_and_has_the_columns_of_the_schema(plan: yj.Plan) -> None:
    """Also the empty ones, with their types, sorted by key without repetition."""
    for name, table in OUTPUT.items():
        frame = getattr(plan, name)
        assert frame.columns.tolist() == [column.name for column in table.columns]
        assert not frame.duplicated(list(table.key)).any()
        pd.testing.assert_frame_equal(frame, frame.sort_values(list(table.key), ignore_index=True))


def test_an_unknown_table_is_refused_with_the_known_ones(plan: yj.Plan) -> None:
    """A typo gets a list."""
    with pytest.raises(AttributeError, match="shipments"):
        _ = plan.shipmints


def test_what_is_written_is_read_back(plan: yj.Plan, scenario: yj.Scenario, tmp_path: Path) -> None:
    """Tables, stages, status, and the audit."""
    plan.write(tmp_path / "out")
    again = yj.Plan.read(tmp_path / "out", scenario)
    for name in OUTPUT:
        pd.testing.assert_frame_equal(again.tables[name], plan.tables[name])
    pd.testing.assert_frame_equal(again.stages, plan.stages)
    assert (again.status, again.stopped_by, again.notes) == (plan.status, plan.stopped_by, plan.notes)
    assert again.audit().ok
    assert yj.audit(scenario, tmp_path / "out").ok


def test_a_plan_for_other_tables_is_refused(plan: yj.Plan, scenario: yj.Scenario, tmp_path: Path) -> None:
    """One mask more in one stock: another scenario."""
    plan.write(tmp_path / "out")
    stocks = scenario.stocks.copy()
    stocks.loc[0, "quantity"] += 1
    with pytest.raises(yj.PlanError, match="another scenario"):
        yj.audit(scenario.replace(stocks=stocks), tmp_path / "out")


def test_an_altered_file_is_refused_by_name(plan: yj.Plan, scenario: yj.Scenario, tmp_path: Path) -> None:
    """A digit changed in a CSV after the plan was written."""
    plan.write(tmp_path / "out")
    path = tmp_path / "out" / "unmet.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("1", "2"), encoding="utf-8")
    with pytest.raises(yj.FileError, match=r"unmet\.csv"):
        yj.Plan.read(tmp_path / "out", scenario)


def test_statistics_add_up(plan: yj.Plan, scenario: yj.Scenario) -> None:
    """What is wanted is met, waits or is lost, whichever way it is grouped; and by hand from the tables."""
    by_kind = plan.statistics().set_index("kind")
    assert (by_kind["wanted"] == by_kind["met"] + by_kind["waiting"] + by_kind["lost"]).all()
    for by, level in (("area", ""), ("area", "county"), ("area", "city"), ("what", "")):
        grouped = plan.statistics(by=by, level=level)
        columns = ["wanted", "met", "waiting", "lost"]
        pd.testing.assert_frame_equal(grouped.groupby("kind")[columns].sum(), by_kind[columns])
    assert by_kind.loc["bed", "met"] == plan.admissions["people"].sum()
    assert by_kind.loc["isolation", "met"] == plan.isolations["people"].sum()
    durable = set(scenario.items.loc[scenario.items["durable"], "item"])
    goods = plan.served[~plan.served["item"].isin(durable)]
    assert by_kind.loc["supply", "met"] == goods["quantity"].sum()
    assert plan.statistics(by="period")["wanted"].sum() == by_kind["wanted"].sum()


def test_statistics_by_something_else_are_refused(plan: yj.Plan) -> None:
    """An unknown grouping names the known ones."""
    with pytest.raises(yj.PlanError, match="kind, area, what, period"):
        plan.statistics(by="colour")


def test_people_see_what_matters(plan: yj.Plan) -> None:
    """Status, what the plan is worth, and the exceptions; the notebook view carries the tables."""
    text = plan.summary()
    assert plan.status in text
    assert worth(plan) in text
    view = plan._repr_html_()
    assert "plan.unmet" in view
    assert "<script" not in view


def test_hostile_names_stay_harmless_in_the_view(scenario: yj.Scenario) -> None:
    """Names are data: nothing in them becomes markup."""
    payload = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    named = scenario.replace(
        settings={"name": payload},
        areas=scenario.areas.assign(name=payload),
        places=scenario.places.assign(name=payload),
    )
    for view in (yj.solve(named, engine="manual")._repr_html_(), named._repr_html_()):
        assert "<script" not in view
        assert "<img" not in view


def test_scenario_and_plan_travel_between_processes(plan: yj.Plan, scenario: yj.Scenario) -> None:
    """Pickled and copied they are the same: what a pool of processes or a notebook needs."""
    again, copied = pickle.loads(pickle.dumps(plan)), copy.deepcopy(scenario)
    assert copied.digest == scenario.digest == again.scenario.digest
    assert again.summary() == plan.summary()
    pd.testing.assert_frame_equal(again.shipments, plan.shipments)
