"""A small town-and-country scenario in which every table has rows: three towns, two counties, three periods.

It is a good scenario by docs/concepts/model.md and rich enough that every family of decisions has something
to decide. Figures are made up. ``three_towns()`` gives it as raw text cells, the way a reader of files would.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS: dict[str, Any] = {
    "name": "Three towns (三镇)",
    "periods": 3,
    "period_hours": 24.0,
    "start": "2020-02-01",
    "delays": "by_rung",
    "cover_periods": 3,
    "limits": {"supplies": 480.0, "patients": 180.0, "contacts": 180.0, "teams": 480.0},
    "nearest": {"supplies": 0},
    "carry": {"person": 100.0, "team": 500.0},
}

TABLES: dict[str, str] = {
    "areas": """
area,level,parent,name,source
P,province,,Province (省),made
C,city,P,City (市),made
E,county,C,East county (东县),made
W,county,C,West county (西县),made
E1,town,E,East one (东一镇),made
E2,town,E,East two (东二镇),made
W1,town,W,"West one, by the river (西一镇)",made
""",
    "places": """
place,kind,area,unit,name,longitude,latitude,population,source
town-E1,town,E1,,East one,113.01,23.7,42000,made
town-E2,town,E2,,East two,113.12,23.75,18500,made
town-W1,town,W1,,West one,112.8,23.71,9300,made
depot-E,depot,E1,E,County depot east,113.02,23.7,,made
depot-W,depot,W1,W,County depot west,112.81,23.7,,made
depot-C,depot,E1,C,City depot,113.0,23.68,,made
depot-P,depot,C,P,Province depot,113.3,23.1,,made
hospital-E,hospital,E1,E,East hospital,113.01,23.71,,made
hospital-C,hospital,E1,C,City hospital,113.0,23.69,,made
hotel-E,isolation,E1,E,East hotel,113.03,23.7,,made
school-E,isolation,E2,E,East school,113.12,23.74,,made
hotel-W,isolation,W1,W,West hotel,112.8,23.72,,made
lab-C,lab,E1,C,City laboratory,113.0,23.7,,made
plant-W,plant,W1,W,Mask plant,112.79,23.7,,made
base-C,base,E1,C,Team base,113.01,23.68,,made
""",
    "roads": """
from,to,minutes,one_way,source
town-E1,town-E2,35,,made
town-E1,town-W1,50,,made
town-E2,town-W1,80.5,,made
depot-E,town-E1,5,,made
depot-W,town-W1,5,,made
depot-C,town-E1,10,,made
depot-P,town-E1,95,,made
hospital-E,town-E1,4,,made
hospital-C,town-E1,8,,made
hospital-E,hospital-C,6,true,made
hospital-C,hospital-E,7.25,true,made
hotel-E,town-E1,6,,made
school-E,town-E2,3,,made
hotel-W,town-W1,4,,made
lab-C,town-E1,7,,made
plant-W,town-W1,9,,made
base-C,town-E1,6,,made
""",
    "closures": """
from,to,period,state,percent,source
town-E1,town-W1,2,slowed,150,made
town-E2,town-W1,2,closed,,made
town-E1,town-E2,3,relief,,made
""",
    "times": """
from,to,minutes,source
depot-P,depot-C,90,made
""",
    "items": """
item,name,unit,pack,kg,litres,durable,turnaround,late,source
mask,Masks (口罩),piece,100,0.004,0.02,,,0.01,made
suit,"Suits, level 2",piece,10,0.3,2.5,,,0.02,made
food,Food ration,ration,20,0.75,1.2,,,0.05,made
ventilator,Ventilator (呼吸机),set,1,15.5,60,true,1,,made
""",
    "stocks": """
place,item,authority,kind,quantity,floor,release_hours,refill,return_by,source
depot-E,mask,,physical,4250,1000,2,true,,made
depot-W,mask,,physical,1800,600,2,,,made
depot-C,mask,,physical,6000,0,4,,,made
depot-C,mask,,commercial,1500,0,6,,,made
depot-P,mask,,physical,20000,5000,12,,,made
depot-E,suit,,physical,120,20,1,,,made
depot-C,suit,,physical,400,50,2,,,made
hospital-E,suit,,physical,65,10,0,,,made
depot-W,food,,physical,900,200,1.5,,,made
depot-C,food,,social,2000,0,3,,,made
hospital-E,ventilator,,physical,3,1,0.5,,,made
depot-C,ventilator,,physical,4,0,1,,3,made
hospital-C,ventilator,,physical,2,1,0.5,,,made
""",
    "receipts": """
