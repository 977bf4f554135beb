from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from yjopt.errors import ScenarioError
from yjopt.generation import CASES, Couplings, Dials, generate
from yjopt.generation.accept import Generated, accepted, judged, verdicts
from yjopt.generation.calibrate import BAND, calibrate, worths_off
from yjopt.generation.valuing import (
    COUPLINGS,
    GOODS,
    PEOPLE,
    Outlook,
    by_hand,
    outlook,
    relaxed,
    without,
    worth_off,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

GOOD = Outlook(
    nothing={PEOPLE: 1000.0, GOODS: 9000.0, "hard_rules": 1.0},
    manual={PEOPLE: 100.0, GOODS: 900.0, "hard_rules": 0.0},
    relaxed={PEOPLE: 40.0, GOODS: 10.0, "hard_rules": 0.0},
    strict={PEOPLE: 102.0, GOODS: 900.0, "hard_rules": 0.0},
    fractional=0.1,
    largest=0.9,
    columns=1000,
)
WORTHS = dict.fromkeys(COUPLINGS, 0.05)


def broken(seen: Outlook, worths: Mapping[str, float] = WORTHS) -> set[str]:
    return {verdict.name for verdict in verdicts(seen, worths, Dials()) if not verdict.ok}


def test_worth_is_the_larger_share_of_the_two_stages() -> None:
    """People 100 to 96 is 4 %, goods 50 to 40 is 20 %."""
    assert worth_off({PEOPLE: 100.0, GOODS: 50.0}, {PEOPLE: 96.0, GOODS: 40.0}) == pytest.approx(0.2)
    assert worth_off({PEOPLE: 0.0, GOODS: 0.0}, {PEOPLE: 0.0, GOODS: 0.0}) == 0.0


@pytest.mark.parametrize("coupling", COUPLINGS)
def test_without_takes_one_coupling_away_and_leaves_the_rest(coupling: str) -> None:
    tables, _, _ = generate(towns=30, periods=1, seed=1)
    left = without(tables, coupling)
    name = COUPLINGS[coupling]
    if name in tables:
        assert set(tables) - set(left) == {name}
    else:
        assert set(tables) == set(left)
        assert set(tables["rules"]["rule"]) - set(left["rules"]["rule"]) == {name}


def test_a_good_scenario_keeps_every_condition() -> None:
    assert broken(GOOD) == set()


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"relaxed": GOOD.relaxed | {PEOPLE: 60.0}}, "forced:unmet_people"),
        ({"relaxed": GOOD.relaxed | {GOODS: 0.0}}, "best:unmet_goods"),
        ({"nothing": GOOD.nothing | {GOODS: 4000.0}}, "nothing:unmet_goods"),
        ({"manual": GOOD.manual | {"hard_rules": 1.0}}, "hard_rules"),
        ({"strict": GOOD.strict | {PEOPLE: 100.5}}, "strict"),
        ({"fractional": 0.01}, "fractional"),
        ({"largest": 0.5}, "largest_component"),
    ],
)
def test_each_condition_refuses(changes: dict[str, Any], name: str) -> None:
    assert broken(replace(GOOD, **changes)) == {name}


def test_little_to_avoid_is_refused() -> None:
    hopeless = replace(GOOD, relaxed=GOOD.relaxed | {PEOPLE: 95.0})
    assert broken(hopeless) == {"forced:unmet_people", "avoidable:unmet_people"}


def test_doing_better_by_asking_level_by_level_is_no_price() -> None:
    """Where the manual plan under strict is the better one, the rule has shown no price."""
    assert broken(replace(GOOD, strict={PEOPLE: 90.0, GOODS: 800.0})) == {"strict"}


def test_dust_is_no_stage() -> None:
    """0.002 left by an interior point is nothing that a coupling could be worth a share of."""
    assert worth_off({PEOPLE: 100.0, GOODS: 0.002}, {PEOPLE: 99.0, GOODS: 0.0}) == pytest.approx(0.01)


def test_of_whole_trips_the_manual_plan_speaks_too() -> None:
    """The relaxation finds vehicles worth nothing; by whole trips 100 to 80 is a fifth."""
    tables, settings = made_from(Couplings())

    def trips(left: Mapping[str, pd.DataFrame], _: Mapping[str, Any]) -> dict[str, float]:
        return {PEOPLE: 10.0, GOODS: 100.0 if "fleets" in left else 80.0}

    def blind(left: Mapping[str, pd.DataFrame], _: Mapping[str, Any]) -> dict[str, float]:
        return {PEOPLE: 100.0, GOODS: 10.0}

    worths = judged(tables, settings, blind, trips)
    assert worths["fleet_hours"] == pytest.approx(0.2)
    assert worths["staff"] == 0.0


