"""Beds, isolation and teams in the order of asking, each in a scenario small enough to be solved by hand."""

from __future__ import annotations

import pytest
from tiny_tree import admitted, amounts, contacts, isolated, sent, sick, solve, task


class TestBedsInOrder:
    """Rule strict for admissions."""

    def test_a_nearer_hospital_higher_up_waits_until_the_pool_is_full(self) -> None:
        """Three people, two beds at the county 40 minutes away, three at the city 10 minutes away.

        Time alone takes all three to the city (3 * ceil(100 * 600 / 60) = 3,000 load-minutes). Under strict two must
        lie at the county first.
        """
        tables = sick(3, {"a": 2, "c": 3})
        assert admitted(solve(tables)) == {"c": 3}
        assert admitted(solve(tables, rule="strict")) == {"a": 2, "c": 1}
        assert admitted(solve(tables, rule="strict", strict={"beds": False})) == {"c": 3}

    def test_a_ward_without_staff_is_exhausted(self) -> None:
        """Two beds at the county, but a nurse for one: 100 * 1 - 100 * 1 = 0 is less than the 100 one more needs."""
        staff = {
            "staffing": [("class", "ward", "nurse", 100)],
            "residents": [("a", "nurse", 1), ("c", "nurse", 9)],
        }
        tables = sick(3, {"a": 2, "c": 3}, **staff)
        assert admitted(solve(tables, rule="strict")) == {"a": 1, "c": 2}

    def test_every_lower_position_comes_first(self) -> None:
        """Own 1, county 1, town TB (peer-1) 1, county B (peer-2) 1, city 1: five people go everywhere, four not up."""
        tables = sick(4, {"own": 1, "a": 1, "tb": 1, "b": 1, "c": 5})
        assert admitted(solve(tables, rule="strict")) == {"own": 1, "a": 1, "tb": 1, "b": 1}
        assert admitted(solve(sick(5, {"own": 1, "a": 1, "tb": 1, "b": 1, "c": 5}), rule="strict"))["c"] == 1

    def test_skip_level_aid_needs_only_own_and_pool_exhausted(self) -> None:
        """With the gate skip open the city may help once the county is full, though TB and B have beds."""
        tables = sick(4, {"own": 1, "a": 1, "tb": 1, "b": 1, "c": 5}, gates=[("s", "C", "skip", "", "", "")])
        assert admitted(solve(tables, rule="strict")) == {"own": 1, "a": 1, "c": 2}

    def test_what_is_there_at_the_start_fills_a_ward(self) -> None:
        """The county's two beds hold two people already: it is full, and nothing is asked of it."""
        tables = sick(2, {"a": 2, "c": 3}, occupied=[("a", "ward", 1, 2)])
        assert admitted(solve(tables, rule="strict")) == {"c": 2}

    def test_surge_that_is_not_opened_is_no_reason(self) -> None:
        """Only beds and surge in use must be taken: the county's level, which costs money, stays closed."""
        tables = sick(3, {"a": 2, "c": 3}, surge=[("a", "ward", 1, 5, 100.0)])
        plan = solve(tables, rule="strict")
        assert admitted(plan) == {"a": 2, "c": 1}
        assert plan.openings.empty


