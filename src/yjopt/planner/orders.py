"""Orders of two plans side by side: which were changed, given anew, or withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from yjopt.schema import OUTPUT

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Tables whose rows are orders, and what is counted in each; trips, stocks and requests follow from these.
ORDERS: Final[dict[str, str]] = {
    "shipments": "quantity",
    "procurements": "quantity",
    "admissions": "people",
    "transfers": "people",
    "isolations": "people",
    "deployments": "teams",
    "openings": "",
}

#: Column with the period in which each order is carried out first.
DECIDED_IN: Final[dict[str, str]] = {
    "shipments": "depart",
    "procurements": "order",
    "admissions": "period",
    "transfers": "period",
    "isolations": "period",
    "deployments": "depart",
    "openings": "decided",
}


def changed_orders(before: Mapping[str, pd.DataFrame], after: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Every order that differs between two plans.

    Parameters
    ----------
    before, after : mapping of str to DataFrame
        Tables of the plans.

    Returns
    -------
    DataFrame
        ``table``, ``order`` (its key in words), ``before``, ``after``: amounts, 0 where there is no such order.
    """
    found = []
    for name, amount in ORDERS.items():
        key = list(OUTPUT[name].key)
        sides = [
            frame[key].assign(**{side: frame[amount] if amount else 1})
            for side, frame in (("before", before[name]), ("after", after[name]))
        ]
        both = sides[0].merge(sides[1], how="outer", on=key).fillna({"before": 0, "after": 0})
        differs = both[both["before"] != both["after"]]
        order = [", ".join(f"{column} {value}" for column, value in zip(key, row, strict=True))
                 for row in differs[key].itertuples(index=False)]  # fmt: skip
        found.append(
            pd.DataFrame(
                {
                    "table": pd.Series([name] * len(differs), dtype=object),
                    "order": pd.Series(order, dtype=object),
                    "before": differs["before"].to_numpy(dtype="int64"),
                    "after": differs["after"].to_numpy(dtype="int64"),
                }
            )
        )
    return pd.concat(found, ignore_index=True)


def number_of_orders(tables: Mapping[str, pd.DataFrame]) -> int:
    """Rows of a plan that are orders."""
    return sum(len(tables[name]) for name in ORDERS)


def later_orders(tables: Mapping[str, pd.DataFrame], elapsed: int) -> dict[str, pd.DataFrame]:
    """The orders of a plan that lie after some periods, their periods counted from then on.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Tables of a plan.
    elapsed : int
        Periods that have gone by.
    """
    found = {}
    for name in ORDERS:
        table, frame = OUTPUT[name], tables[name]
        given = DECIDED_IN[name]
        frame = frame[(frame[given] > elapsed).to_numpy(dtype=bool)]
        periods = [column.name for column in table.columns if column.unit == "period"]
        found[name] = frame.assign(**{column: frame[column] - elapsed for column in periods})
    return found
