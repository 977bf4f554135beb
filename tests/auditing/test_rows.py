"""The audit's small tools against plain Python."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from yjopt.auditing.rows import (
    Rows,
    add_up,
    ceil_div,
    distinct,
    expand,
    find,
    isin,
    join,
    product,
    spread,
    total,
)

#: Keys of two columns, the second so wide that codes of both do not fit 64 bits side by side.
PAIRS = st.lists(st.tuples(st.integers(-1, 3), st.sampled_from([0, 1, 2**40, 2**62 - 1])), max_size=12)


def columns(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    """Two columns of keys."""
    return tuple(np.array([pair[k] for pair in pairs], dtype=np.int64) for k in (0, 1))


@given(PAIRS, PAIRS)
def test_find_and_isin(table: list[tuple[int, int]], keys: list[tuple[int, int]]) -> None:
    """The first equal row, or -1."""
    found = find(columns(table), columns(keys)).tolist()
    assert found == [table.index(key) if key in table else -1 for key in keys]
    assert isin(columns(keys), columns(table)).tolist() == [key in table for key in keys]


@given(PAIRS, PAIRS)
def test_distinct(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    """Every key once, in order."""
    rows = distinct(columns(one), columns(other))
    assert list(zip(*(column.tolist() for column in rows), strict=True)) == sorted(set(one + other))


@given(PAIRS, PAIRS)
def test_join(left: list[tuple[int, int]], right: list[tuple[int, int]]) -> None:
    """All pairs of rows with equal keys."""
    one, other = join(columns(left), columns(right))
    pairs = Counter(zip(one.tolist(), other.tolist(), strict=True))
    assert pairs == Counter((i, j) for i, a in enumerate(left) for j, b in enumerate(right) if a == b)


@given(
    st.lists(
        st.tuples(st.integers(-1, 2), st.integers(-1, 6), st.integers(0, 8), st.integers(1, 5)), max_size=8
    )
)
def test_spread_and_expand(rows: list[tuple[int, int, int, int]]) -> None:
    """Amounts stand in every period from first to last inside the horizon."""
    row, first, last, amount = (np.array([r[k] for r in rows], dtype=np.int64) for k in range(4))
    seen = spread(3, 4, row, first, last, amount)
    for cell in range(3):
        for period in range(1, 5):
            assert seen[cell, period] == sum(a for r, f, e, a in rows if r == cell and f <= period <= e)
    index, period = expand(first, last)
    pairs = [(k, t) for k, (_, f, e, _) in enumerate(rows) for t in range(f, e + 1)]
    assert list(zip(index.tolist(), period.tolist(), strict=True)) == pairs


@given(
    st.lists(st.tuples(st.integers(-(2**40), 2**40), st.integers(-(2**40), 2**40)), min_size=1, max_size=6)
)
def test_products_and_sums_are_exact(pairs: list[tuple[int, int]]) -> None:
    """Beyond 64 bits Python integers take over, unseen."""
    one, other = columns(pairs)
    assert product(one, other, 3).tolist() == [3 * a * b for a, b in pairs]
    assert total(product(one, other)) == sum(a * b for a, b in pairs)
    big = np.full(4, 2**61, dtype=np.int64)
    assert total(big) == 4 * 2**61
    assert add_up(1, np.zeros(4, dtype=np.int64), big).tolist() == [4 * 2**61]
    assert ceil_div(product(one, other), 7).tolist() == [-(-a * b // 7) for a, b in pairs]


def test_rows_keep_and_plus() -> None:
    """Masks and new columns leave the rows they came from alone."""
    rows = Rows({"a": np.array([1, 2, 3])}, 3)
    kept = rows.keep(rows["a"] > 1).plus(b=np.array([5, 6]))
    assert (len(rows), len(kept)) == (3, 2)
    assert [column.tolist() for column in kept.key("a", "b")] == [[2, 3], [5, 6]]
    assert add_up((2, 2), (np.array([-1, 1]), np.array([0, 1])), np.array([7, 9])).tolist() == [
        [0, 0],
        [0, 9],
    ]
