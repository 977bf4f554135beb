"""Districts: every column in one, none larger than asked where the tree goes on, what belongs together together."""

from __future__ import annotations

import numpy as np
import pytest

from yjopt import Scenario, generate
from yjopt.areas import Tree
from yjopt.instance import index
from yjopt.model.assembly import assemble
from yjopt.model.districts import districts


@pytest.mark.parametrize("periods", [1, 2])
def test_areas_are_cut_until_they_are_small(periods: int) -> None:
    """One district, counties, towns: as many as the size asked for makes necessary."""
    tables, settings, _ = generate(towns=60, periods=periods, seed=2)
    scenario = Scenario.from_tables(tables, settings)
    instance = index(scenario)
    model, tree = assemble(instance), Tree(scenario.tables["areas"])
    columns = model.mip.num_columns
    whole = districts(instance, model, tree, columns)
    assert len(np.unique(whole)) == 1
    before = 1
    for most in (columns // 2, columns // 8):
        code = districts(instance, model, tree, most)
        assert code.shape == (columns,)
        area, size = np.unique(code, return_counts=True)
        assert len(area) > before
        before = len(area)
        # Only what lies in an area itself, and in none below it, may be too much for one.
        to = instance.supplies.shipments.destination
        for large in area[size > most]:
            own = code[model.supplies.ship] == large
            assert (instance.area[to[own]] == large).all()
        # Whatever is sent to one place is of one district.
        for place in np.unique(to):
            assert len(np.unique(code[model.supplies.ship[to == place]])) == 1
        # That is the place's own area, or one above it.
        lies = tree.ancestors[instance.area[to]]
        assert (lies == code[model.supplies.ship][:, None]).any(axis=1).all()
