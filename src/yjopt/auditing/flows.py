"""Flows of all four resources in one form: who gives what to whom, when, and as which step (section 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.auditing.command import check_passage
from yjopt.auditing.rows import Rows, add_up, product
from yjopt.schema import OUTPUT

if TYPE_CHECKING:
    from yjopt.auditing.command import Command
    from yjopt.auditing.facts import Facts
    from yjopt.auditing.report import Report
    from yjopt.auditing.rows import Column
    from yjopt.auditing.stages import Tally

#: How a flow came about: asked for (or one's own), sent ahead, or the default of a blind place.
ASKED, AHEAD, DEFAULT = (
    OUTPUT["requests"]["use"].choices.index(word) for word in ("supply", "ahead", "default")
)
#: Resources of which the flows are people.
PEOPLE: Final = ("beds", "isolation")
#: Plan tables that hold the flows of each resource.
TABLE_OF: Final = {
    "supplies": "shipments",
    "beds": "admissions",
    "isolation": "isolations",
    "teams": "deployments",
}


def flow_rows(
    command: Command,
    resource: str,
    *,
    giver: Column,
    place: Column,
    what: Column,
    period: Column,
    arrive: Column,
    amount: Column,
    use: Column | None = None,
) -> Rows:
    """Flows with ``taker``, ``step``, ``position`` and ``limit``.

    Before a flow is possible, givers whose position is below ``limit`` must be exhausted. ``place`` is where the
    goods or teams go to, or where the people come from.
    """
    taker = command.facts["places"]["unit"][place]
    step = command.step(giver, taker)
    position = command.position(resource, step, taker)
    columns = {
        "giver": giver,
        "taker": taker,
        "place": place,
        "what": what,
        "period": period,
        "arrive": arrive,
        "amount": amount,
        "use": np.full(len(giver), ASKED) if use is None else use,
        "step": step,
        "position": position,
        "limit": command.limit(resource, step, position, taker, period),
    }
    return Rows(columns, len(giver))


def check_flows(command: Command, flows: dict[str, Rows], report: Report, tally: Tally) -> None:
    """Gates and pairing of all flows, and the support stages of people where they count."""
    for resource, rows in flows.items():
        check_passage(command, resource, TABLE_OF[resource], rows, report)
        if resource != "supplies" and command.facts.counts_people:
            share = _share(command.facts, resource, rows)
            tally.add_support(rows["position"], product(rows["amount"], share))


def _share(facts: Facts, resource: str, rows: Rows) -> Column:
    """Millionths of all people of the group or category, or of all teams with the skill, that one of them is."""
    if resource == "teams":
        skills = facts["skills"]
        owner = skills["pool"]
        what, many = skills["skill"], facts["pools"]["teams"][owner]
    else:
        table, name = ("arrivals", "group") if resource == "beds" else ("contacts", "category")
        what, many = facts[table][name], facts[table]["people"]
    largest = int(max(what.max(initial=0), rows["what"].max(initial=0))) + 1
    total = add_up(largest, what, many)[rows["what"]]
    share = (2_000_000 + total) // np.maximum(2 * total, 1)
    return np.where(total > 0, np.maximum(share, 1), 1)


def goods_given(command: Command, shipments: Rows) -> Rows:
    """Flows of goods: all shipments but moves between stores."""
    store = OUTPUT["shipments"]["use"].choices.index("store")
    sent = shipments.keep(shipments["use"] != store)
    ahead = sent["use"] == OUTPUT["shipments"]["use"].choices.index("ahead")
    return flow_rows(
        command,
        "supplies",
        giver=sent["authority"],
        place=sent["to"],
        what=sent["item"],
        period=sent["depart"],
        arrive=sent["arrive"],
        amount=sent["quantity"],
        use=np.where(ahead, AHEAD, np.where(sent["default"], DEFAULT, ASKED)),
    )


def people_admitted(command: Command, admissions: Rows) -> Rows:
    """Flows of patients to hospitals."""
    return flow_rows(
        command,
        "beds",
        giver=command.facts["places"]["unit"][admissions["to"]],
        place=admissions["from"],
        what=admissions["group"],
        period=admissions["period"],
        arrive=admissions["period"],
        amount=admissions["people"],
    )


def people_isolated(command: Command, isolations: Rows) -> Rows:
    """Flows of contacts to isolation sites."""
    return flow_rows(
        command,
        "isolation",
        giver=command.facts["places"]["unit"][isolations["to"]],
        place=isolations["from"],
        what=isolations["category"],
        period=isolations["period"],
        arrive=isolations["period"],
        amount=isolations["people"],
    )


def teams_called(command: Command, deployments: Rows) -> Rows:
    """Flows of teams to tasks and to staffing."""
    return flow_rows(
        command,
        "teams",
        giver=command.facts["pools"]["authority"][deployments["pool"]],
        place=deployments["place"],
        what=deployments["skill"],
        period=deployments["depart"],
        arrive=deployments["first"],
        amount=deployments["teams"],
    )


def check_gates(command: Command, shipments: Rows, plan: dict[str, Rows], report: Report) -> None:
    """Reserve kinds and facilities that are shut."""
    facts = command.facts
    if not len(facts["gates"]):
        return
    store = OUTPUT["shipments"]["use"].choices.index("store")
    sent = shipments.keep(shipments["use"] != store)
    taker = facts["places"]["unit"][sent["to"]]
    report.check(
        "gate_kind",
        "shipments",
        command.open_kind(sent["kind"], taker, sent["depart"]),
        "{what} of the reserve kind {kind} goes from {place} to {to} in period {period}, but this kind is shut.",
        place=("place", sent["from"]),
        what=("item", sent["item"]),
        period=sent["depart"],
        to=("place", sent["to"]),
        kind=np.array(OUTPUT["shipments"]["kind"].choices, dtype=object)[sent["kind"]],
    )
    openings = plan["openings"]
    of_site = openings["what"] == OUTPUT["openings"]["what"].choices.index("site")
    for resource, table, place, period, doing in (
        ("beds", "admissions", "to", "period", "people are admitted"),
        ("beds", "transfers", "to", "period", "people are moved in"),
        ("isolation", "isolations", "to", "period", "people are isolated"),
        ("isolation", "openings", "place", "decided", "an opening is decided"),
        ("beds", "openings", "place", "decided", "an opening is decided"),
    ):
        rows = plan[table]
        if table == "openings":
            rows = rows.keep(of_site if resource == "isolation" else ~of_site)
        report.check(
            "gate_facility",
            table,
            command.open_facility(resource, rows[place], rows[period]),
            "{place} is shut in period {period}, but {doing} there.",
            place=("place", rows[place]),
            period=rows[period],
            doing=doing,
        )
