"""What a made scenario is worth: doing nothing, the manual plan and the relaxation, with a coupling or without it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from yjopt.model.mip import Mip

#: Tables and settings of a scenario.
Made = tuple[Mapping[str, pd.DataFrame], Mapping[str, Any]]
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
#: A value of the relaxation nearer to a whole number than this counts as whole.
WHOLE = 1e-5
#: A stage worth less than this has nothing to be a share of: what an interior point leaves is dust.
DUST = 0.5


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What can be said of a scenario without solving it to the end.

    Parameters
    ----------
    nothing, manual, relaxed : mapping of str to float
        Values of the first stages in natural units: doing nothing, the manual plan, the linear relaxation (a lower
        bound of the weighted sum, and in practice of each stage).
    strict : mapping of str to float
        Values of the manual plan if everybody has to ask level by level, under ``rule = "strict"``.
    fractional : float
        Share of the integer columns that are no whole number in a corner of the relaxation.
    largest : float
        Share of the columns in the largest component.
    columns : int
    """

    nothing: Values
    manual: Values
    relaxed: Values
    strict: Values
    fractional: float
    largest: float
    columns: int


def without(tables: Mapping[str, pd.DataFrame], coupling: str) -> dict[str, pd.DataFrame]:
    """The tables with one coupling of `COUPLINGS` switched off."""
    name = COUPLINGS[coupling]
    left = {table: frame for table, frame in tables.items() if table != name}
    if "rules" in left:
        left["rules"] = left["rules"][left["rules"]["rule"] != name].reset_index(drop=True)
    return left


def worth_off(with_it: Values, without_it: Values) -> float:
    """How much switching a coupling off improves the people or the goods stage, as a share; the larger of the two."""
    stages = [stage for stage in (PEOPLE, GOODS) if with_it.get(stage, 0.0) > DUST]
    return max((1 - without_it.get(stage, 0.0) / with_it[stage] for stage in stages), default=0.0)


def relaxed(tables: Mapping[str, pd.DataFrame], settings: Mapping[str, Any]) -> dict[str, float]:
    """Values of the first stages in the linear relaxation, all in one programme with weights for their order.

    Raises
    ------
    yjopt.errors.EngineError
        When the relaxation is not solved.
    """
    mip = _model(tables, settings)[1].mip
    return _values(mip, _solve(mip, corner=False))


def by_hand(tables: Mapping[str, pd.DataFrame], settings: Mapping[str, Any]) -> dict[str, float]:
    """Values of the first stages of the manual plan."""
    from yjopt.model.manual import manual

    instance, model = _model(tables, settings)
    return _values(model.mip, manual(instance, model))


def outlook(tables: Mapping[str, pd.DataFrame], settings: Mapping[str, Any]) -> Outlook:
    """Everything acceptance asks of a scenario except what its couplings are worth."""
    from scipy.sparse import bmat
    from scipy.sparse.csgraph import connected_components

    from yjopt.model.manual import manual
    from yjopt.model.nothing import nothing

    instance, model = _model(tables, settings)
    mip = model.mip
    corner = _solve(mip, corner=True)
    whole = np.abs(corner - np.round(corner)) < WHOLE
    part = connected_components(bmat([[None, mip.matrix.T], [mip.matrix, None]]), directed=False)[1]
    return Outlook(
        nothing=_values(mip, nothing(instance, model)),
        manual=_values(mip, manual(instance, model)),
        relaxed=_values(mip, corner),
        strict=by_hand(tables, {**settings, "rule": "strict"}),
        fractional=float(1 - whole[mip.integer].mean()),
        largest=float(np.bincount(part[: mip.num_columns]).max() / mip.num_columns),
        columns=mip.num_columns,
    )


def _model(tables: Mapping[str, pd.DataFrame], settings: Mapping[str, Any]) -> tuple[Any, Any]:
    from yjopt.instance import index
    from yjopt.model.assembly import assemble
    from yjopt.scenario import Scenario

    instance = index(Scenario.from_tables(dict(tables), dict(settings)))
    return instance, assemble(instance)


def _values(mip: Mip, x: np.ndarray) -> dict[str, float]:
    return {
        stage.name: (float(stage.coefficients @ x[stage.columns]) + stage.offset) / stage.unit
        for stage in mip.stages
        if stage.name in ORDER
    }


def _solve(mip: Mip, *, corner: bool) -> np.ndarray:
    """Solve the relaxation by an interior point method; a corner takes longer and is needed only to count fractions."""
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
    # An interior point without crossover is fastest, and now and then ends in doubt: then crossover, then simplex.
    ways = [("ipm", "off"), ("ipm", "on"), ("simplex", "on")][corner:]
    status = None
    for method, crossover in ways:
        solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        options = {"output_flag": False, "threads": 1, "solver": method, "run_crossover": crossover}
        for option, value in options.items():
            solver.setOptionValue(option, value)
        solver.passModel(program)
        solver.run()
        status = solver.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            return np.asarray(solver.getSolution().col_value)
    raise EngineError(f"The relaxation ended as {status}; the scenario cannot be valued.")
