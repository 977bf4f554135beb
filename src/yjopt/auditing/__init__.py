"""
The independent audit: every rule of ``docs/concepts/model.md``, recomputed in exact integers.

It takes the input tables and the plan's tables and nothing else, finds travel times, rungs and steps by
itself, and shares no arithmetic with the model, the roads or the engines. What is nowhere written in the plan
is derived from what is: packs opened and consumed from the stocks ``received`` and ``loose``, durables used
from ``in_use``, home parts of lots from the order in which own use must draw on them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yjopt.auditing.beds import check_admissions, check_beds, check_surge, check_transfers, surge_cost
from yjopt.auditing.durables import check_durables
from yjopt.auditing.facts import Facts
from yjopt.auditing.fleets import check_trips
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
from yjopt.auditing.reading import read_plan
from yjopt.auditing.report import RULES, Audit, Report
from yjopt.auditing.rules import check_minimums, check_opening_budgets, count_exceptions
from yjopt.auditing.stages import Tally
from yjopt.auditing.supplies import check_lots, check_orders, check_shipments
from yjopt.auditing.teams import check_deployments, check_staffing, task_shortfalls, working
from yjopt.auditing.travel import Travel
from yjopt.auditing.unmet import check_unmet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yjopt.auditing.facts import ScenarioLike

__all__ = ["RULES", "Audit", "audit"]


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
    travel, ladder = Travel(facts), Ladder(facts)

    orders = check_orders(facts, plan["procurements"], report, tally)
    shipments = check_shipments(facts, travel, ladder, plan["shipments"], report, tally)
    check_lots(facts, shipments, orders, plan["stocks"], report)
    check_trips(facts, travel, plan["trips"], shipments, report, tally)
    served = check_served(facts, plan["served"], report, tally)
    check_durables(facts, shipments, orders, served, plan["stocks"], report)

    exceptions = plan["exceptions"]
    admissions = check_admissions(facts, travel, plan["admissions"], report, tally)
    check_transfers(facts, travel, ladder, plan["transfers"], admissions, report, tally)
    surge = check_surge(facts, plan["openings"], report, tally)
    lying = check_beds(facts, admissions, plan["transfers"], surge, exceptions, report)

    isolations = check_isolations(facts, travel, plan["isolations"], report, tally)
    opened = check_sites_opened(facts, plan["openings"], report, tally)
    check_holdings(facts, plan["holdings"], opened, report)
    isolated = check_sites(facts, isolations, plan["holdings"], exceptions, report)

    tours = check_deployments(facts, travel, plan["deployments"], report, tally)
    teams = working(facts, tours)
    shortfalls = task_shortfalls(facts, tours, tally)
    check_staffing(facts, [lying, isolated], teams, exceptions, report)
    check_consumption(facts, shipments, served, plan["stocks"], exceptions, [lying, isolated], teams, report)

    converted = conversions(facts, plan["holdings"])
    tally.add("money", converted["cost"])
    check_minimums(facts, ladder, plan["holdings"], exceptions, report, tally)
    check_opening_budgets(
        facts, ladder, [surge_cost(facts, surge), site_costs(facts, opened), converted], report
    )
    count_exceptions(exceptions, tally)
    check_unmet(facts, plan["unmet"], served, admissions, isolations, shortfalls, report)
    return report.audit(tally.stages(facts))
