"""What the families of options share while the elastic programme is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.joining import product

if TYPE_CHECKING:
    from yjopt.diagnosis.catalogue import Catalogue, Prices
    from yjopt.diagnosis.options import OptionList
    from yjopt.instance import Instance
    from yjopt.model.assembly import Model
    from yjopt.model.builder import Builder
    from yjopt.model.mip import IntArray
    from yjopt.scenario import Scenario


def _none() -> IntArray:
    return np.zeros(0, dtype=np.int64)


@dataclass
class Making:
    """What the families of options share while the programme is made.

    Parameters
    ----------
    scenario, instance : Scenario, Instance
        As asked about; sorted by key, rules hard.
    wide, model : Instance, Model
        The widened scenario and its model.
    column, row : int64 array
        Numbers of the model's columns and rows in the programme; -1 where they were left out.
    builder, options : Builder, OptionList
        The programme so far, without what was left out of the model.
    allow, ready : int64 array
        Columns of the options of sites, in the order of the catalogue.
    """

    scenario: Scenario
    instance: Instance
    wide: Instance
    model: Model
    prices: Prices
    catalogue: Catalogue
    column: IntArray
    row: IntArray
    builder: Builder
    options: OptionList
    allow: IntArray = field(default_factory=_none)
    ready: IntArray = field(default_factory=_none)

    def rows_of(self, block: str) -> IntArray:
        """Numbers of a block's rows in the programme; -1 where a row was left out."""
        return self.row[self.block_rows(block)]

    def block_rows(self, block: str) -> IntArray:
        """Numbers of a block's rows in the model; none if it has no such block."""
        found = [b for b in self.model.mip.row_blocks if b.name == block]
        return np.arange(found[0].start, found[0].stop, dtype=np.int64) if found else _none()

    def given_up(self, name: str, units: IntArray, weight: IntArray | int = 1000) -> dict[str, IntArray]:
        """What giving up so many units costs: fen where they have a price, else thousandths given up.

        Parameters
        ----------
        name : str
            One of `catalogue.GIVEN_UP`.
        units : int64 array
            Per unit of the option's column.
        weight : int64 array or int
            Thousandths that a unit counts where it has no price.
        """
        fen = self.prices.fen(name)
        none = np.zeros_like(units)
        if fen is None:
            return {"cost": none, "given_up": np.maximum(units * weight, 1)}
        return {"cost": product("costs of what is given up", units, fen), "given_up": none}
