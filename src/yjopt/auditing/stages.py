"""The stage values (section 9), gathered from what every family adds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.auditing.ladder import STEPS
from yjopt.auditing.rows import total
from yjopt.schema import INPUT

if TYPE_CHECKING:
    from yjopt.auditing.facts import Facts
    from yjopt.auditing.rows import Column

#: Sources whose goods are stages of their own, the last resort first.
SOURCE_STAGES: Final = ("import", "purchase", "requisition")
#: Quanta in one natural unit of each stage; 1 for what is not listed.
UNITS: Final = {"rules": 1_000, "unmet_people": 1_000_000, "unmet_goods": 1_000_000, "money": 100}
#: Quanta of the weighted objective in one of its natural units.
WEIGHTED_UNIT: Final = 10**12


class Tally:
    """Sums of every stage in quanta, as Python integers."""

    def __init__(self) -> None:
        self._value: dict[str, int] = {}

    def add(self, stage: str, values: Column) -> None:
        """Add the sum of the values to a stage."""
        self._value[stage] = self._value.get(stage, 0) + total(np.asarray(values))

    def add_support(self, order: Column, values: Column) -> None:
        """Add each value to the stage of its step, given by order number; `own` is no stage."""
        for number in np.unique(order[order > 0]).tolist():
            self.add(f"support:{STEPS[number]}", values[order == number])

    def add_orders(self, kind: Column, values: Column) -> None:
        """Add each value to the stage of its kind of source, if it has one."""
        choices = INPUT["sources"]["kind"].choices
        for word in SOURCE_STAGES:
            self.add(f"support:{word}", values[kind == choices.index(word)])

    def stages(self, facts: Facts) -> dict[str, int]:
        """Every stage in order; those the plan has nothing for are 0."""
        support = [f"support:{word}" for word in (*SOURCE_STAGES, *reversed(STEPS[1:]))]
        rules = facts["rules"]
        minimum = rules["rule"] == INPUT["rules"]["rule"].choices.index("isolation_minimum")
        names = ["hard_rules"] if (minimum & rules["hard"]).any() else []
        names += [
            "rules",
            "unmet_people",
            "unmet_goods",
            *(support if facts.rule == "priority" else []),
            "time",
            "money",
        ]
        out = {name: self._value.get(name, 0) for name in names}
        if facts.objective == "weighted":
            out["weighted"] = sum(
                value
                * facts.weights[name.partition(":")[0]]
                * (WEIGHTED_UNIT // 1_000_000 // UNITS.get(name, 1))
                for name, value in out.items()
                if name != "hard_rules"
            )
        return out
