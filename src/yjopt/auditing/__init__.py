"""
The independent audit: every rule of ``docs/concepts/model.md``, recomputed in exact integers.

It takes the input tables and the plan's tables and nothing else, finds travel times, rungs and steps by
itself, and shares no arithmetic with the model, the roads or the engines. What is nowhere written in the plan
is derived from what is: packs opened and consumed from the stocks ``received`` and ``loose``, durables used
from ``in_use``, home parts of lots from the order in which own use must draw on them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yjopt.auditing.asking import check_ahead, check_asking, check_defaults, check_known_tasks, cover_of
from yjopt.auditing.beds import check_admissions, check_beds, check_surge, check_transfers, surge_cost
from yjopt.auditing.command import Command
from yjopt.auditing.durables import check_durables
from yjopt.auditing.facilities import (
    check_backup_load,
    check_facilities,
    check_facility_use,
    facility_costs,
)
from yjopt.auditing.facts import Facts
from yjopt.auditing.fleets import check_trips
from yjopt.auditing.flows import (
    check_flows,
    check_gates,
    goods_given,
    people_admitted,
    people_isolated,
    teams_called,
)
from yjopt.auditing.handover import check_consumption, check_served
from yjopt.auditing.isolation import (
    check_holdings,
    check_isolations,
    check_sites,
    check_sites_opened,
    conversions,
    site_costs,
)
from yjopt.auditing.ladder import Ladder
from yjopt.auditing.ledger import accounts_frame, requests_frame
from yjopt.auditing.own_first import OwnFirst, check_own_first
from yjopt.auditing.reach import Reach
from yjopt.auditing.reading import read_plan
from yjopt.auditing.report import RULES, Audit, Report
from yjopt.auditing.requests import check_accounts, check_requests
from yjopt.auditing.retention import check_mobile_quotas, check_unmet_ceilings
from yjopt.auditing.rules import check_minimums, check_opening_budgets, count_exceptions
from yjopt.auditing.stages import Tally
from yjopt.auditing.strict_beds import check_strict_beds
from yjopt.auditing.strict_durables import check_strict_durables
from yjopt.auditing.strict_isolation import check_strict_isolation
from yjopt.auditing.strict_supplies import check_strict_orders, check_strict_supplies
from yjopt.auditing.strict_teams import check_strict_teams
from yjopt.auditing.supplies import check_lots, check_orders, check_shipments
from yjopt.auditing.teams import check_deployments, check_staffing, task_shortfalls, working
from yjopt.auditing.travel import Travel
from yjopt.auditing.unmet import check_unmet

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from yjopt.auditing.asking import Cover
    from yjopt.auditing.facts import ScenarioLike
    from yjopt.auditing.rows import Rows

__all__ = ["RULES", "Audit", "audit", "ledger"]


def audit(scenario: ScenarioLike, tables: Mapping[str, Any]) -> Audit:
    """Check a plan against its scenario.

    Parameters
    ----------
    scenario : Scenario
        The checked scenario; only ``tables`` and ``settings`` are read.
    tables : mapping of str to DataFrame
        The plan's tables by name, as in the schema. Missing tables, cells of a wrong type and unknown ids are
        violations; whatever is wrong, the audit answers and does not raise.

    Returns
    -------
    Audit
        Violations in words, the stage values recomputed, and the number of comparisons made.
    """
    facts = Facts(scenario)
    report, tally = Report(facts.ids), Tally()
    plan = read_plan(tables, facts, report)
    command, flows, cover = _check_rules(facts, plan, report, tally)
    check_requests(command, flows, plan["unmet"], plan["requests"], report)
    check_accounts(facts, cover, plan["accounts"], report)
    return report.audit(tally.stages(facts))


def ledger(scenario: ScenarioLike, tables: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """The tables ``requests`` and ``accounts`` that follow from the other tables of a plan, without proofs.

    Parameters
    ----------
    scenario : Scenario
        The checked scenario.
    tables : mapping of str to DataFrame
        The plan's other tables by name. Rows that the audit cannot read are left out.

    Returns
    -------
    dict of str to DataFrame
        Both tables as the schema has them.
    """
    facts = Facts(scenario)
    report = Report(facts.ids)
    plan = read_plan(tables, facts, report)
    command, flows, cover = _check_rules(facts, plan, report, Tally())
    return {
        "requests": requests_frame(command, flows, plan["unmet"]),
        "accounts": accounts_frame(facts, cover),
    }


def _check_rules(
    facts: Facts, plan: dict[str, Rows], report: Report, tally: Tally
) -> tuple[Command, dict[str, Rows], Cover]:
    """Check everything but the ledger; returns what the ledger is made of."""
    travel, ladder = Travel(facts), Ladder(facts)
    command, reach = Command(facts, ladder), Reach(facts, travel)

    orders = check_orders(command, plan["procurements"], report, tally)
    shipments = check_shipments(command, travel, plan["shipments"], report, tally)
    lots = check_lots(facts, shipments, orders, plan["stocks"], report)
    spare = check_trips(facts, travel, plan["trips"], shipments, report, tally)
    served = check_served(facts, plan["served"], report, tally)
    stores = check_durables(facts, shipments, orders, served, plan["stocks"], report)

    exceptions = plan["exceptions"]
    admissions = check_admissions(command, travel, plan["admissions"], report, tally)
    check_transfers(facts, travel, ladder, plan["transfers"], admissions, report, tally)
    surge = check_surge(facts, plan["openings"], report, tally)
    wards = check_beds(facts, admissions, plan["transfers"], surge, exceptions, report)

    isolations = check_isolations(command, travel, plan["isolations"], report, tally)
    opened = check_sites_opened(facts, plan["openings"], report, tally)
    check_holdings(facts, plan["holdings"], opened, report)
    isolated = check_sites(facts, isolations, plan["holdings"], exceptions, report)

    tours, away = check_deployments(command, travel, plan["deployments"], report, tally)
    teams = working(facts, tours)
    shortfalls = task_shortfalls(facts, tours, tally)
    present = [wards.present, isolated]
    staff = check_staffing(facts, present, teams, exceptions, report)
    handed = check_consumption(facts, shipments, served, plan["stocks"], exceptions, present, teams, report)

    converted = conversions(facts, plan["holdings"])
    tally.add("money", converted["cost"])
    facilities = check_facilities(command, plan["openings"], report, tally)
    check_minimums(facts, ladder, plan["holdings"], exceptions, report, tally)
    costs = [
        surge_cost(facts, surge),
        site_costs(facts, opened),
        facility_costs(command, facilities),
        converted,
    ]
    spent = check_opening_budgets(facts, ladder, costs, report)
    count_exceptions(exceptions, tally)
    check_unmet(facts, plan["unmet"], served, admissions, isolations, shortfalls, report)

    # The command rules: they bind only where a table or setting says so.
    flows = {
        "supplies": goods_given(command, shipments),
        "beds": people_admitted(command, admissions),
        "isolation": people_isolated(command, isolations),
        "teams": teams_called(command, tours),
    }
    check_flows(command, flows, report, tally)
    check_gates(command, shipments, plan, report)
    cover = cover_of(facts, shipments, handed)
    check_asking(command, shipments, cover, report)
    check_ahead(command, shipments, cover, report)
    check_defaults(command, shipments, tours, report)
    check_known_tasks(command, tours, report)
    check_facility_use(facilities, admissions, plan["transfers"], plan["holdings"], report)
    check_backup_load(command, facilities, wards, report)
    keeps = OwnFirst(command, reach, lots, served)
    check_own_first(command, keeps, shipments, report)
    check_mobile_quotas(command, away, exceptions, report, tally)
    check_unmet_ceilings(command, exceptions, report, tally)
    check_strict_supplies(command, reach, lots, spare, keeps, shipments, report)
    check_strict_orders(command, reach, lots, spare, keeps, orders, report)
    check_strict_durables(command, reach, stores, spare, shipments, report)
    check_strict_beds(command, reach, wards, staff, facilities, flows["beds"], admissions, report)
    check_strict_isolation(
        command,
        reach,
        isolated,
        plan["holdings"],
        opened,
        converted,
        spent,
        facilities,
        flows["isolation"],
        isolations,
        report,
    )
    check_strict_teams(command, reach, away, flows["teams"], tours, report)
    return command, flows, cover
