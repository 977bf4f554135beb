"""What the first stages hang on: the right columns and rows, and never less than what the whole can do."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tiny_mips import brute_force, layers, random_mip

from yjopt.engines.subproblem import subproblem
from yjopt.model.builder import Builder

if TYPE_CHECKING:
    from yjopt.model.mip import Mip


def by_block(mip: Mip, columns: np.ndarray) -> dict[str, int]:
    """How many of some columns each block has."""
    found = {b.name: int(((columns >= b.start) & (columns < b.stop)).sum()) for b in mip.column_blocks}
    return {name: number for name, number in found.items() if number}


def test_people_without_their_goods() -> None:
    """Sites, towns and teams are the subproblem's own; goods for sites stand beside; shipments are the rest."""
    mip, nothing = layers(1, sites=4, towns=6)
    sub = subproblem(mip)
    assert sub is not None
    assert sub.last == 0
    own = {"open": 4, "serve": 24, "unmet": 6, "teams": 4}
    assert by_block(mip, sub.columns[sub.is_own]) == own
    assert by_block(mip, sub.columns[~sub.is_own]) == {"used": 4}
    assert not sub.is_slack.any()
    rows = [b.name for b in mip.row_blocks if np.isin(np.arange(b.start, b.stop), sub.rows).all()]
    assert rows == ["capacity", "need", "cared_for", "pool", "few", "supplied"]
    assert sub.mip.is_feasible(nothing[sub.columns])
    apart = subproblem(mip, shares_rows=False)
    assert apart is not None
    assert by_block(mip, apart.columns) == own
    assert len(apart.rows) == len(sub.rows) - 4


def test_what_stands_in_shared_rows_alone_and_costs_is_slack() -> None:
    """An exception is no decision, and neither is what follows from others."""
    builder = Builder()
    people = builder.columns("people", 0, 5, size=2)
    lost = builder.columns("lost", 0, 5, False, size=2)
    exception = builder.columns("exception", 0, 9, size=1)
    goods = builder.columns("goods", 0, 9, size=3)
    met = builder.rows("met", 5, 5, size=2)
    builder.entries(met, people, 1)
    builder.entries(met, lost, 1)
    uses = builder.rows("uses", -np.inf, 0, size=1, coupling=True)
    builder.entries(uses, people, 1)
    builder.entries(uses, goods[:1], -1)
    builder.entries(uses, exception, -1)
    stock = builder.rows("stock", -np.inf, 4, size=1)
    builder.entries(stock, goods, 1)
    builder.cost("rules", exception, 1)
    builder.cost("lost", lost, 1)
    builder.cost("goods", goods, 1)
    mip = builder.build([("rules", 1), ("lost", 1), ("goods", 1)])
    sub = subproblem(mip)
    assert sub is not None
    assert sub.last == 1
    assert sub.columns.tolist() == [0, 1, 2, 3, 4, 5]
    assert np.flatnonzero(sub.is_slack).tolist() == [4]
    assert np.flatnonzero(sub.decided()).tolist() == [0, 1]


@pytest.mark.parametrize(("others", "is_taken"), [(0, True), (1, False)])
def test_a_small_piece_that_reaches_nothing_else_is_taken_in(others: int, is_taken: bool) -> None:
    """Teams who look after people, and whether they may be asked: with their rows, unless these reach others."""
    builder = Builder()
    people = builder.columns("people", 0, 5, size=30)
    teams = builder.columns("teams", 0, 9, size=1)
    asked = builder.columns("asked", 0, 1, size=1)
    rest = builder.columns("rest", 0, 9, size=50)
    met = builder.rows("met", 5, np.inf, size=1)
    builder.entries(met, people, 1)
    cared = builder.rows("cared_for", -np.inf, 0, size=1, coupling=True)
    builder.entries(cared, people, 1)
    builder.entries(cared, teams, -9)
    builder.entries(builder.rows("if_asked", -np.inf, 0, size=1), teams, 1)
    builder.entries(np.array([2]), asked, -9)
    gone = builder.rows("gone", 0, np.inf, size=1, coupling=True)
    builder.entries(gone, teams, 1)
    builder.entries(gone, asked, -9)
    builder.entries(gone, rest[:others], 1)
    builder.entries(builder.rows("of_rest", 4, np.inf, size=1), rest, 1)
    builder.cost("first", people, 1)
    builder.cost("second", rest, 1)
    sub = subproblem(builder.build([("first", 1), ("second", 1)]))
    assert sub is not None
    own = np.concatenate([people, teams, asked]) if is_taken else people
    assert sub.columns[sub.is_own].tolist() == own.tolist()
    assert sub.columns[~sub.is_own].tolist() == ([] if is_taken else teams.tolist())
    assert sub.rows.tolist() == ([0, 1, 2, 3] if is_taken else [0, 1])


def test_a_model_of_one_piece_has_none() -> None:
    """Where the first stage hangs on everything there is nothing to cut loose."""
    assert subproblem(random_mip(3, feasible=True)) is None


def tied(seed: int) -> Mip:
    """Some independent blocks, tied together by rows that are marked so."""
    mip, random = random_mip(seed, blocks=3, feasible=True), np.random.default_rng(seed)
    builder = Builder()
    columns = [
        builder.columns(b.name, mip.lower[b.start : b.stop], mip.upper[b.start : b.stop])
        for b in mip.column_blocks
    ]
    x = np.concatenate(columns)
    rows = builder.rows("own", mip.row_lower, mip.row_upper)
    entries = mip.matrix.tocoo()
    builder.entries(rows[entries.row], x[entries.col], entries.data.astype(np.int64))
    shared = builder.rows("shared", -np.inf, int(random.integers(-1, 4)), size=2, coupling=True)
    weights = random.integers(-2, 3, (2, len(x))) * (random.random((2, len(x))) < 0.5)
    builder.entries(shared[:, None], x, weights)
    # The first stage costs something in the first block only.
    first = columns[0]
    builder.cost("first", first, random.integers(-3, 4, len(first)))
    builder.cost("second", x, random.integers(-3, 4, len(x)))
    return builder.build([("first", 1), ("second", 1)])


# One of them has many times as many vectors as any other.
SEEDS = [pytest.param(seed, marks=pytest.mark.long) if seed == 9 else seed for seed in range(60)]


@pytest.mark.parametrize("seed", SEEDS)
def test_it_is_a_relaxation(seed: int) -> None:
    """Tiny programmes by enumeration: in the stages that it holds it does at least as well as the whole."""
    mip = tied(seed)
    best = brute_force(mip)
    for shares_rows in (True, False):
        sub = subproblem(mip, shares_rows=shares_rows)
        if sub is None or best is None:
            continue
        held = dataclasses.replace(sub.mip, stages=sub.mip.stages[: sub.last + 1])
        alone = brute_force(held)
        assert alone is not None
        offsets = [stage.offset for stage in mip.stages[: sub.last + 1]]
        assert tuple(a + b for a, b in zip(alone, offsets, strict=True)) <= best[: sub.last + 1]


def test_some_of_these_have_one() -> None:
    """Enough of the tiny programmes fall apart for the test above to say something."""
    assert sum(subproblem(tied(seed)) is not None for seed in range(60)) >= 20
