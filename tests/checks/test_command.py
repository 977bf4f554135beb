"""The command rules at their edges: what changes nothing, what can never be, and what is just right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from checks.planting import Change, add, both, fresh, put, raw_tables, setting, without_rows

from yjopt import Scenario
from yjopt.areas import Tree, step_name
from yjopt.checks import check, coerce
from yjopt.checks.gates import states
from yjopt.checks.ladder import STEPS, steps_inside
from yjopt.checks.tables import Tables
from yjopt.files import raw_from_frames
from yjopt.schema import LEVELS, MODES, RESPONSE_LEVELS, SEVERITIES

if TYPE_CHECKING:
    from yjopt.errors import Finding


def rules(*changes: Change) -> set[str]:
    """The names of the rules that are broken."""
    return {one.rule for one in check(raw_tables(*changes))}


def only(rule: str, *changes: Change) -> Finding:
    """The one finding of a rule."""
    (finding,) = (one for one in check(raw_tables(*changes)) if one.rule == rule)
    return finding


def random_tree(seed: int) -> pd.DataFrame:
    """Areas of random levels, some of them skipped, each inside one of a higher level."""
    draw = np.random.default_rng(seed)
    ranks = np.sort(np.append(draw.integers(0, 4, draw.integers(3, 14)), 4))[::-1]
    parents = [""]
    for at in range(1, len(ranks)):
        higher = np.flatnonzero(ranks[:at] > ranks[at])
        parents.append(f"a{draw.choice(higher)}")
    ids = [f"a{at}" for at in range(len(ranks))]
    return pd.DataFrame({"area": ids, "level": [LEVELS[rank] for rank in ranks], "parent": parents})


def tables_of(areas: pd.DataFrame, settings: dict[str, Any] | None = None, **more: pd.DataFrame) -> Tables:
    places = pd.DataFrame({"place": ["t"], "kind": "town", "area": "a0"})
    raw = raw_from_frames({"areas": areas, "places": places, **more}, settings or {})
    frames, entries, findings = coerce(raw)
    assert not findings
    return Tables(raw, frames, {}, entries)


@pytest.mark.parametrize("seed", range(15))
def test_the_steps_of_a_tree_are_those_of_all_pairs(seed: int) -> None:
    """Which steps somebody inside an area can have, against every giver and taker one by one."""
    areas = random_tree(seed)
    tree = Tree(areas)
    found = steps_inside(tables_of(areas))
    for area in range(len(tree)):
        expected = {"own", "requisition", "purchase", "import"}
        for taker in range(len(tree)):
            if tree.inside(taker, area):
                expected |= {step_name(int(tree.step(giver, taker))) for giver in range(len(tree))}
        assert {STEPS[step] for step in np.flatnonzero(found[area])} == expected


@pytest.mark.parametrize("seed", range(15))
def test_states_follow_the_contract(seed: int) -> None:
    """The latest own word by then, else what holds above: one area, one period and one part at a time."""
    areas = random_tree(seed)
    draw = np.random.default_rng(seed)
    words = {"level": RESPONSE_LEVELS, "mode": MODES, "severity": SEVERITIES}
    cells = [(area, period) for area in areas["area"] for period in (1, 2, 4) if draw.random() < 0.5]
    levels = pd.DataFrame(cells, columns=["area", "period"]).assign(
        **{name: [str(draw.choice(("", *choices))) for _ in cells] for name, choices in words.items()}
    )
    found = states(tables_of(areas, {"periods": 5}, levels=levels))
    begins = sorted({1, *levels["period"].tolist()})
    parent = dict(zip(areas["area"], areas["parent"], strict=True))
    least = {"level": "", "mode": "peace", "severity": "ordinary"}
    order = {"level": ("", *reversed(RESPONSE_LEVELS)), "mode": MODES, "severity": SEVERITIES}

    def value(area: str, period: int, part: str) -> str:
        own = levels[(levels["area"] == area) & (levels["period"] <= period) & (levels[part] != "")]
        if len(own):
            return str(own.sort_values("period")[part].iloc[-1])
        return value(parent[area], period, part) if parent[area] else least[part]

    for row, area in enumerate(areas["area"]):
        for at, period in enumerate(begins):
            for part in words:
                assert order[part][found[part][row, at]] == value(area, period, part)


def test_a_lower_row_may_take_a_higher_one_back() -> None:
    """C gives requisition 21: for E, position 6 by default again changes something; 21 again does not."""
    back = {"area": "E", "resource": "supplies", "step": "requisition", "position": "20"}
    assert rules(add("ladder", back)) == set()
    again = {**back, "position": "21"}
    assert rules(add("ladder", again)) == {"row_of_ladder_changes_nothing"}
    # For all four resources P's row gives 12.5 hours; C's row on supplies stands nearer and gives none.
    assert rules(add("ladder", {**back, "resource": "", "decision_hours": "12.5"})) == set()
    for_all = {"area": "P", "step": "purchase", "decision_hours": "3"}
    assert rules(add("ladder", for_all, {**for_all, "resource": "supplies"})) == {
        "row_of_ladder_changes_nothing"
    }


def test_a_row_for_an_area_that_is_none() -> None:
    """What steps there are where nobody knows is not judged."""
    assert rules(put("ladder", 0, area="X9", step="peer-4")) == {"unknown_reference"}


def test_pairings_that_do_not_say_the_same() -> None:
    """For beds consent may be spared where it is needed for the rest, but not the other way round."""
    beds = {"area": "W", "helper": "E", "resource": "beds"}
    assert rules(add("pairing", {**beds, "consent": "false"})) == set()
    assert rules(add("pairing", {**beds, "consent": "true"})) == {"paired_twice"}
    assert rules(put("pairing", 0, consent="false"), add("pairing", beds)) == {"paired_twice"}


def test_a_gate_may_open_far_away_or_late() -> None:
    """One area inside, from its last period on, is enough; what is said for after the end is not."""
    worst = put("gates", 0, level="I")
    assert "gate_never_opens" in rules(worst)
    assert rules(worst, add("levels", {"area": "W1", "period": "3", "level": "I"})) == set()
    assert "gate_never_opens" in rules(worst, add("levels", {"area": "W1", "period": "4", "level": "I"}))
    outside = both(put("gates", 1, mode="war"), put("gates", 1, area="E"))
    assert "gate_never_opens" in rules(outside, add("levels", {"area": "W", "period": "1", "mode": "war"}))
    assert rules(outside, put("levels", 0, mode="war")) == set()


def test_skip_level_aid_without_a_condition() -> None:
    """Any other gate without one is open as if it were not there; this one opens what else is shut."""
    assert rules(add("gates", {"gate": "skip", "area": "C", "opens": "skip"})) == set()
    assert (
        "stays shut"
        in only(
            "gate_never_opens", add("gates", {"gate": "skip", "area": "C", "opens": "skip", "mode": "war"})
        ).message
    )


def test_a_gate_before_a_facility() -> None:
    """The taker is the unit of the place: hospital-C lies in E1 but is the city's."""
    gate = {"gate": "new", "opens": "facility", "which": "hospital-C", "mode": "peace"}
    assert rules(add("gates", {**gate, "area": "E"})) == {"gate_for_nobody"}
    assert rules(add("gates", {**gate, "area": "C", "resource": "beds"})) == set()
    assert rules(add("gates", {**gate, "area": "C", "which": "hotel-W", "resource": "isolation"})) == set()


