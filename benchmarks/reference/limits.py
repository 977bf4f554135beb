"""Command rules, sections 3 and 6 to 8: sums of flows, namely known needs, goods sent ahead, what is kept back."""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING

import pulp

from benchmarks.reference.consumables import takers_of
from benchmarks.reference.facts import ceil_div
from benchmarks.reference.house import Programme, total

if TYPE_CHECKING:
    from benchmarks.reference.facts import Row


def packs_needed(programme: Programme, place: str, item: str, last: int, period: str) -> int:
    """Packs of the needs of a taker whose `period` (a column) is not after `last`."""
    pack = programme.facts.items[item]["pack"]
    return sum(
        ceil_div(row["quantity"], pack)
        for row in programme.facts.rows["needs"]
        if (row["place"], row["item"]) == (place, item) and row[period] <= last
    )


def opened_by(programme: Programme, place: str, item: str, t: int) -> pulp.LpAffineExpression:
    """Packs opened for consumption so far, with those of the periods that may be supplied ahead."""
    last = min(t + programme.command.cover, programme.facts.H)
    opened = programme.variables["opened"]
    return pulp.lpSum(opened[place, item, u] for u in range(1, last + 1) if (place, item, u) in opened)


def departed(programme: Programme, use: str, place: str, item: str, t: int) -> pulp.LpAffineExpression:
    """Packs sent in one way to a taker so far."""
    return pulp.lpSum(
        ship
        for ship, lot, taker, depart, _ in programme.sent[use]
        if (taker, lot[1]) == (place, item) and depart <= t
    )


def build_limits(programme: Programme) -> None:
    """Write all rows on sums of flows."""
    _build_known_and_ahead(programme)
    _build_defaults(programme)
    _build_own_first(programme)
    for rule in programme.facts.rows["rules"]:
        if rule["rule"] == "mobile_quota":
            _build_mobile_quota(programme, rule)
        elif rule["rule"] == "unmet_ceiling":
            _build_ceiling(programme, rule)


def _build_known_and_ahead(programme: Programme) -> None:
    facts, command = programme.facts, programme.command
    if not command.by_rung:
        return
    for item, places in takers_of(programme).items():
        for place in places:
            quota = command.quota(place, item)
            if quota:
                everything = departed(programme, "ahead", place, item, facts.H)
                programme.row(everything <= quota["quantity"] // facts.items[item]["pack"])
            for t in facts.periods:
                asked = departed(programme, "asked", place, item, t)
                known = packs_needed(programme, place, item, t, "known_from")
                known += opened_by(programme, place, item, t)
                programme.row(asked <= known)
                if quota and quota["clear_by"] is not None and t >= quota["clear_by"]:
                    programme.row(asked + departed(programme, "ahead", place, item, t) <= known)


def _build_defaults(programme: Programme) -> None:
    facts = programme.facts
    for row in facts.rows["blind"]:
        if row["item"]:
            sent = [
                ship
                for ship, lot, taker, depart, _ in programme.sent["default"]
                if (taker, lot[1], depart) == (row["place"], row["item"], row["period"])
            ]
            programme.row(pulp.lpSum(sent) <= row["quantity"] // facts.items[row["item"]]["pack"])


def _build_own_first(programme: Programme) -> None:
    """A peer sends a consumable only if nothing of its own is open."""
    facts = programme.facts
    for use in ("asked", "default", "ahead"):
        for ship, lot, taker, t, _ in programme.sent[use]:
            item, authority = lot[1:3]
            if facts.items[item]["durable"] or not is_peer_that_keeps(programme, authority, taker):
                continue
            waiting, most = own_open(programme, authority, item, t)
            if most:
                free = programme.variables["nothing_open"].get((authority, item, t))
                if free is None:
                    free = programme.add("nothing_open", (authority, item, t), 1)
                    programme.when(free, waiting, most)
                programme.row(ship <= programme.packs_ever(item) * free)


def is_peer_that_keeps(programme: Programme, authority: str, taker: str) -> bool:
    """Whether an authority helps a place as a peer, and serves its own first."""
    step = programme.command.step(authority, programme.facts.unit[taker])
    return step.startswith("peer-") and programme.command.keeps_first(authority)


def own_open(programme: Programme, authority: str, item: str, t: int) -> tuple[pulp.LpAffineExpression, int]:
    """Packs of an authority's own needs that are open at the end of a period, and the most that can be."""
    facts = programme.facts
    pack = facts.items[item]["pack"]
    within_reach = {
        taker
        for use in ("own", "asked", "default")
        for _, lot, taker, _, _ in programme.sent[use]
        if lot[1:3] == (item, authority)
    }
    waiting, most = pulp.LpAffineExpression(), 0
    for row in facts.rows["needs"]:
        s, place = row["period"], row["place"]
        end = facts.H if row["deadline"] is None else min(s + row["deadline"], facts.H)
        mine = row["item"] == item and facts.inside(facts.unit[place], authority) and place in within_reach
        if not mine or not s <= t <= end:
            continue
        packs = ceil_div(row["quantity"], pack)
        most += packs
        served = [
            variable
            for key, variable in programme.variables["serve"].items()
            if key[:4] == (place, item, s, row["weight"]) and key[5] <= t
        ]
        waiting += packs - pulp.lpSum(served)
    return waiting, most


def _short(programme: Programme, rule: Row, family: str, t: int, most: int | None) -> pulp.LpVariable:
    short = programme.add(family, (rule["area"], rule["what"], t), most)
    stage, quanta = ("hard_rules", 1) if rule["hard"] else ("rules", rule["weight"])
    programme.cost(stage, short, quanta)
    return short


def _build_mobile_quota(programme: Programme, rule: Row) -> None:
    """So many teams of a skill stay in an area."""
    facts = programme.facts
    able = {row["pool"] for row in facts.rows["skills"] if row["skill"] == rule["what"]}
    pools = [
        row
        for row in facts.rows["pools"]
        if row["pool"] in able and facts.inside(row["authority"], rule["area"])
    ]
    wanted = ceil_div(rule["amount"], 100)
    for t in range(rule["from_period"] or 1, facts.H + 1):
        short = _short(programme, rule, "mobile_quota", t, wanted)
        staying = pulp.lpSum(row["teams"] - pulp.lpSum(programme.away[row["pool"], t]) for row in pools)
        programme.row(staying + short >= wanted)


def _build_ceiling(programme: Programme, rule: Row) -> None:
    """What the takers of an area wait for and lose stays below a ceiling."""
    facts = programme.facts
    stage = f"unmet_{rule['what']}"
    terms = [
        term
        for (name, unit), terms in programme.unmet.items()
        if name == stage and facts.inside(unit, rule["area"])
        for term in terms
    ]
    short = _short(programme, rule, "unmet_ceiling", facts.H, None)
    # All numbers are divided by what they have in common: smaller ones are kinder to a solver in floats.
    scale = gcd(1_000_000, *(quanta for _, quanta in terms))
    reduced = total((variable, quanta // scale) for variable, quanta in terms)
    programme.row(reduced <= rule["amount"] * 10_000 // scale + 1_000_000 // scale * short)
