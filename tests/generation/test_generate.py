from __future__ import annotations

import hashlib
from typing import Any

import pandas as pd
import pytest

from yjopt.checks import check
from yjopt.errors import ScenarioError
from yjopt.files import raw_from_frames
from yjopt.generation import FAMILIES, Dials, generate
from yjopt.schema import INPUT

CASES = ("reference", "scarce", "loose")
COUPLING_TABLES = {"fleets", "staffing", "residents", "consumption", "rules", "surge"}


def digest(frames: dict[str, pd.DataFrame]) -> str:
    text = "".join(name + frame.to_csv(index=False) for name, frame in frames.items())
    return hashlib.sha256(text.encode()).hexdigest()


def errors(frames: dict[str, pd.DataFrame], settings: dict[str, Any]) -> list[str]:
    return [str(found) for found in check(raw_from_frames(frames, settings)) if found.severity == "error"]


def assert_good(seed: int) -> None:
    """A scenario of 6 to 30 towns, 1 to 9 periods, of any case, coupled or plain, is a scenario."""
    frames, settings, _ = generate(
        towns=6 + seed % 25, periods=1 + seed % 9, seed=seed, case=CASES[seed % 3], plain=seed % 4 == 3
    )
    assert errors(frames, settings) == [], f"seed {seed}"


@pytest.mark.parametrize("seed", range(20))
def test_generated_scenarios_have_no_errors(seed: int) -> None:
    assert_good(seed)


@pytest.mark.long
def test_a_thousand_generated_scenarios_have_no_errors() -> None:
    for seed in range(1000):
        assert_good(seed)


def test_same_arguments_same_bytes() -> None:
    first = digest(generate(towns=40, periods=3, seed=5)[0])
    assert digest(generate(towns=40, periods=3, seed=5)[0]) == first
    assert digest(generate(towns=40, periods=3, seed=6)[0]) != first


def test_tables_have_the_columns_and_types_of_the_schema() -> None:
    frames, _, _ = generate(towns=30, periods=7, seed=2)
    for name, frame in frames.items():
        table = INPUT[name]
        assert list(frame.columns) == [column.name for column in table.columns], name
        assert [str(frame[column.name].dtype) for column in table.columns] == [c.dtype for c in table.columns]
        assert not frame.duplicated(list(table.key)).any(), name
        assert (frame["source"] != "").all(), name


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_alone_has_the_figures_it_has_among_the_others(family: str) -> None:
    own = {
        "supplies": ["items", "fleets"], "beds": ["arrivals", "beds", "groups"],
        "isolation": ["contacts", "isolation_sites", "site_category"], "teams": ["tasks"],
    }[family]  # fmt: skip
    whole, _, _ = generate(towns=40, periods=3, seed=3)
    alone, settings, _ = generate(towns=40, periods=3, seed=3, families={family})
    assert errors(alone, settings) == []
    for name in ["areas", "places", "roads", *own]:
        if name != "fleets":
            pd.testing.assert_frame_equal(alone[name], whole[name])
    others = {"supplies": "needs", "beds": "arrivals", "isolation": "contacts", "teams": "tasks"}
    assert {name for name in others.values() if name in alone} == {others[family]}
    assert "staffing" not in alone
    assert "consumption" not in alone


def test_plain_has_no_couplings() -> None:
    frames, settings, _ = generate(towns=40, periods=7, seed=3, plain=True)
    assert COUPLING_TABLES.isdisjoint(frames)
    assert (frames["isolation_sites"]["state"] == "open").all()
    assert not frames["categories"]["together"].any()
    assert not frames["site_category"]["place"].duplicated().any()
    assert errors(frames, settings) == []


def test_a_rule_changes_nothing_but_the_setting() -> None:
    """Priority and strict can be asked of the same scenario."""
    frames, settings, _ = generate(towns=30, periods=3, seed=4)
    others, ruled, achieved = generate(towns=30, periods=3, seed=4, rule="strict")
    assert digest(others) == digest(frames)
    assert settings["rule"] == "priority"
    assert ruled == settings | {"rule": "strict", "name": settings["name"] + " strict"}
    assert achieved["generator"]["rule"] == "strict"
    assert errors(others, ruled) == []
    assert {"ladder", "levels", "gates"}.isdisjoint(others)


