"""Section 6: admissions, surge levels and transfers."""

from __future__ import annotations

from collections import defaultdict

import pulp

from benchmarks.reference.facilities import build_facilities, build_loads
from benchmarks.reference.facts import Row, ceil_div
from benchmarks.reference.house import Flow, Programme, total

Bed = tuple[str, str]


def bed_classes(programme: Programme) -> dict[Bed, None]:
    """(hospital, class) wherever there are beds or surge levels."""
    rows = programme.facts.rows
    return {(row["place"], row["class"]): None for table in ("beds", "surge") for row in rows[table]}


def build_beds(programme: Programme) -> None:
    """Write admissions, transfers, surge levels and the capacity of beds."""
    facts = programme.facts
    beds = bed_classes(programme)
    build_facilities(programme)
    admitted = _build_admissions(programme, beds)
    _build_transfers(programme, beds, admitted)
    _build_surge(programme)
    in_use = programme.surge_in_use
    base = {(row["place"], row["class"]): row for row in facts.rows["beds"]}
    occupied = {(place, what): None for kind, place, what in facts.at_start if kind == "class"}
    for place, what in {**beds, **occupied}:
        for t in facts.periods:
            row = base.get((place, what))
            there = row["beds"] if row and t >= row["opening"] else 0
            start = facts.start("class", place, what, t)
            exception = 0
            if start > there:
                exception = programme.add("bed_capacity", (place, what, t), start - there)
                programme.cost("rules", exception, 1000)
            people = total(programme.lying["class", place, what, t])
            surge = total(in_use[place, what, t])
            programme.row(start + people <= there + surge + exception)
    build_loads(programme, beds)


def _reachable(programme: Programme, purpose: str, origin: str, destination: str, t: int) -> int | None:
    """Seconds, if a person gets there within the period of departure."""
    seconds = programme.travel.seconds(purpose, origin, destination, t)
    return seconds if seconds is not None and programme.facts.delay(seconds) == 0 else None


def _load(programme: Programme, seconds: int, penalty: int) -> int:
    return ceil_div(programme.facts.settings["carry.person"] * (seconds + penalty), 60)


