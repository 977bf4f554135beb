"""What stays at home and what nobody may go without, to the last team and person; and who counts how much."""

from __future__ import annotations

import pytest
from auditing.cases import plan, scenario
from auditing.command_cases import COMMAND_CASES

from yjopt.auditing import audit

POOLS = {
    "places": "place,kind,area\ntown,town,E1\nbase,base,E2\n",
    "pools": "pool,place,teams\na,town,2\nb,base,3\n",
    "skills": "pool,skill\na,test\nb,test\nb,trace\n",
}


@pytest.mark.parametrize(
    ("rule", "short"),
    [
        ("E,test,5,", {}),
        ("E,test,6,", {1: 1, 2: 1, 3: 1}),
        ("E,test,6,3", {3: 1}),
        ("E2,test,4,2", {2: 1, 3: 1}),
        ("E,trace,4,3", {3: 1}),
        ("W,test,1,3", {3: 1}),
    ],
)
def test_a_quota_counts_teams_of_its_area_and_skill(rule: str, short: dict[int, int]) -> None:
    """Nobody is sent: short is what the quota wants beyond the teams there are, from its first period on."""
    made = scenario(
        POOLS | {"rules": f"rule,area,what,amount,from_period,hard\nmobile_quota,{rule},true\n"},
        {"periods": 3},
    )
    found = audit(made, plan())
    assert set(found.violations["rule"]) <= {"hard_mobile_quota"}
    rows = zip(found.violations["period"], found.violations["amount"], strict=True)
    assert dict(rows) == short
    assert found.stages["hard_rules"] == sum(short.values())


@pytest.mark.parametrize(
    ("area", "amount", "short"), [("C", 8, 0), ("C", 7.5, 1), ("E", 6.99, 2), ("W", 0, 0)]
)
def test_a_ceiling_counts_the_takers_inside_its_area(area: str, amount: float, short: int) -> None:
    """The people of town E1 are left with 8: a ceiling is short by what is above it, in whole numbers."""
    case = COMMAND_CASES["people"]()
    rules = case.scenario.tables["rules"]
    hard = (rules["rule"] == "unmet_ceiling") & rules["hard"]
    rules.loc[hard, ["area", "amount"]] = [area, amount]
    found = audit(case.scenario.replace(rules=rules), case.tables).violations
    found = found[found["rule"] == "hard_unmet_ceiling"]
    assert found["amount"].tolist() == ([short] if short else [])


@pytest.mark.parametrize(("beds", "amount", "loaded"), [(2, 50, True), (2, 50.01, False), (1, 66.67, False)])
def test_a_backup_waits_for_its_load(beds: int, amount: float, loaded: bool) -> None:
    """2 of 2 beds and none of hospital-C's are taken when the backup is decided."""
    case = COMMAND_CASES["people"]()
    tables = {name: case.scenario.tables[name].copy() for name in ("beds", "rules")}
    tables["beds"].loc[tables["beds"]["place"] == "hospital-C", "beds"] = beds
    tables["rules"].loc[tables["rules"]["rule"] == "backup_load", "amount"] = amount
    found = audit(case.scenario.replace(**tables), case.tables).violations
    assert found["rule"].tolist() == ([] if loaded else ["backup_load"])


def test_a_share_is_never_nothing() -> None:
    """Of three million people one is a third of a millionth, counted as one; of two, half of it all."""
    for people, towns, share in ((1_000_000, 3, 1), (1, 2, 500_000)):
        made = scenario(
            {
                "places": "place,kind,area,unit\n"
                + "".join(f"town-{n},town,E1,\n" for n in range(towns))
                + "hospital,hospital,E1,E\n",
                "roads": "from,to,minutes\ntown-0,hospital,10\n",
                "groups": "group\nill\n",
                "eligibility": "group,class\nill,ward\n",
                "beds": "place,class,beds\nhospital,ward,1\n",
                "arrivals": "place,group,period,people\n"
                + "".join(f"town-{n},ill,1,{people}\n" for n in range(towns)),
            },
            {"support": {"people": True}},
        )
        tables = plan(
            admissions="from,to,class,group,arrived,period,people\ntown-0,hospital,ward,ill,1,1,1\n"
        )
        assert audit(made, tables).stages["support:pool"] == share


def test_words_for_a_tired_reader() -> None:
    """Who, what, when, and which giver still had how much."""
    case = COMMAND_CASES["asking"]()
    stocks = case.scenario.tables["stocks"].copy()
    stocks.loc[stocks["place"] == "town-B", "quantity"] = 30
    found = audit(case.scenario.replace(stocks=stocks), case.tables).violations
    words = found.loc[found["rule"] == "strict_supplies", "message"].tolist()
    assert words[0] == (
        "town-A gets mask of W from depot-W in period 1, but E2, which is asked before, still has 2 packs at town-B "
        "at the end of period 1 that could have come. Goods come from further up only when all givers before are "
        "exhausted."
    )
    requests = case.tables["requests"].copy()
    requests.loc[requests["step"] == "peer-2", "rule"] = ""
    found = audit(case.scenario, {**case.tables, "requests": requests}).violations
    assert found["message"].tolist() == [
        "The request of E1 to W in period 1: mask from W for E1 goes by the rule 'pairing', not ''. A row names the "
        "rule that lets it pass."
    ]
