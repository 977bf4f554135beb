"""What a made scenario is worth: values of the first stages, with a coupling or without it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from yjopt.model.mip import Mip

#: Values of the stages, in natural units, by name.
Values = Mapping[str, float]
#: Tables and settings to values.
Evaluate = Callable[[Mapping[str, pd.DataFrame], Mapping[str, Any]], Values]

PEOPLE, GOODS = "unmet_people", "unmet_goods"
#: Each coupling and the table (or the rule of `rules`) that makes it.
COUPLINGS: Final = {
    "fleet_hours": "fleets",
    "staff": "staffing",
    "consumables": "consumption",
    "opening_budget": "opening_budget",
}
#: Weights that stand for the order of the stages in one linear programme.
ORDER: Final = {"hard_rules": 1e5, "rules": 1e4, PEOPLE: 100.0, GOODS: 1.0}


def without(tables: Mapping[str, pd.DataFrame], coupling: str) -> dict[str, pd.DataFrame]:
    """The tables with one coupling of `COUPLINGS` switched off."""
    name = COUPLINGS[coupling]
    left = {table: frame for table, frame in tables.items() if table != name}
    if "rules" in left:
        left["rules"] = left["rules"][left["rules"]["rule"] != name].reset_index(drop=True)
    return left


def worth_off(with_it: Values, without_it: Values) -> float:
    """How much switching a coupling off improves the people or the goods stage, as a share; the larger of the two."""
    gains = [
        (with_it[stage] - without_it[stage]) / with_it[stage]
        for stage in (PEOPLE, GOODS)
        if with_it.get(stage, 0.0) > 0
    ]
    return max(gains, default=0.0)


def relaxed(tables: Mapping[str, pd.DataFrame], settings: Mapping[str, Any]) -> dict[str, float]:
    """Values of the first stages in the linear relaxation, all in one programme with weights for their order.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
    settings : mapping

    Returns
    -------
    dict of str to float

    Raises
    ------
    yjopt.errors.EngineError
        When the relaxation is not solved.
    """
    from yjopt.instance import index
    from yjopt.model.assembly import assemble
    from yjopt.scenario import Scenario

    mip = assemble(index(Scenario.from_tables(dict(tables), dict(settings)))).mip
    x = _interior(mip)
    values = {}
    for stage in mip.stages:
        if stage.name in ORDER:
            values[stage.name] = float(stage.coefficients @ x[stage.columns] + stage.offset) / stage.unit
    return values


def _interior(mip: Mip) -> np.ndarray:
    """Solve the relaxation by an interior point method: without a basis, which nobody needs here."""
    import highspy

    from yjopt.errors import EngineError

    cost = np.zeros(mip.num_columns)
    for stage in mip.stages:
        if stage.name in ORDER:
            np.add.at(cost, stage.columns, ORDER[stage.name] * stage.coefficients / stage.unit)
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = mip.num_columns, mip.num_rows
    program.col_cost_, program.col_lower_, program.col_upper_ = cost, mip.lower, mip.upper
    program.row_lower_, program.row_upper_ = mip.row_lower, mip.row_upper
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_, program.a_matrix_.index_ = mip.matrix.indptr, mip.matrix.indices
    program.a_matrix_.value_ = mip.matrix.data
    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    for option, value in (
        ("output_flag", False),
        ("threads", 1),
        ("solver", "ipm"),
        ("run_crossover", "off"),
    ):
        solver.setOptionValue(option, value)
    solver.passModel(program)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise EngineError(
            f"The relaxation ended as {solver.getModelStatus()}; the scenario cannot be valued."
        )
    return np.asarray(solver.getSolution().col_value)
