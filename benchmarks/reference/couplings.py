"""Section 7: members of staff and items that occupied beds, rooms and teams at work need."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from benchmarks.reference.facts import ceil_div
from benchmarks.reference.house import Programme, total
from benchmarks.reference.teams import held_kinds, staffed

if TYPE_CHECKING:
    import pulp


def consumers(programme: Programme) -> dict[tuple[str, str], list[tuple[str, str, int]]]:
    """For each (place, item) that may be consumed: the (kind, class, category or skill, rate) that use it."""
    facts = programme.facts
    rates = defaultdict(list)
    for row in facts.rows["consumption"]:
        rates[row["kind"], row["what"]].append((row["item"], row["quantity"]))
    posts = {(row["place"], row["skill"]): None for row in facts.rows["tasks"]}
    posts.update(dict.fromkeys(staffed(programme)))
    uses = [*held_kinds(programme), *(("skill", place, skill) for place, skill in posts)]
    consuming = defaultdict(list)
    for kind, place, what in uses:
        for item, rate in rates[kind, what]:
            consuming[place, item].append((kind, what, rate))
    return consuming


def build_staffing(programme: Programme) -> None:
    """Members needed for those who lie at a place, per skill."""
    facts = programme.facts
    residents = {(row["place"], row["skill"]): row["members"] for row in facts.rows["residents"]}
    for (place, skill), wanted in staffed(programme).items():
        for t in facts.periods:
            start = sum(members * facts.start(kind, place, what, t) for kind, what, members in wanted)
            people = total(
                (variable, members * sign)
                for kind, what, members in wanted
                for variable, sign in programme.lying[kind, place, what, t]
            )
            teams = total(programme.working[place, skill, "staffing", t])
            exception = 0
            if start:
                exception = programme.add("staffing", (place, skill, t), ceil_div(start, 100))
                programme.cost("rules", exception, 1000)
            here = residents.get((place, skill), 0)
            programme.row(start + people <= 100 * (here + teams + exception))


def build_consumption(programme: Programme) -> None:
    """Items used up by those who lie at a place and by teams at work there."""
    facts = programme.facts
    for (place, item), uses in consumers(programme).items():
        before: pulp.LpVariable | int = 0
        for t in facts.periods:
            start = 0
            terms = []
            for kind, what, rate in uses:
                if kind == "skill":
                    for purpose in ("task", "staffing"):
                        terms += [(tour, rate) for tour, _ in programme.working[place, what, purpose, t]]
                else:
                    start += rate * facts.start(kind, place, what, t)
                    terms += [(v, rate * sign) for v, sign in programme.lying[kind, place, what, t]]
            consumed = programme.add("consumed", (place, item, t))
            loose = programme.add("loose", (place, item, t), whole=False)
            exception = 0
            if start:
                exception = programme.add("consumption", (place, item, t), ceil_div(start, 1000))
                programme.cost("rules", exception, 1000)
            programme.row(1000 * (consumed + exception) >= start + total(terms))
            if programme.command.strict("supplies"):
                programme.row(1000 * consumed <= start + total(terms) + 999)
            opened = programme.variables["opened"][place, item, t]
            programme.row(loose == before + facts.items[item]["pack"] * opened - consumed)
            before = loose
