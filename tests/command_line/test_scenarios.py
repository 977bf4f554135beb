"""Commands about scenarios: check, generate, new, convert, schema."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from command_line_words import contents, mend, strict_json
from generation.test_geography import FIVE_TOWNS, TWO_COUNTIES

import yjopt
from yjopt.command_line import scenarios
from yjopt.command_line.findings import finding_lines
from yjopt.command_line.running import main
from yjopt.errors import Finding
from yjopt.generation import accept
from yjopt.schema.reference import reference_markdown

if TYPE_CHECKING:
    from pathlib import Path


def test_check_of_a_good_scenario(towns: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(towns)]) == 0
    assert capsys.readouterr().out == "No error, no warning.\n"
    assert main(["check", str(towns), "--json"]) == 0
    assert strict_json(capsys.readouterr().out) == []


def test_check_tells_each_error_at_its_place(towns: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The very words for two planted faults: file, line, column, what is wrong, the mend."""
    mend(towns / "residents.csv", "hotel-E,nursing,1", "hotel-EE,nursing,one")
    assert main(["check", str(towns)]) == 2
    assert capsys.readouterr().out == (
        "ERRORS\n"
        "  residents.csv:4 members: 'one' is no number. Write a whole number from 0 to 1,000,000 (members).\n"
        "  residents.csv:4 place: 'hotel-EE' is no place of the table places. Did you mean 'hotel-E'? "
        "If not, add it to places.\n"
        "\n"
        "2 errors, no warnings: this is no scenario yet.\n"
    )
    assert main(["check", str(towns), "--json"]) == 2
    found = strict_json(capsys.readouterr().out)
    assert [list(finding) for finding in found] == [list(scenarios.FINDING_KEYS)] * 2
    assert {(f["severity"], f["table"], f["file"], f["line"]) for f in found} == {
        ("error", "residents", "residents.csv", 4)
    }
    assert {f["column"]: f["value"] for f in found} == {"place": "hotel-EE", "members": "one"}


