"""``python -m yjopt.generation``: which seeds of each case are accepted, as rows and as a page."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

import pandas as pd

from yjopt.generation.dials import CASES
from yjopt.generation.survey import Asked, page, survey


def main(arguments: list[str] | None = None) -> int:
    """Measure what the rows do not tell yet, and write rows and page."""
    parser = argparse.ArgumentParser(
        prog="python -m yjopt.generation",
        description="Which seeds of each case are accepted. Rows that are there are not measured again.",
    )
    parser.add_argument("rows", type=Path, metavar="CSV", help="rows of the survey, read and written")
    parser.add_argument("-o", "--output", type=Path, metavar="MD", help="the page")
    parser.add_argument("--towns", type=int, default=300, help="number of made-up towns (default: 300)")
    parser.add_argument("--periods", type=int, default=1, help="days; 1 is a static plan (default: 1)")
    parser.add_argument("--seeds", type=int, nargs="*", default=[], help="seeds to look at")
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES), help="cases to look at")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(message)s")

    def keep(frame: pd.DataFrame) -> None:
        frame.to_csv(options.rows, index=False, lineterminator="\n")

    known = pd.read_csv(options.rows) if options.rows.exists() else None
    wanted = [
        Asked(options.towns, options.periods, case, seed) for case in options.cases for seed in options.seeds
    ]
    found = survey(wanted, known, keep=keep)
    keep(found)
    if options.output:
        command = f"python -m yjopt.generation {options.rows} -o {options.output}"
        options.output.write_text(page(found, command), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
