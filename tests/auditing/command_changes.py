"""Changes of good plans under command rules: each must be refused by the name of its rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from auditing.changes import Change, add, cut, put, under

if TYPE_CHECKING:
    from collections.abc import Callable

    from yjopt.scenario import Scenario


def _where(name: str, where: dict[str, Any], **values: Any) -> Callable[[Scenario], Scenario]:
    """The scenario with other values in the rows of one table that have the values asked for."""

    def alter(scenario: Scenario) -> Scenario:
        frame = scenario.tables[name].copy()
        chosen = pd.Series(True, index=frame.index)
        for column, value in where.items():
            chosen &= frame[column] == value
        assert chosen.any(), where
        for column, value in values.items():
            frame.loc[chosen, column] = value
        return scenario.replace(**{name: frame})

    return alter


def _more(name: str, **values: Any) -> Callable[[Scenario], Scenario]:
    """The scenario with one row more in a table."""

    def alter(scenario: Scenario) -> Scenario:
        frame = scenario.tables[name]
        row = pd.DataFrame([values])
        return scenario.replace(**{name: pd.concat([frame, row], ignore_index=True) if len(frame) else row})

    return alter


def _less(name: str, **where: Any) -> Callable[[Scenario], Scenario]:
    """The scenario without the rows of one table that have the values asked for."""

    def alter(scenario: Scenario) -> Scenario:
        frame = scenario.tables[name]
        chosen = pd.Series(True, index=frame.index)
        for column, value in where.items():
            chosen &= frame[column] == value
        assert chosen.any(), where
        return scenario.replace(**{name: frame[~chosen].reset_index(drop=True)})

    return alter


_FROM_C = {"from_": "depot-C"}
_FROM_W = {"from_": "depot-W"}
_FROM_B = {"from_": "town-B"}
_AHEAD = {"use": "ahead"}
_LATE = {"to": "hospital-C"}
_UP = {"kind": "request", "asker": "E", "asked": "C"}

COMMAND_CHANGES: list[Change] = [
    # Decisions and what is known.
    under(
        "arrival_period",
        "asking",
        "shipments",
        "slower city",
        _where("ladder", {"step": "above-2"}, decision_hours=48.0),
    ),
    under(
        "arrival_period", "asking", "shipments", "consent", _where("pairing", {"helper": "W"}, consent=True)
    ),
    under("arrival_period", "ahead", "shipments", "not cut off", _less("blind", place="town-X")),
    under(
        "arrival_period",
        "asking",
        "procurements",
        "slow purchase",
        _more("ladder", area="E", resource="supplies", step="purchase", decision_hours=24.0),
    ),
    under(
        "tour_periods",
        "people",
        "deployments",
        "slower city",
        _where("ladder", {"step": "above-2"}, decision_hours=48.0),
    ),
    put("known_people", "people", "admissions", _LATE, period=1),
    put("known_people", "people", "isolations", {"to": "cityhall"}, period=1),
    under(
        "known_people",
        "people",
        "admissions",
        "known late",
        _where("arrivals", {"group": "ill"}, known_from=2),
    ),
    under(
        "known_task", "people", "deployments", "known late", _where("tasks", {"task": "test"}, known_from=2)
    ),
    under(
        "known_durable",
        "lending",
        "shipments",
        "known late",
        _where("needs", {"item": "ventilator"}, known_from=3),
    ),
    put("known_durable", "lending", "shipments", _FROM_C, depart=1, arrive=1),
    under(
        "asked_before_known",
        "asking",
        "shipments",
        "known late",
        _where("needs", {"channel": "command"}, known_from=2),
    ),
    # Gates and pairing.
    under("gate_step", "asking", "shipments", "level III", _where("levels", {"area": "C"}, level="III")),
    under("gate_step", "asking", "procurements", "level II", _where("gates", {"gate": "buy"}, level="I")),
    under(
        "gate_step",
        "people",
        "admissions",
        "all steps",
        _more("gates", gate="shut", area="E1", opens="step", which="above-2", resource="beds", level="IV"),
    ),
    under(
        "gate_step",
        "people",
        "isolations",
        "all steps",
        _more(
            "gates",
            gate="shut",
            area="E1",
            opens="step",
            which="above-2",
            resource="isolation",
            severity="major",
        ),
    ),
    under(
        "gate_step",
        "people",
        "deployments",
        "all steps",
        _more("gates", gate="shut", area="E1", opens="step", which="pool", resource="teams", mode="war"),
    ),
    under("gate_lateral", "asking", "shipments", "peace", _where("levels", {"area": "C"}, mode="peace")),
    under(
        "gate_kind", "asking", "shipments", "ordinary", _where("levels", {"area": "P"}, severity="ordinary")
    ),
    under("gate_quota", "ahead", "shipments", "level IV", _where("levels", {"area": "P"}, level="IV")),
    under("gate_facility", "people", "admissions", "shut", _where("gates", {"gate": "late"}, level="I")),
    under("gate_facility", "people", "openings", "shut", _where("gates", {"gate": "late"}, mode="war")),
    under(
        "gate_facility",
        "people",
        "isolations",
        "shut",
        _where("gates", {"gate": "late"}, which="cityhall", mode="war"),
    ),
    under("pairing", "asking", "shipments", "no helper", _less("pairing", helper="W")),
    # Strict.
    under(
        "strict_supplies",
        "asking",
        "shipments",
        "more of one's own",
        _where("stocks", {"place": "town-A"}, quantity=20),
    ),
    under(
        "strict_supplies",
        "asking",
        "shipments",
        "more at a peer",
        _where("stocks", {"place": "town-B"}, quantity=20),
    ),
    cut("strict_supplies", "asking", "shipments", **_FROM_B),
    put("strict_supplies", "asking", "shipments", {"from_": "depot-E", "to": "town-A"}, depart=2, arrive=2),
    under(
        "strict_orders",
        "asking",
        "procurements",
        "more at the city",
        _where("stocks", {"place": "depot-C"}, quantity=30),
    ),
    under(
        "strict_orders",
        "asking",
        "procurements",
        "more in the lot",
        _where("stocks", {"place": "depot-E"}, quantity=60),
    ),
    under(
        "strict_orders",
        "asking",
        "procurements",
        "ceiling",
        _where("sources", {"kind": "requisition"}, quantity=20),
    ),
    put("strict_orders", "asking", "procurements", {"kind": "purchase"}, order=2, arrive=2),
    under(
        "strict_durables",
        "lending",
        "shipments",
        "more here",
        _where("stocks", {"place": "hospital-E"}, quantity=2),
    ),
    under(
        "strict_durables",
        "lending",
        "shipments",
        "more near",
        _where("stocks", {"place": "depot-E"}, quantity=2),
    ),
    under(
        "strict_beds", "people", "admissions", "more beds", _where("beds", {"place": "hospital-E"}, beds=3)
    ),
    put("strict_beds", "people", "admissions", {"to": "hospital-E"}, people=1),
    under(
        "strict_isolation",
        "people",
        "isolations",
        "more rooms",
        _where("isolation_sites", {"place": "hotel"}, rooms=3),
    ),
    under(
        "strict_isolation",
        "people",
        "isolations",
        "more money",
        _where("rules", {"rule": "opening_budget"}, amount=700.0),
    ),
    under("strict_isolation", "people", "isolations", "no budget", _less("rules", rule="opening_budget")),
    under(
        "strict_teams", "people", "deployments", "more teams", _where("pools", {"pool": "nurses-E"}, teams=2)
    ),
    cut("strict_teams", "people", "deployments", pool="nurses-E"),
    under(
        "strict_cover",
        "asking",
        "shipments",
        "needs less",
        _where("needs", {"channel": "command"}, quantity=40),
    ),
    under(
        "strict_cover",
        "asking",
        "shipments",
        "not ahead",
        lambda s: _where("needs", {"place": "town-B"}, period=3, known_from=1)(
            s.replace({"cover_periods": 0}, needs=s.tables["needs"].assign(period=[2, 2, 3]))
        ),
    ),
    put(
        "strict_loose", "people", "stocks", {"place": "hospital-E", "kind": "loose", "period": 3}, quantity=4
    ),
    put(
        "strict_rounding",
        "people",
        "stocks",
        {"place": "hospital-E", "kind": "loose", "period": 1},
        quantity=2,
    ),
    # What is kept back.
    under("own_first", "asking", "shipments", "own need", _where("needs", {"place": "town-B"}, period=1)),
    put("hard_mobile_quota", "people", "deployments", {"pool": "nurses-C"}, teams=2),
    under(
        "hard_mobile_quota",
        "people",
        "deployments",
        "hard",
        _where("rules", {"area": "E", "rule": "mobile_quota"}, hard=True),
    ),
    cut("mobile_quota", "people", "exceptions", rule_="mobile_quota"),
    under(
        "hard_unmet_ceiling",
        "people",
        "unmet",
        "lower",
        _where("rules", {"area": "C", "rule": "unmet_ceiling"}, amount=7.0),
    ),
    cut("unmet_ceiling", "people", "exceptions", rule_="unmet_ceiling"),
    put("exception_limit", "people", "exceptions", {"rule": "mobile_quota"}, place="W"),
    put("exception_limit", "people", "exceptions", {"rule": "unmet_ceiling"}, period=2),
    put("exception_limit", "people", "exceptions", {"rule": "unmet_ceiling"}, what="goods"),
    # Sent ahead, cut off.
    under("ahead_rule", "ahead", "shipments", "direct", lambda s: s.replace({"delays": "direct"})),
    put("ahead_rule", "lending", "shipments", _FROM_C, use="ahead"),
    put("ahead_rule", "asking", "shipments", {"to": "town-A", "step": "own"}, use="ahead"),
    put("ahead_quota", "ahead", "shipments", _AHEAD, quantity=40),
    under("ahead_quota", "ahead", "shipments", "less", _where("quotas", {"place": "clinic"}, quantity=19)),
    put("ahead_cleared", "ahead", "shipments", _AHEAD, quantity=30),
    under("ahead_cleared", "ahead", "shipments", "sooner", _where("quotas", {"place": "clinic"}, clear_by=1)),
    put("blind_default", "ahead", "shipments", _FROM_W, quantity=20),
    under(
        "blind_default",
        "ahead",
        "shipments",
        "only cut off",
        _where("blind", {"place": "town-X"}, item="", quantity=0),
    ),
    under("blind_tour", "people", "deployments", "cut off", _more("blind", place="town-A", period=1)),
    # Facilities.
    put("facility_closed", "people", "openings", {"place": "backup"}, first=3, decided=2),
    cut("facility_closed", "people", "openings", place="backup"),
    under("opening_unknown", "people", "openings", "no rule", _less("rules", rule="backup_load")),
    under(
        "opening_unknown",
        "people",
        "openings",
        "people there",
        _more("occupied", place="backup", period=1, people=1, **{"class": "ward"}),
    ),
    put("opening_unknown", "people", "openings", {"place": "gym"}, level=1),
    add("opening_twice", "people", "openings", {"place": "gym"}, decided=1, first=2),
    put("opening_first", "people", "openings", {"place": "gym"}, first=2),
    put("opening_last", "people", "openings", {"place": "backup"}, last=2),
    under(
        "opening_budget", "people", "openings", "cost", _where("facilities", {"place": "backup"}, cost=120.0)
    ),
    under(
        "backup_load",
        "people",
        "openings",
        "more load",
        _where("rules", {"rule": "backup_load"}, amount=67.0),
    ),
    under("backup_load", "people", "openings", "more beds", _where("beds", {"place": "hospital-C"}, beds=2)),
    put("makeshift_use", "people", "openings", {"place": "gym"}, decided=1, first=2),
    # The ledger.
    put("requests_table", "asking", "requests", {"step": "peer-2"}, quantity=20),
    put("requests_table", "asking", "requests", {"step": "peer-2"}, asked_quantity=10),
    put("requests_table", "people", "requests", {"resource": "isolation", "asker": "E"}, issued=2),
    put("requests_table", "asking", "requests", {"step": "peer-2"}, step="peer-1"),
    put("requests_table", "ahead", "requests", {"use": "default"}, kind="request"),
    cut("requests_table", "people", "requests", resource="beds", **_UP),
    cut("requests_table", "lending", "requests", step="pool"),
    add("requests_table", "lending", "requests", {"step": "pool"}, arrive=3),
    put("request_rule", "asking", "requests", {"step": "peer-2"}, rule_=""),
    put("request_rule", "asking", "requests", _UP, rule_="city, buy"),
    put("request_proof", "ahead", "requests", {"use": "default"}, proof="Nobody else had any."),
    put("request_sums", "asking", "requests", _UP, quantity=20),
    cut("request_sums", "asking", "requests", kind="order"),
    put("accounts_table", "ahead", "accounts", {"period": 1}, booked=10, unbooked=10),
    put("accounts_table", "ahead", "accounts", {"period": 2}, sent=30),
    cut("accounts_table", "ahead", "accounts", period=3),
    put("accounts_table", "ahead", "accounts", {"period": 3}, place="town-X"),
]
