"""Scenarios made up from one epidemic, on a made-up or a real map: for tests and benchmarks."""

from __future__ import annotations

from yjopt.generation.dials import CASES, FAMILIES, GENERATOR_VERSION, Couplings, Dials
from yjopt.generation.making import generate

__all__ = ["CASES", "FAMILIES", "GENERATOR_VERSION", "Couplings", "Dials", "generate"]
