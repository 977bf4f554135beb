"""The sweep in one process: rows, order, plans, folders, what a bad variant costs."""

from __future__ import annotations

import io
import pickle
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from sweeping.bad_variants import Greedy, Raising
from sweeping.cases import mixed, some_variants, two_depots

import yjopt as yj
from yjopt.errors import EngineError, FileError, ModelError, PlanError
from yjopt.instance import index
from yjopt.model.assembly import assemble
from yjopt.model.manual import manual
from yjopt.model.nothing import nothing
from yjopt.sweeping.base import Base, Starting, planned
from yjopt.sweeping.progress import SweepLine
from yjopt.sweeping.tasks import Answer, Task, Terms, perform

if TYPE_CHECKING:
    from pathlib import Path

    from yjopt.sweeping import Sweep


def test_rows_are_the_plans_of_the_variants() -> None:
    """By hand: 12 masks for 12 wanted; without a depot 6 are short, a doubled town wants 10 or 2 more."""
    scenario = two_depots()
    found = yj.sweep(scenario, some_variants(scenario), workers=0, gap=0.0)
    unmet = dict(zip(found.table["variant"], found.table["unmet_goods.value"], strict=True))
    assert unmet == {
        "as is": 0.0, "lose depot depot": 6.0, "lose depot depot-a": 6.0,
        "double town a": 10.0, "double town b": 2.0, "strict": 0.0,
    }  # fmt: skip
    assert list(found.table["variant"]) == list(unmet)
    assert set(found.table["status"]) == {"optimal"}
    assert (found.table["unmet_goods.bound"] == found.table["unmet_goods.value"]).all()
    assert (found.table["gap"] == 0).all()
    assert list(found.table["kind"])[:2] == ["", "lose depot"]
    assert (found.table["seconds"] > 0).all()
    assert not found.is_interrupted


@pytest.fixture(scope="module")
def all_families() -> Sweep:
    """All families at once, solved to proof, with the plans."""
    return yj.sweep(*mixed(), workers=0, gap=0.0, time_limit=20, keep_plans=True)


def test_each_row_is_what_its_plan_says(all_families: Sweep) -> None:
    """A row has value, bound, gap and by-hand value of every stage as the plan has them, and its status."""
    found = all_families
    for row in found.table.to_dict("records"):
        plan = found.plan(row["variant"])
        for stage in plan.stages.to_dict("records"):
            for figure in ("value", "bound", "gap", "manual"):
                assert row[f"{stage['name']}.{figure}"] == stage[figure]
        assert (row["status"], row["stopped_by"]) == (plan.status, plan.stopped_by) == ("optimal", "proof")
        assert (row["avoidable"], row["gap"]) == (plan.avoidable, plan.gap)
        assert plan.audit().ok


def test_a_plan_of_a_sweep_is_that_of_a_solve_alone(all_families: Sweep) -> None:
    """The same stage values, and the same scenario behind it."""
    variant = all_families.variants[1]
    scenario = variant.apply(all_families.scenario)
    assert all_families.plan(variant.name).stage_values == yj.solve(scenario, gap=0.0).stage_values
    assert all_families.plan(variant.name).scenario.digest == scenario.digest
    assert all_families.scenario_of(variant.name).digest == scenario.digest


def test_stages_stand_below_each_other_in_their_order(all_families: Sweep) -> None:
    """The long form has the stages of a variant as its plan has them; under rule flat there is no support."""
    found = all_families
    for name, plan in found.plans.items():
        rows = found.stages[found.stages["variant"] == name]
        assert list(rows["stage"]) == list(plan.stage_values)
    flat = found.stages[found.stages["variant"] == "flat"]["stage"]
    assert not flat.str.startswith("support").any()
    assert list(found.stages["variant"].unique()) == [variant.name for variant in found.variants]


