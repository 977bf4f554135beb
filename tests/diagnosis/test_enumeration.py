"""Random minimums of sites: the cheapest repair is that of all sets of changes, tried one after the other."""

from __future__ import annotations

from itertools import combinations
from random import Random
from typing import Any

import pandas as pd
import pytest
from diagnosis.clashes import Clash

import yjopt as yj

#: More changes than this make too many sets to try.
MOST_CHANGES = 4


#: Few enough for every change, and one of each kind among them.
SEEDS = (0, 2, 4, 8)


def draw(seed: int) -> yj.Scenario:
    """Two counties, a few sites, minimums with and without a first period."""
    random = Random(f"minimums {seed}")
    clash = Clash(random, periods=random.randint(1, 4))
    for area, level, parent in (
        ("C", "city", ""), ("CA", "county", "C"), ("CB", "county", "C"), ("TA", "town", "CA"), ("TB", "town", "CB"),
    ):  # fmt: skip
        clash.add("areas", area=area, level=level, parent=parent)
    clash.place("a", "town", "TA")
    for category in ("close", "key"):
        clash.add("categories", category=category, stay=2, wait=1)
    changes = 0
    for number in range(random.randint(2, 5)):
        county = random.choice(["CA", "CA", "CA", "CB"])
        setup = random.choice([-1, -1, 0, 1, 2, 5])
        changes += setup > 0
        clash.site(f"s{number}", county, setup=setup, cost=clash.money())
        held = [category for category in ("close", "key") if random.random() < 0.8]
        for category in held:
            allowed = random.random() < 0.5 or changes >= MOST_CHANGES
            changes += not allowed
            clash.may_hold(f"s{number}", category, allowed=allowed, cost=clash.money())
            if allowed and setup < 0 and random.random() < 0.2:
                clash.add("occupied", place=f"s{number}", class_=category, period=1, people=3)
                break
    for area in random.sample(["CA", "CA", "C", "CB"], random.randint(1, 2)):
        for category in random.sample(["close", "key"], random.randint(1, 2)):
            begins = random.choice([{}, {}, {"from_period": random.randint(1, clash.periods)}])
            if not any((row["area"], row["what"]) == (area, category) for row in clash.rows.get("rules", [])):
                clash.rule("isolation_minimum", area, random.choice([1, 1, 1, 2]), category, **begins)
    return clash.scenario()


def cheapest(scenario: yj.Scenario) -> float | None:
    """Yuan of the cheapest set of changes with which the hard rules hold; None where no set is enough."""
    pairs, sites = scenario.tables["site_category"], scenario.tables["isolation_sites"]
    changes: list[tuple[float, str, Any]] = [
        (float(pairs["conversion_cost"].iloc[row]), "allow", row)
        for row in range(len(pairs))
        if not pairs["allowed"].iloc[row]
    ]
    changes += [
        (float(sites["cost"].iloc[row]), "ready", row)
        for row in range(len(sites))
        if sites["state"].iloc[row] == "candidate" and sites["setup"].iloc[row] > 0
    ]
    never = set(sites["place"][sites["setup"] >= scenario.settings.periods])
    best: float | None = None
    sets = [chosen for size in range(len(changes) + 1) for chosen in combinations(changes, size)]
    for chosen in sorted(sets, key=lambda some: sum(cost for cost, *_ in some)):
        cost = round(sum(cost for cost, *_ in chosen), 2)
        made_ready = {sites["place"].iloc[row] for _, kind, row in chosen if kind == "ready"}
        allowed_at = {pairs["place"].iloc[row] for _, kind, row in chosen if kind == "allow"}
        if (allowed_at & never) - made_ready:
            # It would end the rule, which holds as soon as a site could be ready, and open no site.
            continue
        tried_pairs, tried_sites = pairs.copy(), sites.copy()
        for _, kind, row in chosen:
            if kind == "allow":
                tried_pairs.loc[row, "allowed"] = True
            else:
                tried_sites.loc[row, "state"] = "open"
        tried = scenario.replace(site_category=tried_pairs, isolation_sites=tried_sites)
        if yj.solve(tried, gap=0.0, time_limit=20).status != "impossible":
            best = cost
            break
    return best


def compare(seed: int) -> str:
    """Ask for a diagnosis and try all sets; what kind of scenario it was."""
    scenario = draw(seed)
    found, best = yj.diagnose(scenario), cheapest(scenario)
    assert found.proven
    if best is None:
        assert found.given_up > 0
        kind = "given up"
    else:
        assert found.given_up == 0
        assert found.cost == pytest.approx(best, abs=1e-9)
        kind = "repaired" if not found.ok else "holds"
    assert found.ok == (yj.solve(scenario, gap=0.0, time_limit=20).status != "impossible")
    assert yj.diagnose(found.repaired).ok
    assert yj.solve(found.repaired, gap=0.0, time_limit=20).status != "impossible"
    return kind


def test_some_random_minimums() -> None:
    """Each way out is met."""
    kinds = pd.Series([compare(seed) for seed in SEEDS])
    assert set(kinds) == {"holds", "repaired", "given up"}


@pytest.mark.long
def test_many_random_minimums() -> None:
    """A hundred and fifty scenarios, a good part of them with a repair to be found."""
    kinds = pd.Series([compare(seed) for seed in range(150)])
    assert kinds.value_counts().min() >= 10
