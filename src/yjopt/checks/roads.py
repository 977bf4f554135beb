"""Roads, closures, times and coordinates: links that exist, once, at a speed that vehicles can drive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from yjopt.checks.tables import Batch, IntArray, Rule, Tables, error, quoted, warning, where
from yjopt.checks.words import Guesser

if TYPE_CHECKING:
    from collections.abc import Iterator

EARTH_KM: Final = 6371.0
SLOWEST_KMH: Final = 5.0
FASTEST_KMH: Final = 200.0
# On very short links a coordinate's rounding or a minute at the gate is all there is.
SHORT_KM: Final = 1.0
SHORT_MINUTES: Final = 15.0


def links(tables: Tables, table: str) -> tuple[IntArray, IntArray, IntArray]:
    """Return the rows of both ends of each link, and one number for both directions (-1: unknown end)."""
    start, end = tables.rows(table, "from"), tables.rows(table, "to")
    number = np.minimum(start, end) * (tables.size("places") + 1) + np.maximum(start, end)
    return start, end, np.where((start < 0) | (end < 0), -1, number)


@error
def link_to_itself(tables: Tables) -> Iterator[Batch]:
    """A road, closure or travel time from a place to itself."""
    for table in ("roads", "closures", "times"):
        start = tables.words(table, "from")
        rows = where((start == tables.words(table, "to")) & (start != ""))
        if len(rows):
            yield Batch(
                table,
                rows,
                "to",
                "This row leads from {value} to itself.",
                "Take it out (that takes no time), or mend one of the two ends.",
            )


@error
def repeated_link(tables: Tables) -> Iterator[Batch]:
    """A link given twice, once in each orientation."""
    start, _, link = links(tables, "roads")
    frame = pd.DataFrame({"start": start, "one_way": tables.flags("roads", "one_way"), "group": link})
    mend = "Keep one row, which holds both ways; or mark both as one_way."
    yield from _turned(tables, "roads", frame[(link >= 0) & tables.good("roads", "one_way")], mend)
    start, _, link = links(tables, "closures")
    period = tables.figures("closures", "period")
    frame = pd.DataFrame({"start": start, "one_way": False, "link": link, "period": period})
    frame = frame[(link >= 0) & ~np.isnan(period)]
    frame["group"] = frame.groupby(["link", "period"], sort=False).ngroup()
    yield from _turned(tables, "closures", frame, "Keep one row; a closure holds both ways.")


def _turned(tables: Tables, table: str, frame: pd.DataFrame, mend: str) -> Iterator[Batch]:
    """Yield the rows that have an earlier row's link the other way round, unless both are one-way."""
    groups = frame.groupby("group", sort=False)
    clash = (groups["start"].transform("first") != frame["start"]) & ~(
        frame["one_way"] & groups["one_way"].transform("first")
    )
    rows = frame.index.to_numpy(dtype=np.int64)[clash.to_numpy(dtype=bool)]
    if len(rows):
        first = frame.drop_duplicates("group")
        earlier = pd.Series(first.index, index=first["group"])[frame["group"][rows]].to_numpy(dtype=np.int64)
        message = "Line {line} has the same link in the other direction."
        yield Batch(table, rows, "from", message, mend, {"line": tables.lines(table, earlier)})


@error
def unknown_link(tables: Tables) -> Iterator[Batch]:
    """A closure of a link that no road is."""
    _, _, road = links(tables, "roads")
    _, _, closed = links(tables, "closures")
    start, end = tables.words("closures", "from"), tables.words("closures", "to")
    rows = where((closed >= 0) & ~np.isin(closed, road) & (start != end))
    if len(rows):
        ends: dict[str, list[str]] = {}
        for one, other in zip(tables.words("roads", "from"), tables.words("roads", "to"), strict=True):
            ends.setdefault(one, []).append(other)
            ends.setdefault(other, []).append(one)
        mends = [
            _neighbours(ends.get(one, []), one, other)
            for one, other in zip(start[rows], end[rows], strict=True)
        ]
        yield Batch(
            "closures",
            rows,
            "to",
            "No road leads from {start} to {value}.",
            "{mend}",
            {"start": quoted(start[rows]), "mend": mends},
        )


def _neighbours(neighbours: list[str], start: str, end: str) -> str:
    if not neighbours:
        return f"No road touches {quoted([start])[0]}: add the road, or take the row out."
    return Guesser(neighbours).mend(
        end, f"From {quoted([start])[0]} roads lead to {', '.join(quoted(neighbours[:5]))}."
    )


def kilometres(tables: Tables, start: IntArray, end: IntArray) -> np.ndarray:
    """Return great-circle distances between places (haversine); NaN where a coordinate is not known."""
    longitude = np.radians(np.append(tables.figures("places", "longitude"), np.nan))
    latitude = np.radians(np.append(tables.figures("places", "latitude"), np.nan))
    half = np.sin((latitude[end] - latitude[start]) / 2) ** 2
    half = (
        half
        + np.cos(latitude[start])
        * np.cos(latitude[end])
        * np.sin((longitude[end] - longitude[start]) / 2) ** 2
    )
    distance: np.ndarray = 2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    return distance


@warning
def strange_speed(tables: Tables) -> Iterator[Batch]:
    """A travel time that no vehicle drives, by the places' coordinates."""
    for table in ("roads", "times"):
        start, end, link = links(tables, table)
        minutes = tables.figures(table, "minutes")
        km = np.where((link >= 0) & (start != end), kilometres(tables, start, end), np.nan)
        with np.errstate(divide="ignore", invalid="ignore"):
            speed = km / minutes * 60
        fast = where((speed > FASTEST_KMH) & (km > SHORT_KM))
        slow = where((speed < SLOWEST_KMH) & (minutes > SHORT_MINUTES))
        for rows, mend in (
            (fast, "Are these hours? The column counts minutes. Else check the coordinates of both ends."),
            (slow, "Are these seconds? The column counts minutes. Else check the coordinates of both ends."),
        ):
            if len(rows):
                yield Batch(
                    table,
                    rows,
                    "minutes",
                    "{value} minutes for {km} km as the crow flies make {speed} km/h.",
                    mend,
                    {
                        "km": [f"{one:,.1f}" for one in km[rows]],
                        "speed": [f"{one:,.1f}" for one in speed[rows]],
                    },
                )


@warning
def half_coordinates(tables: Tables) -> Iterator[Batch]:
    """A place with a longitude but no latitude, the other way round, or both of them 0."""
    good = tables.good("places", "longitude", "latitude")
    longitude, latitude = tables.figures("places", "longitude"), tables.figures("places", "latitude")
    for column, here, other in (("longitude", longitude, latitude), ("latitude", latitude, longitude)):
        rows = where(good & np.isnan(here) & ~np.isnan(other))
        if len(rows):
            yield Batch(
                "places",
                rows,
                column,
                f"The {column} is blank, but the other coordinate is not.",
                "Give both or none.",
            )
    rows = where((longitude == 0) & (latitude == 0))
    if len(rows):
        yield Batch(
            "places",
            rows,
            "longitude",
            "Longitude and latitude 0 lie in the sea off Africa.",
            "Leave both blank if they are not known.",
        )


RULES: Final[tuple[Rule, ...]] = (
    link_to_itself,
    repeated_link,
    unknown_link,
    strange_speed,
    half_coordinates,
)
