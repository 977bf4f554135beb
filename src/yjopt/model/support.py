"""Support stages of people: admissions, isolations and tours by their position in the order of asking."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from yjopt.model.names import position_stage

if TYPE_CHECKING:
    from yjopt.instance import Instance
    from yjopt.instance.joining import IntArray
    from yjopt.model.builder import Builder


def add_support(
    builder: Builder, instance: Instance, columns: IntArray, position: IntArray, share: IntArray
) -> None:
    """Count columns in the support stage of their position, if people count there at all.

    Parameters
    ----------
    builder, instance
        What is built, and of what.
    columns, position, share : int64 array, shape (flows,)
        Columns of flows, their positions, and what a unit counts in millionths.
    """
    if not instance.command.counts_people:
        return
    for place in np.unique(position).tolist():
        stage = position_stage(place)
        if stage:
            here = position == place
            builder.cost(stage, columns[here], share[here])
