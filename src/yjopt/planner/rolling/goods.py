"""Goods when periods go by: what lies where, what is under way, what was handed over, what is still wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from yjopt.instance.channels import KEY as NEED
from yjopt.planner.rolling.frames import from_then, later, summed, together
from yjopt.schema import STOCK_KINDS

if TYPE_CHECKING:
    from yjopt.planner.rolling.frames import Elapsing

LOT: Final = ["place", "item", "authority", "kind"]
#: Least step of a weight.
_STEP: Final = 0.001


def goods_later(elapsing: Elapsing) -> dict[str, pd.DataFrame]:
    """Stocks, receipts, sources, needs, quotas and defaults of the scenario that follows."""
    stocks, receipts = _lots(elapsing)
    k = elapsing.elapsed
    quotas = elapsing.table("quotas")
    ahead = elapsing.done("shipments", "depart")
    ahead = ahead[(ahead["use"] == "ahead").to_numpy(dtype=bool)]
    sent = summed([ahead.rename(columns={"to": "place"})], ["place", "item"], "quantity")
    used = quotas[["place", "item"]].merge(sent, how="left", on=["place", "item"])["quantity"].fillna(0)
    quotas = quotas.assign(
        quantity=np.maximum(quotas["quantity"].to_numpy() - used.to_numpy(dtype=np.int64), 0)
    )
    return {
        "stocks": stocks,
        "receipts": receipts,
        "sources": from_then(elapsing.table("sources"), "first_period", k),
        "needs": _needs(elapsing),
        "quotas": from_then(quotas, "clear_by", k),
        "blind": later(elapsing.table("blind"), "period", k),
    }


def _items(elapsing: Elapsing) -> pd.DataFrame:
    return elapsing.table("items").set_index("item")[["pack", "durable", "turnaround", "late"]]


def _lots(elapsing: Elapsing) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What lies in lots, and what arrives at them later."""
    k, items = elapsing.elapsed, _items(elapsing)
    stocks, receipts = elapsing.table("stocks"), elapsing.whole("receipts")
    past = receipts[(receipts["period"] <= k).to_numpy(dtype=bool)]
    at_end = elapsing.plan["stocks"]
    at_end = at_end[(at_end["period"] == k).to_numpy(dtype=bool)]
    in_lots = at_end[at_end["kind"].isin(STOCK_KINDS).to_numpy(dtype=bool)]
    # What is less than a pack stays where it is, beside what the plan counts.
    rests = [
        frame[LOT].assign(quantity=frame["quantity"].to_numpy() % _pack(frame, items))
        for frame in (stocks, past)
    ]
    lies = summed([in_lots, *rests], LOT, "quantity")

    shipped = elapsing.done("shipments", "depart")
    shipped = shipped[(shipped["arrive"] > k).to_numpy(dtype=bool)].rename(columns={"to": "at"})
    durable = items["durable"].reindex(shipped["item"]).to_numpy(dtype=bool)
    to_lots = durable | (shipped["use"] == "store").to_numpy(dtype=bool)
    moved = shipped[to_lots].assign(place=lambda f: f["at"], period=lambda f: f["arrive"])
    ordered = elapsing.done("procurements", "order")
    ordered = ordered[(ordered["arrive"] > k).to_numpy(dtype=bool)]
    ordered = ordered.assign(kind="physical", period=ordered["arrive"])
    free_again = _in_use(elapsing, items)
    now = (free_again["period"] == k + 1).to_numpy(dtype=bool)
    lies = summed([lies, free_again[now]], LOT, "quantity")
    coming = [receipts, moved, ordered, free_again[~now]]
    handed = _handed_over(elapsing, shipped[~to_lots], at_end)
    stocks = _with_floors(elapsing, stocks, lies, items)
    stocks, arriving = _with_handed_over(elapsing, stocks, handed, coming)
    due = summed([later(frame, "period", k) for frame in (*coming, arriving)], [*LOT, "period"], "quantity")
    return stocks, together("receipts", due)


def _pack(frame: pd.DataFrame, items: pd.DataFrame) -> Any:
    return items["pack"].reindex(frame["item"]).to_numpy(dtype=np.int64)


