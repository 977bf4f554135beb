"""What counts as exhausted under strict order, each on a plan of a few rows: refused, and accepted with its excuse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from auditing.cases import plan, scenario

from yjopt.auditing import audit, ledger

if TYPE_CHECKING:
    import pandas as pd

    from yjopt.scenario import Scenario

GOODS = {
    "places": """
place,kind,area,unit
town,town,E1,
depot-E,depot,E1,E
depot-W,depot,W1,W
depot-C,depot,E1,C
""",
    "roads": """
from,to,minutes
depot-E,town,60
depot-W,town,60
depot-C,town,60
depot-E,depot-W,60
""",
    "items": "item,kg\nmask,1\n",
    "stocks": "place,item,quantity\ndepot-C,mask,5\n",
    "needs": "place,item,period,quantity\ntown,mask,2,5\n",
}
SETTINGS = {"periods": 3, "rule": "strict", "limits": {"supplies": 300}}


def rules_broken(made: Scenario, **texts: str) -> set[str]:
    """Rules that a plan of these tables breaks; its ledger is filled in."""
    tables: dict[str, pd.DataFrame] = plan(**texts)
    return set(audit(made, tables | ledger(made, tables)).violations["rule"])


def city_sends(alter: dict[str, str], settings: dict[str, Any] | None = None, **more: str) -> set[str]:
    """Rules broken when the city sends all 5 masks on day 2 and other givers keep what `alter` gives them."""
    made = scenario(GOODS | alter, SETTINGS | (settings or {}))
    shipments = """
from,to,item,authority,kind,use,depart,arrive,quantity,rung,step
depot-C,town,mask,C,physical,supply,2,2,5,2,above-2
"""
    return rules_broken(
        made,
        **{
            "shipments": shipments + more.pop("shipments", ""),
            "served": "place,item,needed,weight,period,quantity,packs\ntown,mask,2,1,2,5,5\n",
        },
        **more,
    )


COUNTY = "place,item,quantity\ndepot-C,mask,5\ndepot-E,mask,3\n"
STOCKS = "place,item,authority,kind,period,quantity\ndepot-C,mask,C,physical,1,5\n"
KEPT = STOCKS + "".join(f"depot-E,mask,E,physical,{t},3\n" for t in (1, 2, 3))
FLEET = "fleet,place,vehicles,payload_kg,volume_litres,hours\nvan,depot-E,1,10,10,3\n"


def test_a_giver_before_still_has_goods() -> None:
    """The county's 3 masks could have come; nothing else is wrong."""
    assert city_sends({"stocks": COUNTY}, stocks=KEPT) == {"strict_supplies"}


@pytest.mark.parametrize(
    ("alter", "settings"),
    [
        ({}, {"rule": "priority"}),
        ({}, {"strict": {"supplies": False}}),
        ({"roads": "from,to,minutes\ndepot-C,town,60\n"}, {}),
        ({"stocks": "place,item,quantity,floor\ndepot-C,mask,5,\ndepot-E,mask,3,3\n"}, {}),
        ({"stocks": "place,item,quantity,release_hours\ndepot-C,mask,5,\ndepot-E,mask,3,48\n"}, {}),
        ({"stocks": "place,item,quantity,kind\ndepot-C,mask,5,\ndepot-E,mask,3,\n",
          "gates": "gate,area,opens,which,level\nshut,E,step,pool,IV\n"}, {}),
        ({"gates": "gate,area,opens,which,level\nskip,P,skip,,IV\n",
          "levels": "area,period,level\nP,2,III\n",
          "stocks": "place,item,quantity\ndepot-C,mask,5\ndepot-W,mask,3\n"}, {}),
        ({"pairing": "area,helper,resource\nE,E2,supplies\n",
          "stocks": "place,item,quantity\ndepot-C,mask,5\ndepot-W,mask,3\n"}, {}),
        ({"ladder": "area,resource,step,position\nE1,supplies,above-2,0\n"}, {}),
        ({"ladder": "area,resource,step,position\nC,supplies,above-2,1\n"}, {}),
        ({"ladder": "area,resource,step,decision_hours\nC,supplies,pool,48\n"}, {"delays": "by_rung"}),
        ({"fleets": FLEET.replace(",3\n", ",0\n")}, {}),
        ({"closures": "from,to,period,state\ndepot-E,town,2,closed\ndepot-E,depot-W,2,closed\n"}, {}),
        ({"blind": "place,period,item,quantity\ntown,2,mask,5\n"}, {}),
    ],
    ids=["priority", "not for supplies", "out of reach", "floor", "too late", "gate", "skip", "pairing", "asked first",
         "equals", "decision", "no vehicles", "closed", "cut off"],
)  # fmt: skip
def test_what_excuses_a_giver(alter: dict[str, str], settings: dict[str, Any]) -> None:
    """The plan is lawful when strict does not hold, or the giver before could not have sent the goods in time."""
    stocks = {"stocks": COUNTY} | alter
    kept = KEPT.replace("depot-E,mask,E", "depot-W,mask,W") if "depot-W" in stocks["stocks"] else KEPT
    assert city_sends(stocks, settings, stocks=kept) == set()


