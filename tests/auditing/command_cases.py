"""Four tiny scenarios under command rules with plans made by hand, their stage values computed on paper.

The tree is that of `cases`: province P, city C, counties E and W, towns E1, E2 (in E) and W1 (in W).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditing.making import REQUESTS, Case, plan, scenario

if TYPE_CHECKING:
    from collections.abc import Callable

_SHIPMENTS = "from,to,item,authority,kind,use,depart,arrive,quantity,rung,step"


def asking() -> Case:
    """Three periods of a day, strict, decisions of a day above the county; masks in packs of 10 of 1 kg.

    Town-A wants 5 packs on day 1. It has one, its county E one, its neighbour E2 one, county W (paired, without
    consent, so at once, and of a commercial reserve) one; the city's takes a day: 10 masks a day late at
    1 * 0.1: unmet_goods 1,000,000. Town-B wants 2 packs on day 3: by then all is gone, so county E requisitions its
    ceiling of one and purchases one more.
    Shares: 70 masks in all, so a pack is 142,857. pool: 1 + 2; peer-1, peer-2, above-2, requisition,
    purchase: 1 each.
    time: 10 + 20 + 50 + 60 + 2 * 15 = 170. money: 10 * 1 + 10 * 2 = 30 yuan.
    """
    return Case(
        scenario(
            {
                "places": """
place,kind,area,unit
town-A,town,E1,
town-B,town,E2,
depot-E,depot,E1,E
depot-W,depot,W1,W
depot-C,depot,E1,C
""",
                "roads": """
from,to,minutes
depot-E,town-A,10
town-B,town-A,20
depot-W,town-A,50
depot-C,town-A,60
depot-E,town-B,15
""",
                "items": "item,pack,kg,late\nmask,10,0.1,0.1\n",
                "stocks": """
place,item,kind,quantity
town-A,mask,physical,10
depot-E,mask,physical,10
town-B,mask,physical,10
depot-W,mask,commercial,10
depot-C,mask,physical,10
""",
                "sources": """
place,item,kind,quantity,cost
depot-E,mask,requisition,10,1
depot-E,mask,purchase,30,2
""",
                "needs": """
place,item,period,quantity,known_from,channel
town-A,mask,1,50,,command
town-A,mask,1,30,3,functional
town-B,mask,3,20,1,functional
""",
                "rules": "rule,area,what,amount\nown_first,C,,0\n",
                "ladder": """
area,resource,step,position,decision_hours
P,,above-2,,24
C,supplies,peer-2,,24
P,supplies,peer-2,8,48
""",
                "levels": """
area,period,level,mode,severity
P,1,IV,,major
C,1,II,war,
""",
                "gates": """
gate,area,opens,which,resource,level,mode,severity
city,P,step,above-2,supplies,II,,
peers,C,lateral,,,,war,
firms,P,kind,commercial,,,,large
buy,P,step,purchase,,III,,
""",
                "pairing": """
area,helper,resource,consent
E,W,supplies,false
E,E2,,true
""",
            },
            {"periods": 3, "rule": "strict", "delays": "by_rung", "limits": {"supplies": 300}},
        ),
        plan(
            shipments=f"""
{_SHIPMENTS}
town-A,town-A,mask,E1,physical,supply,1,1,10,0,own
depot-E,town-A,mask,E,physical,supply,1,1,10,1,pool
town-B,town-A,mask,E2,physical,supply,1,1,10,1,peer-1
depot-W,town-A,mask,W,commercial,supply,1,1,10,2,peer-2
depot-C,town-A,mask,C,physical,supply,1,2,10,2,above-2
depot-E,town-B,mask,E,physical,supply,3,3,20,1,pool
""",
            procurements="""
place,item,kind,authority,order,arrive,quantity
depot-E,mask,requisition,E,3,3,10
depot-E,mask,purchase,E,3,3,10
""",
            served="""
