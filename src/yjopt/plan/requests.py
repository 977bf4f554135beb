"""The ledger of a plan (docs/concepts/command.md, section 11): who asked whom for what, and what was ordered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from yjopt.instance.command import STEPS
from yjopt.instance.joining import groups, matches, position, total
from yjopt.plan.frames import tabulate
from yjopt.schema import RESOURCES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from yjopt.instance import Instance
    from yjopt.instance.command import Command
    from yjopt.instance.joining import BoolArray, IdArray, IntArray

ASKED, AHEAD, DEFAULT = range(3)
USES: Final = np.array(["supply", "ahead", "default"], dtype=object)
REQUEST, ORDER, REPORT = range(3)
KINDS: Final = np.array(["request", "order", "report"], dtype=object)
_RESOURCE_OF_UNMET: Final = {
    "supply": "supplies", "durable": "supplies", "bed": "beds", "isolation": "isolation", "task": "teams",
}  # fmt: skip


@dataclass(frozen=True)
class Flows:
    """What crosses a border, added up: one entry per resource, thing, taker, giver, periods and use.

    Parameters
    ----------
    resource, what : int64 array
        Position in `RESOURCES`; position among `names`.
    taker, giver : int64 array
        Areas.
    issued, arrive : int64 array
        Periods from 0.
    use : int64 array
        `ASKED`, `AHEAD` or `DEFAULT`.
    quantity : int64 array
        Base units, people or teams.
    names : object array
        Ids of items, groups, categories and skills.
    """

    resource: IntArray
    what: IntArray
    taker: IntArray
    giver: IntArray
    issued: IntArray
    arrive: IntArray
    use: IntArray
    quantity: IntArray
    names: IdArray

    def __len__(self) -> int:
        return len(self.taker)

    def step(self, command: Command) -> IntArray:
        """Step of each flow."""
        return command.step(self.giver, self.taker)

    def by_resource(self) -> Iterator[tuple[str, IntArray]]:
        """The resources, and which flows are theirs."""
        for number, resource in enumerate(RESOURCES):
            here = np.flatnonzero(self.resource == number)
            if len(here):
                yield resource, here


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
        "proof": np.full(len(flow), "", dtype=object),
    }
    return tabulate("requests", columns, ("quantity", "asked_quantity"))


def flows_of(instance: Instance, tables: Mapping[str, pd.DataFrame]) -> Flows:
    """The flows of a plan that are not of the step ``own``, equal ones added up."""
    command, labels = instance.command, instance.labels
    names = np.array(
        sorted({*labels.items, *labels.groups, *labels.categories, *labels.skills}), dtype=object
    )
    parts = [
        _shipments(instance, tables["shipments"]),
        _people(instance, tables["admissions"], "beds", "group"),
        _people(instance, tables["isolations"], "isolation", "category"),
        _tours(instance, tables["deployments"]),
    ]
    frame = pd.concat(parts, ignore_index=True)
    what = position(frame["what"], names)
    resource, taker, giver, issued, arrive, use, quantity = (
        frame[name].to_numpy(dtype=np.int64)
        for name in ("resource", "taker", "giver", "issued", "arrive", "use", "quantity")
    )
    foreign = np.flatnonzero((command.step(giver, taker) > 0) & (quantity > 0))
    keys = (resource, what, taker, giver, issued, arrive, use)
    group, (resource, what, taker, giver, issued, arrive, use) = groups(*(key[foreign] for key in keys))
    added_up = total(quantity[foreign], group, len(resource))
    return Flows(resource, what, taker, giver, issued, arrive, use, added_up, names)


def _frame(resource: str, **columns: object) -> pd.DataFrame:
    return pd.DataFrame({"resource": RESOURCES.index(resource), **columns})


def _unit(instance: Instance, places: pd.Series[str]) -> IntArray:
    return instance.unit[position(places, instance.labels.places)]


def _shipments(instance: Instance, table: pd.DataFrame) -> pd.DataFrame:
    table = table[table["use"] != "store"]
    place = position(table["to"], instance.labels.places)
    depart = table["depart"].to_numpy(dtype=np.int64) - 1
    use = np.where((table["use"] == "ahead").to_numpy(dtype=bool), AHEAD, ASKED)
    cut_off = instance.command.blind[place, depart]
    return _frame(
        "supplies",
        what=table["item"].to_numpy(dtype=object),
        taker=instance.unit[place],
        giver=position(table["authority"], instance.labels.areas),
        issued=depart,
        arrive=table["arrive"].to_numpy(dtype=np.int64) - 1,
        use=np.where((use == ASKED) & cut_off, DEFAULT, use),
        quantity=table["quantity"].to_numpy(dtype=np.int64),
    )


def _people(instance: Instance, table: pd.DataFrame, resource: str, what: str) -> pd.DataFrame:
    command = instance.command
    taker, giver = _unit(instance, table["from"]), _unit(instance, table["to"])
    period = table["period"].to_numpy(dtype=np.int64) - 1
    # They are let in at once; it was asked when the decision began.
    decision = command.decision(resource, command.step(giver, taker), taker, giver)
    return _frame(
        resource,
        what=table[what].to_numpy(dtype=object),
        taker=taker,
        giver=giver,
        issued=np.maximum(period - command.context.delay(decision), 0),
        arrive=period,
        use=ASKED,
        quantity=table["people"].to_numpy(dtype=np.int64),
    )


def _tours(instance: Instance, table: pd.DataFrame) -> pd.DataFrame:
    pool = position(table["pool"], instance.labels.pools)
    return _frame(
        "teams",
        what=table["skill"].to_numpy(dtype=object),
        taker=_unit(instance, table["place"]),
        giver=instance.teams.authority[pool],
        issued=table["depart"].to_numpy(dtype=np.int64) - 1,
        arrive=table["first"].to_numpy(dtype=np.int64) - 1,
        use=ASKED,
        quantity=table["teams"].to_numpy(dtype=np.int64),
    )


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
        _unit(instance, unmet["place"]),
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


def accounts_table(instance: Instance, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The clearing account of goods sent ahead: by place, item and period from the first such shipment on."""
    labels, horizon, command = instance.labels, instance.horizon, instance.command
    shipped = tables["shipments"]
    place = position(shipped["to"], labels.places)
    item = position(shipped["item"], labels.items)
    depart = shipped["depart"].to_numpy(dtype=np.int64) - 1
    quantity = shipped["quantity"].to_numpy(dtype=np.int64)
    use = shipped["use"].to_numpy(dtype=object)
    ahead = use == "ahead"
    step = command.step(position(shipped["authority"], labels.areas), instance.unit[place])
    asked = (use == "supply") & (step > 0) & ~command.blind[place, depart]
    _, (at_place, at_item) = groups(place[ahead], item[ahead])

    def so_far(chosen: BoolArray, amount: IntArray) -> IntArray:
        sums = np.zeros((len(at_place), horizon), dtype=np.int64)
        width = len(labels.items)
        row, account = matches((place * width + item)[chosen], at_place * width + at_item)
        np.add.at(sums, (account, depart[chosen][row]), amount[chosen][row])
        return np.asarray(sums.cumsum(axis=1), dtype=np.int64)

    sent, requested = so_far(ahead, quantity), so_far(asked, quantity)
    known = known_base_units(instance, tables, at_place, at_item)
    booked = np.minimum(sent, np.maximum(known - requested, 0))
    account, period = np.nonzero(sent)
    columns = {
        "place": labels.places[at_place[account]],
        "item": labels.items[at_item[account]],
        "period": period + 1,
        "sent": sent[account, period],
        "booked": booked[account, period],
        "unbooked": (sent - booked)[account, period],
    }
    return tabulate("accounts", columns, ("sent", "booked", "unbooked"))


