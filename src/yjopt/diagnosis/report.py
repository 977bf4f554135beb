"""The answer to why rules cannot hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from yjopt.scenario import Scenario

CONFLICT_COLUMNS = ("conflict", "rule", "area", "place", "what", "amount", "period", "until", "short", "name")


@dataclass(frozen=True, kw_only=True, eq=False)
class Diagnosis:
    """Which hard rules cannot hold together, where, and what mends it.

    Parameters
    ----------
    scenario : Scenario
        As asked about, the question's rules hard.
    conflicts : DataFrame
        One row a rule of a clash; rows with the same ``conflict`` cannot hold together, and without any one of them
        the others can. ``rule`` (``floor`` for what is kept back, ``return_by``), ``area``, ``place``, ``what``
        (category, skill, people, goods, item or pool), ``amount``; ``period`` to ``until`` and ``short``: when, and
        how many units at most, the rule is short in a plan that is short of least (0 for rules that only stand in
        the way); ``name`` of area or place.
    repair : DataFrame
        The cheapest changes: ``table``, its key columns, ``column``, ``old``, ``new``, ``cost`` (yuan), ``given_up``
        (weighted units of rules that are given up; 0 for what costs money).
    repaired : Scenario
        With the changes made: it can be solved without breaking a hard rule.
    proven : bool
        Whether it is proven that the rules clash (or do not), and that no repair costs less.
    notes : tuple of str
        What a reader must know.
    seconds : float
    """

    scenario: Scenario = field(repr=False)
    conflicts: pd.DataFrame
    repair: pd.DataFrame
    repaired: Scenario = field(repr=False)
    proven: bool
    notes: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether all hard rules can hold."""
        return self.repair.empty

    @property
    def cost(self) -> float:
        """Yuan of the repair."""
        return float(self.repair["cost"].sum())

    @property
    def given_up(self) -> float:
        """Weighted units of what the repair gives up."""
        return float(self.repair["given_up"].sum())

    def text(self) -> str:
        """What clashes and what mends it, for people."""
        return "\n".join(self._lines())

    def report(self) -> dict[str, Any]:
        """What the command line prints as JSON."""
        return {
            "ok": self.ok,
            "proven": self.proven,
            "conflicts": _records(self.conflicts),
            "repair": _records(self.repair),
            "cost": self.cost,
            "given_up": self.given_up,
            "notes": list(self.notes),
            "seconds": self.seconds,
        }

    def _lines(self) -> Iterator[str]:
        name = self.scenario.settings["name"] or "Scenario"
        if self.ok:
            yield f"{name}: all hard rules can hold{'' if self.proven else ', as far as was found'}."
        else:
            number = self.conflicts["conflict"].nunique()
            yield f"{name}: hard rules that cannot hold{', in ' + str(number) + ' places' if number > 1 else ''}."
        for _, rows in self.conflicts.groupby("conflict", sort=True):
            yield ""
            alone = len(rows) == 1
            yield "  By itself cannot hold:" if alone else "  Cannot hold together:"
            for row in _records(rows):
                yield f"    {conflict_line(row)}"
        if not self.ok:
            yield ""
            word = "The cheapest repair" if self.proven else "A repair (none cheaper was found)"
            yield f"  {word}: {self.cost:,.2f} yuan{self._gives_up()}"
            for row in _records(self.repair):
                yield f"    {change_line(row)}"
        for note in self.notes:
            yield f"  note: {note}"

    def _gives_up(self) -> str:
        return f", and {self.given_up:,.6g} weighted units of rules given up" if self.given_up else ""

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.text())}</pre>"


def conflict_line(row: dict[str, Any]) -> str:
    """One rule of a clash in words."""
    where = row["place"] or row["area"]
    name = f" {row['name']}" if row["name"] and row["name"] != where else ""
    what = f", {row['what']}" if row["what"] else ""
    line = f"{row['rule']} {row['amount']:,.6g} in {where}{name}{what}"
    if not row["short"]:
        return f"{line}: in the way"
    when = (
        f"period {row['period']}"
        if row["period"] == row["until"]
        else f"periods {row['period']} to {row['until']}"
    )
    return f"{line}: short by {row['short']:,}, {when}"


def change_line(row: dict[str, Any]) -> str:
    """One change in words."""
    own = ("table", "column", "old", "new", "cost", "given_up")
    key = ", ".join(str(value) for name, value in row.items() if name not in own and value)
    old = "blank" if row["old"] is None else _word(row["old"])
    price = f"{row['cost']:,.2f} yuan" if not row["given_up"] else f"gives up {row['given_up']:,.6g}"
    return f"{row['table']} ({key}): {row['column']} {old} -> {_word(row['new'])} ({price})"


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:,.15g}" if isinstance(value, int | float) else str(value)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]
