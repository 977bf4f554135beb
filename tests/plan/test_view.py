"""What people read of a plan: aligned text, and the same facts in a notebook."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from yjopt import api
from yjopt.plan import Plan, StageResult
from yjopt.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd


@pytest.fixture
def by_hand(three_towns: tuple[dict[str, pd.DataFrame], dict[str, Any]]) -> Plan:
    return api.solve(Scenario.from_tables(*three_towns), engine="manual")


def stage(name: str, value: int, bound: int | None, manual: int) -> StageResult:
    proof = "none" if bound is None else "solver"
    return StageResult(
        name=name, unit=10, value=value, bound=bound, scale=2000, manual=manual, bound_proof=proof
    )


class Shape(HTMLParser):
    """Checks that tags are closed in order, and collects the text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)


def test_columns_are_aligned_and_tell_the_stages(by_hand: Plan) -> None:
    """Numbers end under the ends of their headings; units are natural."""
    plan = replace(
        by_hand,
        stage_results=(stage("unmet_people", 600, 200, 1000), stage("money", 12_345_678, None, 12_345_678)),
    )
    lines = plan.summary().splitlines()
    head = next(line for line in lines if line.startswith("  stage "))
    people = lines[lines.index(head) + 1]
    money = lines[lines.index(head) + 2]
    assert people.split() == ["unmet", "people", "60", "20", "20.00", "%", "100"]
    assert money.split() == ["money,", "yuan", "1,234,568", "-", "-", "1,234,568"]
    assert len(head) == len(people) == len(money)
    assert head.index("value") + 5 == people.index("60") + 2 == money.index("1,234,568") + 9
    assert all(line == line.rstrip() for line in lines)


def test_worth_is_told_of_the_first_stage_that_could_be_bettered(by_hand: Plan) -> None:
    """People first; where nobody could be saved, goods; never a sum of the two."""
    both = (stage("unmet_people", 600, 200, 1000), stage("unmet_goods", 3000, 0, 1000))
    plan = replace(by_hand, stage_results=both)
    assert plan.avoidable == pytest.approx(0.5)
    assert (
        "By hand unmet people would be 100, at best 20: this plan saves 50.00 % of what can be saved."
        in plan.summary()
    )
    goods = (stage("unmet_people", 200, 200, 200), stage("unmet_goods", 250, 0, 1000))
    plan = replace(by_hand, stage_results=goods)
    assert plan.avoidable == pytest.approx(0.75)
    assert "By hand unmet goods would be 100, at best 0: this plan saves 75.00 %" in plan.summary()
    nothing = (stage("unmet_people", 200, 200, 200), stage("unmet_goods", 0, 0, 0))
    plan = replace(by_hand, stage_results=nothing)
    assert plan.avoidable == 1.0
    assert "the plan by hand is as good in this" in plan.summary()


def test_a_plan_by_hand_proves_nothing(by_hand: Plan) -> None:
    assert "Nothing is proven of this plan: no solver was asked." in by_hand.summary()
    assert by_hand.avoidable == 0.0


def test_without_a_plan_the_reason_stands_alone(by_hand: Plan) -> None:
    plan = replace(by_hand, status="no_plan", tables={}, notes=("Because of <this>.",))
    assert plan.summary().splitlines()[0].startswith("Three towns (三镇): no plan, stopped by ")
    assert plan.summary().splitlines()[1:] == ["  note: Because of <this>.", "  There is no plan."]
    assert "Because of &lt;this&gt;." in plan._repr_html_()


def test_rules_not_kept_are_told_with_place_and_periods(by_hand: Plan) -> None:
    """One line for a rule at a place, with its periods and the most by which it is broken."""
    frame = by_hand.exceptions.iloc[:0]
    rows = [("isolation_minimum", "E", "close", period, amount) for period, amount in ((1, 1), (2, 4))]
    exceptions = type(frame)(rows, columns=frame.columns)
    plan = replace(by_hand, tables={**by_hand.tables, "exceptions": exceptions})
    assert (
        "    isolation_minimum: East county (东县) (E), close, periods 1 to 2, short by 4"
        in plan.summary().splitlines()
    )


def test_the_notebook_shows_the_same_figures(by_hand: Plan) -> None:
    """Well-formed HTML with every stage and every kind, as in the summary."""
    shape = Shape()
    shape.feed(by_hand._repr_html_())
    assert not shape.open
    words = " ".join(shape.words)
    for line in by_hand.summary().splitlines():
        for number in re.findall(r"[0-9][0-9,.]*[0-9]", line):
            assert number in words
    assert "plan.shipments" in words
    assert str(by_hand.audited) in words
