"""The page is made of result files and of nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.__main__ import main
from benchmarks.result_files import read_results, write_result
from benchmarks.tables import growth, table

if TYPE_CHECKING:
    from pathlib import Path


def _result(towns: int, seconds: float) -> dict[str, Any]:
    stage = {
        "name": "unmet_people",
        "unit": 1000,
        "value": 41_500,
        "bound": 40_000,
        "bound_proof": "solver",
        "scale": 100_000,
        "manual": 60_000,
        "gap": 0.036,
        "gap_scale": 0.015,
        "avoidable": 0.925,
    }
    events = [
        {"kind": "incumbent", "stage": "unmet_people", "value": 60_000, "bound": None, "seconds": 0.5},
        {"kind": "bound", "stage": "unmet_people", "value": 41_500, "bound": 40_000, "seconds": 2.0},
    ]
    own = {
        "seconds": {"generate": 0.1, "solve": seconds - 1, "total": seconds},
        "size": {"columns": 100 * towns},
        "stages": [stage],
        "events": events,
        "stage_seconds": {"unmet_people": 1.5},
        "seconds_to_gaps": {"unmet_people": {"0.1": 1.0, "0.02": 2.0}},
        "peak_tree_bytes": 2**30,
        "gap": 0.015,
        "avoidable": 0.925,
    }
    scip = {
        "result": "stopped_by_limit",
        "seconds": 77.0,
        "times_slower": 7.7,
        "stages_reached": 0,
        "version": "6.3.0",
        "is_relaxation": False,
        "peak_tree_bytes": 2**29,
        "curve": [{"seconds": 1.0, "stage": "unmet_people", "value": 99_000, "bound": 0}],
    }
    both = {"median": seconds, "worst": seconds}
    return {
        "benchmark": "scale",
        "case": f"reference-{towns}x1-seed11",
        "command": "python -m benchmarks scale",
        "date": "2026-11-22T03:00:00+00:00",
        "commit": "0123456789",
        "changed_files": 0,
        "machine": {"cores": 2, "processor": "a processor", "load": [0.5, 0.5, 0.5]},
        "facts": {"kind": "reference", "place": str(towns), "towns": towns, "periods": 1},
        "seeds": [11],
        "asked": {"engine": "auto", "time_limit": 60.0},
        "runs": [
            {
                "seed": 11,
                "yjopt": own,
                "peers": {"limit": 77.0, "scip": scip, "cbc": {"result": "not installed"}},
            }
        ],
        "summary": {
            "seconds": both,
            "gap_scale": {"median": 0.015, "worst": 0.015},
            "avoidable": {"median": 0.925, "worst": 0.925},
            "peers": {
                "scip": {
                    "results": ["stopped_by_limit"],
                    "seconds": {"median": 77.0, "worst": 77.0},
                    "times_slower": {"median": 7.7, "worst": 7.7},
                },
                "cbc": {"results": ["not installed"]},
            },
        },
    }


def test_the_page_says_what_the_files_say(tmp_path: Path) -> None:
    """Two sizes, one of an earlier series: figures, marks of stopped and absent peers, and plots."""
    write_result(tmp_path / "results", _result(85, 10.5))
    write_result(tmp_path / "results" / "before", _result(850, 123.4))
    page = tmp_path / "docs" / "benchmarks.md"
    assert main(["report", "--results", str(tmp_path / "results"), "--page", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert "| reference | 85 | 1 |  | 11 | auto | 60 | 8,500 | 10.5 | 1.500 | 92.5 | 1.00 |" in text
    assert "| reference | 850 | 1 | before | 11 | auto | 60 | 85,000 | 123.4 |" in text
    assert "| scip | 6.3.0 | stopped_by_limit | 77 | at least 77.0 | at least 7.7 | 0 of 1 |" in text
    assert "| cbc |  | not installed |" in text
    assert "| unmet_people | 41.500 | 40.000 | 3.600 | 1.500 | 92.500 | 60.000 | solver | 1.50 |" in text
    drawn = {path.name for path in (tmp_path / "docs" / "benchmarks").iterdir()}
    assert drawn == {
        "time-against-size.svg",
        "bounds-reference-85x1-seed11.svg",
        "bounds-before-reference-850x1-seed11.svg",
    }
    assert all(f"(benchmarks/{name})" in text for name in drawn)


def test_growth_is_a_power_of_the_towns() -> None:
    """Ten times the towns, a hundred times the seconds: the power is 2; one size alone grows in no way."""
    small, large = (_result(towns, seconds) | {"series": ""} for towns, seconds in [(85, 1.0), (850, 100.0)])
    assert "| reference | 1 | 85 | 850 | 2.00 |" in growth([large, small])
    assert growth([small]) == ""


def test_what_its_limit_ended_is_no_growth() -> None:
    """Two runs of a minute each do not grow; that is said, and no power."""
    small, large = (_result(towns, 60.0) | {"series": ""} for towns in (85, 850))
    for result in (small, large):
        result["runs"][0]["yjopt"]["stopped_by"] = "time"
    assert growth([small, large]) == ""


def test_the_same_files_make_the_same_page(tmp_path: Path) -> None:
    """Byte for byte, plots too: a page in the repository changes only with its figures."""
    write_result(tmp_path / "results", _result(85, 10.5))
    for number in (1, 2):
        page = tmp_path / str(number) / "benchmarks.md"
        main(["report", "--results", str(tmp_path / "results"), "--page", str(page)])
    first, second = (
        {p.relative_to(tmp_path / n).as_posix(): p.read_bytes() for p in (tmp_path / n).rglob("*.*")}
        for n in "12"
    )
    assert first == second and len(first) == 3


def test_a_page_without_results_is_a_page(tmp_path: Path) -> None:
    """No results yet: words and an empty list of sources."""
    page = tmp_path / "benchmarks.md"
    (tmp_path / "results").mkdir()
    assert main(["report", "--results", str(tmp_path / "results"), "--page", str(page)]) == 0
    assert page.read_text(encoding="utf-8").startswith("# Benchmarks")


def test_a_result_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """What cannot be written leaves the earlier result as it was, and nothing beside it."""
    first = {"benchmark": "scale", "case": "a", "gap": float("inf"), "seconds": 1}
    path = write_result(tmp_path, first)
    assert json.loads(path.read_text(encoding="utf-8"))["gap"] is None
    with pytest.raises(TypeError):
        write_result(tmp_path, first | {"seconds": object()})
    assert [entry.name for entry in tmp_path.iterdir()] == ["scale-a.json"]
    (read,) = read_results(tmp_path)
    assert (read["seconds"], read["file"], read["series"]) == (1, "scale-a.json", "")


def test_blank_columns_are_left_out() -> None:
    """The second column is blank in all rows."""
    assert table(("a", "b", "c"), [("1", "", "2"), ("", "", "3")]) == (
        "| a | c |\n| --- | --- |\n| 1 | 2 |\n|  | 3 |"
    )
