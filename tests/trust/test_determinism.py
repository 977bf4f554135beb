"""Promise: the same scenario gives the same plan, to the last row.

Whatever the run, the process, the hash seed of the interpreter and the order of rows, as long as the solve ends by
proof or gap and not by the clock.
"""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from random import Random

import pytest
from trust.tiny_cases import Frames, Nested, cases, drawn, fingerprint

import yjopt as yj
from yjopt.generation import generate

TESTS = Path(__file__).parent.parent
PATHS = os.pathsep.join([str(Path(yj.__file__).parent.parent), str(TESTS)])

#: Two tiny scenarios of each family, and two small towns' epidemics.
MANY = (*cases(50, 18), ("generated", 1), ("generated", 2))
FEW = (MANY[8], MANY[15])

SCRIPT = """
from trust.test_determinism import MANY, FEW, write_fingerprints
write_fingerprints({which}, {seed})
"""


def made(family: str, seed: int) -> tuple[Frames, Nested]:
    """Tables and settings of one of the twenty."""
    if family == "generated":
        frames, settings, _ = generate(towns=6, periods=1, seed=seed)
        return frames, settings
    return drawn(family, seed)


def solved(family: str, number: int, order: int, threads: int = 1) -> str:
    """Fingerprint of the plan of a scenario whose rows are shuffled, or left as they are for order 0."""
    frames, settings = made(family, number)
    if order:
        random = Random(order)
        frames = {
            name: frame.sample(frac=1, random_state=random.randrange(2**32)) for name, frame in frames.items()
        }
    # Time that no solve needs, so that none is cut short anywhere on a busy machine.
    plan = yj.solve(yj.Scenario.from_tables(frames, settings), gap=0.01, time_limit=600, threads=threads)
    assert plan.stopped_by in ("proof", "gap"), (family, number, plan.stopped_by)
    return f"{family} {number} {plan.status} {fingerprint(plan.tables)}"


def write_fingerprints(which: tuple[tuple[str, int], ...], order: int) -> None:
    """What a fresh interpreter says."""
    for family, number in which:
        sys.stdout.write(solved(family, number, order) + "\n")


@cache
def first(family: str, number: int) -> str:
    """Fingerprint in this process, rows in their order."""
    return solved(family, number, 0)


@pytest.mark.parametrize(
    ("which", "runs"), [(FEW, 1), pytest.param(MANY, 10, marks=pytest.mark.long)], ids=["few", "many"]
)
def test_runs_in_one_process_agree(which: tuple[tuple[str, int], ...], runs: int) -> None:
    """Ten runs of twenty scenarios have one fingerprint each, on solver processes used before."""
    for _ in range(runs):
        assert [solved(*one, 0) for one in which] == [first(*one) for one in which]


@pytest.mark.parametrize(
    ("which", "seeds"),
    [(FEW, (3,)), pytest.param(MANY, range(10), marks=pytest.mark.long)],
    ids=["few", "many"],
)
def test_fresh_interpreters_agree(which: tuple[tuple[str, int], ...], seeds: tuple[int, ...]) -> None:
    """Under any PYTHONHASHSEED, with rows in another order, there is the same plan."""
    word = "MANY" if which is MANY else "FEW"
    for seed in seeds:
        run = subprocess.run(
            [sys.executable, "-W", "error", "-c", SCRIPT.format(which=word, seed=seed)],
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": PATHS, "PYTHONHASHSEED": str(seed)},
            check=False,
        )
        assert run.returncode == 0, run.stderr
        assert run.stdout.splitlines() == [first(*one) for one in which], seed


@pytest.mark.long
def test_threads_do_not_matter() -> None:
    """Two threads inside the solver find the plan that one finds."""
    assert [solved(*one, 0, threads=2) for one in MANY] == [first(*one) for one in MANY]
