"""Every benchmark by name. A benchmark has options of its own; a new one takes one entry in `benchmarks`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable


@dataclass(frozen=True, kw_only=True)
class Benchmark:
    """Something that can be measured.

    Parameters
    ----------
    meaning : str
        One line for the help.
    add_options : callable
        Adds the benchmark's options to a parser; ``-o`` is there already.
    run : callable
        Measures what the options ask for. The result is kept as JSON, with command, commit, versions and machine
        added; its key ``case`` (text fit for a file's name) tells it apart from other results of the benchmark.
    show : callable, optional
        The result as a few lines for a screen, and for the page of benchmarks where no table is made of it.
    tiny : tuple of str
        Words of a run of some seconds, for `make bench-smoke`.
    """

    meaning: str
    add_options: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], dict[str, Any]]
    show: Callable[[dict[str, Any]], str] | None = None
    tiny: tuple[str, ...] = ("--towns", "20")


def benchmarks() -> dict[str, Benchmark]:
    """Every benchmark by name."""
    from benchmarks import build, replan, scale, sweep

    return {
        "scale": Benchmark(
            meaning="how long a plan takes, phase by phase, and peers on the very same matrix",
            add_options=scale.add_options,
            run=scale.run,
            show=scale.show,
            tiny=("--towns", "12", "--time-limit", "2", "--peers", "all"),
        ),
        "build": Benchmark(
            meaning="from tables to a solver's model: whole arrays against one variable at a time",
            add_options=build.add_options,
            run=build.run,
            show=build.show,
            tiny=("--towns", "12", "--repeats", "1", "--packages", "all"),
        ),
        "replan": Benchmark(
            meaning="how long a plan takes after a few needs changed, and how many orders change with it",
            add_options=replan.add_options,
            run=replan.run,
            show=replan.show,
            tiny=("--towns", "12", "--time-limit", "2", "--gap", "0.05"),
        ),
        "sweep": Benchmark(
            meaning="how long many variants of one city take, and what a second process brings",
            add_options=sweep.add_options,
            run=sweep.run,
            show=sweep.show,
            tiny=("--towns", "12", "--variants", "8", "--time-limit", "1"),
        ),
    }
