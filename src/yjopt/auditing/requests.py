"""
The ledger of a plan: who asked whom for what, what was ordered, and the account of goods sent ahead (section 11).

Every row is recomputed from the flows and compared; only the words of a proof are taken as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.auditing.command import IS_PEER, STEP_NAMES
from yjopt.auditing.flows import ASKED, PEOPLE
from yjopt.auditing.rows import Rows, add_up, distinct, find
from yjopt.schema import OUTPUT, RESOURCES

if TYPE_CHECKING:
    from yjopt.auditing.asking import Cover
    from yjopt.auditing.command import Command
    from yjopt.auditing.facts import Facts
    from yjopt.auditing.report import Fields, Report
    from yjopt.auditing.rows import Column, Ints

_COLUMNS: Final = OUTPUT["requests"]
REQUEST, ORDER, REPORT = (_COLUMNS["kind"].choices.index(word) for word in ("request", "order", "report"))
DOMAINS: Final = {"supplies": "item", "beds": "group", "isolation": "ward", "teams": "skill"}
_RESOURCE_OF_UNMET: Final = {
    "supply": "supplies",
    "durable": "supplies",
    "bed": "beds",
    "isolation": "isolation",
    "task": "teams",
}
_KEY: Final = ("what", "kind", "asker", "asked", "taker", "giver", "issued", "arrive", "use")
_FLOW: Final = ("what", "taker", "giver", "issued", "arrive", "use")


def check_requests(
    command: Command, flows: dict[str, Rows], unmet: Rows, requests: Rows, report: Report
) -> None:
    """Every row of ``requests``, and every row that should be there."""
    for number, resource in enumerate(RESOURCES):
        said = requests.keep(requests["resource"] == number)
        if not len(flows[resource]) and not len(said):
            continue
        grouped = grouped_flows(command, resource, flows[resource])
        right = request_rows(command, resource, grouped, unmet)
        _compare(resource, right, said, report)
        _check_sums(command, resource, grouped, said, report)
    report.check(
        "request_proof",
        "requests",
        (requests["proof"] == "") | (command.facts.rule == "strict"),
        "{place} asks {what}: under this rule nothing has to be proved.",
        place=("area", requests["asker"]),
        what=("area", requests["asked"]),
        period=requests["issued"],
    )


def grouped_flows(command: Command, resource: str, flows: Rows) -> Rows:
    """Flows that cross a border, equal ones added up, with the period in which they were asked."""
    facts = command.facts
    issued = flows["period"]
    if resource in PEOPLE:
        decision = command.seconds(resource, *flows.key("step", "taker", "giver"))
        issued = np.maximum(issued - facts.delay(decision), 1)
    flows = flows.plus(issued=issued).keep(flows["step"] > 0)
    key = distinct(flows.key(*_FLOW))
    group = find(key, flows.key(*_FLOW))
    first = find(flows.key(*_FLOW), key)
    columns = dict(zip(_FLOW, key, strict=True)) | {
        "amount": add_up(len(first), group, flows["amount"]),
        "step": flows["step"][first],
        "position": flows["position"][first],
    }
    return Rows(columns, len(first))


def request_rows(command: Command, resource: str, flows: Rows, unmet: Rows) -> Rows:
    """The rows that grouped flows make."""
    chain = command.ladder.chain
    step, taker, giver, issued = flows.key("step", "taker", "giver", "issued")
    asked = flows["use"] == ASKED
    direct = asked & command.is_direct(resource, step, taker, giver)
    skips = asked & command.may_skip(resource, step, taker, issued)
    ours, theirs = chain[taker], chain[giver]
    # The lowest common ancestor stands so many steps above the taker, and above the giver.
    above_taker = _first_shared(ours, theirs)
    above_giver = _first_shared(theirs, ours)
    lone = direct | skips
    goes_up = asked & (lone | (above_taker > 0))
    words = np.array(_COLUMNS["use"].choices, dtype=object)[flows["use"]]
    gates = _gates_passed(command, resource, step, taker, issued)
    words = np.where(asked, np.where(direct, "pairing", np.where(skips, "skip", gates)), words)

    alone = np.flatnonzero(lone)
    up = np.where(asked, REQUEST, REPORT)
    rows, askers, answers, kinds = [alone], [taker[alone]], [giver[alone]], [up[alone]]
    for level in range(chain.shape[1] - 1):
        climbs = np.flatnonzero(~lone & (level < above_taker))
        falls = np.flatnonzero(~lone & (level < above_giver))
        rows += [climbs, falls]
        askers += [ours[climbs, level], theirs[falls, level + 1]]
        answers += [ours[climbs, level + 1], theirs[falls, level]]
        kinds += [up[climbs], np.full(len(falls), ORDER)]
    row, kind = np.concatenate(rows), np.concatenate(kinds)
    lacking = _lacking(command.facts, resource, flows, goes_up, unmet)
    quantity = flows["amount"][row]
    return Rows(
        {name: flows[name][row] for name in _FLOW}
        | {
            "asker": np.concatenate(askers),
            "asked": np.concatenate(answers),
            "kind": kind,
            "step": np.array(STEP_NAMES, dtype=object)[step[row]],
            "quantity": quantity,
            "asked_quantity": np.where(kind == REQUEST, quantity + lacking[row], 0),
            "rule": words[row],
        },
        len(row),
    )


def _first_shared(chain: Ints, other: Ints) -> Ints:
    """Position in each chain of areas of the first that stands in the other chain."""
    if not len(chain):
        return np.zeros(0, dtype=np.int64)
    shared = ((chain[:, :, None] == other[:, None, :]) & (chain[:, :, None] >= 0)).any(axis=2)
    return np.asarray(shared.argmax(axis=1))


def _gates_passed(command: Command, resource: str, step: Column, taker: Column, issued: Column) -> Column:
    """Ids of the satisfied gates that open the step, or peers, to the taker."""
    gates = command.facts["gates"]
    words = np.full(len(step), "", dtype=object)
    for row in sorted(range(len(gates)), key=lambda number: gates["id"][number]):  # a handful
        passes = command.names(row, resource, step, IS_PEER[step]) & command.satisfied(row, taker, issued)
        joined = np.where(words == "", gates["id"][row], words + ", " + gates["id"][row])
        words = np.where(passes, joined, words)
    return words


def _lacking(facts: Facts, resource: str, flows: Rows, goes_up: Column, unmet: Rows) -> Ints:
    """What each flow adds to what was asked for: what its taker still lacks, told by the last that was asked."""
    kinds = OUTPUT["unmet"]["kind"].choices
    mine = [kinds.index(kind) for kind, of in _RESOURCE_OF_UNMET.items() if of == resource]
    lack = unmet.keep(np.isin(unmet["kind"], mine))
    what = lack["what"]
    if resource == "teams" and len(facts["tasks"]):
        what = facts["tasks"]["skill"][what]
    unit = facts["places"]["unit"][lack["place"]]
    key = distinct(flows.key("what", "taker", "arrive"), (what, unit, lack["period"]))
    amount = add_up(len(key[0]), find(key, (what, unit, lack["period"])), lack["amount"])
    ids = facts.ids["area"]
    by_id = np.zeros(len(ids), dtype=np.int64)
    by_id[sorted(range(len(ids)), key=ids.__getitem__)] = np.arange(len(ids))
    asking = np.flatnonzero(goes_up)
    group = find(key, flows.key("what", "taker", "arrive"))
    order = asking[
        np.lexsort(
            (
                flows["issued"][asking],
                by_id[flows["giver"][asking]],
                -flows["position"][asking],
                group[asking],
            )
        )
    ]
    tells = order[np.diff(group[order], prepend=-1) != 0] if len(order) else order
    lacking = np.zeros(len(flows), dtype=np.int64)
    lacking[tells] = amount[group[tells]]
    return lacking


def _compare(resource: str, right: Rows, said: Rows, report: Report) -> None:
    key = distinct(right.key(*_KEY), said.key(*_KEY))
    ours, theirs = find(right.key(*_KEY), key), find(said.key(*_KEY), key)
    at: Fields = {
        "place": ("area", key[2]),
        "what": (DOMAINS[resource], key[0]),
        "period": key[6],
        "kind": np.array(_COLUMNS["kind"].choices, dtype=object)[key[1]],
        "asked": ("area", key[3]),
        "taker": ("area", key[4]),
        "giver": ("area", key[5]),
    }
    words = "The {kind} of {place} to {asked} in period {period}: {what} from {giver} for {taker}"
    for name, phrase in (("quantity", "granted"), ("asked_quantity", "asked for")):
        due = np.where(ours >= 0, right[name][ours], 0) if len(right) else ours * 0
        given = np.where(theirs >= 0, said[name][theirs], 0) if len(said) else theirs * 0
        report.check(
            "requests_table",
            "requests",
            due == given,
            words + f" is {{due:,}} {phrase}, not {{given:,}}.",
            due=due,
            given=given,
            amount=np.abs(due - given),
            **at,
        )
    both = np.flatnonzero((ours >= 0) & (theirs >= 0))
    here: Fields = {
        name: (value[0], value[1][both]) if isinstance(value, tuple) else value[both]
        for name, value in at.items()
    }
    for rule, name in (("requests_table", "step"), ("request_rule", "rule")):
        due, given = right[name][ours[both]], said[name][theirs[both]]
        report.check(
            rule,
            "requests",
            due == given,
            words + " goes by the " + name + " {due!r}, not {given!r}.",
            due=due,
            given=given,
            **here,
        )


def _check_sums(command: Command, resource: str, flows: Rows, said: Rows, report: Report) -> None:
    """Across every border of the tree goes what the rows that cross it say."""
    areas = len(command.facts["areas"])
    for upwards in (True, False):
        due = np.zeros(areas, dtype=np.int64)
        given = np.zeros(areas, dtype=np.int64)
        for total, ends, amount in (
            (due, flows.key("taker", "giver"), flows["amount"]),
            (given, said.key("asker", "asked"), said["quantity"]),
        ):
            start, end = ends
            # An order goes down from the one who gives it.
            inner, outer = (start, end) if upwards else (end, start)
            for below in command.ladder.chain[inner].T:
                crosses = (below >= 0) & ~command.ladder.inside(outer, below)
                np.add.at(total, below[crosses], amount[crosses])
        report.check(
            "request_sums",
            "requests",
            due == given,
            "{due:,} of {resource} go {way} the border of {place}, but requests and orders say {given:,}.",
            place=("area", np.arange(areas)),
            resource=resource,
            way="into" if upwards else "out over",
            due=due,
            given=given,
            amount=np.abs(due - given),
        )


def check_accounts(facts: Facts, cover: Cover, accounts: Rows, report: Report) -> None:
    """The clearing account of goods sent ahead, from the first of them on."""
    sent, booked = cover.accounts(facts)
    row = find(cover.key, accounts.key("place", "item"))
    cells = sent.shape
    at: Fields = {"place": ("place", cover.key[0]), "what": ("item", cover.key[1])}
    report.check(
        "accounts_table",
        "accounts",
        row >= 0,
        "Nothing of {what} was ever sent ahead to {place}.",
        place=("place", accounts["place"]),
        what=("item", accounts["item"]),
        period=accounts["period"],
    )
    listed = add_up(cells, (row, accounts["period"]), np.ones(len(accounts), dtype=np.int64))
    for name, due in (("sent", sent), ("booked", booked), ("unbooked", sent - booked)):
        said = add_up(cells, (row, accounts["period"]), accounts[name])
        report.check(
            "accounts_table",
            "accounts",
            (said == due) & ((listed > 0) == (sent > 0)),
            "Of the {what} sent ahead to {place} {due:,} are {name} at the end of period {period}, not {said:,}.",
            due=due,
            said=said,
            name=name,
            amount=np.abs(due - said),
            **at,
        )
