"""A plan by hand after a pattern: whatever the pattern says, it is a plan; after a good one it is a good plan."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tiny import FAMILIES
from tiny_command import command

from yjopt import Scenario, generate
from yjopt.api import _guide
from yjopt.auditing import audit
from yjopt.engines.lexicographic import solve
from yjopt.engines.params import Params
from yjopt.instance import index
from yjopt.model.assembly import assemble
from yjopt.model.manual import manual
from yjopt.model.manual.desk import Desk
from yjopt.model.manual.guided import _whole_teams, guided, to_be_whole
from yjopt.model.manual.ledger import Ledger, Ways
from yjopt.model.nothing import nothing
from yjopt.plan import decode

if TYPE_CHECKING:
    from yjopt.instance import Instance
    from yjopt.model.assembly import Model

#: A deadline that does not come.
NEVER = 1e300

CASES = {**FAMILIES, "command": command}


def check_patterns(family: str, seed: int) -> int:
    """Lay plans after three patterns; how many are plans. They are, except where rules look back on everything."""
    scenario = Scenario.from_tables(*CASES[family](seed))
    instance = index(scenario)
    model = assemble(instance)
    draw = np.random.default_rng(seed)
    width = model.mip.upper - model.mip.lower
    found = 0
    for pattern in (
        model.mip.lower,
        model.mip.lower + width * draw.random(len(width)),
        model.mip.lower + width * draw.random(len(width)) * (draw.random(len(width)) < 0.2),
    ):
        x = guided(instance, model, pattern, NEVER)
        assert not model.mip.bound_violations(x)
        if not model.mip.is_feasible(x):
            assert family == "command"
            continue
        found += 1
        hard = [stage for stage in model.mip.stages if stage.name == "hard_rules"]
        if not any(stage.value(x) for stage in hard):
            assert audit(scenario, decode(instance, model, x)).ok
    return found


@pytest.mark.parametrize("family", CASES)
@pytest.mark.parametrize("seed", range(4))
def test_after_any_pattern_it_is_a_plan(family: str, seed: int) -> None:
    """Nothing, everything somewhere, a little here and there: every row holds, and the audit finds nothing."""
    check_patterns(family, seed)


@pytest.mark.parametrize("family", CASES)
def test_ways_that_a_pattern_does_not_use_change_nothing(
    family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are only left out because looking at them takes time."""
    instance = index(Scenario.from_tables(*CASES[family](3)))
    model = assemble(instance)
    draw, width = np.random.default_rng(3), model.mip.upper - model.mip.lower
    pattern = model.mip.lower + width * draw.random(len(width)) * (draw.random(len(width)) < 0.3)
    x = guided(instance, model, pattern, NEVER)
    monkeypatch.setattr(Ways, "__getitem__", lambda ways, key: ways._every[key])
    assert (guided(instance, model, pattern, NEVER) == x).all()


@pytest.mark.long
@pytest.mark.parametrize("family", CASES)
def test_after_many_patterns_it_is_a_plan(family: str) -> None:
    """A hundred scenarios of each family; under the command rules, at least half of the patterns give a plan."""
    plans = sum(check_patterns(family, seed) for seed in range(100))
    assert plans >= (150 if family == "command" else 300)


@cache
def city() -> tuple[Instance, Model]:
    """Twenty towns."""
    tables, settings, _ = generate(towns=20, periods=3, seed=5)
    instance = index(Scenario.from_tables(tables, settings))
    return instance, assemble(instance)


def test_after_the_relaxation_it_beats_the_rule_by_hand() -> None:
    """The relaxation knows what will be wanted where: after it fewer people go without than by the rule by hand."""
    instance, model = city()
    values = model.mip.stage_values(guided(instance, model, relaxation(model), NEVER))
    by_hand = model.mip.stage_values(manual(instance, model))
    names = [stage.name for stage in model.mip.stages]
    assert values[names.index("hard_rules")] <= by_hand[names.index("hard_rules")]
    people = names.index("unmet_people")
    assert values[people] < by_hand[people]


def test_what_only_wards_and_teams_use_is_ordered_too() -> None:
    """Nobody asks for it as a need, yet the pattern orders it: so does the plan, or those who use it go without."""
    instance, model = city()
    pattern = relaxation(model)
    supplies, orders = instance.supplies, model.supplies.order
    needed = np.zeros(len(instance.items.pack), dtype=np.bool_)
    needed[supplies.taker_item[supplies.need_taker]] = True
    only_used = orders[~needed[supplies.lots.item[supplies.lots.source_lot[supplies.orders.source]]]]
    assert pattern[only_used].sum() > 0
    assert guided(instance, model, pattern, NEVER)[only_used].sum() >= np.floor(pattern[only_used].sum())


def test_packs_that_may_not_wait_are_opened_as_they_come() -> None:
    """Two more have come than anybody may want later: two of those opened tomorrow are opened today."""
    instance, model = city()
    desk = Desk(Ledger(instance, model, nothing(instance, model)))
    columns, x = model.supplies, desk.ledger.x
    upper = model.mip.upper
    user = int(np.flatnonzero((upper[columns.opened[:, :2]] >= 3).all(axis=1))[0])
    taker = int(instance.supplies.taker_of_user[user])
    pack = int(instance.items.pack[instance.consumption.user_item[user]])
    most = int(upper[columns.received[taker, 0]])
    x[columns.opened[user, 1]] = 3
    come = np.zeros(columns.received.shape, dtype=np.int64)
    come[taker, 0] = most + 2
    waits = desk.pantry.opened_in_time(come)
    assert waits[taker].tolist() == [most, 0, 0]
    assert x[columns.opened[user]].tolist() == [2, 1, 0]
    assert desk.pantry.loose[user].tolist() == [2 * pack, 0, 0]


