"""Brute force for beds, isolation and teams."""

from __future__ import annotations

import itertools
import math
from typing import Any

from brute import Plan, Problem, Row, Tables, Values, count


def _near(tables: Tables, kind: str, start: str, end: str, t: int) -> bool:
    """Whether people get there in the period they leave."""
    return tables.arrival(kind, start, end, t) == t


def beds(tables: Tables) -> Problem:
    """Admissions, surge levels and transfers."""
    groups = tables.by("groups", "group")
    offered = sorted(
        {(row["place"], row["class"]) for name in ("beds", "surge") for row in tables.rows(name)}
    )
    eligible = tables.by("eligibility", "group", "class")
    last = tables.last
    decisions: dict[Any, int] = {}
    for n, row in enumerate(tables.rows("arrivals")):
        for hospital, name in offered:
            for t in range(row["period"], min(last, row["period"] + groups[row["group"]]["wait"]) + 1):
                if (row["group"], name) in eligible and _near(tables, "patients", row["place"], hospital, t):
                    decisions["admit", n, hospital, name, t] = row["people"]
    rules = [row for row in tables.rows("rules") if row["rule"] == "transfer_budget"]

    def may_move(place: str, t: int) -> int:
        inside = [
            r for r in rules if tables.within(tables.area[place], r["area"]) and t >= (r["from_period"] or 1)
        ]
        return min((math.floor(r["amount"]) for r in inside), default=0)

    for n, row in enumerate(tables.rows("arrivals")):
        stay = groups[row["group"]]["stay"]
        for key in [key for key in decisions if key[:2] == ("admit", n)]:
            _, _, hospital, name, s = key
            for t in range(s + 1, min(last, s + stay - 1) + 1):
                for to, other in offered:
                    if (
                        (row["group"], other) in eligible
                        and to != hospital
                        and _near(tables, "patients", hospital, to, t)
                    ):
                        if may_move(hospital, t):
                            most = min(row["people"], may_move(hospital, t))
                            decisions["move", n, hospital, name, s, to, other, t] = most
    for (place, name, leave), people in _leaving(tables).items():
        for t in range(1, leave + 1):
            for to, other in offered:
                if (
                    other == name
                    and to != place
                    and _near(tables, "patients", place, to, t)
                    and may_move(place, t)
                ):
                    decisions["shift", place, name, leave, to, t] = min(people, may_move(place, t))
    for n, row in enumerate(tables.rows("surge")):
        for d in range(1, last - tables.setup(row["setup"]) + 1):
            first = d + tables.setup(row["setup"])
            for end in range(first, last + 1) if row["running_cost"] else [last]:
                decisions["surge", n, d, first, end] = 1
    return Problem(decisions, lambda plan: _judge_beds(tables, rules, plan))


def _leaving(tables: Tables) -> dict[tuple[str, str, int], int]:
    """People there at the start, by the last period in which they are there."""
    there = {(r["place"], r["class"], r["period"]): r["people"] for r in tables.rows("occupied")}
    leaving = {}
    for place, name in {key[:2] for key in there}:
        for t in range(1, tables.last + 1):
            later = there.get((place, name, t + 1), 0) if t < tables.last else 0
            if there.get((place, name, t), 0) > later:
                leaving[place, name, t] = there[place, name, t] - later
    return leaving


