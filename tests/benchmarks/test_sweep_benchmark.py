"""The benchmark of sweeps: which variants it draws, and what it tells of them."""

from __future__ import annotations

import pandas as pd
import pytest

import yjopt as yj
from benchmarks.registry import benchmarks
from benchmarks.sweep import city_variants, show, worse_than_manual


def test_half_of_the_variants_change_roads_or_depots() -> None:
    """As many as asked for, each with a name of its own, the same for the same seed."""
    tables, settings, _ = yj.generate(towns=85, periods=1, seed=11)
    scenario = yj.Scenario.from_tables(tables, settings)
    made = city_variants(scenario, 136, 11)
    assert len({variant.name for variant in made}) == 136
    assert sum(variant.kind in ("close road", "lose depot") for variant in made) == 68
    assert [variant.name for variant in made] == [v.name for v in city_variants(scenario, 136, 11)]
    assert [variant.name for variant in made] != [v.name for v in city_variants(scenario, 136, 12)]


def test_a_tiny_run_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a solver: every variant has a plan, and none is worse than by hand."""
    import argparse

    benchmark = benchmarks()["sweep"]
    parser = argparse.ArgumentParser()
    benchmark.add_options(parser)
    words = ["--towns", "12", "--variants", "6", "--workers", "1,0", "--engine", "manual"]
    result = benchmark.run(parser.parse_args(words))
    assert sum(result["variants"].values()) == 6
    assert list(result["sweeps"]) == ["1", "0"]
    for facts in result["sweeps"].values():
        assert facts["statuses"] == {"feasible": 6}
        assert facts["worse_than_manual"] == 0
        head, *rows = facts["stages"]
        assert head == "variant,stage,value,bound,gap,manual"
        assert len({row.split(",")[0] for row in rows}) == 6
        assert len(rows) % 6 == 0
    one, other = result["sweeps"].values()
    assert result["times_faster"] == pytest.approx(one["seconds"] / other["seconds"], abs=0.001)
    text = show(result)
    assert "6 feasible" in text
    assert "manual 0." in text


def test_worse_than_by_hand_is_counted_by_the_first_stage_that_differs() -> None:
    """Better in the first counts, whatever comes after; equal throughout is not worse."""
    rows = [
        ("better", "people", 1.0, 2.0), ("better", "goods", 9.0, 2.0),
        ("worse", "people", 2.0, 2.0), ("worse", "goods", 3.0, 2.0),
        ("equal", "people", 2.0, 2.0),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["variant", "stage", "value", "manual"])
    assert worse_than_manual(frame) == 1
