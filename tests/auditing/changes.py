"""Changes of good plans, made from the schema and the rules: each must be refused by name.

A change names the rule it breaks and the case it starts from. It puts other values into a row, cuts a row out, adds a
row like another one, or alters the scenario under the plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from yjopt.schema import OUTPUT

if TYPE_CHECKING:
    from collections.abc import Callable

    from auditing.cases import Case

    from yjopt.scenario import Scenario

Tables = dict[str, Any]


@dataclass(frozen=True)
class Change:
    """One change: the rule that must be found broken, the case, the plan table, and what is done."""

    rule: str
    case: str
    table: str
    words: str
    make: Callable[[Scenario, Tables], Scenario]

    def __str__(self) -> str:
        return f"{self.rule}-{self.case}-{self.table}-{self.words}"

    def of(self, case: Case) -> tuple[Scenario, Tables]:
        """The scenario and the changed plan."""
        tables: Tables = {name: frame.copy() for name, frame in case.tables.items()}
        return self.make(case.scenario, tables), tables


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Keywords of Python are written with an underscore behind."""
    return {name.rstrip("_"): value for name, value in values.items()}


def row_of(frame: pd.DataFrame, where: dict[str, Any]) -> int:
    """The only row with these values."""
    chosen = pd.Series(True, index=frame.index)
    for name, value in _plain(where).items():
        chosen &= frame[name] == value
    (row,) = frame.index[chosen]
    return int(row)


