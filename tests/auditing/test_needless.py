"""What a plan need not do but may: the audit counts it and refuses nothing."""

from __future__ import annotations

from auditing.cases import CASES

from yjopt.auditing import audit


def test_an_exception_that_nobody_needs() -> None:
    """Where sites of a higher unit count, county W lacks none; the exceptions it claims all the same cost as much."""
    case = CASES["isolation"]()
    rules = case.scenario.tables["rules"].assign(count_upper_units=True)
    found = audit(case.scenario.replace(rules=rules), case.tables)
    assert found.violations["rule"].tolist() == []
    assert found.stages["rules"] == case.stages["rules"] == 22_000
