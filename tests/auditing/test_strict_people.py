"""What counts as exhausted for people and teams under strict order: each plan of a few rows with and without excuse."""

from __future__ import annotations

from typing import Any

import pytest
from auditing.cases import plan, scenario

from yjopt.auditing import audit, ledger

SETTINGS: dict[str, Any] = {"periods": 3, "rule": "strict"}
LEVELS = "area,period,mode\nP,2,war\n"


def rules_broken(tables: dict[str, str], settings: dict[str, Any], **texts: str) -> set[str]:
    """Rules that a plan of these tables breaks; its ledger is filled in."""
    made = scenario(tables, SETTINGS | settings)
    written = plan(**texts)
    return set(audit(made, written | ledger(made, written)).violations["rule"])


ISOLATION = {
    "places": """
place,kind,area,unit
town,town,E1,
near,isolation,E1,E
far,isolation,W1,C
""",
    "roads": "from,to,minutes\ntown,near,10\ntown,far,10\n",
    "categories": "category,stay,wait,together\nclose,3,2,true\nkey,3,0,true\n",
    "isolation_sites": "place,rooms\nnear,5\nfar,5\n",
    "site_category": "place,category\nnear,close\nnear,key\nfar,close\n",
    "contacts": "place,category,period,people\ntown,close,1,3\n",
}
CANDIDATE = "place,rooms,state,setup,cost\nnear,5,candidate,0,60\nfar,5,open,0,0\n"
BUDGET = "rule,area,what,amount\nopening_budget,E,,100\n"


def goes_far(
    alter: dict[str, str], day: int, settings: dict[str, Any], holdings: str = "", openings: str = ""
) -> set[str]:
    """Rules broken when three close contacts of day 1 go to the city's site on a day, past the county's."""
    unmet = "kind,state,place,what,period,amount\n" + "".join(
        f"isolation,waiting,town,close,{t},3\n" for t in range(1, day)
    )
    held = "".join(f"far,close,{t}\n" for t in range(day, 4))
    return rules_broken(
        ISOLATION | alter,
        settings,
        isolations=f"from,to,category,arrived,part,period,people\ntown,far,close,1,1,{day},3\n",
        holdings="place,category,period\n" + held + holdings,
        openings="place,what,class,level,decided,first,last\n" + openings,
        unmet=unmet if day > 1 else "kind,state,place,what,period,amount\n",
    )


SINGLY = {"categories": "category,stay,wait,together\nclose,3,2,false\nkey,3,0,true\n"}
SMALL = {"isolation_sites": "place,rooms\nnear,2\nfar,5\n"}


def cleaned(periods: int) -> dict[str, str]:
    """Cleaning before the county's site may hold close contacts."""
    rows = f"place,category,cleaning\nnear,close,{periods}\nnear,key,0\nfar,close,0\n"
    return {"site_category": rows}


def candidate(setup: int, cost: int, conversion: int = 0) -> dict[str, str]:
    """The county's site is a candidate, and has a budget of 100."""
    return {
        "isolation_sites": f"place,rooms,state,setup,cost\nnear,5,candidate,{setup},{cost}\nfar,5,open,0,0\n",
        "site_category": f"place,category,conversion_cost\nnear,close,{conversion}\nnear,key,0\nfar,close,0\n",
        "rules": BUDGET,
    }


GATE = {"gates": "gate,area,opens,which,mode\nshut,P,facility,near,war\n", "levels": LEVELS}


MAKESHIFT = {"facilities": "place,role,setup\nnear,makeshift,0\n", "beds": "place,class,beds\nnear,ward,1\n"}


