"""The folders of examples hold what the schema says, row by row."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from yjopt.schema import INPUT, REQUIRED

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module", params=["qingyuan", "qingyuan_first_day", "yuanbaoshan"])
def tables(request: pytest.FixtureRequest) -> dict[str, pd.DataFrame]:
    return {
        path.stem: pd.read_csv(path, dtype=str, keep_default_na=False)
        for path in sorted((EXAMPLES / request.param).glob("*.csv"))
    }


def test_every_cell_fits_its_column(tables: dict[str, pd.DataFrame]) -> None:
    """Headers are the schema's; numbers stand on their grid and in range; words are choices."""
    for name, frame in tables.items():
        assert list(frame) == [column.name for column in INPUT[name].columns]
        for column in INPUT[name].columns:
            cells = frame[column.name]
            blank = cells == ""
            assert not (column.default is REQUIRED and blank.any()), (name, column.name)
            filled = cells[~blank]
            if column.is_number:
                numbers = filled.astype(float)
                assert numbers.between(column.minimum, column.maximum).all(), (name, column.name)
                whole = numbers * column.per_unit
                assert np.allclose(whole, whole.round(), atol=1e-6), (name, column.name)
            if column.type == "flag":
                assert filled.isin(["true", "false"]).all()
            if column.type == "choice":
                assert filled.isin(column.choices).all(), (name, column.name)


def test_keys_are_unique_and_references_stand(tables: dict[str, pd.DataFrame]) -> None:
    for name, frame in tables.items():
        if INPUT[name].key:
            assert not frame.duplicated(list(INPUT[name].key)).any(), name
        for column in INPUT[name].columns:
            if column.refers_to:
                known: set[str] = set()
                for target in column.refers_to.split("|"):
                    other, key = target.split(".")
                    known |= set(tables[other][key])
                unknown = set(frame[column.name]) - known - {""}
                assert not unknown, (name, column.name, unknown)


def test_every_row_says_where_its_figures_come_from(tables: dict[str, pd.DataFrame]) -> None:
    for name, frame in tables.items():
        assert (frame.source != "").all(), name