place,item,needed,weight,period,quantity,packs
town-A,mask,1,1,1,40,4
town-A,mask,1,1,2,10,1
town-B,mask,3,1,3,20,2
""",
            unmet="kind,state,place,what,period,amount\nsupply,waiting,town-A,mask,1,10\n",
            requests=f"""
{REQUESTS}
supplies,mask,request,E1,E,E1,E,pool,1,1,supply,10,10,,
supplies,mask,request,E1,E,E1,E2,peer-1,1,1,supply,10,10,peers,
supplies,mask,order,E,E2,E1,E2,peer-1,1,1,supply,10,0,peers,
supplies,mask,request,E1,W,E1,W,peer-2,1,1,supply,10,20,pairing,
supplies,mask,request,E1,E,E1,C,above-2,1,2,supply,10,10,city,
supplies,mask,request,E,C,E1,C,above-2,1,2,supply,10,10,city,
supplies,mask,request,E2,E,E2,E,pool,3,3,supply,20,20,,
""",
        ),
        {
            "unmet_goods": 1_000_000,
            "support:purchase": 142_857,
            "support:requisition": 142_857,
            "support:above-2": 142_857,
            "support:peer-2": 142_857,
            "support:peer-1": 142_857,
            "support:pool": 428_571,
            "time": 170,
            "money": 3_000,
        },
    )


def ahead() -> Case:
    """Three periods; the city's decision takes two days, the county's one; masks in packs of 10 of 1 kg.

    The clinic has a quota of 3 packs: 2 go ahead on day 1. Its need of 20 on day 1 is known on day 2 only, then
    both are booked. Town-X is cut off on day 1 and gets its default of one pack of its county at once, where asking
    would take a day. It needs them on day 1.
    Shares: 30 masks, so a pack is 333,333. above-2: 2; pool: 1. time: 2 * 30 + 10.
    """
    return Case(
        scenario(
            {
                "places": """
place,kind,area,unit
clinic,hospital,E1,
town-X,town,W1,
depot-W,depot,W1,W
depot-C,depot,E1,C
""",
                "roads": "from,to,minutes\ndepot-C,clinic,30\ndepot-W,town-X,10\n",
                "items": "item,pack,kg\nmask,10,0.1\n",
                "stocks": "place,item,quantity\ndepot-W,mask,20\ndepot-C,mask,40\nclinic,mask,0\n",
                "needs": """
place,item,period,quantity,known_from
clinic,mask,1,20,2
town-X,mask,1,10,
""",
                "quotas": "place,item,quantity,clear_by\nclinic,mask,35,2\n",
                "blind": "place,period,item,quantity\ntown-X,1,mask,15\n",
                "ladder": """
area,resource,step,position,decision_hours
P,,above-2,,48
P,supplies,pool,,24
""",
                "levels": "area,period,level\nP,1,III\n",
                "gates": """
gate,area,opens,which,resource,level
first,P,quota,mask,,III
""",
            },
            {"periods": 3, "delays": "by_rung", "limits": {"supplies": 300}},
        ),
        plan(
            shipments=f"""
{_SHIPMENTS}
depot-C,clinic,mask,C,physical,ahead,1,1,20,2,above-2
depot-W,town-X,mask,W,physical,supply,1,1,10,1,pool
""",
            served="""
place,item,needed,weight,period,quantity,packs
clinic,mask,1,1,1,20,2
town-X,mask,1,1,1,10,1
""",
            stocks="place,item,authority,kind,period,quantity\n"
            + "".join(f"depot-C,mask,C,physical,{t},20\ndepot-W,mask,W,physical,{t},10\n" for t in (1, 2, 3)),
            requests=f"""
{REQUESTS}
supplies,mask,report,E1,E,E1,C,above-2,1,1,ahead,20,0,ahead,
supplies,mask,report,E,C,E1,C,above-2,1,1,ahead,20,0,ahead,
supplies,mask,report,W1,W,W1,W,pool,1,1,default,10,0,default,
""",
            accounts="""
place,item,period,sent,booked,unbooked
clinic,mask,1,20,0,20
clinic,mask,2,20,20,0
clinic,mask,3,20,20,0
""",
        ),
        {"support:above-2": 666_666, "support:pool": 333_333, "time": 70},
    )


def lending() -> Case:
    """Three periods, strict; ventilators of 20 kg, decisions of the city take no time.

    Hospital-E wants 3 on day 2 and knows it on that day: it has one, its county's depot another, the city lends
    the third and keeps one as its floor; the province would have more.
    Shares: 3 wanted, so one is 333,333. pool: 1. time: 20 kg over 15 and 30 minutes: 300 + 600.
    """
    return Case(
        scenario(
            {
                "places": """
place,kind,area,unit
hospital-E,hospital,E1,E
depot-E,depot,E1,E
depot-C,depot,E1,C
depot-P,depot,W1,P
""",
                "roads": """
from,to,minutes
depot-E,hospital-E,15
depot-C,hospital-E,30
depot-P,hospital-E,90
""",
                "items": "item,kg,durable\nventilator,20,true\n",
                "stocks": """
