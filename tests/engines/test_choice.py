"""What `auto` chooses by size, and what it says of that."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from tiny_mips import random_mip

from yjopt.engines import choice
from yjopt.engines.choice import explained, is_large
from yjopt.engines.lexicographic import solve
from yjopt.engines.params import Params

if TYPE_CHECKING:
    import pytest


def test_small_parts_go_to_the_solver_whole() -> None:
    """No part is large: the sentence names the largest, and the size at which that changes."""
    mip = random_mip(0)
    params = Params(gap=0.0, time_limit=10.0)
    assert not is_large(mip, params)
    told = explained([mip], params)
    assert told.startswith("HiGHS whole")
    assert f" {mip.num_columns} columns" in told
    assert "4,000" in told
    assert solve(mip, params).method.startswith("HiGHS whole")


def test_large_parts_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """One part of two is large."""
    small, large = random_mip(0), random_mip(1)
    sizes = sorted([small.num_columns, large.num_columns])
    assert sizes[0] < sizes[1]
    monkeypatch.setitem(choice.LARGE, "auto", sizes[1])
    told = explained([small, large], Params(gap=0.0, time_limit=10.0))
    assert told.startswith("Relaxation and regions for 1 part(s)")
    assert told.endswith("HiGHS whole for the other 1.")


def test_who_names_an_engine_is_told_nothing() -> None:
    """Nothing was chosen."""
    params = dataclasses.replace(Params(gap=0.0, time_limit=10.0), engine="highs")
    assert explained([random_mip(0)], params) == ""
    assert solve(random_mip(0), params).method == ""