def known_base_units(
    instance: Instance, tables: Mapping[str, pd.DataFrame], place: IntArray, item: IntArray
) -> IntArray:
    """What places may have asked for by each period: needs known by then, and packs opened by shortly after."""
    supplies, horizon, cover = instance.supplies, instance.horizon, instance.command.cover
    width = len(instance.labels.items)
    account = place * width + item
    known = np.zeros((len(account), horizon), dtype=np.int64)
    rows = instance.labels.needs.iloc[supplies.needs.row]
    from_period = rows["known_from"].fillna(rows["period"]).to_numpy(dtype=np.int64) - 1
    of_need = (supplies.taker_place * width + supplies.taker_item)[supplies.need_taker]
    packs = supplies.needs.amount * instance.items.pack[supplies.taker_item[supplies.need_taker]]
    need, at = matches(of_need, account)
    soon = from_period[need] < horizon
    np.add.at(known, (at[soon], from_period[need[soon]]), packs[need[soon]])

    opened = np.zeros_like(known)
    shipped, served, stocks = tables["shipments"], tables["served"], tables["stocks"]
    received = stocks[stocks["kind"] == "received"]
    goods = shipped[shipped["use"] != "store"]
    for table, column, period, sign in (
        (goods.assign(place=goods["to"]), "quantity", "arrive", 1),
        (served, "packs", "period", -1),
    ):
        of_row = position(table["place"], instance.labels.places) * width + position(
            table["item"], instance.labels.items
        )
        amount = table[column].to_numpy(dtype=np.int64)
        if column == "packs":
            amount = amount * instance.items.pack[of_row % width]
        row, at = matches(of_row, account)
        np.add.at(opened, (at, table[period].to_numpy(dtype=np.int64)[row] - 1), sign * amount[row])
    opened = opened.cumsum(axis=1)
    of_row = position(received["place"], instance.labels.places) * width + position(
        received["item"], instance.labels.items
    )
    row, at = matches(of_row, account)
    left = received["quantity"].to_numpy(dtype=np.int64)[row]
    np.subtract.at(opened, (at, received["period"].to_numpy(dtype=np.int64)[row] - 1), left)
    ahead = np.minimum(np.arange(horizon) + cover, horizon - 1)
    return np.asarray(known.cumsum(axis=1) + opened[:, ahead], dtype=np.int64)


def ledger_tables(instance: Instance, tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The tables ``requests`` and ``accounts``, which follow from the other tables of a plan."""
    return {"requests": requests_table(instance, tables), "accounts": accounts_table(instance, tables)}