def test_what_is_known_in_the_last_chance() -> None:
    """Known in the very last period is right, and a date after the horizon is named once, for that."""
    assert rules(put("needs", 4, known_from="2")) == set()
    assert rules(put("needs", 2, known_from="2")) == set()  # it may wait a period
    assert rules(put("needs", 2, known_from="3")) == {"known_too_late"}
    assert rules(put("needs", 10, known_from="3")) == set()  # a level of a durable in period 3
    assert rules(put("needs", 9, known_from="2")) == {"known_too_late"}
    assert rules(put("needs", 9, known_from="4")) == {"begins_after_horizon"}
    direct = both(setting("delays", "direct"), setting("cover_periods", 1))
    assert "known_too_late" not in rules(direct, put("needs", 9, known_from="2"))


def test_a_setting_that_is_off_is_named_once_per_table() -> None:
    """With delays direct, the first date of each table stands for all that differ from the own period."""
    found = check(raw_tables(setting("delays", "direct"), setting("cover_periods", 1)))
    assert {one.rule for one in found} == {"no_effect"}
    named = [(one.table, one.column, one.line) for one in found]
    assert named == [
        ("needs", "known_from", 6),
        ("arrivals", "known_from", 7),
        ("tasks", "known_from", 3),
        ("ladder", "decision_hours", 3),
        ("quotas", "quantity", 2),
    ]
    assert "nor has one more row" in found[0].message


