"""
Who may ask whom, when, and how long it takes (``docs/concepts/command.md`` sections 2, 3, 5 and 6).

The audit's own reading of ladder, levels, gates and pairing, from the tables alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.auditing.rows import isin
from yjopt.schema import INPUT, OPENS, POSITIONS, RESOURCES, RESPONSE_LEVELS

if TYPE_CHECKING:
    from yjopt.auditing.facts import Facts
    from yjopt.auditing.ladder import Ladder
    from yjopt.auditing.report import Fields, Report
    from yjopt.auditing.rows import Column, Ints, Rows

#: Steps by number: those of the tree in the order of `Ladder`, then the orders of last resort.
STEP_NAMES: Final = tuple(POSITIONS)
IS_PEER: Final = np.array([name.startswith("peer") for name in STEP_NAMES])
IS_ABOVE: Final = np.array([name.startswith("above") for name in STEP_NAMES])
#: Skip-level aid comes after the givers of these positions.
BEFORE_SKIPPING: Final = 1
#: Steps of the kinds of sources, by the code of the kind; -1 for what is no step.
STEP_OF_SOURCE: Final = np.array(
    [STEP_NAMES.index(kind) if kind in POSITIONS else -1 for kind in INPUT["sources"]["kind"].choices]
)
_OPENS: Final = {word: OPENS.index(word) for word in OPENS}
_RESOURCE: Final = {word: RESOURCES.index(word) for word in RESOURCES}


class Command:
    """The command rules as lookups on codes.

    Parameters
    ----------
    facts : Facts
        The scenario in integers.
    ladder : Ladder
        The tree.
    """

    def __init__(self, facts: Facts, ladder: Ladder) -> None:
        self.facts = facts
        self.ladder = ladder
        self._areas = np.arange(len(facts["areas"]), dtype=np.int64)
        self._rungs: dict[str, tuple[Ints, Ints]] = {}
        self._gates: dict[tuple[str, int, str], Column] = {}
        self._holds: Column | None = None

    def step(self, giver: Column, taker: Column) -> Ints:
        """Number of the step from each giver to each taker."""
        return self.ladder.rung_and_step(giver, taker)[1]

    def position(self, resource: str, step: Column, taker: Column) -> Ints:
        """Place of each step in the order in which each taker asks."""
        return np.asarray(self._asking(resource)[0][taker, step])

    def seconds(self, resource: str, step: Column, taker: Column, giver: Column | None = None) -> Ints:
        """Seconds that deciding takes; aid from a paired peer without consent takes none."""
        if not self.facts.by_rung:
            return np.zeros(len(taker), dtype=np.int64)
        seconds = self._asking(resource)[1][taker, step]
        if giver is not None:
            seconds = np.where(self.is_direct(resource, step, taker, giver), 0, seconds)
        return np.asarray(seconds)

    def is_direct(self, resource: str, step: Column, taker: Column, giver: Column) -> Column:
        """Whether a peer helps without anybody's consent."""
        return np.asarray(IS_PEER[step] & self._helped(resource, taker, giver)[1])

    def is_paired(self, resource: str, step: Column, taker: Column, giver: Column) -> Column:
        """Whether pairing lets the giver help; only peers are paired."""
        return np.asarray(~IS_PEER[step] | self._helped(resource, taker, giver)[0])

    def open_step(self, resource: str, step: Column, taker: Column, period: Column) -> Column:
        """Whether the gate of each step is open."""
        passes = np.ones(len(step), dtype=bool)
        for number in np.unique(step).tolist():
            passes &= (step != number) | self.gate("step", number, resource)[taker, period]
        return passes

    def open_lateral(self, resource: str, step: Column, taker: Column, period: Column) -> Column:
        """Whether peers may help."""
        return np.asarray(~IS_PEER[step] | self.gate("lateral", -1, resource)[taker, period])

    def open_kind(self, kind: Column, taker: Column, period: Column) -> Column:
        """Whether goods of each reserve kind may be used."""
        passes = np.ones(len(kind), dtype=bool)
        for number in np.unique(kind).tolist():
            passes &= (kind != number) | self.gate("kind", number, "supplies")[taker, period]
        return passes

    def open_facility(self, resource: str, place: Column, period: Column) -> Column:
        """Whether a place takes people, and decides anything."""
        passes = np.ones(len(place), dtype=bool)
        rows = self.facts["gates"]
        named = rows["which"][rows["opens"] == _OPENS["facility"]]
        if not len(named):
            return passes
        concerned = np.ones(len(place), dtype=bool) if (named < 0).any() else isin((place,), (named,))
        unit = self.facts["places"]["unit"]
        for number in np.unique(place[concerned]).tolist():
            here = place == number
            gate = self.gate("facility", number, resource)
            passes[here] = gate[unit[place[here]], period[here]]
        return passes

    def may_skip(self, resource: str, step: Column, taker: Column, period: Column) -> Column:
        """Whether the flow is skip-level aid: from above the parent, with its gate open."""
        return np.asarray(IS_ABOVE[step] & self.gate("skip", -1, resource)[taker, period])

    def limit(self, resource: str, step: Column, position: Column, taker: Column, period: Column) -> Ints:
        """The position below which all givers must be exhausted before a flow is possible."""
        skips = self.may_skip(resource, step, taker, period)
        return np.where(skips, np.minimum(position, BEFORE_SKIPPING + 1), position)

    def passes(self, resource: str, step: Column, taker: Column, giver: Column, period: Column) -> Column:
        """Whether step, peers and pairing let a flow pass; kinds, quotas and facilities are asked apart."""
        return np.asarray(
            self.open_step(resource, step, taker, period)
            & self.open_lateral(resource, step, taker, period)
            & self.is_paired(resource, step, taker, giver)
        )

    def is_blind(self, place: Column, period: Column) -> Column:
        """Whether a place is cut off in a period."""
        return isin((place, period), self.facts["blind"].key("place", "period"))

    def gate(self, opens: str, which: int, resource: str) -> Column:
        """Whether something is open to each area in each period 0..H.

        Parameters
        ----------
        opens, resource : str
            In the words of the table ``gates``.
        which : int
            Code of the step, reserve kind, item or place; -1 where nothing is named.
        """
        key = (opens, which, resource)
        if key not in self._gates:
            rows = self.facts["gates"]
            named = (rows["opens"] == _OPENS[opens]) & ((rows["which"] == which) | (rows["which"] < 0))
            named &= (rows["resource"] < 0) | (rows["resource"] == _RESOURCE[resource])
            shape = (len(self._areas), self.facts.horizon + 1)
            concerned, satisfied = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
            for row in np.flatnonzero(named).tolist():  # a handful of rows
                inside = self.ladder.inside(self._areas, rows["area"][row])[:, None]
                concerned |= inside
                satisfied |= inside & self._satisfied()[row]
            self._gates[key] = np.where(concerned, satisfied, opens != "skip")
        return self._gates[key]

    def names(self, row: int, resource: str, step: Column, peer: Column) -> Column:
        """Whether a gate names each step, or all peer steps, for the resource."""
        gates = self.facts["gates"]
        opens, which = int(gates["opens"][row]), int(gates["which"][row])
        if int(gates["resource"][row]) not in (-1, _RESOURCE[resource]):
            return np.zeros(len(step), dtype=bool)
        if opens == _OPENS["lateral"]:
            return np.asarray(peer)
        return np.asarray((opens == _OPENS["step"]) & ((step == which) | (which < 0)))

    def satisfied(self, row: int, taker: Column, period: Column) -> Column:
        """Whether a gate is for each taker and its condition holds in the period."""
        inside = self.ladder.inside(taker, self.facts["gates"]["area"][row])
        return np.asarray(inside & self._satisfied()[row][taker, period])

    def state(self) -> tuple[Ints, Ints, Ints]:
        """Level (0 none, 4 the worst), mode and severity of every area in every period 0..H."""
        rows = self.facts["levels"]
        worst = len(RESPONSE_LEVELS)
        level = np.where(rows["level"] >= 0, worst - rows["level"], -1)
        return self._latest(level), self._latest(rows["mode"]), self._latest(rows["severity"])

    def _latest(self, said: Column) -> Ints:
        """What an area was told last, else what holds above it, else 0."""
        rows, horizon = self.facts["levels"], self.facts.horizon
        told = np.full((len(self._areas), horizon + 1), -1, dtype=np.int64)
        there = np.flatnonzero(said >= 0)
        told[rows["area"][there], rows["period"][there]] = said[there]
        since = np.maximum.accumulate(np.where(told >= 0, np.arange(horizon + 1), 0), axis=1)
        own = np.take_along_axis(told, since, axis=1)
        held = own.copy()
        for above in self.ladder.chain.T[1:]:
            held = np.where((held < 0) & (above >= 0)[:, None], own[above], held)
        return np.where(held < 0, 0, held)

    def _satisfied(self) -> Column:
        """Whether each gate's condition holds for each area in each period."""
        if self._holds is None:
            rows = self.facts["gates"]
            level, mode, severity = self.state()
            wanted = np.where(rows["level"] >= 0, len(RESPONSE_LEVELS) - rows["level"], 0)[:, None, None]
            in_mode, least = rows["mode"][:, None, None], rows["severity"][:, None, None]
            holds = (level >= wanted) & ((in_mode < 0) | (mode == in_mode)) & (severity >= least)
            self._holds = holds
        return self._holds

    def _asking(self, resource: str) -> tuple[Ints, Ints]:
        """Position and decision seconds for every taker and step."""
        if resource not in self._rungs:
            rows = self.facts["ladder"]
            usual = np.array(list(POSITIONS.values()), dtype=np.int64)
            shape = (len(self._areas), len(usual))
            position, seconds = np.tile(usual, (shape[0], 1)), np.zeros(shape, dtype=np.int64)
            # How near the row's area is to the taker, and whether it names the resource: the nearest counts.
            best = np.full(shape, -1, dtype=np.int64)
            depth = (self.ladder.chain >= 0).sum(axis=1)
            holds = (rows["resource"] < 0) | (rows["resource"] == _RESOURCE[resource])
            for row in np.flatnonzero(holds).tolist():  # a handful of rows
                area, step = int(rows["area"][row]), int(rows["step"][row])
                near = 2 * int(depth[area]) + int(rows["resource"][row] >= 0)
                takes = self.ladder.inside(self._areas, rows["area"][row]) & (best[:, step] < near)
                best[takes, step] = near
                own = int(rows["position"][row])
                position[takes, step] = usual[step] if own < 0 else own
                seconds[takes, step] = int(rows["decision_hours"][row]) * 36
            self._rungs[resource] = (position, seconds)
        return self._rungs[resource]

    def _helped(self, resource: str, taker: Column, giver: Column) -> tuple[Column, Column]:
        """Whether a giver may help as a peer, and whether it may without consent."""
        rows = self.facts["pairing"]
        named, helps, free = (np.zeros(len(taker), dtype=bool) for _ in range(3))
        holds = (rows["resource"] < 0) | (rows["resource"] == _RESOURCE[resource])
        for row in np.flatnonzero(holds).tolist():  # a handful of rows
            here = self.ladder.inside(taker, rows["area"][row])
            pair = here & self.ladder.inside(giver, rows["helper"][row])
            named |= here
            helps |= pair
            if not rows["consent"][row]:
                free |= pair
        return helps | ~named, free


def check_passage(command: Command, resource: str, table: str, flows: Rows, report: Report) -> None:
    """Gates and pairing of flows with ``giver``, ``taker``, ``step``, ``period``, ``place``."""
    facts = command.facts
    if not len(facts["gates"]) and not len(facts["pairing"]):
        return
    step, taker, giver, period = flows.key("step", "taker", "giver", "period")
    at: Fields = {
        "place": ("place", flows["place"]),
        "what": ("area", giver),
        "period": period,
        "taker": ("area", taker),
        "name": np.array(STEP_NAMES, dtype=object)[step],
        "resource": resource,
    }
    report.check(
        "gate_step",
        table,
        command.open_step(resource, step, taker, period),
        "{what} gives {resource} to {taker} at {place} in period {period}, but the step {name} is shut.",
        **at,
    )
    report.check(
        "gate_lateral",
        table,
        command.open_lateral(resource, step, taker, period),
        "{what} helps {taker} as a peer ({resource}, {place}) in period {period}, but peers may not help yet.",
        **at,
    )
    report.check(
        "pairing",
        table,
        command.is_paired(resource, step, taker, giver),
        "{what} helps {taker} as a peer ({resource}, {place}) in period {period}, but is no helper of {taker}.",
        **at,
    )
