"""Planning on: a scenario that changes, plans that start from the last one, and days that go by.

`planning` has the planner; `changes` puts changed rows into tables, `keys` finds columns of one matrix in another,
`states` fills in what follows from decisions, `carrying` and `mending` make a plan of the last one that fits,
`closeness` undoes what was changed for little, `orders` counts changes.
"""

from __future__ import annotations

from yjopt.planner.planning import Planner

__all__ = ["Planner"]
