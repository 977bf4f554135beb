"""From a vector to the tables of a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yjopt.plan.goods import goods_tables
from yjopt.plan.people import people_tables
from yjopt.plan.requests import ledger_tables
from yjopt.plan.unmet import exceptions_table, unmet_table
from yjopt.schema import OUTPUT

if TYPE_CHECKING:
    import pandas as pd

    from yjopt.instance import Instance
    from yjopt.instance.joining import IntArray
    from yjopt.model.assembly import Model


def decode(instance: Instance, model: Model, x: IntArray) -> dict[str, pd.DataFrame]:
    """Every table of the plan that the vector `x` stands for, in the order of the schema."""
    tables = goods_tables(instance, model, x)
    tables |= people_tables(instance, model, x)
    tables["unmet"] = unmet_table(instance, model, x)
    tables["exceptions"] = exceptions_table(instance, model, x)
    tables |= ledger_tables(instance, tables)
    return {name: tables[name] for name in OUTPUT}
