"""Ladder, response levels, gates and pairing as lookups: hand-made cases."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from yjopt import Scenario
from yjopt.instance.command import STEPS, Command
from yjopt.instance.context import Context, labels_of

AREAS = pd.DataFrame(
    {
        "area": ["P", "C", "K", "L", "T", "U", "V"],
        "level": ["province", "city", "county", "county", "town", "town", "town"],
        "parent": ["", "P", "C", "C", "K", "K", "L"],
    }
)
NUMBER = {area: number for number, area in enumerate(AREAS["area"])}
STEP = {step: number for number, step in enumerate(STEPS)}


def command(periods: int = 3, settings: dict[str, Any] | None = None, **tables: dict[str, Any]) -> Command:
    places = pd.DataFrame({"place": ["t"], "kind": "town", "area": "T"})
    frames = {name: pd.DataFrame(columns) for name, columns in tables.items()}
    scenario = Scenario.from_tables(
        {"areas": AREAS, "places": places, **frames}, {"periods": periods, **(settings or {})}
    )
    return Command(Context(scenario, labels_of(scenario)))


def of(*names: str) -> Any:
    return np.array([NUMBER[name] for name in names])


def steps(*names: str) -> Any:
    return np.array([STEP[name] for name in names])


def test_steps_are_named_from_the_taker() -> None:
    found = command().step(of("T", "K", "U", "L", "V", "C", "P"), of(*"TTTTTTT"))
    assert [STEPS[step] for step in found] == [
        "own",
        "pool",
        "peer-1",
        "peer-2",
        "peer-2",
        "above-2",
        "above-3",
    ]


def test_without_a_ladder_positions_are_the_default_ones() -> None:
    found = command().position("beds", steps("own", "peer-1", "above-3", "import"), of(*"TTTT"))
    assert found.tolist() == [0, 2, 6, 22]


def test_the_lowest_area_decides_and_then_the_named_resource() -> None:
    """P moves above-2 to 2 for all, K moves it to 1, and for beds to 5; V, outside K, follows P."""
    rules = command(
        ladder={
            "area": ["P", "K", "K"],
            "resource": ["beds", "", "beds"],
            "step": "above-2",
            "position": [2, 1, 5],
            "decision_hours": [2.0, 3.0, 4.0],
        },
        settings={"delays": "by_rung"},
    )
    above = steps("above-2", "above-2")
    assert rules.position("beds", above, of("T", "V")).tolist() == [5, 2]
    assert rules.position("supplies", above, of("T", "V")).tolist() == [1, 4]
    assert rules.decision("beds", above, of("T", "V")).tolist() == [4 * 3600, 2 * 3600]


def test_decisions_take_no_time_unless_they_are_told_to() -> None:
    rules = command(ladder={"area": ["P"], "step": "pool", "decision_hours": 5.0})
    assert rules.decision("teams", steps("pool"), of("T")).tolist() == [0]


def test_levels_hold_on_and_go_down_the_tree() -> None:
    """C is at IV, at II from period 2 on; K at war from 3; T has its own level III from period 1 and keeps it."""
    level, mode, severity = command(
        levels={
            "area": ["C", "C", "K", "T"],
            "period": [1, 2, 3, 1],
            "level": ["IV", "II", "", "III"],
            "mode": ["", "", "war", ""],
        }
    ).state
    assert level[NUMBER["K"]].tolist() == [1, 3, 3]
    assert level[NUMBER["T"]].tolist() == [2, 2, 2]
    assert level[NUMBER["P"]].tolist() == [0, 0, 0]
    assert mode[NUMBER["T"]].tolist() == [0, 0, 1]
    assert mode[NUMBER["V"]].tolist() == [0, 0, 0]
    assert not severity.any()


def test_a_gate_opens_from_its_level_on_and_any_of_several_suffices() -> None:
    """The pool of K is open from level II or in war; V, outside K, has no gate; beds have none either."""
    rules = command(
        levels={"area": ["C", "C", "T"], "period": [1, 2, 3], "level": ["IV", "II", "IV"], "mode": ["", "", "war"]},
        gates={
            "gate": ["level", "war"], "area": "K", "opens": "step", "which": "pool", "resource": "supplies",
            "level": ["II", ""], "mode": ["", "war"],
        },
    )  # fmt: skip
    everywhere = [
        rules.is_open("supplies", steps("pool"), of(taker), of("K"), np.array([t])).item()
        for taker in ("T", "U", "V")
        for t in range(3)
    ]
    assert everywhere == [False, True, True, False, True, True, True, True, True]
    assert rules.is_open("beds", steps("pool"), of("T"), of("K"), np.array([0])).item()
    passed = rules.gates_passed("supplies", steps("pool", "pool"), of("T", "T"), np.array([1, 2]))
    assert passed.tolist() == ["level", "war"]


def test_lateral_aid_needs_its_gate_and_skipping_needs_one() -> None:
    """Without a gate `skip` is shut; `lateral` shuts every peer step below severity major."""
    rules = command(
        gates={
            "gate": ["peers", "skip"],
            "area": "P",
            "opens": ["lateral", "skip"],
            "severity": ["major", "large"],
        },
        levels={"area": ["P", "P"], "period": [1, 2], "severity": ["large", "major"]},
    )
    peer, taker = steps("peer-1"), of("T")
    assert [rules.is_open("teams", peer, taker, of("U"), np.array([t])).item() for t in range(2)] == [
        False,
        True,
    ]
    assert rules.may_skip("teams", steps("above-3"), taker, np.array([0])).item()
    assert not rules.may_skip("teams", peer, taker, np.array([0])).item()
    assert not command().may_skip("teams", steps("above-3"), taker, np.array([0])).item()


@pytest.mark.parametrize(("resource", "helped"), [("teams", True), ("beds", False)])
def test_pairing_keeps_other_peers_out_of_its_resource(resource: str, helped: bool) -> None:
    """K is paired with L for teams: U, a peer of T in K, may then not help T with teams, but with beds."""
    rules = command(pairing={"area": ["K"], "helper": "L", "resource": "teams", "consent": False})
    taker, period = of("T", "T"), np.zeros(2, dtype=np.int64)
    found = rules.is_open(resource, steps("peer-1", "peer-2"), taker, of("U", "V"), period)
    assert found.tolist() == [not helped, True]
    assert rules.is_direct(resource, steps("peer-2"), of("T"), of("V")).item() == helped