def test_an_order_that_nobody_keeps() -> None:
    """Under flat no row of the ladder orders anything; beds count only if strict, or if people are counted."""
    flat = setting("rule", "flat")
    assert (only("no_effect", flat).table, only("no_effect", flat).line) == ("ladder", 2)
    beds = add("ladder", {"area": "C", "resource": "beds", "step": "above-2", "position": "1"})
    assert rules(beds) == {"no_effect"}
    assert rules(beds, setting("support.people", True)) == set()
    assert rules(beds, setting("rule", "strict")) == set()
    assert rules(beds, setting("rule", "strict"), setting("strict.beds", False)) == {"no_effect"}
    nothing = both(*(setting(f"strict.{name}", False) for name in ("supplies", "beds", "isolation", "teams")))
    assert rules(nothing, setting("rule", "strict")) == {"idle_setting"}
    assert rules(nothing) == set()


def test_channels() -> None:
    """One row on either channel is a need as any other; both are one, and the finding names both figures."""
    row = {"place": "town-W1", "item": "food", "period": "1", "weight": "1", "quantity": "700"}
    both_channels = add("needs", {**row, "channel": "functional"})
    finding = only("filed_twice", both_channels)
    assert "line 9" in finding.message and "640" in finding.message and "700 count" in finding.message
    assert rules(both_channels) == {"filed_twice"}
    assert rules(add("needs", {**row, "weight": "2", "channel": "functional"})) == set()
    assert rules(add("needs", {**row, "weight": "2", "quantity": "640", "channel": "functional"})) == {
        "filed_apart"
    }
    assert rules(put("needs", 7, channel="functional")) == set()
    nothing = {**row, "quantity": "0", "item": "suit"}
    assert rules(add("needs", nothing, {**nothing, "weight": "2", "channel": "functional"})) == set()


def test_a_backup_that_may_open() -> None:
    """A designated hospital with a class in common inside the area of the rule; or patients from the start."""
    backup = add("facilities", {"place": "hospital-E", "role": "backup"})
    load = add("rules", {"rule": "backup_load", "area": "E", "amount": "80"})
    assert rules(backup, load) == set()  # hospital-C lies in E and has wards
    assert rules(backup, put("facilities", 0, role="backup"), load) == set()  # both have patients
    nobody = both(without_rows("occupied"), put("facilities", 0, role="makeshift"))
    assert rules(backup, nobody, load) == {"backup_never_opens"}
    assert rules(backup, nobody, load, put("facilities", 0, role="designated")) == set()
    assert rules(load) == {"load_without_backup"}
    elsewhere = add("rules", {"rule": "backup_load", "area": "W", "amount": "80"})
    assert rules(backup, elsewhere) == {"backup_without_rule", "load_without_backup"}
    # A rule that cannot be read may be the one that is missing.
    assert rules(backup, put("rules", 4, rule="backup-load")) == {"unknown_choice"}


def test_teams_that_must_stay() -> None:
    """Pools of the skill with an authority inside the area count, all their teams: samplers 6 and nurses-C 5."""
    assert rules(put("rules", 4, amount="11")) == set()
    assert "have 11 in all" in only("quota_cannot_hold", put("rules", 4, amount="12")).message
    assert "have 0 in all" in only("quota_cannot_hold", put("rules", 4, area="E")).message
    assert "soft" in only("quota_cannot_hold", put("rules", 4, area="E", hard="false")).message


@pytest.mark.parametrize("rule", ["isolation_minimum", "opening_budget", "mobile_quota", "unmet_ceiling"])
def test_a_rule_must_have_its_figure(rule: str) -> None:
    """A blank amount is no 0, for any rule but the one that needs none; nor is a column left out."""
    frames, settings = fresh()
    frames["rules"] = frames["rules"].drop(columns="amount")
    found = [one for one in check(raw_from_frames(frames, settings)) if one.rule == "rule_without_amount"]
    assert len(found) == len(frames["rules"])
    blank = add("rules", {"rule": rule, "area": "E1"})
    assert only("rule_without_amount", blank).line == 8
    assert rules(add("rules", {"rule": "own_first", "area": "E1"})) == set()
    zero = add("rules", {"rule": "opening_budget", "area": "E1", "amount": "0"})
    assert "rule_without_amount" not in rules(zero)


def test_the_first_periods_alone() -> None:
    """Later levels and blind rows go, a later clearing is none; what is known later is wanted all the same."""
    raw = raw_tables(put("needs", 0, known_from="3"), put("needs", 6, known_from="2"))
    scenario = Scenario.from_tables(raw.frames, raw.settings)
    first = scenario.until(1)
    assert first.levels["area"].tolist() == ["P"]
    assert first.blind["period"].tolist() == [1, 1]
    assert first.quotas["clear_by"].isna().all() and len(first.quotas) == 2
    assert first.needs["period"].tolist() == [1] * 5
    assert first.needs["known_from"].tolist()[0] == 3
    assert scenario.until(3).quotas["clear_by"].tolist() == scenario.quotas["clear_by"].tolist()
    assert scenario.until(3).digest == scenario.digest
