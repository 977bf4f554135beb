"""People when periods go by: who lies in beds and rooms, who still waits, what is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from yjopt.instance.joining import spans
from yjopt.planner.rolling.frames import from_then, later, summed, together

if TYPE_CHECKING:
    from yjopt.planner.rolling.frames import Elapsing, IntArray

WARD: Final = ["place", "class"]
#: Between the id of a group and how long its people have waited.
WAITED: Final = "~"


def people_later(elapsing: Elapsing) -> dict[str, pd.DataFrame]:
    """Tables about beds and isolation of the scenario that follows."""
    arrivals, groups, eligibility = _waiting_for_beds(elapsing)
    tables = {
        "arrivals": arrivals,
        "groups": groups,
        "eligibility": eligibility,
        "contacts": _waiting_for_rooms(elapsing),
        "occupied": _occupied(elapsing),
        **_sites(elapsing),
    }
    return {**tables, **_hospitals(elapsing)}


def _stays(frame: pd.DataFrame, first: str, last: pd.Series[int], sign: int = 1) -> pd.DataFrame:
    """A row for each period of a stay."""
    begin, end = frame[first].to_numpy(dtype=np.int64), np.asarray(last, dtype=np.int64)
    at, period = spans(begin, np.maximum(end, begin - 1))
    rows = frame[[*WARD, "people"]].iloc[at]
    return rows.assign(period=period, people=sign * rows["people"])


def _occupied(elapsing: Elapsing) -> pd.DataFrame:
    k = elapsing.elapsed
    stay = elapsing.table("groups").set_index("group")["stay"]
    admitted = elapsing.done("admissions", "period").rename(columns={"to": "place"})
    lying = _stays(admitted, "period", admitted["period"] + stay.reindex(admitted["group"]).to_numpy() - 1)
    moved = elapsing.done("transfers", "period")
    out = moved.drop(columns="to").rename(columns={"from": "place", "from_class": "class"})
    into = moved.drop(columns="from").rename(columns={"to": "place", "to_class": "class"})
    isolated = elapsing.done("isolations", "period").rename(columns={"to": "place", "category": "class"})
    due = elapsing.table("categories").set_index("category")["stay"].reindex(isolated["class"]).to_numpy()
    rows = [
        elapsing.whole("occupied")[[*WARD, "period", "people"]],
        lying,
        _stays(out, "period", moved["last"], -1),
        _stays(into, "period", moved["last"]),
        _stays(isolated, "period", isolated["arrived"] + due - 1),
    ]
    return together("occupied", later(summed(rows, [*WARD, "period"], "people"), "period", k))


def _left(due: pd.DataFrame, served: pd.DataFrame, key: list[str]) -> IntArray:
    """People of rows that nobody has taken in."""
    taken = summed([served.rename(columns={"from": "place"}).drop(columns="period")
                    .rename(columns={"arrived": "period"})], key, "people")  # fmt: skip
    met = due[key].merge(taken, how="left", on=key)["people"].fillna(0)
    left: IntArray = due["people"].to_numpy(dtype=np.int64) - met.to_numpy(dtype=np.int64)
    return left


def _waiting_for_beds(elapsing: Elapsing) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Arrivals; who waits is of a group of its own, which may wait only so much longer."""
    k = elapsing.elapsed
    arrivals, groups, eligibility = (elapsing.table(name) for name in ("arrivals", "groups", "eligibility"))
    coming = from_then(later(arrivals, "period", k), "known_from", k)
    due = arrivals[(arrivals["period"] <= k).to_numpy(dtype=bool)]
    left = _left(due, elapsing.done("admissions", "period"), ["place", "group", "period"])
    wait = groups.set_index("group")["wait"].reindex(due["group"]).to_numpy(dtype=np.int64)
    over = due["period"].to_numpy(dtype=np.int64) + wait - k - 1
    waits = (left > 0) & (over >= 0)
    people = due[waits].drop(columns="known_from").assign(people=left[waits], period=1)
    # As many periods as are left: the same group, whenever its people came.
    name = np.array(
        [
            f"{group.partition(WAITED)[0]}{WAITED}{wait}"
            for group, wait in zip(people["group"], over[waits].tolist(), strict=True)
        ],
        dtype=object,
    )
    origin = pd.DataFrame({"group": people["group"], "new": name, "wait": over[waits]}).drop_duplicates("new")
    waiting = summed([people.assign(group=name)], ["place", "group", "period"], "people")
    more = groups.merge(origin[["group", "new"]], on="group")
    more = more.assign(
        group=more["new"], wait=origin.set_index("new")["wait"].reindex(more["new"]).to_numpy()
    )
    beds = eligibility.merge(origin[["group", "new"]], on="group").assign(group=lambda frame: frame["new"])
    # Groups whose people are all gone are of no more use.
    used = {*coming["group"], *waiting["group"]}
    gone = np.array([WAITED in group and group not in used for group in groups["group"]], dtype=bool)
    kept = groups[~gone & ~groups["group"].isin(more["group"])]
    allowed = eligibility[eligibility["group"].isin(kept["group"])]
    return (
        together("arrivals", coming, waiting),
        together("groups", kept, more),
        together("eligibility", allowed, beds),
    )


