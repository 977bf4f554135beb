"""What was wanted, met, waiting and lost, by kind, area, item or period."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from yjopt.areas import Tree
from yjopt.errors import PlanError
from yjopt.schema import LEVELS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yjopt.scenario import Scenario

BY = ("kind", "area", "what", "period")


def statistics(
    scenario: Scenario, tables: Mapping[str, pd.DataFrame], by: str = "kind", level: str = ""
) -> pd.DataFrame:
    """What was wanted, met, waiting and lost.

    Parameters
    ----------
    scenario : Scenario
        What the plan was made for.
    tables : mapping of str to DataFrame
        The plan's tables.
    by : {"kind", "area", "what", "period"}
        Beside the kind, which always stands first. ``what`` is the item, care group, category or task.
    level : str, optional
        With ``by="area"``: the level whose areas are summed up (``"county"``); default the area of each place.

    Returns
    -------
    DataFrame
        ``kind``, the grouping, ``wanted``, ``met``, ``waiting`` (at the end of the last period, or of the period with
        ``by="period"``), ``lost``, ``share_met``; with ``by="period"`` neither ``met`` nor its share. Goods are in
        base units, beds and isolation in people, tasks in teams or work.

    Raises
    ------
    PlanError
        If `by` or `level` is unknown.
    """
    if by not in BY or (level and level not in LEVELS):
        raise PlanError(f"Statistics go by one of {', '.join(BY)}, at a level of {', '.join(LEVELS)}.")
    unmet = tables["unmet"]
    wanted = _wanted(scenario)
    unmet = unmet.assign(waiting=np.where(unmet["state"] == "waiting", unmet["amount"], 0))
    unmet = unmet.assign(lost=np.where(unmet["state"] == "lost", unmet["amount"], 0))
    if by != "period":
        unmet.loc[unmet["period"] < scenario.settings.periods, "waiting"] = 0
    keys = ["kind"] if by == "kind" else ["kind", by]
    if by == "area":
        area = _area_of(scenario, level)
        wanted, unmet = (frame.assign(area=frame["place"].map(area)) for frame in (wanted, unmet))
    total = wanted.groupby(keys)["wanted"].sum().to_frame()
    left = unmet.groupby(keys)[["waiting", "lost"]].sum()
    frame = total.join(left, how="outer").fillna(0).astype("int64").reset_index()
    if by == "period":
        # What is lost in a period may have been wanted long before: only totals say what was met.
        return frame
    frame.insert(len(keys) + 1, "met", frame["wanted"] - frame["waiting"] - frame["lost"])
    share = np.where(frame["wanted"] > 0, frame["met"] / frame["wanted"].clip(lower=1), 1.0)
    return frame.assign(share_met=share)


def _area_of(scenario: Scenario, level: str) -> dict[str, str]:
    places, areas = scenario.tables["places"], scenario.tables["areas"]
    if not level:
        return dict(zip(places["place"], places["area"], strict=True))
    tree, ids = Tree(areas), areas["area"].to_numpy(dtype=object)
    at = tree.index(places["area"])
    rank = LEVELS.index(level)
    for _ in LEVELS:
        lower = (tree.rank[at] < rank) & (tree.parent[at] >= 0)
        at = np.where(lower, tree.parent[at], at)
    return dict(zip(places["place"], ids[at], strict=True))


def _wanted(scenario: Scenario) -> pd.DataFrame:
    tables, horizon = scenario.tables, scenario.settings.periods
    durable = dict(zip(tables["items"]["item"], tables["items"]["durable"], strict=True))
    # A need filed on both channels counts once.
    needs = tables["needs"].groupby(["place", "item", "period", "weight"], as_index=False)["quantity"].max()
    kind = np.where(needs["item"].map(durable).astype(bool), "durable", "supply")
    parts = [
        _rows(kind, needs["place"], needs["item"], needs["period"], needs["quantity"]),
        _rows("bed", *(tables["arrivals"][name] for name in ("place", "group", "period", "people"))),
        _rows("isolation", *(tables["contacts"][name] for name in ("place", "category", "period", "people"))),
        _tasks(tables["tasks"], horizon),
    ]
    frame = pd.concat(parts, ignore_index=True)
    return frame[frame["period"] <= horizon]


def _rows(kind: Any, place: Any, what: Any, period: Any, wanted: Any) -> pd.DataFrame:
    frame = pd.DataFrame({"place": place, "what": what, "period": period, "wanted": wanted})
    frame["kind"] = kind
    return frame


def _tasks(tasks: pd.DataFrame, horizon: int) -> pd.DataFrame:
    """Teams are wanted in every period of the window, work once, by the last."""
    last = tasks["last_period"].clip(upper=horizon)
    first = tasks["first_period"].where(tasks["measure"] == "teams", last)
    count = (last - first + 1).clip(lower=0).to_numpy(dtype=np.int64)
    row = np.repeat(np.arange(len(tasks)), count)
    offset = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    chosen = tasks.iloc[row]
    period = first.to_numpy(dtype=np.int64)[row] + offset
    columns = (chosen[name].to_numpy() for name in ("place", "task", "amount"))
    place, task, amount = columns
    return _rows("task", place, task, period, amount)
