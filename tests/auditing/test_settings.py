"""What settings change: delays, thinning, flat rule, weighted objective; and exact sums of large numbers."""

from __future__ import annotations

import pytest
from auditing.cases import CASES, plan, scenario

from yjopt.auditing import audit


def test_flat_rule_has_no_support() -> None:
    """Without priority there are no stages of support; the others stay."""
    case = CASES["supplies"]()
    stages = audit(case.scenario.replace({"rule": "flat"}), case.tables).stages
    assert stages == {"rules": 0, "unmet_people": 0, "unmet_goods": 23_000_000, "time": 785, "money": 83_000}


def test_weighted_objective() -> None:
    """1 a ration of unmet goods, 0.0001 a millionth of support, 0.000001 a minute and a yuan.

    23 + 0.0001 * 1,000,000 + 0.000001 * (785 + 830) = 123.001615, in millionths of millionths.
    """
    case = CASES["supplies"]()
    result = audit(case.scenario.replace({"objective": "weighted"}), case.tables)
    assert result.stages["weighted"] == 123_001_615 * 10**6


def test_a_minimum_that_is_hard_has_a_stage() -> None:
    """`hard_rules` stands first where a hard minimum exists, and nowhere else."""
    assert next(iter(audit(CASES["isolation"]().scenario, {}).stages)) == "hard_rules"
    assert "hard_rules" not in audit(CASES["beds"]().scenario, {}).stages


def test_delays_waived() -> None:
    """With `ignore_delays` the purchase arrives at once and the school needs no set-up; a store still takes a night."""
    case = CASES["supplies"]()
    found = audit(case.scenario.replace({"ignore_delays": True}), case.tables).violations
    assert found["rule"].tolist() == ["arrival_period"]
    assert found["table"].tolist() == ["procurements"]
    case = CASES["isolation"]()
    found = audit(case.scenario.replace({"ignore_delays": True}), case.tables).violations
    # The minimum for fever now holds from the first period on.
    assert set(found["rule"]) == {"opening_first", "hard_minimum"}
    assert found.loc[found["rule"] == "hard_minimum", "period"].tolist() == [1]


def test_long_trips() -> None:
    """Delays add up before they are rounded: 2 h and 100 min are two periods of 1.5 h and a part."""
    case = CASES["supplies"]()
    found = audit(case.scenario.replace({"period_hours": 1.5}), case.tables).violations
    late = found[(found["rule"] == "arrival_period") & (found["place"] == "depot-E")]
    assert any("to clinic-E in period 1 arrives in 3, not in 1" in words for words in late["message"])


@pytest.mark.parametrize(("nearest", "parts"), [(0, 2), (2, 2), (1, 3)])
def test_parts_of_thinned_reach(nearest: int, parts: int) -> None:
    """A group of 13 that reaches 10 rooms is cut in two; if only the nearest site of 5 rooms is kept, in three."""
    sizes = {2: [7, 6], 3: [5, 4, 4]}[parts]
    case = scenario(
        {
            "places": """
place,kind,area
town,town,E1
far,isolation,E1
near,isolation,E1
""",
            "roads": "from,to,minutes\ntown,far,20\ntown,near,10\n",
            "categories": "category,stay,wait,together,split\nclose,3,0,true,true\n",
            "isolation_sites": "place,rooms\nfar,10\nnear,5\n",
            "site_category": "place,category\nfar,close\nnear,close\n",
            "contacts": "place,category,period,people\ntown,close,1,13\n",
        },
        {"nearest": {"contacts": nearest}},
    )
    sent = sizes[parts - 1]
    tables = plan(
        isolations=f"from,to,category,arrived,part,period,people\ntown,far,close,1,{parts},1,{sent}\n",
        holdings="place,category,period\nfar,close,1\n",
        unmet=f"kind,state,place,what,period,amount\nisolation,lost,town,close,1,{13 - sent}\n",
    )
    assert audit(case, tables).violations["rule"].tolist() == []
    more = tables | {"isolations": tables["isolations"].assign(part=parts + 1)}
    assert "part_unknown" in set(audit(case, more).violations["rule"])


def test_large_numbers_are_exact() -> None:
    """A thousand million units at weight 1,000, late by a year: more quanta than floats count, summed exactly."""
    large = 1_000_000_000
    case = scenario(
        {
            "places": "place,kind,area\ntown,town,E1\n",
            "items": "item,pack,kg,late\nmask,1,100000,0.002\n",
            "stocks": f"place,item,quantity\ntown,mask,{large}\n",
            "needs": f"""
place,item,period,quantity,weight
town,mask,1,{large},1000
town,mask,2,{large},1000
""",
        },
        {"periods": 366},
    )
    assert audit(case, plan()).stages["unmet_goods"] == 10**6 * large * ((1000 + 2 * 365) + (1000 + 2 * 364))
    tables = plan(
        shipments=f"""
from,to,item,authority,kind,use,depart,arrive,quantity,rung,step
town,town,mask,E1,physical,supply,1,1,{10**13},0,own
"""
    )
    found = audit(case, tables).violations
    assert found.loc[found["rule"] == "stock_balance", "amount"].max() == 10**13 - large
