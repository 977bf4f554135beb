"""Promise: a change of a scenario that cannot matter does not, and one that can only help never hurts.

Five relations between a scenario and a changed one, each held on hundreds of tiny scenarios of all families, solved
to proof: the order of rows, the names of things, the unit in which an item is counted, a place of no use, and one
more of something.
"""

from __future__ import annotations

from random import Random
from typing import Any

import pandas as pd
import pytest
from trust.tiny_cases import Frames, Nested, cases, drawn, fingerprint, solved, worth

from yjopt.schema import INPUT, TRAVEL_KINDS

#: 56 seeds of each of nine families; two of them in the quick set.
MANY, FEW = 504, 2

counts = pytest.mark.parametrize("count", [FEW, pytest.param(MANY, marks=pytest.mark.long)])


def seeds(count: int) -> int:
    """First seed: the quick set and the long one look at different scenarios."""
    return 30_000 if count == MANY else 40_000


# Order of rows


@counts
def test_the_order_of_rows_changes_no_row_of_the_plan(count: int) -> None:
    """Shuffled tables give the very same plan."""
    for family, seed in cases(seeds(count), count):
        frames, settings = drawn(family, seed)
        shuffled = {name: frame.sample(frac=1, random_state=seed) for name, frame in frames.items()}
        plan, again = solved(frames, settings), solved(shuffled, settings)
        assert worth(plan) == worth(again), (family, seed)
        assert fingerprint(plan.tables) == fingerprint(again.tables), (family, seed)


# Names


def renamed(frames: Frames, names: dict[str, str]) -> Frames:
    """Every id exchanged, in every table; a blank stays blank."""
    changed = {}
    for table, frame in frames.items():
        columns = [column.name for column in INPUT[table].columns if column.type == "id"]
        changed[table] = frame.assign(**{name: frame[name].map(lambda id_: names[id_]) for name in columns})
    return changed


def new_names(frames: Frames, random: Random | None) -> dict[str, str]:
    """New ids for old, in the old order, or in an order at random."""
    ids = {
        id_
        for table, frame in frames.items()
        for column in INPUT[table].columns
        if column.type == "id"
        for id_ in frame[column.name]
    } - {""}
    numbers = list(range(len(ids)))
    if random is not None:
        random.shuffle(numbers)
    # "NA", a leading zero and Chinese are names like any others.
    return {"": ""} | {old: f"0NA{number:03}名" for old, number in zip(sorted(ids), numbers, strict=True)}


@counts
def test_names_do_not_matter(count: int) -> None:
    """New ids in the order of the old: the same plan under the new names, to the last row."""
    for family, seed in cases(seeds(count), count):
        frames, settings = drawn(family, seed)
        names = new_names(frames, None)
        plan, again = solved(frames, settings), solved(renamed(frames, names), settings)
        assert worth(plan) == worth(again), (family, seed)
        # Words of the schema, such as kinds and steps, are no names.
        back = {new: old for old, new in names.items() if new}
        tables = {table: frame.replace(back) for table, frame in again.tables.items()}
        assert fingerprint(plan.tables) == fingerprint(tables), (family, seed)


@counts
def test_names_in_another_order_are_worth_the_same(count: int) -> None:
    """Ids that sort in another way hand the solver another matrix; what is proven of it is the same.

    All pairs are kept: of two givers equally far, the nearest is the first by id.
    """
    for family, seed in cases(seeds(count), count):
        frames, settings = drawn(family, seed)
        settings = {**settings, "nearest": dict.fromkeys(TRAVEL_KINDS, 0)}
        names = new_names(frames, Random(seed))
        plan, again = solved(frames, settings), solved(renamed(frames, names), settings)
        assert worth(plan) == worth(again), (family, seed)


# Units


def counted_in(frames: Frames, times: int, weight: int) -> Frames:
    """Consumables counted in base units so many times smaller, of which each weighs as much less.

    Figures are first made such that the smaller unit stays on their grids: `weight` multiplies weights and
    kilograms, 1 in the smaller unit and `times` in the larger one. Nobody is there at the start, and teams and
    people use whole units: then no amount is rounded in the one unit that is not in the other.
    """
    durable = set(frames["items"].loc[frames["items"]["durable"], "item"])

    def scaled(table: str, *columns: str, by: int) -> pd.DataFrame:
        frame = frames[table]
        which = ~frame["item"].isin(durable)
        return frame.assign(**{name: frame[name].where(~which, frame[name] * by) for name in columns})

    changed = {table: scaled(table, "quantity", by=times) for table in ("receipts", "sources")}
    changed["sources"] = changed["sources"].assign(cost=scaled("sources", "cost", by=weight)["cost"])
    changed["stocks"] = scaled("stocks", "quantity", "floor", by=times)
    needs = scaled("needs", "quantity", by=times)
    changed["needs"] = needs.assign(weight=scaled("needs", "weight", by=weight)["weight"])
    items = scaled("items", "pack", by=times)
    changed["items"] = items.assign(**{n: scaled("items", n, by=weight)[n] for n in ("kg", "litres")})
    whole = frames["consumption"]["quantity"].round().clip(lower=1.0)
    changed["consumption"] = frames["consumption"].assign(quantity=whole * times)
    return {**frames, **changed, "occupied": frames["occupied"].iloc[:0]}


