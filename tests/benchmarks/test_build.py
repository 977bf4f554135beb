"""The build benchmark measures both contenders and keeps what one needs to measure again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from benchmarks.__main__ import main
from benchmarks.build import PHASES
from benchmarks.cases import CASES, SIZES, VARIANTS, Case
from benchmarks.environment import BENCH_PYTHON
from benchmarks.registry import benchmarks
from benchmarks.stopwatch import Stopwatch
from benchmarks.writers.packages import WRITERS

if TYPE_CHECKING:
    from pathlib import Path


def test_a_result_file_says_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Twelve towns: every phase but solving, sizes of both, command, commit and machine; arrays are faster."""
    words = ["build", "--towns", "12", "--seed", "3", "--repeats", "2", "-o", str(tmp_path)]
    assert main(words) == 0
    result = json.loads((tmp_path / "build-reference-12x1-seed3.json").read_text(encoding="utf-8"))
    assert result["command"].startswith("python -m benchmarks build --towns 12")
    assert set(result) >= {"commit", "versions", "machine", "date", "rows", "building"}
    ours, theirs = result["contenders"]["yjopt"], result["contenders"]["pulp"]
    assert set(ours["phases"]) == set(PHASES) - {"solve"}
    assert set(theirs["phases"]) == set(PHASES) - {"solve", "read"}
    assert all(len(phase["runs"]) == 2 for phase in ours["phases"].values())
    assert min(ours["size"]["columns"], theirs["size"]["columns"]) > 100
    assert "times faster" in capsys.readouterr().out


@pytest.mark.long
@pytest.mark.skipif(not BENCH_PYTHON.exists(), reason="make bench-env has not been run")
def test_every_package_holds_the_whole_matrix(tmp_path: Path) -> None:
    """Eight towns: each package has as many entries as the matrix; a process fails otherwise."""
    words = ["build", "--towns", "8", "--seed", "3", "--repeats", "1", "--packages", "all"]
    assert main([*words, "-o", str(tmp_path)]) == 0
    result = json.loads((tmp_path / "build-reference-8x1-seed3.json").read_text(encoding="utf-8"))
    assert set(result["packages"]) == set(WRITERS)
    assert len({package["size"]["nonzeros"] for package in result["packages"].values()}) == 1
    assert all(package["phases"]["assemble"]["wall_seconds"] > 0 for package in result["packages"].values())


def test_an_unknown_package_is_refused() -> None:
    """A misspelt package ends before anything is measured."""
    with pytest.raises(SystemExit, match="no package linopi"):
        main(["build", "--towns", "8", "--packages", "linopi"])


def test_the_list_names_everything(capsys: pytest.CaptureFixture[str]) -> None:
    """`list` shows each benchmark, and what names of cases are made of."""
    assert main(["list"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in [*benchmarks(), *SIZES, *VARIANTS])


def test_an_unknown_benchmark_is_refused() -> None:
    """A misspelt name ends with the usage."""
    with pytest.raises(SystemExit, match="2"):
        main(["biuld"])


def test_names_of_cases_differ() -> None:
    """A result is never written over that of another case."""
    cases = [
        *CASES.values(),
        Case(towns=20, seed=12),
        Case(towns=20, plain=True, case="scarce"),
        Case(towns=20, areas="areas.csv", towns_from="towns.csv"),
        Case(towns=20, areas="areas.csv", towns_from="towns.csv", within="44"),
    ]
    assert len({case.name for case in cases}) == len(cases)


def test_the_least_run_counts() -> None:
    """Two phases of two runs: the least of each, summed."""
    watch = Stopwatch()
    for name, wall, processor in [("a", 3.0, 1.0), ("a", 2.0, 1.5), ("b", 0.5, 0.25), ("b", 0.75, 0.5)]:
        watch.add(name, wall, processor)
    assert watch.least("a", "b") == (2.5, 1.25)
    with watch.phase("c"):
        pass
    assert set(watch.result()) == {"a", "b", "c"}
