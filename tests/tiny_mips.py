"""Small programmes that the engines are tested on, and their answers by enumeration."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from yjopt.model.builder import Builder

if TYPE_CHECKING:
    from yjopt.engines.engine import Engine, Limit, SingleOutcome
    from yjopt.model.mip import BoolArray, IntArray, Mip


def random_mip(seed: int, *, blocks: int = 1, feasible: bool = False) -> Mip:
    """A random programme of a few columns, one to three rows per block and up to three stages."""
    random = np.random.default_rng(seed)
    builder = Builder()
    stages = int(random.integers(1, 4))
    for block in range(blocks):
        size, height = int(random.integers(1, 5 if blocks > 1 else 6)), int(random.integers(1, 4))
        lower = random.integers(-2, 1, size)
        upper = lower + random.integers(0, 4, size)
        x = builder.columns(f"x{block}", lower, upper)
        entries = random.integers(-3, 4, (height, size))
        entries[random.random((height, size)) < 0.4] = 0
        middle = entries @ random.integers(lower, upper + 1) if feasible else random.integers(-8, 9, height)
        below = np.where(random.random(height) < 0.7, random.integers(0, 6, height), np.inf)
        above = np.where(random.random(height) < 0.7, random.integers(0, 6, height), np.inf)
        rows = builder.rows(f"row{block}", middle - below, middle + above)
        builder.entries(rows[:, None], x, entries)
        for stage in range(stages):
            builder.cost(f"s{stage}", x, random.integers(-4, 5, size) * (random.random(size) < 0.7))
    for stage in range(stages):
        builder.constant(f"s{stage}", int(random.integers(-3, 4)))
    return builder.build([(f"s{stage}", 1) for stage in range(stages)])


def brute_force(mip: Mip) -> tuple[int, ...] | None:
    """The lexicographically least stage values over all integer vectors; None when there is none."""
    ranges = [range(int(a), int(b) + 1) for a, b in zip(mip.lower, mip.upper, strict=True)]
    every = (np.array(point, dtype=np.int64) for point in itertools.product(*ranges))
    return min((mip.stage_values(x) for x in every if mip.is_feasible(x)), default=None)


def points(mip: Mip, limits: tuple[Limit, ...] = ()) -> list[IntArray]:
    """All integer vectors that keep bounds, rows and limits."""
    ranges = [range(int(a), int(b) + 1) for a, b in zip(mip.lower, mip.upper, strict=True)]
    every = (np.array(point, dtype=np.int64) for point in itertools.product(*ranges))
    return [x for x in every if mip.is_feasible(x) and all(limit.holds(x) for limit in limits)]


def facilities(seed: int, sites: int, towns: int, *, whole: bool = True) -> tuple[Mip, IntArray]:
    """Open sites and serve towns; what is unmet costs 1000. With the plan that serves nobody."""
    random = np.random.default_rng(seed)
    need, capacity = random.integers(5, 36, towns), random.integers(20, 321, sites)
    builder = Builder()
    opened = builder.columns("open", 0, 1, size=sites)
    most = np.minimum(capacity[:, None], need)
    serve = builder.columns("serve", 0, most.ravel(), whole).reshape(sites, towns)
    unmet = builder.columns("unmet", 0, need, integer=False)
    holds = builder.rows("capacity", -np.inf, 0, size=sites)
    builder.entries(holds[:, None], serve, 1)
    builder.entries(holds, opened, -capacity)
    wants = builder.rows("need", need, need)
    builder.entries(wants, serve, 1)
    builder.entries(wants, unmet, 1)
    builder.cost("cost", opened, random.integers(500, 901, sites))
    builder.cost("cost", serve, random.integers(1, 61, (sites, towns)))
    builder.cost("cost", unmet, 1000)
    mip = builder.build([("cost", 1)])
    nothing = np.zeros(mip.num_columns, dtype=np.int64)
    nothing[unmet] = need
    return mip, nothing


def layers(seed: int, sites: int, towns: int) -> tuple[Mip, IntArray]:
    """Towns served whole by sites with teams out of one pool, first; goods for open sites from depots, second.

    Teams and goods stand in coupling rows, as they do in models of the real kind. With the plan that serves nobody.
    """
    random, depots = np.random.default_rng(seed), towns
    need, capacity = random.integers(11, 36, towns), random.integers(20, 61, sites)
    builder = Builder()
    opened = builder.columns("open", 0, 1, size=sites)
    serve = builder.columns("serve", 0, 1, size=sites * towns).reshape(sites, towns)
    unmet = builder.columns("unmet", 0, 1, False, size=towns)
    teams = builder.columns("teams", 0, 9, size=sites)
    used = builder.columns("used", 0, 9, size=sites)
    ship = builder.columns("ship", 0, 9, size=sites * depots).reshape(depots, sites)
    holds = builder.rows("capacity", -np.inf, 0, size=sites)
    builder.entries(holds[:, None], serve, need)
    builder.entries(holds, opened, -capacity)
    wants = builder.rows("need", 1, 1, size=towns)
    builder.entries(wants, serve, 1)
    builder.entries(wants, unmet, 1)
    cared = builder.rows("cared_for", -np.inf, 0, size=sites, coupling=True)
    builder.entries(cared[:, None], serve, need)
    builder.entries(cared, teams, -17)
    pool = builder.rows("pool", -np.inf, int(need.sum()) // 17, size=1, coupling=True)
    few = builder.rows("few", -np.inf, sites // 3, size=1)
    builder.entries(few, opened, 1)
    builder.entries(pool, teams, 1)
    supplied = builder.rows("supplied", -np.inf, 0, size=sites, coupling=True)
    builder.entries(supplied, opened, 2)
    builder.entries(supplied, used, -1)
    arrives = builder.rows("arrives", 0, 0, size=sites)
    builder.entries(arrives, used, 1)
    builder.entries(arrives, ship, -1)
    has = builder.rows("has", -np.inf, max(1, sites // 3), size=depots)
    builder.entries(has[:, None], ship, 1)
    builder.cost("unmet", unmet, need)
    builder.cost("cost", ship, random.integers(1, 61, (depots, sites)))
    mip = builder.build([("unmet", 1), ("cost", 1)])
    nothing = np.zeros(mip.num_columns, dtype=np.int64)
    nothing[unmet] = 1
    return mip, nothing


def dense_cost(mip: Mip, stage: int = 0) -> IntArray:
    """The cost of a stage over all columns."""
    cost = np.zeros(mip.num_columns, dtype=np.int64)
    cost[mip.stages[stage].columns] = mip.stages[stage].coefficients
    return cost


def hung_on(mip: Mip) -> BoolArray:
    """What is opened, and who is sent: on these most else hangs."""
    whole = np.zeros(mip.num_columns, dtype=np.bool_)
    for block in mip.column_blocks:
        whole[block.start : block.stop] = block.name in ("open", "teams")
    return whole


class Recorder:
    """An engine that notes what it is asked and passes it on."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.calls: list[dict[str, object]] = []

    def minimise(self, mip: Mip, cost: IntArray, **options: object) -> SingleOutcome:
        self.calls.append({"mip": mip, "cost": cost, **options})
        return self.engine.minimise(mip, cost, **options)  # type: ignore[arg-type]