@counts
def test_the_unit_of_counting_does_not_matter(count: int) -> None:
    """Boxes of 5, 10 or 12 pieces counted by the piece: every stage is worth the same."""
    families = ("consumables", "trips", "couplings", "mixed")
    for family, seed in cases(seeds(count), count, families):
        frames, settings = drawn(family, seed)
        times = (5, 10, 12)[seed % 3]
        boxes, pieces = counted_in(frames, 1, times), counted_in(frames, times, 1)
        assert worth(solved(boxes, settings)) == worth(solved(pieces, settings)), (family, seed, times)


# Places of no use


def with_place(frames: Frames, settings: Nested, random: Random, *, reachable: bool) -> Frames:
    """One more place, named so that it sorts first or last.

    Reachable, on a road of its own: it has nothing and wants nothing. Out of reach: full of stocks, beds and teams.
    """
    name, anywhere = random.choice(["0 first", "~ last"]), random.choice(list(frames["places"]["place"]))
    area = random.choice(list(frames["places"]["area"]))
    added: dict[str, list[dict[str, Any]]] = {
        "places": [{"place": name, "kind": "depot", "area": area, "unit": area}]
    }
    if reachable:
        added["roads"] = [{"from": name, "to": anywhere, "minutes": random.choice([1.0, 30.0])}]
    else:
        classes = set(frames["eligibility"]["class"]) | set(frames["beds"]["class"])
        added["stocks"] = [
            {"place": name, "item": item, "authority": random.choice(["C", area]), "quantity": 50}
            for item in frames["items"]["item"]
        ]
        added["beds"] = [{"place": name, "class": class_, "beds": 9} for class_ in sorted(classes)]
        skills = sorted(set(frames["skills"]["skill"]))
        if skills:
            added["pools"] = [{"pool": name, "place": name, "authority": area, "teams": 5}]
            added["skills"] = [{"pool": name, "skill": skill} for skill in skills]
    return {table: extended(table, frame, added.get(table, [])) for table, frame in frames.items()}


def extended(table: str, frame: pd.DataFrame, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """The frame with rows added; what they leave out takes its default."""
    if not rows:
        return frame
    defaults = {column.name: column.default for column in INPUT[table].columns}
    more = pd.DataFrame([defaults | row for row in rows]).astype(frame.dtypes.to_dict())
    return pd.concat([frame, more], ignore_index=True) if len(frame) else more


@counts
def test_a_place_of_no_use_changes_nothing(count: int) -> None:
    """An empty depot on a road, or a full one that no road leads to: every stage is worth the same."""
    for family, seed in cases(seeds(count), count):
        frames, settings = drawn(family, seed)
        more = with_place(frames, settings, Random(seed), reachable=seed % 2 == 0)
        assert worth(solved(frames, settings)) == worth(solved(more, settings)), (family, seed)


# One more


#: What there may be one more of: a column, and whether it is counted in packs.
CAPACITY = (
    ("stocks", "quantity"),
    ("receipts", "quantity"),
    ("sources", "quantity"),
    ("fleets", "vehicles"),
    ("beds", "beds"),
    ("surge", "beds"),
    ("isolation_sites", "rooms"),
    ("pools", "teams"),
    ("residents", "members"),
)


def with_one_more(frames: Frames, random: Random) -> tuple[Frames, str]:
    """One more of something in one row: a pack where it is goods; and what it is."""
    table, column = random.choice([pair for pair in CAPACITY if len(frames[pair[0]])])
    frame = frames[table].reset_index(drop=True)
    row = random.randrange(len(frame))
    pack = frames["items"].set_index("item")["pack"]
    more = int(pack[frame.loc[row, "item"]]) if column == "quantity" else 1
    values = frame[column].copy()
    values[row] += more
    return {**frames, table: frame.assign(**{column: values})}, f"{table} {row}"


@counts
def test_one_more_of_anything_never_makes_it_worse(count: int) -> None:
    """A pack, a vehicle, a bed, a room, a team more: stage by stage in their order, no worse.

    Groups stay whole, because larger sites ask for larger parts; and all pairs are kept, because a new giver would
    push another out of the nearest.
    """
    better = 0
    for family, seed in cases(seeds(count), count):
        frames, settings = drawn(family, seed)
        frames["categories"] = frames["categories"].assign(split=False)
        settings = {**settings, "nearest": dict.fromkeys(TRAVEL_KINDS, 0)}
        more, what = with_one_more(frames, Random(seed))
        before, after = worth(solved(frames, settings)), worth(solved(more, settings))
        if isinstance(before, str):
            continue
        assert not isinstance(after, str), (family, seed, what)
        assert after <= before, (family, seed, what)
        better += after < before
    # In scenarios this scarce one more of something often helps; if it never did, nothing would be tested.
    assert better >= count // 10