place,item,quantity,floor
hospital-E,ventilator,1,
depot-E,ventilator,1,
depot-C,ventilator,2,1
depot-P,ventilator,2,
""",
                "needs": "place,item,period,quantity,known_from\nhospital-E,ventilator,2,3,2\n",
            },
            {"periods": 3, "rule": "strict", "delays": "by_rung"},
        ),
        plan(
            shipments=f"""
{_SHIPMENTS}
depot-E,hospital-E,ventilator,E,physical,supply,2,2,1,0,own
depot-C,hospital-E,ventilator,C,physical,supply,2,2,1,1,pool
""",
            served="place,item,needed,weight,period,quantity,packs\nhospital-E,ventilator,2,1,2,3,3\n",
            stocks="place,item,authority,kind,period,quantity\n"
            + "".join(f"depot-C,ventilator,C,physical,{t},{n}\n" for t, n in ((1, 2), (2, 1), (3, 1)))
            + "".join(f"depot-P,ventilator,P,physical,{t},2\n" for t in (1, 2, 3))
            + """
depot-E,ventilator,E,physical,1,1
hospital-E,ventilator,E,physical,1,1
hospital-E,ventilator,E,in_use,2,2
hospital-E,ventilator,C,in_use,2,1
hospital-E,ventilator,E,physical,3,2
hospital-E,ventilator,C,physical,3,1
""".lstrip(),
            requests=f"{REQUESTS}\nsupplies,ventilator,request,E,C,E,C,pool,2,2,supply,1,1,,\n",
        ),
        {"support:pool": 333_333, "time": 900},
    )


def people() -> Case:
    """Three periods, strict, support counts people; the city's decisions take a day; people count 100 kg, teams 500.

    Beds: 4 of town-A fall ill on day 1 and may wait a day. 2 fill hospital-E at once; on day 2 one goes to
    hospital-C and one to the backup, decided on day 1 when 2 of 3 designated beds (67 of the 60 per cent asked for)
    were taken: 2 * 10 * 0.1 unmet. A gym is decided on day 2 and ready on day 3.
    Isolation: 3 close contacts go together, to cityhall on day 2 (1 day unmet * 3 people at weight 2): the county's
    hotel has 2 rooms, opening its school costs 500 of a budget of 130. The gym holds the category on day 1 only.
    Teams: the task of day 2 wants 2 teams: one of the county, called that day; one of the city, called the day before.
    The soft quota of one team in county E is short on day 2: 2 * 1,000.
    Rations: everybody in a ward eats half of one a day, in whole rations; every hospital has a pack of its own.
    unmet_people: 2,000,000 + 6,000,000; the soft ceiling of 7 for town E1 is short by 1: 500; rules 2,500.
    Shares: 250,000 a person ill, 333,333 a contact, 333,333 a team. above-2: 500,000 + 999,999 + 333,333;
    pool: 500,000 + 333,333. time: 2 * 2,000 + 3,000 + 1,000 people ill, 3 * 500 contacts, 10,000 + 15,000 teams.
    money: backup 100, gym 20, teams 2 * 5.
    """
    return Case(
        scenario(
            {
                "places": """
place,kind,area,unit
town-A,town,E1,
hospital-E,hospital,E1,E
hospital-C,hospital,E2,C
backup,hospital,E1,C
gym,hospital,E2,E
hotel,isolation,E1,E
school,isolation,E1,E
cityhall,isolation,W1,C
base-E,base,E1,E
base-C,base,E1,C
""",
                "roads": """
from,to,minutes
town-A,hospital-E,20
town-A,hospital-C,30
town-A,backup,10
town-A,gym,90
town-A,hotel,10
town-A,school,10
town-A,cityhall,5
base-E,town-A,20
base-C,town-A,30
""",
                "items": "item,pack\nration,4\n",
                "stocks": "place,item,quantity\nhospital-E,ration,4\nhospital-C,ration,4\nbackup,ration,4\n",
                "consumption": "kind,what,item,quantity\nclass,ward,ration,0.5\n",
                "groups": "group,stay,wait,weight,late\nill,2,1,10,0.1\n",
                "eligibility": "group,class\nill,ward\n",
                "arrivals": "place,group,period,people\ntown-A,ill,1,4\n",
                "beds": """
place,class,beds
hospital-E,ward,2
hospital-C,ward,1
backup,ward,2
gym,ward,5
""",
                "facilities": """