@pytest.mark.parametrize(
    ("alter", "day", "settings", "holdings", "openings", "lawful"),
    [
        ({}, 1, {}, "", "", False),
        ({}, 1, {"strict": {"isolation": False}}, "", "", True),
        (SMALL, 1, {}, "", "", True),
        (SMALL | SINGLY, 1, {}, "", "", False),
        ({}, 2, {}, "near,key,2\n", "", True),
        ({}, 2, {}, "near,key,1\n", "", False),
        (cleaned(1), 2, {}, "near,key,1\n", "", True),
        (cleaned(1), 3, {}, "near,key,1\n", "", False),
        (cleaned(2), 3, {}, "near,key,1\n", "", True),
        (cleaned(2), 3, {}, "", "", False),
        (candidate(0, 100), 1, {}, "", "", False),
        (candidate(0, 101), 1, {}, "", "", True),
        (candidate(0, 60, 41), 1, {}, "", "", True),
        (candidate(0, 60, 40), 1, {}, "", "", False),
        (candidate(1, 60), 1, {}, "", "", True),
        (candidate(1, 60), 2, {}, "", "", False),
        (candidate(0, 60), 1, {}, "", "near,site,,0,1,1,3\n", False),
        (candidate(0, 60), 2, {}, "", "near,site,,0,3,3,3\n", True),
        (GATE, 1, {}, "", "", True),
        (GATE, 2, {}, "", "", False),
        (GATE | candidate(0, 60), 2, {}, "", "", False),
        (GATE | candidate(1, 60), 2, {}, "", "", True),
        (MAKESHIFT, 2, {}, "", "near,facility,,0,1,1,3\n", True),
        (MAKESHIFT, 1, {}, "", "near,facility,,0,2,2,3\n", False),
        ({"roads": "from,to,minutes\ntown,near,10\ntown,far,9\n"}, 1, {"nearest": {"contacts": 1}}, "", "", True),
        ({"roads": "from,to,minutes\ntown,near,1500\ntown,far,9\n"}, 1, {"limits": {"contacts": 9000}}, "", "", True),
    ],
)  # fmt: skip
def test_a_site_asked_before(
    alter: dict[str, str], day: int, settings: dict[str, Any], holdings: str, openings: str, lawful: bool
) -> None:
    """Room, category, cleaning, set-up, money, gates, conversion and reach: what excuses a site, and what does not."""
    broken = goes_far(alter, day, settings, holdings, openings)
    assert broken == (set() if lawful else {"strict_isolation"})


BEDS = {
    "places": """
place,kind,area,unit
town,town,E1,
near,hospital,E1,E
far,hospital,W1,C
""",
    "roads": "from,to,minutes\ntown,near,10\ntown,far,10\n",
    "groups": "group,stay,wait\nill,1,1\n",
    "eligibility": "group,class\nill,ward\n",
    "beds": "place,class,beds\nnear,ward,2\nfar,ward,2\n",
    "arrivals": "place,group,period,people\ntown,ill,1,2\n",
}
NURSES = {"staffing": "kind,what,skill,members\nclass,ward,nurse,100\n"}
BACKUP = {
    "facilities": "place,role\nnear,backup\n",
    "rules": "rule,area,what,amount\nbackup_load,C,,50\n",
}


@pytest.mark.parametrize(
    ("alter", "settings", "lawful"),
    [
        ({}, {}, False),
        ({}, {"strict": {"beds": False}}, True),
        ({"occupied": "place,class,period,people\nnear,ward,1,2\n"}, {}, True),
        ({"occupied": "place,class,period,people\nnear,ward,1,1\n"}, {}, False),
        ({"beds": "place,class,beds,opening\nnear,ward,2,2\nfar,ward,2,1\n"}, {}, True),
        (NURSES | {"residents": "place,skill,members\nfar,nurse,2\n"}, {}, True),
        (NURSES | {"residents": "place,skill,members\nfar,nurse,2\nnear,nurse,1\n"}, {}, False),
        (BACKUP, {}, True),
        (BACKUP | {"rules": "rule,area,what,amount\nbackup_load,W,,50\n"}, {}, False),
        ({"ladder": "area,resource,step,decision_hours\nP,beds,pool,24\n"}, {"delays": "by_rung"}, True),
        ({"ladder": "area,resource,step,decision_hours\nP,beds,pool,24\n",
          "arrivals": "place,group,period,people,known_from\ntown,ill,1,2,1\n"}, {}, False),
        ({"gates": "gate,area,opens,which,resource,mode\nshut,E1,step,pool,beds,war\n"}, {}, True),
        ({"gates": "gate,area,opens,which,resource,mode\nshut,E1,step,pool,teams,war\n"}, {}, False),
        ({"gates": "gate,area,opens,which,mode\nshut,E,facility,near,war\n"}, {}, True),
        ({"groups": "group,stay,wait\nill,1,1\nworse,1,1\n", "eligibility": "group,class\nill,annex\nworse,ward\n",
          "beds": "place,class,beds\nnear,ward,2\nfar,annex,2\n"}, {}, True),
    ],
)  # fmt: skip
def test_a_ward_asked_before(alter: dict[str, str], settings: dict[str, Any], lawful: bool) -> None:
    """Beds, staff, opening, decisions and gates: what excuses a ward, and what does not."""
    tables = BEDS | alter
    ward = "annex" if "annex" in tables["beds"] else "ward"
    broken = rules_broken(
        tables,
        settings,
        admissions=f"from,to,class,group,arrived,period,people\ntown,far,{ward},ill,1,1,2\n",
    )
    assert broken == (set() if lawful else {"strict_beds"})


