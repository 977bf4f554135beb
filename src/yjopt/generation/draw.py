"""Seeded draws in whole arrays: streams of their own, exact shares, factors of a given spread."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def stream(seed: int, name: str) -> np.random.Generator:
    """Random numbers of one part of the generator.

    Every part has a stream of its own, so a family made alone has the same figures as within the whole.

    Parameters
    ----------
    seed : int
        Seed of the scenario, 0 or more.
    name : str
        Name of the part.
    """
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def shares(total: int, weights: ArrayLike) -> Ints:
    """Whole numbers that add up to `total`, as near to `weights` as can be (largest remainders).

    Parameters
    ----------
    total : int
        What is shared out, 0 or more.
    weights : array_like of float, shape (n,)
        Not negative. All zero counts as all equal.

    Returns
    -------
    ndarray of int64, shape (n,)
    """
    parts = np.asarray(weights, dtype=np.float64)
    if parts.size == 0:
        return np.zeros(0, dtype=np.int64)
    if parts.sum() <= 0:
        parts = np.ones_like(parts)
    exact = total * (parts / parts.sum())
    whole = np.floor(exact).astype(np.int64)
    left = int(total - whole.sum())
    if left > 0:
        order = np.argsort(whole - exact, kind="stable")
        whole[order[:left]] += 1
    return np.asarray(whole)


def factors(rng: np.random.Generator, spread: float, weights: Floats) -> Floats:
    """Lognormal factors with coefficient of variation `spread` and weighted mean exactly 1.

    Parameters
    ----------
    rng : numpy.random.Generator
    spread : float
        Coefficient of variation, 0 or more.
    weights : ndarray of float, shape (n,) or (n, k)
        What the factors will multiply; sums over the first axis are kept.

    Returns
    -------
    ndarray of float, shape of `weights`
    """
    sigma = np.sqrt(np.log1p(spread**2))
    drawn = np.exp(sigma * rng.standard_normal(weights.shape))
    mean = (drawn * weights).sum(axis=0) / np.maximum(weights.sum(axis=0), 1e-12)
    return np.asarray(drawn / np.where(mean > 0, mean, 1.0))


def whole(rng: np.random.Generator, expected: Floats) -> Ints:
    """Round up or down at random, so that the expectation is kept.

    Parameters
    ----------
    rng : numpy.random.Generator
    expected : ndarray of float
        Not negative.

    Returns
    -------
    ndarray of int64, same shape
    """
    low = np.floor(expected)
    return np.asarray(low + (rng.random(expected.shape) < expected - low), dtype=np.int64)


def sums(groups: Ints, values: ArrayLike, size: int) -> Floats:
    """Sum of `values` per group, shape (size,)."""
    added = np.bincount(groups, weights=np.asarray(values, dtype=np.float64), minlength=size)
    return np.asarray(added, dtype=np.float64)
