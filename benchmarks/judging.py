"""The process that judges peers' plans in whole numbers: ``python -m benchmarks.judging PROBLEM.npz FOLDER...``.

Every vector is held against every row and bound of the matrix with `Mip.is_feasible`, and its stages are computed
anew; what a solver says of its own plan is not believed.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.peers.problem import load
from yjopt.model.mip import Block, Mip, RowBlock, Stage

if TYPE_CHECKING:
    from benchmarks.peers.problem import Problem


def mip_of(problem: Problem) -> Mip:
    """The programme that the arrays were written from; its blocks have no names."""
    stages = tuple(
        Stage(stage.name, stage.columns, stage.coefficients, stage.offset, stage.unit)
        for stage in problem.stages
    )
    return Mip(
        matrix=problem.matrix,
        row_lower=problem.row_lower,
        row_upper=problem.row_upper,
        lower=problem.lower,
        upper=problem.upper,
        integer=problem.integer,
        stages=stages,
        column_blocks=(Block("columns", 0, problem.num_columns),),
        row_blocks=(RowBlock("rows", 0, problem.num_rows),),
    )


def judge(mip: Mip, folder: Path) -> dict[str, dict[str, Any]]:
    """Whether each vector in a folder is a plan, and its exact stage values."""
    verdicts = {}
    for path in sorted(folder.glob("vector-*.npy")):
        x = np.load(path)
        verdicts[path.name] = {"is_plan": mip.is_feasible(x), "values": list(mip.stage_values(x))}
    return verdicts


def main() -> int:
    """Write ``verdicts.json`` into every folder."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.judging")
    parser.add_argument("problem", type=Path)
    parser.add_argument("folders", type=Path, nargs="+")
    options = parser.parse_args()
    mip = mip_of(load(options.problem))
    for folder in options.folders:
        (folder / "verdicts.json").write_text(json.dumps(judge(mip, folder)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
