"""The benchmark of planning again: what changes, and what is told."""

from __future__ import annotations

import argparse

import pytest

import yjopt as yj
from benchmarks.registry import benchmarks
from benchmarks.replan import changed_needs, show


def test_a_share_of_the_needs_changes() -> None:
    """One row in a hundred, the same by the same seed, none to nothing and none beyond half as much again."""
    tables, settings, _ = yj.generate(towns=85, periods=1, seed=11)
    scenario = yj.Scenario.from_tables(tables, settings)
    rows = changed_needs(scenario, 0.01, 3)
    assert len(rows) == round(0.01 * len(scenario.needs))
    assert rows.equals(changed_needs(scenario, 0.01, 3))
    before = scenario.needs.loc[rows.index, "quantity"]
    assert (rows["quantity"] >= (0.5 * before - 1).clip(lower=1)).all()
    assert (rows["quantity"] <= 1.5 * before + 1).all()
    assert (rows["quantity"] != before).any()


def test_a_tiny_run_is_told() -> None:
    """The plan that goes on changes no more orders than one made anew."""
    benchmark = benchmarks()["replan"]
    parser = argparse.ArgumentParser()
    benchmark.add_options(parser)
    words = [
        "--towns",
        "12",
        "--engine",
        "highs",
        "--time-limit",
        "4",
        "--again-limit",
        "2",
        "--share",
        "0.05",
    ]
    result = benchmark.run(parser.parse_args(words))
    again = result["again"]
    assert list(again) == ["without price", "with price", "as good", "from nothing"]
    assert all(facts["audit"] for facts in again.values())
    assert again["without price"]["changed_share"] <= again["from nothing"]["changed_share"]
    assert again["without price"]["started"] in ("as it was", "mended")
    text = show(result)
    assert "of the orders changed" in text
    assert f"{result['changed_needs']} needs changed" in text


def test_a_share_of_nothing_is_refused() -> None:
    """What changes is a share of the needs."""
    benchmark = benchmarks()["replan"]
    parser = argparse.ArgumentParser()
    benchmark.add_options(parser)
    with pytest.raises(SystemExit, match="--share"):
        benchmark.run(parser.parse_args(["--towns", "12", "--share", "0"]))
