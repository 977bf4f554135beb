"""Five tiny scenarios with plans made by hand, one a family, their stage values computed on paper.

Each is a dict of CSV texts. The paper is the docstring of the function that gives the case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditing.making import AREAS, REQUESTS, Case, frame, plan, scenario
from auditing.people_cases import beds, isolation, teams

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["AREAS", "CASES", "Case", "frame", "plan", "scenario"]


def supplies() -> Case:
    """Three periods of a day; masks in packs of 100, 1,000 grams and 5 litres a pack.

    Shares: 1,000 masks needed in all, so a pack is 100,000 millionths.
    unmet_goods: 30 masks of town-A a period late: 1000 * 100 * 1 * 30 = 3,000,000; 20 of town-B lost in their
    period: 1000 * 1000 * 20 = 20,000,000.
    purchase: 3 packs; above-2: 1 + 1 of depot-C to town-A, 1 of depot-W (C) to town-B; pool: 1 of depot-E to
    town-A, 2 of plant and 1 of depot-W (W) to town-B.
    time in minutes, a pack being 1 kg: 3 * 100 + 30 + 90 + 225 + 15 + 2 * 10 + 90 + 15 = 785.
    money: 200 * 0.50 + 300 * 0.90 = 370; two trips of 200 minutes and one of 60 at 60 an hour: 400 + 60.
    depot-E: floor 250 is 3 packs at home of 5 (550 and 50 left over); depot-W: floor 2 packs, 1 there, 1 of the 3
    received put there, so 2 are free.
    """
    return Case(
        scenario(
            {
                "places": """
place,kind,area,unit
town-A,town,E1,
town-B,town,W1,
clinic-E,hospital,E1,E
depot-E,depot,E1,E
depot-W,depot,W1,W
depot-C,depot,E1,C
plant,plant,W1,W
""",
                "roads": """
from,to,minutes,one_way
depot-E,town-A,30,
depot-C,depot-E,60,
town-A,town-B,120,
depot-W,town-B,15,
plant,town-B,10,
depot-E,clinic-E,100,
""",
                "closures": """
from,to,period,state,percent
town-B,town-A,2,slowed,150
town-A,town-B,3,closed,
""",
                "items": "item,pack,kg,litres,late\nmask,100,0.01,0.05,0.1\ngown,1,1,1,0.1\n",
                "stocks": """
place,item,authority,kind,quantity,floor,release_hours,refill
depot-E,mask,,physical,550,250,2,
depot-W,mask,,physical,150,200,0,true
depot-W,mask,C,physical,0,0,0,
depot-C,mask,,physical,500,0,0,
clinic-E,mask,,physical,100,0,0,
""",
                "receipts": "place,item,period,quantity\ndepot-W,mask,2,350\n",
                "sources": """
place,item,kind,authority,quantity,lead_hours,cost,first_period
plant,mask,production,,250,12,0.5,2
depot-C,mask,purchase,,300,24,0.9,1
""",
                "needs": """
place,item,period,quantity,weight,deadline
clinic-E,mask,1,350,2,1
town-A,mask,1,230,1,
town-B,mask,2,300,1,0
town-B,mask,3,120,1,
town-A,gown,1,0,1,
""",
                "fleets": """
fleet,place,vehicles,payload_kg,volume_litres,hours,cost_per_hour
van,depot-E,3,2,10,3,60
""",
            },
            {"periods": 3, "limits": {"supplies": 300}},
        ),
        plan(
            shipments="""
from,to,item,authority,kind,use,depart,arrive,quantity,rung,step
depot-E,clinic-E,mask,E,physical,supply,1,1,300,0,own
clinic-E,clinic-E,mask,E,physical,supply,1,1,100,0,own
depot-E,town-A,mask,E,physical,supply,1,1,100,1,pool
depot-C,town-A,mask,C,physical,supply,1,1,100,2,above-2
depot-C,town-A,mask,C,physical,supply,2,2,100,2,above-2
depot-C,depot-W,mask,C,physical,store,1,2,100,1,pool
depot-W,town-B,mask,C,physical,supply,2,2,100,2,above-2
depot-W,town-B,mask,W,physical,supply,2,2,100,1,pool
plant,town-B,mask,W,physical,supply,2,2,200,1,pool
""",
            trips="fleet,from,to,depart,trips\nvan,depot-E,clinic-E,1,2\nvan,depot-E,town-A,1,1\n",
            procurements="""
place,item,kind,authority,order,arrive,quantity
plant,mask,production,W,2,2,200
depot-C,mask,purchase,C,1,2,300
""",
            served="""
place,item,needed,weight,period,quantity,packs
clinic-E,mask,1,2,1,350,4
town-A,mask,1,1,1,200,2
town-A,mask,1,1,2,30,1
town-B,mask,2,1,2,300,3
town-B,mask,3,1,3,100,1
""",
            stocks="""
