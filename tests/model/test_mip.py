"""The programme and its builder against hand-made matrices."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from yjopt.errors import ModelError
from yjopt.model.builder import Builder
from yjopt.model.mip import EXACT_LIMIT, Mip, RowBlock


def two_depots() -> Mip:
    """Two depots with 3 and 5 packs, two towns that want 4 and 2; unmet is a slack."""
    builder = Builder()
    ship = builder.columns("ship", 0, np.array([3, 3, 5, 5])).reshape(2, 2)
    unmet = builder.columns("unmet", 0, np.array([4, 2]), integer=False)
    stock = builder.rows("stock", -np.inf, np.array([3, 5]), coupling=True)
    need = builder.rows("need", np.array([4, 2]), np.inf, network="goods")
    builder.entries(stock[:, None], ship, 1)
    builder.entries(need[None, :], ship, 1)
    builder.entries(need, unmet, 1)
    builder.cost("unmet", unmet, 1)
    builder.cost("money", ship, np.array([[1, 2], [3, 4]]))
    builder.constant("money", 10)
    return builder.build([("unmet", 1), ("money", 100)])


def test_matrix_by_hand() -> None:
    """Four shipments, two slacks, four rows."""
    mip = two_depots()
    hand = [
        [1, 1, 0, 0, 0, 0],
        [0, 0, 1, 1, 0, 0],
        [1, 0, 1, 0, 1, 0],
        [0, 1, 0, 1, 0, 1],
    ]
    assert (mip.num_rows, mip.num_columns, mip.num_nonzeros) == (4, 6, 10)
    assert np.array_equal(mip.matrix.toarray(), hand)
    assert mip.row_upper.tolist() == [3, 5, np.inf, np.inf]
    assert mip.row_lower.tolist() == [-np.inf, -np.inf, 4, 2]
    assert mip.integer.tolist() == [True] * 4 + [False] * 2
    assert mip.row_blocks == (RowBlock("stock", 0, 2, True), RowBlock("need", 2, 4, False, "goods"))
    assert [(b.name, b.size) for b in mip.column_blocks] == [("ship", 4), ("unmet", 2)]
    assert [(s.name, s.unit, s.offset) for s in mip.stages] == [("unmet", 1, 0), ("money", 100, 10)]


def test_violations_are_named_and_exact() -> None:
    """Row 'stock' 0 is one over, 'need' 1 is two short; column 'unmet' 0 is one below 0."""
    mip = two_depots()
    x = np.array([4, 0, 0, 0, 0, 0])
    assert mip.violations(x) == [("stock", 0, 1), ("need", 1, -2)]
    assert mip.bound_violations(x) == [("ship", 0, 1)]
    assert mip.bound_violations(np.array([0, 0, 0, 0, -1, 0])) == [("unmet", 0, -1)]
    assert mip.is_feasible(np.array([3, 0, 1, 2, 0, 0]))
    assert not mip.is_feasible(x)
    assert mip.stage_values(np.array([3, 0, 1, 2, 0, 0])) == (0, 10 + 3 + 3 + 8)
    assert mip.stage_value("unmet", np.array([0, 0, 0, 0, 4, 2])) == 6


def test_exact_beyond_int64() -> None:
    """Products of 2**52 and 2**20 overflow int64 and are still exact."""
    builder = Builder()
    x = builder.columns("x", 0, np.array([2**20, 2**20, 1]))
    row = builder.rows("sum", -np.inf, np.array([2**50]))
    builder.entries(row, x, np.array([2**52, 2**52 - 1, 1]))
    builder.cost("value", x, np.array([2**52, 2**52 - 1, 1]))
    mip = builder.build([("value", 1)])
    full = np.array([2**20, 2**20, 1])
    exact = 2**20 * 2**52 + 2**20 * (2**52 - 1) + 1
    assert mip.stage_value("value", full) == exact
    assert mip.violations(full) == [("sum", 0, exact - 2**50)]


def test_duplicates_are_summed_and_zeros_removed() -> None:
    """Entries 2 and -2 at one place vanish; costs 1 and 2 of one column are 3."""
    builder = Builder()
    x = builder.columns("x", 0, 1, size=2)
    row = builder.rows("row", 0, 1, size=1)
    builder.entries(row, x[[0, 0, 1, 1]], np.array([2, -2, 1, 1]))
    builder.cost("value", x[[1, 1, 0]], np.array([1, 2, 0]))
    mip = builder.build([("idle", 1), ("value", 1)])
    assert mip.num_nonzeros == 1
    assert mip.matrix.toarray().tolist() == [[0, 2]]
    assert [s.name for s in mip.stages] == ["value"]
    assert mip.stages[0].columns.tolist() == [1]
    assert mip.stages[0].coefficients.tolist() == [3]


def test_empty_blocks_and_empty_model() -> None:
    """Blocks of size 0 are kept by name and a model of nothing is a model."""
    builder = Builder()
    none = builder.columns("none", np.zeros(0), np.zeros(0))
    rows = builder.rows("rows", 0, 0, size=0)
    builder.entries(rows, none, 1)
    builder.cost("value", none, 1)
    mip = builder.build([("value", 1)])
    assert (mip.num_rows, mip.num_columns, mip.stages) == (0, 0, ())
    assert [b.name for b in mip.column_blocks] == ["none"]
    assert mip.is_feasible(np.zeros(0, dtype=np.int64))
    assert len(mip.digest()) == 64


REFUSED = {
    "column NaN": lambda b: b.columns("new", 0, np.array([1.0, np.nan])),
    "column unbounded": lambda b: b.columns("new", 0, np.array([np.inf])),
    "column fraction": lambda b: b.columns("new", 0, np.array([0.5])),
    "column crossed": lambda b: b.columns("new", 2, np.array([1])),
    "column too large": lambda b: b.columns("new", 0, np.array([2.0**54])),
    "row NaN": lambda b: b.rows("new", np.array([np.nan]), 0),
    "row at the wrong infinity": lambda b: b.rows("new", np.array([np.inf]), np.inf),
    "row crossed": lambda b: b.rows("new", np.array([3]), 2),
    "name twice": lambda b: b.columns("new", 0, 1, size=1) is b.columns("new", 0, 1, size=1),
    "row name twice": lambda b: b.rows("new", 0, 1, size=1) is b.rows("new", 0, 1, size=1),
    "no size": lambda b: b.columns("new", 0, 1),
    "entry NaN": lambda b: b.entries(b.rows("new", 0, 1, size=1), [0], np.nan),
    "entry infinite": lambda b: b.entries(b.rows("new", 0, 1, size=1), [0], np.inf),
    "entry fraction": lambda b: b.entries(b.rows("new", 0, 1, size=1), [0], 0.5),
    "entry too large": lambda b: b.entries(b.rows("new", 0, 1, size=1), [0], 2.0**54),
    "cost NaN": lambda b: b.cost("new", [0], np.nan),
    "cost fraction": lambda b: b.cost("new", [0], 1.5),
    "cost too large": lambda b: b.cost("new", [0], 2**54),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_bad_numbers_are_refused_by_block(fault: str) -> None:
    """NaN, infinity, fractions, crossed bounds: each names the block it came from."""
    builder = Builder()
    builder.columns("x", 0, 1, size=1)
    with pytest.raises(ModelError, match="new"):
        REFUSED[fault](builder)


def test_numbers_out_of_range_are_refused() -> None:
    """Entries and costs name columns and rows that exist."""
    builder = Builder()
    builder.columns("x", 0, 1, size=1)
    builder.rows("row", 0, 1, size=1)
    with pytest.raises(ModelError, match="add it first"):
        builder.entries(1, 0, 1)
    with pytest.raises(ModelError, match="add it first"):
        builder.entries(0, 1, 1)
    with pytest.raises(ModelError, match="add it first"):
        builder.cost("value", -1, 1)
    with pytest.raises(ModelError, match="integers"):
        builder.entries(0.0, 0, 1)


def test_sums_that_leave_the_exact_range_are_refused() -> None:
    """Two entries of 2**53 at one place cannot be held by float64 any more."""
    builder = Builder()
    x = builder.columns("x", 0, 1, size=1)
    row = builder.rows("load", 0, 1, size=1)
    builder.entries(row, x, [EXACT_LIMIT, EXACT_LIMIT])
    with pytest.raises(ModelError, match="load"):
        builder.build([])
    other = Builder()
    other.cost("value", other.columns("x", 0, 1, size=1), [EXACT_LIMIT, EXACT_LIMIT])
    with pytest.raises(ModelError, match="'x'"):
        other.build([("value", 1)])


def test_stage_order_must_name_every_stage() -> None:
    """A cost without a place in the order is a mistake, not a silent nothing."""
    builder = Builder()
    builder.cost("value", builder.columns("x", 0, 1, size=1), 1)
    with pytest.raises(ModelError, match="value"):
        builder.build([])
    with pytest.raises(ModelError, match="quanta"):
        builder.build([("value", 0)])


def test_vectors_are_checked() -> None:
    """A float vector or one of the wrong length is refused."""
    mip = two_depots()
    with pytest.raises(ModelError, match="6 integers"):
        mip.violations(np.zeros(5, dtype=np.int64))
    with pytest.raises(ModelError, match="6 integers"):
        mip.is_feasible(np.zeros(6))
    with pytest.raises(ModelError, match="no stage"):
        mip.stage("rules")
    with pytest.raises(ModelError, match="lengths"):
        dataclasses.replace(mip, lower=np.zeros(3))


def test_digest_is_stable_and_sees_everything() -> None:
    """The same model has the same digest; every change, also of order, has another."""
    mip = two_depots()
    assert two_depots().digest() == mip.digest()
    assert mip.digest() == "2a613d7ba472d305e77ecd74bfc706add471ca773be714a400f3eb122406060d"
    matrix = mip.matrix.copy()
    matrix.data[0] = 2
    swapped = mip.matrix[:, [1, 0, 2, 3, 4, 5]]
    changes = [
        {"matrix": matrix},
        {"matrix": swapped},
        {"row_lower": mip.row_lower - 1},
        {"row_upper": mip.row_upper + 1},
        {"lower": mip.lower - 1},
        {"upper": mip.upper + 1},
        {"integer": ~mip.integer},
        {"stages": mip.stages[::-1]},
        {"stages": (mip.stages[0], dataclasses.replace(mip.stages[1], unit=10))},
        {"stages": (mip.stages[0], dataclasses.replace(mip.stages[1], offset=0))},
        {"column_blocks": mip.column_blocks[:1]},
        {"row_blocks": (dataclasses.replace(mip.row_blocks[0], name="other"), mip.row_blocks[1])},
        {"row_blocks": (mip.row_blocks[0], dataclasses.replace(mip.row_blocks[1], network=""))},
    ]
    digests = {dataclasses.replace(mip, **change).digest() for change in changes}
    assert len(digests) == len(changes)
    assert mip.digest() not in digests


def test_digest_ignores_the_sign_of_zero() -> None:
    """Bounds 0.0 and -0.0 are one model."""
    mip = two_depots()
    assert dataclasses.replace(mip, lower=-mip.lower).digest() == mip.digest()


def test_restrict() -> None:
    """The part of a block-diagonal model is the model of that block."""
    builder = Builder()
    x = builder.columns("x", 0, np.array([1, 2, 3, 4]))
    row = builder.rows("row", 0, np.array([5, 6]))
    builder.entries(row[[0, 0, 1, 1]], x[[0, 2, 1, 3]], np.array([1, 2, 3, 4]))
    builder.cost("value", x[[0, 3]], np.array([7, 8]))
    builder.constant("value", 100)
    mip = builder.build([("value", 1)])
    part = mip.restrict(np.array([1, 3]), np.array([1]))
    assert part.matrix.toarray().tolist() == [[3, 4]]
    assert part.upper.tolist() == [2, 4]
    assert part.row_upper.tolist() == [6]
    assert part.stages[0].columns.tolist() == [1]
    assert part.stages[0].coefficients.tolist() == [8]
    assert part.stages[0].offset == 0
    assert [(b.name, b.start, b.stop) for b in part.column_blocks] == [("x", 0, 2)]
    with pytest.raises(ModelError, match="column"):
        mip.restrict(np.array([1]), np.array([1]))
    with pytest.raises(ModelError, match="row"):
        mip.restrict(np.array([1, 3]), np.array([0]))


@given(st.data())
def test_activity_agrees_with_a_dense_product(data: st.DataObject) -> None:
    """Violations of random small models equal those of plain Python arithmetic."""
    rows, columns = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 4))
    small = st.integers(-9, 9)
    dense = [[data.draw(small) for _ in range(columns)] for _ in range(rows)]
    x = [data.draw(small) for _ in range(columns)]
    upper = [data.draw(small) for _ in range(rows)]
    builder = Builder()
    builder.columns("x", -9, 9, size=columns)
    builder.rows("row", -np.inf, np.array(upper))
    builder.entries(np.arange(rows)[:, None], np.arange(columns), np.array(dense))
    mip = builder.build([])
    assert np.array_equal(mip.matrix.toarray(), sparse.csc_array(np.array(dense)).toarray())
    expected = [
        ("row", i, sum(a * b for a, b in zip(row, x, strict=True)) - side)
        for i, (row, side) in enumerate(zip(dense, upper, strict=True))
    ]
    assert mip.violations(np.array(x)) == [v for v in expected if v[2] > 0]
