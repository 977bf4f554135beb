"""Makers of variants: what is lost, closed, doubled, late, cut off, and nothing else."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import pytest
from comparison.worlds import masks, stock

import yjopt as yj
from yjopt.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable

variants = yj.variants


@pytest.fixture(scope="module")
def city() -> yj.Scenario:
    """A made-up city of twelve towns over three days."""
    tables, settings, _ = yj.generate(towns=12, periods=3, seed=5)
    return yj.Scenario.from_tables(tables, settings)


def differing(one: yj.Scenario, other: yj.Scenario) -> set[str]:
    return {name for name in one.tables if not one.tables[name].equals(other.tables[name])}


MAKERS: list[Callable[..., list[yj.Variant]]] = [
    variants.lose_depots,
    variants.close_roads,
    variants.double_towns,
    variants.delay_sources,
    variants.blind_towns,
]


@pytest.mark.parametrize("make", MAKERS)
def test_every_maker_makes_scenarios_with_names_of_their_own(
    make: Callable[..., list[yj.Variant]], city: yj.Scenario
) -> None:
    """Each variant passes the checks, differs from the city, and says which tables it changes."""
    made = make(city)
    assert len(made) >= 2
    assert len({variant.name for variant in made}) == len(made)
    assert len({variant.kind for variant in made}) == 1
    for variant in made[:2]:
        changed = variant.apply(city)
        assert differing(city, changed) == variant.changed != set()
        assert pickle.loads(pickle.dumps(variant)).apply(city).digest == changed.digest


@pytest.mark.parametrize("make", MAKERS)
def test_draws_are_seeded(make: Callable[..., list[yj.Variant]], city: yj.Scenario) -> None:
    """The same seed draws the same, another seed something else; draws keep the order of all."""

    def drawn(seed: int) -> list[str]:
        return [str([variant.name, *variant.edits]) for variant in make(city, count=1, seed=seed)]

    assert drawn(3) == drawn(3)
    assert len({str(drawn(seed)) for seed in range(8)}) > 1
    assert len(drawn(0)) == 1


def test_a_lost_depot_has_nothing_left(city: yj.Scenario) -> None:
    """Stocks, receipts, sources and fleets of the depot go, those of others and the roads stay."""
    for variant in variants.lose_depots(city):
        place = variant.name.removeprefix("lose depot ")
        changed = variant.apply(city)
        for name in ("stocks", "receipts", "sources", "fleets"):
            assert place not in set(changed.tables[name]["place"])
            assert len(changed.tables[name]) == (city.tables[name]["place"] != place).sum()
        assert changed.places.equals(city.places)
        assert changed.roads.equals(city.roads)


def test_a_closed_road_is_closed_in_every_period_both_ways() -> None:
    """What was written of the road in either direction gives way; other roads keep their state."""
    roads = [
        {"from": "a", "to": "depot", "minutes": 5.0}, {"from": "b", "to": "depot", "minutes": 6.0},
    ]  # fmt: skip
    closures = [
        {"from": "depot", "to": "a", "period": 1, "state": "slowed"},
        {"from": "b", "to": "depot", "period": 2, "state": "relief"},
    ]
    scenario = masks(periods=2, roads=roads, closures=closures)
    one, other = variants.close_roads(scenario)
    assert (one.name, other.name) == ("close road a-depot", "close road b-depot")
    rows = one.apply(scenario).closures[["from", "to", "period", "state"]].to_numpy().tolist()
    assert sorted(rows) == [
        ["a", "depot", 1, "closed"],
        ["a", "depot", 2, "closed"],
        ["b", "depot", 2, "relief"],
    ]
    assert [v.name for v in variants.close_roads(scenario, [("depot", "a")])] == ["close road a-depot"]
    shut = one.apply(scenario)
    assert [v.name for v in variants.close_roads(shut)] == ["close road b-depot"]


def test_a_doubled_town_wants_twice_as_much(city: yj.Scenario) -> None:
    """Needs, arrivals, contacts and tasks of the town double, of others nothing; one and a half times likewise."""
    wanted = {"needs": "quantity", "arrivals": "people", "contacts": "people", "tasks": "amount"}
    variant = variants.double_towns(city)[0]
    town = variant.name.removeprefix("double town ")
    changed = variant.apply(city)
    grown = variants.double_towns(city, [town], factor=1.5)[0]
    assert grown.kind == "grow town"
    for name, column in wanted.items():
        before, after = city.tables[name], changed.tables[name]
        factor = (before["place"] == town) + 1
        assert (after[column] == before[column] * factor).all()
        bigger = grown.apply(city).tables[name][column] - before[column] * (
            1 + 0.5 * (before["place"] == town)
        )
        assert (abs(bigger) <= 0.5).all()


def test_a_delay_moves_sources_and_receipts() -> None:
    """36 hours are 2 days for what is on its way: day 1 becomes day 3, and day 2 comes after the last."""
    scenario = masks(
        periods=3,
        stocks=[stock("depot", 6), stock("depot-a", 1)],
        receipts=[{**stock("depot", 2), "period": 1}, {**stock("depot", 3), "period": 2}],
        sources=[{**stock("depot", 4), "kind": "purchase", "lead_hours": 12.0}],
    )
    (variant,) = variants.delay_sources(scenario, hours=36)
    changed = variant.apply(scenario)
    assert changed.receipts[["period", "quantity"]].to_numpy().tolist() == [[3, 2]]
    assert list(changed.sources["lead_hours"]) == [48.0]
    assert variant.changed == {"receipts", "sources"}


def test_blind_towns_are_cut_off_in_every_period(city: yj.Scenario) -> None:
    """As many as the share says; with a ration the agreed share of each need, rounded down."""
    towns = int((city.places["kind"] == "town").sum())
    made = variants.blind_towns(city, share=0.25, count=3)
    assert [variant.name for variant in made] == ["blind towns 1", "blind towns 2", "blind towns 3"]
    for variant in made:
        blind = variant.apply(city).blind
        assert blind["place"].nunique() == round(0.25 * towns)
        assert (blind.groupby("place")["period"].nunique() == 3).all()
        assert (blind["item"] == "").all()
    town = str(city.needs["place"].iloc[0])
    (fed,) = variants.blind_towns(city, [[town]], ration=0.5)
    rows = fed.apply(city).blind
    agreed = rows[rows["item"] != ""].set_index(["period", "item"])["quantity"]
    needs = city.needs[city.needs["place"] == town].groupby(["period", "item"])["quantity"].sum() // 2
    assert agreed.to_dict() == needs[needs > 0].to_dict()
    again = variants.blind_towns(fed.apply(city), [[town]])[0].apply(fed.apply(city))
    assert (again.blind["item"] == "").all()


@pytest.mark.parametrize(
    ("make", "words", "told"),
    [
        (variants.lose_depots, {"depots": ["moon"]}, "'moon'"),
        (variants.lose_depots, {"count": 1_000}, "1,000 cannot be drawn"),
        (variants.close_roads, {"roads": [("moon", "mars")]}, "moon-mars"),
        (variants.double_towns, {"towns": ["moon"]}, "'moon'"),
        (variants.double_towns, {"factor": 0.0}, "above 0"),
        (variants.delay_sources, {"places": ["moon"]}, "'moon'"),
        (variants.delay_sources, {"hours": -1.0}, "above 0"),
        (variants.blind_towns, {"towns": [["moon"]]}, "'moon'"),
        (variants.blind_towns, {"share": 0.0}, "between 0 and 1"),
        (variants.blind_towns, {"ration": 1.5}, "between 0 and 1"),
    ],
)
def test_what_is_not_there_is_told(
    make: Callable[..., list[yj.Variant]], words: dict[str, Any], told: str, city: yj.Scenario
) -> None:
    """Places and roads that are unknown, shares and factors out of range."""
    with pytest.raises(ModelError, match=told):
        make(city, **words)


def test_blind_towns_need_towns_that_want_goods() -> None:
    """Nobody can be cut off from goods that nobody wants."""
    with pytest.raises(ModelError, match="No town"):
        variants.blind_towns(masks(needs=[]))
