"""The ventilator case in the small: three made-up states, by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import yjopt as yj
from benchmarks.published import ventilators

if TYPE_CHECKING:
    from pathlib import Path


def test_a_loan_takes_three_days_and_leaves_nine_tenths_at_home(tmp_path: Path) -> None:
    """Rich has 20 and needs none, so 2 may leave; Poor has 0 and needs 1, 1, 1, 1, 3: short 1 + 1 + 1 + 0 + 1 = 4.

    The two sent on day 1 arrive on day 4. The row of the country is left out, or the need would be counted twice.
    """
    rows = ["state,date,supply,demand"]
    for day, need in enumerate([1, 1, 1, 1, 3], start=1):
        rows += [
            f"Rich,2020-04-{day:02},20,0",
            f"Poor,2020-04-{day:02},0,{need}",
            f"US,2020-04-{day:02},20,{need}",
        ]
    (tmp_path / "demand.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    plan = yj.solve(ventilators(tmp_path), gap=0, time_limit=30)
    assert plan.status == "optimal"
    assert plan.stages.set_index("name").loc["unmet_goods", "value"] == pytest.approx(4.0)
