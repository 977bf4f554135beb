"""Tiny scenarios bent out of shape: tables emptied, figures at 0 or a million times larger, settings at their ends.

What the checks let pass gets a plan that passes its audit; many are held against the reference as well.
"""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest
from tiny import FAMILIES
from tiny_world import Frames, Nested, PlainScenario

import yjopt as yj
from benchmarks.reference_model import build, solve_stages
from yjopt.schema import INPUT, TRAVEL_KINDS

SETTINGS: tuple[dict[str, Any], ...] = (
    {"period_hours": 0.25},
    {"period_hours": 8784.0},
    {"ignore_delays": True},
    {"rule": "flat"},
    {"nearest": dict.fromkeys(TRAVEL_KINDS, 1)},
    {"limits": dict.fromkeys(TRAVEL_KINDS, 0.0)},
    {"limits": dict.fromkeys(TRAVEL_KINDS, 15.0)},
)
#: Beyond this, solvers prove no stage to the last quantum.
MODERATE = 100


def bent(seed: int, times: tuple[int, ...]) -> tuple[Frames, Nested]:
    """A tiny scenario of any family after one to four changes; amounts grow by one of `times`."""
    random = Random(f"bent {seed}")
    frames, settings = FAMILIES[random.choice(list(FAMILIES))](random.randrange(1000))
    frames, settings = dict(frames), dict(settings)
    for _ in range(random.randint(1, 4)):
        name = random.choice(
            [name for name, frame in frames.items() if len(frame) and name not in ("areas", "places")]
        )
        frame = frames[name].copy()
        change = random.choice(
            ["empty", "without one", "setting", "nothing of it", "much of it", "nowhere allowed"]
        )
        amounts = [
            column.name
            for column in INPUT[name].columns
            if column.is_number and column.unit != "period" and not column.key and column.name in frame
        ]
        if change == "empty":
            frames[name] = frame.iloc[:0]
        elif change == "without one":
            frames[name] = frame.drop(index=frame.index[random.randrange(len(frame))]).reset_index(drop=True)
        elif change == "setting":
            settings |= random.choice(SETTINGS)
        elif change == "nowhere allowed" and "allowed" in frame:
            frames[name] = frame.assign(allowed=False)
        elif amounts:
            column = random.choice(amounts)
            by = random.choice(times) if change == "much of it" else 0
            most = np.minimum(frame[column].astype("Float64") * by, INPUT[name][column].maximum)
            frames[name] = frame.assign(**{column: most.astype(frame[column].dtype)})
    return frames, settings


def accepted(frames: Frames, settings: Nested) -> yj.Scenario | None:
    """The scenario, if the checks let it pass."""
    try:
        return yj.Scenario.from_tables(frames, settings)
    except yj.ScenarioError:
        return None


@pytest.mark.parametrize(
    "seeds",
    [range(30), *(pytest.param(range(k, k + 250), marks=pytest.mark.long) for k in (100, 350, 600, 850))],
)
def test_the_manual_plan_passes_its_audit(seeds: range) -> None:
    """Whatever the checks let pass; a sentence where figures are too large to be exact."""
    planned = 0
    for seed in seeds:
        scenario = accepted(*bent(seed, (10, 10**6, 10**9)))
        if scenario is None:
            continue
        try:
            plan = yj.solve(scenario, engine="manual")
        except yj.ModelError as error:
            assert "2**53" in str(error), seed
            continue
        assert plan.status == "no_plan" or plan.audit().ok, seed
        planned += 1
    assert planned > len(seeds) // 3


@pytest.mark.parametrize(
    "seeds",
    [range(2000, 2010), *(pytest.param(range(k, k + 100), marks=pytest.mark.long) for k in (3000, 4000))],
)
def test_the_plan_is_as_good_as_the_reference(seeds: range) -> None:
    """Every stage, to the last quantum."""
    for seed in seeds:
        frames, settings = bent(seed, (10, MODERATE))
        scenario = accepted(frames, settings)
        if scenario is None:
            continue
        plan = yj.solve(scenario, gap=0, time_limit=60)
        reference = solve_stages(build(PlainScenario.of(frames, settings)))
        assert plan.status == reference.status, seed
        if plan.status == "optimal":
            values = dict.fromkeys((*reference.values, *plan.stage_values), 0)
            assert values | plan.stage_values == values | reference.values, seed
