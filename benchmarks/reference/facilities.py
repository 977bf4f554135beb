"""Command rules, section 9: backup and makeshift hospitals, which take nobody before they are opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulp

from benchmarks.reference.house import Programme, total

if TYPE_CHECKING:
    from benchmarks.reference.facts import Row


def _load_rules(programme: Programme, place: str) -> list[Row]:
    """The rules that say from which load on a backup hospital may be opened."""
    facts = programme.facts
    return [
        row
        for row in facts.rows["rules"]
        if row["rule"] == "backup_load" and facts.inside(facts.area[place], row["area"])
    ]


def build_facilities(programme: Programme) -> None:
    """Write the decisions to open hospitals, and what they cost."""
    facts = programme.facts
    for row in facts.rows["facilities"]:
        place = row["place"]
        waits = row["role"] == "makeshift" or (row["role"] == "backup" and _load_rules(programme, place))
        somebody = any(
            kind == "class" and at == place and facts.start(kind, at, what, 1)
            for kind, at, what in facts.at_start
        )
        if not waits or somebody:
            continue
        made = programme.facilities[place] = []
        for d in facts.periods:
            first = d + facts.setup(row["setup"])
            if first > facts.H or not programme.command.facility_open(place, "beds", d):
                continue
            decide = programme.add("facility", (place, d, first), 1)
            programme.cost("money", decide, row["cost"])
            programme.spent.append((place, decide, row["cost"]))
            made.append((d, first, decide))
        programme.row(pulp.lpSum(decide for _, _, decide in made) <= 1)


def build_loads(programme: Programme, beds: dict[tuple[str, str], None]) -> None:
    """Backup hospitals are opened only after the designated ones have been loaded."""
    facts = programme.facts
    roles = {row["place"]: row["role"] for row in facts.rows["facilities"]}
    for backup, made in programme.facilities.items():
        if roles[backup] != "backup":
            continue
        classes = {what for place, what in beds if place == backup}
        for d, _, decide in made:
            loaded = []
            for rule in _load_rules(programme, backup):
                wards = [
                    (place, what)
                    for place, what in beds
                    if what in classes
                    and roles.get(place, "designated") == "designated"
                    and facts.inside(facts.area[place], rule["area"])
                ]
                loaded += [_is_loaded(programme, wards, rule["amount"], t) for t in range(1, d + 1) if wards]
            programme.row(decide <= pulp.lpSum(loaded))


def ward(programme: Programme, place: str, what: str, t: int) -> tuple[pulp.LpAffineExpression, ...]:
    """People lying in a ward, and its beds with the surge in use."""
    facts = programme.facts
    rows = [row for row in facts.rows["beds"] if (row["place"], row["class"]) == (place, what)]
    here = sum(row["beds"] for row in rows if t >= row["opening"])
    people = facts.start("class", place, what, t) + total(programme.lying["class", place, what, t])
    return people, here + total(programme.surge_in_use[place, what, t])


def beds_ever(programme: Programme, place: str, what: str) -> int:
    """No fewer beds than a ward can ever have."""
    rows = [row for table in ("beds", "surge") for row in programme.facts.rows[table]]
    return sum(row["beds"] for row in rows if (row["place"], row["class"]) == (place, what))


def _is_loaded(
    programme: Programme, wards: list[tuple[str, str]], hundredths: int, t: int
) -> pulp.LpVariable:
    """A binary that may be 1 only if people lie in at least so many per cent of the beds."""
    loaded = programme.add("loaded", (len(programme.variables["loaded"]),), 1)
    sizes = [ward(programme, place, what, t) for place, what in wards]
    people, beds = (pulp.lpSum(size[n] for size in sizes) for n in (0, 1))
    most = hundredths * sum(beds_ever(programme, place, what) for place, what in wards)
    programme.when(loaded, hundredths * beds - 10_000 * people, most)
    return loaded
