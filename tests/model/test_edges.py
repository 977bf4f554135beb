"""Scenarios at the edge of what is legal: they get a plan that passes its audit, or a sentence; never a crash."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import yjopt as yj

Rows = list[tuple[Any, ...]]

AREAS = pd.DataFrame([("C", "city", ""), ("T", "town", "C")], columns=["area", "level", "parent"])


def frame(columns: str, *rows: tuple[Any, ...]) -> pd.DataFrame:
    """A table with the columns named in one text."""
    return pd.DataFrame(list(rows), columns=columns.split())


def world(settings: dict[str, Any] | None = None, **tables: pd.DataFrame) -> yj.Scenario:
    """A town with a hospital, a site and a depot on one road, and what else is given."""
    base = {
        "areas": AREAS,
        "places": frame(
            "place kind area",
            ("t", "town", "T"),
            ("h", "hospital", "T"),
            ("s", "isolation", "T"),
            ("d", "depot", "C"),
        ),
        "roads": frame("from to minutes", ("t", "h", 10.0), ("h", "s", 10.0), ("s", "d", 10.0)),
    }
    return yj.Scenario.from_tables(base | tables, settings or {})


def planned(scenario: yj.Scenario, **options: Any) -> yj.Plan:
    """A proven plan that passes its audit, after the manual one that does, too."""
    assert yj.solve(scenario, engine="manual").audit().ok
    plan = yj.solve(scenario, gap=0, time_limit=60, **options)
    assert plan.status == "optimal"
    assert plan.audit().ok
    return plan


BEDS = {
    "groups": frame("group stay wait weight", ("g", 3, 0, 1.0)),
    "eligibility": frame("group class", ("g", "ward")),
}
SITES = {
    "categories": frame("category stay wait together split", ("close", 5, 1, True, True)),
    "isolation_sites": frame("place rooms", ("s", 4)),
}


def test_one_place_and_nothing_else() -> None:
    """No tables at all: an empty plan, proven."""
    scenario = yj.Scenario.from_tables(
        {"areas": AREAS.iloc[:1], "places": frame("place kind area", ("t", "town", "C"))}
    )
    plan = planned(scenario)
    assert plan.stage_values == {}
    assert all(table.empty for table in plan.tables.values())
    assert plan.summary()
    assert plan._repr_html_()
    assert plan.statistics().empty


@pytest.mark.parametrize(
    "settings", [{"periods": 366}, {"periods": 366, "period_hours": 0.25}, {"periods": 1}]
)
def test_every_length_of_horizon(settings: dict[str, Any]) -> None:
    """A year of days, a year of quarters of an hour, one period: goods arrive when the road says.

    The depot is 30 minutes away: the same day, or two quarters later, when 2 of 5 base units are late by one period.
    """
    scenario = world(
        settings,
        items=frame("item pack late", ("mask", 5, 0.001)),
        stocks=frame("place item quantity", ("d", "mask", 12)),
        needs=frame("place item period quantity", ("t", "mask", 1, 12)),
    )
    plan = planned(scenario)
    late = 2 if settings.get("period_hours") == 0.25 else 0
    # Ten in two packs; the last two would need a third pack, which the stock of 12 has not.
    periods = settings["periods"]
    assert plan.stage_values["unmet_goods"] == 1_000 * (10 * late + 2 * (1_000 + periods - 1))


def test_surge_alone_and_a_stay_beyond_the_horizon() -> None:
    """A hospital without beds: one surge level ready in period 2; a stay of 400 periods ends with the horizon."""
    scenario = world(
        {"periods": 3},
        groups=frame("group stay wait", ("g", 400, 1)),
        eligibility=BEDS["eligibility"],
        arrivals=frame("place group period people", ("t", "g", 1, 5)),
        surge=frame("place class level beds setup", ("h", "ward", 1, 3, 1)),
    )
    plan = planned(scenario)
    assert plan.admissions[["period", "people"]].to_numpy().tolist() == [[2, 3]]
    assert plan.openings[["decided", "first", "last"]].to_numpy().tolist() == [[1, 2, 3]]


def test_a_class_that_nobody_has_and_beds_that_nobody_may_use() -> None:
    """Nobody can be admitted: all are lost, and the plan says so."""
    scenario = world(
        **BEDS,
        beds=frame("place class beds", ("h", "icu", 9)),
        arrivals=frame("place group period people", ("t", "g", 1, 5)),
    )
    plan = planned(scenario)
    assert plan.admissions.empty
    assert plan.unmet["amount"].tolist() == [5]


@pytest.mark.parametrize("allowed", [None, False])
def test_sites_without_a_category_and_categories_without_a_site(allowed: bool | None) -> None:
    """Everybody stays at home."""
    tables = dict(SITES)
    if allowed is not None:
        tables["site_category"] = frame("place category allowed", ("s", "close", allowed))
    scenario = world(
        {"periods": 2}, **tables, contacts=frame("place category period people", ("t", "close", 1, 4))
    )
    plan = planned(scenario)
    assert plan.isolations.empty
    assert plan.stage_values["unmet_people"] == 1_000_000 * 4 * 5


def test_nobody_comes_and_nothing_is_wanted() -> None:
    """Rows with amount 0 are rows of nothing."""
    scenario = world(
        {"periods": 2},
        **BEDS,
        **SITES,
        site_category=frame("place category", ("s", "close")),
        items=frame("item durable", ("mask", False), ("pump", True)),
        needs=frame("place item period quantity", ("t", "mask", 1, 0), ("t", "pump", 2, 0)),
        stocks=frame("place item quantity", ("d", "mask", 0), ("d", "pump", 0)),
        beds=frame("place class beds", ("h", "ward", 0)),
        arrivals=frame("place group period people", ("t", "g", 1, 0)),
        contacts=frame("place category period people", ("t", "close", 1, 0)),
        pools=frame("pool place teams people", ("p", "h", 0, 1)),
        skills=frame("pool skill", ("p", "test")),
        tasks=frame(
            "task place skill measure amount first_period last_period",
            ("k", "t", "test", "teams", 0, 1, 2), ("l", "t", "test", "work", 0, 1, 2),
        ),
        fleets=frame("fleet place vehicles payload_kg volume_litres hours", ("f", "d", 0, 1, 1, 0.0)),
    )  # fmt: skip
    plan = planned(scenario)
    assert not any(plan.stage_values.values())
    assert plan.unmet.empty


def test_teams_that_use_up_goods_where_there_are_none() -> None:
    """A test kit per team, none in the country: the task stays undone."""
    tables = {
        "items": frame("item", ("kit",)),
        "pools": frame("pool place teams people", ("p", "h", 3, 1)),
        "skills": frame("pool skill", ("p", "test")),
        "tasks": frame(
            "task place skill measure amount first_period last_period", ("k", "t", "test", "teams", 2, 1, 1)
        ),
        "consumption": frame("kind what item quantity", ("skill", "test", "kit", 1.0)),
    }
    assert planned(world(**tables)).unmet["amount"].tolist() == [2]
    stocks = frame("place item quantity", ("d", "kit", 1))
    assert planned(world(**tables, stocks=stocks)).unmet["amount"].tolist() == [1]


@pytest.mark.parametrize("kind", ["supplies", "patients", "contacts", "teams"])
def test_thinning_of_every_kind_keeps_one_giver(kind: str) -> None:
    """Two of each at unequal distance: the nearer one is kept, one pair is reported."""
    nearest = {kind: 1}
    scenario = world(
        {"nearest": nearest},
        **BEDS,
        categories=SITES["categories"],
        isolation_sites=frame("place rooms", ("s", 1), ("d", 9)),
        site_category=frame("place category", ("s", "close"), ("d", "close")),
        items=frame("item", ("mask",)),
        needs=frame("place item period quantity", ("t", "mask", 1, 9)),
        stocks=frame("place item quantity", ("s", "mask", 1), ("d", "mask", 9)),
        beds=frame("place class beds", ("s", "ward", 1), ("d", "ward", 9)),
        arrivals=frame("place group period people", ("t", "g", 1, 9)),
        contacts=frame("place category period people", ("t", "close", 1, 9)),
        pools=frame("pool place teams people", ("p", "s", 1, 1), ("q", "d", 9, 1)),
        skills=frame("pool skill", ("p", "test"), ("q", "test")),
        tasks=frame(
            "task place skill measure amount first_period last_period", ("k", "t", "test", "teams", 9, 1, 1)
        ),
    )
    plan = planned(scenario)
    assert any(f"of {kind}" in note for note in plan.notes)
    unmet = plan.unmet.set_index("kind")["amount"].to_dict()
    unmet_of = {"supplies": "supply", "patients": "bed", "contacts": "isolation", "teams": "task"}
    expected = {unmet_of[kind]: 8}
    if kind == "contacts":
        # Nine people are cut into nine parts of one, for the only site in reach has one room.
        expected = {"isolation": 8}
    assert unmet == expected


def test_a_site_that_may_not_be_used_counts_as_the_nearest_giver() -> None:
    """Givers are all sites: the one at 20 minutes may hold nothing, and the one at 30 is no longer in reach."""
    tables = {
        "categories": SITES["categories"],
        "isolation_sites": frame("place rooms", ("s", 9), ("d", 9)),
        "site_category": frame("place category allowed", ("s", "close", False), ("d", "close", True)),
        "contacts": frame("place category period people", ("t", "close", 1, 4)),
    }
    assert planned(world(**tables)).isolations["to"].tolist() == ["d"]
    assert planned(world({"nearest": {"contacts": 1}}, **tables)).isolations.empty


def overfull(**more: pd.DataFrame) -> yj.Scenario:
    """Three people in one bed, two beds of surge, two more who need one; people count more than rules."""
    weights = dict.fromkeys(("unmet_goods", "support", "time", "money"), 0.0)
    settings = {"objective": "weighted", "weights": {"rules": 1.0, "unmet_people": 1000.0, **weights}}
    return world(
        settings,
        **BEDS,
        beds=frame("place class beds", ("h", "ward", 1)),
        surge=frame("place class level beds", ("h", "ward", 1, 2)),
        occupied=frame("place class period people", ("h", "ward", 1, 3)),
        arrivals=frame("place group period people", ("t", "g", 1, 2)),
        **more,
    )


def test_a_ward_overfull_at_the_start_may_be_filled_up_as_far_as_excepted() -> None:
    """Five people in three beds: two exceptions, which is what three people in one bed allow."""
    plan = planned(overfull())
    assert plan.stage_values == {"rules": 2_000, "unmet_people": 0, "time": 2_000}


def test_staff_and_goods_suffice_for_a_ward_overfull_by_exception() -> None:
    """Five members and five suits for five people: no more exceptions than the two of beds."""
    scenario = overfull(
        pools=frame("pool place teams people", ("p", "h", 9, 1)),
        skills=frame("pool skill", ("p", "nurse")),
        staffing=frame("kind what skill members", ("class", "ward", "nurse", 100)),
        items=frame("item", ("suit",)),
        stocks=frame("place item quantity", ("h", "suit", 9)),
        consumption=frame("kind what item quantity", ("class", "ward", "suit", 1.0)),
    )
    plan = planned(scenario)
    assert plan.stage_values["rules"] == 2_000
    assert plan.deployments["teams"].tolist() == [5]
    assert plan.shipments["quantity"].tolist() == [5]


@pytest.mark.parametrize("objective", ["stages", "weighted"])
def test_a_thousand_million_of_everything(objective: str) -> None:
    """The largest figures that the tables take, in single pieces: still exact."""
    largest = 1_000_000_000
    scenario = world(
        {"periods": 2},
        items=frame("item kg late", ("mask", 0.001, 0.1)),
        stocks=frame("place item quantity", ("d", "mask", largest - 7)),
        needs=frame("place item period quantity", ("t", "mask", 1, largest)),
        fleets=frame(
            "fleet place vehicles payload_kg volume_litres", ("f", "d", 1_000_000, 1_000_000, 10_000_000)
        ),
    )
    plan = yj.solve(scenario, gap=1e-6, time_limit=60, objective=objective)
    assert plan.status == "optimal"
    assert plan.shipments["quantity"].tolist() == [largest - 7]
    assert plan.stage_values["unmet_goods"] == 7 * 1_100_000


def test_groups_that_cost_more_than_can_be_counted_are_refused_in_words() -> None:
    """A million people, 10,000 periods, weight 10,000: 10**20 quanta, which would wrap round."""
    with pytest.raises(yj.ScenarioError, match="too_large_in_all"):
        world(
            categories=frame("category stay weight", ("close", 10_000, 10_000.0)),
            isolation_sites=SITES["isolation_sites"],
            site_category=frame("place category", ("s", "close")),
            contacts=frame("place category period people", ("t", "close", 1, 1_000_000)),
        )


def test_packs_heavier_than_can_be_counted_are_refused_in_words() -> None:
    """A pack of a million pieces of 100,000 kg over half an hour: more gram-seconds than are exact."""
    scenario = world(
        items=frame("item pack kg", ("mask", 1_000_000, 100_000.0)),
        stocks=frame("place item quantity", ("d", "mask", 1_000_000)),
        needs=frame("place item period quantity", ("t", "mask", 1, 1_000_000)),
    )
    with pytest.raises(yj.ModelError, match="gram-seconds of a pack come to"):
        yj.solve(scenario)


def test_beds_that_open_later_are_beds_when_only_the_first_periods_are_planned() -> None:
    """`until` keeps a class whose beds open after its end: there may be people in it."""
    scenario = world(
        {"periods": 3},
        **BEDS,
        beds=frame("place class beds opening", ("h", "ward", 4, 3)),
        occupied=frame("place class period people", ("h", "ward", 1, 2)),
        arrivals=frame("place group period people", ("t", "g", 1, 2)),
    )
    plan = planned(scenario.until(2))
    assert plan.exceptions["amount"].tolist() == [2]
    assert plan.admissions.empty


def test_delays_are_waived_when_asked() -> None:
    """Release, lead, call-up, set-up and travel take no time at all, and the plan says so."""
    scenario = world(
        {"periods": 1, "ignore_delays": True, "period_hours": 1.0, "limits": {"supplies": 480.0}},
        **BEDS,
        roads=frame("from to minutes", ("t", "h", 70.0), ("h", "s", 70.0), ("s", "d", 70.0)),
        items=frame("item", ("mask",)),
        needs=frame("place item period quantity", ("t", "mask", 1, 8)),
        stocks=frame("place item quantity release_hours", ("d", "mask", 5, 50.0)),
        sources=frame("place item kind quantity lead_hours", ("d", "mask", "purchase", 3, 50.0)),
        surge=frame("place class level beds setup", ("h", "ward", 1, 3, 9)),
        arrivals=frame("place group period people", ("t", "g", 1, 2)),
        isolation_sites=frame("place rooms state setup", ("s", 4, "candidate", 9)),
        categories=SITES["categories"],
        site_category=frame("place category", ("s", "close")),
        contacts=frame("place category period people", ("t", "close", 1, 4)),
        pools=frame("pool place teams people callup_hours", ("p", "h", 1, 1, 50.0)),
        skills=frame("pool skill", ("p", "test")),
        tasks=frame(
            "task place skill measure amount first_period last_period", ("k", "t", "test", "teams", 1, 1, 1)
        ),
    )
    plan = planned(scenario)
    assert (plan.stage_values["unmet_people"], plan.stage_values["unmet_goods"]) == (0, 0)
    assert any("waived" in note for note in plan.notes)


def test_flat_leaves_no_stage_of_support() -> None:
    """A purchase and a city's stock count in no stage but time and money."""
    scenario = world(
        {"rule": "flat"},
        items=frame("item", ("mask",)),
        needs=frame("place item period quantity", ("t", "mask", 1, 8)),
        stocks=frame("place item quantity", ("d", "mask", 5)),
        sources=frame("place item kind quantity cost", ("d", "mask", "purchase", 3, 1.0)),
    )
    assert planned(scenario).stage_values == {"unmet_goods": 0, "money": 300}
