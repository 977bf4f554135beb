"""What a search leaves loose is brought down, and nothing else is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from yjopt.instance import index
from yjopt.model.assembly import Model, assemble
from yjopt.model.manual import manual
from yjopt.model.nothing import nothing
from yjopt.model.tightening import tighten
from yjopt.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from yjopt.instance import Instance
    from yjopt.instance.joining import IntArray


@pytest.fixture
def built(three_towns: tuple[dict[str, pd.DataFrame], dict[str, Any]]) -> tuple[Instance, Model]:
    instance = index(Scenario.from_tables(*three_towns))
    return instance, assemble(instance)


def loosened(model: Model, x: IntArray, seed: int) -> IntArray:
    """Raise what may be raised, at random, without breaking a row."""
    loose = x.copy()
    draw = np.random.default_rng(seed)
    convert = model.isolation.convert
    for columns in (
        model.teams.short,
        model.rules.short,
        model.beds.excess,
        model.couplings.staff,
        convert[convert >= 0],
    ):
        upper = model.mip.upper[columns].astype(np.int64)
        loose[columns] = draw.integers(x[columns], upper + 1)
    return loose


@pytest.mark.parametrize("seed", range(5))
def test_loose_plans_become_tight_again(built: tuple[Instance, Model], seed: int) -> None:
    """A plan with work called short, conversions paid and exceptions taken for nothing: all of it goes."""
    instance, model = built
    by_hand = manual(instance, model)
    tight = tighten(model, by_hand)
    loose = loosened(model, tight, seed)
    assert model.mip.is_feasible(loose)
    assert model.mip.stage_values(loose) != model.mip.stage_values(tight)
    again = tighten(model, loose)
    assert model.mip.is_feasible(again)
    np.testing.assert_array_equal(again, tight)


def test_what_is_needed_stays(built: tuple[Instance, Model]) -> None:
    """Doing nothing needs all that it calls short; the manual plan never gets worse."""
    instance, model = built
    idle = nothing(instance, model)
    assert tighten(model, idle)[model.teams.short].sum() == idle[model.teams.short].sum() > 0
    by_hand = manual(instance, model)
    before, after = model.mip.stage_values(by_hand), model.mip.stage_values(tighten(model, by_hand))
    assert all(new <= old for new, old in zip(after, before, strict=True))


def test_the_vector_given_is_not_changed(built: tuple[Instance, Model]) -> None:
    instance, model = built
    loose = loosened(model, nothing(instance, model), 1)
    kept = loose.copy()
    tighten(model, loose)
    np.testing.assert_array_equal(loose, kept)
