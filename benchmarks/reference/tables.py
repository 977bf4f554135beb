"""Section 10: the answer as plan tables."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pandas as pd

from yjopt.schema import OUTPUT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.reference.house import Programme

Cells = tuple[Any, ...]


def tables_of(programme: Programme, answer: dict[str, int]) -> dict[str, pd.DataFrame]:
    """Every plan table, sorted by key, without rows of amount 0.

    The ledger (``requests``, ``accounts``) says again what stands in the others, and is left without rows.
    """
    chosen = {
        family: {key: answer[variable.name] for key, variable in known.items() if answer[variable.name]}
        for family, known in programme.variables.items()
    }
    chosen = defaultdict(dict, chosen)
    rows = {
        "shipments": _shipments(programme, chosen),
        "trips": [(*key, n) for key, n in chosen["trip"].items()],
        "procurements": [(*key, n * _pack(programme, key[1])) for key, n in chosen["order"].items()],
        "served": _served(programme, chosen),
        "admissions": [(*key[:4], key[4], key[5], n) for key, n in chosen["admit"].items()],
        "transfers": [(*key, n) for key, n in chosen["transfer"].items()],
        "isolations": [(*key[:6], n * key[6]) for key, n in chosen["isolate"].items()],
        "deployments": [(*key, n) for key, n in chosen["tour"].items()],
        "openings": _openings(programme, chosen),
        "holdings": list(chosen["hold"]),
        "stocks": _stocks(programme, chosen),
        "unmet": _unmet(programme, chosen),
        "exceptions": _exceptions(chosen),
    }
    return {name: _frame(name, rows.get(name, [])) for name in OUTPUT}


def _frame(name: str, rows: list[Cells]) -> pd.DataFrame:
    table = OUTPUT[name]
    frame = pd.DataFrame(rows, columns=[column.name for column in table.columns], dtype=object)
    frame = frame.astype({column.name: column.dtype for column in table.columns})
    return frame.sort_values(list(table.key), ignore_index=True)


def _pack(programme: Programme, item: str) -> int:
    return programme.facts.items[item]["pack"]


def _summed(pairs: Iterator[tuple[Cells, int]]) -> list[Cells]:
    sums: dict[Cells, int] = defaultdict(int)
    for key, amount in pairs:
        sums[key] += amount
    return [(*key, amount) for key, amount in sums.items() if amount]


def _shipments(programme: Programme, chosen: dict) -> list[Cells]:
    facts = programme.facts
    sent = _summed(
        ((origin, to, item, authority, kind, use, depart, arrive), n * _pack(programme, item))
        for (origin, to, item, authority, kind, _, use, depart, arrive), n in chosen["ship"].items()
    )
    rows = []
    for row in sent:
        _, name, rung = facts.step(row[3], facts.unit[row[1]])
        rows.append((*row, rung, name))
    return rows


def _served(programme: Programme, chosen: dict) -> list[Cells]:
    quantity: dict[Cells, int] = defaultdict(int)
    packs: dict[Cells, int] = defaultdict(int)
    for (place, item, s, weight, _, t, worth), n in chosen["serve"].items():
        quantity[place, item, s, weight / 1000, t] += n * worth
        packs[place, item, s, weight / 1000, t] += n
    for (place, item, t, weight), n in chosen["level"].items():
        quantity[place, item, t, weight / 1000, t] += n
        packs[place, item, t, weight / 1000, t] += n
    return [(*key, amount, packs[key]) for key, amount in quantity.items()]


def _openings(programme: Programme, chosen: dict) -> list[Cells]:
    rows = [
        (place, "surge", what, level, d, first, last)
        for place, what, level, d, first, last in chosen["surge"]
    ]
    for what in ("site", "facility"):
        rows += [(place, what, "", 0, d, first, programme.facts.H) for place, d, first in chosen[what]]
    return rows


def _stocks(programme: Programme, chosen: dict) -> list[Cells]:
    def kept() -> Iterator[tuple[Cells, int]]:
        for (place, item, authority, kind, _, t), n in chosen["stock"].items():
            yield (place, item, authority, kind, t), n * _pack(programme, item)
        for (place, item, t), n in chosen["received"].items():
            yield (place, item, "", "received", t), n * _pack(programme, item)
        for (place, item, t), n in chosen["loose"].items():
            yield (place, item, "", "loose", t), n
        for (place, item, authority, t), n in chosen["idle"].items():
            yield (place, item, authority, "physical", t), n
        for (place, item, authority, t), n in chosen["used"].items():
            last = min(t + programme.facts.items[item]["turnaround"], programme.facts.H)
            for u in range(t, last + 1):
                yield (place, item, authority, "in_use", u), n

    return _summed(kept())


def _left(
    kind: str, place: str, what: str, first: int, end: int, amount: int, done: dict[int, int]
) -> Iterator[tuple[Cells, int]]:
    """What still waits at the end of each period, and what is lost in the last."""
    for t in range(first, end + 1):
        amount -= done.get(t, 0)
        yield (kind, "lost" if t == end else "waiting", place, what, t), amount


def _unmet(programme: Programme, chosen: dict) -> list[Cells]:
    facts = programme.facts
    groups = {row["group"]: row for row in facts.rows["groups"]}
    categories = {row["category"]: row for row in facts.rows["categories"]}
    tasks = {row["task"]: row for row in facts.rows["tasks"]}
    done: dict[Cells, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for (place, item, s, weight, _, t, worth), n in chosen["serve"].items():
        done["supply", place, item, s, weight][t] += n * worth
    for (place, _, _, group, s, t), n in chosen["admit"].items():
        done["bed", place, group, s][t] += n
    for (place, _, category, s, _, t, worth), n in chosen["isolate"].items():
        done["isolation", place, category, s][t] += n * worth

    def left() -> Iterator[tuple[Cells, int]]:
        for row in facts.rows["needs"]:
            place, item, s = row["place"], row["item"], row["period"]
            if facts.items[item]["durable"]:
                short = chosen["short"].get((place, item, s, row["weight"]), 0)
                yield ("durable", "lost", place, item, s), short
            else:
                end = facts.H if row["deadline"] is None else min(s + row["deadline"], facts.H)
                served = done["supply", place, item, s, row["weight"]]
                yield from _left("supply", place, item, s, end, row["quantity"], served)
        for row in facts.rows["arrivals"]:
            place, group, s = row["place"], row["group"], row["period"]
            end = min(s + groups[group]["wait"], facts.H)
            yield from _left("bed", place, group, s, end, row["people"], done["bed", place, group, s])
        for row in facts.rows["contacts"]:
            place, name, s = row["place"], row["category"], row["period"]
            end = min(s + categories[name]["wait"], facts.H)
            yield from _left(
                "isolation", place, name, s, end, row["people"], done["isolation", place, name, s]
            )
        for (task, t), short in chosen["task_short"].items():
            yield ("task", "lost", tasks[task]["place"], task, t), short

    return _summed(left())


def _exceptions(chosen: dict) -> list[Cells]:
    families = {name: name for name in ("bed_capacity", "staffing", "consumption", "site_capacity")}
    families |= {
        "minimum": "isolation_minimum",
        "mobile_quota": "mobile_quota",
        "unmet_ceiling": "unmet_ceiling",
    }
    return [(rule, *key, n) for family, rule in families.items() for key, n in chosen[family].items()]
