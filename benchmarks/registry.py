"""The cases that are measured, and the phases in which they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

#: Phases in order, with what each is.
PHASES: Final[dict[str, str]] = {
    "read": "files to a checked scenario (the same for all contenders, measured once)",
    "reach": "travel times of all pairs within their limits",
    "index": "labels to integers (yjopt), tables to Python rows (PuLP)",
    "assemble": "the model itself: a sparse matrix (yjopt), variables and rows (PuLP)",
    "hand over": "the matrix to HiGHS in one call (yjopt), an MPS file (PuLP)",
    "solve": "the whole of yjopt.solve; only when asked for",
}


@dataclass(frozen=True, kw_only=True)
class Case:
    """A scenario of the generator.

    Parameters
    ----------
    towns, periods, seed : int
        As of ``yjopt generate``.
    case : str
        Dials: reference, scarce or loose.
    plain : bool
        Without couplings.
    """

    towns: int
    periods: int = 1
    seed: int = 11
    case: str = "reference"
    plain: bool = False

    @property
    def name(self) -> str:
        """Short name, as result files have it."""
        return f"{self.case}{'-plain' if self.plain else ''}-{self.towns}x{self.periods}-seed{self.seed}"

    def write(self, folder: Path) -> dict[str, Any]:
        """Generate the scenario into a folder; returns what the generator's dials came to."""
        from yjopt.files import write_tables
        from yjopt.generation import generate

        frames, settings, achieved = generate(
            towns=self.towns, periods=self.periods, seed=self.seed, case=self.case, plain=self.plain
        )
        write_tables(folder, frames, settings)
        return achieved


#: Cases by name; `--towns` and its companions make others.
CASES: Final[dict[str, Case]] = {
    "town": Case(towns=20),
    "city": Case(towns=85),
    "week": Case(towns=85, periods=7),
    "province": Case(towns=850),
}


@dataclass(frozen=True, kw_only=True)
class Benchmark:
    """Something that can be measured: `run` takes a case and options, and returns the result to be kept."""

    meaning: str
    run: Callable[..., dict[str, Any]]


def benchmarks() -> dict[str, Benchmark]:
    """Every benchmark by name."""
    from benchmarks.build import measure_build

    return {
        "build": Benchmark(
            meaning="from tables to a solver's model: whole arrays against one variable at a time",
            run=measure_build,
        )
    }