def test_figures_by_hand_are_those_of_the_rule_by_hand(all_families: Sweep) -> None:
    """Wherever its search started, a variant is compared with its own plan by hand; so is `avoidable`."""
    for variant in all_families.variants:
        by_hand = yj.solve(variant.apply(all_families.scenario), engine="manual")
        rows = all_families.stages[all_families.stages["variant"] == variant.name]
        assert dict(zip(rows["stage"], rows["manual"], strict=True)) == {
            stage.name: stage.manual / stage.unit for stage in by_hand.stage_results
        }
        cold = yj.solve(variant.apply(all_families.scenario), gap=0.0)
        plan = all_families.plan(variant.name)
        assert plan.avoidable == cold.avoidable
        assert [s.scale for s in plan.stage_results] == [s.scale for s in cold.stage_results]


def test_searches_start_from_the_plan_of_the_scenario_as_it_is() -> None:
    """Carried over to the same tables it is all there; a search begins with it where it is better than by hand."""
    scenario, variants = mixed()
    terms = Terms(gap=0.0, time_limit=30.0, engine="auto", objective="", seed=0)
    base = planned(scenario, terms, 1)
    assert base.vector is not None
    instance = index(scenario)
    model = assemble(instance)
    by_hand = manual(instance, model)
    x = Starting(base.vector, 60.0).start(instance, model, by_hand).x
    values = [stage.value(x) for stage in model.mip.stages]
    best = yj.solve(scenario, gap=0.0)
    assert values == list(best.stage_values.values())
    assert values < [stage.manual for stage in best.stage_results]
    # A base that is worse than the plan by hand is not begun with.
    idle = Base(scenario, nothing(instance, model)).vector
    assert idle is not None
    x = Starting(idle, 60.0).start(instance, model, by_hand).x
    assert [stage.value(x) for stage in model.mip.stages] <= [stage.manual for stage in best.stage_results]
    # Without any time left there is at least the plan by hand.
    x = Starting(base.vector, -1.0).start(instance, model, by_hand).x
    assert model.mip.stage_values(x) <= model.mip.stage_values(by_hand)
    task = Task(number=0, variant=variants[1], terms=terms)
    warm, cold = perform(base, task), perform(Base(scenario), task)
    assert [stage.value for stage in warm.stages] == [stage.value for stage in cold.stages]
    assert [stage.manual for stage in warm.stages] == [stage.manual for stage in cold.stages]
    assert warm.phases is not None
    assert warm.phases["carry"] > 0
    assert cold.phases is not None
    assert "carry" not in cold.phases


def test_what_cannot_be_begun_with_is_left_out() -> None:
    """No plan, a plan for other columns, a weighted sum, no solver: searches start by hand."""
    scenario = two_depots()
    terms = Terms(gap=0.0, time_limit=5.0, engine="auto", objective="", seed=0)
    assert planned(scenario, terms, 1).x is not None
    assert planned(scenario, replace(terms, objective="weighted"), 1).x is None
    assert planned(scenario.replace({"objective": "weighted"}), terms, 1).x is None
    assert planned(scenario, replace(terms, engine="manual"), 1).x is None
    assert planned(scenario, replace(terms, engine="pulp:NO_SUCH_SOLVER"), 1).x is None
    rule = {"rule": "unmet_ceiling", "area": "TA", "what": "goods", "amount": 0.0, "hard": True}
    impossible = yj.Variant("none short", [yj.variants.add("rules", [rule]), *lose_all()]).apply(scenario)
    assert planned(impossible, terms, 1).x is None
    assert Base(scenario, np.zeros(3, dtype=np.int64)).vector is None
    assert pickle.loads(pickle.dumps(planned(scenario, terms, 1))).vector is not None


