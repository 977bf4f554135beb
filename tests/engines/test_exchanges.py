"""Exchanges of choices: plans stay plans and cost less, chains and crowds are found, what is shut stays."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_mips import assignment, dense_cost

from yjopt.engines.choices import Choices
from yjopt.engines.exchanges import Exchanges
from yjopt.engines.highs import HighsEngine
from yjopt.engines.regions import Improvement
from yjopt.model.builder import Builder

if TYPE_CHECKING:
    from yjopt.model.mip import BoolArray, IntArray, Mip


def exchanged(mip: Mip, x: IntArray, *, seed: int = 0, shut: BoolArray | None = None) -> IntArray:
    """What exchanges make of a plan."""
    random = np.random.default_rng(seed)
    return Exchanges(mip).better(x, dense_cost(mip), random, shut=shut, deadline=time.monotonic() + 10)


def halls(rooms: list[int], sizes: list[int], prices: list[int], may: list[list[int]]) -> Mip:
    """Groups that may go to some halls each; columns: those left out, then one for each group and hall."""
    builder = Builder()
    lost = builder.columns("lost", 0, 1, size=len(sizes))
    builder.cost("people", lost, np.array(prices))
    choice = builder.rows("choice", 1, 1, size=len(sizes))
    builder.entries(choice, lost, 1)
    room = builder.rows("rooms", -np.inf, np.array(rooms))
    for group, own in enumerate(may):
        settle = builder.columns(f"settle{group}", 0, 1, size=len(own))
        builder.entries(np.repeat(choice[group], len(own)), settle, 1)
        builder.entries(room[own], settle, sizes[group])
    return builder.build([("people", 1)])


def block(mip: Mip, name: str) -> slice:
    """The columns of a block."""
    (found,) = [b for b in mip.column_blocks if b.name == name]
    return slice(found.start, found.stop)


def test_a_chain_of_three() -> None:
    """Group 2 may go to hall 0 only, where 0 is; 0 could go to hall 1, where 1 is; 1 could go to hall 2: it is free."""
    mip = halls([5, 5, 5], [5, 5, 5], [9, 9, 9], [[0, 1], [1, 2], [0]])
    x = np.zeros(mip.num_columns, dtype=np.int64)
    x[[block(mip, "settle0").start, block(mip, "settle1").start, 2]] = 1
    assert mip.is_feasible(x)
    assert mip.stage_values(x) == (9,)
    y = exchanged(mip, x)
    assert mip.is_feasible(y)
    assert mip.stage_values(y) == (0,)


def test_several_make_room_for_one() -> None:
    """A group of 6 that counts 60 takes a hall of 6 from three of 2, which count 10 each and have nowhere to go."""
    mip = halls([6], [2, 2, 2, 6], [10, 10, 10, 60], [[0]] * 4)
    x = np.zeros(mip.num_columns, dtype=np.int64)
    x[[block(mip, f"settle{k}").start for k in range(3)]] = 1
    x[3] = 1
    assert mip.stage_values(x) == (60,)
    assert mip.stage_values(exchanged(mip, x)) == (30,)


def test_not_for_a_higher_price() -> None:
    """The same, where the three count more together: nothing changes."""
    mip = halls([6], [2, 2, 2, 6], [21, 20, 20, 60], [[0]] * 4)
    x = np.zeros(mip.num_columns, dtype=np.int64)
    x[[block(mip, f"settle{k}").start for k in range(3)]] = 1
    x[3] = 1
    assert (exchanged(mip, x) == x).all()


@given(
    seed=st.integers(0, 10**6), groups=st.integers(1, 14), places=st.integers(1, 4), closed=st.floats(0, 1)
)
def test_plans_stay_plans_and_cost_no_more(seed: int, groups: int, places: int, closed: float) -> None:
    mip, x = assignment(seed, groups, places)
    shut = np.random.default_rng(seed).random(mip.num_columns) < closed * 0.5
    y = exchanged(mip, x, seed=seed, shut=shut)
    assert mip.is_feasible(y)
    assert mip.stage_values(y) <= mip.stage_values(x)
    assert (y[shut] == x[shut]).all()
    # What is open was decided elsewhere.
    assert (y[block(mip, "open")] == x[block(mip, "open")]).all()
    again = exchanged(mip, y, seed=seed + 1, shut=shut)
    assert mip.is_feasible(again)
    assert mip.stage_values(again) <= mip.stage_values(y)


@pytest.mark.parametrize("places", [2, 4])
def test_near_the_optimum(places: int) -> None:
    """Thirty small models: never below what HiGHS proves with the same places open, and nearly all of what it saves."""
    equal, left, saved = 0, 0, 0
    for seed in range(30):
        mip, x = assignment(seed, 12, places)
        opened = block(mip, "open")
        lower, upper = mip.lower.copy(), mip.upper.copy()
        lower[opened] = upper[opened] = x[opened]
        held = replace(mip, lower=lower, upper=upper)
        best = HighsEngine().minimise(held, dense_cost(mip), deadline=time.monotonic() + 10).value
        assert best is not None
        (found,) = mip.stage_values(exchanged(mip, x))
        assert found >= best
        equal += found == best
        left += found - best
        saved += mip.stage_values(x)[0] - found
    assert equal
    assert left <= 0.1 * saved


def test_nobody_leaves_whom_a_row_keeps() -> None:
    """Every place must have a guest: plans in which it has keep that, whatever else is gained."""
    moved = 0
    for seed in range(20):
        mip, _ = assignment(seed, 10, 2, least=True)
        start = HighsEngine().minimise(mip, -dense_cost(mip), deadline=time.monotonic() + 10).x
        if start is None:
            continue
        y = exchanged(mip, start)
        assert mip.is_feasible(y)
        moved += bool((y != start).any())
    assert moved >= 5


def test_what_is_a_choice() -> None:
    """A row of ones that come to 1; not one with a factor, a wider column or another side."""
    builder = Builder()
    x = builder.columns("x", 0, 1, size=6)
    wide = builder.columns("wide", 0, 2, size=1)
    rows = builder.rows("rows", [1, 1, 1, 0], [1, 1, 1, 1])
    builder.entries(rows[[0, 0]], x[:2], 1)
    builder.entries(rows[[1, 1]], x[2:4], [1, 2])
    builder.entries(rows[[2, 2]], [x[4], wide[0]], 1)
    builder.entries(rows[[3, 3]], x[4:6], 1)
    shared = builder.rows("shared", -np.inf, 9, size=1)
    builder.entries(np.repeat(shared, 3), x[[0, 1, 2]], [3, 4, 5])
    own = builder.rows("own", -np.inf, 9, size=1)
    builder.entries(own, x[:1], 1)
    choices = Choices(builder.build([]))
    assert choices.number == 1
    assert choices.columns.tolist() == x[:2].tolist()
    assert choices.amounts.tolist() == [[3], [4]]
    assert choices.place.tolist() == [0, 0]
    assert choices.own_option.tolist() == [0]


def test_a_model_without_choices() -> None:
    builder = Builder()
    x = builder.columns("x", 0, 5, size=2)
    builder.entries(builder.rows("row", 0, 6, size=1).repeat(2), x, 1)
    builder.cost("first", x, 1)
    mip = builder.build([("first", 1)])
    start = np.array([2, 3])
    assert (exchanged(mip, start) == start).all()


def test_a_search_by_regions_exchanges_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a single region solved the search is where exchanges come to, and tells so."""
    monkeypatch.setattr(Improvement, "_next", lambda *_: None)
    mip, x = assignment(3, 12, 3)
    told: list[tuple[int, ...]] = []
    for processes in (1, 2):
        search = Improvement(mip, x, processes=processes, on_better=lambda _, values: told.append(values))
        search.until(time.monotonic() + 10)
        assert mip.is_feasible(search.x)
        assert told[-1] == search.values == mip.stage_values(search.x) < mip.stage_values(x)


def test_stages_before_are_kept() -> None:
    """What costs something in an earlier stage does not move for a later one."""
    builder = Builder()
    lost = builder.columns("lost", 0, 1, size=1)
    settle = builder.columns("settle", 0, 1, size=2)
    choice = builder.rows("choice", 1, 1, size=1)
    builder.entries(choice.repeat(3), [*lost, *settle], 1)
    builder.cost("rules", settle[:1], 1)
    builder.cost("people", lost, 5)
    mip = builder.build([("rules", 1), ("people", 1)])
    x = np.array([1, 0, 0])
    search = Improvement(mip, x)
    search._exchange(time.monotonic() + 10)
    assert mip.stage_values(search.x) == (0, 0)
    assert search.x.tolist() == [0, 0, 1]
