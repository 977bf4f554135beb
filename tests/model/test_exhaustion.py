"""Levels of asking: which flows need which givers exhausted, against a plain loop; and sizes that stay modest."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

import yjopt as yj
from yjopt.instance import index
from yjopt.model.assembly import Model, assemble
from yjopt.model.exhaustion import find_levels

PAIRS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 6)), max_size=12)


@given(flows=PAIRS, reasons=PAIRS)
def test_levels_tie_each_flow_to_the_givers_before_it(
    flows: list[tuple[int, int]], reasons: list[tuple[int, int]]
) -> None:
    """A flow needs a level if and only if somebody in its cell comes before it; and then just those are exhausted."""
    cell, below = (np.array([pair[k] for pair in flows], dtype=np.int64) for k in (0, 1))
    at, position = (np.array([pair[k] for pair in reasons], dtype=np.int64) for k in (0, 1))
    levels = find_levels(cell, below, at, position, 4)
    for flow, level in enumerate(levels.of_flow.tolist()):
        before = {k for k, pair in enumerate(reasons) if pair[0] == cell[flow] and pair[1] < below[flow]}
        assert (level >= 0) == bool(before)
        if level < 0:
            continue
        # A level stands for itself and, by the chain, for all levels of its cell below it.
        chain = {k for k in range(level + 1) if levels.cell[k] == cell[flow]}
        assert {k for k, of in enumerate(levels.of_reason.tolist()) if of in chain} == before
    sent = np.arange(len(flows), dtype=np.int64) % 2
    reached = levels.reached(sent)
    for k in range(len(levels)):
        asked = [
            of
            for of, packs in zip(levels.of_flow.tolist(), sent.tolist(), strict=True)
            if packs and of >= k and levels.cell[of] == levels.cell[k]
        ]
        assert reached[k] == bool(asked)


def frame(columns: str, *rows: tuple[object, ...]) -> pd.DataFrame:
    """A table with the columns named in one text."""
    return pd.DataFrame(list(rows), columns=columns.split())


def built(rule: str, *stocks: tuple[object, ...], periods: int = 2) -> Model:
    """A town below a city, with depots of both."""
    scenario = yj.Scenario.from_tables(
        {
            "areas": frame("area level parent", ("C", "city", ""), ("A", "county", "C"), ("T", "town", "A")),
            "places": frame("place kind area", ("t", "town", "T"), ("a", "depot", "A"), ("c", "depot", "C")),
            "roads": frame("from to minutes", ("t", "a", 10.0), ("a", "c", 10.0)),
            "items": frame("item pack", ("mask", 1)),
            "stocks": frame("place item quantity", *stocks),
            "needs": frame("place item period quantity", ("t", "mask", 1, 4)),
        },
        {"periods": periods, "rule": rule},
    )
    return assemble(index(scenario))


def sizes(model: Model) -> dict[str, int]:
    """Columns of each block of rule strict that there are."""
    names = ("asks", "empty", "out_of_hours", "seconds_left", "may_order", "keeps_own", "covered")
    return {block.name: block.size for block in model.mip.column_blocks if block.name in names and block.size}


def test_a_taker_with_one_position_has_no_binaries() -> None:
    """Only the pool could send: nobody comes before it. What covers the need is counted all the same."""
    assert sizes(built("strict", ("a", "mask", 9))) == {"covered": 2}
    assert sizes(built("priority", ("a", "mask", 9), ("c", "mask", 9))) == {}


def test_binaries_stand_for_cells_and_lots_not_for_pairs() -> None:
    """Two periods, the county before the city: one binary for each period of arrival, one for each of the county's."""
    assert sizes(built("strict", ("a", "mask", 3), ("c", "mask", 9))) == {"asks": 2, "covered": 2, "empty": 2}


def test_a_lot_that_can_never_be_empty_is_known_to_stay_so() -> None:
    """Four can be of use at most: of a stock of nine something is always left, and nobody above is asked."""
    model = built("strict", ("a", "mask", 9), ("c", "mask", 9))
    assert not model.mip.upper[model.goods_rules.supplies.empty].any()
    model = built("strict", ("a", "mask", 4), ("c", "mask", 9))
    assert model.mip.upper[model.goods_rules.supplies.empty].all()