class TestLadderAndDecisions:
    """Positions, support stages, and decisions that take time."""

    def test_support_of_people_is_counted_by_position(self) -> None:
        """Share 1,000,000 / 4 = 250,000 each: two in the pool, two at the city, which counts as peer-1 here.

        Without support.people there is no such stage, and the nearest city takes all it can.
        """
        tables = sick(4, {"a": 2, "c": 3}, ladder=[("C", "beds", "above-2", 2, 0.0)])
        plan = solve(tables, support={"people": True})
        assert plan.stage_values["support:pool"] == 500_000
        assert plan.stage_values["support:peer-1"] == 500_000
        assert admitted(plan) == {"a": 2, "c": 2}
        assert not [name for name in solve(tables).stage_values if name.startswith("support")]

    def test_equals_do_not_wait_for_each_other(self) -> None:
        """With city and county at one position nobody waits: all three go where it is near."""
        tables = sick(3, {"a": 2, "c": 3}, ladder=[("C", "", "above-2", 1, 0.0)])
        assert admitted(solve(tables, rule="strict")) == {"c": 3}

    def test_a_decision_of_a_day_comes_too_late_unless_the_need_is_known(self) -> None:
        """The city decides in 24 hours, nobody waits: lost if known in period 2 only, admitted if known in 1."""
        tables = sick(1, {"c": 1}, ladder=[("C", "beds", "above-2", None, 24.0)])
        tables["arrivals"] = [("ta", "g", 2, 1, None)]
        assert solve(tables, 2, delays="by_rung").admissions.empty
        assert admitted(solve(tables, 2)) == {"c": 1}
        tables["arrivals"] = [("ta", "g", 2, 1, 1)]
        assert admitted(solve(tables, 2, delays="by_rung")) == {"c": 1}

    def test_each_row_of_arrivals_keeps_its_own_date(self) -> None:
        """A person of period 1 who may wait one day, and one of period 2, both of one place and group.

        A day after it became known the city may take the first (period 2); the second would have to wait for
        period 3, which does not exist. Two beds are free all the time.
        """
        tables = sick(1, {"c": 2}, ladder=[("C", "beds", "above-2", None, 24.0)])
        tables |= {
            "groups": [("g", 1, 1, 1.0, 0.1)],
            "arrivals": [("ta", "g", 1, 1, None), ("ta", "g", 2, 1, None)],
        }
        plan = solve(tables, 2, delays="by_rung")
        assert plan.admissions[["arrived", "period", "people"]].to_numpy().tolist() == [[1, 2, 1]]
        # 0.1 for the day of waiting, 1 for the one who is never admitted: no day of waiting is left for them.
        assert plan.stage_values["unmet_people"] == 100_000 + 1_000_000
        assert int(solve(tables, 2).admissions["people"].sum()) == 2

    def test_the_longest_known_go_where_decisions_take_longest(self) -> None:
        """A known since period 1, B since period 2; the city takes a day, the county decides at once; a bed each.

        Both are admitted in period 2: A must go to the city, B to the county.
        """
        tables = sick(1, {"c": 1, "a": 1}, ladder=[("C", "beds", "above-2", None, 24.0)])
        tables["arrivals"] = [("ta", "g", 2, 2, None)]
        assert admitted(solve(tables, 2, delays="by_rung")) == {"a": 1}
        tables |= {
            "groups": [("g", 1, 1, 1.0, 0.1)],
            "arrivals": [("ta", "g", 1, 1, None), ("ta", "g", 2, 1, None)],
        }
        tables["beds"] = [("c", "ward", 1), ("a", "ward", 1)]
        tables["occupied"] = [("a", "ward", 1, 1)]
        plan = solve(tables, 2, delays="by_rung")
        assert amounts(plan.admissions, "people", "arrived", "to", "period") == {
            (1, "c", 2): 1,
            (2, "a", 2): 1,
        }