def assignment(seed: int, groups: int, places: int, *, least: bool = False) -> tuple[Mip, IntArray]:
    """Groups go to one of some places each, or to none at a price. With the plan in which nobody goes anywhere.

    A place has rooms, and staff that is called as it is needed, up to a limit; some groups may go to some places only
    if these are open, which is decided elsewhere.

    Parameters
    ----------
    seed, groups, places : int
    least : bool
        Whether a place must not be empty of all who are there in a plan: each gets a group that stays.
    """
    random = np.random.default_rng(seed)
    size = random.integers(1, 8, groups)
    builder = Builder()
    lost = builder.columns("lost", 0, 1, size=groups)
    builder.cost("people", lost, 10 * size + random.integers(0, 10, groups))
    may = random.random((groups, places)) < 0.7
    group, place = np.nonzero(may)
    settle = builder.columns("settle", 0, 1, size=len(group))
    choice = builder.rows("choice", 1, 1, size=groups)
    builder.entries(choice, lost, 1)
    builder.entries(choice[group], settle, 1)
    rooms = builder.rows("rooms", 1 if least else -np.inf, random.integers(4, 14, places) + 7 * least)
    builder.entries(rooms[place], settle, size[group])
    called = builder.columns("called", 0, random.integers(2, 6, places))
    staff = builder.rows("staff", -np.inf, 0, size=places)
    builder.entries(staff[place], settle, 2 * size[group])
    builder.entries(staff, called, -7)
    opened = builder.columns("open", 0, 1, size=places)
    gated = np.flatnonzero(random.random(len(group)) < 0.3)
    gate = builder.rows("gate", -np.inf, 0, size=len(gated))
    builder.entries(gate, settle[gated], 1)
    builder.entries(gate, opened[place[gated]], -1)
    mip = builder.build([("people", 1)])
    x = np.zeros(mip.num_columns, dtype=np.int64)
    x[lost], x[opened] = 1, random.random(places) < 0.8
    return mip, x