place,item,authority,kind,period,quantity
depot-E,mask,E,physical,1,100
depot-E,mask,E,physical,2,100
depot-E,mask,E,physical,3,100
depot-C,mask,C,physical,1,300
depot-C,mask,C,physical,2,500
depot-C,mask,C,physical,3,500
depot-W,mask,W,physical,1,100
depot-W,mask,W,physical,2,300
depot-W,mask,W,physical,3,300
town-B,mask,,received,2,100
""",
            requests=f"""
{REQUESTS}
supplies,mask,request,E,C,E1,C,above-2,1,1,supply,100,130,,
supplies,mask,request,E,C,E1,C,above-2,2,2,supply,100,100,,
supplies,mask,request,E1,E,E1,C,above-2,1,1,supply,100,130,,
supplies,mask,request,E1,E,E1,C,above-2,2,2,supply,100,100,,
supplies,mask,request,E1,E,E1,E,pool,1,1,supply,100,100,,
supplies,mask,request,W,C,W1,C,above-2,2,2,supply,100,100,,
supplies,mask,request,W1,W,W1,C,above-2,2,2,supply,100,100,,
supplies,mask,request,W1,W,W1,W,pool,2,2,supply,300,300,,
""",
            unmet="""
kind,state,place,what,period,amount
supply,waiting,town-A,mask,1,30
supply,lost,town-B,mask,3,20
""",
        ),
        {
            "unmet_goods": 23_000_000,
            "support:purchase": 300_000,
            "support:above-2": 300_000,
            "support:pool": 400_000,
            "time": 785,
            "money": 83_000,
        },
    )


def durables() -> Case:
    """Four periods; ventilators of 20 kg that are cleaned for a period after one of use.

    Shares: 6 wanted in all periods, so one is 166,667 millionths. unmet_goods: 2 short in period 3 at weight 50.
    pool: two sent from depot-C (C) to hospitals of counties E and W. time: 20 kg over 30, 45, 30 and 45 minutes:
    600 + 900 + 600 + 900. What is used in period 1 is free again in 3. Depot-C keeps its floor of 1 and has all 3
    home again at the end of period 4.
    """
    return Case(
        scenario(
            {
                "places": """
place,kind,area,unit
hospital-E,hospital,E1,E
hospital-W,hospital,W1,W
depot-C,depot,E1,C
""",
                "roads": "from,to,minutes\ndepot-C,hospital-E,30\ndepot-C,hospital-W,45\n",
                "items": "item,kg,durable,turnaround\nventilator,20,true,1\n",
                "stocks": """
place,item,authority,quantity,floor,return_by
depot-C,ventilator,,3,1,4
hospital-E,ventilator,,1,0,
""",
                "needs": """
place,item,period,quantity,weight
hospital-E,ventilator,1,2,50
hospital-E,ventilator,3,3,50
hospital-W,ventilator,2,1,20
""",
            },
            {"periods": 4},
        ),
        plan(
            shipments="""
from,to,item,authority,kind,use,depart,arrive,quantity,rung,step
depot-C,hospital-E,ventilator,C,physical,supply,1,1,1,1,pool
depot-C,hospital-W,ventilator,C,physical,supply,2,2,1,1,pool
hospital-E,depot-C,ventilator,C,physical,store,3,3,1,0,own
hospital-W,depot-C,ventilator,C,physical,store,4,4,1,0,own
""",
            served="""
place,item,needed,weight,period,quantity,packs
hospital-E,ventilator,1,50,1,2,2
hospital-E,ventilator,3,50,3,1,1
hospital-W,ventilator,2,20,2,1,1
""",
            stocks="""
place,item,authority,kind,period,quantity
depot-C,ventilator,C,physical,1,2
depot-C,ventilator,C,physical,2,1
depot-C,ventilator,C,physical,3,2
depot-C,ventilator,C,physical,4,3
hospital-E,ventilator,C,in_use,1,1
hospital-E,ventilator,C,in_use,2,1
hospital-E,ventilator,E,in_use,1,1
hospital-E,ventilator,E,in_use,2,1
hospital-E,ventilator,E,in_use,3,1
hospital-E,ventilator,E,in_use,4,1
hospital-W,ventilator,C,in_use,2,1
hospital-W,ventilator,C,in_use,3,1
""",
            requests=f"""
{REQUESTS}
supplies,ventilator,request,E,C,E,C,pool,1,1,supply,1,1,,
supplies,ventilator,request,W,C,W,C,pool,2,2,supply,1,1,,
""",
            unmet="kind,state,place,what,period,amount\ndurable,lost,hospital-E,ventilator,3,2\n",
        ),
        {"unmet_goods": 100_000_000, "support:pool": 333_334, "time": 3_000},
    )


CASES: dict[str, Callable[[], Case]] = {
    "supplies": supplies,
    "durables": durables,
    "beds": beds,
    "isolation": isolation,
    "teams": teams,
}
