"""Rules, levels and roads when periods go by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from yjopt.areas import Tree
from yjopt.planner.rolling.frames import from_then, later, together

if TYPE_CHECKING:
    from yjopt.planner.rolling.frames import Elapsing


def rules_later(elapsing: Elapsing) -> dict[str, pd.DataFrame]:
    """Rules with what is left of their budgets, levels as they stand, closures to come."""
    k = elapsing.elapsed
    return {
        "rules": from_then(_budgets(elapsing), "from_period", k),
        "levels": _levels(elapsing),
        "closures": later(elapsing.table("closures"), "period", k),
    }


def _budgets(elapsing: Elapsing) -> pd.DataFrame:
    """Opening budgets without what was spent."""
    rules, spent = elapsing.table("rules"), _spent(elapsing)
    budget = (rules["rule"] == "opening_budget").to_numpy(dtype=bool)
    if not budget.any() or not len(spent):
        return rules
    areas = elapsing.table("areas")
    tree, number = Tree(areas), pd.Index(areas["area"])
    place = elapsing.table("places").set_index("place")["area"].reindex(spent["place"])
    lies = number.get_indexer(pd.Index(place.to_numpy(dtype=object)))
    rows = np.flatnonzero(budget)
    over = number.get_indexer(pd.Index(rules["area"].iloc[rows]))
    inside = tree.inside(lies[None, :], over[:, None])
    fen = np.rint(spent["cost"].to_numpy(dtype=np.float64) * 100).astype(np.int64)
    amount = rules["amount"].to_numpy(dtype=np.float64, copy=True)
    left = np.rint(amount[rows] * 100).astype(np.int64) - inside @ fen
    amount[rows] = np.maximum(left, 0) / 100
    return rules.assign(amount=amount)


def _spent(elapsing: Elapsing) -> pd.DataFrame:
    """What openings and conversions cost: ``place``, ``cost``."""
    opened = elapsing.done("openings", "decided")
    held = elapsing.done("holdings", "period")[["place", "category"]].drop_duplicates()
    there = elapsing.table("occupied")
    there = there[(there["period"] == 1).to_numpy(dtype=bool)].rename(columns={"class": "category"})
    # Whoever was there at the start had the site converted already.
    before = held.merge(
        there[["place", "category"]].drop_duplicates(), how="left", on=["place", "category"], indicator=True
    )
    held = held[(before["_merge"] == "left_only").to_numpy(dtype=bool)]
    conversions = elapsing.table("site_category").rename(columns={"conversion_cost": "cost"})
    surge = opened[(opened["what"] == "surge").to_numpy(dtype=bool)]
    parts = [
        surge.merge(elapsing.table("surge"), on=["place", "class", "level"]),
        opened[(opened["what"] == "site").to_numpy(dtype=bool)].merge(
            elapsing.table("isolation_sites"), on="place"
        ),
        opened[(opened["what"] == "facility").to_numpy(dtype=bool)].merge(
            elapsing.table("facilities"), on="place"
        ),
        held.merge(conversions, on=["place", "category"]),
    ]
    return pd.concat([part[["place", "cost"]] for part in parts], ignore_index=True)


def _levels(elapsing: Elapsing) -> pd.DataFrame:
    """What each area is under when the scenario begins is one row of its first period."""
    k = elapsing.elapsed
    levels = elapsing.table("levels").sort_values(["area", "period"])
    past = levels[(levels["period"] <= k + 1).to_numpy(dtype=bool)]
    said = past.assign(
        **{column: past[column].mask(past[column] == "") for column in ("level", "mode", "severity")}
    )
    latest = said.groupby("area").last().reset_index().assign(period=1)
    coming = later(levels[(levels["period"] > k + 1).to_numpy(dtype=bool)], "period", k)
    latest = latest.fillna({column: "" for column in ("level", "mode", "severity", "source")})
    return together("levels", latest, coming)