def network(seed: int, *, stages: int = 3) -> Mip:
    """A pure network of two to four nodes whose rows have been multiplied by 1 or -1, with rows of every kind."""
    random = np.random.default_rng(seed)
    builder = Builder()
    nodes, arcs = int(random.integers(2, 5)), int(random.integers(2, 7))
    lower = random.integers(-1, 2, arcs)
    x = builder.columns("x", lower, lower + random.integers(0, 4, arcs))
    ends = np.array([random.permutation(nodes)[:2] for _ in range(arcs)])
    # Some come from outside, or go there.
    ends[random.random(arcs) < 0.3, int(random.integers(0, 2))] = -1
    matrix = np.zeros((nodes + 1, arcs), dtype=np.int64)
    matrix[ends[:, 0], range(arcs)] = 1
    matrix[ends[:, 1], range(arcs)] = -1
    matrix = matrix[:-1] * random.choice([-1, 1], nodes)[:, None]
    middle = matrix @ (lower + random.integers(0, 2, arcs)) if random.random() < 0.8 else 2
    below, above = random.choice([0.0, 0.0, 1.0, 2.0, np.inf], (2, nodes))
    rows = builder.rows("row", middle - below, middle + above, size=nodes)
    builder.entries(rows[:, None], x, matrix)
    for stage in range(stages):
        # A stage without any cost is left out, the first one never.
        cost = random.integers(1, 4, arcs) * random.choice([-1, 1], arcs)
        builder.cost(f"s{stage}", x, cost * (random.random(arcs) < (0.6 if stage else 1.0)))
    return builder.build([(f"s{stage}", 1) for stage in range(stages)])


def block(mip: Mip, *names: str) -> IntArray:
    """Columns of some blocks."""
    return np.concatenate([np.arange(b.start, b.stop) for b in mip.column_blocks if b.name in names])


def flags(mip: Mip, *names: str) -> BoolArray:
    """Whether columns are of some blocks."""
    result = np.zeros(mip.num_columns, dtype=np.bool_)
    result[block(mip, *names)] = True
    return result


def hauled(seed: int) -> Mip:
    """Goods of two kinds on two roads with trucks, out of one budget of hours; what is not sent costs."""
    random = np.random.default_rng(seed)
    builder = Builder()
    sent = builder.columns("sent", 0, random.integers(1, 4, 4)).reshape(2, 2)
    trips = builder.columns("trips", 0, 3, size=2)
    load = builder.rows("load", -np.inf, int(random.integers(0, 3)), size=2)
    builder.entries(load[:, None], sent, random.integers(1, 5, (2, 2)))
    builder.entries(load, trips, -random.integers(3, 25, 2))
    hours = builder.rows("hours", -np.inf, int(random.integers(1, 6)), size=1)
    builder.entries(hours, trips, random.integers(1, 3, 2))
    builder.cost("cost", sent, -random.integers(1, 9, (2, 2)))
    builder.cost("cost", trips, 1)
    return builder.build([("cost", 1)])