def _judge_beds(tables: Tables, rules: list[Row], plan: Plan) -> Values | None:
    groups, eligible = tables.by("groups", "group"), tables.by("eligibility", "group", "class")
    arrivals, surge, last, values = tables.rows("arrivals"), tables.rows("surge"), tables.last, Values()
    done = {key: n for key, n in plan.items() if n}
    lying: dict[tuple[str, str, int], int] = {}

    def lie(place: str, name: str, first: int, end: int, people: int) -> None:
        for t in range(first, min(end, last) + 1):
            lying[place, name, t] = lying.get((place, name, t), 0) + people

    def ride(start: str, end: str, t: int, penalty: float, people: int) -> None:
        seconds = (tables.travel("patients", start, end, t) or 0) + round(penalty * 60)
        load = tables.scenario.settings["carry.person"]
        count(values, "time", people * math.ceil(round(load) * seconds / 60))

    for row in tables.rows("occupied"):
        lie(row["place"], row["class"], row["period"], row["period"], row["people"])
    for n, row in enumerate(arrivals):
        group = groups[row["group"]]
        left = row["people"]
        for key, people in done.items():
            if key[:2] == ("admit", n):
                _, _, hospital, name, t = key
                left -= people
                lie(hospital, name, t, t + group["stay"] - 1, people)
                count(
                    values,
                    "unmet_people",
                    people * 1e6 * group["weight"] * group["late"] * (t - row["period"]),
                )
                ride(row["place"], hospital, t, eligible[row["group"], name]["penalty"], people)
                moved = sum(p for other, p in done.items() if other[0] == "move" and other[1:5] == key[1:5])
                if moved > people:
                    return None
            if key[0] == "move" and key[1] == n:
                _, _, hospital, name, s, to, other, t = key
                if not plan["admit", n, hospital, name, s]:
                    return None
                lie(hospital, name, t, s + group["stay"] - 1, -people)
                lie(to, other, t, s + group["stay"] - 1, people)
                ride(hospital, to, t, eligible[row["group"], other]["penalty"], people)
        if left < 0:
            return None
        waited = min(last, row["period"] + group["wait"]) - row["period"]
        count(values, "unmet_people", left * 1e6 * group["weight"] * (1 + group["late"] * waited))
    for leave, people in _leaving(tables).items():
        if sum(p for key, p in done.items() if key[0] == "shift" and key[1:4] == leave) > people:
            return None
    for key, people in done.items():
        if key[0] == "shift":
            _, place, name, end, to, t = key
            lie(place, name, t, end, -people)
            lie(to, name, t, end, people)
            ride(place, to, t, 0.0, people)
    for rule in rules:
        for t in range(rule["from_period"] or 1, last + 1):
            moved = 0
            for key, people in done.items():
                place = {"move": key[2], "shift": key[1]}.get(key[0])
                if place and key[-1] == t and tables.within(tables.area[place], rule["area"]):
                    moved += people
            if moved > rule["amount"]:
                return None
    decided = {n: [key for key in done if key[:2] == ("surge", n)] for n in range(len(surge))}
    for n, row in enumerate(surge):
        if len(decided[n]) > 1:
            return None
        for _, _, d, first, end in decided[n]:
            below = [
                m
                for m, r in enumerate(surge)
                if (r["place"], r["class"]) == (row["place"], row["class"]) and r["level"] < row["level"]
            ]
            if any(not decided[m] or decided[m][0][2] > d for m in below):
                return None
            paid = min(last, end + row["breakdown"]) - first + 1
            count(values, "money", 100 * row["cost"])
            count(values, "money", 100 * row["running_cost"] * paid)
    base, start = tables.by("beds", "place", "class"), tables.by("occupied", "place", "class", "period")
    for (place, name, t), people in lying.items():
        here = base.get((place, name))
        room = here["beds"] if here and t >= here["opening"] else 0
        inherited = start.get((place, name, t), {"people": 0})["people"]
        extra = sum(
            surge[n]["beds"]
            for n, keys in decided.items()
            for key in keys
            if key[3] <= t <= key[4] and (surge[n]["place"], surge[n]["class"]) == (place, name)
        )
        over = max(0, people - room - extra)
        if over > max(0, inherited - room):
            return None
        count(values, "rules", 1000 * over)
    return values


