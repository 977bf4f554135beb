"""`yjopt sweep`: which variants are planned, what is printed and written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from command_line_words import strict_json

from yjopt import Plan, read, sweeping, variants
from yjopt.command_line.running import main

if TYPE_CHECKING:
    from pathlib import Path


def test_a_sweep_is_printed_and_written(
    towns: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every depot, named towns, a drawn road: as JSON a row for each, plans and table in the folder."""
    scenario = read(towns)
    doubled = variants.double_towns(scenario)[0].name.removeprefix("double town ")
    words = ["sweep", str(towns), "--lose-depots", "--double-towns", doubled, "--blind-towns", "1"]
    words += ["--workers", "1", "--engine", "manual", "-o", str(tmp_path / "out"), "--json"]
    assert main(words) == 0
    report = strict_json(capsys.readouterr().out)
    names = [row["variant"] for row in report["variants"]]
    depots = [variant.name for variant in variants.lose_depots(scenario)]
    assert names == ["as is", *depots, f"double town {doubled}", "blind towns 1"]
    assert report["interrupted"] is False
    table = pd.read_csv(tmp_path / "out" / "sweep.csv")
    assert list(table["variant"]) == names
    assert Plan.read(tmp_path / "out" / "001-as-is", scenario).audit().ok


def test_text_names_variants_and_their_folder(
    towns: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """For people: how many have a plan, the worst first; quiet says nothing."""
    words = ["sweep", str(towns), "--close-roads", "--count", "1", "--engine", "manual", "--workers", "1"]
    assert main([*words, "-o", str(tmp_path / "out")]) == 0
    captured = capsys.readouterr()
    assert "2 of 2 variants have a plan" in captured.out
    assert "close road" in captured.out
    assert f"Plans and table are in {tmp_path / 'out'}." in captured.out
    assert not captured.err
    assert main([*words, "--quiet"]) == 0
    assert not capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ([], "say what is to be different: --lose-depots"),
        (["--lose-depots", "moon"], "'moon'"),
        (["--close-roads", "--count", "100000"], "cannot be drawn"),
        (["--close-roads", "--workers", "0"], "give a whole number from 1"),
        (["--delay-sources", "--hours", "0"], "give a number of hours above 0"),
    ],
)
def test_what_cannot_be_varied_is_told(
    more: list[str], said: str, towns: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit status 2 and a sentence; nothing is planned."""
    assert main(["sweep", str(towns), *more]) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert not captured.out


def test_a_variant_without_a_plan_is_exit_status_1(
    towns: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The row says why; the others are there all the same."""
    broken = variants.Variant("broken", [variants.put("areas", {}, {"parent": "moon"})])
    monkeypatch.setattr("yjopt.generation.variants.lose_depots", lambda *_, **__: [broken])
    assert main(["sweep", str(towns), "--lose-depots", "--engine", "manual", "--workers", "1"]) == 1
    out = capsys.readouterr().out
    assert "1 of 2 variants have a plan" in out
    assert "moon" in out


def test_an_interrupt_prints_what_is_done(
    towns: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rows of variants that were not reached say so."""

    def stop(*words: object, **named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sweeping.running, "Pool", stop)
    assert main(["sweep", str(towns), "--lose-depots", "--engine", "manual"]) == 1
    out = capsys.readouterr().out
    assert "Interrupted: what was done by then is kept." in out
    assert "not run" in out