place,item,authority,kind,period,quantity,source
depot-E,mask,,physical,2,1500,made
depot-C,ventilator,,physical,2,1,made
depot-W,food,,physical,3,300,made
""",
    "sources": """
place,item,kind,authority,quantity,lead_hours,cost,first_period,source
plant-W,mask,production,,2500,12,0.35,,made
depot-C,suit,purchase,,200,24,48.5,,made
depot-C,food,contract,,800,6,12,2,made
depot-P,mask,import,,10000,24,0.9,1,made
""",
    "needs": """
place,item,period,quantity,weight,deadline,known_from,channel,source
town-E1,mask,1,3000,1,,,,made
town-E1,mask,2,3050,1,2,,,made
town-E2,mask,1,1475,1.5,1,,,made
town-W1,mask,2,2200,1,,,,made
town-W1,mask,2,150,3,0,1,,made
hospital-E,suit,1,85,2,1,,,made
hospital-C,suit,2,120,2,,,functional,made
town-W1,food,1,640,1,1,,,made
town-E2,food,2,510,1,,,,made
hospital-E,ventilator,1,4,50,,,,made
hospital-E,ventilator,3,3,50,,,,made
hospital-C,ventilator,2,3,50,,1,,made
""",
    "groups": """
group,name,stay,wait,weight,late,source
mild,Mild,2,1,10,0.1,made
severe,Severe (重症),3,0,100,,made
""",
    "eligibility": """
group,class,penalty,source
mild,ward,,made
mild,isolation-ward,15,made
severe,icu,0,made
severe,isolation-ward,90.5,made
""",
    "arrivals": """
place,group,period,people,known_from,source
town-E1,mild,1,9,,made
town-E1,severe,1,2,,made
town-E2,mild,2,6,,made
town-E2,severe,3,1,,made
town-W1,mild,1,4,,made
town-W1,severe,2,2,1,made
""",
    "beds": """
place,class,beds,opening,source
hospital-E,ward,8,,made
hospital-E,isolation-ward,3,2,made
hospital-C,ward,6,,made
hospital-C,icu,3,,made
""",
    "surge": """
place,class,level,beds,setup,breakdown,cost,running_cost,source
hospital-E,ward,1,5,1,1,12000,800,made
hospital-E,ward,2,5,1,,9000.5,650,made
hospital-C,icu,1,2,,,50000,,made
""",
    "occupied": """
place,class,period,people,source
hospital-E,ward,1,4,made
hospital-E,ward,2,2,made
hospital-C,icu,1,1,made
hospital-C,icu,2,1,made
hospital-C,icu,3,1,made
hotel-E,close,1,6,made
hotel-E,close,2,3,made
""",
    "categories": """
category,name,stay,wait,weight,together,split,source
close,Close contacts (密接),3,1,2,true,true,made
fever,Fever,2,1,4,false,,made
""",
    "isolation_sites": """
place,rooms,state,setup,cost,running_cost,source
hotel-E,20,open,,,,made
school-E,12,candidate,1,15000,1200,made
hotel-W,15,candidate,1,8000,700.25,made
""",
    "site_category": """
place,category,allowed,conversion_cost,cleaning,source
hotel-E,close,,0,1,made
hotel-E,fever,false,,,made
school-E,close,true,500,1,made
school-E,fever,true,800,1,made
hotel-W,fever,,300.75,,made
hotel-W,close,,,1,made
""",
    "contacts": """
place,category,period,people,known_from,source
town-E1,close,1,8,,made
town-E1,close,2,24,2,made
town-E2,fever,1,3,,made
town-W1,close,2,7,,made
town-W1,fever,3,2,,made
""",
    "pools": """
