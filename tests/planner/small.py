"""Two towns, two depots, one item: small enough to plan in one's head."""

from __future__ import annotations

from typing import Any

import pandas as pd

import yjopt as yj


def frames() -> dict[str, pd.DataFrame]:
    """Masks at two depots for two towns: `near` lies at t1, `far` has an hour to go to both."""
    return {
        "areas": pd.DataFrame(
            [("C", "county", ""), ("T1", "town", "C"), ("T2", "town", "C")],
            columns=["area", "level", "parent"],
        ),
        "places": pd.DataFrame(
            [("t1", "town", "T1"), ("t2", "town", "T2"), ("near", "depot", "C"), ("far", "depot", "C")],
            columns=["place", "kind", "area"],
        ),
        "roads": pd.DataFrame(
            [("near", "t1", 10.0), ("near", "t2", 20.0), ("far", "t1", 60.0), ("far", "t2", 60.0)],
            columns=["from", "to", "minutes"],
        ),
        "items": pd.DataFrame([("mask", 10, 0.1)], columns=["item", "pack", "kg"]),
        "stocks": pd.DataFrame(
            [("near", "mask", 50), ("far", "mask", 30)], columns=["place", "item", "quantity"]
        ),
        "needs": pd.DataFrame(
            [("t1", "mask", 1, 30, 1.0), ("t2", "mask", 1, 20, 2.0)],
            columns=["place", "item", "period", "quantity", "weight"],
        ),
    }


def scenario(settings: dict[str, Any] | None = None, **tables: pd.DataFrame) -> yj.Scenario:
    """The scenario, with some tables or settings exchanged."""
    return yj.Scenario.from_tables({**frames(), **tables}, settings or {})


def sent(plan: yj.Plan) -> dict[tuple[str, str], int]:
    """Base units sent, by origin and destination."""
    rows = plan.shipments[["from", "to", "quantity"]].itertuples(index=False)
    return {(origin, destination): quantity for origin, destination, quantity in rows}
