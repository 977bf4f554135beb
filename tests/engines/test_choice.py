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
    told = explained([mip], set(), params)
    assert (
        told == f"HiGHS whole for 1 part(s) of fewer than 4,000 columns, the largest of {mip.num_columns:,}."
    )
    assert solve(mip, params).method.startswith("HiGHS whole")


def test_large_parts_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """One part of two is large."""
    small, large = sorted([random_mip(0), random_mip(1)], key=lambda mip: mip.num_columns)
    sizes = [small.num_columns, large.num_columns]
    assert sizes[0] < sizes[1]
    monkeypatch.setitem(choice.LARGE, "auto", sizes[1])
    params = Params(gap=0.0, time_limit=10.0)
    told = explained([small, large], set(), params)
    assert told.startswith("Relaxation and regions for 1 part(s)")
    assert told.endswith(f"columns, the largest of {sizes[0]:,}.")
    told = explained([small, large], {0}, params)
    assert told.startswith(
        f"Network simplex for 1 pure network(s), the largest of {small.num_columns:,}; relax"
    )
    assert "HiGHS" not in told


def test_who_names_an_engine_is_told_nothing() -> None:
    """Nothing was chosen."""
    params = dataclasses.replace(Params(gap=0.0, time_limit=10.0), engine="highs")
    assert explained([random_mip(0)], set(), params) == ""
    assert solve(random_mip(0), params).method == ""