def _waiting_for_rooms(elapsing: Elapsing) -> pd.DataFrame:
    """Contacts; who waits is due anew in the first period, with a group that comes then."""
    k = elapsing.elapsed
    contacts = elapsing.table("contacts")
    coming = from_then(later(contacts, "period", k), "known_from", k)
    due = contacts[(contacts["period"] <= k).to_numpy(dtype=bool)]
    key = ["place", "category", "period"]
    left = _left(due, elapsing.done("isolations", "period"), key)
    wait = elapsing.table("categories").set_index("category")["wait"].reindex(due["category"]).to_numpy()
    waits = (left > 0) & (due["period"].to_numpy(dtype=np.int64) + wait > k)
    waiting = due[waits].drop(columns="known_from").assign(people=left[waits], period=1)
    both = together("contacts", coming, waiting)
    people = both.groupby(key)["people"].transform("sum")
    # Somebody is known already: all are.
    return both.assign(people=people).iloc[::-1].drop_duplicates(key).iloc[::-1].reset_index(drop=True)


def _opened(elapsing: Elapsing, what: str) -> pd.DataFrame:
    """What was decided, with the first period of use counted from then on (at least 1)."""
    frame = elapsing.done("openings", "decided")
    frame = frame[(frame["what"] == what).to_numpy(dtype=bool)]
    return frame.assign(first=(frame["first"] - elapsing.elapsed).clip(lower=1))


def _sites(elapsing: Elapsing) -> dict[str, pd.DataFrame]:
    """Sites that were opened are open, or cost nothing more while they are set up; conversions are paid once."""
    sites, holds = elapsing.table("isolation_sites"), elapsing.table("site_category")
    first = _opened(elapsing, "site").set_index("place")["first"].reindex(sites["place"])
    decided = first.notna().to_numpy(dtype=bool)
    ready = (first == 1).to_numpy(dtype=bool)
    setup = np.where(decided, first.fillna(1).to_numpy(dtype=np.int64) - 1, sites["setup"].to_numpy())
    sites = sites.assign(
        state=np.where(ready, "open", sites["state"].to_numpy(dtype=object)),
        setup=setup,
        cost=np.where(decided, 0.0, sites["cost"].to_numpy()),
    )
    held = elapsing.done("holdings", "period")[["place", "category"]].drop_duplicates().assign(held=True)
    paid = holds[["place", "category"]].merge(held, how="left", on=["place", "category"])["held"].notna()
    cost = np.where(paid.to_numpy(dtype=bool), 0.0, holds["conversion_cost"].to_numpy())
    return {"isolation_sites": sites, "site_category": holds.assign(conversion_cost=cost)}


def _hospitals(elapsing: Elapsing) -> dict[str, pd.DataFrame]:
    """
    Beds, surge levels and facilities.

    A level in use that cannot be closed is beds; one that can be stays a level, to be had at once and for nothing; one
    that was closed is gone. A facility that was opened is designated, and its beds may be used when it is ready.
    """
    k = elapsing.elapsed
    beds, surge = from_then(elapsing.table("beds"), "opening", k), elapsing.table("surge")
    opened = _opened(elapsing, "surge")
    level = surge.merge(opened[[*WARD, "level", "first", "last"]], how="left", on=[*WARD, "level"])
    decided = level["first"].notna()
    closed = decided & (level["last"] <= k)
    lasting = decided & (level["running_cost"] == 0) & (level["first"] == 1)
    level = level.assign(
        setup=level["setup"].where(~decided, (level["first"] - 1).fillna(0)).astype(np.int64),
        cost=level["cost"].where(~decided, 0.0),
    )
    fixed = level[lasting.to_numpy(dtype=bool)].groupby(WARD)["beds"].sum().rename("more")
    beds = beds.merge(fixed.reset_index(), how="outer", on=WARD)
    new = beds["beds"].isna()
    beds = beds.assign(
        beds=(beds["beds"].fillna(0) + beds["more"].fillna(0)).astype(np.int64),
        # Beds that are there already are not lost to wait for those that open later.
        opening=beds["opening"].fillna(1).where(beds["more"].isna() | (beds["opening"] == 1) | new, 1),
    )
    rest = level[~(closed | lasting).to_numpy(dtype=bool)].sort_values([*WARD, "level"])
    rest = rest.assign(level=rest.groupby(WARD).cumcount() + 1)
    facilities = elapsing.table("facilities")
    ready = _opened(elapsing, "facility").set_index("place")["first"]
    here = facilities["place"].isin(ready.index)
    facilities = facilities.assign(role=facilities["role"].where(~here, "designated"))
    begins = ready.reindex(beds["place"]).fillna(1).to_numpy(dtype=np.int64)
    beds = beds.assign(opening=np.maximum(beds["opening"].to_numpy(dtype=np.int64), begins))
    waits = ready.reindex(rest["place"]).fillna(1).to_numpy(dtype=np.int64) - 1
    rest = rest.assign(setup=np.maximum(rest["setup"].to_numpy(dtype=np.int64), waits))
    return {
        "beds": together("beds", beds),
        "surge": together("surge", rest),
        "facilities": together("facilities", facilities),
    }