def test_reference_has_every_coupling() -> None:
    frames, _, _ = generate(towns=85, periods=7, seed=7)
    assert set(frames) >= COUPLING_TABLES
    assert set(frames["rules"]["rule"]) == {"isolation_minimum", "opening_budget", "transfer_budget"}


@pytest.mark.parametrize("periods", [1, 7])
@pytest.mark.parametrize("case", CASES)
def test_dials_are_reached(case: str, periods: int) -> None:
    _, _, achieved = generate(towns=300, periods=periods, seed=9, case=case)
    asked, reached = achieved["asked"], achieved["achieved"]
    for family in ("beds", "rooms", "food", "masks", "suits", "medicine", "tests", "sampling"):
        wanted = asked["scarcity"] * (asked["suits"] if family == "suits" else 1.0)
        assert reached["scarcity"][family] == pytest.approx(wanted, rel=0.03), family
    assert reached["locality"] == pytest.approx(asked["locality"], abs=0.03)
    assert reached["load"] == pytest.approx(asked["load"], rel=0.03)
    assert asked["reach"] <= achieved["givers"]["supplies"]["median"] <= 1.6 * asked["reach"]


def test_imbalance_spreads_the_local_ratios() -> None:
    """Stock per need of food over the counties spreads as dialled."""

    def spread(imbalance: float) -> float:
        frames, _, _ = generate(towns=850, periods=1, seed=4, dials=Dials(imbalance=imbalance, locality=0.9))
        parent = frames["areas"].set_index("area")["parent"]
        need = frames["needs"].query("item == 'food'")
        by_county = need["quantity"].groupby(need["place"].map(parent)).sum()
        stock = frames["stocks"].query("item == 'food'").groupby("authority")["quantity"].sum()
        ratio = (stock / by_county).dropna()
        return float(ratio.std() / ratio.mean())

    assert spread(0.0) < 0.1
    assert spread(0.2) == pytest.approx(0.2, abs=0.08)
    assert spread(0.5) == pytest.approx(0.5, abs=0.15)


def test_nothing_there_at_the_start_breaks_a_rule() -> None:
    """People in beds and rooms at the start fit, never grow in number, and are staffed by residents."""
    frames, _, _ = generate(towns=120, periods=7, seed=8)
    occupied = frames["occupied"].pivot_table(
        index=["place", "class"], columns="period", values="people", fill_value=0
    )
    assert (occupied.diff(axis=1).iloc[:, 1:] <= 0).all(axis=None)
    beds = frames["beds"].set_index(["place", "class"])["beds"]
    in_beds = occupied.index.isin(beds.index)
    assert in_beds.any()
    assert (occupied[in_beds].max(axis=1) <= beds.loc[occupied.index[in_beds]]).all()
    rooms = frames["isolation_sites"].set_index("place")["rooms"]
    inside = occupied[~in_beds].droplevel(1).max(axis=1)
    assert len(inside)
    assert (inside <= rooms.loc[inside.index]).all()
    staffing = frames["staffing"].set_index("what")
    first = occupied[1].reset_index()
    for _, rows in staffing.groupby("skill"):
        wanted = (first[1] * first["class"].map(rows["members"]).fillna(0)).groupby(
            first["place"]
        ).sum() / 100
        there = (
            frames["residents"]
            .merge(rows[["skill"]].drop_duplicates(), on="skill")
            .set_index("place")["members"]
        )
        wanted = wanted[wanted > 0]
        assert (there.loc[wanted.index] >= wanted).all()


@pytest.mark.parametrize(
    ("wrong", "column"),
    [
        ({"towns": 1}, "towns"),
        ({"periods": 0}, "periods"),
        ({"seed": -1}, "seed"),
        ({"case": "easy"}, "case"),
        ({"rule": "law"}, "rule"),
        ({"families": {"ships"}}, "families"),
        ({"families": set()}, "families"),
        ({"within": "44"}, "within"),
        ({"areas": pd.DataFrame()}, "areas"),
    ],
)
def test_arguments_out_of_range_are_named(wrong: dict[str, Any], column: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        generate(**wrong)
    assert [found.column for found in caught.value.findings] == [column]


def test_long_horizons_reuse_beds() -> None:
    """Stays end within 30 periods: the fullest period, not the sum of all, is set against the beds."""
    frames, settings, achieved = generate(towns=40, periods=30, seed=1)
    assert errors(frames, settings) == []
    assert achieved["achieved"]["scarcity"]["beds"] == pytest.approx(1.0, rel=0.1)
