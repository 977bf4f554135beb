"""What the audit says: every comparison counted, every violation a row in plain words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from yjopt.auditing.rows import Column

#: Every rule the audit may find broken, with its meaning. Sections are those of the contract.
RULES: Final[dict[str, str]] = {
    # The tables themselves (10).
    "table_missing": "Every plan table must be there.",
    "column_missing": "A plan table must have all its columns.",
    "column_unknown": "A plan table has no columns but its own.",
    "column_type": "A cell must be of the type of its column.",
    "unknown_word": "A choice must be one of its words.",
    "unknown_id": "An id must stand in the scenario.",
    "number_range": "Numbers are not negative, amounts at least 1, and all below ten million million.",
    "period_range": "A period lies between 1 and the horizon.",
    "duplicate_key": "No two rows have the same key.",
    "row_order": "Rows are sorted by key.",
    # Travel (3).
    "pair_unreachable": "A trip is possible only within the limit of its kind, on the roads of its period.",
    "same_period": "People travel only where they arrive in the period they leave in.",
    # Supplies (4, 5).
    "lot_unknown": "Goods leave from a lot, durables from a store of their authority.",
    "taker_unknown": "Goods are handed to a place that needs or may consume them.",
    "store_unknown": "Goods are moved to another store of the same item and authority.",
    "shipment_use": "'supply' and 'store' say truly what a shipment is for.",
    "whole_packs": "Only whole packs travel.",
    "arrival_period": "Goods arrive after their travel, release and lead time, neither sooner nor later.",
    "rung": "The rung follows from the tree.",
    "step": "The step follows from the tree.",
    "stock_balance": "No more leaves a lot than is there.",
    "home_part": "What is kept at home goes to the authority's own places only.",
    "stock_table": "The stock table is what the balances give.",
    "stock_unknown": "The stock table lists lots, stores and takers only.",
    "source_unknown": "Orders go to sources that exist.",
    "source_first_period": "A source takes no orders before its first period.",
    "source_ceiling": "No more is ordered in a period than the ceiling.",
    "fleet_home": "A fleet makes trips from its home to other places.",
    "payload": "Vehicles carry no more than their payload.",
    "volume": "Vehicles carry no more than their volume.",
    "vehicle_hours": "Vehicles drive no longer than their hours, and are held by trips longer than these.",
    "need_unknown": "What is served is a row of the needs.",
    "need_window": "A need is served from its period to its deadline; a durable in its period.",
    "served_packs": "Packs served and base units served belong together.",
    "served_above_need": "No more is served than needed.",
    "received_balance": "No more is served or opened than was handed over.",
    "received_table": "The table's goods handed over are what the balances give.",
    "loose_table": "Opened packs are what was opened less what was consumed.",
    "consumption": "Occupied beds, rooms and teams at work have what they consume.",
    "durable_departures": "A durable leaves only when free at the start of the period.",
    "durable_balance": "No more durables are used than are there.",
    "in_use_table": "Durables in use are those used in the period or in cleaning.",
    "use_served": "Durables used are durables served.",
    "durable_floor": "The floor of durables stays on hand.",
    "return_by": "Durables are home again in time.",
    # Beds (6).
    "arrival_unknown": "People admitted are people who arrived.",
    "admission_window": "People are admitted from their arrival to the end of their wait.",
    "not_eligible": "People lie in a class of their group.",
    "beds_unknown": "A hospital has the class of bed it admits to.",
    "admitted_above_arrivals": "No more are admitted than arrived.",
    "bed_capacity": "No more people lie in a class than it has beds.",
    "opening_unknown": "Only surge levels and candidate sites of the scenario are opened.",
    "opening_twice": "A level or site is opened once.",
    "opening_first": "It is in use after its set-up, within the horizon.",
    "opening_last": "It is in use to the end; a surge level with running cost may close before.",
    "surge_order": "Surge levels are decided in their order.",
    "transfer_rule": "People are moved only under a transfer budget of the area, from its first period.",
    "transfer_budget": "No more people are moved in a period than the budget.",
    "transfer_window": "People are moved after their admission, before the end of their stay.",
    "transfer_people": "No more people are moved than lie there, each once.",
    "transfer_bed": "People are moved to another hospital's bed of a class they may use.",
    # Isolation (8).
    "contacts_unknown": "People isolated are people due for it.",
    "isolation_window": "People go to isolation from their due period to the end of their wait.",
    "category_not_allowed": "A site takes only the categories it may hold.",
    "part_unknown": "Groups are parted as the rule of splitting says.",
    "part_whole": "A group kept together goes to one site, once, as a whole.",
    "part_rooms": "A group kept together fits the rooms of its site.",
    "isolated_above_contacts": "No more are isolated than are due.",
    "site_capacity": "No more people are at a site than it has rooms, and only in the category it holds.",
    "holding_allowed": "A site holds only a category it may hold.",
    "holding_exclusive": "A site holds one category at a time, with cleaning between two.",
    "holding_missing": "A site with people there at the start holds their category.",
    "site_not_usable": "A candidate site is used only once it is opened.",
    # Teams (8).
    "pool_skill": "A pool is sent only where its skill is wanted.",
    "post_unknown": "Teams go to a task, or to a hospital or site that needs their skill.",
    "tour_periods": "A tour begins after call-up and travel and lasts as long as the pool's tours do.",
    "task_window": "A tour to a task works in its window.",
    "teams_away": "No more teams are away than the pool has above its floor.",
    "staffing": "Occupied beds and rooms have their members of staff.",
    # Rules (8) and the rest (10).
    "isolation_minimum": "A soft minimum of sites that is not reached stands among the exceptions.",
    "hard_minimum": "A hard minimum of sites is reached.",
    "opening_budget": "Openings and conversions cost no more than the budget.",
    # Command: who may ask whom, when (command.md 3, 5, 6).
    "known_people": "People are admitted or isolated once they are known, it is decided, and they are there.",
    "known_task": "Teams of others are called for a task once it is known.",
    "known_durable": "Durables are asked for once it is known that they are needed.",
    "asked_before_known": "No more is asked for than the needs known by then, and what will be opened soon.",
    "gate_step": "A step is used only while its gate is open.",
    "gate_lateral": "Peers help only while the gate for peers is open.",
    "gate_kind": "Goods of a reserve kind are used only while its gate is open.",
    "gate_quota": "Goods are sent ahead only while the gate for quotas is open.",
    "gate_facility": "While a facility is shut nobody is taken in there and nothing is decided.",
    "pairing": "Peers help only those they are paired with.",
    # Strict: nobody is asked while a giver asked before them still has something (command.md 4).
    "strict_supplies": "Goods come from further up only when all givers before are exhausted.",
    "strict_orders": "Goods are ordered only when all givers and sources before are exhausted.",
    "strict_durables": "Durables come from further up only when all stores before are exhausted.",
    "strict_beds": "People go to a hospital further up only when all wards before are full.",
    "strict_isolation": "Groups go to a site further up only when all sites before are taken.",
    "strict_teams": "Teams come from further up only when all pools before are out.",
    "strict_cover": "Nobody is handed more than covers the needs of the periods ahead.",
    "strict_loose": "No pack is opened while one lies open.",
    "strict_rounding": "No more is used up than is consumed.",
    # Retention, goods sent ahead, blind places, facilities in order (command.md 6 to 9).
    "own_first": "An authority helps peers only when nothing of its own is open.",
    "hard_mobile_quota": "A hard quota of teams stays at home.",
    "mobile_quota": "Teams wanting to a soft quota stand among the exceptions.",
    "hard_unmet_ceiling": "A hard ceiling of unmet need is kept.",
    "unmet_ceiling": "Unmet need above a soft ceiling stands among the exceptions.",
    "ahead_rule": "Only consumables of others are sent ahead, and only with decisions by rung.",
    "ahead_quota": "No more is sent ahead than the quota.",
    "ahead_cleared": "From the period of clearing on all that was sent is booked on known needs.",
    "blind_default": "A place that is cut off gets no more than its default.",
    "blind_tour": "A place that is cut off calls no teams of others for its tasks.",
    "facility_closed": "A hospital takes people only once it is open.",
    "backup_load": "A backup hospital is opened only after the designated ones were loaded.",
    "makeshift_use": "A makeshift hospital holds nobody in isolation once it is decided.",
    # The ledger (command.md 11).
    "requests_table": "Requests, orders and reports are what the flows make of the tree.",
    "request_rule": "A row names the rule that lets it pass.",
    "request_proof": "Only strict order needs a proof.",
    "request_sums": "Over every border goes what the rows that cross it say.",
    "accounts_table": "The clearing account is what was sent ahead and what it is booked on.",
    "exception_limit": "An exception is no larger than what the people already there make necessary.",
    "unmet_table": "The table of unmet demand is what the plan leaves unmet.",
}

#: What a sentence names: values, or codes with their domain.
Fields = dict[str, Any]

#: Rows kept of one comparison that fails everywhere; the rest is counted in one more row.
_MOST = 1_000
_COLUMNS: Final = ("rule", "table", "place", "what", "period", "message", "amount")


@dataclass(frozen=True, kw_only=True)
class Audit:
    """The outcome of an audit.

    Parameters
    ----------
    violations : DataFrame
        One row a violation: ``rule`` (a name of ``RULES``), ``table``, ``place``, ``what``, ``period`` (0:
        none), ``message`` in plain words, ``amount`` by which the rule is broken.
    stages : dict of str to int
        Every stage value of the contract, recomputed, in quanta; stages the plan has nothing for are 0.
        ``weighted`` (only with that objective) is in millionths of millionths.
    checks : int
        Number of single comparisons made.
    worst : str
        The violation of the largest amount in plain words; blank if there is none.
    """

    violations: pd.DataFrame
    stages: dict[str, int] = field(default_factory=dict)
    checks: int = 0
    worst: str = ""

    @property
    def ok(self) -> bool:
        """Whether no rule is broken."""
        return not len(self.violations)

    def __str__(self) -> str:
        if self.ok:
            return f"The audit found nothing wrong in {self.checks:,} checks."
        count = f"The audit found {len(self.violations):,} violations in {self.checks:,} checks"
        return f"{count}; the worst: {self.worst}"


class Report:
    """
    Collects comparisons and violations.

    Parameters
    ----------
    ids : mapping of str to sequence of str
        The ids of every domain (``place``, ``item``, ...), by which codes are written in words.
    """

    def __init__(self, ids: Mapping[str, Sequence[str]]) -> None:
        self._ids = ids
        self._rows: list[tuple[str, str, str, str, int, str, int]] = []
        self.checks = 0

    def check(
        self,
        rule: str,
        table: str,
        ok: Column,
        message: str,
        *,
        place: tuple[str, Column] | None = None,
        what: tuple[str, Column] | None = None,
        period: Column | None = None,
        amount: Column | None = None,
        **values: object,
    ) -> None:
        """Count the comparisons ``ok`` and write a row for each that fails.

        Parameters
        ----------
        rule, table : str
            Name in ``RULES``, and the plan table it is found in.
        ok : array of bool
            One comparison an element; two-dimensional arrays go with ``rows x periods``.
        message : str
            A sentence with the fields ``{place}``, ``{what}``, ``{period}``, ``{amount}`` and ``values``.
        place, what : (domain, codes)
            Where and what, as codes of a domain.
        period, amount : int array
            When (else the second index of a two-dimensional comparison), and by how much.
        **values : (domain, codes), array or plain value
            What else the sentence names.
        """
        meaning = RULES[rule]
        self.checks += int(np.size(ok))
        ok = np.asarray(ok, dtype=bool)
        wrong = np.argwhere(~ok)
        for index in wrong[:_MOST]:
            at = tuple(index)
            named = {name: self._value(value, at) for name, value in values.items()}
            where = "" if place is None else self._value(place, at)
            thing = "" if what is None else self._value(what, at)
            when = (int(at[1]) if len(at) == 2 else 0) if period is None else int(self._value(period, at))
            by = 1 if amount is None else int(self._value(amount, at))
            words = message.format(place=where, what=thing, period=when, amount=by, **named)
            self._rows.append((rule, table, str(where), str(thing), when, f"{words} {meaning}", by))
        if len(wrong) > _MOST:
            more = len(wrong) - _MOST
            self._rows.append(
                (rule, table, "", "", 0, f"And {more:,} more of the same kind. {meaning}", more)
            )

    def add(self, rule: str, table: str, message: str, what: str = "") -> None:
        """Write one violation of a whole table or column."""
        self.checks += 1
        self._rows.append((rule, table, "", what, 0, f"{message} {RULES[rule]}", 1))

    def _value(self, value: object, at: tuple[int, ...]) -> Any:
        if isinstance(value, tuple):
            domain, code = value
            number = int(code[at[: code.ndim]])
            return self._ids[domain][number] if number >= 0 else ""
        return value[at[: value.ndim]] if isinstance(value, np.ndarray) else value

    def audit(self, stages: dict[str, int]) -> Audit:
        """The outcome so far."""
        frame = pd.DataFrame(self._rows, columns=list(_COLUMNS))
        if not self._rows:
            frame = frame.astype({"period": "int64", "amount": "int64"})
        worst = max(self._rows, key=lambda row: row[-1])[-2] if self._rows else ""
        return Audit(violations=frame, stages=stages, checks=self.checks, worst=worst)
