"""Who can be reached at all: places that need something and nobody within the limit of travel who has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from yjopt.checks.tables import Batch, FloatArray, IntArray, Rule, Tables, warning, where
from yjopt.checks.words import figure, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    import scipy.sparse

#: Tables of takers with the column of what they take, and the kind of travel.
TAKERS: Final = (
    ("needs", "item", "supplies"),
    ("arrivals", "group", "patients"),
    ("contacts", "category", "contacts"),
    ("tasks", "skill", "teams"),
)
NOBODY: Final = {
    "supplies": "No place has a stock, receipt or source of {what}.",
    "patients": "No hospital has beds or surge of a class for {what}.",
    "contacts": "No isolation site may hold {what}.",
}
TOO_FAR: Final = {
    "supplies": "No stock, receipt or source of {what} lies within {limit} minutes of {place}.",
    "patients": "No hospital with beds for {what} lies within {limit} minutes of {place}.",
    "contacts": "No isolation site that may hold {what} lies within {limit} minutes of {place}.",
    "teams": "No pool with the skill {what} stands within {limit} minutes of {place}.",
}


@dataclass(frozen=True)
class Network:
    """Open roads as a graph, and explicit times as pairs; seconds throughout."""

    graph: scipy.sparse.csr_array
    start: IntArray
    end: IntArray
    seconds: FloatArray

    def nearest(self, places: IntArray, limit: float, *, towards: bool) -> FloatArray:
        """Return the seconds from the nearest of some places to every place (or from it, ``towards`` them).

        Closures are left out, so that nothing is called out of reach that might be reached. A row of
        ``times`` counts if it is shorter.
        """
        from scipy.sparse.csgraph import dijkstra

        size = self.graph.shape[0]
        if not len(places) or not size:
            return np.full(size, np.inf)
        graph = self.graph.T.tocsr() if towards else self.graph
        seconds = dijkstra(graph, indices=places, min_only=True, limit=limit)
        giver, taker = (self.end, self.start) if towards else (self.start, self.end)
        direct = np.isin(giver, places) & (self.seconds <= limit)
        np.minimum.at(seconds, taker[direct], self.seconds[direct])
        reached: FloatArray = seconds
        return reached


def network(tables: Tables) -> Network:
    """Return the roads as a graph of places; a road whose minutes are wrong counts as very short."""
    from scipy.sparse import csr_array

    size = tables.size("places")
    start, end = tables.rows("roads", "from"), tables.rows("roads", "to")
    seconds = _seconds(tables, "roads", 0.05)
    back = ~tables.flags("roads", "one_way")
    edges = pd.DataFrame(
        {
            "start": np.concatenate([start, end[back]]),
            "end": np.concatenate([end, start[back]]),
            "seconds": np.concatenate([seconds, seconds[back]]),
        }
    )
    edges = edges[(edges["start"] >= 0) & (edges["end"] >= 0)]
    edges = edges.groupby(["start", "end"], as_index=False, sort=False).min()
    cells = (edges["seconds"].to_numpy(), (edges["start"].to_numpy(), edges["end"].to_numpy()))
    graph = csr_array(cells, shape=(size, size))
    start, end = tables.rows("times", "from"), tables.rows("times", "to")
    seconds = _seconds(tables, "times", 0.0)
    known = (start >= 0) & (end >= 0)
    return Network(graph, start[known], end[known], seconds[known])


def _seconds(tables: Tables, table: str, stand_in: float) -> FloatArray:
    """Return whole seconds, which add up exactly; a stand-in in minutes where a cell is wrong."""
    minutes: FloatArray = np.nan_to_num(tables.figures(table, "minutes"), nan=stand_in)
    return np.rint(minutes * 60)


def givers(tables: Tables) -> dict[tuple[str, str], IntArray]:
    """Return the rows of the places that can give something, by kind of travel and by what they give."""
    frames = []
    for table in ("stocks", "receipts", "sources"):
        has = tables.figures(table, "quantity") > 0
        frames.append(_pairs("supplies", tables.words(table, "item")[has], tables.rows(table, "place")[has]))
    beds = [
        pd.DataFrame({"class": tables.words(table, "class"), "place": tables.rows(table, "place")})[
            tables.figures(table, "beds") > 0
        ]
        for table in ("beds", "surge")
    ]
    eligible = pd.DataFrame({name: tables.words("eligibility", name) for name in ("group", "class")})
    joined = eligible.merge(pd.concat(beds), on="class")
    frames.append(_pairs("patients", joined["group"].to_numpy(), joined["place"].to_numpy()))
    rooms = np.append(tables.figures("isolation_sites", "rooms"), np.nan)[
        tables.rows("site_category", "place")
    ]
    holds = tables.flags("site_category", "allowed") & (rooms > 0)
    site = tables.rows("site_category", "place", "places.place")
    frames.append(_pairs("contacts", tables.words("site_category", "category")[holds], site[holds]))
    pool = tables.rows("skills", "pool")
    home = np.append(tables.rows("pools", "place"), -1)[pool]
    has = np.append(tables.figures("pools", "teams"), np.nan)[pool] > 0
    frames.append(_pairs("teams", tables.words("skills", "skill")[has], home[has]))
    pairs = pd.concat(frames, ignore_index=True)
    pairs = pairs[(pairs["what"] != "") & (pairs["place"] >= 0)]
    return {
        (str(kind), str(what)): np.unique(places.to_numpy(dtype=np.int64))
        for (kind, what), places in pairs.groupby(["kind", "what"])["place"]
    }


def _pairs(kind: str, what: Any, place: IntArray) -> pd.DataFrame:
    return pd.DataFrame(
        {"kind": kind, "what": np.asarray(what, dtype=object), "place": np.asarray(place, dtype=np.int64)}
    )


def takers(tables: Tables) -> list[tuple[str, str, str, pd.DataFrame]]:
    """Return per kind of travel the table, the column and the first row of each taker and what it takes."""
    found = []
    for table, column, kind in TAKERS:
        amount = (
            "people" if table in ("arrivals", "contacts") else "amount" if table == "tasks" else "quantity"
        )
        frame = pd.DataFrame({"what": tables.words(table, column), "place": tables.rows(table, "place")})
        if INPUT_REFERS[table]:
            frame = frame[tables.rows(table, column) >= 0]
        frame = frame[
            (tables.figures(table, amount)[frame.index] > 0) & (frame["what"] != "") & (frame["place"] >= 0)
        ]
        found.append((table, column, kind, frame.drop_duplicates()))
    return found


#: Whether what a taker needs has a table of its own; a skill has none.
INPUT_REFERS: Final = {"needs": True, "arrivals": True, "contacts": True, "tasks": False}


@warning
def out_of_reach(tables: Tables) -> Iterator[Batch]:
    """A place that needs something which nobody within the limit of travel can give."""
    roads, giving = network(tables), tables.once(givers)
    alone = tables.once(isolated)
    names = tables.words("places", "place")
    for table, column, kind, frame in tables.once(takers):
        limit = float(tables.settings[f"limits.{kind}"])
        for what, rows in frame.groupby("what", sort=False):
            places = giving.get((kind, str(what)))
            taking = rows["place"].to_numpy(dtype=np.int64)
            at = rows.index.to_numpy(dtype=np.int64)
            facts: dict[str, Any] = {"what": shown(what), "limit": figure(limit)}
            if places is None:
                if kind not in NOBODY:  # skill_without_pool says so
                    continue
                mend = "Add who can give it, or take the row out; as it is, all of it stays unmet."
                yield Batch(table, at[:1], column, NOBODY[kind], mend, facts)
                continue
            most = np.rint(limit * 60)
            seconds = roads.nearest(places, most, towards=kind in ("patients", "contacts"))
            far = (seconds[taking] > most) & ~(alone[taking] & ~np.isin(taking, places))
            if far.any():
                facts["place"] = [shown(name) for name in names[taking[far]]]
                mend = f"Check the roads, or raise limits.{kind}; as it is, all of it stays unmet."
                yield Batch(table, at[far], "place", TOO_FAR[kind], mend, facts)


def isolated(tables: Tables) -> np.ndarray:
    """Return which places stand in no row of roads or times."""
    ends = [tables.rows(table, end) for table in ("roads", "times") for end in ("from", "to")]
    touched = np.zeros(tables.size("places") + 1, dtype=bool)
    touched[np.concatenate(ends)] = True
    alone: np.ndarray = ~touched[:-1]
    return alone


@warning
def unconnected_place(tables: Tables) -> Iterator[Batch]:
    """A place that takes or gives something and that no road leads to."""
    ends = [frame["place"].to_numpy(dtype=np.int64) for *_, frame in tables.once(takers)]
    ends += list(tables.once(givers).values())
    used = np.zeros(tables.size("places"), dtype=bool)
    used[np.concatenate(ends)] = True
    rows = where(used & tables.once(isolated))
    if len(rows) and tables.size("places") > 1:
        yield Batch(
            "places",
            rows,
            "place",
            "No road or travel time leads to or from {value}.",
            "Add a road; as it is, the place can only use what lies there.",
        )


RULES: Final[tuple[Rule, ...]] = (out_of_reach, unconnected_place)
