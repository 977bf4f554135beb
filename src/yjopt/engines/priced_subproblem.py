"""A subproblem with everything else priced: what a solver proves of it holds for the whole.

The solver counts with whole columns, which a relaxation does not; the rows that the subproblem does not have are priced
by exact integer multipliers (Geoffrion, 1974, doi:10.1007/BFb0120690).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.engines.certificate import lagrangian, reachable, rounded
from yjopt.engines.partly_whole import partly_whole, settled
from yjopt.model.mip import EXACT_LIMIT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from yjopt.engines.engine import Limit
    from yjopt.engines.knowledge import Prices
    from yjopt.engines.partly_whole import Settled
    from yjopt.engines.subproblem import Subproblem
    from yjopt.model.mip import BoolArray, IntArray, Mip

#: Binary digits kept of the largest multiplier: what a solver is told to minimise must stay exact in its numbers.
BITS: Final = 24


@dataclass(frozen=True, eq=False)
class PricedSubproblem:
    """A subproblem with a cost in which the rest of the model is priced.

    Attributes
    ----------
    sub : Subproblem
    cost : int64[columns of the subproblem]
    constant : int
        What has to be added, where the stages before are held at 0.
    multipliers : tuple of int
        What a quantum of each of these takes away; at most 0.
    denominator : int
        All these are in quanta over it.
    """

    sub: Subproblem
    cost: IntArray
    constant: int
    multipliers: tuple[int, ...]
    denominator: int

    @classmethod
    def of(
        cls, mip: Mip, sub: Subproblem, cost: IntArray, prices: Prices, limits: Sequence[tuple[str, Limit]]
    ) -> PricedSubproblem | None:
        """Price all rows that a subproblem does not have.

        Parameters
        ----------
        mip : Mip
            The whole.
        sub : Subproblem
            With the rows that it shares with the rest.
        cost : int64[columns]
            Of a stage, in quanta.
        prices : Prices
            Of the stage, of all rows of `mip`.
        limits : sequence of str and Limit
            Earlier stages held, by name.

        Returns
        -------
        PricedSubproblem or None
            None where the numbers are beyond exactness.
        """
        outside = prices.rows.copy()
        outside[sub.rows] = 0.0
        held = np.array([prices.held.get(name, 0.0) for name, _ in limits])
        multipliers = rounded(outside, held, BITS)
        constant, reduced = lagrangian(mip, cost, multipliers, tuple(limit for _, limit in limits))
        apart = np.ones(mip.num_columns, dtype=np.bool_)
        apart[sub.columns] = False
        rest = reduced[apart]
        cheaper = np.where(rest > 0, mip.lower[apart], mip.upper[apart]).astype(np.int64)
        constant += int(rest @ cheaper.astype(object))
        here = reduced[sub.columns]
        if np.abs(here).max(initial=0) > EXACT_LIMIT:
            return None
        pressing = tuple(min(multiplier, 0) for multiplier in multipliers.limits.tolist())
        shares = zip(pressing, limits, strict=True)
        constant -= sum(weight * reachable(limit) for weight, (_, limit) in shares)
        return cls(sub, here.astype(np.int64), constant, pressing, multipliers.denominator)

    @property
    def mark(self) -> str:
        """Of every number that a solver is given of it."""
        mip, digest = self.sub.mip, hashlib.sha256(np.ascontiguousarray(self.cost).tobytes())
        for array in (
            mip.matrix.indptr, mip.matrix.indices, mip.matrix.data,
            mip.row_lower, mip.row_upper, mip.lower, mip.upper, mip.integer,
        ):  # fmt: skip
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    def proves(self, bound: int, limits: Sequence[Limit]) -> int:
        """The bound of the stage in quanta, without an offset, that one of the subproblem proves.

        Parameters
        ----------
        bound : int
            Of `cost`.
        limits : sequence of Limit
            Earlier stages, as they are held by now.
        """
        held = zip(self.multipliers, limits, strict=True)
        total = self.constant + bound + sum(multiplier * reachable(limit) for multiplier, limit in held)
        return -(-total // self.denominator)

    def settle(
        self, x: IntArray, whole: BoolArray, signs: BoolArray, *, deadline: float, seed: int = 0
    ) -> Settled:
        """Solve all independent pieces but the largest, as `settled` does.

        Parameters
        ----------
        x : int64[columns of the whole]
            A plan.
        whole, signs : bool[columns of the subproblem]
            Those that are whole at first, and those that say whether others may be used.
        deadline, seed
            As for `settled`.
        """
        return settled(
            self.sub.mip, self.cost, whole, signs, x[self.sub.columns], deadline=deadline, seed=seed
        )

    def solve(
        self,
        pieces: Settled,
        whole: BoolArray,
        *,
        cuts: tuple[Limit, ...] = (),
        deadline: float,
        seed: int = 0,
        stop: Callable[[], bool] | None = None,
    ) -> int | None:
        """What a solver proves of `cost`, with some columns whole.

        Parameters
        ----------
        pieces : Settled
            Of the subproblem.
        whole : bool[columns of the subproblem]
        cuts : tuple of Limit
            Rows that every plan of the largest piece keeps, and its relaxation does not.
        deadline, seed, stop
            As for `partly_whole`.

        Returns
        -------
        int or None
            None where nothing was proven of the largest piece.
        """
        if pieces.open is None:
            return pieces.bound
        here = pieces.open.columns
        mip = self.sub.mip.restrict(here, pieces.open.rows)
        found = partly_whole(
            mip,
            self.cost[here],
            whole[here],
            pieces.x[here],
            limits=cuts,
            deadline=deadline,
            seed=seed,
            stop=stop,
        )
        return pieces.bound + found.bound if found.is_proven else None
