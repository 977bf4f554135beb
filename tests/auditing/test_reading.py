"""Whatever is handed over as a plan, the audit answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from auditing.cases import CASES
from hypothesis import given
from hypothesis import strategies as st

from yjopt.auditing import RULES, audit
from yjopt.schema import OUTPUT

GOOD = {name: make() for name, make in CASES.items()}
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(
        [pd.NA, pd.NaT, 10**30, -(10**30), b"x", [], (), "town-A", "mask", np.float64(1), np.int8(1)]
    ),
)


@given(st.sampled_from(sorted(GOOD)), st.data())
def test_odd_cells_end_in_violations(name: str, data: st.DataObject) -> None:
    """Cells of any kind: no exception, and every rule found has a name and a sentence."""
    tables: dict[str, Any] = dict(GOOD[name].tables)
    for _ in range(data.draw(st.integers(1, 3))):
        table = data.draw(st.sampled_from([t for t in OUTPUT if len(tables[t])]))
        column = data.draw(st.sampled_from([column.name for column in OUTPUT[table].columns]))
        cells = tables[table][column].tolist()
        cells[data.draw(st.integers(0, len(cells) - 1))] = data.draw(ODD)
        odd = pd.Series(cells, dtype=object, index=tables[table].index)
        tables[table] = tables[table].assign(**{column: odd})
    result = audit(GOOD[name].scenario, tables)
    assert set(result.violations["rule"]) <= set(RULES)
    assert all(isinstance(words, str) and words for words in result.violations["message"])


@given(st.sampled_from(sorted(GOOD)), st.data())
def test_wrong_plans_never_raise(name: str, data: st.DataObject) -> None:
    """Rows that are of the schema and make no sense: shuffled columns of ids, words and small numbers."""
    tables: dict[str, Any] = dict(GOOD[name].tables)
    for table in data.draw(st.lists(st.sampled_from(sorted(OUTPUT)), min_size=1, max_size=4)):
        frame = tables[table]
        if len(frame):
            rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
            frame = frame.iloc[rng.integers(0, len(frame), data.draw(st.integers(1, 8)))].reset_index(
                drop=True
            )
            tables[table] = frame.assign(**{c: rng.permutation(frame[c].to_numpy()) for c in frame.columns})
    assert set(audit(GOOD[name].scenario, tables).violations["rule"]) <= set(RULES)


@pytest.mark.parametrize("name", GOOD)
def test_no_tables_at_all(name: str) -> None:
    """Every table is missed by name, and what it leaves out is found."""
    result = audit(GOOD[name].scenario, {})
    missing = result.violations[result.violations["rule"] == "table_missing"]
    assert sorted(missing["table"]) == sorted(OUTPUT)
    assert "unmet_table" in set(result.violations["rule"])
    assert str(result).startswith(f"The audit found {len(result.violations):,} violations")


def test_columns_of_other_kinds_are_read() -> None:
    """Nullable integers, text columns, short integers and categories hold the same plan."""
    case = GOOD["supplies"]
    tables = dict(case.tables)
    tables["shipments"] = tables["shipments"].astype(
        {"quantity": "Int64", "rung": "int8", "step": "category", "to": "string"}
    )
    tables["served"] = tables["served"].astype({"weight": "int64"})
    tables["stocks"] = tables["stocks"].convert_dtypes()
    tables["trips"] = tables["trips"].set_axis([7] * len(tables["trips"]))
    assert audit(case.scenario, tables).ok


def test_many_violations_of_a_kind_are_counted() -> None:
    """After a thousand rows of one comparison one row says how many more there are."""
    case = GOOD["supplies"]
    trips = pd.DataFrame(
        {"fleet": "nobody", "from": "depot-E", "to": "town-A", "depart": 1, "trips": range(1, 1502)}
    )
    found = audit(case.scenario, case.tables | {"trips": trips}).violations
    assert (found["rule"] == "unknown_id").sum() == 1_001
    assert found["message"].str.startswith("And 501 more").any()


def test_a_good_plan_says_so() -> None:
    """The sentence for people."""
    result = audit(GOOD["beds"].scenario, GOOD["beds"].tables)
    assert str(result) == f"The audit found nothing wrong in {result.checks:,} checks."
    assert list(result.violations.columns) == [
        "rule",
        "table",
        "place",
        "what",
        "period",
        "message",
        "amount",
    ]
