"""Brute force under the command rules for beds, isolation and teams."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import brute_people
from brute import Plan, Problem, Row, Values, count

if TYPE_CHECKING:
    from brute_command import CommandTables


def _share(everybody: int) -> int:
    return max(1, math.floor(1_000_000 / everybody + 0.5)) if everybody else 1


def _support(tables: CommandTables, values: Values, giver: str, unit: str, amount: int) -> None:
    """Count people in the stage of their step."""
    step = tables.step(giver, unit)
    if tables.settings["support.people"] and step != "own" and not tables.flat:
        count(values, f"support:{step}", amount)


def _may_begin(tables: CommandTables, kind: str, row: Row, place: str, t: int) -> bool:
    """Whether people of a row may go to a place in a period."""
    giver, unit = tables.unit[place], tables.unit[row["place"]]
    if not tables.may(giver, unit, t) or not tables.is_open("facility", place, tables.unit[place], t):
        return False
    seconds = tables.travel(kind, row["place"], place, t)
    if seconds is None or tables.delay(seconds):
        return False
    wait = tables.delay(seconds + 3600 * tables.hours(giver, unit)) if tables.takes_time else 0
    return not tables.takes_time or t >= tables.known_from(row) + wait


def beds(tables: CommandTables) -> Problem:
    """Admissions, surge levels, transfers, and hospitals that have to be opened."""
    tables.resource = "beds"
    plain = brute_people.beds(tables)
    arrivals, surge = tables.rows("arrivals"), tables.rows("surge")
    decisions = {}
    for key, most in plain.decisions.items():
        if key[0] == "admit" and not _may_begin(tables, "patients", arrivals[key[1]], key[2], key[4]):
            continue
        if key[0] == "move" and (
            ("admit", *key[1:5]) not in decisions
            or not tables.is_open("facility", key[5], tables.unit[key[5]], key[7])
        ):
            continue
        if key[0] == "shift" and not tables.is_open("facility", key[4], tables.unit[key[4]], key[5]):
            continue
        if key[0] == "surge":
            place = surge[key[1]]["place"]
            if not tables.is_open("facility", place, tables.unit[place], key[2]):
                continue
        decisions[key] = most
    for place, row in _waiting_hospitals(tables).items():
        for d in range(1, tables.last - tables.setup(row["setup"]) + 1):
            if tables.is_open("facility", place, tables.unit[place], d):
                decisions["facility", place, d] = 1

    def judge(plan: Plan) -> Values | None:
        values = plain.judge({**dict.fromkeys(plain.decisions, 0), **plan})
        if values is None or not _beds_lawful(tables, plan):
            return None
        for key, n in plan.items():
            if key[0] == "facility" and n:
                count(values, "money", 100 * tables.by("facilities", "place")[key[1]]["cost"])
            if key[0] == "admit" and n:
                row = arrivals[key[1]]
                everybody = sum(other["people"] for other in arrivals if other["group"] == row["group"])
                _support(
                    tables, values, tables.unit[key[2]], tables.unit[row["place"]], n * _share(everybody)
                )
        return values

    return Problem(decisions, judge)


def _load_rules(tables: CommandTables, place: str) -> list[Row]:
    rules = [row for row in tables.rows("rules") if row["rule"] == "backup_load"]
    return [row for row in rules if tables.within(tables.area[place], row["area"])]


def _waiting_hospitals(tables: CommandTables) -> dict[str, Row]:
    """Hospitals that take nobody before they are opened."""
    there = {row["place"] for row in tables.rows("occupied") if row["period"] == 1 and row["people"]}
    return {
        row["place"]: row
        for row in tables.rows("facilities")
        if row["place"] not in there
        and (row["role"] == "makeshift" or (row["role"] == "backup" and _load_rules(tables, row["place"])))
    }


def _wards(
    tables: CommandTables, plan: Plan
) -> tuple[dict[tuple[str, str, int], int], dict[tuple[str, str, int], int]]:
    """People lying in every ward and period, and its beds with the surge in use."""
    arrivals, groups = tables.rows("arrivals"), tables.by("groups", "group")
    people: dict[tuple[str, str, int], int] = {}
    beds: dict[tuple[str, str, int], int] = {}
    for row in tables.rows("beds"):
        for t in range(row["opening"], tables.last + 1):
            beds[row["place"], row["class"], t] = row["beds"]
    for row in tables.rows("occupied"):
        people[row["place"], row["class"], row["period"]] = row["people"]

    def lie(place: str, name: str, first: int, last: int, n: int) -> None:
        for t in range(first, min(last, tables.last) + 1):
            people[place, name, t] = people.get((place, name, t), 0) + n

    for key, n in plan.items():
        if key[0] == "surge" and n:
            row = tables.rows("surge")[key[1]]
            for t in range(key[3], key[4] + 1):
                at = (row["place"], row["class"], t)
                beds[at] = beds.get(at, 0) + row["beds"]
        if key[0] == "admit":
            stay = groups[arrivals[key[1]]["group"]]["stay"]
            lie(key[2], key[3], key[4], key[4] + stay - 1, n)
        if key[0] == "move":
            _, row, hospital, name, s, to, other, t = key
            end = s + groups[arrivals[row]["group"]]["stay"] - 1
            lie(hospital, name, t, end, -n)
            lie(to, other, t, end, n)
        if key[0] == "shift":
            _, place, name, end, to, t = key
            lie(place, name, t, end, -n)
            lie(to, name, t, end, n)
    return people, beds


def _beds_lawful(tables: CommandTables, plan: Plan) -> bool:
    people, beds = _wards(tables, plan)
    waiting = _waiting_hospitals(tables)
    first = {}
    for key, n in plan.items():
        if key[0] == "facility" and n:
            if key[1] in first:
                return False
            first[key[1]] = key[2] + tables.setup(waiting[key[1]]["setup"])
            if waiting[key[1]]["role"] == "backup" and not _loaded(tables, people, beds, key[1], key[2]):
                return False
    goes = {"admit": (2, 4), "move": (5, 7), "shift": (4, 5)}
    for key, n in plan.items():
        if n and key[0] in goes:
            place, t = (key[at] for at in goes[key[0]])
            if place in waiting and first.get(place, tables.last + 1) > t:
                return False
    offered = {(row["place"], row["class"]) for name in ("beds", "surge") for row in tables.rows(name)}
    arrivals, groups = tables.rows("arrivals"), tables.by("groups", "group")
    eligible = tables.by("eligibility", "group", "class")
    for key, n in plan.items():
        if key[0] != "admit" or not n or not tables.is_strict:
            continue
        row, t = arrivals[key[1]], key[4]
        unit = tables.unit[row["place"]]
        for other in arrivals:
            end = other["period"] + groups[other["group"]]["wait"]
            same = (other["place"], other["group"]) == (row["place"], row["group"])
            if not same or not other["period"] <= t <= end:
                continue
            for hospital, name in offered:
                could = (row["group"], name) in eligible and _may_begin(
                    tables, "patients", other, hospital, t
                )
                lower = tables.needs_lower(tables.unit[key[2]], unit, t, tables.unit[hospital])
                shut = hospital in waiting and first.get(hospital, tables.last + 1) > t
                at = (hospital, name, t)
                if could and lower and not shut and people.get(at, 0) < beds.get(at, 0):
                    return False
    return True


def _loaded(tables: CommandTables, people: Any, beds: Any, backup: str, d: int) -> bool:
    """Whether the designated hospitals were loaded by the period of decision."""
    roles = {row["place"]: row["role"] for row in tables.rows("facilities")}
    offered = {(row["place"], row["class"]) for name in ("beds", "surge") for row in tables.rows(name)}
    for rule in _load_rules(tables, backup):
        wards = [
            (place, name)
            for place, name in offered
            if (backup, name) in offered
            and roles.get(place, "designated") == "designated"
            and tables.within(tables.area[place], rule["area"])
        ]
        for t in range(1, d + 1):
            lying = sum(people.get((*ward, t), 0) for ward in wards)
            if wards and 100 * lying >= rule["amount"] * sum(beds.get((*ward, t), 0) for ward in wards):
                return True
    return False


def isolation(tables: CommandTables) -> Problem:
    """Parts of groups brought to sites, sites opened, holdings."""
    tables.resource = "isolation"
    plain = brute_people.isolation(tables)
    contacts, sites = tables.rows("contacts"), tables.by("isolation_sites", "place")
    decisions = {}
    for key, most in plain.decisions.items():
        if key[0] == "bring" and not _may_begin(tables, "contacts", contacts[key[1]], key[3], key[4]):
            continue
        if key[0] == "open" and not tables.is_open("facility", key[1], tables.unit[key[1]], key[2]):
            continue
        decisions[key] = most
    possible = {key for key in decisions if key[0] == "bring"}

    def judge(plan: Plan) -> Values | None:
        values = plain.judge({**dict.fromkeys(plain.decisions, 0), **plan})
        if values is None or (tables.is_strict and not _isolation_lawful(tables, sites, possible, plan)):
            return None
        for key, n in plan.items():
            if key[0] == "bring" and n:
                row = contacts[key[1]]
                everybody = sum(o["people"] for o in contacts if o["category"] == row["category"])
                giver, unit = tables.unit[key[3]], tables.unit[row["place"]]
                _support(tables, values, giver, unit, n * key[5] * _share(everybody))
        return values

    return Problem(decisions, judge)


def _isolation_lawful(tables: CommandTables, sites: Any, possible: set[Any], plan: Plan) -> bool:
    contacts, categories = tables.rows("contacts"), tables.by("categories", "category")
    settings = tables.by("site_category", "place", "category")
    start = tables.by("occupied", "place", "class", "period")
    opened = {key[1]: key[3] for key, n in plan.items() if key[0] == "open" and n}
    held = {}
    for place in sites:
        names = [key[1] for key, row in settings.items() if key[0] == place and row["allowed"]]
        for t in range(1, tables.last + 1):
            if plan["hold", place, t]:
                held[place, t] = names[plan["hold", place, t] - 1]
    staying = {key: row["people"] for key, row in start.items()}
    for key, n in plan.items():
        if key[0] == "bring":
            row = contacts[key[1]]
            end = row["period"] + categories[row["category"]]["stay"] - 1
            for t in range(key[4], end + 1):
                at = (key[3], row["category"], t)
                staying[at] = staying.get(at, 0) + n * key[5]
    held_ever = {(place, name) for (place, _), name in held.items()}

    def due(place: str, name: str) -> float:
        return 0.0 if (place, name, 1) in start else settings[place, name]["conversion_cost"]

    spent = [(place, sites[place]["cost"]) for place in opened]
    spent += [(place, due(place, name)) for place, name in held_ever]

    def exhausted(site: str, name: str, t: int, size: int) -> bool:
        now = held.get((site, t))
        if now == name:
            return sites[site]["rooms"] - staying.get((site, name, t), 0) < size
        earlier = range(max(1, t - settings[site, name]["cleaning"]), t)
        if now is not None or any(held.get((site, u), name) != name for u in earlier):
            return True
        if sites[site]["state"] == "open" or opened.get(site, tables.last + 1) <= t:
            return False
        more = sites[site]["cost"] + (0 if (site, name) in held_ever else due(site, name))
        for rule in tables.rows("rules"):
            if rule["rule"] == "opening_budget" and tables.within(tables.area[site], rule["area"]):
                under = sum(cost for place, cost in spent if tables.within(tables.area[place], rule["area"]))
                if under + more > rule["amount"] + 1e-9:
                    return True
        return False

    for key, n in plan.items():
        if key[0] != "bring" or not n:
            continue
        _, row, part, site, t, worth = key
        unit, name = tables.unit[contacts[row]["place"]], contacts[row]["category"]
        for other in sites:
            if ("bring", row, part, other, t, worth) not in possible:
                continue
            candidate = sites[other]["state"] == "candidate"
            ready = not candidate or any(
                tables.is_open("facility", other, tables.unit[other], d)
                for d in range(1, t - tables.setup(sites[other]["setup"]) + 1)
            )
            lower = tables.needs_lower(tables.unit[site], unit, t, tables.unit[other])
            if ready and lower and not exhausted(other, name, t, worth):
                return False
    return True


def teams(tables: CommandTables) -> Problem:
    """Tours of teams to tasks."""
    tables.resource = "teams"
    pools, tasks = tables.by("pools", "pool"), tables.by("tasks", "task")
    decisions: dict[Any, int] = {}
    for task in tables.rows("tasks"):
        unit = tables.unit[task["place"]]
        for skill in tables.rows("skills"):
            pool = pools[skill["pool"]]
            giver = pool["authority"]
            for t in range(1, tables.last + 1):
                hours = pool["callup_hours"] + tables.hours(giver, unit)
                first = tables.arrival("teams", pool["place"], task["place"], t, hours)
                if skill["skill"] != task["skill"] or first is None or not tables.may(giver, unit, t):
                    continue
                early = tables.takes_time and t < tables.known_from(task, "first_period")
                if giver != unit and (early or tables.blind(task["place"], t) is not None):
                    continue
                end = min(tables.last, first + pool["tour"] - 1)
                if first <= task["last_period"] and end >= task["first_period"]:
                    most = max(0, pool["teams"] - pool["floor"])
                    decisions["tour", skill["pool"], task["task"], t, first] = most

    def judge(plan: Plan) -> Values | None:
        values = brute_people._judge_teams(tables, plan)
        if values is None:
            return None
        away = _away(tables, plan)
        for (_, name, task, t, first), n in plan.items():
            unit = tables.unit[tasks[task]["place"]]
            for _, other, same, call, begins in decisions:
                if not n or not tables.is_strict or (same, begins) != (task, first):
                    continue
                full = away.get((other, call), 0) == max(0, pools[other]["teams"] - pools[other]["floor"])
                lower = tables.needs_lower(pools[name]["authority"], unit, t, pools[other]["authority"])
                if lower and not full:
                    return None
            able = {row["pool"] for row in tables.rows("skills") if row["skill"] == tasks[task]["skill"]}
            teams_in_all = sum(pools[other]["teams"] for other in able)
            _support(tables, values, pools[name]["authority"], unit, n * _share(teams_in_all))
        _count_mobile(tables, values, away)
        return values

    return Problem(decisions, judge)


def _away(tables: CommandTables, plan: Plan) -> dict[tuple[str, int], int]:
    pools, tasks = tables.by("pools", "pool"), tables.by("tasks", "task")
    away: dict[tuple[str, int], int] = {}
    for (_, name, task, t, first), n in plan.items():
        seconds = tables.travel("teams", pools[name]["place"], tasks[task]["place"], t) or 0
        for u in range(t, first + pools[name]["tour"] + tables.delay(seconds)):
            away[name, u] = away.get((name, u), 0) + n
    return away


def _count_mobile(tables: CommandTables, values: Values, away: dict[tuple[str, int], int]) -> None:
    """Teams that should have stayed in their area."""
    for rule in tables.rows("rules"):
        if rule["rule"] != "mobile_quota":
            continue
        able = {row["pool"] for row in tables.rows("skills") if row["skill"] == rule["what"]}
        pools = [
            row
            for row in tables.rows("pools")
            if row["pool"] in able and tables.within(row["authority"], rule["area"])
        ]
        for t in range(rule["from_period"] or 1, tables.last + 1):
            staying = sum(row["teams"] - away.get((row["pool"], t), 0) for row in pools)
            short = max(0, math.ceil(rule["amount"]) - staying)
            if rule["hard"]:
                count(values, "hard_rules", short)
            else:
                count(values, "rules", 1000 * rule["weight"] * short)
