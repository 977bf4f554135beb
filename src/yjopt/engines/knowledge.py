"""What a solve has learned of a large model, for the next one that differs from it in a few figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from yjopt.engines.certificate import certified_bound, rounded

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping, Sequence

    from yjopt.engines.engine import Limit
    from yjopt.model.mip import FloatArray, IntArray, Mip


@dataclass(frozen=True, eq=False)
class Prices:
    """What everything scarce is worth to one stage: duals of its relaxation.

    Attributes
    ----------
    rows : float64[rows]
        In quanta of the stage per unit of the row, of the whole model.
    held : mapping of str to float
        In quanta per quantum, of every earlier stage that was held.
    """

    rows: FloatArray
    held: MutableMapping[str, float]

    def bound(
        self, mip: Mip, rows: IntArray, cost: IntArray, limits: Sequence[Limit], names: Sequence[str]
    ) -> int:
        """What these prices prove of a part, exactly; other figures than they were made for only weaken it.

        Parameters
        ----------
        mip : Mip
            The part.
        rows : int64 array
            Its rows, as rows of the whole.
        cost : int64[columns of the part]
            In quanta.
        limits, names
            The earlier stages held, and what they are called.
        """
        held = np.array([self.held.get(name, 0.0) for name in names], dtype=np.float64)
        return certified_bound(mip, cost, rounded(self.rows[rows], held), tuple(limits))


@dataclass(frozen=True, eq=False)
class Solved:
    """What a solver has proven of a part of a model, the rest of which was priced.

    Attributes
    ----------
    mark : str
        Of every number that the solver was given: it holds wherever these are the same.
    prices : Prices
    bound : int
        What it has proven, as the priced part was scaled.
    """

    mark: str
    prices: Prices
    bound: int


@dataclass(frozen=True, eq=False)
class Knowledge:
    """What is remembered of a solve.

    Attributes
    ----------
    pattern : float64[columns] or None
        Vector of the guiding relaxation.
    prices : mapping of str to Prices
        By stage.
    solved : mapping of str to Solved
        By stage.
    """

    pattern: FloatArray | None
    prices: Mapping[str, Prices]
    solved: Mapping[str, Solved] = field(default_factory=dict)