def share_of(everybody: int) -> int:
    """Weight of one in the stages of support, so many being all."""
    return max(1, (2_000_000 + everybody) // (2 * everybody)) if everybody else 1


def may_begin(programme: Programme, resource: str, row: Row, place: str, t: int, seconds: int) -> bool:
    """Whether people of a row of arrivals or contacts may go to a hospital or site in a period."""
    facts, command = programme.facts, programme.command
    giver, taker = facts.unit[place], facts.unit[row["place"]]
    if not command.passes(resource, giver, taker, t) or not command.facility_open(place, resource, t):
        return False
    if not command.by_rung:
        return True
    decision = command.decision(resource, command.step(giver, taker), taker, giver)
    return t >= (row["known_from"] or row["period"]) + facts.delay(seconds + decision)


def note_people(
    programme: Programme,
    resource: str,
    variable: pulp.LpVariable,
    most: int,
    share: int,
    giver: tuple[str, str],
    taker: tuple,
) -> None:
    """Count people in the stage of their step if people are counted, and remember what strict has to ask.

    Givers are (hospital, class) or (site, category); takers begin with the place, and with period and size end.
    """
    facts, command = programme.facts, programme.command
    unit, t = facts.unit[taker[0]], taker[2]
    step = command.step(facts.unit[giver[0]], unit)
    if facts.settings["support.people"]:
        programme.support(resource, step, unit, variable, share)
    position, before = command.position(resource, step, unit), command.before(resource, step, unit, t)
    programme.flows[resource].append(Flow(variable, most, giver, taker, t, t, position, before))


def _build_admissions(programme: Programme, beds: dict[Bed, None]) -> dict:
    """Returns admissions by (hospital, class, group, period of admission)."""
    facts = programme.facts
    groups = {row["group"]: row for row in facts.rows["groups"]}
    offers = defaultdict(list)
    for row in facts.rows["eligibility"]:
        offers[row["group"]] += [
            (place, what, row["penalty"]) for place, what in beds if what == row["class"]
        ]
    admitted = defaultdict(list)
    everybody = defaultdict(int)
    for row in facts.rows["arrivals"]:
        everybody[row["group"]] += row["people"]
    for row in facts.rows["arrivals"]:
        origin, s, group = row["place"], row["period"], groups[row["group"]]
        share = share_of(everybody[row["group"]])
        end = min(s + group["wait"], facts.H)
        weight, late = group["weight"], group["late"]
        never = programme.add("never_admitted", (origin, row["group"], s), row["people"], whole=False)
        programme.unmet_cost("unmet_people", origin, never, weight * (1000 + late * (end - s)))
        taken = []
        for hospital, what, penalty in offers[row["group"]]:
            for t in range(s, end + 1):
                seconds = _reachable(programme, "patients", origin, hospital, t)
                if seconds is None or not may_begin(programme, "beds", row, hospital, t, seconds):
                    continue
                admit = programme.add("admit", (origin, hospital, what, row["group"], s, t), row["people"])
                taken.append(admit)
                admitted[hospital, what, row["group"], t].append(admit)
                programme.unmet_cost("unmet_people", origin, admit, weight * late * (t - s))
                note_people(
                    programme,
                    "beds",
                    admit,
                    row["people"],
                    share,
                    (hospital, what),
                    (origin, row["group"], t),
                )
                programme.takes_nobody_before_open(hospital, t, admit, row["people"])
                programme.cost("time", admit, _load(programme, seconds, penalty))
                for u in range(t, min(t + group["stay"] - 1, facts.H) + 1):
                    programme.lying["class", hospital, what, u].append((admit, 1))
        programme.row(pulp.lpSum(taken) + never == row["people"])
    return admitted


def _leaving_dates(programme: Programme, place: str, what: str) -> dict[int, int]:
    """People there at the start by the last period in which the table counts them, the horizon at most."""
    facts = programme.facts
    dates = {}
    for last in facts.periods:
        later = facts.start("class", place, what, last + 1) if last < facts.H else 0
        people = facts.start("class", place, what, last) - later
        if people:
            dates[last] = people
    return dates


def _build_transfers(programme: Programme, beds: dict[Bed, None], admitted: dict) -> None:
    facts = programme.facts
    rules = facts.transfer_rules
    if not rules:
        return
    stays = {row["group"]: row["stay"] for row in facts.rows["groups"]}
    penalties = {(row["group"], row["class"]): row["penalty"] for row in facts.rows["eligibility"]}
    moved = defaultdict(list)

    def allowed(hospital: str, t: int) -> bool:
        return any(t >= r["from_period"] and facts.inside(facts.area[hospital], r["area"]) for r in rules)

    def move(
        origin: str, old: str, group: str, last: int, t: int, options: list[tuple[str, int]]
    ) -> list[pulp.LpVariable]:
        made = []
        for what, penalty in options:
            for hospital, offered in beds:
                if offered != what or hospital == origin:
                    continue
                seconds = _reachable(programme, "transfers", origin, hospital, t)
                if seconds is None or not programme.command.facility_open(hospital, "beds", t):
                    continue
                transfer = programme.add("transfer", (origin, hospital, old, what, group, last, t))
                made.append(transfer)
                programme.takes_nobody_before_open(hospital, t, transfer, programme.people_ever)
                programme.cost("time", transfer, _load(programme, seconds, penalty))
                for u in range(t, min(last, facts.H) + 1):
                    programme.lying["class", hospital, what, u].append((transfer, 1))
                    programme.lying["class", origin, old, u].append((transfer, -1))
        moved[origin, t].extend(made)
        return made

    for (hospital, what, group, s), people in admitted.items():
        last = s + stays[group] - 1
        options = [(other, penalty) for (g, other), penalty in penalties.items() if g == group]
        periods = [t for t in range(s + 1, min(last, facts.H) + 1) if allowed(hospital, t)]
        made = [v for t in periods for v in move(hospital, what, group, last, t, options)]
        if made:
            programme.row(pulp.lpSum(made) <= pulp.lpSum(people))
    for kind, place, what in facts.at_start:
        if kind == "class":
            for last, people in _leaving_dates(programme, place, what).items():
                periods = [t for t in range(1, last + 1) if allowed(place, t)]
                made = [v for t in periods for v in move(place, what, "", last, t, [(what, 0)])]
                if made:
                    programme.row(pulp.lpSum(made) <= people)
    for rule in rules:
        for t in range(rule["from_period"], facts.H + 1):
            leaving = [
                v
                for (place, u), made in moved.items()
                if u == t and facts.inside(facts.area[place], rule["area"])
                for v in made
            ]
            if leaving:
                programme.row(pulp.lpSum(leaving) <= rule["amount"] // 100)


def _build_surge(programme: Programme) -> None:
    """Notes, by (hospital, class, period), which decisions put how many beds into use."""
    facts = programme.facts
    in_use = programme.surge_in_use
    levels: dict[Bed, list[Row]] = defaultdict(list)
    for row in facts.rows["surge"]:
        levels[row["place"], row["class"]].append(row)
    for (place, what), rows in levels.items():
        below = None
        for row in sorted(rows, key=lambda row: row["level"]):
            decided: dict[int, list[pulp.LpVariable]] = defaultdict(list)
            for d in facts.periods:
                first = d + facts.setup(row["setup"])
                if not programme.command.facility_open(place, "beds", d):
                    continue
                for last in range(first, facts.H + 1):
                    if last < facts.H and not row["running_cost"]:
                        continue
                    decide = programme.add("surge", (place, what, row["level"], d, first, last), 1)
                    decided[d].append(decide)
                    programme.spent.append((place, decide, row["cost"]))
                    paid = min(last + row["breakdown"], facts.H) - first + 1
                    programme.cost("money", decide, row["cost"] + row["running_cost"] * paid)
                    for t in range(first, last + 1):
                        in_use[place, what, t].append((decide, row["beds"]))
            programme.row(pulp.lpSum(v for made in decided.values() for v in made) <= 1)
            if below is not None:
                for d in facts.periods:
                    so_far = pulp.lpSum(v for u in range(1, d + 1) for v in decided[u])
                    programme.row(so_far <= pulp.lpSum(v for u in range(1, d + 1) for v in below[u]))
            below = decided