@pytest.mark.parametrize(("time_limit", "from_base"), [(0.01, True), (0.01, False), (5.0, True)])
def test_no_variant_is_worse_than_by_hand(time_limit: float, from_base: bool) -> None:
    """Stage by stage in their order, the first that differs is better than the plan by hand has it."""
    scenario, variants = mixed()
    found = yj.sweep(scenario, variants, workers=0, time_limit=time_limit, from_base=from_base)
    assert len(found.stages)
    for _, stages in found.stages.groupby("variant"):
        differing = stages[stages["value"] != stages["manual"]]
        assert differing.empty or differing["value"].iloc[0] < differing["manual"].iloc[0]


def test_bad_variants_cost_their_own_rows_only() -> None:
    """A variant that is no scenario, one that trips, one without memory: the row says what, the others are there."""
    scenario = two_depots()
    nowhere = yj.Variant("nowhere", [yj.variants.put("stocks", {"place": "depot"}, {"place": "moon"})])
    variants = [
        yj.Variant("as is"), nowhere, Raising("trips"), Greedy("greedy"),
        yj.Variant("missing", [yj.variants.remove("stocks", {"place": "b"})]), yj.Variant("again"),
    ]  # fmt: skip
    found = yj.sweep(scenario, variants, workers=0)
    status = dict(zip(found.table["variant"], found.table["status"], strict=True))
    assert status == {
        "as is": "optimal", "nowhere": "failed", "trips": "failed", "greedy": "failed", "missing": "failed",
        "again": "optimal",
    }  # fmt: skip
    errors = dict(zip(found.table["variant"], found.table["error"], strict=True))
    assert "moon" in errors["nowhere"]
    assert "ZeroDivisionError" in errors["trips"]
    assert "memory" in errors["greedy"]
    assert "no row" in errors["missing"]
    assert errors["again"] == ""
    assert found.table["unmet_goods.value"].isna().sum() == 4
    assert "moon" in found.text()
    assert "4 of 6" not in found.text().splitlines()[0]
    assert found.text().splitlines()[0].startswith("Scenario: 2 of 6 variants have a plan")


def test_an_impossible_variant_says_so() -> None:
    """A hard rule that cannot hold is the status of its row, and the error names the rule."""
    scenario = two_depots()
    rule = {"rule": "unmet_ceiling", "area": "TA", "what": "goods", "amount": 0.0, "hard": True}
    variants = [yj.Variant("none short", [yj.variants.add("rules", [rule]), *lose_all()])]
    found = yj.sweep(scenario, variants, workers=0)
    assert found.table["status"].iloc[0] == "impossible"
    assert "unmet_ceiling" in found.table["error"].iloc[0]


def lose_all() -> list[yj.variants.Edit]:
    return [yj.variants.remove("stocks", {"item": "mask"})]


def test_plans_are_kept_when_asked_for() -> None:
    """Plans by name, audited; without asking there are none, and a sentence says how to have them."""
    scenario = two_depots()
    variants = some_variants(scenario)
    kept = yj.sweep(scenario, variants, workers=0, keep_plans=True)
    assert list(kept.plans) == [variant.name for variant in variants]
    plan = kept.plan("lose depot depot")
    assert plan.audit().ok
    assert set(plan.shipments["from"]) == {"depot-a"}
    assert kept.scenario_of("strict").settings.rule == "strict"
    without = yj.sweep(scenario, variants[:1], workers=0)
    with pytest.raises(PlanError, match="keep_plans"):
        without.plan("as is")
    with pytest.raises(PlanError, match="no variant 'moon'"):
        kept.plan("moon")


