"""Who builds the model, phase by phase: yjopt with whole arrays, and the reference in PuLP."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import yjopt as yj
from benchmarks import reference_model
from benchmarks.reference.facts import gather
from benchmarks.reference.travel import find_travel
from benchmarks.stopwatch import Stopwatch

if TYPE_CHECKING:
    from collections.abc import Callable

Sizes = dict[str, int]


class Yjopt:
    """The package."""

    name = "yjopt"
    #: What the comparison counts: from checked tables and travel times to a model.
    building = ("index", "assemble")

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, watch: Stopwatch, *, time_limit: float = 0.0) -> Sizes:
        """Run all phases once; solve only if there is a time limit."""
        import yjopt.instance as instance_room
        from yjopt.instance import context
        from yjopt.model.assembly import assemble

        with watch.phase("read"):
            scenario = yj.Scenario.read(self.folder)
        spent = [0.0, 0.0]
        plain_reach = context.reach
        # Reach is found inside index; it is counted as a phase of its own.
        context.reach = _counted(plain_reach, spent)
        try:
            inner = Stopwatch()
            with inner.phase("index"):
                instance = instance_room.index(scenario)
        finally:
            context.reach = plain_reach
        watch.add("reach", spent[0], spent[1])
        watch.add("index", inner.wall["index"][0] - spent[0], inner.processor["index"][0] - spent[1])
        with watch.phase("assemble"):
            model = assemble(instance)
        with watch.phase("hand over"):
            _hand_over(model.mip)
        sizes = {
            "columns": model.mip.num_columns,
            "rows": model.mip.num_rows,
            "nonzeros": model.mip.num_nonzeros,
        }
        if time_limit:
            with watch.phase("solve"):
                plan = yj.solve(scenario, gap=1e-3, time_limit=time_limit)
            sizes["stages"] = {row.name: row.value for row in plan.stages.itertuples()}
        return sizes


class Pulp:
    """The reference model, variable by variable and row by row."""

    name = "pulp"
    building = ("index", "assemble")

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, watch: Stopwatch, *, time_limit: float = 0.0) -> Sizes:
        """Run all phases once; `time_limit` is not used, for solving is not what is compared."""
        scenario = yj.Scenario.read(self.folder)
        with watch.phase("index"):
            facts = gather(scenario)
        with watch.phase("reach"):
            travel = find_travel(facts)
        with watch.phase("assemble"):
            programme = reference_model.write_down(facts, travel)
        with tempfile.TemporaryDirectory() as folder, watch.phase("hand over"):
            programme.problem.setObjective(programme.objectives[programme.stage_order[0]])
            programme.problem.writeMPS(str(Path(folder) / "model.mps"))
        rows = programme.problem.constraints()
        return {
            "columns": sum(len(known) for known in programme.variables.values()),
            "rows": len(rows),
            "nonzeros": sum(len(row) for row in rows),
        }


def _counted(plain: Callable[..., Any], spent: list[float]) -> Callable[..., Any]:
    def reach(*arguments: Any, **more: Any) -> Any:
        wall, processor = time.perf_counter(), time.process_time()
        answer = plain(*arguments, **more)
        spent[0] += time.perf_counter() - wall
        spent[1] += time.process_time() - processor
        return answer

    return reach


def _hand_over(mip: Any) -> None:
    """Give the matrix to HiGHS in one call, as the engine does in its own process."""
    import highspy

    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    status = highs.passModel(
        mip.num_columns,
        mip.num_rows,
        mip.num_nonzeros,
        int(highspy.MatrixFormat.kColwise),
        int(highspy.ObjSense.kMinimize),
        0.0,
        np.zeros(mip.num_columns),
        mip.lower,
        mip.upper,
        mip.row_lower,
        mip.row_upper,
        mip.matrix.indptr.astype(np.int32),
        mip.matrix.indices.astype(np.int32),
        mip.matrix.data.astype(np.float64),
        mip.integer.astype(np.int32),
    )
    if status != highspy.HighsStatus.kOk or highs.getNumNz() != mip.num_nonzeros:
        raise RuntimeError("HiGHS did not take the model")


CONTENDERS = (Yjopt, Pulp)
