"""Beds, isolation and teams: tiny scenarios with plans made by hand, their stage values computed on paper."""

from __future__ import annotations

from auditing.making import REQUESTS, Case, plan, scenario


def beds() -> Case:
    """Four periods; mild people stay 2 and wait 1 (weight 10, late 0.1), severe ones stay 3.

    Three mild fall ill in period 1: two are admitted in period 2 (10 * 0.1 each), one is lost (10 * 1.1).
    Hospital-E has 3 in its 2 ward beds in period 1: an exception of 1. time at 100 kg a person: 20 minutes to
    hospital-E twice: 2 * 2,000; 50 minutes and 15 of penalty to hospital-C: 6,500; two transfers of 30: 2 * 3,000.
    money: surge level 1: 1,000 and 50 for periods 2 and 3 and one of breaking down: 1,150 yuan.
    """
    return Case(
        scenario(
            {
                "places": """
place,kind,area,unit
town-A,town,E1,
hospital-E,hospital,E1,E
hospital-C,hospital,E2,C
""",
                "roads": "from,to,minutes\ntown-A,hospital-E,20\nhospital-E,hospital-C,30\n",
                "groups": "group,stay,wait,weight,late\nmild,2,1,10,0.1\nsevere,3,0,100,0\n",
                "eligibility": "group,class,penalty\nmild,ward,0\nmild,icu,15\nsevere,icu,0\n",
                "arrivals": "place,group,period,people\ntown-A,mild,1,3\ntown-A,severe,2,1\n",
                "beds": """
place,class,beds,opening
hospital-E,ward,2,
hospital-E,icu,1,
hospital-C,ward,3,2
hospital-C,icu,2,
""",
                "surge": """
place,class,level,beds,setup,breakdown,cost,running_cost
hospital-E,ward,1,2,1,1,1000,50
hospital-E,ward,2,2,0,0,500,0
""",
                "occupied": "place,class,period,people\nhospital-E,ward,1,3\nhospital-E,ward,2,1\n",
                "rules": """
rule,area,what,amount,from_period
transfer_budget,E,,1,2
opening_budget,C,,1200,
""",
            },
            {"periods": 4},
        ),
        plan(
            admissions="""
from,to,class,group,arrived,period,people
town-A,hospital-E,ward,mild,1,2,1
town-A,hospital-C,icu,mild,1,2,1
town-A,hospital-E,icu,severe,2,2,1
""",
            transfers="""
from,to,from_class,to_class,group,last,period,people
hospital-E,hospital-C,ward,ward,,2,2,1
hospital-E,hospital-C,icu,icu,severe,4,3,1
""",
            openings="place,what,class,level,decided,first,last\nhospital-E,surge,ward,1,1,2,3\n",
            exceptions="rule,place,what,period,amount\nbed_capacity,hospital-E,ward,1,1\n",
            requests=f"""
{REQUESTS}
beds,mild,request,E,C,E1,C,above-2,2,2,supply,1,2,,
beds,mild,request,E1,E,E1,C,above-2,2,2,supply,1,2,,
beds,mild,request,E1,E,E1,E,pool,2,2,supply,1,1,,
beds,severe,request,E1,E,E1,E,pool,2,2,supply,1,1,,
""",
            unmet="""
kind,state,place,what,period,amount
bed,waiting,town-A,mild,1,3
bed,lost,town-A,mild,2,1
""",
        ),
        {"rules": 1_000, "unmet_people": 13_000_000, "time": 16_500, "money": 115_000},
    )


