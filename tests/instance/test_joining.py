"""Joins of integer keys, against the same in plain Python."""

from __future__ import annotations

from itertools import groupby

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yjopt.errors import ModelError
from yjopt.instance.joining import (
    EXACT_LIMIT,
    ceil_div,
    find,
    groups,
    known_position,
    matches,
    position,
    product,
    ranges,
    spans,
    total,
)

KEYS = st.lists(st.integers(-3, 6), max_size=12)


def whole(values: list[int]) -> np.ndarray:
    """An int64 array, also of no values."""
    return np.array(values, dtype=np.int64)


@given(KEYS, KEYS)
def test_matches_are_all_pairs_of_equal_keys(left: list[int], right: list[int]) -> None:
    """Ordered by the left side, then by the right."""
    at, other = matches(whole(left), whole(right))
    naive = [(i, j) for i, one in enumerate(left) for j, two in enumerate(right) if one == two]
    assert list(zip(at.tolist(), other.tolist(), strict=True)) == naive


@given(st.lists(st.tuples(st.integers(-5, 20), st.integers(0, 5)), max_size=8))
def test_ranges_follow_one_another(parts: list[tuple[int, int]]) -> None:
    """Each range in its turn; one of no length gives nothing."""
    found = ranges(whole([start for start, _ in parts]), whole([count for _, count in parts]))
    assert found.tolist() == [start + k for start, count in parts for k in range(count)]


@given(st.lists(st.tuples(st.integers(-5, 9), st.integers(-5, 9)), max_size=8))
def test_spans_are_closed_intervals(parts: list[tuple[int, int]]) -> None:
    """Both ends belong to it; an end before the start gives nothing."""
    at, number = spans(whole([first for first, _ in parts]), whole([last for _, last in parts]))
    naive = [(k, n) for k, (first, last) in enumerate(parts) for n in range(first, last + 1)]
    assert list(zip(at.tolist(), number.tolist(), strict=True)) == naive


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-2, 2), st.integers(0, 1)), max_size=15))
def test_groups_number_distinct_keys_in_order(rows: list[tuple[int, int, int]]) -> None:
    """Group k is the k-th smallest of the distinct tuples."""
    group, keys = groups(*(whole([row[k] for row in rows]) for k in range(3)))
    distinct = sorted(set(rows))
    assert list(zip(*(key.tolist() for key in keys), strict=True)) == distinct
    assert group.tolist() == [distinct.index(row) for row in rows]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(-(10**17), 10**17)), max_size=20))
def test_totals_are_exact(rows: list[tuple[int, int]]) -> None:
    """To the last unit, also where floats would round; a group without members has 0."""
    sums = total(whole([amount for _, amount in rows]), whole([group for group, _ in rows]), 6)
    naive = [sum(amount for group, amount in rows if group == k) for k in range(6)]
    assert sums.tolist() == naive


@given(st.lists(st.integers(-9, 9), unique=True, max_size=8), KEYS)
def test_find_gives_the_position_or_none(keys: list[int], wanted: list[int]) -> None:
    """-1 for what is not there."""
    naive = [keys.index(one) if one in keys else -1 for one in wanted]
    assert find(whole(wanted), whole(keys)).tolist() == naive


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6))
def test_division_rounds_up(amount: int, by: int) -> None:
    """The least whole number that, times the divisor, is enough."""
    found = ceil_div(amount, by)
    assert (found - 1) * by < amount <= found * by


@given(
    st.lists(st.tuples(st.integers(0, 2**30), st.integers(-(2**30), 2**30), st.integers(0, 3)), max_size=6)
)
def test_products_are_exact_or_refused(rows: list[tuple[int, int, int]]) -> None:
    """Whatever numpy would silently wrap round is refused, by the name of what is counted."""
    columns = [whole([row[k] for row in rows]) for k in range(3)]
    naive = [a * b * c for a, b, c in rows]
    partial = [max(abs(a), abs(a * b), abs(a * b * c)) for a, b, c in rows]
    if max(partial, default=0) > EXACT_LIMIT:
        with pytest.raises(ModelError, match="The loads come to"):
            product("loads", *columns)
    else:
        assert product("loads", *columns).tolist() == naive


def test_an_id_that_is_not_known_is_named() -> None:
    """The first of them; asked whether it is known, the answer is -1."""
    ids = np.array(["b", "a", "007"], dtype=object)
    assert position(["a", "007", "a"], ids).tolist() == [1, 2, 1]
    assert known_position(["a", "7", "b"], ids).tolist() == [1, -1, 0]
    assert known_position([], np.array([], dtype=object)).tolist() == []
    with pytest.raises(ModelError, match="'7' is not among"):
        position(["a", "7", "8"], ids)


def test_equal_keys_keep_their_order() -> None:
    """Stable, so that plans do not depend on how a sort breaks ties."""
    left, right = whole([5, 1, 5]), whole([1, 5, 5, 1])
    at, other = matches(left, right)
    assert [list(part) for _, part in groupby(at.tolist())] == [[0, 0], [1, 1], [2, 2]]
    assert other.tolist() == [1, 2, 0, 3, 1, 2]
