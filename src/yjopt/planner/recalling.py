"""What the last solve has learned, in the rows and columns of a matrix that is a little different.

A column is found again by what it means (`keys`), a row by its columns; states, which have no meaning of their own, by
their place where their number is the same. A row that is mistaken for another gets a price that is not its own: bounds
made of it are weaker, never wrong.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from yjopt.engines.knowledge import Knowledge, Prices
from yjopt.instance.joining import find
from yjopt.planner.keys import counterparts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yjopt.instance import Instance
    from yjopt.instance.joining import IntArray
    from yjopt.model.assembly import Model
    from yjopt.model.mip import Block, FloatArray, Mip


def recalled(
    knowledge: Knowledge | None,
    old: tuple[Instance, Model],
    instance: Instance,
    model: Model,
    elapsed: int = 0,
) -> Knowledge | None:
    """Bring what was learned of one matrix to another one.

    Parameters
    ----------
    knowledge : Knowledge or None
        Of the old matrix.
    old : (Instance, Model)
        What it was learned of.
    instance, model
        What it is brought to.
    elapsed : int
        Periods by which the new scenario begins later.

    Returns
    -------
    Knowledge or None
        None where nothing is known.
    """
    if knowledge is None:
        return None
    before = old[1].mip
    column = counterparts(old, instance, model, elapsed)
    if not elapsed:
        _by_place(before.column_blocks, model.mip.column_blocks, column)
    row = _rows(before, model.mip, column)
    if not elapsed:
        # Rows that have lost or gained a column.
        _by_place(before.row_blocks, model.mip.row_blocks, row)
    pattern = knowledge.pattern

    def brought(prices: Prices) -> Prices:
        return Prices(_brought(prices.rows, row, np.zeros(len(row))), dict(prices.held))

    return Knowledge(
        None if pattern is None else _brought(pattern, column, model.mip.lower),
        {name: brought(prices) for name, prices in knowledge.prices.items()},
        {name: replace(own, prices=brought(own.prices)) for name, own in knowledge.solved.items()},
    )


def _brought(values: FloatArray, source: IntArray, otherwise: FloatArray) -> FloatArray:
    """Values from where they were; others where they were nowhere."""
    return np.where(source >= 0, np.append(values, 0.0)[source], otherwise)


def _by_place(before: Sequence[Block], now: Sequence[Block], source: IntArray) -> None:
    """Of blocks of the same size, what was not found otherwise comes from the same place."""
    start = {(block.name, block.size): block.start for block in before}
    for block in now:
        at = start.get((block.name, block.size))
        if at is not None:
            own = source[block.start : block.stop]
            own[own < 0] = np.arange(at, at + block.size)[own < 0]


def _rows(before: Mip, now: Mip, column: IntArray) -> IntArray:
    """For each row the old one of the same kind with the same columns; -1 for none."""
    found = np.full(now.num_rows, -1, dtype=np.int64)
    # Every column has a number at random, every row the sum of its own: equal sums are equal rows.
    number = np.random.default_rng(0).integers(2**62, size=before.num_columns + 1, dtype=np.int64)
    was, own = _sums(before, number[:-1]), _sums(now, number[column])
    there = {block.name: block for block in before.row_blocks}
    for block in now.row_blocks:
        old = there.get(block.name)
        if old is None:
            continue
        theirs, ours = was[old.start : old.stop], own[block.start : block.stop]
        at = find(ours, theirs)
        if old.size == block.size:
            # Of rows with the same columns, the one in the same place.
            at = np.where(ours == theirs, np.arange(block.size), at)
        found[block.start : block.stop] = np.where(at >= 0, old.start + at, -1)
    return found


def _sums(mip: Mip, number: IntArray) -> IntArray:
    """The sum of the numbers of each row's columns, as it overflows."""
    total = np.zeros(mip.num_rows, dtype=np.int64)
    np.add.at(total, mip.matrix.indices, np.repeat(number, np.diff(mip.matrix.indptr)))
    return total