def _in_use(elapsing: Elapsing, items: pd.DataFrame) -> pd.DataFrame:
    """Durables at work or in cleaning at the end, by the period at whose start they are free."""
    k = elapsing.elapsed
    table = elapsing.plan["stocks"]
    table = table[(table["kind"] == "in_use").to_numpy(dtype=bool)]
    store = LOT[:3]
    levels = table.pivot_table(index=store, columns="period", values="quantity", aggfunc="sum", fill_value=0)
    levels = levels.reindex(columns=range(1, k + 1), fill_value=0)
    cleaning = items["turnaround"].reindex(levels.index.get_level_values("item")).to_numpy(dtype=np.int64)
    level = levels.to_numpy(dtype=np.int64)
    used = np.zeros_like(level)
    rows = np.arange(len(level))
    for t in range(k):
        before = level[:, t - 1] if t else 0
        gone = t - 1 - cleaning
        used[:, t] = level[:, t] - before + np.where(gone >= 0, used[rows, np.maximum(gone, 0)], 0)
    at, when = np.nonzero(used)
    found = levels.index.to_frame(index=False).iloc[at].reset_index(drop=True)
    found = found.assign(kind="physical", period=when + 2 + cleaning[at], quantity=used[at, when])
    return found[(found["period"] > k).to_numpy(dtype=bool)]


