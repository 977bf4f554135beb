"""The survey of accepted seeds: what is measured, what is kept, what the page says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from yjopt.generation import GENERATOR_VERSION
from yjopt.generation.__main__ import main
from yjopt.generation.accept import Verdict
from yjopt.generation.survey import COLUMNS, Asked, measured, page, survey
from yjopt.generation.valuing import COUPLINGS, GOODS, PEOPLE

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def verdicts_of(asked: Asked) -> list[Verdict]:
    """Odd seeds are accepted, even ones are refused for two reasons."""
    found = {"columns": 1234.0, "strict": 0.25, "fractional": 0.0625 if asked.seed % 2 else 0.01}
    for stage in (PEOPLE, GOODS):
        found |= {f"forced:{stage}": 0.125, f"nothing:{stage}": 6.0 if asked.seed % 2 else 4.0}
    found |= {f"worth:{name}": 0.5 for name in COUPLINGS}
    wrong = () if asked.seed % 2 else (f"nothing:{GOODS}", "fractional")
    return [
        Verdict(name=name, found=figure, wanted=0.0, ok=name not in wrong) for name, figure in found.items()
    ]


def test_rows_that_are_there_are_not_measured_again() -> None:
    seen: list[Asked] = []
    kept: list[int] = []

    def measure(asked: Asked) -> list[Verdict]:
        seen.append(asked)
        return verdicts_of(asked)

    first = survey([Asked(30, 1, "loose", 2)], measure=measure)
    both = survey(
        [Asked(30, 1, "loose", 2), Asked(30, 1, "reference", 3)],
        first,
        measure=measure,
        keep=lambda frame: kept.append(len(frame)),
    )
    assert seen == [Asked(30, 1, "loose", 2), Asked(30, 1, "reference", 3)]
    assert kept == [2]
    assert list(both["case"]) == ["reference", "loose"]
    assert list(both["accepted"]) == [True, False]
    assert list(both["refused_for"]) == ["", f"fractional nothing:{GOODS}"]
    assert set(COLUMNS) <= set(both.columns)
    older = both.assign(version=GENERATOR_VERSION - 1)
    assert len(survey([], older, measure=measure)) == 0


def test_the_page_has_a_line_for_each_row_and_counts_them() -> None:
    rows = survey(
        [Asked(30, periods, "scarce", seed) for periods in (1, 7) for seed in (1, 2, 3)], measure=verdicts_of
    )
    text = page(rows, "the command")
    assert "Written by `the command`" in text
    assert text.count("| scarce |") == 6
    assert text.count("scarce: 2 of 3 accepted.") == 2
    worths = "50.0 % | " * 4
    line = f"| scarce | 1 | yes |  | 1,234 | 12.5 % / 12.5 % | 6.0 / 6.0 | {worths}25.0 % | 6.2 % |"
    assert line in text
    assert text.index("## 30 towns, static") < text.index("## 30 towns, 7 periods")


def test_one_scenario_is_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Rows read back give the same page as rows just measured, and every condition has its figure."""
    names = {verdict.name for verdict in measured(Asked(20, 1, "reference", 1))}
    assert {f"worth:{name}" for name in COUPLINGS} | {"columns", "strict", "fractional"} <= names
    rows, text = tmp_path / "rows.csv", tmp_path / "page.md"
    words = [str(rows), "-o", str(text), "--towns", "20", "--cases", "reference"]
    assert main([*words, "--seeds", "1"]) == 0
    first = text.read_text(encoding="utf-8")
    assert names <= set(pd.read_csv(rows).columns)
    assert main(words) == 0
    assert text.read_text(encoding="utf-8") == first
    assert capsys.readouterr().out == ""
