"""Independent parts against a hand-made case and a search by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from yjopt.engines.components import between, cheaper_bounds, neighbourhood, split
from yjopt.model.builder import Builder

if TYPE_CHECKING:
    from yjopt.model.mip import Mip


def three_parts() -> Mip:
    """Columns 0-2 tied by row 0, columns 3-4 by rows 1 and 2, column 5 free, row 3 bare."""
    builder = Builder()
    x = builder.columns("x", -1, np.array([1, 2, 3, 4, 5, 6]))
    row = builder.rows("row", 0, 1, size=4)
    builder.entries(row[[0, 0, 1, 2, 2]], x[[0, 2, 3, 3, 4]], 1)
    builder.entries(row[0], x[1], 1)
    builder.cost("first", x[[0]], 1)
    builder.cost("second", x[[5]], -1)
    return builder.build([("first", 1), ("second", 1)])


def test_parts_by_hand() -> None:
    """Two parts, the smaller first, one free column, one bare row."""
    pieces = split(three_parts(), alone=1)
    assert [(p.columns.tolist(), p.rows.tolist()) for p in pieces.parts] == [
        ([3, 4], [1, 2]),
        ([0, 1, 2], [0]),
    ]
    assert pieces.free.tolist() == [5]
    assert pieces.bare.tolist() == [3]
    assert pieces.components == 2


def test_tiny_parts_are_put_together() -> None:
    """Below the size both components make one part, which still leaves out the free column."""
    pieces = split(three_parts(), alone=10, batch=10)
    assert [p.columns.tolist() for p in pieces.parts] == [[0, 1, 2, 3, 4]]
    assert pieces.components == 2


def test_no_rows() -> None:
    """A model without entries has no parts."""
    builder = Builder()
    builder.columns("x", 0, 1, size=3)
    pieces = split(builder.build([]))
    assert pieces.parts == ()
    assert pieces.free.tolist() == [0, 1, 2]


def test_cheaper_bounds() -> None:
    """The first stage with a cost decides: column 5 goes up, column 0 down, column 1 stays low."""
    mip = three_parts()
    assert cheaper_bounds(mip, np.array([0, 1, 5])).tolist() == [-1, -1, 6]


@given(st.integers(0, 10_000), st.integers(1, 30), st.integers(1, 40))
def test_every_column_and_row_in_exactly_one_place(seed: int, alone: int, batch: int) -> None:
    """Parts cover the model once and no entry crosses between them."""
    random = np.random.default_rng(seed)
    rows, columns, entries = (int(n) for n in random.integers(1, 30, 3))
    builder = Builder()
    builder.columns("x", 0, 1, size=columns)
    builder.rows("row", 0, 1, size=rows)
    builder.entries(random.integers(0, rows, entries), random.integers(0, columns, entries), 1)
    mip = builder.build([])
    pieces = split(mip, alone=alone, batch=batch)
    all_columns = np.concatenate([pieces.free, *(p.columns for p in pieces.parts)])
    all_rows = np.concatenate([pieces.bare, *(p.rows for p in pieces.parts)])
    assert sorted(all_columns.tolist()) == list(range(columns))
    assert sorted(all_rows.tolist()) == list(range(rows))
    assert sum(mip.restrict(p.columns, p.rows).num_nonzeros for p in pieces.parts) == mip.num_nonzeros
    assert all(len(p.columns) <= alone + batch or len(pieces.parts) == 1 for p in pieces.parts) or any(
        len(p.columns) >= alone for p in pieces.parts
    )


def two_families() -> Mip:
    """Beds 0-1 and goods 2-3 in rows of their own, a trip 4, and a coupling row over beds, goods and trip."""
    builder = Builder()
    beds = builder.columns("beds", 0, 5, size=2)
    goods = builder.columns("goods", 0, 5, size=2)
    trip = builder.columns("trip", 0, 5, size=1)
    builder.entries(builder.rows("bed_capacity", 0, 5, size=1), beds, 1)
    builder.entries(builder.rows("stock", 0, 5, size=1), goods, 1)
    shared = builder.rows("budget", 0, 9, coupling=True, size=1)
    builder.entries(shared, np.concatenate([beds, goods, trip]), 1)
    builder.cost("people", beds[:1], -1)
    builder.cost("goods", goods, -1)
    return builder.build([("people", 1), ("goods", 1)])


def test_a_neighbourhood_frees_the_families_of_a_stage() -> None:
    """For people the beds and the trip may change, also the bed without a cost; the goods are fixed."""
    mip = two_families()
    near = neighbourhood(mip, np.array([1, 1, 2, 2, 1]), mip.stages[0].columns)
    assert near is not None
    assert near.lower.tolist() == [0, 0, 2, 2, 0]
    assert near.upper.tolist() == [5, 5, 2, 2, 5]
    assert neighbourhood(mip, np.zeros(5, dtype=np.int64), np.array([0, 2])) is None
    assert neighbourhood(mip, np.zeros(5, dtype=np.int64), np.zeros(0, dtype=np.int64)) is None


def test_between_two_vectors() -> None:
    """Every column lies between its two values."""
    box = between(two_families(), np.array([1, 1, 2, 2, 1]), np.array([0, 3, 2, 1, 1]))
    assert box.lower.tolist() == [0, 1, 2, 1, 1]
    assert box.upper.tolist() == [1, 3, 2, 2, 1]
