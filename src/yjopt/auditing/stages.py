"""The stage values (section 9), gathered from what every family adds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.auditing.rows import total
from yjopt.schema import INPUT, POSITIONS

if TYPE_CHECKING:
    from yjopt.auditing.facts import Facts
    from yjopt.auditing.rows import Column

#: Stages of support, the highest step first: what has the position of a step by default counts in its stage.
SUPPORT: Final = {position: f"support:{step}" for step, position in reversed(POSITIONS.items()) if position}
#: Quanta in one natural unit of each stage; 1 for what is not listed.
UNITS: Final = {"rules": 1_000, "unmet_people": 1_000_000, "unmet_goods": 1_000_000, "money": 100}
#: Rules that may be short of their figure: hard ones make a stage of their own.
_FIGURES: Final = ("isolation_minimum", "mobile_quota", "unmet_ceiling")
#: Quanta of the weighted objective in one of its natural units.
WEIGHTED_UNIT: Final = 10**12


class Tally:
    """Sums of every stage in quanta, as Python integers."""

    def __init__(self) -> None:
        self._value: dict[str, int] = {}
        self._places: dict[str, list[tuple[Column, Column]]] = {}

    def add(self, stage: str, values: Column, place: Column | None = None) -> None:
        """Add the sum of the values to a stage; where they belong to places, remember which."""
        if place is not None:
            self._places.setdefault(stage, []).append((place, np.asarray(values)))
        self._value[stage] = self._value.get(stage, 0) + total(np.asarray(values))

    def add_support(self, position: Column, values: Column) -> None:
        """Add each value to the stage of its position; position 0 is no stage."""
        for number in np.unique(position).tolist():
            if number in SUPPORT:
                self.add(SUPPORT[number], values[position == number])

    def at(self, stage: str, chosen: Column) -> int:
        """What the chosen places (a mask over all) add to a stage."""
        return sum(total(values[chosen[place]]) for place, values in self._places.get(stage, []))

    def stages(self, facts: Facts) -> dict[str, int]:
        """Every stage in order; those the plan has nothing for are 0."""
        rules = facts["rules"]
        figured = np.isin(rules["rule"], [INPUT["rules"]["rule"].choices.index(word) for word in _FIGURES])
        names = ["hard_rules"] if (figured & rules["hard"]).any() else []
        names += [
            "rules",
            "unmet_people",
            "unmet_goods",
            *(SUPPORT.values() if facts.rule != "flat" else []),
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
