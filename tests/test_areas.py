"""Ranks, rungs and steps against trees worked out by hand and against the rule read word by word."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yjopt.areas import Tree, step_name
from yjopt.errors import ScenarioError
from yjopt.schema import LEVELS


def tree_of(text: str) -> Tree:
    """Build a tree from lines of `area level parent`."""
    rows = [(*line.split(), "")[:3] for line in text.strip().splitlines()]
    return Tree(pd.DataFrame(rows, columns=["area", "level", "parent"], dtype=object))


CHINA = tree_of(
    """
    t1 town c1
    t2 town c1
    t3 town c2
    t4 town c3
    t5 town c4
    t6 town c5
    c1 county m1
    c2 county m1
    c3 county m2
    c4 county p1
    c5 county p2
    m1 city p1
    m2 city p1
    p1 province n
    p2 province n
    n nation
    """
)


@pytest.mark.parametrize(
    ("authority", "unit", "rung", "name"),
    [
        ("t1", "t1", 0, "own"),
        ("c1", "t1", 1, "pool"),
        ("t2", "t1", 1, "peer-1"),
        ("m1", "t1", 2, "above-2"),
        ("c2", "t1", 2, "peer-2"),
        ("t3", "t1", 2, "peer-2"),
        ("p1", "t1", 3, "above-3"),
        ("m2", "t1", 3, "peer-3"),
        ("t4", "t1", 3, "peer-3"),
        ("n", "t1", 4, "above-4"),
        ("t6", "t1", 4, "peer-4"),
        ("t1", "c1", 0, "pool"),
        ("t1", "p1", 0, "pool"),
        ("t3", "c1", 1, "peer-1"),
        ("c2", "c1", 1, "peer-1"),
        ("m1", "c1", 1, "pool"),
        # A county directly under its province: the level that is skipped counts in the rung, not in the step.
        ("p1", "c4", 2, "pool"),
        ("m1", "c4", 2, "peer-2"),
        ("n", "c4", 3, "above-3"),
        ("p1", "t5", 3, "above-3"),
        ("c5", "p1", 1, "peer-1"),
        ("n", "p1", 1, "pool"),
    ],
)
def test_steps_by_hand(authority: str, unit: str, rung: int, name: str) -> None:
    """Each kind of step in a nation of two provinces, one without cities and one with a county of its own."""
    giver, taker = CHINA.index([authority]), CHINA.index([unit])
    assert CHINA.rung(giver, taker).tolist() == [rung]
    assert step_name(int(CHINA.step(giver, taker)[0])) == name


def test_arrays_broadcast_and_parents_point_up() -> None:
    """All pairs at once equal the pairs one by one; the table of ancestors marks skipped levels."""
    everyone = np.arange(len(CHINA))
    grid = CHINA.step(everyone[:, None], everyone[None, :])
    assert grid.shape == (16, 16)
    assert grid.tolist() == [[int(CHINA.step(a, u)) for u in everyone] for a in everyone]
    assert CHINA.parent[CHINA.index(["n", "c4", "t6"])].tolist() == [-1, *CHINA.index(["p1", "c5"])]
    t5 = CHINA.index(["t5"])[0]
    assert CHINA.ancestors[t5].tolist() == [t5, *CHINA.index(["c4"]), -1, *CHINA.index(["p1", "n"])]


def test_names_of_all_steps_differ_and_rise() -> None:
    """Nine orders, nine names; peers of a rung come before what is above on it."""
    names = [step_name(order) for order in range(9)]
    assert names == "own pool peer-1 peer-2 above-2 peer-3 above-3 peer-4 above-4".split()


@st.composite
def trees(draw: st.DrawFn) -> tuple[list[str], list[int]]:
    """Draw a tree as levels and parents, in any order of rows, with levels skipped at will."""
    top = draw(st.integers(0, 4))
    ranks, parents = [top], [-1]
    for _ in range(draw(st.integers(0, 14))):
        above = draw(st.sampled_from([n for n, rank in enumerate(ranks) if rank > 0] or [-1]))
        if above < 0:
            break
        ranks.append(draw(st.integers(0, ranks[above] - 1)))
        parents.append(above)
    order = draw(st.permutations(range(len(ranks))))
    place = {old: new for new, old in enumerate(order)}
    return [LEVELS[ranks[old]] for old in order], [place.get(parents[old], -1) for old in order]


@given(trees())
def test_steps_follow_the_rule_word_by_word(drawn: tuple[list[str], list[int]]) -> None:
    """Climbing parent by parent gives the same common ancestor, rung and step for every pair."""
    levels, parents = drawn
    ids = [f"a{n}" for n in range(len(levels))]
    tree = Tree(
        pd.DataFrame({"area": ids, "level": levels, "parent": ["" if p < 0 else ids[p] for p in parents]})
    )
    rank = [LEVELS.index(level) for level in levels]

    def chain(area: int) -> list[int]:
        return [area] if parents[area] < 0 else [area, *chain(parents[area])]

    everyone = np.arange(len(ids))
    rungs, steps = (f(everyone[:, None], everyone[None, :]) for f in (tree.rung, tree.step))
    for a in range(len(ids)):
        for u in range(len(ids)):
            lowest = next(area for area in chain(u) if area in chain(a))
            rung = rank[lowest] - rank[u]
            if a == u:
                name = "own"
            elif a == parents[u] or u in chain(a):
                name = "pool"
            elif a in chain(u):
                name = f"above-{rung}"
            else:
                name = f"peer-{rung}"
            assert (rungs[a, u], step_name(int(steps[a, u]))) == (rung, name)
            assert bool(tree.inside(a, u)) == (u in chain(a))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("a city\na city", "duplicate_key"),
        ("a village", "choice"),
        ("a city\nb town x", "unknown_reference"),
        ("a town\nb town a", "level_order"),
        ("a county b\nb county a", "level_order"),
        ("a city\nb city", "one_root"),
    ],
)
def test_what_is_no_tree_is_refused(text: str, rule: str) -> None:
    """A second root, a cycle or an unknown parent is named."""
    with pytest.raises(ScenarioError) as error:
        tree_of(text)
    assert [finding.rule for finding in error.value.findings][-1] == rule


def test_no_areas_and_unknown_ids_are_refused() -> None:
    """An empty table has no root; an id that is not there is named."""
    with pytest.raises(ScenarioError, match="no root"):
        tree_of("")
    with pytest.raises(ScenarioError, match="'atlantis'"):
        CHINA.index(["t1", "atlantis"])
