"""Distances, outlines, roads between neighbours, whole shares of a total."""

from __future__ import annotations

import csv
import json
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

Row = dict[str, object]
Point = tuple[float, float]

KM_PER_DEGREE = 111.195


def read_rows(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file, cells as written."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_outline(path: Path) -> list[Point]:
    """The longest ring of an outline."""
    shape = json.loads(path.read_text(encoding="utf-8"))
    rings = [part[0] for part in shape["coordinates"]]
    return [(x, y) for x, y in max(rings, key=len)]


def kilometres(a: Point, b: Point) -> float:
    """Distance of two points (longitude, latitude) along the earth, on a locally flat map."""
    middle = math.radians((a[1] + b[1]) / 2)
    return KM_PER_DEGREE * math.hypot((a[0] - b[0]) * math.cos(middle), a[1] - b[1])


def inside(point: Point, ring: list[Point]) -> bool:
    """Whether a point lies in an outline (a ray to the east crosses it an odd number of times)."""
    x, y = point
    odd = False
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            odd = not odd
    return odd


def neighbours(at: Mapping[str, Point]) -> Iterator[tuple[str, str, float]]:
    """Links of the Gabriel graph with their kilometres: no third point lies in the circle over a link.

    It joins all points and no two of its links cross.
    """
    names = sorted(at)
    for row, a in enumerate(names):
        for b in names[row + 1 :]:
            long = kilometres(at[a], at[b])
            others = (at[name] for name in names if name not in (a, b))
            if not any(kilometres(at[a], c) ** 2 + kilometres(at[b], c) ** 2 < long**2 for c in others):
                yield a, b, long


def road(origin: str, destination: str, km: float, speed: float, source: str) -> Row:
    """One link; minutes are whole."""
    minutes = max(1, math.ceil(60 * km / speed - 1e-9))
    return {"from": origin, "to": destination, "minutes": minutes, "one_way": False, "source": source}


def share_out(total: int, weights: Sequence[float]) -> list[int]:
    """Whole shares of a total in proportion to weights, summing to it exactly (largest remainders)."""
    exact = [total * weight / sum(weights) for weight in weights]
    shares = [int(value) for value in exact]
    order = sorted(range(len(exact)), key=lambda row: (shares[row] - exact[row], row))
    for row in order[: total - sum(shares)]:
        shares[row] += 1
    return shares
