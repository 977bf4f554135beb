"""Scenarios made up from one epidemic, on a made-up or a real map: for tests and benchmarks."""

from __future__ import annotations

from yjopt.generation.dials import CASES, FAMILIES, GENERATOR_VERSION, Couplings, Dials
from yjopt.generation.making import generate
from yjopt.generation.planted import planted
from yjopt.generation.record import achieved_text

__all__ = [
    "CASES",
    "FAMILIES",
    "GENERATOR_VERSION",
    "Couplings",
    "Dials",
    "achieved_text",
    "generate",
    "planted",
]