def test_plans_are_written_to_folders(tmp_path: Path) -> None:
    """A folder for each plan, readable with the variant's scenario, and the table beside them."""
    scenario = two_depots()
    variants = [yj.Variant("as is"), yj.Variant("a/b: ..\\c"), Raising("trips"), yj.Variant("失联 1")]
    found = yj.sweep(scenario, variants, workers=0, engine="manual", output=tmp_path / "out")
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["001-as-is", "002-a-b-..-c", "004-失联-1", "sweep.csv"]
    plan = yj.Plan.read(tmp_path / "out" / "002-a-b-..-c", scenario)
    assert plan.audit().ok
    table = pd.read_csv(tmp_path / "out" / "sweep.csv", keep_default_na=False)
    assert list(table["variant"]) == [variant.name for variant in variants]
    assert not found.plans
    # Again into the same folder: an earlier plan of ours is replaced, anything else is refused.
    yj.sweep(scenario, variants, workers=0, engine="manual", output=tmp_path / "out")
    (tmp_path / "out" / "001-as-is" / "notes.txt").write_text("mine")
    again = yj.sweep(scenario, variants, workers=0, engine="manual", output=tmp_path / "out")
    assert "notes.txt" in again.table["error"].iloc[0]
    assert list(again.table["unmet_goods.value"].notna()) == [True, True, False, True]


def test_no_variants_make_an_empty_table() -> None:
    """Nothing to do is no error."""
    found = yj.sweep(two_depots(), [])
    assert found.table.empty
    assert "variant" in found.table
    assert found.stages.empty
    assert found.text()


def test_bad_words_are_refused_before_anything_runs() -> None:
    """Two variants of one name, settings out of range, no executor."""
    scenario = two_depots()
    twice = [yj.Variant("one"), yj.Variant("one")]
    with pytest.raises(ModelError, match="Two variants are called 'one'"):
        yj.sweep(scenario, twice)
    one = twice[:1]
    for wrong, word in (
        ({"gap": 2.0}, "gap"), ({"time_limit": 0.0}, "time limit"), ({"workers": -1}, "processes"),
        ({"deadline": 0.0}, "deadline"), ({"executor": 7}, "executor"), ({"engine": "abacus"}, "abacus"),
        ({"objective": "beauty"}, "beauty"),
    ):  # fmt: skip
        with pytest.raises(EngineError, match=word):
            yj.sweep(scenario, one, **wrong)  # type: ignore[arg-type]


def test_an_output_that_is_a_file_is_refused(tmp_path: Path) -> None:
    """Nobody waits for plans that cannot be written."""
    (tmp_path / "out").write_text("mine")
    done: list[str] = []
    with pytest.raises(FileError, match="out"):
        yj.sweep(
            two_depots(),
            [yj.Variant("as is")],
            workers=0,
            output=tmp_path / "out",
            on_done=lambda name, _: done.append(name),
        )
    assert not done


def test_what_is_done_is_told_one_by_one() -> None:
    """The callback hears name and status as they come."""
    scenario = two_depots()
    heard: list[tuple[str, str]] = []
    variants = [*some_variants(scenario), Raising("trips")]
    yj.sweep(scenario, variants, workers=0, engine="manual", on_done=lambda *words: heard.append(words))
    assert [name for name, _ in heard] == [variant.name for variant in variants]
    assert heard[-1] == ("trips", "failed")


def test_the_line_tells_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers, what has no plan, the last name; wiped out at the end; nothing where nobody watches."""
    monkeypatch.setattr("yjopt.sweeping.progress.PAUSE", 0.01)
    stream = io.StringIO()
    with SweepLine(stream, ["one", "two", "three"]) as line:
        line.hear(Answer(number=0, status="failed"))
        line.hear(Answer(number=2, status="late"))
        assert re.fullmatch(r"2 of 3 variants   2 without a plan   0 s   three", line.text())
        while "three" not in stream.getvalue():
            pass
    assert stream.getvalue().endswith("\r\x1b[K")
    found = yj.sweep(two_depots(), [yj.Variant("as is")], workers=0)
    assert len(found.table) == 1


def test_the_report_is_plain() -> None:
    """Rows as JSON can say them, None for what is not there."""
    found = yj.sweep(two_depots(), [yj.Variant("as is"), Raising("trips")], workers=0, engine="manual")
    report = found.report()
    assert report["variants"][0]["unmet_goods.value"] == 0.0
    assert report["variants"][1]["unmet_goods.value"] is None
    assert report["interrupted"] is False
    assert found._repr_html_().startswith("<pre>")
