"""The ledger of a plan (docs/concepts/command.md, section 11): who asked whom for what, and what was ordered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from yjopt.instance.command import STEPS
from yjopt.instance.joining import groups, position, total
from yjopt.plan.accounts import accounts_table
from yjopt.plan.flows import ASKED, USES, flows_of
from yjopt.plan.frames import tabulate
from yjopt.plan.proofs import proofs
from yjopt.schema import RESOURCES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yjopt.instance import Instance
    from yjopt.instance.command import Command
    from yjopt.instance.joining import BoolArray, IdArray, IntArray
    from yjopt.plan.flows import Flows

REQUEST, ORDER, REPORT = range(3)
KINDS: Final = np.array(["request", "order", "report"], dtype=object)
_RESOURCE_OF_UNMET: Final = {
    "supply": "supplies", "durable": "supplies", "bed": "beds", "isolation": "isolation", "task": "teams",
}  # fmt: skip


def requests_table(instance: Instance, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The table ``requests``: one row for each border of the tree that a flow crosses.

    Parameters
    ----------
    instance : Instance
        The scenario as integers.
    tables : mapping of str to DataFrame
        The other tables of the plan.
    """
    command, tree = instance.command, instance.command.tree
    flows = flows_of(instance, tables)
    step = flows.step(command)
    lone, reason = _reasons(command, flows, step)
    flow, asker, asked, kind = _chains(command, flows, lone)
    areas = tree.ids.to_numpy(dtype=object)
    extra = np.where(kind == REQUEST, _still_unmet(instance, tables, flows, step)[flow], 0)
    quantity = flows.quantity[flow]
    columns = {
        "resource": np.array(RESOURCES, dtype=object)[flows.resource[flow]],
        "what": flows.names[flows.what[flow]],
        "kind": KINDS[kind],
        "asker": areas[asker],
        "asked": areas[asked],
        "taker": areas[flows.taker[flow]],
        "giver": areas[flows.giver[flow]],
        "step": np.array(STEPS, dtype=object)[step[flow]],
        "issued": flows.issued[flow] + 1,
        "arrive": flows.arrive[flow] + 1,
        "use": USES[flows.use[flow]],
        "quantity": quantity,
        "asked_quantity": np.where(kind == REQUEST, quantity, 0) + extra,
        "rule": reason[flow],
        "proof": proofs(instance, tables, flows, step)[flow],
    }
    return tabulate("requests", columns, ("quantity", "asked_quantity"))


def _reasons(command: Command, flows: Flows, step: IntArray) -> tuple[BoolArray, IdArray]:
    """Whether a flow passes in one step past the tree, and which rule lets it."""
    lone = np.zeros(len(flows), dtype=np.bool_)
    reason = np.full(len(flows), "", dtype=object)
    for resource, here in flows.by_resource():
        taker, giver, issued = flows.taker[here], flows.giver[here], flows.issued[here]
        gates = command.gates_passed(resource, step[here], taker, issued)
        direct = command.is_direct(resource, step[here], taker, giver)
        skips = command.may_skip(resource, step[here], taker, issued)
        asked = flows.use[here] == ASKED
        lone[here] = asked & (direct | skips)
        words = np.where(direct, "pairing", np.where(skips, "skip", gates))
        reason[here] = np.where(asked, words, USES[flows.use[here]])
    return lone, reason


def _chains(command: Command, flows: Flows, lone: BoolArray) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """(flow, asker, asked, kind) of every row: up from the taker to the common ancestor, down to the giver."""
    tree = command.tree
    common = tree.common(flows.taker, flows.giver)
    up = np.where(flows.use == ASKED, REQUEST, REPORT)
    direct = np.flatnonzero(lone)
    rows = [(direct, flows.taker[direct], flows.giver[direct], up[direct])]
    for start, is_up in ((flows.taker, True), (flows.giver, False)):
        flow = np.flatnonzero(~lone & (start != common))
        node = start[flow]
        while len(flow):
            above = tree.parent[node]
            if is_up:
                rows.append((flow, node, above, up[flow]))
            else:
                rows.append((flow, above, node, np.full(len(flow), ORDER, dtype=np.int64)))
            on = above != common[flow]
            flow, node = flow[on], above[on]
    flow, asker, asked, kind = (np.concatenate(part) for part in zip(*rows, strict=True))
    return flow, asker, asked, kind


def _still_unmet(
    instance: Instance, tables: Mapping[str, pd.DataFrame], flows: Flows, step: IntArray
) -> IntArray:
    """What of the thing its taker still lacks when the flow arrives; told by the last one that was asked."""
    command, unmet = instance.command, tables["unmet"]
    resource = unmet["kind"].map(_RESOURCE_OF_UNMET)
    skills = pd.Series(tables_of_tasks(instance), dtype=object)
    what = np.where(resource == "teams", unmet["what"].map(skills), unmet["what"])
    known = {name: number for number, name in enumerate(flows.names)}
    lack_key = [
        position(resource, np.array(RESOURCES, dtype=object)),
        np.array([known[name] for name in what], dtype=np.int64),
        instance.unit[position(unmet["place"], instance.labels.places)],
        unmet["period"].to_numpy(dtype=np.int64) - 1,
    ]
    flow_key = [flows.resource, flows.what, flows.taker, flows.arrive]
    both, _ = groups(*(np.concatenate(pair) for pair in zip(flow_key, lack_key, strict=True)))
    of_flow, of_lack = both[: len(flows)], both[len(flows) :]
    amount = unmet["amount"].to_numpy(dtype=np.int64)
    lacking = total(amount, of_lack, int(both.max(initial=-1)) + 1)
    place = np.zeros(len(flows), dtype=np.int64)
    for name, here in flows.by_resource():
        place[here] = command.position(name, step[here], flows.taker[here])
    asks = np.flatnonzero(
        (flows.use == ASKED) & (command.tree.common(flows.taker, flows.giver) != flows.taker)
    )
    areas = command.tree.ids.to_numpy(dtype=object)
    by_id = np.argsort(np.argsort(areas))
    order = asks[np.lexsort((flows.issued[asks], by_id[flows.giver[asks]], -place[asks], of_flow[asks]))]
    first = order[np.flatnonzero(np.diff(of_flow[order], prepend=-1))]
    extra = np.zeros(len(flows), dtype=np.int64)
    extra[first] = lacking[of_flow[first]]
    return extra


def tables_of_tasks(instance: Instance) -> dict[str, str]:
    """The skill of each task."""
    labels, teams = instance.labels, instance.teams
    return dict(zip(labels.tasks, labels.skills[teams.task_skill], strict=True))


def ledger_tables(instance: Instance, tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The tables ``requests`` and ``accounts``, which follow from the other tables of a plan."""
    return {"requests": requests_table(instance, tables), "accounts": accounts_table(instance, tables)}