def in_order(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Rows sorted by key, so that a change breaks no rule but its own."""
    return frame.sort_values(list(OUTPUT[name].key)).reset_index(drop=True)


def put(rule: str, case: str, table: str, where: dict[str, Any], **values: Any) -> Change:
    """Other values in one row."""

    def make(scenario: Scenario, tables: Tables) -> Scenario:
        frame = tables[table]
        row = row_of(frame, where)
        for name, value in _plain(values).items():
            frame.loc[row, name] = value
        tables[table] = in_order(table, frame)
        return scenario

    return Change(rule, case, table, f"put {values}", make)


def cut(rule: str, case: str, table: str, **where: Any) -> Change:
    """One row less."""

    def make(scenario: Scenario, tables: Tables) -> Scenario:
        frame = tables[table]
        tables[table] = frame.drop(index=row_of(frame, where)).reset_index(drop=True)
        return scenario

    return Change(rule, case, table, f"cut {where}", make)


def add(rule: str, case: str, table: str, like: dict[str, Any], **values: Any) -> Change:
    """One row more, like another but for the values."""

    def make(scenario: Scenario, tables: Tables) -> Scenario:
        frame = tables[table]
        row = frame.loc[[row_of(frame, like)]].assign(**_plain(values))
        tables[table] = in_order(table, pd.concat([frame, row], ignore_index=True))
        return scenario

    return Change(rule, case, table, f"add {values}", make)


def whole(rule: str, case: str, table: str, words: str, alter: Callable[[pd.DataFrame], Any]) -> Change:
    """Another table in the place of the table; None takes it away."""

    def make(scenario: Scenario, tables: Tables) -> Scenario:
        altered = alter(tables[table])
        if altered is None:
            del tables[table]
        else:
            tables[table] = altered
        return scenario

    return Change(rule, case, table, words, make)


def under(rule: str, case: str, table: str, words: str, alter: Callable[[Scenario], Scenario]) -> Change:
    """Another scenario under the same plan."""
    return Change(rule, case, table, words, lambda scenario, tables: alter(scenario))


def _with(name: str, column: str, value: Any) -> Callable[[Scenario], Scenario]:
    return lambda scenario: scenario.replace(**{name: scenario.tables[name].assign(**{column: value})})


_TO_CLINIC = {"from_": "depot-E", "to": "clinic-E"}
_C_TO_A = {"from_": "depot-C", "to": "town-A", "depart": 1}
_W_TO_B = {"from_": "depot-W", "authority": "W"}
_START = {"from_class": "ward"}
_SEVERE = {"group": "severe"}
_TEST = {"task": "test"}

CHANGES: list[Change] = [
    # The tables themselves.
    whole("table_missing", "supplies", "trips", "gone", lambda frame: None),
    whole("table_missing", "supplies", "trips", "no frame", lambda frame: "trips"),
    whole("column_missing", "supplies", "shipments", "no rung", lambda frame: frame.drop(columns="rung")),
    whole("column_missing", "supplies", "shipments", "twice",
          lambda frame: pd.concat([frame, frame[["rung"]]], axis=1)),
    whole("column_unknown", "supplies", "shipments", "colour", lambda frame: frame.assign(colour="red")),
    whole("column_type", "supplies", "shipments", "float", lambda frame: frame.astype({"quantity": float})),
    whole("column_type", "supplies", "shipments", "text", lambda frame: frame.astype({"quantity": str})),
    whole("column_type", "supplies", "shipments", "flag", lambda frame: frame.assign(rung=True)),
    whole("column_type", "supplies", "shipments", "none", lambda frame: frame.assign(step=None)),
    whole("column_type", "supplies", "shipments", "number", lambda frame: frame.assign(to=7)),
    whole("column_type", "supplies", "served", "off the grid", lambda frame: frame.assign(weight=1.00005)),
    whole("column_type", "supplies", "served", "not finite", lambda frame: frame.assign(weight=float("nan"))),
    put("unknown_word", "supplies", "shipments", _TO_CLINIC, use="given"),
    put("unknown_id", "supplies", "shipments", _TO_CLINIC, to="clinic-Z"),
    put("unknown_id", "supplies", "shipments", _TO_CLINIC, authority=""),
    put("unknown_id", "supplies", "unmet", {"state": "lost"}, what="hope"),
    put("unknown_id", "isolation", "exceptions", {"place": "W", "period": 1}, place="hotel"),
    put("number_range", "supplies", "shipments", _TO_CLINIC, quantity=0),
    put("number_range", "supplies", "shipments", _TO_CLINIC, quantity=-100),
    put("number_range", "supplies", "shipments", _TO_CLINIC, quantity=10**14),
    put("period_range", "supplies", "shipments", _TO_CLINIC, depart=0),
    put("period_range", "supplies", "shipments", _TO_CLINIC, arrive=4),
    add("duplicate_key", "supplies", "shipments", _TO_CLINIC, quantity=200),
    whole("row_order", "supplies", "stocks", "upside down", lambda frame: frame[::-1].reset_index(drop=True)),
    # Travel.
    add("pair_unreachable", "supplies", "shipments", _C_TO_A, to="town-B", depart=3, arrive=3),
    add("pair_unreachable", "supplies", "trips", {"to": "town-A"}, to="town-B", depart=3),
    under("pair_unreachable", "beds", "admissions", "limit", lambda s: s.replace({"limits.patients": 15})),
    under("pair_unreachable", "beds", "transfers", "limit", lambda s: s.replace({"limits.patients": 25})),
    under("pair_unreachable", "isolation", "isolations", "limit", lambda s: s.replace({"limits.contacts": 8})),
    under("pair_unreachable", "teams", "deployments", "limit", lambda s: s.replace({"limits.teams": 20})),
    under("same_period", "beds", "admissions", "short", lambda s: s.replace({"period_hours": 0.25})),
    under("same_period", "beds", "transfers", "short", lambda s: s.replace({"period_hours": 0.5})),
    under("same_period", "isolation", "isolations", "far", lambda s: s.replace(
        {"period_hours": 0.5}, roads=s.tables["roads"].assign(minutes=40.0))),
    # Supplies.
    put("lot_unknown", "supplies", "shipments", _TO_CLINIC, kind="commercial"),
    put("lot_unknown", "supplies", "shipments", _TO_CLINIC, authority="W"),
    put("lot_unknown", "durables", "shipments", {"to": "hospital-W"}, kind="social"),
    put("lot_unknown", "durables", "shipments", {"to": "hospital-W"}, authority="W"),
    put("taker_unknown", "supplies", "shipments", _TO_CLINIC, to="plant"),
    put("taker_unknown", "durables", "shipments", {"from_": "hospital-E"}, use="supply"),
    put("store_unknown", "supplies", "shipments", {"use": "store"}, to="depot-E"),
    put("store_unknown", "supplies", "shipments", {"use": "store"}, to="depot-C"),
    put("store_unknown", "durables", "shipments", {"to": "hospital-W"}, to="depot-C"),
    put("shipment_use", "durables", "shipments", {"to": "hospital-W"}, use="store"),
    put("whole_packs", "supplies", "shipments", _TO_CLINIC, quantity=250),
    put("whole_packs", "supplies", "procurements", {"kind": "purchase"}, quantity=250),
    put("arrival_period", "supplies", "shipments", _TO_CLINIC, arrive=2),
    put("arrival_period", "supplies", "shipments", {"use": "store"}, arrive=1),
    put("arrival_period", "supplies", "procurements", {"kind": "purchase"}, arrive=1),
    put("rung", "supplies", "shipments", _TO_CLINIC, rung=1),
    put("step", "supplies", "shipments", _C_TO_A, step="pool"),
    put("stock_balance", "supplies", "shipments", _C_TO_A, quantity=500),
    put("home_part", "supplies", "shipments", _W_TO_B, quantity=300),
    put("stock_table", "supplies", "stocks", {"place": "depot-E", "period": 2}, quantity=200),
    cut("stock_table", "supplies", "stocks", place="depot-E", period=2),
    add("stock_table", "supplies", "stocks", {"place": "depot-E", "period": 2}, place="plant", authority="W"),
    put("stock_table", "durables", "stocks", {"place": "depot-C", "period": 3}, quantity=1),
    put("stock_unknown", "supplies", "stocks", {"place": "depot-E", "period": 2}, kind="social"),
    put("stock_unknown", "supplies", "stocks", {"kind": "received"}, authority="W"),
    put("stock_unknown", "supplies", "stocks", {"kind": "received"}, place="depot-E"),
    put("stock_unknown", "supplies", "stocks", {"kind": "received"}, kind="in_use"),
    put("stock_unknown", "durables", "stocks", {"place": "depot-C", "period": 3}, kind="received"),
    put("stock_unknown", "durables", "stocks", {"place": "depot-C", "period": 3}, authority="W"),
    put("source_unknown", "supplies", "procurements", {"kind": "purchase"}, kind="import"),
    put("source_first_period", "supplies", "procurements", {"place": "plant"}, order=1, arrive=1),
    put("source_ceiling", "supplies", "procurements", {"place": "plant"}, quantity=300),
    put("fleet_home", "supplies", "trips", {"to": "town-A"}, from_="depot-C"),
    put("fleet_home", "supplies", "trips", {"to": "town-A"}, to="depot-E"),
    put("payload", "supplies", "trips", {"to": "clinic-E"}, trips=1),
    cut("payload", "supplies", "trips", to="town-A"),
    under("volume", "supplies", "trips", "small", _with("fleets", "volume_litres", 4)),
    put("vehicle_hours", "supplies", "trips", {"to": "town-A"}, trips=4),
    under("vehicle_hours", "supplies", "trips", "no hours", _with("fleets", "hours", 0.0)),
    put("need_unknown", "supplies", "served", {"place": "clinic-E"}, weight=1.0),
    put("need_unknown", "supplies", "served", {"place": "clinic-E"}, needed=2),
    put("need_window", "supplies", "served", {"place": "town-B", "needed": 2}, period=3),
    put("need_window", "durables", "served", {"place": "hospital-W"}, period=3),
    put("served_packs", "supplies", "served", {"place": "clinic-E"}, packs=3),
    put("served_above_need", "supplies", "served", {"place": "clinic-E"}, quantity=400),
    put("served_above_need", "durables", "served", {"place": "hospital-W"}, quantity=2, packs=2),
    cut("received_balance", "supplies", "shipments", from_="depot-E", to="clinic-E"),
    put("received_balance", "teams", "stocks", {"kind": "received", "period": 2}, quantity=20),
    put("received_table", "supplies", "stocks", {"kind": "received"}, quantity=200),
    put("received_table", "teams", "stocks", {"kind": "received", "period": 2}, quantity=7),
    add("loose_table", "supplies", "stocks", {"kind": "received"}, kind="loose"),
    put("loose_table", "teams", "stocks", {"kind": "loose", "place": "town-A", "period": 1}, quantity=17),
    put("consumption", "teams", "stocks", {"kind": "loose", "place": "town-A", "period": 1}, quantity=8),
    cut("consumption", "teams", "exceptions", rule_="consumption"),
    cut("consumption", "teams", "shipments", to="town-A"),
    # Durables.
    put("durable_departures", "durables", "shipments", {"from_": "hospital-E"}, depart=2, arrive=2),
    cut("durable_balance", "durables", "shipments", to="hospital-W"),
    cut("in_use_table", "durables", "stocks", place="hospital-E", authority="C", period=2),
    put("use_served", "durables", "served", {"needed": 1}, quantity=1, packs=1),
    under("durable_floor", "durables", "shipments", "higher", _with("stocks", "floor", 2)),
    cut("return_by", "durables", "shipments", from_="hospital-W"),
    # Beds.
    put("arrival_unknown", "beds", "admissions", {"to": "hospital-C"}, arrived=2),
    put("arrival_unknown", "beds", "admissions", {"to": "hospital-C"}, from_="hospital-E"),
    put("admission_window", "beds", "admissions", {"to": "hospital-C"}, period=3),
    put("admission_window", "beds", "admissions", {"group": "severe"}, period=1),
    put("not_eligible", "beds", "admissions", {"group": "severe"}, class_="ward"),
    put("beds_unknown", "beds", "admissions", {"group": "severe"}, to="town-A"),
    put("admitted_above_arrivals", "beds", "admissions", {"to": "hospital-C"}, people=3),
    put("bed_capacity", "beds", "admissions", {"to": "hospital-C"}, people=2),
    cut("bed_capacity", "beds", "exceptions", place="hospital-E"),
    put("bed_capacity", "beds", "admissions", {"class_": "ward"}, to="hospital-E", period=1),
    put("opening_unknown", "beds", "openings", {"level": 1}, level=3),
    put("opening_unknown", "beds", "openings", {"level": 1}, what="site"),
    put("opening_unknown", "isolation", "openings", {"what": "site"}, place="hotel"),
    put("opening_unknown", "isolation", "openings", {"what": "site"}, level=1),
    add("opening_twice", "beds", "openings", {"level": 1}, decided=2, first=3),
    add("opening_twice", "isolation", "openings", {"what": "site"}, decided=2, first=3),
    put("opening_first", "beds", "openings", {"level": 1}, first=1),
    put("opening_first", "beds", "openings", {"level": 1}, decided=4, first=4, last=4),
    put("opening_first", "isolation", "openings", {"what": "site"}, first=1),
    put("opening_last", "beds", "openings", {"level": 1}, last=1),
    add("opening_last", "beds", "openings", {"level": 1}, level=2, decided=2, first=2, last=3),
    put("opening_last", "isolation", "openings", {"what": "site"}, last=3),
    put("surge_order", "beds", "openings", {"level": 1}, level=2, first=1, last=4),
    put("transfer_rule", "beds", "transfers", _START, last=1, period=1),
    under("transfer_rule", "beds", "transfers", "elsewhere", lambda s: s.replace(
        rules=s.tables["rules"].replace({"area": {"E": "W"}}))),
    put("transfer_budget", "beds", "transfers", _START, people=2),
    put("transfer_window", "beds", "transfers", _SEVERE, period=2),
    put("transfer_window", "beds", "transfers", _START, period=3),
    put("transfer_window", "beds", "transfers", _START, last=5),
    put("transfer_people", "beds", "transfers", _SEVERE, people=2),
    put("transfer_people", "beds", "transfers", _SEVERE, last=5),
    put("transfer_people", "beds", "transfers", _START, last=3),
    put("transfer_bed", "beds", "transfers", _SEVERE, to_class="ward"),
    put("transfer_bed", "beds", "transfers", _START, to="hospital-E"),
    put("transfer_bed", "beds", "transfers", _START, to_class="icu"),
    # Isolation.
    put("contacts_unknown", "isolation", "isolations", {"from_": "town-A"}, arrived=2),
    put("isolation_window", "isolation", "isolations", {"from_": "town-A"}, period=3),
    put("isolation_window", "isolation", "isolations", {"category": "fever"}, period=3),
    put("category_not_allowed", "isolation", "isolations", {"category": "fever"}, to="cityhall"),
    put("category_not_allowed", "isolation", "isolations", {"to": "cityhall"}, to="school"),
    put("part_unknown", "isolation", "isolations", {"to": "cityhall"}, part=3),
    put("part_unknown", "isolation", "isolations", {"to": "cityhall"}, part=0),
    put("part_unknown", "isolation", "isolations", {"category": "fever"}, part=2),
    put("part_whole", "isolation", "isolations", {"to": "cityhall"}, people=6),
    add("part_whole", "isolation", "isolations", {"to": "cityhall"}, period=2),
    put("part_rooms", "isolation", "isolations", {"from_": "town-A"}, to="cityhall"),
    put("isolated_above_contacts", "isolation", "isolations", {"category": "fever"}, people=4),
    put("site_capacity", "isolation", "isolations", {"from_": "town-A"}, period=1),
    cut("site_capacity", "isolation", "holdings", place="cityhall", period=3),
    cut("site_capacity", "isolation", "exceptions", rule_="site_capacity"),
    put("holding_allowed", "isolation", "holdings", {"place": "cityhall", "period": 4}, category="fever"),
    put("holding_allowed", "isolation", "holdings", {"place": "cityhall", "period": 4}, place="town-A"),
    put("holding_exclusive", "isolation", "holdings", {"place": "hotel", "period": 4}, category="fever"),
    add("holding_exclusive", "isolation", "holdings", {"place": "hotel", "period": 3}, category="fever"),
    cut("holding_missing", "isolation", "holdings", place="hotel", period=1),
    add("site_not_usable", "isolation", "holdings", {"place": "school", "period": 2}, period=1),
    cut("site_not_usable", "isolation", "openings", place="school"),
    # Teams.
    put("pool_skill", "teams", "deployments", _TEST, pool="nurses"),
    put("pool_skill", "teams", "deployments", _TEST, skill="nursing"),
    put("post_unknown", "teams", "deployments", _TEST, task=""),
    put("post_unknown", "teams", "deployments", _TEST, place="hospital-E"),
    put("tour_periods", "teams", "deployments", _TEST, last=3),
    put("tour_periods", "teams", "deployments", {"pool": "nurses"}, first=1),
    put("task_window", "teams", "deployments", {"task": "watch"}, depart=4, first=4, last=4),
    put("teams_away", "teams", "deployments", {"task": "watch"}, teams=2),
    cut("staffing", "teams", "deployments", pool="nurses"),
    cut("staffing", "teams", "exceptions", rule_="staffing"),
    # Rules, exceptions, what is left unmet.
    cut("isolation_minimum", "isolation", "exceptions", place="W", period=3),
    cut("hard_minimum", "isolation", "holdings", place="hotel", period=4),
    cut("hard_minimum", "isolation", "holdings", place="school", period=4),
    add("opening_budget", "beds", "openings", {"level": 1}, level=2, decided=3, first=3, last=4),
    under("opening_budget", "isolation", "openings", "conversion", _with("site_category", "conversion_cost", 40.0)),
    put("exception_limit", "beds", "exceptions", {"period": 1}, amount=2),
    put("exception_limit", "beds", "exceptions", {"period": 1}, place="hospital-C"),
    put("exception_limit", "isolation", "exceptions", {"place": "hotel"}, amount=3),
    put("exception_limit", "isolation", "exceptions", {"place": "W", "period": 3}, what="fever"),
    put("exception_limit", "isolation", "exceptions", {"place": "W", "period": 3}, amount=2),
    put("exception_limit", "teams", "exceptions", {"rule": "staffing"}, amount=4),
    put("exception_limit", "teams", "exceptions", {"rule": "staffing"}, what="sampling"),
    put("exception_limit", "teams", "exceptions", {"rule": "consumption"}, amount=10),
    put("exception_limit", "teams", "exceptions", {"rule": "consumption"}, what="mask"),
    *(put("unmet_table", case, "unmet", where, amount=99) for case, where in [
        ("supplies", {"state": "lost"}), ("durables", {"kind": "durable"}), ("beds", {"state": "waiting"}),
        ("isolation", {"what": "fever"}), ("teams", {"what": "test"})]),
    cut("unmet_table", "supplies", "unmet", state="waiting"),
    put("unmet_table", "beds", "unmet", {"state": "lost"}, kind="isolation", what="close"),
    cut("unmet_table", "supplies", "served", place="clinic-E"),
]  # fmt: skip