TEAMS = {
    "places": """
place,kind,area,unit
town,town,E1,
base-E,base,E1,E
base-C,base,W1,C
""",
    "roads": "from,to,minutes\nbase-E,town,10\nbase-C,town,10\n",
    "pools": "pool,place,teams,floor,tour,callup_hours\nE,base-E,1,,1,\nC,base-C,1,,1,\n",
    "skills": "pool,skill\nE,test\nC,test\n",
    "tasks": "task,place,skill,measure,amount,first_period,last_period\nt,town,test,teams,1,2,3\n",
}


def pool(floor: int, tour: int, callup: int) -> dict[str, str]:
    """Figures of the county's pool."""
    head = "pool,place,teams,floor,tour,callup_hours\n"
    return {"pools": f"{head}E,base-E,1,{floor},{tour},{callup}\nC,base-C,1,0,1,0\n"}


@pytest.mark.parametrize(
    ("alter", "settings", "lawful"),
    [
        ({}, {}, False),
        ({}, {"strict": {"teams": False}}, True),
        (pool(1, 1, 0), {}, True),
        (pool(0, 3, 24), {}, False),
        (pool(0, 1, 48), {}, True),
        ({"skills": "pool,skill\nE,trace\nC,test\n"}, {}, True),
        ({"roads": "from,to,minutes\nbase-C,town,10\n"}, {}, True),
        ({"gates": "gate,area,opens,which,resource,mode\nshut,C,step,pool,teams,war\n"}, {}, True),
        ({"gates": "gate,area,opens,which,resource,mode\nshut,C,step,pool,,war\n", "levels": LEVELS}, {}, False),
        ({"ladder": "area,resource,step,position\nE1,teams,pool,4\n"}, {}, True),
        ({"ladder": "area,resource,step,position\nE1,teams,pool,5\n"}, {}, True),
        ({"ladder": "area,resource,step,position\nE1,teams,pool,3\n"}, {}, False),
        ({"ladder": "area,resource,step,decision_hours\nP,teams,pool,48\n"}, {"delays": "by_rung"}, True),
        ({"ladder": "area,resource,step,decision_hours\nP,teams,pool,24\n",
          "tasks": TEAMS["tasks"].replace("period\nt", "period,known_from\nt").replace("2,3\n", "2,3,1\n")},
         {"delays": "by_rung"}, False),
        ({"blind": "place,period,item,quantity\ntown,1,,0\n"} | pool(0, 2, 24), {}, True),
    ],
)  # fmt: skip
def test_a_pool_asked_before(alter: dict[str, str], settings: dict[str, Any], lawful: bool) -> None:
    """Floors, call-up, skill, reach, gates, positions, decisions: what excuses a pool, and what does not."""
    broken = rules_broken(
        TEAMS | alter,
        settings,
        deployments="pool,place,skill,task,depart,first,last,teams\nC,town,test,t,2,2,2,1\n",
        unmet="kind,state,place,what,period,amount\ntask,lost,town,t,3,1\n",
    )
    assert broken == (set() if lawful else {"strict_teams"})
