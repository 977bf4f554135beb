"""Single diagnoses, small enough to be done by hand."""

from __future__ import annotations

from random import Random

import numpy as np
import pandas as pd
import pytest
from diagnosis.clashes import KINDS, Clash

import yjopt as yj
from yjopt.diagnosis import conflicts
from yjopt.engines.outcome import Outcome, Status, StoppedBy
from yjopt.errors import EngineError, ModelError


def county(periods: int = 4) -> Clash:
    """A county CA in a city C, without sites."""
    clash = Clash(Random(0), periods=periods)
    for area, level, parent in (("C", "city", ""), ("CA", "county", "C"), ("TA", "town", "CA")):
        clash.add("areas", area=area, level=level, parent=parent)
    clash.place("a", "town", "TA")
    clash.add("categories", category="close", stay=2, wait=1)
    return clash


def test_a_later_start_is_lighter_than_no_site() -> None:
    """Four days, one candidate without a price that is ready on day 3, a site wanted from day 1 on.

    Nothing that costs money helps: to have the candidate ready it would be open, and it is open at no cost. So the
    cheapest repair is that, and it is free. With a gate over the site it is no option; then starting on day 3 gives up
    2 site-days, no site at all 4.
    """
    clash = county()
    clash.site("s", "CA", setup=2)
    clash.may_hold("s", "close")
    clash.rule("isolation_minimum", "CA", 1, "close", from_period=1)
    free = yj.diagnose(clash.scenario())
    assert free.repair[["table", "column", "new", "cost"]].to_numpy().tolist() == [
        ["isolation_sites", "state", "open", 0.0]
    ]
    clash.add("gates", gate="g", area="C", opens="facility", which="s", level="IV")
    clash.add("levels", area="C", period=1, level="IV")
    gated = yj.diagnose(clash.scenario())
    assert gated.repair[["column", "old", "new", "given_up"]].to_numpy().tolist() == [
        ["from_period", 1, 3, 2.0]
    ]
    (conflict,) = gated.conflicts.to_dict("records")
    assert (conflict["period"], conflict["until"], conflict["short"]) == (1, 2, 1)


def test_a_blank_first_period_moves_with_what_is_allowed() -> None:
    """No site may hold the category, so the rule holds from day 1 on; if the candidate of two days may, from day 3 on.

    Allowing it (30 yuan) is then enough, while allowing the open site (50 yuan) would bring day 1 back.
    """
    clash = county()
    clash.site("open", "CA")
    clash.may_hold("open", "close", allowed=False, cost=50.0)
    clash.site("late", "CA", setup=2, cost=1000.0)
    clash.may_hold("late", "close", allowed=False, cost=30.0)
    clash.rule("isolation_minimum", "CA", 1, "close")
    found = yj.diagnose(clash.scenario())
    assert found.repair[["table", "place", "cost"]].to_numpy().tolist() == [["site_category", "late", 30.0]]
    assert yj.solve(found.repaired, gap=0.0, time_limit=20).status == "optimal"


def test_fewest_changes_among_equal_costs() -> None:
    """Both counties lack 100 yuan of their own budgets, and the city's would do for neither: two changes, not three."""
    clash = county(periods=1)
    clash.site("s", "CA", setup=0, cost=100.0)
    clash.may_hold("s", "close", cost=20.0)
    clash.rule("isolation_minimum", "CA", 1, "close", from_period=1)
    clash.rule("opening_budget", "CA", 0)
    clash.rule("opening_budget", "C", 50)
    found = yj.diagnose(clash.scenario())
    assert found.repair[["area", "old", "new", "cost"]].to_numpy().tolist() == [
        ["C", 50.0, 120, 70.0],
        ["CA", 0.0, 120, 120.0],
    ]
    # Each budget alone is in the way: two conflicts share the minimum, and one is told.
    assert len(found.conflicts) == 2


def test_prices_let_money_compete() -> None:
    """Allowing costs 500 yuan; a site-day at 100 yuan is cheaper to give up in the four days, at 200 it is not."""
    clash = county()
    clash.site("s", "CA")
    clash.may_hold("s", "close", allowed=False, cost=500.0)
    clash.rule("isolation_minimum", "CA", 1, "close", from_period=1)
    scenario = clash.scenario()
    cheap = yj.diagnose(scenario, prices={"isolation_minimum": 100.0})
    assert (cheap.cost, cheap.given_up) == (400.0, 0.0)
    assert cheap.repair["table"].tolist() == ["rules"]
    dear = yj.diagnose(scenario, prices={"isolation_minimum": 200.0})
    assert (dear.cost, dear.repair["table"].tolist()) == (500.0, ["site_category"])


