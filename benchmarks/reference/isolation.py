"""Section 8: groups of contacts, isolation sites, and the rules on sites and openings."""

from __future__ import annotations

from collections import defaultdict

import pulp

from benchmarks.reference.beds import may_begin, note_people, share_of
from benchmarks.reference.facts import Row, ceil_div
from benchmarks.reference.house import Programme, total


def build_isolation(programme: Programme) -> None:
    """Write groups, sites, holdings and their rules."""
    facts = programme.facts
    sites = {row["place"]: row for row in facts.rows["isolation_sites"]}
    allowed = {(row["place"], row["category"]): row for row in facts.rows["site_category"] if row["allowed"]}
    decided = _build_openings(programme, sites)
    _build_groups(programme, sites, allowed)
    kept = {(place, what): None for kind, place, what in facts.at_start if kind == "category"}
    held = {**dict.fromkeys(allowed), **kept}
    _build_holdings(programme, sites, held, decided)
    _build_minimum(programme, sites, allowed)
    _build_budget(programme)


def _build_openings(
    programme: Programme, sites: dict[str, Row]
) -> dict[tuple[str, int], list[pulp.LpVariable]]:
    """Returns, by (candidate, period), the decisions that make it usable."""
    facts = programme.facts
    usable = defaultdict(list)
    for place, site in sites.items():
        if site["state"] == "open":
            continue
        made = []
        for d in facts.periods:
            first = d + facts.setup(site["setup"])
            if first > facts.H or not programme.command.facility_open(place, "isolation", d):
                continue
            decide = programme.add("site", (place, d, first), 1)
            made.append(decide)
            programme.spent.append((place, decide, site["cost"]))
            programme.cost("money", decide, site["cost"] + site["running_cost"] * (facts.H - first + 1))
            for t in range(first, facts.H + 1):
                usable[place, t].append(decide)
        programme.row(pulp.lpSum(made) <= 1)
    return usable


