"""Section 8: tours of teams to tasks and to hospitals and sites that need members."""

from __future__ import annotations

from collections import defaultdict

import pulp

from benchmarks.reference.beds import share_of
from benchmarks.reference.facts import Row, ceil_div, hours_to_seconds
from benchmarks.reference.house import Flow, Programme, total


def held_kinds(programme: Programme) -> dict[tuple[str, str, str], None]:
    """(kind, place, class or category) wherever people may lie."""
    facts = programme.facts
    there: dict[tuple[str, str, str], None] = {}
    for table in ("beds", "surge"):
        for row in facts.rows[table]:
            there["class", row["place"], row["class"]] = None
    for row in facts.rows["site_category"]:
        if row["allowed"]:
            there["category", row["place"], row["category"]] = None
    return {**there, **dict.fromkeys(facts.at_start)}


def staffed(programme: Programme) -> dict[tuple[str, str], list[tuple[str, str, int]]]:
    """For each (place, skill) that needs members: who asks, as (kind, class or category, members)."""
    wanted = defaultdict(list)
    by_what = defaultdict(list)
    for row in programme.facts.rows["staffing"]:
        by_what[row["kind"], row["what"]].append(row)
    for kind, place, what in held_kinds(programme):
        for row in by_what[kind, what]:
            wanted[place, row["skill"]].append((kind, what, row["members"]))
    return wanted


def build_teams(programme: Programme) -> None:
    """Write tours, floors of pools, and tasks."""
    facts = programme.facts
    skills = defaultdict(list)
    for row in facts.rows["skills"]:
        skills[row["skill"]].append(row)
    pools = {row["pool"]: row for row in facts.rows["pools"]}
    away = programme.away
    done = defaultdict(list)
    tasks = {row["task"]: row for row in facts.rows["tasks"]}
    posts = [(task["place"], task["skill"], name) for name, task in tasks.items()]
    posts += [(place, skill, "") for place, skill in staffed(programme)]
    for place, skill, name in posts:
        for ability in skills[skill]:
            pool = pools[ability["pool"]]
            for t in facts.periods:
                tour = _build_tour(programme, pool, place, skill, tasks.get(name), t)
                if tour is None:
                    continue
                variable, working = tour
                for u in working:
                    purpose = "task" if name else "staffing"
                    programme.working[place, skill, purpose, u].append((variable, pool["people"]))
                    done[name, u].append((variable, ability["productivity"] * pool["hours"]))
    for pool in pools.values():
        for t in facts.periods:
            if away[pool["pool"], t]:
                programme.row(pulp.lpSum(away[pool["pool"], t]) <= max(0, pool["teams"] - pool["floor"]))
    for task in tasks.values():
        _build_task(programme, task, done)


def _build_tour(
    programme: Programme, pool: Row, place: str, skill: str, task: Row | None, t: int
) -> tuple[pulp.LpVariable, range] | None:
    """Teams called in a period for a post; returns the variable and the periods of work up to H."""
    facts = programme.facts
    seconds = programme.travel.seconds("teams", pool["place"], place, t)
    if seconds is None:
        return None
    command, unit, giver = programme.command, facts.unit[place], pool["authority"]
    step = command.step(giver, unit)
    if not command.passes("teams", giver, unit, t):
        return None
    if task is not None and step != "own":
        known = task["known_from"] or task["first_period"]
        if command.defaults(place, t) is not None or (command.by_rung and t < known):
            return None
    decision = command.decision("teams", step, unit, giver)
    first = t + facts.delay(hours_to_seconds(pool["callup_hours"]) + seconds + decision)
    last = first + pool["tour"] - 1
    if first > facts.H:
        return None
    working = range(first, min(last, facts.H) + 1)
    if task is not None and not any(task["first_period"] <= u <= task["last_period"] for u in working):
        return None
    key = (pool["pool"], place, skill, task["task"] if task else "", t, first, working[-1])
    tour = programme.add("tour", key)
    for u in range(t, min(last + facts.delay(seconds), facts.H) + 1):
        programme.away[pool["pool"], u].append(tour)
    most = max(0, pool["teams"] - pool["floor"])
    position, before = command.position("teams", step, unit), command.before("teams", step, unit, t)
    programme.flows["teams"].append(
        Flow(tour, most, (pool["pool"],), (*key[1:4], first), t, first, position, before)
    )
    if facts.settings["support.people"]:
        programme.support("teams", step, unit, tour, share_of(_teams_with(programme, skill)))
    programme.cost("time", tour, ceil_div(facts.settings["carry.team"] * seconds, 60))
    programme.cost("money", tour, pool["cost"] * len(working))
    return tour, working


def _teams_with(programme: Programme, skill: str) -> int:
    """All teams of pools that have a skill."""
    able = {row["pool"] for row in programme.facts.rows["skills"] if row["skill"] == skill}
    return sum(row["teams"] for row in programme.facts.rows["pools"] if row["pool"] in able)


def _build_task(programme: Programme, task: Row, done: dict) -> None:
    facts = programme.facts
    window = range(task["first_period"], min(task["last_period"], facts.H) + 1)
    if task["measure"] == "teams":
        for t in window:
            short = programme.add("task_short", (task["task"], t), task["amount"])
            programme.row(pulp.lpSum(tour for tour, _ in done[task["task"], t]) + short >= task["amount"])
            programme.unmet_cost("unmet_people", task["place"], short, task["weight"] * 1000)
    elif window:
        short = programme.add("task_short", (task["task"], window[-1]), task["amount"])
        work = total(pair for t in window for pair in done[task["task"], t])
        # Productivity and hours are both in hundredths.
        programme.row(work + 10_000 * short >= 10_000 * task["amount"])
        programme.unmet_cost("unmet_people", task["place"], short, task["weight"] * 1000)
