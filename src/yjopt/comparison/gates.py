"""Which gates open between two scenarios, and what stands behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from yjopt.areas import Tree
from yjopt.instance.command import ORDER_STEPS, STEPS, Command
from yjopt.instance.context import Context, labels_of
from yjopt.schema import RESOURCES

if TYPE_CHECKING:
    from yjopt.instance.joining import BoolArray, IntArray
    from yjopt.scenario import Scenario

GATE_COLUMNS = ("gate", "opens", "which", "resource", "area", "name", "period", "until")
MEANS_COLUMNS = ("gate", "table", "place", "what", "authority", "kind", "quantity")
#: Tables of means that an authority gives: what a row is of, and how much.
_BY_AUTHORITY = (("stocks", "item", "quantity"), ("receipts", "item", "quantity"), ("pools", "pool", "teams"))


def opened_gates(before: Scenario, after: Scenario) -> pd.DataFrame:
    """What is open in one scenario and shut in another that differs in its levels alone.

    Returns
    -------
    DataFrame
        One row a gate and topmost area of takers: ``gate``, ``opens``, ``which``, ``resource``, ``area``, ``name``,
        ``period`` to ``until`` (the first and the last period in which it is open and was not).
    """
    old, new = _command(before), _command(after)
    gates, tree = new.context.table("gates"), new.tree
    names = new.context.table("areas")["name"].to_numpy(dtype=object)
    ids = new.context.labels.areas
    everyone = np.arange(len(tree), dtype=np.int64)
    rows: list[dict[str, Any]] = []
    for gate in gates.sort_values("gate").to_dict("records"):
        opened = _opened(old, new, gate)
        opened &= tree.inside(everyone, tree.index([gate["area"]]))[:, None]
        concerned = np.asarray(opened.any(axis=1), dtype=np.bool_)
        above = np.where(tree.parent >= 0, concerned[np.maximum(tree.parent, 0)], False)
        for area in np.flatnonzero(concerned & ~above):
            periods = np.flatnonzero(opened[area]) + 1
            rows.append(
                {
                    **{key: gate[key] for key in GATE_COLUMNS[:4]},
                    "area": ids[area], "name": names[area],
                    "period": int(periods[0]), "until": int(periods[-1]),
                }
            )  # fmt: skip
    return pd.DataFrame(rows, columns=list(GATE_COLUMNS))


def freed_means(scenario: Scenario, gates: pd.DataFrame) -> pd.DataFrame:
    """What stands behind gates.

    Stocks, receipts and teams whose giver would stand on an opened step, or whose kind is opened, for some taker of
    the gate; quotas; beds of an opened hospital.

    Parameters
    ----------
    scenario : Scenario
    gates : DataFrame
        Of `opened_gates`.
    """
    canonical = scenario.canonical
    tree = Tree(canonical.tables["areas"])
    found: list[pd.DataFrame] = []
    for gate in gates.to_dict("records"):
        takers = np.flatnonzero(tree.inside(np.arange(len(tree), dtype=np.int64), tree.index([gate["area"]])))
        found += _behind(canonical, tree, takers, gate)
    frame = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=list(MEANS_COLUMNS))
    return frame[list(MEANS_COLUMNS)].drop_duplicates(ignore_index=True)


def _command(scenario: Scenario) -> Command:
    canonical = scenario.canonical
    return Command(Context(canonical, labels_of(canonical)))


def _opened(old: Command, new: Command, gate: dict[Any, Any]) -> BoolArray:
    """Whether what a gate names is open now and was not, shape (areas, periods)."""
    without = gate["opens"] != "skip"
    opened = np.zeros((len(new.tree), new.context.horizon), dtype=np.bool_)
    for resource in (gate["resource"],) if gate["resource"] else RESOURCES:
        words = (gate["opens"], gate["which"], resource)
        opened |= new.gate(*words, without=without) & ~old.gate(*words, without=without)
    return opened


def _behind(scenario: Scenario, tree: Tree, takers: IntArray, gate: dict[Any, Any]) -> list[pd.DataFrame]:
    tables, which = scenario.tables, gate["which"]
    goods = gate["resource"] in ("", "supplies")
    if gate["opens"] == "quota":
        quotas = tables["quotas"]
        named = quotas["item"] == which if which else quotas["item"].notna()
        return [_means(gate, "quotas", quotas[named], "item", "quantity")]
    if gate["opens"] == "facility":
        beds = tables["beds"]
        return [_means(gate, "beds", beds[beds["place"] == which], "class", "beds")]
    if which in ORDER_STEPS:
        sources = tables["sources"]
        return [_means(gate, "sources", sources[sources["kind"] == which], "item", "quantity")]
    parts = []
    for table, what, quantity in (
        ("stocks", "item", "quantity"),
        ("receipts", "item", "quantity"),
        ("pools", "pool", "teams"),
    ):
        if not (goods if table != "pools" else gate["resource"] in ("", "teams")):
            continue
        frame = tables[table]
        if gate["opens"] == "kind":
            if table == "pools":
                continue
            chosen: BoolArray = (frame["kind"] == which).to_numpy(dtype=bool) | (which == "")
        else:
            giver = tree.index(frame["authority"])
            step = tree.step(giver[:, None], takers[None, :])
            chosen = np.asarray(np.isin(step, _steps(gate["opens"], which)).any(axis=1), dtype=np.bool_)
        parts.append(_means(gate, table, frame[chosen], what, quantity))
    return parts


def _steps(opens: str, which: str) -> list[int]:
    """Numbers of the steps that a gate concerns."""
    if opens == "lateral":
        return [number for number, name in enumerate(STEPS) if name.startswith("peer-")]
    if opens == "skip":
        return [number for number, name in enumerate(STEPS) if name.startswith("above-")]
    return [STEPS.index(which)]


def _means(gate: dict[Any, Any], table: str, frame: pd.DataFrame, what: str, quantity: str) -> pd.DataFrame:
    blank = pd.Series("", index=frame.index, dtype=object)
    return pd.DataFrame(
        {
            "gate": gate["gate"],
            "table": table,
            "place": frame["place"],
            "what": frame[what],
            "authority": frame.get("authority", blank),
            "kind": frame.get("kind", blank),
            "quantity": frame[quantity],
        }
    )
