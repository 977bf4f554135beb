"""The audit's reading of ladder, levels, gates and pairing, against the one of the brute force."""

from __future__ import annotations

import numpy as np
import pytest
from auditing.cases import scenario
from brute_command import CommandTables
from tiny_command import plain_command

from yjopt.auditing.command import STEP_NAMES, Command
from yjopt.auditing.facts import Facts
from yjopt.auditing.ladder import Ladder
from yjopt.schema import RESOURCES, STOCK_KINDS


def differences(seed: int) -> list[str]:
    """Where the two readings of a scenario differ, for every taker, giver, resource and period."""
    plain = plain_command(seed)
    facts, other = Facts(plain), CommandTables(plain)
    command = Command(facts, Ladder(facts))
    areas = facts.ids["area"]
    many, horizon = len(areas), facts.horizon
    index = np.indices((many, many, horizon)).reshape(3, -1)
    taker, giver, period = index[0], index[1], index[2] + 1
    step = command.step(giver, taker)
    kind = np.full(len(taker), STOCK_KINDS.index("commercial"))
    wrong = []
    for resource in RESOURCES:
        other.resource = resource
        position = command.position(resource, step, taker)
        ours = {
            "step": np.array(STEP_NAMES, dtype=object)[step],
            "position": position,
            "seconds": command.seconds(resource, step, taker, giver),
            "passes": command.passes(resource, step, taker, giver, period),
            "kind": command.open_kind(kind, taker, period),
            "limit": command.limit(resource, step, position, taker, period),
        }
        for row in range(len(taker)):
            who, whom, t = areas[giver[row]], areas[taker[row]], int(period[row])
            name = other.plain_step(who, whom)
            place = other.position(name, whom)
            skips = name.startswith("above") and other.is_open("skip", "", whom, t, without=False)
            theirs = {
                "step": name,
                "position": place,
                "seconds": round(other.hours(who, whom) * 3600),
                "passes": other.may(who, whom, t),
                # Kinds are asked of goods alone.
                "kind": resource != "supplies" or other.is_open("kind", "commercial", whom, t),
                "limit": min(place, 2) if skips else place,
            }
            for what, answer in theirs.items():
                if ours[what][row] != answer and (what != "kind" or resource == "supplies"):
                    said = ours[what][row]
                    wrong.append(f"{seed} {resource} {who}-{whom} in {t}: {what} {said}, not {answer}")
    return wrong


@pytest.mark.parametrize("seed", range(4))
def test_the_rules_are_read_as_the_brute_force_reads_them(seed: int) -> None:
    """Steps, positions, decisions, gates, pairing and skipping are the same everywhere and always."""
    assert differences(seed) == []


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4, 200))
def test_the_rules_are_read_the_same_in_many_scenarios(seed: int) -> None:
    """The same on two hundred scenarios."""
    assert differences(seed) == []


def test_a_state_holds_below_until_told_otherwise() -> None:
    """County E follows the province in its level until it gets its own on day 2; its mode stays the city's. W is at
    peace from day 2.
    """
    facts = Facts(
        scenario(
            {
                "places": "place,kind,area\ntown,town,E1\n",
                "levels": """
area,period,level,mode,severity
P,1,III,,major
C,1,,war,
E,2,II,,
P,3,I,,
W,2,,peace,ordinary
""",
            },
            {"periods": 3},
        )
    )
    level, mode, severity = Command(facts, Ladder(facts)).state()
    town, west, top = (facts.ids["area"].index(area) for area in ("E1", "W1", "P"))
    assert level[town, 1:].tolist() == [2, 3, 3]
    assert level[west, 1:].tolist() == [2, 2, 4]
    assert mode[town, 1:].tolist() == [1, 1, 1]
    assert mode[top, 1:].tolist() == [0, 0, 0]
    assert mode[west, 1:].tolist() == [1, 0, 0]
    assert severity[west, 1:].tolist() == [2, 0, 0]
    assert severity[town, 1:].tolist() == [2, 2, 2]


def test_the_nearest_row_of_the_ladder_counts() -> None:
    """A county's row for all resources stands before the city's for teams; of one area, that for teams."""
    facts = Facts(
        scenario(
            {
                "places": "place,kind,area\ntown,town,E1\n",
                "ladder": """
area,resource,step,position,decision_hours
C,teams,pool,5,9
E,,pool,3,2
W,,pool,3,2
W,teams,pool,,
""",
            },
            {"delays": "by_rung"},
        )
    )
    command = Command(facts, Ladder(facts))
    ids = facts.ids["area"]
    taker = np.array([ids.index(area) for area in ("E1", "W1", "W")])
    step = np.full(3, STEP_NAMES.index("pool"))
    assert command.position("teams", step, taker).tolist() == [3, 1, 1]
    assert command.seconds("teams", step, taker).tolist() == [7200, 0, 0]
    assert command.position("beds", step, taker).tolist() == [3, 3, 3]


def test_a_need_filed_twice_counts_once() -> None:
    """The larger quantity, with the dates of the command row; other needs stay as they are."""
    facts = Facts(
        scenario(
            {
                "places": "place,kind,area\ntown,town,E1\n",
                "items": "item\nmask\n",
                "needs": """
place,item,period,quantity,weight,deadline,known_from,channel
town,mask,1,30,1,,2,functional
town,mask,1,20,1,1,,command
town,mask,1,5,2,,3,functional
""",
            },
            {"periods": 3},
        )
    )
    needs = facts["needs"]
    assert needs["quantity"].tolist() == [30, 5]
    assert needs["deadline"].tolist() == [1, -1]
    assert needs["known"].tolist() == [1, 3]
