"""Checking again only what a change can matter to: always the same as checking everything."""

from __future__ import annotations

import pickle
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny import FAMILIES

import yjopt as yj
from yjopt import checks
from yjopt.errors import ScenarioError
from yjopt.schema import INPUT
from yjopt.sweeping.rechecking import VariedScenario, _Watched

SCENARIOS = {
    seed: yj.Scenario.from_tables(*FAMILIES[family](seed))
    for seed, family in enumerate(("mixed", "couplings", "rules", "trips", "durables"))
}
VARIED = {seed: VariedScenario.of(scenario) for seed, scenario in SCENARIOS.items()}


def same(varied: yj.Scenario, scenario: yj.Scenario, frames: dict[str, pd.DataFrame]) -> None:
    """Both ways give the same tables, types and findings, or refuse for the same reasons."""
    try:
        expected = scenario.replace(**frames)
    except ScenarioError as error:
        with pytest.raises(ScenarioError) as told:
            varied.replace(**frames)
        assert told.value.findings == error.findings
        return
    found = varied.replace(**frames)
    assert type(found) is yj.Scenario
    assert found.findings == expected.findings
    assert found.settings == expected.settings
    for name, frame in expected.tables.items():
        pd.testing.assert_frame_equal(found.tables[name], frame)


@given(data=st.data())
def test_any_change_of_rows_is_found_the_same(data: Any) -> None:
    """Rows taken out, doubled or with another row's cell in one or two tables, wrong ones among them."""
    seed = data.draw(st.sampled_from(sorted(SCENARIOS)))
    scenario = SCENARIOS[seed]
    filled = [name for name, frame in scenario.tables.items() if len(frame)]
    frames = {}
    for name in data.draw(st.lists(st.sampled_from(filled), min_size=1, max_size=2, unique=True)):
        frame = scenario.tables[name]
        row = data.draw(st.integers(0, len(frame) - 1))
        other = data.draw(st.integers(0, len(frame) - 1))
        column = data.draw(st.sampled_from([column.name for column in INPUT[name].columns]))
        how = data.draw(st.sampled_from(["out", "twice", "copied", "wrong", "huge", "empty"]))
        changed = frame.astype(object)
        if how == "copied":
            changed.loc[row, column] = frame.loc[other, column]
        elif how in ("wrong", "huge"):
            changed.loc[row, column] = "?" if how == "wrong" else 10**8
        else:
            rows = {"out": frame.index != row, "twice": [*frame.index, row], "empty": []}[how]
            changed = changed.loc[rows]
        frames[name] = changed.reset_index(drop=True)
    same(VARIED[seed], scenario, frames)


def test_only_rules_that_read_a_changed_table_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A closed road concerns few rules; and every table is read by some rule."""
    tables, settings, _ = yj.generate(towns=12, periods=1, seed=5)
    scenario = yj.Scenario.from_tables(tables, settings)
    varied = VariedScenario.of(scenario)
    watched: _Watched = varied._watched
    reads = {rule.name: read for rule, read, _ in watched._tried}
    assert set().union(*reads.values()) == set(INPUT)
    tried: list[str] = []
    findings = checks.Rule.findings

    def watch(rule: checks.Rule, among: Any) -> Any:
        tried.append(rule.name)
        return findings(rule, among)

    monkeypatch.setattr(checks.Rule, "findings", watch)
    yj.variants.close_roads(scenario, count=1)[0].apply(varied)
    assert 0 < len(tried) < len(checks.ALL_RULES) / 3
    assert set(tried) == {name for name, read in reads.items() if "closures" in read}


def test_settings_and_places_are_checked_with_everything() -> None:
    """Changes that may concern any table take the long way, and come out the same."""
    scenario, varied = SCENARIOS[0], VARIED[0]
    assert varied.replace({"rule": "flat"}).digest == scenario.replace({"rule": "flat"}).digest
    assert varied.replace().digest == scenario.digest
    same(varied, scenario, {"places": scenario.places.assign(name="somewhere")})
    same(varied, scenario, {"areas": scenario.areas.head(1)})
    with pytest.raises(ScenarioError, match="no table 'town'"):
        varied.replace(town=scenario.places)


def test_it_travels_as_a_plain_scenario() -> None:
    """What was watched stays in its process."""
    again = pickle.loads(pickle.dumps(VARIED[0]))
    assert type(again) is yj.Scenario
    assert again.digest == SCENARIOS[0].digest