pool,place,authority,teams,people,layer,callup_hours,floor,tour,hours,cost,source
samplers,base-C,,6,3,standing,1,1,2,8,600,made
nurses-C,base-C,C,5,4,mobile,6,,2,10,1500,made
nurses-P,depot-P,P,3,5,reserve,12,,1,10,2000,made
carriers,depot-W,,4,6,volunteer,2.5,,1,7.5,,made
""",
    "skills": """
pool,skill,productivity,source
samplers,sampling,60,made
nurses-C,nursing,1,made
nurses-C,sampling,35.5,made
nurses-P,nursing,,made
carriers,delivery,40,made
""",
    "tasks": """
task,place,skill,measure,amount,first_period,last_period,weight,known_from,source
NA,town-E1,sampling,work,2400,1,2,0.05,,made
007,town-W1,sampling,teams,1,2,3,20,1,made
home-food,town-W1,delivery,work,600,1,3,0.1,,made
""",
    "staffing": """
kind,what,skill,members,source
class,ward,nursing,40,made
class,icu,nursing,300,made
category,close,nursing,10,made
""",
    "residents": """
place,skill,members,source
hospital-E,nursing,4,made
hospital-C,nursing,9,made
hotel-E,nursing,1,made
""",
    "consumption": """
kind,what,item,quantity,source
class,icu,suit,6,made
class,ward,suit,1.5,made
category,close,food,3,made
skill,sampling,mask,24.5,made
""",
    "fleets": """
fleet,place,vehicles,payload_kg,volume_litres,hours,cost_per_hour,source
vans-E,depot-E,2,900,4500,10,80,made
trucks-C,depot-C,3,5000,22000,12,160.5,made
007,depot-W,1,600,3000,8,,made
""",
    "rules": """
rule,area,what,amount,from_period,hard,weight,count_upper_units,source
isolation_minimum,E,close,1,,true,,,made
isolation_minimum,W,fever,1,2,false,5,true,made
opening_budget,C,,90000,,,,,made
transfer_budget,C,,3,2,,,,made
mobile_quota,C,sampling,1,,,,,made
unmet_ceiling,W,goods,1000000,,false,,,made
""",
    # The command rules: what a plan that needs none of them does is right by these, too.
    "ladder": """
area,resource,step,position,decision_hours,source
C,supplies,requisition,21,,made
P,,requisition,,12.5,made
""",
    "levels": """
area,period,level,mode,severity,source
P,1,III,peace,large,made
C,2,II,,,made
W,2,,,major,made
""",
    "gates": """
gate,area,opens,which,resource,level,mode,severity,source
imports,P,step,import,supplies,IV,,,made
commerce,C,kind,commercial,,,peace,,made
lateral,C,lateral,,,III,,large,made
""",
    "pairing": """
area,helper,resource,consent,source
W,E,,,made
E,W,teams,true,made
""",
    "quotas": """
place,item,quantity,clear_by,source
town-W1,food,200,3,made
town-E2,mask,500,,made
""",
    "blind": """
place,period,item,quantity,source
hotel-W,1,food,200,made
hotel-W,1,mask,,made
hotel-W,2,food,200,made
""",
    "facilities": """
place,role,setup,cost,source
hospital-C,designated,,,made
""",
}


def three_towns() -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """Return the tables as text cells ('' is blank) and the settings, nested as in ``scenario.toml``."""
    frames = {
        name: pd.read_csv(io.StringIO(text.strip() + "\n"), dtype=object, keep_default_na=False)
        for name, text in TABLES.items()
    }
    settings = {name: dict(value) if isinstance(value, dict) else value for name, value in SETTINGS.items()}
    return frames, settings


def write_by_hand(path: Path) -> Path:
    """Write the scenario as a person would: a folder of CSV, without any code under test."""
    path.mkdir(parents=True)
    for name, text in TABLES.items():
        (path / f"{name}.csv").write_text(text.lstrip("\n"), encoding="utf-8")
    lines = []
    for name, value in SETTINGS.items():
        if isinstance(value, dict):
            lines += ["", f"[{name}]", *(f"{key} = {entry}" for key, entry in value.items())]
        else:
            lines.append(f'{name} = "{value}"' if isinstance(value, str) else f"{name} = {value}")
    (path / "scenario.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