def test_warnings_alone_are_no_failure(towns: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A soft rule that cannot hold is a warning: exit status 0."""
    mend(towns / "rules.csv", "isolation_minimum,W,fever,1,2", "isolation_minimum,W,fever,9,2")
    assert main(["check", str(towns)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("WARNINGS\n  rules.csv:3 amount: ")
    assert out.endswith("No error, 1 warning: the scenario can be solved.\n")


def test_many_errors_leave_every_kind_in_sight() -> None:
    """Of 1,224 errors 20 are shown, among them the only one of its kind; the others are counted."""
    many = [
        Finding(rule="range", severity="error", message=f"m{row}", mend="Mend it.", table="needs", line=row)
        for row in range(1223)
    ]
    one = Finding(rule="rare", severity="error", message="Rare.", mend="Mend it.", table="stocks", line=5)
    lines = list(finding_lines([*many, one]))
    assert len([line for line in lines if "Mend it." in line]) == 20
    assert "  stocks:5: Rare. Mend it." in lines
    assert "  and 1,204 more errors: 1,204 in needs (range)" in lines
    assert lines[-1] == "1,224 errors, no warnings: this is no scenario yet."


@pytest.mark.parametrize("command", ["check", "solve", "audit", "convert"])
def test_no_scenario_there(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A path without a scenario is one sentence and exit status 2."""
    target = {"check": [], "audit": [str(tmp_path)]}.get(command, ["-o", str(tmp_path / "out")])
    assert main([command, str(tmp_path / "none"), *target]) == 2
    captured = capsys.readouterr()
    assert captured.err == f"yjopt: {tmp_path / 'none'} does not exist; check the path.\n"
    assert not captured.out
    assert not (tmp_path / "out").exists()


def test_generate(twelve: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A good scenario, with a file that tells what the dials came to; the same words give the same bytes."""
    assert main(["check", str(twelve)]) == 0
    capsys.readouterr()
    again = tmp_path / "again"
    for _ in range(2):
        assert main(["generate", "-o", str(again), "--towns", "12", "--periods", "4", "--seed", "7"]) == 0
    assert capsys.readouterr().out.startswith("generated reference 12 towns 4 periods seed 7: ")
    assert contents(again) == contents(twelve)
    told = tomllib.loads((again / "generated.toml").read_text(encoding="utf-8"))
    assert told["generator"]["towns"] == 12
    assert told["generator"]["families"] == ["beds", "isolation", "supplies", "teams"]
    assert told["asked"]["scarcity"] == 1.0
    assert told["achieved"]["scarcity"]["beds"] > 0


def test_generate_accepts_or_says_why_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every seed of two towns is refused, each for what it breaks; nothing is written then."""
    words = ["--towns", "2", "--periods", "1", "--seed", "1", "--rule", "strict", "--accept"]
    out = tmp_path / "two"
    assert main(["generate", "-o", str(out), *words]) == 2
    assert "None of 10 seeds from 1 gives an acceptable scenario" in capsys.readouterr().err
    assert not out.exists()

    # Seed 2 taken for good: its record names seed 1 and what it broke.
    passed = accept.verdicts

    def lenient(seen: Any, worths: Any, dials: Any) -> list[accept.Verdict]:
        seeds.append(len(seeds) + 1)
        held = passed(seen, worths, dials)
        return [replace(verdict, ok=len(seeds) > 1 or verdict.name != "fractional") for verdict in held]

    seeds: list[int] = []
    monkeypatch.setattr(accept, "verdicts", lenient)
    assert main(["generate", "-o", str(out), *words]) == 0
    assert "Seed 1 is refused: fractional." in capsys.readouterr().err
    told = tomllib.loads((out / "generated.toml").read_text(encoding="utf-8"))
    assert told["acceptance"]["rejected"] == {"1": ["fractional"]}
    assert told["generator"]["seed"] == 2
    assert tomllib.loads((out / "scenario.toml").read_text(encoding="utf-8"))["rule"] == "strict"


def test_generate_in_one_file_and_plain(tmp_path: Path) -> None:
    """One JSON file holds the tables; --plain leaves out what couples families."""
    for name in ("plain.json", "plain.zip"):
        path = tmp_path / name
        words = ["--towns", "3", "--periods", "1", "--case", "scarce", "--plain"]
        assert main(["generate", "-o", str(path), *words]) == 0
        assert not len(yjopt.read(path).tables["fleets"])


def test_generate_on_a_real_map(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Towns and counties come from the two files, ids as written."""
    TWO_COUNTIES.to_csv(tmp_path / "areas.csv", index=False)
    FIVE_TOWNS.to_csv(tmp_path / "towns.csv", index=False)
    real = ["--areas", str(tmp_path / "areas.csv"), "--towns-from", str(tmp_path / "towns.csv")]
    out = tmp_path / "real"
    assert main(["generate", "-o", str(out), *real, "--within", "010101", "--periods", "2"]) == 0
    areas = yjopt.read(out).tables["areas"]["area"].tolist()
    assert "010101" in areas
    assert "010102" not in areas
    assert main(["generate", "-o", str(out), *real[:3], str(tmp_path / "none.csv")]) == 2
    assert "none.csv cannot be read" in capsys.readouterr().err
    (tmp_path / "towns.csv").write_bytes(b"code,name\n\xff\xfe,x\n")
    assert main(["generate", "-o", str(out), *real]) == 2
    assert "towns.csv is no CSV in UTF-8" in capsys.readouterr().err


def test_new_writes_tables_to_fill_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The templates name every table, and a second call refuses to write over what was filled in."""
    assert main(["new", str(tmp_path / "mine")]) == 0
    assert f"Then: yjopt check {tmp_path / 'mine'}\n" in capsys.readouterr().out
    assert (tmp_path / "mine" / "needs.csv").read_text(encoding="utf-8").splitlines()[1].startswith("## ")
    assert main(["check", str(tmp_path / "mine")]) == 2
    assert main(["new", str(tmp_path / "mine")]) == 2


def test_convert_there_and_back(towns: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Folder, JSON, zip and workbook hold the same scenario."""
    pytest.importorskip("openpyxl", reason="Excel workbooks need the extra 'excel'.")
    digest = yjopt.read(towns).digest
    before: Path = towns
    for name in ("one.json", "two.zip", "three.xlsx", "four"):
        assert main(["convert", str(before), "-o", str(tmp_path / name)]) == 0
        before = tmp_path / name
        assert yjopt.read(before).digest == digest
    capsys.readouterr()
    mend(towns / "residents.csv", "hotel-E,nursing,1", "hotel-EE,nursing,1")
    assert main(["convert", str(towns), "-o", str(tmp_path / "five.json")]) == 2
    assert "hotel-EE" in capsys.readouterr().err
    assert not (tmp_path / "five.json").exists()


def test_schema_prints_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert capsys.readouterr().out == reference_markdown()
