"""linopy's model of the matrix, twice: as analysts write sums over pairs, and by the shortest way it has.

``grouped`` is linopy's own manner: named blocks of variables, coefficients times variables, ``groupby(row).sum()``,
one constraint a block of rows. ``arrays`` gives it finished padded arrays, the least work it can have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.writers.rows import rows_by_sense

if TYPE_CHECKING:
    from benchmarks.peers.problem import Problem


def grouped(problem: Problem) -> int:
    """Blocks of variables, and for each block of rows the sums over its entries, grouped by row."""
    import linopy
    import pandas as pd
    import xarray as xr

    model = linopy.Model()
    columns = {}
    for name, (start, stop) in problem.column_blocks.items():
        index = pd.RangeIndex(stop - start, name=name)
        low, high = (
            xr.DataArray(side[start:stop], coords=[index]) for side in (problem.lower, problem.upper)
        )
        columns[name] = model.add_variables(low, high, name=name, integer=True)

    def total(rows: Any, numbers: Any) -> Any:
        parts = []
        for name, (start, stop) in problem.column_blocks.items():
            entries = rows[:, start:stop].tocoo()
            if entries.nnz:
                chosen = columns[name].isel({name: xr.DataArray(entries.col, dims="entry")})
                terms = xr.DataArray(entries.data, dims="entry") * chosen
                of_row = xr.DataArray(entries.row, dims="entry", name="row")
                parts.append(terms.groupby(of_row).sum().reindex(row=numbers).fillna(0))
        return linopy.merge(parts, dim="_term") if len(parts) > 1 else parts[0]

    starts = np.array([start for start, _ in problem.row_blocks.values()] + [problem.num_rows])
    names = list(problem.row_blocks)
    for rows in rows_by_sense(problem):
        bounds = np.searchsorted(rows.numbers, starts)
        for name, start, stop in zip(names, bounds[:-1], bounds[1:], strict=True):
            if stop > start:
                numbers = np.arange(stop - start)
                side = xr.DataArray(rows.sides[start:stop], dims="row", coords={"row": numbers})
                left = total(rows.matrix[start:stop], numbers)
                model.add_constraints(left, rows.sense, side, name=f"{name} {rows.sense}")
    cost = np.zeros((1, problem.num_columns))
    cost[0, problem.stages[0].columns] = problem.stages[0].coefficients
    if problem.stages[0].columns.size:
        from scipy import sparse

        model.add_objective(total(sparse.csr_array(cost), np.arange(1)).sum())
    return _entries(model)


def arrays(problem: Problem) -> int:
    """Rows of like lengths (up to the same power of two) together, the shorter ones padded.

    One block a length would spare the padding, but every block costs linopy some milliseconds.
    """
    import linopy
    import pandas as pd
    import xarray as xr

    model = linopy.Model()
    column = pd.RangeIndex(problem.num_columns, name="column")
    x = model.add_variables(
        xr.DataArray(problem.lower, coords=[column]),
        xr.DataArray(problem.upper, coords=[column]),
        name="x",
        integer=True,
    )
    labels = x.labels.to_numpy()

    def expression(where: Any, entries: Any, rows: Any) -> Any:
        inside = where >= 0
        data = xr.Dataset(
            {
                "coeffs": (("row", "_term"), np.where(inside, entries, np.nan)),
                "vars": (("row", "_term"), np.where(inside, labels[where], -1)),
            },
            coords={"row": rows},
        )
        return linopy.LinearExpression(data, model)

    for rows in rows_by_sense(problem):
        starts, lengths = rows.matrix.indptr[:-1], np.diff(rows.matrix.indptr)
        widths = 1 << np.ceil(np.log2(lengths)).astype(np.int64)
        for width in np.unique(widths):
            chosen = np.flatnonzero(widths == width)
            inside = np.arange(width) < lengths[chosen, None]
            at = np.where(inside, starts[chosen, None] + np.arange(width), 0)
            where = np.where(inside, rows.matrix.indices[at], -1)
            left = expression(where, rows.matrix.data[at], chosen)
            side = xr.DataArray(rows.sides[chosen], dims="row", coords={"row": chosen})
            model.add_constraints(left, rows.sense, side, name=f"{rows.sense}{width}")
    stage = problem.stages[0]
    cost = expression(stage.columns[None, :], stage.coefficients.astype(np.float64)[None, :], [0])
    model.add_objective(cost.sum())
    return _entries(model)


def _entries(model: Any) -> int:
    """Entries of all constraints; what pads shorter rows has no variable."""
    return sum(int((model.constraints[name].vars >= 0).sum()) for name in model.constraints)
