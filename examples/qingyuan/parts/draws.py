"""Seeded draws, each named by what it is for: adding one leaves the others as they were."""

from __future__ import annotations

import hashlib
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

SEED = "qingyuan-1"


def uniform(*label: object) -> float:
    """A number strictly between 0 and 1, for one label the same on every machine."""
    text = "/".join([SEED, *map(str, label)])
    whole = int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big")
    return (whole + 0.5) / 2**48


def between(low: float, high: float, *label: object) -> float:
    """A number evenly spread between two others."""
    return low + (high - low) * uniform(*label)


def whole(low: int, high: int, *label: object) -> int:
    """A whole number from ``low`` to ``high``, both included."""
    return low + int(uniform(*label) * (high - low + 1))


def normal(*label: object) -> float:
    """A standard normal number."""
    return NormalDist().inv_cdf(uniform(*label))


def pick(weights: Sequence[float], *label: object) -> int:
    """Position of one of the weights, drawn with these weights."""
    left = uniform(*label) * sum(weights)
    for position, weight in enumerate(weights):
        left -= weight
        if left < 0:
            return position
    return len(weights) - 1
