"""The command rules as lookups on whole arrays (docs/concepts/command.md): positions, decisions, gates, pairing.

Areas are numbered by their row in the table, periods count from 0, resources are named as in `RESOURCES`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.instance.joining import BoolArray, IdArray, IntArray, position
from yjopt.schema import MODES, POSITIONS, RESOURCES, RESPONSE_LEVELS, SEVERITIES

if TYPE_CHECKING:
    from yjopt.areas import Tree
    from yjopt.instance.context import Context

#: Steps in the order of their default positions; a step is known by its index here.
STEPS: Final = tuple(POSITIONS)
#: Kinds of sources that are steps of the ladder.
ORDER_STEPS: Final = ("requisition", "purchase", "import")
#: Positions from which aid may skip levels: whoever comes before must be exhausted all the same.
_LAST_BEFORE_SKIPPING: Final = 1


@dataclass(frozen=True)
class Command:
    """Who may ask whom, when, and how long it takes.

    Parameters
    ----------
    context : Context
        The scenario and its tree.
    """

    context: Context

    @property
    def tree(self) -> Tree:
        """The administrative tree."""
        return self.context.tree

    def is_strict(self, resource: str) -> bool:
        """Whether givers of lower positions must be exhausted before higher ones are asked."""
        settings = self.context.scenario.settings
        return bool(settings.rule == "strict" and settings[f"strict.{resource}"])

    @cached_property
    def counts_people(self) -> bool:
        """Whether support stages count admissions, isolations and tours."""
        settings = self.context.scenario.settings
        return bool(settings.rule != "flat" and settings["support.people"])

    @cached_property
    def takes_time(self) -> bool:
        """Whether decisions take time and nobody asks before a need is known."""
        return bool(self.context.scenario.settings["delays"] == "by_rung")

    @cached_property
    def cover(self) -> int:
        """Periods ahead for which a place may be supplied."""
        return int(self.context.scenario.settings["cover_periods"])

    @cached_property
    def has_gates(self) -> bool:
        """Whether any gate or pairing may shut a flow out."""
        return bool(len(self.context.table("gates")) or len(self.context.table("pairing")))

    @cached_property
    def has_blind(self) -> bool:
        """Whether any place is cut off in any period."""
        return bool(len(self.context.table("blind")))

    @cached_property
    def has_quotas(self) -> bool:
        """Whether goods may be sent ahead of any request."""
        return bool(self.takes_time and len(self.context.table("quotas")))

    def step(self, giver: IntArray, taker: IntArray) -> IntArray:
        """Step of each giver and taker, as the index in `STEPS`."""
        # The tree numbers its steps by their default positions, as `STEPS` does.
        return self.tree.step(giver, taker)

    def position(self, resource: str, step: IntArray, taker: IntArray) -> IntArray:
        """Position of steps (indices in `STEPS`) in the order in which takers ask."""
        return np.asarray(self._ladder(resource)[0][taker, step], dtype=np.int64)

    def decision(
        self, resource: str, step: IntArray, taker: IntArray, giver: IntArray | None = None
    ) -> IntArray:
        """Seconds until a step's support is decided; 0 with ``delays = "direct"``.

        Parameters
        ----------
        resource : str
            One of `RESOURCES`.
        step, taker : int64 array
            Indices in `STEPS`; areas.
        giver : int64 array, optional
            Areas; aid between paired peers without consent takes no decision.
        """
        if not self.takes_time:
            return np.zeros(np.broadcast(step, taker).shape, dtype=np.int64)
        seconds = self._ladder(resource)[1][taker, step]
        if giver is not None:
            seconds = np.where(self.is_direct(resource, step, taker, giver), 0, seconds)
        return np.asarray(seconds, dtype=np.int64)

    def known(self, table: str, row: IntArray, period: IntArray) -> IntArray:
        """Period (from 0) from which rows may be asked for: ``known_from``, or else their own.

        With ``delays = "direct"`` every need is known from the start.
        """
        if not self.takes_time:
            return np.zeros(len(row), dtype=np.int64)
        told = self.context.number(table, "known_from")[row]
        return np.where(told > 0, told - 1, period)

    def is_direct(self, resource: str, step: IntArray, taker: IntArray, giver: IntArray) -> BoolArray:
        """Whether the flow is aid from a paired peer that needs nobody's consent."""
        _, free = self._helps(resource, taker, giver)
        return np.asarray(_IS_PEER[step] & free, dtype=np.bool_)

    def is_open(
        self, resource: str, step: IntArray, taker: IntArray, giver: IntArray, period: IntArray
    ) -> BoolArray:
        """Whether gates and pairing let a flow pass in its period."""
        shape = np.broadcast(step, taker, giver, period).shape
        passes = np.ones(shape, dtype=np.bool_)
        if not self.has_gates:
            return passes
        for index in np.unique(step):
            here = self.gate("step", STEPS[int(index)], resource)
            passes &= (step != index) | here[taker, period]
        peer = _IS_PEER[step]
        lateral = self.gate("lateral", "", resource)
        passes &= ~peer | lateral[taker, period]
        helps, _ = self._helps(resource, taker, giver)
        return np.asarray(passes & (~peer | helps), dtype=np.bool_)

    def gate(self, opens: str, which: str, resource: str, *, without: bool = True) -> BoolArray:
        """Whether something is open to each area in each period.

        Parameters
        ----------
        opens, which, resource : str
            What is asked about, in the words of the table ``gates``.
        without : bool
            What holds where no gate names it.

        Returns
        -------
        bool array, shape (areas, periods)
        """
        table = self.context.table("gates")
        row = np.flatnonzero(
            (table["opens"] == opens).to_numpy(dtype=bool)
            & table["which"].isin([which, ""]).to_numpy(dtype=bool)
            & table["resource"].isin([resource, ""]).to_numpy(dtype=bool)
        )
        holds, concerned = self._satisfied
        is_named = np.asarray(concerned[row].any(axis=0), dtype=np.bool_)
        passes = (holds[row] & concerned[row][:, :, None]).any(axis=0)
        return np.asarray(np.where(is_named[:, None], passes, without), dtype=np.bool_)

    def is_usable(self, resource: str, place: IntArray) -> BoolArray:
        """Whether gates let places take anybody in and decide anything, shape (places, periods).

        Parameters
        ----------
        resource : str
            ``beds`` of a hospital, or ``isolation`` at a site.
        place : int64 array
            Rows of the places table.
        """
        context, gates = self.context, self.context.table("gates")
        if not len(gates):
            return np.ones((len(place), context.horizon), dtype=np.bool_)
        unit = context.unit[place]
        named = set(gates["which"][(gates["opens"] == "facility").to_numpy(dtype=bool)])
        usable = self.gate("facility", "", resource)[unit]
        for which in sorted(named - {""}):
            at = np.flatnonzero(context.labels.places[place] == which)
            usable[at] = self.gate("facility", which, resource)[unit[at]]
        return np.asarray(usable, dtype=np.bool_)

    def may_skip(self, resource: str, step: IntArray, taker: IntArray, period: IntArray) -> BoolArray:
        """Whether a flow is skip-level aid: from an area above, with the gate ``skip`` open."""
        return np.asarray(
            _IS_ABOVE[step] & self.gate("skip", "", resource, without=False)[taker, period], dtype=np.bool_
        )

    def bar(self, resource: str, step: IntArray, taker: IntArray, period: IntArray) -> IntArray:
        """Position below which rule strict wants every giver exhausted before a flow of a period."""
        place = self.position(resource, step, taker)
        skips = self.may_skip(resource, step, taker, period)
        return np.where(skips, np.minimum(place, _LAST_BEFORE_SKIPPING + 1), place)

    def gates_passed(self, resource: str, step: IntArray, taker: IntArray, period: IntArray) -> IdArray:
        """Ids of the gates by which each flow's step is open, separated by commas; blank where none concerns it."""
        table = self.context.table("gates")
        holds, concerned = self._satisfied
        passed = np.full(len(step), "", dtype=object)
        for row, gate in sorted(enumerate(table["gate"]), key=lambda pair: pair[1]):
            opens, which = table["opens"].iloc[row], table["which"].iloc[row]
            if opens not in ("step", "lateral") or table["resource"].iloc[row] not in (resource, ""):
                continue
            its = _IS_PEER[step] if opens == "lateral" else step == STEPS.index(which)
            here = its & concerned[row][taker] & holds[row][taker, period]
            passed[here] = [f"{before}, {gate}" if before else gate for before in passed[here]]
        return passed

    @cached_property
    def blind(self) -> BoolArray:
        """Whether a place is cut off in a period, shape (places, periods)."""
        cut_off = np.zeros((len(self.context.labels.places), self.context.horizon), dtype=np.bool_)
        period = self.context.number("blind", "period") - 1
        within = period < self.context.horizon
        cut_off[self.context.places("blind")[within], period[within]] = True
        return cut_off

    @cached_property
    def state(self) -> tuple[IntArray, IntArray, IntArray]:
        """Level (0 none, 4 the worst), mode and severity of each area in each period, as ranks."""
        return (
            self._attribute("level", (*reversed(RESPONSE_LEVELS),), offset=1),
            self._attribute("mode", MODES),
            self._attribute("severity", SEVERITIES),
        )

    def _attribute(self, column: str, words: tuple[str, ...], offset: int = 0) -> IntArray:
        table, tree = self.context.table("levels"), self.tree
        told = np.full((len(tree), self.context.horizon), -1, dtype=np.int64)
        row = np.flatnonzero((table[column] != "").to_numpy(dtype=bool))
        area = position(table["area"].iloc[row], tree.ids.to_numpy(dtype=object))
        period = self.context.number("levels", "period")[row] - 1
        value = position(table[column].iloc[row], np.array(words, dtype=object)) + offset
        within = period < self.context.horizon
        told[area[within], period[within]] = value[within]
        for t in range(1, self.context.horizon):
            told[:, t] = np.where(told[:, t] < 0, told[:, t - 1], told[:, t])
        # From the top down: an area without a word of its own follows the one above.
        for rank in reversed(range(tree.rank.max(initial=0) + 1)):
            here = np.flatnonzero(tree.rank == rank)
            above = np.where(tree.parent[here, None] >= 0, told[np.maximum(tree.parent[here], 0)], 0)
            told[here] = np.where(told[here] < 0, above, told[here])
        return told

    @cached_property
    def _satisfied(self) -> tuple[BoolArray, BoolArray]:
        """Whether the condition of each gate holds for each area in each period, and whether it is for the area."""
        table = self.context.table("gates")
        level, mode, severity = self.state
        shape = (len(table), *level.shape)
        holds = np.ones(shape, dtype=np.bool_)
        worst_first = dict(zip(reversed(RESPONSE_LEVELS), range(1, 5), strict=True))
        for row, (wanted, in_mode, least) in enumerate(
            zip(table["level"], table["mode"], table["severity"], strict=True)
        ):
            if wanted:
                holds[row] &= level >= worst_first[wanted]
            if in_mode:
                holds[row] &= mode == MODES.index(in_mode)
            if least:
                holds[row] &= severity >= SEVERITIES.index(least)
        outer = self.context.areas("gates", "area")
        inside = self.tree.inside(np.arange(len(self.tree))[None, :], outer[:, None])
        return holds, np.asarray(inside, dtype=np.bool_)

    def _ladder(self, resource: str) -> tuple[IntArray, IntArray]:
        """Position and decision seconds of each step for each taker area, shape (areas, steps)."""
        return self._ladders[RESOURCES.index(resource)]

    @cached_property
    def _ladders(self) -> tuple[tuple[IntArray, IntArray], ...]:
        table, tree = self.context.table("ladder"), self.tree
        size = (len(tree), len(STEPS))
        default = np.array(list(POSITIONS.values()), dtype=np.int64)
        area = self.context.areas("ladder", "area")
        step = position(table["step"], np.array(STEPS, dtype=object))
        place = self.context.number("ladder", "position")
        place = np.where(place < 0, default[step], place)
        seconds = self.context.hours("ladder", "decision_hours")
        of_row = table["resource"].to_numpy(dtype=object)
        found = []
        for resource in RESOURCES:
            positions = np.broadcast_to(default, size).copy()
            decisions = np.zeros(size, dtype=np.int64)
            held = [index for index in range(len(table)) if of_row[index] in ("", resource)]
            # Higher areas first, and blank resources before named ones: what comes later counts.
            for row in sorted(held, key=lambda index: (-tree.rank[area[index]], of_row[index] != "")):
                takers = tree.inside(np.arange(len(tree)), area[row])
                positions[takers, step[row]] = place[row]
                decisions[takers, step[row]] = seconds[row]
            found.append((positions, decisions))
        return tuple(found)

    def _helps(self, resource: str, taker: IntArray, giver: IntArray) -> tuple[BoolArray, BoolArray]:
        """Whether pairing lets givers help takers as peers, and whether without consent."""
        shape = np.broadcast(taker, giver).shape
        named, helps, free = (np.zeros(shape, dtype=np.bool_) for _ in range(3))
        table = self.context.table("pairing")
        area, helper = self.context.areas("pairing", "area"), self.context.areas("pairing", "helper")
        consent = self.context.flags("pairing", "consent")
        for row in np.flatnonzero(table["resource"].isin([resource, ""]).to_numpy(dtype=bool)):
            is_taker = self.tree.inside(taker, area[row])
            pair = is_taker & self.tree.inside(giver, helper[row])
            named |= is_taker
            helps |= pair
            free |= pair & ~consent[row]
        return helps | ~named, free


_IS_PEER: Final = np.array([name.startswith("peer-") for name in STEPS], dtype=np.bool_)
_IS_ABOVE: Final = np.array([name.startswith("above-") for name in STEPS], dtype=np.bool_)
