"""Gap arithmetic of definition 17, settings, and the trace."""

from __future__ import annotations

import dataclasses
import math

import pytest

from yjopt.engines.events import Event, Trace
from yjopt.engines.outcome import StageOutcome, avoidable, gap, gap_scale
from yjopt.engines.params import Params
from yjopt.errors import EngineError


@pytest.mark.parametrize(
    ("value", "bound", "expected"),
    [(200, 199, 0.005), (200, 200, 0.0), (0, 0, 0.0), (5, 6, 0.0), (1, 0, 1.0), (-10, -12, 0.2)],
)
def test_gap(value: int, bound: int, expected: float) -> None:
    """(value - bound) / value, and 0 where less than one quantum lies between."""
    assert gap(value, bound) == expected


def test_gap_of_nothing_is_infinite() -> None:
    """Value 0 above its bound, and a value without a bound, have no finite gap."""
    assert gap(0, -1) == math.inf
    assert gap(7, None) == math.inf
    assert gap_scale(7, None, 100) == math.inf
    assert gap_scale(7, 1, 0) == math.inf


def test_gap_scale_and_avoidable() -> None:
    """Doing nothing costs 1000, manual 400, the plan 150, the bound is 100."""
    assert gap_scale(150, 100, 1000) == 0.05
    assert gap_scale(150, 150, 0) == 0.0
    assert avoidable(400, 150, 100) == pytest.approx(250 / 300)
    assert avoidable(100, 100, 100) == 1.0
    stage = StageOutcome("unmet_people", 150, 100, "solver", 0.1)
    assert stage.gap == pytest.approx(1 / 3)
    assert stage.gap_scale(1000) == 0.05


@pytest.mark.parametrize(
    "wrong",
    [
        {"gap": -0.1},
        {"gap": 1.0},
        {"gap": math.nan},
        {"time_limit": 0},
        {"time_limit": math.inf},
        {"time_limit": math.nan},
        {"threads": 0},
        {"seed": -1},
        {"tolerance": {"money": -1}},
        {"tolerance": {"money": 0.5}},
        {"weights": {"money": True}},
    ],
)
def test_params_are_checked(wrong: dict[str, object]) -> None:
    """Each setting out of range is refused."""
    with pytest.raises(EngineError):
        Params(**wrong)  # type: ignore[arg-type]


def test_params_are_frozen_and_keyword_only() -> None:
    """Settings do not change under a running solve."""
    params = Params()
    with pytest.raises(dataclasses.FrozenInstanceError):
        params.gap = 0.5  # type: ignore[misc]
    with pytest.raises(TypeError):
        Params(0.5)  # type: ignore[misc]


def test_trace_keeps_and_hands_on() -> None:
    """Every event is kept in order and seen by the listener."""
    seen: list[Event] = []
    trace = Trace(seen.append)
    trace.add("incumbent", "money", 5, 1)
    trace.add("bound", "money", 5, 4)
    assert [(e.kind, e.value, e.bound) for e in trace.events] == [("incumbent", 5, 1), ("bound", 5, 4)]
    assert list(trace.events) == seen
    assert seen[0].seconds <= seen[1].seconds