def test_a_coupling_worth_nothing_is_refused() -> None:
    assert broken(GOOD, WORTHS | {"staff": 0.001}) == {"worth:staff"}


def made_from(couplings: Couplings) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """Tables that carry the couplings, for a value that is a formula."""
    rules = pd.DataFrame({"rule": ["opening_budget"], "amount": [couplings.opening_budget]})
    tables = {
        name: pd.DataFrame({"amount": [getattr(couplings, coupling)]}) for coupling, name in COUPLINGS.items()
    }
    return tables | {"rules": rules}, {}


def formula(tables: Mapping[str, pd.DataFrame], settings: Mapping[str, Any]) -> dict[str, float]:
    """Each coupling there costs 0.08 of 100 when at 0, nothing from 1.6 on."""
    cost = 0.0
    for name in COUPLINGS.values():
        frame = tables.get(name)
        if name == "opening_budget":
            frame = tables["rules"] if len(tables["rules"]) else None
        if frame is not None:
            cost += max(0.0, 20.0 * (1 - float(frame["amount"].iloc[0]) / 1.6))
    return {PEOPLE: 100.0 + cost, GOODS: 0.0}


def test_bisection_finds_the_band() -> None:
    found, worths = calibrate(made_from, formula, Couplings(fleet_hours=0.3, staff=1.4), steps=10, sweeps=4)
    assert all(BAND[0] <= worth <= BAND[1] for worth in worths.values()), (asdict(found), worths)
    again = worths_off(*made_from(found), formula)
    assert all(BAND[0] / 1.5 <= worth <= BAND[1] * 1.5 for worth in again.values())


def test_seeds_are_tried_until_one_is_accepted() -> None:
    def make(seed: int) -> Generated:
        return {"rules": pd.DataFrame({"rule": []})}, {"seed": seed}, {"generator": {"seed": seed}}

    def judge(tables: Mapping[str, pd.DataFrame], settings: Mapping[str, Any]) -> dict[str, float]:
        return dict.fromkeys(COUPLINGS, 0.0)

    def look(tables: Mapping[str, pd.DataFrame], settings: Mapping[str, Any]) -> Outlook:
        return GOOD if settings["seed"] >= 6 else replace(GOOD, fractional=0.0)

    worthless = frozenset(f"worth:{name}" for name in COUPLINGS)
    _, settings, achieved = accepted(make, 4, Dials(), judge=judge, look=look, tolerated=worthless)
    assert settings["seed"] == 6
    assert achieved["acceptance"]["rejected"] == {"4": ["fractional"], "5": ["fractional"]}
    assert achieved["acceptance"]["conditions"]["worth:staff"]["ok"] is False
    with pytest.raises(ScenarioError, match="None of 2 seeds from 1"):
        accepted(make, 1, Dials(), tries=2, judge=judge, look=look, tolerated=worthless)


def test_bound_manual_and_nothing_stand_in_order() -> None:
    """On a real small scenario the relaxation is at most the manual plan, and that at most doing nothing."""
    tables, settings, _ = generate(towns=25, periods=1, seed=3)
    seen = outlook(tables, settings)
    for stage in (PEOPLE, GOODS):
        assert seen.manual[stage] <= seen.nothing[stage]
    assert seen.relaxed[PEOPLE] <= seen.manual[PEOPLE] + 1e-6
    assert seen.manual["hard_rules"] == 0
    assert by_hand(tables, settings) == seen.manual
    assert relaxed(tables, settings)[PEOPLE] == pytest.approx(seen.relaxed[PEOPLE], abs=1e-2)
    assert 0 < seen.fractional < 1
    assert 0 < seen.largest <= 1


@pytest.mark.long
@pytest.mark.parametrize("case", CASES)
def test_most_static_scenarios_are_neither_trivial_nor_absurd(case: str) -> None:
    """From every seed on the next accepted one is near, in every case."""

    def make(seed: int) -> Generated:
        return generate(towns=300, periods=1, seed=seed, case=case)

    _, _, achieved = accepted(make, 1, CASES[case], tries=3)
    assert len(achieved["acceptance"]["rejected"]) <= 2