class TestGatesAndPairing:
    """What is shut, and who helps whom."""

    def test_a_step_opens_with_the_level(self) -> None:
        """The city helps from level II on, which holds from period 2: the one who comes in period 1 is lost."""
        tables = sick(
            1, {"c": 1}, gates=[("g", "C", "step", "above-2", "beds", "II")], levels=[("C", 2, "II")]
        )
        tables["arrivals"] = [("ta", "g", 1, 1, None), ("ta", "g", 2, 1, None)]
        plan = solve(tables, 2)
        assert plan.admissions[["arrived", "period"]].to_numpy().tolist() == [[2, 2]]
        del tables["gates"]
        assert int(solve(tables, 2).admissions["people"].sum()) == 2

    def test_a_shut_lateral_gate_shuts_every_peer(self) -> None:
        """Beds at TB and B only; a gate for lateral aid at level I, which never holds, leaves nothing."""
        tables = sick(2, {"tb": 1, "b": 1})
        assert admitted(solve(tables)) == {"tb": 1, "b": 1}
        assert admitted(solve(tables | {"gates": [("l", "A", "lateral", "", "", "I")]})) == {}

    def test_a_shut_hospital_takes_nobody(self) -> None:
        """The gate names the hospital; its taker is the unit of the place, C, not the patient's."""
        tables = sick(
            2, {"c": 1, "b": 1}, gates=[("f", "C", "facility", "c", "", "IV")], levels=[("A", 1, "IV")]
        )
        assert admitted(solve(tables)) == {"b": 1}
        assert admitted(solve(tables | {"levels": [("C", 1, "IV")]})) == {"b": 1, "c": 1}

    def test_pairing_leaves_only_the_helper(self) -> None:
        """TA is paired with B: TB, though nearer in the tree, gives nothing, and is no reason under strict."""
        tables = sick(2, {"tb": 5, "b": 5}, pairing=[("TA", "B", "beds", True)])
        assert admitted(solve(tables, rule="strict")) == {"b": 2}
        assert admitted(solve(sick(2, {"tb": 5, "b": 5}), rule="strict")) == {"tb": 2}

    def test_a_helper_without_consent_takes_no_decision(self) -> None:
        """B decides in a day, unless it helps without consent."""
        tables = sick(1, {"b": 1}, ladder=[("C", "", "peer-2", None, 24.0)])
        for consent, expected in ((True, {}), (False, {"b": 1})):
            paired = tables | {"pairing": [("TA", "B", "beds", consent)]}
            assert admitted(solve(paired, delays="by_rung")) == expected


class TestIsolationInOrder:
    """Rule strict for isolation."""

    def test_a_site_with_less_room_than_the_group_is_exhausted(self) -> None:
        """Five rooms at the county; groups of 3 in periods 1 and 2, both there two periods: 5 - 3 < 3."""
        tables = contacts([3, 3], {"a": 5, "c": 9})
        assert isolated(solve(tables, 2)) == {"c": 6}
        assert isolated(solve(tables, 2, rule="strict")) == {"a": 3, "c": 3}
        assert isolated(solve(contacts([3, 2], {"a": 5, "c": 9}), 2, rule="strict")) == {"a": 5}

    def test_a_site_that_holds_another_category_is_exhausted(self) -> None:
        """The county's site holds the category of the one who is there already."""
        tables = contacts([3], {"a": 5, "c": 9}, occupied=[("a", "other", 1, 1)])
        tables["categories"] = [*tables["categories"], ("other", 1, 0, 1.0, False)]
        tables["site_category"] = [*tables["site_category"], ("a", "other", 0, 0.0)]
        assert isolated(solve(tables, rule="strict")) == {"c": 3}
        assert isolated(solve(contacts([3], {"a": 5, "c": 9}), rule="strict")) == {"a": 3}

    @pytest.mark.parametrize(("budget", "expected"), [(99.0, {"c": 3}), (100.0, {"a": 3})])
    def test_a_candidate_counts_unless_the_budget_forbids_it(
        self, budget: float, expected: dict[str, int]
    ) -> None:
        """The county's site could be opened at once for 80 yuan and converted for 20."""
        tables = contacts([3], {"c": 9}, rules=[("opening_budget", "A", "", budget, True, 1.0)])
        tables["isolation_sites"] = [*tables["isolation_sites"], ("a", 5, "candidate", 0, 80.0)]
        tables["site_category"] = [*tables["site_category"], ("a", "close", 0, 20.0)]
        assert isolated(solve(tables, rule="strict")) == expected
        assert isolated(solve(tables)) == {"c": 3}

    def test_singles_need_a_site_with_no_room_left(self) -> None:
        """Not kept together, four people: the county's three rooms first, then one room of the city."""
        tables = contacts([4], {"a": 3, "c": 9})
        tables["categories"] = [("close", 2, 0, 1.0, False)]
        assert isolated(solve(tables, rule="strict")) == {"a": 3, "c": 1}

    def test_a_makeshift_hospital_takes_the_site_away(self) -> None:
        """A makeshift hospital at the county's site: opened for two patients, nobody can be isolated there any more.

        Worth it: two patients never admitted cost 1 each, a person not isolated 0.1 a period.
        """
        tables = sick(2, {"a": 2}, facilities=[("a", "makeshift", 0, 0.0)])
        tables |= contacts([3], {"a": 5})
        tables["categories"] = [("close", 2, 0, 0.1, True)]
        plan = solve(tables)
        assert admitted(plan) == {"a": 2}
        assert plan.isolations.empty
        assert plan.holdings.empty
        assert plan.openings[["place", "what", "decided", "first", "last"]].to_numpy().tolist() == [
            ["a", "facility", 1, 1, 1]
        ]
        # With a heavier category it is the other way round: 3 people * 1 * 2 periods against 2 patients.
        tables["categories"] = [("close", 2, 0, 1.0, True)]
        plan = solve(tables)
        assert isolated(plan) == {"a": 3}
        assert plan.admissions.empty