def isolation() -> Case:
    """Four periods; close contacts stay 3 and wait 1 (weight 2), fever stays 2 (weight 4, people go singly).

    Town-B's 13 close contacts reach at most 10 rooms: parts of 7 and 6; 7 go to cityhall, 6 never: 2 * 3 * 6 = 36.
    Town-A's 8 go to the hotel a period late: 2 * 1 * 8 = 16. One of 3 fever people never: 4 * 2 = 8.
    rules: 12 people in the hotel's 10 rooms at the start: 2,000; county W lacks a site of its own for close
    contacts (cityhall is the city's) in four periods at weight 5: 20,000.
    time at 100 kg: 8 people 10 minutes, 7 people 5, 2 people 6: 8,000 + 3,500 + 1,200.
    money: the school: 100 + 3 * 10 + conversion 20 = 150 yuan.
    """
    return Case(
        scenario(
            {
                "places": """
place,kind,area,unit
town-A,town,E1,
town-B,town,W1,
hotel,isolation,E1,E
school,isolation,W1,W
cityhall,isolation,W1,C
""",
                "roads": """
from,to,minutes
town-A,hotel,10
town-A,town-B,60
town-B,cityhall,5
town-B,school,6
""",
                "categories": """
category,stay,wait,weight,together,split
close,3,1,2,true,true
fever,2,0,4,false,
""",
                "isolation_sites": """
place,rooms,state,setup,cost,running_cost
hotel,10,open,,,
school,6,candidate,1,100,10
cityhall,7,open,,,
""",
                "site_category": """
place,category,allowed,conversion_cost,cleaning
hotel,close,true,0,0
hotel,fever,true,30,1
school,fever,true,20,0
school,close,false,0,0
cityhall,close,true,0,0
""",
                "contacts": """
place,category,period,people
town-A,close,1,8
town-B,close,1,13
town-B,fever,2,3
""",
                "occupied": "place,class,period,people\nhotel,close,1,12\n",
                "rules": """
rule,area,what,amount,from_period,hard,weight,count_upper_units
isolation_minimum,E,close,1,,true,,
isolation_minimum,W,close,1,,false,5,
isolation_minimum,W,fever,1,,true,,
opening_budget,W,,130,,,,
""",
            },
            {"periods": 4},
        ),
        plan(
            isolations="""
from,to,category,arrived,part,period,people
town-A,hotel,close,1,1,2,8
town-B,cityhall,close,1,1,1,7
town-B,school,fever,2,1,2,2
""",
            openings="place,what,class,level,decided,first,last\nschool,site,,0,1,2,4\n",
            holdings="place,category,period\n"
            + "".join(f"hotel,close,{t}\ncityhall,close,{t}\n" for t in (1, 2, 3, 4))
            + "".join(f"school,fever,{t}\n" for t in (2, 3, 4)),
            exceptions="rule,place,what,period,amount\nsite_capacity,hotel,close,1,2\n"
            + "".join(f"isolation_minimum,W,close,{t},1\n" for t in (1, 2, 3, 4)),
            requests=f"""
{REQUESTS}
isolation,close,request,E1,E,E1,E,pool,2,2,supply,8,8,,
isolation,close,request,W,C,W1,C,above-2,1,1,supply,7,13,,
isolation,close,request,W1,W,W1,C,above-2,1,1,supply,7,13,,
isolation,fever,request,W1,W,W1,W,pool,2,2,supply,2,3,,
""",
            unmet="""
kind,state,place,what,period,amount
isolation,waiting,town-A,close,1,8
isolation,waiting,town-B,close,1,6
isolation,lost,town-B,close,2,6
isolation,lost,town-B,fever,2,1
""",
        ),
        {"hard_rules": 0, "rules": 22_000, "unmet_people": 60_000_000, "time": 12_700, "money": 15_000},
    )