def test_people_who_are_moved_leave_what_they_would_have_used_up() -> None:
    """Whoever comes after them uses it: nothing more is sent; who comes beyond them needs more."""
    instance, model = city()
    desk = Desk(Ledger(instance, model, nothing(instance, model)))
    pantry, ledger, last = desk.pantry, desk.ledger, instance.horizon - 1
    ward = next(
        w for w, entries in enumerate(pantry.of_ward) if len(entries) and pantry.feed_ward(w, 9, 0, 0, last)
    )
    before, used = ledger.x.copy(), pantry.use.copy()
    pantry.leave_ward(ward, 9, 0, last)
    assert (pantry.use <= used).all()
    assert pantry.left_over.any()
    assert pantry.feed_ward(ward, 9, 0, 0, last)
    assert (ledger.x == before).all()
    assert (pantry.use == used).all()
    assert not pantry.left_over.any()
    pantry.leave_ward(ward, 9, 0, last)
    assert pantry.feed_ward(ward, 60, 0, 0, last)
    assert not (ledger.x == before).all()


def test_openings_and_teams_are_to_be_whole() -> None:
    """Sorted, each once, decided in whole numbers."""
    _, model = city()
    columns = to_be_whole(model)
    assert len(columns)
    assert (np.diff(columns) > 0).all()
    assert model.mip.integer[columns].all()
    assert set(model.teams.deploy) <= set(columns)
    assert set(model.isolation.decide) <= set(columns)


def relaxation(model: Model) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The linear relaxation with rules, people and goods in one sum, by SciPy."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    cost = np.zeros(model.mip.num_columns)
    weights = {"hard_rules": 1e6, "rules": 1e4, "unmet_people": 1e2, "unmet_goods": 1.0}
    for stage in model.mip.stages:
        cost[stage.columns] += weights.get(stage.name, 0.0) * stage.coefficients / stage.unit
    answer = milp(
        cost,
        constraints=LinearConstraint(model.mip.matrix, model.mip.row_lower, model.mip.row_upper),
        bounds=Bounds(model.mip.lower, model.mip.upper),
    )
    assert answer.status == 0
    return np.asarray(answer.x)


#: Tiny scenarios whose best plans move people who are there at the start, of whom some lie beyond the beds.
MOVED = (0, 6, 7, 9, 10, 12, 14, 19, 21, 23, 28, 35, 46)


@pytest.mark.parametrize("seed", MOVED)
def test_people_there_at_the_start_are_moved_after_a_pattern(seed: int) -> None:
    """As many as in the best plan, and whoever leaves no longer lies beyond the beds: no more rules are broken."""
    scenario = Scenario.from_tables(*FAMILIES["beds"](seed))
    instance = index(scenario)
    model = assemble(instance)
    best = solve(model.mip, Params(gap=0.0, time_limit=20.0, engine="highs")).x
    assert best is not None
    transfers, columns = instance.transfers, model.beds.move
    at_start = columns[transfers.cohort_people[transfers.move_cohort] >= 0]
    assert best[at_start].any()
    x = guided(instance, model, best.astype(np.float64), NEVER)
    assert model.mip.is_feasible(x)
    assert (x[at_start] == best[at_start]).all()
    rules = model.mip.stage("rules")
    assert rules.value(x) == rules.value(best)
    still = best.astype(np.float64)
    still[at_start] = 0.0
    assert not guided(instance, model, still, NEVER)[at_start].any()


@pytest.mark.parametrize("seed", MOVED)
def test_no_more_are_moved_than_there_are_and_may_be(seed: int) -> None:
    """A pattern that moves everybody everywhere still leads to a plan."""
    scenario = Scenario.from_tables(*FAMILIES["beds"](seed))
    instance = index(scenario)
    model = assemble(instance)
    x = guided(instance, model, model.mip.upper, NEVER)
    assert model.mip.is_feasible(x)
    assert x[model.beds.move].any()


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in (1, 2))])
def test_under_strict_a_plan_is_kept_that_is_a_pattern(seed: int) -> None:
    """What a plan asks for, in whatever order, looking back is allowed: laid again, no more people are unmet."""
    tables, settings, _ = generate(towns=85, periods=1, seed=seed, rule="strict")
    scenario = Scenario.from_tables(tables, settings)
    instance = index(scenario)
    model = assemble(instance)
    begun = solve(
        model.mip,
        Params(time_limit=12.0, engine="lagrange", guide=_guide(instance, model)),
        manual(instance, model),
    ).x
    assert begun is not None
    x = guided(instance, model, begun.astype(np.float64), NEVER)
    assert model.mip.is_feasible(x)
    unmet = model.mip.stage("unmet_people")
    by_hand = unmet.value(manual(instance, model))
    assert unmet.value(begun) < by_hand
    assert unmet.value(x) < by_hand


def test_teams_of_a_pool_that_must_be_empty_are_rounded_to_its_sum() -> None:
    """Parts of teams: down in any case by default, and under strict as many as the pattern sends of each pool."""
    for rule in ("priority", "strict"):
        tables, settings, _ = generate(towns=30, periods=1, seed=1, rule=rule)
        instance = index(Scenario.from_tables(tables, settings))
        teams = instance.teams
        pattern = np.random.default_rng(1).random(len(teams.tour_pool)) * 3
        whole = _whole_teams(instance, pattern)
        assert (np.abs(whole - pattern) < 1).all()
        if rule == "priority":
            assert (whole == np.floor(pattern)).all()
            continue
        for key in set(zip(teams.tour_pool.tolist(), teams.tour_depart.tolist(), strict=True)):
            mine = (teams.tour_pool == key[0]) & (teams.tour_depart == key[1])
            assert abs(whole[mine].sum() - pattern[mine].sum()) <= 0.5