def test_transfers_have_a_price() -> None:
    """A person more per period costs 1,000 yuan unless told otherwise."""
    clash = KINDS["too_few_transfers"](0)
    more = clash.cost / 1000.0
    assert yj.diagnose(clash.scenario(), prices={"transfer_budget": 7.5}).cost == 7.5 * more


def test_hard_for_the_question_alone() -> None:
    """A soft rule clashes only when it is asked about as hard; the repaired scenario has it hard."""
    clash = county(periods=1)
    clash.site("s", "CA")
    clash.may_hold("s", "close", allowed=False, cost=5.0)
    clash.add("rules", rule="isolation_minimum", area="CA", what="close", amount=1, hard=False)
    scenario = clash.scenario()
    soft = yj.diagnose(scenario)
    assert soft.ok
    assert soft.repaired is scenario
    hard = yj.diagnose(scenario, hard=["isolation_minimum"])
    assert not hard.ok
    assert hard.repaired.tables["rules"]["hard"].all()
    assert hard.repaired.tables["site_category"]["allowed"].all()
    assert not scenario.tables["rules"]["hard"].any()
    assert not scenario.tables["site_category"]["allowed"].any()


def test_the_text_names_rule_place_and_price() -> None:
    """A reader finds everything in the text, in a notebook too."""
    found = yj.diagnose(KINDS["two_at_once"](0).scenario())
    text = str(found)
    assert "hard rules that cannot hold, in 2 places" in text
    assert "isolation_minimum 1 in CA name of CA, close: short by 1" in text
    assert "allowed false -> true" in text
    assert f"{found.cost:,.2f} yuan" in text
    assert "&gt;" in found._repr_html_()
    fine = yj.diagnose(found.repaired)
    assert "all hard rules can hold" in fine.text()
    assert fine.report()["repair"] == []


def test_the_same_answer_again() -> None:
    """Rows in any order, the same conflicts and the same repair."""
    scenario = KINDS["shared_money"](2).scenario()
    frames = {name: frame.iloc[::-1].reset_index(drop=True) for name, frame in scenario.tables.items()}
    mirrored = yj.Scenario.from_tables(frames, scenario.settings.nested())
    one, other = yj.diagnose(scenario), yj.diagnose(mirrored)
    pd.testing.assert_frame_equal(one.conflicts, other.conflicts)
    pd.testing.assert_frame_equal(one.repair, other.repair)
    assert one.repaired.digest == other.repaired.digest


def test_without_time_nothing_is_claimed() -> None:
    """A repair found in no time holds; that it is the cheapest is not said unless it is proven."""
    found = yj.diagnose(KINDS["contested"](1).scenario(), time_limit=1e-6)
    assert not found.ok
    assert yj.diagnose(found.repaired).ok
    word = "The cheapest repair" if found.proven else "none cheaper was found"
    assert word in found.text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"hard": "opening_budget"}, "cannot be made hard"),
        ({"hard": ["mobile_quota"]}, "has no rule mobile_quota"),
        ({"prices": {"tea": 1.0}}, "no price for 'tea'"),
        ({"prices": {"floor": -1.0}}, "price of floor"),
        ({"prices": {"floor": np.nan}}, "price of floor"),
    ],
)
def test_bad_questions(arguments: dict[str, object], said: str) -> None:
    with pytest.raises(ModelError, match=said):
        yj.diagnose(KINDS["not_allowed"](0).scenario(), **arguments)  # type: ignore[arg-type]


def test_an_unknown_engine() -> None:
    with pytest.raises(EngineError, match="no engine"):
        yj.diagnose(KINDS["not_allowed"](0).scenario(), engine="abacus")


def test_an_interrupt_ends_the_question(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C during one of the solves is Ctrl-C of the whole: no half answer."""

    def interrupted(*args: object) -> Outcome:
        return Outcome(Status.INTERRUPTED, StoppedBy.INTERRUPT, None, (), (), 0.0)

    monkeypatch.setattr(conflicts, "solve", interrupted)
    with pytest.raises(KeyboardInterrupt):
        yj.diagnose(KINDS["not_allowed"](0).scenario())