def teams() -> Case:
    """Four periods; samplers work tours of 2 periods, nurses of 1 a day after they are called.

    Task test: 500 wanted, one team does 10 * 8 in each of 2 periods: 340 short at 0.5. Task watch: 2 teams wanted
    in periods 2 and 3, one is there: 2 short at 20. Together 170 + 40.
    Ward: 6 people there in period 1 need 3 nurses, 1 is resident: exception 2; and 9 rations, 8 come: exception 1.
    In period 2, 4 people need 2 nurses and 6 rations of the 8 that come: 2 are left over. Samplers use 2.5 masks a
    team: 3, 5, 3 masks; a second pack is opened in period 3: left over 7, 2, 9, 9.
    time: two tours of 30 minutes at 500 kg: 2 * 15,000; nurses 60 minutes: 30,000; two packs of 0.1 kg over 30: 6.
    money: 2 * 2 * 100 + 50 yuan. Nobody needs masks or rations, so a pack is 1 millionth: above-2 is 2.
    """
    return Case(
        scenario(
            {
                "places": """
place,kind,area,unit
town-A,town,E1,
hospital-E,hospital,E1,E
base,base,E1,C
""",
                "roads": "from,to,minutes\nbase,town-A,30\nbase,hospital-E,60\n",
                "items": "item,pack,kg\nmask,10,0.01\nration,4,0.5\n",
                "stocks": """
place,item,quantity
base,mask,100
hospital-E,ration,20
""",
                "beds": "place,class,beds\nhospital-E,ward,10\n",
                "occupied": "place,class,period,people\nhospital-E,ward,1,6\nhospital-E,ward,2,4\n",
                "pools": """
pool,place,authority,teams,people,callup_hours,floor,tour,hours,cost
samplers,base,,3,3,1,1,2,8,100
nurses,base,,2,4,30,0,1,10,50
""",
                "skills": "pool,skill,productivity\nsamplers,sampling,10\nnurses,nursing,1\n",
                "tasks": """
task,place,skill,measure,amount,first_period,last_period,weight
test,town-A,sampling,work,500,1,3,0.5
watch,town-A,sampling,teams,2,2,3,20
""",
                "staffing": "kind,what,skill,members\nclass,ward,nursing,50\n",
                "residents": "place,skill,members\nhospital-E,nursing,1\n",
                "consumption": """
kind,what,item,quantity
class,ward,ration,1.5
skill,sampling,mask,2.5
""",
            },
            {"periods": 4},
        ),
        plan(
            shipments="""
from,to,item,authority,kind,use,depart,arrive,quantity,rung,step
base,town-A,mask,C,physical,supply,1,1,20,2,above-2
hospital-E,hospital-E,ration,E,physical,supply,1,1,8,0,own
hospital-E,hospital-E,ration,E,physical,supply,2,2,8,0,own
""",
            deployments="""
pool,place,skill,task,depart,first,last,teams
samplers,town-A,sampling,test,1,1,2,1
samplers,town-A,sampling,watch,2,2,3,1
nurses,hospital-E,nursing,,1,2,2,1
""",
            stocks="""
place,item,authority,kind,period,quantity
base,mask,C,physical,1,80
base,mask,C,physical,2,80
base,mask,C,physical,3,80
base,mask,C,physical,4,80
hospital-E,ration,E,physical,1,12
hospital-E,ration,E,physical,2,4
hospital-E,ration,E,physical,3,4
hospital-E,ration,E,physical,4,4
hospital-E,ration,,loose,2,2
hospital-E,ration,,loose,3,2
hospital-E,ration,,loose,4,2
town-A,mask,,received,1,10
town-A,mask,,received,2,10
town-A,mask,,loose,1,7
town-A,mask,,loose,2,2
town-A,mask,,loose,3,9
town-A,mask,,loose,4,9
""",
            exceptions="""
rule,place,what,period,amount
staffing,hospital-E,nursing,1,2
consumption,hospital-E,ration,1,1
""",
            requests=f"""
{REQUESTS}
supplies,mask,request,E,C,E1,C,above-2,1,1,supply,20,20,,
supplies,mask,request,E1,E,E1,C,above-2,1,1,supply,20,20,,
teams,nursing,request,E,C,E,C,pool,1,2,supply,1,1,,
teams,sampling,request,E,C,E1,C,above-2,1,1,supply,1,1,,
teams,sampling,request,E,C,E1,C,above-2,2,2,supply,1,2,,
teams,sampling,request,E1,E,E1,C,above-2,1,1,supply,1,1,,
teams,sampling,request,E1,E,E1,C,above-2,2,2,supply,1,2,,
""",
            unmet="""
kind,state,place,what,period,amount
task,lost,town-A,test,3,340
task,lost,town-A,watch,2,1
task,lost,town-A,watch,3,1
""",
        ),
        {"rules": 3_000, "unmet_people": 210_000_000, "support:above-2": 2, "time": 60_006, "money": 45_000},
    )