def isolation(tables: Tables) -> Problem:
    """Parts of groups brought to sites, sites opened, and the category of every site in every period."""
    sites, categories = tables.by("isolation_sites", "place"), tables.by("categories", "category")
    allowed = [(r["place"], r["category"]) for r in tables.rows("site_category") if r["allowed"]]
    decisions: dict[Any, int] = {}
    for n, row in enumerate(tables.rows("contacts")):
        category = categories[row["category"]]
        periods = range(row["period"], min(tables.last, row["period"] + category["wait"]) + 1)
        mine = [site for site, name in allowed if name == row["category"]]
        reach = [
            sites[s]["rooms"]
            for s in mine
            for t in periods
            if tables.travel("contacts", row["place"], s, t) is not None
        ]
        sizes = [row["people"]]
        if category["together"] and category["split"] and reach and row["people"] > max(reach):
            number = math.ceil(row["people"] / max(reach))
            sizes = [math.ceil((row["people"] - part) / number) for part in range(number)]
        for part, size in enumerate(sizes):
            worth, most = (size, 1) if category["together"] else (1, size)
            for site, t in itertools.product(mine, periods):
                if _near(tables, "contacts", row["place"], site, t) and (
                    worth <= sites[site]["rooms"] or worth == 1
                ):
                    decisions["bring", n, part, site, t, worth] = most
    for place, site in sites.items():
        if site["state"] == "candidate":
            for d in range(1, tables.last - tables.setup(site["setup"]) + 1):
                decisions["open", place, d, d + tables.setup(site["setup"])] = 1
        names = [name for other, name in allowed if other == place]
        for t in range(1, tables.last + 1):
            # 0 stands for no category, n for the n-th that the site may take.
            decisions["hold", place, t] = len(names)
    return Problem(decisions, lambda plan: _judge_isolation(tables, allowed, plan))


def _judge_isolation(tables: Tables, allowed: list[tuple[str, str]], plan: Plan) -> Values | None:
    sites, categories = tables.by("isolation_sites", "place"), tables.by("categories", "category")
    settings, contacts = tables.by("site_category", "place", "category"), tables.rows("contacts")
    start = tables.by("occupied", "place", "class", "period")
    periods, values = range(1, tables.last + 1), Values()
    opened = {key[1]: key for key, n in plan.items() if key[0] == "open" and n}
    if sum(n for key, n in plan.items() if key[0] == "open") > len(opened):
        return None
    spent = []
    for place, (_, _, _, first) in opened.items():
        running = sites[place]["running_cost"] * (tables.last - first + 1)
        count(values, "money", 100 * sites[place]["cost"])
        count(values, "money", 100 * running)
        spent.append((place, sites[place]["cost"]))
    held: dict[tuple[str, int], str] = {}
    for place in sites:
        names = [name for other, name in allowed if other == place]
        for t in periods:
            if chosen := plan["hold", place, t]:
                held[place, t] = names[chosen - 1]
                if sites[place]["state"] == "candidate" and (place not in opened or opened[place][3] > t):
                    return None
    for (place, t), name in held.items():
        for u in range(t - settings[place, name]["cleaning"], t + 1):
            if held.get((place, u), name) != name:
                return None
    for place, name in {(place, name) for (place, _), name in held.items()}:
        if (place, name, 1) not in start:
            count(values, "money", 100 * settings[place, name]["conversion_cost"])
            spent.append((place, settings[place, name]["conversion_cost"]))
    staying: dict[tuple[str, str, int], int] = {key: row["people"] for key, row in start.items()}
    for n, row in enumerate(contacts):
        category, left = categories[row["category"]], row["people"]
        brought: dict[int, int] = {}
        for key, number in plan.items():
            if key[:2] == ("bring", n) and number:
                _, _, part, site, t, worth = key
                people = number * worth
                brought[part] = brought.get(part, 0) + number
                left -= people
                count(values, "unmet_people", people * 1e6 * category["weight"] * (t - row["period"]))
                seconds = tables.travel("contacts", row["place"], site, t) or 0
                load = math.ceil(round(tables.scenario.settings["carry.person"]) * seconds / 60)
                count(values, "time", people * load)
                for u in range(t, min(tables.last, row["period"] + category["stay"] - 1) + 1):
                    staying[site, row["category"], u] = staying.get((site, row["category"], u), 0) + people
        if left < 0 or (category["together"] and any(number > 1 for number in brought.values())):
            return None
        count(values, "unmet_people", left * 1e6 * category["weight"] * category["stay"])
    for (place, name, t), people in staying.items():
        rooms, inherited = sites[place]["rooms"], start.get((place, name, t), {"people": 0})["people"]
        if inherited and held.get((place, t)) != name:
            return None
        over = max(0, people - (rooms if held.get((place, t)) == name else 0))
        if over > max(0, inherited - rooms):
            return None
        count(values, "rules", 1000 * over)
    for rule in tables.rows("rules"):
        if rule["rule"] == "opening_budget":
            if (
                sum(cost for place, cost in spent if tables.within(tables.area[place], rule["area"]))
                > rule["amount"]
            ):
                return None
        elif rule["rule"] == "isolation_minimum":
            _judge_minimum(tables, rule, allowed, held, values)
    return values


