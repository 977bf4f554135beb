"""Edits of tables and variants made of them."""

from __future__ import annotations

import pickle
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from comparison.worlds import masks, stock
from hypothesis import given
from hypothesis import strategies as st

from yjopt.errors import ModelError, ScenarioError
from yjopt.generation.changes import Edit, Variant, add, plus, put, remove, times

if TYPE_CHECKING:
    import yjopt as yj


@cache
def world() -> yj.Scenario:
    """Three lots of masks, one with a release time."""
    return masks(stocks=[stock("depot-a", 6, release_hours=1.5), stock("depot-b", 5), stock("depot", 7)])


def quantities(scenario: yj.Scenario) -> dict[str, int]:
    return dict(zip(scenario.stocks["place"], scenario.stocks["quantity"], strict=True))


@pytest.mark.parametrize(
    ("edit", "left"),
    [
        (remove("stocks", {"place": "depot"}), {"depot-a": 6, "depot-b": 5}),
        (remove("stocks", {"place": ["depot", "depot-a"]}), {"depot-b": 5}),
        (remove("stocks", {"place": "depot", "item": "mask"}), {"depot-a": 6, "depot-b": 5}),
        (put("stocks", {"place": "depot"}, {"quantity": 0}), {"depot-a": 6, "depot-b": 5, "depot": 0}),
        (times("stocks", {}, {"quantity": 2}), {"depot-a": 12, "depot-b": 10, "depot": 14}),
        # 2.5 and 3.5 go to the even neighbour, as everywhere in the library.
        (times("stocks", {}, {"quantity": 0.5}), {"depot-a": 3, "depot-b": 2, "depot": 4}),
        (plus("stocks", {"place": "depot"}, {"quantity": -3}), {"depot-a": 6, "depot-b": 5, "depot": 4}),
        (
            add("stocks", [{"place": "b", "item": "mask", "quantity": 1}]),
            {"depot-a": 6, "depot-b": 5, "depot": 7, "b": 1},
        ),
    ],
)
def test_rows_are_changed_as_told(edit: Edit, left: dict[str, int]) -> None:
    """Each action on three lots, by hand; the scenario it is made of stays as it was."""
    before = world()
    digest = before.digest
    assert quantities(Variant("v", [edit]).apply(before)) == left
    assert before.digest == digest
    assert quantities(world()) == {"depot-a": 6, "depot-b": 5, "depot": 7}


def test_figures_stay_on_their_grid_and_blanks_blank() -> None:
    """Hours are hundredths: 1.5 * 0.333 is 0.4995, which is 0.5; a blank return date stays blank."""
    changed = Variant("v", [times("stocks", {"place": "depot-a"}, {"release_hours": 0.333, "return_by": 2})])
    row = changed.apply(world()).stocks.set_index("place").loc["depot-a"]
    assert row["release_hours"] == 0.5
    assert pd.isna(row["return_by"])


def test_edits_follow_one_another_and_tables_come_first() -> None:
    """A whole table is exchanged, then its rows are changed in order."""
    table = world().stocks.head(2)
    variant = Variant(
        "v",
        [times("stocks", {}, {"quantity": 2}), plus("stocks", {"place": "depot-a"}, {"quantity": 1})],
        tables={"stocks": table},
        settings={"limits": {"supplies": 5.0}, "rule": "strict"},
    )
    found = variant.apply(world())
    assert quantities(found) == {"depot-a": 13, "depot-b": 10}
    assert found.settings.limit_seconds("supplies") == 300
    assert found.settings.rule == "strict"
    assert variant.changed == {"stocks"}


def test_rows_are_added_to_an_empty_table() -> None:
    """A table that had no rows takes its defaults for what is not told."""
    rows = [{"from": "a", "to": "b", "minutes": 4.0}]
    found = Variant("v", [add("roads", rows)]).apply(world())
    assert found.roads[["from", "to", "minutes", "one_way"]].to_dict("records") == [
        {"from": "a", "to": "b", "minutes": 4.0, "one_way": False}
    ]


def test_a_variant_without_changes_is_the_scenario_itself() -> None:
    """As is: nothing is checked or copied again."""
    scenario = world()
    assert Variant("as is").apply(scenario) is scenario


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda: remove("stock", {}), "no table 'stock'"),
        (lambda: remove("stocks", {"town": "a"}), "no column 'town'"),
        (lambda: put("stocks", {}, {"colour": 1}), "no column 'colour'"),
        (lambda: add("stocks", [{"colour": 1}]), "no column 'colour'"),
        (lambda: times("stocks", {}, {"place": 2}), "cannot be changed by 2"),
        (lambda: plus("stocks", {}, {"quantity": "two"}), "cannot be changed by 'two'"),
        (lambda: Edit(table="stocks", action="burn"), "not by 'burn'"),  # type: ignore[arg-type]
        (lambda: Variant("  "), "needs a name"),
        (lambda: Variant("v", tables={"stock": pd.DataFrame()}), "no table 'stock'"),
        (lambda: Variant("v", [remove("stocks", {"place": "moon"})]).apply(world()), "place = 'moon'"),
        (lambda: Variant("v", [remove("sources", {})]).apply(world()), "no row with at all"),
    ],
)
def test_slips_are_told_in_a_sentence(make: Any, word: str) -> None:
    """Names that are not there, words where numbers are needed, changes that change nothing."""
    with pytest.raises(ModelError, match=word):
        make()


def test_what_makes_no_scenario_is_told_by_the_checks() -> None:
    """A variant is checked like any scenario."""
    with pytest.raises(ScenarioError, match="moon"):
        Variant("v", [put("stocks", {"place": "depot"}, {"place": "moon"})]).apply(world())


@given(
    names=st.lists(st.sampled_from(["depot", "depot-a", "depot-b"]), min_size=1, unique=True),
    factor=st.sampled_from([0.0, 0.5, 1.0, 3.0]),
)
def test_a_variant_survives_its_way_to_another_process(names: list[str], factor: float) -> None:
    """Pickled and back it makes the very same scenario."""
    variant = Variant(
        "v", [times("stocks", {"place": names}, {"quantity": factor})], {"areas": world().areas}
    )
    again = pickle.loads(pickle.dumps(variant))
    assert again.apply(world()).digest == variant.apply(world()).digest
    expected = {
        name: round(number * factor) if name in names else number
        for name, number in quantities(world()).items()
    }
    assert quantities(again.apply(world())) == expected
