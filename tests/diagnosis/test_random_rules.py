"""Random tiny scenarios with all command rules on: what is diagnosed agrees with what can be solved."""

from __future__ import annotations

from random import Random

import pandas as pd
import pytest
from tiny_command import command

import yjopt as yj


def clashing(seed: int) -> yj.Scenario:
    """A scenario with all its rules hard, and with ceilings that few of them can keep."""
    frames, settings = command(seed)
    random = Random(f"ceilings {seed}")
    settings = {**settings, "rule": random.choice(["strict", "priority", "flat"])}
    rules = frames["rules"].assign(hard=True)
    rows = []
    for area in random.sample(["CA", "CB", "C", "TA", "P"], 2):
        what = random.choice(["people", "goods"])
        taken = (rules["rule"] == "unmet_ceiling") & (rules["area"] == area) & (rules["what"] == what)
        if not taken.any():
            amount = random.choice([0.0, 1.0, 3.5])
            rows.append({"rule": "unmet_ceiling", "area": area, "what": what, "amount": amount})
    told = {"hard": True, "weight": 1.0, "count_upper_units": False, "source": "", "from_period": pd.NA}
    more = pd.DataFrame([{**told, **row} for row in rows], columns=list(rules.columns)).astype(rules.dtypes)
    return yj.Scenario.from_tables({**frames, "rules": pd.concat([rules, more])}, settings)


def examine(seed: int) -> str:
    """A diagnosis that finds nothing goes with a plan, one that finds something with none; repaired there is one."""
    scenario = clashing(seed)
    found = yj.diagnose(scenario)
    status = yj.solve(scenario, gap=0.0, time_limit=20).status
    assert found.proven
    assert found.ok == (status != "impossible")
    assert found.ok == found.conflicts.empty == found.repair.empty
    if found.ok:
        return "holds"
    plan = yj.solve(found.repaired, gap=0.0, time_limit=20)
    assert plan.status in ("optimal", "feasible")
    assert plan.audit().ok
    # Each clash holds a rule that demands; without it and those of the other clashes the rest can hold.
    demands = found.conflicts[found.conflicts["short"] > 0]
    keys = ["rule", "area", "what"]
    rules = scenario.tables["rules"]
    left = rules[~pd.MultiIndex.from_frame(rules[keys]).isin(pd.MultiIndex.from_frame(demands[keys]))]
    assert yj.diagnose(scenario.replace(rules=left)).ok
    return "money" if found.cost else "given up"


@pytest.mark.parametrize("seed", range(3))
def test_a_few(seed: int) -> None:
    """Three of them."""
    examine(seed)


@pytest.mark.long
def test_many() -> None:
    """A hundred, and all ways out are met."""
    kinds = pd.Series([examine(seed) for seed in range(3, 103)])
    assert set(kinds) == {"holds", "money", "given up"}
