"""Commands about plans: solve and audit, and what they never do to a folder that is not theirs."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from command_line_words import contents, mend, strict_json

from yjopt import api
from yjopt.command_line.running import main
from yjopt.errors import AuditError
from yjopt.schema import OUTPUT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_solve_and_audit(towns: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Text: summary, audit, where the plan is. Solving again replaces the plan."""
    plan = tmp_path / "deep" / "plan"
    for _ in range(2):
        assert main(["solve", str(towns), "-o", str(plan), "--time-limit", "2"]) == 0
        captured = capsys.readouterr()
        assert captured.out.startswith("Three towns (三镇): ")
        assert "The audit found nothing wrong in " in captured.out
        assert captured.out.endswith(f"The plan is in {plan}.\n")
        assert not captured.err
    assert set(contents(plan)) == {"plan.json", *(f"{name}.csv" for name in OUTPUT)}
    assert main(["audit", str(towns), str(plan)]) == 0
    assert capsys.readouterr().out.startswith("The audit found nothing wrong in ")


def test_solve_as_json(towns: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One object with every figure; numbers that are not known are null."""
    assert main(["solve", str(towns), "-o", str(tmp_path / "plan"), "--time-limit", "2", "--json"]) == 0
    captured = capsys.readouterr()
    assert not captured.err
    told = strict_json(captured.out)
    assert set(told) == {
        "status", "stopped_by", "engine", "method", "objective", "bound", "gap", "stages", "avoidable", "seconds",
        "size", "unmet", "manual", "audit", "notes",
    }  # fmt: skip
    assert told["status"] in ("optimal", "feasible")
    assert all(
        list(stage) == ["name", "value", "bound", "gap", "gap_scale", "bound_proof"]
        for stage in told["stages"]
    )
    assert list(told["seconds"]) == [
        "read", "reach", "index", "assemble", "manual", "solve", "plan", "audit",
    ]  # fmt: skip
    assert all(seconds >= 0 for seconds in told["seconds"].values())
    assert all(told["size"][name] > 0 for name in ("rows", "columns", "integers", "nonzeros"))
    assert set(told["unmet"]) == {"bed", "isolation", "task", "durable", "supply"}
    assert all(row["wanted"] == row["met"] + row["waiting"] + row["lost"] for row in told["unmet"].values())
    assert set(told["manual"]) == {stage["name"] for stage in told["stages"]}
    assert told["audit"]["ok"] is True
    assert told["audit"]["checks"] > 1000
    values = {stage["name"]: stage["value"] for stage in told["stages"]}
    # The manual plan leaves 260 unmet; so much is saved at once, whatever the machine.
    assert values["unmet_people"] <= told["manual"]["unmet_people"]
    worst = max(
        (stage for stage in told["stages"] if stage["name"] in ("unmet_people", "unmet_goods")),
        key=lambda stage: stage["gap_scale"],
    )
    assert (told["objective"], told["bound"]) == (worst["value"], worst["bound"])


def test_every_word_of_a_solve_arrives(
    towns: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine, both gaps against the scale, the limit, the seed: as they were typed."""
    asked: dict[str, Any] = {}
    solve = api.solve

    def noted(scenario: Any, **words: Any) -> Any:
        asked.update(words)
        return solve(scenario, **words)

    monkeypatch.setattr(api, "solve", noted)
    words = (
        "--engine lagrange --gap 0 --gap-scale 0.25 --later-gap-scale 0.5 --time-limit 3 --seed 7 --threads 2"
    )
    assert main(["solve", str(towns), "-o", str(tmp_path / "plan"), "--json", *words.split()]) == 0
    assert strict_json(capsys.readouterr().out)["engine"] == "lagrange"
    wanted = {"engine": "lagrange", "gap": 0.0, "gap_scale": 0.25, "later_gap_scale": 0.5}
    assert wanted | {"time_limit": 3.0, "seed": 7, "threads": 2} == {
        name: asked[name] for name in (*wanted, "time_limit", "seed", "threads")
    }


def test_the_manual_plan_proves_nothing(solved: tuple[Path, Path], tmp_path: Path, capsys: Any) -> None:
    """Without a solver there is no bound: null, never infinity."""
    words = ["solve", str(solved[0]), "-o", str(tmp_path / "plan"), "--engine", "manual", "--json"]
    assert main(words) == 0
    told = strict_json(capsys.readouterr().out)
    assert (told["engine"], told["bound"], told["gap"]) == ("manual", None, None)
    assert told["manual"] == {stage["name"]: stage["value"] for stage in told["stages"]}


def test_weighted_and_quiet(towns: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--quiet says nothing of a success; --objective goes before the scenario's own."""
    plan = tmp_path / "plan"
    words = ["solve", str(towns), "-o", str(plan), "--time-limit", "1", "--objective", "weighted", "--quiet"]
    assert main(words) == 0
    assert capsys.readouterr() == ("", "")
    assert json.loads((plan / "plan.json").read_text(encoding="utf-8"))["objective"]["name"] == "weighted"


def test_a_hard_rule_that_cannot_hold(
    towns: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit status 1, the rule and the area by name, and nothing is written; an earlier plan stays."""
    plan = tmp_path / "plan"
    assert main(["solve", str(towns), "-o", str(plan), "--engine", "manual", "--quiet"]) == 0
    before = contents(plan)
    mend(towns / "rules.csv", "isolation_minimum,E,close,1,,true", "isolation_minimum,E,close,9,,true")
    assert main(["solve", str(towns), "-o", str(plan)]) == 1
    out = capsys.readouterr().out
    assert "impossible" in out
    assert "The hard rule isolation_minimum cannot hold in E East county (东县)" in out
    assert f"Nothing was written to {plan}. The plan there is from before." in out
    assert contents(plan) == before
    assert main(["solve", str(towns), "-o", str(tmp_path / "other"), "--json"]) == 1
    told = strict_json(capsys.readouterr().out)
    assert told["status"] == "impossible"
    assert (told["objective"], told["audit"], told["unmet"]) == (None, None, None)
    assert any("isolation_minimum cannot hold in E" in note for note in told["notes"])
    assert not (tmp_path / "other").exists()


def test_bad_tables_end_a_solve(towns: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What check would say, on standard error; exit status 2 and nothing written."""
    mend(towns / "residents.csv", "hotel-E,nursing,1", "hotel-EE,nursing,1")
    assert main(["solve", str(towns), "-o", str(tmp_path / "plan")]) == 2
    captured = capsys.readouterr()
    assert captured.err == (
        f"yjopt: {towns} cannot be used: 1 error.\n"
        "  residents.csv:4 place: 'hotel-EE' is no place of the table places. Did you mean 'hotel-E'? "
        "If not, add it to places.\n"
    )
    assert not captured.out
    assert not (tmp_path / "plan").exists()


def test_a_pulp_solver_that_is_not_there(towns: Path, tmp_path: Path, capsys: Any) -> None:
    assert main(["solve", str(towns), "-o", str(tmp_path / "plan"), "--engine", "pulp:NOBODY"]) == 2
    assert "The PuLP solver 'NOBODY' is unknown to PuLP" in capsys.readouterr().err
    assert not (tmp_path / "plan").exists()


def foreign_folder(path: Path) -> None:
    path.mkdir()
    (path / "thesis.txt").write_text("ten years of work")


def foreign_file(path: Path) -> None:
    path.write_text("ten years of work")


def strange_file_among_ours(path: Path) -> None:
    path.mkdir()
    (path / "plan.json").write_text('{\n  "made_by": "yjopt", "files": {}}')
    (path / "thesis.txt").write_text("ten years of work")


@pytest.mark.parametrize("make", [foreign_folder, foreign_file, strange_file_among_ours])
def test_what_is_not_ours_is_refused_before_anybody_waits(
    make: Callable[[Path], None],
    towns: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Exit status 2 without a solve, and not a byte of it is touched."""
    target = tmp_path / "thesis"
    make(target)
    before = contents(target) if target.is_dir() else target.read_bytes()

    def never(*args: Any, **keywords: Any) -> None:
        raise AssertionError("it was solved for nothing")

    monkeypatch.setattr(api, "solve", never)
    assert main(["solve", str(towns), "-o", str(target)]) == 2
    assert "choose another" in capsys.readouterr().err
    assert main(["generate", "-o", str(target), "--towns", "2", "--periods", "1"]) == 2
    assert main(["new", str(target)]) == 2
    assert main(["convert", str(towns), "-o", str(target)]) == 2
    assert main(["solve", str(towns), "-o", str(towns)]) == 2
    assert (contents(target) if target.is_dir() else target.read_bytes()) == before


def test_a_plan_under_a_file(towns: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["solve", str(towns), "-o", str(towns / "areas.csv" / "a" / "b")]) == 2
    assert "areas.csv is a file, so there can be no folder" in capsys.readouterr().err


def test_a_plan_that_fails_its_audit_is_not_handed_out(
    towns: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit status 1: nobody's data are to blame, and nothing is written."""

    def fail(*args: Any) -> None:
        raise AuditError("The plan does not pass its audit (1 violations): too many beds.")

    monkeypatch.setattr(api, "_must_agree", fail)
    assert main(["solve", str(towns), "-o", str(tmp_path / "plan"), "--engine", "manual"]) == 1
    assert "too many beds. Nothing was written. It is a bug of yjopt" in capsys.readouterr().err
    assert not (tmp_path / "plan").exists()


def test_a_changed_plan_fails_by_name(solved: tuple[Path, Path], tmp_path: Path, capsys: Any) -> None:
    """Ten times the goods: the rule is named, the file that was changed too, exit status 1."""
    scenario, plan = solved
    changed = tmp_path / "changed"
    changed.mkdir()
    for name, content in contents(plan).items():
        (changed / name).write_bytes(content)
    frame = pd.read_csv(changed / "shipments.csv", dtype=str, keep_default_na=False)
    frame.loc[0, "quantity"] += "0"
    frame.to_csv(changed / "shipments.csv", index=False)
    assert main(["audit", str(scenario), str(changed)]) == 1
    out = capsys.readouterr().out
    assert out.startswith(f"Note: {changed / 'shipments.csv'} is not as yjopt wrote it.\n")
    assert re.search(r"^stock_balance: |^.*stock.*: [0-9,]+ violation", out, re.MULTILINE)
    assert main(["audit", str(scenario), str(changed), "--json"]) == 1
    told = strict_json(capsys.readouterr().out)
    assert told["ok"] is False
    assert told["violations"]
    assert set(told["violations"][0]) == {"rule", "table", "place", "what", "period", "message", "amount"}
    assert told["worst"] in {violation["message"] for violation in told["violations"]}


def test_a_plan_that_claims_too_much(solved: tuple[Path, Path], tmp_path: Path, capsys: Any) -> None:
    """Tables that hold every rule, but a stage value in plan.json that is not theirs."""
    scenario, plan = solved
    changed = tmp_path / "changed"
    changed.mkdir()
    for name, content in contents(plan).items():
        (changed / name).write_bytes(content)
    header = json.loads((changed / "plan.json").read_text(encoding="utf-8"))
    next(stage for stage in header["stages"] if stage["name"] == "unmet_people")["value"] = 0
    text = json.dumps(header, indent=2, ensure_ascii=False)
    (changed / "plan.json").write_text(text, encoding="utf-8")
    assert main(["audit", str(scenario), str(changed)]) == 1
    assert "plan.json claims 0 in the stage unmet_people; the tables come to 260." in capsys.readouterr().out


def test_a_plan_of_another_scenario(solved: tuple[Path, Path], towns: Path, capsys: Any) -> None:
    mend(towns / "roads.csv", "town-E1,town-W1,50", "town-E1,town-W1,51")
    assert main(["audit", str(towns), str(solved[1])]) == 2
    assert "was made for another scenario" in capsys.readouterr().err


def test_no_plan_to_audit(towns: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["audit", str(towns), str(tmp_path / "empty")]) == 2
    assert "holds no table of a plan" in capsys.readouterr().err