place,role,setup,cost
backup,backup,1,100
gym,makeshift,1,20
hospital-C,designated,0,0
""",
                "categories": "category,stay,wait,weight,together\nclose,2,1,2,true\n",
                "isolation_sites": """
place,rooms,state,cost
hotel,2,open,
school,5,candidate,500
cityhall,5,open,
gym,2,open,
""",
                "site_category": """
place,category
hotel,close
school,close
cityhall,close
gym,close
""",
                "contacts": "place,category,period,people\ntown-A,close,1,3\n",
                "pools": """
pool,place,teams,people,tour,cost
nurses-E,base-E,1,1,1,5
nurses-C,base-C,2,1,1,5
""",
                "skills": "pool,skill\nnurses-E,sampling\nnurses-C,sampling\n",
                "tasks": """
task,place,skill,measure,amount,first_period,last_period,weight,known_from
test,town-A,sampling,teams,2,2,2,20,1
""",
                "rules": """
rule,area,what,amount,hard,weight
backup_load,C,,60,,
opening_budget,E,,130,,
mobile_quota,C,sampling,1,true,
mobile_quota,E,sampling,1,false,2
unmet_ceiling,C,people,8,true,
unmet_ceiling,E1,people,7,false,0.5
""",
                "ladder": "area,resource,step,decision_hours\nP,,above-2,24\n",
                "gates": """
gate,area,opens,which,resource,level
late,P,facility,backup,,
""",
            },
            {"periods": 3, "rule": "strict", "delays": "by_rung", "support": {"people": True}},
        ),
        plan(
            shipments=f"""
{_SHIPMENTS}
hospital-E,hospital-E,ration,E,physical,supply,1,1,4,0,own
hospital-C,hospital-C,ration,C,physical,supply,2,2,4,0,own
backup,backup,ration,C,physical,supply,2,2,4,0,own
""",
            admissions="""
from,to,class,group,arrived,period,people
town-A,hospital-E,ward,ill,1,1,2
town-A,hospital-C,ward,ill,1,2,1
town-A,backup,ward,ill,1,2,1
""",
            isolations="from,to,category,arrived,part,period,people\ntown-A,cityhall,close,1,1,2,3\n",
            holdings="place,category,period\ncityhall,close,2\ngym,close,1\n",
            openings="""
place,what,class,level,decided,first,last
backup,facility,,0,1,2,3
gym,facility,,0,2,3,3
""",
            deployments="""
pool,place,skill,task,depart,first,last,teams
nurses-E,town-A,sampling,test,2,2,2,1
nurses-C,town-A,sampling,test,1,2,2,1
""",
            stocks="""
place,item,authority,kind,period,quantity
hospital-E,ration,,loose,1,3
hospital-E,ration,,loose,2,2
hospital-E,ration,,loose,3,2
hospital-C,ration,C,physical,1,4
hospital-C,ration,,loose,2,3
hospital-C,ration,,loose,3,2
backup,ration,C,physical,1,4
backup,ration,,loose,2,3
backup,ration,,loose,3,2
""",
            exceptions="""
rule,place,what,period,amount
mobile_quota,E,sampling,2,1
unmet_ceiling,E1,people,3,1
""",
            unmet="""
kind,state,place,what,period,amount
bed,waiting,town-A,ill,1,2
isolation,waiting,town-A,close,1,3
""",
            requests=f"""
{REQUESTS}
beds,ill,request,E1,E,E1,E,pool,1,1,supply,2,4,,
beds,ill,request,E1,E,E1,C,above-2,1,2,supply,2,2,,
beds,ill,request,E,C,E1,C,above-2,1,2,supply,2,2,,
isolation,close,request,E1,E,E1,C,above-2,1,2,supply,3,3,,
isolation,close,request,E,C,E1,C,above-2,1,2,supply,3,3,,
teams,sampling,request,E1,E,E1,E,pool,2,2,supply,1,1,,
teams,sampling,request,E1,E,E1,C,above-2,1,2,supply,1,1,,
teams,sampling,request,E,C,E1,C,above-2,1,2,supply,1,1,,
""",
        ),
        {
            "hard_rules": 0,
            "rules": 2_500,
            "unmet_people": 8_000_000,
            "support:above-2": 1_833_332,
            "support:pool": 833_333,
            "time": 34_500,
            "money": 13_000,
        },
    )


COMMAND_CASES: dict[str, Callable[[], Case]] = {
    "asking": asking,
    "ahead": ahead,
    "lending": lending,
    "people": people,
}
