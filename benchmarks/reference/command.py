"""Who may ask whom, when and in which order: docs/concepts/command.md, sections 1 to 3, 5, 6 and 8, as lookups."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from benchmarks.reference.facts import hours_to_seconds

if TYPE_CHECKING:
    from benchmarks.reference.facts import Facts, Row

#: Position of every step where no ladder says otherwise; the stages of support are called after them.
POSITION = {
    "own": 0,
    "pool": 1,
    "peer-1": 2,
    "peer-2": 3,
    "above-2": 4,
    "peer-3": 5,
    "above-3": 6,
    "peer-4": 7,
    "above-4": 8,
    "requisition": 20,
    "purchase": 21,
    "import": 22,
}
STEP_AT = {position: step for step, position in POSITION.items()}
#: Stages of support, the last resort first.
SUPPORT = [f"support:{step}" for step in sorted(POSITION, key=lambda step: -POSITION[step]) if step != "own"]
#: How bad a response level is; none is below the least.
BADNESS = {"": 0, "IV": 1, "III": 2, "II": 3, "I": 4}
SEVERITY = {"ordinary": 0, "large": 1, "major": 2, "extraordinary": 3}


@dataclass
class Command:
    """The command rules of a scenario, looked up one flow at a time.

    Giver and taker are areas throughout.
    """

    facts: Facts
    ladder_rows: dict[tuple[str, str, str], Row | None] = field(default_factory=dict)

    @property
    def by_rung(self) -> bool:
        """Whether decisions take time and nobody asks before a need is known."""
        return bool(self.facts.settings["delays"] == "by_rung")

    @property
    def cover(self) -> int:
        """Periods ahead that a place may be supplied."""
        return int(self.facts.settings["cover_periods"])

    def strict(self, resource: str) -> bool:
        """Whether lower givers must be exhausted first."""
        return self.facts.settings["rule"] == "strict" and bool(self.facts.settings[f"strict.{resource}"])

    def _row(self, resource: str, step: str, taker: str) -> Row | None:
        """The row of the ladder that counts: of the lowest area, and there the one that names the resource."""
        key = (resource, step, taker)
        if key not in self.ladder_rows:
            chain = self.facts.ancestors(taker)
            rows = [
                row
                for row in self.facts.rows["ladder"]
                if row["step"] == step and row["resource"] in ("", resource) and row["area"] in chain
            ]
            rows.sort(key=lambda row: (chain.index(row["area"]), row["resource"] == ""))
            self.ladder_rows[key] = rows[0] if rows else None
        return self.ladder_rows[key]

    def position(self, resource: str, step: str, taker: str) -> int:
        """Place of a step in the order of asking."""
        row = self._row(resource, step, taker)
        return POSITION[step] if row is None or row["position"] is None else row["position"]

    def stage(self, resource: str, step: str, taker: str) -> str:
        """The stage of support in which a flow counts; blank for none."""
        position = self.position(resource, step, taker)
        return f"support:{STEP_AT[position]}" if position and not self.facts.flat else ""

    def step(self, giver: str, taker: str) -> str:
        """Name of the step."""
        return self.facts.step(giver, taker)[1]

    def decision(self, resource: str, step: str, taker: str, giver: str = "") -> int:
        """Seconds that a decision takes."""
        row = self._row(resource, step, taker)
        if not self.by_rung or row is None:
            return 0
        if step.startswith("peer-") and any(not row["consent"] for row in self.helps(resource, giver, taker)):
            return 0
        return hours_to_seconds(row["decision_hours"])

    def _pairs(self, resource: str, taker: str) -> list[Row]:
        return [
            row
            for row in self.facts.rows["pairing"]
            if row["resource"] in ("", resource) and self.facts.inside(taker, row["area"])
        ]

    def helps(self, resource: str, giver: str, taker: str) -> list[Row]:
        """The rows of the pairing by which a giver helps a taker."""
        return [row for row in self._pairs(resource, taker) if self.facts.inside(giver, row["helper"])]

    def _state(self, area: str, t: int, what: str, default: str) -> str:
        """Level, mode or severity of an area in a period."""
        for at in self.facts.ancestors(area):
            said = [
                (row["period"], row[what])
                for row in self.facts.rows["levels"]
                if row["area"] == at and row["period"] <= t and row[what]
            ]
            if said:
                return max(said)[1]
        return default

    def _satisfied(self, gate: Row, taker: str, t: int) -> bool:
        if gate["level"] and BADNESS[self._state(taker, t, "level", "")] < BADNESS[gate["level"]]:
            return False
        if gate["mode"] and self._state(taker, t, "mode", "peace") != gate["mode"]:
            return False
        severity = SEVERITY[self._state(taker, t, "severity", "ordinary")]
        return not gate["severity"] or severity >= SEVERITY[gate["severity"]]

    def gate(
        self, opens: str, which: str, resource: str, taker: str, t: int, *, otherwise: bool = True
    ) -> bool:
        """Whether something is open to a taker in a period; `otherwise` if no row names it."""
        rows = [
            row
            for row in self.facts.rows["gates"]
            if row["opens"] == opens
            and row["which"] in ("", which)
            and row["resource"] in ("", resource)
            and self.facts.inside(taker, row["area"])
        ]
        return any(self._satisfied(row, taker, t) for row in rows) if rows else otherwise

    def passes(self, resource: str, giver: str, taker: str, t: int) -> bool:
        """Whether the step is open, and pairing lets a peer help."""
        step = self.step(giver, taker)
        if not self.gate("step", step, resource, taker, t):
            return False
        if not step.startswith("peer-"):
            return True
        if self._pairs(resource, taker) and not self.helps(resource, giver, taker):
            return False
        return self.gate("lateral", "", resource, taker, t)

    def facility_open(self, place: str, resource: str, t: int) -> bool:
        """Whether no gate shuts a hospital or site."""
        return self.gate("facility", place, resource, self.facts.unit[place], t)

    def before(self, resource: str, step: str, taker: str, t: int) -> int:
        """Givers of positions below this one must be exhausted first."""
        position = self.position(resource, step, taker)
        if step.startswith("above-") and self.gate("skip", "", resource, taker, t, otherwise=False):
            return min(position, 2)
        return position

    def defaults(self, place: str, t: int) -> dict[str, int] | None:
        """Base units that a blind place gets unasked, by item; None if it can ask."""
        rows = [row for row in self.facts.rows["blind"] if (row["place"], row["period"]) == (place, t)]
        return {row["item"]: row["quantity"] for row in rows if row["item"]} if rows else None

    def quota(self, place: str, item: str) -> Row | None:
        """The row of goods that may be sent ahead."""
        if not self.by_rung:
            return None
        rows = [row for row in self.facts.rows["quotas"] if (row["place"], row["item"]) == (place, item)]
        return rows[0] if rows else None

    def keeps_first(self, authority: str) -> bool:
        """Whether an authority serves its own before it helps a peer."""
        return any(
            row["rule"] == "own_first" and self.facts.inside(authority, row["area"])
            for row in self.facts.rows["rules"]
        )
