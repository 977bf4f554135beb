"""What cases are made of: CSV texts over a common tree."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from yjopt.scenario import Scenario
from yjopt.schema import OUTPUT

if TYPE_CHECKING:
    from collections.abc import Mapping

AREAS = """
area,level,parent
P,province,
C,city,P
E,county,C
W,county,C
E1,town,E
E2,town,E
W1,town,W
"""

#: Columns of the plan table `requests`.
REQUESTS = (
    "resource,what,kind,asker,asked,taker,giver,step,issued,arrive,use,quantity,asked_quantity,rule,proof"
)


@dataclass(frozen=True)
class Case:
    """A scenario, a plan without fault, and its stage values (those left out are 0)."""

    scenario: Scenario
    tables: dict[str, pd.DataFrame]
    stages: dict[str, int]


def frame(text: str) -> pd.DataFrame:
    """Cells of a CSV text as written."""
    return pd.read_csv(io.StringIO(text.strip() + "\n"), dtype=object, keep_default_na=False)


def scenario(tables: Mapping[str, str], settings: Mapping[str, Any]) -> Scenario:
    """A scenario of CSV texts over the common tree."""
    return Scenario.from_tables(
        {name: frame(text) for name, text in {"areas": AREAS, **tables}.items()}, settings
    )


def plan(**texts: str) -> dict[str, pd.DataFrame]:
    """Typed plan tables of CSV texts, sorted by key; tables left out are empty."""
    out = {}
    for name, table in OUTPUT.items():
        cells = (
            frame(texts[name])
            if name in texts
            else pd.DataFrame(columns=[c.name for c in table.columns], dtype=object)
        )
        kinds = {"integer": "int64", "decimal": "float64"}
        typed = cells.astype({column.name: kinds.get(column.type, "object") for column in table.columns})
        out[name] = typed.sort_values(list(table.key)).reset_index(drop=True)
    return out
