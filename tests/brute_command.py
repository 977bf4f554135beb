"""
Brute force under the command rules (docs/concepts/command.md): who may give whom, when, and in which order.

Nothing is shared with the package or with the reference model.
"""

from __future__ import annotations

from typing import Any

from brute import Row, Tables

#: Steps in the order of asking, with the last resorts; the number is the position.
ORDER = {
    0: "own", 1: "pool", 2: "peer-1", 3: "peer-2", 4: "above-2", 5: "peer-3", 6: "above-3", 7: "peer-4", 8: "above-4",
    20: "requisition", 21: "purchase", 22: "import",
}  # fmt: skip
LEVELS = ["", "IV", "III", "II", "I"]
SEVERITIES = ["ordinary", "large", "major", "extraordinary"]


class CommandTables(Tables):
    """Tables with the command rules; steps are called after their place in the order of asking."""

    def __init__(self, scenario: Any) -> None:
        super().__init__(scenario)
        self.resource = "supplies"
        self.settings = scenario.settings
        self.takes_time = self.settings["delays"] == "by_rung"
        self.cover = self.settings["cover_periods"]

    @property
    def is_strict(self) -> bool:
        """Whether lower givers come first."""
        return self.settings["rule"] == "strict" and self.settings[f"strict.{self.resource}"]

    def plain_step(self, authority: str, unit: str) -> str:
        """The step by the tree."""
        return super().step(authority, unit)

    def step(self, authority: str, unit: str) -> str:
        """The step in whose stage support counts: that of the same position."""
        return ORDER[self.position(self.plain_step(authority, unit), unit)]

    def rung(self, step: str, unit: str) -> tuple[int, float]:
        """Position of a step, and hours of deciding."""
        for area in self.chain(unit):
            for resource in (self.resource, ""):
                for row in self.rows("ladder"):
                    if (row["area"], row["resource"], row["step"]) == (area, resource, step):
                        default = next(place for place, name in ORDER.items() if name == step)
                        place = row["position"]
                        return default if place is None else place, row["decision_hours"]
        return next(place for place, name in ORDER.items() if name == step), 0.0

    def position(self, step: str, unit: str) -> int:
        """Place in the order of asking."""
        return self.rung(step, unit)[0]

    def hours(self, giver: str, unit: str) -> float:
        """Hours until support is decided."""
        step = self.plain_step(giver, unit)
        free = any(self.within(giver, row["helper"]) and not row["consent"] for row in self.pairs(unit))
        return 0.0 if not self.takes_time or (step[:4] == "peer" and free) else self.rung(step, unit)[1]

    def pairs(self, unit: str) -> list[Row]:
        """Rows of pairing for a taker."""
        return [
            row
            for row in self.rows("pairing")
            if self.within(unit, row["area"]) and row["resource"] in ("", self.resource)
        ]

    def is_open(self, what: str, which: str, unit: str, t: int, *, without: bool = True) -> bool:
        """What the gates say."""
        answers = []
        for gate in self.rows("gates"):
            if gate["opens"] == what and gate["which"] in ("", which) and self.within(unit, gate["area"]):
                if gate["resource"] in ("", self.resource):
                    answers.append(self._holds(gate, unit, t))
        return any(answers) if answers else without

    def _holds(self, gate: Row, unit: str, t: int) -> bool:
        level, mode, severity = (self._state(unit, t, name) for name in ("level", "mode", "severity"))
        if gate["level"] and LEVELS.index(level) < LEVELS.index(gate["level"]):
            return False
        if gate["mode"] and (mode or "peace") != gate["mode"]:
            return False
        worst = SEVERITIES.index(severity or "ordinary")
        return not gate["severity"] or worst >= SEVERITIES.index(gate["severity"])

    def _state(self, unit: str, t: int, name: str) -> str:
        for area in self.chain(unit):
            for period in range(t, 0, -1):
                for row in self.rows("levels"):
                    if (row["area"], row["period"]) == (area, period) and row[name]:
                        return str(row[name])
        return ""

    def may(self, giver: str, unit: str, t: int) -> bool:
        """Whether gates and pairing let support pass."""
        step = self.plain_step(giver, unit)
        passes = self.is_open("step", step, unit, t)
        if step.startswith("peer"):
            pairs = self.pairs(unit)
            passes = passes and self.is_open("lateral", "", unit, t)
            passes = passes and (not pairs or any(self.within(giver, row["helper"]) for row in pairs))
        return passes

    def needs_lower(self, giver: str, unit: str, t: int, other: str) -> bool:
        """Whether a second giver must be exhausted before the first gives in a period."""
        step = self.plain_step(giver, unit)
        last = self.position(step, unit)
        if step.startswith("above") and self.is_open("skip", "", unit, t, without=False):
            last = min(last, 2)
        return self.position(self.plain_step(other, unit), unit) < last

    def blind(self, place: str, t: int) -> dict[str, int] | None:
        """Defaults of a place that cannot ask; None if it can."""
        rows = [row for row in self.rows("blind") if row["place"] == place and row["period"] == t]
        return {row["item"]: row["quantity"] for row in rows if row["item"]} if rows else None

    def known_from(self, row: Row, otherwise: str = "period") -> int:
        """When a row is known."""
        return int(row["known_from"] or row[otherwise])
