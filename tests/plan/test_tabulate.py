"""From arrays to frames: amounts matched first to first, rows added up and sorted."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from yjopt.plan.frames import names, overlap, tabulate
from yjopt.schema import OUTPUT

LISTS = st.lists(st.integers(0, 6), min_size=1, max_size=6)


def cut(total: int, cuts: list[int]) -> list[int]:
    """A total cut into positive amounts, at most as large as the cuts say."""
    parts = []
    for size in cuts:
        part = min(size, total)
        parts.append(part)
        total -= part
    return [part for part in [*parts, total] if part]


@given(st.lists(st.tuples(st.integers(1, 12), LISTS, LISTS), max_size=4))
def test_overlap_hands_out_first_to_first(groups: list[tuple[int, list[int], list[int]]]) -> None:
    """As if the people of each list stood in line and went in pairs."""
    lists = [
        [(group, part) for group, row in enumerate(groups) for part in cut(row[0], row[side])]
        for side in (1, 2)
    ]
    (one_group, one), (other_group, other) = (
        np.array(side, dtype=np.int64).reshape(-1, 2).T for side in lists
    )
    first, second, people = overlap(one_group, one, other_group, other)
    lines = [np.repeat(np.arange(len(side)), side).tolist() for side in (one, other)]
    pairs = list(zip(*lines, strict=True))
    found = [
        pair
        for a, b, count in zip(first.tolist(), second.tolist(), people.tolist(), strict=True)
        for pair in [(a, b)] * count
    ]
    assert found == pairs
    assert (one_group[first] == other_group[second]).all()
    assert (people > 0).all()


ROWS = st.tuples(
    st.sampled_from(["a", "B", "é", "10", "9"]),
    st.sampled_from(["x", ""]),
    st.integers(1, 3),
    st.integers(0, 4),
)


@given(st.lists(ROWS, max_size=12))
def test_rows_of_equal_key_are_added_up_in_the_order_of_the_key(
    rows: list[tuple[str, str, int, int]],
) -> None:
    """Against a dictionary; ids compare by code point, rows without an amount are gone."""
    column = {name: np.array([row[k] for row in rows], dtype=object) for k, name in ((0, "from"), (1, "to"))}
    number = {
        name: np.array([row[k] for row in rows], dtype=np.int64) for k, name in ((2, "depart"), (3, "trips"))
    }
    frame = tabulate(
        "trips", {"fleet": np.full(len(rows), "f", dtype=object), **column, **number}, ("trips",)
    )
    naive: dict[tuple[str, str, int], int] = {}
    for start, end, period, trips in rows:
        naive[start, end, period] = naive.get((start, end, period), 0) + trips
    expected = [(*key, trips) for key, trips in sorted(naive.items()) if trips]
    found = list(frame[["from", "to", "depart", "trips"]].itertuples(index=False, name=None))
    assert found == expected
    assert [str(kind) for kind in frame.dtypes] == [column.dtype for column in OUTPUT["trips"].columns]


def test_rows_without_an_amount_stand_once() -> None:
    """Holdings say that, not how much."""
    columns = {
        "place": np.array(["s", "a", "s"], dtype=object),
        "category": np.array(["close"] * 3, dtype=object),
        "period": np.array([2, 1, 2]),
    }
    frame = tabulate("holdings", columns, ())
    expected = pd.DataFrame({"place": ["a", "s"], "category": ["close"] * 2, "period": [1, 2]}).astype(
        {"place": "object", "category": "object"}
    )
    pd.testing.assert_frame_equal(frame, expected)


def test_no_id_is_blank() -> None:
    """Code -1 stands for none."""
    assert names(np.array(["a", "b"], dtype=object), np.array([1, -1, 0])).tolist() == ["b", "", "a"]