def test_vehicles_that_are_out_excuse_a_giver() -> None:
    """The only van makes its one trip of 2 hours of 3 to another place; a second hour would do."""
    sent = "depot-E,depot-W,mask,E,physical,supply,2,2,1,0,own\n"
    trips = "fleet,from,to,depart,trips\nvan,depot-E,depot-W,2,1\n"
    stocks = STOCKS + "".join(f"depot-E,mask,E,physical,{t},{n}\n" for t, n in ((1, 3), (2, 2), (3, 2)))
    served = """
place,item,needed,weight,period,quantity,packs
town,mask,2,1,2,5,5
depot-W,mask,2,1,2,1,1
"""
    tables = GOODS | {
        "places": GOODS["places"].replace("depot-W,depot,W1,W", "depot-W,depot,W1,E"),
        "stocks": COUNTY,
        "needs": "place,item,period,quantity\ntown,mask,2,5\ndepot-W,mask,2,1\n",
    }
    shipments = """
from,to,item,authority,kind,use,depart,arrive,quantity,rung,step
depot-C,town,mask,C,physical,supply,2,2,5,2,above-2
"""
    for hours, broken in ((3, set()), (4, {"strict_supplies"})):
        made = scenario(tables | {"fleets": FLEET.replace(",3\n", f",{hours}\n")}, SETTINGS)
        found = rules_broken(made, shipments=shipments + sent, trips=trips, stocks=stocks, served=served)
        assert found == broken


def test_goods_on_the_way_to_another_store_count() -> None:
    """The county moved its 3 masks on day 2 where they are of no use: they could have been sent."""
    moved = "depot-E,depot-W,mask,E,physical,store,2,3,3,1,peer-1\n"
    stocks = STOCKS + "depot-E,mask,E,physical,1,3\ndepot-W,mask,E,physical,3,3\n"
    lots = {"stocks": "place,item,authority,quantity\ndepot-C,mask,,5\ndepot-E,mask,,3\ndepot-W,mask,E,0\n"}
    assert city_sends(lots, shipments=moved, stocks=stocks) == {"strict_supplies"}


def test_own_first_excuses_a_peer() -> None:
    """County W must keep its 3 masks while its own town, which it reaches, is without."""
    needs = GOODS["needs"] + "far,mask,2,4\n"
    alter = {
        "places": GOODS["places"] + "far,town,W1,W\n",
        "roads": GOODS["roads"] + "depot-W,far,30\n",
        "needs": needs,
        "stocks": "place,item,quantity\ndepot-C,mask,5\ndepot-W,mask,3\n",
    }
    kept = KEPT.replace("depot-E,mask,E", "depot-W,mask,W")
    unmet = "kind,state,place,what,period,amount\nsupply,waiting,far,mask,2,4\nsupply,lost,far,mask,3,4\n"
    assert city_sends(alter, stocks=kept, unmet=unmet) == {"strict_supplies"}
    own_first = {"rules": "rule,area,what,amount\nown_first,P,,0\n"}
    assert city_sends(alter | own_first, stocks=kept, unmet=unmet) == set()
    for not_reached in (
        {"roads": GOODS["roads"]},
        {"stocks": "place,item,quantity,release_hours\ndepot-C,mask,5,\ndepot-W,mask,3,24\n",
         "closures": "".join(f"{row}\n" for row in ("from,to,period,state", "depot-W,far,1,closed",
                                                    "depot-W,far,2,closed"))},
    ):  # fmt: skip
        broken = city_sends(alter | own_first | not_reached, stocks=kept, unmet=unmet)
        assert broken == {"strict_supplies"}


