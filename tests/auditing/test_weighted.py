"""The weighted sum that the audit recomputes, by hand from the stages of every hand-made plan."""

from __future__ import annotations

from fractions import Fraction

import pytest
from auditing.cases import CASES

from yjopt.auditing import audit

WEIGHTS = {"rules": 7, "unmet_people": 3, "unmet_goods": 2, "support": 0.5, "time": 0.25, "money": 0.125}
#: Quanta in one natural unit, as the contract has them; 1 elsewhere.
UNITS = {"rules": 1_000, "unmet_people": 1_000_000, "unmet_goods": 1_000_000, "money": 100}


@pytest.mark.parametrize("name", CASES)
def test_weighted_sum_of_every_case(name: str) -> None:
    """Weight times natural value over all stages but the hard rules, in millionths of millionths."""
    case = CASES[name]()
    stages = audit(case.scenario.replace({"objective": "weighted", "weights": WEIGHTS}), case.tables).stages
    by_hand = sum(
        Fraction(value, UNITS.get(stage, 1)) * Fraction(WEIGHTS[stage.partition(":")[0]])
        for stage, value in stages.items()
        if stage not in ("hard_rules", "weighted")
    )
    assert by_hand > 0
    assert stages["weighted"] == by_hand * 10**12
