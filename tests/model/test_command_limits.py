"""Hospitals that open in order, quotas and ceilings, each in a scenario small enough to be solved by hand."""

from __future__ import annotations

from typing import Any

from tiny_tree import admitted, frames_of, sent, sick, solve, task

import yjopt as yj


class TestFacilities:
    """Backup hospitals."""

    def backup(self, people: int, load: float, **more: Any) -> dict[str, Any]:
        """The county's hospital with 4 beds is designated; TB's is a backup with 9, opened for 30 yuan."""
        return sick(
            people,
            {"a": 4, "tb": 9},
            facilities=[("tb", "backup", 0, 30.0)],
            rules=[("backup_load", "A", "", load, True, 1.0)],
            **more,
        )

    def test_it_opens_when_the_load_is_reached(self) -> None:
        """75 % of 4 beds are 3 people: with five sick three at least must lie at the county.

        The backup is nearer, so exactly three do; it costs 30 yuan. At 100 % four do.
        """
        plan = solve(self.backup(5, 75.0))
        assert admitted(plan) == {"a": 3, "tb": 2}
        assert plan.stage_values["money"] == 3000
        assert plan.openings[["place", "what", "class", "level"]].to_numpy().tolist() == [
            ["tb", "facility", "", 0]
        ]
        assert admitted(solve(self.backup(5, 100.0))) == {"a": 4, "tb": 1}

    def test_it_stays_closed_below_the_load(self) -> None:
        """Three people of whom none needs it: 3 < 100 % of 4, so all lie at the county though the backup is nearer."""
        plan = solve(self.backup(3, 100.0))
        assert admitted(plan) == {"a": 3}
        assert plan.openings.empty

    def test_a_budget_that_does_not_pay_for_it_keeps_it_closed(self) -> None:
        """29 yuan do not open it: one of the five is lost."""
        tables = self.backup(5, 75.0)
        tables["rules"] = [*tables["rules"], ("opening_budget", "C", "", 29.0, True, 1.0)]
        assert admitted(solve(tables)) == {"a": 4}

    def test_one_that_has_people_is_open(self) -> None:
        """A person in its beds at the start: open without a decision and at no cost; 8 beds are free, and near."""
        plan = solve(self.backup(5, 75.0, occupied=[("tb", "ward", 1, 1)]))
        assert admitted(plan) == {"tb": 5}
        assert plan.openings.empty

    def test_under_strict_a_closed_hospital_is_no_reason(self) -> None:
        """Six people, load 100 %: four at the county; then the city may be asked, the backup (peer-1) being closed.

        Opening it would cost 30 yuan, and would oblige to fill its 9 beds before the city, which is nearer, is asked.
        """
        tables = self.backup(6, 100.0)
        tables["beds"] = [*tables["beds"], ("c", "ward", 9)]
        plan = solve(tables, rule="strict")
        assert admitted(plan) == {"a": 4, "c": 2}
        assert plan.openings.empty


class TestKeptBack:
    """Mobile quotas and ceilings."""

    def test_a_hard_quota_keeps_teams_at_home(self) -> None:
        """Three teams of the city, two of them to be kept back: one is sent, two of the task stay short."""
        tables = task(3, {"c": 3}) | {"rules": [("mobile_quota", "C", "testing", 2.0, True, 1.0)]}
        plan = solve(tables)
        assert sent(plan) == {"of-c": 1}
        assert plan.stage_values["unmet_people"] == 2_000_000
        assert plan.stage_values["hard_rules"] == 0

    def test_a_quota_beyond_all_teams_leaves_no_plan(self) -> None:
        """Four of three teams: impossible, and the note says which rule."""
        tables = task(3, {"c": 3}) | {"rules": [("mobile_quota", "C", "testing", 4.0, True, 1.0)]}
        plan = yj.solve(yj.Scenario.from_tables(*frames_of(tables)), gap=0)
        assert plan.status == "impossible"
        assert any("mobile_quota cannot hold in C: fewer than 4 team(s)" in note for note in plan.notes)

    def test_a_ceiling_that_nobody_can_keep_leaves_no_plan(self) -> None:
        """Three sick and no bed: 3 stay unmet, at most 2.5 may."""
        tables = sick(3, {"c": 0}) | {"rules": [("unmet_ceiling", "A", "people", 2.5, True, 1.0)]}
        plan = yj.solve(yj.Scenario.from_tables(*frames_of(tables)), gap=0)
        assert plan.status == "impossible"
        assert any("unmet_ceiling cannot hold in A: more than 2.5 of people" in note for note in plan.notes)

    def test_a_soft_quota_is_weighed_first(self) -> None:
        """Soft: each team short counts 2 in the stage rules, which comes before people; nobody is sent below it."""
        tables = task(3, {"c": 3}) | {"rules": [("mobile_quota", "C", "testing", 4.0, False, 2.0)]}
        plan = solve(tables)
        assert plan.deployments.empty
        assert plan.stage_values["rules"] == 2_000
        assert plan.exceptions.to_numpy().tolist() == [["mobile_quota", "C", "testing", 1, 1]]

    def test_a_ceiling_protects_an_area(self) -> None:
        """One bed of the city, two sick: one of TA with weight 1, one of TB whose group weighs 5.

        Without a ceiling the heavier is admitted. With TA's unmet at most 0 it is the other.
        """
        tables = sick(1, {"c": 1})
        tables["groups"] = [("g", 1, 0, 1.0, 0.0), ("h", 1, 0, 5.0, 0.0)]
        tables["eligibility"] = [("g", "ward", 0.0), ("h", "ward", 0.0)]
        tables["arrivals"] = [("ta", "g", 1, 1, None), ("b", "h", 1, 1, None)]
        assert solve(tables).stage_values["unmet_people"] == 1_000_000
        plan = solve(tables | {"rules": [("unmet_ceiling", "TA", "people", 0.0, True, 1.0)]})
        assert plan.stage_values["unmet_people"] == 5_000_000
        assert plan.exceptions.empty

    def test_a_soft_ceiling_counts_what_is_beyond(self) -> None:
        """No bed at all, three sick: 3 unmet against a ceiling of 1.5 is 2 (whole) beyond, at weight 0.5 each."""
        tables = sick(3, {"c": 0}) | {"rules": [("unmet_ceiling", "A", "people", 1.5, False, 0.5)]}
        plan = solve(tables)
        assert plan.stage_values["rules"] == 1_000
        assert plan.exceptions.to_numpy().tolist() == [["unmet_ceiling", "A", "people", 1, 2]]