def _with_floors(
    elapsing: Elapsing, stocks: pd.DataFrame, lies: pd.DataFrame, items: pd.DataFrame
) -> pd.DataFrame:
    """Rows of stocks with what lies there, and with as much kept at home as is left of it."""
    k = elapsing.elapsed
    merged = stocks.drop(columns="quantity").merge(lies, how="outer", on=LOT)
    merged["quantity"] = merged["quantity"].fillna(0).astype(np.int64)
    new = merged["floor"].isna()
    # A lot that goods came to has no row yet.
    merged = merged.assign(
        floor=merged["floor"].where(~new, 0),
        release_hours=merged["release_hours"].where(~new, 0.0),
        refill=merged["refill"].where(~new, False).astype(bool),
        source=merged["source"].where(~new, ""),
    )
    merged = together("stocks", merged)
    pack, durable = _pack(merged, items), items["durable"].reindex(merged["item"]).to_numpy(dtype=bool)
    was = stocks.set_index(LOT)["quantity"].reindex(pd.MultiIndex.from_frame(merged[LOT])).fillna(0)
    floor = -(-merged["floor"].to_numpy(dtype=np.int64) // pack)
    home = np.minimum(was.to_numpy(dtype=np.int64) // pack, floor)
    lot = pd.MultiIndex.from_frame(merged[LOT])
    room = np.where(merged["refill"].to_numpy(dtype=bool), floor - home, 0)
    own = elapsing.done("shipments", "depart")
    own = own[((own["use"] == "supply") & (own["step"] == "own")).to_numpy(dtype=bool)]
    own = own.rename(columns={"from": "place"})
    receipts = elapsing.table("receipts")
    for t in range(1, k + 1):
        come = receipts[(receipts["period"] == t).to_numpy(dtype=bool)].set_index(LOT)["quantity"]
        filled = np.minimum(room, come.reindex(lot).fillna(0).to_numpy(dtype=np.int64) // pack)
        room = room - filled
        left = own[(own["depart"] == t).to_numpy(dtype=bool)].groupby(LOT)["quantity"].sum()
        # Its own places are served from what is kept for them first.
        home = np.maximum(home + filled - left.reindex(lot).fillna(0).to_numpy(dtype=np.int64) // pack, 0)
    kept = np.where(durable, merged["floor"].to_numpy(dtype=np.int64), (home + room) * pack)
    return from_then(merged.assign(floor=kept), "return_by", k)


def _handed_over(elapsing: Elapsing, shipped: pd.DataFrame, at_end: pd.DataFrame) -> pd.DataFrame:
    """What takers have (under the last period that goes by), and what is on its way to them, by arrival."""
    k = elapsing.elapsed
    there = at_end[at_end["kind"].isin(["received", "loose"]).to_numpy(dtype=bool)]
    coming = shipped.assign(place=shipped["at"], period=shipped["arrive"])
    return summed([there.assign(period=k), coming], ["place", "item", "period"], "quantity")


def _with_handed_over(
    elapsing: Elapsing, stocks: pd.DataFrame, handed: pd.DataFrame, coming: list[pd.DataFrame]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lots kept at home for what takers have, and what arrives at these lots later."""
    places = elapsing.table("places").set_index("place")["unit"]
    handed = handed.assign(authority=places.reindex(handed["place"]).to_numpy(dtype=object))
    wanted = handed[LOT[:3]].drop_duplicates().reset_index(drop=True)
    gates = elapsing.table("gates")
    shut = set(gates.loc[(gates["opens"] == "kind").to_numpy(dtype=bool), "which"])
    kinds = [
        *(kind for kind in STOCK_KINDS if kind not in shut),
        *(kind for kind in STOCK_KINDS if kind in shut),
    ]
    lots = stocks.set_index(LOT)
    fits = (lots["release_hours"] == 0) & lots["refill"] & (lots["floor"] >= lots["quantity"])
    others = [frame[LOT] for frame in (*coming, elapsing.table("sources").assign(kind="physical"))]
    taken = set(pd.concat([stocks[LOT], *others]).itertuples(index=False, name=None))
    kept = {key for key, is_kept in fits.items() if is_kept}
    chosen = []
    for key in wanted.itertuples(index=False, name=None):
        free = (kind for kind in kinds if (*key, kind) in kept or (*key, kind) not in taken)
        chosen.append(next(free, kinds[0]))
    wanted = wanted.assign(kind=np.array(chosen, dtype=object))
    handed = handed.merge(wanted, on=LOT[:3])
    there = summed([handed[(handed["period"] == elapsing.elapsed).to_numpy(dtype=bool)]], LOT, "quantity")
    arriving = handed[(handed["period"] > elapsing.elapsed).to_numpy(dtype=bool)]
    in_all = summed([handed], LOT, "quantity")
    pack = _pack(in_all, _items(elapsing))
    more = in_all.assign(floor=-(-in_all["quantity"].to_numpy(dtype=np.int64) // pack) * pack, refill=True)
    more = more.drop(columns="quantity").merge(there, how="left", on=LOT).fillna({"quantity": 0})
    both = together("stocks", stocks, more.assign(quantity=more["quantity"].astype(np.int64)))
    first = both.drop(columns=["quantity", "floor", "refill"]).drop_duplicates(LOT)
    figures = (
        both.groupby(LOT, sort=False).agg({"quantity": "sum", "floor": "sum", "refill": "max"}).reset_index()
    )
    return together("stocks", first.merge(figures, on=LOT)), arriving


def _needs(elapsing: Elapsing) -> pd.DataFrame:
    """Needs to come, and what is still wanted of those that are due."""
    k, items = elapsing.elapsed, _items(elapsing)
    needs = elapsing.table("needs")
    coming = later(needs, "period", k)
    coming = from_then(coming, "known_from", k)
    due = needs[(needs["period"] <= k).to_numpy(dtype=bool)]
    durable = items["durable"].reindex(due["item"]).to_numpy(dtype=bool)
    due = due[~durable].sort_values("channel", kind="stable")
    largest = due.groupby(NEED, sort=False)["quantity"].transform("max")
    due = due.assign(quantity=largest.astype(np.int64)).drop_duplicates(NEED)
    served = elapsing.done("served", "period").rename(columns={"needed": "due"})
    served = served.rename(columns={"due": "period", "period": "when"})
    met = summed([served], NEED, "quantity").rename(columns={"quantity": "met"})
    due = due.merge(met, how="left", on=NEED)
    left = due["quantity"].to_numpy(dtype=np.int64) - due["met"].fillna(0).to_numpy(dtype=np.int64)
    end = (due["period"] + due["deadline"]).astype("Int64")
    waits = (left > 0) & (end.fillna(k + 1) > k).to_numpy(dtype=bool)
    waiting = due.assign(quantity=left, period=1, channel="command", deadline=end - k - 1)
    return _apart(coming, waiting[waits].drop(columns=["met", "known_from"]))


def _apart(coming: pd.DataFrame, waiting: pd.DataFrame) -> pd.DataFrame:
    """All needs with keys of their own: equal ones are one, others of one key differ by the least step of weight."""
    key = [*NEED, "channel"]
    # The same deadline: one need.
    same = waiting.groupby([*key, "deadline"], sort=False, dropna=False)
    waiting = waiting.assign(quantity=same["quantity"].transform("sum")).drop_duplicates([*key, "deadline"])
    taken = set(coming[key].round({"weight": 3}).itertuples(index=False, name=None))
    weights = []
    for place, item, period, weight, channel in waiting[key].itertuples(index=False, name=None):
        other, step = round(weight, 3), _STEP if weight < 1 else -_STEP
        while (place, item, period, other, channel) in taken:
            other = round(other + step, 3)
        taken.add((place, item, period, other, channel))
        weights.append(other)
    return together("needs", coming, waiting.assign(weight=np.array(weights, dtype=np.float64)))
