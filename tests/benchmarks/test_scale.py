"""A whole solve is measured phase by phase, and peers on the very matrix are judged by what they really have."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import pytest

from benchmarks.__main__ import main
from benchmarks.cases import Case
from benchmarks.environment import ABSENT, BENCH_PYTHON
from benchmarks.peers import running
from benchmarks.scale import PHASES, summary

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """Eight towns, one family alone, yjopt and HiGHS."""
    folder = tmp_path_factory.mktemp("results")
    words = ["scale", "--towns", "8", "--seed", "3", "--family", "beds", "--time-limit", "3"]
    assert main([*words, "--peers", "highs", "-o", str(folder)]) == 0
    (path,) = folder.iterdir()
    assert path.name == "scale-reference-beds-8x1-seed3.json"
    return json.loads(path.read_text(encoding="utf-8"))


def test_a_result_says_all(result: dict) -> None:
    """Command, machine, generator, every phase's seconds, every stage's figures, memory."""
    assert set(result) >= {"command", "commit", "versions", "machine", "date", "summary", "asked"}
    (own_run,) = result["runs"]
    own = own_run["yjopt"]
    assert {"gap": 0.0, "gap_scale": 0.0005, "later_gap_scale": 0.01}.items() <= own["asked"].items()
    assert own_run["generator"]["version"] >= 1
    assert result["memory"]["peak_tree_bytes"] > own_run["yjopt"]["peak_process_bytes"]
    assert set(own["seconds"]) == {*PHASES, "total"}
    assert own["audit_ok"] is True
    assert own["peak_tree_bytes"] >= own["peak_process_bytes"] > 10**7
    for stage in own["stages"]:
        assert set(stage) >= {"value", "bound", "gap", "gap_scale", "avoidable", "scale", "manual"}
        assert stage["bound"] <= stage["value"]


def test_a_peer_gets_to_the_same_values(result: dict) -> None:
    """On so small a case both prove everything: the same values, within the gap, and neither contradicts the other."""
    (own_run,) = result["runs"]
    own, peer = own_run["yjopt"], own_run["peers"]["highs"]
    assert own["status"] == "optimal"
    assert peer["result"] == "reached"
    assert peer["stages_reached"] == len(own["stages"])
    assert peer["seconds"] <= own_run["peers"]["limit"]
    assert peer["contradictions"] == [] and peer["wrong_vectors"] == 0
    people = next(stage for stage in peer["stages"] if stage["name"] == "unmet_people")
    ours = next(stage for stage in own["stages"] if stage["name"] == "unmet_people")
    assert abs(people["value"] - ours["value"]) <= 0.0005 * ours["scale"]


def test_an_absent_peer_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without the environment of the peers a row says so, and nothing is started."""
    monkeypatch.setattr(running, "BENCH_PYTHON", tmp_path / "nowhere")
    told = running.run_peer("scip", tmp_path / "problem.npz", [], tmp_path / "scip", limit=1.0, threads=1)
    assert told["result"] == ABSENT


def test_an_unknown_peer_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """A misspelt peer ends before anything is measured."""
    with pytest.raises(SystemExit, match="no peer hihgs"):
        main(["scale", "--towns", "8", "--peers", "hihgs"])


def test_half_a_country_is_refused() -> None:
    """The tree of a country without its towns is no case."""
    with pytest.raises(SystemExit, match="or neither"):
        main(["scale", "--areas", "areas.csv"])


def test_median_and_worst_of_the_seeds() -> None:
    """Three seeds of 1, 2 and 9 seconds: the median is 2, the worst 9; the least avoidable is the worst."""
    runs = [
        {
            "yjopt": {"seconds": {"total": seconds}, "gap": gap, "avoidable": avoidable},
            "peers": {"scip": {"result": ABSENT}},
        }
        for seconds, gap, avoidable in [(2.0, 0.1, 1.0), (9.0, None, 0.5), (1.0, 0.0, 0.9)]
    ]
    told = summary(runs)
    assert told["seconds"] == {"median": 2.0, "worst": 9.0}
    assert told["avoidable"] == {"median": 0.9, "worst": 0.5}
    assert told["gap_scale"] == {"median": 0.1, "worst": math.inf}
    assert told["peers"] == {"scip": {"results": [ABSENT]}}


def test_a_case_takes_rule_and_family(tmp_path: Path) -> None:
    """The settings say the rule; a family alone has no other's tables."""
    Case(towns=8, rule="strict", family="teams").write(tmp_path / "scenario")
    settings = (tmp_path / "scenario" / "scenario.toml").read_text(encoding="utf-8")
    assert 'rule = "strict"' in settings
    names = {path.stem for path in (tmp_path / "scenario").iterdir()}
    assert "tasks" in names and "beds" not in names and "stocks" not in names


@pytest.mark.long
@pytest.mark.skipif(not BENCH_PYTHON.exists(), reason="make bench-env has not been run")
@pytest.mark.parametrize("peer", ["scip", "cp-sat", "cbc"])
def test_every_peer_agrees(peer: str, tmp_path: Path) -> None:
    """A small case that all can prove: whoever ends by proof has yjopt's values within the gap."""
    words = [
        "scale",
        "--towns",
        "8",
        "--seed",
        "4",
        "--family",
        "beds",
        "--time-limit",
        "30",
        "--peers",
        peer,
    ]
    assert main([*words, "-o", str(tmp_path)]) == 0
    (path,) = tmp_path.iterdir()
    (only,) = json.loads(path.read_text(encoding="utf-8"))["runs"]
    assert only["peers"][peer]["result"] == "reached"
    assert only["peers"][peer]["contradictions"] == []
