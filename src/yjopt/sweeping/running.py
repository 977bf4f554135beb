"""The sweep: many variants of one scenario planned side by side, and their rows in the variants' order."""

from __future__ import annotations

import re
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from yjopt.api import MANUAL
from yjopt.engines.choice import choose
from yjopt.engines.params import Params
from yjopt.errors import EngineError, FileError, ModelError
from yjopt.files.publish import publish_file
from yjopt.sweeping.base import Base, planned
from yjopt.sweeping.dispatch import by_executor, in_turn, processors
from yjopt.sweeping.pool import Pool
from yjopt.sweeping.progress import SweepLine
from yjopt.sweeping.result import Sweep, phases_of, table_of
from yjopt.sweeping.tasks import NOT_RUN, Answer, Task, Terms, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from yjopt.generation.changes import Variant
    from yjopt.plan import Plan
    from yjopt.scenario import Scenario

#: The table of a sweep in its folder.
TABLE_FILE: Final = "sweep.csv"


def sweep(
    scenario: Scenario,
    variants: Iterable[Variant],
    executor: object = None,
    *,
    workers: int | None = None,
    gap: float = 1e-3,
    time_limit: float = 60.0,
    engine: str = "auto",
    objective: str = "",
    seed: int = 0,
    deadline: float | None = None,
    from_base: bool = True,
    keep_plans: bool = False,
    output: str | Path | None = None,
    progress: bool | None = None,
    on_done: Callable[[str, str], None] | None = None,
) -> Sweep:
    """Plan many variants of a scenario, several at a time.

    A variant that is no scenario, an engine that breaks, a process that is killed: each costs at most the row of its
    own variant, which then says what happened. On Ctrl-C what is done by then is returned.

    Parameters
    ----------
    scenario : Scenario
        What the variants change.
    variants : iterable of Variant
        Each with a name of its own; `yjopt.variants` makes lists of them.
    executor : concurrent.futures.Executor or distributed.Client, optional
        Who does the work. Default: `workers` processes of the sweep's own, which need no main guard, are ended when
        a variant is late, and replaced when they die. Of an executor's own processes only the executor can end one.
    workers : int, optional
        Number of processes without an executor, default one for each processor; 0 plans in this process, one variant
        after another.
    gap, time_limit, engine, objective, seed
        Of each solve, see `yjopt.solve`.
    deadline : float, optional
        Seconds that one variant may take in all, from its tables to its audited plan; default: one and a half times
        the time limit and 30 seconds.
    from_base : bool
        Plan the scenario as it is first, in this process (a tenth of the time limits of all variants may go into that,
        but at most fourteen limits), and start every search from that plan where it is better than the plan by hand
        once it is carried over. Not for a weighted objective.
    keep_plans : bool
        Keep every plan in `Sweep.plans`.
    output : path, optional
        Folder to which each plan is written, whole or not at all, in a folder of its own (``001-lose-depot-D3``), and
        the table as ``sweep.csv``.
    progress : bool, optional
        Paint a line on standard error that tells how far it is; default: where that is a terminal.
    on_done : callable, optional
        Called with name and status of each variant, as they are done.

    Returns
    -------
    Sweep
        Rows in the order of the variants.

    Raises
    ------
    ModelError
        If two variants have one name.
    EngineError
        If a setting of the solve is out of range, or processes do not start.
    FileError
        If the output cannot be written.
    """
    chosen = tuple(variants)
    _check_names(chosen)
    params = Params(gap=gap, time_limit=time_limit, seed=seed, engine="auto" if engine == MANUAL else engine)
    if executor is None:
        # An executor's processes may be on a machine that has other solvers.
        choose(params)
    if objective not in ("", "stages", "weighted"):
        raise EngineError(f"The objective is stages or weighted, not {objective!r}.")
    if workers is not None and workers < 0:
        raise EngineError(f"A sweep has 0 or more processes of its own, not {workers}.")
    if deadline is not None and not deadline > 0:
        raise EngineError(f"The deadline of a variant is a number of seconds above 0, not {deadline}.")
    limit = 1.5 * time_limit + 30.0 if deadline is None else deadline
    terms = Terms(gap=gap, time_limit=time_limit, engine=engine, objective=objective, seed=seed)
    folders = _folders(chosen, output)
    if output is not None:
        _make_folder(Path(output))
    # A process of an executor's may be on another machine: there the plan is sent back, and written here.
    is_foreign = executor is not None
    tasks = [
        Task(
            number=number,
            variant=variant,
            terms=terms,
            keep_plan=keep_plans or (is_foreign and output is not None),
            folder="" if is_foreign else folders[number],
        )
        for number, variant in enumerate(chosen)
    ]
    answers: dict[int, Answer] = {}
    plans: dict[str, Plan] = {}
    began = time.monotonic()
    is_interrupted = True
    with SweepLine(_terminal(progress), [variant.name for variant in chosen]) as line:

        def take(answer: Answer) -> None:
            name, plan = chosen[answer.number].name, answer.plan
            if plan is not None:
                if is_foreign and output is not None:
                    answer = written(answer, plan, folders[answer.number])
                if keep_plans:
                    plans[name] = plan
            answers[answer.number] = answer
            line.hear(answer)
            if on_done is not None:
                on_done(name, answer.status)

        def prepared() -> Base:
            if not from_base or len(tasks) < 2:
                return Base(scenario)
            line.phase("planning the scenario as it is")
            base = planned(scenario, terms, len(tasks))
            line.phase("")
            return base

        with suppress(KeyboardInterrupt):
            count = min(processors() if workers is None else workers, len(tasks))
            if executor is not None:
                base = prepared()
                lost = by_executor(base, tasks, take, executor, limit)
                if lost:
                    with Pool(min(max(count, 1), len(lost)), limit) as pool:
                        pool.run(base, lost, take)
            elif count == 0:
                in_turn(prepared(), tasks, take)
            else:
                with Pool(count, limit) as pool:
                    pool.run(prepared(), tasks, take)
            is_interrupted = False
    ordered = [answers.get(number) or Answer(number=number, status=NOT_RUN) for number in range(len(chosen))]
    found = Sweep(
        scenario=scenario,
        variants=chosen,
        table=table_of(chosen, ordered),
        plans={variant.name: plans[variant.name] for variant in chosen if variant.name in plans},
        phases=phases_of(chosen, ordered),
        seconds=time.monotonic() - began,
        is_interrupted=is_interrupted,
    )
    if output is not None:
        publish_file(Path(output) / TABLE_FILE, found.table.to_csv(index=False).encode())
    return found


def _check_names(variants: Sequence[Variant]) -> None:
    seen: set[str] = set()
    for variant in variants:
        if variant.name in seen:
            raise ModelError(f"Two variants are called {variant.name!r}; give each a name of its own.")
        seen.add(variant.name)


def _folders(variants: Sequence[Variant], output: str | Path | None) -> list[str]:
    """A folder for each plan: the number keeps names apart that differ only in what no path can hold."""
    if output is None:
        return [""] * len(variants)
    width = max(3, len(str(len(variants))))
    parts = (re.sub(r"[^\w.-]+", "-", variant.name)[:80].strip("-.") for variant in variants)
    return [str(Path(output).absolute() / f"{at:0{width}}-{part}") for at, part in enumerate(parts, start=1)]


def _make_folder(path: Path) -> None:
    """Now, before anybody waits for plans that could not be written."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"{path} cannot be made a folder ({error.strerror}); choose another.") from error


def _terminal(progress: bool | None) -> TextIO | None:
    """Where the line is painted; nowhere unless a person can be sitting there."""
    wanted = sys.stderr is not None and sys.stderr.isatty() if progress is None else progress
    return sys.stderr if wanted else None
