"""Questions on the command line: why rules clash, what a level buys, what a rule costs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from command_line_words import strict_json
from diagnosis.clashes import KINDS

import yjopt as yj
from yjopt.command_line.running import main

if TYPE_CHECKING:
    from collections.abc import Sequence

QINGYUAN = Path(__file__).parent.parent.parent / "examples" / "qingyuan"


def asked(words: Sequence[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Exit status, standard output and standard error."""
    status = main(words)
    captured = capsys.readouterr()
    return status, captured.out, captured.err


@pytest.fixture
def clashing(tmp_path: Path) -> Path:
    """A scenario whose rules clash, with the cheapest repair planted."""
    KINDS["not_allowed"](0).scenario().write(tmp_path / "clash")
    return tmp_path / "clash"


def test_qingyuan_names_rule_category_counties_and_price(capsys: pytest.CaptureFixture[str]) -> None:
    """Two counties have no site for close contacts: Lianshan 441825 and Liannan 441826.

    Lianshan's candidate for key persons takes close contacts for 90,000 yuan and is had ready for 180,000; Liannan's
    own candidate is had ready for 460,000. Other sites cost more: they are the counties' only ones for key persons.
    """
    status, out, _ = asked(["diagnose", str(QINGYUAN), "--hard", "isolation_minimum", "--json"], capsys)
    answer = strict_json(out)
    assert status == 1
    assert not answer["ok"]
    assert answer["proven"]
    found = {(row["rule"], row["area"], row["what"]) for row in answer["conflicts"]}
    assert found == {
        ("isolation_minimum", "441825", "close_contact"),
        ("isolation_minimum", "441826", "close_contact"),
    }
    changed = {(row["table"], row["place"], row["column"], row["cost"]) for row in answer["repair"]}
    assert changed == {
        ("site_category", "candidate-441825-key", "allowed", 90_000.0),
        ("isolation_sites", "candidate-441825-key", "state", 180_000.0),
        ("isolation_sites", "candidate-441826-close", "state", 460_000.0),
    }
    assert answer["cost"] == 730_000.0
    assert answer["given_up"] == 0


def test_without_hard_rules_nothing_clashes(capsys: pytest.CaptureFixture[str]) -> None:
    """As it stands, Qingyuan's rule is soft."""
    status, out, _ = asked(["diagnose", str(QINGYUAN), "--json"], capsys)
    answer = strict_json(out)
    assert status == 0
    assert answer["ok"]
    assert answer["conflicts"] == answer["repair"] == []


def test_the_repaired_scenario_is_written(
    clashing: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is written can be asked again: nothing clashes any more."""
    mended = tmp_path / "mended"
    status, out, _ = asked(["diagnose", str(clashing), "-o", str(mended)], capsys)
    assert status == 1
    assert "The cheapest repair" in out
    assert "allowed false -> true" in out
    assert f"The repaired scenario is in {mended}." in out
    assert asked(["diagnose", str(mended)], capsys)[0] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--hard", "opening_budget"], "cannot be made hard"),
        (["--hard", "mobile_quota"], "has no rule mobile_quota"),
        (["--price", "tea=3"], "no price for 'tea'"),
        (["--price", "floor"], "give RULE=YUAN"),
        (["--price", "floor=-1"], "give a price from 0 on"),
        (["--engine", "manual"], "proves nothing"),
    ],
)
def test_bad_questions(
    words: list[str], said: str, clashing: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Told on standard error, with exit status 2."""
    status, out, err = asked(["diagnose", str(clashing), *words], capsys)
    assert status == 2
    assert said in err
    assert not out


def test_a_level_is_raised(towns: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Plan as is and plan raised, stage by stage."""
    area = yj.read(towns).tables["areas"]["area"].iloc[0]
    words = ["raise-level", str(towns), area, "I", "--time-limit", "5", "--engine", "manual"]
    status, out, err = asked([*words, "--json"], capsys)
    assert not err
    answer = strict_json(out)
    assert status == 0
    assert set(answer["plans"]) == {"as is", "raised"}
    assert {row["plan"] for row in answer["stages"]} == {"as is", "raised"}
    status, out, _ = asked(words, capsys)
    assert status == 0
    assert f"level I in {area} from period 1 on" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere", "I"], "There is no area 'nowhere'"),
        (["C", "V"], "invalid choice: 'V'"),
        (["C", "I", "--from-period", "300"], "Period 300 is none of 1 to"),
    ],
)
def test_a_level_that_cannot_be(
    words: list[str], said: str, clashing: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Bad input is told, with exit status 2."""
    status, _, err = asked(["raise-level", str(clashing), *words], capsys)
    assert status == 2
    assert said in err


def test_rules_are_priced(towns: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each rule has its plan, and each stage a row of each."""
    words = ["price-of-rule", str(towns), "--rules", "flat", "priority", "--time-limit", "5", "--json"]
    status, out, _ = asked(words, capsys)
    answer = strict_json(out)
    assert status == 0
    assert list(answer["plans"]) == ["flat", "priority"]
    assert all(plan["audit"] for plan in answer["plans"].values())
    assert {row["plan"] for row in answer["stages"]} == {"flat", "priority"}


def test_a_plan_of_another_rule_is_audited_with_the_same_words(
    towns: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`solve --rule flat` has no stage of support; `audit` wants to be told of the rule, too."""
    plan = tmp_path / "plan"
    words = ["solve", str(towns), "-o", str(plan), "--rule", "flat", "--engine", "manual", "--json"]
    status, out, _ = asked(words, capsys)
    assert status == 0
    report: dict[str, Any] = strict_json(out)
    assert not [stage for stage in report["stages"] if stage["name"].startswith("support")]
    assert asked(["audit", str(towns), str(plan), "--rule", "flat"], capsys)[0] == 0
    assert asked(["audit", str(towns), str(plan), "--rule", "priority"], capsys)[0] == 2
    header = json.loads((plan / "plan.json").read_text(encoding="utf-8"))
    assert header["scenario"] == yj.read(towns).replace({"rule": "flat"}).digest
