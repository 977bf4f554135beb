"""Rules at their edges: what is just right stays without a finding, what is just wrong does not."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from checks.planting import Change, add, both, fresh, put, raw_tables, setting
from files.three_towns import three_towns

from yjopt.checks import check
from yjopt.files.raw import RawTables, raw_from_frames
from yjopt.generation import generate

if TYPE_CHECKING:
    from yjopt.errors import Finding


def rules(*changes: Change) -> set[str]:
    """The names of the rules that are broken."""
    return {one.rule for one in check(raw_tables(*changes))}


def only(rule: str, *changes: Change) -> Finding:
    """The one finding of a rule."""
    (finding,) = (one for one in check(raw_tables(*changes)) if one.rule == rule)
    return finding


def test_one_way_pairs_are_two_links() -> None:
    """There and back as two one-way rows is right; one of them two-way is not."""
    assert rules() == set()
    assert rules(put("roads", 9, one_way="")) == {"repeated_link"}


def test_a_tree_may_skip_levels() -> None:
    """A municipality has counties only, a city may be the root; equal levels are wrong."""
    assert rules(put("areas", 1, level="nation", parent=""), put("areas", 0, parent="C")) == set()
    assert rules(put("areas", 4, parent="C")) == {"unit_elsewhere"}


def test_every_circle_is_named_once() -> None:
    """Two circles, two findings; the areas below a circle are not in it."""
    found = check(raw_tables(put("areas", 2, parent="E2"), put("areas", 3, parent="W1")))
    assert [one.message.split(": ")[1] for one in found if one.rule == "tree_cycle"] == [
        "'E' in 'E2' in 'E'.",
        "'W' in 'W1' in 'W'.",
    ]


def test_waiting_just_below_losing() -> None:
    """0.499 over 2 periods is 0.998: right; 0.5 is 1: wrong. A static plan never waits."""
    assert rules(put("items", 1, late="0.499")) == set()
    assert rules(put("items", 1, late="0.5")) == {"late_costs_more"}
    assert "0.499" in only("late_costs_more", put("items", 1, late="0.5")).mend
    assert rules(put("groups", 0, late="0.999")) == set()
    short = put("needs", 6, deadline="1")
    assert rules(put("items", 1, late="0.9"), put("needs", 5, deadline="1"), short) == set()


def test_the_periods_of_a_static_plan() -> None:
    """With one period every row of a later one is wrong, but long delays are not remarked on."""
    assert rules(setting("periods", 1)) == {"beyond_horizon", "begins_after_horizon"}
    assert rules(put("surge", 0, setup="3")) == {"never_ready"}
    assert rules(put("surge", 0, setup="3"), setting("ignore_delays", True)) == set()


def test_surge_levels_out_of_order_are_fine() -> None:
    """Rows may stand in any order; two holes of one hospital are one finding."""
    assert rules(put("surge", 0, level="2"), put("surge", 1, level="1")) == set()
    found = check(raw_tables(put("surge", 0, level="3"), put("surge", 1, level="5")))
    assert [(one.rule, one.line) for one in found] == [("surge_levels", 2)]


def test_people_already_there() -> None:
    """As many as the period before, or as beds and surge together, is right; a hole is a rise."""
    assert rules(put("occupied", 1, people="4")) == set()
    assert rules(put("occupied", 0, people="18")) == set()
    assert rules(put("occupied", 3, people="0")) == {"occupied_rises"}


def test_a_group_as_large_as_the_largest_site() -> None:
    """20 people fit 20 rooms; 21 do not, unless they may be split or go singly."""
    whole = put("categories", 0, split="false")
    assert rules(whole, put("contacts", 1, people="20")) == set()
    assert rules(whole, put("contacts", 1, people="21")) == {"group_too_large"}
    assert rules(put("contacts", 1, people="21")) == set()
    assert rules(whole, put("categories", 0, together="false"), put("contacts", 1, people="21")) == set()


def test_minimums_count_the_right_sites() -> None:
    """A site run by the city counts only with count_upper_units; candidates only when they can be ready."""
    by_the_city = put("places", 9, unit="C")
    assert rules(by_the_city) == set()  # the school counts from period 2 on, and so does the rule
    held = both(by_the_city, put("rules", 0, from_period="1"))
    assert "only 0 can hold it by then (1 more only later)" in only("minimum_cannot_hold", held).message
    assert rules(held, put("rules", 0, count_upper_units="true")) == set()
    assert rules(put("rules", 0, amount="2", from_period="2")) == set()
    assert rules(put("rules", 0, amount="2"), setting("ignore_delays", True)) == set()
    assert "soft" in only("minimum_cannot_hold", put("rules", 1, amount="2")).message


def test_a_budget_just_enough() -> None:
    """The second site costs 15,000: that much is enough, and a soft minimum needs no money."""
    two = put("rules", 0, amount="2", from_period="2")
    assert rules(two, put("rules", 2, amount="15000")) == set()
    assert rules(two, put("rules", 2, amount="14999.99")) == {"budget_below_minimum"}
    assert rules(two, put("rules", 0, hard="false"), put("rules", 2, amount="0")) == set()


def test_reach_goes_to_the_second() -> None:
    """food: depot-C to town-E2 takes 10 + 35 minutes; a limit of 45 reaches it, 44.99 hours do not count."""
    no_other = put("stocks", 8, quantity="0")
    sources = put("sources", 2, quantity="0")
    far = both(no_other, sources, put("needs", 7, quantity="0"), put("receipts", 2, quantity="0"))
    limit = both(far, setting("limits.teams", 480))
    assert "out_of_reach" not in rules(limit, setting("limits.supplies", 45))
    found = [
        one for one in check(raw_tables(limit, setting("limits.supplies", 44.95))) if "food" in one.message
    ]
    assert [(one.rule, one.line, one.column) for one in found] == [("out_of_reach", 10, "place")]


def test_reach_follows_one_way_roads_and_times() -> None:
    """Goods come along a one-way road, patients do not go against it; a time in the table is enough."""
    town = add("places", {"place": "remote", "kind": "town", "area": "E2"})
    to_it = add("roads", {"from": "town-E2", "to": "remote", "minutes": "20", "one_way": "true"})
    goods = add("needs", {"place": "remote", "item": "food", "period": "1", "quantity": "20"})
    patients = add("arrivals", {"place": "remote", "group": "mild", "period": "1", "people": "1"})
    assert rules(town, to_it, goods) == set()
    assert rules(town, to_it, patients) == {"out_of_reach"}
    assert (
        rules(town, to_it, patients, add("times", {"from": "remote", "to": "hospital-E", "minutes": "60"}))
        == set()
    )
    assert rules(
        town, to_it, patients, add("times", {"from": "remote", "to": "hospital-E", "minutes": "181"})
    ) == {"out_of_reach"}


def test_a_place_may_help_itself() -> None:
    """A place without a road that has what it needs is unconnected, but nothing of it is out of reach."""
    alone = both(
        add("places", {"place": "island", "kind": "town", "area": "E2"}),
        add("stocks", {"place": "island", "item": "food", "quantity": "40"}),
        add("needs", {"place": "island", "item": "food", "period": "1", "quantity": "20"}),
    )
    assert rules(alone) == {"unconnected_place"}


def test_a_chance_sum_is_no_total() -> None:
    """One sum of two others is chance, and so are small ones; over three towns, or in two periods, it is none."""
    equal = both(put("places", 0, population="27800"))
    assert rules(equal) == set()
    named = both(equal, put("places", 0, name="Total"))
    assert only("sum_row", named).line == 2
    small = {"group": "severe", "period": "1"}
    few = [{"place": place, "people": "1", **small} for place in ("town-E2", "town-W1", "lab-C")]
    assert (
        rules(put("arrivals", 1, people="3"), put("arrivals", 0, people="0"), add("arrivals", *few)) == set()
    )
    third = add("places", {"place": "town-W2", "kind": "town", "area": "W", "population": "200"})
    assert only("sum_row", put("places", 0, population="28000"), third).value == "28000"
    mild = add("arrivals", {"place": "town-W1", "group": "mild", "period": "2", "people": "60"})
    twice = both(put("arrivals", 0, people="46"), put("arrivals", 2, period="1", people="50"), mild)
    again = add("arrivals", {"place": "town-E1", "group": "mild", "period": "2", "people": "50"},
                {"place": "town-E2", "group": "mild", "period": "2", "people": "110"})  # fmt: skip
    assert only("sum_row", twice, again, put("arrivals", 3, place="town-E1")).value == "50"


def test_fuzzed_cells_end_in_findings() -> None:
    """Whatever objects stand in whatever cells, the answer is a list of findings, seldom an empty one; 60 seeds."""
    assert fuzz(range(60)) > 45


@pytest.mark.long
def test_fuzzed_cells_end_in_findings_many_times() -> None:
    """As above, 5,000 seeds."""
    assert fuzz(range(1_000, 6_000)) > 3_750


class Broken:
    """An object that cannot even be shown."""

    def __str__(self) -> str:
        raise RuntimeError("broken")

    __repr__ = __str__


ODD: list[object] = [
    None, "", " ", "x", "0", "-1", "1", "3", "1e9", "1e999", "nan", "inf", "½", "１", "1,000", "٣", "TRUE", "E", "C",
    "town-E1", "mask", "ward", "close", "\u200b", "\x00", "\ud800", "a" * 5000, "9" * 5000, "{value}", "{", "}", "%s",
    "1/0", "0/0", "²", "⅓", "-", "+", ".", "1.", ".5", "+-1", "1_000", "0x10", "-0", 0, 1, -1, 10**30, 10**5000,
    1.5, float("nan"), float("inf"), -1e300, True, False, [], {}, [1], {"a": 1}, (1,), b"x", Broken(), pd.NA, pd.NaT,
    np.float64("nan"), np.int8(3), np.bool_(True), np.str_("E"), pd.Timestamp("2020"), 1j, object(), {1, 2}, type,
]  # fmt: skip


def fuzz(seeds: range) -> int:
    """Check scenarios with odd cells; in how many of them something is found."""
    found = 0
    for seed in seeds:
        draw = np.random.default_rng(seed)
        frames, settings = fresh()
        for _ in range(int(draw.choice([1, 2, 5, 30, 200]))):
            name = str(draw.choice(list(frames)))
            frame, kind = frames[name], draw.random()
            if kind < 0.9 and len(frame) and len(frame.columns):
                column = str(draw.choice(frame.columns.to_numpy(dtype=object)))
                cells = pd.Series([None] * len(frame), dtype=object)
                for row, cell in enumerate(frame[column]):
                    cells.iat[row] = cell
                cells.iat[int(draw.integers(len(frame)))] = ODD[int(draw.integers(len(ODD)))]
                frames[name] = frame.assign(**{column: cells})
            elif kind < 0.92:
                frames[name] = frame.iloc[:0]
            elif kind < 0.94:
                frames[name] = frame.iloc[:, 1:]
            elif kind < 0.96:
                frames[name] = pd.concat([frame, frame], ignore_index=True)
            elif kind < 0.98:
                key = str(draw.choice(["periods", "period_hours", "limits", "weights", "start", "x"]))
                settings[key] = ODD[int(draw.integers(len(ODD)))]
            elif len(frames) > 1:
                del frames[name]
        lines = {name: np.arange(len(frame), dtype=np.int64) + 2 for name, frame in frames.items()}
        findings = check(RawTables(frames, lines, {name: f"{name}.csv" for name in frames}, settings))
        assert all(str(finding) and finding.mend for finding in findings)
        found += bool(findings)
    return found


@pytest.mark.parametrize("seed", range(4))
def test_made_scenarios_have_no_errors(seed: int) -> None:
    """Generated scenarios are scenarios."""
    made_without_errors(seed)


@pytest.mark.long
def test_a_thousand_made_scenarios_have_no_errors() -> None:
    """1,000 generated scenarios of all cases and several sizes, none with an error."""
    for seed in range(100, 1_100):
        made_without_errors(seed)


def made_without_errors(seed: int) -> None:
    case = ("reference", "scarce", "loose")[seed % 3]
    frames, settings, _ = generate(
        towns=3 + seed % 17, periods=(1, 3, 7)[seed // 3 % 3], seed=seed, case=case
    )
    errors = [str(one) for one in check(raw_from_frames(frames, settings)) if one.severity == "error"]
    assert not errors


@pytest.mark.parametrize("fault", ["", "throughout"])
def test_many_rows_take_seconds(fault: str) -> None:
    """300,000 rows in at most 4 s of a busy core, right or wrong throughout (1,000,000 take about 2 s alone)."""
    rows = 300_000
    draw = np.random.default_rng(1)
    frames, settings = three_towns()
    places = [f"t{at:06d}" for at in range(10_000)]
    more = pd.DataFrame({"place": places, "kind": "town", "area": "E1"}, dtype=object)
    frames["places"] = pd.concat([frames["places"], more], ignore_index=True).fillna("")
    road = pd.DataFrame({"from": ["town-E1", *places[:-1]], "to": places, "minutes": "0.05"}, dtype=object)
    frames["roads"] = pd.concat([frames["roads"], road], ignore_index=True).fillna("")
    cell = np.arange(rows)
    needs = pd.DataFrame(
        {
            "place": np.array(places, dtype=object)[cell % 10_000],
            "item": np.array(["mask", "suit", "food"], dtype=object)[cell // 10_000 % 3],
            "period": (cell // 30_000 % 3 + 1).astype(str),
            "quantity": draw.integers(1, 9_999, rows).astype(str),
            "weight": (1 + cell // 90_000 + draw.integers(0, 100, rows) / 1000).astype(str),
            "deadline": "",
            "source": "made",
        }
    ).astype(object)
    if fault:
        needs["quantity"] = needs["quantity"] + "x"
        needs["place"] = "y" + needs["place"]
    frames["needs"] = needs
    raw = raw_from_frames(frames, settings)
    start = time.process_time()
    findings = check(raw)
    assert time.process_time() - start < 4
    assert bool([one for one in findings if one.severity == "error"]) == bool(fault)
