"""Good plans changed in every table, column and rule: refused by name, whatever else is found with it."""

from __future__ import annotations

from functools import cache

import pytest
from auditing.cases import CASES, Case
from auditing.changes import CHANGES as PLAIN_CHANGES
from auditing.changes import Change
from auditing.command_cases import COMMAND_CASES
from auditing.command_changes import COMMAND_CHANGES

from yjopt.auditing import RULES, audit

CHANGES = PLAIN_CHANGES + COMMAND_CHANGES


@cache
def case_of(name: str) -> Case:
    return (CASES | COMMAND_CASES)[name]()


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_a_changed_plan_is_refused_by_name(change: Change) -> None:
    """The rule the change is made for is among those found broken, in plain words."""
    result = audit(*change.of(case_of(change.case)))
    found = result.violations[result.violations["rule"] == change.rule]
    assert len(found), f"found only {sorted(set(result.violations['rule']))}"
    assert not result.ok
    assert result.worst
    assert found["message"].str.endswith(RULES[change.rule]).all()
    assert not found["message"].str.contains(r"[{}]").any()


def test_every_rule_has_a_change() -> None:
    """A rule that no change breaks is a rule nobody has tried."""
    assert {change.rule for change in CHANGES} == set(RULES)
