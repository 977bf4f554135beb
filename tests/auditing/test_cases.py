"""Plans made by hand: nothing is found wrong, and every stage value is the one on paper."""

from __future__ import annotations

import pytest
from auditing.cases import CASES as PLAIN_CASES
from auditing.command_cases import COMMAND_CASES

from yjopt.auditing import audit

CASES = PLAIN_CASES | COMMAND_CASES


@pytest.mark.parametrize("name", CASES)
def test_a_plan_made_by_hand_is_right(name: str) -> None:
    """No violation, and the stage values of the case's docstring; all other stages are 0."""
    case = CASES[name]()
    result = audit(case.scenario, case.tables)
    assert result.violations.to_dict("records") == []
    assert result.ok
    assert result.worst == ""
    assert {
        stage: value for stage, value in result.stages.items() if value or stage == "hard_rules"
    } == case.stages
    assert all(type(value) is int for value in result.stages.values())
    assert result.checks > 50