def _parts(people: int, category: Row, rooms: list[int]) -> list[int]:
    """Sizes of the parts in which a group travels."""
    largest = max(rooms, default=0)
    if not category["together"] or not category["split"] or not largest or people <= largest:
        return [people]
    number = ceil_div(people, largest)
    return [people // number + (1 if n < people % number else 0) for n in range(number)]


def _build_groups(programme: Programme, sites: dict[str, Row], allowed: dict[tuple[str, str], Row]) -> None:
    facts = programme.facts
    categories = {row["category"]: row for row in facts.rows["categories"]}
    by_category = defaultdict(list)
    for place, name in allowed:
        by_category[name].append(place)
    everybody = defaultdict(int)
    for row in facts.rows["contacts"]:
        everybody[row["category"]] += row["people"]
    for row in facts.rows["contacts"]:
        origin, name, s = row["place"], row["category"], row["period"]
        category = categories[name]
        end = min(s + category["wait"], facts.H)
        times = {
            (site, t): programme.travel.seconds("contacts", origin, site, t)
            for site in by_category[name]
            for t in range(s, end + 1)
        }
        reached = [sites[site]["rooms"] for (site, _), seconds in times.items() if seconds is not None]
        parts = programme.parts[origin, name, s] = _parts(row["people"], category, reached)
        together = category["together"]
        for number, size in enumerate(parts, start=1):
            units = 1 if together else size
            worth = size if together else 1
            never = programme.add("never_isolated", (origin, name, s, number), units, whole=False)
            weight = worth * category["weight"] * 1000
            programme.unmet_cost("unmet_people", origin, never, weight * category["stay"])
            made = []
            for (site, t), seconds in times.items():
                if seconds is None or facts.delay(seconds) or (together and size > sites[site]["rooms"]):
                    continue
                if not may_begin(programme, "isolation", row, site, t, seconds):
                    continue
                bring = programme.add("isolate", (origin, site, name, s, number, t, worth), units)
                made.append(bring)
                programme.unmet_cost("unmet_people", origin, bring, weight * (t - s))
                share = worth * share_of(everybody[name])
                taker = (origin, name, t, s, number, worth)
                note_people(programme, "isolation", bring, units, share, (site, name), taker)
                load = ceil_div(facts.settings["carry.person"] * seconds, 60)
                programme.cost("time", bring, worth * load)
                for u in range(t, min(s + category["stay"] - 1, facts.H) + 1):
                    programme.lying["category", site, name, u].append((bring, worth))
            programme.row(pulp.lpSum(made) + never == units)


def makeshift_decided(programme: Programme, place: str, t: int) -> pulp.LpAffineExpression | int:
    """1 if the place has been made a hospital by a period."""
    roles = {row["place"]: row["role"] for row in programme.facts.rows["facilities"]}
    if roles.get(place) != "makeshift":
        return 0
    return pulp.lpSum(decide for d, _, decide in programme.facilities.get(place, []) if d <= t)


def _build_holdings(programme: Programme, sites: dict, held: dict, decided: dict) -> None:
    facts = programme.facts
    hold = programme.variables["hold"]
    settings = {(row["place"], row["category"]): row for row in facts.rows["site_category"]}
    by_site = defaultdict(list)
    for place, name in held:
        by_site[place].append(name)
        for t in facts.periods:
            start = facts.start("category", place, name, t)
            variable = programme.add("hold", (place, name, t), 1)
            if start:
                programme.row(variable >= 1)
            if sites[place]["state"] == "candidate":
                programme.row(variable <= pulp.lpSum(decided[place, t]))
            programme.row(variable <= 1 - makeshift_decided(programme, place, t))
            exception, rooms = 0, sites[place]["rooms"]
            if start > rooms:
                exception = programme.add("site_capacity", (place, name, t), start - rooms)
                programme.cost("rules", exception, 1000)
            people = total(programme.lying["category", place, name, t])
            programme.row(start + people <= rooms * variable + exception)
        row = settings.get((place, name))
        if row and row["conversion_cost"] and not facts.start("category", place, name, 1):
            convert = programme.add("convert", (place, name), 1)
            programme.cost("money", convert, row["conversion_cost"])
            programme.spent.append((place, convert, row["conversion_cost"]))
            for t in facts.periods:
                programme.row(hold[place, name, t] <= convert)
            # Nobody pays for a conversion without holding it, so that a budget looks spent.
            programme.row(convert <= pulp.lpSum(hold[place, name, t] for t in facts.periods))
    for place, names in by_site.items():
        for name in names:
            row = settings.get((place, name))
            cleaning = row["cleaning"] if row else 0
            for other in names:
                for t in facts.periods:
                    for u in range(max(1, t - cleaning), t + 1):
                        if other != name:
                            programme.row(hold[place, name, t] + hold[place, other, u] <= 1)


def _build_minimum(programme: Programme, sites: dict, allowed: dict) -> None:
    """At least so many sites of a category in an area."""
    facts = programme.facts
    hold = programme.variables["hold"]
    for rule in facts.rows["rules"]:
        if rule["rule"] != "isolation_minimum":
            continue
        counted = [
            place
            for place, name in allowed
            if name == rule["what"]
            and facts.inside(facts.area[place], rule["area"])
            and (rule["count_upper_units"] or facts.inside(facts.unit[place], rule["area"]))
        ]
        first = rule["from_period"]
        if first is None:
            setups = [0 if sites[p]["state"] == "open" else facts.setup(sites[p]["setup"]) for p in counted]
            first = 1 + min(setups, default=0)
        sites_wanted = ceil_div(rule["amount"], 100)
        for t in range(first, facts.H + 1):
            short = programme.add("minimum", (rule["area"], rule["what"], t), sites_wanted)
            programme.row(
                pulp.lpSum(hold[place, rule["what"], t] for place in counted) + short >= sites_wanted
            )
            programme.cost(
                "hard_rules" if rule["hard"] else "rules", short, 1 if rule["hard"] else rule["weight"]
            )


def _build_budget(programme: Programme) -> None:
    """What may be spent on opening in an area: surge levels, sites, conversions and hospitals."""
    facts = programme.facts
    for rule in facts.rows["rules"]:
        if rule["rule"] == "opening_budget":
            terms = [
                (v, cost)
                for place, v, cost in programme.spent
                if cost and facts.inside(facts.area[place], rule["area"])
            ]
            programme.row(total(terms) <= rule["amount"])
