"""Small worlds for plans side by side: masks of a town, its county, a neighbour and the city."""

from __future__ import annotations

from typing import Any

import pandas as pd

import yjopt as yj

Rows = dict[str, list[dict[str, Any]]]


def masks(
    *,
    needed: int = 10,
    periods: int = 1,
    settings: dict[str, Any] | None = None,
    **more: list[dict[str, Any]],
) -> yj.Scenario:
    """A town TA of county CA needs masks; stocks by authority are told as rows of ``stocks``.

    Places: ``a`` in town TA, ``b`` in town TB (county CB), ``depot-a``, ``depot-b``, ``depot`` (the city).
    All are 10 minutes apart.
    """
    rows: Rows = {
        "areas": [
            {"area": area, "level": level, "parent": parent, "name": f"area {area}"}
            for area, level, parent in (
                ("C", "city", ""), ("CA", "county", "C"), ("CB", "county", "C"),
                ("TA", "town", "CA"), ("TB", "town", "CB"),
            )
        ],
        "places": [
            {"place": place, "kind": kind, "area": area}
            for place, kind, area in (
                ("a", "town", "TA"), ("b", "town", "TB"), ("depot-a", "depot", "CA"),
                ("depot-b", "depot", "CB"), ("depot", "depot", "C"),
            )
        ],
        "items": [{"item": "mask"}],
        "needs": [{"place": "a", "item": "mask", "period": 1, "quantity": needed, "weight": 1.0}],
    }  # fmt: skip
    places = [row["place"] for row in rows["places"]]
    rows["times"] = [
        {"from": one, "to": other, "minutes": 10.0} for one in places for other in places if one != other
    ]
    rows |= more
    frames = {name: pd.DataFrame(table) for name, table in rows.items() if table}
    return yj.Scenario.from_tables(frames, {"periods": periods, "period_hours": 24.0, **(settings or {})})


def stock(place: str, quantity: int, **more: Any) -> dict[str, Any]:
    """A row of ``stocks``."""
    return {"place": place, "item": "mask", "quantity": quantity, **more}


def value(frame: pd.DataFrame, stage: str, plan: str, column: str = "value") -> float:
    """One figure of a frame of stages."""
    row = frame[(frame["stage"] == stage) & (frame["plan"] == plan)]
    return float(row[column].iloc[0])
