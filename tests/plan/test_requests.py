"""The ledger: every border that support crosses has its row, and order sheets add up to the plan."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from yjopt import Plan, Scenario, solve
from yjopt.errors import PlanError
from yjopt.instance import index
from yjopt.plan.orders import order_sheet
from yjopt.plan.requests import ledger_tables

AREAS = pd.DataFrame(
    {
        "area": ["P", "C", "K", "L", "T", "U", "V"],
        "level": ["province", "city", "county", "county", "town", "town", "town"],
        "parent": ["", "P", "C", "C", "K", "K", "L"],
    }
)
#: One place in every area, named after it in small letters.
PLACES = pd.DataFrame(
    {"place": [a.lower() for a in AREAS["area"]], "kind": "town", "area": AREAS["area"], "unit": ""}
)
ROADS = pd.DataFrame({"from": "p", "to": ["c", "k", "l", "t", "u", "v"], "minutes": 30.0})


def scenario(settings: dict[str, Any] | None = None, **tables: dict[str, Any]) -> Scenario:
    """A province, a city, two counties and three towns, half an hour from the province's place each."""
    frames = {name: pd.DataFrame(columns) for name, columns in tables.items()}
    return Scenario.from_tables(
        {
            "areas": AREAS,
            "places": PLACES,
            "roads": ROADS,
            "items": pd.DataFrame({"item": ["mask"]}),
            **frames,
        },
        {"periods": 1, **(settings or {})},
    )


def ledger(plan: Plan) -> dict[str, pd.DataFrame]:
    return ledger_tables(index(plan.scenario), dict(plan.tables))


def edges(requests: pd.DataFrame) -> set[tuple[str, str, str, int]]:
    """(kind, asker, asked, quantity) of every row."""
    rows = requests[["kind", "asker", "asked", "quantity"]].itertuples(index=False)
    return {tuple(row) for row in rows}


def test_what_the_province_gives_is_asked_for_level_by_level() -> None:
    """Town T lacks 5 masks, the province has 3: T asks K, K asks C, C asks P; each asks for 5 and is granted 3."""
    plan = solve(
        scenario(
            needs={"place": ["t"], "item": "mask", "period": 1, "quantity": 5},
            stocks={"place": ["p"], "item": "mask", "quantity": 3},
        ),
        gap=0,
    )
    requests = ledger(plan)["requests"]
    assert edges(requests) == {("request", "T", "K", 3), ("request", "K", "C", 3), ("request", "C", "P", 3)}
    assert set(requests["asked_quantity"]) == {5}
    assert set(requests["step"]) == {"above-3"}


def test_what_a_peer_gives_is_asked_for_above_and_ordered_below() -> None:
    """Town T lacks 4 masks, town V of the other county has them: up to the city, and down by way of county L."""
    plan = solve(
        scenario(
            needs={"place": ["t"], "item": "mask", "period": 1, "quantity": 4},
            stocks={"place": ["v"], "item": "mask", "quantity": 4},
        ),
        gap=0,
    )
    assert edges(ledger(plan)["requests"]) == {
        ("request", "T", "K", 4),
        ("request", "K", "C", 4),
        ("order", "C", "L", 4),
        ("order", "L", "V", 4),
    }


def test_what_lies_below_is_ordered_and_what_is_own_is_neither() -> None:
    """County K lacks 6 masks, has 2 itself and 4 in its town T: K orders 4 of T, nobody asks."""
    plan = solve(
        scenario(
            needs={"place": ["k"], "item": "mask", "period": 1, "quantity": 6},
            stocks={"place": ["k", "t"], "item": "mask", "quantity": [2, 4]},
        ),
        gap=0,
    )
    requests = ledger(plan)["requests"]
    assert edges(requests) == {("order", "K", "T", 4)}
    assert set(requests["asked_quantity"]) == {0}


@pytest.mark.parametrize("consent", [True, False])
def test_paired_peers_need_the_parent_or_do_not(consent: bool) -> None:
    """Town T lacks 4 masks, its pair V has them: with consent by way of the city, without it in one row."""
    plan = solve(
        scenario(
            needs={"place": ["t"], "item": "mask", "period": 1, "quantity": 4},
            stocks={"place": ["v"], "item": "mask", "quantity": 4},
            pairing={"area": ["K"], "helper": "L", "consent": consent},
        ),
        gap=0,
    )
    requests = ledger(plan)["requests"]
    if consent:
        assert len(requests) == 4
        assert set(requests["rule"]) == {""}
    else:
        assert edges(requests) == {("request", "T", "V", 4)}
        assert set(requests["rule"]) == {"pairing"}


