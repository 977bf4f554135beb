"""What a raised response level buys."""

from __future__ import annotations

from typing import Any

import pytest
from comparison.worlds import masks, stock, value

import yjopt as yj
from yjopt.comparison.levels import with_level
from yjopt.errors import ModelError

GATES = [
    {"gate": "pooling", "area": "C", "opens": "step", "which": "pool", "resource": "supplies", "level": "II"},
    {"gate": "reserve", "area": "C", "opens": "kind", "which": "technical", "level": "I"},
]


def gated(**more: Any) -> yj.Scenario:
    """A town without masks, a county pool that opens at level II, a city reserve of a kind that opens at level I."""
    return masks(
        stocks=[
            stock("a", 2, authority="TA"),
            stock("depot-a", 5, authority="CA"),
            stock("depot", 9, authority="C", kind="technical"),
        ],
        gates=GATES,
        **{"levels": [{"area": "C", "period": 1, "level": "III"}], **more},
    )


def test_level_two_opens_the_pool() -> None:
    """10 masks are needed, the town has 2: as is 8 go without, and at level II 3, for the county gives 5.

    Each mask never given costs weight 1 in its only period.
    """
    raised = yj.raise_level(gated(), "CA", "II", gap=0.0, time_limit=20)
    assert value(raised.stages, "unmet_goods", "as is") == 8
    assert value(raised.stages, "unmet_goods", "raised") == 3
    assert value(raised.stages, "unmet_goods", "raised", "difference") == -5
    assert all(plan.audit().ok for plan in raised.plans.values())
    (gate,) = raised.gates.to_dict("records")
    assert (gate["gate"], gate["opens"], gate["which"], gate["area"]) == ("pooling", "step", "pool", "CA")
    assert (gate["period"], gate["until"]) == (1, 1)
    # For the town its county is the pool; for the county itself the city is, and what lies in the town is, too.
    behind = {(row["place"], row["quantity"]) for row in raised.means.to_dict("records")}
    assert behind == {("a", 2), ("depot-a", 5), ("depot", 9)}
    text = raised.text()
    assert "pooling" in text
    assert "level II in CA from period 1 on" in text


def test_level_one_opens_the_reserve_too() -> None:
    """At level I the city's technical reserve gives the last 3."""
    raised = yj.raise_level(gated(), "C", "I", gap=0.0, time_limit=20)
    assert value(raised.stages, "unmet_goods", "raised") == 0
    assert list(raised.gates["gate"]) == ["pooling", "reserve"]
    reserve = raised.means[raised.means["gate"] == "reserve"]
    assert reserve[["place", "kind", "quantity"]].to_numpy().tolist() == [["depot", "technical", 9]]


def test_a_level_from_the_second_day_on() -> None:
    """From period 2 on: the need of period 1 is lost after its deadline, so nothing is saved; it opens on day 2."""
    scenario = gated(
        periods=2, needs=[{"place": "a", "item": "mask", "period": 1, "quantity": 10, "deadline": 0}]
    )
    raised = yj.raise_level(scenario, "C", "II", from_period=2, gap=0.0, time_limit=20)
    assert value(raised.stages, "unmet_goods", "raised", "difference") == 0
    assert raised.gates[["period", "until"]].to_numpy().tolist() == [[2, 2]]


def test_what_is_open_already_frees_nothing() -> None:
    """Level II again: two equal plans, no gate."""
    scenario = gated(levels=[{"area": "C", "period": 1, "level": "II"}])
    raised = yj.raise_level(scenario, "C", "II", gap=0.0, time_limit=20)
    assert raised.gates.empty
    assert raised.means.empty
    assert (raised.stages["difference"] == 0).all()
    assert "No gate opens by it." in raised.text()


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        # A milder word of an area inside follows; a worse one stays.
        ([("C", 1, "IV"), ("CA", 1, "III")], {("C", 1, "II"), ("CA", 1, "II")}),
        ([("C", 1, "IV"), ("CA", 1, "I")], {("C", 1, "II"), ("CA", 1, "I")}),
        # A later milder word would take the level back.
        ([("C", 1, "IV"), ("C", 2, "III")], {("C", 1, "II"), ("C", 2, "II")}),
        # A later worse word stays.
        ([("C", 2, "I")], {("C", 1, "II"), ("C", 2, "I")}),
        ([], {("C", 1, "II")}),
    ],
)
def test_the_level_holds_for_all_inside(
    told: list[tuple[str, int, str]], expected: set[tuple[str, int, str]]
) -> None:
    """Rows of ``levels`` after level II was declared in C from period 1 on."""
    levels = [dict(zip(("area", "period", "level"), row, strict=True)) for row in told]
    scenario = masks(periods=2, stocks=[stock("a", 1)], levels=levels)
    rows = with_level(scenario, "C", "II", 1).tables["levels"]
    assert set(rows[["area", "period", "level"]].itertuples(index=False, name=None)) == expected


def test_mode_and_severity_stay() -> None:
    """A row of the same day keeps its other words."""
    levels = [{"area": "C", "period": 1, "level": "", "mode": "war", "severity": "major"}]
    rows = with_level(masks(stocks=[stock("a", 1)], levels=levels), "C", "III", 1).tables["levels"]
    assert rows[["level", "mode", "severity"]].to_numpy().tolist() == [["III", "war", "major"]]


@pytest.mark.parametrize(
    ("area", "level", "period", "said"),
    [
        ("X", "I", 1, "no area 'X'"),
        ("C", "V", 1, "no level 'V'"),
        ("C", "I", 2, "Period 2 is none of 1 to 1"),
    ],
)
def test_levels_that_cannot_be(area: str, level: str, period: int, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        yj.raise_level(gated(), area, level, from_period=period)