class TestTeamsInOrder:
    """Rule strict, known tasks and blind places for tours."""

    def test_the_pool_must_be_away_before_the_city_is_asked(self) -> None:
        """Three teams wanted: two of the county 40 minutes away, three of the city 10 minutes away."""
        tables = task(3, {"a": 2, "c": 3})
        assert sent(solve(tables)) == {"of-c": 3}
        assert sent(solve(tables, rule="strict")) == {"of-a": 2, "of-c": 1}

    def test_teams_elsewhere_exhaust_a_pool(self) -> None:
        """The county's teams may be away at another task: they are exhausted all the same."""
        tables = task(3, {"a": 2, "c": 3})
        tables["tasks"] = [*tables["tasks"], ("more", "a", "testing", "teams", 2, 1, 1, None)]
        plan = solve(tables, rule="strict")
        assert plan.stage_values["unmet_people"] == 0
        assert int(plan.deployments["teams"].sum()) == 5

    def test_nobody_is_called_for_a_task_that_is_not_known(self) -> None:
        """Known from period 2: one's own go in period 1, others in period 2 at the earliest."""
        tables = task(2, {"own": 1, "c": 1}, known=2, first=1, last=2)
        plan = solve(tables, 2, delays="by_rung")
        calls = amounts(plan.deployments, "teams", "pool", "depart")
        assert calls == {("of-own", 1): 1, ("of-own", 2): 1, ("of-c", 2): 1}
        assert amounts(solve(tables, 2).deployments, "teams", "pool", "depart")["of-c", 1] == 1

    def test_nobody_is_called_to_a_place_that_is_cut_off(self) -> None:
        """Cut off in period 1: only one's own."""
        tables = task(2, {"own": 1, "c": 2}, first=1, last=1)
        assert sent(solve(tables)) == {"of-c": 2}
        assert sent(solve(tables | {"blind": [("ta", 1)]})) == {"of-own": 1}

    def test_decisions_delay_the_work(self) -> None:
        """A day for the city's decision: called in period 1, at work in period 2, so period 1 stays short."""
        tables = task(1, {"c": 1}, first=1, last=2) | {"ladder": [("C", "teams", "above-2", None, 24.0)]}
        tables["tasks"] = [("test", "ta", "testing", "teams", 1, 1, 2, 1)]
        plan = solve(tables, 2, delays="by_rung")
        assert plan.deployments[["depart", "first"]].to_numpy().tolist() == [[1, 2]]
        assert plan.stage_values["unmet_people"] == 1_000_000
        assert solve(tables, 2).stage_values["unmet_people"] == 0