def test_a_gate_that_lets_support_pass_is_named_and_levels_may_be_skipped() -> None:
    """At level II the province gives, and may be asked at once: one row, T to P; the gate `g` would let it climb."""
    tables = {
        "needs": {"place": ["t"], "item": "mask", "period": 1, "quantity": 4},
        "stocks": {"place": ["p"], "item": "mask", "quantity": 4},
        "levels": {"area": ["C"], "period": 1, "level": "II"},
    }
    gate = {"gate": ["g"], "area": "P", "opens": "step", "which": "above-3", "level": "II"}
    climbs = ledger(solve(scenario(**tables, gates=gate), gap=0))["requests"]
    assert len(climbs) == 3
    assert set(climbs["rule"]) == {"g"}
    skip = {"gate": ["s"], "area": "P", "opens": "skip", "which": "", "level": "III"}
    skips = ledger(solve(scenario(**tables, gates=skip), gap=0))["requests"]
    assert edges(skips) == {("request", "T", "P", 4)}
    assert set(skips["rule"]) == {"skip"}


def test_people_and_teams_cross_borders_like_goods() -> None:
    """A patient of T lies in the city's hospital, a contact on the county's site, a team of V works in T."""
    plan = solve(
        scenario(
            groups={"group": ["ill"]},
            eligibility={"group": ["ill"], "class": "bed"},
            arrivals={"place": ["t"], "group": "ill", "period": 1, "people": 1},
            beds={"place": ["c"], "class": "bed", "beds": 1},
            categories={"category": ["close"]},
            contacts={"place": ["t"], "category": "close", "period": 1, "people": 2},
            isolation_sites={"place": ["k"], "rooms": 2},
            site_category={"place": ["k"], "category": "close"},
            pools={"pool": ["team"], "place": "v", "teams": 1},
            skills={"pool": ["team"], "skill": "test"},
            tasks={"task": ["work"], "place": "t", "skill": "test", "measure": "teams", "amount": 1,
                   "first_period": 1, "last_period": 1},
        ),
        gap=0,
    )  # fmt: skip
    requests = ledger(plan)["requests"]
    assert edges(requests[requests["resource"] == "beds"]) == {
        ("request", "T", "K", 1),
        ("request", "K", "C", 1),
    }
    assert edges(requests[requests["resource"] == "isolation"]) == {("request", "T", "K", 2)}
    assert len(requests[requests["resource"] == "teams"]) == 4


def test_order_sheets_add_up_to_the_plan() -> None:
    """Every row of the plan that somebody carries out stands on exactly one sheet."""
    plan = solve(
        scenario(
            needs={"place": ["t", "u", "v"], "item": "mask", "period": 1, "quantity": [4, 3, 2]},
            stocks={"place": ["v", "k", "p"], "item": "mask", "quantity": [4, 2, 5]},
            fleets={
                "fleet": ["lorry"],
                "place": "p",
                "vehicles": 2,
                "payload_kg": 100,
                "volume_litres": 1000,
            },
        ),
        gap=0,
    )
    sheets = [order_sheet(plan.scenario, plan.tables, unit) for unit in AREAS["area"]]
    for name in sheets[0].tables:
        together = pd.concat([sheet.tables[name] for sheet in sheets]).sort_values(list(plan.tables[name]))
        expected = plan.tables[name].sort_values(list(plan.tables[name]))
        pd.testing.assert_frame_equal(
            together.reset_index(drop=True), expected.reset_index(drop=True), check_dtype=False
        )
    province = plan.orders("P")
    assert set(province.tables["shipments"]["authority"]) == {"P"}
    assert "Order sheet of P" in province.text()
    assert "<h3>Order sheet of P</h3>" in province._repr_html_()


def test_an_unknown_unit_is_refused() -> None:
    plan = solve(scenario(), engine="manual")
    with pytest.raises(PlanError, match="There is no area 'X'"):
        plan.orders("X")