def test_what_the_free_part_held_is_judged_at_its_fewest() -> None:
    """County E keeps 3 of 5 at home. Its own place took 2, perhaps free ones: none left for others."""
    alter = {
        "places": GOODS["places"] + "clinic,hospital,E1,E\n",
        "roads": GOODS["roads"] + "depot-E,clinic,30\n",
        "needs": "place,item,period,quantity\ntown,mask,2,5\nclinic,mask,1,2\n",
        "stocks": "place,item,quantity,floor\ndepot-C,mask,5,\ndepot-E,mask,5,3\n",
    }
    own = "depot-E,clinic,mask,E,physical,supply,1,1,2,0,own\n"
    made = scenario(GOODS | alter, SETTINGS)
    shipments = """
from,to,item,authority,kind,use,depart,arrive,quantity,rung,step
depot-C,town,mask,C,physical,supply,2,2,5,2,above-2
"""
    served = "place,item,needed,weight,period,quantity,packs\ntown,mask,2,1,2,5,5\n"
    assert (
        rules_broken(made, shipments=shipments + own, stocks=KEPT, served=served + "clinic,mask,1,1,1,2,2\n")
        == set()
    )
    alone = rules_broken(
        made,
        shipments=shipments,
        stocks=KEPT.replace(",3\n", ",5\n"),
        served=served,
        unmet="kind,state,place,what,period,amount\n"
        + "".join(f"supply,waiting,clinic,mask,{t},2\n" for t in (1, 2))
        + "supply,lost,clinic,mask,3,2\n",
    )
    assert alone == {"strict_supplies"}


LENT = {
    "places": """
place,kind,area,unit
hospital,hospital,E1,E
depot-E,depot,E1,E
depot-C,depot,E1,C
""",
    "roads": "from,to,minutes\ndepot-E,hospital,60\ndepot-C,hospital,60\n",
    "items": "item,kg,durable\npump,1,true\n",
    "needs": "place,item,period,quantity\nhospital,pump,2,1\n",
}


def pumps(there: str, quantity: int = 1, floor: int = 0, return_by: str = "", release: int = 0) -> str:
    """Stocks: one pump of the city, and some asked before at `there`."""
    head = "place,item,authority,quantity,floor,return_by,release_hours\ndepot-C,pump,C,1,0,,0\n"
    return f"{head}{there},pump,E,{quantity},{floor},{return_by},{release}\n"


@pytest.mark.parametrize(
    ("stocks", "more", "lawful"),
    [
        (pumps("depot-E"), {}, False),
        (pumps("hospital"), {}, False),
        (pumps("depot-E", 2, 1), {}, False),
        (pumps("depot-E", 2, 2), {}, True),
        (pumps("depot-E", return_by="2"), {}, True),
        (pumps("depot-E", return_by="3"), {}, False),
        (pumps("depot-E", release=24), {}, False),
        (pumps("depot-E", release=48), {}, True),
        (pumps("depot-E"), {"fleets": FLEET.replace(",3\n", ",0\n")}, True),
        (pumps("depot-E"), {"fleets": FLEET}, False),
        (pumps("depot-E"), {"ladder": "area,resource,step,position\nE,supplies,own,1\n"}, True),
        (pumps("depot-E"), {"ladder": "area,resource,step,position\nE,teams,own,1\n"}, False),
        (pumps("depot-E"), {"roads": "from,to,minutes\ndepot-C,hospital,60\n"}, True),
        (pumps("depot-E"), {"gates": "gate,area,opens,which,resource,mode\nown,E,step,own,,war\n"}, True),
    ],
)
def test_a_store_asked_before(stocks: str, more: dict[str, str], lawful: bool) -> None:
    """Floors, return, release, vehicles, positions and reach: what excuses a store of durables, and what does not."""
    there = "depot-E" if "depot-E" in stocks else "hospital"
    quantity = int(stocks.splitlines()[-1].split(",")[3])
    made = scenario(LENT | {"stocks": stocks} | more, SETTINGS)
    broken = rules_broken(
        made,
        shipments="""
from,to,item,authority,kind,use,depart,arrive,quantity,rung,step
depot-C,hospital,pump,C,physical,supply,2,2,1,1,pool
""",
        served="place,item,needed,weight,period,quantity,packs\nhospital,pump,2,1,2,1,1\n",
        stocks="""
place,item,authority,kind,period,quantity
depot-C,pump,C,physical,1,1
hospital,pump,C,in_use,2,1
hospital,pump,C,physical,3,1
"""
        + "".join(f"{there},pump,E,physical,{t},{quantity}\n" for t in (1, 2, 3)),
    )
    assert broken == (set() if lawful else {"strict_durables"})