def _judge_minimum(
    tables: Tables,
    rule: Row,
    allowed: list[tuple[str, str]],
    held: dict[tuple[str, int], str],
    values: Values,
) -> None:
    sites = tables.by("isolation_sites", "place")
    mine = [
        place
        for place, name in allowed
        if name == rule["what"] and tables.within(tables.area[place], rule["area"])
    ]
    if not rule["count_upper_units"]:
        mine = [place for place in mine if tables.within(tables.unit[place], rule["area"])]
    first = rule["from_period"]
    if not first:
        ready = [1 if sites[p]["state"] == "open" else 1 + tables.setup(sites[p]["setup"]) for p in mine]
        first = min(ready, default=1)
    for t in range(first, tables.last + 1):
        short = max(
            0, math.ceil(rule["amount"]) - sum(held.get((place, t)) == rule["what"] for place in mine)
        )
        if rule["hard"]:
            count(values, "hard_rules", short)
        else:
            count(values, "rules", 1000 * rule["weight"] * short)


def teams(tables: Tables) -> Problem:
    """Tours of teams to tasks."""
    pools = tables.by("pools", "pool")
    decisions: dict[Any, int] = {}
    for task in tables.rows("tasks"):
        for skill in tables.rows("skills"):
            pool = pools[skill["pool"]]
            for t in range(1, tables.last + 1):
                first = tables.arrival("teams", pool["place"], task["place"], t, pool["callup_hours"])
                if skill["skill"] != task["skill"] or first is None:
                    continue
                end = min(tables.last, first + pool["tour"] - 1)
                if first <= task["last_period"] and end >= task["first_period"]:
                    most = max(0, pool["teams"] - pool["floor"])
                    decisions["tour", skill["pool"], task["task"], t, first] = most
    return Problem(decisions, lambda plan: _judge_teams(tables, plan))


def _judge_teams(tables: Tables, plan: Plan) -> Values | None:
    pools, tasks, values = tables.by("pools", "pool"), tables.by("tasks", "task"), Values()
    away: dict[tuple[str, int], int] = {}
    working: dict[tuple[str, str, int], int] = {}
    for key, n in plan.items():
        if not n:
            continue
        _, name, task, t, first = key
        pool = pools[name]
        seconds = tables.travel("teams", pool["place"], tasks[task]["place"], t) or 0
        end = first + pool["tour"] - 1
        for u in range(t, end + tables.delay(seconds) + 1):
            away[name, u] = away.get((name, u), 0) + n
        for u in range(first, min(end, tables.last) + 1):
            working[name, task, u] = working.get((name, task, u), 0) + n
            count(values, "money", n * 100 * pool["cost"])
        count(values, "time", n * math.ceil(round(tables.scenario.settings["carry.team"]) * seconds / 60))
    if any(
        n > max(0, pools[name]["teams"] - pools[name]["floor"])
        for (name, u), n in away.items()
        if u <= tables.last
    ):
        return None
    productivity = tables.by("skills", "pool", "skill")
    for name, task in tasks.items():
        window = range(task["first_period"], min(task["last_period"], tables.last) + 1)
        at_work = {(key[0], key[2]): n for key, n in working.items() if key[1] == name and key[2] in window}
        if task["measure"] == "teams":
            short = sum(
                max(0, task["amount"] - sum(n for (_, u), n in at_work.items() if u == t)) for t in window
            )
        else:
            work = sum(
                n
                * round(100 * productivity[pool, task["skill"]]["productivity"])
                * round(100 * pools[pool]["hours"])
                for (pool, _), n in at_work.items()
            )
            short = max(0, math.ceil((10_000 * task["amount"] - work) / 10_000))
        count(values, "unmet_people", 1e6 * task["weight"] * short)
    return values
